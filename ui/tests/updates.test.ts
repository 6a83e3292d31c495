import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';

import { announcer } from '../src/state/announce.svelte';
import { jobs } from '../src/state/jobs.svelte';
import { expectAccessible, openWindow } from './helpers';

const press = (name: string | RegExp) =>
  screen.findByRole('button', { name }).then((button) => fireEvent.click(button));

async function openPlan(app = 'bookshelf') {
  const demo = openWindow(`#/app/${app}`, { ticks: 1 });
  await press('Safe Update');
  await screen.findByRole('heading', { level: 1, name: `Safe update of ${app}` });
  return demo;
}

async function update(app: string) {
  const demo = await openPlan(app);
  await press('Update now');
  await waitFor(() =>
    expect(screen.getByTestId('update-outcome').dataset.outcome).not.toBe('running'),
  );
  return { demo, outcome: screen.getByTestId('update-outcome') };
}

describe('an update', () => {
  it('begins on the card that says what runs', async () => {
    openWindow('#/app/bookshelf');
    const card = await screen.findByTestId('updates-card');
    const [web] = within(card).getAllByRole('listitem');
    expect(web?.textContent).toMatch(
      /web\s*ghcr\.io\/example\/bookshelf:4\.2\s*4\.2\.1 · [0-9a-f]{12}$/,
    );
    await expectAccessible();
  });

  it('is not offered for what is gone', async () => {
    openWindow('#/app/guestbook');
    await screen.findByTestId('backups-table');
    await screen.findByText(/^This application is not on the engine any more/);
    expect(screen.queryByTestId('updates-card')).toBeNull();
  });

  it('shows what it will do, and does nothing before the yes', async () => {
    const demo = await openPlan('photos');
    const update = vi.spyOn(demo, 'update');
    await screen.findByText(
      /^Stopped only if there is a newer release: photos-server-1, photos-ml-1/,
    );
    await screen.findByText(/^The application is down from step 4 to 6\./);
    const steps = screen.getByRole('list', { name: 'Steps of the update' });
    expect(within(steps).getAllByRole('listitem')).toHaveLength(8);
    await screen.findByText(/photos-ml-1 is unhealthy already/);
    await expectAccessible();
    await press('Not now');
    await screen.findByTestId('updates-card');
    expect(update).not.toHaveBeenCalled();
  });

  it('shows what was edited in the compose file, and applies it only where that is chosen', async () => {
    const demo = await openPlan('photos');
    const plan = vi.spyOn(demo, 'planUpdate');
    const edits = await screen.findByTestId('update-edits');
    expect(edits.textContent).toMatch(/image\s*photos:4\.1\s*photos:4\.2/);
    expect(edits.textContent).toMatch(/environment MAIL_PASSWORD\s*not set\s*set/);
    const choice = within(edits).getByRole('checkbox', { name: /Apply these edits too/ });
    expect((choice as HTMLInputElement).checked).toBe(false);
    await fireEvent.click(choice);
    await waitFor(() =>
      expect(plan).toHaveBeenCalledWith('photos', { apply_compose: true, git_pull: false }),
    );
    await waitFor(() => expect((choice as HTMLInputElement).checked).toBe(true));
    await expectAccessible();
  });

  it('says what is built and what runs, and gets the newest commit where that is chosen', async () => {
    const demo = await openPlan('bookshelf');
    const plan = vi.spyOn(demo, 'planUpdate');
    const checkout = await screen.findByTestId('update-checkout');
    expect(checkout.textContent).toMatch(/Builds commit\s*9f2c4e6a8b0d/);
    expect(checkout.textContent).toContain('2 newer commits are known.');
    await fireEvent.click(within(checkout).getByRole('checkbox'));
    await waitFor(() =>
      expect(plan).toHaveBeenCalledWith('bookshelf', { apply_compose: false, git_pull: true }),
    );
  });

  it('runs with a clock from the stop on, and ends with the way back', async () => {
    const demo = openWindow('#/app/bookshelf/update', { ticks: 1, tickMs: 40 });
    await press('Update now');
    const clock = await screen.findByTestId('downtime-clock');
    expect(clock.textContent).toContain('The application runs as before.');
    await within(clock).findByRole('timer', { name: 'Down for' });
    await within(clock).findByText(/has to prove that it is healthy/);
    await screen.findByRole('heading', { level: 1, name: 'Updated' });
    expect(announcer.message).toMatch(/^Updating bookshelf: Updated\. .* runs and is healthy\.$/);
    const outcome = screen.getByTestId('update-outcome');
    expect(outcome.textContent).toMatch(/Downtime\s*3 seconds/);
    await expectAccessible();

    await fireEvent.click(within(outcome).getByRole('button', { name: 'Undo…' }));
    await screen.findByRole('heading', { level: 1, name: 'Undo the last update of bookshelf' });
    const changes = await screen.findByTestId('release-changes');
    expect(changes.textContent).toMatch(/web.*bookshelf:4\.2 \(.*\) → .*bookshelf:4\.2 \(/);
    await screen.findByTestId('comparison');
    await screen.findByRole('button', { name: 'Undo the update' });
    expect(demo).toBeTruthy();
    await expectAccessible();
  });

  it('that was rolled back is an ending of its own, and no error', async () => {
    const { outcome } = await update('photos');
    expect(outcome.dataset.outcome).toBe('rolled-back');
    await screen.findByRole('heading', { level: 1, name: 'The update was rolled back' });
    expect(document.querySelector('header')?.textContent).toMatch(
      /photos\/server:1\.98\.3 \(.*\) runs with its data\./,
    );
    expect(outcome.textContent).toContain('server ended with exit code 1 after it was started.');
    expect(screen.queryByRole('alert')).toBeNull();
    const log = within(outcome).getByText('The last lines of the failed release');
    expect(log.closest('details')?.textContent).toContain('panic: config key "ml.url" is required');
    expect(
      within(outcome).getByText('What it left').nextElementSibling?.querySelector('a'),
    ).toBeTruthy();
    const steps = within(outcome).getByRole('list', { name: 'Steps of the update' });
    const states = within(steps)
      .getAllByRole('listitem')
      .map((one) => one.className.split(' ')[0]);
    expect(states.slice(-2)).toEqual(['failed', 'done']);
    expect(announcer.message).toContain('The update was rolled back.');
    const bar = screen.getByTestId('job-bar');
    expect(bar.textContent).toContain('The update was rolled back.');
    expect(within(bar).queryByRole('button', { name: 'Undo' })).toBeNull();
    await expectAccessible();
  });

  it('without anything newer says that nothing was stopped', async () => {
    const { outcome } = await update('timeclock');
    expect(outcome.dataset.outcome).toBe('up-to-date');
    await screen.findByText('Nothing newer was found, and nothing was stopped.');
    expect(screen.queryByTestId('downtime-clock')).toBeNull();
    await expectAccessible();
  });

  it('is found again by a window that comes back', async () => {
    const demo = openWindow('#/app/bookshelf', { ticks: 1, tickMs: 5000 });
    const { token } = await demo.planUpdate('bookshelf', { apply_compose: false, git_pull: false });
    const id = await demo.update(token);
    await waitFor(async () => expect((await demo.listJobs())[0]?.id).toBe(id));
    await jobs.attach();
    const card = await screen.findByTestId('updates-card');
    await within(card).findByText('An update is running.');
    await fireEvent.click(within(card).getByRole('button', { name: 'Show it' }));
    await screen.findByTestId('downtime-clock');
    expect(location.hash).toBe(`#/app/bookshelf/update/${id}`);
  });
});
