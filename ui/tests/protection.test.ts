import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';

import { jobs } from '../src/state/jobs.svelte';
import { expectAccessible, openWindow } from './helpers';

const press = (name: string | RegExp) =>
  screen.findByRole('button', { name }).then((button) => fireEvent.click(button));

async function card(state: string): Promise<HTMLElement> {
  await waitFor(() => expect(screen.getByTestId('protection-card').dataset.state).toBe(state));
  return screen.getByTestId('protection-card');
}

/** The page's first sentence, once it says this. */
const header = (name: RegExp) => screen.findByRole('heading', { level: 1, name });

const field = (label: string) => screen.findByLabelText(label) as Promise<HTMLInputElement>;
const type = async (label: string, value: string) =>
  fireEvent.input(await field(label), { target: { value } });

describe('the protection card', () => {
  it('says when the next backup comes, which was the last, and how many there are', async () => {
    openWindow('#/app/bookshelf');
    const shown = await card('waiting');
    expect(shown.textContent).toMatch(/Next backup\s*In 7 hours/);
    expect(shown.textContent).toMatch(/Last automatic backup\s*1 day ago.*proven/s);
    expect(shown.textContent).toMatch(/Backups kept\s*7.*1 removed last time/s);
    await expectAccessible();
  });

  it('protects with one click, and shows the backup that comes with it', async () => {
    const demo = openWindow('#/app/kitchen-notes');
    const shown = await card('off');
    expect(shown.textContent).toContain('Backups are taken only when you ask.');
    await expectAccessible();
    const on = vi.spyOn(demo, 'guardOn');
    await press('Protect');
    await card('waiting');
    expect(on).toHaveBeenCalledExactlyOnceWith('kitchen-notes');
  });

  it('says what is wrong, and puts it right with one button', async () => {
    openWindow('#/app/photos');
    const shown = await card('gone');
    expect(within(shown).getByRole('alert').textContent).toContain('Its guardian was removed');
    await expectAccessible();
    await press('Put it right');
    await card('waiting');
    expect(within(screen.getByTestId('protection-card')).queryByRole('alert')).toBeNull();
  });

  it('names a volume that is left out, and takes it in with one button', async () => {
    const demo = openWindow('#/app/bookshelf');
    await card('waiting');
    demo.guardians.leaveOut('bookshelf', ['bookshelf_more']);
    await press('Refresh');
    await header(
      /^At risk: bookshelf_more holds a database and is in no automatic backup\. Last backup/,
    );
    const alert = await within(screen.getByTestId('protection-card')).findByRole('alert');
    expect(alert.textContent).toContain('bookshelf_more holds a database');
    await expectAccessible();
    await press('Put it right');
    await header(/^Protected\./);
    expect(within(screen.getByTestId('protection-card')).queryByRole('alert')).toBeNull();
  });

  it('switches off only after saying what that ends', async () => {
    const demo = openWindow('#/app/bookshelf');
    const off = vi.spyOn(demo, 'guardOff');
    await card('waiting');
    await press('Switch off…');
    const dialog = await screen.findByRole('dialog');
    expect(dialog.textContent).toContain('docker compose down -v can delete them again');
    expect(dialog.textContent).toContain('No more backups are taken by themselves');
    await expectAccessible();
    await press('Keep it on');
    expect(off).not.toHaveBeenCalled();
    await press('Switch off…');
    await press('Switch off');
    await card('off');
    expect(off).toHaveBeenCalledTimes(1);
  });

  it('looks again when a job ends, and loads the backup that came by itself', async () => {
    const demo = openWindow('#/app/bookshelf');
    await card('waiting');
    await screen.findByTestId('backups-table');
    demo.guardians.set(
      'bookshelf',
      'refusing',
      'The volume data is not the one that was protected.',
    );
    jobs.follow(await demo.verifyBackup('bookshelf', await newest(demo)), {
      app: 'bookshelf',
      kind: 'verify',
      title: 'Proving',
    });
    const shown = await card('refusing');
    expect(shown.textContent).toContain('is not the one that was protected');
    expect(shown.textContent).toContain('Not planned');
  });

  it('is not there for what is gone', async () => {
    openWindow('#/app/guestbook');
    await screen.findByTestId('backups-table');
    await screen.findByText(/^This application is not on the engine any more/);
    expect(screen.queryByTestId('protection-card')).toBeNull();
    expect(screen.queryByRole('link', { name: 'Settings' })).toBeNull();
  });

  it('says why it could not be switched on', async () => {
    const demo = openWindow('#/app/kitchen-notes');
    await card('off');
    vi.spyOn(demo, 'guardOn').mockRejectedValueOnce({
      code: 'busy',
      message: 'A backup of kitchen-notes is running.',
      advice: 'Wait until it is done.',
      aftermath: 'unchanged',
      detail: null,
    });
    await press('Protect');
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain('A backup of kitchen-notes is running.');
    await screen.findByRole('button', { name: 'Protect' });
  });
});

