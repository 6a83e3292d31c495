/** Words that belong to no topic. */
import type { Codec, JournalMode, Trigger, Verdict } from '../bindings/api';
import { plain } from './format';
import { t } from './language';
import type { Tone } from './status';

export const WORDS = {
  product: t('product'),
  main: t('main'),
  applications: t('applications'),
  overview: t('overview'),
  checkUp: t('check-up'),
  preferences: t('preferences'),
  skip: t('skip'),
  loading: t('loading'),
  cancel: t('cancel'),
  close: t('close'),
  copy: t('copy'),
  copied: t('copied'),
  copyReport: t('copy-report'),
  details: t('details'),
  dismiss: t('dismiss'),
  refresh: t('refresh'),
  shortcuts: t('shortcuts'),
  typeName: (app: string) => t('type-name', { app: plain(app) }),
  copyCommand: (command: string) => t('copy-command', { command }),
  stepState: { done: t('step-done'), now: t('step-now'), failed: t('step-failed') },
};

export const backupsOf = (number: number) => t('number-of-backups', { number });
export const databasesOf = (number: number) => t('number-of-databases', { number });
export const applicationsOf = (number: number) => t('number-of-applications', { number });
export const filesOf = (number: number) => t('number-of-files', { number });

const CONTROL = t('key-control');
const SHIFT = t('key-shift');

/** The shortcut sheet. */
export const SHORTCUTS: { keys: string[]; what: string }[] = [
  { keys: [CONTROL, 'B'], what: t('shortcut-back-up') },
  { keys: [CONTROL, 'R'], what: t('shortcut-look-again') },
  { keys: [CONTROL, 'I'], what: t('shortcut-import') },
  { keys: [t('key-space')], what: t('shortcut-select') },
  { keys: [SHIFT, '↑', '↓'], what: t('shortcut-select-several') },
  { keys: [CONTROL, 'A'], what: t('shortcut-select-all') },
  { keys: [t('key-delete')], what: t('shortcut-delete') },
  { keys: [t('key-alt'), '←'], what: t('shortcut-back') },
  { keys: [CONTROL, ','], what: t('shortcut-preferences') },
  { keys: [CONTROL, 'W'], what: t('shortcut-close-window') },
  { keys: [t('key-escape')], what: t('shortcut-close-dialog') },
  { keys: ['?'], what: t('shortcut-sheet') },
];

export const TRIGGERS: Record<Trigger, string> = {
  manual: t('trigger-manual'),
  scheduled: t('trigger-scheduled'),
  'start-up': t('trigger-start-up'),
  'pre-update': t('trigger-pre-update'),
  'pre-restore': t('trigger-pre-restore'),
  import: t('trigger-import'),
};

/** Names of programs, the same in every language. */
export const CODECS: Record<Codec, string> = { gzip: 'gzip', zstd: 'zstd', none: 'none' };

export const JOURNALS: Record<JournalMode, string> = {
  wal: t('journal-wal'),
  rollback: t('journal-rollback'),
  unknown: t('journal-unknown'),
};

/** A backup's verdict as a badge. */
export const PROOF: Record<Verdict, { tone: Tone; text: string; hint: string }> = {
  sound: { tone: 'good', text: t('proof-sound'), hint: t('proof-sound-hint') },
  'not-checked': {
    tone: 'neutral',
    text: t('proof-not-checked'),
    hint: t('proof-not-checked-hint'),
  },
  'not-checkable': {
    tone: 'warn',
    text: t('proof-not-checkable'),
    hint: t('proof-not-checkable-hint'),
  },
  damaged: { tone: 'bad', text: t('proof-damaged'), hint: t('proof-damaged-hint') },
};

/** A live database's verdict. */
export const SOUNDNESS: Record<Verdict, { tone: Tone; text: string }> = {
  sound: { tone: 'good', text: t('soundness-sound') },
  'not-checked': { tone: 'neutral', text: t('soundness-not-checked') },
  'not-checkable': { tone: 'warn', text: t('soundness-not-checkable') },
  damaged: { tone: 'bad', text: t('soundness-damaged') },
};

/** `example/app:2` of an image reference, without its registry's noise. */
export const imageText = (image: string) => plain(image.replace(/@sha256:.*/, ''));
