/** Words of jobs: titles, steps, what cancelling leaves, endings. */

import type { JobKind, LeaveReport, Outcome, Verdict } from '../bindings/api';
import { count, many, plain, size, span } from './format';

/** Titles, until the job tells its own. */
export const JOB_TITLES: Record<JobKind, (app: string | null) => string> = {
  backup: (app) => `Backing up ${plain(app ?? '')}`,
  verify: (app) => `Proving a backup of ${plain(app ?? '')}`,
  download: (app) => `Saving a backup of ${plain(app ?? '')}`,
  import: (app) => (app ? `Importing a backup for ${plain(app)}` : 'Importing a backup'),
  restore: (app) => `Restoring ${plain(app ?? '')}`,
  undo: (app) => `Undoing the last change of ${plain(app ?? '')}`,
  update: (app) => `Updating ${plain(app ?? '')}`,
  leave: (app) => `Ending the protection of ${plain(app ?? '')}`,
  recover: (app) =>
    app ? `Finishing what was interrupted in ${plain(app)}` : 'Finishing what was interrupted',
};

/** What cancelling leaves behind. */
export const CANCEL_LEAVES: Record<JobKind, string> = {
  backup:
    'The half-made backup is removed. The application and all earlier backups stay as they are.',
  verify: 'The backup stays as it is and keeps the verdict it had.',
  download: 'The half-written file is removed. The backup itself stays where it is.',
  import: 'The half-taken file is removed from the vault. Your own file is not touched.',
  restore: 'Everything is put back as it was before, and the application is started again.',
  undo: 'Everything stays as it is now, and the application is started again.',
  update:
    'The application was not stopped, and goes on with the release that runs. A finished backup stays.',
  recover: 'What was interrupted stays unfinished, and can be finished later.',
  leave: 'Nothing is removed: the vault stays with all its backups. Finished copies stay as well.',
};

const SHORT: Record<JobKind, string> = {
  backup: 'backup',
  verify: 'check',
  download: 'download',
  import: 'import',
  restore: 'restore',
  undo: 'undo',
  update: 'update',
  recover: 'recovery',
  leave: 'removal',
};

const DONE: Record<Exclude<JobKind, 'backup' | 'verify'>, string> = {
  download: 'Saved and verified: the copy was read back and is identical.',
  import: 'Imported.',
  restore: 'Restored.',
  undo: 'Undone: what was there before is back.',
  update: 'The update came to its end.',
  recover: 'Finished.',
  leave: 'Lifeboat’s vault is removed. The application was not touched.',
};

const PROVEN: Record<Verdict, string> = {
  sound: 'proven to restore.',
  'not-checked': 'not proven yet.',
  'not-checkable': 'but it cannot be checked.',
  damaged: 'but the check found damage.',
};

/** How a job ended well; of backups and checks nothing is claimed that was not seen. */
function doneText(kind: JobKind, verdict: Verdict | null): string {
  if (kind === 'backup') return verdict ? `Backed up, ${PROVEN[verdict]}` : 'Backed up.';
  if (kind === 'verify') return verdict ? `Checked: ${PROVEN[verdict]}` : 'Checked.';
  return DONE[kind];
}

export const JOBS = {
  region: 'Jobs',
  stopping: 'Stopping…',
  waiting: 'Getting ready…',
  steps: 'Steps',
  notes: 'Notes',
  showSteps: 'Show steps',
  hideSteps: 'Hide steps',
  cancel: 'Cancel',
  dismiss: 'Dismiss',
  reveal: 'Show in folder',
  undo: 'Undo',
  showBackups: 'Show backups',
  details: 'Details',
  cannotCancel: 'This step cannot be cancelled; it is short.',
  progressOf: (title: string) => `Progress: ${title}`,
  stepOf: (number: number, all: number) => `Step ${number} of ${all}`,
  stepSpoken: (title: string, number: number, all: number, step: string) =>
    `${plain(title)}: step ${number} of ${all}, ${plain(step)}`,
  bytes: (done: number, total: number | null) =>
    total === null ? size(done) : `${size(done)} of ${size(total)}`,
  rate: (rate: number) => `${size(rate)}/s`,
  left: (milliseconds: number) => `about ${span(milliseconds)} left`,
  cancelTitle: (kind: JobKind) => `Cancel this ${SHORT[kind]}?`,
  cancelYes: (kind: JobKind) => `Cancel the ${SHORT[kind]}`,
  cancelNo: 'Keep going',
  done: doneText,
  rotated: (number: number, kept: number) =>
    number === 0
      ? ''
      : ` ${many(number, 'older backup')} removed: the newest ${count(kept)} are kept, and no other rule keeps ${number === 1 ? 'it' : 'them'}.`,
  notRotated: (why: string) => ` No older backup is removed at present: ${plain(why)}`,
  cancelled: 'Cancelled. Nothing is half-made.',
  unprotected: (report: LeaveReport) => {
    const gone = report.left.backup_count;
    const copies = report.copies.length;
    const where = copies > 0 ? `, ${many(copies, 'copy', 'copies')} saved and compared` : '';
    return `The vault is removed with ${many(gone, 'backup')}${where}. The application was not touched.`;
  },
  nothingUnfinished: 'Nothing was unfinished.',
  endedAs: (title: string, text: string) => `${plain(title)}: ${text}`,
  show: 'Show',
  ended: (title: string, outcome: Outcome) => {
    if (outcome.outcome === 'failed')
      return `${plain(title)} failed: ${plain(outcome.error.message)}`;
    return `${plain(title)}: ${outcome.outcome === 'done' ? 'done' : 'cancelled'}.`;
  },
};
