/** The one answer to "is my data safe?", from what is known of an application. */

import type { App, Backup, Health, ProtectionSummary, Verdict } from '../bindings/api';
import { ago, DAY, plain, size, span } from './format';
import { t } from './language';
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

const AT_RISK = t('status-at-risk');
const PROTECTED = t('status-protected');

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
    return sentence('bad', t('status-needs-attention'), t('status-unfinished'), 'recover');
  }
  if (app.vault_problem && backups === null && health?.verdict !== 'damaged') {
    return sentence('warn', t('status-not-known'), plain(app.vault_problem), 'look');
  }
  if (app.kind === 'vault-only') return orphanStatus(app, held, now, backups);
  if (health?.verdict === 'damaged') {
    return sentence('bad', AT_RISK, damagedText(backups, now), held > 0 ? 'restore' : null);
  }
  if (app.databases.length === 0 && held === 0) {
    return sentence('neutral', t('status-nothing-to-protect'), t('status-no-database'), null);
  }
  if (held === 0) return neverStatus(app);
  return backedStatus(newest(app, backups), app.protection ?? null, now);
}

function neverStatus(app: App): Status {
  const { state } = app.protection ?? {};
  if (state === 'starting' || state === 'working') {
    return sentence('warn', t('status-not-yet'), t('status-first-backup'), null);
  }
  const bytes = app.databases.reduce((sum, one) => sum + one.size_bytes + one.wal_bytes, 0);
  const text = t('status-no-copy', { number: app.databases.length, size: size(bytes) });
  return sentence('bad', t('status-never'), text, 'back-up');
}

function orphanStatus(app: App, number: number, now: number, backups: Backup[] | null): Status {
  const last = newest(app, backups);
  if (number === 0) return sentence('neutral', t('status-gone'), t('status-gone-empty'), null);
  const text = last.at
    ? t('status-gone-newest', { number, when: ago(last.at, now) })
    : t('status-gone-held', { number });
  return sentence('warn', t('status-gone'), text, 'restore');
}

function backedStatus(last: Newest, protection: ProtectionSummary | null, now: number): Status {
  const when = last.at ? ago(last.at, now) : t('status-unknown-time');
  if (last.verdict === 'damaged') {
    return sentence('bad', AT_RISK, t('status-backup-damaged', { when }), 'back-up');
  }
  const backup = t('status-last-backup', { when, verdict: last.verdict ?? 'not-checked' });
  if (!protection) {
    const text = t('status-protection-not-known', { backup });
    return sentence('warn', t('status-backed-up'), text, null);
  }
  const { tone, risk } = protectionWords(protection);
  if (risk) return sentence(tone, AT_RISK, t('status-risk', { risk, when }), 'back-up');
  const gap = last.at ? now - Date.parse(last.at) : 0;
  if (protection.state === 'off') {
    return gap > OVERDUE_MS
      ? sentence('warn', AT_RISK, t('status-overdue-alone', { age: span(gap) }), 'back-up')
      : sentence('warn', t('status-unprotected'), t('status-alone', { backup }), null);
  }
  return guardedStatus(last, backup, gap, protection);
}

/** A guardian is there and works: when the next backup is due is its business. */
function guardedStatus(
  last: Newest,
  backup: string,
  gap: number,
  { state }: ProtectionSummary,
): Status {
  if (state === 'held-up') {
    return gap > OVERDUE_MS
      ? sentence('warn', AT_RISK, t('status-overdue-held-up', { age: span(gap) }), null)
      : sentence('warn', PROTECTED, t('status-held-up', { backup }), null);
  }
  if (state === 'outdated') {
    return sentence('warn', PROTECTED, t('status-outdated', { backup }), null);
  }
  if (last.verdict === 'sound') return sentence('good', PROTECTED, backup, null);
  return sentence('warn', PROTECTED, backup, last.verdict === 'not-checkable' ? null : 'verify');
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

/** That the live database is damaged, and the way back as far as it is known. */
function damagedText(backups: Backup[] | null, now: number): string {
  if (!backups) return t('status-damaged');
  const best = bestBackup(backups);
  if (!best) return t('status-damaged-no-backup');
  const when = ago(best.created_at, now);
  return best.verification.verdict === 'sound'
    ? t('status-damaged-proven', { when })
    : t('status-damaged-unproven', { when });
}

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
  if (all === 0) return { tone: 'neutral', title: t('status-all-nothing'), subtitle: '' };
  if (good === all) {
    const title = t('status-all-safe', { number: all });
    return { tone: 'good', title, subtitle: t('status-all-safe-more') };
  }
  return {
    tone: bad > 0 ? 'bad' : 'warn',
    title: t('status-all-open', { number: all - good }),
    subtitle: t('status-all-open-more', { good, all }),
  };
}