const newest = async (demo: ReturnType<typeof openWindow>) =>
  (await demo.listBackups('bookshelf')).backups[0]?.id ?? '';

describe('the page as a whole', () => {
  it('never says that it is protected while the card says that it is not', async () => {
    openWindow('#/app/bookshelf');
    await header(/^Protected\. Last backup 2 hours ago, proven to restore\.$/);
    await card('waiting');
    await press('Switch off…');
    await press('Switch off');
    await card('off');
    await header(/^Unprotected\. Last backup 2 hours ago.* Nothing protects it by itself\.$/);
    const side = within(screen.getByRole('navigation', { name: 'Main' }));
    expect(side.getByRole('link', { name: /^bookshelf/ }).textContent).toContain('Unprotected.');
    await press('Protect');
    await card('waiting');
    await header(/^Protected\. Last backup just now/);
    // And it is what the overview says.
    location.hash = '#/';
    const [row] = await screen.findAllByTestId('app-row');
    expect(row?.dataset.tone).toBe('good');
    expect(row?.textContent).toContain('Protected.');
  });

  it('has the header agree with a guardian that is found gone, or whose backups fail', async () => {
    const demo = openWindow('#/app/bookshelf');
    await header(/^Protected\./);
    await card('waiting');
    demo.guardians.set('bookshelf', 'waiting', 'Backups are taken by themselves.', 3);
    await press('Refresh');
    await header(/^At risk: automatic backups fail\./);
    await waitFor(() =>
      expect(screen.getByTestId('protection-card').textContent).toContain('Backups fail'),
    );
    const shown = screen.getByTestId('protection-card');
    expect(shown.textContent).not.toContain('Backups are taken by themselves.');
    expect(shown.textContent).toContain('3 attempts failed since the last good backup');
    await expectAccessible();
    demo.guardians.set('bookshelf', 'gone', 'Its guardian was removed: no backups are taken.');
    await press('Refresh');
    await card('gone');
    await header(/^At risk: its guardian is gone\./);
  });

  it('looks again when somebody comes back to a window that has stood for a while', async () => {
    const demo = openWindow('#/');
    const says = (words: string) =>
      waitFor(() => expect(screen.getAllByTestId('app-row')[0]?.textContent).toContain(words));
    await says('Protected.');
    demo.guardians.set('bookshelf', 'stopped', 'Its guardian is exited: no backups are taken.');
    const later = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 2 * 60_000);
    document.dispatchEvent(new Event('visibilitychange'));
    await says('At risk: its guardian is stopped.');
    later.mockRestore();
  });
});

