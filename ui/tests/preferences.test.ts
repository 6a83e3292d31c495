import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';

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

  it('can be reached by keys, as closing can', async () => {
    const demo = openWindow('#/');
    await screen.findAllByTestId('app-row');
    await fireEvent.keyDown(window, { key: ',', ctrlKey: true });
    await screen.findByRole('heading', { name: 'Preferences' });
    await fireEvent.keyDown(window, { key: 'w', ctrlKey: true });
    expect(demo.opened).toContain('closed');
  });
});
