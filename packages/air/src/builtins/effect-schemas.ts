/** Parameters and receipts of the effects that reducers and plans start. */
import type { TypeFields } from '../forms/type-expr.js';
import { bool, bytes, hash, int, list, map, nat, option, record, ref, text } from './builders.js';

/** What a reducer gets back for an effect of its own: the receipt with the request it answers. */
const settled = (params: string, receipt: string) =>
  record({
    intent_hash: hash,
    reducer: text,
    effect_kind: text,
    adapter_id: text,
    status: text,
    requested: ref(params),
    receipt: ref(receipt),
    cost_cents: option(nat),
    signature: bytes,
  });

/** The same for every outcome: without a receipt, `error` has the code of why there is none. */
const ended = (params: string, receipt: string) =>
  record({
    intent_hash: hash,
    reducer: text,
    effect_kind: text,
    adapter_id: text,
    status: text,
    requested: ref(params),
    receipt: option(ref(receipt)),
    error: option(text),
    cost_cents: option(nat),
    signature: bytes,
  });

export const EFFECT_SCHEMAS: TypeFields = {
  /** The payload of every receipt that is not ok. */
  'sys/EffectError@1': record({ code: text, message: text }),
  /** As {@link ended}, of any effect: parameters and receipt as canonical bytes. */
  'sys/EffectReceipt@1': record({
    intent_hash: hash,
    reducer: text,
    effect_kind: text,
    adapter_id: text,
    status: text,
    requested: bytes,
    receipt: option(bytes),
    error: option(text),
    cost_cents: option(nat),
    signature: bytes,
  }),

  'sys/TimerSetParams@1': record({ deliver_at_ns: nat, key: option(text) }),
  'sys/TimerSetReceipt@1': record({ delivered_at_ns: nat, key: option(text) }),
  'sys/TimerFired@1': settled('sys/TimerSetParams@1', 'sys/TimerSetReceipt@1'),
  'sys/TimerFired@2': ended('sys/TimerSetParams@1', 'sys/TimerSetReceipt@1'),

  'sys/BlobPutParams@1': record({ namespace: text, blob_ref: hash }),
  'sys/BlobPutReceipt@1': record({ blob_ref: hash, size: nat }),
  'sys/BlobPutResult@1': settled('sys/BlobPutParams@1', 'sys/BlobPutReceipt@1'),
  'sys/BlobPutResult@2': ended('sys/BlobPutParams@1', 'sys/BlobPutReceipt@1'),
  'sys/BlobGetParams@1': record({ namespace: text, key: text }),
  'sys/BlobGetReceipt@1': record({ blob_ref: hash, size: nat }),
  'sys/BlobGetResult@1': settled('sys/BlobGetParams@1', 'sys/BlobGetReceipt@1'),
  'sys/BlobGetResult@2': ended('sys/BlobGetParams@1', 'sys/BlobGetReceipt@1'),
  'sys/BlobWriteParams@1': record({ namespace: text, bytes }),
  'sys/BlobWriteReceipt@1': record({ blob_ref: hash, size: nat }),
  'sys/BlobWriteResult@1': ended('sys/BlobWriteParams@1', 'sys/BlobWriteReceipt@1'),
  /** Up to `size` bytes behind the first `from`; fewer where the blob ends. */
  'sys/BlobReadParams@1': record({ namespace: text, blob_ref: hash, from: nat, size: nat }),
  /** `size` is that of the whole blob. */
  'sys/BlobReadReceipt@1': record({ bytes, size: nat }),
  'sys/BlobReadResult@1': ended('sys/BlobReadParams@1', 'sys/BlobReadReceipt@1'),
  'sys/BlobExistsParams@1': record({ namespace: text, blob_ref: hash }),
  /** Null when there is no such blob. */
  'sys/BlobExistsReceipt@1': record({ size: option(nat) }),
  'sys/BlobExistsResult@1': ended('sys/BlobExistsParams@1', 'sys/BlobExistsReceipt@1'),

  'sys/HttpRequestParams@1': record({
    method: text,
    url: text,
    headers: map(text, text),
    body_ref: option(hash),
  }),
  /**
   * Headers may carry secrets, which only the adapter resolves. What is null is as the adapter has
   * it; a number can only lower its limit. A redirect beyond `max_redirects` is the answer, a body
   * beyond `max_body_bytes` is an error unless `truncate` is true.
   */
  'sys/HttpRequestParams@2': record({
    method: text,
    url: text,
    headers: map(text, ref('sys/TextOrSecretRef@1')),
    body_ref: option(hash),
    max_redirects: option(nat),
    max_body_bytes: option(nat),
    truncate: option(bool),
    timeout_ns: option(nat),
  }),
  'sys/HttpRequestReceipt@1': record({
    status: int,
    headers: map(text, text),
    body_ref: option(hash),
    timings: record({ start_ns: nat, end_ns: nat }),
    adapter_id: text,
  }),
  /**
   * `url` is the one that answered, after the redirects, which are listed in order. The body is as
   * it was sent, its encoding included; an empty one is not stored.
   */
  'sys/HttpRequestReceipt@2': record({
    status: int,
    url: text,
    headers: map(text, list(text)),
    body_ref: option(hash),
    body_size: nat,
    truncated: bool,
    redirects: list(record({ status: int, method: text, url: text })),
    address: text,
    tls: option(record({ protocol: text, cipher: text, fingerprint: text })),
    timings: record({ start_ns: nat, headers_ns: nat, end_ns: nat }),
    adapter_id: text,
  }),
};
