/** Several backups that are deleted, one after the other. */

import { backend } from '../backend/backend';
import type { Backup, Error as ApiError } from '../bindings/api';
import { DELETE } from '../text/backups';
import { toError } from '../text/errors';
import { announce } from './announce.svelte';

/** One that could not be deleted, and why. */
export interface Kept {
  backup: Backup;
  error: ApiError;
}

export class Deletion {
  readonly backups: Backup[];
  /** How many were tried. */
  tried = $state(0);
  kept = $state<Kept[]>([]);
  running = $state(true);
  /** No further one is begun. */
  stopping = $state(false);

  constructor(backups: Backup[]) {
    this.backups = backups;
  }

  get gone(): number {
    return this.tried - this.kept.length;
  }

  /** Deletes each by a plan of its own. One that fails does not keep the others. */
  async run(onGone: (backup: Backup) => void): Promise<void> {
    for (const backup of this.backups) {
      if (this.stopping) break;
      try {
        // A plan is good for some minutes only, so it is made when its turn has come.
        const { token } = await backend().planDelete(backup.app, backup.id);
        onGone(await backend().deleteBackup(token));
      } catch (thrown) {
        this.kept = [...this.kept, { backup, error: toError(thrown) }];
      }
      this.tried += 1;
    }
    this.running = false;
    announce(DELETE.doneSeveral(this.gone, this.backups.length));
  }

  stop(): void {
    this.stopping = true;
  }
}
