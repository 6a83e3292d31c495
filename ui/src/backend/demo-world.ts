/** A believable engine for browser, tests and screenshots: what it holds, nothing of how it acts. */

import type {
  App,
  AppList,
  AuditRecord,
  Backup,
  BuiltFrom,
  Codec,
  Database,
  DatabaseHealth,
  Health,
  Service,
  TableRows,
  Trigger,
  Verdict,
} from '../bindings/api';
import { growthOf } from './demo-growth';
import { buildAudit } from './demo-history';

/** A production build is searched for this word: the demo world must not be in it. */
export const DEMO_MARKER = 'lifeboat-demo-world-7f3a';

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Pseudo-random, the same each time. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

const hexOf = (random: () => number, length: number) =>
  Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join('');

/** The same image has the same ID. */
export function imageId(image: string): string {
  const seed = [...image].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7);
  return `sha256:${hexOf(seeded(seed % 4_294_967_296), 64)}`;
}

const iso = (at: number) => new Date(at).toISOString();

interface BackupSeed {
  agoMs: number;
  trigger: Trigger;
  verdict?: Verdict;
  pinned?: boolean;
  note?: string;
  codec?: Codec;
  reason?: string;
}

interface AppSeed {
  name: string;
  kind?: App['kind'];
  state?: App['state'];
  services: [name: string, image: string, health?: string, version?: string][];
  databases: [volume: string, path: string, bytes: number, tables: TableRows[]][];
  backups: BackupSeed[];
  undo?: string;
  unfinished?: boolean;
  /** Its vault cannot be looked into. */
  sealed?: boolean;
  health?: Verdict;
  findings?: App['findings'];
}

const tables = (rows: Record<string, number>): TableRows[] =>
  Object.entries(rows).map(([name, count]) => ({ name, rows: count }));

const SEEDS: AppSeed[] = [
  {
    name: 'bookshelf',
    services: [
      ['web', 'ghcr.io/example/bookshelf:4.2', 'healthy', '4.2.1'],
      ['worker', 'ghcr.io/example/bookshelf:4.2', 'none', '4.2.1'],
    ],
    databases: [
      [
        'bookshelf_data',
        'library.db',
        148 * MIB,
        tables({
          authors: 8_214,
          books: 31_877,
          covers: 31_020,
          loans: 96_405,
          readers: 1_204,
          reviews: 12_931,
          settings: 42,
          shelves: 318,
        }),
      ],
      [
        'bookshelf_data',
        'cache/search.sqlite3',
        21 * MIB,
        tables({ documents: 31_877, terms: 412_008 }),
      ],
    ],
    backups: [
      { agoMs: 2.05 * HOUR, trigger: 'manual', note: 'before the April clean-up' },
      { agoMs: 3.2 * HOUR, trigger: 'pre-restore' },
      { agoMs: 26.05 * HOUR, trigger: 'scheduled' },
      { agoMs: 2.1 * DAY, trigger: 'scheduled', codec: 'zstd' },
      { agoMs: 3.1 * DAY, trigger: 'scheduled', verdict: 'not-checked' },
      { agoMs: 9.05 * DAY, trigger: 'pre-update', pinned: true, note: 'version 4.1, known good' },
      { agoMs: 33.05 * DAY, trigger: 'import', codec: 'none' },
    ],
    undo: 'the restore of yesterday’s backup: back to what was there before, kept as a backup',
  },
  {
    name: 'kitchen-notes',
    services: [['app', 'kitchen-notes:local', 'none']],
    databases: [['kitchen-notes_db', 'notes.sqlite', 640 * KIB, tables({ notes: 611, tags: 73 })]],
    backups: [],
  },
  {
    name: 'photos',
    services: [
      ['server', 'registry.example.org/photos/server:1.98.3', 'healthy'],
      ['ml', 'registry.example.org/photos/ml:1.98.3', 'unhealthy'],
    ],
    state: 'partial',
    databases: [
      [
        'photos_config',
        'photos.db',
        2.3 * GIB,
        tables({ albums: 214, assets: 184_210, faces: 902_114, users: 5 }),
      ],
    ],
    backups: [
      { agoMs: 3.3 * DAY, trigger: 'scheduled' },
      { agoMs: 4.3 * DAY, trigger: 'scheduled' },
    ],
    findings: [
      {
        code: 'not-looked-at',
        volume: 'photos_upload',
        message: 'This volume lies on a network file system and was not looked at.',
      },
    ],
  },
  {
    name: 'timeclock',
    services: [['timeclock', 'timeclock:2.0.1', 'healthy']],
    databases: [
      [
        'timeclock_var',
        'time.db',
        12.4 * MIB,
        tables({ entries: 90_321, people: 44, projects: 131 }),
      ],
    ],
    backups: [
      {
        agoMs: 5.05 * HOUR,
        trigger: 'start-up',
        verdict: 'not-checked',
        reason: 'there was not enough room to unpack it',
      },
      { agoMs: 29.05 * HOUR, trigger: 'scheduled' },
    ],
  },
  {
    name: 'guestbook',
    kind: 'vault-only',
    state: 'gone',
    services: [],
    databases: [],
    backups: [
      { agoMs: 12.05 * DAY, trigger: 'scheduled' },
      { agoMs: 13.05 * DAY, trigger: 'scheduled' },
      {
        agoMs: 14.05 * DAY,
        trigger: 'scheduled',
        verdict: 'damaged',
        reason: 'the archive’s checksum does not fit',
      },
    ],
  },
];

