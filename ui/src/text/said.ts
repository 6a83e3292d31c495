/**
 * What the core says in English, in the language in use where there are words for its code. In English the
 * core is always quoted.
 */

import type {
  Code,
  DoctorCheck,
  Error as ApiError,
  Finding,
  JobKind,
  Recovery,
  Step,
} from '../bindings/api';
import { ERRORS, UNKNOWN } from './errors';
import { plain } from './format';
import { languageInUse, t } from './language';

/** Words of ours, and after them words of the core, which are English. */
export interface Said {
  own: string | null;
  core: string | null;
}

/** The core's words need no translation. */
export const coreIsUnderstood = () => languageInUse() === 'en';

/** Words of the core that are shown as they are. */
export const quoted = (core: string): Said => ({ own: null, core: plain(core) });

/** As one text. */
export function spoken({ own, core }: Said): string {
  return [own, core].filter(Boolean).join(' ');
}

/** Several, one after the other: ours, then the core's. */
export function together(all: Said[]): Said {
  const joined = (texts: (string | null)[]) => texts.filter(Boolean).join(' ') || null;
  return { own: joined(all.map((one) => one.own)), core: joined(all.map((one) => one.core)) };
}

/** Ours in place of the core's, where there are some and they are needed. */
function insteadOf(core: string, own: string | undefined): Said {
  return own === undefined || coreIsUnderstood() ? quoted(core) : { own, core: null };
}

/** Ours before the core's, which know more. */
function before(core: string, own: string | undefined): Said {
  return own === undefined || coreIsUnderstood() ? quoted(core) : { own, core: plain(core) };
}

/** The steps of all jobs, by their names. */
const STEPS: Record<string, string> = {
  back: t('said-step-back'),
  backup: t('said-step-backup'),
  capture: t('said-step-capture'),
  check: t('said-step-check'),
  collect: t('said-step-collect'),
  copy: t('said-step-copy'),
  exchange: t('said-step-exchange'),
  fetch: t('said-step-fetch'),
  finish: t('said-step-finish'),
  gate: t('said-step-gate'),
  keep: t('said-step-keep'),
  prepare: t('said-step-prepare'),
  'read-back': t('said-step-read-back'),
  receive: t('said-step-receive'),
  remove: t('said-step-remove'),
  seal: t('said-step-seal'),
  send: t('said-step-send'),
  settle: t('said-step-settle'),
  stage: t('said-step-stage'),
  start: t('said-step-start'),
  stop: t('said-step-stop'),
  swap: t('said-step-swap'),
  unpack: t('said-step-unpack'),
  verify: t('said-step-verify'),
};

/** Where a step of the same name is another one. */
const STEPS_OF: Partial<Record<JobKind, Record<string, string>>> = {
  import: { seal: t('said-step-import-seal') },
  verify: { verify: t('said-step-verify-verify') },
};

/** What a step is called in a job of a kind. */
export function stepSaid(step: Step, kind?: JobKind): Said {
  return insteadOf(step.title, (kind && STEPS_OF[kind]?.[step.id]) ?? STEPS[step.id]);
}

/** The same as one text. */
export const stepTitle = (step: Step, kind?: JobKind) => spoken(stepSaid(step, kind));

/** What to do next, for each code: true whatever the case. */
const ADVICE: Record<Code, string> = {
  'engine-not-installed': t('said-advice-engine-not-installed'),
  'engine-stopped': t('said-advice-engine-stopped'),
  'engine-permission': t('said-advice-engine-permission'),
  'engine-context': t('said-advice-engine-context'),
  'engine-too-old': t('said-advice-engine-too-old'),
  'engine-windows-containers': t('said-advice-engine-windows-containers'),
  'engine-failed': t('said-advice-engine-failed'),
  'helper-missing': t('said-advice-helper-missing'),
  'helper-lost': t('said-advice-helper-lost'),
  'app-not-found': t('said-advice-app-not-found'),
  'no-database': t('said-advice-no-database'),
  'backup-not-found': t('said-advice-backup-not-found'),
  'database-not-found': t('said-advice-database-not-found'),
  'nothing-to-undo': t('said-advice-nothing-to-undo'),
  busy: t('said-advice-busy'),
  unfinished: t('said-advice-unfinished'),
  'database-locked': t('said-advice-database-locked'),
  unsupported: t('said-advice-unsupported'),
  'no-space': t('said-advice-no-space'),
  damaged: t('said-advice-damaged'),
  'not-checkable': t('said-advice-not-checkable'),
  'import-refused': t('said-advice-import-refused'),
  'too-new': t('said-advice-too-new'),
  'output-failed': t('said-advice-output-failed'),
  'confirmation-needed': t('said-advice-confirmation-needed'),
  pinned: t('said-advice-pinned'),
  'rolled-back': t('said-advice-rolled-back'),
  'rolled-back-unhealthy': t('said-advice-rolled-back-unhealthy'),
  'needs-attention': t('said-advice-needs-attention'),
  permission: t('said-advice-permission'),
  cancelled: t('said-advice-cancelled'),
  'invalid-input': t('said-advice-invalid-input'),
  internal: t('said-advice-internal'),
};