describe('settings', () => {
  it('say for each value where it comes from and what is allowed', async () => {
    openWindow('#/app/bookshelf/settings');
    const time = await field('Time of day');
    expect(time.value).toBe('03:30');
    const row = time.closest<HTMLElement>('[data-setting]');
    expect(row?.textContent).toContain('Chosen in Lifeboat');
    expect(row?.textContent).toContain('Allowed: a time of day such as 03:30, or nothing.');
    const zone = (await field('Time zone')).closest('[data-setting]');
    expect(zone?.textContent).toContain('From the .env');
    expect((await screen.findByRole('switch', { name: 'Compression' })).matches(':checked')).toBe(
      true,
    );
    await expectAccessible();
  });

  it('say what is left out of backups and which notices are told', async () => {
    const demo = openWindow('#/app/bookshelf/settings');
    const change = vi.spyOn(demo, 'changeSettings');
    const patterns = await field('Left out');
    expect(patterns.value).toBe('cache,*.tmp');
    expect(patterns.closest('[data-setting]')?.textContent).toMatch(
      /never left out\.\s+Allowed: a list of paths inside the volumes/,
    );
    expect((await field('Kinds of notices')).value).toBe('all');
    await type('Kinds of notices', 'overdue');
    await press('Save');
    await waitFor(() => expect(screen.queryByTestId('settings-bar')).toBeNull());
    expect(change).toHaveBeenCalledExactlyOnceWith('bookshelf', [['NOTICE_KINDS', 'overdue']]);
    // Each backup says it, too.
    const [backup] = (await demo.listBackups('bookshelf')).backups;
    location.hash = `#/app/bookshelf/backups/${backup?.id}`;
    const term = await screen.findByText('Left out', { selector: 'dt' });
    expect(term.nextElementSibling?.textContent).toBe('31 files, 8.01 MiB (cache, *.tmp)');
    await expectAccessible();
  });

  it('are saved together, and only what was changed', async () => {
    const demo = openWindow('#/app/bookshelf/settings');
    const change = vi.spyOn(demo, 'changeSettings');
    await type('Interval', '6');
    await fireEvent.click(await screen.findByRole('switch', { name: 'Backup at start-up' }));
    await screen.findByText('2 changes not saved');
    await fireEvent.change(await field('Compressed with'), { target: { value: 'zstd' } });
    await fireEvent.change(await field('Compressed with'), { target: { value: 'gzip' } });
    await screen.findByText('2 changes not saved');
    await expectAccessible();
    await press('Save');
    await waitFor(() => expect(screen.queryByTestId('settings-bar')).toBeNull());
    expect(change).toHaveBeenCalledExactlyOnceWith('bookshelf', [
      ['AUTO_BACKUP_INTERVAL_HOURS', '6'],
      ['BACKUP_ON_STARTUP', 'false'],
    ]);
    expect((await field('Interval')).value).toBe('6');
  });

  it('keep what was typed and say beside it what is allowed', async () => {
    openWindow('#/app/bookshelf/settings');
    await type('Interval', '5O');
    await type('Spread', '9');
    await press('Save');
    const fault = await screen.findByText('Allowed is a whole number from 1 to 8760.');
    const input = await field('Interval');
    expect(fault.closest('[data-setting]')?.contains(input)).toBe(true);
    expect(input.value).toBe('5O');
    expect(input.getAttribute('aria-invalid')).toBe('true');
    expect(document.activeElement).toBe(input);
    await expectAccessible();
    expect((await field('Spread')).value).toBe('9');
    // It is still there after a look at another page.
    location.hash = '#/app/bookshelf/activity';
    await waitFor(() => expect(screen.queryByTestId('settings')).toBeNull());
    location.hash = '#/app/bookshelf/settings';
    expect((await field('Interval')).value).toBe('5O');
  });

  it('can be given back', async () => {
    const demo = openWindow('#/app/bookshelf/settings');
    const change = vi.spyOn(demo, 'changeSettings');
    await press('Time of day: back to .env or default');
    await screen.findByText('As the .env or the default says');
    await expectAccessible();
    await press('Save');
    await waitFor(() => expect(screen.queryByTestId('settings-bar')).toBeNull());
    expect(change).toHaveBeenCalledExactlyOnceWith('bookshelf', [['AUTO_BACKUP_AT', null]]);
    expect((await field('Time of day')).value).toBe('');
  });

  it('show on top what is written and not allowed', async () => {
    openWindow('#/app/photos/settings');
    const title = await screen.findByText('One value is not allowed');
    expect(title.parentElement?.textContent).toMatch(/“5O”.*In force is 10\./);
    await expectAccessible();
  });

  it('show what changed rules would remove, and remove nothing by that', async () => {
    const demo = openWindow('#/app/bookshelf/settings');
    const prune = vi.spyOn(demo, 'prune');
    await screen.findByText(/All backups stay\./);
    await type('Newest', '2');
    await screen.findByText(/With these rules 2 backups would go/);
    const box = screen.getByTestId('rotation');
    expect(box.dataset.trial).toBe('true');
    expect(within(box).queryByRole('button', { name: 'Remove them now…' })).toBeNull();
    expect(box.textContent).toContain('It is pinned.');
    expect(box.textContent).toContain('It is number 2 of the newest 2.');
    await expectAccessible();
    await press('Discard');
    await screen.findByText(/All backups stay\./);
    expect(prune).not.toHaveBeenCalled();
  });

  it('remove what the rules do not keep only after a yes', async () => {
    const demo = openWindow('#/app/bookshelf/settings');
    await type('Newest', '2');
    await press('Save');
    await press('Remove them now…');
    const dialog = await screen.findByRole('dialog', { name: 'Remove 2 backups for good?' });
    expect(within(dialog).getAllByRole('listitem')).toHaveLength(2);
    await expectAccessible();
    await press('Keep them');
    expect((await demo.listBackups('bookshelf')).backups).toHaveLength(7);
    await press('Remove them now…');
    await press('Remove for good');
    await within(screen.getByTestId('rotation')).findByText(/2 backups removed, .* free again\./);
    expect((await demo.listBackups('bookshelf')).backups).toHaveLength(5);
  });
});