const BROKEN: AppSeed = {
  name: 'weather-station',
  services: [['logger', 'weather:0.9', 'none']],
  databases: [
    ['weather_data', 'readings.db', 87 * MIB, tables({ readings: 1_904_332, sensors: 12 })],
  ],
  backups: [{ agoMs: 6.05 * HOUR, trigger: 'manual' }],
  unfinished: true,
};

const DAMAGED: AppSeed = {
  name: 'inventory',
  services: [['inventory', 'inventory:3', 'healthy']],
  databases: [
    ['inventory_data', 'stock.db', 33 * MIB, tables({ items: 44_120, movements: 310_077 })],
  ],
  backups: [{ agoMs: 7.05 * HOUR, trigger: 'scheduled' }],
  health: 'damaged',
};

const HOSTILE: AppSeed = {
  name: '<img src=x onerror=alert(1)>\u202egnp.exe',
  services: [['<b>bold</b>', 'evil\u202e:latest', 'none']],
  databases: [['vol<script>', 'a\u202eb/<i>x</i>.db', 9 * KIB, tables({ '<u>t</u>': 3 })]],
  backups: [{ agoMs: 1.05 * HOUR, trigger: 'manual', note: '<script>alert(1)</script>' }],
};

/** The demo application, as it is brought up. */
const GUEST_BOOK: AppSeed = {
  name: 'lifeboat-demo',
  kind: 'container',
  services: [['lifeboat-demo', 'lifeboat-demo:0.1.0', 'healthy']],
  databases: [
    [
      'lifeboat-demo-data',
      'guestbook.db',
      28 * KIB,
      tables({ batches: 0, entries: 24, ledger: 0, settings: 0 }),
    ],
  ],
  backups: [],
};

const untouched = ({ name, services, databases }: AppSeed): AppSeed => ({
  name,
  services,
  databases,
  backups: [],
});

/** The seeds of a world. */
export function seedsOf(world: string): AppSeed[] {
  if (world === 'empty') return [];
  if (world === 'first') return SEEDS.slice(1, 2);
  if (world === 'untouched') return [...SEEDS.slice(1, 3), HOSTILE].map(untouched);
  if (world === 'sealed') return SEEDS.slice(1, 2).map((one) => ({ ...one, sealed: true }));
  if (world === 'safe') return SEEDS.slice(0, 1);
  if (world === 'broken') return [...SEEDS.slice(0, 2), DAMAGED, BROKEN];
  if (world === 'hostile') return [HOSTILE, ...SEEDS.slice(0, 1)];
  if (world === 'many') return many();
  if (world === 'long') return long();
  return SEEDS;
}

/** One application with a thousand backups; the oldest is pinned. */
function long(): AppSeed[] {
  const backups = Array.from({ length: 1000 }, (_, index): BackupSeed => ({
    agoMs: (index + 1) * 3 * HOUR,
    trigger: 'scheduled',
    pinned: index === 999,
    ...(index === 899 ? { note: 'before the regatta' } : {}),
  }));
  return SEEDS.slice(0, 1).map((one) => ({ ...one, backups }));
}

function many(): AppSeed[] {
  const [first] = SEEDS;
  if (!first) return [];
  const backups = Array.from({ length: 40 }, (_, index): BackupSeed => ({
    agoMs: (index + 1) * 6 * HOUR,
    trigger: 'scheduled',
  }));
  return Array.from({ length: 30 }, (_, index) => ({
    ...first,
    name: `application-${String(index + 1).padStart(2, '0')}`,
    backups,
  }));
}

/** What the demo engine holds. */
export interface World {
  apps: App[];
  backups: Map<string, Backup[]>;
  health: Map<string, Health>;
  audit: Map<string, AuditRecord[]>;
}

