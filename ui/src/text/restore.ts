/** Words of restore and undo. */
import type { ReleaseChange, RestoreReport, TableComparison } from '../bindings/api';
import { count, plain, span } from './format';
import { t } from './language';

const listed = (names: string[]) => names.map(plain).join(', ');

export const RESTORE = {
  title: (app: string) => t('restore-title', { app: plain(app) }),
  undoTitle: (app: string) => t('restore-undo-title', { app: plain(app) }),
  undoUpdateTitle: (app: string) => t('restore-undo-update-title', { app: plain(app) }),
  undoPlanning: (app: string) => t('restore-undo-planning', { app: plain(app) }),
  safe: t('restore-safe'),
  undoSafe: t('restore-undo-safe'),
  undoUpdateSafe: t('restore-undo-update-safe'),
  orphanSafe: t('restore-orphan-safe'),
  from: t('restore-from'),
  what: t('restore-what'),
  everything: t('restore-everything'),
  everythingMore: t('restore-everything-more'),
  databasesOnly: t('restore-databases-only'),
  databasesOnlyMore: t('restore-databases-only-more'),
  one: t('restore-one'),
  lose: t('restore-lose'),
  comparing: t('restore-comparing'),
  skip: t('restore-skip'),
  skipped: t('restore-skipped'),
  compareNow: t('restore-compare-now'),
  same: t('restore-same'),
  now: t('restore-rows-now'),
  then: t('restore-rows-then'),
  equal: t('restore-equal'),
  nothingLive: t('restore-nothing-live'),
  release: (service: string, image: string, now: string | null) =>
    now === null || now === image
      ? t('restore-release-same', { service, image })
      : t('restore-release-other', { service, image, now }),
  changes: t('restore-changes'),
  change: (one: ReleaseChange) => `${plain(one.from)} → ${plain(one.to)}`,
  happens: t('restore-happens'),
  stops: (names: string[]) => t('restore-stops', { names: listed(names) }),
  stopsNone: t('restore-stops-none'),
  creates: (names: string[]) =>
    t('restore-creates', { number: names.length, names: listed(names) }),
  planning: t('restore-planning'),
  warnings: t('restore-warnings'),
  steps: t('restore-steps'),
  go: t('restore-go'),
  undoGo: t('restore-undo-go'),
  undoUpdateGo: t('restore-undo-update-go'),
  undo: t('restore-undo'),
  runningSafe: t('restore-running-safe'),
  done: t('restore-done'),
  undone: t('restore-undone'),
  doneText: ({ application, downtime_ms }: RestoreReport) =>
    downtime_ms > 0
      ? t('restore-ended-after', { application, downtime: span(downtime_ms) })
      : t('restore-ended', { application }),
  kept: t('restore-kept'),
  toApp: t('restore-to-app'),
  failed: t('restore-failed'),
  cancelled: t('restore-cancelled'),
  again: t('restore-again'),
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
  if (less > 0 && more > 0) return t('restore-rows-go-and-come', { less, more });
  if (less > 0) return t('restore-rows-go', { less });
  return more > 0 ? t('restore-rows-come', { more }) : t('restore-same-rows');
}

/** `−12`, `+3`, `same`. */
export function differenceText(one: TableComparison): string {
  if (one.rows_now === null || one.rows_in_backup === null) return '';
  const difference = one.rows_in_backup - one.rows_now;
  if (difference === 0) return RESTORE.equal;
  return difference > 0 ? `+${count(difference)}` : `−${count(-difference)}`;
}
