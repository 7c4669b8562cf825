/**
 * What a replay comes to: the world, the first difference, or what is needed to go on.
 * Everything here is data; {@link explainDifference} makes it readable.
 */
import type { Encodable } from '@aos/canon';
import type { Entry } from '@aos/protocol';
import type { Need } from '../trie/objects-needed.js';
import type { World } from '../world/world.js';

/** Where the replayed world and the journal part ways first. */
export interface Difference {
  /**
   * `different`: both have an entry here and they differ; `extra`: the journal has an entry that
   * replay does not make; `missing`: replay makes one that the journal lacks; `broken`: the record
   * is unreadable, out of sequence, not following from the chain, not signed by whom it names, or
   * its input is one that admission does not let in.
   */
  readonly kind: 'broken' | 'different' | 'extra' | 'missing';
  readonly seq: number;
  /** `entries/<i>`, or the field of the record. */
  readonly at: string;
  /** What replay makes. */
  readonly expected: Encodable | Entry | null;
  /** What the journal has; for `broken` the refusal's detail. */
  readonly found: Encodable | Entry | null;
  readonly code: string;
}

/** One record judged. `world` is the one after it when `same`, the one before it otherwise. */
export type Verdict =
  | { readonly kind: 'same'; readonly world: World }
  | { readonly kind: 'different'; readonly world: World; readonly difference: Difference }
  | Need;
