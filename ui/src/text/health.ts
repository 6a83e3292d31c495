/** Words of the health card and the databases page. */
import type { GrowthPoint } from '../bindings/api';
import { shortTime, size } from './format';
import { t } from './language';

export const HEALTH = {
  title: t('health'),
  check: t('health-check'),
  deep: t('health-deep'),
  checking: t('health-checking'),
  size: t('health-size'),
  tables: t('health-tables'),
  rows: t('health-rows'),
  backups: t('health-backups'),
  checked: t('health-checked'),
  now: t('health-now'),
  rowsIn: (number: number) => t('health-number-of-rows', { number }),
  findings: t('health-findings'),
  noGrowth: t('health-no-growth'),
  growthSpoken: (first: GrowthPoint, last: GrowthPoint) =>
    t('health-growth-spoken', {
      'first-size': size(first.size_bytes),
      'first-time': shortTime(first.at),
      'last-size': size(last.size_bytes),
      'last-time': shortTime(last.at),
    }),
};

export const DATABASES = {
  empty: t('health-no-database'),
  table: (name: string) => t('health-tables-of', { name }),
  name: t('health-table'),
  rows: t('health-rows'),
  uncounted: t('health-not-counted'),
  page: t('health-page-size'),
  wal: t('health-write-ahead-log'),
  noTables: t('health-no-tables'),
  tablesOf: (number: number) => t('health-number-of-tables', { number }),
};
