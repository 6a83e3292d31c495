/** Words of the databases over time. */
import type { GrowthPoint, GrowthSource } from '../bindings/api';
import { shortTime, size, span } from './format';
import { t } from './language';
import { SOUNDNESS } from './words';

export const GROWTH = {
  title: t('growth-title'),
  shows: t('growth-shows'),
  measures: { size: t('growth-of-size'), rows: t('growth-of-rows') },
  noneYet: t('growth-none-yet'),
  chart: t('growth-chart'),
  sources: {
    backup: t('growth-source-backup'),
    check: t('growth-source-check'),
  } satisfies Record<GrowthSource, string>,
  rows: (rows: number | null) =>
    rows === null ? t('growth-rows-uncounted') : t('growth-rows', { rows }),
  log: (bytes: number) => t('growth-log', { size: size(bytes) }),
  marks: t('growth-marks'),
  table: t('growth-table'),
  tableLabel: t('growth-table-label'),
  columns: {
    when: t('growth-column-when'),
    source: t('growth-column-source'),
    size: t('growth-column-size'),
    log: t('growth-column-log'),
    rows: t('growth-column-rows'),
    verdict: t('growth-column-verdict'),
  },
  notKnown: t('growth-not-known'),
};

/** From the first look to the last, in one sentence. */
export function summary(first: GrowthPoint, last: GrowthPoint): string {
  const passed = span(Date.parse(last.at) - Date.parse(first.at));
  const bytes = last.size_bytes - first.size_bytes;
  if (bytes > 0) return t('growth-grew', { bytes: size(bytes), span: passed });
  if (bytes < 0) return t('growth-shrank', { bytes: size(-bytes), span: passed });
  return t('growth-same', { span: passed });
}

/** One look, as it is read aloud. */
export function spoken(point: GrowthPoint): string {
  const words = {
    when: shortTime(point.at),
    source: GROWTH.sources[point.source],
    size: size(point.size_bytes),
    verdict: SOUNDNESS[point.verdict].text,
  };
  if (point.row_count === null) return t('growth-spoken-uncounted', words);
  return t('growth-spoken', { ...words, rows: point.row_count });
}
