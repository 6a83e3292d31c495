import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';

import { announcer } from '../src/state/announce.svelte';
import type { Demo } from '../src/backend/demo';
import { jobs } from '../src/state/jobs.svelte';
import { expectAccessible, openWindow } from './helpers';

const HOSTILE = '<img src=x onerror=alert(1)>\u202egnp.exe';

const heading = (name: string) => screen.findByRole('heading', { level: 1, name });
const next = () => fireEvent.click(screen.getByRole('button', { name: 'Next' }));

/** Opens a machine on which nothing was ever done, at the first step. */
async function firstStart(world = 'untouched') {
  const demo = openWindow('#/', { world, welcomed: false });
  await heading('Welcome to Lifeboat');
  await screen.findByText('The engine is found');
  return demo;
}

/** Goes to the schedule with these applications. */
async function toSchedule(without: string[] = []) {
  await next();
  await heading('Which applications should be protected?');
  for (const name of without) await fireEvent.click(screen.getByRole('checkbox', { name }));
  await next();
  await heading('When, and how many to keep?');
}

/** The last step came to its end, and is remembered. */
async function ended(demo: Demo, title = 'Your data is safe.') {
  await heading(title);
  await waitFor(async () => expect((await demo.preferences()).preferences.welcomed).toBe(true));
}

const rowOf = (app: string) =>
  screen.getAllByTestId('first-backup').find((row) => row.dataset.app === app) as HTMLElement;

