/** The demo world's protection: guardians, settings and rotation, as simple as they can be. */

import type {
  Backup,
  PlannedPrune,
  Protection,
  ProtectionState,
  ProtectionSummary,
  PruneReport,
  Setting,
  SettingsReport,
} from '../bindings/api';
import type { SettingChange } from './backend';

const HOUR = 3_600_000;

/** How applications are protected at the start; all others are not. */
const STATES: Record<string, [state: ProtectionState, message: string]> = {
  bookshelf: ['waiting', 'Backups are taken by themselves.'],
  photos: ['gone', 'Its guardian was removed: no backups are taken.'],
  timeclock: ['held-up', 'The restore of timeclock is unfinished; finish it first.'],
};

const NEEDS_HAND = new Set<ProtectionState>(['gone', 'stopped', 'silent', 'outdated', 'refusing']);

type Row = [key: string, value: string, allowed: string, meaning: string];

const COUNT = 'a whole number from 0 to 10000';

const TABLE: Row[] = [
  ['AUTO_BACKUP_ENABLED', 'true', 'true or false', 'Take backups by itself.'],
  [
    'AUTO_BACKUP_INTERVAL_HOURS',
    '24',
    'a whole number from 1 to 8760',
    'Hours from one backup to the next.',
  ],
  [
    'BACKUP_ON_STARTUP',
    'true',
    'true or false',
    'Take a backup when protection starts, which it also does when the engine starts.',
  ],
  [
    'MAX_DATABASE_BACKUPS',
    '10',
    'a whole number from 1 to 10000',
    'Keep this many of the newest backups. Pinned ones, imported ones and the newest that is known to be sound stay in any case.',
  ],
  ['COMPRESS_BACKUPS', 'true', 'true or false', 'Compress backups.'],
  [
    'AUTO_BACKUP_AT',
    '',
    'a time of day such as 03:30, or nothing',
    'Take backups at this time of day. An interval of less than a day counts from this time on, afresh each day; a longer one is taken in whole days.',
  ],
  [
    'AUTO_BACKUP_CRON',
    '',
    'five fields (minute, hour, day of the month, month, day of the week) such as 30 3 * * 1-5, or nothing',
    'Take backups when this cron expression says, instead of by interval and time of day.',
  ],
  [
    'AUTO_BACKUP_TIME_ZONE',
    'UTC',
    'the name of a time zone such as Europe/Berlin, or UTC',
    'Where the time of day, the cron expression and the days of the keep rules are counted.',
  ],
  [
    'AUTO_BACKUP_JITTER_MINUTES',
    '5',
    'a whole number from 0 to 240',
    'Spread backups that are due at a time of day over this many minutes, so that not all applications are read at once. It is the same minute each day for one application.',
  ],
  [
    'KEEP_HOURLY_BACKUPS',
    '0',
    COUNT,
    'Also keep the newest backup of each of the last so many hours that have one.',
  ],
  ['KEEP_DAILY_BACKUPS', '0', COUNT, 'The same for days.'],
  ['KEEP_WEEKLY_BACKUPS', '0', COUNT, 'The same for weeks, which begin on Monday.'],
  ['KEEP_MONTHLY_BACKUPS', '0', COUNT, 'The same for months.'],
  [
    'KEEP_SAFETY_BACKUPS',
    '3',
    'a whole number from 1 to 10000',
    'Keep this many of the backups taken before updates, and as many of those taken before restores.',
  ],
  [
    'BACKUP_CODEC',
    'gzip',
    'gzip or zstd',
    'How backups are compressed: gzip opens anywhere, zstd is faster and smaller.',
  ],
  [
    'BACKUP_SCOPE',
    'whole',
    'whole or databases-only',
    'Take each volume that holds a database whole, or the databases only.',
  ],
  [
    'BACKUP_EXCLUDES',
    '',
    'a list of paths inside the volumes with commas between them, such as cache, uploads/thumbs/** or *.tmp, or nothing',
    'Take whole volumes without these paths, such as caches and thumbnails. A path begins at the volume’s root; a name without a slash counts in every directory. * stands for any letters of a name, ** for any directories, and what is in a directory goes with it. A database is never left out.',
  ],
  [
    'VERIFY_BACKUPS_AGAIN_DAYS',
    '30',
    'a whole number from 0 to 3650',
    'Prove a backup again when its last proof is this many days old; 0 for never.',
  ],
  [
    'HEALTH_DEADLINE_SECONDS',
    '180',
    'a whole number from 10 to 3600',
    'An application has this many seconds to come up after an update or a restore, else it is taken back. One that visibly migrates its database gets more.',
  ],
  [
    'LOST_TABLES',
    'roll-back',
    'roll-back or warn',
    'What becomes of an update whose new release drops a table that had rows, or empties one.',
  ],
  [
    'NOTICE_WEBHOOK',
    '',
    'an address such as https://hooks.example.com/lifeboat, without name and password, or nothing',
    'Have `lifeboat watch` send notices here, as JSON in a POST request: a failed or overdue backup, a damaged one, a guardian that is gone. Shown without what comes after the host.',
  ],
  [
    'NOTICE_KINDS',
    'all',
    'all, none, or some of guardian, backup-failed, overdue, backup-damaged, rolled-back and needs-attention with commas between them',
    'Have `lifeboat watch` tell only notices of these kinds. One that is not chosen is neither printed nor sent; chosen again, it tells what is still wrong.',
  ],
  [
    'HEALTH_PROBE',
    '',
    'an address such as http://web:3000/health, several with spaces between them, or nothing',
    'Ask here whether the application serves, beside its own health check: a status from 200 to 399 is a good answer. The host is a compose service or a container’s name, the port is the one inside the container.',
  ],
];

