import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';

import { expectAccessible, openWindow } from './helpers';

const rows = () => screen.findAllByTestId('backup-row');
const openLong = () => {
  openWindow('#/app/bookshelf', { world: 'long' });
  return rows();
};
const press = (key: string, init = {}) =>
  fireEvent.keyDown(document.activeElement ?? document.body, { key, ...init });
/** The place in the list of the row with the focus, the first being 1. */
const place = () =>
  Number(document.activeElement?.closest('tr')?.getAttribute('aria-rowindex') ?? 0) - 1;
const bar = () => screen.findByTestId('chosen-bar');

/** Moves the page so that this row is at its top. */
async function scrollTo(row: number) {
  const body = (await rows())[0]?.closest('tbody');
  if (!body) throw new Error('the table has no body');
  vi.spyOn(body, 'getBoundingClientRect').mockReturnValue(new DOMRect(0, -65 * row, 800, 65_000));
  await fireEvent.scroll(screen.getByRole('main'));
}

describe('a list of a thousand backups', () => {
  it('has few rows at a time, and says how many there are', async () => {
    const shown = await openLong();
    expect(shown.length).toBeGreaterThan(12);
    expect(shown.length).toBeLessThan(60);
    const table = screen.getByRole('table', { name: 'Backups' });
    expect(table.getAttribute('aria-rowcount')).toBe('1001');
    expect(shown[0]?.getAttribute('aria-rowindex')).toBe('2');
    // The scroll bar tells how long it is, and a row is where it would be with all others there.
    expect(shown[0]?.closest('tbody')?.style.height).toBe('65000px');
    expect(shown.map((row) => row.style.top)).toEqual(shown.map((_, at) => `${65 * at}px`));
    await expectAccessible();
  });

  it('shows what the page is scrolled to', async () => {
    await openLong();
    await scrollTo(500);
    const places = (await rows()).map((row) => Number(row.getAttribute('aria-rowindex')) - 1);
    expect(places.length).toBeLessThan(60);
    expect(places).toContain(501);
    expect(places).toContain(512);
    expect(places).not.toContain(1);
    const [first] = await rows();
    expect(first?.style.top).toBe(`${65 * (Number(first?.getAttribute('aria-rowindex')) - 2)}px`);
    await expectAccessible();
  });

  it('keeps the focus where it is while the page is scrolled', async () => {
    const [, second] = await openLong();
    if (!second) throw new Error('there is no second row');
    const box = within(second).getByRole('checkbox');
    box.focus();
    for (const row of [500, 0, 990, 3]) {
      await scrollTo(row);
      expect(document.activeElement, `at row ${row}`).toBe(box);
      expect(box.isConnected).toBe(true);
    }
    await scrollTo(700);
    await press('ArrowDown');
    expect(place()).toBe(3);
  });

  it('is gone through by keys from end to end', async () => {
    const [first] = await openLong();
    if (!first) throw new Error('there is no row');
    within(first).getByRole('checkbox').focus();
    for (let times = 0; times < 80; times += 1) await press('ArrowDown');
    expect(place()).toBe(81);
    await press('End');
    expect(place(), 'the very last is pinned').toBe(999);
    await press('ArrowDown');
    expect(place()).toBe(999);
    await press('ArrowUp', { shiftKey: true });
    expect((await bar()).textContent).toContain('2 backups selected');
    await press('Home', { shiftKey: true });
    expect(place()).toBe(1);
    expect((await bar()).textContent).toContain('999 backups selected');
  });

  it('is chosen as a whole, what is not there included', async () => {
    const [first] = await openLong();
    if (!first) throw new Error('there is no row');
    within(first).getByRole('checkbox').focus();
    await press('a', { ctrlKey: true });
    expect((await bar()).textContent).toContain('999 backups selected');
    await scrollTo(600);
    for (const row of await rows()) {
      expect(within(row).getByRole<HTMLInputElement>('checkbox').checked).toBe(true);
    }
    await press('Delete');
    const dialog = await screen.findByRole('dialog', { name: 'Delete 999 backups?' });
    expect(within(dialog).getAllByRole('listitem')).toHaveLength(999);
  });

  it('is filtered and sorted as a whole', async () => {
    await openLong();
    const filter = screen.getByRole('searchbox');
    await fireEvent.input(filter, { target: { value: 'regatta' } });
    await waitFor(async () => expect(await rows()).toHaveLength(1));
    const [found] = await rows();
    expect(found?.textContent).toContain('before the regatta');
    expect(found?.hasAttribute('aria-rowindex'), 'a short list is whole').toBe(false);
    await fireEvent.input(filter, { target: { value: '' } });
    await waitFor(async () => expect((await rows()).length).toBeGreaterThan(12));
    await fireEvent.click(screen.getByRole('button', { name: 'Created' }));
    expect((await rows())[0]?.textContent).toContain('Pinned');
    expect((await rows())[0]?.getAttribute('aria-rowindex')).toBe('2');
  });
});
