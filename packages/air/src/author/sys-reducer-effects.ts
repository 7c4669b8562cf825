/**
 * The built-in schemas of what reducers ask for, and of the events that bring the receipts; and how
 * built-in schemas are written.
 */
import { type Schema, schema, type Type, t } from './types.js';

export const sys = <S>(name: string, type: Type<S>): Schema<S> => schema(`sys/${name}@1`, type);

export const sys2 = <S>(name: string, type: Type<S>): Schema<S> => schema(`sys/${name}@2`, type);

/** What a reducer gets back for an effect of its own: the receipt with the request it answers. */
const settled = <P, R>(name: string, params: Schema<P>, receipt: Schema<R>) =>
  sys(
    name,
    t.record({
      intent_hash: t.hash,
      reducer: t.text,
      effect_kind: t.text,
      adapter_id: t.text,
      status: t.text,
      requested: params,
      receipt,
      cost_cents: t.option(t.nat),
      signature: t.bytes,
    }),
  );

/** The same for every outcome, with the code of why there is no receipt. */
const anyOutcome = <P, R>(params: Schema<P>, receipt: Schema<R>) =>
  t.record({
    intent_hash: t.hash,
    reducer: t.text,
    effect_kind: t.text,
    adapter_id: t.text,
    status: t.text,
    requested: params,
    receipt: t.option(receipt),
    error: t.option(t.text),
    cost_cents: t.option(t.nat),
    signature: t.bytes,
  });

const ended = <P, R>(name: string, params: Schema<P>, receipt: Schema<R>) =>
  sys2(name, anyOutcome(params, receipt));

const TimerSetParams = sys(
  'TimerSetParams',
  t.record({ deliver_at_ns: t.nat, key: t.option(t.text) }),
);
const TimerSetReceipt = sys(
  'TimerSetReceipt',
  t.record({ delivered_at_ns: t.nat, key: t.option(t.text) }),
);
const BlobPutParams = sys('BlobPutParams', t.record({ namespace: t.text, blob_ref: t.hash }));
const BlobPutReceipt = sys('BlobPutReceipt', t.record({ blob_ref: t.hash, size: t.nat }));
const BlobGetParams = sys('BlobGetParams', t.record({ namespace: t.text, key: t.text }));
const BlobGetReceipt = sys('BlobGetReceipt', t.record({ blob_ref: t.hash, size: t.nat }));
const BlobWriteParams = sys('BlobWriteParams', t.record({ namespace: t.text, bytes: t.bytes }));
const BlobWriteReceipt = sys('BlobWriteReceipt', t.record({ blob_ref: t.hash, size: t.nat }));
const BlobReadParams = sys(
  'BlobReadParams',
  t.record({ namespace: t.text, blob_ref: t.hash, from: t.nat, size: t.nat }),
);
const BlobReadReceipt = sys('BlobReadReceipt', t.record({ bytes: t.bytes, size: t.nat }));
const BlobExistsParams = sys('BlobExistsParams', t.record({ namespace: t.text, blob_ref: t.hash }));
const BlobExistsReceipt = sys('BlobExistsReceipt', t.record({ size: t.option(t.nat) }));

export const reducerEffectSchemas = {
  TimerSetParams,
  TimerSetReceipt,
  TimerFired: settled('TimerFired', TimerSetParams, TimerSetReceipt),
  TimerFired2: ended('TimerFired', TimerSetParams, TimerSetReceipt),
  BlobPutParams,
  BlobPutReceipt,
  BlobPutResult: settled('BlobPutResult', BlobPutParams, BlobPutReceipt),
  BlobPutResult2: ended('BlobPutResult', BlobPutParams, BlobPutReceipt),
  BlobGetParams,
  BlobGetReceipt,
  BlobGetResult: settled('BlobGetResult', BlobGetParams, BlobGetReceipt),
  BlobGetResult2: ended('BlobGetResult', BlobGetParams, BlobGetReceipt),
  BlobWriteParams,
  BlobWriteReceipt,
  BlobWriteResult: sys('BlobWriteResult', anyOutcome(BlobWriteParams, BlobWriteReceipt)),
  BlobReadParams,
  BlobReadReceipt,
  BlobReadResult: sys('BlobReadResult', anyOutcome(BlobReadParams, BlobReadReceipt)),
  BlobExistsParams,
  BlobExistsReceipt,
  BlobExistsResult: sys('BlobExistsResult', anyOutcome(BlobExistsParams, BlobExistsReceipt)),
} as const;
