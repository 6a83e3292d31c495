/** What each error code is called, how it feels, and where its one button leads. */

import type { Aftermath, Code, Error as ApiError } from '../bindings/api';
import { logText } from './format';
import { t } from './language';
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
  'engine-not-installed': {
    title: t('errors-title-engine-not-installed'),
    tone: 'bad',
    action: 'retry',
  },
  'engine-stopped': { title: t('errors-title-engine-stopped'), tone: 'bad', action: 'retry' },
  'engine-permission': { title: t('errors-title-engine-permission'), tone: 'bad', action: 'retry' },
  'engine-context': { title: t('errors-title-engine-context'), tone: 'bad', action: 'retry' },
  'engine-too-old': { title: t('errors-title-engine-too-old'), tone: 'bad', action: 'retry' },
  'engine-windows-containers': {
    title: t('errors-title-engine-windows-containers'),
    tone: 'bad',
    action: 'retry',
  },
  'engine-failed': { title: t('errors-title-engine-failed'), tone: 'bad', action: 'retry' },
  'helper-missing': { title: t('errors-title-helper-missing'), tone: 'bad', action: 'check-up' },
  'helper-lost': { title: t('errors-title-helper-lost'), tone: 'bad', action: 'retry' },
  'app-not-found': { title: t('errors-title-app-not-found'), tone: 'warn', action: 'refresh' },
  'no-database': { title: t('errors-title-no-database'), tone: 'warn', action: 'refresh' },
  'backup-not-found': {
    title: t('errors-title-backup-not-found'),
    tone: 'warn',
    action: 'refresh',
  },
  'database-not-found': {
    title: t('errors-title-database-not-found'),
    tone: 'warn',
    action: 'refresh',
  },
  'nothing-to-undo': {
    title: t('errors-title-nothing-to-undo'),
    tone: 'neutral',
    action: 'refresh',
  },
  busy: { title: t('errors-title-busy'), tone: 'warn', action: 'retry' },
  unfinished: { title: t('errors-title-unfinished'), tone: 'bad', action: 'recover' },
  'database-locked': { title: t('errors-title-database-locked'), tone: 'warn', action: 'retry' },
  unsupported: { title: t('errors-title-unsupported'), tone: 'bad', action: 'check-up' },
  'no-space': { title: t('errors-title-no-space'), tone: 'bad', action: 'retry' },
  damaged: { title: t('errors-title-damaged'), tone: 'bad' },
  'not-checkable': { title: t('errors-title-not-checkable'), tone: 'warn' },
  'import-refused': { title: t('errors-title-import-refused'), tone: 'bad', action: 'import' },
  'too-new': { title: t('errors-title-too-new'), tone: 'warn' },
  'output-failed': { title: t('errors-title-output-failed'), tone: 'bad', action: 'retry' },
  'confirmation-needed': {
    title: t('errors-title-confirmation-needed'),
    tone: 'warn',
    action: 'retry',
  },
  pinned: { title: t('errors-title-pinned'), tone: 'warn' },
  'rolled-back': { title: t('errors-title-rolled-back'), tone: 'warn' },
  'rolled-back-unhealthy': {
    title: t('errors-title-rolled-back-unhealthy'),
    tone: 'bad',
    action: 'open-log',
  },
  'needs-attention': { title: t('errors-title-needs-attention'), tone: 'bad', action: 'open-log' },
  permission: { title: t('errors-title-permission'), tone: 'bad', action: 'retry' },
  cancelled: { title: t('errors-title-cancelled'), tone: 'neutral' },
  'invalid-input': { title: t('errors-title-invalid-input'), tone: 'warn' },
  internal: { title: t('errors-title-internal'), tone: 'bad', action: 'open-log' },
};

/** Labels of the buttons. */
export const ERROR_ACTIONS: Record<ErrorAction, string> = {
  retry: t('errors-action-retry'),
  recover: t('errors-action-recover'),
  'check-up': t('errors-action-check-up'),
  import: t('errors-action-import'),
  refresh: t('errors-action-refresh'),
  'open-log': t('errors-action-open-log'),
  restore: t('errors-action-restore'),
};

/** What state things are in now. */
export const AFTERMATH: Record<Aftermath, string> = {
  unchanged: t('errors-aftermath-unchanged'),
  restored: t('errors-aftermath-restored'),
  'needs-attention': t('errors-aftermath-needs-attention'),
};

const isError = (value: unknown): value is ApiError =>
  typeof value === 'object' && value !== null && 'code' in value && 'message' in value;

/** The window's own sentence for what nobody foresaw. */
export const UNKNOWN = t('errors-unknown');

/** Whatever was thrown, as an error that can be shown. */
export function toError(thrown: unknown): ApiError {
  if (isError(thrown)) {
    return thrown.code in ERRORS ? thrown : { ...thrown, code: 'internal' };
  }
  return {
    code: 'internal',
    message: UNKNOWN,
    advice: t('errors-unknown-advice'),
    aftermath: 'unchanged',
    detail: thrown instanceof Error ? thrown.message : String(thrown),
  };
}

/**
 * A report to paste somewhere: no names, no secrets beyond what the error itself says. It is English in every
 * language, as is most of what it quotes: it is read by whoever mends it.
 */
export function errorReport(error: ApiError): string {
  const report = [
    `Lifeboat error: ${error.code}`,
    `Message: ${error.message}`,
    `Advice: ${error.advice}`,
    `State: ${error.aftermath}`,
    ...(error.detail ? [`Detail: ${error.detail}`] : []),
  ].join('\n');
  // Names in it may turn the direction of text, where it is shown and where it is pasted.
  return logText(report);
}
