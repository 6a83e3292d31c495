/** The applications of the engine. */

import { backend } from '../backend/backend';
import type { App, AppList, Error as ApiError, ProtectionSummary } from '../bindings/api';
import { toError } from '../text/errors';

/** A list that was seen longer ago is looked at again when somebody comes back to the window. */
const STALE_MS = 60_000;
/** And this often while the window is in sight: a guardian may be gone without a word. */
const LOOK_MS = 5 * 60_000;
/** How often it is asked whether the engine is there. */
const PING_MS = 4_000;

const isOfInterest = (app: App) =>
  app.databases.length > 0 || app.vault != null || app.vault_problem != null;

/** The engine cannot be reached; one that answers with a failure is another matter. */
const isAway = ({ code }: ApiError) => code.startsWith('engine-') && code !== 'engine-failed';

class Apps {
  list = $state<AppList | null>(null);
  /** What is shown was remembered, not seen just now. */
  remembered = $state(false);
  loading = $state(false);
  error = $state<ApiError | null>(null);
  #seenAt = 0;
  #feeling = false;
  /** Something changed while a list was on its way, which may not have it yet. */
  #again = false;
  /** What was learned while a list was on its way, and may be newer than it. */
  #learned = new Map<string, ProtectionSummary>();
  /** Counts how often everything was forgotten: what was on its way then is not taken. */
  #epoch = 0;

  /** Those with something to protect, or something to go back to. */
  get protectable(): App[] {
    return (this.list?.apps ?? []).filter(isOfInterest);
  }

  /** Those without any database. */
  get others(): App[] {
    return (this.list?.apps ?? []).filter((app) => !isOfInterest(app));
  }

  find(name: string): App | null {
    return this.list?.apps.find((app) => app.name === name) ?? null;
  }

  /** Shows what is remembered, then looks. */
  async open(): Promise<void> {
    const looking = this.refresh();
    const known = await backend()
      .cachedApps()
      .catch(() => null);
    if (known && !this.list) {
      this.list = known;
      this.remembered = true;
    }
    await looking;
  }

  async refresh(): Promise<void> {
    if (this.loading) {
      this.#again = true;
      return;
    }
    this.loading = true;
    this.#again = false;
    this.#learned.clear();
    const epoch = this.#epoch;
    try {
      const list = await backend().listApps();
      if (epoch !== this.#epoch) return;
      for (const app of list.apps) app.protection = this.#learned.get(app.name) ?? app.protection;
      this.list = list;
      this.#seenAt = Date.now();
      this.remembered = false;
      this.error = null;
    } catch (thrown) {
      if (epoch === this.#epoch) this.error = toError(thrown);
    } finally {
      if (epoch === this.#epoch) this.loading = false;
    }
    if (this.#again) await this.refresh();
  }

  /** Takes what was seen of one application's protection, so that all of the window says the same. */
  learn(name: string, { state, next, failures, unprotected }: ProtectionSummary): void {
    const summary = { state, next, failures, unprotected };
    this.#learned.set(name, summary);
    const app = this.find(name);
    if (app) app.protection = summary;
  }

  /** Looks again now and then until the returned function is called; not while nobody sees the window. */
  watch(): () => void {
    const look = (age: number) => {
      if (document.visibilityState === 'hidden' || !this.list) return;
      if (Date.now() - this.#seenAt >= age) void this.refresh();
    };
    const back = () => look(STALE_MS);
    const timer = setInterval(() => look(LOOK_MS), STALE_MS);
    const pulse = setInterval(() => void this.#feel(), PING_MS);
    document.addEventListener('visibilitychange', back);
    return () => {
      clearInterval(timer);
      clearInterval(pulse);
      document.removeEventListener('visibilitychange', back);
    };
  }

  /** An engine that stops is said at once, and one that is there again is looked at. */
  async #feel(): Promise<void> {
    if (document.visibilityState === 'hidden' || this.loading || this.#feeling) return;
    this.#feeling = true;
    try {
      await backend().pingEngine();
      if (this.error && isAway(this.error)) await this.refresh();
    } catch (thrown) {
      const error = toError(thrown);
      if (isAway(error)) this.error = error;
    } finally {
      this.#feeling = false;
    }
  }

  /** Forgets everything. */
  clear(): void {
    this.#epoch += 1;
    this.list = null;
    this.#learned.clear();
    this.remembered = false;
    this.error = null;
    this.loading = false;
    this.#again = false;
  }
}

export const apps = new Apps();
