import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';

import { openDemo } from '../src/backend/demo';
import { page } from '../src/state/page';
import { expectAccessible, openWindow } from './helpers';

describe('preferences', () => {
  it('are in force as soon as they are chosen', async () => {
    const demo = openWindow('#/preferences');
    const watch = await screen.findByRole('switch', { name: 'Watch applications' });
    expect((watch as HTMLInputElement).checked).toBe(true);
    await fireEvent.click(watch);
    await screen.findByText('Nothing is noticed while applications are not watched.');
    await waitFor(async () => expect((await demo.preferences()).preferences.watch).toBe(false));
    await fireEvent.click(screen.getByRole('switch', { name: 'Start at login' }));
    await waitFor(async () => expect((await demo.preferences()).start_at_login).toBe(true));
    const closing = within(screen.getByRole('radiogroup', { name: 'Closing the window' }));
    await fireEvent.click(closing.getByRole('radio', { name: /Keep running in the tray/ }));
    await waitFor(async () =>
      expect((await demo.preferences()).preferences.on_close).toBe('keep-running'),
    );
    expect((await demo.preferences()).preferences.watch).toBe(false);
    await expectAccessible();
  });

  it('goes back to what it was if a choice cannot be kept', async () => {
    openWindow('#/preferences', { world: 'failing' });
    const notifications = await screen.findByRole('switch', { name: 'Notifications' });
    await fireEvent.click(notifications);
    await screen.findAllByText(/The preferences could not be kept/);
    expect((notifications as HTMLInputElement).checked).toBe(true);
  });

  it('ends with what this is, the logs, and the shortcuts', async () => {
    const demo = openWindow('#/preferences');
    const about = await screen.findByRole('region', { name: 'About' });
    await waitFor(() => expect(about.textContent).toMatch(/Lifeboat\s*Version\s*0\.1\.0/));
    expect(about.textContent).toMatch(/Licence\s*Apache License 2\.0/);
    await screen.findByRole('switch', { name: 'Watch applications' });
    const headings = screen.getAllByRole('heading', { level: 2 }).map((one) => one.textContent);
    expect(headings.at(-1)).toBe('About');
    await fireEvent.click(within(about).getByRole('button', { name: /folder of the logs/ }));
    await waitFor(() => expect(demo.opened).toEqual(['log']));
    await fireEvent.click(within(about).getByRole('button', { name: 'Keyboard shortcuts' }));
    const sheet = await screen.findByRole('dialog', { name: 'Keyboard shortcuts' });
    await expectAccessible();
    await fireEvent.click(within(sheet).getByRole('button', { name: 'Close' }));
    expect(screen.queryByRole('dialog')).toBeNull();
    await expectAccessible();
  });

  it('says so where the folder does not open', async () => {
    const demo = openWindow('#/');
    await screen.findAllByTestId('app-row');
    const error = {
      code: 'internal',
      message: 'The folder could not be opened.',
      advice: 'Open it by hand.',
      aftermath: 'unchanged',
    };
    vi.spyOn(demo, 'openLogFolder').mockRejectedValue(error);
    location.hash = '#/preferences';
    const about = await screen.findByTestId('about');
    await fireEvent.click(within(about).getByRole('button', { name: /folder of the logs/ }));
    const alert = await within(about).findByRole('alert');
    expect(alert.textContent).toContain('The folder could not be opened.');
    await expectAccessible();
  });

  it('can be reached by keys, as closing can', async () => {
    const demo = openWindow('#/');
    await screen.findAllByTestId('app-row');
    await fireEvent.keyDown(window, { key: ',', ctrlKey: true });
    await screen.findByRole('heading', { name: 'Preferences' });
    await fireEvent.keyDown(window, { key: 'w', ctrlKey: true });
    expect(demo.opened).toContain('closed');
  });
});

describe('the language', () => {
  afterEach(() => history.replaceState(null, '', location.pathname));

  const choices = async () => within(await screen.findByRole('radiogroup', { name: 'Language' }));
  const isChosen = (radio: HTMLElement) => (radio as HTMLInputElement).checked;

  it('is kept, and then taken by loading the same page anew', async () => {
    const reload = vi.spyOn(page, 'reload').mockImplementation(() => undefined);
    const demo = openWindow('#/preferences');
    const shown = await choices();
    expect(isChosen(shown.getByRole('radio', { name: /^System/ }))).toBe(true);
    await expectAccessible();
    const kept: unknown[] = [];
    reload.mockImplementation(async () => kept.push((await demo.preferences()).preferences));
    await fireEvent.click(shown.getByRole('radio', { name: 'Deutsch' }));
    await waitFor(() => expect(kept).toEqual([expect.objectContaining({ language: 'de' })]));
    expect(reload).toHaveBeenCalledTimes(1);
    expect(location.hash).toBe('#/preferences');
  });

  it('that is spoken already is kept without loading anything', async () => {
    const reload = vi.spyOn(page, 'reload').mockImplementation(() => undefined);
    const demo = openWindow('#/preferences');
    await fireEvent.click((await choices()).getByRole('radio', { name: 'English' }));
    await waitFor(async () => expect((await demo.preferences()).preferences.language).toBe('en'));
    await screen.findAllByText('Kept.');
    expect(reload).not.toHaveBeenCalled();
  });

  it('that cannot be kept is not taken', async () => {
    const reload = vi.spyOn(page, 'reload').mockImplementation(() => undefined);
    openWindow('#/preferences', { world: 'failing' });
    const shown = await choices();
    await fireEvent.click(shown.getByRole('radio', { name: 'Deutsch' }));
    await screen.findAllByText(/The preferences could not be kept/);
    expect(isChosen(shown.getByRole('radio', { name: /^System/ }))).toBe(true);
    expect(reload).not.toHaveBeenCalled();
  });

  it('of the demo is still chosen after it is loaded anew', async () => {
    const demo = openDemo(new URLSearchParams('speed=still&world=safe'));
    const { preferences } = await demo.preferences();
    await demo.setPreferences({ ...preferences, language: 'de' }, false);
    expect(location.search).toContain('world=safe');
    const anew = openDemo(new URLSearchParams(location.search));
    expect((await anew.preferences()).preferences.language).toBe('de');
  });
});
