import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';

import { apps } from '../src/state/apps.svelte';
import { announcer } from '../src/state/announce.svelte';
import { expectAccessible, openWindow } from './helpers';

const press = (name: string | RegExp) =>
  screen.findByRole('button', { name }).then((button) => fireEvent.click(button));

describe('overview', () => {
  it('answers whether the data is safe, for all and for each', async () => {
    openWindow('#/');
    expect(await screen.findByRole('heading', { level: 1 })).toBeTruthy();
    await screen.findByRole('heading', { name: '4 applications need you.' });
    const rows = screen.getAllByTestId('app-row');
    expect(rows.map((row) => row.dataset.app)).toEqual([
      'bookshelf',
      'kitchen-notes',
      'photos',
      'timeclock',
      'guestbook',
    ]);
    expect(rows[0]?.textContent).toContain(
      'Protected. Last backup 2 hours ago, proven to restore.',
    );
    expect(rows[1]?.textContent).toContain('Never backed up.');
    expect(rows[2]?.textContent).toContain('At risk: its guardian is gone.');
    // Word, colour and icon; the list at the side says the same.
    expect(rows.map((row) => row.dataset.tone)).toEqual(['good', 'bad', 'bad', 'warn', 'warn']);
    for (const row of rows) {
      expect(row.querySelector(`.tone-icon.tone-${row.dataset.tone} svg`)).toBeTruthy();
    }
    const side = within(screen.getByRole('navigation', { name: 'Main' }));
    expect(side.getByRole('link', { name: /^photos/ }).textContent).toContain('At risk:');
    await expectAccessible();
  });

  it('says when the next backup comes, and leads to the update of what is protected', async () => {
    openWindow('#/');
    const [first] = await screen.findAllByTestId('app-row');
    expect(first?.dataset.tone).toBe('good');
    expect(first?.textContent).toMatch(/next backup in \d+ (minutes|hours)/);
    const row = within(first as HTMLElement);
    await fireEvent.click(row.getByRole('button', { name: `Safe Update: ${first?.dataset.app}` }));
    await screen.findByRole('heading', {
      level: 1,
      name: `Safe update of ${first?.dataset.app}`,
    });
  });

  it('backs up from the row, and then says so', async () => {
    openWindow('#/', { world: 'first' });
    await press('Back up now: kitchen-notes');
    await screen.findByText('Backed up, proven to restore.');
    await waitFor(() =>
      expect(screen.getByTestId('app-row').textContent).toContain(
        'Unprotected. Last backup just now, proven to restore. Nothing protects it by itself.',
      ),
    );
  });

  it('protects from the row as the card does, and then says so', async () => {
    const demo = openWindow('#/');
    const on = vi.spyOn(demo, 'guardOn');
    const row = (app: string) =>
      screen.getAllByTestId('app-row').find((one) => one.dataset.app === app);
    await press('Protect: kitchen-notes');
    await waitFor(() => expect(row('kitchen-notes')?.textContent).toContain('Protected.'));
    await press('Put it right: photos');
    await waitFor(() => expect(row('photos')?.textContent).toContain('Protected.'));
    expect(on.mock.calls).toEqual([['kitchen-notes'], ['photos']]);
    await waitFor(() => expect(screen.queryByRole('button', { name: /^Put it right/ })).toBeNull());
    expect(screen.queryByRole('button', { name: /^Protect/ })).toBeNull();
    await expectAccessible();
  });

  it('says why it could not be protected', async () => {
    const demo = openWindow('#/');
    vi.spyOn(demo, 'guardOn').mockRejectedValueOnce({
      code: 'busy',
      message: 'A backup of kitchen-notes is running.',
      advice: 'Wait until it is done.',
      aftermath: 'unchanged',
      detail: null,
    });
    await press('Protect: kitchen-notes');
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain('A backup of kitchen-notes is running.');
    await screen.findByRole('button', { name: 'Protect: kitchen-notes' });
  });

  it('does not say “never backed up” of a vault that could not be looked into', async () => {
    const demo = openWindow('#/', { world: 'sealed' });
    const look = vi.spyOn(demo, 'listApps');
    const row = await screen.findByTestId('app-row');
    expect(row.textContent).toContain('Backups not known.');
    expect(row.textContent).toContain('made by a newer version of Lifeboat');
    expect(row.textContent).not.toMatch(/Never backed up|no backup/);
    await expectAccessible();
    await press('Look again: kitchen-notes');
    expect(look).toHaveBeenCalledTimes(1);
    await waitFor(() =>
      expect(screen.getByRole('button', { name: 'Refresh' }).getAttribute('aria-busy')).toBe(
        'false',
      ),
    );
  });

  it('looks again when something changed while the list was on its way', async () => {
    const demo = openWindow('#/');
    await screen.findAllByTestId('app-row');
    const look = vi.spyOn(demo, 'listApps');
    const onItsWay = apps.refresh();
    demo.guardians.set('bookshelf', 'stopped', 'Its guardian is exited.');
    void apps.refresh();
    await onItsWay;
    expect(look).toHaveBeenCalledTimes(2);
    expect(screen.getAllByTestId('app-row')[0]?.textContent).toContain('its guardian is stopped');
  });

  it('shows hostile names as text', async () => {
    openWindow('#/', { world: 'hostile' });
    const [row] = await screen.findAllByTestId('app-row');
    expect(row?.textContent).toContain('<img src=x onerror=alert(1)>\ufffdgnp.exe');
    expect(document.querySelector('img')).toBeNull();
    expect(document.body.textContent).not.toContain('\u202e');
  });

  it('says so when there is nothing to protect', async () => {
    openWindow('#/', { world: 'empty' });
    const page = await screen.findByTestId('blocked-page');
    within(page).getByRole('heading', { name: 'There is nothing to protect yet' });
    await expectAccessible();
  });
});

