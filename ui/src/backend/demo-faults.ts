/** Errors of the demo world. */

import type { Code, Error as ApiError } from '../bindings/api';

/** One that changed nothing. */
export function fault(code: Code, message: string, advice: string, detail?: string): ApiError {
  return { code, message, advice, aftermath: 'unchanged', detail: detail ?? null };
}
