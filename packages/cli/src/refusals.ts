/** Refusals, where a command cannot go on. */
import type { Result } from '@aos/canon';
import { CliError } from './output.js';

/** The value, or an error of the command that says what was refused. */
export function unwrap<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw CliError.of(result.refusal);
}
