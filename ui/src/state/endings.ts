/** What a job's result says, told apart by the kind of job. */

import type {
  Backup,
  DownloadReport,
  LeaveReport,
  NewBackup,
  RecoveryReport,
  RestoreReport,
  UpdateReport,
  Verdict,
} from '../bindings/api';
import { JOBS } from '../text/jobs';
import { findingSaid, quoted, recoverySaid, spoken, together, type Said } from '../text/said';
import type { Tone } from '../text/status';
import { updateEnding } from '../text/updates';
import type { Job } from './jobs.svelte';

const has = (value: unknown, key: string): boolean =>
  typeof value === 'object' && value !== null && key in value;

/** The backup that a job made or checked. */
export function resultBackup(job: Job): Backup | null {
  return has(job.result, 'verification') ? (job.result as Backup) : null;
}

/** What a restore or undo reports. */
export function resultRestore(job: Job): RestoreReport | null {
  return has(job.result, 'safety_backup') ? (job.result as RestoreReport) : null;
}

/** What an update reports, however it ended. */
export function resultUpdate(job: Job): UpdateReport | null {
  return job.kind === 'update' && has(job.result, 'outcome') ? (job.result as UpdateReport) : null;
}

/** What the end of a protection reports. */
function resultLeave(job: Job): LeaveReport | null {
  return has(job.result, 'left') ? (job.result as LeaveReport) : null;
}

/** Where a download lies, or the first of several copies. */
export function savedPath(job: Job): string | null {
  const copies = resultLeave(job)?.copies;
  if (copies) return copies[0]?.path ?? null;
  return has(job.result, 'companions') ? (job.result as DownloadReport).path : null;
}

const TONES: Record<Verdict, Tone> = {
  sound: 'good',
  'not-checked': 'neutral',
  'not-checkable': 'warn',
  damaged: 'bad',
};

/** How a job ended: to be shown, and as one text. */
export interface Ending {
  tone: Tone;
  said: Said;
  text: string;
}

const ending = (tone: Tone, said: Said): Ending => ({ tone, said, text: spoken(said) });

const inOurWords = (own: string): Said => ({ own, core: null });

/** How it ended, in one sentence; `null` while it runs or has failed. */
export function endingOf(job: Job): Ending | null {
  if (job.outcome?.outcome === 'cancelled') return ending('neutral', inOurWords(JOBS.cancelled));
  if (job.outcome?.outcome !== 'done') return null;
  if (job.kind === 'backup' || job.kind === 'verify') {
    const verdict = resultBackup(job)?.verification.verdict ?? null;
    const done = inOurWords(JOBS.done(job.kind, verdict));
    return ending(verdict ? TONES[verdict] : 'good', together([done, ...rotationSaid(job)]));
  }
  if (job.kind === 'recover' && has(job.result, 'recovered')) {
    return recoveryEnding(job.result as RecoveryReport);
  }
  if (job.kind === 'update') return updateJobEnding(job);
  const left = resultLeave(job);
  if (left) return ending('good', inOurWords(JOBS.unprotected(left)));
  return ending('good', inOurWords(JOBS.done(job.kind, null)));
}

/** What went after a backup, and why, as a further sentence. */
function rotationSaid(job: Job): Said[] {
  const { rotation, findings } = (job.result ?? {}) as Partial<NewBackup>;
  const failed = findings?.find((one) => one.code === 'not-rotated');
  if (failed) return [findingSaid(failed)];
  if (!rotation) return [];
  return rotation.suspended
    ? [inOurWords(JOBS.notRotated), quoted(rotation.suspended)]
    : [inOurWords(JOBS.rotated(rotation.removed.length, rotation.max_backups))];
}

function recoveryEnding(report: RecoveryReport): Ending {
  const bad = report.recovered.some((one) => one.ending === 'needs-attention');
  const said =
    report.recovered.length > 0
      ? together(report.recovered.map(recoverySaid))
      : inOurWords(JOBS.nothingUnfinished);
  return ending(bad ? 'bad' : 'good', said);
}

function updateJobEnding(job: Job): Ending {
  const report = resultUpdate(job);
  if (!report) return ending('neutral', inOurWords(JOBS.done('update', null)));
  const { tone, title, text } = updateEnding(report);
  return ending(tone, inOurWords(`${title}. ${text}`));
}
