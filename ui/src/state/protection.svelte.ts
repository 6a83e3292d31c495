/** How an application is protected, looked at again and again while somebody looks. */

import { backend } from '../backend/backend';
import type { Error as ApiError, Protection } from '../bindings/api';
import { toError } from '../text/errors';
import { apps } from './apps.svelte';

/** How often to look while nothing is expected. */
const CALM_MS = 60_000;
/** And while it works, or is about to. */
const EAGER_MS = 4_000;

export type ProtectionWork = 'on' | 'off' | null;

export class ProtectionView {
  readonly name: string;
  known = $state<Protection | null>(null);
  error = $state<ApiError | null>(null);
  work = $state<ProtectionWork>(null);
  #looking = false;
  /** Somebody asked while an older answer was on its way. */
  #again = false;

  constructor(name: string) {
    this.name = name;
  }

  async look(): Promise<void> {
    if (this.work) return;
    if (this.#looking) {
      this.#again = true;
      return;
    }
    this.#looking = true;
    try {
      const found = await backend().protection(this.name);
      // What was ordered meanwhile knows better.
      if (!this.work) this.#take(found);
    } catch (thrown) {
      this.error = toError(thrown);
    } finally {
      this.#looking = false;
    }
    if (this.#again) {
      this.#again = false;
      await this.look();
    }
  }

  /** Switches it on, or puts it right. */
  switchOn = () => this.#order('on', () => backend().guardOn(this.name));
  switchOff = () => this.#order('off', () => backend().guardOff(this.name));

  /** Switches it on where nobody looks at it: what the list says is true again when this ends. */
  async protect(): Promise<void> {
    await this.switchOn();
    // A large backup takes its time: it is looked at ever more rarely.
    for (
      let pause = EAGER_MS;
      !this.error && this.#isBusy();
      pause = Math.min(2 * pause, CALM_MS)
    ) {
      await new Promise((done) => setTimeout(done, pause));
      await this.look();
    }
    await apps.refresh();
  }

  #isBusy(): boolean {
    return this.known?.state === 'starting' || this.known?.state === 'working';
  }

  async #order(work: ProtectionWork, act: () => Promise<Protection>): Promise<void> {
    if (this.work) return;
    this.work = work;
    try {
      this.#take(await act());
    } catch (thrown) {
      this.error = toError(thrown);
    } finally {
      this.work = null;
    }
  }

  #take(found: Protection): void {
    this.known = found;
    this.error = null;
    apps.learn(this.name, found);
  }

  /** Looks until the returned function is called; not while nobody sees the window. */
  watch(): () => void {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let stopped = false;
    const again = () => {
      if (!stopped) timer = setTimeout(() => void turn(), this.#pause());
    };
    const turn = async () => {
      if (document.visibilityState !== 'hidden') await this.look();
      again();
    };
    void turn();
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  }

  #pause(): number {
    if (this.#isBusy()) return EAGER_MS;
    const { next } = this.known ?? {};
    const left = next ? Date.parse(next.at) - Date.now() : CALM_MS;
    return Math.min(CALM_MS, Math.max(EAGER_MS, left));
  }
}

const known = new Map<string, ProtectionView>();

/** The same object each time, so that coming back shows at once what was seen before. */
export function protectionOf(name: string): ProtectionView {
  const view = known.get(name) ?? new ProtectionView(name);
  known.set(name, view);
  return view;
}

/** Forgets everything. */
export function clearProtection(): void {
  known.clear();
}