describe('the first run', () => {
  it('shows itself at the first start, and protects what was chosen', async () => {
    const demo = await firstStart();
    const changed = vi.spyOn(demo, 'changeSettings');
    const backups = vi.spyOn(demo, 'createBackup');
    expect(location.hash).toBe('#/welcome');
    const engine = screen.getByTestId('found-engine');
    expect(engine.textContent).toContain('harbour');
    expect(engine.textContent).toContain('29.0.1');
    expect(engine.textContent).toContain('unix:///');
    await expectAccessible();

    await next();
    await heading('Which applications should be protected?');
    const rows = screen.getAllByTestId('welcome-app');
    expect(rows.map((row) => row.dataset.app)).toContain(HOSTILE);
    expect(document.querySelector('img')).toBeNull();
    expect(rows.every((row) => within(row).getByRole<HTMLInputElement>('checkbox').checked)).toBe(
      true,
    );
    const notes = rows.find((row) => row.dataset.app === 'kitchen-notes');
    expect(notes?.textContent).toContain('1 database, 640 KiB');
    expect(notes?.textContent).toContain('notes.sqlite');
    await expectAccessible();
    await fireEvent.click(screen.getByRole('checkbox', { name: 'photos' }));

    await next();
    await heading('When, and how many to keep?');
    expect(screen.getByRole<HTMLInputElement>('textbox', { name: 'A backup every' }).value).toBe(
      '24',
    );
    expect(screen.getByText(/docker compose down -v/)).toBeTruthy();
    await expectAccessible();

    await fireEvent.click(
      screen.getByRole('button', { name: 'Protect and back up 2 applications' }),
    );
    await ended(demo);
    expect(rowOf('kitchen-notes').dataset).toMatchObject({ state: 'done', verdict: 'sound' });
    expect(rowOf(HOSTILE).dataset.verdict).toBe('sound');
    expect(screen.getAllByTestId('first-backup')).toHaveLength(2);
    expect(announcer.message).toContain('Your data is safe.');
    await expectAccessible();

    // The guardian took it: there is one, and what was left as it was is not written anywhere.
    expect(backups).not.toHaveBeenCalled();
    expect(changed).not.toHaveBeenCalled();
    const { backups: taken } = await demo.listBackups('kitchen-notes');
    expect(taken.map((one) => one.trigger)).toEqual(['start-up']);
    expect((await demo.protection('photos')).state).toBe('off');
    expect((await demo.preferences()).preferences.welcomed).toBe(true);

    await fireEvent.click(screen.getByRole('button', { name: 'Go to the overview' }));
    await waitFor(() => expect(screen.getAllByTestId('app-row')).toHaveLength(3));
    expect(location.hash).toBe('#/');
  });

  it.each([
    ['where it was there before', { world: 'untouched', welcomed: true }],
    ['where something is protected', { world: 'harbour', welcomed: false }],
  ])('stays away %s', async (_, options) => {
    openWindow('#/', options);
    await screen.findAllByTestId('app-row');
    expect(screen.queryByTestId('welcome')).toBeNull();
  });

  it('leads nobody away from another page', async () => {
    openWindow('#/preferences', { world: 'untouched', welcomed: false });
    await screen.findByRole('heading', { name: 'Preferences' });
    await screen.findByText('29.0.1', { exact: false });
    expect(screen.queryByTestId('welcome')).toBeNull();
  });

  it('can be left, does not come again, and can be opened again', async () => {
    const demo = await firstStart();
    await fireEvent.click(screen.getByRole('button', { name: 'Set up later' }));
    await screen.findAllByTestId('app-row');
    await waitFor(async () => expect((await demo.preferences()).preferences.welcomed).toBe(true));
    expect((await demo.protection('kitchen-notes')).state).toBe('off');
    await fireEvent.click(screen.getByRole('button', { name: 'Set up…' }));
    await heading('Welcome to Lifeboat');
  });

  it('goes from step to step by keys, with the focus on each heading', async () => {
    await firstStart();
    const focused = async (name: string) => {
      const title = await heading(name);
      await waitFor(() => expect(document.activeElement).toBe(title));
    };
    await focused('Welcome to Lifeboat');
    // Enter in a form presses its button, which a browser does by submitting it.
    const enter = () => fireEvent.submit(document.querySelector('form') as HTMLFormElement);
    await enter();
    await focused('Which applications should be protected?');
    expect(announcer.message).toContain('Step 2 of 4: Applications');
    const stages = screen.getByRole('list', { name: 'Steps of the set-up' });
    const current = stages.querySelector('[aria-current=step]');
    expect(current?.textContent).toContain('Applications');
    await enter();
    await focused('When, and how many to keep?');
    await fireEvent.click(screen.getByRole('button', { name: 'Back' }));
    await focused('Which applications should be protected?');
  });

  it('goes no further without an application', async () => {
    await firstStart();
    await next();
    await fireEvent.click(await screen.findByRole('checkbox', { name: 'All applications' }));
    await screen.findByText(/Choose at least one application/);
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Next' }).disabled).toBe(true);
    await fireEvent.submit(document.querySelector('form') as HTMLFormElement);
    expect(screen.getByTestId('welcome').dataset.step).toBe('applications');
  });

  it('writes what was changed, for each application, and refuses what is not allowed', async () => {
    const demo = await firstStart();
    await toSchedule([HOSTILE.replace('\u202e', '\ufffd')]);
    const interval = screen.getByRole('textbox', { name: 'A backup every' });
    await fireEvent.input(interval, { target: { value: '0' } });
    await screen.findByText('Allowed is a whole number from 1 to 8,760.');
    const start = screen.getByRole<HTMLButtonElement>('button', { name: /^Protect and back up/ });
    expect(start.disabled).toBe(true);
    await expectAccessible();
    await fireEvent.input(interval, { target: { value: '6' } });
    await fireEvent.click(start);
    await ended(demo);
    for (const app of ['kitchen-notes', 'photos']) {
      const { values } = await demo.settings(app);
      const chosen = values.filter((one) => one.origin === 'lifeboat');
      expect(chosen.map(({ key, value }) => [key, value])).toEqual([
        ['AUTO_BACKUP_INTERVAL_HOURS', '6'],
      ]);
    }
  });

  it('shows what failed for one application, and goes on with the others', async () => {
    const demo = await firstStart();
    const real = demo.guardOn.bind(demo);
    const guard = vi.spyOn(demo, 'guardOn').mockImplementation((app) =>
      app === 'kitchen-notes'
        ? Promise.reject({
            code: 'busy',
            message: 'Another job works on kitchen-notes.',
            advice: 'Wait until it has ended.',
            aftermath: 'unchanged',
          })
        : real(app),
    );
    await toSchedule();
    await fireEvent.click(screen.getByRole('button', { name: /^Protect and back up/ }));
    await ended(demo, 'Not everything is safe yet.');
    expect(screen.getByRole('main').textContent).toContain('2 of 3 applications have a first');
    const alert = within(rowOf('kitchen-notes')).getByRole('alert');
    expect(alert.textContent).toContain('Another job works on kitchen-notes.');
    expect(rowOf('photos').dataset.verdict).toBe('sound');
    await expectAccessible();
    guard.mockImplementation(real);
    await fireEvent.click(within(alert).getByRole('button', { name: /again/i }));
    await ended(demo);
  });

  it('takes the backup itself where the settings say that the guardian takes none', async () => {
    const demo = await firstStart();
    vi.spyOn(demo, 'guardOn').mockImplementation(async (app) => {
      demo.guardians.set(app, 'switched-off', 'The settings say that it takes no backups.');
      return demo.protection(app);
    });
    await toSchedule(['photos', HOSTILE.replace('\u202e', '\ufffd')]);
    await fireEvent.click(screen.getByRole('button', { name: 'Protect and back up' }));
    await ended(demo);
    expect(jobs.list.map((job) => job.kind)).toEqual(['backup']);
    const { backups } = await demo.listBackups('kitchen-notes');
    expect(backups.map((one) => one.trigger)).toEqual(['manual']);
  });

  it('says what the guardian says where its backup fails', async () => {
    const demo = await firstStart();
    vi.spyOn(demo, 'guardOn').mockImplementation(async (app) => {
      demo.guardians.set(app, 'waiting', 'The last backup failed.', 1);
      return demo.protection(app);
    });
    await toSchedule(['photos', HOSTILE.replace('\u202e', '\ufffd')]);
    await fireEvent.click(screen.getByRole('button', { name: 'Protect and back up' }));
    await ended(demo, 'Not everything is safe yet.');
    expect(rowOf('kitchen-notes').textContent).toContain('There is no room on the engine’s disk.');
    expect(rowOf('kitchen-notes').textContent).toContain('tried again by itself');
  });

  it('gives way to an engine that is not there, and goes on by itself', async () => {
    const demo = openWindow('#/welcome', { world: 'untouched', welcomed: false });
    await screen.findByText('The engine is found');
    await next();
    await heading('Which applications should be protected?');
    const real = demo.listApps.bind(demo);
    const away = {
      code: 'engine-stopped',
      message: 'No engine answers.',
      advice: 'Start it.',
      aftermath: 'unchanged',
    };
    const list = vi.spyOn(demo, 'listApps').mockRejectedValue(away);
    const { apps } = await import('../src/state/apps.svelte');
    await apps.refresh();
    await screen.findByTestId('blocked-page');
    list.mockImplementation(real);
    await apps.refresh();
    await heading('Which applications should be protected?');
  });

  it('speaks German', async () => {
    vi.resetModules();
    const { useLanguage } = await import('../src/text/language');
    useLanguage('de');
    const { welcome } = await import('../src/state/welcome.svelte');
    const german = await import('./helpers');
    german.openWindow('#/', { world: 'untouched', welcomed: false });
    await heading('Willkommen bei Lifeboat');
    await screen.findByText('Die Engine ist gefunden');
    await fireEvent.click(screen.getByRole('button', { name: 'Weiter' }));
    await heading('Welche Anwendungen sollen geschützt werden?');
    await screen.findAllByText('1 Datenbank, 640 KiB');
    await german.expectAccessible();
    welcome.clear();
  });
});