describe('blocked pages', () => {
  const WORLDS = {
    'not-installed': 'No container engine was found',
    stopped: 'The engine is not running',
    permission: 'You may not use the engine',
    context: 'The chosen address leads to no engine',
    'too-old': 'The engine is too old',
    windows: 'The engine runs Windows containers',
    refused: 'The engine refused',
    'no-helper': 'No helper for the engine’s processor',
  };

  it.each(Object.entries(WORLDS))('%s', async (world, title) => {
    openWindow('#/', { world });
    const page = await screen.findByTestId('blocked-page');
    within(page).getByRole('heading', { level: 1, name: title });
    within(page).getByRole('button', { name: 'Try again' });
    await expectAccessible();
  });

  it('come and go with the engine', async () => {
    const demo = openWindow('#/');
    await screen.findAllByTestId('app-row');
    demo.options.world = 'stopped';
    await screen.findByTestId('blocked-page', {}, { timeout: 8000 });
    demo.options.world = 'harbour';
    await screen.findAllByTestId('app-row', {}, { timeout: 8000 });
    expect(screen.queryByTestId('blocked-page')).toBeNull();
  }, 20_000);

  it('still leads to the check-up', async () => {
    openWindow('#/check-up', { world: 'stopped' });
    await screen.findByRole('heading', { name: 'One thing is in the way.' });
    await expectAccessible();
  });
});

