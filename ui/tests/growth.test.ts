import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';

import {
  columnsOf,
  optionsOf,
  timeLabels,
  valueRange,
  type Palette,
} from '../src/components/growth-curve';
import { Demo } from '../src/backend/demo';
import type { GrowthPoint } from '../src/bindings/api';
import { Chart } from './chart';
import { expectAccessible, openWindow } from './helpers';

const point = (at: string, other: Partial<GrowthPoint> = {}): GrowthPoint => ({
  at,
  source: 'backup',
  backup: null,
  size_bytes: 10 * 1024 * 1024,
  wal_bytes: 4096,
  row_count: 100,
  verdict: 'sound',
  ...other,
});

const POINTS = [
  point('2026-03-01T10:00:00Z', { backup: 'gone', wal_bytes: null }),
  point('2026-03-05T10:00:00Z', { size_bytes: 12 * 1024 * 1024, row_count: 140 }),
  point('2026-03-11T10:00:00Z', {
    source: 'check',
    size_bytes: 15 * 1024 * 1024,
    row_count: null,
    verdict: 'damaged',
  }),
];

/** The databases page, with these looks. */
async function openPage(points: GrowthPoint[]) {
  const look = Demo.prototype.databaseHealth;
  vi.spyOn(Demo.prototype, 'databaseHealth').mockImplementation(async function (this: Demo, app) {
    return { ...(await look.call(this, app)), growth: points };
  });
  openWindow('#/app/bookshelf/databases');
  const section = await screen.findByTestId('over-time');
  return within(section);
}

const readout = () => screen.getByTestId('growth-readout').textContent?.replace(/\s+/g, ' ');

describe('the databases over time', () => {
  it('says how they grew, and tells of the last look', async () => {
    const page = await openPage(POINTS);
    page.getByRole('heading', { name: 'Over time' });
    page.getByText('5 MiB larger than 10 days ago.');
    expect(readout()).toContain('15 MiB');
    expect(readout()).toContain('Health check');
    expect(readout()).toContain('rows not counted');
    expect(readout()).toContain('Damaged');
    const marks = within(page.getByRole('list', { name: 'Marks on the curve' }));
    expect(marks.getAllByRole('listitem').map((one) => one.textContent)).toEqual(['Damaged']);
    await expectAccessible();
  });

  it('is read with the keys as well as with the pointer', async () => {
    const page = await openPage(POINTS);
    const slider = page.getByRole('slider', { name: /^Databases over time/ });
    expect(slider.getAttribute('aria-valuenow')).toBe('3');
    slider.focus();
    await fireEvent.keyDown(slider, { key: 'ArrowLeft' });
    expect(slider.getAttribute('aria-valuenow')).toBe('2');
    expect(slider.getAttribute('aria-valuetext')).toMatch(/, Backup: 12 MiB, 140 rows\. Sound\.$/);
    expect(readout()).toContain('12 MiB');
    await fireEvent.keyDown(slider, { key: 'Home' });
    expect(readout()).toContain('10 MiB');
    await fireEvent.keyDown(slider, { key: 'ArrowLeft' });
    expect(slider.getAttribute('aria-valuenow')).toBe('1');
    await fireEvent.blur(slider);
    expect(readout()).toContain('15 MiB');
    const [chart] = Chart.shown;
    chart?.setCursor({ left: 200 });
    await waitFor(() => expect(readout()).toContain('12 MiB'));
    chart?.setCursor({ left: -10 });
    await waitFor(() => expect(readout()).toContain('15 MiB'));
  });

  it('shows rows instead of sizes', async () => {
    const page = await openPage(POINTS);
    await fireEvent.click(page.getByRole('radio', { name: 'Rows' }));
    await waitFor(() => expect(Chart.shown[0]?.data[1]).toEqual([100, 140, null]));
    await fireEvent.keyDown(page.getByRole('slider'), { key: 'ArrowLeft' });
    expect(readout()).toContain('140 rows');
    await fireEvent.click(page.getByRole('radio', { name: 'Size' }));
    expect(Chart.shown[0]?.data[1]?.[0]).toBe(10 * 1024 * 1024);
  });

  it('has a table with the same, newest first', async () => {
    const page = await openPage(POINTS);
    expect(page.queryByRole('table')).toBeNull();
    const details = page.getByText('As a table').closest('details');
    details!.open = true;
    await fireEvent(details!, new Event('toggle'));
    const table = within(await page.findByRole('table'));
    const rows = table.getAllByRole('row').slice(1);
    const cells = rows.map((row) =>
      [...row.children].slice(1).map((cell) => cell.textContent?.trim()),
    );
    expect(cells).toEqual([
      ['Health check', '15 MiB', '4 KiB', '–', 'Damaged'],
      ['Backup', '12 MiB', '4 KiB', '140', 'Sound'],
      ['Backup', '10 MiB', '–', '100', 'Sound'],
    ]);
    await expectAccessible();
  });

  it('leads from a look to the backup that is still there', async () => {
    const demo = openWindow('#/app/bookshelf/databases');
    const [newest] = (await demo.listBackups('bookshelf')).backups;
    const section = within(await screen.findByTestId('over-time'));
    const details = section.getByText('As a table').closest('details');
    details!.open = true;
    await fireEvent(details!, new Event('toggle'));
    await section.findByRole('table');
    await waitFor(() => {
      const links = section.getAllByRole('link').map((one) => one.getAttribute('href'));
      expect(links).toContain(`#/app/bookshelf/backups/${newest?.id}`);
      expect(links.some((one) => one?.includes('gone'))).toBe(false);
    });
  });

  it('waits for a second look', async () => {
    openWindow('#/app/kitchen-notes/databases');
    await screen.findByText(/^The curve begins with the second point/);
    expect(screen.queryByRole('slider')).toBeNull();
    expect(Chart.shown).toEqual([]);
  });

  it('is led to from the health card', async () => {
    openWindow('#/app/bookshelf');
    const link = await screen.findByRole('link', {
      name: /^Size over time: /,
    });
    expect(link.getAttribute('href')).toBe('#/app/bookshelf/databases');
  });
});

