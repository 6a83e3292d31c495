/** Words of the protection that goes on by itself. */
import type {
  NextRun,
  Protection,
  ProtectionState,
  ProtectionSummary,
  Reason,
  Setting,
} from '../bindings/api';
import { ago, count, many, plain, shortTime } from './format';
import type { Tone } from './status';

/** What the card offers to do. */
export type ProtectionAction = 'switch-on' | 'mend' | 'settings' | null;

interface StateWords {
  tone: Tone;
  badge: string;
  action: ProtectionAction;
  /** Why the data is at risk, as a sentence without its beginning. */
  risk?: string;
  /** What the card says, where the guardian's own words are not it. */
  message?: string;
}

/** Complete by type. */
const STATES: Record<ProtectionState, StateWords> = {
  off: { tone: 'warn', badge: 'Off', action: 'switch-on' },
  starting: { tone: 'good', badge: 'Starting', action: null },
  waiting: { tone: 'good', badge: 'On', action: null },
  working: { tone: 'good', badge: 'Backing up now', action: null },
  'held-up': { tone: 'warn', badge: 'Has to wait', action: null },
  'switched-off': {
    tone: 'warn',
    badge: 'Paused in the settings',
    action: 'settings',
    risk: 'automatic backups are switched off in the settings.',
  },
  refusing: {
    tone: 'bad',
    badge: 'Refuses to work',
    action: 'mend',
    risk: 'its guardian refuses to work.',
  },
  outdated: { tone: 'warn', badge: 'Older version', action: 'mend' },
  silent: {
    tone: 'bad',
    badge: 'No sign of life',
    action: 'mend',
    risk: 'its guardian gives no sign of life.',
  },
  stopped: { tone: 'bad', badge: 'Stopped', action: 'mend', risk: 'its guardian is stopped.' },
  gone: { tone: 'bad', badge: 'Gone', action: 'mend', risk: 'its guardian is gone.' },
};

/** A guardian that is there, and whose backups fail. */
export const FAILING: StateWords = {
  tone: 'bad',
  badge: 'Backups fail',
  action: null,
  risk: 'automatic backups fail.',
};

