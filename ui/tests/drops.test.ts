import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { tick } from 'svelte';
import { describe, expect, it, vi } from 'vitest';

import type { Demo } from '../src/backend/demo';
import type { Refusal } from '../src/bindings/api';
import { namedAfter } from '../src/state/drops.svelte';
import { expectAccessible, openWindow } from './helpers';

const file = (name: string) => ({ path: `/media/anna/BACKUP/${name}`, name });

const hold = (demo: Demo, ...names: string[]) => demo.drag({ event: 'hovering', names });

const drop = (demo: Demo, names: string[], refused: { name: string; why: Refusal }[] = []) =>
  demo.drag({ event: 'dropped', files: names.map(file), refused });

async function openOverview(): Promise<Demo> {
  const demo = openWindow('#/');
  await screen.findAllByTestId('app-row');
  return demo;
}

async function openApp(): Promise<Demo> {
  const demo = openWindow('#/app/bookshelf');
  await screen.findByTestId('backups-table');
  return demo;
}

const question = () => screen.findByRole('dialog', { name: /^Which applications? / });
const choice = (name: string) =>
  screen.getByRole<HTMLSelectElement>('combobox', { name: `Application for ${name}` });

async function choose(name: string, app: string): Promise<void> {
  const value = [...choice(name).options].find((one) => one.text === app)?.value;
  await fireEvent.change(choice(name), { target: { value } });
}

