import { attempt, encode, type Result, type Value } from '@aos/canon';
import type { CompiledSchema } from '../values/schema.js';
import {
  type Bindings,
  type Bounds,
  DEFAULT_BOUNDS,
  type ExprProgram,
  Frame,
  refuseValue,
} from './program/frame.js';

/**
 * The value of a program: canonical, and of its type, when the bindings are values of the types of
 * its environment.
 *
 * Codes: `expr-missing`, `expr-field`, `expr-key`, `expr-index`, `expr-arm`, `expr-null`,
 * `expr-range`, `expr-overflow`, `division-by-zero`, `dec128-inexact`, `dec128-range`,
 * `value-hash`, `value-uuid`, `value-duplicate-key`, `expr-steps`, `expr-items`, `expr-output`.
 * The same bindings and bounds give the same answer everywhere.
 */
export function evaluate(
  program: ExprProgram,
  bindings: Bindings,
  bounds: Bounds = DEFAULT_BOUNDS,
): Result<Value> {
  return attempt(() => {
    const frame = new Frame(bindings, bounds);
    frame.spend(program.steps);
    const value = program.run(frame);
    assertSmall(value, bounds);
    return value;
  });
}

/**
 * The canonical bytes of a program's value in a schema, whose type the program was compiled with.
 * Codes: those of {@link evaluate} and of `normalizeCbor`.
 */
export function evaluateBytes(
  program: ExprProgram,
  bindings: Bindings,
  schema: CompiledSchema,
  bounds: Bounds = DEFAULT_BOUNDS,
): Result<Uint8Array> {
  const value = evaluate(program, bindings, bounds);
  if (!value.ok) return value;
  const bytes = attempt(() => encode(value.value));
  return bytes.ok ? schema.normalizeCbor(bytes.value) : bytes;
}

/** Parts may be shared, so that a small program could make a value too large to write down. */
function assertSmall(value: Value, { outputBytes }: Bounds): void {
  let left = outputBytes;
  const charge = (each: Value): void => {
    left -= ownBytes(each);
    if (left < 0) refuseValue('expr-output', `expected at most ${outputBytes} bytes`);
    if (each instanceof Map) for (const [key, inner] of each) [key, inner].forEach(charge);
    else if (Array.isArray(each)) each.forEach(charge);
  };
  charge(value);
}

/** Bytes that a value takes at least, without its parts. */
function ownBytes(value: Value): number {
  if (typeof value === 'string' || value instanceof Uint8Array) return 1 + value.length;
  return 1;
}
