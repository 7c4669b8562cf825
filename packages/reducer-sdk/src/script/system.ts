/**
 * The effects of the built-in catalogue that reducers start themselves, and the events that answer
 * them. The shapes are those of the catalogue's schemas; a test compares them.
 */
import { type NamedShape, option, record, schema } from './composites.js';
import { effect } from './effects.js';
import { bytes, hash, nat, text } from './scalars.js';

export const TimerSetParams = schema(
  'sys/TimerSetParams@1',
  record({ deliver_at_ns: nat, key: option(text) }),
);
export const TimerSetReceipt = schema(
  'sys/TimerSetReceipt@1',
  record({ delivered_at_ns: nat, key: option(text) }),
);
export const BlobPutParams = schema(
  'sys/BlobPutParams@1',
  record({ namespace: text, blob_ref: hash }),
);
export const BlobPutReceipt = schema('sys/BlobPutReceipt@1', record({ blob_ref: hash, size: nat }));
export const BlobGetParams = schema('sys/BlobGetParams@1', record({ namespace: text, key: text }));
export const BlobGetReceipt = schema('sys/BlobGetReceipt@1', record({ blob_ref: hash, size: nat }));

/** What answers an effect of the reducer's own: the receipt with the request it is for. */
function settled<P, R>(name: string, requested: NamedShape<P>, receipt: NamedShape<R>) {
  return schema(
    name,
    record({
      intent_hash: hash,
      reducer: text,
      effect_kind: text,
      adapter_id: text,
      status: text,
      requested,
      receipt,
      cost_cents: option(nat),
      signature: bytes,
    }),
  );
}

/** The same for every outcome: without a receipt, `error` has the code of why there is none. */
export function ended<P, R>(name: string, requested: NamedShape<P>, receipt: NamedShape<R>) {
  return schema(
    name,
    record({
      intent_hash: hash,
      reducer: text,
      effect_kind: text,
      adapter_id: text,
      status: text,
      requested,
      receipt: option(receipt),
      error: option(text),
      cost_cents: option(nat),
      signature: bytes,
    }),
  );
}

export const TimerFired = settled('sys/TimerFired@1', TimerSetParams, TimerSetReceipt);
export const BlobPutResult = settled('sys/BlobPutResult@1', BlobPutParams, BlobPutReceipt);
export const BlobGetResult = settled('sys/BlobGetResult@1', BlobGetParams, BlobGetReceipt);

export const TimerFired2 = ended('sys/TimerFired@2', TimerSetParams, TimerSetReceipt);
export const BlobPutResult2 = ended('sys/BlobPutResult@2', BlobPutParams, BlobPutReceipt);
export const BlobGetResult2 = ended('sys/BlobGetResult@2', BlobGetParams, BlobGetReceipt);

export const timerSet = effect('timer.set', TimerSetParams);
export const blobPut = effect('blob.put', BlobPutParams);
export const blobGet = effect('blob.get', BlobGetParams);
