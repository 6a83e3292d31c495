import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';

import { announcer } from '../src/state/announce.svelte';
import { expectAccessible, openWindow } from './helpers';

const press = (name: string | RegExp) =>
  screen.findByRole('button', { name }).then((button) => fireEvent.click(button));

const rows = () => screen.findAllByTestId('backup-row');
const boxes = async () =>
  (await rows()).map((row) => within(row).getByRole<HTMLInputElement>('checkbox'));
const chosen = async () => (await boxes()).map((one) => (one.checked ? 1 : 0)).join('');
const all = () =>
  screen.getByRole<HTMLInputElement>('checkbox', { name: 'Select all that are shown' });

async function pick(index: number, init: MouseEventInit = {}) {
  const box = (await boxes())[index];
  if (!box) throw new Error('no such row');
  await fireEvent.click(box, init);
  return box;
}

async function askDelete() {
  const bar = await screen.findByTestId('chosen-bar');
  await fireEvent.click(within(bar).getByRole('button', { name: 'Delete…' }));
  return screen.findByRole('dialog');
}

describe('several backups', () => {
  it('are chosen one by one, and by a range with Shift', async () => {
    openWindow('#/app/bookshelf');
    await pick(0);
    const bar = await screen.findByTestId('chosen-bar');
    expect(bar.textContent).toMatch(/1 backup selected, [\d.]+ MiB/);
    await pick(3, { shiftKey: true });
    expect(await chosen()).toBe('1111000');
    expect(bar.textContent).toMatch(/4 backups selected, \d+ MiB/);
    expect(all().indeterminate).toBe(true);
    await expectAccessible();
    await pick(1);
    expect(await chosen()).toBe('1011000');
    await pick(3, { shiftKey: true });
    expect(await chosen(), 'a range is taken back, too').toBe('1000000');
    await press('Clear selection');
    expect(screen.queryByTestId('chosen-bar')).toBeNull();
  });

  it('never has a pinned one among them, and says why', async () => {
    openWindow('#/app/bookshelf');
    const box = (await boxes())[5];
    expect(box?.disabled).toBe(true);
    expect(box?.title).toBe('Unpin it first: a pinned backup is not deleted');
    await fireEvent.click(all());
    expect(await chosen()).toBe('1111101');
    expect(all().checked).toBe(true);
    await fireEvent.click(all());
    expect(await chosen()).toBe('0000000');
    // One that is pinned after it was chosen is not chosen any more.
    await pick(0);
    await press(/^Pin bookshelf.*manual/);
    await waitFor(async () => expect(await chosen()).toBe('0000000'));
    expect(screen.queryByTestId('chosen-bar')).toBeNull();
  });

  it('are chosen by keys, too', async () => {
    openWindow('#/app/bookshelf');
    const [first] = await boxes();
    first?.focus();
    const press = (key: string, init = {}) =>
      fireEvent.keyDown(document.activeElement ?? document.body, { key, ...init });
    await press('ArrowDown');
    expect(document.activeElement).toBe((await boxes())[1]);
    expect(await chosen()).toBe('0000000');
    await press('ArrowDown', { shiftKey: true });
    expect(await chosen()).toBe('0110000');
    for (let times = 0; times < 3; times += 1) await press('ArrowDown');
    expect(document.activeElement, 'the pinned one is passed by').toBe((await boxes())[6]);
    await press('a', { ctrlKey: true });
    expect(await chosen()).toBe('1111101');
    await press('Escape');
    expect(await chosen()).toBe('0000000');
    await press('Delete');
    expect(screen.queryByRole('dialog')).toBeNull();
    await press('ArrowUp', { shiftKey: true });
    await press('Delete');
    await screen.findByRole('dialog', { name: 'Delete 2 backups?' });
  });

  it('are those that are shown', async () => {
    openWindow('#/app/application-01', { world: 'many' });
    await rows();
    await fireEvent.click(all());
    expect((await screen.findByTestId('chosen-bar')).textContent).toContain('40 backups selected');
    const name = (await rows())[0]?.querySelector('.file a')?.textContent ?? '';
    await fireEvent.input(screen.getByRole('searchbox'), { target: { value: name } });
    await waitFor(async () => expect(await rows()).toHaveLength(1));
    expect(screen.getByTestId('chosen-bar').textContent).toContain('1 backup selected');
    const dialog = await askDelete();
    expect(dialog.textContent).toContain(name);
  });

  it('go after one question that names each', async () => {
    const demo = openWindow('#/app/bookshelf');
    const remove = vi.spyOn(demo, 'deleteBackup');
    await pick(1);
    await pick(2);
    await pick(4);
    const names = (await rows()).map((row) => row.querySelector('.file a')?.textContent ?? '');
    const dialog = await askDelete();
    expect(within(dialog).getByRole('heading').textContent).toBe('Delete 3 backups?');
    const listed = within(dialog).getAllByRole('listitem');
    expect(listed.map((one) => one.textContent?.split(',')[0])).toEqual(
      [1, 2, 4].map((index) => names[index]),
    );
    expect(dialog.textContent).toMatch(/3 backups, \d+ MiB:/);
    expect(dialog.textContent).toContain('They are deleted for good.');
    expect(dialog.textContent).not.toContain('proven to restore would be left');
    expect(document.activeElement?.textContent).toContain('Keep them');
    await expectAccessible();
    await press('Keep them');
    expect(remove).not.toHaveBeenCalled();
    expect(await chosen()).toBe('0110100');

    await askDelete();
    await press('Delete 3 backups');
    await waitFor(async () => expect(await rows()).toHaveLength(4));
    // Each by a plan of its own.
    expect(new Set(remove.mock.calls.map(([token]) => token)).size).toBe(3);
    expect(announcer.message).toBe('3 backups deleted.');
    await waitFor(() => expect(screen.queryByTestId('chosen-bar')).toBeNull());
    expect(document.activeElement).toBe(all());
    await expectAccessible();
  });

  it('leave the focus in the table, even if only a pinned one stays', async () => {
    openWindow('#/app/bookshelf');
    await rows();
    await fireEvent.click(all());
    await askDelete();
    await press('Delete 6 backups');
    await waitFor(async () => expect(await rows()).toHaveLength(1));
    const [row] = await rows();
    await waitFor(() => expect(row?.contains(document.activeElement)).toBe(true));
  });

  it('are asked for with a warning if no proven one would be left', async () => {
    openWindow('#/app/photos');
    await rows();
    await fireEvent.click(all());
    const dialog = await askDelete();
    expect(dialog.textContent).toContain('No backup that is proven to restore would be left.');
  });

  it('go on when one cannot be deleted, which is named and stays chosen', async () => {
    const demo = openWindow('#/app/bookshelf');
    const plan = demo.planDelete.bind(demo);
    const ids = (await rows()).map((row) => row.dataset.backup);
    vi.spyOn(demo, 'planDelete').mockImplementation((app, id) =>
      id === ids[1]
        ? Promise.reject({
            code: 'busy',
            message: 'An undo goes back to this backup.',
            advice: 'Keep it until then.',
            aftermath: 'unchanged',
          })
        : plan(app, id),
    );
    await pick(0);
    await pick(2, { shiftKey: true });
    await askDelete();
    await press('Delete 3 backups');
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain('1 of 3 backups could not be deleted');
    expect(alert.textContent).toMatch(/-pre-restore\.tar\.gz: An undo goes back to this backup\./);
    expect((await rows()).map((row) => row.dataset.backup)).toEqual([ids[1], ...ids.slice(3)]);
    expect(await chosen()).toBe('10000');
    expect(announcer.message).toBe('2 of 3 backups deleted. The others are kept.');
    await expectAccessible();
    await fireEvent.click(within(alert).getByRole('button', { name: 'Dismiss' }));
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('stop after the one that is deleted now', async () => {
    const demo = openWindow('#/app/bookshelf');
    const remove = demo.deleteBackup.bind(demo);
    let goOn = () => undefined as void;
    vi.spyOn(demo, 'deleteBackup').mockImplementation(async (token) => {
      await new Promise<void>((done) => (goOn = done));
      return remove(token);
    });
    await rows();
    await fireEvent.click(all());
    await askDelete();
    await press('Delete 6 backups');
    await screen.findByText('Deleting backup 1 of 6…');
    await press('Stop after this one');
    await screen.findByText('Stopping after this one…');
    await waitFor(() => expect(demo.deleteBackup).toHaveBeenCalledTimes(1));
    goOn();
    await waitFor(async () => expect(await rows()).toHaveLength(6));
    expect((await screen.findByTestId('chosen-bar')).textContent).toContain('5 backups selected');
    expect(demo.deleteBackup).toHaveBeenCalledTimes(1);
  });
});
