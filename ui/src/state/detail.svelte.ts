/** What is known of one application beyond the overview: its health and its backups. */

import { backend } from '../backend/backend';
import type { Backup, BackupList, Error as ApiError, Health } from '../bindings/api';
import { toError } from '../text/errors';
import type { Deletion } from './deletion.svelte';

export class Detail {
  readonly name: string;
  health = $state.raw<Health | null>(null);
  healthError = $state<ApiError | null>(null);
  healthLoading = $state(false);
  list = $state.raw<BackupList | null>(null);
  listError = $state<ApiError | null>(null);
  listLoading = $state(false);
  /** Several backups that are deleted now, or could not be. */
  deletion = $state<Deletion | null>(null);

  constructor(name: string) {
    this.name = name;
  }

  get backups(): Backup[] | null {
    return this.list?.backups ?? null;
  }

  async loadBackups(): Promise<void> {
    this.listLoading = true;
    try {
      this.list = await backend().listBackups(this.name);
      this.listError = null;
    } catch (thrown) {
      this.listError = toError(thrown);
    } finally {
      this.listLoading = false;
    }
  }

  async loadHealth(deep = false): Promise<void> {
    if (this.healthLoading) return;
    this.healthLoading = true;
    try {
      this.health = await backend().databaseHealth(this.name, deep);
      this.healthError = null;
    } catch (thrown) {
      this.healthError = toError(thrown);
    } finally {
      this.healthLoading = false;
    }
  }

  /** Looks at both. */
  async reload(withHealth = true): Promise<void> {
    await Promise.all([this.loadBackups(), withHealth ? this.loadHealth() : Promise.resolve()]);
  }

  /** Puts a changed backup into the list. */
  replace(backup: Backup): void {
    if (!this.list) return;
    const backups = this.list.backups.map((one) => (one.id === backup.id ? backup : one));
    this.list = { ...this.list, backups };
  }

  /** Takes a deleted one out. */
  remove(id: string): void {
    if (!this.list) return;
    const gone = this.list.backups.find((one) => one.id === id);
    this.list = {
      ...this.list,
      backups: this.list.backups.filter((one) => one.id !== id),
      used_bytes: this.list.used_bytes - (gone?.stored_bytes ?? 0),
      free_bytes: this.list.free_bytes + (gone?.stored_bytes ?? 0),
    };
  }
}

const known = new Map<string, Detail>();

/** The same object each time, so that coming back shows at once what was seen before. */
export function detailOf(name: string): Detail {
  const detail = known.get(name) ?? new Detail(name);
  known.set(name, detail);
  return detail;
}

/** Forgets everything. */
export function clearDetails(): void {
  known.clear();
}
