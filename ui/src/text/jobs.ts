/** Words of jobs: titles, steps, what cancelling leaves, endings. */

import type { JobKind, LeaveReport, Outcome, Verdict } from '../bindings/api';
import { plain, size, span } from './format';
import { languageInUse, t } from './language';
import { errorSpoken } from './said';

const named = (app: string | null) => ({ app: plain(app ?? '') });

/** Titles, until the job tells its own. */
export const JOB_TITLES: Record<JobKind, (app: string | null) => string> = {
  backup: (app) => t('jobs-title-backup', named(app)),
  verify: (app) => t('jobs-title-verify', named(app)),
  download: (app) => t('jobs-title-download', named(app)),
  import: (app) => (app ? t('jobs-title-import', named(app)) : t('jobs-title-import-any')),
  restore: (app) => t('jobs-title-restore', named(app)),
  undo: (app) => t('jobs-title-undo', named(app)),
  update: (app) => t('jobs-title-update', named(app)),
  leave: (app) => t('jobs-title-leave', named(app)),
  recover: (app) => (app ? t('jobs-title-recover', named(app)) : t('jobs-title-recover-any')),
};

/** The title of a job: its own, which is English, or in another language ours. */
export function jobTitle(job: { kind: JobKind; app: string | null; title: string }): string {
  return languageInUse() === 'en' ? job.title : JOB_TITLES[job.kind](job.app);
}

/** What cancelling leaves behind. */
export const CANCEL_LEAVES: Record<JobKind, string> = {
  backup: t('jobs-cancel-leaves-backup'),
  verify: t('jobs-cancel-leaves-verify'),
  download: t('jobs-cancel-leaves-download'),
  import: t('jobs-cancel-leaves-import'),
  restore: t('jobs-cancel-leaves-restore'),
  undo: t('jobs-cancel-leaves-undo'),
  update: t('jobs-cancel-leaves-update'),
  recover: t('jobs-cancel-leaves-recover'),
  leave: t('jobs-cancel-leaves-leave'),
};

const CANCEL_TITLE: Record<JobKind, string> = {
  backup: t('jobs-cancel-title-backup'),
  verify: t('jobs-cancel-title-verify'),
  download: t('jobs-cancel-title-download'),
  import: t('jobs-cancel-title-import'),
  restore: t('jobs-cancel-title-restore'),
  undo: t('jobs-cancel-title-undo'),
  update: t('jobs-cancel-title-update'),
  recover: t('jobs-cancel-title-recover'),
  leave: t('jobs-cancel-title-leave'),
};

const CANCEL_YES: Record<JobKind, string> = {
  backup: t('jobs-cancel-yes-backup'),
  verify: t('jobs-cancel-yes-verify'),
  download: t('jobs-cancel-yes-download'),
  import: t('jobs-cancel-yes-import'),
  restore: t('jobs-cancel-yes-restore'),
  undo: t('jobs-cancel-yes-undo'),
  update: t('jobs-cancel-yes-update'),
  recover: t('jobs-cancel-yes-recover'),
  leave: t('jobs-cancel-yes-leave'),
};

const DONE: Record<JobKind, string> = {
  backup: t('jobs-done-backup'),
  verify: t('jobs-done-verify'),
  download: t('jobs-done-download'),
  import: t('jobs-done-import'),
  restore: t('jobs-done-restore'),
  undo: t('jobs-done-undo'),
  update: t('jobs-done-update'),
  recover: t('jobs-done-recover'),
  leave: t('jobs-done-leave'),
};

/** Of backups and checks nothing is claimed that was not seen. */
const DONE_WITH: Partial<Record<JobKind, Record<Verdict, string>>> = {
  backup: {
    sound: t('jobs-done-backup-sound'),
    'not-checked': t('jobs-done-backup-not-checked'),
    'not-checkable': t('jobs-done-backup-not-checkable'),
    damaged: t('jobs-done-backup-damaged'),
  },
  verify: {
    sound: t('jobs-done-verify-sound'),
    'not-checked': t('jobs-done-verify-not-checked'),
    'not-checkable': t('jobs-done-verify-not-checkable'),
    damaged: t('jobs-done-verify-damaged'),
  },
};

export const JOBS = {
  region: t('jobs-region'),
  stopping: t('jobs-stopping'),
  waiting: t('jobs-waiting'),
  steps: t('jobs-steps'),
  notes: t('jobs-notes'),
  showSteps: t('jobs-show-steps'),
  hideSteps: t('jobs-hide-steps'),
  cancel: t('jobs-cancel'),
  dismiss: t('jobs-dismiss'),
  reveal: t('jobs-reveal'),
  undo: t('jobs-undo'),
  cannotCancel: t('jobs-cannot-cancel'),
  progressOf: (title: string) => t('jobs-progress-of', { title: plain(title) }),
  stepOf: (number: number, all: number) => t('jobs-step-of', { number, all }),
  stepSpoken: (title: string, number: number, all: number, step: string) =>
    t('jobs-step-spoken', { title: plain(title), number, all, step: plain(step) }),
  bytes: (done: number, total: number | null) =>
    total === null ? size(done) : t('jobs-bytes', { done: size(done), total: size(total) }),
  rate: (rate: number) => t('jobs-rate', { size: size(rate) }),
  left: (milliseconds: number) => t('jobs-left', { time: span(milliseconds) }),
  cancelTitle: (kind: JobKind) => CANCEL_TITLE[kind],
  cancelYes: (kind: JobKind) => CANCEL_YES[kind],
  cancelNo: t('jobs-cancel-no'),
  /** How a job ended well. */
  done: (kind: JobKind, verdict: Verdict | null) =>
    (verdict && DONE_WITH[kind]?.[verdict]) ?? DONE[kind],
  rotated: (number: number, kept: number) =>
    number === 0 ? '' : t('jobs-rotated', { number, kept }),
  /** The reason follows, in the core's own words. */
  notRotated: t('jobs-not-rotated'),
  cancelled: t('jobs-cancelled'),
  unprotected: ({ left, copies }: LeaveReport) =>
    copies.length > 0
      ? t('jobs-unprotected-copied', { backups: left.backup_count, copies: copies.length })
      : t('jobs-unprotected', { backups: left.backup_count }),
  nothingUnfinished: t('jobs-nothing-unfinished'),
  endedAs: (title: string, text: string) => t('jobs-ended-as', { title: plain(title), text }),
  show: t('jobs-show'),
  ended: (job: string, outcome: Outcome) => {
    const title = plain(job);
    if (outcome.outcome === 'failed')
      return t('jobs-ended-failed', { title, why: errorSpoken(outcome.error) });
    return outcome.outcome === 'done'
      ? t('jobs-ended-done', { title })
      : t('jobs-ended-cancelled', { title });
  },
};
