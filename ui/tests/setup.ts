import { cleanup, configure } from '@testing-library/svelte';
import { afterEach, beforeEach, vi } from 'vitest';

import { apps } from '../src/state/apps.svelte';
import { announcer } from '../src/state/announce.svelte';
import { demoApplication } from '../src/state/demo.svelte';
import { clearDetails } from '../src/state/detail.svelte';
import { jobs } from '../src/state/jobs.svelte';
import { clearProtection } from '../src/state/protection.svelte';
import { clearSettings } from '../src/state/settings.svelte';
import { welcome } from '../src/state/welcome.svelte';

// There is no canvas here. What is drawn is seen in the real window.
vi.mock('uplot', async () => ({ default: (await import('./chart')).Chart }));

// A busy machine takes its time; what waits is told by events, not by this.
configure({ asyncUtilTimeout: 8000 });

// Each test begins with a window that has seen nothing.
beforeEach(() => {
  apps.clear();
  demoApplication.clear();
  jobs.clear();
  clearDetails();
  clearProtection();
  clearSettings();
  welcome.clear();
  announcer.message = '';
});

afterEach(() => cleanup());
