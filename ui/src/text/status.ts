/** The one answer to "is my data safe?", from what is known of an application. */

import type { App, Backup, Health, ProtectionSummary, Verdict } from '../bindings/api';
import { ago, DAY, many, plain, size, span } from './format';
import { protectionWords } from './protection';

/** How a state feels; each has an icon and words, so that colour is never alone. */
export type Tone = 'good' | 'warn' | 'bad' | 'neutral';

/** What the state asks for. */
export type StatusAction = 'back-up' | 'restore' | 'recover' | 'verify' | 'look';

/** What row, header and tray print. */
export interface Status {
  tone: Tone;
  title: string;
  subtitle: string;
  action: StatusAction | null;
}

/** Where no guardian sees to the next one, a backup older than this is no protection any more. */
export const OVERDUE_MS = 2 * DAY;

const sentence = (tone: Tone, title: string, subtitle: string, action: StatusAction | null) => ({
  tone,
  title,
  subtitle,
  action,
});

/** The state of an application; `health` and `backups` make it sharper where they are known. */
export function statusOf(
  app: App,
  now: number,
  health: Health | null = null,
  backups: Backup[] | null = null,
): Status {
  const held = backups?.length ?? app.vault?.backup_count ?? 0;
  if (app.vault?.unfinished) {
    return sentence(
      'bad',
      'Needs attention.',
      'A restore or update was interrupted. Finish it before anything else.',
      'recover',
    );
  }
  if (app.vault_problem && backups === null && health?.verdict !== 'damaged') {
    return sentence('warn', 'Backups not known.', plain(app.vault_problem), 'look');
  }
  if (app.kind === 'vault-only') return orphanStatus(app, held, now, backups);
  if (health?.verdict === 'damaged') {
    return sentence(
      'bad',
      'At risk:',
      `the live database is damaged.${bestWayBack(backups, now)}`,
      held > 0 ? 'restore' : null,
    );
  }
  if (app.databases.length === 0 && held === 0) {
    return sentence('neutral', 'Nothing to protect.', 'No SQLite database was found in it.', null);
  }
  if (held === 0) return neverStatus(app);
  return backedStatus(newest(app, backups), app.protection ?? null, now);
}

function neverStatus(app: App): Status {
  const { state } = app.protection ?? {};
  if (state === 'starting' || state === 'working') {
    return sentence('warn', 'Not backed up yet.', 'The first backup is being taken.', null);
  }
  const bytes = app.databases.reduce((sum, one) => sum + one.size_bytes + one.wal_bytes, 0);
  const what = many(app.databases.length, 'database');
  const verb = app.databases.length === 1 ? 'has' : 'have';
  return sentence(
    'bad',
    'Never backed up.',
    `${what} (${size(bytes)}) ${verb} no copy anywhere.`,
    'back-up',
  );
}

function orphanStatus(app: App, held: number, now: number, backups: Backup[] | null): Status {
  const last = newest(app, backups);
  if (held === 0) {
    return sentence('neutral', 'Application gone.', 'Its vault is empty.', null);
  }
  const when = last.at ? `, the newest from ${ago(last.at, now)}` : '';
  return sentence(
    'warn',
    'Application gone.',
    `${many(held, 'backup')} ${held === 1 ? 'is' : 'are'} still here${when}.`,
    'restore',
  );
}

