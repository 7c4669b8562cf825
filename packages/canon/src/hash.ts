/** Content identity: SHA-256 of canonical bytes, in raw and in text form. */

import * as platform from '#platform';
import { fromHex, toHex } from './bytes.js';
import { borrowWriter, returnWriter } from './cbor/scratch-writer.js';
import type { Encodable } from './cbor/value.js';
import { assert } from './defect.js';
import { ok, type Result, refuse } from './result.js';

declare const hashBrand: unique symbol;
declare const hashTextBrand: unique symbol;

/** 32 raw bytes. Treated as immutable by everybody. */
export type Hash = Uint8Array & { readonly __hash: typeof hashBrand };

/** `sha256:` and 64 lower-case hexadecimal digits. */
export type HashText = string & { readonly __hashText: typeof hashTextBrand };

const HASH_SIZE_BYTES = 32;
const HASH_TEXT = /^sha256:[0-9a-f]{64}$/;
const PREFIX = 'sha256:';

/** Stands for "no hash yet" in preimages that need one (air: a module without WASM). */
export const ZERO_HASH: Hash = new Uint8Array(HASH_SIZE_BYTES) as Hash;

export function sha256(bytes: Uint8Array): Hash {
  return platform.sha256(bytes) as Hash;
}

/** 64 raw bytes. */
export function sha512(bytes: Uint8Array): Uint8Array {
  return platform.sha512(bytes);
}

/** sha256 of the tagged canonical bytes. Throws what `encode` throws. */
export function hashOf(value: Encodable): Hash {
  const writer = borrowWriter();
  writer.selfDescribe();
  writer.value(value);
  const hash = sha256(writer.view());
  returnWriter(writer);
  return hash;
}

/** Brands 32 bytes as a hash; any other length is a Defect. */
export function asHash(bytes: Uint8Array): Hash {
  assert(bytes.length === HASH_SIZE_BYTES, `a hash has 32 bytes, not ${bytes.length}`);
  return bytes as Hash;
}

export function toHashText(hash: Hash): HashText {
  return (PREFIX + toHex(hash)) as HashText;
}

/** Code: `hash-text`. Upper-case digits are refused: a hash has one text. */
export function parseHashText(text: string): Result<Hash> {
  const bytes = HASH_TEXT.test(text) ? fromHex(text.slice(PREFIX.length)) : undefined;
  if (bytes?.ok) return ok(bytes.value as Hash);
  return refuse('hash-text', '', 'expected sha256: and 64 lower-case hexadecimal digits');
}
