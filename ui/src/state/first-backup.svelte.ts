/** The first backup of one application: its protection is switched on, and what comes of it is watched. */

import { backend, type SettingChange } from '../backend/backend';
import type { Error as ApiError, Protection, Verdict } from '../bindings/api';
import { toError } from '../text/errors';
import { startBackup } from './actions';
import { resultBackup } from './endings';
import { jobs, type Job } from './jobs.svelte';
import { protectionOf } from './protection.svelte';

/** How often it is looked whether the guardian has ended its first backup: ever more rarely. */
const LOOK_MS = 1_000;
const LOOK_LIMIT_MS = 8_000;

/** A backup that comes so soon is waited for, and none is taken beside it. */
const SOON_MS = 60_000;

export type FirstState = 'waiting' | 'protecting' | 'working' | 'done' | 'cancelled' | 'failed';

export class FirstBackup {
  readonly app: string;
  state = $state<FirstState>('waiting');
  verdict = $state<Verdict | null>(null);
  /** What could not be done. */
  error = $state<ApiError | null>(null);
  /** What the guardian says that keeps it from a backup. */
  trouble = $state<string | null>(null);
  /** The guardian tries again by itself. */
  triesAgain = $state(false);
  /** Why it has to wait at present. */
  heldUp = $state<string | null>(null);
  /** The backup that this window takes, where the guardian takes none. */
  job = $state<Job | null>(null);
  next = $state<string | null>(null);

  constructor(app: string) {
    this.app = app;
  }

  get hasEnded(): boolean {
    return this.state === 'done' || this.state === 'cancelled' || this.state === 'failed';
  }

  get isGood(): boolean {
    return this.state === 'done' && this.verdict === 'sound';
  }

  /**
   * Switches protection on, and goes on to watch what comes of it until `end`: the guardians of several
   * applications work at the same time.
   */
  async begin(changes: SettingChange[], hasVault: boolean): Promise<{ end: Promise<void> }> {
    this.state = 'protecting';
    this.error = null;
    this.trouble = null;
    this.triesAgain = false;
    this.job = null;
    try {
      const before = hasVault ? await lastOf(this.app) : null;
      if (changes.length > 0) await backend().changeSettings(this.app, changes);
      const view = protectionOf(this.app);
      await view.switchOn();
      if (view.error) throw view.error;
      this.state = 'working';
      return { end: this.#watch(before) };
    } catch (thrown) {
      this.#fail(thrown);
      return { end: Promise.resolve() };
    }
  }

  /** The guardian takes the first backup by itself as it starts; a second one would be one too many. */
  async #watch(before: string | null): Promise<void> {
    const view = protectionOf(this.app);
    try {
      for (let pause = LOOK_MS; !this.#hear(view.known, before);) {
        if (view.known && takesNone(view.known)) return await this.#takeOne();
        await new Promise((done) => setTimeout(done, pause));
        pause = Math.min(2 * pause, LOOK_LIMIT_MS);
        await view.look();
        if (view.error) throw view.error;
      }
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  /** Takes what is known of the guardian; whether that is the end. */
  #hear(found: Protection | null, before: string | null): boolean {
    const last = found?.last_success ?? null;
    this.next = found?.next?.at ?? null;
    this.heldUp = found?.state === 'held-up' ? found.message : null;
    if (last && last.id !== before) {
      this.verdict = last.verdict;
      this.state = 'done';
    } else if (found && found.failures > 0) {
      this.trouble = found.last_failure ?? found.message;
      this.triesAgain = true;
      this.state = 'failed';
    } else if (found && BROKEN.has(found.state)) {
      this.trouble = found.message;
      this.state = 'failed';
    }
    return this.hasEnded;
  }

  async #takeOne(): Promise<void> {
    const job = await startBackup(this.app);
    this.job = job;
    await jobs.ended(job);
    if (job.error) throw job.error;
    this.verdict = resultBackup(job)?.verification.verdict ?? 'not-checked';
    this.state = job.outcome?.outcome === 'cancelled' ? 'cancelled' : 'done';
  }

  #fail(thrown: unknown): void {
    this.error = toError(thrown);
    this.state = 'failed';
  }
}

/** States in which a guardian takes no backup, and does not come out of by itself. */
const BROKEN = new Set<Protection['state']>(['refusing', 'silent', 'stopped', 'gone', 'off']);

/** The settings say that it takes none as it starts: the schedule's first one is some way off, or never. */
function takesNone({ state, next }: Protection): boolean {
  if (state === 'switched-off') return true;
  const left = next ? Date.parse(next.at) - Date.now() : Infinity;
  return state === 'waiting' && left > SOON_MS;
}

/** What the guardian of an earlier protection took last. */
const lastOf = async (app: string) => (await backend().protection(app)).last_success?.id ?? null;
