/** Words of the settings of an application, and of what a rotation removes by them. */
import type { Key, Setting } from '../bindings/api';
import { plain } from './format';
import { t } from './language';
import { CODECS } from './words';

/** What a setting is called, what it does, and how it is asked for. */
export interface SettingWords {
  label: string;
  /** Without it, what the core says is shown. */
  meaning?: string;
  /** What may be typed, as the end of a sentence; without it, what the core says is shown. */
  allowed?: string;
  input: 'switch' | 'number' | 'time' | 'choice' | 'text' | 'zone';
  unit?: string;
  options?: { value: string; label: string }[];
}

/** Bounds are written as they are typed, without thousands apart. */
const wholeNumber = (from: string, to: string) => t('settings-allowed-whole-number', { from, to });

const UNITS = {
  hours: t('settings-unit-hours'),
  minutes: t('settings-unit-minutes'),
  seconds: t('settings-unit-seconds'),
  days: t('settings-unit-days'),
  weeks: t('settings-unit-weeks'),
  months: t('settings-unit-months'),
  backups: t('settings-unit-backups'),
  ofEach: t('settings-unit-of-each'),
};

const number = (
  label: string,
  meaning: string,
  unit: keyof typeof UNITS,
  from: string,
  to: string,
): SettingWords => ({
  label,
  meaning,
  allowed: wholeNumber(from, to),
  input: 'number',
  unit: UNITS[unit],
});

/** Complete by type. A test holds it against the table of settings in the core. */
export const SETTING_WORDS: Record<Key, SettingWords> = {
  AUTO_BACKUP_ENABLED: {
    label: t('settings-enabled'),
    meaning: t('settings-enabled-meaning'),
    input: 'switch',
  },
  AUTO_BACKUP_INTERVAL_HOURS: number(
    t('settings-interval'),
    t('settings-interval-meaning'),
    'hours',
    '1',
    '8760',
  ),
  AUTO_BACKUP_AT: {
    label: t('settings-at'),
    meaning: t('settings-at-meaning'),
    allowed: t('settings-allowed-time'),
    input: 'time',
  },
  AUTO_BACKUP_TIME_ZONE: {
    label: t('settings-zone'),
    meaning: t('settings-zone-meaning'),
    allowed: t('settings-allowed-zone'),
    input: 'zone',
  },
  AUTO_BACKUP_CRON: {
    label: t('settings-cron'),
    meaning: t('settings-cron-meaning'),
    allowed: t('settings-allowed-cron'),
    input: 'text',
  },
  AUTO_BACKUP_JITTER_MINUTES: number(
    t('settings-jitter'),
    t('settings-jitter-meaning'),
    'minutes',
    '0',
    '240',
  ),
  BACKUP_ON_STARTUP: {
    label: t('settings-start-up'),
    meaning: t('settings-start-up-meaning'),
    input: 'switch',
  },
  MAX_DATABASE_BACKUPS: number(
    t('settings-newest'),
    t('settings-newest-meaning'),
    'backups',
    '1',
    '10000',
  ),
  KEEP_HOURLY_BACKUPS: number(
    t('settings-hourly'),
    t('settings-hourly-meaning'),
    'hours',
    '0',
    '10000',
  ),
  KEEP_DAILY_BACKUPS: number(
    t('settings-daily'),
    t('settings-daily-meaning'),
    'days',
    '0',
    '10000',
  ),
  KEEP_WEEKLY_BACKUPS: number(
    t('settings-weekly'),
    t('settings-weekly-meaning'),
    'weeks',
    '0',
    '10000',
  ),
  KEEP_MONTHLY_BACKUPS: number(
    t('settings-monthly'),
    t('settings-monthly-meaning'),
    'months',
    '0',
    '10000',
  ),
  KEEP_SAFETY_BACKUPS: number(
    t('settings-safety'),
    t('settings-safety-meaning'),
    'ofEach',
    '1',
    '10000',
  ),
  BACKUP_SCOPE: {
    label: t('settings-scope'),
    meaning: t('settings-scope-meaning'),
    input: 'choice',
    options: [
      { value: 'whole', label: t('settings-scope-whole') },
      { value: 'databases-only', label: t('settings-scope-databases') },
    ],
  },
  BACKUP_EXCLUDES: {
    label: t('settings-excludes'),
    meaning: t('settings-excludes-meaning'),
    allowed: t('settings-allowed-excludes'),
    input: 'text',
  },
  COMPRESS_BACKUPS: {
    label: t('settings-compress'),
    meaning: t('settings-compress-meaning'),
    input: 'switch',
  },
  BACKUP_CODEC: {
    label: t('settings-codec'),
    meaning: t('settings-codec-meaning'),
    input: 'choice',
    options: [
      { value: 'gzip', label: CODECS.gzip },
      { value: 'zstd', label: CODECS.zstd },
    ],
  },
  VERIFY_BACKUPS_AGAIN_DAYS: number(
    t('settings-verify'),
    t('settings-verify-meaning'),
    'days',
    '0',
    '3650',
  ),
  HEALTH_DEADLINE_SECONDS: number(
    t('settings-deadline'),
    t('settings-deadline-meaning'),
    'seconds',
    '10',
    '3600',
  ),
  HEALTH_PROBE: {
    label: t('settings-probe'),
    meaning: t('settings-probe-meaning'),
    allowed: t('settings-allowed-probe'),
    input: 'text',
  },
  LOST_TABLES: {
    label: t('settings-lost-tables'),
    meaning: t('settings-lost-tables-meaning'),
    input: 'choice',
    options: [
      { value: 'roll-back', label: t('settings-lost-tables-roll-back') },
      { value: 'warn', label: t('settings-lost-tables-warn') },
    ],
  },
  NOTICE_WEBHOOK: {
    label: t('settings-webhook'),
    meaning: t('settings-webhook-meaning'),
    allowed: t('settings-allowed-webhook'),
    input: 'text',
  },
  NOTICE_KINDS: {
    label: t('settings-kinds'),
    meaning: t('settings-kinds-meaning'),
    allowed: t('settings-allowed-kinds'),
    input: 'text',
  },
};

