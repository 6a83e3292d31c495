/** The present moment, coarse: relative times follow it. */
class Clock {
  now = $state(Date.now());

  /** Ticks until the returned function is called. */
  start(everyMs = 15_000): () => void {
    const timer = setInterval(() => (this.now = Date.now()), everyMs);
    return () => clearInterval(timer);
  }
}

export const clock = new Clock();
