/**
 * Which rows of a long table are there: those in sight, with some above and below. The row with the focus stays
 * with its neighbours wherever the page is scrolled to: the focus is not lost, and Tab goes on from it. A row
 * that is out of reach is not thrown away: what it is made of shows another one.
 */

/** A row that is there: its place in the table, and what it is made of. */
export interface Row {
  index: number;
  slot: string;
}

/** Tables up to here are shown whole. */
export const WHOLE = 100;

/** Before anything was measured. */
const ROW_PX = 65;

/** The rows that are there change by so many at a time: few, so that no frame is long, and not with each pixel. */
const STEP = 4;

/** The places of the rows that are there, by those in sight and the one with the focus; -1 for none. */
export function places(
  count: number,
  sight: { first: number; end: number },
  focused: number,
): number[] {
  const limit = (at: number) => Math.min(Math.max(at, 0), count);
  const range = (first: number, end: number) =>
    Array.from({ length: Math.max(limit(end) - limit(first), 0) }, (_, at) => limit(first) + at);
  const near = focused < 0 ? [] : range(focused - 1, focused + 2);
  const all = new Set([...range(sight.first, sight.end), ...near]);
  return [...all].sort((a, b) => a - b);
}

/** The slots of those that go, by the last one before them that stays. */
function freed(held: ReadonlyMap<string, string>, needed: ReadonlySet<string>) {
  const free = new Map<string, string[]>();
  let after = '';
  for (const [id, slot] of held) {
    if (needed.has(id)) after = id;
    else free.set(after, [...(free.get(after) ?? []), slot]);
  }
  return free;
}

/** What is held for rows that still exist: what showed one that is gone goes with it, and a focus in it. */
export function ofThose(
  held: ReadonlyMap<string, string>,
  ids: readonly string[],
): ReadonlyMap<string, string> {
  const there = new Set(ids);
  return new Map([...held].filter(([id]) => there.has(id)));
}

/** The highest number of a slot; -1 where there is none. */
const highest = (held: ReadonlyMap<string, string>) =>
  Math.max(-1, ...[...held.values()].map(Number));

/**
 * Gives each of the wanted a slot: the one it has, else one that is no longer needed, else a new one, which is
 * above all that were `used`: one that went with its row does not come back with another one. A slot
 * from another place is taken only where most rows stay: these are left alone then, and the focus with them.
 */
export function assign(
  wanted: readonly string[],
  held: ReadonlyMap<string, string>,
  used = highest(held),
): Map<string, string> {
  const free = freed(held, new Set(wanted));
  const mostStay = 2 * wanted.filter((id) => held.has(id)).length >= wanted.length;
  const all = new Map<string, string>();
  let after = '';
  for (const id of wanted) {
    if (held.has(id)) after = id;
    const slot = held.get(id) ?? free.get(after)?.shift();
    if (slot !== undefined) all.set(id, slot);
  }
  const left = mostStay ? [...free.values()].flat() : [];
  let last = used;
  const make = () => `${(last += 1)}`;
  return new Map(wanted.map((id) => [id, all.get(id) ?? left.shift() ?? make()]));
}

/** What there is to see of a table whose rows are all of one height. */
export class RowWindow {
  rowPx = $state(ROW_PX);
  #sight = $state.raw({ first: 0, end: 16 });
  #ids: () => readonly string[];
  #focused: () => number;
  /** The slots of what was shown last. */
  #held: ReadonlyMap<string, string> = new Map();
  #used = -1;

  /** Of the rows with these ids, of which one may have the focus. */
  constructor(ids: () => readonly string[], focused: () => number) {
    this.#ids = ids;
    this.#focused = focused;
  }

  /** Whether rows are left out. */
  readonly isOn = $derived.by(() => this.#ids().length > WHOLE);

  /** The rows that are there, from the top down. */
  readonly rows = $derived.by((): Row[] => {
    const ids = this.#ids();
    if (!this.isOn) return ids.map((slot, index) => ({ index, slot }));
    const there = places(ids.length, this.#sight, this.#focused());
    this.#held = assign(
      there.map((index) => ids[index] ?? ''),
      ofThose(this.#held, ids),
      this.#used,
    );
    this.#used = Math.max(this.#used, highest(this.#held));
    return there.map((index) => ({ index, slot: this.#held.get(ids[index] ?? '') ?? '' }));
  });

  /** How far down the row at this place begins. */
  topPx(index: number): number {
    return index * this.rowPx;
  }

  /** Follows what scrolls the rows, until the returned function is called. */
  follow(body: HTMLElement): () => void {
    const port = body.closest('main');
    const look = () => this.#look(body, port);
    const sizes = new ResizeObserver(look);
    // What lies above the rows moves them, too.
    for (const one of [port, port?.firstElementChild ?? body]) if (one) sizes.observe(one);
    port?.addEventListener('scroll', look, { passive: true });
    look();
    return () => {
      sizes.disconnect();
      port?.removeEventListener('scroll', look);
    };
  }

  #look(body: HTMLElement, port: HTMLElement | null) {
    const rowPx = body.querySelector('tr')?.getBoundingClientRect().height;
    if (rowPx && Math.abs(rowPx - this.rowPx) > 0.1) this.rowPx = rowPx;
    const heightPx = port?.clientHeight || window.innerHeight;
    const abovePx = (port?.getBoundingClientRect().top ?? 0) - body.getBoundingClientRect().top;
    // As many rows above and below as in sight: a turn of the wheel does not outrun them.
    const from = Math.floor((abovePx - heightPx) / this.rowPx / STEP) * STEP;
    const to = Math.ceil((abovePx + 2 * heightPx) / this.rowPx / STEP) * STEP;
    if (from === this.#sight.first && to === this.#sight.end) return;
    this.#sight = { first: from, end: to };
  }
}
