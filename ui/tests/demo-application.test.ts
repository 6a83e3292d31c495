import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';

import { expectAccessible, openWindow } from './helpers';

const APP = 'lifeboat-demo';

const tryDemo = async () =>
  fireEvent.click(await screen.findByRole('button', { name: 'Try the demo' }));

const removeButton = () =>
  screen.getByRole('button', { name: 'Remove the demo' }) as HTMLButtonElement;

describe('the demo application', () => {
  it('is offered where nothing is to protect, and says where it is', async () => {
    openWindow('#/', { world: 'empty' });
    await tryDemo();
    await screen.findByRole('link', { name: APP });
    const note = screen.getByText(/guest book is at http:\/\/127\.0\.0\.1:8737/);
    await expectAccessible();
    await fireEvent.click(screen.getByRole('button', { name: 'Hide this note' }));
    expect(note.isConnected).toBe(false);
    expect(screen.queryByRole('button', { name: 'Try the demo' })).toBeNull();
  });

  it('can be chosen in the first run as soon as it is there', async () => {
    openWindow('#/', { world: 'empty', welcomed: false });
    await screen.findByText('The engine is found');
    await fireEvent.click(screen.getByRole('button', { name: 'Next' }));
    await tryDemo();
    const box = (await screen.findByRole('checkbox', { name: APP })) as HTMLInputElement;
    expect(box.checked).toBe(true);
    expect((screen.getByRole('button', { name: 'Next' }) as HTMLButtonElement).disabled).toBe(
      false,
    );
  });

  it('says why it could not be started, and can be tried again', async () => {
    const demo = openWindow('#/', { world: 'empty' });
    const message =
      'The demo application was not started: there is a container lifeboat-demo already.';
    const refused = {
      code: 'invalid-input',
      message,
      advice: 'Use that one, or rename or remove it, then try again.',
      aftermath: 'unchanged',
      detail: null,
    };
    const start = vi.spyOn(demo, 'startDemo').mockRejectedValueOnce(refused);
    await tryDemo();
    expect((await screen.findByRole('alert')).textContent).toContain(message);
    await tryDemo();
    await screen.findByRole('link', { name: APP });
    expect(start).toHaveBeenCalledTimes(2);
  });

  it('goes with everything, after its name was typed', async () => {
    openWindow('#/', { world: 'empty' });
    await tryDemo();
    await fireEvent.click(await screen.findByRole('link', { name: APP }));
    await fireEvent.click(await screen.findByRole('link', { name: 'Remove the demo…' }));
    const goes = await screen.findByRole('region', { name: 'What goes' });
    expect(within(goes).getByText('lifeboat-demo-data')).toBeTruthy();
    expect(removeButton().disabled).toBe(true);
    await fireEvent.input(screen.getByRole('textbox'), { target: { value: APP } });
    await waitFor(() => expect(removeButton().disabled).toBe(false));
    await fireEvent.click(removeButton());
    await screen.findByRole('button', { name: 'Try the demo' });
  });
});
