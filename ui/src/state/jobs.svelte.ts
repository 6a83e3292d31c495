/** The jobs that run or ended in this window. */

import { backend } from '../backend/backend';
import type { Error as ApiError, JobEvent, JobKind, Outcome, Step } from '../bindings/api';
import { toError } from '../text/errors';
import { JOBS, jobTitle } from '../text/jobs';
import { stepTitle } from '../text/said';
import { announce } from './announce.svelte';
import type { Begun } from './downtime';
import { endingOf } from './endings';
import { Pace } from './pace';

/** Notes beyond this are dropped from the front: they are a tail, not a log. */
const NOTE_LIMIT = 200;

/** What is known of a job before its first message. */
export interface JobSeed {
  app: string | null;
  kind: JobKind;
  title: string;
}

/** A job as the window shows it. */
export class Job {
  readonly id: string;
  app = $state<string | null>(null);
  kind = $state<JobKind>('backup');
  title = $state('');
  steps = $state<Step[]>([]);
  current = $state<string | null>(null);
  finished = $state<string[]>([]);
  doneBytes = $state(0);
  totalBytes = $state<number | null>(null);
  rate = $state<number | null>(null);
  remainingMs = $state<number | null>(null);
  notes = $state<string[]>([]);
  stopping = $state(false);
  outcome = $state<Outcome | null>(null);
  result = $state<unknown>(null);
  /** The steps in the order in which they began. */
  begun = $state<Begun[]>([]);
  endedAt = $state<number | null>(null);
  /** What is told now happened before this window was there. */
  catchingUp = false;
  #pace: Pace | null = null;
  #onEnd: (job: Job) => void;

  constructor(id: string, seed: JobSeed, onEnd: (job: Job) => void) {
    this.id = id;
    this.app = seed.app;
    this.kind = seed.kind;
    this.title = jobTitle(seed);
    this.#onEnd = onEnd;
  }

  get running(): boolean {
    return this.outcome === null;
  }

  get error(): ApiError | null {
    return this.outcome?.outcome === 'failed' ? this.outcome.error : null;
  }

  get step(): Step | null {
    return this.steps.find((one) => one.id === this.current) ?? null;
  }

  get stepNumber(): number {
    return this.steps.findIndex((one) => one.id === this.current) + 1;
  }

  /** The step after which it had to go back; the way back is announced only then. */
  get broken(): string | null {
    const back = this.steps.findIndex((one) => one.id === 'back');
    return this.steps[back - 1]?.id ?? null;
  }

  /** Cancel is possible now. */
  get interruptible(): boolean {
    return this.running && !this.stopping && (this.step?.interruptible ?? true);
  }

  /** Takes what happened. */
  happen(event: JobEvent, now = Date.now()): void {
    switch (event.event) {
      case 'started':
        this.steps = event.steps;
        break;
      case 'step-started':
        this.#beginStep(event.step, event.total_bytes, now);
        break;
      case 'progress':
        this.#progress(event.done_bytes, event.total_bytes, now);
        break;
      case 'note':
        this.notes = [...this.notes, event.text].slice(-NOTE_LIMIT);
        break;
      case 'step-finished':
        if (!this.finished.includes(event.step)) this.finished = [...this.finished, event.step];
        break;
      case 'stopping':
        this.stopping = true;
        announce(JOBS.stopping);
        break;
      case 'finished':
        this.#end(event.outcome, now);
    }
  }

  #beginStep(id: string, total: number | null, now: number): void {
    this.current = id;
    this.begun = [...this.begun, { step: id, at: now, earlier: this.catchingUp }];
    this.doneBytes = 0;
    this.totalBytes = total;
    this.rate = null;
    this.remainingMs = null;
    this.#pace = new Pace(now);
    if (!this.step) return;
    const step = stepTitle(this.step, this.kind);
    announce(JOBS.stepSpoken(this.title, this.stepNumber, this.steps.length, step));
  }

  #progress(done: number, total: number | null, now: number): void {
    this.doneBytes = done;
    this.totalBytes = total ?? this.totalBytes;
    this.#pace?.add(now, done, this.totalBytes);
    this.rate = this.#pace?.rate() ?? null;
    this.remainingMs = this.#pace?.remaining(now) ?? null;
  }

  #end(outcome: Outcome, now: number): void {
    if (this.outcome) return;
    this.outcome = outcome;
    this.endedAt = now;
    this.rate = null;
    this.remainingMs = null;
    // How an update ended is in its report, and so is how far it went: "done" says neither.
    if (this.kind !== 'update' || outcome.outcome !== 'done') {
      if (outcome.outcome === 'done') this.finished = this.steps.map((one) => one.id);
      announce(JOBS.ended(this.title, outcome));
    }
    this.#onEnd(this);
  }
}

type EndListener = (job: Job) => void;

class Jobs {
  list = $state<Job[]>([]);
  #listeners = new Set<EndListener>();

  get running(): Job[] {
    return this.list.filter((job) => job.running);
  }

  /** The job that works on an application now. */
  busyWith(app: string): Job | null {
    return this.running.find((job) => job.app === app) ?? null;
  }

  find(id: string | null): Job | null {
    return this.list.find((job) => job.id === id) ?? null;
  }

  /** Is told of every ending until the returned function is called. */
  onEnd(listener: EndListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Follows a job that was just started. Earlier good endings of the same kind make room. */
  follow(id: string, seed: JobSeed, isJoinedLate = false): Job {
    const known = this.find(id);
    if (known) return known;
    this.list = this.list.filter(
      (job) => job.running || job.app !== seed.app || job.outcome?.outcome === 'failed',
    );
    const job = new Job(id, seed, (ended) => void this.#ended(ended));
    job.catchingUp = isJoinedLate;
    this.list = [job, ...this.list];
    backend()
      .watchJob(id, (event) => job.happen(event))
      .then(() => (job.catchingUp = false))
      .catch((thrown: unknown) =>
        job.happen({ event: 'finished', outcome: { outcome: 'failed', error: toError(thrown) } }),
      );
    return job;
  }

  /** Finds what was running before the window was opened again, and updates that ended meanwhile. */
  async attach(): Promise<void> {
    const views = await backend().listJobs();
    const wanted = views.filter((one) => one.outcome === null || one.kind === 'update');
    for (const view of wanted) this.follow(view.id, view, true);
  }

  dismiss(id: string): void {
    this.list = this.list.filter((job) => job.id !== id || job.running);
  }

  /** Forgets everything. */
  clear(): void {
    this.list = [];
  }

  async #ended(job: Job): Promise<void> {
    if (job.outcome?.outcome === 'done') {
      job.result = await backend()
        .jobResult(job.id)
        .catch(() => null);
    }
    const ending = job.kind === 'update' ? endingOf(job) : null;
    if (ending) announce(JOBS.endedAs(job.title, ending.text));
    for (const listener of this.#listeners) listener(job);
  }
}

export const jobs = new Jobs();
