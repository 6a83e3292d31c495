import { render } from '@testing-library/svelte';
import axe from 'axe-core';
import { expect } from 'vitest';

import App from '../src/App.svelte';
import { useBackend } from '../src/backend/backend';
import { Demo, type DemoOptions } from '../src/backend/demo';

/** Opens the whole window at a page of a world. */
export function openWindow(hash: string, options: Partial<DemoOptions> = {}): Demo {
  const demo = new Demo(options);
  useBackend(demo);
  location.hash = hash;
  render(App);
  return demo;
}

/** No rule of WCAG 2.2 AA is broken. Contrast needs real pixels and is checked in a browser. */
export async function expectAccessible(): Promise<void> {
  const report = await axe.run(document.body, {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    rules: { 'color-contrast': { enabled: false } },
  });
  const broken = report.violations.map(
    (one) => `${one.id}: ${one.nodes.map((node) => node.html).join(' | ')}`,
  );
  expect(broken).toEqual([]);
}
