import { expect, it } from 'vitest';

import { useBackend, type Backend } from '../backend/backend';
import type { Protection } from '../bindings/api';
import { ProtectionView } from './protection.svelte';

it('asks again if it is asked to while an older answer is on its way', async () => {
  const answers: ((found: Protection) => void)[] = [];
  const protection = () => new Promise<Protection>((resolve) => answers.push(resolve));
  useBackend({ protection } as unknown as Backend);
  const view = new ProtectionView('shop');
  const first = view.look();
  void view.look();
  expect(answers).toHaveLength(1);
  answers[0]?.({ state: 'waiting' } as Protection);
  await Promise.resolve();
  await new Promise((done) => setTimeout(done));
  expect(answers).toHaveLength(2);
  answers[1]?.({ state: 'gone' } as Protection);
  await first;
  expect(view.known?.state).toBe('gone');
});
