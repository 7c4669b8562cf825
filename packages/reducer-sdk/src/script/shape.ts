/**
 * A type of the language as an author's values: its AIR form, its TypeScript type, and the two ways
 * between an author's value and plain data.
 *
 * Plain data is what codecs give and take: null, booleans, bigints, text, Uint8Arrays, arrays,
 * plain objects for maps with text keys and Maps for all other maps. Codecs also take safe numbers,
 * and an object with nothing but a `$tag` for one whose `$value` is null.
 */

/** A type expression of AIR. */
export type AirType = { readonly [word: string]: unknown };

export interface Shape<T> {
  readonly type: AirType;
  /** Plain data as a value. Takes over what it is given. Throws {@link ShapeError}. */
  lift(plain: unknown): T;
  /** A value as plain data. Leaves the value as it is. Throws {@link ShapeError}. */
  lower(value: T): unknown;
}

/** The TypeScript type of a shape's values. */
export type ValueOf<S> = S extends Shape<infer T> ? T : never;

/** A value that is not of its shape: the reducer or its caller is wrong, and the call ends. */
export class ShapeError extends Error {
  override readonly name = 'ShapeError';
  /** Field names, tags and indices that lead to the value, outermost first. */
  readonly path: string[] = [];

  constructor(
    readonly expected: string,
    found: unknown,
  ) {
    super(`expected ${expected}, found ${describe(found)}`);
  }
}

export function mismatch(expected: string, found: unknown): never {
  throw new ShapeError(expected, found);
}

/** The error with one more step before its path. */
export function below(error: unknown, step = ''): unknown {
  if (error instanceof ShapeError) {
    error.path.unshift(step);
    error.message = `${error.message.replace(/ at \/.*$/, '')} at /${error.path.join('/')}`;
  }
  return error;
}

/** Longer text is cut in messages. */
const SHOWN_LETTERS = 40;

function describe(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'bigint' || typeof value === 'number') return `${typeof value} ${value}`;
  if (typeof value === 'string') return `text ${value.slice(0, SHOWN_LETTERS)}`;
  if (value instanceof Uint8Array) return 'bytes';
  return Array.isArray(value) ? 'a list' : typeof value;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** An object that codecs take for a map with text keys. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return (
    isObject(value) &&
    !Array.isArray(value) &&
    !(value instanceof Map) &&
    !(value instanceof Uint8Array)
  );
}
