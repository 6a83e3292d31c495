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
import type { Tone } from './status';

/** `d41171bd1b5f` of an image's ID. */
export const shortId = (id: string) => plain(id.replace(/^sha256:/, '').slice(0, 12));

const listed = (names: string[]) => names.map(plain).join(', ');

const SOURCES: Record<UpdateSource, string> = {
  pull: 'Its registry is asked',
  local: 'Another image of that name is here',
  build: 'Compose builds it',
  fixed: 'Named by its content: it stays',
};

const period = (text: string) => (/[.!?]$/.test(text) ? text : `${text}.`);

export const UPDATES = {
  title: 'Updates',
  hint: 'A proven backup first. If the new release is not healthy, the old one comes back with its data.',
  go: 'Safe Update',
  runs: 'What runs',
  runsNothing: 'Nothing of it is on the engine.',
  commit: (commit: string) => `commit ${commit}`,
  noDatabase:
    'Safe Update is for applications with a SQLite database: it is the data that it brings back.',
  undoTakesBack: (undo: string) => period(`The undo takes back ${plain(undo)}`),
  running: 'An update is running.',
  show: 'Show it',
  page: (app: string) => `Safe update of ${plain(app)}`,
  planning: 'Looking at what runs…',
  service: 'Service',
  image: 'Image',
  present: 'Runs now',
  newer: 'Newer release',
  source: (service: ServicePlan) => SOURCES[service.source],
  happens: 'What will happen',
  stops: (names: string[]) =>
    `Stopped only if there is a newer release: ${listed(names)}. With nothing newer, nothing is stopped.`,
  stopsNone: 'Nothing runs, so nothing has to be stopped.',
  copies: (bytes: number) =>
    `While they stand still, the databases (${size(bytes)}) are copied for the way back.`,
  down: (steps: Step[]) => {
    const at = (id: string) => steps.findIndex((one) => one.id === id) + 1;
    const [first, last] = [at('stop'), at('swap')];
    return first > 0 && last > first
      ? `The application is down from step ${first} to ${last}.`
      : '';
  },
  edited: 'Edited in the compose file',
  editedWhat: 'What',
  editedNow: 'In the file',
  apply: 'Apply these edits too',
  applyHint: 'If the application does not come up with them, it goes back to how it runs now.',
  checkout: 'What it is built from',
  checkoutFolder: 'Checkout',
  checkoutPresent: 'Builds commit',
  checkoutRunning: 'Runs commit',
  checkoutUnknown: 'Not known: Lifeboat did not build it',
  pull: 'Get the newest commit first',
  pullHint: (newer: number) => {
    if (newer === 0) return 'As git pull --ff-only does; nothing is merged.';
    const commits = newer === 1 ? '1 newer commit is' : `${newer} newer commits are`;
    return `${commits} known. As git pull --ff-only does; nothing is merged.`;
  },
  steps: 'Steps of the update',
  warnings: 'Before you say yes',
  now: 'Update now',
  back: 'Not now',
  runningText: 'You can close the window: the update goes on to its end.',
  downFor: 'Down for',
  downAtLeast: 'Down for at least',
  wasDown: 'Was down for',
  clock: {
    up: 'The application runs as before.',
    down: 'The application is stopped.',
    judged: 'The new release runs and has to prove that it is healthy.',
    back: 'The old release and its data are put back.',
  },
  from: 'From',
  to: 'To',
  release: 'Runs',
  failedRelease: 'Failed release',
  downtime: 'Downtime',
  downtimeOf: (report: UpdateReport) => span(report.downtime_ms),
  backup: 'Backup before',
  rollbackPoint: 'Undo goes to',
  evidence: 'What it left',
  why: 'Why',
  whyText: (reason: string) => period(plain(reason)),
  log: 'The last lines of the failed release',
  findings: 'Things to know',
  undo: 'Undo…',
  undoMore: 'The undo brings back the old release together with the data from before the update.',
  recover: 'Finish it',
  again: 'Look again',
  toApp: 'Back to the application',
  failed: 'The update did not begin',
  cancelled: 'Cancelled. The application was not stopped.',
};

/** `56c5a50a0dc7`, and whether files differ from it. */
export function commitText(from: BuiltFrom): string {
  const commit = plain(from.commit.slice(0, 12));
  return from.has_changes ? `${commit}, and changes that are not committed` : commit;
}

/** Both sides of an edit. Values that are not told – they may be secrets – are words. */
export function editValues(edit: Edit): { before: string; after: string; isWord: boolean } {
  if (edit.before === null && edit.after === null) {
    const there = edit.kind === 'added' ? 'not set' : 'set';
    const then = { added: 'set', removed: 'not set', changed: 'another value' }[edit.kind];
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
    title: 'Updated',
    text: `${plain(report.to)} runs and is healthy.`,
  }),
  'up-to-date': () => ({
    tone: 'good',
    title: 'Up to date',
    text: 'Nothing newer was found, and nothing was stopped.',
  }),
  'rolled-back': (report) => ({
    tone: 'warn',
    title: 'The update was rolled back',
    text: `${plain(report.from)} runs with its data.`,
  }),
  'rolled-back-unhealthy': (report) => ({
    tone: 'bad',
    title: 'The update was rolled back, and the application is not healthy',
    text: `${plain(report.from)} is back with its data. Look at the application’s log.`,
  }),
  'needs-attention': () => ({
    tone: 'bad',
    title: 'The update could not be finished',
    text: 'The old release and its data are still there. Finish it before anything else.',
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
