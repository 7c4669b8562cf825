/** Canonical bytes to value, strict: what is accepted is what `encode` would have written. */

import { asRefused, ok, type Result } from '../result.js';
import type { DecodeLimits } from './limits.js';
import { Reader } from './reader.js';
import type { Value } from './value.js';

/**
 * One tagged canonical document. Codes: `cbor-truncated`, `cbor-trailing`, `cbor-non-canonical`,
 * `cbor-duplicate-key`, `cbor-utf8`, `cbor-unsupported`, `cbor-tag`, `cbor-depth`, `cbor-size`.
 */
export function decode(bytes: Uint8Array, limits?: Partial<DecodeLimits>): Result<Value> {
  try {
    const reader = new Reader(bytes, limits);
    reader.selfDescribe();
    const value = reader.value();
    reader.end();
    return ok(value);
  } catch (error) {
    return asRefused(error);
  }
}

/** {@link decode} for bytes without the tag. */
export function decodeUntagged(bytes: Uint8Array, limits?: Partial<DecodeLimits>): Result<Value> {
  try {
    const reader = new Reader(bytes, limits);
    const value = reader.value();
    reader.end();
    return ok(value);
  } catch (error) {
    return asRefused(error);
  }
}
