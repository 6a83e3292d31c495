import { describe, expect, it } from 'vitest';

import { ERROR_ACTIONS, ERRORS, errorReport, toError } from './errors';

describe('errors', () => {
  it('each have a title, and a label for their button', () => {
    for (const [code, words] of Object.entries(ERRORS)) {
      expect(words.title, code).not.toBe('');
      if (words.action) expect(ERROR_ACTIONS[words.action], code).not.toBe('');
    }
  });

  it('take whatever was thrown', () => {
    expect(toError('boom')).toMatchObject({ code: 'internal', detail: 'boom' });
    expect(toError(new TypeError('bad'))).toMatchObject({ code: 'internal', detail: 'bad' });
    const known = {
      code: 'busy' as const,
      message: 'm',
      advice: 'a',
      aftermath: 'unchanged' as const,
    };
    expect(toError(known)).toBe(known);
    expect(toError({ ...known, code: 'from-the-future' })).toMatchObject({
      code: 'internal',
      message: 'm',
    });
  });

  it('can be copied', () => {
    expect(errorReport(toError('boom'))).toContain('Detail: boom');
  });
});
