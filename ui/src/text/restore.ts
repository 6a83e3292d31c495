/** Words of restore and undo. */
import type { ReleaseChange, RestoreReport, TableComparison } from '../bindings/api';
import { count, many, plain, span } from './format';

export const RESTORE = {
  title: (app: string) => `Restore ${plain(app)}`,
  undoTitle: (app: string) => `Undo the last restore of ${plain(app)}`,
  undoUpdateTitle: (app: string) => `Undo the last update of ${plain(app)}`,
  undoPlanning: (app: string) => `Undo the last change of ${plain(app)}`,
  safe: 'Nothing is lost: what is there now becomes a backup first, and one click takes you back.',
  undoSafe:
    'This goes back to the data from before the last restore. What is there now becomes a backup first.',
  undoUpdateSafe:
    'The old release comes back together with the data from before the update. What is there now becomes a backup first.',
  orphanSafe:
    'The application is gone, its data is not: the volumes are made again and filled from this backup.',
  from: 'From the backup',
  what: 'What to restore',
  everything: 'Everything in it',
  everythingMore: 'Databases and all other files',
  databasesOnly: 'Databases only',
  databasesOnlyMore: 'Other files stay as they are',
  one: 'One database',
  lose: 'What would I lose?',
  comparing: 'Comparing the backup with the live database…',
  skip: 'Skip the comparison',
  skipped: 'The comparison was skipped.',
  compareNow: 'Compare now',
  same: 'Nothing: the live database has the same tables and rows as this backup.',
  now: 'Rows now',
  then: 'Rows in the backup',
  equal: 'same',
  nothingLive: 'Nothing is live to compare with.',
  releases: 'Versions',
  release: (service: string, then: string, now: string | null) =>
    now === null || now === then
      ? `${service}: ${then}, as now`
      : `${service}: made with ${then}, now ${now}`,
  changes: 'Releases that change',
  change: (one: ReleaseChange) => `${plain(one.from)} → ${plain(one.to)}`,
  happens: 'What will happen',
  stops: (names: string[]) => `Stopped and started again: ${names.map(plain).join(', ')}.`,
  stopsNone: 'No container has to be stopped.',
  creates: (names: string[]) =>
    `Made again: ${many(names.length, 'volume')} (${names.map(plain).join(', ')}).`,
  planning: 'Making the plan…',
  warnings: 'Before you say yes',
  steps: 'Steps of the restore',
  confirm: 'Confirm',
  go: 'Restore',
  undoGo: 'Undo the restore',
  undoUpdateGo: 'Undo the update',
  undo: 'Undo',
  running: (app: string) => `Restoring ${plain(app)}…`,
  runningSafe: 'Your data from before is kept. You can close this page; the job goes on.',
  done: 'Restored.',
  undone: 'Undone.',
  doneText: (report: RestoreReport) => {
    const state: Record<string, string> = {
      healthy: 'The application is running and healthy',
      running: 'The application is running',
      stopped: 'The application was stopped before, and still is',
      gone: 'The volumes are filled; start the application as before, and it takes them',
    };
    const down = report.downtime_ms > 0 ? `; it was down for ${span(report.downtime_ms)}.` : '.';
    return `${state[report.application] ?? 'The application was restored'}${down}`;
  },
  kept: 'What was replaced is kept as',
  toApp: 'Back to the application',
  failed: 'The restore did not succeed',
  cancelled: 'Cancelled. Everything is as it was before.',
  again: 'Make a new plan',
};

/** What the comparison says in its first sentence. */
export function lossSummary(tables: TableComparison[]): string {
  const less = tables.reduce(
    (sum, one) => sum + Math.max(0, (one.rows_now ?? 0) - (one.rows_in_backup ?? 0)),
    0,
  );
  const more = tables.reduce(
    (sum, one) => sum + Math.max(0, (one.rows_in_backup ?? 0) - (one.rows_now ?? 0)),
    0,
  );
  if (less === 0 && more === 0) return 'The number of rows is the same in every table.';
  const lost =
    less > 0 ? `${many(less, 'row')} that ${less === 1 ? 'is' : 'are'} there now would go` : '';
  const won = more > 0 ? `${many(more, 'row')} would come back` : '';
  return `${[lost, won].filter(Boolean).join(', and ')}.`;
}

/** `−12`, `+3`, `same`. */
export function differenceText(one: TableComparison): string {
  if (one.rows_now === null || one.rows_in_backup === null) return '';
  const difference = one.rows_in_backup - one.rows_now;
  if (difference === 0) return RESTORE.equal;
  return difference > 0 ? `+${count(difference)}` : `−${count(-difference)}`;
}
