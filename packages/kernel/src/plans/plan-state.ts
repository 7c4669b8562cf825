/**
 * The part of a world that plans read and write.
 *
 * 1. `instances` holds whatever has not ended; what has ended is in the journal alone.
 * 2. `waits` has an item for each `await_event` step that waits and has met no event, in the order of
 *    schemas and then of instances, so that an event wakes them in that order.
 */
import { concatBytes, type Reader, sha256, utf8, type Writer } from '@aos/canon';
import { type Instance, shapeRefusal } from '@aos/protocol';
import type { LeafCodec, TrieSource } from '../trie/leaf-codec.js';
import { Trie } from '../trie/trie.js';
import { placeKey, u32be } from '../world/big-endian.js';
import type { PlanInstance } from './instance.js';
import { instanceCodec } from './instance-codec.js';

/** A step that waits for an event. */
export interface EventWait {
  readonly schema: string;
  readonly instance: Instance;
  /** Index of the step. */
  readonly step: number;
}

export interface PlanState {
  readonly instances: Trie<PlanInstance>;
  readonly waits: Trie<EventWait>;
}

/** The codecs of the tries of {@link PlanState}. */
export function planCodecs(source: TrieSource): {
  readonly instances: LeafCodec<PlanInstance>;
  readonly waits: LeafCodec<EventWait>;
} {
  return { instances: instanceCodec(source), waits: waitCodec };
}

export function emptyPlanState(source: TrieSource): PlanState {
  return {
    instances: Trie.empty(instanceCodec(source), source),
    waits: Trie.empty(waitCodec, source),
  };
}

/** sha256(schema) ‖ u64be(seq) ‖ u32be(i) ‖ u32be(step). */
const waitCodec: LeafCodec<EventWait> = {
  keyOf: waitKey,
  write(w: Writer, { schema, instance, step }) {
    w.listHead(4);
    w.text(schema);
    w.int(instance.seq);
    w.int(instance.i);
    w.int(step);
  },
  read(r: Reader) {
    if (r.listHead() !== 4) throw shapeRefusal('shape-field', 'expected 4 items');
    const schema = r.text();
    return { schema, instance: { seq: r.nat(), i: r.nat() }, step: r.nat() };
  },
};

export function waitKey({ schema, instance, step }: EventWait): Uint8Array {
  return concatBytes(waitPrefix(schema), placeKey(instance), u32be(step));
}

/** What the keys of all that wait for events of a schema begin with. */
export function waitPrefix(schema: string): Uint8Array {
  return sha256(utf8(schema));
}