/** Codes of so many cases that the core's advice knows more than ours. */
const VARIED = new Set<Code>([
  'busy',
  'damaged',
  'engine-context',
  'engine-failed',
  'import-refused',
  'invalid-input',
  'needs-attention',
  'output-failed',
  'unsupported',
]);

/** What could not be done. */
export function messageSaid(error: ApiError): Said {
  return error.message === UNKNOWN ? { own: UNKNOWN, core: null } : quoted(error.message);
}

/** What to do next. */
export function adviceSaid(error: ApiError): Said {
  const own = ADVICE[error.code];
  return VARIED.has(error.code) ? before(error.advice, own) : insteadOf(error.advice, own);
}

/** An error in a line: what it is called where its message is in a foreign language, what failed, what to do. */
export function errorSaid(error: ApiError): Said {
  const called = coreIsUnderstood() ? null : `${ERRORS[error.code].title}.`;
  return together([{ own: called, core: null }, messageSaid(error), adviceSaid(error)]);
}

/** An error for the ears, which hear the language in use only. */
export function errorSpoken(error: ApiError): string {
  return coreIsUnderstood() ? plain(error.message) : `${ERRORS[error.code].title}.`;
}

/** Findings of which there is nothing more to say than this and the place, which is shown with it. */
const WHOLE: Record<string, string> = {
  'application-gone': t('said-finding-application-gone'),
  'changed-while-read': t('said-finding-changed-while-read'),
  'dotfile-locks': t('said-finding-dotfile-locks'),
  'file-changed': t('said-finding-file-changed'),
  'hard-linked': t('said-finding-hard-linked'),
  'hard-links': t('said-finding-hard-links'),
  'journal-committed': t('said-finding-journal-committed'),
  'link-leaves-volume': t('said-finding-link-leaves-volume'),
  'log-not-merged': t('said-finding-log-not-merged'),
  'nested-mount': t('said-finding-nested-mount'),
  'not-checked': t('said-finding-not-checked'),
  'owner-locked-out': t('said-finding-owner-locked-out'),
  'single-file': t('said-finding-single-file'),
  'single-file-mount': t('said-finding-single-file-mount'),
  'volume-created': t('said-finding-volume-created'),
  'wal-large': t('said-finding-wal-large'),
};

