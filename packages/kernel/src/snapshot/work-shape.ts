/** Shapes of the work that a bounded step or a pause left over. */
import { RefusalError, type Value } from '@aos/canon';
import { type EntryPlace, type Instance, type Origin, parseOrigin } from '@aos/protocol';
import type { Principal } from '../governance/proposal.js';
import type { TrieSource } from '../trie/leaf-codec.js';
import type { Settlement } from '../world/settled.js';
import type {
  ApplyWork,
  EventWork,
  PlanWork,
  ReceiptWork,
  RevokeWork,
  Work,
} from '../world/work.js';
import { valueBytes } from './large-parts.js';
import {
  bytes,
  hash,
  literal,
  nat,
  oneOf,
  optional,
  orNull,
  type Shape,
  shapeError,
  struct,
  text,
  u64,
  union,
} from './shape.js';

const place = struct<EntryPlace>({ seq: nat, i: orNull(nat) });
const instance = struct<Instance>({ seq: nat, i: nat });

/** As it stands in an intent entry. */
const origin: Shape<Origin> = {
  encode: (value) =>
    'reducer' in value
      ? { reducer: value.reducer, key: value.key }
      : { plan: value.plan, instance: instance.encode(value.instance), step: value.step },
  decode: (value: Value, at) => {
    try {
      return parseOrigin(value);
    } catch (error) {
      if (error instanceof RefusalError) throw shapeError(at, error.refusal.detail);
      throw error;
    }
  },
};

function settlement(source: TrieSource): Shape<Settlement> {
  return struct<Settlement>({
    intent: hash,
    effect: text,
    params: valueBytes(source),
    status: oneOf('ok', 'error', 'timeout', 'cancelled'),
    code: orNull(text),
    adapterId: text,
    payload: valueBytes(source),
    costCents: optional(u64),
    sig: bytes,
  });
}

/** One piece of work; large values are named by hash. */
export function workShape(source: TrieSource): Shape<Work> {
  return union<Work>({
    event: struct<EventWork>({
      kind: literal('event'),
      schema: text,
      value: valueBytes(source),
      key: optional(bytes),
      source: optional(text),
      cause: place,
      done: nat,
    }),
    receipt: struct<ReceiptWork>({
      kind: literal('receipt'),
      settlement: settlement(source),
      waiter: origin,
      cause: place,
    }),
    plan: struct<PlanWork>({ kind: literal('plan'), instance, cause: place }),
    apply: struct<ApplyWork>({
      kind: literal('apply'),
      proposal: nat,
      by: struct<Principal>({ name: text, keyId: orNull(hash) }),
      intent: orNull(hash),
      cause: place,
    }),
    revoke: struct<RevokeWork>({ kind: literal('revoke'), from: orNull(hash), cause: place }),
  });
}
