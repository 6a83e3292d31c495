/** How the databases of the demo world grew: backups, most of them long gone, and looks between them. */

import type { Backup, GrowthPoint, Verdict } from '../bindings/api';
import { seeded } from './demo-world';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const KIB = 1024;

/** What a curve ends with. */
export interface Present {
  size_bytes: number;
  row_count: number;
  verdict: Verdict;
}

/** So long ago a table was cleared and the file made smaller. */
const CLEARED_DAYS = 61;

/** The part of today's rows, and of today's bytes, that was there so many days ago. */
function share(days: number): { rows: number; bytes: number } {
  const rows = Math.exp(-days / 260) - 0.03 * Math.sin(days / 9) ** 2 * Math.min(1, days / 20);
  const waste = days > CLEARED_DAYS ? 0.24 - (days - CLEARED_DAYS) * 0.004 : 0;
  return { rows, bytes: rows + waste };
}

/** From the oldest look to the present one; only that one where nobody ever backed up. */
export function growthOf(backups: Backup[], present: Present, now: number): GrowthPoint[] {
  const random = seeded(7);
  const at = (agoMs: number) => new Date(now - agoMs).toISOString();
  const point = (agoMs: number, verdict: Verdict, backup: string | null): GrowthPoint => {
    const part = agoMs === 0 ? { rows: 1, bytes: 1 } : share(agoMs / DAY);
    return {
      at: at(agoMs),
      source: backup === null ? 'check' : 'backup',
      backup,
      size_bytes: Math.round((present.size_bytes * part.bytes) / 4096) * 4096,
      wal_bytes: Math.round((80 + 900 * random()) * KIB),
      row_count: Math.round(present.row_count * part.rows),
      verdict,
    };
  };
  const points = [point(0, present.verdict, null)];
  if (backups.length === 0) return points;
  const days = backups.length > 4 ? 97 : backups.length + 1;
  for (let day = 1; day <= days; day += 1) {
    const agoMs = (day + 0.05) * DAY;
    const kept = backups.find(
      (one) => Math.abs(Date.parse(one.created_at) - (now - agoMs)) < DAY / 4,
    );
    const gone = day > 30 && day % 2 === 0 ? null : `gone-${day}`;
    if (kept) continue;
    if (gone) points.push(point(agoMs, day === 47 ? 'not-checked' : 'sound', gone));
    if (day % 13 === 4) points.push(point(agoMs - 7 * HOUR, 'sound', null));
  }
  for (const one of backups) {
    if (one.trigger === 'import' || one.trigger === 'pre-restore') continue;
    points.push(point(now - Date.parse(one.created_at), one.verification.verdict, one.id));
  }
  return points.sort((one, other) => one.at.localeCompare(other.at));
}