describe('the curve', () => {
  const palette = { line: 'blue', page: 'white' } as Palette;
  const options = (measure: 'size' | 'rows') =>
    optionsOf(
      { points: () => POINTS, measure: () => measure, palette: () => palette, onpick: () => {} },
      600,
      200,
    );

  it('has seconds and values', () => {
    expect(columnsOf(POINTS.slice(0, 1), 'rows')).toEqual([[1772359200], [100]]);
  });

  it('keeps what is flat flat, and shows growth', () => {
    const [low, top] = valueRange(100, 101);
    expect(low).toBeLessThan(91);
    expect(top).toBeGreaterThan(101);
    expect(valueRange(10, 100)[0]).toBe(0);
    expect(valueRange(null, null)).toEqual([0, 1]);
    expect(valueRange(0, 0)).toEqual([0, 1]);
  });

  it('labels both axes as people read them', () => {
    const [, values] = options('size').axes ?? [];
    const labels = values?.values as (chart: unknown, splits: number[]) => string[];
    expect(labels(null, [0, 1048576])).toEqual(['0 B', '1 MiB']);
    const day = 86_400;
    expect(timeLabels([1772366400, 1772366400 + day], day)).toHaveLength(2);
    const hours = timeLabels([1772366400, 1772366400 + 3600], 3600);
    expect(hours[0]).toContain('\n');
    expect(hours[1]).not.toContain('\n');
  });

  it('draws nothing where nothing is known, and a sign of its own for damage', () => {
    const drawn: string[] = [];
    const path = (what: string) => () => void drawn.push(what);
    vi.stubGlobal(
      'Path2D',
      class {
        moveTo = path('corner');
        lineTo() {}
        closePath() {}
        arc = path('dot');
      },
    );
    const ctx = { save() {}, restore() {}, fill() {}, stroke() {} };
    const chart = { ctx, bbox: { width: 600 }, data: columnsOf(POINTS, 'size'), valToPos: () => 1 };
    for (const draw of options('size').hooks?.draw ?? []) draw?.(chart as never);
    expect(drawn).toEqual(['dot', 'dot', 'corner']);
    drawn.length = 0;
    const rows = { ...chart, data: columnsOf(POINTS, 'rows') };
    for (const draw of options('rows').hooks?.draw ?? []) draw?.(rows as never);
    expect(drawn).toEqual(['dot', 'dot']);
    vi.unstubAllGlobals();
  });
});
