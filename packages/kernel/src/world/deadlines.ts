/**
 * What waits for logical time, in the order in which it falls due.
 *
 * 1. The order is (time, kind, id), so it is the same on every machine.
 * 2. The first deadline is when the world next wants to be woken.
 */
import { asHash, concatBytes, type Hash, type Reader, utf8, type Writer } from '@aos/canon';
import { type Instance, shapeRefusal } from '@aos/protocol';
import type { LeafCodec } from '../trie/leaf-codec.js';
import { placeKey, u64be } from './big-endian.js';

export type Deadline =
  /** `intent`: it settles as a timeout. `approval`: it is not approved any more. */
  | { readonly kind: 'intent' | 'approval'; readonly atNs: bigint; readonly intent: Hash }
  /** A step of a plan goes on: the next attempt of its effect is due. */
  | {
      readonly kind: 'step';
      /** Logical time, nanoseconds. */
      readonly atNs: bigint;
      readonly instance: Instance;
      readonly step: string;
    };

/** In the order in which deadlines of one time fall due. */
const KINDS = ['intent', 'approval', 'step'] as const;

/** A leaf: `[time, kind, intent]` or `[time, kind, seq, i, step]`. */
export const deadlineCodec: LeafCodec<Deadline> = {
  keyOf: deadlineKey,
  write(w: Writer, deadline) {
    w.listHead(deadline.kind === 'step' ? 5 : 3);
    w.int(deadline.atNs);
    w.int(KINDS.indexOf(deadline.kind));
    if (deadline.kind !== 'step') {
      w.bytes(deadline.intent);
      return;
    }
    w.int(deadline.instance.seq);
    w.int(deadline.instance.i);
    w.text(deadline.step);
  },
  read(r: Reader): Deadline {
    const items = r.listHead();
    const atNs = r.u64();
    const kind = KINDS[r.nat()];
    if (kind === undefined || items !== (kind === 'step' ? 5 : 3)) {
      throw shapeRefusal('shape-field', 'expected a deadline');
    }
    if (kind !== 'step') return { kind, atNs, intent: asHash(r.bytes().slice()) };
    const instance = { seq: r.nat(), i: r.nat() };
    return { kind, atNs, instance, step: r.text() };
  },
};

/** u64be(time) ‖ kind ‖ id. */
export function deadlineKey(deadline: Deadline): Uint8Array {
  const time = u64be(deadline.atNs);
  const kind = Uint8Array.of(KINDS.indexOf(deadline.kind));
  if (deadline.kind !== 'step') return concatBytes(time, kind, deadline.intent);
  return concatBytes(time, kind, placeKey(deadline.instance), utf8(deadline.step));
}