/** Findings of which the core knows the particulars. */
const ABOUT: Record<string, string> = {
  'checkout-newer': t('said-finding-checkout-newer'),
  'cold-copy-touched': t('said-finding-cold-copy-touched'),
  'compose-file-edited': t('said-finding-compose-file-edited'),
  'compose-file-newer': t('said-finding-compose-file-newer'),
  'compose-not-asked': t('said-finding-compose-not-asked'),
  'container-gone': t('said-finding-container-gone'),
  'database-damaged': t('said-finding-database-damaged'),
  'database-kept': t('said-finding-database-kept'),
  'database-unread': t('said-finding-database-unread'),
  'database-unreadable': t('said-finding-database-unreadable'),
  'evidence-pending': t('said-finding-evidence-pending'),
  'file-skipped': t('said-finding-file-skipped'),
  'health-probe-silent': t('said-finding-health-probe-silent'),
  imported: t('said-finding-imported'),
  'kept-as-found': t('said-finding-kept-as-found'),
  'made-here': t('said-finding-made-here'),
  'moment-of-its-own': t('said-finding-moment-of-its-own'),
  'not-checkable': t('said-finding-not-checkable'),
  'not-looked-at': t('said-finding-not-looked-at'),
  'not-rotated': t('said-finding-not-rotated'),
  'only-in-backup': t('said-finding-only-in-backup'),
  'only-now': t('said-finding-only-now'),
  'other-updater': t('said-finding-other-updater'),
  'protection-not-known': t('said-finding-protection-not-known'),
  'release-differs': t('said-finding-release-differs'),
  'rollback-point-pending': t('said-finding-rollback-point-pending'),
  'rows-dropped': t('said-finding-rows-dropped'),
  'safety-backup-pending': t('said-finding-safety-backup-pending'),
  'schema-differs': t('said-finding-schema-differs'),
  'service-without-container': t('said-finding-service-without-container'),
  'table-lost': t('said-finding-table-lost'),
  'table-vanished': t('said-finding-table-vanished'),
  'unhealthy-before': t('said-finding-unhealthy-before'),
  'vault-not-looked-at': t('said-finding-vault-not-looked-at'),
  'volume-mapped': t('said-finding-volume-mapped'),
};

/** A finding, for a place that shows where it is. */
export function findingSaid({ code, message }: Pick<Finding, 'code' | 'message'>): Said {
  const whole = WHOLE[code];
  return whole === undefined ? before(message, ABOUT[code]) : insteadOf(message, whole);
}

/** Checks that are always the same. */
const CHECKS: Record<string, string> = {
  engine: t('said-check-engine'),
  helper: t('said-check-helper'),
  applications: t('said-check-applications'),
  logs: t('said-check-logs'),
  unfinished: t('said-check-unfinished'),
};

/** Checks of one application or vault, which only their title names. */
const CHECKS_OF: Record<string, string> = {
  notices: t('said-check-notices'),
  space: t('said-check-space'),
};

/** What a check looked at. */
export function checkTitle({ id, title }: DoctorCheck): Said {
  const of = CHECKS_OF[id];
  if (of !== undefined) return before(title, of);
  // What was found in a volume has its name for a title.
  const isName = id in WHOLE || id in ABOUT;
  return insteadOf(title, CHECKS[id] ?? (isName ? plain(title) : undefined));
}

/** What a check found. */
export const checkMessage = ({ id, message }: DoctorCheck) => findingSaid({ code: id, message });

const CHECK_ADVICE: Record<string, string> = {
  notices: t('said-check-advice-notices'),
  space: t('said-check-advice-space'),
  unfinished: t('said-check-advice-unfinished'),
};

/** What else is advised where something is missing, not where asking for it failed. */
const CHECK_WARNING_ADVICE: Record<string, string> = {
  applications: t('said-check-advice-applications'),
  logs: t('said-check-advice-logs'),
};

/** What mends what a check found. */
export function checkAdvice({ id, status, advice }: DoctorCheck): Said | null {
  if (!advice) return null;
  const warned = status === 'warning' ? CHECK_WARNING_ADVICE[id] : undefined;
  return insteadOf(advice, CHECK_ADVICE[id] ?? warned);
}

/** How what was interrupted ended, for each operation. */
const RECOVERED: Record<string, Record<string, (app: string) => string>> = {
  restore: {
    old: (app) => t('said-recovered-restore-old', { app }),
    new: (app) => t('said-recovered-restore-new', { app }),
  },
  undo: {
    old: (app) => t('said-recovered-undo-old', { app }),
    new: (app) => t('said-recovered-undo-new', { app }),
  },
  update: {
    old: (app) => t('said-recovered-update-old', { app }),
    new: (app) => t('said-recovered-update-new', { app }),
  },
};

/** How an interrupted job was ended. */
export function recoverySaid({ app, operation, ending, message }: Recovery): Said {
  if (ending === 'needs-attention') {
    return before(message, t('said-recovered-needs-attention', { app: plain(app) }));
  }
  const own = RECOVERED[operation]?.[ending]?.(plain(app));
  // Only of data that was put back there is nothing more to know.
  const isWhole = ending === 'old' && operation !== 'update';
  return isWhole ? insteadOf(message, own) : before(message, own);
}
