import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';

import type { AuditRecord } from '../src/bindings/api';
import { historyOf, lastChange } from '../src/text/history';
import { expectAccessible, openWindow } from './helpers';

const press = (name: string | RegExp) =>
  screen.findByRole('button', { name }).then((button) => fireEvent.click(button));

async function rows(): Promise<HTMLElement[]> {
  const table = await screen.findByRole('table', { name: 'History' });
  return within(table).getAllByRole('row').slice(1);
}

const record = (number: number, operation: string, target: string, outcome = 'ok') =>
  ({
    number,
    at: '2026-04-12T10:00:00Z',
    actor: 'cli:anna@harbour',
    operation,
    target,
    outcome,
    reason: null,
    duration_ms: 10,
    previous_hash: '',
    hash: '',
  }) satisfies AuditRecord;

describe('the page of updates', () => {
  it('says what runs, of which commit, and since when', async () => {
    openWindow('#/app/bookshelf/updates');
    const page = await screen.findByTestId('updates-page');
    const [web] = within(page).getAllByRole('listitem');
    expect(web?.textContent).toMatch(/web\s*ghcr\.io\/example\/bookshelf:4\.2\s*4\.2\.1 ·/);
    await waitFor(() => expect(web?.textContent).toContain('commit 3b5d7f9a1c3e'));
    await within(page).findByText(/^Updated/);
    expect(page.textContent).toContain('Updated 9 days ago.');
    const link = screen.getByRole('link', { name: 'Updates' });
    expect(link.getAttribute('aria-current')).toBe('page');
    await expectAccessible();
  });

  it('leads to the plan, and to the way back', async () => {
    openWindow('#/app/bookshelf/updates');
    const page = await screen.findByTestId('updates-page');
    expect(page.textContent).toContain('The undo takes back the restore of');
    await press('Safe Update');
    await screen.findByRole('heading', { level: 1, name: 'Safe update of bookshelf' });
    location.hash = '#/app/bookshelf/updates';
    await press('Undo…');
    await screen.findByRole('heading', { level: 1, name: /^Undo the last restore of bookshelf/ });
  });

  it('tells what happened, newest first, in words', async () => {
    openWindow('#/app/bookshelf/updates');
    await waitFor(async () => expect((await rows())[0]?.textContent).toContain('the backup of'));
    const [restore, updated, back, byHand, ...none] = await rows();
    expect(restore?.textContent).toMatch(
      /3 hours ago\s*desktop:anna@harbour\s*Restore\s*To the backup of .*Restored/s,
    );
    expect(
      within(restore as HTMLElement)
        .getByRole('link')
        .getAttribute('href'),
    ).toMatch(/^#\/app\/bookshelf\/backups\/./);
    expect(updated?.textContent).toMatch(
      /9 days ago\s*cli:anna@harbour\s*Update\s*From .*4\.1\.2 \(b81f04d7c2aa\)\s*To .*4\.2\.1 \([0-9a-f]{12}\)\s*Updated\s*48 seconds/s,
    );
    expect(back?.textContent).toMatch(/Rolled back\s*The update of bookshelf was rolled back: web/);
    // Colour is never alone: each ending has its word and its icon.
    expect(back?.querySelector('.badge.tone-warn svg')).toBeTruthy();
    expect(byHand?.textContent).toMatch(/Release made by hand.*Noticed/s);
    expect(none).toEqual([]);
    await expectAccessible();
  });

  it('names what needed attention, and what finished it', async () => {
    openWindow('#/app/timeclock/updates');
    const [recovery, update] = await rows();
    // Which of the two runs since is not in the log, and is not guessed.
    expect(recovery?.textContent).toMatch(/Recovery\s*Of the update .* → .*Finished/s);
    expect(update?.textContent).toMatch(/Needs attention\s*The update of timeclock could not/);
    expect(update?.querySelector('.badge.tone-bad svg')).toBeTruthy();
  });

  it('has the update that ended just now', async () => {
    openWindow('#/app/photos/updates', { ticks: 1 });
    await screen.findByText('Nothing was updated or restored yet.');
    await expectAccessible();
    await press('Safe Update');
    await press('Update now');
    await screen.findByRole('heading', { level: 1, name: 'The update was rolled back' });
    location.hash = '#/app/photos/updates';
    await waitFor(async () => expect((await rows())[0]?.textContent).toContain('Rolled back'));
  });

  it('asks no log of what was never backed up', async () => {
    const demo = openWindow('#/app/kitchen-notes/updates');
    const read = vi.spyOn(demo, 'readAudit');
    await screen.findByText('Nothing was updated or restored yet.');
    expect(read).not.toHaveBeenCalled();
  });

  it('says what failed, and reads again', async () => {
    const demo = openWindow('#/app/bookshelf/updates');
    const read = vi.spyOn(demo, 'readAudit').mockRejectedValueOnce({
      code: 'engine-stopped',
      message: 'The audit log could not be read.',
      advice: 'Start the engine.',
      aftermath: 'unchanged',
    });
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain('The audit log could not be read.');
    await expectAccessible();
    await fireEvent.keyDown(window, { key: 'r', ctrlKey: true });
    await rows();
    expect(screen.queryByRole('alert')).toBeNull();
    expect(read).toHaveBeenCalledTimes(2);
  });

  it('is not there for what is gone', async () => {
    openWindow('#/app/guestbook');
    await screen.findByTestId('backups-table');
    await screen.findByText(/^This application is not on the engine any more/);
    expect(screen.queryByRole('link', { name: 'Updates' })).toBeNull();
  });
});

describe('the history', () => {
  it('leaves out what changes neither release nor data', () => {
    const log = ['backup', 'verify', 'rotate', 'settings', 'guard on', 'delete'];
    expect(historyOf(log.map((one, index) => record(index + 1, one, 'x')))).toEqual([]);
  });

  it('does not guess which of several releases became which', () => {
    const [several] = historyOf([record(1, 'release', 'a:1 (1) → a:2 (2), b is gone')]);
    expect(several).toMatchObject({ from: null, to: 'a:1 (1) → a:2 (2), b is gone' });
    const [pair] = historyOf([record(1, 'update', 'a:1, b:1 → a:2, b:2')]);
    expect(pair).toMatchObject({ from: 'a:1, b:1', to: 'a:2, b:2' });
  });

  it('says since when it runs only where that is sure', () => {
    const updated = record(1, 'update', 'a:1 → a:2');
    expect(lastChange([updated, record(2, 'restore', 'id')])?.words).toBe('Updated');
    expect(lastChange([updated, record(2, 'update', 'a:2 → a:3', 'rolled-back')])?.words).toBe(
      'Updated',
    );
    expect(lastChange([updated, record(2, 'undo', 'id')])).toBeNull();
    expect(lastChange([updated, record(2, 'release', 'a:2 → a:9')])?.words).toContain('by hand');
    expect(lastChange([])).toBeNull();
  });

  it('shows hostile words as text', () => {
    const [entry] = historyOf([record(1, 'update', 'a\u202e:1 → b\u0000:2')]);
    expect(entry).toMatchObject({ from: 'a\ufffd:1', to: 'b\ufffd:2' });
  });
});
