export {
  bytesEqual,
  compareBytes,
  concatBytes,
  decodeUtf8,
  fromBase64,
  fromHex,
  toBase64,
  toHex,
  utf8,
} from './bytes.js';
export { type CanonicalJson, printCanonicalJson } from './canonical-json.js';
export { decode, decodeUntagged } from './cbor/decode.js';
export { encode, encodeUntagged } from './cbor/encode.js';
export type { DecodeLimits } from './cbor/limits.js';
export { decodePlain } from './cbor/plain.js';
export { Reader } from './cbor/reader.js';
export { borrowWriter, returnWriter } from './cbor/scratch-writer.js';
export { type Encodable, Float, type Value } from './cbor/value.js';
export { Writer } from './cbor/writer.js';
export { parseDec128 } from './dec128.js';
export {
  addDec128,
  compareDec128,
  divideDec128,
  multiplyDec128,
  subtractDec128,
} from './dec128-arithmetic.js';
export { assert, Defect } from './defect.js';
export {
  asHash,
  type Hash,
  type HashText,
  hashOf,
  parseHashText,
  sha256,
  sha512,
  toHashText,
  ZERO_HASH,
} from './hash.js';
export {
  attempt,
  ok,
  type Refusal,
  RefusalError,
  type Refused,
  type Result,
  refuse,
} from './result.js';
