import { describe, expect, it } from 'vitest';

import { buildWorld } from '../backend/demo-world';
import type { App, ProtectionState } from '../bindings/api';
import { protectionWords } from './protection';
import { overallStatus, statusOf } from './status';

const NOW = Date.parse('2026-06-15T12:00:00Z');
const world = buildWorld('harbour', NOW);
const broken = buildWorld('broken', NOW);
const app = (name: string, from = world) => {
  const found = from.apps.find((one) => one.name === name);
  if (!found) throw new Error(name);
  return found;
};
const guarded = (name: string, state: ProtectionState, failures = 0) => ({
  ...app(name),
  protection: { state, next: null, failures, unprotected: [] },
});
const print = (one: App) => {
  const status = statusOf(one, NOW);
  return `${status.tone}: ${status.title} ${status.subtitle}`;
};

describe('is my data safe?', () => {
  it('is answered for each state', () => {
    expect(print(guarded('bookshelf', 'waiting'))).toBe(
      'good: Protected. Last backup 2 hours ago, proven to restore.',
    );
    expect(print(guarded('kitchen-notes', 'off'))).toBe(
      'bad: Never backed up. 1 database (640 KiB) has no copy anywhere.',
    );
    expect(print(guarded('timeclock', 'waiting'))).toBe(
      'warn: Protected. Last backup 5 hours ago, not proven yet.',
    );
    expect(print(app('guestbook'))).toBe(
      'warn: Application gone. 3 backups are still here, the newest from 12 days ago.',
    );
    expect(print(app('proxy'))).toBe(
      'neutral: Nothing to protect. No SQLite database was found in it.',
    );
  });

  it('calls nothing protected by the age of its last backup alone', () => {
    expect(print(guarded('bookshelf', 'off'))).toBe(
      'warn: Unprotected. Last backup 2 hours ago, proven to restore. Nothing protects it by itself.',
    );
    expect(print(guarded('photos', 'off'))).toBe(
      'warn: At risk: no backup for 3 days. Nothing protects it by itself.',
    );
    expect(print(app('bookshelf'))).toBe(
      'warn: Backed up. Last backup 2 hours ago, proven to restore. Its protection is not known.',
    );
  });

  it('leaves to a guardian that works when the next backup is due', () => {
    expect(print(guarded('photos', 'waiting'))).toBe(
      'good: Protected. Last backup 3 days ago, proven to restore.',
    );
  });

  it('feels in each state as the card does', () => {
    const STATES: Record<Exclude<ProtectionState, 'off'>, RegExp> = {
      starting: /^good: Protected\./,
      waiting: /^good: Protected\./,
      working: /^good: Protected\./,
      'held-up': /^warn: Protected\. .* The next one has to wait\.$/,
      outdated: /^warn: Protected\. .* an older version\.$/,
      'switched-off': /^warn: At risk: automatic backups are switched off in the settings\./,
      refusing: /^bad: At risk: its guardian refuses to work\./,
      silent: /^bad: At risk: its guardian gives no sign of life\./,
      stopped: /^bad: At risk: its guardian is stopped\. Last backup 2 hours ago\.$/,
      gone: /^bad: At risk: its guardian is gone\./,
    };
    for (const [state, expected] of Object.entries(STATES)) {
      const one = guarded('bookshelf', state as ProtectionState);
      expect(print(one)).toMatch(expected);
      expect(statusOf(one, NOW).tone).toBe(protectionWords(one.protection).tone);
    }
    const leaving = (state: ProtectionState, names: string[], failures = 0) => {
      const one = guarded('bookshelf', state, failures);
      return { ...one, protection: { ...one.protection, unprotected: names } };
    };
    expect(print(leaving('waiting', ['shelf_more']))).toBe(
      'bad: At risk: shelf_more holds a database and is in no automatic backup. Last backup 2 hours ago.',
    );
    expect(print(leaving('held-up', ['one', 'two']))).toMatch(
      /^bad: At risk: one, two hold databases and are in no automatic backup\./,
    );
    // What is worse is said first, and nothing is left out of a protection that is off.
    expect(print(leaving('gone', ['shelf_more']))).toMatch(/^bad: At risk: its guardian is gone\./);
    expect(print(leaving('waiting', ['shelf_more'], 2))).toMatch(/automatic backups fail\./);
    expect(print(leaving('off', ['shelf_more']))).toMatch(/^warn: Unprotected\./);
    const failing = guarded('bookshelf', 'waiting', 2);
    expect(print(failing)).toBe('bad: At risk: automatic backups fail. Last backup 2 hours ago.');
    expect(protectionWords(failing.protection)).toMatchObject({
      tone: 'bad',
      badge: 'Backups fail',
    });
  });

  it('is bad while a restore is unfinished, whatever else is good', () => {
    const status = statusOf(app('weather-station', broken), NOW);
    expect(status).toMatchObject({ tone: 'bad', action: 'recover' });
  });

  it('is bad when the live database is damaged, and names the way back', () => {
    const name = 'inventory';
    const health = broken.health.get(name) ?? null;
    const backups = broken.backups.get(name) ?? null;
    const status = statusOf(app(name, broken), NOW, health, backups);
    expect(status.tone).toBe('bad');
    expect(status.action).toBe('restore');
    expect(status.subtitle).toContain('The last proven backup is from 7 hours ago.');
  });

  it('does not claim that there is no backup where the vault could not be looked into', () => {
    const vault_problem = 'The vault of kitchen-notes could not be opened: it is newer.';
    const one = { ...app('kitchen-notes'), vault_problem };
    expect(print(one)).toBe(`warn: Backups not known. ${vault_problem}`);
    const orphan = { ...app('guestbook'), vault: null, vault_problem };
    expect(print(orphan)).toBe(`warn: Backups not known. ${vault_problem}`);
    // A look at the list of backups that worked knows better.
    expect(statusOf(one, NOW, null, []).title).toBe('Never backed up.');
    // Of the way back nothing is said while it is not known.
    const health = broken.health.get('inventory') ?? null;
    expect(statusOf(one, NOW, health).subtitle).toBe('the live database is damaged.');
    expect(overallStatus([orphan], NOW).title).toBe('One application needs you.');
  });

  it('follows the newest backup, not the number of them', () => {
    const backups = structuredClone(world.backups.get('bookshelf') ?? []);
    const newest = backups[0];
    if (!newest) throw new Error('no backup');
    newest.verification.verdict = 'damaged';
    expect(statusOf(app('bookshelf'), NOW, null, backups).tone).toBe('bad');
    expect(statusOf(app('bookshelf'), NOW, null, []).title).toBe('Never backed up.');
  });

  it('is summed up over all', () => {
    expect(overallStatus(world.apps, NOW)).toMatchObject({
      tone: 'bad',
      title: '5 applications need you.',
    });
    const safe = buildWorld('safe', NOW);
    const [first] = safe.apps;
    if (first) first.protection = { state: 'waiting', next: null, failures: 0, unprotected: [] };
    expect(overallStatus(safe.apps, NOW)).toMatchObject({
      tone: 'good',
      title: 'Your data is safe.',
    });
    expect(overallStatus([], NOW).tone).toBe('neutral');
  });
});
