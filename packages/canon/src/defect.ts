/**
 * Our own mistake, or corrupt state: never an answer to somebody's input. Never caught in pure
 * code.
 */
export class Defect extends Error {
  override readonly name = 'Defect';
}

/** Throws a {@link Defect} unless the condition holds. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Defect(message);
}
