/**
 * Refusals: the expected "no" of this system, as plain data.
 *
 * Only the code may enter a world's state; `at` and `detail` are for people.
 */

export interface Refusal {
  /** Stable kebab-case code, listed in the error catalogue. */
  readonly code: string;
  /** Where: a JSON pointer into a value (`''` is the whole value), or a byte offset as `@123`. */
  readonly at: string;
  /** What was expected and what was found. Never parsed, never hashed. */
  readonly detail: string;
}

export type Refused = { readonly ok: false; readonly refusal: Refusal };
export type Result<T> = { readonly ok: true; readonly value: T } | Refused;

export function ok<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function refuse(code: string, at: string, detail: string): Refused {
  return { ok: false, refusal: { code, at, detail } };
}

/** Carries a refusal out of the throwing forms (`encode`, `Writer`, `Reader`). */
export class RefusalError extends Error {
  override readonly name = 'RefusalError';
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(`${refusal.code} at '${refusal.at}': ${refusal.detail}`);
    this.refusal = refusal;
  }

  get code(): string {
    return this.refusal.code;
  }
}

/** Runs a throwing form and answers with a result. Everything but a RefusalError passes through. */
export function attempt<T>(run: () => T): Result<T> {
  try {
    return { ok: true, value: run() };
  } catch (error) {
    return asRefused(error);
  }
}

/** For catch clauses: the refusal that was thrown; rethrows anything else. */
export function asRefused(error: unknown): Refused {
  if (error instanceof RefusalError) return { ok: false, refusal: error.refusal };
  throw error;
}