/** What somebody chose before; and one value of a `.env`. */
const CHOSEN: Record<string, Record<string, string>> = {
  bookshelf: { AUTO_BACKUP_AT: '03:30', BACKUP_EXCLUDES: 'cache,*.tmp' },
};
const DOT_ENV: Record<string, Record<string, string>> = {
  bookshelf: { AUTO_BACKUP_TIME_ZONE: 'Europe/Berlin' },
};

/** A change that is not allowed, as the key and what is allowed. */
export class NotAllowed {
  constructor(
    readonly key: string,
    readonly value: string,
    readonly allowed: string,
  ) {}
}

function isAllowed(value: string, allowed: string): boolean {
  const range = /from (\d+) to (\d+)/.exec(allowed);
  if (range) {
    const number = Number(value);
    return /^\d+$/.test(value) && number >= Number(range[1]) && number <= Number(range[2]);
  }
  if (allowed.startsWith('a time')) return /^(|([01]\d|2[0-3]):[0-5]\d)$/.test(value);
  if (/^\S+ or \S+$/.test(allowed)) return allowed.split(' or ').includes(value);
  return allowed.startsWith('five') ? /^(|(\S+ ){4}\S+)$/.test(value) : value !== '';
}

interface Guarded {
  state: ProtectionState;
  message: string;
  failures?: number;
  leftOut?: string[];
}

const NOT_GUARDED: Guarded = { state: 'off', message: 'No backups are taken by themselves.' };

export class DemoProtection {
  #guarded = new Map<string, Guarded>();
  #chosen = new Map<string, Record<string, string>>();

  constructor(world: string) {
    if (world === 'untouched') return;
    for (const [app, [state, message]] of Object.entries(STATES)) {
      this.#guarded.set(app, { state: world === 'safe' ? 'waiting' : state, message });
    }
    for (const [app, values] of Object.entries(CHOSEN)) this.#chosen.set(app, { ...values });
  }

  /** A guardian that found something, for tests. */
  set(app: string, state: ProtectionState, message: string, failures = 0): void {
    this.#guarded.set(app, { state, message, failures });
  }

  /** Volumes that got a database since, for tests. */
  leaveOut(app: string, leftOut: string[]): void {
    this.#guarded.set(app, { ...(this.#guarded.get(app) ?? NOT_GUARDED), leftOut });
  }

  off(app: string): void {
    this.#guarded.delete(app);
  }

  /** As a listing says it. */
  summary(app: string, now = Date.now()): ProtectionSummary {
    const { state, next, failures, unprotected } = this.look(app, [], now);
    return { state, next, failures, unprotected };
  }

