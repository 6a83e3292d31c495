/** Words of the overview. */
import type { App, AppState } from '../bindings/api';
import { count, many, plain } from './format';

export const OVERVIEW = {
  looking: 'Looking at the engine…',
  lookingMore: 'Every container’s volumes are looked through for SQLite databases.',
  remembered: 'This is what was seen last time. Looking again…',
  table: 'Applications with databases',
  others: (number: number) => `${count(number)} without a SQLite database`,
  othersWhy:
    'Nothing in their volumes looks like a SQLite database, so there is nothing to protect.',
  findings: 'Not everything could be looked at',
  backUp: 'Back up now',
  import: 'Import…',
  database: 'Databases',
  backups: 'Backups',
  backUpOf: (app: string) => `Back up ${plain(app)} now`,
  restoreOf: (app: string) => `Restore ${plain(app)}`,
  restore: 'Restore',
  recover: 'Finish it',
  verify: 'Prove it',
  actionOf: (label: string, app: string) => `${label}: ${plain(app)}`,
  lookAgain: 'Look again',
  held: (number: number) => (number === 0 ? 'no backup' : many(number, 'backup')),
  heldUnknown: 'backups not known',
  databases: (number: number) => many(number, 'database'),
  unprotected: {
    title: 'There is nothing to protect yet',
    text: 'No container on this engine has a SQLite database in a volume or bind mount. Start your application, then look again.',
  },
};

const STATES: Record<AppState, string> = {
  running: 'Running',
  partial: 'Partly running',
  paused: 'Paused',
  stopped: 'Stopped',
  gone: 'Not on this engine',
};

/** `Running`, and what is unhealthy in it. */
export function stateText(app: App): string {
  const sick = app.services
    .filter((one) => one.health === 'unhealthy')
    .map((one) => plain(one.name));
  return sick.length > 0 ? `${STATES[app.state]}, ${sick.join(', ')} unhealthy` : STATES[app.state];
}
