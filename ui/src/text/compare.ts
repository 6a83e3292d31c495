/** Words of comparing: with what is live, and one backup with another. */
import type { Backup, Comparison, TableComparison } from '../bindings/api';
import { count, many, shortTime } from './format';
import { TRIGGERS } from './words';

export const COMPARE = {
  table: 'Table',
  difference: 'Difference',
  absent: 'not there',
  equal: 'same',
  title: 'Compare with another backup',
  choose: 'The other backup',
  none: 'Choose one…',
  alone: 'There is no other backup of this application.',
  comparing: 'Comparing…',
  this: 'Rows in this one',
  other: 'Rows in the other',
  unchanged: (number: number) => `${many(number, 'table')} the same`,
  showAll: 'Show all tables',
  showChanged: 'Show changed tables only',
  schema: 'Changes of the schema',
  option: (backup: Backup) => `${shortTime(backup.created_at)} – ${TRIGGERS[backup.trigger]}`,
};

/** How the other backup differs, in a sentence. */
export function differenceSummary(comparison: Comparison): string {
  if (comparison.same) return 'Both have the same tables and as many rows in each.';
  const sum = (change: (one: TableComparison) => number) =>
    comparison.tables.reduce((total, one) => total + Math.max(0, change(one)), 0);
  const more = sum((one) => (one.rows_now ?? 0) - (one.rows_in_backup ?? 0));
  const less = sum((one) => (one.rows_in_backup ?? 0) - (one.rows_now ?? 0));
  const parts = [
    more > 0 ? `${many(more, 'row')} more` : '',
    less > 0 ? `${many(less, 'row')} less` : '',
  ].filter(Boolean);
  return parts.length === 0
    ? 'Both have as many rows in each table.'
    : `The other one has ${parts.join(' and ')}.`;
}

/** `+12`, `−3`, `same`: what the other backup has beyond this one. */
export function differenceBetween(one: TableComparison): string {
  if (one.rows_now === null || one.rows_in_backup === null) return '';
  const difference = one.rows_now - one.rows_in_backup;
  if (difference === 0) return COMPARE.equal;
  return difference > 0 ? `+${count(difference)}` : `−${count(-difference)}`;
}
