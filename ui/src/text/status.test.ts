import { describe, expect, it } from 'vitest';

import { buildWorld } from '../backend/demo-world';
import { overallStatus, statusOf } from './status';

const NOW = Date.parse('2026-06-15T12:00:00Z');
const world = buildWorld('harbour', NOW);
const broken = buildWorld('broken', NOW);
const app = (name: string, from = world) => {
  const found = from.apps.find((one) => one.name === name);
  if (!found) throw new Error(name);
  return found;
};
const text = (name: string) => {
  const status = statusOf(app(name), NOW);
  return `${status.title} ${status.subtitle}`;
};

describe('is my data safe?', () => {
  it('is answered for each state', () => {
    expect(text('bookshelf')).toBe('Protected. Last backup 2 hours ago, proven to restore.');
    expect(text('kitchen-notes')).toBe(
      'Never backed up. 1 database (640 KiB) has no copy anywhere.',
    );
    expect(text('photos')).toBe('At risk: no backup for 3 days.');
    expect(text('timeclock')).toBe('Backed up. Last backup 5 hours ago, not proven yet.');
    expect(text('guestbook')).toBe(
      'Application gone. 3 backups are still here, the newest from 12 days ago.',
    );
    expect(text('proxy')).toBe('Nothing to protect. No SQLite database was found in it.');
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
      title: '4 applications need you.',
    });
    const safe = buildWorld('safe', NOW);
    expect(overallStatus(safe.apps, NOW)).toMatchObject({
      tone: 'good',
      title: 'Your data is safe.',
    });
    expect(overallStatus([], NOW).tone).toBe('neutral');
  });
});
