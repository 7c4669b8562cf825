/**
 * Blobs written, read and looked for by reducers, and the one event that can carry the receipt of
 * any effect. Apart from the others because a module holds every shape of the files it imports.
 */
import { option, record, schema } from './composites.js';
import { effect } from './effects.js';
import { bytes, hash, nat, text } from './scalars.js';
import { ended } from './system.js';

export const BlobWriteParams = schema('sys/BlobWriteParams@1', record({ namespace: text, bytes }));
export const BlobWriteReceipt = schema(
  'sys/BlobWriteReceipt@1',
  record({ blob_ref: hash, size: nat }),
);
export const BlobReadParams = schema(
  'sys/BlobReadParams@1',
  record({ namespace: text, blob_ref: hash, from: nat, size: nat }),
);
export const BlobReadReceipt = schema('sys/BlobReadReceipt@1', record({ bytes, size: nat }));
export const BlobExistsParams = schema(
  'sys/BlobExistsParams@1',
  record({ namespace: text, blob_ref: hash }),
);
export const BlobExistsReceipt = schema('sys/BlobExistsReceipt@1', record({ size: option(nat) }));

export const BlobWriteResult = ended('sys/BlobWriteResult@1', BlobWriteParams, BlobWriteReceipt);
export const BlobReadResult = ended('sys/BlobReadResult@1', BlobReadParams, BlobReadReceipt);
export const BlobExistsResult = ended(
  'sys/BlobExistsResult@1',
  BlobExistsParams,
  BlobExistsReceipt,
);

/** Of any effect and outcome: parameters and receipt as canonical bytes. */
export const EffectReceipt = schema(
  'sys/EffectReceipt@1',
  record({
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
);

export const blobWrite = effect('blob.write', BlobWriteParams);
export const blobRead = effect('blob.read', BlobReadParams);
export const blobExists = effect('blob.exists', BlobExistsParams);
