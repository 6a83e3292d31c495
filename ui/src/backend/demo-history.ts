/** What happened in the demo world: its audit log, and what is added to it. */

import type { AuditRecord, Backup } from '../bindings/api';
import { imageId } from './demo-world';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** An entry before it is numbered and chained. */
export type AuditSeed = Pick<AuditRecord, 'at' | 'operation' | 'target'> &
  Partial<Pick<AuditRecord, 'outcome' | 'reason' | 'duration_ms' | 'actor'>>;

const BOOKSHELF = 'ghcr.io/example/bookshelf';

/** What was done to an application beside its backups. */
const pastOf = (): Record<string, (Omit<AuditSeed, 'at'> & { agoMs: number })[]> => ({
  bookshelf: [
    {
      agoMs: 21.2 * DAY,
      operation: 'release',
      target: `${BOOKSHELF}:4.1 4.1.0 (6e2c9f0b7a31) → ${BOOKSHELF}:4.1 4.1.2 (b81f04d7c2aa)`,
      actor: 'watch:anna@harbour',
      duration_ms: 12,
    },
    {
      agoMs: 12.1 * DAY,
      operation: 'update',
      target: `${BOOKSHELF}:4.1 4.1.2 (b81f04d7c2aa) → ${BOOKSHELF}:4.2 4.2.0 (0f93e5ac6b18)`,
      outcome: 'rolled-back',
      reason:
        'The update of bookshelf was rolled back: web ended with exit code 1 after it was started.',
      duration_ms: 73_400,
    },
    {
      agoMs: 9.04 * DAY,
      operation: 'update',
      target: `${BOOKSHELF}:4.1 4.1.2 (b81f04d7c2aa) → ${BOOKSHELF}:4.2 4.2.1 (${imageId(`${BOOKSHELF}:4.2`).slice(7, 19)})`,
      duration_ms: 48_100,
      actor: 'cli:anna@harbour',
    },
    { agoMs: 3.2 * HOUR, operation: 'restore', target: 'the third backup', duration_ms: 9_300 },
  ],
  timeclock: [
    {
      agoMs: 2.02 * DAY,
      operation: 'update',
      target: 'timeclock:2.0.1 (5ad0c3e9f714) → timeclock:2.1.0 (9c4410be27d3)',
      outcome: 'needs-attention',
      reason: 'The update of timeclock could not be ended: the engine went away.',
      duration_ms: 31_900,
    },
    {
      agoMs: 1.99 * DAY,
      operation: 'recover',
      target: 'timeclock:2.0.1 (5ad0c3e9f714) → timeclock:2.1.0 (9c4410be27d3)',
      duration_ms: 6_200,
    },
  ],
});

/** Adds an entry at the end of a log. */
export function enter(log: AuditRecord[], seed: AuditSeed): void {
  const last = log.at(-1);
  const number = (last?.number ?? 0) + 1;
  log.push({
    actor: 'desktop:anna@harbour',
    outcome: 'ok',
    reason: null,
    duration_ms: 4_200,
    ...seed,
    number,
    previous_hash: last?.hash ?? '0'.repeat(64),
    hash: number.toString(16).padStart(64, 'a'),
  });
}

/** The log of an application as of `now`. */
export function buildAudit(app: string, backups: Backup[], now: number): AuditRecord[] {
  const taken = backups.map((one): AuditSeed => ({
    at: one.created_at,
    operation: one.trigger === 'import' ? 'import' : 'backup',
    target: one.file_name,
  }));
  const past = (pastOf()[app] ?? []).map(({ agoMs, ...seed }): AuditSeed => ({
    ...seed,
    at: new Date(now - agoMs).toISOString(),
    target: seed.operation === 'restore' ? (backups[2]?.id ?? seed.target) : seed.target,
  }));
  const log: AuditRecord[] = [];
  [...taken, ...past]
    .sort((one, other) => Date.parse(one.at) - Date.parse(other.at))
    .forEach((seed) => enter(log, seed));
  return log;
}
