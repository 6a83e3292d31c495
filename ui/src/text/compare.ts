/** Words of comparing: with what is live, and one backup with another. */
import type { Backup, Comparison, TableComparison } from '../bindings/api';
import { count, shortTime } from './format';
import { t } from './language';
import { TRIGGERS } from './words';

export const COMPARE = {
  table: t('compare-table'),
  difference: t('compare-difference'),
  absent: t('compare-absent'),
  equal: t('compare-equal'),
  title: t('compare'),
  choose: t('compare-choose'),
  none: t('compare-none'),
  alone: t('compare-alone'),
  comparing: t('compare-comparing'),
  this: t('compare-this'),
  other: t('compare-other'),
  unchanged: (number: number) => t('compare-unchanged', { number }),
  showAll: t('compare-show-all'),
  showChanged: t('compare-show-changed'),
  schema: t('compare-schema'),
  option: (backup: Backup) => `${shortTime(backup.created_at)} – ${TRIGGERS[backup.trigger]}`,
};

/** How the other backup differs, in a sentence. */
export function differenceSummary(comparison: Comparison): string {
  if (comparison.same) return t('compare-same');
  const sum = (change: (one: TableComparison) => number) =>
    comparison.tables.reduce((total, one) => total + Math.max(0, change(one)), 0);
  const more = sum((one) => (one.rows_now ?? 0) - (one.rows_in_backup ?? 0));
  const less = sum((one) => (one.rows_in_backup ?? 0) - (one.rows_now ?? 0));
  if (more > 0 && less > 0) return t('compare-more-and-less', { more, less });
  if (more > 0) return t('compare-more', { more });
  return less > 0 ? t('compare-less', { less }) : t('compare-same-rows');
}

/** `+12`, `−3`, `same`: what the other backup has beyond this one. */
export function differenceBetween(one: TableComparison): string {
  if (one.rows_now === null || one.rows_in_backup === null) return '';
  const difference = one.rows_now - one.rows_in_backup;
  if (difference === 0) return COMPARE.equal;
  return difference > 0 ? `+${count(difference)}` : `−${count(-difference)}`;
}
