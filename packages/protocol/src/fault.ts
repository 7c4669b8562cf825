/** When a caller may try again: at once, after the outside recovered, or not at all. */
export type Retry = 'now' | 'later' | 'never';

/**
 * The outside failed: disk, network, another process. Never part of a world's state.
 * `code` is a stable kebab-case name listed in spec/errors.md; the message says what was
 * expected, what was found and what to do.
 */
export class AosFault extends Error {
  override readonly name = 'AosFault';
  readonly retry: Retry;

  constructor(
    readonly code: string,
    message: string,
    options: { readonly retry: Retry; readonly cause?: unknown },
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.retry = options.retry;
  }
}
