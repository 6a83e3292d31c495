/** What each error code is called, how it feels, and where its one button leads. */

import type { Aftermath, Code, Error as ApiError } from '../bindings/api';
import type { Tone } from './status';

/** The button of an error. */
export type ErrorAction =
  'retry' | 'recover' | 'check-up' | 'import' | 'refresh' | 'open-log' | 'restore';

/** Words for a code. */
export interface ErrorWords {
  title: string;
  tone: Tone;
  action?: ErrorAction;
}

/** Complete by type: a new code without words does not compile. */
export const ERRORS: Record<Code, ErrorWords> = {
  'engine-not-installed': { title: 'No engine found', tone: 'bad', action: 'retry' },
  'engine-stopped': { title: 'The engine does not answer', tone: 'bad', action: 'retry' },
  'engine-permission': { title: 'The engine may not be used', tone: 'bad', action: 'retry' },
  'engine-context': { title: 'The address leads to no engine', tone: 'bad', action: 'retry' },
  'engine-too-old': { title: 'The engine is too old', tone: 'bad', action: 'retry' },
  'engine-windows-containers': {
    title: 'The engine runs Windows containers',
    tone: 'bad',
    action: 'retry',
  },
  'engine-failed': { title: 'The engine refused', tone: 'bad', action: 'retry' },
  'helper-missing': { title: 'No helper for this processor', tone: 'bad', action: 'check-up' },
  'helper-lost': { title: 'The helper stopped early', tone: 'bad', action: 'retry' },
  'app-not-found': { title: 'Application not found', tone: 'warn', action: 'refresh' },
  'no-database': { title: 'No database found', tone: 'warn', action: 'refresh' },
  'backup-not-found': { title: 'Backup not found', tone: 'warn', action: 'refresh' },
  'database-not-found': { title: 'Database not found', tone: 'warn', action: 'refresh' },
  'nothing-to-undo': { title: 'Nothing to undo', tone: 'neutral', action: 'refresh' },
  busy: { title: 'Another job is at work', tone: 'warn', action: 'retry' },
  unfinished: { title: 'An earlier restore is unfinished', tone: 'bad', action: 'recover' },
  'database-locked': { title: 'The database stayed locked', tone: 'warn', action: 'retry' },
  unsupported: { title: 'It cannot be copied safely there', tone: 'bad', action: 'check-up' },
  'no-space': { title: 'Not enough room', tone: 'bad', action: 'retry' },
  damaged: { title: 'Damage found', tone: 'bad' },
  'not-checkable': { title: 'It cannot be checked', tone: 'warn' },
  'import-refused': { title: 'The file was refused', tone: 'bad', action: 'import' },
  'too-new': { title: 'Made by a newer Lifeboat', tone: 'warn' },
  'output-failed': { title: 'The file could not be written', tone: 'bad', action: 'retry' },
  'confirmation-needed': { title: 'Please confirm', tone: 'warn', action: 'retry' },
  pinned: { title: 'This backup is pinned', tone: 'warn' },
  'rolled-back': { title: 'Turned back: your data from before is there', tone: 'warn' },
  'rolled-back-unhealthy': {
    title: 'Turned back, but the application is not healthy',
    tone: 'bad',
    action: 'open-log',
  },
  'needs-attention': { title: 'Somebody has to look', tone: 'bad', action: 'open-log' },
  permission: { title: 'Permission refused', tone: 'bad', action: 'retry' },
  cancelled: { title: 'Cancelled', tone: 'neutral' },
  'invalid-input': { title: 'That request makes no sense', tone: 'warn' },
  internal: { title: 'A fault of Lifeboat', tone: 'bad', action: 'open-log' },
};

/** Labels of the buttons. */
export const ERROR_ACTIONS: Record<ErrorAction, string> = {
  retry: 'Try again',
  recover: 'Finish it now',
  'check-up': 'Open check-up',
  import: 'Choose another file',
  refresh: 'Refresh',
  'open-log': 'Open log folder',
  restore: 'Restore a backup',
};

/** What state things are in now. */
export const AFTERMATH: Record<Aftermath, string> = {
  unchanged: 'Nothing was changed.',
  restored: 'What had been changed was put back.',
  'needs-attention': 'Somebody has to look at it before going on.',
};

const isError = (value: unknown): value is ApiError =>
  typeof value === 'object' && value !== null && 'code' in value && 'message' in value;

/** Whatever was thrown, as an error that can be shown. */
export function toError(thrown: unknown): ApiError {
  if (isError(thrown)) {
    return thrown.code in ERRORS ? thrown : { ...thrown, code: 'internal' };
  }
  return {
    code: 'internal',
    message: 'Lifeboat could not do that.',
    advice: 'Try again. If it happens again, look at the log.',
    aftermath: 'unchanged',
    detail: thrown instanceof Error ? thrown.message : String(thrown),
  };
}

/** A report to paste somewhere: no names, no secrets beyond what the error itself says. */
export function errorReport(error: ApiError): string {
  return [
    `Lifeboat error: ${error.code}`,
    `Message: ${error.message}`,
    `Advice: ${error.advice}`,
    `State: ${error.aftermath}`,
    ...(error.detail ? [`Detail: ${error.detail}`] : []),
  ].join('\n');
}
