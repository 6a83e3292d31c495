/** Words of the first run. */
import type { EngineSummary, Verdict } from '../bindings/api';
import { plain } from './format';
import { t } from './language';
import type { Tone } from './status';

/** The steps, in their order. */
export const WELCOME_STEPS = ['engine', 'applications', 'schedule', 'backup'] as const;

export type WelcomeStep = (typeof WELCOME_STEPS)[number];

/** Short names of the steps. */
export const STEP_NAMES: Record<WelcomeStep, string> = {
  engine: t('welcome-step-engine'),
  applications: t('welcome-step-applications'),
  schedule: t('welcome-step-schedule'),
  backup: t('welcome-step-backup'),
};

export const WELCOME = {
  steps: t('welcome-steps'),
  stepOf: (number: number, title: string) =>
    t('welcome-step-of', { number, all: WELCOME_STEPS.length, title }),
  later: t('welcome-later'),
  leave: t('welcome-leave'),
  back: t('welcome-back'),
  next: t('welcome-next'),
  open: t('welcome-open'),
  openHint: t('welcome-open-hint'),
};

export const FOUND_ENGINE = {
  title: t('welcome-engine-title'),
  text: t('welcome-engine-text'),
  looking: t('welcome-engine-looking'),
  lookingMore: t('welcome-engine-looking-more'),
  found: t('welcome-engine-found'),
  name: t('welcome-engine-name'),
  version: t('welcome-engine-version'),
  endpoint: t('welcome-engine-endpoint'),
  /** Where the address came from; nothing where nobody gave it. */
  origin: ({ origin }: EngineSummary) =>
    origin === 'default' ? null : t('welcome-engine-origin', { origin: plain(origin) }),
  other: t('welcome-engine-other'),
};

export const CHOICE = {
  title: t('welcome-applications-title'),
  text: t('welcome-applications-text'),
  all: t('welcome-applications-all'),
  sum: (number: number, size: string) => t('welcome-applications-sum', { number, size }),
  more: (number: number) => t('welcome-applications-more', { number }),
  isProtected: t('welcome-applications-protected'),
  chooseOne: t('welcome-applications-choose-one'),
  noneLeft: t('welcome-applications-none-left'),
  none: t('welcome-applications-none'),
  noneText: t('welcome-applications-none-text'),
  others: (number: number) => t('welcome-applications-others', { number }),
};

export const SCHEDULE = {
  title: t('welcome-schedule-title'),
  text: t('welcome-schedule-text'),
  interval: {
    label: t('welcome-schedule-interval'),
    hint: t('welcome-schedule-interval-hint'),
    unit: t('welcome-schedule-interval-unit'),
  },
  keep: {
    label: t('welcome-schedule-keep'),
    hint: t('welcome-schedule-keep-hint'),
    unit: t('welcome-schedule-keep-unit'),
  },
  startUp: { label: t('welcome-schedule-start-up'), hint: t('welcome-schedule-start-up-hint') },
  on: t('welcome-schedule-on'),
  off: t('welcome-schedule-off'),
  fault: (least: number, most: number) => t('welcome-schedule-fault', { least, most }),
  env: t('welcome-schedule-env'),
  where: t('welcome-schedule-where'),
  whereText: t('welcome-schedule-where-text'),
  whereCopy: t('welcome-schedule-where-copy'),
  start: (number: number) => t('welcome-schedule-start', { number }),
};

export const FIRST_BACKUP = {
  title: t('welcome-backup-title'),
  text: t('welcome-backup-text'),
  list: t('welcome-backup-list'),
  waiting: t('welcome-backup-waiting'),
  protecting: t('welcome-backup-protecting'),
  working: t('welcome-backup-working'),
  heldUp: (reason: string) => t('welcome-backup-held-up', { reason: plain(reason) }),
  progressOf: (app: string) => t('welcome-backup-progress', { app: plain(app) }),
  failed: (reason: string) => t('welcome-backup-failed', { reason: plain(reason) }),
  failedAgain: t('welcome-backup-failed-again'),
  troubled: (reason: string) => t('welcome-backup-troubled', { reason: plain(reason) }),
  cancelled: t('welcome-backup-cancelled'),
  next: (when: string) => t('welcome-backup-next', { when }),
  toOverview: t('welcome-backup-to-overview'),
  goesOn: t('welcome-backup-goes-on'),
};

/** How a first backup ended, by what its proof found. */
export const FIRST_VERDICTS: Record<Verdict, { tone: Tone; text: string }> = {
  sound: { tone: 'good', text: t('welcome-backup-sound') },
  'not-checked': { tone: 'warn', text: t('welcome-backup-not-checked') },
  'not-checkable': { tone: 'warn', text: t('welcome-backup-not-checkable') },
  damaged: { tone: 'bad', text: t('welcome-backup-damaged') },
};

/** The sentence over all first backups once they have ended. */
export function firstSummary(
  good: number,
  all: number,
): { tone: Tone; title: string; text: string } {
  if (good === all) {
    const text = t('welcome-backup-safe-text', { number: all });
    return { tone: 'good', title: t('welcome-backup-safe'), text };
  }
  const text = t('welcome-backup-open-text', { good, all });
  return { tone: good === 0 ? 'bad' : 'warn', title: t('welcome-backup-open'), text };
}
