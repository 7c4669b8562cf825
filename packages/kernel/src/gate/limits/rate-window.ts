/** What a rate limit has let through, as far back as it matters. */
import { concatBytes, type Hash } from '@aos/canon';
import type { LeafCodec } from '../../trie/leaf-codec.js';
import { u64be } from '../../world/big-endian.js';
import { readHashItem, readListOf } from '../leaf-items.js';

export interface WindowMark {
  /** Identity of the rule. */
  readonly rule: Hash;
  /** Counts what the rule let through, from 0. */
  readonly ordinal: number;
  /** Logical time, or the sequence of the record, as the rule counts. */
  readonly at: bigint;
}

/** A leaf: `[rule, ordinal, at]`. */
export const windowCodec: LeafCodec<WindowMark> = {
  keyOf: ({ rule, ordinal }) => windowKey(rule, ordinal),
  write(w, { rule, ordinal, at }) {
    w.listHead(3);
    w.bytes(rule);
    w.int(ordinal);
    w.int(at);
  },
  read(r) {
    readListOf(r, 3);
    return { rule: readHashItem(r), ordinal: r.nat(), at: r.u64() };
  },
};

/** Marks of one rule stand together, in the order in which they were made. */
export function windowKey(rule: Hash, ordinal: number): Uint8Array {
  return concatBytes(rule, u64be(ordinal));
}
