/** Jobs of the demo world: they move step by step, can be cancelled, and fail on request. */

import type { JobEvent, JobKind, JobView, Outcome, Step } from '../bindings/api';
import type { JobListener } from './backend';
import { fault } from './demo-faults';

/** A step of a job. */
export const step = (id: string, title: string, interruptible = true): Step => ({
  id,
  title,
  interruptible,
});

/** What a restore and an undo go through. */
export const RESTORE_STEPS = [
  step('stage', 'Unpack and check the backup beside the live data'),
  step('stop', 'Stop the application'),
  step('exchange', 'Exchange the databases', false),
  step('start', 'Start the application and wait until it is healthy', false),
  step('collect', 'Keep what was replaced as a backup', false),
];

/** What an update goes through that ends well. */
export const UPDATE_STEPS = [
  step('check', 'Look at what runs'),
  step('fetch', 'Get the new release'),
  step('backup', 'Back up, and prove it'),
  step('stop', 'Stop the application', false),
  step('keep', 'Keep a copy of the quiet databases', false),
  step('swap', 'Put the new release in place', false),
  step('gate', 'Wait until it is healthy', false),
  step('finish', 'Keep the way back', false),
];

/** What an update goes through, once it was seen that it does not end well. */
export const BACK = step('back', 'Go back to the old release and its data', false);

const STEPS: Record<JobKind, Step[]> = {
  backup: [
    step('capture', 'Copy the databases while the application runs'),
    step('seal', 'Read the archive back and compare'),
    step('verify', 'Restore to scratch and check'),
  ],
  verify: [
    step('read', 'Read the archive and compare'),
    step('verify', 'Restore to scratch and check'),
  ],
  download: [
    step('copy', 'Copy to the chosen place'),
    step('compare', 'Read the copy back and compare'),
  ],
  import: [
    step('send', 'Take the file into the vault'),
    step('verify', 'Restore to scratch and check'),
  ],
  restore: RESTORE_STEPS,
  undo: RESTORE_STEPS,
  update: UPDATE_STEPS,
  recover: [
    step('look', 'See how far it was', false),
    step('finish', 'Put the old data back', false),
  ],
  leave: [
    step('copy', 'Copy the backups and compare'),
    step('remove', 'Remove the vault and what keeps it', false),
  ],
};

const TITLES: Record<JobKind, string> = {
  backup: 'Backing up',
  verify: 'Proving a backup of',
  download: 'Saving a backup of',
  import: 'Importing a backup for',
  restore: 'Restoring',
  undo: 'Undoing the last change of',
  update: 'Updating',
  recover: 'Finishing what was interrupted in',
  leave: 'Stop protecting',
};

/** Steps that move no bytes worth counting. */
const SHORT_STEPS = new Set([
  'check',
  'stop',
  'start',
  'exchange',
  'swap',
  'gate',
  'finish',
  'back',
]);

interface DemoJob {
  view: JobView;
  history: JobEvent[];
  listeners: JobListener[];
  cancelled: boolean;
}

/** How fast they are, and whether they fail. */
interface Pace {
  world: string;
  tickMs: number;
  ticks: number;
}

/** All jobs of a window. */
export class DemoJobs {
  #jobs = new Map<string, DemoJob>();
  #pace: Pace;

  constructor(pace: Pace) {
    this.#pace = pace;
  }

  /** What there is to see of each. */
  get views(): JobView[] {
    return [...this.#jobs.values()].map((job) => job.view);
  }

  /** Tells what happened, and then what happens. */
  watch(id: string, listener: JobListener): void {
    const job = this.#jobs.get(id);
    if (!job) throw fault('internal', 'That job is not known.', 'Start it again.');
    job.history.forEach((event) => listener(structuredClone(event)));
    job.listeners.push(listener);
  }

  /** What it gave, once it is done. */
  result(id: string): unknown {
    return structuredClone(this.#jobs.get(id)?.view.result ?? null);
  }

  /** Has it end at the next tick. */
  cancel(id: string): void {
    const job = this.#jobs.get(id);
    if (!job) return;
    job.cancelled = true;
    this.#tell(job, { event: 'stopping' });
  }

  #tell(job: DemoJob, event: JobEvent): void {
    job.history.push(event);
    const view = job.view;
    if (event.event === 'started') {
      view.steps = event.steps;
    } else if (event.event === 'step-started') {
      Object.assign(view, {
        current_step: event.step,
        done_bytes: 0,
        total_bytes: event.total_bytes,
      });
    } else if (event.event === 'progress') {
      Object.assign(view, { done_bytes: event.done_bytes, total_bytes: event.total_bytes });
    } else if (event.event === 'finished') {
      view.outcome = event.outcome;
    }
    for (const listener of job.listeners) listener(structuredClone(event));
  }

  /** Starts one with this id, which does its work when it comes to its end. */
  start(
    id: string,
    kind: JobKind,
    app: string,
    finish: () => unknown,
    walk: Step[] = STEPS[kind],
  ): void {
    const view: JobView = {
      id,
      app,
      kind,
      title: `${TITLES[kind]} ${app}`,
      steps: STEPS[kind],
      current_step: null,
      done_bytes: 0,
      total_bytes: null,
      notes: [],
      stopping: false,
      outcome: null,
      result: null,
    };
    const job: DemoJob = { view, history: [], listeners: [], cancelled: false };
    this.#jobs.set(id, job);
    setTimeout(() => void this.#work(job, finish, walk));
  }

  async #work(job: DemoJob, finish: () => unknown, walk: Step[]): Promise<void> {
    const total = 154 * 1024 * 1024;
    this.#tell(job, { event: 'started', steps: job.view.steps });
    for (const one of walk) {
      if (one === BACK) this.#tell(job, { event: 'started', steps: walk });
      const bytes = SHORT_STEPS.has(one.id) ? null : total;
      this.#tell(job, { event: 'step-started', step: one.id, total_bytes: bytes });
      for (let tick = 1; tick <= this.#pace.ticks; tick += 1) {
        await new Promise((done) => setTimeout(done, this.#pace.tickMs));
        if (job.cancelled) return this.#tell(job, ended({ outcome: 'cancelled' }));
        if (bytes === null) continue;
        const done = Math.round((total * tick) / this.#pace.ticks);
        this.#tell(job, { event: 'progress', step: one.id, done_bytes: done, total_bytes: total });
      }
      if (this.#pace.world === 'failing') return this.#tell(job, ended(this.#failure()));
      this.#tell(job, { event: 'step-finished', step: one.id });
    }
    job.view.result = finish();
    this.#tell(job, ended({ outcome: 'done' }));
  }

  #failure(): Outcome {
    const error = fault(
      'no-space',
      'The backup needs 154 MiB and only 12 MiB are free on the engine’s disk.',
      'Make room on the engine’s disk, or delete old backups.',
      'write scratch/job-1/library.db: ENOSPC',
    );
    return { outcome: 'failed', error };
  }
}

const ended = (outcome: Outcome): JobEvent => ({ event: 'finished', outcome });
