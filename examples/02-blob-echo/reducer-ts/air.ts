/** What demo/BlobEcho@1 is written against: made from AIR, not by hand. */
import {
  bytes,
  effect,
  hash,
  nat,
  option,
  record,
  schema,
  text,
  unit,
  type ValueOf,
  variant,
} from '@aos/reducer-sdk/script';

export const BlobReadParams = schema(
  'sys/BlobReadParams@1',
  record({ namespace: text, blob_ref: hash, from: nat, size: nat }),
);
export type BlobReadParams = ValueOf<typeof BlobReadParams>;

export const BlobReadReceipt = schema('sys/BlobReadReceipt@1', record({ bytes, size: nat }));
export type BlobReadReceipt = ValueOf<typeof BlobReadReceipt>;

export const BlobReadResult = schema(
  'sys/BlobReadResult@1',
  record({
    intent_hash: hash,
    reducer: text,
    effect_kind: text,
    adapter_id: text,
    status: text,
    requested: BlobReadParams,
    receipt: option(BlobReadReceipt),
    error: option(text),
    cost_cents: option(nat),
    signature: bytes,
  }),
);
export type BlobReadResult = ValueOf<typeof BlobReadResult>;

export const BlobEchoStart = schema('demo/BlobEchoStart@1', record({ text, namespace: text }));
export type BlobEchoStart = ValueOf<typeof BlobEchoStart>;

export const BlobWriteParams = schema('sys/BlobWriteParams@1', record({ namespace: text, bytes }));
export type BlobWriteParams = ValueOf<typeof BlobWriteParams>;

export const BlobWriteReceipt = schema(
  'sys/BlobWriteReceipt@1',
  record({ blob_ref: hash, size: nat }),
);
export type BlobWriteReceipt = ValueOf<typeof BlobWriteReceipt>;

export const BlobWriteResult = schema(
  'sys/BlobWriteResult@1',
  record({
    intent_hash: hash,
    reducer: text,
    effect_kind: text,
    adapter_id: text,
    status: text,
    requested: BlobWriteParams,
    receipt: option(BlobWriteReceipt),
    error: option(text),
    cost_cents: option(nat),
    signature: bytes,
  }),
);
export type BlobWriteResult = ValueOf<typeof BlobWriteResult>;

export const BlobEchoEvent = schema(
  'demo/BlobEchoEvent@1',
  variant({ Read: BlobReadResult, Start: BlobEchoStart, Written: BlobWriteResult }),
);
export type BlobEchoEvent = ValueOf<typeof BlobEchoEvent>;

export const BlobEchoPc = schema(
  'demo/BlobEchoPc@1',
  variant({ Done: unit, Idle: unit, Failed: unit, Reading: unit, Writing: unit }),
);
export type BlobEchoPc = ValueOf<typeof BlobEchoPc>;

export const BlobEchoState = schema(
  'demo/BlobEchoState@1',
  record({ pc: BlobEchoPc, blob: option(hash), echo: option(text), error: option(text) }),
);
export type BlobEchoState = ValueOf<typeof BlobEchoState>;

export const blobWrite = effect('blob.write', BlobWriteParams);
export const blobRead = effect('blob.read', BlobReadParams);

/** What the module declares. */
export const declared = {
  state: BlobEchoState,
  event: BlobEchoEvent,
  effects: [blobWrite, blobRead],
};