describe('an application', () => {
  it('shows health and backups', async () => {
    openWindow('#/app/bookshelf');
    const card = screen.getByTestId('health-card');
    await within(card).findByText('169 MiB');
    within(card).getByRole('img', { name: /^Size over time/ });
    const table = await screen.findByTestId('backups-table');
    expect(within(table).getAllByTestId('backup-row')).toHaveLength(7);
    const [first] = within(table).getAllByTestId('backup-row');
    expect(first?.textContent).toMatch(/manual\.tar\.gz.*2 hours ago.*MiB.*gzip, −73 %.*Proven/s);
    await screen.findByRole('heading', { level: 1, name: /^Protected\. Last backup 2 hours ago/ });
    await expectAccessible();
  });

  it('sorts its backups', async () => {
    openWindow('#/app/bookshelf');
    const table = await screen.findByTestId('backups-table');
    await fireEvent.click(within(table).getByRole('button', { name: 'Size' }));
    const header = within(table).getByRole('columnheader', { name: 'Size' });
    expect(header.getAttribute('aria-sort')).toBe('descending');
    expect(within(table).getAllByTestId('backup-row')[0]?.textContent).toContain('import.tar');
  });

  it('invites to the first backup', async () => {
    openWindow('#/app/kitchen-notes');
    await screen.findByRole('heading', { name: 'Never backed up' });
    await press('Create backup');
    await waitFor(() => expect(screen.getAllByTestId('backup-row')).toHaveLength(1));
    await expectAccessible();
  });

  it('says what failed, what to do, and what state things are in', async () => {
    openWindow('#/app/bookshelf', { world: 'failing' });
    await screen.findByText('The database stayed locked');
    await press('Create backup');
    const alert = await screen.findByText('Backing up bookshelf: Not enough room');
    expect(alert.closest('[role=alert]')?.textContent).toContain('Nothing was changed.');
    await expectAccessible();
  });

  it('pins and unpins', async () => {
    openWindow('#/app/bookshelf');
    await press(/^Pin bookshelf.*manual/);
    const button = await screen.findByRole('button', { name: /^Unpin bookshelf.*manual/ });
    expect(announcer.message).toContain('is pinned.');
    const row = button.closest('tr') as HTMLElement;
    const remove = within(row).getByRole('button', { name: /^Delete/ });
    expect((remove as HTMLButtonElement).disabled).toBe(true);
  });

  it('asks before it deletes, with the safe choice in focus', async () => {
    openWindow('#/app/bookshelf');
    await press(/^Delete bookshelf.*manual/);
    const dialog = await screen.findByRole('dialog', { name: 'Delete this backup?' });
    expect(dialog.textContent).toMatch(/bookshelf-.*-manual\.tar\.gz/);
    expect(document.activeElement?.textContent).toContain('Keep it');
    await expectAccessible();
    await press('Delete backup');
    await waitFor(() => expect(screen.getAllByTestId('backup-row')).toHaveLength(6));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  });

  it('downloads, and shows where the copy is', async () => {
    const demo = openWindow('#/app/bookshelf');
    const save = vi.spyOn(demo, 'chooseSavePath');
    const download = vi.spyOn(demo, 'downloadBackup');
    await press(/^Download bookshelf.*manual/);
    await fireEvent.click(await screen.findByRole('radio', { name: /Plain database/ }));
    await fireEvent.change(screen.getByRole('combobox', { name: 'Database' }), {
      target: { value: '1' },
    });
    await expectAccessible();
    await press('Choose where…');
    await screen.findByText('Saved and verified: the copy was read back and is identical.');
    expect(save.mock.calls[0]?.[0]).toMatch(/\.db$/);
    expect(download.mock.calls[0]?.[2]).toMatchObject({ as: 'database' });
    await press('Show in folder');
    expect(demo.opened[0]).toMatch(/^\/media\/anna/);
  });

  it('does nothing when no place was chosen', async () => {
    const demo = openWindow('#/app/bookshelf');
    vi.spyOn(demo, 'chooseSavePath').mockResolvedValue(null);
    const download = vi.spyOn(demo, 'downloadBackup');
    await press(/^Download bookshelf.*manual/);
    await press('Choose where…');
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(download).not.toHaveBeenCalled();
  });

  it('imports', async () => {
    openWindow('#/app/bookshelf');
    await screen.findByTestId('backups-table');
    await press('Import…');
    await screen.findByText('Imported.');
    await waitFor(() => expect(screen.getAllByTestId('backup-row')).toHaveLength(8));
  });

  it('finishes what was interrupted', async () => {
    openWindow('#/app/weather-station', { world: 'broken' });
    await press('Finish it');
    await screen.findByText('The data from before the restore is there again.');
    await waitFor(() =>
      expect(screen.queryByText('A restore or update was interrupted')).toBeNull(),
    );
  });

  it('is told apart when it is gone', async () => {
    openWindow('#/app/guestbook');
    await press('Restore newest proven backup');
    await screen.findByText(/the volumes are made again/);
    await screen.findByText(/Made again: 1 volume/);
    await expectAccessible();
  });

  it('is told apart when it never was', async () => {
    openWindow('#/app/nobody');
    await screen.findByRole('heading', { name: 'There is no application called nobody' });
  });

  it.each(['databases', 'activity'])('shows %s', async (tab) => {
    openWindow(`#/app/bookshelf/${tab}`);
    expect((await screen.findAllByRole('table')).length).toBeGreaterThan(0);
    await expectAccessible();
  });

  it('shows the details of a backup', async () => {
    openWindow('#/app/bookshelf');
    const [row] = await screen.findAllByTestId('backup-row');
    location.hash = `#/app/bookshelf/backups/${row?.dataset.backup}`;
    await screen.findByRole('heading', { name: 'This backup is proven to restore.' });
    await expectAccessible();
  });
});

