import { describe, expect, it } from 'vitest';

import { stretches } from './row-window.svelte';

/** As text: `3` for three rows, `(3)` for a gap of three. */
const text = (count: number, first: number, end: number, focused = -1) =>
  stretches(count, { first, end }, focused)
    .map((one) => (one.isGap ? `(${one.end - one.first})` : `${one.end - one.first}`))
    .join(' ');

describe('the rows of a long table', () => {
  it('are those in sight, with gaps for the others', () => {
    expect(text(1000, -16, 24)).toBe('24 (976)');
    expect(text(1000, 400, 440)).toBe('(400) 40 (560)');
    expect(text(1000, 984, 1024)).toBe('(984) 16');
    expect(text(0, -16, 24)).toBe('');
  });

  it('are all of them in the gap if none is in sight', () => {
    expect(text(1000, -80, -40)).toBe('(1000)');
    expect(text(1000, 1200, 1240)).toBe('(1000)');
  });

  it('have the one with the focus among them, and its neighbours', () => {
    expect(text(1000, 400, 440, 0)).toBe('2 (398) 40 (560)');
    expect(text(1000, 400, 440, 700)).toBe('(400) 40 (259) 3 (298)');
    expect(text(1000, 0, 40, 999)).toBe('40 (958) 2');
    expect(text(1000, 400, 440, 420), 'in sight').toBe('(400) 40 (560)');
  });

  it('come once where the focus is at the edge', () => {
    const first = stretches(1000, { first: 400, end: 440 }, 399);
    const rows = first.filter((one) => !one.isGap);
    expect(rows.reduce((sum, one) => sum + one.end - one.first, 0)).toBe(42);
    for (const [index, one] of first.entries()) expect(one.first).toBe(first[index - 1]?.end ?? 0);
    const last = stretches(1000, { first: 400, end: 440 }, 439);
    expect(
      last.filter((one) => !one.isGap).reduce((sum, one) => sum + one.end - one.first, 0),
    ).toBe(41);
  });
});
