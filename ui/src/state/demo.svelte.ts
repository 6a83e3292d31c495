/** The demo application: being brought up, and where it is. */

import { backend } from '../backend/backend';
import type { DemoReport, Error as ApiError } from '../bindings/api';
import { DEMO } from '../text/demo';
import { toError } from '../text/errors';
import { announce } from './announce.svelte';
import { apps } from './apps.svelte';

class DemoApplication {
  busy = $state(false);
  error = $state<ApiError | null>(null);
  /** Where it is; until somebody has read it. */
  report = $state<DemoReport | null>(null);

  /** Brings it up, and looks at the engine again. */
  start = async (): Promise<void> => {
    if (this.busy) return;
    this.busy = true;
    this.error = null;
    try {
      this.report = await backend().startDemo();
      await apps.refresh();
      announce(`${DEMO.runs(this.report)}. ${DEMO.more(this.report)}`);
    } catch (thrown) {
      this.error = toError(thrown);
    } finally {
      this.busy = false;
    }
  };

  /** Forgets everything. */
  clear(): void {
    this.busy = false;
    this.error = null;
    this.report = null;
  }
}

export const demoApplication = new DemoApplication();