describe('restore', () => {
  async function openRestore() {
    const demo = openWindow('#/app/bookshelf');
    await press(/^Restore bookshelf.*pre-update/);
    await screen.findByRole('heading', { name: 'Restore bookshelf' });
    return demo;
  }

  it('shows what would be lost, and what will happen', async () => {
    await openRestore();
    const table = await screen.findByRole('table', { name: 'What would I lose?' });
    expect(within(table).getAllByRole('row').length).toBeGreaterThan(5);
    await screen.findByText(/rows that are there now would go/);
    const steps = await screen.findByRole('list', { name: 'Steps of the restore' });
    expect(within(steps).getAllByRole('listitem')).toHaveLength(5);
    await expectAccessible();
  });

  it('plans anew when something else is chosen', async () => {
    const demo = await openRestore();
    const plan = vi.spyOn(demo, 'planRestore');
    await fireEvent.click(await screen.findByRole('radio', { name: /Databases only/ }));
    expect(plan.mock.calls[0]?.[2]).toEqual({ select: 'databases-only' });
  });

  it('can go on without the comparison', async () => {
    const demo = openWindow('#/app/bookshelf');
    vi.spyOn(demo, 'compareBackup').mockReturnValue(new Promise(() => undefined));
    await press(/^Restore bookshelf.*pre-update/);
    await press('Skip the comparison');
    screen.getByText('The comparison was skipped.');
    await screen.findByTestId('confirm-name');
  });

  it('runs only when the name is typed, and offers the way back', async () => {
    const demo = await openRestore();
    const restore = vi.spyOn(demo, 'restoreBackup');
    const field = await screen.findByLabelText(/type the application’s name: bookshelf/);
    const button = screen.getByRole<HTMLButtonElement>('button', { name: 'Restore' });
    expect(button.disabled).toBe(true);
    await fireEvent.input(field, { target: { value: 'bookshel' } });
    expect(button.disabled).toBe(true);
    await fireEvent.input(field, { target: { value: 'bookshelf' } });
    expect(button.disabled).toBe(false);
    await fireEvent.click(button);
    await screen.findByRole('heading', { level: 1, name: 'Restored.' });
    expect(restore.mock.calls[0]?.[1]).toBe('bookshelf');
    await expectAccessible();
    const outcome = screen.getByTestId('restore-outcome');
    await fireEvent.click(within(outcome).getByRole('button', { name: 'Undo' }));
    await screen.findByRole('heading', { name: 'Undo the last restore of bookshelf' });
    await expectAccessible();
  });

  it('says what an undo would take away, as a restore does', async () => {
    const demo = openWindow('#/app/bookshelf/undo');
    const compared = vi.spyOn(demo, 'compareBackup');
    const comparison = await screen.findByTestId('comparison');
    expect(comparison.textContent).toContain('What would I lose?');
    const { plan } = await demo.planUndo('bookshelf');
    await waitFor(() => expect(compared).toHaveBeenCalledWith('bookshelf', plan.backup.id));
    await expectAccessible();
  });

  it('says so when there is nothing to undo', async () => {
    openWindow('#/app/photos/undo');
    await screen.findByText('Nothing to undo');
  });
});