/** Builds it as of `now`. */
export function buildWorld(world: string, now: number): World {
  const random = seeded(42);
  const built: World = { apps: [], backups: new Map(), health: new Map(), audit: new Map() };
  for (const seed of seedsOf(world)) {
    const backups = seed.backups.map((one) => buildBackup(seed, one, now, random));
    built.backups.set(seed.name, backups);
    built.apps.push(buildApp(seed, backups, now));
    built.health.set(seed.name, buildHealth(seed, backups, now));
    built.audit.set(seed.name, buildAudit(seed.name, backups, now));
  }
  built.apps.push(...(world === 'many' ? [] : without(['proxy', 'mail-relay'])));
  return built;
}

/** Brings the demo application up; false if it was there. */
export function addGuestBook(world: World, now: number): boolean {
  const { name } = GUEST_BOOK;
  if (world.apps.some((app) => app.name === name)) return false;
  world.backups.set(name, []);
  world.apps.push(buildApp(GUEST_BOOK, [], now));
  world.health.set(name, buildHealth(GUEST_BOOK, [], now));
  world.audit.set(name, []);
  return true;
}

function without(names: string[]): App[] {
  return names.map((name) => ({
    name,
    kind: 'container',
    state: 'running',
    services: [
      {
        name,
        container: name,
        image: `${name}:1`,
        state: 'running',
        health: 'none',
        image_id: imageId(name),
        version: null,
        directory: null,
      },
    ],
    databases: [],
    volumes: [],
    findings: [],
    is_demo: false,
  }));
}

/** The commits of applications that are built from a checkout. */
const BUILT_FROM: Record<string, BuiltFrom> = {
  bookshelf: { commit: '3b5d7f9a1c3e5b7d9f1a3c5e7b9d1f3a5c7e9b1d', has_changes: false },
};

const rawBytes = (seed: AppSeed) =>
  Math.max(
    seed.databases.reduce((sum, [, , bytes]) => sum + bytes, 0),
    64 * KIB,
  ) * 1.04;

/** A backup of an application as it is. */
export function buildBackup(
  seed: { name: string; services: AppSeed['services']; databases: AppSeed['databases'] },
  one: BackupSeed,
  now: number,
  random: () => number,
): Backup {
  const at = now - one.agoMs;
  const stamp = iso(at).replace(/[-:]|\.\d+/g, '');
  const codec = one.codec ?? 'gzip';
  const ending = { gzip: '.tar.gz', zstd: '.tar.zst', none: '.tar' }[codec];
  const shrink = Math.max(0.8, 1 - one.agoMs / (200 * DAY));
  const raw = Math.round(rawBytes(seed as AppSeed) * shrink);
  const ratio = { gzip: 0.27, zstd: 0.23, none: 1 }[codec];
  const verdict = one.verdict ?? 'sound';
  const checked = verdict === 'not-checked' ? null : iso(at + 40_000);
  return {
    id: `${stamp}-${hexOf(random, 4)}`,
    file_name: `${seed.name}-${stamp}-${one.trigger}${ending}`,
    app: seed.name,
    created_at: iso(at),
    trigger: one.trigger,
    codec,
    scope: 'whole',
    raw_bytes: raw,
    stored_bytes: Math.round(raw * ratio),
    sha256: hexOf(random, 64),
    pinned: one.pinned ?? false,
    note: one.note ?? null,
    verification: {
      verdict,
      reason: one.reason ?? null,
      at: checked,
      tool_version: '0.1.0',
      sqlite_version: '3.54.1',
      restore_ms: verdict === 'sound' ? 1_840 : 0,
      databases: [],
    },
    databases: seed.databases.map(([volume, path, bytes, rows]) => ({
      volume,
      volume_index: 0,
      path,
      kind: 'sqlite',
      size_bytes: Math.round(bytes * shrink),
      sha256: hexOf(random, 64),
      page_size: 4096,
      page_count: Math.round((bytes * shrink) / 4096),
      journal_mode: 'wal',
      user_version: 12,
      application_id: 0,
      tables: rows.map((table) => ({
        name: table.name,
        rows: Math.round((table.rows ?? 0) * (one.agoMs > DAY ? shrink : 1)),
      })),
      method: 'pages',
      pin: { asked_at: iso(at), held_at: iso(at + 3) },
      read_ms: 420,
      wal_growth_bytes: 0,
      ownership: { uid: 1000, gid: 1000, mode: 0o640 },
    })),
    volumes: [],
    file_count: 128,
    left_out:
      seed.name === 'bookshelf'
        ? { patterns: ['cache', '*.tmp'], file_count: 31, size_bytes: 8_400_000 }
        : null,
    releases: seed.services.map(([service, image]) => ({
      service,
      image: one.agoMs > 8 * DAY ? image.replace('4.2', '4.1') : image,
      image_id: one.agoMs > 8 * DAY ? `sha256:${hexOf(random, 64)}` : imageId(image),
      ...(BUILT_FROM[seed.name] ? { built_from: BUILT_FROM[seed.name] } : {}),
    })),
    tool_version: '0.1.0',
    sqlite_version: '3.54.1',
    findings: [],
  };
}

