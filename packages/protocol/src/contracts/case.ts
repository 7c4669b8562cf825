/**
 * Contract suites: what every implementation of a port must do, as plain cases without a test
 * framework. Waiting is the implementation's business, so cases may be asynchronous.
 */

/** One rule of a port; its name is a sentence. Rejects when the implementation breaks the rule. */
export interface ContractCase<Fixture> {
  readonly name: string;
  run(fixture: Fixture): Promise<void>;
}

/** An implementation does not do what its port promises. */
export class ContractViolation extends Error {
  override readonly name = 'ContractViolation';
}

/** Throws a {@link ContractViolation} with the message unless the condition holds. */
export function check(condition: unknown, message: string): asserts condition {
  if (!condition) throw new ContractViolation(message);
}