/** A guardian that works, and does not know of a volume that got a database since. */
function leavesOut(names: string[]): StateWords {
  const listed = names.map(plain).join(', ');
  const one = names.length === 1;
  const risk = `${listed} ${one ? 'holds a database' : 'hold databases'} and ${one ? 'is' : 'are'} in no automatic backup.`;
  return {
    tone: 'bad',
    badge: 'Not all of it',
    action: 'mend',
    risk,
    message: `${risk} Putting it right takes ${one ? 'it' : 'them'} in.`,
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
  title: 'Protection',
  looking: 'Looking whether backups are taken by themselves…',
  off: 'Backups are taken only when you ask. What changes in between is lost if the database is damaged or deleted.',
  protect: 'Protect',
  protecting: 'Protection starts. This takes a few seconds…',
  mend: 'Put it right',
  mending: 'Putting it right. This takes a few seconds…',
  openSettings: 'Open settings',
  settings: 'Settings',
  switchOff: 'Switch off…',
  switchingOff: 'Switching off…',
  next: 'Next backup',
  last: 'Last automatic backup',
  kept: 'Backups kept',
  none: 'None yet',
  notPlanned: 'Not planned',
  removed: (number: number) =>
    number === 0 ? 'none removed last time' : `${count(number)} removed last time`,
  suspended: 'none is removed at present',
  failed: (protection: Protection) =>
    `${many(protection.failures, 'attempt')} failed since the last good backup: ${plain(protection.last_failure ?? '')}`,
  settingsProblem: (problem: string) =>
    `The settings cannot be read as they are: ${plain(problem)}`,
  mended: {
    refusing: 'Putting it right protects what is there now.',
    outdated: 'Putting it right starts one of this version.',
    silent: 'Putting it right starts a new one.',
    stopped: 'Putting it right starts a new one.',
    gone: 'Putting it right starts a new one.',
  } as Partial<Record<ProtectionState, string>>,
};

/** What switching off asks. */
export const SWITCH_OFF = {
  title: (app: string) => `Switch off the protection of ${plain(app)}?`,
  ends: 'No more backups are taken by themselves, and none are proven again.',
  volumes:
    'The guardian’s container goes, and with it its hold on the volumes: docker compose down -v can delete them again.',
  stays: 'All backups stay, and you can protect it again at any time.',
  yes: 'Switch off',
  no: 'Keep it on',
};

const REASONS: Record<Reason['kind'], string | null> = {
  first: 'the first one',
  'start-up': 'as protection starts',
  scheduled: null,
  missed: 'one was missed',
  again: 'the last attempt failed',
  'clock-set-back': 'the clock was set back',
};

/** `in 5 hours`; what is due is due. */
export function nextIn(next: NextRun, now: number): string {
  const left = Date.parse(next.at) - now;
  if (left <= 0) return 'Due now';
  return left < 60_000 ? 'Within a minute' : capital(ago(next.at, now));
}

/** The moment, and why then where that is not plain. */
export function nextExact(next: NextRun): string {
  const why = REASONS[next.reason.kind];
  return why === null ? shortTime(next.at) : `${shortTime(next.at)}, ${why}`;
}

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** What a setting is called, how it is asked for, and in which group it is. */
export interface SettingWords {
  label: string;
  input: 'switch' | 'number' | 'time' | 'choice' | 'text' | 'zone';
  unit?: string;
  options?: { value: string; label: string }[];
}

type Group = { title: string; keys: Record<string, SettingWords> };

const number = (label: string, unit: string): SettingWords => ({ label, input: 'number', unit });

export const GROUPS: Group[] = [
  {
    title: 'Schedule',
    keys: {
      AUTO_BACKUP_ENABLED: { label: 'Automatic backups', input: 'switch' },
      AUTO_BACKUP_INTERVAL_HOURS: number('Interval', 'hours'),
      AUTO_BACKUP_AT: { label: 'Time of day', input: 'time' },
      AUTO_BACKUP_TIME_ZONE: { label: 'Time zone', input: 'zone' },
      AUTO_BACKUP_CRON: { label: 'Cron expression', input: 'text' },
      AUTO_BACKUP_JITTER_MINUTES: number('Spread', 'minutes'),
      BACKUP_ON_STARTUP: { label: 'Backup at start-up', input: 'switch' },
    },
  },
  {
    title: 'What is kept',
    keys: {
      MAX_DATABASE_BACKUPS: number('Newest', 'backups'),
      KEEP_HOURLY_BACKUPS: number('Hourly', 'hours'),
      KEEP_DAILY_BACKUPS: number('Daily', 'days'),
      KEEP_WEEKLY_BACKUPS: number('Weekly', 'weeks'),
      KEEP_MONTHLY_BACKUPS: number('Monthly', 'months'),
      KEEP_SAFETY_BACKUPS: number('Before changes', 'of each'),
    },
  },
  {
    title: 'How backups are taken',
    keys: {
      BACKUP_SCOPE: {
        label: 'What is taken',
        input: 'choice',
        options: [
          { value: 'whole', label: 'Whole volumes' },
          { value: 'databases-only', label: 'Databases only' },
        ],
      },
      BACKUP_EXCLUDES: { label: 'Left out', input: 'text' },
      COMPRESS_BACKUPS: { label: 'Compression', input: 'switch' },
      BACKUP_CODEC: {
        label: 'Compressed with',
        input: 'choice',
        options: [
          { value: 'gzip', label: 'gzip' },
          { value: 'zstd', label: 'zstd' },
        ],
      },
      VERIFY_BACKUPS_AGAIN_DAYS: number('Proven again after', 'days'),
    },
  },
  {
    title: 'When it comes up again',
    keys: {
      HEALTH_DEADLINE_SECONDS: number('Waits at most', 'seconds'),
      HEALTH_PROBE: { label: 'Asks here', input: 'text' },
      LOST_TABLES: {
        label: 'Emptied tables',
        input: 'choice',
        options: [
          { value: 'roll-back', label: 'Roll back' },
          { value: 'warn', label: 'Warn' },
        ],
      },
    },
  },
  {
    title: 'Who is told',
    keys: {
      NOTICE_WEBHOOK: { label: 'Webhook', input: 'text' },
      NOTICE_KINDS: { label: 'Kinds of notices', input: 'text' },
    },
  },
];

/** The group whose changes decide what a rotation removes. */
const KEEP = GROUPS[1]?.keys ?? {};
export const isKeepRule = (key: string): boolean => key in KEEP || key === 'AUTO_BACKUP_TIME_ZONE';

/** Settings that the window has no words for yet are shown as they are. */
export function grouped(
  settings: Setting[],
): { title: string; rows: { setting: Setting; words: SettingWords }[] }[] {
  const known = new Set(GROUPS.flatMap((group) => Object.keys(group.keys)));
  const others = settings.filter((one) => !known.has(one.key));
  const groups = GROUPS.map((group) => ({
    title: group.title,
    rows: Object.entries(group.keys).flatMap(([key, words]) => {
      const setting = settings.find((one) => one.key === key);
      return setting ? [{ setting, words }] : [];
    }),
  }));
  const rows = others.map((setting) => ({
    setting,
    words: { label: plain(setting.key), input: 'text' } satisfies SettingWords,
  }));
  return [...groups, { title: 'Others', rows }].filter((group) => group.rows.length > 0);
}

const ORIGINS: Record<Setting['origin'], string> = {
  lifeboat: 'Chosen in Lifeboat',
  'dot-env': 'From the .env',
  environment: 'From the container',
  'last-good': 'Last good value',
  default: 'Default',
};

const isTyped = (words: SettingWords) => words.input !== 'switch' && words.input !== 'choice';

function defaultText(setting: Setting, words: SettingWords): string {
  if (setting.default === '') return 'not set';
  if (words.input === 'switch') return setting.default === 'true' ? 'on' : 'off';
  const option = words.options?.find((one) => one.value === setting.default);
  return option?.label ?? plain(setting.default);
}

export const SETTINGS = {
  looking: 'Looking at the settings…',
  intro:
    'What you choose here stands above the project’s .env, which stands above the container’s environment.',
  origin: (setting: Setting) => ORIGINS[setting.origin],
  on: 'On',
  off: 'Off',
  /** What a field does not say by itself: what may be typed, and the default where it is not in force. */
  hint: (setting: Setting, words: SettingWords) =>
    [
      isTyped(words) ? `Allowed: ${plain(setting.allowed)}.` : '',
      setting.origin === 'default' ? '' : `Default: ${defaultText(setting, words)}.`,
    ]
      .filter(Boolean)
      .join(' '),
  back: 'Back to .env or default',
  backOf: (label: string) => `${label}: back to .env or default`,
  takenBack: 'As the .env or the default says',
  keepChoice: 'Keep my choice',
  cronStands: 'Counts for nothing while there is a cron expression.',
  changes: (number: number) => `${many(number, 'change')} not saved`,
  save: 'Save',
  saved: 'Saved. They are in force.',
  discard: 'Discard',
  refused: (number: number) =>
    number === 1 ? 'One value is not allowed' : `${count(number)} values are not allowed`,
  refusedIn: { 'dot-env': 'the .env', environment: 'the container' } as Record<string, string>,
  inForce: (value: string) => `In force is ${value === '' ? 'nothing' : plain(value)}.`,
  pending: 'Not in force yet',
  pendingMore: 'A job is at work. They come into force with the next look.',
};

export const ROTATION = {
  title: 'What the next rotation removes',
  when: 'Backups are removed only after a new one was taken, never by their age.',
  looking: 'Looking what these rules keep…',
  nothing: 'All backups stay.',
  noVault: 'There is no backup yet.',
  goes: (number: number, freed: string, isTrial: boolean) =>
    isTrial
      ? `With these rules ${many(number, 'backup')} would go, ${freed}.`
      : `${many(number, 'backup')} ${number === 1 ? 'goes' : 'go'}, ${freed}.`,
  suspended: 'Nothing is removed at present',
  backup: 'Backup',
  size: 'Size',
  fate: 'In the next rotation',
  reason: 'Why',
  isGoing: 'Goes',
  stays: 'Stays',
  noRule: 'No rule keeps it any longer.',
  now: 'Remove them now…',
  saveFirst: 'Save the rules to remove them now.',
  question: (number: number) => `Remove ${many(number, 'backup')} for good?`,
  forGood: (freed: string) => `${freed} become free. It cannot be undone.`,
  yes: 'Remove for good',
  no: 'Keep them',
  done: (number: number, freed: string) =>
    `${many(number, 'backup')} removed, ${freed} free again.`,
  showStaying: (number: number) =>
    `Show ${many(number, 'backup')} that ${number === 1 ? 'stays' : 'stay'}, and why`,
};
