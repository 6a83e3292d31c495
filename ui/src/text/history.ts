/** Words of the history of an application's releases and data, as the audit log tells it. */
import type { AuditRecord, Backup } from '../bindings/api';
import { plain, shortTime } from './format';
import { t } from './language';
import type { Tone } from './status';
import { imageText } from './words';

/** What of the audit log changed which release runs, or with which data. */
const OPERATIONS: Record<string, string> = {
  update: t('history-update'),
  undo: t('history-undo'),
  restore: t('history-restore'),
  recover: t('history-recover'),
  release: t('history-release'),
};

export const HISTORY = {
  title: t('history-title'),
  hint: t('history-hint'),
  loading: t('history-loading'),
  empty: t('history-empty'),
  when: t('history-when'),
  what: t('history-what'),
  change: t('history-change'),
  how: t('history-how'),
  took: t('history-took'),
  from: t('history-from'),
  to: t('history-to'),
  with: t('history-with'),
  ofUpdate: (target: string) => t('history-of-update', { target: plain(target) }),
  noticed: t('history-noticed'),
  lastChange: (words: string, ago: string) => t('history-last-change', { words, ago }),
  /** A release that was only noticed took no time that is known. */
  tookUnknown: '–',
};

/** How an entry ended. */
export interface HistoryEnding {
  tone: Tone;
  text: string;
}

const WELL: Record<string, string> = {
  update: t('history-updated'),
  undo: t('history-undone'),
  restore: t('history-restored'),
  recover: t('history-recovered'),
  release: HISTORY.noticed,
};

const OTHERWISE: Record<string, HistoryEnding> = {
  failed: { tone: 'bad', text: t('history-failed') },
  cancelled: { tone: 'neutral', text: t('history-cancelled') },
  'rolled-back': { tone: 'warn', text: t('history-rolled-back') },
  'needs-attention': { tone: 'bad', text: t('history-needs-attention') },
};

/** An entry of the history. */
export interface HistoryEntry {
  number: number;
  at: string;
  what: string;
  ending: HistoryEnding;
  reason: string | null;
  from: string | null;
  to: string | null;
  /** The backup that it went back to, by its ID; a recovery may have gone back from it. */
  backupId: string | null;
  backupWord: string;
  took: number | null;
  who: string;
}

/** Does it belong to the history? */
export const isHistory = (record: AuditRecord) => Object.hasOwn(OPERATIONS, record.operation);

function endingOf({ operation, outcome }: AuditRecord): HistoryEnding {
  if (outcome !== 'ok') return OTHERWISE[outcome] ?? { tone: 'neutral', text: plain(outcome) };
  const tone = operation === 'release' ? 'neutral' : 'good';
  return { tone, text: WELL[operation] ?? plain(outcome) };
}

const ARROW = ' → ';

/** An update's target is "old → new"; what else it may be is shown as it is written. */
function sidesOf({ operation, target }: AuditRecord): { from: string | null; to: string } {
  // Finished means that one of the two runs, and not which.
  if (operation === 'recover') return { from: null, to: HISTORY.ofUpdate(target) };
  const parts = target.split(ARROW);
  const [from, to] = parts;
  // A release by hand tells each service by itself: only of a single one it is clear what is what.
  const isClear = parts.length === 2 && !(operation === 'release' && target.includes(', '));
  return isClear && from && to
    ? { from: plain(from), to: plain(to) }
    : { from: null, to: plain(target) };
}

/** The history in an audit log, newest first. */
export function historyOf(records: AuditRecord[]): HistoryEntry[] {
  return records
    .filter(isHistory)
    .sort((one, other) => other.number - one.number)
    .map((record) => {
      const { number, at, operation, target, reason, duration_ms, actor } = record;
      const isBackup = operation !== 'release' && !target.includes(ARROW);
      const sides = isBackup ? { from: null, to: null } : sidesOf(record);
      return {
        number,
        at,
        what: OPERATIONS[operation] ?? plain(operation),
        ending: endingOf(record),
        reason: reason === null ? null : plain(reason),
        ...sides,
        backupId: isBackup ? target : null,
        backupWord: operation === 'recover' ? HISTORY.with : HISTORY.to,
        took: operation === 'release' ? null : duration_ms,
        who: plain(actor),
      };
    });
}

/** What a backup is that somebody went back to: when it was taken, and what ran then. */
export function backupText(backup: Backup): string {
  const images = [...new Set(backup.releases.map((one) => imageText(one.image)))];
  const time = shortTime(backup.created_at);
  if (images.length === 0) return t('history-backup', { time });
  return t('history-backup-with-images', { time, images: images.join(', ') });
}

/** What brought about the release that runs, if the log is sure of it. */
export function lastChange(records: AuditRecord[]): { words: string; at: string } | null {
  const newest = records
    .filter(isHistory)
    .filter(({ operation, outcome }) => operation !== 'restore' && outcome === 'ok')
    .reduce<AuditRecord | null>(
      (one, next) => (one && one.number > next.number ? one : next),
      null,
    );
  // An undo or a recovery may have been one of the data alone.
  if (newest?.operation === 'update') return { words: t('history-last-update'), at: newest.at };
  if (newest?.operation === 'release') return { words: t('history-last-release'), at: newest.at };
  return null;
}
