/** The applications of the engine. */

import { backend } from '../backend/backend';
import type { App, AppList, Error as ApiError } from '../bindings/api';
import { toError } from '../text/errors';

class Apps {
  list = $state<AppList | null>(null);
  /** What is shown was remembered, not seen just now. */
  remembered = $state(false);
  loading = $state(false);
  error = $state<ApiError | null>(null);

  /** Those with something to protect, or something to go back to. */
  get protectable(): App[] {
    return (this.list?.apps ?? []).filter((app) => app.databases.length > 0 || app.vault != null);
  }

  /** Those without any database. */
  get others(): App[] {
    return (this.list?.apps ?? []).filter((app) => app.databases.length === 0 && app.vault == null);
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
    if (this.loading) return;
    this.loading = true;
    try {
      this.list = await backend().listApps();
      this.remembered = false;
      this.error = null;
    } catch (thrown) {
      this.error = toError(thrown);
    } finally {
      this.loading = false;
    }
  }

  /** Forgets everything. */
  clear(): void {
    this.list = null;
    this.remembered = false;
    this.error = null;
    this.loading = false;
  }
}

export const apps = new Apps();
