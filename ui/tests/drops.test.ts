import { screen, waitFor } from '@testing-library/svelte';
import { tick } from 'svelte';
import { describe, expect, it, vi } from 'vitest';

import type { Demo } from '../src/backend/demo';
import type { Refusal } from '../src/bindings/api';
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

describe('files that are dragged onto the window', () => {
  it('are named while they are held over it, with what is accepted', async () => {
    const demo = await openOverview();
    expect(screen.queryByTestId('drop-target')).toBeNull();
    hold(demo, 'bookshelf.tar.gz');
    const target = await screen.findByTestId('drop-target');
    expect(target.textContent).toContain('Drop to import');
    expect(target.textContent).toContain('bookshelf.tar.gz');
    expect(target.textContent).toContain('.sqlite3');
    expect(target.textContent).toContain('Drop a plain database on the page of its application');
    await expectAccessible();
    hold(demo, 'a.tar.gz', 'b.tar.gz', 'c.db');
    await waitFor(() => expect(target.textContent).toContain('3 files, one after the other'));
    demo.drag({ event: 'left' });
    await waitFor(() => expect(screen.queryByTestId('drop-target')).toBeNull());
    expect(demo.imported).toEqual([]);
  });

  it('are imported as by the button, for the application that a backup names', async () => {
    const demo = await openOverview();
    hold(demo, 'bookshelf.tar.gz');
    drop(demo, ['bookshelf.tar.gz']);
    await screen.findByText('Imported.');
    expect(screen.queryByTestId('drop-target')).toBeNull();
    expect(demo.imported).toEqual([{ file: '/media/anna/BACKUP/bookshelf.tar.gz', app: null }]);
    expect(screen.queryByTestId('drop-notes')).toBeNull();
  });

  it('are imported for the application whose page is open', async () => {
    const demo = await openApp();
    hold(demo, 'bookshelf.db');
    const target = await screen.findByTestId('drop-target');
    expect(target.textContent).toContain('Drop to import for bookshelf');
    expect(target.textContent).not.toContain('on the page of its application');
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
    await screen.findByText('Imported.');
    expect(screen.queryByRole('alert')).toBeNull();
  });
});
