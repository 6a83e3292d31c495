/** How fast a step goes, and how long it will still take: said only when it can be trusted. */

/** No guess before a step has run this long. */
export const QUIET_MS = 10_000;

const WINDOW_MS = 10_000;
const TOLERANCE = 0.25;

interface Sample {
  at: number;
  bytes: number;
}

export class Pace {
  #began: number;
  #samples: Sample[] = [];
  #ends: { at: number; end: number }[] = [];

  constructor(now: number) {
    this.#began = now;
  }

  /** Takes note of where the step is. */
  add(now: number, bytes: number, total: number | null): void {
    this.#samples.push({ at: now, bytes });
    while (this.#samples.length > 2 && (this.#samples[1]?.at ?? now) < now - WINDOW_MS) {
      this.#samples.shift();
    }
    const rate = this.rate();
    if (rate === null || total === null) return;
    this.#ends.push({ at: now, end: now + ((total - bytes) / rate) * 1000 });
    while ((this.#ends[0]?.at ?? now) < now - WINDOW_MS / 2) this.#ends.shift();
  }

  /** Bytes a second over the last ten seconds; `null` while there is nothing to measure. */
  rate(): number | null {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (!first || !last || last.at - first.at < 500 || last.bytes <= first.bytes) return null;
    return ((last.bytes - first.bytes) * 1000) / (last.at - first.at);
  }

  /** Milliseconds still to go; `null` before ten seconds, and while the guesses jump about. */
  remaining(now: number): number | null {
    const last = this.#ends.at(-1);
    if (!last || now - this.#began < QUIET_MS || this.#ends.length < 3) return null;
    const ends = this.#ends.map((one) => one.end);
    const left = last.end - now;
    const spread = Math.max(...ends) - Math.min(...ends);
    return left > 0 && spread <= left * TOLERANCE + 2000 ? left : null;
  }
}
