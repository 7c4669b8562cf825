/** Value to canonical bytes. */

import { borrowWriter, returnWriter } from './scratch-writer.js';
import type { Encodable } from './value.js';
import type { Writer } from './writer.js';

/**
 * The canonical document of a value: tag 55799 and deterministic CBOR (RFC 8949 §4.2.1). Equal
 * values give equal bytes. Throws RefusalError with the codes of {@link Writer.value}.
 */
export function encode(value: Encodable): Uint8Array {
  const writer = borrowWriter();
  writer.selfDescribe();
  writer.value(value);
  const bytes = writer.finish();
  returnWriter(writer);
  return bytes;
}

/** The same without the tag: one item, for embedding. */
export function encodeUntagged(value: Encodable): Uint8Array {
  const writer = borrowWriter();
  writer.value(value);
  const bytes = writer.finish();
  returnWriter(writer);
  return bytes;
}