describe('the end of a protection', () => {
  async function openLeave(app = 'bookshelf') {
    const demo = openWindow(`#/app/${app}`);
    await fireEvent.click(await screen.findByRole('link', { name: 'Stop protecting…' }));
    await screen.findByRole('heading', { level: 1, name: `Stop protecting ${app}` });
    return demo;
  }
  const field = () => screen.findByLabelText(/type the application’s name/);
  const go = () => screen.getByRole<HTMLButtonElement>('button', { name: 'Stop protecting' });
  const part = (name: string) => screen.findByRole('region', { name });

  it('is the last thing on the page, and only where there is something to end', async () => {
    openWindow('#/app/bookshelf');
    await screen.findByTestId('backups-table');
    await screen.findByText('Stop protecting…');
    const all = document.querySelectorAll('main a, main button');
    expect(all[all.length - 1]?.textContent).toBe('Stop protecting…');
    location.hash = '#/app/kitchen-notes';
    await screen.findByRole('heading', { name: 'Never backed up' });
    expect(screen.queryByText('Stop protecting…')).toBeNull();
  });

  it('shows what goes and what stays', async () => {
    await openLeave();
    const goes = await part('What goes');
    expect(goes.textContent).toMatch(/lifeboat-bookshelf.*7 backups, \d+ MiB/s);
    expect(goes.textContent).toContain('lifeboat-keeper-bookshelf');
    const stays = await part('What stays');
    expect(stays.textContent).toContain('Keeps running');
    expect(stays.textContent).toMatch(/Its data.*Not touched/s);
    await expectAccessible();
  });

  it('copies the backups where the dialog said, and ends at the overview', async () => {
    const demo = await openLeave();
    const leave = vi.spyOn(demo, 'leaveApp');
    await fireEvent.input(await field(), { target: { value: 'bookshelf' } });
    expect(go().disabled, 'no folder is chosen').toBe(true);
    await press('Choose folder…');
    await screen.findByText('/media/anna/BACKUP');
    await fireEvent.input(await field(), { target: { value: 'bookshel' } });
    expect(go().disabled, 'that is not the name').toBe(true);
    await fireEvent.input(await field(), { target: { value: 'bookshelf' } });
    await expectAccessible();
    await fireEvent.click(go());
    await screen.findByText(/removed with 7 backups, 7 copies saved.*was not touched\./);
    expect(leave.mock.calls[0]?.slice(1)).toEqual(['bookshelf', '/media/anna/BACKUP']);
    await waitFor(() => expect(location.hash).toBe('#/'));
    await waitFor(() => {
      const [row] = screen
        .getAllByTestId('app-row')
        .filter((one) => one.dataset.app === 'bookshelf');
      expect(row?.textContent).toContain('Never backed up.');
    });
    await press('Show in folder');
    expect(demo.opened[0]).toMatch(/^\/media\/anna\/BACKUP\/bookshelf-/);
  });

  it('makes no copy of what nobody wants', async () => {
    const demo = await openLeave();
    const leave = vi.spyOn(demo, 'leaveApp');
    const choose = vi.spyOn(demo, 'chooseFolder');
    await fireEvent.click(await screen.findByRole('radio', { name: /without a copy/ }));
    await fireEvent.input(await field(), { target: { value: 'bookshelf' } });
    await fireEvent.click(go());
    await screen.findByText(/removed with 7 backups\. The application/);
    expect(leave.mock.calls[0]?.slice(1)).toEqual(['bookshelf', null]);
    expect(choose).not.toHaveBeenCalled();
  });

  it('says that the data of one that is gone may be the last', async () => {
    await openLeave('guestbook');
    await screen.findByText(/may be the last copy/);
    const stays = await part('What stays');
    expect(stays.textContent).not.toContain('Application');
  });

  it('does not repeat what was cancelled', async () => {
    openWindow('#/app/bookshelf/leave', { tickMs: 20, ticks: 200 });
    await press('Choose folder…');
    await screen.findByText('/media/anna/BACKUP');
    await fireEvent.input(await field(), { target: { value: 'bookshelf' } });
    await fireEvent.click(go());
    await press('Cancel');
    await press('Cancel the removal');
    await screen.findByRole('heading', { name: /^Cancelled\. .* still protected\.$/ });
    await press('Look again');
    expect(((await field()) as HTMLInputElement).value).toBe('');
    expect(go().disabled).toBe(true);
  });
});

