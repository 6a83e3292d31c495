import { describe, expect, it, vi } from 'vitest';

import { announcer } from './announce.svelte';
import { endingOf } from './endings';
import { Job } from './jobs.svelte';
import { Pace } from './pace';

const STEPS = [
  { id: 'one', title: 'First', interruptible: true },
  { id: 'two', title: 'Second', interruptible: false },
];

function newJob() {
  const onEnd = vi.fn();
  const job = new Job('1', { app: 'x', kind: 'backup', title: 'Backing up x' }, onEnd);
  return { job, onEnd };
}

describe('a job', () => {
  it('follows its events, and speaks of steps only', () => {
    const { job, onEnd } = newJob();
    job.happen({ event: 'started', steps: STEPS }, 0);
    job.happen({ event: 'step-started', step: 'one', total_bytes: 100 }, 0);
    expect(announcer.message).toBe('Backing up x: step 1 of 2, First');
    announcer.message = '';
    job.happen({ event: 'progress', step: 'one', done_bytes: 0, total_bytes: 100 }, 0);
    job.happen({ event: 'progress', step: 'one', done_bytes: 50, total_bytes: 100 }, 1000);
    expect(announcer.message).toBe('');
    expect([job.doneBytes, job.rate, job.interruptible]).toEqual([50, 50, true]);
    job.happen({ event: 'step-finished', step: 'one' }, 2000);
    job.happen({ event: 'step-started', step: 'two', total_bytes: null }, 2000);
    expect([job.finished, job.interruptible, job.doneBytes]).toEqual([['one'], false, 0]);
    job.happen({ event: 'finished', outcome: { outcome: 'done' } }, 3000);
    job.happen({ event: 'finished', outcome: { outcome: 'cancelled' } }, 3001);
    expect(job.outcome).toEqual({ outcome: 'done' });
    expect(onEnd).toHaveBeenCalledTimes(1);
  });

  it('that is joined late is told of what was before', () => {
    const { job, onEnd } = newJob();
    job.happen({ event: 'started', steps: STEPS }, 0);
    job.happen({ event: 'step-started', step: 'one', total_bytes: null }, 0);
    job.happen({ event: 'step-finished', step: 'one' }, 0);
    job.happen({ event: 'step-started', step: 'two', total_bytes: 900 }, 0);
    job.happen({ event: 'progress', step: 'two', done_bytes: 800, total_bytes: 900 }, 0);
    job.happen({ event: 'progress', step: 'two', done_bytes: 810, total_bytes: 900 }, 1000);
    expect([job.finished, job.stepNumber, job.doneBytes, job.rate]).toEqual([['one'], 2, 810, 10]);
    expect(onEnd).not.toHaveBeenCalled();
  });

  it('says what a backup took with it, and why nothing went', () => {
    const ended = (result: object) => {
      const { job } = newJob();
      job.result = { verification: { verdict: 'sound' }, findings: [], ...result };
      job.outcome = { outcome: 'done' };
      return endingOf(job)?.text;
    };
    const rotation = { removed: ['a'], freed_bytes: 9, max_backups: 3, suspended: null };
    expect(ended({})).toBe('Backed up, proven to restore.');
    expect(ended({ rotation })).toBe(
      'Backed up, proven to restore. 1 older backup removed: the newest 3 are kept, and no other rule keeps it.',
    );
    const suspended = 'The clock was set by more than a day.';
    expect(ended({ rotation: { ...rotation, removed: [], suspended } })).toBe(
      `Backed up, proven to restore. No older backup is removed at present: ${suspended}`,
    );
    const findings = [{ code: 'not-rotated', message: 'Older ones were not rotated.' }];
    expect(ended({ findings })).toContain('Older ones were not rotated.');
  });

  it('cannot be cancelled twice', () => {
    const { job } = newJob();
    job.happen({ event: 'started', steps: STEPS }, 0);
    job.happen({ event: 'step-started', step: 'one', total_bytes: null }, 0);
    job.happen({ event: 'stopping' }, 1);
    expect([job.stopping, job.interruptible, job.running]).toEqual([true, false, true]);
  });
});

describe('time remaining', () => {
  const run = (bytesAt: (second: number) => number, seconds: number) => {
    const pace = new Pace(0);
    for (let at = 250; at <= seconds * 1000; at += 250) pace.add(at, bytesAt(at / 1000), 100_000);
    return pace;
  };

  it('is not said in the first ten seconds', () => {
    const pace = run((s) => s * 1000, 9.5);
    expect(pace.rate()).toBeCloseTo(1000, 0);
    expect(pace.remaining(9500)).toBeNull();
  });

  it('is said when the speed is steady', () => {
    expect(run((s) => s * 1000, 20).remaining(20_000)).toBeCloseTo(80_000, -2);
  });

  it('is not said while the speed jumps', () => {
    const jumpy = (s: number) => (s < 12 ? s * 4000 : 48_000 + (s - 12) * 50);
    expect(run(jumpy, 16).remaining(16_000)).toBeNull();
  });

  it('is not said when nothing moves', () => {
    expect(run(() => 0, 30).remaining(30_000)).toBeNull();
  });
});
