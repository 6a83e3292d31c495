/** Words of updates: the card, the plan, the run and its endings. */
import type {
  BuiltFrom,
  Edit,
  ServicePlan,
  Step,
  UpdateOutcome,
  UpdateReport,
  UpdateSource,
} from '../bindings/api';
import { plain, size, span } from './format';
import { t } from './language';
import type { Tone } from './status';

/** `d41171bd1b5f` of an image's ID. */
export const shortId = (id: string) => plain(id.replace(/^sha256:/, '').slice(0, 12));

const listed = (names: string[]) => names.map(plain).join(', ');

const SOURCES: Record<UpdateSource, string> = {
  pull: t('updates-source-pull'),
  local: t('updates-source-local'),
  build: t('updates-source-build'),
  fixed: t('updates-source-fixed'),
};

const period = (text: string) => (/[.!?]$/.test(text) ? text : `${text}.`);

export const UPDATES = {
  title: t('updates-title'),
  hint: t('updates-hint'),
  go: t('updates-go'),
  runs: t('updates-runs'),
  runsNothing: t('updates-runs-nothing'),
  commit: (commit: string) => t('updates-commit', { commit }),
  noDatabase: t('updates-no-database'),
  undoTakesBack: (undo: string) =>
    t('updates-undo-takes-back', { undo: plain(undo).replace(/\.$/, '') }),
  running: t('updates-running'),
  show: t('updates-show'),
  page: (app: string) => t('updates-page', { app: plain(app) }),
  planning: t('updates-planning'),
  service: t('updates-service'),
  image: t('updates-image'),
  present: t('updates-present'),
  newer: t('updates-newer'),
  source: (service: ServicePlan) => SOURCES[service.source],
  happens: t('updates-happens'),
  stops: (names: string[]) => t('updates-stops', { names: listed(names) }),
  stopsNone: t('updates-stops-none'),
  copies: (bytes: number) => t('updates-copies', { size: size(bytes) }),
  down: (steps: Step[]) => {
    const at = (id: string) => steps.findIndex((one) => one.id === id) + 1;
    const [first, last] = [at('stop'), at('swap')];
    return first > 0 && last > first ? t('updates-down', { first, last }) : '';
  },
  edited: t('updates-edited'),
  editedWhat: t('updates-edited-what'),
  editedNow: t('updates-edited-now'),
  apply: t('updates-apply'),
  applyHint: t('updates-apply-hint'),
  checkout: t('updates-checkout'),
  checkoutFolder: t('updates-checkout-folder'),
  checkoutPresent: t('updates-checkout-present'),
  checkoutRunning: t('updates-checkout-running'),
  checkoutUnknown: t('updates-checkout-unknown'),
  pull: t('updates-pull'),
  pullHint: (newer: number) => t('updates-pull-hint', { newer }),
  steps: t('updates-steps'),
  warnings: t('updates-warnings'),
  now: t('updates-now'),
  back: t('updates-back'),
  runningText: t('updates-running-text'),
  downFor: t('updates-down-for'),
  downAtLeast: t('updates-down-at-least'),
  wasDown: t('updates-was-down'),
  clock: {
    up: t('updates-clock-up'),
    down: t('updates-clock-down'),
    judged: t('updates-clock-judged'),
    back: t('updates-clock-back'),
  },
  from: t('updates-from'),
  to: t('updates-to'),
  release: t('updates-release'),
  failedRelease: t('updates-failed-release'),
  downtime: t('updates-downtime'),
  downtimeOf: (report: UpdateReport) => span(report.downtime_ms),
  backup: t('updates-backup'),
  rollbackPoint: t('updates-rollback-point'),
  evidence: t('updates-evidence'),
  why: t('updates-why'),
  whyText: (reason: string) => period(plain(reason)),
  log: t('updates-log'),
  findings: t('updates-findings'),
  undo: t('updates-undo'),
  undoMore: t('updates-undo-more'),
  recover: t('updates-recover'),
  again: t('updates-again'),
  toApp: t('updates-to-app'),
  failed: t('updates-failed'),
  cancelled: t('updates-cancelled'),
};

/** `56c5a50a0dc7`, and whether files differ from it. */
export function commitText(from: BuiltFrom): string {
  const commit = plain(from.commit.slice(0, 12));
  return from.has_changes ? t('updates-commit-changed', { commit }) : commit;
}

/** Both sides of an edit. Values that are not told – they may be secrets – are words. */
export function editValues(edit: Edit): { before: string; after: string; isWord: boolean } {
  if (edit.before === null && edit.after === null) {
    const [set, notSet] = [t('updates-value-set'), t('updates-value-not-set')];
    const there = edit.kind === 'added' ? notSet : set;
    const then = { added: set, removed: notSet, changed: t('updates-value-another') }[edit.kind];
    return { before: there, after: then, isWord: true };
  }
  const value = (text: string | null) => (text === null || text === '' ? '–' : plain(text));
  return { before: value(edit.before), after: value(edit.after), isWord: false };
}

/** An ending: how it feels, its headline, and what runs now. */
export interface UpdateEnding {
  tone: Tone;
  title: string;
  text: string;
}

const ENDINGS: Record<UpdateOutcome, (report: UpdateReport) => UpdateEnding> = {
  updated: (report) => ({
    tone: 'good',
    title: t('updates-ended-updated'),
    text: t('updates-ended-updated-text', { release: plain(report.to) }),
  }),
  'up-to-date': () => ({
    tone: 'good',
    title: t('updates-ended-up-to-date'),
    text: t('updates-ended-up-to-date-text'),
  }),
  'rolled-back': (report) => ({
    tone: 'warn',
    title: t('updates-ended-rolled-back'),
    text: t('updates-ended-rolled-back-text', { release: plain(report.from) }),
  }),
  'rolled-back-unhealthy': (report) => ({
    tone: 'bad',
    title: t('updates-ended-unhealthy'),
    text: t('updates-ended-unhealthy-text', { release: plain(report.from) }),
  }),
  'needs-attention': () => ({
    tone: 'bad',
    title: t('updates-ended-needs-attention'),
    text: t('updates-ended-needs-attention-text'),
  }),
};

/** How an update ended, in words. */
export const updateEnding = (report: UpdateReport): UpdateEnding => ENDINGS[report.outcome](report);

/** `0:07`, `12:40`, `1:02:03`. */
export function clockText(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const two = (value: number) => String(value).padStart(2, '0');
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const rest = `${hours > 0 ? two(minutes) : minutes}:${two(seconds % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}
