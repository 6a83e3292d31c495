/** Words of the activity page and the check-up. */
import type { AuditCheck } from '../bindings/api';
import { plain } from './format';

export const ACTIVITY = {
  title: 'Activity',
  loading: 'Reading the audit log…',
  empty: 'Nothing has happened yet.',
  when: 'When',
  what: 'What',
  on: 'On',
  who: 'Who',
  how: 'How it ended',
  took: 'Took',
  intact: 'The log is complete: every entry fits the one before.',
  torn: 'The last line was cut off, as a crash leaves it. Everything before it fits.',
  broken: (chain: AuditCheck) =>
    `The log was tampered with or damaged${chain.broken_at === null ? '' : ` at entry ${chain.broken_at}`}. ${plain(chain.problem ?? '')}`,
};

const OPERATIONS: Record<string, string> = {
  backup: 'Backup',
  restore: 'Restore',
  verify: 'Check',
  download: 'Download',
  import: 'Import',
  delete: 'Deletion',
  pin: 'Pin',
  unpin: 'Unpin',
  undo: 'Undo',
  update: 'Update',
  recover: 'Recovery',
};

const OUTCOMES: Record<string, string> = {
  ok: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
  'rolled-back': 'Turned back',
  'needs-attention': 'Needs attention',
};

export const operationText = (operation: string) => OPERATIONS[operation] ?? plain(operation);
export const outcomeText = (outcome: string) => OUTCOMES[outcome] ?? plain(outcome);

export const CHECKUP = {
  title: 'Check-up',
  running: 'Looking at everything that could be in the way…',
  good: 'Nothing is in the way of protecting your data.',
  some: (failed: number) =>
    failed === 1 ? 'One thing is in the way.' : `${failed} things are in the way.`,
  warned: 'It works, with something to look at.',
  again: 'Look again',
  log: 'Open log folder',
  checks: 'Checks',
  others: 'Engines that answer at other addresses',
  version: (version: string) => `Lifeboat ${plain(version)}`,
  states: { ok: 'In order', warning: 'Look at this', failed: 'In the way' } as Record<
    string,
    string
  >,
};
