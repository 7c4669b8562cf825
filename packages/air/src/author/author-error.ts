/**
 * A mistake in an authored world that the compiler could not see, found while the world is built.
 *
 * It is thrown where the mistake stands, so that the stack leads to the line to change. `at` names
 * the definition, and where there is one the step.
 */
export class AuthorError extends Error {
  override readonly name = 'AuthorError';

  constructor(
    /** Stable kebab-case code; all of them begin with `author-`. */
    readonly code: string,
    readonly at: string,
    message: string,
  ) {
    super(at === '' ? message : `${at}: ${message}`);
  }
}