describe('jobs', () => {
  it('can be cancelled, after saying what that leaves', async () => {
    openWindow('#/app/bookshelf', { tickMs: 20, ticks: 200 });
    await screen.findByTestId('backups-table');
    await press('Create backup');
    const bar = await screen.findByTestId('job-bar');
    await within(bar).findByRole('progressbar', { name: 'Progress: Backing up bookshelf' });
    await fireEvent.click(within(bar).getByRole('button', { name: 'Cancel' }));
    const dialog = await screen.findByRole('dialog', { name: 'Cancel this backup?' });
    expect(dialog.textContent).toContain('The half-made backup is removed.');
    expect(document.activeElement?.textContent).toContain('Keep going');
    await expectAccessible();
    await press('Cancel the backup');
    await within(bar).findByText('Cancelled. Nothing is half-made.');
    await fireEvent.click(within(bar).getByRole('button', { name: /^Dismiss/ }));
    await waitFor(() => expect(screen.queryByTestId('job-bar')).toBeNull());
  });

  it('show their steps, and follow over pages', async () => {
    openWindow('#/app/bookshelf', { tickMs: 20, ticks: 200 });
    await screen.findByTestId('backups-table');
    await press('Create backup');
    await press(/^Show steps/);
    location.hash = '#/';
    await screen.findByRole('heading', { name: /need you/ });
    const list = screen.getByRole('list', { name: 'Steps' });
    expect(list.querySelector('[aria-current=step]')?.textContent).toContain('Copy the databases');
    await waitFor(() =>
      expect(announcer.message).toBe(
        'Backing up bookshelf: step 1 of 3, Copy the databases while the application runs',
      ),
    );
  });
});

describe('keyboard', () => {
  it('backs up with Ctrl+B and shows its shortcuts with ?', async () => {
    const demo = openWindow('#/app/bookshelf');
    const create = vi.spyOn(demo, 'createBackup');
    await screen.findByTestId('backups-table');
    await fireEvent.keyDown(window, { key: 'b', ctrlKey: true });
    expect(create).toHaveBeenCalledTimes(1);
    await fireEvent.keyDown(document.body, { key: '?' });
    await screen.findByRole('dialog', { name: 'Keyboard shortcuts' });
    await expectAccessible();
  });
});

describe('two backups', () => {
  it('are compared table by table, the other one as it differs', async () => {
    const demo = openWindow('#/app/bookshelf');
    const { backups } = await demo.listBackups('bookshelf');
    const [newest, older] = [backups[0], backups.at(-1)];
    if (!newest || !older) throw new Error('the world has two backups of it');
    location.hash = `#/app/bookshelf/backups/${older.id}`;
    const part = await screen.findByTestId('compare-backups');
    const choose = await within(part).findByRole('combobox', { name: 'The other backup' });
    const offered = within(choose).getAllByRole<HTMLOptionElement>('option');
    expect(offered.map((one) => one.value)).not.toContain(older.id);
    await fireEvent.change(choose, { target: { value: newest.id } });
    const { tables } = await demo.compareBackups('bookshelf', older.id, newest.id);
    const changed = tables.filter((one) => one.rows_now !== one.rows_in_backup);
    const table = await within(part).findByRole('table', { name: 'Compare with another backup' });
    expect(within(table).getAllByRole('row')).toHaveLength(changed.length + 1);
    const headings = within(table).getAllByRole('columnheader');
    expect(headings.map((one) => one.textContent)).toEqual([
      'Table',
      'Rows in this one',
      'Rows in the other',
      'Difference',
    ]);
    await expectAccessible();
  });
});
