/** One rule of a port, as something an implementation runs; rejects when the rule is broken. */
export interface ContractCase<F> {
  readonly name: string;
  run(fixture: F): Promise<void>;
}

/** Throws an Error with `message` unless the condition holds. Free of any test framework. */
export function check(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(message);
}
