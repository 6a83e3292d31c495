/** Words of the protection that goes on by itself. */
import type {
  NextRun,
  Protection,
  ProtectionState,
  ProtectionSummary,
  Reason,
  Verdict,
} from '../bindings/api';
import { ago, plain, shortTime } from './format';
import { t } from './language';
import type { Tone } from './status';

/** What the card offers to do. */
export type ProtectionAction = 'switch-on' | 'mend' | 'settings' | null;

interface StateWords {
  tone: Tone;
  badge: string;
  action: ProtectionAction;
  /** Why the data is at risk, as what follows "At risk:". */
  risk?: string;
  /** What the card says, where the guardian's own words carry nothing beyond the state. */
  message?: string;
}

/** Complete by type. */
const STATES: Record<ProtectionState, StateWords> = {
  off: { tone: 'warn', badge: t('protection-badge-off'), action: 'switch-on' },
  starting: { tone: 'good', badge: t('protection-badge-starting'), action: null },
  waiting: { tone: 'good', badge: t('protection-badge-on'), action: null },
  working: { tone: 'good', badge: t('protection-badge-working'), action: null },
  'held-up': { tone: 'warn', badge: t('protection-badge-held-up'), action: null },
  'switched-off': {
    tone: 'warn',
    badge: t('protection-badge-switched-off'),
    action: 'settings',
    risk: t('protection-risk-switched-off'),
    message: t('protection-message-switched-off'),
  },
  refusing: {
    tone: 'bad',
    badge: t('protection-badge-refusing'),
    action: 'mend',
    risk: t('protection-risk-refusing'),
  },
  outdated: { tone: 'warn', badge: t('protection-badge-outdated'), action: 'mend' },
  silent: {
    tone: 'bad',
    badge: t('protection-badge-silent'),
    action: 'mend',
    risk: t('protection-risk-silent'),
    message: t('protection-message-silent'),
  },
  stopped: {
    tone: 'bad',
    badge: t('protection-badge-stopped'),
    action: 'mend',
    risk: t('protection-risk-stopped'),
  },
  gone: {
    tone: 'bad',
    badge: t('protection-badge-gone'),
    action: 'mend',
    risk: t('protection-risk-gone'),
    message: t('protection-message-gone'),
  },
};

/** A guardian that is there, and whose backups fail. */
export const FAILING: StateWords = {
  tone: 'bad',
  badge: t('protection-badge-failing'),
  action: null,
  risk: t('protection-risk-failing'),
};

/** A guardian that works, and does not know of a volume that got a database since. */
function leavesOut(volumes: string[]): StateWords {
  const left = { names: volumes.map(plain).join(', '), number: volumes.length };
  return {
    tone: 'bad',
    badge: t('protection-badge-left-out'),
    action: 'mend',
    risk: t('protection-risk-left-out', left),
    message: t('protection-message-left-out', left),
  };
}

/** How protection stands: card, header and list print the same. */
export function protectionWords(found: ProtectionSummary): StateWords {
  const words = STATES[found.state];
  if (words.tone === 'good' && found.failures > 0) return FAILING;
  const isWell = found.state !== 'off' && words.risk === undefined;
  return isWell && found.unprotected.length > 0 ? leavesOut(found.unprotected) : words;
}

export const PROTECTION = {
  title: t('protection-title'),
  looking: t('protection-looking'),
  off: t('protection-off'),
  protect: t('protection-protect'),
  protecting: t('protection-protecting'),
  mend: t('protection-mend'),
  mending: t('protection-mending'),
  openSettings: t('protection-open-settings'),
  settings: t('protection-settings'),
  switchOff: t('protection-switch-off'),
  switchingOff: t('protection-switching-off'),
  next: t('protection-next'),
  last: t('protection-last'),
  /** The moment of the last one, and how it was proven. */
  lastExact: (at: string, verdict: Verdict) =>
    t('protection-last-exact', { time: shortTime(at), verdict }),
  kept: t('protection-kept'),
  none: t('protection-none'),
  notPlanned: t('protection-not-planned'),
  removed: (number: number) => t('protection-removed', { number }),
  suspended: t('protection-suspended'),
  failed: (protection: Protection) =>
    t('protection-failed', {
      number: protection.failures,
      failure: plain(protection.last_failure ?? ''),
    }),
  settingsProblem: (problem: string) =>
    t('protection-settings-problem', { problem: plain(problem) }),
  /** What follows the guardian's own words. */
  mended: {
    refusing: t('protection-mended-refusing'),
    outdated: t('protection-mended-outdated'),
    stopped: t('protection-mended-stopped'),
  } as Partial<Record<ProtectionState, string>>,
};

/** What switching off asks. */
export const SWITCH_OFF = {
  title: (app: string) => t('protection-end-title', { app: plain(app) }),
  ends: t('protection-end-ends'),
  volumes: t('protection-end-volumes'),
  stays: t('protection-end-stays'),
  yes: t('protection-end-yes'),
  no: t('protection-end-no'),
};

/** The moment of the next one, and why then where that is not plain. */
const DUE: Record<Reason['kind'], (time: string) => string> = {
  first: (time) => t('protection-due-first', { time }),
  'start-up': (time) => t('protection-due-start-up', { time }),
  scheduled: (time) => time,
  missed: (time) => t('protection-due-missed', { time }),
  again: (time) => t('protection-due-again', { time }),
  'clock-set-back': (time) => t('protection-due-clock-set-back', { time }),
};

/** `in 5 hours`; what is due is due. */
export function nextIn(next: NextRun, now: number): string {
  const left = Date.parse(next.at) - now;
  if (left <= 0) return t('protection-due-now');
  return left < 60_000 ? t('protection-due-within-a-minute') : capital(ago(next.at, now));
}

export const nextExact = (next: NextRun): string => DUE[next.reason.kind](shortTime(next.at));

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
