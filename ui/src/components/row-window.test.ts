import { describe, expect, it } from 'vitest';

import { assign, ofThose, places } from './row-window.svelte';

/** As text, in stretches: `0-23 999`. */
const text = (count: number, first: number, end: number, focused = -1) => {
  const all = places(count, { first, end }, focused);
  const begins = all.filter((one) => !all.includes(one - 1));
  const ends = all.filter((one) => !all.includes(one + 1));
  return begins.map((one, at) => (one === ends[at] ? `${one}` : `${one}-${ends[at]}`)).join(' ');
};

describe('the rows of a long table', () => {
  it('are those in sight', () => {
    expect(text(1000, -16, 24)).toBe('0-23');
    expect(text(1000, 400, 440)).toBe('400-439');
    expect(text(1000, 984, 1024)).toBe('984-999');
    expect(text(0, -16, 24)).toBe('');
  });

  it('are none if none is in sight', () => {
    expect(text(1000, -80, -40)).toBe('');
    expect(text(1000, 1200, 1240)).toBe('');
  });

  it('have the one with the focus among them, and its neighbours', () => {
    expect(text(1000, 400, 440, 0)).toBe('0-1 400-439');
    expect(text(1000, 400, 440, 700)).toBe('400-439 699-701');
    expect(text(1000, 0, 40, 999)).toBe('0-39 998-999');
    expect(text(1000, 400, 440, 420), 'in sight').toBe('400-439');
  });

  it('come once, and in their order, where the focus is at the edge', () => {
    expect(places(1000, { first: 400, end: 404 }, 399)).toEqual([398, 399, 400, 401, 402, 403]);
    expect(places(1000, { first: 400, end: 404 }, 403)).toEqual([400, 401, 402, 403, 404]);
  });
});

describe('what rows are made of', () => {
  const first = assign(['a', 'b', 'c', 'd'], new Map());

  it('is theirs alone', () => {
    expect(new Set(first.values()).size).toBe(4);
  });

  it('stays theirs, and shows others when they are gone', () => {
    const next = assign(['b', 'c', 'd', 'e'], first);
    for (const id of ['b', 'c', 'd']) expect(next.get(id)).toBe(first.get(id));
    expect(next.get('e')).toBe(first.get('a'));
  });

  it('goes with one that is gone, and does not come back', () => {
    const held = ofThose(first, ['a', 'b', 'c', 'e']);
    const next = assign(['a', 'b', 'c', 'e'], held, 3);
    expect([...first.values()], 'whatever had the focus is not there').not.toContain(next.get('e'));
    for (const id of ['a', 'b', 'c']) expect(next.get(id)).toBe(first.get(id));
  });

  it('is new where more are wanted', () => {
    const next = assign(['a', 'b', 'c', 'd', 'e'], first);
    expect(new Set(next.values()).size).toBe(5);
  });

  it('stays in its place where all others are shown', () => {
    const next = assign(['w', 'x', 'y', 'z'], first);
    expect([...next.values()]).toEqual([...first.values()]);
  });

  it('does not pass the one with the focus where few stay', () => {
    const after = assign(['a', 'x', 'y', 'z'], first);
    expect([...after.values()], 'the others are below, as they were').toEqual([...first.values()]);
    const before = assign(['x', 'y', 'z', 'a'], first);
    expect(before.get('a')).toBe(first.get('a'));
    for (const id of ['x', 'y', 'z']) expect([...first.values()]).not.toContain(before.get(id));
  });
});
