/** Words of the health card and the databases page. */
import type { GrowthPoint, Verdict } from '../bindings/api';
import { count, shortTime, size } from './format';

export const HEALTH = {
  title: 'Health',
  check: 'Check again',
  deep: 'Check all pages',
  checking: 'Checking the live database. The application keeps running…',
  failed: 'The health could not be looked at',
  size: 'Database size',
  tables: 'Tables',
  rows: 'Rows',
  backups: 'Backups',
  checked: 'checked',
  growth: 'Size of the databases at each backup',
  now: 'now',
  none: 'none',
  rowsIn: (rows: number) => `${count(rows)} rows`,
  findings: 'Findings',
  noGrowth: 'Growth shows after two backups.',
  growthSpoken: (first: GrowthPoint, last: GrowthPoint) =>
    `Size over time: ${size(first.size_bytes)} on ${shortTime(first.at)}, ${size(last.size_bytes)} on ${shortTime(last.at)}`,
  verdicts: {
    sound: 'The live database is sound.',
    'not-checked': 'The live database was not checked.',
    'not-checkable': 'The live database cannot be checked.',
    damaged: 'The live database is damaged.',
  } satisfies Record<Verdict, string>,
};

export const DATABASES = {
  empty: 'No database was found in this application.',
  table: (name: string) => `Tables of ${name}`,
  name: 'Table',
  rows: 'Rows',
  uncounted: 'not counted',
  journal: 'Journal',
  page: 'Page size',
  wal: 'Write-ahead log',
  noTables: 'No tables.',
  kinds: {
    sqlite: 'SQLite',
    empty: 'Empty file',
    encrypted: 'Looks encrypted',
    'not-sqlite': 'Not SQLite',
  },
};
