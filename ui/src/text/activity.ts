/** Words of the activity page and the check-up. */
import type { AuditCheck } from '../bindings/api';
import { plain } from './format';
import { t } from './language';

export const ACTIVITY = {
  title: t('activity-title'),
  loading: t('activity-loading'),
  empty: t('activity-empty'),
  when: t('activity-when'),
  what: t('activity-what'),
  on: t('activity-on'),
  who: t('activity-who'),
  how: t('activity-how'),
  took: t('activity-took'),
  intact: t('activity-intact'),
  torn: t('activity-torn'),
  broken: ({ broken_at, problem }: AuditCheck) => {
    const found = { problem: plain(problem ?? '') };
    // An entry is named by its number, without thousands apart.
    return broken_at === null
      ? t('activity-broken', found)
      : t('activity-broken-at', { ...found, entry: String(broken_at) });
  },
};

const OPERATIONS: Record<string, string> = {
  backup: t('activity-backup'),
  restore: t('activity-restore'),
  verify: t('activity-verify'),
  download: t('activity-download'),
  import: t('activity-import'),
  delete: t('activity-delete'),
  pin: t('activity-pin'),
  unpin: t('activity-unpin'),
  undo: t('activity-undo'),
  update: t('activity-update'),
  recover: t('activity-recover'),
  guard: t('activity-guard'),
  rotate: t('activity-rotate'),
  settings: t('activity-settings'),
  release: t('activity-release'),
};

const OUTCOMES: Record<string, string> = {
  ok: t('activity-done'),
  failed: t('activity-failed'),
  cancelled: t('activity-cancelled'),
  'rolled-back': t('activity-rolled-back'),
  'needs-attention': t('activity-needs-attention'),
};

export const operationText = (operation: string) => OPERATIONS[operation] ?? plain(operation);
export const outcomeText = (outcome: string) => OUTCOMES[outcome] ?? plain(outcome);

export const CHECKUP = {
  title: t('activity-check-up'),
  running: t('activity-check-up-running'),
  good: t('activity-check-up-good'),
  some: (number: number) => t('activity-check-up-some', { number }),
  warned: t('activity-check-up-warned'),
  again: t('activity-check-up-again'),
  log: t('activity-check-up-log'),
  checks: t('activity-check-up-checks'),
  others: t('activity-check-up-others'),
  version: (version: string) => t('activity-check-up-version', { version: plain(version) }),
  states: {
    ok: t('activity-check-up-ok'),
    warning: t('activity-check-up-warning'),
    failed: t('activity-check-up-failed'),
  } as Record<string, string>,
};