/** Those whose changes decide what a rotation removes. */
const KEEP: Key[] = [
  'MAX_DATABASE_BACKUPS',
  'KEEP_HOURLY_BACKUPS',
  'KEEP_DAILY_BACKUPS',
  'KEEP_WEEKLY_BACKUPS',
  'KEEP_MONTHLY_BACKUPS',
  'KEEP_SAFETY_BACKUPS',
];

const GROUPS: { title: string; keys: Key[] }[] = [
  {
    title: t('settings-group-schedule'),
    keys: [
      'AUTO_BACKUP_ENABLED',
      'AUTO_BACKUP_INTERVAL_HOURS',
      'AUTO_BACKUP_AT',
      'AUTO_BACKUP_TIME_ZONE',
      'AUTO_BACKUP_CRON',
      'AUTO_BACKUP_JITTER_MINUTES',
      'BACKUP_ON_STARTUP',
    ],
  },
  { title: t('settings-group-keep'), keys: KEEP },
  {
    title: t('settings-group-how'),
    keys: [
      'BACKUP_SCOPE',
      'BACKUP_EXCLUDES',
      'COMPRESS_BACKUPS',
      'BACKUP_CODEC',
      'VERIFY_BACKUPS_AGAIN_DAYS',
    ],
  },
  {
    title: t('settings-group-health'),
    keys: ['HEALTH_DEADLINE_SECONDS', 'HEALTH_PROBE', 'LOST_TABLES'],
  },
  { title: t('settings-group-notices'), keys: ['NOTICE_WEBHOOK', 'NOTICE_KINDS'] },
];

export const isKeepRule = (key: string): boolean =>
  key === 'AUTO_BACKUP_TIME_ZONE' || KEEP.some((one) => one === key);

