/**
 * Which rows of a long table are there. Those in sight are, with some above and below; the others are gaps as
 * high as the rows that are missing, so that the scroll bar says the truth. The row with the focus stays with
 * its neighbours wherever the page is scrolled to: the focus is not lost, and Tab goes on from it.
 */

/** Rows before the end-th from the first on, or the gap that they leave. */
export interface Stretch {
  first: number;
  end: number;
  isGap: boolean;
}

/** Tables up to here are shown whole. */
export const WHOLE = 100;

/** Before anything was measured. */
const ROW_PX = 65;

/** The rows that are there change by so many at a time: few, so that no frame is long, and not with each pixel. */
const STEP = 4;

/** All rows in stretches, by those in sight and the one with the focus; -1 for none. */
export function stretches(
  count: number,
  sight: { first: number; end: number },
  focused: number,
): Stretch[] {
  const limit = (at: number) => Math.min(Math.max(at, 0), count);
  const near = { first: limit(focused - 1), end: focused < 0 ? 0 : limit(focused + 2) };
  const seen = { first: limit(sight.first), end: limit(sight.end) };
  const shown = [near, seen]
    .filter((one) => one.first < one.end)
    .sort((a, b) => a.first - b.first || a.end - b.end);
  const all: Stretch[] = [];
  let at = 0;
  for (const one of shown) {
    const first = Math.max(one.first, at);
    if (first > at) all.push({ first: at, end: first, isGap: true });
    if (one.end > first) all.push({ first, end: one.end, isGap: false });
    at = Math.max(at, one.end);
  }
  if (at < count) all.push({ first: at, end: count, isGap: true });
  return all;
}

/** What there is to see of a table whose rows are all of one height. */
export class RowWindow {
  rowPx = $state(ROW_PX);
  #sight = $state.raw({ first: 0, end: 16 });
  #count: () => number;
  #focused: () => number;

  constructor(count: () => number, focused: () => number) {
    this.#count = count;
    this.#focused = focused;
  }

  /** Whether rows are left out. */
  readonly isOn = $derived.by(() => this.#count() > WHOLE);

  readonly stretches = $derived.by((): Stretch[] => {
    const count = this.#count();
    if (this.isOn) return stretches(count, this.#sight, this.#focused());
    return [{ first: 0, end: count, isGap: false }];
  });

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
    // One in the middle: those beside a gap may be higher or lower by a border.
    const all = body.querySelectorAll('tr:not([aria-hidden])');
    const rowPx = all[all.length >> 1]?.getBoundingClientRect().height;
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
