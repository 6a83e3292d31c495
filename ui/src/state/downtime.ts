/** How long an update has kept the application stopped: told by its steps, as they begin. */

/** A step that began, and when this window heard of it. */
export interface Begun {
  step: string;
  at: number;
  /** It had begun before the window was there, nobody knows when. */
  earlier: boolean;
}

/** The downtime so far. */
export interface Downtime {
  milliseconds: number;
  /** The application is stopped now. */
  running: boolean;
  /** It may be longer: the window came later. */
  atLeast: boolean;
}

/** The steps in which the application is stopped. */
const STOPPED = new Set(['stop', 'keep', 'swap', 'back']);

/** The downtime at `now`, or at the end; `null` if nothing was stopped. */
export function downtimeOf(begun: Begun[], endedAt: number | null, now: number): Downtime | null {
  if (!begun.some((one) => STOPPED.has(one.step))) return null;
  const until = endedAt ?? now;
  let milliseconds = 0;
  begun.forEach((one, index) => {
    const end = begun[index + 1]?.at ?? until;
    if (STOPPED.has(one.step)) milliseconds += Math.max(0, end - one.at);
  });
  const last = begun.at(-1);
  return {
    milliseconds,
    running: endedAt === null && last !== undefined && STOPPED.has(last.step),
    atLeast: begun.some((one) => one.earlier && STOPPED.has(one.step)),
  };
}
