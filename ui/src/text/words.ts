/** Words that belong to no topic. */
import type { Codec, JournalMode, Trigger, Verdict } from '../bindings/api';
import type { Tone } from './status';
import { plain } from './format';

export const WORDS = {
  product: 'Lifeboat',
  main: 'Main',
  applications: 'Applications',
  overview: 'Overview',
  checkUp: 'Check-up',
  preferences: 'Preferences',
  engine: 'Engine',
  skip: 'Skip to content',
  loading: 'Loading…',
  back: 'Back',
  cancel: 'Cancel',
  close: 'Close',
  copy: 'Copy',
  copied: 'Copied.',
  copyReport: 'Copy report',
  details: 'Details',
  dismiss: 'Dismiss',
  refresh: 'Refresh',
  shortcuts: 'Keyboard shortcuts',
  typeName: (app: string) => `To go on, type the application’s name: ${plain(app)}`,
  copyCommand: (command: string) => `Copy the command ${command}`,
  stepState: { done: '(done)', now: '(now)', failed: '(failed here)' },
};

/** The shortcut sheet. */
export const SHORTCUTS: { keys: string[]; what: string }[] = [
  { keys: ['Ctrl', 'B'], what: 'Back up the application that is shown' },
  { keys: ['Ctrl', 'R'], what: 'Look again' },
  { keys: ['Ctrl', 'I'], what: 'Import a backup' },
  { keys: ['Space'], what: 'Select a backup in the list' },
  { keys: ['Shift', '↑', '↓'], what: 'Select several backups' },
  { keys: ['Ctrl', 'A'], what: 'Select all backups that are shown' },
  { keys: ['Del'], what: 'Delete the selected backups' },
  { keys: ['Alt', '←'], what: 'Go back' },
  { keys: ['Ctrl', ','], what: 'Preferences' },
  { keys: ['Ctrl', 'W'], what: 'Close the window' },
  { keys: ['Esc'], what: 'Close a dialog' },
  { keys: ['?'], what: 'Show this list' },
];

export const TRIGGERS: Record<Trigger, string> = {
  manual: 'By hand',
  scheduled: 'Scheduled',
  'start-up': 'At start-up',
  'pre-update': 'Before an update',
  'pre-restore': 'Before a restore',
  import: 'Imported',
};

export const CODECS: Record<Codec, string> = { gzip: 'gzip', zstd: 'zstd', none: 'none' };

export const JOURNALS: Record<JournalMode, string> = {
  wal: 'write-ahead log',
  rollback: 'rollback journal',
  unknown: 'unknown',
};

/** A backup's verdict as a badge. */
export const PROOF: Record<Verdict, { tone: Tone; text: string; hint: string }> = {
  sound: {
    tone: 'good',
    text: 'Proven',
    hint: 'Restored to scratch and checked: it can be restored.',
  },
  'not-checked': { tone: 'neutral', text: 'Not proven', hint: 'Nobody has checked it yet.' },
  'not-checkable': {
    tone: 'warn',
    text: 'Cannot be checked',
    hint: 'It holds something that cannot be checked.',
  },
  damaged: { tone: 'bad', text: 'Damaged', hint: 'The check found damage.' },
};

/** A live database's verdict. */
export const SOUNDNESS: Record<Verdict, { tone: Tone; text: string }> = {
  sound: { tone: 'good', text: 'Sound' },
  'not-checked': { tone: 'neutral', text: 'Not checked' },
  'not-checkable': { tone: 'warn', text: 'Cannot be checked' },
  damaged: { tone: 'bad', text: 'Damaged' },
};

/** `example/app:2` of an image reference, without its registry's noise. */
export const imageText = (image: string) => plain(image.replace(/@sha256:.*/, ''));