describe('files that are dragged onto the window', () => {
  it('are named while they are held over it, with what is accepted', async () => {
    const demo = await openOverview();
    expect(screen.queryByTestId('drop-target')).toBeNull();
    hold(demo, 'bookshelf.tar.gz');
    const target = await screen.findByTestId('drop-target');
    expect(target.textContent).toContain('Drop to import');
    expect(target.textContent).toContain('bookshelf.tar.gz');
    expect(target.textContent).toContain('.sqlite3');
    expect(target.textContent).toContain('you are asked which application it is for');
    await expectAccessible();
    hold(demo, 'a.tar.gz', 'b.tar.gz', 'c.db');
    await waitFor(() => expect(target.textContent).toContain('3 files, one after the other'));
    demo.drag({ event: 'left' });
    await waitFor(() => expect(screen.queryByTestId('drop-target')).toBeNull());
    expect(demo.imported).toEqual([]);
  });

  it('are imported as by the button, for the application that is answered', async () => {
    const demo = await openOverview();
    hold(demo, 'bookshelf-2026-03-01.tar.gz');
    drop(demo, ['bookshelf-2026-03-01.tar.gz']);
    const dialog = await question();
    expect(screen.queryByTestId('drop-target')).toBeNull();
    expect(choice('bookshelf-2026-03-01.tar.gz').selectedOptions[0]?.text).toBe('bookshelf');
    expect(demo.imported, 'nothing before the answer').toEqual([]);
    await expectAccessible();
    await fireEvent.click(within(dialog).getByRole('button', { name: 'Import' }));
    await screen.findByText('Imported.');
    expect(demo.imported).toEqual([
      { file: '/media/anna/BACKUP/bookshelf-2026-03-01.tar.gz', app: 'bookshelf' },
    ]);
    expect(screen.queryByTestId('drop-notes')).toBeNull();
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('may be for another application than their names say', async () => {
    const demo = await openOverview();
    drop(demo, ['bookshelf.tar.gz', 'stick.tar.zst']);
    const dialog = await question();
    drop(demo, ['late.tar.gz']);
    const alert = await screen.findByText(/Answer it first, then drop late.tar.gz again/);
    expect(alert.isConnected).toBe(true);
    await choose('bookshelf.tar.gz', 'photos');
    expect(choice('stick.tar.zst').selectedOptions[0]?.text).toBe('The one that the backup names');
    await fireEvent.click(within(dialog).getByRole('button', { name: 'Import' }));
    await waitFor(() => expect(demo.imported.map((one) => one.app)).toEqual(['photos', null]));
  });

  it('are not imported before a plain database has its application, or at all', async () => {
    const demo = await openOverview();
    drop(demo, ['data.sqlite3']);
    const dialog = await question();
    const yes = within(dialog).getByRole<HTMLButtonElement>('button', { name: 'Import' });
    expect(choice('data.sqlite3').selectedOptions[0]?.text).toBe('Choose an application');
    expect(yes.disabled).toBe(true);
    await choose('data.sqlite3', 'photos');
    expect(yes.disabled).toBe(false);
    const options = [...choice('data.sqlite3').options].map((one) => one.text);
    expect(options, 'it names none itself').not.toContain('The one that the backup names');
    await fireEvent.click(within(dialog).getByRole('button', { name: 'Cancel' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(demo.imported).toEqual([]);
  });

  it('are imported for the application whose page is open', async () => {
    const demo = await openApp();
    hold(demo, 'bookshelf.db');
    const target = await screen.findByTestId('drop-target');
    expect(target.textContent).toContain('Drop to import for bookshelf');
    expect(target.textContent).not.toContain('which application');
    drop(demo, ['bookshelf.db']);
    await screen.findByText('Imported.');
    expect(demo.imported).toEqual([{ file: '/media/anna/BACKUP/bookshelf.db', app: 'bookshelf' }]);
  });

  it('are imported one after the other, and one that cannot begin keeps none from its turn', async () => {
    const demo = await openApp();
    const error = {
      code: 'busy',
      message: 'bookshelf is being worked on.',
      advice: 'Try again in a while.',
      aftermath: 'unchanged',
    };
    let running = 0;
    let most = 0;
    let ended = 0;
    const begin = demo.importBackup.bind(demo);
    vi.spyOn(demo, 'importBackup').mockImplementation(async (path, app) => {
      if (path.endsWith('b.db')) throw error;
      most = Math.max(most, ++running);
      const id = await begin(path, app);
      void demo.watchJob(id, (event) => {
        if (event.event !== 'finished') return;
        running -= 1;
        ended += 1;
      });
      return id;
    });
    drop(demo, ['a.db', 'b.db']);
    drop(demo, ['c.db']);
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain('b.db: ');
    expect(alert.textContent).toContain('bookshelf is being worked on.');
    await waitFor(() => expect(demo.imported.map((one) => one.file.at(-4))).toEqual(['a', 'c']));
    await waitFor(() => expect(ended).toBe(2));
    await screen.findByText('Imported.');
    expect(most).toBe(1);
  });

  it('are refused in a sentence each, and nothing else happens', async () => {
    const demo = await openOverview();
    hold(demo, 'holiday.jpg');
    drop(
      demo,
      [],
      [
        { name: 'holiday.jpg', why: 'kind' },
        { name: 'backups', why: 'folder' },
        { name: 'gone.db', why: 'unreadable' },
        { name: 'last.db', why: 'too-many' },
      ],
    );
    const alert = await screen.findByRole('alert');
    for (const text of [
      '4 files were not imported',
      'holiday.jpg is, by its name, neither a backup nor a SQLite database.',
      'backups is a folder. Drop the backup or the database itself.',
      'gone.db cannot be read as a file of this computer.',
      'last.db was one too many at once.',
    ])
      expect(alert.textContent).toContain(text);
    expect(screen.queryByTestId('drop-target')).toBeNull();
    expect(demo.imported).toEqual([]);
    await expectAccessible();
    screen.getByRole('button', { name: 'Dismiss' }).click();
    await waitFor(() => expect(screen.queryByRole('alert')).toBeNull());
  });

  it('wait for the answer to a question that is open', async () => {
    const demo = await openOverview();
    document.body.insertAdjacentHTML('beforeend', '<dialog open id="question"></dialog>');
    hold(demo, 'bookshelf.db');
    await tick();
    expect(screen.queryByTestId('drop-target')).toBeNull();
    drop(demo, ['bookshelf.db']);
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain('A question is open in the window.');
    expect(demo.imported).toEqual([]);
    document.getElementById('question')?.remove();
    drop(demo, ['bookshelf.db']);
    const dialog = await question();
    expect(screen.queryByRole('alert')).toBeNull();
    await fireEvent.click(within(dialog).getByRole('button', { name: 'Import' }));
    await screen.findByText('Imported.');
  });
});

describe('the application that a file is named after', () => {
  const apps = ['shop', 'shop-old', 'photos'];
  it.each([
    ['shop-20260301.tar.gz', 'shop'],
    ['shop-old-20260301.tar.gz', 'shop-old'],
    ['photos.db', 'photos'],
    ['shopping.tar', null],
    ['copy.tar.gz', null],
  ])('of %s is %s', (file, app) => expect(namedAfter(file, apps)).toBe(app));
});