function buildApp(seed: AppSeed, backups: Backup[], now: number): App {
  const services = seed.services.map(([name, image, health, version]): Service => ({
    name,
    container: `${seed.name}-${name}-1`,
    image,
    state: 'running',
    health: health ?? 'none',
    image_id: imageId(image),
    version: version ?? null,
    directory: null,
  }));
  const databases = seed.databases.map(([volume, path, bytes]): Database => ({
    volume,
    path,
    kind: 'sqlite',
    size_bytes: Math.round(bytes),
    wal_bytes: 0,
    journal_mode: 'wal',
    page_size: 4096,
    modified_at: iso(now - 90_000),
  }));
  return {
    name: seed.name,
    kind: seed.kind ?? (services.length > 1 ? 'compose' : 'container'),
    state: seed.state ?? 'running',
    services,
    databases,
    volumes: [...new Set(seed.databases.map(([volume]) => volume))].map((name) => ({
      kind: 'volume' as const,
      name,
      destinations: ['/data'],
      total_bytes: 0,
      file_count: 0,
      file_system: 'ext4',
    })),
    vault: backups.length > 0 || seed.kind === 'vault-only' ? summaryOf(seed, backups) : null,
    vault_problem: seed.sealed ? sealedVault(seed.name) : null,
    findings: seed.findings ?? [],
    is_demo: seed.name === GUEST_BOOK.name,
  };
}

const sealedVault = (app: string) =>
  `The vault of ${app} could not be opened: the vault was made by a newer version of Lifeboat.`;

function summaryOf(seed: AppSeed, backups: Backup[]): NonNullable<App['vault']> {
  return {
    volume: `lifeboat-${seed.name}`,
    backup_count: backups.length,
    last_backup_at: backups[0]?.created_at ?? null,
    last_verdict: backups[0]?.verification.verdict ?? null,
    used_bytes: backups.reduce((sum, one) => sum + one.stored_bytes, 0),
    free_bytes: 84 * GIB,
    unfinished: seed.unfinished ?? false,
    undo: seed.undo ?? null,
  };
}

function buildHealth(seed: AppSeed, backups: Backup[], now: number): Health {
  const verdict = seed.health ?? 'sound';
  const reason =
    verdict === 'damaged' ? 'integrity_check: row 1204 missing from index movements_by_item' : null;
  const rows = seed.databases.flatMap(([, , , all]) => all);
  const bytes = seed.databases.reduce((sum, [, , one]) => sum + one, 0);
  const many = seed.databases.length > 1;
  return {
    app: seed.name,
    verdict,
    reason,
    summary:
      verdict === 'damaged'
        ? 'The integrity check found damage in stock.db.'
        : `${many ? 'All databases are' : 'The database is'} sound: every page and index was checked.`,
    checked_at: iso(now - 20_000),
    size_bytes: Math.round(bytes),
    table_count: rows.length,
    row_count: rows.reduce((sum, one) => sum + (one.rows ?? 0), 0),
    backup_count: backups.length,
    backup_bytes: backups.reduce((sum, one) => sum + one.stored_bytes, 0),
    last_backup_at: backups[0]?.created_at ?? null,
    last_backup_verdict: backups[0]?.verification.verdict ?? null,
    databases: seed.databases.map(([volume, path, size, all]): DatabaseHealth => ({
      volume,
      path,
      verdict,
      reason,
      size_bytes: Math.round(size),
      wal_bytes: 512 * KIB,
      page_size: 4096,
      journal_mode: 'wal',
      tables: all,
      findings: [],
    })),
    growth: growthOf(
      backups,
      {
        size_bytes: Math.round(bytes),
        row_count: rows.reduce((sum, one) => sum + (one.rows ?? 0), 0),
        verdict,
      },
      now - 20_000,
    ),
    findings: [],
  };
}

/** The engine of the demo. */
export const ENGINE: AppList['engine'] = {
  name: 'harbour',
  endpoint: 'unix:///var/run/docker.sock',
  origin: 'default',
  version: '29.0.1',
  api_version: '1.52',
  operating_system: 'Debian GNU/Linux 12',
  architecture: 'x86_64',
};
