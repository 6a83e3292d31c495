import { describe, expect, it } from 'vitest';

import { clockText } from '../text/updates';
import { downtimeOf, type Begun } from './downtime';

const begun = (steps: [string, number][], earlier = false): Begun[] =>
  steps.map(([step, at]) => ({ step, at, earlier }));

describe('the downtime clock', () => {
  it('does not run before the stop', () => {
    expect(downtimeOf(begun([['fetch', 0]]), null, 9000)).toBeNull();
  });

  it('runs from the stop until the new release is started', () => {
    const steps: [string, number][] = [
      ['backup', 0],
      ['stop', 1000],
      ['keep', 2000],
      ['swap', 3500],
    ];
    expect(downtimeOf(begun(steps), null, 4200)).toMatchObject({
      milliseconds: 3200,
      running: true,
    });
    const judged = downtimeOf(begun([...steps, ['gate', 5000]]), null, 60_000);
    expect(judged).toEqual({ milliseconds: 4000, running: false, atLeast: false });
  });

  it('runs on during the way back, until the end', () => {
    const steps = begun([
      ['stop', 0],
      ['gate', 3000],
      ['back', 10_000],
    ]);
    expect(downtimeOf(steps, null, 12_000)).toMatchObject({ milliseconds: 5000, running: true });
    expect(downtimeOf(steps, 14_000, 99_000)).toMatchObject({ milliseconds: 7000, running: false });
  });

  it('says so when the window came later', () => {
    const late = [...begun([['stop', 0]], true), ...begun([['keep', 500]])];
    expect(downtimeOf(late, null, 1000)).toMatchObject({ atLeast: true });
  });

  it('reads as a clock', () => {
    expect([0, 7400, 760_000, 3_723_000].map(clockText)).toEqual([
      '0:00',
      '0:07',
      '12:40',
      '1:02:03',
    ]);
  });
});