function backedStatus(last: Newest, protection: ProtectionSummary | null, now: number): Status {
  const when = last.at ? ago(last.at, now) : 'at an unknown time';
  if (last.verdict === 'damaged') {
    return sentence('bad', 'At risk:', `the last backup, ${when}, is damaged.`, 'back-up');
  }
  const backup = `Last backup ${when}${PROVEN[last.verdict ?? 'not-checked']}`;
  if (!protection) {
    return sentence('warn', 'Backed up.', `${backup}. Its protection is not known.`, null);
  }
  const { tone, risk } = protectionWords(protection);
  if (risk) return sentence(tone, 'At risk:', `${risk} Last backup ${when}.`, 'back-up');
  const gap = last.at ? now - Date.parse(last.at) : 0;
  if (protection.state === 'off') {
    const alone = 'Nothing protects it by itself.';
    return gap > OVERDUE_MS
      ? sentence('warn', 'At risk:', `no backup for ${span(gap)}. ${alone}`, 'back-up')
      : sentence('warn', 'Unprotected.', `${backup}. ${alone}`, null);
  }
  return guardedStatus(last, backup, gap, protection);
}

const PROVEN: Record<Exclude<Verdict, 'damaged'>, string> = {
  sound: ', proven to restore',
  'not-checked': ', not proven yet',
  'not-checkable': '; it cannot be checked',
};

/** A guardian is there and works: when the next backup is due is its business. */
function guardedStatus(
  last: Newest,
  backup: string,
  gap: number,
  { state }: ProtectionSummary,
): Status {
  if (state === 'held-up') {
    return gap > OVERDUE_MS
      ? sentence('warn', 'At risk:', `no backup for ${span(gap)}, and the next has to wait.`, null)
      : sentence('warn', 'Protected.', `${backup}. The next one has to wait.`, null);
  }
  if (state === 'outdated') {
    return sentence('warn', 'Protected.', `${backup}. Its guardian is of an older version.`, null);
  }
  if (last.verdict === 'sound') return sentence('good', 'Protected.', `${backup}.`, null);
  const action = last.verdict === 'not-checkable' ? null : 'verify';
  return sentence('warn', 'Protected.', `${backup}.`, action);
}

interface Newest {
  at: string | null;
  verdict: Verdict | null;
}

function newest(app: App, backups: Backup[] | null): Newest {
  const first = backups?.[0];
  if (first) return { at: first.created_at, verdict: first.verification.verdict };
  return { at: app.vault?.last_backup_at ?? null, verdict: app.vault?.last_verdict ?? null };
}

/** The newest backup that is proven, or the newest of all. */
export function bestBackup(backups: Backup[]): Backup | null {
  return backups.find((one) => one.verification.verdict === 'sound') ?? backups[0] ?? null;
}

/** A further sentence; none while it is not known what there is. */
function bestWayBack(backups: Backup[] | null, now: number): string {
  if (!backups) return '';
  const best = bestBackup(backups);
  if (!best) return ' There is no backup to go back to.';
  const proven =
    best.verification.verdict === 'sound' ? 'The last proven backup' : 'The last backup';
  return ` ${proven} is from ${ago(best.created_at, now)}.`;
}

const ALL_SAFE: Record<number, string> = {
  1: 'Your data is safe.',
  2: 'Both applications are protected.',
};

/** The sentence over all applications. */
export function overallStatus(
  apps: App[],
  now: number,
): { tone: Tone; title: string; subtitle: string } {
  const states = apps
    .filter(
      (app) =>
        app.databases.length > 0 ||
        (app.vault?.backup_count ?? 0) > 0 ||
        app.vault?.unfinished ||
        app.vault_problem,
    )
    .map((app) => statusOf(app, now));
  const good = states.filter((one) => one.tone === 'good').length;
  const bad = states.filter((one) => one.tone === 'bad').length;
  const all = states.length;
  if (all === 0) return { tone: 'neutral', title: 'Nothing to protect yet.', subtitle: '' };
  if (good === all) {
    const title = ALL_SAFE[all] ?? `All ${all} applications are protected.`;
    return { tone: 'good', title, subtitle: 'Every last backup was proven to restore.' };
  }
  const open = all - good;
  return {
    tone: bad > 0 ? 'bad' : 'warn',
    title: open === 1 ? 'One application needs you.' : `${open} applications need you.`,
    subtitle: `${good} of ${all} are protected, with a last backup that is proven to restore.`,
  };
}