  look(app: string, backups: Backup[], now: number): Protection {
    const { state, message, failures, leftOut } = this.#guarded.get(app) ?? NOT_GUARDED;
    const last = backups.find((one) => ['scheduled', 'start-up'].includes(one.trigger));
    const isOn = state !== 'off';
    const next = isOn && !NEEDS_HAND.has(state) && state !== 'switched-off';
    return {
      app,
      state,
      message,
      advice: NEEDS_HAND.has(state) ? `Put it right: lifeboat guard on ${app}` : null,
      protected_since: isOn ? new Date(now - 400 * HOUR).toISOString() : null,
      next: next
        ? { at: new Date(now + 7.4 * HOUR).toISOString(), reason: { kind: 'scheduled' } }
        : null,
      last_success: last
        ? {
            at: last.created_at,
            id: last.id,
            trigger: last.trigger,
            verdict: last.verification.verdict,
            duration_ms: 4_200,
          }
        : null,
      last_failure: failures ? 'There is no room on the engine’s disk.' : null,
      failures: failures ?? 0,
      last_rotation: last
        ? { at: last.created_at, removed: 1, suspended: null, failure: null }
        : null,
      settings_problem: null,
      heartbeat_at: isOn ? new Date(now - 20_000).toISOString() : null,
      container: isOn ? `lifeboat-guardian-${app}` : null,
      version: isOn ? '0.1.0' : null,
      unprotected: leftOut ?? [],
    };
  }

  settings(app: string, changes: SettingChange[] = []): SettingsReport {
    const chosen = this.#with(app, changes);
    const values = TABLE.map(([key, standard, allowed, meaning]): Setting => {
      const own = chosen[key];
      const written = DOT_ENV[app]?.[key];
      return {
        key,
        value: own ?? written ?? standard,
        origin: own !== undefined ? 'lifeboat' : written !== undefined ? 'dot-env' : 'default',
        default: standard,
        allowed,
        meaning,
      };
    });
    const refused: SettingsReport['refused'] =
      app === 'photos'
        ? [
            {
              key: 'MAX_DATABASE_BACKUPS',
              value: '5O',
              origin: 'dot-env',
              message:
                'MAX_DATABASE_BACKUPS in the .env cannot be “5O”: allowed is a whole number from 1 to 10000.',
              in_force: '10',
            },
          ]
        : [];
    return { app, values, refused, pending: false };
  }

  change(app: string, changes: SettingChange[]): SettingsReport {
    this.#chosen.set(app, this.#with(app, changes));
    return this.settings(app);
  }

  #with(app: string, changes: SettingChange[]): Record<string, string> {
    const chosen = { ...this.#chosen.get(app) };
    for (const [key, value] of changes) {
      const row = TABLE.find(([name]) => name === key);
      if (value === null) delete chosen[key];
      else if (!row || !isAllowed(value, row[2])) throw new NotAllowed(key, value, row?.[2] ?? '');
      else chosen[key] = value;
    }
    return chosen;
  }

  /** The newest so many stay, and what is pinned, imported or kept for an undo. */
  plan(app: string, backups: Backup[], changes: SettingChange[]): PlannedPrune['plan'] {
    const { values } = this.settings(app, changes);
    const most = Number(values.find((one) => one.key === 'MAX_DATABASE_BACKUPS')?.value);
    let counted = 0;
    const decisions = backups.map((one): PruneReport['decisions'][number] => {
      const reasons: string[] = [];
      if (one.pinned) reasons.push('It is pinned.');
      if (one.trigger === 'import') reasons.push('It was imported; only you delete it.');
      if (one.trigger.startsWith('pre-'))
        reasons.push(`It is number 1 of the newest 3 taken before ${one.trigger.slice(4)}s.`);
      if (['manual', 'scheduled', 'start-up'].includes(one.trigger)) {
        counted += 1;
        if (counted <= most) reasons.push(`It is number ${counted} of the newest ${most}.`);
      }
      return {
        id: one.id,
        file_name: one.file_name,
        goes: reasons.length === 0,
        reasons,
        stored_bytes: one.stored_bytes,
      };
    });
    const going = decisions.filter((one) => one.goes);
    return {
      app,
      dry_run: true,
      decisions,
      suspended: null,
      removed: [],
      freed_bytes: going.reduce((sum, one) => sum + one.stored_bytes, 0),
    };
  }
}
