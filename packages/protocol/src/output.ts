/**
 * Outputs: the closed list of what a step asks of the outside, once its record is durable. They
 * follow from the world and are in no record.
 */
import type { Hash } from '@aos/canon';

export type Output =
  /** An adapter may start this intent. */
  | { readonly kind: 'release'; readonly intent: Hash }
  /** Nobody waits for this intent any more; its receipt may still come. */
  | { readonly kind: 'cancel'; readonly intent: Hash }
  /** A `tick` is due when logical time is here. */
  | { readonly kind: 'wake'; readonly atNs: bigint }
  /** Work is left over: a `continue` is due. */
  | { readonly kind: 'continue' };