/** Settings that the window has no words for yet are shown as they are. */
export function grouped(
  settings: Setting[],
): { title: string; rows: { setting: Setting; words: SettingWords }[] }[] {
  const known = new Set<string>(GROUPS.flatMap((group) => group.keys));
  const others = settings.filter((one) => !known.has(one.key));
  const groups = GROUPS.map((group) => ({
    title: group.title,
    rows: group.keys.flatMap((key) => {
      const setting = settings.find((one) => one.key === key);
      return setting ? [{ setting, words: SETTING_WORDS[key] }] : [];
    }),
  }));
  const rows = others.map((setting) => ({
    setting,
    words: { label: plain(setting.key), input: 'text' } satisfies SettingWords,
  }));
  const all = [...groups, { title: t('settings-group-others'), rows }];
  return all.filter((group) => group.rows.length > 0);
}

const ORIGINS: Record<Setting['origin'], string> = {
  lifeboat: t('settings-origin-lifeboat'),
  'dot-env': t('settings-origin-dot-env'),
  environment: t('settings-origin-environment'),
  'last-good': t('settings-origin-last-good'),
  default: t('settings-origin-default'),
};

const isTyped = (words: SettingWords) => words.input !== 'switch' && words.input !== 'choice';

const allowedText = (setting: Setting, words: SettingWords) =>
  words.allowed ?? plain(setting.allowed);

function defaultText(setting: Setting, words: SettingWords): string {
  if (setting.default === '') return t('settings-default-not-set');
  if (words.input === 'switch') {
    return setting.default === 'true' ? t('settings-default-on') : t('settings-default-off');
  }
  const option = words.options?.find((one) => one.value === setting.default);
  return option?.label ?? plain(setting.default);
}

export const SETTINGS = {
  looking: t('settings-looking'),
  intro: t('settings-intro'),
  origin: (setting: Setting) => ORIGINS[setting.origin],
  on: t('settings-on'),
  off: t('settings-off'),
  meaning: (setting: Setting, words: SettingWords) => words.meaning ?? plain(setting.meaning),
  /** What a field does not say by itself: what may be typed, and the default where it is not in force. */
  hint: (setting: Setting, words: SettingWords) =>
    [
      isTyped(words) ? t('settings-allowed', { allowed: allowedText(setting, words) }) : '',
      setting.origin === 'default'
        ? ''
        : t('settings-default', { value: defaultText(setting, words) }),
    ]
      .filter(Boolean)
      .join(' '),
  /** A refusal that only says what is allowed is said in our own words. */
  fault: (setting: Setting, words: SettingWords, advice: string) =>
    advice === `Allowed is ${setting.allowed}.`
      ? t('settings-fault', { allowed: allowedText(setting, words) })
      : plain(advice),
  back: t('settings-back'),
  backOf: (label: string) => t('settings-back-of', { label }),
  takenBack: t('settings-taken-back'),
  keepChoice: t('settings-keep-choice'),
  cronStands: t('settings-cron-stands'),
  changes: (number: number) => t('settings-changes', { number }),
  save: t('settings-save'),
  saved: t('settings-saved'),
  discard: t('settings-discard'),
  refused: (number: number) => t('settings-refused', { number }),
  inForce: (value: string) =>
    value === '' ? t('settings-in-force-nothing') : t('settings-in-force', { value: plain(value) }),
  pending: t('settings-pending'),
  pendingMore: t('settings-pending-more'),
};

export const ROTATION = {
  title: t('rotation-title'),
  when: t('rotation-when'),
  looking: t('rotation-looking'),
  nothing: t('rotation-nothing'),
  noVault: t('rotation-no-vault'),
  goes: (number: number, freed: string, isTrial: boolean) =>
    isTrial ? t('rotation-would-go', { number, freed }) : t('rotation-goes', { number, freed }),
  suspended: (reason: string) => t('rotation-suspended', { reason: plain(reason) }),
  backup: t('rotation-backup'),
  size: t('rotation-size'),
  reason: t('rotation-reason'),
  noRule: t('rotation-no-rule'),
  now: t('rotation-now'),
  saveFirst: t('rotation-save-first'),
  question: (number: number) => t('rotation-question', { number }),
  forGood: (freed: string) => t('rotation-for-good', { freed }),
  yes: t('rotation-yes'),
  no: t('rotation-no'),
  done: (number: number, freed: string) => t('rotation-done', { number, freed }),
  showStaying: (number: number) => t('rotation-show-staying', { number }),
};
