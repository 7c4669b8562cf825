import {createRequire} from 'module';const require=createRequire(import.meta.url);

// packages/canon/src/platform-node.ts
import { Buffer as Buffer2, isUtf8 } from "node:buffer";
import { hash } from "node:crypto";
function sha256(bytes5) {
  return fromLatin1(hash("sha256", bytes5, "binary"));
}
function sha512(bytes5) {
  return fromLatin1(hash("sha512", bytes5, "binary"));
}
function hasSameBytes(a, b) {
  return Buffer2.compare(a, b) === 0;
}
function readAscii(bytes5, start3, end3) {
  return native.latin1Slice.call(bytes5, start3, end3);
}
function readUtf8(bytes5, start3, end3) {
  const part = new Uint8Array(bytes5.buffer, bytes5.byteOffset + start3, end3 - start3);
  return isUtf8(part) ? native.utf8Slice.call(bytes5, start3, end3) : void 0;
}
function toHex(bytes5) {
  return native.hexSlice.call(bytes5, 0, bytes5.length);
}
function fromLatin1(text8) {
  const bytes5 = new Uint8Array(text8.length);
  for (let i = 0; i < text8.length; i++) bytes5[i] = text8.charCodeAt(i);
  return bytes5;
}
var native = Buffer2.prototype;

// packages/canon/src/result.ts
function ok(value) {
  return { ok: true, value };
}
function refuse(code2, at2, detail) {
  return { ok: false, refusal: { code: code2, at: at2, detail } };
}
var RefusalError = class extends Error {
  name = "RefusalError";
  refusal;
  constructor(refusal4) {
    super(`${refusal4.code} at '${refusal4.at}': ${refusal4.detail}`);
    this.refusal = refusal4;
  }
  get code() {
    return this.refusal.code;
  }
};
function attempt(run) {
  try {
    return { ok: true, value: run() };
  } catch (error2) {
    return asRefused(error2);
  }
}
function asRefused(error2) {
  if (error2 instanceof RefusalError) return { ok: false, refusal: error2.refusal };
  throw error2;
}

// packages/canon/src/utf8.ts
var SHORT_BYTES = 12;
function utf8SizeBytes(text8) {
  let size = text8.length;
  for (let i = 0; i < text8.length; i++) {
    const unit3 = text8.charCodeAt(i);
    if (unit3 < 128) continue;
    size += unit3 < 2048 ? 1 : 2;
    if (unit3 < 55296 || unit3 > 57343) continue;
    const next2 = text8.charCodeAt(i + 1);
    if (unit3 > 56319 || !(next2 >= 56320 && next2 <= 57343)) return -1;
    i++;
  }
  return size;
}
function writeUtf8(text8, target, start3) {
  let at2 = start3;
  for (let i = 0; i < text8.length; i++) {
    let code2 = text8.charCodeAt(i);
    if (code2 < 128) {
      target[at2++] = code2;
      continue;
    }
    if (code2 < 2048) {
      target[at2++] = 192 | code2 >> 6;
    } else {
      if (code2 >= 55296 && code2 <= 57343) {
        code2 = 65536 + ((code2 & 1023) << 10) + (text8.charCodeAt(++i) & 1023);
        target[at2++] = 240 | code2 >> 18;
        target[at2++] = 128 | code2 >> 12 & 63;
      } else {
        target[at2++] = 224 | code2 >> 12;
      }
      target[at2++] = 128 | code2 >> 6 & 63;
    }
    target[at2++] = 128 | code2 & 63;
  }
  return at2;
}
function readUtf82(bytes5, start3, end3) {
  if (end3 - start3 <= SHORT_BYTES) return readShort(bytes5, start3, end3);
  for (let at2 = start3; at2 < end3; at2++) {
    if (bytes5[at2] >= 128) return readUtf8(bytes5, start3, end3);
  }
  return readAscii(bytes5, start3, end3);
}
function readShort(bytes5, start3, end3) {
  let text8 = "";
  let at2 = start3;
  for (; at2 + 4 <= end3; at2 += 4) {
    const a = bytes5[at2];
    const b = bytes5[at2 + 1];
    const c = bytes5[at2 + 2];
    const d = bytes5[at2 + 3];
    if ((a | b | c | d) >= 128) return readUtf8(bytes5, start3, end3);
    text8 += String.fromCharCode(a, b, c, d);
  }
  for (; at2 < end3; at2++) {
    const unit3 = bytes5[at2];
    if (unit3 >= 128) return readUtf8(bytes5, start3, end3);
    text8 += String.fromCharCode(unit3);
  }
  return text8;
}

// packages/canon/src/bytes.ts
var BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
function toHex2(bytes5) {
  return toHex(bytes5);
}
function fromHex(text8) {
  if (text8.length % 2 !== 0) return refuse("hex-syntax", "", "an odd number of digits");
  const bytes5 = new Uint8Array(text8.length / 2);
  for (let i = 0; i < text8.length; i++) {
    const digit = hexDigit(text8.charCodeAt(i));
    if (digit < 0) return refuse("hex-syntax", `@${i}`, "not a hexadecimal digit");
    const byte = i >> 1;
    bytes5[byte] = bytes5[byte] << 4 | digit;
  }
  return ok(bytes5);
}
function hexDigit(unit3) {
  if (unit3 >= 48 && unit3 <= 57) return unit3 - 48;
  const lower = unit3 | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}
var SHORT_BYTES2 = 64;
function bytesEqual(a, b) {
  if (a.length !== b.length) return false;
  if (a.length > SHORT_BYTES2) return hasSameBytes(a, b);
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
function compareBytes(a, b) {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const difference = a[i] - b[i];
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
function concatBytes(...parts) {
  return joinBytes(parts);
}
function joinBytes(parts) {
  let size = 0;
  for (const part of parts) size += part.length;
  const whole = new Uint8Array(size);
  let at2 = 0;
  for (const part of parts) {
    whole.set(part, at2);
    at2 += part.length;
  }
  return whole;
}
function utf8(text8) {
  const size = utf8SizeBytes(text8);
  if (size < 0) {
    throw new RefusalError({ code: "lone-surrogate", at: "", detail: "text is not well-formed" });
  }
  const bytes5 = new Uint8Array(size);
  writeUtf8(text8, bytes5, 0);
  return bytes5;
}
function decodeUtf8(bytes5) {
  const text8 = readUtf82(bytes5, 0, bytes5.length);
  return text8 === void 0 ? refuse("cbor-utf8", "", "not UTF-8") : ok(text8);
}
function toBase64(bytes5) {
  let text8 = "";
  for (let i = 0; i < bytes5.length; i += 3) {
    const left = bytes5.length - i;
    const group = bytes5[i] << 16 | (bytes5[i + 1] ?? 0) << 8 | (bytes5[i + 2] ?? 0);
    text8 += BASE64.charAt(group >> 18) + BASE64.charAt(group >> 12 & 63);
    text8 += left > 1 ? BASE64.charAt(group >> 6 & 63) : "=";
    text8 += left > 2 ? BASE64.charAt(group & 63) : "=";
  }
  return text8;
}
function fromBase64(text8) {
  if (text8.length % 4 !== 0) return refuse("base64-syntax", "", "length is not a multiple of 4");
  const padding = text8.endsWith("==") ? 2 : text8.endsWith("=") ? 1 : 0;
  const bytes5 = new Uint8Array(text8.length / 4 * 3 - padding);
  let pending = 0;
  let pendingBits = 0;
  let at2 = 0;
  for (let i = 0; i < text8.length - padding; i++) {
    const digit = base64Digit(text8.charCodeAt(i));
    if (digit < 0) return refuse("base64-syntax", `@${i}`, "not a base64 character");
    pending = (pending << 6 | digit) & 4095;
    pendingBits += 6;
    if (pendingBits < 8) continue;
    pendingBits -= 8;
    bytes5[at2++] = pending >> pendingBits;
  }
  const unused = pending & (1 << pendingBits) - 1;
  return unused === 0 ? ok(bytes5) : refuse("base64-syntax", "", "unused bits are not zero");
}
function base64Digit(unit3) {
  if (unit3 >= 65 && unit3 <= 90) return unit3 - 65;
  if (unit3 >= 97 && unit3 <= 122) return unit3 - 71;
  if (unit3 >= 48 && unit3 <= 57) return unit3 + 4;
  if (unit3 === 43) return 62;
  return unit3 === 47 ? 63 : -1;
}

// packages/canon/src/cbor/float16.ts
function halfBitsOfSingleBits(bits) {
  const sign2 = bits >>> 16 & 32768;
  const exponent = bits >>> 23 & 255;
  const fraction2 = bits & 8388607;
  if (exponent === 255) return fraction2 === 0 ? sign2 | 31744 : -1;
  if (exponent >= 113 && exponent <= 142) {
    if ((fraction2 & 8191) !== 0) return -1;
    return sign2 | exponent - 112 << 10 | fraction2 >>> 13;
  }
  if (exponent >= 103 && exponent <= 112) return subnormalHalfBits(sign2, exponent, fraction2);
  return exponent === 0 && fraction2 === 0 ? sign2 : -1;
}
function subnormalHalfBits(sign2, exponent, fraction2) {
  const significand = fraction2 | 8388608;
  const shift = 126 - exponent;
  if ((significand & (1 << shift) - 1) !== 0) return -1;
  return sign2 | significand >>> shift;
}
function numberOfHalfBits(bits) {
  const sign2 = (bits & 32768) === 0 ? 1 : -1;
  const exponent = bits >>> 10 & 31;
  const fraction2 = bits & 1023;
  if (exponent === 0) return sign2 * fraction2 * 2 ** -24;
  if (exponent === 31) return fraction2 === 0 ? sign2 * Infinity : NaN;
  return sign2 * (1024 + fraction2) * 2 ** (exponent - 25);
}

// packages/canon/src/defect.ts
var Defect = class extends Error {
  name = "Defect";
};
function assert(condition, message) {
  if (!condition) throw new Defect(message);
}

// packages/canon/src/cbor/limits.ts
var MAX_DEPTH = 128;
var MAX_DECODED_BYTES = 64 * 1024 * 1024;
var MAX_DECODED_ITEMS = 4e6;
var MAX_ENCODED_BYTES = 1024 * 1024 * 1024;
var DEFAULT_LIMITS = {
  maxDepth: MAX_DEPTH,
  maxBytes: MAX_DECODED_BYTES,
  maxItems: MAX_DECODED_ITEMS
};
function fillLimits(limits) {
  if (limits === void 0) return DEFAULT_LIMITS;
  const filled = {
    maxDepth: Math.min(limits.maxDepth ?? MAX_DEPTH, MAX_DEPTH),
    maxBytes: limits.maxBytes ?? MAX_DECODED_BYTES,
    maxItems: limits.maxItems ?? MAX_DECODED_ITEMS
  };
  for (const limit of Object.values(filled)) assert(limit >= 0, "a limit is a number from 0");
  return filled;
}

// packages/canon/src/cbor/cursor.ts
var TWO_32 = 4294967296;
var Cursor = class {
  input;
  sizeBytes;
  /** Where the next item starts. */
  at = 0;
  maxDepth;
  itemsLeft;
  inputView;
  constructor(bytes5, limits) {
    const { maxBytes, maxDepth, maxItems } = fillLimits(limits);
    this.input = asPlainBytes(bytes5);
    this.sizeBytes = bytes5.length;
    this.maxDepth = maxDepth;
    this.itemsLeft = maxItems;
    this.inputView = void 0;
    if (bytes5.length > maxBytes) throw this.refusal("cbor-size", `more than ${maxBytes} bytes`);
  }
  /** The next initial byte, not consumed. */
  peek() {
    if (this.at >= this.sizeBytes) throw this.truncated();
    return this.input[this.at];
  }
  /** Consumes a head with a definite argument; answers with it, rounded beyond 2^53. */
  argument() {
    const info = this.peek() & 31;
    if (info < 24) {
      this.at++;
      return info;
    }
    if (info > 27) throw this.refusal("cbor-unsupported", "expected a head with an argument");
    const start3 = this.take(1 << info - 24);
    const input = this.input;
    if (info === 24) return input[start3];
    if (info === 25) return input[start3] << 8 | input[start3 + 1];
    const high = this.uint32(start3);
    return info === 26 ? high : high * TWO_32 + this.uint32(start3 + 4);
  }
  unsigned() {
    const argument = this.argument();
    return argument <= Number.MAX_SAFE_INTEGER ? argument : this.wideArgument();
  }
  negative() {
    const argument = this.argument();
    return argument < Number.MAX_SAFE_INTEGER ? -1 - argument : -1n - this.wideArgument();
  }
  /** Consumes the head of a list or map; answers with the number of items that must follow. */
  count(itemsEach) {
    const start3 = this.at;
    const count3 = this.argument();
    if (count3 * itemsEach > this.sizeBytes - this.at) throw this.truncated(start3);
    this.charge(count3 * itemsEach);
    return count3;
  }
  /** Counts items against the limit. */
  charge(items3) {
    this.itemsLeft -= items3;
    if (this.itemsLeft < 0) throw this.refusal("cbor-size", "more items than allowed");
  }
  checkDepth(depth) {
    if (depth > this.maxDepth) throw this.refusal("cbor-depth", "nested too deep");
  }
  /** Consumes head and content of text of definite length. */
  definiteText() {
    const start3 = this.at;
    const size = this.length();
    const text8 = readUtf82(this.input, this.at, this.at + size);
    if (text8 === void 0) throw this.refusal("cbor-utf8", "text is not UTF-8", start3);
    this.at += size;
    return text8;
  }
  /**
   * Consumes head and content of bytes of definite length; answers with the size of the content.
   */
  definiteBytes() {
    const size = this.length();
    this.at += size;
    return size;
  }
  /** Consumes a float of 2, 4 or 8 bytes. */
  floatNumber() {
    const size = 1 << this.peek() - 248;
    const start3 = this.take(size);
    const view = this.view();
    if (size === 2) return numberOfHalfBits(view.getUint16(start3));
    return size === 4 ? view.getFloat32(start3) : view.getFloat64(start3);
  }
  view() {
    this.inputView ??= viewOf(this.input);
    return this.inputView;
  }
  refusal(code2, detail, at2 = this.at) {
    return new RefusalError({ code: code2, at: `@${at2}`, detail });
  }
  truncated(at2 = this.at) {
    return this.refusal("cbor-truncated", "the input ends before the item does", at2);
  }
  length() {
    const start3 = this.at;
    const size = this.argument();
    if (size > this.sizeBytes - this.at) throw this.truncated(start3);
    return size;
  }
  /** Consumes an initial byte and `size` bytes; answers with where these start. */
  take(size) {
    const start3 = this.at + 1;
    if (start3 + size > this.sizeBytes) throw this.truncated();
    this.at = start3 + size;
    return start3;
  }
  /** The exact argument of the 9-byte head just consumed. */
  wideArgument() {
    return BigInt(this.uint32(this.at - 8)) << 32n | BigInt(this.uint32(this.at - 4));
  }
  uint32(at2) {
    const input = this.input;
    const high = input[at2] << 8 | input[at2 + 1];
    return high * 65536 + (input[at2 + 2] << 8 | input[at2 + 3]);
  }
};
function asPlainBytes(bytes5) {
  if (bytes5.constructor === Uint8Array) return bytes5;
  return new Uint8Array(bytes5.buffer, bytes5.byteOffset, bytes5.length);
}
function viewOf({ buffer, byteOffset, length }) {
  return new DataView(buffer, byteOffset, length);
}

// packages/canon/src/cbor/value.ts
var Float = class {
  value;
  constructor(value) {
    this.value = value;
  }
};

// packages/canon/src/cbor/reader.ts
var LEAST_ARGUMENT = [0, 0, 24, 256, 0, 65536, 0, 0, 0, 4294967296];
var TAG_55799 = [217, 217, 247];
var Reader = class extends Cursor {
  /** Throws `cbor-size` when there are more bytes than the limits allow. */
  constructor(bytes5, limits) {
    super(bytes5, limits);
  }
  /** Consumes tag 55799. Codes: `cbor-tag`, `cbor-truncated`. */
  selfDescribe() {
    const start3 = this.at;
    for (const byte of TAG_55799) {
      if (this.peek() !== byte) throw this.refusal("cbor-tag", "expected tag 55799", start3);
      this.at++;
    }
  }
  /** Consumes nil when it is there. */
  isNil() {
    if (this.peek() !== 246) return false;
    this.at++;
    return true;
  }
  bool() {
    const byte = this.peek();
    if (byte !== 244 && byte !== 245) throw this.refusal("cbor-type", "expected a boolean");
    this.at++;
    return byte === 245;
  }
  int() {
    const major = this.peek() >> 5;
    if (major > 1) throw this.refusal("cbor-type", "expected an integer");
    return major === 0 ? this.unsigned() : this.negative();
  }
  /** A safe integer from 0. Codes: `cbor-type`, `integer-range`. */
  nat() {
    const start3 = this.at;
    this.expect(0, "an unsigned integer");
    const value = this.unsigned();
    if (typeof value === "number") return value;
    throw this.refusal("integer-range", "expected at most 2^53 - 1", start3);
  }
  u64() {
    this.expect(0, "an unsigned integer");
    return BigInt(this.unsigned());
  }
  text() {
    this.expect(3, "text");
    return this.definiteText();
  }
  /** A view of the input, not a copy. */
  bytes() {
    this.expect(2, "bytes");
    const size = this.definiteBytes();
    return this.input.subarray(this.at - size, this.at);
  }
  /** Number of items that follow. */
  listHead() {
    this.expect(4, "a list");
    return this.count(1);
  }
  /** Number of entries that follow. */
  mapHead() {
    this.expect(5, "a map");
    return this.count(2);
  }
  /** Consumes this key. Code: `cbor-key`. */
  key(expected2) {
    if (!this.keyIs(expected2)) throw this.refusal("cbor-key", `expected key '${expected2}'`);
  }
  /** Consumes this key when it is there; at the end of the input it is not. */
  keyIs(expected2) {
    const start3 = this.at;
    if (start3 >= this.sizeBytes || this.peek() >> 5 !== 3) return false;
    if (this.skipAscii(expected2) || this.definiteText() === expected2) return true;
    this.at = start3;
    return false;
  }
  /**
   * Consumes these very bytes when they come next: a run of heads and keys of a fixed shape, which
   * is canonical because the shape is.
   */
  literalIs(literal2) {
    const { input, at: at2 } = this;
    const size = literal2.length;
    if (at2 + size > this.sizeBytes) return false;
    for (let i = 0; i < size; i++) if (input[at2 + i] !== literal2[i]) return false;
    this.at = at2 + size;
    return true;
  }
  /** Any value, untagged. Byte strings in it are copies. */
  value() {
    return this.item(0);
  }
  /** Code: `cbor-trailing`. */
  end() {
    if (this.at !== this.sizeBytes) throw this.refusal("cbor-trailing", "bytes after the value");
  }
  /** Only the shortest head. */
  argument() {
    const start3 = this.at;
    const byte = this.peek();
    if ((byte & 31) < 24) {
      this.at = start3 + 1;
      return byte & 31;
    }
    if ((byte & 31) === 31 && byte >= 64 && byte < 192) {
      throw this.refusal("cbor-non-canonical", "a length is indefinite");
    }
    const argument = super.argument();
    if (argument >= LEAST_ARGUMENT[this.at - start3]) return argument;
    throw this.refusal("cbor-non-canonical", "a head is longer than needed", start3);
  }
  /** Consumes short ASCII text when it is there; false says nothing about any other text. */
  skipAscii(text8) {
    const { input, at: at2 } = this;
    const size = text8.length;
    if (size >= 24 || input[at2] !== (96 | size) || at2 + size >= this.sizeBytes) return false;
    for (let i = 0; i < size; i++) {
      const unit3 = text8.charCodeAt(i);
      if (unit3 >= 128 || input[at2 + 1 + i] !== unit3) return false;
    }
    this.at = at2 + 1 + size;
    return true;
  }
  expect(major, what) {
    if (this.peek() >> 5 !== major) throw this.refusal("cbor-type", `expected ${what}`);
  }
  /** `depth` counts the lists and maps around the item. */
  item(depth) {
    switch (this.peek() >> 5) {
      case 0:
        return this.unsigned();
      case 1:
        return this.negative();
      case 2: {
        const size = this.definiteBytes();
        return this.input.slice(this.at - size, this.at);
      }
      case 3:
        return this.definiteText();
      case 4:
        return this.list(depth + 1);
      case 5:
        return this.map(depth + 1);
      case 6:
        throw this.refusal("cbor-tag", "a tag inside a value");
      default:
        return this.simple();
    }
  }
  list(depth) {
    this.checkDepth(depth);
    const count3 = this.count(1);
    const items3 = [];
    for (let i = 0; i < count3; i++) items3.push(this.item(depth));
    return items3;
  }
  map(depth) {
    this.checkDepth(depth);
    const count3 = this.count(2);
    const map3 = /* @__PURE__ */ new Map();
    let last = -1;
    for (let i = 0; i < count3; i++) {
      const start3 = this.at;
      const key3 = this.item(depth);
      if (last >= 0) this.checkOrder(last, start3);
      last = start3;
      map3.set(key3, this.item(depth));
    }
    return map3;
  }
  /**
   * The key in `[start, at)` comes after the key at `last`. No encoding is a prefix of another, so
   * the first difference decides.
   */
  checkOrder(last, start3) {
    const { input, at: at2 } = this;
    for (let i = 0; start3 + i < at2; i++) {
      const difference = input[start3 + i] - input[last + i];
      if (difference > 0) return;
      if (difference < 0) throw this.refusal("cbor-non-canonical", "keys out of order", start3);
    }
    throw this.refusal("cbor-duplicate-key", "a key occurs twice", start3);
  }
  simple() {
    const byte = this.peek();
    if (byte >= 249 && byte <= 251) return this.float(byte);
    if (byte < 244 || byte > 246) {
      throw this.refusal("cbor-unsupported", "undefined, a simple value or a break");
    }
    this.at++;
    return byte === 246 ? null : byte === 245;
  }
  float(byte) {
    const start3 = this.at;
    const value = this.floatNumber();
    const canonical = Number.isNaN(value) ? byte === 249 && this.view().getUint16(start3 + 1) === 32256 : byte === 249 || !this.isShorter(value, byte, start3);
    if (canonical) return new Float(value);
    throw this.refusal("cbor-non-canonical", "a float is longer than needed", start3);
  }
  /** Whether a shorter float than the one at `start` holds the number. */
  isShorter(value, byte, start3) {
    if (byte === 251) return Math.fround(value) === value;
    return halfBitsOfSingleBits(this.view().getUint32(start3 + 1)) >= 0;
  }
};

// packages/canon/src/cbor/decode.ts
function decode(bytes5, limits) {
  try {
    const reader = new Reader(bytes5, limits);
    reader.selfDescribe();
    const value = reader.value();
    reader.end();
    return ok(value);
  } catch (error2) {
    return asRefused(error2);
  }
}
function decodeUntagged(bytes5, limits) {
  try {
    const reader = new Reader(bytes5, limits);
    const value = reader.value();
    reader.end();
    return ok(value);
  } catch (error2) {
    return asRefused(error2);
  }
}

// packages/canon/src/cbor/item-writer.ts
var INITIAL_SIZE_BYTES = 512;
var MAX_HEAD_BYTES = 9;
var BULK_COPY_BYTES = 64;
var MAX_UINT64 = 0xffffffffffffffffn;
var ItemWriter = class {
  buffer;
  /** Where the next item starts. */
  at = 0;
  floatView;
  constructor(initialSizeBytes = INITIAL_SIZE_BYTES) {
    this.buffer = new Uint8Array(initialSizeBytes);
  }
  /** Forgets everything written, keeps the buffer. */
  reset() {
    this.at = 0;
  }
  /** Size of the buffer, which only grows. */
  get capacityBytes() {
    return this.buffer.length;
  }
  /** Bytes written so far. */
  get sizeBytes() {
    return this.at;
  }
  /** A copy of what was written. */
  finish() {
    return this.buffer.slice(0, this.at);
  }
  /** What was written, not copied: valid until the next write or reset. */
  view() {
    return this.buffer.subarray(0, this.at);
  }
  /** Tag 55799, which marks the front of a canonical document. */
  selfDescribe() {
    const at2 = this.reserve(3);
    this.buffer[at2] = 217;
    this.buffer[at2 + 1] = 217;
    this.buffer[at2 + 2] = 247;
    this.at = at2 + 3;
  }
  nil() {
    this.byte(246);
  }
  bool(value) {
    this.byte(value ? 245 : 244);
  }
  /** From -2^64 to 2^64 - 1. Codes: `number-not-integer`, `integer-range`. */
  int(value) {
    if (typeof value === "bigint") this.wideInt(value);
    else if (!Number.isSafeInteger(value)) throw unsafeNumber(value);
    else if (value >= 0) this.head(0, value);
    else this.head(32, -1 - value);
  }
  /** Code: `lone-surrogate`. */
  text(value) {
    const length = value.length;
    const start3 = this.at;
    this.reserve(length + MAX_HEAD_BYTES);
    this.head(96, length);
    const buffer = this.buffer;
    let at2 = this.at;
    for (let i = 0; i < length; i++) {
      const unit3 = value.charCodeAt(i);
      if (unit3 >= 128) {
        this.at = start3;
        this.wideText(value);
        return;
      }
      buffer[at2++] = unit3;
    }
    this.at = at2;
  }
  bytes(value) {
    this.head(64, value.length);
    this.raw(value);
  }
  /** Announces `count` items. */
  listHead(count3) {
    assert(Number.isSafeInteger(count3) && count3 >= 0, "a list head needs a count");
    this.head(128, count3);
  }
  /** Announces `count` entries, each a key and a value, keys in canonical order. */
  mapHead(count3) {
    assert(Number.isSafeInteger(count3) && count3 >= 0, "a map head needs a count");
    this.head(160, count3);
  }
  /** Bytes that are canonical already: whole items without a tag. */
  raw(bytes5) {
    const size = bytes5.length;
    const start3 = this.reserve(size);
    const buffer = this.buffer;
    if (size > BULK_COPY_BYTES) buffer.set(bytes5, start3);
    else for (let i = 0; i < size; i++) buffer[start3 + i] = bytes5[i];
    this.at = start3 + size;
  }
  /** The shortest of half, single and double that holds the number exactly; one NaN. */
  float(value) {
    const at2 = this.reserve(MAX_HEAD_BYTES);
    this.floatView ??= new DataView(this.buffer.buffer);
    this.at = at2 + writeFloat(this.floatView, at2, value);
  }
  byte(value) {
    const at2 = this.reserve(1);
    this.buffer[at2] = value;
    this.at = at2 + 1;
  }
  /** A head; `major` is the major type in place (0xa0: map), the argument a safe integer from 0. */
  head(major, argument) {
    const at2 = this.reserve(MAX_HEAD_BYTES);
    const buffer = this.buffer;
    if (argument < 24) {
      buffer[at2] = major | argument;
      this.at = at2 + 1;
    } else if (argument < 256) {
      buffer[at2] = major | 24;
      buffer[at2 + 1] = argument;
      this.at = at2 + 2;
    } else if (argument < 65536) {
      buffer[at2] = major | 25;
      buffer[at2 + 1] = argument >>> 8;
      buffer[at2 + 2] = argument;
      this.at = at2 + 3;
    } else if (argument < 4294967296) {
      buffer[at2] = major | 26;
      this.uint32(at2 + 1, argument);
      this.at = at2 + 5;
    } else {
      this.longHead(major, Math.floor(argument / 4294967296), argument);
    }
  }
  /** The 9-byte head; of `low` the lowest 32 bits count. */
  longHead(major, high, low) {
    const at2 = this.reserve(MAX_HEAD_BYTES);
    this.buffer[at2] = major | 27;
    this.uint32(at2 + 1, high);
    this.uint32(at2 + 5, low);
    this.at = at2 + 9;
  }
  uint32(at2, value) {
    const buffer = this.buffer;
    buffer[at2] = value >>> 24;
    buffer[at2 + 1] = value >>> 16;
    buffer[at2 + 2] = value >>> 8;
    buffer[at2 + 3] = value;
  }
  wideInt(value) {
    const major = value < 0n ? 32 : 0;
    const argument = value < 0n ? -1n - value : value;
    if (argument > MAX_UINT64) throw refusal("integer-range", "expected -2^64 to 2^64 - 1");
    if (argument <= 0xffffffffn) this.head(major, Number(argument));
    else this.longHead(major, Number(argument >> 32n), Number(argument & 0xffffffffn));
  }
  wideText(value) {
    const size = utf8SizeBytes(value);
    if (size < 0) throw refusal("lone-surrogate", "expected well-formed text");
    this.head(96, size);
    const start3 = this.reserve(size);
    this.at = writeUtf8(value, this.buffer, start3);
  }
  /** Makes room and answers with the position. */
  reserve(sizeBytes) {
    const at2 = this.at;
    if (at2 + sizeBytes > this.buffer.length) this.grow(at2 + sizeBytes);
    return at2;
  }
  grow(neededBytes) {
    if (neededBytes > MAX_ENCODED_BYTES) throw refusal("cbor-size", "the output is too large");
    const sizeBytes = Math.min(Math.max(neededBytes, 2 * this.buffer.length), MAX_ENCODED_BYTES);
    const grown = new Uint8Array(sizeBytes);
    grown.set(this.buffer.subarray(0, this.at));
    this.buffer = grown;
    this.floatView = void 0;
  }
};
function writeFloat(view, at2, value) {
  if (Number.isNaN(value)) return writeHalf(view, at2, 32256);
  if (Math.fround(value) !== value) {
    view.setUint8(at2, 251);
    view.setFloat64(at2 + 1, value);
    return 9;
  }
  view.setFloat32(at2 + 1, value);
  const half = halfBitsOfSingleBits(view.getUint32(at2 + 1));
  if (half >= 0) return writeHalf(view, at2, half);
  view.setUint8(at2, 250);
  return 5;
}
function writeHalf(view, at2, bits) {
  view.setUint8(at2, 249);
  view.setUint16(at2 + 1, bits);
  return 3;
}
function unsafeNumber(value) {
  return refusal("number-not-integer", `${value}: wrap floats in Float, use bigint beyond 2^53`);
}
function refusal(code2, detail) {
  return new RefusalError({ code: code2, at: "", detail });
}

// packages/canon/src/cbor/writer.ts
var INSERTION_KEYS = 32;
var Writer = class extends ItemWriter {
  /** Offsets of the map entries being written, innermost map last: key start, key end, … */
  marks = [];
  markCount = 0;
  /**
   * Any value, untagged. Codes: `number-not-integer`, `integer-range`, `lone-surrogate`,
   * `not-encodable`, `cbor-depth` (also for cycles), `cbor-duplicate-key`, `cbor-size`.
   */
  value(value) {
    this.markCount = 0;
    this.item(value, 0);
  }
  /** `depth` counts the lists and maps around the value. */
  item(value, depth) {
    if (typeof value === "string") this.text(value);
    else if (typeof value === "number" || typeof value === "bigint") this.int(value);
    else if (typeof value === "boolean") this.bool(value);
    else if (value === null) this.nil();
    else if (typeof value === "object") this.object(value, depth);
    else throw refusal2("not-encodable", `${typeof value} has no encoding`);
  }
  object(value, depth) {
    if (value instanceof Uint8Array) {
      this.bytes(value);
    } else if (value instanceof Float) {
      if (typeof value.value !== "number") throw refusal2("not-encodable", "Float without number");
      this.float(value.value);
    } else if (depth >= MAX_DEPTH) {
      throw refusal2("cbor-depth", `nested deeper than ${MAX_DEPTH}, or cyclic`);
    } else if (Array.isArray(value)) {
      this.list(value, depth + 1);
    } else if (value instanceof Map) {
      this.map(value, depth + 1);
    } else if (isPlain(value)) {
      this.record(value, depth + 1);
    } else {
      throw refusal2("not-encodable", "an object of a class has no encoding");
    }
  }
  list(list4, depth) {
    const count3 = list4.length;
    this.listHead(count3);
    let index = 0;
    try {
      for (; index < count3; index++) this.item(list4[index], depth);
    } catch (error2) {
      throw within(error2, String(index));
    }
  }
  map(map3, depth) {
    const count3 = map3.size;
    this.mapHead(count3);
    const base = this.markCount;
    let inOrder = true;
    let step3 = null;
    let index = 0;
    try {
      for (const [key3, value] of map3) {
        const start3 = this.at;
        step3 = null;
        this.item(key3, depth);
        inOrder = this.markKey(base, start3) && inOrder;
        step3 = key3;
        this.item(value, depth);
        index++;
      }
    } catch (error2) {
      throw within(error2, typeof step3 === "string" ? step3 : `#${index}`);
    }
    if (index !== count3) throw refusal2("not-encodable", "entries changed when read");
    if (!inOrder) this.sortEntries(base);
    this.markCount = base;
  }
  record(record5, depth) {
    const { keys, values } = presentFields(record5);
    this.mapHead(keys.length);
    const base = this.markCount;
    let inOrder = true;
    let step3 = null;
    let index = 0;
    try {
      for (; index < keys.length; index++) {
        const key3 = keys[index];
        const start3 = this.at;
        step3 = null;
        this.text(key3);
        inOrder = this.markKey(base, start3) && inOrder;
        step3 = key3;
        this.item(values[index], depth);
      }
    } catch (error2) {
      throw within(error2, step3 ?? `#${index}`);
    }
    if (!inOrder) this.sortEntries(base);
    this.markCount = base;
  }
  /** Notes the key in `[start, at)`; false when it does not come after the one before. */
  markKey(base, start3) {
    const { marks, markCount: top } = this;
    marks[top] = start3;
    marks[top + 1] = this.at;
    this.markCount = top + 2;
    if (top === base) return true;
    return this.compareKeys(marks[top - 2], marks[top - 1], start3) < 0;
  }
  /** Bytewise; a length is not needed for the second key, as no encoding is a prefix of another. */
  compareKeys(a, aEnd, b) {
    const buffer = this.buffer;
    for (let i = 0; a + i < aEnd; i++) {
      const difference = buffer[a + i] - buffer[b + i];
      if (difference !== 0) return difference;
    }
    return 0;
  }
  /** Sorts the entries of the map that was just written, whose marks start at `base`. */
  sortEntries(base) {
    const marks = this.marks.slice(base, this.markCount);
    const from = marks[0];
    const entries2 = Array.from({ length: marks.length / 2 }, (_, i) => ({
      start: marks[2 * i],
      keyEnd: marks[2 * i + 1],
      end: marks[2 * i + 2] ?? this.at
    }));
    entries2.sort((a, b) => this.compareKeys(a.start, a.keyEnd, b.start));
    for (let i = 1; i < entries2.length; i++) {
      const { start: start3, keyEnd } = entries2[i - 1];
      if (this.compareKeys(start3, keyEnd, entries2[i].start) === 0) {
        throw refusal2("cbor-duplicate-key", "two keys of a map have the same encoding");
      }
    }
    const written = this.buffer.slice(from, this.at);
    let at2 = from;
    for (const { start: start3, end: end3 } of entries2) {
      this.buffer.set(written.subarray(start3 - from, end3 - from), at2);
      at2 += end3 - start3;
    }
  }
};
function isPlain(value) {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
function presentFields(record5) {
  const keys = Object.keys(record5);
  const values = Object.values(record5);
  if (keys.length !== values.length) throw refusal2("not-encodable", "fields changed when read");
  const inserting = keys.length <= INSERTION_KEYS;
  let count3 = 0;
  for (let i = 0; i < keys.length; i++) {
    const key3 = keys[i];
    const value = values[i];
    if (value === void 0) continue;
    let at2 = count3++;
    if (inserting) {
      for (; at2 > 0 && compareAscii(key3, keys[at2 - 1]) < 0; at2--) {
        keys[at2] = keys[at2 - 1];
        values[at2] = values[at2 - 1];
      }
    }
    keys[at2] = key3;
    values[at2] = value;
  }
  if (count3 < keys.length) keys.length = values.length = count3;
  return { keys, values };
}
function compareAscii(a, b) {
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : 1;
}
function refusal2(code2, detail) {
  return new RefusalError({ code: code2, at: "", detail });
}
function within(error2, step3) {
  if (!(error2 instanceof RefusalError)) return error2;
  const { code: code2, at: at2, detail } = error2.refusal;
  const escaped = step3.replaceAll("~", "~0").replaceAll("/", "~1");
  return new RefusalError({ code: code2, at: `/${escaped}${at2}`, detail });
}

// packages/canon/src/cbor/scratch-writer.ts
var MAX_IDLE_BYTES = 65536;
var idle = [];
function borrowWriter() {
  return idle.pop() ?? new Writer();
}
function returnWriter(writer) {
  if (idle.length > 0 || writer.capacityBytes > MAX_IDLE_BYTES) return;
  writer.reset();
  idle.push(writer);
}

// packages/canon/src/cbor/encode.ts
function encode(value) {
  const writer = borrowWriter();
  writer.selfDescribe();
  writer.value(value);
  const bytes5 = writer.finish();
  returnWriter(writer);
  return bytes5;
}
function encodeUntagged(value) {
  const writer = borrowWriter();
  writer.value(value);
  const bytes5 = writer.finish();
  returnWriter(writer);
  return bytes5;
}

// packages/canon/src/cbor/plain.ts
var BREAK = 255;
function decodePlain(bytes5, limits) {
  try {
    return ok(new PlainReader(bytes5, limits).document());
  } catch (error2) {
    return asRefused(error2);
  }
}
var PlainReader = class extends Cursor {
  document() {
    const { input } = this;
    if (input[0] === 217 && input[1] === 217 && input[2] === 247) this.at = 3;
    const value = this.item(0);
    if (this.at === this.sizeBytes) return value;
    throw this.refusal("cbor-trailing", "bytes after the value");
  }
  item(depth) {
    const byte = this.peek();
    switch (byte >> 5) {
      case 0:
        return this.unsigned();
      case 1:
        return this.negative();
      case 2:
        return byte === 95 ? joinBytes(this.chunks(() => this.bytes())) : this.bytes();
      case 3:
        return byte === 127 ? this.chunks(() => this.definiteText()).join("") : this.definiteText();
      case 4:
        return byte === 159 ? this.openList(depth + 1) : this.list(depth + 1);
      case 5:
        return this.map(depth + 1);
      case 6:
        throw this.refusal("cbor-tag", "a tag other than a leading 55799");
      default:
        return this.simple(byte);
    }
  }
  bytes() {
    const size = this.definiteBytes();
    return this.input.slice(this.at - size, this.at);
  }
  /** The definite chunks of text or bytes of indefinite length. */
  chunks(read2) {
    const major = this.peek() >> 5;
    const chunks = [];
    for (this.at++; !this.isBreak(); ) {
      this.charge(1);
      if (this.peek() >> 5 !== major) throw this.refusal("cbor-unsupported", "a foreign chunk");
      chunks.push(read2());
    }
    return chunks;
  }
  list(depth) {
    this.checkDepth(depth);
    const count3 = this.count(1);
    const items3 = [];
    for (let i = 0; i < count3; i++) items3.push(this.item(depth));
    return items3;
  }
  openList(depth) {
    this.checkDepth(depth);
    const items3 = [];
    for (this.at++; !this.isBreak(); ) {
      this.charge(1);
      items3.push(this.item(depth));
    }
    return items3;
  }
  map(depth) {
    this.checkDepth(depth);
    const map3 = new PlainMap();
    if (this.peek() !== 191) {
      const count3 = this.count(2);
      for (let i = 0; i < count3; i++) this.entry(map3, depth);
      return map3.entries;
    }
    for (this.at++; !this.isBreak(); ) {
      this.charge(2);
      this.entry(map3, depth);
    }
    return map3.entries;
  }
  entry(map3, depth) {
    const start3 = this.at;
    const key3 = this.item(depth);
    if (map3.hasEqual(key3)) throw this.refusal("cbor-duplicate-key", "a key occurs twice", start3);
    map3.entries.set(key3, this.item(depth));
  }
  isBreak() {
    if (this.peek() !== BREAK) return false;
    this.at++;
    return true;
  }
  simple(byte) {
    if (byte >= 249 && byte <= 251) return new Float(this.floatNumber());
    if (byte < 244 || byte > 246) {
      throw this.refusal("cbor-unsupported", "undefined, a simple value or a break");
    }
    this.at++;
    return byte === 246 ? null : byte === 245;
  }
};
var PlainMap = class {
  entries = /* @__PURE__ */ new Map();
  encodedKeys;
  /** Asked once per key, before it is set. */
  hasEqual(key3) {
    if (typeof key3 !== "object" || key3 === null) return this.entries.has(key3);
    const encoded = toHex2(encodeUntagged(key3));
    this.encodedKeys ??= /* @__PURE__ */ new Set();
    if (this.encodedKeys.has(encoded)) return true;
    this.encodedKeys.add(encoded);
    return false;
  }
};

// packages/canon/src/dec128.ts
var SYNTAX = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;
var MAX_DIGITS = 34;
var MAX_EXPONENT = 34;
function parseDec128(text8) {
  const match = SYNTAX.exec(text8);
  if (match === null) return refuse("dec128-syntax", "", "expected a decimal number");
  const [, sign2, whole = "", fraction2 = "", exponent = "0"] = match;
  const written = writeDecimal(whole + fraction2, Number(exponent) - fraction2.length);
  const isNegative = written.ok && sign2 === "-" && written.value !== "0";
  return isNegative ? ok(`-${written.value}`) : written;
}
function writeDecimal(allDigits, exponent) {
  const digits2 = stripLeadingZeros(allDigits);
  const coefficient = stripTrailingZeros(digits2);
  if (coefficient === "") return ok("0");
  const scale = exponent + (digits2.length - coefficient.length);
  if (coefficient.length > MAX_DIGITS) return refuse("dec128-range", "", "more than 34 digits");
  if (!(Math.abs(scale) <= MAX_EXPONENT)) {
    return refuse("dec128-range", "", "exponent is not within -34 and 34");
  }
  return ok(place(coefficient, scale));
}
function place(coefficient, scale) {
  if (scale >= 0) return coefficient + "0".repeat(scale);
  const padded = coefficient.padStart(1 - scale, "0");
  return `${padded.slice(0, scale)}.${padded.slice(scale)}`;
}
function stripLeadingZeros(digits2) {
  let start3 = 0;
  while (digits2.charCodeAt(start3) === 48) start3++;
  return digits2.slice(start3);
}
function stripTrailingZeros(digits2) {
  let end3 = digits2.length;
  while (digits2.charCodeAt(end3 - 1) === 48) end3--;
  return digits2.slice(0, end3);
}

// packages/canon/src/dec128-arithmetic.ts
var NORMAL = /^(-?\d+)(?:\.(\d+))?$/;
function addDec128(a, b) {
  const [left, right, exponent] = align(a, b);
  return exact({ coefficient: left + right, exponent });
}
function subtractDec128(a, b) {
  const [left, right, exponent] = align(a, b);
  return exact({ coefficient: left - right, exponent });
}
function multiplyDec128(a, b) {
  const left = read(a);
  const right = read(b);
  return exact({
    coefficient: left.coefficient * right.coefficient,
    exponent: left.exponent + right.exponent
  });
}
function divideDec128(a, b) {
  const left = read(a);
  const right = read(b);
  if (right.coefficient === 0n) return refuse("division-by-zero", "", "expected no zero divisor");
  if (left.coefficient === 0n) return ok("0");
  const rounded = quotient(left, right);
  if (rounded.coefficient === 0n) return refuse("dec128-range", "", "the quotient is too small");
  return write(rounded) ?? refuse("dec128-range", "", "the quotient is too large");
}
function compareDec128(a, b) {
  if (a === b) return 0;
  const [left, right] = align(a, b);
  return left < right ? -1 : 1;
}
function quotient(left, right) {
  const negative = left.coefficient < 0n !== right.coefficient < 0n;
  const dividend = magnitude(left.coefficient);
  const divisor = magnitude(right.coefficient);
  const scale = left.exponent - right.exponent;
  const shift = Math.min(shiftFor(dividend, divisor), MAX_EXPONENT + scale);
  const numerator = shift > 0 ? dividend * power(shift) : dividend;
  const denominator = shift < 0 ? divisor * power(-shift) : divisor;
  const coefficient = divideHalfEven(numerator, denominator);
  return { coefficient: negative ? -coefficient : coefficient, exponent: scale - shift };
}
function shiftFor(dividend, divisor) {
  const shift = MAX_DIGITS - digits(dividend) + digits(divisor);
  const most = divisor * power(MAX_DIGITS);
  const isLonger = shift < 0 ? dividend >= most * power(-shift) : dividend * power(shift) >= most;
  return isLonger ? shift - 1 : shift;
}
function divideHalfEven(numerator, denominator) {
  const whole = numerator / denominator;
  const twice2 = numerator % denominator * 2n;
  const isUp = twice2 > denominator || twice2 === denominator && whole % 2n === 1n;
  return isUp ? whole + 1n : whole;
}
function exact(decimal2) {
  return write(decimal2) ?? refuse("dec128-inexact", "", "the exact result has no dec128");
}
function write({ coefficient, exponent }) {
  const text8 = writeDecimal(String(magnitude(coefficient)), exponent);
  return text8.ok ? ok(coefficient < 0n ? `-${text8.value}` : text8.value) : void 0;
}
function read(text8) {
  const match = NORMAL.exec(text8);
  assert(match !== null, "an operand is a decimal in normal form");
  const [, whole = "", fraction2 = ""] = match;
  return { coefficient: BigInt(whole + fraction2), exponent: -fraction2.length };
}
function align(a, b) {
  const left = read(a);
  const right = read(b);
  const exponent = Math.min(left.exponent, right.exponent);
  return [
    left.coefficient * power(left.exponent - exponent),
    right.coefficient * power(right.exponent - exponent),
    exponent
  ];
}
function magnitude(integer3) {
  return integer3 < 0n ? -integer3 : integer3;
}
function digits(positive2) {
  return String(positive2).length;
}
function power(exponent) {
  return 10n ** BigInt(exponent);
}

// packages/canon/src/hash.ts
var HASH_SIZE_BYTES = 32;
var HASH_TEXT = /^sha256:[0-9a-f]{64}$/;
var PREFIX = "sha256:";
var ZERO_HASH = new Uint8Array(HASH_SIZE_BYTES);
function sha2562(bytes5) {
  return sha256(bytes5);
}
function sha5122(bytes5) {
  return sha512(bytes5);
}
function hashOf(value) {
  const writer = borrowWriter();
  writer.selfDescribe();
  writer.value(value);
  const hash8 = sha2562(writer.view());
  returnWriter(writer);
  return hash8;
}
function asHash(bytes5) {
  assert(bytes5.length === HASH_SIZE_BYTES, `a hash has 32 bytes, not ${bytes5.length}`);
  return bytes5;
}
function toHashText(hash8) {
  return PREFIX + toHex2(hash8);
}
function parseHashText(text8) {
  const bytes5 = HASH_TEXT.test(text8) ? fromHex(text8.slice(PREFIX.length)) : void 0;
  if (bytes5?.ok) return ok(bytes5.value);
  return refuse("hash-text", "", "expected sha256: and 64 lower-case hexadecimal digits");
}

// packages/host/src/clock.ts
var MAX_U64 = 2n ** 64n - 1n;
function readWallNs(clock) {
  const wallNs = clock.wallNs();
  if (wallNs < 0n) return 0n;
  return wallNs > MAX_U64 ? MAX_U64 : wallNs;
}
var systemClock = {
  wallNs: () => BigInt(Date.now()) * 1000000n,
  monotonicNs: () => process.hrtime.bigint()
};

// packages/protocol/src/adapter.ts
function okOutcome(receipt, costCents) {
  const payload = encode(receipt);
  return costCents === void 0 ? { status: "ok", payload } : { status: "ok", payload, costCents };
}
function failedOutcome(failure) {
  const { status, code: code2, message, retry: retry2 = "never" } = failure;
  return { status, payload: encode({ code: code2, message }), retry: retry2 };
}

// packages/protocol/src/shapes/shape-reader.ts
var HASH_BYTES = 32;
function readMapOf(r, expected2) {
  const found = r.mapHead();
  if (found === expected2) return;
  throw shapeRefusal("cbor-key", `expected a map of ${expected2} entries, found ${found}`);
}
function viewExact(r, length) {
  const bytes5 = r.bytes();
  if (bytes5.length === length) return bytes5;
  throw shapeRefusal("shape-length", `expected ${length} bytes, found ${bytes5.length}`);
}
function readExact(r, length) {
  return viewExact(r, length).slice();
}
function readHash(r) {
  return asHash(readExact(r, HASH_BYTES));
}
function shapeRefusal(code2, detail) {
  return new RefusalError({ code: code2, at: "", detail });
}
function checkHash(claimed, actual, field) {
  if (bytesEqual(claimed, actual)) return;
  throw shapeRefusal("shape-hash", `${field} is not the hash of what it names`);
}

// packages/protocol/src/shapes/shape-fields.ts
var HASH_BYTES2 = 32;
var Fields = class {
  #map;
  #taken = 0;
  constructor(value) {
    if (!(value instanceof Map)) throw shapeRefusal("shape-field", "expected a map");
    this.#map = value;
  }
  has(name2) {
    return this.#map.has(name2);
  }
  /** Whatever stands there. */
  value(name2) {
    const value = this.#take(name2);
    return value === void 0 ? wrong(name2, "a value") : value;
  }
  text(name2) {
    const value = this.#take(name2);
    return typeof value === "string" ? value : wrong(name2, "text");
  }
  textOrNil(name2) {
    return this.#isNil(name2) ? null : this.text(name2);
  }
  texts(name2) {
    const value = this.list(name2);
    return value.every((item) => typeof item === "string") ? value : wrong(name2, "texts");
  }
  map(name2) {
    const value = this.#take(name2);
    return value instanceof Map ? value : wrong(name2, "a map");
  }
  list(name2) {
    const value = this.#take(name2);
    return Array.isArray(value) ? value : wrong(name2, "a list");
  }
  oneOf(name2, allowed) {
    const value = this.#take(name2);
    const found = allowed.find((each) => each === value);
    return found ?? wrong(name2, `one of ${allowed.join(", ")}`);
  }
  isTrue(name2) {
    return this.#take(name2) === true ? true : wrong(name2, "true");
  }
  nat(name2) {
    const value = this.#take(name2);
    if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
    return wrong(name2, "a safe natural number");
  }
  natOrNil(name2) {
    return this.#isNil(name2) ? null : this.nat(name2);
  }
  u64(name2) {
    const value = this.#take(name2);
    const isInteger3 = typeof value === "number" || typeof value === "bigint";
    return isInteger3 && value >= 0 ? BigInt(value) : wrong(name2, "a natural number");
  }
  bytes(name2) {
    const value = this.#take(name2);
    return value instanceof Uint8Array ? value : wrong(name2, "bytes");
  }
  bytesOrNil(name2) {
    return this.#isNil(name2) ? null : this.bytes(name2);
  }
  /** Bytes of exactly this length. */
  exact(name2, length) {
    const bytes5 = this.bytes(name2);
    if (bytes5.length === length) return bytes5;
    throw shapeRefusal(
      "shape-length",
      `field '${name2}': expected ${length} bytes, found ${bytes5.length}`
    );
  }
  hash(name2) {
    return asHash(this.exact(name2, HASH_BYTES2));
  }
  hashOrNil(name2) {
    return this.#isNil(name2) ? null : this.hash(name2);
  }
  /** The value inline under `name`, or its hash under `name` with `_ref`. */
  carried(name2) {
    if (this.has(name2)) return { inline: this.bytes(name2) };
    return { ref: this.hash(`${name2}_ref`) };
  }
  end() {
    if (this.#taken === this.#map.size) return;
    throw shapeRefusal("shape-field", `unknown fields among ${[...this.#map.keys()].join(", ")}`);
  }
  #take(name2) {
    this.#taken += 1;
    return this.#map.get(name2);
  }
  #isNil(name2) {
    if (this.#map.get(name2) !== null) return false;
    this.#taken += 1;
    return true;
  }
};
function readRest(r, count3, first2) {
  const map3 = new Map([first2]);
  let last = first2[0];
  for (let i = 1; i < count3; i++) {
    const name2 = r.text();
    if (!comesAfter(name2, last)) throw shapeRefusal("cbor-non-canonical", "fields out of order");
    map3.set(name2, r.value());
    last = name2;
  }
  return new Fields(map3);
}
function comesAfter(name2, last) {
  return name2.length === last.length ? name2 > last : name2.length > last.length;
}
function wrong(name2, expected2) {
  throw shapeRefusal("shape-field", `field '${name2}': expected ${expected2}`);
}

// packages/protocol/src/shapes/shape-writer.ts
function writeText(w, name2, value) {
  w.text(name2);
  w.text(value);
}
function writeInt(w, name2, value) {
  w.text(name2);
  w.int(value);
}
function writeBytes(w, name2, value) {
  w.text(name2);
  w.bytes(value);
}
function writeTextOrNil(w, name2, value) {
  w.text(name2);
  if (value === null) w.nil();
  else w.text(value);
}
function writeIntOrNil(w, name2, value) {
  w.text(name2);
  if (value === null) w.nil();
  else w.int(value);
}
function writeBytesOrNil(w, name2, value) {
  w.text(name2);
  if (value === null) w.nil();
  else w.bytes(value);
}
function writeOptionalInt(w, name2, value) {
  if (value !== void 0) writeInt(w, name2, value);
}
function writeOptionalBytes(w, name2, value) {
  if (value !== void 0) writeBytes(w, name2, value);
}
function countPresent(...values) {
  let count3 = 0;
  for (const value of values) if (value !== void 0) count3++;
  return count3;
}

// packages/protocol/src/genesis/runtime.ts
var CURRENT_RUNTIME = {
  kernel: 0,
  abi: 1,
  guard: 1,
  prices: 1,
  limits: {
    event_bytes: 1 << 20,
    plan_fanout: 4096,
    stack_slots: 4e4,
    dedup_window: 65536,
    memory_pages: 256,
    output_bytes: 1 << 20,
    pending_work: 65536,
    emitted_bytes: 1 << 24,
    fuel_per_call: 1e8,
    pending_bytes: 1 << 26,
    receipt_bytes: 1 << 20,
    calls_per_step: 1024,
    plan_instances: 1e5,
    settled_window: 65536,
    events_per_call: 256,
    effects_per_call: 64
  }
};
var LIMITS = Object.keys(CURRENT_RUNTIME.limits);
function writeRuntime(w, runtime2) {
  w.mapHead(5);
  writeInt(w, "abi", runtime2.abi);
  writeInt(w, "guard", runtime2.guard);
  writeInt(w, "kernel", runtime2.kernel);
  w.text("limits");
  w.mapHead(LIMITS.length);
  for (const name2 of LIMITS) writeInt(w, name2, runtime2.limits[name2]);
  writeInt(w, "prices", runtime2.prices);
}
function runtimeValue(runtime2) {
  const { limits, ...versions } = runtime2;
  return new Map([
    ...Object.entries(versions),
    ["limits", new Map(LIMITS.map((name2) => [name2, limits[name2]]))]
  ]);
}
function parseRuntime(value) {
  const fields2 = new Fields(value);
  const guard = parseGuard(fields2.nat("guard"));
  const runtime2 = {
    kernel: fields2.nat("kernel"),
    abi: fields2.nat("abi"),
    guard,
    prices: fields2.nat("prices"),
    limits: parseLimits(fields2.value("limits"))
  };
  fields2.end();
  return runtime2;
}
function parseGuard(guard) {
  if (guard > 0) return guard;
  const detail = "a world of guard 0 has unmetered calls; open it with the release that made it";
  throw shapeRefusal("runtime-unsupported", detail);
}
function parseLimits(value) {
  const fields2 = new Fields(value);
  const limits = Object.fromEntries(LIMITS.map((name2) => [name2, fields2.nat(name2)]));
  fields2.end();
  return limits;
}

// packages/protocol/src/call-limits.ts
function callLimitsOf(limits) {
  return {
    outputBytes: limits.output_bytes,
    fuel: limits.fuel_per_call,
    memoryPages: limits.memory_pages,
    stackSlots: limits.stack_slots
  };
}
var DEFAULT_CALL_LIMITS = callLimitsOf(CURRENT_RUNTIME.limits);

// packages/protocol/src/entries/cause.ts
function writeCause(w, cause) {
  w.text("cause");
  if (cause === null) w.nil();
  else if (typeof cause === "number") w.int(cause);
  else writePlace(w, cause);
}
function writePlace(w, { seq, i }) {
  w.mapHead(2);
  w.text("i");
  if (i === null) w.nil();
  else w.int(i);
  w.text("seq");
  w.int(seq);
}
function parseCause(fields2) {
  const value = fields2.value("cause");
  if (value === null || typeof value === "number" && value >= 0) return value;
  const place3 = new Fields(value);
  const cause = { seq: place3.nat("seq"), i: place3.natOrNil("i") };
  place3.end();
  return cause;
}

// packages/protocol/src/entries/approval-requested.ts
function writeApprovalRequested(w, entry2) {
  const { of, expiresNs } = entry2;
  w.mapHead(5 + countPresent(of, expiresNs));
  if (of !== void 0) {
    w.text("of");
    w.listHead(of.length);
    for (const name2 of of) w.text(name2);
  }
  writeText(w, "kind", entry2.kind);
  writeText(w, "role", entry2.role);
  writeCause(w, entry2.cause);
  writeInt(w, "count", entry2.count);
  writeBytes(w, "intent", entry2.intent);
  writeOptionalInt(w, "expires_ns", expiresNs);
}
function parseApprovalRequested(fields2) {
  return {
    kind: "approval-requested",
    cause: parseCause(fields2),
    intent: fields2.hash("intent"),
    role: fields2.text("role"),
    count: fields2.nat("count"),
    ...fields2.has("of") ? { of: fields2.texts("of") } : {},
    ...fields2.has("expires_ns") ? { expiresNs: fields2.u64("expires_ns") } : {}
  };
}

// packages/protocol/src/entries/decision.ts
var DECISION_OUTCOMES = ["allow", "deny", "wait"];
function writeDecision(w, entry2) {
  w.mapHead(10);
  writeText(w, "cap", entry2.cap);
  writeTextOrNil(w, "code", entry2.code);
  writeText(w, "kind", entry2.kind);
  writeIntOrNil(w, "rule", entry2.rule);
  writeCause(w, entry2.cause);
  writeText(w, "effect", entry2.effect);
  writeBytes(w, "intent", entry2.intent);
  writeTextOrNil(w, "policy", entry2.policy);
  writeText(w, "outcome", entry2.outcome);
  writeBytesOrNil(w, "grant_hash", entry2.grantHash);
}
function parseDecision(fields2) {
  return {
    kind: "decision",
    cause: parseCause(fields2),
    intent: fields2.hash("intent"),
    effect: fields2.text("effect"),
    cap: fields2.text("cap"),
    grantHash: fields2.hashOrNil("grant_hash"),
    policy: fields2.textOrNil("policy"),
    rule: fields2.natOrNil("rule"),
    outcome: fields2.oneOf("outcome", DECISION_OUTCOMES),
    code: fields2.textOrNil("code")
  };
}

// packages/protocol/src/shapes/carried-value.ts
var INLINE_VALUE_BYTES = 4096;
function carryValue(bytes5) {
  if (bytes5.length <= INLINE_VALUE_BYTES) return { carried: { inline: bytes5 } };
  const hash8 = sha2562(bytes5);
  return { carried: { ref: hash8 }, object: { hash: hash8, bytes: bytes5 } };
}
function writeInline(w, name2, carried) {
  if (carried?.inline === void 0) return;
  w.text(name2);
  w.bytes(carried.inline);
}
function writeRef(w, refName, carried) {
  if (carried?.ref === void 0) return;
  w.text(refName);
  w.bytes(carried.ref);
}

// packages/protocol/src/entries/domain-event.ts
function writeDomainEvent(w, entry2) {
  w.mapHead(entry2.key === void 0 ? 4 : 5);
  if (entry2.key !== void 0) {
    w.text("key");
    w.bytes(entry2.key);
  }
  w.text("kind");
  w.text(entry2.kind);
  writeCause(w, entry2.cause);
  writeInline(w, "value", entry2.value);
  w.text("schema");
  w.text(entry2.schema);
  writeRef(w, "value_ref", entry2.value);
}
function parseDomainEvent(fields2) {
  const entry2 = {
    kind: "domain-event",
    cause: parseCause(fields2),
    schema: fields2.text("schema"),
    value: fields2.carried("value")
  };
  return fields2.has("key") ? { ...entry2, key: fields2.bytes("key") } : entry2;
}

// packages/protocol/src/entries/dropped.ts
function writeDropped(w, entry2) {
  w.mapHead(3 + countPresent(entry2.intent));
  writeText(w, "code", entry2.code);
  writeText(w, "kind", entry2.kind);
  writeCause(w, entry2.cause);
  writeOptionalBytes(w, "intent", entry2.intent);
}
function parseDropped(fields2) {
  const entry2 = {
    kind: "dropped",
    cause: parseCause(fields2),
    code: fields2.text("code")
  };
  return fields2.has("intent") ? { ...entry2, intent: fields2.hash("intent") } : entry2;
}

// packages/protocol/src/entries/origin.ts
function isReducerOrigin(origin2) {
  return "reducer" in origin2;
}
function writeInstance(w, instance2) {
  w.mapHead(2);
  writeInt(w, "i", instance2.i);
  writeInt(w, "seq", instance2.seq);
}
function writeOrigin(w, origin2) {
  if (isReducerOrigin(origin2)) {
    w.mapHead(2);
    writeBytesOrNil(w, "key", origin2.key);
    writeText(w, "reducer", origin2.reducer);
    return;
  }
  w.mapHead(3);
  writeText(w, "plan", origin2.plan);
  writeText(w, "step", origin2.step);
  w.text("instance");
  writeInstance(w, origin2.instance);
}
function parseInstance(value) {
  const fields2 = new Fields(value);
  const instance2 = { seq: fields2.nat("seq"), i: fields2.nat("i") };
  fields2.end();
  return instance2;
}
function parseOrigin(value) {
  const fields2 = new Fields(value);
  const origin2 = fields2.has("reducer") ? { reducer: fields2.text("reducer"), key: fields2.bytesOrNil("key") } : {
    plan: fields2.text("plan"),
    instance: parseInstance(fields2.value("instance")),
    step: fields2.text("step")
  };
  fields2.end();
  return origin2;
}

// packages/protocol/src/entries/intent.ts
var IDEMPOTENCY_KEY_BYTES = 32;
function writeIntent(w, entry2) {
  w.mapHead(9 + countPresent(entry2.deadlineNs));
  writeText(w, "cap", entry2.cap);
  writeText(w, "kind", entry2.kind);
  writeCause(w, entry2.cause);
  writeText(w, "effect", entry2.effect);
  writeBytes(w, "intent", entry2.intent);
  w.text("origin");
  writeOrigin(w, entry2.origin);
  writeInline(w, "params", entry2.params);
  writeInt(w, "attempt", entry2.attempt);
  writeRef(w, "params_ref", entry2.params);
  writeOptionalInt(w, "deadline_ns", entry2.deadlineNs);
  writeBytes(w, "idempotency_key", entry2.idempotencyKey);
}
function parseIntent(fields2) {
  const entry2 = {
    kind: "intent",
    cause: parseCause(fields2),
    intent: fields2.hash("intent"),
    effect: fields2.text("effect"),
    cap: fields2.text("cap"),
    params: fields2.carried("params"),
    idempotencyKey: fields2.exact("idempotency_key", IDEMPOTENCY_KEY_BYTES),
    origin: parseOrigin(fields2.value("origin")),
    attempt: fields2.nat("attempt")
  };
  return fields2.has("deadline_ns") ? { ...entry2, deadlineNs: fields2.u64("deadline_ns") } : entry2;
}

// packages/protocol/src/entries/keyring-changed.ts
var KEYRING_VERBS = ["add", "revoke"];
function writeKeyringChanged(w, entry2) {
  w.mapHead(4);
  writeText(w, "kind", entry2.kind);
  writeText(w, "verb", entry2.verb);
  writeCause(w, entry2.cause);
  writeBytes(w, "key_id", entry2.keyId);
}
function parseKeyringChanged(fields2) {
  return {
    kind: "keyring-changed",
    cause: parseCause(fields2),
    verb: fields2.oneOf("verb", KEYRING_VERBS),
    keyId: fields2.hash("key_id")
  };
}

// packages/protocol/src/entries/plan-ended.ts
var PLAN_STATUSES = ["ok", "error", "cancelled"];
function writePlanEnded(w, entry2) {
  w.mapHead(5);
  writeTextOrNil(w, "code", entry2.code);
  writeText(w, "kind", entry2.kind);
  writeCause(w, entry2.cause);
  writeText(w, "status", entry2.status);
  w.text("instance");
  writeInstance(w, entry2.instance);
}
function parsePlanEnded(fields2) {
  return {
    kind: "plan-ended",
    cause: parseCause(fields2),
    instance: parseInstance(fields2.value("instance")),
    status: fields2.oneOf("status", PLAN_STATUSES),
    code: fields2.textOrNil("code")
  };
}

// packages/protocol/src/entries/plan-result.ts
function writePlanResult(w, entry2) {
  w.mapHead(5);
  writeText(w, "kind", entry2.kind);
  writeCause(w, entry2.cause);
  writeInline(w, "value", entry2.value);
  writeText(w, "schema", entry2.schema);
  w.text("instance");
  writeInstance(w, entry2.instance);
  writeRef(w, "value_ref", entry2.value);
}
function parsePlanResult(fields2) {
  return {
    kind: "plan-result",
    cause: parseCause(fields2),
    instance: parseInstance(fields2.value("instance")),
    schema: fields2.text("schema"),
    value: fields2.carried("value")
  };
}

// packages/protocol/src/entries/plan-started.ts
function writePlanStarted(w, entry2) {
  w.mapHead(5 + countPresent(entry2.correlation));
  writeText(w, "kind", entry2.kind);
  writeText(w, "plan", entry2.plan);
  writeCause(w, entry2.cause);
  writeInline(w, "input", entry2.input);
  w.text("parent");
  if (entry2.parent === null) w.nil();
  else writeInstance(w, entry2.parent);
  writeRef(w, "input_ref", entry2.input);
  writeOptionalBytes(w, "correlation", entry2.correlation);
}
function parsePlanStarted(fields2) {
  const parent = fields2.value("parent");
  return {
    kind: "plan-started",
    cause: parseCause(fields2),
    plan: fields2.text("plan"),
    input: fields2.carried("input"),
    parent: parent === null ? null : parseInstance(parent),
    ...fields2.has("correlation") ? { correlation: fields2.bytes("correlation") } : {}
  };
}

// packages/protocol/src/entries/plan-step.ts
var STEP_OUTCOMES = ["done", "skipped", "waiting", "failed"];
function writePlanStep(w, entry2) {
  w.mapHead(6);
  writeTextOrNil(w, "code", entry2.code);
  writeText(w, "kind", entry2.kind);
  writeText(w, "step", entry2.step);
  writeCause(w, entry2.cause);
  writeText(w, "outcome", entry2.outcome);
  w.text("instance");
  writeInstance(w, entry2.instance);
}
function parsePlanStep(fields2) {
  return {
    kind: "plan-step",
    cause: parseCause(fields2),
    instance: parseInstance(fields2.value("instance")),
    step: fields2.text("step"),
    outcome: fields2.oneOf("outcome", STEP_OUTCOMES),
    code: fields2.textOrNil("code")
  };
}

// packages/protocol/src/entries/reducer-fault.ts
function writeReducerFault(w, entry2) {
  w.mapHead(6);
  writeBytesOrNil(w, "key", entry2.key);
  w.text("code");
  w.text(entry2.code);
  w.text("fuel");
  w.int(entry2.fuel);
  w.text("kind");
  w.text(entry2.kind);
  writeCause(w, entry2.cause);
  w.text("reducer");
  w.text(entry2.reducer);
}
function parseReducerFault(fields2) {
  return {
    kind: "reducer-fault",
    cause: parseCause(fields2),
    reducer: fields2.text("reducer"),
    key: fields2.bytesOrNil("key"),
    code: fields2.text("code"),
    fuel: fields2.nat("fuel")
  };
}

// packages/protocol/src/signed/receipt-body.ts
var RECEIPT_STATUSES = ["ok", "error", "timeout", "cancelled"];
var RECEIPT_DOMAIN = "aos/receipt/0";
function encodeReceiptBody(body) {
  const w = new Writer(256);
  w.selfDescribe();
  writeReceiptBody(w, body);
  return w.finish();
}
function writeReceiptBody(w, body) {
  w.mapHead(7 + countPresent(body.costCents));
  writeInt(w, "epoch", body.epoch);
  writeText(w, "status", body.status);
  writeInt(w, "attempt", body.attempt);
  writeBytes(w, "world_id", body.worldId);
  writeText(w, "adapter_id", body.adapterId);
  writeOptionalInt(w, "cost_cents", body.costCents);
  writeBytes(w, "intent_hash", body.intentHash);
  writeBytes(w, "payload_hash", body.payloadHash);
}
function parseReceiptBody(value) {
  const fields2 = new Fields(value);
  const body = {
    worldId: fields2.hash("world_id"),
    epoch: fields2.nat("epoch"),
    intentHash: fields2.hash("intent_hash"),
    attempt: fields2.nat("attempt"),
    adapterId: fields2.text("adapter_id"),
    status: fields2.oneOf("status", RECEIPT_STATUSES),
    payloadHash: fields2.hash("payload_hash"),
    ...fields2.has("cost_cents") ? { costCents: fields2.u64("cost_cents") } : {}
  };
  fields2.end();
  return body;
}

// packages/protocol/src/entries/settled.ts
function writeSettled(w, entry2) {
  const { payload, internal } = entry2;
  w.mapHead(5 + countPresent(payload, internal));
  writeTextOrNil(w, "code", entry2.code);
  writeText(w, "kind", entry2.kind);
  writeCause(w, entry2.cause);
  writeBytes(w, "intent", entry2.intent);
  writeText(w, "status", entry2.status);
  writeInline(w, "payload", payload);
  if (internal !== void 0) {
    w.text("internal");
    w.bool(internal);
  }
  writeRef(w, "payload_ref", payload);
}
function parseSettled(fields2) {
  const hasPayload = fields2.has("payload") || fields2.has("payload_ref");
  return {
    kind: "settled",
    cause: parseCause(fields2),
    intent: fields2.hash("intent"),
    status: fields2.oneOf("status", RECEIPT_STATUSES),
    code: fields2.textOrNil("code"),
    ...hasPayload ? { payload: fields2.carried("payload") } : {},
    ...fields2.has("internal") ? { internal: fields2.isTrue("internal") } : {}
  };
}

// packages/protocol/src/entries/state-changed.ts
function writeStateChanged(w, entry2) {
  w.mapHead(entry2.ann === void 0 ? 6 : 7);
  if (entry2.ann !== void 0) {
    w.text("ann");
    w.bytes(entry2.ann);
  }
  writeBytesOrNil(w, "key", entry2.key);
  w.text("kind");
  w.text(entry2.kind);
  writeBytesOrNil(w, "after", entry2.after);
  writeCause(w, entry2.cause);
  writeBytesOrNil(w, "before", entry2.before);
  w.text("reducer");
  w.text(entry2.reducer);
}
function parseStateChanged(fields2) {
  const entry2 = {
    kind: "state-changed",
    cause: parseCause(fields2),
    reducer: fields2.text("reducer"),
    key: fields2.bytesOrNil("key"),
    before: fields2.hashOrNil("before"),
    after: fields2.hashOrNil("after")
  };
  return fields2.has("ann") ? { ...entry2, ann: fields2.hash("ann") } : entry2;
}

// packages/protocol/src/entries/entry.ts
var writers = {
  "approval-requested": writeApprovalRequested,
  decision: writeDecision,
  "domain-event": writeDomainEvent,
  dropped: writeDropped,
  intent: writeIntent,
  "keyring-changed": writeKeyringChanged,
  "plan-ended": writePlanEnded,
  "plan-result": writePlanResult,
  "plan-started": writePlanStarted,
  "plan-step": writePlanStep,
  "reducer-fault": writeReducerFault,
  settled: writeSettled,
  "state-changed": writeStateChanged
};
function writeEntry(w, entry2) {
  if (entry2.kind === "state-changed") writeStateChanged(w, entry2);
  else if (entry2.kind === "domain-event") writeDomainEvent(w, entry2);
  else writers[entry2.kind](w, entry2);
}
function encodeEntry(entry2) {
  const w = borrowWriter();
  writeEntry(w, entry2);
  const bytes5 = w.finish();
  returnWriter(w);
  return bytes5;
}
var parsers = {
  "approval-requested": parseApprovalRequested,
  decision: parseDecision,
  "domain-event": parseDomainEvent,
  dropped: parseDropped,
  intent: parseIntent,
  "keyring-changed": parseKeyringChanged,
  "plan-ended": parsePlanEnded,
  "plan-result": parsePlanResult,
  "plan-started": parsePlanStarted,
  "plan-step": parsePlanStep,
  "reducer-fault": parseReducerFault,
  settled: parseSettled,
  "state-changed": parseStateChanged
};
function parseEntry(value) {
  const fields2 = new Fields(value);
  const kind2 = fields2.text("kind");
  if (!Object.hasOwn(parsers, kind2)) {
    throw shapeRefusal("entry-kind", `unknown entry kind '${kind2}'`);
  }
  const entry2 = parsers[kind2](fields2);
  fields2.end();
  return entry2;
}

// packages/protocol/src/envelopes/pure.ts
function encodePureInput(input) {
  const w = new Writer(input.input.length + (input.ctx?.length ?? 0) + 64);
  w.mapHead(input.ctx === void 0 ? 2 : 3);
  w.text("version");
  w.int(input.version);
  w.text("input");
  w.bytes(input.input);
  if (input.ctx !== void 0) {
    w.text("ctx");
    w.bytes(input.ctx);
  }
  return w.finish();
}
function encodePureContext(context) {
  const w = new Writer(256);
  w.selfDescribe();
  w.mapHead(4);
  w.text("module");
  w.text(context.module);
  w.text("manifest_hash");
  w.text(toHashText(context.manifestHash));
  w.text("journal_height");
  w.int(context.journalHeight);
  w.text("logical_now_ns");
  w.int(context.logicalNowNs);
  return w.finish();
}
function decodePureOutput(bytes5) {
  const decoded2 = decodePlain(bytes5);
  const value = decoded2.ok && decoded2.value instanceof Map ? decoded2.value : void 0;
  const output = value?.get("output");
  if (output instanceof Uint8Array && value?.size === 1) return { ok: true, value: output };
  return refuse("output-malformed", "", "a pure output was expected: a map of 'output': bytes");
}

// packages/protocol/src/envelopes/reducer.ts
var ABI_VERSION = 1;
function withReducerInput(input, use2) {
  const w = borrowWriter();
  writeReducerInput(w, input);
  const result = use2(w.view());
  returnWriter(w);
  return result;
}
function writeReducerInput(w, { version, state, event: event2, ctx }) {
  w.mapHead(ctx === void 0 ? 3 : 4);
  w.text("version");
  w.int(version);
  w.text("state");
  if (state === null) w.nil();
  else w.bytes(state);
  w.text("event");
  w.mapHead(event2.key === void 0 ? 2 : 3);
  w.text("schema");
  w.text(event2.schema);
  w.text("value");
  w.bytes(event2.value);
  if (event2.key !== void 0) {
    w.text("key");
    w.bytes(event2.key);
  }
  if (ctx !== void 0) {
    w.text("ctx");
    w.bytes(ctx);
  }
}
function encodeReducerContext(context) {
  const w = new Writer(512);
  w.selfDescribe();
  w.mapHead(context.key === void 0 ? 8 : 9);
  if (context.key !== void 0) {
    w.text("key");
    w.bytes(context.key);
  }
  w.text("now_ns");
  w.int(context.nowNs);
  w.text("entropy");
  w.bytes(context.entropy);
  w.text("reducer");
  w.text(context.reducer);
  w.text("cell_mode");
  w.bool(context.cellMode);
  w.text("event_hash");
  w.text(toHashText(context.eventHash));
  w.text("manifest_hash");
  w.text(toHashText(context.manifestHash));
  w.text("journal_height");
  w.int(context.journalHeight);
  w.text("logical_now_ns");
  w.int(context.logicalNowNs);
  return w.finish();
}
function decodeReducerOutput(bytes5) {
  const decoded2 = decodePlain(bytes5);
  if (!decoded2.ok) return malformed(`${decoded2.refusal.code} at ${decoded2.refusal.at}`);
  const map3 = decoded2.value;
  if (!(map3 instanceof Map)) return malformed("expected a map");
  const state = map3.get("state");
  const ann = map3.get("ann") ?? null;
  const domainEvents = listOf(map3.get("domain_events"), parseEvent);
  const effects = listOf(map3.get("effects"), parseEffect);
  if (!isBytesOrNull(state)) return malformed("field 'state': expected bytes or null");
  if (!isBytesOrNull(ann)) return malformed("field 'ann': expected bytes or null");
  if (domainEvents === void 0) return malformed("field 'domain_events' is out of shape");
  if (effects === void 0) return malformed("field 'effects' is out of shape");
  for (const name2 of map3.keys()) {
    if (!OUTPUT_FIELDS.has(name2)) return malformed(`unknown field '${String(name2)}'`);
  }
  return { ok: true, value: { state, domainEvents, effects, ann } };
}
var OUTPUT_FIELDS = /* @__PURE__ */ new Set(["state", "domain_events", "effects", "ann"]);
function listOf(value, parse2) {
  if (value === void 0) return [];
  if (!Array.isArray(value)) return void 0;
  const items3 = [];
  for (const raw of value) {
    const item = parse2(raw);
    if (item === void 0) return void 0;
    items3.push(item);
  }
  return items3;
}
function parseEvent(raw) {
  if (!(raw instanceof Map)) return void 0;
  const schema = raw.get("schema");
  const value = raw.get("value");
  const key3 = raw.get("key");
  if (typeof schema !== "string" || !(value instanceof Uint8Array)) return void 0;
  if (key3 === void 0) return raw.size === 2 ? { schema, value } : void 0;
  return key3 instanceof Uint8Array && raw.size === 3 ? { schema, value, key: key3 } : void 0;
}
function parseEffect(raw) {
  if (!(raw instanceof Map)) return void 0;
  const kind2 = raw.get("kind");
  const params = raw.get("params_cbor");
  const capSlot = raw.get("cap_slot");
  const idempotencyKey2 = raw.get("idempotency_key");
  if (typeof kind2 !== "string" || !(params instanceof Uint8Array)) return void 0;
  if (capSlot !== void 0 && typeof capSlot !== "string") return void 0;
  if (idempotencyKey2 !== void 0 && !(idempotencyKey2 instanceof Uint8Array)) return void 0;
  const known = 2 + Number(capSlot !== void 0) + Number(idempotencyKey2 !== void 0);
  if (raw.size !== known) return void 0;
  return {
    kind: kind2,
    params,
    ...capSlot === void 0 ? {} : { capSlot },
    ...idempotencyKey2 === void 0 ? {} : { idempotencyKey: idempotencyKey2 }
  };
}
function isBytesOrNull(value) {
  return value === null || value instanceof Uint8Array;
}
function malformed(detail) {
  return refuse("output-malformed", "", `a reducer output was expected; ${detail}`);
}

// packages/protocol/src/fault.ts
var AosFault = class extends Error {
  constructor(code2, message, options) {
    super(message, options.cause === void 0 ? void 0 : { cause: options.cause });
    this.code = code2;
    this.retry = options.retry;
  }
  code;
  name = "AosFault";
  retry;
};

// packages/protocol/src/genesis/keyring.ts
var KEY_ROLES = ["adapter", "approver", "host", "operator"];
var PUBLIC_KEY_BYTES = 32;
function keyIdOf(publicKey) {
  return sha2562(publicKey);
}
function writeKey(w, entry2) {
  w.mapHead(4);
  writeText(w, "name", entry2.name);
  w.text("roles");
  w.listHead(entry2.roles.length);
  for (const role2 of entry2.roles) w.text(role2);
  writeBytes(w, "key_id", entry2.keyId);
  writeBytes(w, "public", entry2.publicKey);
}
function parseKey(value) {
  const fields2 = new Fields(value);
  const entry2 = {
    keyId: fields2.hash("key_id"),
    publicKey: fields2.exact("public", PUBLIC_KEY_BYTES),
    name: fields2.text("name"),
    roles: parseRoles(fields2.texts("roles"))
  };
  fields2.end();
  checkHash(entry2.keyId, keyIdOf(entry2.publicKey), "key_id");
  return entry2;
}
function parseRoles(texts2) {
  if (new Set(texts2).size < texts2.length) throw shapeRefusal("key-role", "a role stands twice");
  return texts2.map((text8) => {
    const role2 = KEY_ROLES.find((each) => each === text8);
    if (role2 !== void 0) return role2;
    throw shapeRefusal("key-role", `unknown role '${text8}'; known: ${KEY_ROLES.join(", ")}`);
  });
}

// packages/protocol/src/genesis/genesis.ts
var GENESIS_FORMAT = 0;
var NONCE_BYTES = 16;
function encodeGenesis(genesis2) {
  const w = new Writer(1024);
  w.selfDescribe();
  w.mapHead(6 + countPresent(genesis2.parent));
  writeBytes(w, "nonce", genesis2.nonce);
  writeInt(w, "format", genesis2.format);
  if (genesis2.parent !== void 0) {
    w.text("parent");
    writeParent(w, genesis2.parent);
  }
  w.text("keyring");
  w.listHead(genesis2.keyring.length);
  for (const entry2 of genesis2.keyring) writeKey(w, entry2);
  w.text("runtime");
  writeRuntime(w, genesis2.runtime);
  writeBytes(w, "manifest", genesis2.manifest);
  writeInt(w, "created_ns", genesis2.createdNs);
  return w.finish();
}
function writeParent(w, parent) {
  w.mapHead(3);
  writeInt(w, "seq", parent.seq);
  writeBytes(w, "chain", parent.chain);
  writeBytes(w, "world_id", parent.worldId);
}
function decodeGenesis(bytes5) {
  return attempt(() => {
    const r = new Reader(bytes5);
    r.selfDescribe();
    const fields2 = new Fields(r.value());
    r.end();
    const format = fields2.nat("format");
    if (format !== GENESIS_FORMAT) {
      throw shapeRefusal("genesis-format", `expected ${GENESIS_FORMAT}, found ${format}`);
    }
    const genesis2 = {
      format,
      manifest: fields2.hash("manifest"),
      runtime: parseRuntime(fields2.value("runtime")),
      keyring: fields2.list("keyring").map(parseKey),
      createdNs: fields2.u64("created_ns"),
      nonce: fields2.exact("nonce", NONCE_BYTES),
      ...fields2.has("parent") ? { parent: parseParent(fields2.value("parent")) } : {}
    };
    fields2.end();
    return genesis2;
  });
}
function parseParent(value) {
  const fields2 = new Fields(value);
  const parent = {
    worldId: fields2.hash("world_id"),
    seq: fields2.nat("seq"),
    chain: fields2.hash("chain")
  };
  fields2.end();
  return parent;
}
function worldIdOf(genesisBytes) {
  return sha2562(genesisBytes);
}

// packages/protocol/src/signed/signature.ts
var SIGNATURE_BYTES = 64;
var SEPARATOR = new Uint8Array(1);
function signedMessage(domain, canonicalShape) {
  return concatBytes(utf8(domain), SEPARATOR, canonicalShape);
}

// packages/protocol/src/identity.ts
function intentHash(intent) {
  const { cap: cap2, kind: kind2, params, idempotencyKey: idempotencyKey2 } = intent;
  return hashOf({ cap: cap2, kind: kind2, params, idempotency_key: idempotencyKey2 });
}
var IDEMPOTENCY_DOMAIN = "aos/idem/0";
function defaultIdempotencyKey(place3) {
  return sha2562(signedMessage(IDEMPOTENCY_DOMAIN, encodeEffectPlace(place3)));
}
function encodeEffectPlace(place3) {
  const w = borrowWriter();
  w.selfDescribe();
  w.mapHead(6);
  writeInt(w, "seq", place3.seq);
  writeInt(w, "epoch", place3.epoch);
  writeInt(w, "index", place3.index);
  w.text("origin");
  writeOrigin(w, place3.origin);
  writeInt(w, "attempt", place3.attempt);
  writeBytes(w, "world_id", place3.worldId);
  const bytes5 = w.finish();
  returnWriter(w);
  return bytes5;
}
function grantHash(grant) {
  return hashOf({
    cap_type: grant.capType,
    defcap_ref: grant.defcap,
    params_cbor: grant.params,
    expiry_ns: grant.expiryNs,
    budget: grant.budget === void 0 ? void 0 : { ...grant.budget },
    parent: grant.parent
  });
}
function encodeEvent(event2) {
  const w = new Writer(event2.value.length + event2.schema.length + 64);
  w.selfDescribe();
  w.mapHead(event2.key === void 0 ? 2 : 3);
  if (event2.key !== void 0) {
    w.text("key");
    w.bytes(event2.key);
  }
  w.text("value");
  w.bytes(event2.value);
  w.text("schema");
  w.text(event2.schema);
  return w.finish();
}
function eventHash(event2) {
  return sha2562(encodeEvent(event2));
}

// packages/protocol/src/inputs/event.ts
function writeEventInput(w, input) {
  const { key: key3, dedup, source, value } = input;
  w.mapHead(3 + countPresent(key3, dedup, source));
  if (key3 !== void 0) writeBytes(w, "key", key3);
  w.text("kind");
  w.text("event");
  if (dedup !== void 0) writeText(w, "dedup", dedup);
  if (value.inline !== void 0) writeBytes(w, "value", value.inline);
  w.text("schema");
  w.text(input.schema);
  if (source !== void 0) writeText(w, "source", source);
  if (value.ref !== void 0) writeBytes(w, "value_ref", value.ref);
}
var PLAIN_EVENT = concatBytes(
  Uint8Array.of(163),
  ...["kind", "event", "value"].map((text8) => encodeUntagged(text8))
);
function readPlainEvent(r) {
  if (!r.literalIs(PLAIN_EVENT)) return void 0;
  const value = { inline: r.bytes().slice() };
  r.key("schema");
  return { kind: "event", schema: r.text(), value };
}
function readEventInput(r, count3, key3) {
  const hasMore = count3 > 3;
  const dedup = hasMore && r.keyIs("dedup") ? r.text() : void 0;
  const inline = r.keyIs("value") ? r.bytes().slice() : void 0;
  r.key("schema");
  const schema = r.text();
  const source = hasMore && r.keyIs("source") ? r.text() : void 0;
  const value = inline === void 0 ? readValueRef(r) : { inline };
  if (count3 === 3 && key3 === void 0) return { kind: "event", schema, value };
  if (count3 !== 3 + countPresent(key3, dedup, source)) {
    throw shapeRefusal("shape-field", `an event of ${count3} fields has others than it may`);
  }
  return {
    kind: "event",
    schema,
    value,
    ...key3 === void 0 ? {} : { key: key3 },
    ...source === void 0 ? {} : { source },
    ...dedup === void 0 ? {} : { dedup }
  };
}
function readValueRef(r) {
  r.key("value_ref");
  return { ref: readHash(r) };
}

// packages/protocol/src/inputs/receipt.ts
function writeReceiptInput(w, input) {
  w.mapHead(5);
  writeBytes(w, "sig", input.sig);
  writeText(w, "kind", input.kind);
  writeBytes(w, "key_id", input.keyId);
  writeInline(w, "payload", input.payload);
  w.text("receipt");
  writeReceiptBody(w, input.receipt);
  writeRef(w, "payload_ref", input.payload);
}
function parseReceiptInput(fields2) {
  return {
    kind: "receipt",
    receipt: parseReceiptBody(fields2.value("receipt")),
    payload: fields2.carried("payload"),
    keyId: fields2.hash("key_id"),
    sig: fields2.exact("sig", SIGNATURE_BYTES)
  };
}

// packages/protocol/src/signed/signed-verb.ts
var VERBS = {
  control: ["pause", "resume", "drain", "halt", "epoch", "runtime-upgrade"],
  keyring: ["keyring-add", "keyring-revoke"],
  governance: ["approve-intent"]
};
var NONCE_BYTES2 = 16;
function verbDomain(verb) {
  return `aos/${verb}/0`;
}
function encodeSignedVerb(signed3) {
  const w = new Writer(256);
  w.selfDescribe();
  w.mapHead(5);
  w.text("args");
  w.value(signed3.args);
  writeText(w, "verb", signed3.verb);
  writeInt(w, "epoch", signed3.epoch);
  writeBytes(w, "nonce", signed3.nonce);
  writeBytes(w, "world_id", signed3.worldId);
  return w.finish();
}

// packages/protocol/src/signed/verb.ts
var APPROVAL_DECISIONS = ["approve", "reject"];
var CODE = /^[a-z0-9]+(-[a-z0-9]+)*$/;
var CODE_CHARS = 64;
var KEY_NAME_CHARS = 128;
function parseVerb(verb, args) {
  return attempt(() => {
    if (verb === "runtime-upgrade") return { verb, runtime: parseRuntime(args) };
    const fields2 = new Fields(args);
    const parsed = parseArgs(verb, fields2);
    fields2.end();
    return parsed;
  });
}
function parseArgs(verb, fields2) {
  switch (verb) {
    case "pause":
    case "resume":
    case "drain":
      return { verb };
    case "halt":
      return { verb, code: checkCode(fields2.text("code")) };
    case "epoch":
      return { verb, epoch: fields2.nat("epoch") };
    case "keyring-add":
      return {
        verb,
        publicKey: fields2.exact("public", PUBLIC_KEY_BYTES),
        name: checkKeyName(fields2.text("name")),
        roles: parseRoles(fields2.texts("roles"))
      };
    case "keyring-revoke":
      return { verb, keyId: fields2.hash("key_id") };
    case "approve-intent":
      return {
        verb,
        intentHash: fields2.hash("intent_hash"),
        decision: fields2.oneOf("decision", APPROVAL_DECISIONS),
        ...fields2.has("expires_ns") ? { expiresNs: fields2.u64("expires_ns") } : {}
      };
  }
}
function checkCode(code2) {
  if (code2.length <= CODE_CHARS && CODE.test(code2)) return code2;
  throw shapeRefusal("verb-args", `a code of lower-case words is expected, found '${code2}'`);
}
function checkKeyName(name2) {
  if (name2.length > 0 && name2.length <= KEY_NAME_CHARS) return name2;
  throw shapeRefusal("verb-args", `a name of 1 to ${KEY_NAME_CHARS} characters is expected`);
}
function verbArgs(verb) {
  switch (verb.verb) {
    case "pause":
    case "resume":
    case "drain":
      return /* @__PURE__ */ new Map();
    case "halt":
      return /* @__PURE__ */ new Map([["code", verb.code]]);
    case "epoch":
      return /* @__PURE__ */ new Map([["epoch", verb.epoch]]);
    case "runtime-upgrade":
      return runtimeValue(verb.runtime);
    case "keyring-add":
      return /* @__PURE__ */ new Map([
        ["public", verb.publicKey],
        ["name", verb.name],
        ["roles", verb.roles]
      ]);
    case "keyring-revoke":
      return /* @__PURE__ */ new Map([["key_id", verb.keyId]]);
    case "approve-intent": {
      const args = /* @__PURE__ */ new Map([
        ["intent_hash", verb.intentHash],
        ["decision", verb.decision]
      ]);
      const { expiresNs } = verb;
      return expiresNs === void 0 ? args : args.set("expires_ns", integerOf(expiresNs));
    }
  }
}
function integerOf(value) {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}

// packages/protocol/src/inputs/signed-verb.ts
function writeVerbInput(w, input) {
  w.mapHead(6);
  writeBytes(w, "sig", input.sig);
  w.text("args");
  w.value(input.args);
  writeText(w, "kind", input.kind);
  writeText(w, "verb", input.verb);
  writeBytes(w, "nonce", input.nonce);
  writeBytes(w, "key_id", input.keyId);
}
function parseVerbInput(fields2, kind2) {
  const verb = findVerb(kind2, fields2.text("verb"));
  const args = fields2.map("args");
  const parsed = parseVerb(verb, args);
  if (!parsed.ok) throw new RefusalError(parsed.refusal);
  return {
    kind: kind2,
    verb,
    args,
    nonce: fields2.exact("nonce", NONCE_BYTES2),
    keyId: fields2.hash("key_id"),
    sig: fields2.exact("sig", SIGNATURE_BYTES)
  };
}
function findVerb(kind2, text8) {
  const verbs = VERBS[kind2];
  const verb = verbs.find((each) => each === text8);
  if (verb !== void 0) return verb;
  throw shapeRefusal("verb-unknown", `no verb '${text8}' of kind ${kind2}: ${verbs.join(", ")}`);
}

// packages/protocol/src/signed/stream-frame.ts
var STREAM_FRAME_DOMAIN = "aos/stream-frame/0";
function encodeStreamFrame(frame) {
  const w = new Writer(256);
  w.selfDescribe();
  writeStreamFrame(w, frame);
  return w.finish();
}
function writeStreamFrame(w, frame) {
  w.mapHead(7);
  writeInt(w, "epoch", frame.epoch);
  writeInt(w, "index", frame.index);
  writeInt(w, "attempt", frame.attempt);
  writeBytes(w, "world_id", frame.worldId);
  writeText(w, "adapter_id", frame.adapterId);
  writeBytes(w, "intent_hash", frame.intentHash);
  writeBytes(w, "payload_hash", frame.payloadHash);
}
function parseStreamFrame(value) {
  const fields2 = new Fields(value);
  const frame = {
    worldId: fields2.hash("world_id"),
    epoch: fields2.nat("epoch"),
    intentHash: fields2.hash("intent_hash"),
    attempt: fields2.nat("attempt"),
    adapterId: fields2.text("adapter_id"),
    index: fields2.nat("index"),
    payloadHash: fields2.hash("payload_hash")
  };
  fields2.end();
  return frame;
}

// packages/protocol/src/inputs/stream-frame.ts
function writeStreamFrameInput(w, input) {
  w.mapHead(5);
  writeBytes(w, "sig", input.sig);
  writeText(w, "kind", input.kind);
  w.text("frame");
  writeStreamFrame(w, input.frame);
  writeBytes(w, "key_id", input.keyId);
  writeInline(w, "payload", input.payload);
  writeRef(w, "payload_ref", input.payload);
}
function parseStreamFrameInput(fields2) {
  return {
    kind: "stream-frame",
    frame: parseStreamFrame(fields2.value("frame")),
    payload: fields2.carried("payload"),
    keyId: fields2.hash("key_id"),
    sig: fields2.exact("sig", SIGNATURE_BYTES)
  };
}

// packages/protocol/src/inputs/input.ts
function writeInput(w, input) {
  switch (input.kind) {
    case "event":
      writeEventInput(w, input);
      break;
    case "receipt":
      writeReceiptInput(w, input);
      break;
    case "stream-frame":
      writeStreamFrameInput(w, input);
      break;
    case "control":
    case "keyring":
    case "governance":
      writeVerbInput(w, input);
      break;
    case "tick":
    case "continue":
      w.mapHead(1);
      writeText(w, "kind", input.kind);
      break;
  }
}
function readInput(r) {
  return readPlainEvent(r) ?? readAnyInput(r);
}
function readAnyInput(r) {
  const count3 = r.mapHead();
  if (r.keyIs("kind")) return readPlain(r, count3);
  if (r.keyIs("sig")) return readSigned(r, count3);
  r.key("key");
  const key3 = r.bytes().slice();
  r.key("kind");
  return readPlain(r, count3, key3);
}
function readPlain(r, count3, key3) {
  const kind2 = r.text();
  if (kind2 === "event") return readEventInput(r, count3, key3);
  if (kind2 !== "tick" && kind2 !== "continue") throw unknownKind(kind2);
  if (count3 !== 1) throw shapeRefusal("shape-field", `a ${kind2} has no field but its kind`);
  return { kind: kind2 };
}
var signedParsers = {
  receipt: parseReceiptInput,
  "stream-frame": parseStreamFrameInput,
  control: (fields2) => parseVerbInput(fields2, "control"),
  keyring: (fields2) => parseVerbInput(fields2, "keyring"),
  governance: (fields2) => parseVerbInput(fields2, "governance")
};
function readSigned(r, count3) {
  const fields2 = readRest(r, count3, ["sig", r.bytes().slice()]);
  const kind2 = fields2.text("kind");
  const parse2 = Object.hasOwn(signedParsers, kind2) ? signedParsers[kind2] : void 0;
  if (parse2 === void 0) throw unknownKind(kind2);
  const input = parse2(fields2);
  fields2.end();
  return input;
}
function unknownKind(kind2) {
  return shapeRefusal("input-kind", `this build knows no input of kind '${kind2}' in this form`);
}

// packages/protocol/src/stamp.ts
var STAMP_ENTROPY_BYTES = 32;
function writeStamp(w, stamp) {
  w.mapHead(3);
  w.text("now_ns");
  w.int(stamp.nowNs);
  w.text("entropy");
  w.bytes(stamp.entropy);
  w.text("logical_now_ns");
  w.int(stamp.logicalNowNs);
}
var STAMP_HEAD = concatBytes(Uint8Array.of(163), encodeUntagged("now_ns"));
function readStamp(r) {
  if (!r.literalIs(STAMP_HEAD)) {
    readMapOf(r, 3);
    r.key("now_ns");
  }
  const nowNs = r.u64();
  r.key("entropy");
  const entropy = viewExact(r, STAMP_ENTROPY_BYTES);
  r.key("logical_now_ns");
  return { nowNs, entropy, logicalNowNs: r.u64() };
}

// packages/protocol/src/record.ts
var CHAIN_BYTES = 32;
var FIELDS = 6;
function encodeRecord(record5, recorded) {
  const w = borrowWriter();
  writeRecord(w, record5);
  const isSame2 = recorded !== void 0 && bytesEqual(w.view(), recorded);
  const bytes5 = isSame2 ? recorded : w.finish();
  returnWriter(w);
  return bytes5;
}
function writeRecord(w, record5) {
  w.selfDescribe();
  w.mapHead(record5.wakeAtNs === void 0 ? FIELDS : FIELDS + 1);
  w.text("seq");
  w.int(record5.seq);
  w.text("fuel");
  w.int(record5.fuel);
  w.text("prev");
  w.bytes(record5.prev);
  w.text("input");
  writeInput(w, record5.input);
  w.text("stamp");
  writeStamp(w, record5.stamp);
  w.text("entries");
  w.listHead(record5.entries.length);
  for (const entry2 of record5.entries) writeEntry(w, entry2);
  if (record5.wakeAtNs === void 0) return;
  w.text("wake_at");
  w.int(record5.wakeAtNs);
}
function decodeRecordHead(bytes5) {
  return attempt(() => {
    const r = new Reader(bytes5);
    readCount(r);
    return readHead(r);
  });
}
function decodeRecord(bytes5) {
  return attempt(() => {
    const r = new Reader(bytes5);
    const count3 = readCount(r);
    const head = readHead(r);
    const entries2 = readEntries(r);
    if (count3 > FIELDS) r.key("wake_at");
    const wakeAtNs = count3 > FIELDS ? r.u64() : void 0;
    r.end();
    return wakeAtNs === void 0 ? { ...head, entries: entries2 } : { ...head, entries: entries2, wakeAtNs };
  });
}
function chainOf(recordBytes) {
  return sha2562(recordBytes);
}
function readCount(r) {
  r.selfDescribe();
  const count3 = r.mapHead();
  if (count3 === FIELDS || count3 === FIELDS + 1) return count3;
  throw shapeRefusal("cbor-key", `a record of ${count3} fields`);
}
function readHead(r) {
  r.key("seq");
  const seq = r.nat();
  r.key("fuel");
  const fuel = r.nat();
  r.key("prev");
  const prev = asHash(viewExact(r, CHAIN_BYTES));
  r.key("input");
  const input = readInput(r);
  r.key("stamp");
  return { seq, fuel, prev, input, stamp: readStamp(r) };
}
function readEntries(r) {
  r.key("entries");
  const entries2 = [];
  for (let left = r.listHead(); left > 0; left--) entries2.push(parseEntry(r.value()));
  return entries2;
}

// packages/host/src/effects/world-blobs.ts
var PIECE_BYTES = 1 << 22;
var MAX_PIECES = 1 << 15;
var CHUNK_BYTES = 1 << 16;
var LIST_HEAD = utf8("aos/blob-list/0\0");
var SIZE_BYTES = 8;
var HASH_BYTES3 = 32;
var WorldBlobs = class {
  constructor(objects2) {
    this.objects = objects2;
  }
  objects;
  async put(chunks, limitBytes) {
    const pieces2 = [];
    let sizeBytes = 0;
    let last = new Uint8Array();
    for await (const piece of inPieces(chunks, limitBytes)) {
      if (sizeBytes > 0) pieces2.push(await this.#store(last));
      if (pieces2.length === MAX_PIECES) throw tooLarge(MAX_PIECES * PIECE_BYTES);
      sizeBytes += piece.length;
      last = piece;
    }
    const hash8 = await this.#store(last);
    if (pieces2.length === 0 && !isList(last)) return { hash: hash8, sizeBytes };
    return { hash: await this.#store(encodeList(sizeBytes, [...pieces2, hash8])), sizeBytes };
  }
  async get(hash8, range) {
    const blob2 = this.#open(hash8);
    if (blob2 === void 0) return void 0;
    const before = Math.min(range?.before ?? blob2.sizeBytes, blob2.sizeBytes);
    return chunksOf(blob2, { from: Math.max(range?.from ?? 0, 0), before });
  }
  async size(hash8) {
    return this.#open(hash8)?.sizeBytes;
  }
  #open(hash8) {
    const { read: read2 } = this.objects;
    const bytes5 = read2(hash8);
    if (bytes5 === void 0) return void 0;
    if (!isList(bytes5)) return { sizeBytes: bytes5.length, pieceAt: () => ({ bytes: bytes5, from: 0 }) };
    const { sizeBytes, pieces: pieces2 } = decodeList(bytes5);
    const pieceAt = (at2) => {
      const place3 = Math.floor(at2 / PIECE_BYTES);
      const piece = read2(pieces2[place3]);
      if (piece === void 0) throw damaged(`piece ${place3} is not stored`, hash8);
      const from = place3 * PIECE_BYTES;
      if (piece.length === Math.min(PIECE_BYTES, sizeBytes - from)) return { bytes: piece, from };
      throw damaged(`piece ${place3} has another size than the list says`, hash8);
    };
    return { sizeBytes, pieceAt };
  }
  async #store(bytes5) {
    const hash8 = sha2562(bytes5);
    await this.objects.write({ hash: hash8, bytes: bytes5 });
    return hash8;
  }
};
async function* chunksOf(blob2, range) {
  for (let at2 = range.from; at2 < range.before; ) {
    const { bytes: bytes5, from } = blob2.pieceAt(at2);
    const end3 = Math.min(range.before, from + bytes5.length);
    for (; at2 < end3; at2 += CHUNK_BYTES) {
      yield bytes5.slice(at2 - from, Math.min(at2 + CHUNK_BYTES, end3) - from);
    }
    at2 = end3;
  }
}
async function* inPieces(chunks, limitBytes) {
  let held = [];
  let heldBytes = 0;
  let sizeBytes = 0;
  for await (const chunk of chunks) {
    sizeBytes += chunk.length;
    if (sizeBytes > limitBytes) throw tooLarge(limitBytes);
    for (let at2 = 0; at2 < chunk.length; ) {
      const part = chunk.slice(at2, at2 + PIECE_BYTES - heldBytes);
      at2 += part.length;
      held.push(part);
      heldBytes += part.length;
      if (heldBytes < PIECE_BYTES) continue;
      yield concatBytes(...held);
      held = [];
      heldBytes = 0;
    }
  }
  if (heldBytes > 0) yield concatBytes(...held);
}
function isList(bytes5) {
  return bytesEqual(bytes5.subarray(0, LIST_HEAD.length), LIST_HEAD);
}
function encodeList(sizeBytes, pieces2) {
  const size = new Uint8Array(SIZE_BYTES);
  new DataView(size.buffer).setBigUint64(0, BigInt(sizeBytes));
  return concatBytes(LIST_HEAD, size, ...pieces2);
}
function decodeList(bytes5) {
  const body = bytes5.subarray(LIST_HEAD.length);
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const sizeBytes = body.length < SIZE_BYTES ? -1 : Number(view.getBigUint64(0));
  const count3 = Math.max(1, Math.ceil(sizeBytes / PIECE_BYTES));
  if (sizeBytes < 0 || body.length !== SIZE_BYTES + count3 * HASH_BYTES3) {
    throw damaged("it is no list of pieces", sha2562(bytes5));
  }
  const pieces2 = Array.from({ length: count3 }, (_, i) => {
    const from = SIZE_BYTES + i * HASH_BYTES3;
    return asHash(body.slice(from, from + HASH_BYTES3));
  });
  return { sizeBytes, pieces: pieces2 };
}
function tooLarge(limitBytes) {
  const message = `expected at most ${limitBytes} bytes, found more; raise the limit, or send less`;
  return new AosFault("blob-too-large", message, { retry: "never" });
}
function damaged(what, hash8) {
  const message = `the blob ${toHashText(hash8)} cannot be read: ${what}; restore a copy`;
  return new AosFault("blob-damaged", message, { retry: "never" });
}

// packages/host/src/keys/signatures.ts
import { createPublicKey, verify } from "node:crypto";
var PUBLIC_KEY_BYTES2 = 32;
var SIGNATURE_BYTES2 = 64;
var KEY_PREFIX = Buffer.from("302a300506032b6570032100", "hex");
var MAX_READY_KEYS = 256;
var SMALL_ORDER_Y = /* @__PURE__ */ new Set([
  `00${"00".repeat(31)}`,
  `01${"00".repeat(31)}`,
  `ec${"ff".repeat(30)}7f`,
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"
]);
var PRIME = Buffer.from(`7f${"ff".repeat(30)}ed`, "hex");
var SignatureVerifier = class {
  #ready = /* @__PURE__ */ new Map();
  /** As the kernel asks for it. */
  check = (_keyId, publicKey, message, sig) => this.holds(publicKey, message, sig);
  /** Whether `signature` is `publicKey`'s for the message; false for whatever is malformed. */
  holds(publicKey, message, signature) {
    if (signature.length !== SIGNATURE_BYTES2) return false;
    const key3 = this.#keyOf(publicKey);
    return key3 !== void 0 && verify(null, message, key3, signature);
  }
  #keyOf(publicKey) {
    const name2 = toHex2(publicKey);
    if (this.#ready.has(name2)) return this.#ready.get(name2);
    const key3 = isUsableKey(publicKey) ? importKey(publicKey) : void 0;
    const [oldest] = this.#ready.size >= MAX_READY_KEYS ? this.#ready.keys() : [];
    if (oldest !== void 0) this.#ready.delete(oldest);
    this.#ready.set(name2, key3);
    return key3;
  }
};
function isUsableKey(publicKey) {
  if (publicKey.length !== PUBLIC_KEY_BYTES2) return false;
  const y = Buffer.from(publicKey);
  y[PUBLIC_KEY_BYTES2 - 1] = publicKey[PUBLIC_KEY_BYTES2 - 1] & 127;
  if (SMALL_ORDER_Y.has(y.toString("hex"))) return false;
  return y.reverse().compare(PRIME) < 0;
}
function importKey(publicKey) {
  const der = Buffer.concat([KEY_PREFIX, publicKey]);
  return createPublicKey({ key: der, format: "der", type: "spki" });
}

// packages/host/src/keys/signing.ts
import { randomBytes } from "node:crypto";
function signReceipt(signer2, unsigned2, payload) {
  const receipt = { ...unsigned2, payloadHash: sha2562(payload) };
  const sig = signer2.sign(signedMessage(RECEIPT_DOMAIN, encodeReceiptBody(receipt)));
  return { kind: "receipt", receipt, payload, keyId: signer2.keyId, sig };
}
function signVerb(signer2, { worldId, epoch }, says) {
  const nonce = new Uint8Array(randomBytes(NONCE_BYTES2));
  const { verb } = says;
  const args = verbArgs(says);
  const shape = encodeSignedVerb({ worldId, epoch, verb, args, nonce });
  const sig = signer2.sign(signedMessage(verbDomain(verb), shape));
  const signed3 = { kind: kindOf(verb), verb, args, nonce, keyId: signer2.keyId, sig };
  return signed3;
}
function kindOf(verb) {
  const kinds = Object.keys(VERBS);
  return kinds.find((kind2) => VERBS[kind2].includes(verb)) ?? "control";
}

// packages/host/src/loop/halt.ts
var CLEARANCE_DOMAIN = "aos/clear-halt/0";
var MAX_DETAIL_CHARS = 4e3;
function haltMarkOf(cause, { world, raw }) {
  const what = cause instanceof Error ? cause.stack ?? cause.message : String(cause);
  const detail = `record ${world.seq}, input ${raw.kind ?? "event"}: ${what}`;
  const code2 = cause instanceof Defect ? "defect" : "runtime-error";
  return { kind: "halt", seq: world.seq - 1, code: code2, detail: detail.slice(0, MAX_DETAIL_CHARS) };
}
function haltFault({ seq, code: code2, detail }, cause) {
  const [first2] = detail.split("\n");
  const when = seq < 0 ? "before its first record" : `after record ${seq}`;
  const message = `a defect (${code2}) halted the world ${when}: ${first2}; the world is as it was before; report it, then 'aos control clear-halt' lets the world go on`;
  return new AosFault("world-halted", message, { retry: "never", cause });
}
function checkClearance({ worldId, keyring }, { halt, clearance }, verifier) {
  const key3 = keyring.find(({ keyId }) => bytesEqual(keyId, clearance.keyId));
  if (key3?.revokedAt !== null || !key3.roles.includes("operator")) {
    return { code: "key-role", at: "", detail: "expected a key with the role 'operator'" };
  }
  const message = clearanceMessage(worldId, halt);
  if (verifier.holds(key3.publicKey, message, clearance.sig)) return void 0;
  return { code: "signature-invalid", at: "/sig", detail: "the clearance is of another halt" };
}
function clearanceMessage(worldId, { seq, code: code2, detail }) {
  return signedMessage(CLEARANCE_DOMAIN, encode({ world_id: worldId, seq, code: code2, detail }));
}

// packages/host/src/loop/wake-timer.ts
var systemTimer = (delayMs, fire2) => {
  const timer = setTimeout(fire2, delayMs);
  return () => clearTimeout(timer);
};
var MAX_DELAY_MS = 2 ** 31 - 1;
var NS_PER_MS = 1000000n;
var WakeTimer = class {
  constructor(startTimer, wake) {
    this.startTimer = startTimer;
    this.wake = wake;
  }
  startTimer;
  wake;
  #atNs;
  #stop;
  /** Wakes when logical time has come to `atNs`, or not at all; what was set before is over. */
  set(atNs, logicalNowNs) {
    if (atNs === this.#atNs && this.#stop !== void 0) return;
    this.#stop?.();
    this.#stop = void 0;
    this.#atNs = atNs;
    if (atNs === void 0) return;
    const delayMs = atNs > logicalNowNs ? (atNs - logicalNowNs + NS_PER_MS - 1n) / NS_PER_MS : 0n;
    const cutMs = delayMs > MAX_DELAY_MS ? MAX_DELAY_MS : Number(delayMs);
    this.#stop = this.startTimer(cutMs, () => {
      this.#stop = void 0;
      this.wake();
    });
  }
  /** Wakes no more. */
  clear() {
    this.set(void 0, 0n);
  }
};

// packages/kernel/src/admit/admitted.ts
function admitted(input) {
  return { kind: "admitted", input };
}
function refused(code2, at2, detail) {
  return { kind: "refused", refusal: { code: code2, at: at2, detail } };
}

// packages/kernel/src/world/world.ts
function wakeAtOf(world) {
  return world.deadlines.first()?.atNs;
}
function isRunning({ mode }) {
  return mode === "running" || mode === "draining";
}

// packages/air/src/builtins/builders.ts
var bool = { bool: {} };
var int = { int: {} };
var nat = { nat: {} };
var dec128 = { dec128: {} };
var bytes = { bytes: {} };
var text = { text: {} };
var time = { time: {} };
var hash2 = { hash: {} };
var unit = { unit: {} };
var record = (fields2) => ({ record: fields2 });
var variant = (arms2) => ({ variant: arms2 });
var list = (item) => ({ list: item });
var set = (item) => ({ set: item });
var option = (inner) => ({ option: inner });
var map = (key3, value) => ({ map: { key: key3, value } });
var ref = (name2) => ({ ref: name2 });
var words = (...tags) => variant(Object.fromEntries(tags.map((tag) => [tag, unit])));

// packages/air/src/json/value.ts
var JsonDecimal = class {
  constructor(text8) {
    this.text = text8;
  }
  text;
};
function newJsonObject() {
  return /* @__PURE__ */ Object.create(null);
}
function isJsonObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof JsonDecimal);
}
function isJsonList(value) {
  return Array.isArray(value);
}
function describeJson(value) {
  if (value === void 0) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (value instanceof JsonDecimal) return `the decimal ${clip(value.text)}`;
  if (typeof value === "string") return `the text ${clip(JSON.stringify(value))}`;
  if (typeof value === "boolean") return String(value);
  if (typeof value === "object") return "an object";
  return `the integer ${clip(String(value))}`;
}
function pointer(base, key3) {
  if (typeof key3 === "number") return `${base}/${key3}`;
  return `${base}/${key3.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}
var CLIP_CHARS = 60;
function clip(text8) {
  return text8.length <= CLIP_CHARS ? text8 : `${text8.slice(0, CLIP_CHARS)}\u2026`;
}

// packages/air/src/forms/near-miss.ts
var MAX_EDITS = 2;
var MAX_WORD_CHARS = 64;
function nearest(word, known) {
  if (word.length > MAX_WORD_CHARS) return void 0;
  let best;
  let fewest = Math.min(MAX_EDITS, Math.floor(word.length / 3)) + 1;
  for (const each of known) {
    if (Math.abs(each.length - word.length) >= fewest) continue;
    const edits = editsBetween(word.toLowerCase(), each.toLowerCase());
    if (edits >= fewest) continue;
    best = each;
    fewest = edits;
  }
  return best;
}
function hintFor(word, known, what) {
  const near = nearest(word, known);
  return near === void 0 ? `${what}: ${known.join(", ")}` : `did you mean ${near}?`;
}
function editsBetween(a, b) {
  let before = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const isSame2 = a[i - 1] === b[j - 1];
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const options = [at(row, j - 1) + 1, at(last, j) + 1, at(last, j - 1) + (isSame2 ? 0 : 1)];
      if (isSwap) options.push(at(before, j - 2) + 1);
      row.push(Math.min(...options));
    }
    before = last;
    last = row;
  }
  return at(last, b.length);
}
function at(row, index) {
  return row[index] ?? Number.POSITIVE_INFINITY;
}

// packages/air/src/forms/form.ts
function object(spec) {
  const fields2 = { ...spec.required, ...spec.optional };
  const known = /* @__PURE__ */ new Set([...Object.keys(fields2), ...spec.dropped ?? []]);
  const required = new Set(Object.keys(spec.required));
  const omitEmpty = new Set(spec.omitEmpty ?? []);
  return {
    read(json, at2, problems) {
      if (!isJsonObject(json)) return fail(problems, at2, "an object", json);
      const before = problems.length;
      reportUnknown(json, at2, known, problems);
      const value = newJsonObject();
      for (const name2 of Object.keys(fields2)) {
        if (!(name2 in json)) {
          if (required.has(name2)) reportMissing(name2, at2, problems);
          continue;
        }
        const field = fields2[name2]?.read(json[name2], pointer(at2, name2), problems);
        if (field === void 0 || omitEmpty.has(name2) && isEmpty(field)) continue;
        value[name2] = field;
      }
      return problems.length === before ? value : void 0;
    },
    schema: (defs) => ({
      type: "object",
      properties: Object.fromEntries([
        ...Object.entries(fields2).map(([name2, form2]) => [name2, form2.schema(defs)]),
        ...(spec.dropped ?? []).map((name2) => [name2, true])
      ]),
      ...required.size === 0 ? {} : { required: [...required] },
      additionalProperties: false
    })
  };
}
function someFieldOf(some, optional3) {
  const all = object({ required: {}, optional: optional3 });
  return {
    read(json, at2, problems) {
      const isBare = isJsonObject(json) && !some.some((name2) => name2 in json);
      if (!isBare) return all.read(json, at2, problems);
      const message = `expected at least one of the fields ${some.join(", ")}`;
      problems.push({ code: "field-missing", at: at2, message });
      return void 0;
    },
    schema: (defs) => ({
      ...all.schema(defs),
      anyOf: some.map((name2) => ({ required: [name2] }))
    })
  };
}
function list2(item) {
  return {
    read(json, at2, problems) {
      if (!isJsonList(json)) return fail(problems, at2, "a list", json);
      const before = problems.length;
      const items3 = json.map((each, i) => item.read(each, pointer(at2, i), problems));
      return problems.length === before ? items3 : void 0;
    },
    schema: (defs) => ({ type: "array", items: item.schema(defs) })
  };
}
function someOf(item) {
  const all = list2(item);
  return {
    read(json, at2, problems) {
      if (!isJsonList(json) || json.length > 0) return all.read(json, at2, problems);
      problems.push({ code: "list-empty", at: at2, message: "expected at least one item, found none" });
      return void 0;
    },
    schema: (defs) => ({ type: "array", items: item.schema(defs), minItems: 1 })
  };
}
function distinct(item) {
  const all = list2(item);
  return {
    read(json, at2, problems) {
      const before = problems.length;
      const words2 = all.read(json, at2, problems);
      const seen = /* @__PURE__ */ new Set();
      words2?.forEach((word, i) => {
        if (seen.has(word)) {
          const message = `expected ${JSON.stringify(word)} once, found it again`;
          problems.push({ code: "item-duplicate", at: pointer(at2, i), message });
        }
        seen.add(word);
      });
      return problems.length === before ? words2 : void 0;
    },
    schema: (defs) => ({ type: "array", items: item.schema(defs), uniqueItems: true })
  };
}
function sortedSet(item) {
  const words2 = distinct(item);
  return {
    read: (json, at2, problems) => words2.read(json, at2, problems)?.toSorted(),
    schema: (defs) => words2.schema(defs)
  };
}
function table(key3, item) {
  return {
    read(json, at2, problems) {
      if (!isJsonObject(json)) return fail(problems, at2, "an object", json);
      const before = problems.length;
      const value = /* @__PURE__ */ Object.create(null);
      for (const name2 of Object.keys(json)) {
        const place3 = pointer(at2, name2);
        key3.read(name2, place3, problems);
        const read2 = item.read(json[name2], place3, problems);
        if (read2 !== void 0) value[name2] = read2;
      }
      return problems.length === before ? value : void 0;
    },
    schema: (defs) => ({
      type: "object",
      propertyNames: key3.schema(defs),
      additionalProperties: item.schema(defs)
    })
  };
}
function text2(pattern, expected2, code2 = "field-type") {
  return {
    read(json, at2, problems) {
      if (typeof json === "string" && pattern.test(json)) return json;
      return fail(problems, at2, { expected: expected2, code: code2 }, json);
    },
    schema: () => pattern.source === "^" ? { type: "string" } : { type: "string", pattern: pattern.source }
  };
}
function oneOf(...words2) {
  return {
    read(json, at2, problems) {
      if (typeof json === "string" && words2.includes(json)) return json;
      const expected2 = words2.map((word) => JSON.stringify(word)).join(" or ");
      const near = typeof json === "string" ? nearest(json, words2) : void 0;
      const hint = near === void 0 ? {} : { hint: `did you mean ${near}?` };
      const message = `expected ${expected2}, found ${describeJson(json)}`;
      problems.push({ code: "field-type", at: at2, message, ...hint });
      return void 0;
    },
    schema: () => words2.length === 1 ? { const: words2[0] } : { enum: words2 }
  };
}
var natural = {
  read(json, at2, problems) {
    if ((typeof json === "number" || typeof json === "bigint") && json >= 0) return json;
    return fail(problems, at2, "an integer from 0 to 2^64 - 1", json);
  },
  schema: () => ({ type: "integer", minimum: 0 })
};
var positive = {
  read(json, at2, problems) {
    if ((typeof json === "number" || typeof json === "bigint") && json > 0) return json;
    return fail(problems, at2, "an integer from 1 to 2^64 - 1", json);
  },
  schema: () => ({ type: "integer", minimum: 1 })
};
var flag = {
  read: (json, at2, problems) => json === true ? true : fail(problems, at2, "true", json),
  schema: () => ({ const: true })
};
function integer(min, max) {
  return {
    read(json, at2, problems) {
      if (typeof json === "number" && json >= min && json <= max) return json;
      return fail(problems, at2, `an integer from ${min} to ${max}`, json);
    },
    schema: () => ({ type: "integer", minimum: min, maximum: max })
  };
}
function named(name2, form2) {
  return {
    read: (json, at2, problems) => form2.read(json, at2, problems),
    schema: (defs) => defs.reference(name2, (inner) => form2.schema(inner))
  };
}
function fail(problems, at2, expectation, found) {
  const { expected: expected2, code: code2 } = typeof expectation === "string" ? { expected: expectation, code: "field-type" } : expectation;
  problems.push({ code: code2, at: at2, message: `expected ${expected2}, found ${describeJson(found)}` });
  return void 0;
}
function reportUnknown(json, at2, known, problems) {
  for (const name2 of Object.keys(json)) {
    if (known.has(name2)) continue;
    problems.push({
      code: "field-unknown",
      at: pointer(at2, name2),
      message: `expected only known fields, found ${JSON.stringify(name2)}`,
      hint: hintFor(name2, [...known], "fields here")
    });
  }
}
function reportMissing(name2, at2, problems) {
  problems.push({
    code: "field-missing",
    at: at2,
    message: `expected the field ${JSON.stringify(name2)}, found nothing under that name`
  });
}
function isEmpty(value) {
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

// packages/air/src/forms/names.ts
var name = named(
  "Name",
  text2(
    /^[a-z][a-z0-9._-]*\/[A-Za-z][A-Za-z0-9._-]*@[1-9][0-9]*$/,
    "a name such as demo/Counter@1",
    "name-syntax"
  )
);
var dottedKind = named(
  "DottedKind",
  text2(/^[a-z][a-z0-9_.-]*$/, "a kind such as http.request", "name-syntax")
);
var localName = named(
  "LocalName",
  text2(
    /^[A-Za-z_][A-Za-z0-9_.-]{0,63}$/,
    "a local name of at most 64 letters, digits, _ . -",
    "name-syntax"
  )
);
var hashText = named(
  "Hash",
  text2(/^sha256:[0-9a-f]{64}$/, "sha256: and 64 lower-case hexadecimal digits", "hash-text")
);
var BLANKS = ["", "sha256", null];
var blankableHash = named("AuthoredHash", {
  read: (json, at2, problems) => BLANKS.includes(json) ? "" : hashText.read(json, at2, problems),
  schema: (defs) => ({ anyOf: [hashText.schema(defs), { enum: BLANKS }] })
});
var anyText = text2(/^/, "a text");
var principal = named(
  "Principal",
  text2(
    /^[A-Za-z0-9][A-Za-z0-9._:@/+-]{0,127}$/,
    "a principal: at most 128 letters, digits, . _ : @ / + -",
    "name-syntax"
  )
);
var DEFINITION_KINDS = [
  "defschema",
  "defmodule",
  "defplan",
  "defeffect",
  "defcap",
  "defpolicy",
  "defsecret",
  "defmigration"
];
function kind(word) {
  return oneOf(word);
}

// packages/air/src/forms/unions.ts
function taggedBy(field, cases) {
  const words2 = Object.keys(cases);
  return {
    read(json, at2, problems) {
      if (!isJsonObject(json)) return fail(problems, at2, "an object", json);
      const word = json[field];
      const found = typeof word === "string" && Object.hasOwn(cases, word) ? cases[word] : void 0;
      if (found !== void 0) return found.read(json, at2, problems);
      const isMissing2 = !(field in json);
      problems.push({
        code: isMissing2 ? "field-missing" : "field-type",
        at: isMissing2 ? at2 : pointer(at2, field),
        message: `expected the field ${field} to name what this is, found ${describeJson(word)}`,
        hint: hintFor(typeof word === "string" ? word : "", words2, `values of ${field}`)
      });
      return void 0;
    },
    schema: (defs) => ({ oneOf: words2.map((word) => cases[word]?.schema(defs)) })
  };
}
function byPresence(cases) {
  const words2 = Object.keys(cases);
  return {
    read(json, at2, problems) {
      if (!isJsonObject(json)) return fail(problems, at2, "an object", json);
      const [word, ...more] = words2.filter((each) => each in json);
      const form2 = word === void 0 || more.length > 0 ? void 0 : cases[word];
      if (form2 !== void 0) return form2.read(json, at2, problems);
      const message = `expected exactly one of the fields ${words2.join(", ")}`;
      problems.push({ code: word === void 0 ? "field-missing" : "field-unknown", at: at2, message });
      return void 0;
    },
    schema: (defs) => ({ oneOf: words2.map((word) => cases[word]?.schema(defs)) })
  };
}
function wrapped(cases) {
  const words2 = Object.keys(cases);
  return {
    read(json, at2, problems) {
      if (!isJsonObject(json)) return fail(problems, at2, "an object", json);
      const [word, ...more] = Object.keys(json);
      const form2 = word !== void 0 && Object.hasOwn(cases, word) ? cases[word] : void 0;
      if (word === void 0 || form2 === void 0 || more.length > 0) {
        const message = `expected exactly one field, one of ${words2.join(", ")}`;
        const hint = hintFor(word ?? "", words2, "fields here");
        problems.push({ code: "field-unknown", at: at2, message, hint });
        return void 0;
      }
      const body = form2.read(json[word], pointer(at2, word), problems);
      if (body === void 0) return void 0;
      return Object.assign(newJsonObject(), { [word]: body });
    },
    schema: (defs) => ({
      oneOf: words2.map((word) => ({
        type: "object",
        properties: { [word]: cases[word]?.schema(defs) },
        required: [word],
        additionalProperties: false
      }))
    })
  };
}

// packages/air/src/forms/module.ts
var ZERO_HASH_TEXT = `sha256:${"0".repeat(64)}`;
var reducerAbi = object({
  required: { state: name, event: name },
  optional: {
    context: name,
    annotations: name,
    effects_emitted: distinct(dottedKind),
    cap_slots: table(localName, dottedKind)
  },
  omitEmpty: ["effects_emitted", "cap_slots"]
});
var pureAbi = object({ required: { input: name, output: name }, optional: { context: name } });
var reducerFields = {
  $kind: kind("defmodule"),
  name,
  module_kind: kind("reducer"),
  abi: object({ required: { reducer: reducerAbi } })
};
var pureFields = {
  $kind: kind("defmodule"),
  name,
  module_kind: kind("pure"),
  abi: object({ required: { pure: pureAbi } })
};
var dropped = ["$comment"];
var reducerModule = object({
  required: { ...reducerFields, wasm_hash: hashText },
  optional: { key_schema: name },
  dropped
});
var pureModule = object({ required: { ...pureFields, wasm_hash: hashText }, dropped });
var authoredModule = taggedBy("module_kind", {
  reducer: object({
    required: reducerFields,
    optional: { wasm_hash: blankableHash, key_schema: name },
    dropped
  }),
  pure: object({ required: pureFields, optional: { wasm_hash: blankableHash }, dropped })
});
var defModule = taggedBy("module_kind", { reducer: reducerModule, pure: pureModule });

// packages/air/src/builtins/modules.ts
var CAP_ALLOW_ALL = "sys/CapAllowAll@1";
var CAP_ENFORCE_HTTP_OUT = "sys/CapEnforceHttpOut@1";
var CAP_ENFORCE_LLM_BASIC = "sys/CapEnforceLlmBasic@1";
var CAP_ENFORCE_BLOB = "sys/CapEnforceBlob@1";
var CAP_ENFORCE_QUERY = "sys/CapEnforceQuery@1";
var CAP_ENFORCE_SECRET = "sys/CapEnforceSecret@1";
var CAP_ENFORCE_GOVERNANCE = "sys/CapEnforceGovernance@1";
var enforcer = (name2) => ({
  $kind: "defmodule",
  name: name2,
  module_kind: "pure",
  wasm_hash: ZERO_HASH_TEXT,
  abi: { pure: { input: "sys/CapCheckInput@1", output: "sys/CapCheckOutput@1" } }
});
var objectCatalog = {
  $kind: "defmodule",
  name: "sys/ObjectCatalog@1",
  module_kind: "reducer",
  key_schema: "sys/ObjectKey@1",
  wasm_hash: ZERO_HASH_TEXT,
  abi: {
    reducer: {
      state: "sys/ObjectVersions@1",
      event: "sys/ObjectRegistered@1",
      context: "sys/ReducerContext@1"
    }
  }
};
var MODULES = [
  ...[
    CAP_ALLOW_ALL,
    CAP_ENFORCE_HTTP_OUT,
    CAP_ENFORCE_LLM_BASIC,
    CAP_ENFORCE_BLOB,
    CAP_ENFORCE_QUERY,
    CAP_ENFORCE_SECRET,
    CAP_ENFORCE_GOVERNANCE
  ].map(enforcer),
  objectCatalog
];

// packages/air/src/builtins/caps.ts
var cap = (name2, enforcer2, fields2) => ({
  $kind: "defcap",
  name: `sys/${name2}`,
  cap_type: name2.slice(0, name2.indexOf("@")),
  schema: record(fields2),
  enforcer: { module: enforcer2 }
});
var texts = option(set(text));
var httpOut = {
  hosts: texts,
  schemes: texts,
  methods: texts,
  ports: option(set(nat)),
  path_prefixes: texts
};
var llmBasic = {
  providers: texts,
  models: texts,
  max_tokens: option(nat),
  tools_allow: texts
};
var CAPS = [
  cap("timer@1", CAP_ALLOW_ALL, {}),
  cap("blob@1", CAP_ALLOW_ALL, {}),
  cap("blob@2", CAP_ENFORCE_BLOB, { namespaces: texts }),
  cap("http.out@1", CAP_ENFORCE_HTTP_OUT, httpOut),
  cap("http.out@2", CAP_ENFORCE_HTTP_OUT, {
    ...httpOut,
    max_redirects: option(nat),
    allow_private: option(bool)
  }),
  cap("llm.basic@1", CAP_ENFORCE_LLM_BASIC, llmBasic),
  cap("llm.basic@2", CAP_ENFORCE_LLM_BASIC, { ...llmBasic, temperature_max: option(dec128) }),
  cap("query@1", CAP_ALLOW_ALL, { scope: option(text) }),
  cap("query@2", CAP_ENFORCE_QUERY, { kinds: texts, reducers: texts }),
  cap("secret@1", CAP_ENFORCE_SECRET, { aliases: texts, binding_ids: texts }),
  cap("governance@1", CAP_ENFORCE_GOVERNANCE, { kinds: texts, sections: texts, namespaces: texts }),
  cap("catalog.write@1", CAP_ALLOW_ALL, { prefixes: set(text) })
];

// packages/air/src/builtins/effect-schemas.ts
var settled = (params, receipt) => record({
  intent_hash: hash2,
  reducer: text,
  effect_kind: text,
  adapter_id: text,
  status: text,
  requested: ref(params),
  receipt: ref(receipt),
  cost_cents: option(nat),
  signature: bytes
});
var ended = (params, receipt) => record({
  intent_hash: hash2,
  reducer: text,
  effect_kind: text,
  adapter_id: text,
  status: text,
  requested: ref(params),
  receipt: option(ref(receipt)),
  error: option(text),
  cost_cents: option(nat),
  signature: bytes
});
var EFFECT_SCHEMAS = {
  /** The payload of every receipt that is not ok. */
  "sys/EffectError@1": record({ code: text, message: text }),
  /** As {@link ended}, of any effect: parameters and receipt as canonical bytes. */
  "sys/EffectReceipt@1": record({
    intent_hash: hash2,
    reducer: text,
    effect_kind: text,
    adapter_id: text,
    status: text,
    requested: bytes,
    receipt: option(bytes),
    error: option(text),
    cost_cents: option(nat),
    signature: bytes
  }),
  "sys/TimerSetParams@1": record({ deliver_at_ns: nat, key: option(text) }),
  "sys/TimerSetReceipt@1": record({ delivered_at_ns: nat, key: option(text) }),
  "sys/TimerFired@1": settled("sys/TimerSetParams@1", "sys/TimerSetReceipt@1"),
  "sys/TimerFired@2": ended("sys/TimerSetParams@1", "sys/TimerSetReceipt@1"),
  "sys/BlobPutParams@1": record({ namespace: text, blob_ref: hash2 }),
  "sys/BlobPutReceipt@1": record({ blob_ref: hash2, size: nat }),
  "sys/BlobPutResult@1": settled("sys/BlobPutParams@1", "sys/BlobPutReceipt@1"),
  "sys/BlobPutResult@2": ended("sys/BlobPutParams@1", "sys/BlobPutReceipt@1"),
  "sys/BlobGetParams@1": record({ namespace: text, key: text }),
  "sys/BlobGetReceipt@1": record({ blob_ref: hash2, size: nat }),
  "sys/BlobGetResult@1": settled("sys/BlobGetParams@1", "sys/BlobGetReceipt@1"),
  "sys/BlobGetResult@2": ended("sys/BlobGetParams@1", "sys/BlobGetReceipt@1"),
  "sys/BlobWriteParams@1": record({ namespace: text, bytes }),
  "sys/BlobWriteReceipt@1": record({ blob_ref: hash2, size: nat }),
  /** Up to `size` bytes behind the first `from`; fewer where the blob ends. */
  "sys/BlobReadParams@1": record({ namespace: text, blob_ref: hash2, from: nat, size: nat }),
  /** `size` is that of the whole blob. */
  "sys/BlobReadReceipt@1": record({ bytes, size: nat }),
  "sys/BlobExistsParams@1": record({ namespace: text, blob_ref: hash2 }),
  /** Null when there is no such blob. */
  "sys/BlobExistsReceipt@1": record({ size: option(nat) }),
  "sys/HttpRequestParams@1": record({
    method: text,
    url: text,
    headers: map(text, text),
    body_ref: option(hash2)
  }),
  /**
   * Headers may carry secrets, which only the adapter resolves. What is null is as the adapter has
   * it; a number can only lower its limit. A redirect beyond `max_redirects` is the answer, a body
   * beyond `max_body_bytes` is an error unless `truncate` is true.
   */
  "sys/HttpRequestParams@2": record({
    method: text,
    url: text,
    headers: map(text, ref("sys/TextOrSecretRef@1")),
    body_ref: option(hash2),
    max_redirects: option(nat),
    max_body_bytes: option(nat),
    truncate: option(bool),
    timeout_ns: option(nat)
  }),
  "sys/HttpRequestReceipt@1": record({
    status: int,
    headers: map(text, text),
    body_ref: option(hash2),
    timings: record({ start_ns: nat, end_ns: nat }),
    adapter_id: text
  }),
  /**
   * `url` is the one that answered, after the redirects, which are listed in order. The body is as
   * it was sent, its encoding included; an empty one is not stored.
   */
  "sys/HttpRequestReceipt@2": record({
    status: int,
    url: text,
    headers: map(text, list(text)),
    body_ref: option(hash2),
    body_size: nat,
    truncated: bool,
    redirects: list(record({ status: int, method: text, url: text })),
    address: text,
    tls: option(record({ protocol: text, cipher: text, fingerprint: text })),
    timings: record({ start_ns: nat, headers_ns: nat, end_ns: nat }),
    adapter_id: text
  }),
  "sys/LlmGenerateParams@1": record({
    provider: text,
    model: text,
    temperature: dec128,
    max_tokens: nat,
    input_ref: hash2,
    tools: option(list(text)),
    api_key: option(ref("sys/TextOrSecretRef@1"))
  }),
  "sys/LlmGenerateReceipt@1": record({
    output_ref: hash2,
    token_usage: record({ prompt: nat, completion: nat }),
    cost_cents: nat,
    provider_id: text
  })
};

// packages/air/src/builtins/effects.ts
var ROWS = [
  ["http.request", "HttpRequest", "http.out", "plan"],
  ["blob.put", "BlobPut", "blob", "reducer"],
  ["blob.get", "BlobGet", "blob", "reducer"],
  ["blob.write", "BlobWrite", "blob", "both"],
  ["blob.read", "BlobRead", "blob", "both"],
  ["blob.exists", "BlobExists", "blob", "both"],
  ["timer.set", "TimerSet", "timer", "reducer"],
  ["llm.generate", "LlmGenerate", "llm.basic", "plan"],
  ["vault.put", "VaultPut", "secret", "plan"],
  ["vault.rotate", "VaultRotate", "secret", "plan"],
  ["governance.propose", "GovPropose", "governance", "plan"],
  ["governance.shadow", "GovShadow", "governance", "plan"],
  ["governance.approve", "GovApprove", "governance", "plan"],
  ["governance.apply", "GovApply", "governance", "plan"],
  ["introspect.manifest", "IntrospectManifest", "query", "plan"],
  ["introspect.reducer_state", "IntrospectReducerState", "query", "plan"],
  ["introspect.journal_head", "IntrospectJournalHead", "query", "plan"],
  ["introspect.list_cells", "IntrospectListCells", "query", "plan"],
  ["introspect.definition", "IntrospectDefinition", "query", "plan"],
  ["introspect.plans", "IntrospectPlans", "query", "plan"]
];
var effect = ([kind2, schemas, cap_type, origin_scope]) => ({
  $kind: "defeffect",
  name: `sys/${kind2}@1`,
  kind: kind2,
  params_schema: `sys/${schemas}Params@1`,
  receipt_schema: `sys/${schemas}Receipt@1`,
  cap_type,
  origin_scope
});
var next = (row, changes) => ({ ...effect(row), name: `sys/${row[0]}@2`, ...changes });
var HTTP_2 = {
  params_schema: "sys/HttpRequestParams@2",
  receipt_schema: "sys/HttpRequestReceipt@2"
};
var EFFECTS = [
  ...ROWS.map(effect),
  ...ROWS.flatMap((row) => {
    if (row[0] === "http.request") return [next(row, HTTP_2)];
    if (row[0] === "vault.put") return [next(row, { params_schema: "sys/VaultPutParams@2" })];
    return row[3] === "reducer" ? [next(row, { origin_scope: "both" })] : [];
  })
];

// packages/air/src/builtins/governance-schemas.ts
var decision = words("approve", "reject");
var GOVERNANCE_SCHEMAS = {
  "sys/GovProposeParams@1": record({
    patch_hash: hash2,
    manifest_base: option(hash2),
    description: option(text)
  }),
  "sys/GovProposeReceipt@1": record({
    proposal_id: nat,
    patch_hash: hash2,
    manifest_base: option(hash2)
  }),
  "sys/GovShadowParams@1": record({ proposal_id: nat }),
  "sys/GovShadowReceipt@1": record({
    proposal_id: nat,
    manifest_hash: hash2,
    predicted_effects: list(
      record({ kind: text, cap: text, intent_hash: hash2, params_json: option(text) })
    ),
    pending_receipts: list(record({ plan_id: nat, plan: option(text), intent_hash: hash2 })),
    plan_results: list(record({ plan: text, plan_id: nat, output_schema: text })),
    ledger_deltas: list(
      record({
        ledger: words("capability", "policy"),
        name: text,
        change: words("added", "removed", "changed")
      })
    )
  }),
  "sys/GovApproveParams@1": record({
    proposal_id: nat,
    decision,
    approver: text,
    reason: option(text)
  }),
  "sys/GovApproveReceipt@1": record({
    proposal_id: nat,
    decision,
    patch_hash: hash2,
    approver: text,
    reason: option(text)
  }),
  "sys/GovApplyParams@1": record({ proposal_id: nat }),
  "sys/GovApplyReceipt@1": record({
    proposal_id: nat,
    manifest_hash_new: hash2,
    patch_hash: hash2
  })
};

// packages/air/src/builtins/system-schemas.ts
var SYSTEM_SCHEMAS = {
  "sys/ReducerContext@1": record({
    now_ns: nat,
    logical_now_ns: nat,
    journal_height: nat,
    entropy: bytes,
    event_hash: hash2,
    manifest_hash: hash2,
    reducer: text,
    key: option(bytes),
    cell_mode: bool
  }),
  "sys/PureContext@1": record({
    logical_now_ns: nat,
    journal_height: nat,
    manifest_hash: hash2,
    module: text
  }),
  /** An event that starts a plan by hand: its input in any CBOR, recorded canonical. */
  "sys/PlanStart@1": record({ plan: text, input: bytes }),
  "sys/CapCheckInput@1": record({
    cap_def: text,
    grant_name: text,
    cap_params: bytes,
    effect_kind: text,
    effect_params: bytes,
    origin: record({ kind: text, name: text }),
    logical_now_ns: nat
  }),
  "sys/CapCheckOutput@1": record({
    constraints_ok: bool,
    deny: option(record({ code: text, message: text }))
  })
};
var SECRET_SCHEMAS = {
  "sys/SecretRef@1": record({ alias: text, version: nat }),
  "sys/TextOrSecretRef@1": variant({ literal: text, secret: ref("sys/SecretRef@1") }),
  "sys/BytesOrSecretRef@1": variant({ literal: bytes, secret: ref("sys/SecretRef@1") }),
  "sys/VaultPutParams@1": record({
    alias: text,
    binding_id: text,
    value_ref: hash2,
    expected_digest: hash2
  }),
  /** `sealed_ref` is the value sealed to the key of the vault; digests are keyed. */
  "sys/VaultPutParams@2": record({
    alias: text,
    binding_id: text,
    sealed_ref: hash2,
    expected_digest: option(hash2)
  }),
  "sys/VaultPutReceipt@1": record({ alias: text, version: nat, binding_id: text, digest: hash2 }),
  "sys/VaultRotateParams@1": record({
    alias: text,
    version: nat,
    binding_id: text,
    expected_digest: hash2
  }),
  "sys/VaultRotateReceipt@1": record({ alias: text, version: nat, binding_id: text, digest: hash2 })
};
var OBJECT_SCHEMAS = {
  "sys/ObjectKey@1": text,
  "sys/ObjectMeta@1": record({
    name: text,
    kind: text,
    hash: hash2,
    tags: set(text),
    created_at: time,
    owner: text
  }),
  "sys/ObjectVersions@1": record({ latest: nat, versions: map(nat, ref("sys/ObjectMeta@1")) }),
  "sys/ObjectRegisteredPayload@1": record({ meta: ref("sys/ObjectMeta@1") }),
  "sys/ObjectRegistered@1": ref("sys/ObjectRegisteredPayload@1")
};
var meta = ref("sys/ReadMeta@1");
var INTROSPECT_SCHEMAS = {
  "sys/ReadMeta@1": record({
    journal_height: nat,
    snapshot_hash: option(hash2),
    manifest_hash: hash2
  }),
  "sys/IntrospectManifestParams@1": record({ consistency: text }),
  "sys/IntrospectManifestReceipt@1": record({ manifest: bytes, meta }),
  "sys/IntrospectReducerStateParams@1": record({
    reducer: text,
    key: option(bytes),
    consistency: text
  }),
  "sys/IntrospectReducerStateReceipt@1": record({ state: option(bytes), meta }),
  "sys/IntrospectJournalHeadParams@1": record({}),
  "sys/IntrospectJournalHeadReceipt@1": record({ meta }),
  "sys/IntrospectDefinitionParams@1": record({ kind: text, name: text }),
  "sys/IntrospectDefinitionReceipt@1": record({ definition: bytes, hash: hash2, meta }),
  /** Instances are named `<seq>/<i>`, the place of their `plan-started` entry. */
  "sys/IntrospectPlansParams@1": record({
    plan: option(text),
    after: option(text),
    limit: nat
  }),
  "sys/IntrospectPlansReceipt@1": record({
    instances: list(
      record({
        instance: text,
        plan: text,
        parent: option(text),
        waits: list(record({ step: text, kind: text, for: text }))
      })
    ),
    next: option(text),
    meta
  }),
  "sys/IntrospectListCellsParams@1": record({ reducer: text }),
  "sys/IntrospectListCellsReceipt@1": record({
    cells: list(record({ key: bytes, state_hash: hash2, size: nat, last_active_ns: nat })),
    meta
  })
};

// packages/air/src/builtins/catalogue.ts
var REDUCER_CONTEXT = "sys/ReducerContext@1";
var PURE_CONTEXT = "sys/PureContext@1";
var EFFECT_ERROR = "sys/EffectError@1";
var SCHEMAS = [
  SYSTEM_SCHEMAS,
  EFFECT_SCHEMAS,
  SECRET_SCHEMAS,
  GOVERNANCE_SCHEMAS,
  OBJECT_SCHEMAS,
  INTROSPECT_SCHEMAS
].flatMap(
  (schemas) => Object.entries(schemas).map(([name2, type]) => ({ $kind: "defschema", name: name2, type }))
);
var BUILTINS = [...SCHEMAS, ...EFFECTS, ...CAPS, ...MODULES];
var key = (kind2, name2) => `${kind2} ${name2}`;
var CATALOGUE = new Map(
  BUILTINS.map((definition) => [key(definition.$kind, definition.name), definition])
);
function builtin(kind2, name2) {
  return CATALOGUE.get(key(kind2, name2));
}
function builtinHash(kind2, name2) {
  const definition = builtin(kind2, name2);
  return definition === void 0 ? void 0 : hashOf(definition);
}
function builtinNames(kind2) {
  return BUILTINS.filter(({ $kind }) => $kind === kind2).map(({ name: name2 }) => name2);
}
function builtinSchema(name2) {
  return builtin("defschema", name2);
}

// packages/air/src/builtins/receipt-events.ts
var OF_ANY_EFFECT = { schema: "sys/EffectReceipt@1", form: "any-effect" };
var NAMES = /* @__PURE__ */ new Map([
  ["timer.set", "sys/TimerFired"],
  ["blob.put", "sys/BlobPutResult"],
  ["blob.get", "sys/BlobGetResult"]
]);
function receiptEventsOf(effectKind) {
  const name2 = NAMES.get(effectKind);
  if (name2 === void 0) return [OF_ANY_EFFECT];
  return [
    { schema: `${name2}@2`, form: "typed" },
    { schema: `${name2}@1`, form: "ok-only" },
    OF_ANY_EFFECT
  ];
}

// packages/air/src/expr/ast.ts
var OPERATORS = [
  "len",
  "get",
  "has",
  "eq",
  "ne",
  "lt",
  "le",
  "gt",
  "ge",
  "and",
  "or",
  "not",
  "concat",
  "add",
  "sub",
  "mul",
  "div",
  "mod",
  "starts_with",
  "ends_with",
  "contains",
  "coalesce@1",
  "to_text@1",
  "hash_bytes@1"
];
var EACH_OPERATORS = ["map@1", "filter@1", "any@1", "all@1"];
function innerExprs(expr2) {
  switch (expr2.kind) {
    case "const":
    case "ref":
      return [];
    case "op":
      return expr2.args;
    case "record":
      return [...expr2.fields.values()];
    case "list":
    case "set":
      return expr2.items;
    case "map":
      return expr2.entries.flatMap(({ key: key3, value }) => [key3, value]);
    case "variant":
      return present(expr2.value);
    case "if":
      return [expr2.cond, expr2.yes, expr2.no];
    case "match":
      return [expr2.on, ...[...expr2.arms.values()].map(({ body }) => body), ...present(expr2.rest)];
    case "let":
      return [expr2.value, expr2.body];
    case "each":
      return [expr2.over, expr2.body];
  }
}
function present(expr2) {
  return expr2 === void 0 ? [] : [expr2];
}
function isConstant(expr2) {
  return LITERAL_KINDS.includes(expr2.kind) && innerExprs(expr2).every(isConstant);
}
var LITERAL_KINDS = ["const", "record", "list", "set", "map", "variant"];
function usesAdditions(expr2) {
  const own = expr2.kind === "op" ? expr2.op.includes("@") : ADDED_KINDS.includes(expr2.kind);
  return own || innerExprs(expr2).some(usesAdditions);
}
var ADDED_KINDS = ["if", "match", "let", "each"];
function referencesOf(expr2) {
  return expr2.kind === "ref" ? [expr2] : innerExprs(expr2).flatMap(referencesOf);
}

// packages/air/src/values/types.ts
var MAX_TYPE_DEPTH = 64;
function checkTypes(roots, typeOf2) {
  const check = new TypeCheck(typeOf2);
  for (const root of roots) if (typeOf2(root) !== void 0) check.visit(root);
  return { names: check.names(), problems: check.problems };
}
function referencesOf2(type) {
  const references = [];
  collect(type, "", 1, references);
  return references.map(({ name: name2 }) => name2);
}
var TypeCheck = class {
  constructor(typeOf2) {
    this.typeOf = typeOf2;
  }
  typeOf;
  problems = [];
  /** Depth of every finished schema. */
  depths = /* @__PURE__ */ new Map();
  open = /* @__PURE__ */ new Set();
  stack = [];
  /** Depth first with an explicit stack: a chain of references may be as long as a manifest. */
  visit(root) {
    if (!this.depths.has(root)) this.enter(root);
    for (let top = this.stack.at(-1); top !== void 0; top = this.stack.at(-1)) this.step(top);
  }
  names() {
    return [...this.depths.keys()];
  }
  enter(name2) {
    const type = this.typeOf(name2);
    assert(type !== void 0, `schema ${name2} is known when it is entered`);
    const references = [];
    const depth = collect(type, "", 1, references);
    this.open.add(name2);
    this.stack.push({ name: name2, references, next: 0, depth });
  }
  step(visit) {
    const reference = visit.references[visit.next];
    const known = reference === void 0 ? 0 : this.depths.get(reference.name);
    if (reference === void 0) this.leave(visit);
    else if (known === void 0 && this.isNew(reference, visit)) this.enter(reference.name);
    else this.pass(visit, reference, known ?? 0);
  }
  /** Moves over a reference whose target has this depth. */
  pass(visit, reference, depth) {
    visit.depth = Math.max(visit.depth, reference.depth + depth);
    visit.next += 1;
    if (visit.depth > MAX_TYPE_DEPTH) this.reportDepth(visit, reference.at);
  }
  /** False, with a problem, for a reference that leads nowhere or back. */
  isNew({ name: name2, at: at2 }, visit) {
    const { name: schema } = visit;
    if (this.open.has(name2)) {
      const message2 = `expected a type that ends, found ${name2} inside itself`;
      const hint2 = "break the circle, for instance with a key or a hash in place of the value";
      this.problems.push({ code: "schema-recursive", schema, at: at2, message: message2, hint: hint2 });
      return false;
    }
    if (this.typeOf(name2) !== void 0) return true;
    const message = `expected a schema of this world, found no ${name2}`;
    const hint = `add ${name2} to the schemas of the manifest`;
    this.problems.push({ code: "schema-not-found", schema, at: at2, message, hint });
    return false;
  }
  leave(visit) {
    if (visit.depth > MAX_TYPE_DEPTH) this.reportDepth(visit, "");
    this.depths.set(visit.name, visit.depth);
    this.open.delete(visit.name);
    this.stack.pop();
  }
  /** Reports once and counts the type as shallow, so that what refers to it is not reported too. */
  reportDepth(visit, at2) {
    const message = `expected at most ${MAX_TYPE_DEPTH} nested types, found ${visit.depth}`;
    this.problems.push({ code: "schema-depth", schema: visit.name, at: at2, message });
    visit.depth = 0;
  }
};
function collect(type, at2, depth, into) {
  if ("ref" in type) {
    into.push({ name: type.ref, at: pointer(at2, "ref"), depth });
    return depth;
  }
  let deepest2 = depth;
  for (const [at_, inner] of innerTypes(type, at2)) {
    deepest2 = Math.max(deepest2, collect(inner, at_, depth + 1, into));
  }
  return deepest2;
}
function innerTypes(type, at2) {
  if ("list" in type) return [[pointer(at2, "list"), type.list]];
  if ("set" in type) return [[pointer(at2, "set"), type.set]];
  if ("option" in type) return [[pointer(at2, "option"), type.option]];
  if ("map" in type) return [[`${at2}/map/value`, type.map.value]];
  const word = "record" in type ? "record" : "variant" in type ? "variant" : void 0;
  const fields2 = "record" in type ? type.record : "variant" in type ? type.variant : {};
  if (word === void 0) return [];
  return Object.entries(fields2).map(([name2, inner]) => [
    pointer(pointer(at2, word), name2),
    inner
  ]);
}

// packages/air/src/expr/integers.ts
var INT_RANGE = { least: -(2n ** 63n), most: 2n ** 63n - 1n };
var NAT_RANGE = { least: 0n, most: 2n ** 64n - 1n };
function toInteger(exact2) {
  const near = Number(exact2);
  return Number.isSafeInteger(near) ? near : exact2;
}
function isWithin(integer3, { least, most }) {
  return integer3 >= least && integer3 <= most;
}

// packages/air/src/values/value-type.ts
var scalar = (kind2) => ({ kind: kind2, depth: 1 });
var SCALAR_TYPES = {
  bool: scalar("bool"),
  int: scalar("int"),
  nat: scalar("nat"),
  dec128: scalar("dec128"),
  bytes: scalar("bytes"),
  text: scalar("text"),
  time: scalar("time"),
  duration: scalar("duration"),
  hash: scalar("hash"),
  uuid: scalar("uuid"),
  unit: scalar("unit")
};
var NEVER = { kind: "never", depth: 1 };
function optionType(inner) {
  return { kind: "option", inner, depth: inner.depth + 1 };
}
function listType(item) {
  return { kind: "list", item, depth: item.depth + 1 };
}
function setType(item) {
  return { kind: "set", item, depth: item.depth + 1 };
}
function mapType(key3, value) {
  return { kind: "map", key: key3, value, depth: Math.max(key3.depth, value.depth) + 1 };
}
function recordType(fields2) {
  return { kind: "record", fields: fields2, depth: deepest(fields2) + 1 };
}
function variantType(arms2) {
  return { kind: "variant", arms: arms2, depth: deepest(arms2) + 1 };
}
function handleType(of, result) {
  return { kind: "handle", of, result, depth: result.depth + 1 };
}
function deepest(types) {
  let depth = 0;
  for (const type of types.values()) depth = Math.max(depth, type.depth);
  return depth;
}

// packages/air/src/expr/program/type-pairs.ts
var TypePairs = class {
  constructor(answer3) {
    this.answer = answer3;
  }
  answer;
  known = /* @__PURE__ */ new Map();
  get(a, b) {
    let row = this.known.get(a);
    if (row === void 0) {
      row = /* @__PURE__ */ new Map();
      this.known.set(a, row);
    }
    if (row.has(b)) return row.get(b);
    const found = this.answer(a, b);
    row.set(b, found);
    return found;
  }
};

// packages/air/src/expr/program/fits.ts
var GRADES = ["same", "checked", "doubtful", "none"];
var NUMBERS = ["int", "nat", "time", "duration"];
var TEXTS = ["text", "hash", "uuid"];
var INTEGERS = ["int", "nat"];
var TypeRelations = class {
  fits = new TypePairs((from, to) => this.findFit(from, to));
  joins = new TypePairs((a, b) => this.findJoin(a, b));
  comparisons = new TypePairs((a, b) => this.findComparable(a, b));
  fit(from, to) {
    return from === to ? "same" : this.fits.get(from, to);
  }
  /** The least type that both fit without a warning; undefined when there is none. */
  join(a, b) {
    return a === b ? a : this.joins.get(a, b);
  }
  /** True when values of both may be equal: numbers and texts by value, others by their parts. */
  isComparable(a, b) {
    return a === b ? isData(a) : this.comparisons.get(a, b);
  }
  findFit(from, to) {
    if (from.kind === "never" || to.kind === "never") return "same";
    if (to.kind === "option") {
      if (from.kind === "unit") return "same";
      return this.fit(from.kind === "option" ? from.inner : from, to.inner);
    }
    if (from.kind === "option") return worse("doubtful", this.fit(from.inner, to));
    return from.kind === to.kind ? this.fitInside(from, to) : fitScalars(from.kind, to.kind);
  }
  fitInside(from, to) {
    if (isSequence(from) && isSequence(to)) return this.fit(from.item, to.item);
    if (from.kind === "map" && to.kind === "map") {
      return worse(this.fit(from.key, to.key), this.fit(from.value, to.value));
    }
    if (from.kind === "record" && to.kind === "record") {
      return this.fitFields(from.fields, to.fields);
    }
    if (from.kind === "variant" && to.kind === "variant") return this.fitArms(from.arms, to.arms);
    if (from.kind !== "handle" || to.kind !== "handle") return "same";
    return from.of === to.of && this.fit(from.result, to.result) === "same" ? "same" : "none";
  }
  fitFields(from, to) {
    let fit = [...from.keys()].every((name2) => to.has(name2)) ? "same" : "none";
    for (const [name2, type] of to) {
      const given = from.get(name2);
      const missing5 = type.kind === "option" ? "checked" : "none";
      fit = worse(fit, given === void 0 ? missing5 : this.fit(given, type));
    }
    return fit;
  }
  fitArms(from, to) {
    let fit = "same";
    for (const [tag, type] of from) {
      const arm = to.get(tag);
      fit = worse(fit, arm === void 0 ? "none" : this.fit(type, arm));
    }
    return fit;
  }
  findJoin(a, b) {
    if (a.kind === "never") return b;
    if (b.kind === "never") return a;
    if (a.kind === "unit" || b.kind === "unit") return joinUnit(a, b);
    if (a.kind === "option" || b.kind === "option") {
      const inner = this.join(peel(a), peel(b));
      return inner && optionType(inner);
    }
    if (a.kind !== b.kind) return joinScalars(a.kind, b.kind);
    return this.joinInside(a, b);
  }
  joinInside(a, b) {
    if (isSequence(a) && isSequence(b)) {
      const item = this.join(a.item, b.item);
      return item && (a.kind === "list" ? listType(item) : setType(item));
    }
    if (a.kind === "map" && b.kind === "map") {
      const key3 = this.join(a.key, b.key);
      const value = this.join(a.value, b.value);
      return key3 && value && mapType(key3, value);
    }
    if (a.kind === "record" && b.kind === "record") {
      const fields2 = a.fields.size === b.fields.size ? this.joinAll(a.fields, b.fields) : void 0;
      return fields2?.size === a.fields.size ? recordType(fields2) : void 0;
    }
    if (a.kind === "variant" && b.kind === "variant") {
      const arms2 = this.joinAll(a.arms, b.arms);
      return arms2 && variantType(arms2);
    }
    return this.fit(a, b) === "same" ? a : void 0;
  }
  /** Every name of either, those of both with their join; undefined when one has none. */
  joinAll(a, b) {
    const all = new Map(a);
    for (const [name2, type] of b) {
      const other = a.get(name2);
      const joined = other === void 0 ? type : this.join(other, type);
      if (joined === void 0) return void 0;
      all.set(name2, joined);
    }
    return all;
  }
  findComparable(a, b) {
    if (!isData(a) || !isData(b)) return false;
    if (a.kind === "never" || b.kind === "never") return true;
    if (a.kind === "option" || b.kind === "option") {
      const isNull = a.kind === "unit" || b.kind === "unit";
      return isNull || this.isComparable(peel(a), peel(b));
    }
    if (isSequence(a) && a.kind === b.kind) return this.isComparable(a.item, b.item);
    if (a.kind === "map" && b.kind === "map") {
      return this.isComparable(a.key, b.key) && this.isComparable(a.value, b.value);
    }
    if (a.kind === "record" && b.kind === "record") {
      const isSameSet = [...a.fields.keys()].every((name2) => b.fields.has(name2));
      return a.fields.size === b.fields.size && isSameSet && this.areComparable(a.fields, b.fields);
    }
    if (a.kind === "variant" && b.kind === "variant") {
      return this.areComparable(a.arms, b.arms);
    }
    return a.kind === b.kind || areBoth(NUMBERS, a, b) || areBoth(TEXTS, a, b);
  }
  /** The types under the names that both have. */
  areComparable(a, b) {
    return [...a].every(([name2, type]) => {
      const other = b.get(name2);
      return other === void 0 || this.isComparable(type, other);
    });
  }
};
function peel(type) {
  return type.kind === "option" ? peel(type.inner) : type;
}
function isData(type) {
  if (type.kind === "option") return isData(type.inner);
  return isSequence(type) ? isData(type.item) : type.kind !== "handle";
}
function isSequence(type) {
  return type.kind === "list" || type.kind === "set";
}
function areBoth(kinds, a, b) {
  return kinds.includes(a.kind) && kinds.includes(b.kind);
}
function fitScalars(from, to) {
  if (INTEGERS.includes(from) && INTEGERS.includes(to)) return "checked";
  if (NUMBERS.includes(from) && NUMBERS.includes(to)) return "doubtful";
  if (!TEXTS.includes(from) || !TEXTS.includes(to)) return "none";
  return to === "text" ? "same" : "doubtful";
}
function joinScalars(a, b) {
  if (INTEGERS.includes(a) && INTEGERS.includes(b)) return SCALAR_TYPES.int;
  return TEXTS.includes(a) && TEXTS.includes(b) ? SCALAR_TYPES.text : void 0;
}
function joinUnit(a, b) {
  if (a.kind === b.kind) return a;
  const other = a.kind === "unit" ? b : a;
  return other.kind === "option" ? other : optionType(other);
}
function worse(a, b) {
  return GRADES[Math.max(GRADES.indexOf(a), GRADES.indexOf(b))];
}
var UNKNOWN = NEVER;

// packages/air/src/expr/program/frame.ts
var DEFAULT_BOUNDS = { steps: 1e6, items: 1e4, outputBytes: 1048576 };
var UNITS_PER_STEP = 64;
var Frame = class {
  constructor(bindings, bounds) {
    this.bindings = bindings;
    this.bounds = bounds;
    this.stepsLeft = bounds.steps;
  }
  bindings;
  bounds;
  /** Values of local names, by their slot. */
  locals = [];
  stepsLeft;
  spend(steps2) {
    this.stepsLeft -= steps2;
    if (this.stepsLeft < 0) {
      refuseValue("expr-steps", `expected at most ${this.bounds.steps} steps`);
    }
  }
  /** Charges work over this many characters or bytes. */
  spendUnits(units) {
    this.spend(Math.ceil(units / UNITS_PER_STEP));
  }
};
function refuseValue(code2, detail) {
  throw new RefusalError({ code: code2, at: "", detail });
}

// packages/air/src/expr/program/conversions.ts
var UUID_TEXT = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
var Conversions = class {
  constructor(relations) {
    this.relations = relations;
  }
  relations;
  known = new TypePairs((from, to) => this.find(from, to));
  /** Undefined when the value stands as it is. For types that fit. */
  get(from, to) {
    return this.relations.fit(from, to) === "same" ? void 0 : this.known.get(from, to);
  }
  find(from, to) {
    if (to.kind === "option") {
      const inner = this.get(from.kind === "option" ? from.inner : from, to.inner);
      return inner && ((value, frame) => value === null ? null : inner(value, frame));
    }
    if (from.kind === "option") return present2(this.get(from.inner, to));
    if (isSequence(from) && isSequence(to)) {
      return items(this.get(from.item, to.item), to.kind);
    }
    if (from.kind === "map" && to.kind === "map") {
      return entries(this.get(from.key, to.key), this.get(from.value, to.value));
    }
    if (from.kind === "record" && to.kind === "record") return this.record(from.fields, to.fields);
    if (from.kind === "variant" && to.kind === "variant") return this.variant(from.arms, to.arms);
    return scalar2(to.kind);
  }
  record(from, to) {
    const fields2 = [...to].map(([name2, type]) => {
      const given = from.get(name2);
      return { name: name2, convert: given && this.get(given, type) };
    });
    return (value, frame) => {
      const map3 = value;
      frame.spend(fields2.length);
      return new Map(
        fields2.map(({ name: name2, convert }) => {
          const field = map3.get(name2) ?? null;
          return [name2, convert === void 0 ? field : convert(field, frame)];
        })
      );
    };
  }
  variant(from, to) {
    const arms2 = new Map(
      [...from].map(([tag, type]) => [tag, this.get(type, to.get(tag))])
    );
    return (value, frame) => {
      const map3 = value;
      const convert = arms2.get(map3.get("$tag"));
      if (convert === void 0) return value;
      return makeVariant(map3.get("$tag"), convert(map3.get("$value"), frame));
    };
  }
};
function makeVariant(tag, value) {
  return /* @__PURE__ */ new Map([
    ["$tag", tag],
    ["$value", value]
  ]);
}
function makeSet(items3, frame) {
  frame.spend(items3.length);
  const keyed = items3.map((item) => ({ item, bytes: encodeUntagged(item) }));
  for (const { bytes: bytes5 } of keyed) frame.spendUnits(bytes5.length);
  keyed.sort((a, b) => compareBytes(a.bytes, b.bytes));
  const distinct2 = keyed.filter(({ bytes: bytes5 }, i) => {
    const before = keyed[i - 1];
    return before === void 0 || compareBytes(before.bytes, bytes5) !== 0;
  });
  return distinct2.map(({ item }) => item);
}
function present2(convert) {
  return (value, frame) => {
    if (value === null) return refuseValue("expr-null", "expected a value, found null");
    return convert === void 0 ? value : convert(value, frame);
  };
}
function items(convert, kind2) {
  if (convert === void 0) return void 0;
  return (value, frame) => {
    const list4 = value;
    frame.spend(list4.length);
    const converted = list4.map((item) => convert(item, frame));
    return kind2 === "set" ? makeSet(converted, frame) : converted;
  };
}
function entries(key3, value) {
  return (map3, frame) => {
    const all = map3;
    frame.spend(all.size);
    return new Map(
      [...all].map(([k, v]) => [
        key3 === void 0 ? k : key3(k, frame),
        value === void 0 ? v : value(v, frame)
      ])
    );
  };
}
function scalar2(to) {
  if (to === "hash") {
    return (value) => parseHashText(value).ok ? value : refuseText("value-hash");
  }
  if (to === "uuid") {
    return (value) => UUID_TEXT.test(value) ? value : refuseText("value-uuid");
  }
  const range = to === "nat" ? NAT_RANGE : INT_RANGE;
  return (value) => {
    if (isWithin(value, range)) return value;
    return refuseValue("expr-range", `expected an integer in the range of ${to}, found ${value}`);
  };
}
function refuseText(code2) {
  return refuseValue(code2, "expected another form of text");
}

// packages/air/src/expr/program/findings.ts
var ROOT = { at: "", locals: /* @__PURE__ */ new Map(), slots: 0 };
function within2(site, ...keys) {
  return { ...site, at: keys.reduce(pointer, site.at) };
}
function withLocal({ at: at2, locals, slots: slots2 }, name2, type) {
  return { at: at2, locals: new Map([...locals, [name2, { type, slot: slots2 }]]), slots: slots2 + 1 };
}
var MAX_NAMED = 6;
var MAX_NAME_CHARS = 64;
function typeText(type, levels = 2) {
  switch (type.kind) {
    case "option":
      return `option of ${typeText(type.inner, levels)}`;
    case "list":
    case "set":
      return levels === 0 ? type.kind : `${type.kind} of ${typeText(type.item, levels - 1)}`;
    case "map":
      return `map from ${type.key.kind}`;
    case "record":
      return `record {${someOf2([...type.fields.keys()])}}`;
    case "variant":
      return `variant ${someOf2([...type.arms.keys()])}`;
    case "handle":
      return `handle of an ${type.of}`;
    default:
      return type.kind;
  }
}
function someOf2(names) {
  const more = names.length > MAX_NAMED ? ", \u2026" : "";
  return names.slice(0, MAX_NAMED).map(clip2).join(", ") + more;
}
function clip2(name2) {
  return name2.length <= MAX_NAME_CHARS ? name2 : `${name2.slice(0, MAX_NAME_CHARS)}\u2026`;
}

// packages/air/src/expr/program/checker.ts
var MAX_FINDINGS = 100;
var MAX_HINTS = 8;
var MAX_COMPARED = 200;
var Checker = class {
  constructor(environment, inferForm2) {
    this.environment = environment;
    this.inferForm = inferForm2;
  }
  environment;
  inferForm;
  findings = [];
  counts = { error: 0, warning: 0 };
  hintsLeft = MAX_HINTS;
  relations = new TypeRelations();
  conversions = new Conversions(this.relations);
  /** Types an expression; `hint` is what its place would like best. */
  infer(expr2, site, hint) {
    const typed = this.inferForm(this, expr2, site, hint);
    if (typed.type.depth <= MAX_TYPE_DEPTH) return typed;
    const message = `expected a type of at most ${MAX_TYPE_DEPTH} levels`;
    return this.fail("expr-depth", site, message);
  }
  /** Types an expression that must have this type. */
  check(expr2, site, expected2) {
    return this.fitted(this.infer(expr2, site, expected2), site, expected2);
  }
  /** The same with a value of the expected type. */
  fitted(typed, site, expected2) {
    const fit = this.relations.fit(typed.type, expected2);
    if (fit === "none") return this.mismatch(site, typeText(expected2), typed.type);
    if (fit === "doubtful") this.warnDoubt(typed.type, expected2, site);
    return this.converted(typed, expected2);
  }
  /** For types that fit. */
  converted({ type, run }, expected2) {
    const convert = this.conversions.get(type, expected2);
    if (convert === void 0) return { type: expected2, run };
    return { type: expected2, run: (frame) => convert(run(frame), frame) };
  }
  /** Types an expression whose value must not be null. */
  inferBare(expr2, site, hint) {
    return this.bare(this.infer(expr2, site, hint), site);
  }
  bare(typed, site) {
    const { type, run } = typed;
    if (type.kind !== "option") return typed;
    this.warnDoubt(type, type.inner, site);
    return { type: peel(type), run: (frame) => run(frame) ?? refuseNull() };
  }
  fail(code2, { at: at2 }, message, hint) {
    const finding = { code: code2, severity: "error", at: at2, message };
    this.report(hint === void 0 ? finding : { ...finding, hint });
    return FAILED;
  }
  mismatch(site, expected2, found) {
    return this.fail("expr-type", site, `expected ${expected2}, found ${typeText(found)}`);
  }
  /** Fails with the nearest of the known names, or with some of them. */
  failName(code2, site, { word, known, what }) {
    const advice = `known: ${someOf2(known)}`;
    const hints = this.environment.hints ?? this;
    const message = `expected ${what}, found ${JSON.stringify(clip2(word))}`;
    return this.fail(code2, site, message, hints.hint(word, known, advice));
  }
  hint(found, known, advice) {
    this.hintsLeft -= 1;
    if (this.hintsLeft < 0) return advice;
    const near = nearest(found, [...known].slice(0, MAX_COMPARED));
    return near === void 0 ? advice : `did you mean ${near}?`;
  }
  /** Of a hostile expression the first findings say enough. */
  report(finding) {
    const counts = this.counts;
    counts[finding.severity] += 1;
    if (counts[finding.severity] <= MAX_FINDINGS) this.findings.push(finding);
  }
  warnDoubt(from, to, { at: at2 }) {
    const isOption = from.kind === "option" && to.kind !== "option";
    this.report({
      code: isOption ? "expr-option" : "expr-conversion",
      severity: "warning",
      at: at2,
      message: `expected ${typeText(to)}, found ${typeText(from)}`,
      hint: isOption ? "a null is refused here when it is evaluated; coalesce@1 gives another value for it" : "the value is checked when it is evaluated, and refused when it is outside the type"
    });
  }
};
function never(operands) {
  return {
    type: UNKNOWN,
    run(frame) {
      for (const { run } of operands) run(frame);
      throw new Defect("an expression without a value was evaluated");
    }
  };
}
var FAILED = never([]);
function refuseNull() {
  return refuseValue("expr-null", "expected a value, found null");
}

// packages/air/src/expr/program/composites.ts
var KEYS = ["int", "nat", "text", "uuid", "hash", "never"];
function inferComposite(checker, expr2, site, hint) {
  const wanted = hint && peel(hint);
  switch (expr2.kind) {
    case "const":
      return constant(checker, expr2, site, wanted);
    case "record":
      return wanted?.kind === "record" ? wantedRecord(checker, expr2, site, wanted) : record2(checker, expr2, site);
    case "list":
    case "set":
      return sequence(checker, expr2, site, wanted?.kind === expr2.kind ? wanted.item : void 0);
    case "map":
      return map2(checker, expr2, site, wanted);
    case "variant":
      return wanted?.kind === "variant" ? wantedVariant(checker, expr2, site, wanted) : variant2(checker, expr2, site);
  }
}
function constant(checker, { value, type: kind2 }, site, wanted) {
  const type = SCALAR_TYPES[kind2];
  const run = () => value;
  if (wanted === void 0 || checker.relations.fit(type, wanted) === "none") return { type, run };
  const convert = checker.conversions.get(type, wanted);
  if (convert === void 0 || wanted.kind === "never") return { type, run };
  const frame = new Frame({ vars: /* @__PURE__ */ new Map(), steps: /* @__PURE__ */ new Map() }, DEFAULT_BOUNDS);
  if (attempt(() => convert(value, frame)).ok) return { type: wanted, run };
  return checker.mismatch(site, `a constant that is a ${wanted.kind}`, type);
}
function wantedRecord(checker, expr2, site, wanted) {
  const fields2 = [...wanted.fields].map(([name2, type]) => {
    const given = expr2.fields.get(name2);
    const place3 = within2(site, "record", name2);
    if (given !== void 0) return [name2, checker.check(given, place3, type).run];
    if (type.kind !== "option") {
      const message = `expected the field ${JSON.stringify(name2)} of ${typeText(type)}`;
      checker.fail("expr-field", within2(site, "record"), message);
    }
    return [name2, () => null];
  });
  for (const word of expr2.fields.keys()) {
    if (wanted.fields.has(word)) continue;
    const known = [...wanted.fields.keys()];
    const place3 = within2(site, "record", word);
    checker.failName("expr-field", place3, { word, known, what: "a field of the record" });
  }
  return { type: wanted, run: recordRun(fields2) };
}
function record2(checker, expr2, site) {
  const fields2 = [...expr2.fields].map(
    ([name2, each]) => [name2, data(checker, each, within2(site, "record", name2))]
  );
  const type = recordType(new Map(fields2.map(([name2, field]) => [name2, field.type])));
  return { type, run: recordRun(fields2.map(([name2, { run }]) => [name2, run])) };
}
function recordRun(fields2) {
  return (frame) => {
    const map3 = /* @__PURE__ */ new Map();
    for (const [name2, run] of fields2) map3.set(name2, run(frame));
    return map3;
  };
}
function sequence(checker, { kind: kind2, items: items3 }, site, wanted) {
  const parts = items3.map((item, i) => [item, within2(site, kind2, i)]);
  const typed = alike(checker, kind2 === "list" ? "any" : "data", parts, wanted);
  if (kind2 === "list") {
    return { type: listType(typed.type), run: (frame) => typed.runs.map((run2) => run2(frame)) };
  }
  const run = (frame) => makeSet(
    typed.runs.map((each) => each(frame)),
    frame
  );
  return { type: setType(typed.type), run };
}
function map2(checker, { entries: entries2 }, site, wanted) {
  const target = wanted?.kind === "map" ? wanted : void 0;
  const parts = (part) => entries2.map((entry2, i) => [entry2[part], within2(site, "map", i, part)]);
  const keys = alike(checker, "data", parts("key"), target?.key);
  const values = alike(checker, "data", parts("value"), target?.value);
  if (!KEYS.includes(keys.type.kind)) {
    return checker.mismatch(within2(site, "map"), `keys of ${KEYS.join(", ")}`, keys.type);
  }
  const run = (frame) => {
    const made = /* @__PURE__ */ new Map();
    for (const [i, key3] of keys.runs.entries()) {
      made.set(key3(frame), values.runs[i](frame));
      if (made.size <= i) refuseValue("value-duplicate-key", "expected every key once");
    }
    return made;
  };
  return { type: mapType(keys.type, values.type), run };
}
function alike(checker, allowed, parts, wanted) {
  if (wanted !== void 0 && wanted.kind !== "never") {
    const runs = parts.map(([expr2, site]) => checker.check(expr2, site, wanted).run);
    return { type: wanted, runs };
  }
  const infer = allowed === "data" ? data : inferAny;
  const typed = parts.map(([expr2, site]) => [infer(checker, expr2, site), site]);
  const type = commonType(checker, typed);
  return { type, runs: typed.map(([each]) => checker.converted(each, type).run) };
}
function commonType(checker, parts) {
  let common = UNKNOWN;
  let failed3 = false;
  for (const [{ type }, site] of parts) {
    const joined = checker.relations.join(common, type);
    if (joined === void 0) {
      checker.mismatch(site, `${typeText(common)}, as before`, type);
      failed3 = true;
    } else common = joined;
  }
  return failed3 ? UNKNOWN : common;
}
function wantedVariant(checker, expr2, site, wanted) {
  const { tag, value } = expr2;
  const arm = wanted.arms.get(tag);
  if (arm === void 0) {
    const known = [...wanted.arms.keys()];
    return checker.failName("expr-arm", within2(site, "variant", "tag"), {
      word: tag,
      known,
      what: "an arm of the variant"
    });
  }
  if (value === void 0) {
    if (arm.kind === "unit") return { type: wanted, run: () => makeVariant(tag, null) };
    const message = `expected a value of ${typeText(arm)} for the arm ${JSON.stringify(tag)}`;
    return checker.fail("expr-arm", within2(site, "variant"), message);
  }
  const { run } = checker.check(value, within2(site, "variant", "value"), arm);
  return { type: wanted, run: (frame) => makeVariant(tag, run(frame)) };
}
function variant2(checker, { tag, value }, site) {
  const inner = value === void 0 ? { type: SCALAR_TYPES.unit, run: () => null } : data(checker, value, within2(site, "variant", "value"));
  const type = variantType(/* @__PURE__ */ new Map([[tag, inner.type]]));
  return { type, run: (frame) => makeVariant(tag, inner.run(frame)) };
}
function data(checker, expr2, site) {
  const typed = checker.infer(expr2, site);
  if (isData(typed.type)) return typed;
  return checker.mismatch(site, "data", typed.type);
}
function inferAny(checker, expr2, site) {
  return checker.infer(expr2, site);
}

// packages/air/src/expr/program/control.ts
function inferControl(checker, expr2, site, hint) {
  switch (expr2.kind) {
    case "if": {
      const cond = checker.check(expr2.cond, within2(site, "if", "cond"), SCALAR_TYPES.bool).run;
      const { type, runs } = branches(
        checker,
        [
          [expr2.yes, within2(site, "if", "then")],
          [expr2.no, within2(site, "if", "else")]
        ],
        hint
      );
      const [yes, no] = runs;
      return { type, run: (frame) => cond(frame) === true ? yes(frame) : no(frame) };
    }
    case "match":
      return inferMatch(checker, expr2, site, hint);
    case "let":
      return inferLet(checker, expr2, site, hint);
    case "each":
      return inferEach(checker, expr2, site, hint);
  }
}
function branches(checker, parts, hint) {
  if (hint !== void 0 && hint.kind !== "never") {
    return { type: hint, runs: parts.map(([expr2, site]) => checker.check(expr2, site, hint).run) };
  }
  const typed = parts.map(([expr2, site]) => [checker.infer(expr2, site), site]);
  const type = commonType(checker, typed);
  return { type, runs: typed.map(([each]) => checker.converted(each, type).run) };
}
function inferMatch(checker, expr2, site, hint) {
  const on = checker.inferBare(expr2.on, within2(site, "match", "on"));
  const arms2 = on.type.kind === "variant" ? on.type.arms : void 0;
  if (arms2 === void 0 && on.type.kind !== "never") {
    return checker.mismatch(within2(site, "match", "on"), "a variant", on.type);
  }
  if (arms2 !== void 0) checkArms(checker, expr2, site, arms2);
  const slot = site.slots;
  const tags = [...expr2.arms.keys()];
  const parts = [...expr2.arms].map(([tag, { bind, body }]) => {
    const place3 = within2(site, "match", "arms", tag, "then");
    const type2 = arms2?.get(tag) ?? UNKNOWN;
    return [body, bind === void 0 ? place3 : withLocal(place3, bind, type2)];
  });
  if (expr2.rest !== void 0) parts.push([expr2.rest, within2(site, "match", "else")]);
  const { type, runs } = branches(checker, parts, hint);
  if (arms2 === void 0) return never([on]);
  const byTag2 = new Map(tags.map((tag, i) => [tag, runs[i]]));
  return { type, run: matchRun({ on: on.run, slot, byTag: byTag2, rest: runs[tags.length] }) };
}
function matchRun({ on, slot, byTag: byTag2, rest }) {
  return (frame) => {
    const variant3 = on(frame);
    const [tag, value] = variant3 instanceof Map ? [variant3.get("$tag"), variant3.get("$value")] : [];
    const run = byTag2.get(tag ?? null) ?? rest;
    if (run === void 0) return refuseValue("expr-arm", "expected an arm that is matched");
    frame.locals[slot] = value ?? null;
    return run(frame);
  };
}
function checkArms(checker, expr2, site, arms2) {
  const known = [...arms2.keys()];
  for (const word of expr2.arms.keys()) {
    if (arms2.has(word)) continue;
    const place3 = within2(site, "match", "arms", word);
    checker.failName("expr-arm", place3, { word, known, what: "an arm of the variant" });
  }
  const missing5 = known.filter((tag) => !expr2.arms.has(tag));
  if (missing5.length === 0 || expr2.rest !== void 0) return;
  const message = `expected every arm, found none for ${someOf2(missing5)}`;
  checker.fail("expr-arm", within2(site, "match"), message, "add the arms, or an else");
}
function inferLet(checker, expr2, site, hint) {
  const value = checker.infer(expr2.value, within2(site, "let", "value"));
  const slot = site.slots;
  const place3 = withLocal(within2(site, "let", "in"), expr2.name, value.type);
  const body = checker.infer(expr2.body, place3, hint);
  const run = (frame) => {
    frame.locals[slot] = value.run(frame);
    return body.run(frame);
  };
  return { type: body.type, run };
}
function inferEach(checker, expr2, site, hint) {
  const over = checker.inferBare(expr2.over, within2(site, "over"));
  const { type } = over;
  if (type.kind !== "never" && (!isSequence(type) || !isData(type))) {
    return checker.mismatch(within2(site, "over"), "a list or a set", type);
  }
  const slot = site.slots;
  const itemType = isSequence(type) ? type.item : UNKNOWN;
  const place3 = withLocal(within2(site, "do"), expr2.as, itemType);
  const isMap = expr2.op === "map@1";
  const item = isMap && hint !== void 0 && isSequence(hint) ? hint.item : void 0;
  const body = isMap ? mapped(checker, expr2.body, place3, item) : checker.check(expr2.body, place3, SCALAR_TYPES.bool);
  if (!isSequence(type)) return never([over]);
  const isSet = type.kind === "set";
  const items3 = itemsOf(over.run, sizeOf(expr2.body));
  return {
    ...eachRun({ expr: expr2, items: items3, slot, body: body.run, isSet }),
    type: resultType()
  };
  function resultType() {
    if (expr2.op === "filter@1") return type;
    if (expr2.op !== "map@1") return SCALAR_TYPES.bool;
    return isSet ? setType(body.type) : listType(body.type);
  }
}
function mapped(checker, body, site, item) {
  const typed = checker.infer(body, site, item);
  return isData(typed.type) ? typed : checker.mismatch(site, "data", typed.type);
}
function eachRun({ expr: expr2, items: items3, slot, body, isSet }) {
  const answer3 = (frame) => (item) => {
    frame.locals[slot] = item;
    return body(frame);
  };
  const isTrue = (frame) => (item) => answer3(frame)(item) === true;
  switch (expr2.op) {
    case "any@1":
      return { run: (frame) => items3(frame).some(isTrue(frame)) };
    case "all@1":
      return { run: (frame) => items3(frame).every(isTrue(frame)) };
    case "filter@1":
      return { run: (frame) => items3(frame).filter(isTrue(frame)) };
    case "map@1": {
      const run = (frame) => items3(frame).map(answer3(frame));
      return { run: isSet ? (frame) => makeSet(run(frame), frame) : run };
    }
  }
}
function itemsOf(over, bodySteps) {
  return (frame) => {
    const list4 = over(frame);
    if (list4.length > frame.bounds.items) {
      refuseValue("expr-items", `expected at most ${frame.bounds.items} items`);
    }
    frame.spend(list4.length * bodySteps);
    return list4;
  };
}
function sizeOf(expr2) {
  return innerExprs(expr2).reduce((size, each) => size + sizeOf(each), 1);
}

// packages/air/src/expr/program/comparison.ts
function isSameValue(a, b, frame) {
  frame.spend(1);
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b;
  if (a instanceof Uint8Array) {
    frame.spendUnits(a.length);
    return b instanceof Uint8Array && bytesEqual(a, b);
  }
  if (a instanceof Map) return b instanceof Map && isSameMap(a, b, frame);
  const [left, right] = [a, b];
  return left.length === right.length && left.every((item, i) => isSameValue(item, right[i], frame));
}
function isSameMap(a, b, frame) {
  if (a.size !== b.size) return false;
  for (const [key3, value] of a) {
    const other = b.get(key3);
    if (other === void 0 || !isSameValue(value, other, frame)) return false;
  }
  return true;
}
var compareIntegers = (a, b) => a < b ? -1 : a === b ? 0 : 1;
var compareDecimals = (a, b) => compareDec128(String(a), String(b));
var compareTexts = (a, b, frame) => {
  const [left, right] = [a, b];
  const shorter = Math.min(left.length, right.length);
  frame.spendUnits(shorter);
  for (let i = 0; i < shorter; i++) {
    const x = left.charCodeAt(i);
    const y = right.charCodeAt(i);
    if (x !== y) return rank(x) - rank(y);
  }
  return left.length - right.length;
};
function rank(unit3) {
  return unit3 >= 55296 && unit3 <= 57343 ? unit3 + 65536 : unit3;
}

// packages/air/src/expr/program/operation.ts
var Operation = class {
  constructor(checker, expr2, site, hint) {
    this.checker = checker;
    this.expr = expr2;
    this.site = site;
    this.hint = hint;
  }
  checker;
  expr;
  site;
  hint;
  get size() {
    return this.expr.args.length;
  }
  argAt(index) {
    return this.expr.args[index];
  }
  siteOf(index) {
    return within2(this.site, "args", index);
  }
  args(hint) {
    return this.expr.args.map((arg, i) => this.checker.infer(arg, this.siteOf(i), hint));
  }
  /** The arguments, none of which may be null. */
  bareArgs() {
    return this.expr.args.map((_, i) => this.bareArg(i));
  }
  bareArg(index) {
    return this.checker.inferBare(this.argAt(index), this.siteOf(index));
  }
  /** The evaluation of an argument that must have this type. */
  check(index, expected2) {
    return this.checker.check(this.argAt(index), this.siteOf(index), expected2).run;
  }
  checkAll(expected2) {
    return this.expr.args.map((_, i) => this.check(i, expected2));
  }
  mismatch(index, expected2, found) {
    return this.checker.mismatch(this.siteOf(index), expected2, found);
  }
};
function boolean(run) {
  return { type: SCALAR_TYPES.bool, run };
}

// packages/air/src/expr/reference.ts
var ROOTS = [
  ["@plan.input", "input", "path"],
  ["@event", "event", "path"],
  ["@var:", "var", "name"],
  ["@step:", "step", "name"],
  ["@local:", "local", "name"]
];
var SEGMENT = /^[A-Za-z0-9_$-]+$/;
var FIRST_OF_NAME = /^[A-Za-z_]/;
var MAX_CHARS = 1024;
function parseReference(text8) {
  for (const [prefix, root, next2] of text8.length > MAX_CHARS ? [] : ROOTS) {
    if (!text8.startsWith(prefix)) continue;
    const path = pathOf(text8.slice(prefix.length), next2);
    if (path !== void 0) return ok({ kind: "ref", root, path });
  }
  return refuse(
    "expr-reference",
    "",
    `expected @plan.input, @var:name, @step:id, @event or @local:name, with a path such as .a.b`
  );
}
function pathOf(rest, next2) {
  const hasName = next2 === "name";
  if (rest === "" && !hasName) return [];
  if (!hasName && !rest.startsWith(".")) return void 0;
  const path = (hasName ? rest : rest.slice(1)).split(".");
  if (!path.every((segment) => SEGMENT.test(segment))) return void 0;
  return hasName && !FIRST_OF_NAME.test(rest) ? void 0 : path;
}
function printReference({ root, path }) {
  const found = ROOTS.find((each) => each[1] === root);
  const [prefix, , next2] = found;
  return prefix + (next2 === "name" || path.length === 0 ? "" : ".") + path.join(".");
}

// packages/air/src/expr/program/references.ts
function inferReference(checker, ref2, site) {
  const start3 = startOf(checker, ref2, site);
  if (start3 === void 0) return unknownName(checker, ref2, site);
  let typed = start3;
  for (const segment of ref2.path.slice(start3.taken)) {
    typed = member(checker, typed, segment, site);
  }
  return typed;
}
function member(checker, whole, name2, site) {
  const { type, run } = checker.bare(whole, site);
  if (type.kind === "never") return { type, run };
  if (type.kind === "record") {
    const field = type.fields.get(name2);
    if (field !== void 0) return { type: field, run: (frame) => fieldOf(run(frame), name2) };
    const known = [...type.fields.keys()];
    return checker.failName("expr-field", site, {
      word: name2,
      known,
      what: "a field of the record"
    });
  }
  if (type.kind === "map" && TEXTS.includes(type.key.kind)) {
    return { type: type.value, run: (frame) => entryOf(run(frame), name2) };
  }
  if (type.kind === "variant" && name2 === "$tag") {
    return { type: SCALAR_TYPES.text, run: (frame) => fieldOf(run(frame), name2) };
  }
  if (type.kind === "variant" && name2 === "$value")
    return variantValue(checker, { type, run }, site);
  return checker.mismatch(site, `something with a member ${JSON.stringify(name2)}`, type);
}
function variantValue(checker, { type, run }, site) {
  const arms2 = type.kind === "variant" ? [...type.arms.values()] : [];
  const isShared = arms2.every((arm) => checker.relations.fit(arm, arms2[0]) === "same");
  if (isShared && arms2[0] !== void 0) {
    return { type: arms2[0], run: (frame) => fieldOf(run(frame), "$value") };
  }
  const message = `expected arms of one type, found ${typeText(type)}`;
  return checker.fail("expr-type", site, message, "tell the arms apart with match");
}
function fieldOf(record5, name2) {
  const value = record5 instanceof Map ? record5.get(name2) : void 0;
  if (value !== void 0) return value;
  return refuseValue("expr-field", `expected the field ${JSON.stringify(name2)}`);
}
function entryOf(map3, key3) {
  const value = map3 instanceof Map ? map3.get(key3) : void 0;
  return value ?? (value === null ? null : refuseValue("expr-key", `expected the key ${String(key3)}`));
}
function startOf(checker, ref2, site) {
  const { input, event: event2, vars, steps: steps2 } = checker.environment;
  switch (ref2.root) {
    case "input":
      return input && {
        type: input,
        run: (f) => f.bindings.input ?? missing(ref2, f.bindings.input),
        taken: 0
      };
    case "event":
      return event2 && {
        type: event2,
        run: (f) => f.bindings.event ?? missing(ref2, f.bindings.event),
        taken: 0
      };
    case "var":
      return named2(ref2, vars, (frame) => frame.bindings.vars);
    case "step":
      return named2(ref2, steps2, (frame) => frame.bindings.steps);
    case "local": {
      const local = site.locals.get(ref2.path[0]);
      return local && { type: local.type, run: localRun(local.slot), taken: 1 };
    }
  }
}
function localRun(slot) {
  return (frame) => frame.locals[slot];
}
function named2(ref2, known, bound) {
  for (let taken2 = ref2.path.length; taken2 > 0; taken2--) {
    const name2 = ref2.path.slice(0, taken2).join(".");
    const type = known.get(name2);
    if (type === void 0) continue;
    const run = (frame) => {
      const value = bound(frame).get(name2);
      return value === void 0 ? missing(ref2, void 0) : value;
    };
    return { type, run, taken: taken2 };
  }
  return void 0;
}
function missing(ref2, value) {
  if (value === null) return null;
  return refuseValue("expr-missing", `${printReference(ref2)} has no value`);
}
function unknownName(checker, ref2, site) {
  const { vars, steps: steps2 } = checker.environment;
  const names = {
    var: vars,
    step: steps2,
    local: site.locals
  };
  const known = [...names[ref2.root]?.keys() ?? []];
  const word = ref2.path[0];
  if (word === void 0 || known.length === 0) {
    const message = `expected a reference to something that is there, found ${printReference(ref2)}`;
    return checker.fail("expr-unknown-reference", site, message);
  }
  const what = `a known name after @${ref2.root}:`;
  return checker.failName("expr-unknown-reference", site, { word, known, what });
}

// packages/air/src/expr/program/search.ts
var MAX_SIMPLE_WORK = 65536;
function textContains(text8, part) {
  if (text8.length * part.length <= MAX_SIMPLE_WORK) return text8.includes(part);
  return contains(
    { length: text8.length, at: (i) => text8.charCodeAt(i) },
    { length: part.length, at: (i) => part.charCodeAt(i) }
  );
}
function bytesContain(bytes5, part) {
  return contains(
    { length: bytes5.length, at: (i) => bytes5[i] },
    { length: part.length, at: (i) => part[i] }
  );
}
function contains(whole, part) {
  if (part.length === 0) return true;
  if (part.length > whole.length) return false;
  const prefixes = prefixLengths(part);
  let matched = 0;
  for (let i = 0; i < whole.length; i++) {
    const unit3 = whole.at(i);
    while (matched > 0 && part.at(matched) !== unit3) matched = prefixes[matched - 1];
    if (part.at(matched) === unit3) matched += 1;
    if (matched === part.length) return true;
  }
  return false;
}
function prefixLengths(part) {
  const lengths = new Uint32Array(part.length);
  let matched = 0;
  for (let i = 1; i < part.length; i++) {
    while (matched > 0 && part.at(matched) !== part.at(i)) matched = lengths[matched - 1];
    if (part.at(matched) === part.at(i)) matched += 1;
    lengths[i] = matched;
  }
  return lengths;
}

// packages/air/src/expr/program/access.ts
var get = {
  least: 2,
  most: 2,
  infer(operation) {
    const whole = operation.bareArg(0);
    const { type } = whole;
    if (type.kind === "map") return getEntry(operation, whole, type);
    if (type.kind === "list") return getItem(operation, whole, type.item);
    if (type.kind !== "record" && type.kind !== "variant" && type.kind !== "never") {
      return operation.mismatch(0, "a record, a map or a list", type);
    }
    const key3 = operation.argAt(1);
    if (key3.kind === "const" && typeof key3.value === "string" && key3.type === "text") {
      const site = type.kind === "record" ? operation.siteOf(1) : operation.site;
      return member(operation.checker, whole, key3.value, site);
    }
    const found = operation.checker.infer(key3, operation.siteOf(1));
    if (type.kind === "never") return never([whole, found]);
    return operation.mismatch(1, "the name of a field as a constant text", found.type);
  }
};
function getEntry(operation, { run }, type) {
  const key3 = operation.check(1, type.key);
  return { type: type.value, run: (frame) => entryOf(run(frame), key3(frame)) };
}
function getItem(operation, whole, type) {
  const index = operation.bareArg(1);
  const { kind: kind2 } = index.type;
  if (kind2 !== "int" && kind2 !== "nat" && kind2 !== "never") {
    return operation.mismatch(1, "an integer", index.type);
  }
  const run = (frame) => {
    const list4 = whole.run(frame);
    const at2 = index.run(frame);
    const item = typeof at2 === "number" ? list4[at2] : void 0;
    return item === void 0 ? noItem(at2, list4.length) : item;
  };
  return { type, run };
}
function noItem(index, length) {
  return refuseValue("expr-index", `expected an index below ${length}, found ${index}`);
}
var has = {
  least: 2,
  most: 2,
  infer(operation) {
    const whole = operation.bareArg(0);
    const { type, run } = whole;
    if (type.kind === "record") {
      const name2 = operation.check(1, SCALAR_TYPES.text);
      return boolean((frame) => run(frame).has(name2(frame)));
    }
    if (type.kind === "map") return hasKey(operation, whole, type);
    if (isSequence(type)) return hasItem(operation, whole, type.item);
    if (type.kind === "never") return never([whole, operation.bareArg(1)]);
    return operation.mismatch(0, "a record, a map, a list or a set", type);
  }
};
var contains2 = {
  least: 2,
  most: 2,
  infer(operation) {
    const whole = operation.bareArg(0);
    const { type, run } = whole;
    if (TEXTS.includes(type.kind)) {
      const part = operation.check(1, SCALAR_TYPES.text);
      return boolean((frame) => {
        const [text8, wanted] = [run(frame), part(frame)];
        frame.spendUnits(text8.length + wanted.length);
        return textContains(text8, wanted);
      });
    }
    if (type.kind === "bytes") {
      const part = operation.check(1, SCALAR_TYPES.bytes);
      return boolean((frame) => {
        const [bytes5, wanted] = [run(frame), part(frame)];
        frame.spendUnits(bytes5.length + wanted.length);
        return bytesContain(bytes5, wanted);
      });
    }
    if (type.kind === "map") return hasKey(operation, whole, type);
    if (isSequence(type)) return hasItem(operation, whole, type.item);
    if (type.kind === "never") return never([whole, operation.bareArg(1)]);
    return operation.mismatch(0, "a text, bytes, a list, a set or a map", type);
  }
};
function hasKey(operation, { run }, type) {
  const key3 = comparable(operation, type.key);
  return boolean((frame) => run(frame).has(key3(frame)));
}
function hasItem(operation, { run }, type) {
  const wanted = comparable(operation, type);
  return boolean((frame) => {
    const list4 = run(frame);
    const value = wanted(frame);
    return list4.some((item) => isSameValue(item, value, frame));
  });
}
function comparable(operation, type) {
  const typed = operation.checker.infer(operation.argAt(1), operation.siteOf(1));
  if (!operation.checker.relations.isComparable(typed.type, type)) {
    operation.mismatch(1, `a ${type.kind}`, typed.type);
  }
  return typed.run;
}
var itemCount = (value) => value.length;
var entryCount = (value) => value.size;
var MEASURES = {
  list: itemCount,
  set: itemCount,
  map: entryCount,
  record: entryCount,
  bytes: (value) => value.length,
  text: countCharacters,
  hash: countCharacters,
  uuid: countCharacters
};
var len = {
  least: 1,
  most: 1,
  infer(operation) {
    const { type, run } = operation.bareArg(0);
    const measure = MEASURES[type.kind];
    if (type.kind === "never") return never([{ type, run }]);
    if (measure === void 0 || !isData(type)) {
      return operation.mismatch(0, "a text, bytes, a list, a set, a map or a record", type);
    }
    return { type: SCALAR_TYPES.nat, run: (frame) => measure(run(frame), frame) };
  }
};
function countCharacters(value, frame) {
  const text8 = value;
  frame.spendUnits(text8.length);
  let count3 = text8.length;
  for (let i = 0; i < text8.length; i++) {
    if ((text8.charCodeAt(i) & 64512) === 56320) count3 -= 1;
  }
  return count3;
}

// packages/air/src/expr/program/arithmetic.ts
var COMBINE = {
  add: (a, b) => {
    if (typeof a === "number" && typeof b === "number") {
      const sum = a + b;
      if (Number.isSafeInteger(sum)) return sum;
    }
    return toInteger(BigInt(a) + BigInt(b));
  },
  sub: (a, b) => {
    if (typeof a === "number" && typeof b === "number") {
      const difference = a - b;
      if (Number.isSafeInteger(difference)) return difference;
    }
    return toInteger(BigInt(a) - BigInt(b));
  },
  mul: (a, b) => {
    if (typeof a === "number" && typeof b === "number") {
      const product = a * b;
      if (Number.isSafeInteger(product)) return product + 0;
    }
    return toInteger(BigInt(a) * BigInt(b));
  },
  div: (a, b) => {
    if (typeof a === "number" && typeof b === "number") return (a - a % b) / b + 0;
    return toInteger(BigInt(a) / BigInt(b));
  },
  mod: (a, b) => {
    if (typeof a === "number" && typeof b === "number") return a % b + 0;
    return toInteger(BigInt(a) % BigInt(b));
  }
};
var DECIMAL = {
  add: addDec128,
  sub: subtractDec128,
  mul: multiplyDec128,
  div: divideDec128
};
var CLOCK = {
  "time add duration": "time",
  "duration add time": "time",
  "time sub duration": "time",
  "time sub time": "duration",
  "duration add duration": "duration",
  "duration sub duration": "duration",
  "duration mul int": "duration",
  "duration mul nat": "duration",
  "int mul duration": "duration",
  "nat mul duration": "duration",
  "duration div int": "duration",
  "duration div nat": "duration",
  "duration div duration": "int",
  "duration mod duration": "duration"
};
var arithmetic = (verb) => ({
  least: 2,
  most: 2,
  infer(operation) {
    const [a, b] = operation.bareArgs();
    if (a.type.kind === "never" || b.type.kind === "never") return never([a, b]);
    if (isDecimal(a.type, b.type)) return decimal(operation, verb, [a, b]);
    const kind2 = resultKind(verb, [a.type, b.type], operation.hint);
    if (kind2 !== void 0) {
      return { type: SCALAR_TYPES[kind2], run: integers(COMBINE[verb], [a.run, b.run], kind2) };
    }
    const message = `expected two numbers that ${verb} has a meaning for`;
    const found = `found ${typeText(a.type)} and ${typeText(b.type)}`;
    return operation.checker.fail("expr-type", operation.site, `${message}, ${found}`);
  }
});
function resultKind(verb, [a, b], hint) {
  if (!isInteger(a) || !isInteger(b)) return CLOCK[`${a.kind} ${verb} ${b.kind}`];
  const wanted = hint === void 0 ? void 0 : peel(hint).kind;
  if (wanted === "int" || wanted === "nat") return wanted;
  return a.kind === "nat" && b.kind === "nat" && verb !== "sub" ? "nat" : "int";
}
function integers(combine, [a, b], kind2) {
  const divides = combine === COMBINE.div || combine === COMBINE.mod;
  const range = kind2 === "nat" ? NAT_RANGE : INT_RANGE;
  const least = kind2 === "nat" ? 0 : Number.MIN_SAFE_INTEGER;
  return (frame) => {
    const left = a(frame);
    const right = b(frame);
    if (divides && right === 0) refuseValue("division-by-zero", "expected no zero divisor");
    const result = combine(left, right);
    if (typeof result === "number" && result >= least) return result;
    if (isWithin(result, range)) return result;
    return refuseValue("expr-overflow", `expected the result in the range of ${kind2}`);
  };
}
function decimal(operation, verb, [a, b]) {
  const combine = DECIMAL[verb];
  if (combine === void 0) {
    return operation.checker.mismatch(operation.site, "integers or durations", SCALAR_TYPES.dec128);
  }
  const run = (frame) => {
    const result = combine(String(a.run(frame)), String(b.run(frame)));
    return result.ok ? result.value : refuseAs(result);
  };
  return { type: SCALAR_TYPES.dec128, run };
}
function refuseAs({ refusal: { code: code2, detail } }) {
  return refuseValue(code2, detail);
}
function isDecimal(a, b) {
  const isEither = a.kind === "dec128" || b.kind === "dec128";
  return isEither && [a, b].every((type) => type.kind === "dec128" || isInteger(type));
}
function isInteger(type) {
  return type.kind === "int" || type.kind === "nat";
}

// packages/air/src/expr/program/relations.ts
var equality = (expected2) => ({
  least: 2,
  most: 2,
  infer(operation) {
    const [a, b] = operation.args();
    if (isDecimal(peel(a.type), peel(b.type))) {
      return boolean((frame) => isSameDecimal(a.run(frame), b.run(frame)) === expected2);
    }
    if (!operation.checker.relations.isComparable(a.type, b.type)) return unlike(operation, [a, b]);
    return boolean((frame) => isSameValue(a.run(frame), b.run(frame), frame) === expected2);
  }
});
function isSameDecimal(a, b) {
  return a === null || b === null ? a === b : String(a) === String(b);
}
var order = (holds) => ({
  least: 2,
  most: 2,
  infer(operation) {
    const [a, b] = operation.bareArgs();
    if (a.type.kind === "never" || b.type.kind === "never") return never([a, b]);
    const compare2 = comparison(a, b);
    if (compare2 === void 0) return unlike(operation, [a, b]);
    return boolean((frame) => holds(compare2(a.run(frame), b.run(frame), frame)));
  }
});
function comparison(a, b) {
  if (areBoth(NUMBERS, a.type, b.type)) return compareIntegers;
  if (isDecimal(a.type, b.type)) return compareDecimals;
  return areBoth(TEXTS, a.type, b.type) ? compareTexts : void 0;
}
function unlike({ checker, site }, [a, b]) {
  const found = `found ${typeText(a.type)} and ${typeText(b.type)}`;
  return checker.fail("expr-type", site, `expected two values that can be compared, ${found}`);
}
var connective = (decisive) => ({
  least: 2,
  most: Number.POSITIVE_INFINITY,
  infer(operation) {
    const runs = operation.checkAll(SCALAR_TYPES.bool);
    const decides = (frame) => runs.some((run) => run(frame) === decisive);
    return boolean((frame) => decides(frame) === decisive);
  }
});
var negation = {
  least: 1,
  most: 1,
  infer(operation) {
    const run = operation.check(0, SCALAR_TYPES.bool);
    return boolean((frame) => run(frame) !== true);
  }
};

// packages/air/src/expr/program/texts.ts
var { text: text3, hash: hash3 } = SCALAR_TYPES;
var concat = {
  least: 2,
  most: 2,
  infer(operation) {
    const [a, b] = operation.checkAll(text3);
    const run = (frame) => {
      const [left, right] = [a(frame), b(frame)];
      frame.spendUnits(left.length + right.length);
      return left + right;
    };
    return { type: text3, run };
  }
};
var affix = (test) => ({
  least: 2,
  most: 2,
  infer(operation) {
    const [a, b] = operation.checkAll(text3);
    return boolean((frame) => {
      const part = b(frame);
      frame.spendUnits(part.length);
      return test(a(frame), part);
    });
  }
});
var TEXTUAL = ["bool", "int", "nat", "dec128", "text", "time", "duration", "hash", "uuid"];
var toText = {
  least: 1,
  most: 1,
  infer(operation) {
    const { type, run } = operation.bareArg(0);
    if (type.kind === "never") return never([{ type, run }]);
    if (!TEXTUAL.includes(type.kind)) return operation.mismatch(0, TEXTUAL.join(", "), type);
    return { type: text3, run: (frame) => String(run(frame)) };
  }
};
var hashBytes = {
  least: 1,
  most: 1,
  infer(operation) {
    const { type, run } = operation.bareArg(0);
    if (type.kind === "never") return never([{ type, run }]);
    if (!["bytes", "text", "hash", "uuid"].includes(type.kind)) {
      return operation.mismatch(0, "bytes or a text", type);
    }
    const digest = (frame) => {
      const value = run(frame);
      frame.spendUnits(value.length * BLOCK_FACTOR);
      return toHashText(sha2562(typeof value === "string" ? utf8(value) : value));
    };
    return { type: hash3, run: digest };
  }
};
var BLOCK_FACTOR = 10;
var coalesce = {
  least: 2,
  most: Number.POSITIVE_INFINITY,
  infer(operation) {
    const { checker, size, hint } = operation;
    const parts = operation.args(hint).map((typed, i) => [typed, operation.siteOf(i)]);
    const common = peel(commonType(checker, parts));
    const last = parts.at(-1)[0].type.kind;
    const type = last === "option" || last === "unit" ? optionType(common) : common;
    const runs = parts.map(([typed]) => checker.converted(typed, optionType(common)).run);
    const run = (frame) => {
      let value = null;
      for (let i = 0; i < size && value === null; i++) value = runs[i](frame);
      return value;
    };
    return { type, run };
  }
};

// packages/air/src/expr/program/operators.ts
var RULES = {
  len,
  get,
  has,
  eq: equality(true),
  ne: equality(false),
  lt: order((sign2) => sign2 < 0),
  le: order((sign2) => sign2 <= 0),
  gt: order((sign2) => sign2 > 0),
  ge: order((sign2) => sign2 >= 0),
  and: connective(false),
  or: connective(true),
  not: negation,
  concat,
  add: arithmetic("add"),
  sub: arithmetic("sub"),
  mul: arithmetic("mul"),
  div: arithmetic("div"),
  mod: arithmetic("mod"),
  starts_with: affix((whole, part) => whole.startsWith(part)),
  ends_with: affix((whole, part) => whole.endsWith(part)),
  contains: contains2,
  "coalesce@1": coalesce,
  "to_text@1": toText,
  "hash_bytes@1": hashBytes
};
function inferOperation(checker, expr2, site, hint) {
  const rule2 = RULES[expr2.op];
  const count3 = expr2.args.length;
  if (count3 >= rule2.least && count3 <= rule2.most) {
    return rule2.infer(new Operation(checker, expr2, site, hint));
  }
  const bound = rule2.least === rule2.most ? `${rule2.least}` : `at least ${rule2.least}`;
  const message = `expected ${bound} arguments for ${expr2.op}, found ${count3}`;
  return checker.fail("expr-arity", site, message);
}

// packages/air/src/expr/program/infer-form.ts
var inferForm = (checker, expr2, site, hint) => {
  switch (expr2.kind) {
    case "ref":
      return inferReference(checker, expr2, site);
    case "op":
      return inferOperation(checker, expr2, site, hint);
    case "if":
    case "match":
    case "let":
    case "each":
      return inferControl(checker, expr2, site, hint);
    default:
      return inferComposite(checker, expr2, site, hint);
  }
};

// packages/air/src/expr/check.ts
function checkExpr(expr2, environment, expected2) {
  const checker = new Checker(environment, inferForm);
  const typed = expected2 === void 0 ? checker.infer(expr2, ROOT) : checker.check(expr2, ROOT, expected2);
  const { findings } = checker;
  if (findings.some(({ severity }) => severity === "error")) {
    return { type: expected2 ?? UNKNOWN, findings, program: void 0 };
  }
  const program = { type: typed.type, steps: sizeOf(expr2), run: typed.run };
  return { type: typed.type, findings, program };
}
function compileExpr(expr2, environment, expected2) {
  const { findings, program } = checkExpr(expr2, environment, expected2);
  if (program !== void 0) return ok(program);
  const error2 = findings.find(({ severity }) => severity === "error");
  return refuse(error2.code, error2.at, error2.message);
}

// packages/air/src/expr/evaluate.ts
function evaluate(program, bindings, bounds = DEFAULT_BOUNDS) {
  return attempt(() => {
    const frame = new Frame(bindings, bounds);
    frame.spend(program.steps);
    const value = program.run(frame);
    assertSmall(value, bounds);
    return value;
  });
}
function evaluateBytes(program, bindings, schema, bounds = DEFAULT_BOUNDS) {
  const value = evaluate(program, bindings, bounds);
  if (!value.ok) return value;
  const bytes5 = attempt(() => encode(value.value));
  return bytes5.ok ? schema.normalizeCbor(bytes5.value) : bytes5;
}
function assertSmall(value, { outputBytes }) {
  let left = outputBytes;
  const charge2 = (each) => {
    left -= ownBytes(each);
    if (left < 0) refuseValue("expr-output", `expected at most ${outputBytes} bytes`);
    if (each instanceof Map) for (const [key3, inner] of each) [key3, inner].forEach(charge2);
    else if (Array.isArray(each)) each.forEach(charge2);
  };
  charge2(value);
}
function ownBytes(value) {
  if (typeof value === "string" || value instanceof Uint8Array) return 1 + value.length;
  return 1;
}

// packages/air/src/expr/constant.ts
var UUID_TEXT2 = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
var LONE_SURROGATE = /\p{Surrogate}/u;
var integer2 = ({ least, most }) => (json) => {
  if (typeof json !== "bigint" && !Number.isSafeInteger(json)) {
    return mismatch("an integer", json);
  }
  const exact2 = BigInt(json);
  if (exact2 < least || exact2 > most) {
    return refuse("value-range", "", `expected ${least} to ${most}, found ${exact2}`);
  }
  return ok(toInteger(exact2));
};
var textual = (parse2) => (json) => {
  if (typeof json !== "string") return mismatch("a text", json);
  if (LONE_SURROGATE.test(json)) {
    return refuse("value-text", "", "expected text without lone surrogates");
  }
  return parse2(json);
};
var under = (code2, parse2) => (text8) => {
  const read2 = parse2(text8);
  return read2.ok ? read2 : refuse(code2, "", read2.refusal.detail);
};
var CONSTANTS = /* @__PURE__ */ new Map([
  ["null", { type: "unit", parse: (json) => isEmpty2(json) ? ok(null) : mismatch("{}", json) }],
  ["bool", { type: "bool", parse: (json) => isBool(json) ? ok(json) : mismatch("true", json) }],
  ["int", { type: "int", parse: integer2(INT_RANGE) }],
  ["nat", { type: "nat", parse: integer2(NAT_RANGE) }],
  ["dec128", { type: "dec128", parse: textual(under("value-dec128", parseDec128)) }],
  ["bytes_b64", { type: "bytes", parse: textual(under("value-type", fromBase64)) }],
  ["text", { type: "text", parse: textual(ok) }],
  ["time_ns", { type: "time", parse: integer2(INT_RANGE) }],
  ["duration_ns", { type: "duration", parse: integer2(INT_RANGE) }],
  ["hash", { type: "hash", parse: textual(under("value-hash", checkHash2)) }],
  ["uuid", { type: "uuid", parse: textual(checkUuid) }]
]);
var TAGS = new Map([...CONSTANTS].map(([tag, { type }]) => [type, tag]));
function parseConstant(tag, json) {
  const constant2 = CONSTANTS.get(tag);
  if (constant2 === void 0) return void 0;
  const read2 = constant2.parse(json);
  return read2.ok ? ok({ kind: "const", type: constant2.type, value: read2.value }) : read2;
}
function printConstant({ type, value }) {
  const json = newJsonObject();
  json[TAGS.get(type)] = shown(value);
  return json;
}
function shown(value) {
  if (value === null) return newJsonObject();
  return value instanceof Uint8Array ? toBase64(value) : value;
}
function isEmpty2(json) {
  return isJsonObject(json) && Object.keys(json).length === 0;
}
function isBool(json) {
  return typeof json === "boolean";
}
function checkHash2(text8) {
  const read2 = parseHashText(text8);
  return read2.ok ? ok(text8) : read2;
}
function checkUuid(text8) {
  if (UUID_TEXT2.test(text8)) return ok(text8);
  return refuse("value-uuid", "", "expected lower-case 8-4-4-4-12 hexadecimal digits");
}
function mismatch(expected2, json) {
  return refuse("value-type", "", `expected ${expected2}, found ${describeJson(json)}`);
}

// packages/air/src/expr/parse.ts
var MAX_EXPR_DEPTH = 64;
var LOCAL_NAME = /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/;
function parseExpr(json) {
  return parse(json, "expr");
}
function parseTaggedLiteral(json) {
  return parse(json, "literal");
}
function parse(json, notation) {
  return attempt(() => new ExprParser(notation).expr(json, "", 1));
}
var ExprParser = class {
  constructor(notation) {
    this.notation = notation;
  }
  notation;
  /** `depth` counts this expression and those around it. */
  expr(json, at2, depth) {
    if (depth > MAX_EXPR_DEPTH) {
      refuseAt("expr-depth", at2, `expected at most ${MAX_EXPR_DEPTH} nested expressions`);
    }
    if (!isJsonObject(json)) return noForm(at2, json);
    const keys = Object.keys(json);
    const tag = keys[0];
    if (this.notation === "literal") {
      if (isVariantBody(json)) return this.variant(json, at2, depth);
    } else if (Object.hasOwn(json, "op")) {
      return this.operation(json, at2, depth);
    }
    if (keys.length !== 1) return noForm(at2, json);
    const inner = pointer(at2, tag);
    const constant2 = parseConstant(tag, json[tag]);
    if (constant2?.ok) return constant2.value;
    if (constant2 !== void 0) refuseAt(constant2.refusal.code, inner, constant2.refusal.detail);
    const read2 = FORMS[this.notation].get(tag);
    return read2 === void 0 ? noForm(at2, json) : read2(this, json[tag], inner, depth);
  }
  exprs(json, at2, depth) {
    if (!isJsonList(json)) return noForm(at2, json, "a list of expressions");
    return json.map((item, i) => this.expr(item, pointer(at2, i), depth + 1));
  }
  table(json, at2, read2) {
    if (!isJsonObject(json)) return noForm(at2, json, "an object");
    return new Map(
      Object.keys(json).map((key3) => [key3, read2(json[key3], pointer(at2, key3))])
    );
  }
  variant(body, at2, depth) {
    const { value } = body;
    return {
      kind: "variant",
      tag: body.tag,
      value: value === void 0 ? void 0 : this.expr(value, `${at2}/value`, depth + 1)
    };
  }
  operation(json, at2, depth) {
    const { op } = json;
    if (hasKeys(json, ["op", "args"])) {
      if (!isOneOf(OPERATORS, op)) return noOperator(`${at2}/op`, op);
      return { kind: "op", op, args: this.exprs(json.args, `${at2}/args`, depth) };
    }
    if (!hasKeys(json, ["op", "over", "as", "do"])) return noForm(at2, json);
    if (!isOneOf(EACH_OPERATORS, op)) return noOperator(`${at2}/op`, op);
    return {
      kind: "each",
      op,
      over: this.expr(json.over, `${at2}/over`, depth + 1),
      as: localName2(json.as, `${at2}/as`),
      body: this.expr(json.do, `${at2}/do`, depth + 1)
    };
  }
};
var LITERALS = [
  [
    "record",
    (parser, body, at2, depth) => ({
      kind: "record",
      fields: parser.table(body, at2, (item, place3) => parser.expr(item, place3, depth + 1))
    })
  ],
  ["list", (parser, body, at2, depth) => ({ kind: "list", items: parser.exprs(body, at2, depth) })],
  ["set", (parser, body, at2, depth) => ({ kind: "set", items: parser.exprs(body, at2, depth) })],
  ["map", readMap]
];
var FORMS = {
  literal: new Map(LITERALS),
  expr: new Map([
    ...LITERALS,
    ["ref", readRef],
    ["variant", readVariant],
    ["if", readIf],
    ["match", readMatch],
    ["let", readLet]
  ])
};
function readRef(_, body, at2) {
  if (typeof body !== "string") return noForm(at2, body, 'a reference such as "@plan.input.a"');
  const ref2 = parseReference(body);
  return ref2.ok ? ref2.value : refuseAt(ref2.refusal.code, at2, ref2.refusal.detail);
}
function readMap(parser, body, at2, depth) {
  if (!isJsonList(body)) return noForm(at2, body, 'a list of {"key", "value"}');
  const entries2 = body.map((item, i) => {
    const place3 = pointer(at2, i);
    if (!isJsonObject(item) || !hasKeys(item, ["key", "value"])) {
      return noForm(place3, item, '{"key", "value"}');
    }
    return {
      key: parser.expr(item.key, `${place3}/key`, depth + 1),
      value: parser.expr(item.value, `${place3}/value`, depth + 1)
    };
  });
  return { kind: "map", entries: entries2 };
}
function readVariant(parser, body, at2, depth) {
  if (!isJsonObject(body) || !isVariantBody(body)) return noForm(at2, body, '{"tag", "value"?}');
  return parser.variant(body, at2, depth);
}
function readIf(parser, body, at2, depth) {
  if (!isJsonObject(body) || !hasKeys(body, ["cond", "then", "else"])) {
    return noForm(at2, body, '{"cond", "then", "else"}');
  }
  const inner = (key3) => parser.expr(body[key3], `${at2}/${key3}`, depth + 1);
  return { kind: "if", cond: inner("cond"), yes: inner("then"), no: inner("else") };
}
function readMatch(parser, body, at2, depth) {
  if (!isJsonObject(body) || !(hasKeys(body, ["on", "arms"]) || hasKeys(body, ["on", "arms", "else"]))) {
    return noForm(at2, body, '{"on", "arms", "else"?}');
  }
  const other = body.else;
  return {
    kind: "match",
    on: parser.expr(body.on, `${at2}/on`, depth + 1),
    arms: parser.table(body.arms, `${at2}/arms`, (arm, place3) => readArm(parser, arm, place3, depth)),
    rest: other === void 0 ? void 0 : parser.expr(other, `${at2}/else`, depth + 1)
  };
}
function readArm(parser, arm, at2, depth) {
  if (!isJsonObject(arm) || !(hasKeys(arm, ["then"]) || hasKeys(arm, ["bind", "then"]))) {
    return noForm(at2, arm, '{"bind"?, "then"}');
  }
  return {
    bind: arm.bind === void 0 ? void 0 : localName2(arm.bind, `${at2}/bind`),
    body: parser.expr(arm.then, `${at2}/then`, depth + 1)
  };
}
function readLet(parser, body, at2, depth) {
  if (!isJsonObject(body) || !hasKeys(body, ["name", "value", "in"])) {
    return noForm(at2, body, '{"name", "value", "in"}');
  }
  return {
    kind: "let",
    name: localName2(body.name, `${at2}/name`),
    value: parser.expr(body.value, `${at2}/value`, depth + 1),
    body: parser.expr(body.in, `${at2}/in`, depth + 1)
  };
}
function localName2(json, at2) {
  if (typeof json === "string" && LOCAL_NAME.test(json)) return json;
  return refuseAt("expr-name", at2, `expected a name without dots, found ${describeJson(json)}`);
}
function isVariantBody(json) {
  const isTagged2 = hasKeys(json, ["tag"]) || hasKeys(json, ["tag", "value"]);
  return isTagged2 && typeof json.tag === "string";
}
function hasKeys(json, keys) {
  return Object.keys(json).length === keys.length && keys.every((key3) => Object.hasOwn(json, key3));
}
function isOneOf(names, json) {
  return typeof json === "string" && names.includes(json);
}
function noOperator(at2, json) {
  return refuseAt("expr-operator", at2, `expected an operator, found ${describeJson(json)}`);
}
function noForm(at2, json, expected2 = 'an expression such as {"ref": "@plan.input"} or {"text": "a"}') {
  return refuseAt("expr-form", at2, `expected ${expected2}, found ${describeJson(json)}`);
}
function refuseAt(code2, at2, detail) {
  throw new RefusalError({ code: code2, at: at2, detail });
}

// packages/air/src/expr/print.ts
function printExpr(expr2) {
  return print(expr2, "expr");
}
function printTaggedLiteral(literal2) {
  return print(literal2, "literal");
}
function print(expr2, notation) {
  const inner = (each) => print(each, notation);
  switch (expr2.kind) {
    case "const":
      return printConstant(expr2);
    case "ref":
      return object2([["ref", printReference(expr2)]]);
    case "op":
      return object2([
        ["op", expr2.op],
        ["args", expr2.args.map(inner)]
      ]);
    case "record":
      return form(
        "record",
        [...expr2.fields].map(([k, v]) => [k, inner(v)])
      );
    case "list":
    case "set":
      return object2([[expr2.kind, expr2.items.map(inner)]]);
    case "map":
      return object2([
        ["map", expr2.entries.map(({ key: key3, value }) => entry(inner(key3), inner(value)))]
      ]);
    case "variant": {
      const value = expr2.value === void 0 ? void 0 : inner(expr2.value);
      const body = object2([
        ["tag", expr2.tag],
        ["value", value]
      ]);
      return notation === "literal" ? body : object2([["variant", body]]);
    }
    default:
      return printAddition(expr2, inner);
  }
}
function printAddition(expr2, inner) {
  switch (expr2.kind) {
    case "if":
      return form("if", [
        ["cond", inner(expr2.cond)],
        ["then", inner(expr2.yes)],
        ["else", inner(expr2.no)]
      ]);
    case "match":
      return form("match", [
        ["on", inner(expr2.on)],
        ["arms", object2([...expr2.arms].map(([tag, arm]) => [tag, printArm(arm, inner)]))],
        ["else", expr2.rest === void 0 ? void 0 : inner(expr2.rest)]
      ]);
    case "let":
      return form("let", [
        ["name", expr2.name],
        ["value", inner(expr2.value)],
        ["in", inner(expr2.body)]
      ]);
    case "each":
      return object2([
        ["op", expr2.op],
        ["over", inner(expr2.over)],
        ["as", expr2.as],
        ["do", inner(expr2.body)]
      ]);
  }
}
function printArm({ bind, body }, inner) {
  return object2([
    ["bind", bind],
    ["then", inner(body)]
  ]);
}
function entry(key3, value) {
  return object2([
    ["key", key3],
    ["value", value]
  ]);
}
function form(tag, body) {
  return object2([[tag, object2(body)]]);
}
function object2(fields2) {
  const json = newJsonObject();
  for (const [key3, value] of fields2) if (value !== void 0) json[key3] = value;
  return json;
}

// packages/air/src/expr/literal.ts
function literalOf(value, type) {
  switch (type.kind) {
    case "option":
      return value === null ? NULL : literalOf(value, type.inner);
    case "list":
    case "set":
      return {
        kind: type.kind,
        items: value.map((item) => literalOf(item, type.item))
      };
    case "map":
      return { kind: "map", entries: mapEntries(value, type) };
    case "record": {
      const map3 = value;
      const fields2 = [...type.fields].map(
        ([name2, field]) => [name2, literalOf(map3.get(name2), field)]
      );
      return { kind: "record", fields: new Map(fields2) };
    }
    case "variant": {
      const map3 = value;
      const tag = map3.get("$tag");
      const arm = type.arms.get(tag);
      const isUnit = arm.kind === "unit";
      return {
        kind: "variant",
        tag,
        value: isUnit ? void 0 : literalOf(map3.get("$value"), arm)
      };
    }
    default:
      assert(type.kind !== "handle" && type.kind !== "never", "only data has literals");
      return { kind: "const", type: type.kind, value };
  }
}
var NULL = { kind: "const", type: "unit", value: null };
function mapEntries(map3, type) {
  return [...map3].map(([key3, value]) => ({
    key: literalOf(key3, type.key),
    value: literalOf(value, type.value)
  }));
}
function canonicalLiteral(constant2) {
  const read2 = valued(constant2);
  return read2 === void 0 ? refuse("value-duplicate-key", "", "expected every key of a map once") : ok(read2.literal);
}
function valued(expr2) {
  switch (expr2.kind) {
    case "const":
      return { literal: expr2, value: expr2.value };
    case "record": {
      const fields2 = valuesOf([...expr2.fields.values()]);
      const names = [...expr2.fields.keys()];
      return fields2 && recordOf(names, fields2);
    }
    case "list":
    case "set": {
      const items3 = valuesOf(expr2.items);
      return items3 && sequenceOf(expr2.kind, items3);
    }
    case "map": {
      const keys = valuesOf(expr2.entries.map(({ key: key3 }) => key3));
      const values = valuesOf(expr2.entries.map(({ value }) => value));
      return keys && values && mapOf(keys, values);
    }
    case "variant": {
      const inner = expr2.value === void 0 ? { literal: NULL, value: null } : valued(expr2.value);
      return inner && variantOf(expr2.tag, inner);
    }
    default:
      throw new Defect("only constants have a literal");
  }
}
function valuesOf(exprs) {
  const values = exprs.map(valued);
  return values.includes(void 0) ? void 0 : values;
}
function recordOf(names, fields2) {
  const at2 = (i) => fields2[i];
  return {
    literal: { kind: "record", fields: new Map(names.map((name2, i) => [name2, at2(i).literal])) },
    value: new Map(names.map((name2, i) => [name2, at2(i).value]))
  };
}
function sequenceOf(kind2, items3) {
  const kept = kind2 === "list" ? items3 : sorted(items3, ({ value }) => value).distinct;
  return {
    literal: { kind: kind2, items: kept.map(({ literal: literal2 }) => literal2) },
    value: kept.map(({ value }) => value)
  };
}
function mapOf(keys, values) {
  const entries2 = keys.map((key3, i) => ({ key: key3, value: values[i] }));
  const { all, distinct: distinct2 } = sorted(entries2, ({ key: key3 }) => key3.value);
  if (distinct2.length < all.length) return void 0;
  return {
    literal: {
      kind: "map",
      entries: all.map(({ key: key3, value }) => ({ key: key3.literal, value: value.literal }))
    },
    value: new Map(all.map(({ key: key3, value }) => [key3.value, value.value]))
  };
}
function variantOf(tag, inner) {
  const isUnit = inner.literal.kind === "const" && inner.literal.type === "unit";
  return {
    literal: { kind: "variant", tag, value: isUnit ? void 0 : inner.literal },
    value: /* @__PURE__ */ new Map([
      ["$tag", tag],
      ["$value", inner.value]
    ])
  };
}
function sorted(items3, valueOfItem) {
  const keyed = items3.map((item) => ({ item, bytes: encodeUntagged(valueOfItem(item)) }));
  keyed.sort((a, b) => compareBytes(a.bytes, b.bytes));
  const isNew = (i) => i === 0 || !bytesEqual(keyed[i].bytes, keyed[i - 1].bytes);
  return {
    all: keyed.map(({ item }) => item),
    distinct: keyed.filter((_, i) => isNew(i)).map(({ item }) => item)
  };
}

// packages/air/src/expr/slot.ts
function parseExprOrValue(json, schema) {
  const expr2 = parseExpr(json);
  if (expr2.ok && !isConstant(expr2.value)) return ok({ kind: "expr", expr: expr2.value });
  return schema === void 0 ? plainValue(json, expr2) : schemaValue(json, expr2, schema);
}
function parseNormalSlot(json, schema) {
  const expr2 = parseExpr(json);
  if (expr2.ok && !isConstant(expr2.value)) return ok({ kind: "expr", expr: expr2.value });
  const literal2 = parseTaggedLiteral(json);
  if (!literal2.ok) return expr2.ok ? literal2 : expr2;
  if (schema === void 0) return ok({ kind: "value", literal: literal2.value, bytes: void 0 });
  const program = compileExpr(literal2.value, NOTHING, schema.type);
  const bytes5 = program.ok ? evaluateBytes(program.value, NOTHING, schema, UNBOUNDED) : program;
  return bytes5.ok ? ok({ kind: "value", literal: literal2.value, bytes: bytes5.value }) : bytes5;
}
var NOTHING = { vars: /* @__PURE__ */ new Map(), steps: /* @__PURE__ */ new Map() };
var UNBOUNDED = {
  steps: Number.MAX_SAFE_INTEGER,
  items: Number.MAX_SAFE_INTEGER,
  outputBytes: Number.MAX_SAFE_INTEGER
};
function printExprOrValue(slot) {
  return slot.kind === "expr" ? printExpr(slot.expr) : printTaggedLiteral(slot.literal);
}
function toTaggedJson(schema, bytes5) {
  const normal = schema.normalizeCbor(bytes5);
  return normal.ok ? ok(printTaggedLiteral(literalOfBytes(normal.value, schema))) : normal;
}
function plainValue(json, expr2) {
  const constant2 = expr2.ok ? expr2 : parseTaggedLiteral(json);
  if (!constant2.ok) return refuse("expr-form", constant2.refusal.at, withoutSchema(expr2));
  const literal2 = canonicalLiteral(constant2.value);
  return literal2.ok ? ok({ kind: "value", literal: literal2.value, bytes: void 0 }) : literal2;
}
function withoutSchema(expr2) {
  const reason = expr2.ok ? "" : `${expr2.refusal.detail}; `;
  return `${reason}a bare value needs a schema that says what it is`;
}
function schemaValue(json, expr2, schema) {
  const asWritten = schema.normalizeJson(json);
  if (asWritten.ok) return ok(valueOfBytes(asWritten.value, schema));
  if (!expr2.ok) return isMeantAsExpr(json) ? expr2 : asWritten;
  const asLiteral = schema.normalizeJson(printTaggedLiteral(expr2.value));
  return asLiteral.ok ? ok(valueOfBytes(asLiteral.value, schema)) : asLiteral;
}
function valueOfBytes(bytes5, schema) {
  return { kind: "value", literal: literalOfBytes(bytes5, schema), bytes: bytes5 };
}
function literalOfBytes(bytes5, schema) {
  const value = decode(bytes5);
  assert(value.ok, "normalized bytes are canonical");
  return literalOf(value.value, schema.type);
}
function isMeantAsExpr(json) {
  return isJsonObject(json) && EXPR_KEYS.some((key3) => Object.hasOwn(json, key3));
}
var EXPR_KEYS = ["ref", "op", "record", "variant", "if", "match", "let"];

// packages/air/src/forms/type-expr.ts
var PRIMITIVES = [
  "bool",
  "int",
  "nat",
  "dec128",
  "bytes",
  "text",
  "time",
  "duration",
  "hash",
  "uuid",
  "unit"
];
var KEY_PRIMITIVES = ["int", "nat", "text", "uuid", "hash"];
var typeExpr = named("Type", {
  read(json, at2, problems) {
    const [word, body] = readConstructor(json, at2, problems) ?? [];
    if (word === void 0) return void 0;
    const inner = BODIES[word];
    if (inner === void 0) return failWord(word, at2, problems);
    const value = inner.read(body, pointer(at2, word), problems);
    return value === void 0 ? void 0 : wrap(word, value);
  },
  schema: (defs) => ({
    oneOf: Object.keys(BODIES).map((word) => constructorSchema(word, BODIES[word]?.schema(defs)))
  })
});
var noFields = named("Empty", object({ required: {} }));
var KEY_CONSTRUCTOR = {
  expected: `a key type: ${KEY_PRIMITIVES.join(", ")}`,
  code: "type-unknown"
};
var keyType = named("KeyType", {
  read(json, at2, problems) {
    const [word, body] = readConstructor(json, at2, problems) ?? [];
    if (word === void 0) return void 0;
    if (!KEY_PRIMITIVES.includes(word)) {
      return fail(problems, at2, KEY_CONSTRUCTOR, word);
    }
    const empty = noFields.read(body, pointer(at2, word), problems);
    return empty === void 0 ? void 0 : wrap(word, empty);
  },
  schema: (defs) => ({
    oneOf: KEY_PRIMITIVES.map((word) => constructorSchema(word, noFields.schema(defs)))
  })
});
var typeFields = table(anyText, typeExpr);
var arms = {
  read(json, at2, problems) {
    const read2 = typeFields.read(json, at2, problems);
    if (read2 === void 0 || !("$tag" in read2)) return read2;
    problems.push({
      code: "type-reserved-tag",
      at: pointer(at2, "$tag"),
      message: 'expected arm names other than "$tag", which marks variants in data'
    });
    return void 0;
  },
  schema: (defs) => ({
    ...typeFields.schema(defs),
    propertyNames: { not: { const: "$tag" } }
  })
};
var BODIES = Object.assign(/* @__PURE__ */ Object.create(null), {
  ...Object.fromEntries(PRIMITIVES.map((word) => [word, noFields])),
  record: typeFields,
  variant: arms,
  list: typeExpr,
  set: typeExpr,
  option: typeExpr,
  map: object({ required: { key: keyType, value: typeExpr } }),
  ref: name
});
function failWord(word, at2, problems) {
  const words2 = Object.keys(BODIES);
  const message = `expected a type constructor, found ${describeJson(word)}`;
  problems.push({ code: "type-unknown", at: at2, message, hint: hintFor(word, words2, "constructors") });
  return void 0;
}
function constructorSchema(word, body) {
  return {
    type: "object",
    properties: { [word]: body, $comment: true },
    required: [word],
    additionalProperties: false
  };
}
function readConstructor(json, at2, problems) {
  if (!isJsonObject(json)) return fail(problems, at2, 'a type such as {"text":{}}', json);
  const words2 = Object.keys(json).filter((word2) => word2 !== "$comment");
  const word = words2[0];
  if (words2.length !== 1 || word === void 0) {
    problems.push({
      code: "type-unknown",
      at: at2,
      message: `expected exactly one type constructor, found ${words2.length}`
    });
    return void 0;
  }
  return [word, json[word]];
}
function wrap(word, body) {
  const node = newJsonObject();
  node[word] = body;
  return node;
}

// packages/air/src/forms/definitions.ts
var COMMENT = ["$comment"];
var defSchema = object({
  required: { $kind: kind("defschema"), name, type: typeExpr },
  dropped: COMMENT
});
var defCap = object({
  required: {
    $kind: kind("defcap"),
    name,
    cap_type: dottedKind,
    schema: typeExpr,
    enforcer: object({ required: { module: name } })
  },
  dropped: COMMENT
});
var defSecret = object({
  required: { $kind: kind("defsecret"), name, binding_id: anyText },
  optional: {
    expected_digest: hashText,
    allowed_caps: distinct(localName),
    allowed_plans: distinct(name)
  },
  omitEmpty: ["allowed_caps", "allowed_plans"],
  dropped: COMMENT
});
var defMigration = object({
  required: {
    $kind: kind("defmigration"),
    name,
    reducer: name,
    from: name,
    to: name,
    module: name
  },
  dropped: COMMENT
});

// packages/air/src/forms/effect.ts
var effectOf = (wasi) => object({
  required: {
    $kind: kind("defeffect"),
    name,
    kind: dottedKind,
    params_schema: name,
    receipt_schema: name,
    cap_type: dottedKind,
    origin_scope: oneOf("reducer", "plan", "both")
  },
  optional: { implementation: wrapped({ wasi }) },
  dropped: ["$comment", "description"]
});
var authoredEffect = effectOf(
  object({ required: {}, optional: { wasm_hash: blankableHash } })
);
var defEffect = effectOf(object({ required: { wasm_hash: hashText } }));

// packages/air/src/forms/exact-json.ts
var anyJson = named("Value", {
  read(json, at2, problems) {
    if (json === void 0 || json instanceof JsonDecimal) {
      return fail(problems, at2, "JSON without fractions and exponents", json);
    }
    if (isJsonList(json)) return items2.read(json, at2, problems);
    return isJsonObject(json) ? fields.read(json, at2, problems) : json;
  },
  schema: (defs) => ({
    anyOf: [
      { type: ["null", "boolean", "string", "integer"] },
      items2.schema(defs),
      fields.schema(defs)
    ]
  })
});
var items2 = list2(anyJson);
var fields = table(anyText, anyJson);
var expr = named("Expr", anyJson);
var exprOrValue = named("ExprOrValue", anyJson);

// packages/air/src/forms/plan.ts
var MAX_ATTEMPTS = 100;
var MAX_FANOUT = 4096;
var bindAs = object({ required: { as: localName } });
var step = (op, fields2) => ({
  id: localName,
  op: oneOf(op),
  ...fields2
});
var raiseEvent = object({ required: step("raise_event", { event: name, value: exprOrValue }) });
var backoff = object({
  required: { initial_ns: natural },
  optional: { factor: integer(1, 1e3), max_ns: natural }
});
var retry = object({ required: { max: integer(1, MAX_ATTEMPTS), backoff } });
var emitEffect = object({
  required: step("emit_effect", {
    kind: dottedKind,
    params: exprOrValue,
    cap: localName,
    bind: object({ required: { effect_id_as: localName } })
  }),
  optional: { idempotency_key: exprOrValue, deadline_ns: natural, retry }
});
var awaitReceipt = object({ required: step("await_receipt", { for: expr, bind: bindAs }) });
var awaitEvent = object({
  required: step("await_event", { event: name, bind: bindAs }),
  optional: { where: expr }
});
var assign = object({ required: step("assign", { expr: exprOrValue, bind: bindAs }) });
var end = object({ required: step("end", {}), optional: { result: exprOrValue } });
var spawnPlan = object({
  required: step("spawn_plan", {
    plan: name,
    input: exprOrValue,
    bind: object({ required: { handle_as: localName } })
  })
});
var spawnForEach = object({
  required: step("spawn_for_each", {
    plan: name,
    inputs: exprOrValue,
    max_fanout: integer(1, MAX_FANOUT),
    bind: object({ required: { handles_as: localName } })
  })
});
var awaitPlan = object({ required: step("await_plan", { for: expr, bind: bindAs }) });
var awaitAll = object({ required: step("await_all", { for: expr, bind: bindAs }) });
var awaitAny = object({ required: step("await_any", { for: expr, bind: bindAs }) });
var cancel = object({ required: step("cancel", { for: expr }) });
var planStep = named(
  "Step",
  taggedBy("op", {
    raise_event: raiseEvent,
    emit_effect: emitEffect,
    await_receipt: awaitReceipt,
    await_event: awaitEvent,
    assign,
    end,
    spawn_plan: spawnPlan,
    await_plan: awaitPlan,
    spawn_for_each: spawnForEach,
    await_all: awaitAll,
    await_any: awaitAny,
    cancel
  })
);
var planEdge = object({ required: { from: localName, to: localName }, optional: { when: expr } });
var defPlan = object({
  required: { $kind: kind("defplan"), name, input: name, steps: someOf(planStep) },
  optional: {
    output: name,
    locals: table(localName, name),
    edges: list2(planEdge),
    required_caps: distinct(localName),
    allowed_effects: distinct(dottedKind),
    invariants: list2(expr)
  },
  omitEmpty: ["locals", "edges", "required_caps", "allowed_effects", "invariants"],
  dropped: ["$comment"]
});

// packages/air/src/forms/policy.ts
var MAX_QUORUM = 64;
var MAX_RATE_COUNT = 1e6;
var ruleMatch = object({
  required: {},
  optional: {
    effect_kind: dottedKind,
    cap_name: localName,
    cap_type: dottedKind,
    origin_kind: oneOf("plan", "reducer"),
    origin_name: name
  }
});
var count = integer(1, MAX_RATE_COUNT);
var rateLimit = byPresence({
  per_ns: object({ required: { count, per_ns: positive } }),
  per_records: object({ required: { count, per_records: positive } })
});
var quorum = {
  role: oneOf("operator", "approver", "host", "adapter"),
  count: integer(1, MAX_QUORUM)
};
var approval = object({
  required: quorum,
  optional: { of: distinct(principal), expires_ns: positive }
});
var rule = taggedBy("decision", {
  allow: object({
    required: { when: ruleMatch, decision: oneOf("allow") },
    optional: { rate_limit: rateLimit }
  }),
  deny: object({ required: { when: ruleMatch, decision: oneOf("deny") } }),
  require_approval: object({
    required: { when: ruleMatch, decision: oneOf("require_approval"), approval },
    optional: { rate_limit: rateLimit }
  })
});
var governanceRule = object({
  required: {
    verb: oneOf("propose", "shadow", "approve", "reject", "withdraw", "apply"),
    ...quorum
  },
  optional: { of: distinct(principal), not_own: flag }
});
var defPolicy = object({
  required: { $kind: kind("defpolicy"), name, rules: list2(rule) },
  optional: { governance: someOf(governanceRule) },
  dropped: ["$comment"]
});

// packages/air/src/forms/definition.ts
var DEFINITION_FORMS = {
  defschema: defSchema,
  defmodule: defModule,
  defplan: defPlan,
  defeffect: defEffect,
  defcap: defCap,
  defpolicy: defPolicy,
  defsecret: defSecret,
  defmigration: defMigration
};
var AUTHORED_FORMS = {
  ...DEFINITION_FORMS,
  defmodule: authoredModule,
  defeffect: authoredEffect
};
function isDefinitionKind(kind2) {
  return typeof kind2 === "string" && Object.hasOwn(DEFINITION_FORMS, kind2);
}

// packages/air/src/forms/features.ts
var FEATURES = [
  "effect-deadline",
  "effect-implementation",
  "effect-retry",
  "expressions-1.1",
  "grant-budget",
  "grant-parent",
  "migrations",
  "plan-cancel",
  "plan-spawn",
  "policy-approval",
  "policy-governance",
  "policy-rate-limit"
];

// packages/air/src/forms/grant.ts
var BUDGET_DIMENSIONS = ["calls", "tokens", "cents", "bytes"];
var budget = someFieldOf(BUDGET_DIMENSIONS, {
  calls: natural,
  tokens: natural,
  cents: natural,
  bytes: natural,
  period_ns: positive
});
var capGrant = object({
  required: { name: localName, cap: name, params: anyJson },
  optional: { expiry_ns: natural, budget, parent: localName }
});

// packages/air/src/forms/manifest.ts
var authoredRef = named(
  "AuthoredRef",
  object({ required: { name }, optional: { hash: blankableHash } })
);
var storedRef = named("NamedRef", object({ required: { name, hash: hashText } }));
var eventRoute = object({
  required: { event: name, reducer: name },
  optional: { key_field: anyText }
});
var inbox = object({ required: { source: anyText, reducer: name } });
var routing = object({
  required: {},
  optional: {
    events: list2(eventRoute),
    inboxes: list2(inbox)
  },
  omitEmpty: ["events", "inboxes"]
});
var trigger = object({
  required: { event: name, plan: name },
  optional: { correlate_by: anyText }
});
var slots = object({ required: { slots: table(localName, localName) } });
var moduleBindings = table(name, slots);
var features = sortedSet(oneOf(...FEATURES));
function manifestOf(ref2) {
  const refs2 = list2(ref2);
  return object({
    required: {
      $kind: kind("manifest"),
      air_version: text2(/^1$/, 'the AIR version "1"', "air-version"),
      schemas: refs2,
      modules: refs2,
      plans: refs2,
      caps: refs2,
      policies: refs2
    },
    optional: {
      effects: refs2,
      secrets: refs2,
      defaults: object({
        required: {},
        optional: { policy: name, cap_grants: list2(capGrant) }
      }),
      module_bindings: moduleBindings,
      routing,
      triggers: list2(trigger),
      features,
      migrations: refs2
    },
    omitEmpty: ["effects", "secrets", "module_bindings", "triggers", "features", "migrations"],
    dropped: ["$comment"]
  });
}
var authoredManifest = manifestOf(authoredRef);
var storedManifest = manifestOf(storedRef);
var REFERENCE_SECTIONS = [
  ["schemas", "defschema"],
  ["modules", "defmodule"],
  ["plans", "defplan"],
  ["caps", "defcap"],
  ["policies", "defpolicy"],
  ["effects", "defeffect"],
  ["secrets", "defsecret"],
  ["migrations", "defmigration"]
];

// packages/air/src/json/printer.ts
function printJson(value, options = {}) {
  const indent = options.indent ?? 0;
  return print2(value, indent === 0 ? void 0 : " ".repeat(indent), "\n");
}
function print2(value, step3, line) {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number") return printNumber(value);
  if (value instanceof JsonDecimal) return value.text;
  return Array.isArray(value) ? printList(value, step3, line) : printObject(value, step3, line);
}
function printNumber(value) {
  assert(Number.isSafeInteger(value), "a JSON number is a safe integer");
  return value === 0 ? "0" : String(value);
}
function printList(list4, step3, line) {
  const inner = step3 === void 0 ? line : line + step3;
  const items3 = list4.map((item) => print2(item, step3, inner));
  return wrap2("[", items3, "]", step3 === void 0 ? void 0 : { line, inner });
}
function printObject(object3, step3, line) {
  const inner = step3 === void 0 ? line : line + step3;
  const colon = step3 === void 0 ? ":" : ": ";
  const items3 = Object.keys(object3).map(
    (key3) => JSON.stringify(key3) + colon + print2(object3[key3], step3, inner)
  );
  return wrap2("{", items3, "}", step3 === void 0 ? void 0 : { line, inner });
}
function wrap2(open5, items3, close2, breaks) {
  if (items3.length === 0) return open5 + close2;
  if (breaks === void 0) return open5 + items3.join(",") + close2;
  return open5 + breaks.inner + items3.join(`,${breaks.inner}`) + breaks.line + close2;
}

// packages/air/src/json/reader.ts
var DEFAULT_LIMITS2 = { maxDepth: 128, maxChars: 16 * 1024 * 1024 };
var MIN_INTEGER = -(2n ** 64n);
var MAX_INTEGER = 2n ** 64n - 1n;
var MAX_INTEGER_CHARS = 21;
var SAFE_INTEGER_CHARS = 15;
var NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
function parseJson(text8, limits = {}) {
  return attempt(() => new JsonReader(text8, { ...DEFAULT_LIMITS2, ...limits }).document());
}
var JsonReader = class {
  constructor(text8, limits) {
    this.text = text8;
    this.limits = limits;
  }
  text;
  limits;
  pos = 0;
  depth = 0;
  document() {
    if (this.text.length > this.limits.maxChars) {
      this.fail("json-size", `expected at most ${this.limits.maxChars} characters`);
    }
    const value = this.value();
    if (this.peek() !== "") this.fail("json-syntax", "expected the end of the text");
    return value;
  }
  value() {
    switch (this.peek()) {
      case "{":
        return this.nested(() => this.object());
      case "[":
        return this.nested(() => this.list());
      case '"':
        return this.string();
      case "t":
        return this.word("true", true);
      case "f":
        return this.word("false", false);
      case "n":
        return this.word("null", null);
      default:
        return this.number();
    }
  }
  nested(read2) {
    if (this.depth === this.limits.maxDepth) {
      this.fail("json-depth", `expected at most ${this.limits.maxDepth} levels`);
    }
    this.depth += 1;
    this.pos += 1;
    const value = read2();
    this.depth -= 1;
    return value;
  }
  object() {
    const object3 = newJsonObject();
    if (this.took("}")) return object3;
    do {
      if (this.peek() !== '"') this.fail("json-syntax", "expected a key in quotes");
      const start3 = this.pos;
      const key3 = this.string();
      if (key3 in object3) {
        this.fail("json-duplicate-key", `the key ${JSON.stringify(key3)} stands here twice`, start3);
      }
      if (!this.took(":")) this.fail("json-syntax", "expected a colon");
      object3[key3] = this.value();
    } while (this.took(","));
    if (!this.took("}")) this.fail("json-syntax", "expected a comma or a closing brace");
    return object3;
  }
  list() {
    const list4 = [];
    if (this.took("]")) return list4;
    do
      list4.push(this.value());
    while (this.took(","));
    if (!this.took("]")) this.fail("json-syntax", "expected a comma or a closing bracket");
    return list4;
  }
  word(word, value) {
    if (!this.text.startsWith(word, this.pos)) this.fail("json-syntax", "expected a value");
    this.pos += word.length;
    return value;
  }
  number() {
    NUMBER.lastIndex = this.pos;
    const found = NUMBER.exec(this.text);
    if (found === null) this.fail("json-syntax", "expected a value");
    const written = found[0];
    if (found[1] !== void 0 || found[2] !== void 0) {
      this.pos += written.length;
      return new JsonDecimal(written);
    }
    const value = this.integer(written);
    this.pos += written.length;
    return value;
  }
  integer(written) {
    if (written === "-0") return 0;
    if (written.length <= SAFE_INTEGER_CHARS) return Number(written);
    const exact2 = written.length <= MAX_INTEGER_CHARS ? BigInt(written) : void 0;
    if (exact2 === void 0 || exact2 < MIN_INTEGER || exact2 > MAX_INTEGER) {
      this.fail("json-integer-range", "expected an integer of at most 64 bits and a sign");
    }
    const near = Number(exact2);
    return Number.isSafeInteger(near) ? near : exact2;
  }
  string() {
    const start3 = this.pos;
    this.pos += 1;
    let plainFrom = this.pos;
    let read2 = "";
    for (; ; ) {
      const unit3 = this.text.charCodeAt(this.pos);
      if (unit3 === 34) break;
      if (unit3 === 92) {
        read2 += this.text.slice(plainFrom, this.pos) + this.escape();
        plainFrom = this.pos;
      } else if (unit3 >= 55296 && unit3 <= 57343) {
        this.assertPair(unit3, this.text.charCodeAt(this.pos + 1));
        this.pos += 2;
      } else if (unit3 >= 32) {
        this.pos += 1;
      } else if (unit3 < 32) {
        this.fail("json-syntax", "expected an escape instead of a control character");
      } else {
        this.fail("json-syntax", "expected a closing quote", start3);
      }
    }
    const last = this.text.slice(plainFrom, this.pos);
    this.pos += 1;
    return read2 + last;
  }
  /** At a backslash; returns what it stands for. */
  escape() {
    const letter = this.text.charAt(this.pos + 1);
    if (letter !== "u") {
      const at2 = letter === "" ? -1 : '"\\/bfnrt'.indexOf(letter);
      if (at2 < 0) this.fail("json-syntax", 'expected one of the escapes " \\ / b f n r t u');
      this.pos += 2;
      return '"\\/\b\f\n\r	'.charAt(at2);
    }
    const first2 = this.hexUnit(this.pos + 2);
    if (first2 < 55296 || first2 > 57343) {
      this.pos += 6;
      return String.fromCharCode(first2);
    }
    const follows = this.text.startsWith("\\u", this.pos + 6);
    const second = follows ? this.hexUnit(this.pos + 8) : 0;
    this.assertPair(first2, second);
    this.pos += 12;
    return String.fromCharCode(first2, second);
  }
  hexUnit(at2) {
    const digits2 = this.text.slice(at2, at2 + 4);
    if (!/^[0-9a-fA-F]{4}$/.test(digits2)) {
      this.fail("json-syntax", "expected four hexadecimal digits after \\u");
    }
    return Number.parseInt(digits2, 16);
  }
  assertPair(first2, second) {
    if (first2 > 56319 || !(second >= 56320 && second <= 57343)) {
      this.fail("json-lone-surrogate", "expected both halves of a surrogate pair");
    }
  }
  /** Skips white space and returns the next character, '' at the end. */
  peek() {
    for (; ; ) {
      const unit3 = this.text.charCodeAt(this.pos);
      if (unit3 !== 32 && unit3 !== 10 && unit3 !== 13 && unit3 !== 9) break;
      this.pos += 1;
    }
    return this.text.charAt(this.pos);
  }
  took(character) {
    if (this.peek() !== character) return false;
    this.pos += 1;
    return true;
  }
  fail(code2, expected2, pos = this.pos) {
    const before = this.text.slice(0, pos);
    const line = before.split("\n").length;
    const column = pos - before.lastIndexOf("\n");
    const found = pos < this.text.length ? JSON.stringify(this.text.charAt(pos)) : "the end";
    throw new RefusalError({ code: code2, at: `${line}:${column}`, detail: `${expected2}; at ${found}` });
  }
};

// packages/air/src/world/finding.ts
function pathOf2(place3, suffix = "") {
  return `${place3.file}#${place3.at}${suffix}`;
}
function error(code2, path, message, hint) {
  return { code: code2, severity: "error", path, message, ...hint === void 0 ? {} : { hint } };
}
function warning(code2, path, message, hint) {
  return { ...error(code2, path, message, hint), severity: "warning" };
}
function fromProblems(file, problems) {
  return problems.map(({ code: code2, at: at2, message, hint }) => error(code2, `${file}#${at2}`, message, hint));
}
function hasError(findings) {
  return findings.some((finding) => finding.severity === "error");
}

// packages/air/src/validate/near-misses.ts
var MAX_COMPARISONS = 2e7;
var NearMisses = class {
  left = MAX_COMPARISONS;
  /** A hint that names the nearest of the known names; the advice when none is near. */
  hint(found, known, advice) {
    const near = this.left > 0 ? nearest(found, this.charged(found, known)) : void 0;
    return near === void 0 ? advice : `did you mean ${near}?`;
  }
  *charged(found, known) {
    for (const name2 of known) {
      if (this.left <= 0) return;
      this.left -= Math.abs(name2.length - found.length) > 2 ? 1 : name2.length * found.length;
      yield name2;
    }
  }
};

// packages/air/src/values/node.ts
var claimsNothing = () => false;
var MAX_ITEMS = 4e6;
var Run = class {
  constructor(out) {
    this.out = out;
  }
  out;
  trail = [];
  itemsLeft = MAX_ITEMS;
  /** Does something one step deeper in the input. */
  inside(key3, work) {
    this.enter(key3);
    work();
    this.leave();
  }
  /** One step deeper in the input; {@link leave} follows unless something is refused. */
  enter(key3) {
    this.trail.push(key3);
  }
  leave() {
    this.trail.pop();
  }
  /** Does something several steps deeper in the input. */
  insideAll(keys, work) {
    this.trail.push(...keys);
    const done = work();
    this.trail.length -= keys.length;
    return done;
  }
  /** Charges the items of a list or map before they are written. */
  charge(items3) {
    this.itemsLeft -= items3;
    if (this.itemsLeft < 0) this.refuse("value-size", `expected at most ${MAX_ITEMS} items`);
  }
  /** What `write` writes, apart from the output. */
  apart(write4) {
    const outer = this.out;
    this.out = new Writer(SMALL_BYTES);
    write4();
    const bytes5 = this.out.finish();
    this.out = outer;
    return bytes5;
  }
  /** JSON pointer to where the input is being read. */
  place() {
    return this.trail.reduce(pointer, "");
  }
  refuse(code2, detail) {
    throw new RefusalError({ code: code2, at: this.place(), detail });
  }
};
var SMALL_BYTES = 64;
var MAX_NAMED2 = 12;
function nameSome(names) {
  const all = [...names];
  const more = all.length > MAX_NAMED2 ? ", \u2026" : "";
  return all.slice(0, MAX_NAMED2).join(", ") + more;
}
function describeValue(value) {
  if (value instanceof Uint8Array) return `a byte string of ${value.length} bytes`;
  if (value instanceof Map) return "a map";
  if (typeof value !== "object" || value === null) return describeJson(value);
  return Array.isArray(value) ? "a list" : "a float";
}
function expectedValue(expected2, found) {
  return `expected ${expected2}, found ${describeValue(found)}`;
}
function expectedJson(expected2, found) {
  return `expected ${expected2}, found ${describeJson(found)}`;
}

// packages/air/src/values/calendar.ts
var NS = 1000000000n;
var MINUTE_S = 60;
var HOUR_S = 3600;
var DAY_S = 86400;
var DATE = String.raw`(\d{4})-(\d{2})-(\d{2})`;
var FRACTION = String.raw`(?:\.(\d{1,9}))?`;
var OFFSET = String.raw`(?:[Zz]|([+-])(\d{2}):(\d{2}))`;
var DATE_TIME = new RegExp(String.raw`^${DATE}[Tt](\d{2}):(\d{2}):(\d{2})${FRACTION}${OFFSET}$`);
var amount = (unit3) => String.raw`(?:(\d{1,12})${unit3})?`;
var CLOCK2 = `(?:T(?!$)${amount("H")}${amount("M")}${amount(`${FRACTION}S`)})?`;
var DURATION = new RegExp(`^(-)?P(?!$)${amount("W")}${amount("D")}${CLOCK2}$`);
function parseDateTime(text8) {
  const found = DATE_TIME.exec(text8);
  if (found === null) return void 0;
  const part = (i) => Number(found[i] ?? 0);
  const [year, month, day] = [part(1), part(2), part(3)];
  const [hour, minute, second] = [part(4), part(5), part(6)];
  const [offsetHour, offsetMinute] = [part(9), part(10)];
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return void 0;
  if (hour > 23 || minute > 59 || second > 59) return void 0;
  if (offsetHour > 23 || offsetMinute > 59) return void 0;
  const sign2 = found[8] === "-" ? -1 : 1;
  const local = hour * HOUR_S + minute * MINUTE_S + second;
  const offset = sign2 * (offsetHour * HOUR_S + offsetMinute * MINUTE_S);
  const seconds = daysSince1970(year, month, day) * DAY_S + local - offset;
  return BigInt(seconds) * NS + fraction(found[7]);
}
function parseIsoDuration(text8) {
  const found = DURATION.exec(text8);
  if (found === null) return void 0;
  const part = (i) => BigInt(found[i] ?? 0);
  const days = part(2) * 7n + part(3);
  const seconds = days * BigInt(DAY_S) + part(4) * BigInt(HOUR_S) + part(5) * BigInt(MINUTE_S) + part(6);
  const total = seconds * NS + fraction(found[7]);
  return found[1] === void 0 ? total : -total;
}
function fraction(digits2) {
  return digits2 === void 0 ? 0n : BigInt(digits2.padEnd(9, "0"));
}
function isLeap(year) {
  return year % 4 === 0 && year % 100 !== 0 || year % 400 === 0;
}
function daysIn(year, month) {
  if (month === 2) return isLeap(year) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}
function daysSince1970(year, month, day) {
  let days = daysBeforeYear(year) - daysBeforeYear(1970) + day - 1;
  for (let each = 1; each < month; each += 1) days += daysIn(year, each);
  return days;
}
function daysBeforeYear(year) {
  const leaps = (last) => Math.floor(last / 4) - Math.floor(last / 100) + Math.floor(last / 400) + 1;
  return year * 365 + (year === 0 ? 0 : leaps(year - 1));
}

// packages/air/src/values/scan.ts
var MAX_BYTES = 16 * 1024 * 1024;
var MAX_ITEMS2 = 1e6;
var UNSIGNED = 0;
var NEGATIVE = 1;
var BYTES = 2;
var TEXT = 3;
var LIST = 4;
var MAP = 5;
var NIL = 246;
var HIGH_WORD = 4294967296;
var Scan = class {
  constructor(bytes5, pos) {
    this.bytes = bytes5;
    this.pos = pos;
  }
  bytes;
  pos;
  /** Argument of the last head; above 2^53 only approximate. */
  argument = 0;
  /** Upper 32 bits of the last argument, exact. */
  highWord = 0;
  itemsLeft = MAX_ITEMS2;
  isSmall() {
    return this.bytes.length <= MAX_BYTES;
  }
  /** Major type of the item here; 7 for simple values, -1 at the end. */
  major() {
    const byte = this.bytes[this.pos];
    return byte === void 0 ? -1 : byte >> 5;
  }
  isNil() {
    return this.bytes[this.pos] === NIL;
  }
  nil() {
    return this.bytes[this.pos++] === NIL;
  }
  bool() {
    const byte = this.bytes[this.pos++];
    return byte === 244 || byte === 245;
  }
  /** Moves over a head of this major type in its shortest form. */
  head(major) {
    const byte = this.bytes[this.pos++];
    if (byte === void 0 || byte >> 5 !== major) return false;
    const info = byte & 31;
    this.highWord = 0;
    if (info < 24) {
      this.argument = info;
      return true;
    }
    return this.longHead(info);
  }
  /** Moves over a list or map head and charges its items. */
  container(major, itemsEach) {
    if (!this.head(major)) return false;
    this.itemsLeft -= this.argument * itemsEach;
    return this.itemsLeft >= 0;
  }
  /** Moves over exactly these bytes. */
  literal(expected2) {
    const { bytes: bytes5, pos } = this;
    const size = expected2.length;
    for (let i = 0; i < size; i++) if (bytes5[pos + i] !== expected2[i]) return false;
    this.pos = pos + size;
    return true;
  }
  byteString() {
    if (!this.head(BYTES)) return false;
    this.pos += this.argument;
    return this.pos <= this.bytes.length;
  }
  text() {
    if (!this.head(TEXT)) return false;
    const { bytes: bytes5, pos } = this;
    const end3 = pos + this.argument;
    if (end3 > bytes5.length) return false;
    this.pos = end3;
    for (let i = pos; i < end3; i++) {
      if (bytes5[i] >= 128) return decodeUtf8(bytes5.subarray(i, end3)).ok;
    }
    return true;
  }
  /** Moves over text and returns it; undefined when it is not recognised. */
  textValue() {
    if (!this.head(TEXT)) return void 0;
    const start3 = this.pos;
    this.pos += this.argument;
    if (this.pos > this.bytes.length) return void 0;
    const text8 = decodeUtf8(this.bytes.subarray(start3, this.pos));
    return text8.ok ? text8.value : void 0;
  }
  /** Moves over this many lower-case hexadecimal digits. */
  hexDigits(count3) {
    const { bytes: bytes5, pos } = this;
    for (let i = pos; i < pos + count3; i++) {
      const byte = bytes5[i];
      const isHex = byte >= 48 && byte <= 57 || byte >= 97 && byte <= 102;
      if (!isHex) return false;
    }
    this.pos = pos + count3;
    return true;
  }
  longHead(info) {
    const { bytes: bytes5, pos } = this;
    const size = info === 24 ? 1 : info === 25 ? 2 : info === 26 ? 4 : info === 27 ? 8 : 0;
    if (size === 0 || pos + size > bytes5.length) return false;
    let high = 0;
    let low = 0;
    for (let i = 0; i < size; i++) {
      high = i < size - 4 ? high * 256 + bytes5[pos + i] : high;
      low = i < size - 4 ? low : low * 256 + bytes5[pos + i];
    }
    this.pos = pos + size;
    this.highWord = high;
    this.argument = high * HIGH_WORD + low;
    return isShortest(size, high, low);
  }
};
function isShortest(size, high, low) {
  switch (size) {
    case 1:
      return low >= 24;
    case 2:
      return low > 255;
    case 4:
      return low > 65535;
    default:
      return high > 0;
  }
}
function compareItems(bytes5, a, b) {
  const sizeA = a[1] - a[0];
  const sizeB = b[1] - b[0];
  for (let i = 0; i < sizeA && i < sizeB; i++) {
    const difference = bytes5[a[0] + i] - bytes5[b[0] + i];
    if (difference !== 0) return difference;
  }
  return sizeA - sizeB;
}

// packages/air/src/values/scalars.ts
var MIN_INT = -(2n ** 63n);
var MAX_INT = 2n ** 63n - 1n;
var MAX_NAT = 2n ** 64n - 1n;
var INTEGER_TEXT = /^-?(?:0|[1-9][0-9]{0,19})$/;
var UUID_TEXT3 = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
var HASH_PREFIX = Uint8Array.of(120, 71, ...utf8("sha256:"));
var I64_HIGH_LIMIT = 2147483648;
var bool2 = {
  tag: "bool",
  expected: "a boolean",
  scan: (scan) => scan.bool(),
  check: (value) => typeof value === "boolean" ? value : void 0,
  write: (value, run) => run.out.bool(value)
};
function signed(tag, expected2) {
  return {
    tag,
    expected: expected2,
    scan: scanInt,
    check(value, run) {
      if (!isInteger2(value)) return void 0;
      if (value < MIN_INT || value > MAX_INT) {
        run.refuse("value-range", `expected -2^63 to 2^63 - 1, found ${value}`);
      }
      return value;
    },
    write: (value, run) => run.out.int(value)
  };
}
var int2 = { ...signed("int", "an integer"), parse: parseInteger };
var time2 = {
  ...signed("time_ns", "an integer of nanoseconds since 1970 (in JSON also: RFC 3339 text)"),
  parse: (json) => typeof json === "string" ? narrowed(parseDateTime(json)) : void 0
};
var duration = {
  ...signed("duration_ns", "an integer of nanoseconds (in JSON also: ISO 8601 text such as PT5S)"),
  parse: (json) => typeof json === "string" ? narrowed(parseIsoDuration(json)) : void 0
};
var nat2 = {
  tag: "nat",
  expected: "an integer from 0",
  scan: (scan) => scan.head(UNSIGNED),
  check(value, run) {
    if (!isInteger2(value)) return void 0;
    if (value < 0 || value > MAX_NAT) {
      run.refuse("value-range", `expected 0 to 2^64 - 1, found ${value}`);
    }
    return value;
  },
  parse: parseInteger,
  write: (value, run) => run.out.int(value)
};
var bytes2 = {
  tag: "bytes_b64",
  expected: "a byte string (in JSON: base64 text)",
  scan: (scan) => scan.byteString(),
  check: (value) => value instanceof Uint8Array ? value : void 0,
  parse(json, run) {
    if (typeof json !== "string") return void 0;
    const read2 = fromBase64(json);
    return read2.ok ? read2.value : run.refuse("value-type", `base64: ${read2.refusal.detail}`);
  },
  write: (value, run) => run.out.bytes(value),
  show: (value) => toBase64(value)
};
var text4 = {
  tag: "text",
  expected: "text",
  scan: (scan) => scan.text(),
  check: (value) => typeof value === "string" ? value : void 0,
  write: (value, run) => run.out.text(value)
};
var dec1282 = {
  tag: "dec128",
  expected: 'decimal text such as "12.5"',
  scan(scan) {
    const written = scan.textValue();
    if (written === void 0) return false;
    const normal = parseDec128(written);
    return normal.ok && normal.value === written;
  },
  check(value, run) {
    if (typeof value !== "string") return void 0;
    const normal = parseDec128(value);
    return normal.ok ? normal.value : run.refuse("value-dec128", normal.refusal.detail);
  },
  write: (value, run) => run.out.text(value)
};
var hash4 = {
  tag: "hash",
  expected: 'hash text such as "sha256:\u2026"',
  scan: (scan) => scan.literal(HASH_PREFIX) && scan.hexDigits(64),
  check(value, run) {
    if (typeof value !== "string") return void 0;
    const read2 = parseHashText(value);
    return read2.ok ? value : run.refuse("value-hash", read2.refusal.detail);
  },
  write: (value, run) => run.out.text(value)
};
var uuid = {
  tag: "uuid",
  expected: "lower-case UUID text (RFC 4122)",
  scan(scan) {
    const written = scan.textValue();
    return written !== void 0 && UUID_TEXT3.test(written);
  },
  check(value, run) {
    if (typeof value !== "string") return void 0;
    if (UUID_TEXT3.test(value)) return value;
    return run.refuse("value-uuid", "expected lower-case 8-4-4-4-12 hexadecimal digits");
  },
  write: (value, run) => run.out.text(value)
};
var unit2 = {
  isOption: false,
  isUnit: true,
  claims: claimsNothing,
  scan: (scan) => scan.nil(),
  fromCbor(value, run) {
    if (value !== null) run.refuse("value-type", expectedValue("null", value));
    run.out.nil();
  },
  fromJson(json, run) {
    if (json !== null && !isNullLiteral(json)) {
      run.refuse("value-type", expectedJson("null", json));
    }
    run.out.nil();
  },
  toJson: () => null
};
var SCALARS = {
  bool: defineScalar(bool2),
  int: defineScalar(int2),
  nat: defineScalar(nat2),
  dec128: defineScalar(dec1282),
  bytes: defineScalar(bytes2),
  text: defineScalar(text4),
  time: defineScalar(time2),
  duration: defineScalar(duration),
  hash: defineScalar(hash4),
  uuid: defineScalar(uuid),
  unit: unit2
};
function defineScalar(scalar4) {
  const fromValue = (value, found, run) => {
    const checked = scalar4.check(value, run);
    if (checked === void 0) run.refuse("value-type", found());
    scalar4.write(checked, run);
  };
  return {
    isOption: false,
    isUnit: false,
    claims: claimsNothing,
    scan: scalar4.scan,
    fromCbor: (value, run) => fromValue(value, () => expectedValue(scalar4.expected, value), run),
    fromJson(json, run) {
      const bare = untag(json, scalar4.tag);
      const value = scalar4.parse?.(bare, run) ?? plainValue2(bare);
      if (value === void 0) run.refuse("value-type", expectedJson(scalar4.expected, json));
      fromValue(value, () => expectedJson(scalar4.expected, json), run);
    },
    toJson: (value) => scalar4.show === void 0 ? value : scalar4.show(value)
  };
}
function untag(json, tag) {
  return isJsonObject(json) && isOnlyKey(json, tag) ? json[tag] : json;
}
function plainValue2(json) {
  return typeof json === "object" && json !== null ? void 0 : json;
}
function isInteger2(value) {
  return typeof value === "number" ? Number.isSafeInteger(value) : typeof value === "bigint";
}
function parseInteger(json) {
  if (typeof json !== "string") return void 0;
  if (!INTEGER_TEXT.test(json)) return void 0;
  return narrowed(BigInt(json));
}
function narrowed(exact2) {
  return exact2 !== void 0 && Number.isSafeInteger(Number(exact2)) ? Number(exact2) : exact2;
}
function scanInt(scan) {
  const major = scan.major() === NEGATIVE ? NEGATIVE : UNSIGNED;
  return scan.head(major) && scan.highWord < I64_HIGH_LIMIT;
}
function isNullLiteral(json) {
  const inner = isJsonObject(json) && isOnlyKey(json, "null") ? json.null : void 0;
  return isJsonObject(inner) && Object.keys(inner).length === 0;
}
function isOnlyKey(json, key3) {
  return Object.hasOwn(json, key3) && Object.keys(json).length === 1;
}

// packages/air/src/values/map.ts
var CAPTURED_KEYS = ["map", "null"];
function mapNode(key3, value, sugar) {
  return {
    isOption: false,
    isUnit: false,
    claims: claimsNothing,
    scan: (scan) => scan.container(MAP, 2) && scanEntries(scan, scan.argument, key3, value),
    fromCbor(input, run) {
      if (!(input instanceof Map)) run.refuse("value-type", expectedValue("a map", input));
      const map3 = input;
      const entries2 = [...map3].map(([k, v], i) => {
        const place3 = [typeof k === "string" || typeof k === "number" ? k : i];
        return { key: k, value: v, keyPlace: place3, valuePlace: place3 };
      });
      writeEntries(entries2, key3.fromCbor, value.fromCbor, run);
    },
    fromJson(json, run) {
      const entries2 = taggedEntries(json) ?? sugarEntries(json, sugar, run);
      writeEntries(entries2, key3.fromJson, value.fromJson, run);
    },
    toJson: (input) => showMap(input, key3, value, sugar)
  };
}
function scanEntries(scan, count3, key3, value) {
  let before = 0;
  let beforeEnd = 0;
  for (let i = 0; i < count3; i++) {
    const start3 = scan.pos;
    if (!key3.scan(scan)) return false;
    const end3 = scan.pos;
    if (i > 0 && compareItems(scan.bytes, [before, beforeEnd], [start3, end3]) >= 0) return false;
    before = start3;
    beforeEnd = end3;
    if (!value.scan(scan)) return false;
  }
  return true;
}
function writeEntries(entries2, writeKey2, writeValue, run) {
  run.charge(2 * entries2.length);
  const encoded = entries2.map((entry2) => ({
    entry: entry2,
    key: run.apart(() => run.insideAll(entry2.keyPlace, () => writeKey2(entry2.key, run))),
    value: run.apart(() => run.insideAll(entry2.valuePlace, () => writeValue(entry2.value, run)))
  }));
  encoded.sort((a, b) => compareBytes(a.key, b.key));
  run.out.mapHead(encoded.length);
  encoded.forEach(({ entry: entry2, key: key3, value }, i) => {
    const previous = encoded[i - 1];
    if (previous !== void 0 && bytesEqual(previous.key, key3)) {
      run.insideAll(entry2.keyPlace, () => {
        run.refuse("value-duplicate-key", "expected every key once");
      });
    }
    run.out.raw(key3);
    run.out.raw(value);
  });
}
function taggedEntries(json) {
  if (!isJsonObject(json) || !isOnlyKey(json, "map") || !isJsonList(json.map)) return void 0;
  const entries2 = [];
  for (const [i, item] of json.map.entries()) {
    if (!isJsonObject(item) || Object.keys(item).length !== 2) return void 0;
    const { key: key3, value } = item;
    if (key3 === void 0 || value === void 0) return void 0;
    entries2.push({ key: key3, value, keyPlace: ["map", i, "key"], valuePlace: ["map", i, "value"] });
  }
  return entries2;
}
function sugarEntries(json, sugar, run) {
  if (isJsonList(json)) return json.map((pair, i) => pairEntry(pair, i, run));
  if (sugar === "object" && isJsonObject(json)) {
    const place3 = (key3) => [key3];
    return Object.keys(json).map((key3) => ({
      key: key3,
      value: json[key3],
      keyPlace: place3(key3),
      valuePlace: place3(key3)
    }));
  }
  const expected2 = sugar === "object" ? "a map" : "a map as [[key, value], \u2026]";
  return run.refuse("value-type", expectedJson(expected2, json));
}
function pairEntry(pair, i, run) {
  const [key3, value, ...more] = isJsonList(pair) ? pair : [];
  if (key3 === void 0 || value === void 0 || more.length > 0) {
    return run.insideAll([i], () => run.refuse("value-type", expectedJson("[key, value]", pair)));
  }
  return { key: key3, value, keyPlace: [i, 0], valuePlace: [i, 1] };
}
function showMap(map3, key3, value, sugar) {
  const only = map3.size === 1 ? [...map3.keys()][0] : void 0;
  if (sugar === "pairs" || typeof only === "string" && CAPTURED_KEYS.includes(only)) {
    return [...map3].map(([k, v]) => [key3.toJson(k), value.toJson(v)]);
  }
  const object3 = newJsonObject();
  for (const [k, v] of map3) object3[k] = value.toJson(v);
  return object3;
}

// packages/air/src/values/record.ts
function recordNode(types) {
  const fields2 = [...types].map(([name2, node]) => ({ name: name2, keyBytes: encodeUntagged(name2), node })).sort((a, b) => compareBytes(a.keyBytes, b.keyBytes));
  return {
    isOption: false,
    isUnit: false,
    claims: (key3) => types.has(key3),
    scan(scan) {
      if (!scan.container(MAP, 2) || scan.argument !== fields2.length) return false;
      for (const field of fields2) {
        if (!scan.literal(field.keyBytes) || !field.node.scan(scan)) return false;
      }
      return true;
    },
    fromCbor(value, run) {
      if (!(value instanceof Map)) run.refuse("value-type", expectedValue("a record", value));
      const map3 = value;
      begin(fields2, run);
      let present3 = 0;
      for (const field of fields2) {
        const found = map3.get(field.name);
        if (found === void 0) {
          fill(field, run, () => assertKnown(map3.keys(), types, run));
          continue;
        }
        present3 += 1;
        run.out.raw(field.keyBytes);
        run.enter(field.name);
        field.node.fromCbor(found, run);
        run.leave();
      }
      if (present3 < map3.size) assertKnown(map3.keys(), types, run);
    },
    fromJson(json, run) {
      if (!isJsonObject(json)) run.refuse("value-type", expectedJson("a record", json));
      else if (!isTagged(json, types)) writeJson(json, run);
      else run.inside("record", () => writeJson(json.record, run));
    },
    toJson(value) {
      const map3 = value;
      const object3 = newJsonObject();
      for (const { name: name2, node } of fields2) {
        object3[name2] = node.toJson(map3.get(name2));
      }
      return object3;
    }
  };
  function writeJson(json, run) {
    const keys = Object.keys(json);
    begin(fields2, run);
    let present3 = 0;
    for (const field of fields2) {
      const found = Object.hasOwn(json, field.name) ? json[field.name] : void 0;
      if (found === void 0) {
        fill(field, run, () => assertKnown(keys, types, run));
        continue;
      }
      present3 += 1;
      run.out.raw(field.keyBytes);
      run.enter(field.name);
      field.node.fromJson(found, run);
      run.leave();
    }
    if (present3 < keys.length) assertKnown(keys, types, run);
  }
}
function isTagged(json, types) {
  return isOnlyKey(json, "record") && isJsonObject(json.record) && !types.has("record");
}
function assertKnown(keys, types, run) {
  for (const key3 of keys) {
    if (typeof key3 === "string" && types.has(key3)) continue;
    const found = expectedValue(`only the fields ${nameSome(types.keys())}`, key3);
    run.inside(typeof key3 === "string" ? key3 : "", () => run.refuse("value-unknown-field", found));
  }
}
function begin(fields2, run) {
  run.charge(2 * fields2.length);
  run.out.mapHead(fields2.length);
}
function fill({ name: name2, keyBytes: keyBytes2, node }, run, assertAllKnown) {
  if (node.isOption) {
    run.out.raw(keyBytes2);
    run.out.nil();
    return;
  }
  assertAllKnown();
  run.refuse("value-missing-field", `expected the field ${JSON.stringify(name2)}`);
}

// packages/air/src/values/schema.ts
var SELF_DESCRIBE = Uint8Array.of(217, 217, 247);
var MAX_SIZE_BYTES = 64 * 1024 * 1024;
function compiledSchema(name2, node, type) {
  const normalizeCbor = (bytes5) => recognize(node, bytes5) ?? rewrite(node, bytes5);
  return {
    name: name2,
    type,
    normalizeCbor,
    normalizeJson: (json) => write2((run) => node.fromJson(json, run)),
    toJson(canonical) {
      const normal = normalizeCbor(canonical);
      if (!normal.ok) return normal;
      const value = decode(normal.value);
      return value.ok ? ok(node.toJson(value.value)) : value;
    }
  };
}
function recognize(node, bytes5) {
  const scan = new Scan(bytes5, 0);
  const isTagged2 = scan.literal(SELF_DESCRIBE);
  if (!scan.isSmall() || !node.scan(scan) || scan.pos !== bytes5.length) return void 0;
  return ok(isTagged2 ? bytes5 : concatBytes(SELF_DESCRIBE, bytes5));
}
function rewrite(node, bytes5) {
  const value = decodePlain(bytes5);
  return value.ok ? write2((run) => node.fromCbor(value.value, run)) : value;
}
function write2(work) {
  const out = borrowWriter();
  const run = new Run(out);
  return attempt(() => {
    out.selfDescribe();
    try {
      work(run);
    } catch (error2) {
      throw placed(error2, run);
    }
    if (out.sizeBytes > MAX_SIZE_BYTES) run.refuse("value-size", "expected at most 64 MiB");
    const bytes5 = out.finish();
    returnWriter(out);
    return bytes5;
  });
}
function placed(error2, run) {
  if (!(error2 instanceof RefusalError)) return error2;
  const { code: code2, detail } = error2.refusal;
  if (code2 === "lone-surrogate") {
    return new RefusalError({ code: "value-text", at: run.place(), detail });
  }
  return code2 === "cbor-size" ? new RefusalError({ code: "value-size", at: run.place(), detail }) : error2;
}

// packages/air/src/values/sequence.ts
function listNode(item) {
  return {
    isOption: false,
    isUnit: false,
    claims: claimsNothing,
    scan(scan) {
      if (!scan.container(LIST, 1)) return false;
      for (let left = scan.argument; left > 0; left--) if (!item.scan(scan)) return false;
      return true;
    },
    fromCbor: (value, run) => writeList(readList(value, run), item.fromCbor, run),
    fromJson: (json, run) => withItems(json, "list", run, (items3) => {
      writeList(items3, item.fromJson, run);
    }),
    toJson: (value) => value.map((each) => item.toJson(each))
  };
}
function setNode(item) {
  return {
    isOption: false,
    isUnit: false,
    claims: claimsNothing,
    scan: (scan) => scan.container(LIST, 1) && scanAscending(scan, scan.argument, item),
    fromCbor: (value, run) => writeSet(readList(value, run), item.fromCbor, run),
    fromJson: (json, run) => withItems(json, "set", run, (items3) => {
      writeSet(items3, item.fromJson, run);
    }),
    toJson: (value) => value.map((each) => item.toJson(each))
  };
}
function optionNode(inner) {
  const isNone = (json) => json === null || isNullLiteral(json) && !inner.claims("null");
  return {
    isOption: true,
    isUnit: false,
    claims: inner.claims,
    scan: (scan) => scan.isNil() ? scan.nil() : inner.scan(scan),
    fromCbor: (value, run) => value === null ? run.out.nil() : inner.fromCbor(value, run),
    fromJson: (json, run) => isNone(json) ? run.out.nil() : inner.fromJson(json, run),
    toJson: (value) => value === null ? null : inner.toJson(value)
  };
}
function scanAscending(scan, count3, item) {
  let before = scan.pos;
  for (let i = 0; i < count3; i++) {
    const start3 = scan.pos;
    if (!item.scan(scan)) return false;
    if (i > 0 && compareItems(scan.bytes, [before, start3], [start3, scan.pos]) >= 0) return false;
    before = start3;
  }
  return true;
}
function readList(value, run) {
  if (!Array.isArray(value)) run.refuse("value-type", expectedValue("a list", value));
  return value;
}
function withItems(json, tag, run, write4) {
  const tagged = isJsonObject(json) && isOnlyKey(json, tag) ? json[tag] : void 0;
  if (isJsonList(json)) write4(json);
  else if (isJsonList(tagged)) run.inside(tag, () => write4(tagged));
  else run.refuse("value-type", expectedJson("a list", json));
}
function writeList(items3, write4, run) {
  run.charge(items3.length);
  run.out.listHead(items3.length);
  items3.forEach((item, i) => {
    run.inside(i, () => write4(item, run));
  });
}
function writeSet(items3, write4, run) {
  run.charge(items3.length);
  const encoded = items3.map((item, i) => run.apart(() => run.inside(i, () => write4(item, run))));
  const distinct2 = encoded.sort(compareBytes).filter((bytes5, i) => i === 0 || !bytesEqual(bytes5, encoded[i - 1]));
  run.out.listHead(distinct2.length);
  for (const bytes5 of distinct2) run.out.raw(bytes5);
}

// packages/air/src/values/variant.ts
var TAG_KEY = encodeUntagged("$tag");
var VALUE_KEY = encodeUntagged("$value");
var TAGGED_KEYS = [
  ["$tag", "$value"],
  ["tag", "value"]
];
var SELF_DESCRIBE_BYTES = 3;
var HEAD_BYTES = 1 + 5 + 7;
var MAX_TRIED_ARMS = 16;
function wrapVariant(tag, canonicalMember) {
  assert(canonicalMember[0] === 217 && canonicalMember[2] === 247, "a member is canonical");
  const tagBytes = encodeUntagged(tag);
  const out = new Writer(canonicalMember.length + tagBytes.length + HEAD_BYTES);
  out.selfDescribe();
  writeHead(out, tagBytes);
  out.raw(canonicalMember.subarray(SELF_DESCRIBE_BYTES));
  return out.finish();
}
function variantNode(types) {
  const arms2 = new Map(
    [...types].map(([tag, node]) => [tag, { tag, tagBytes: encodeUntagged(tag), node }])
  );
  const inOrder = [...arms2.values()];
  return {
    isOption: false,
    isUnit: false,
    claims: (key3) => arms2.has(key3),
    scan: (scan) => scanVariant(scan, arms2, inOrder),
    fromCbor(value, run) {
      const chosen = chooseByValue(value, arms2, run);
      writeChosen(chosen, run, (inner) => chosen.arm.node.fromCbor(inner, run));
    },
    fromJson(json, run) {
      const chosen = chooseByJson(json, arms2, run);
      writeChosen(chosen, run, (inner) => chosen.arm.node.fromJson(inner, run));
    },
    toJson(value) {
      const map3 = value;
      const tag = map3.get("$tag");
      const object3 = newJsonObject();
      object3[tag] = arms2.get(tag).node.toJson(map3.get("$value"));
      return object3;
    }
  };
}
function scanVariant(scan, arms2, inOrder) {
  if (!scan.container(MAP, 2) || scan.argument !== 2 || !scan.literal(TAG_KEY)) return false;
  const arm = inOrder.length > MAX_TRIED_ARMS ? arms2.get(scan.textValue() ?? "") : inOrder.find(({ tagBytes }) => scan.literal(tagBytes));
  return arm !== void 0 && scan.literal(VALUE_KEY) && arm.node.scan(scan);
}
function chooseByValue(value, arms2, run) {
  if (typeof value === "string") return chooseBare(value, arms2, run);
  if (!(value instanceof Map)) run.refuse("value-type", expectedValue("a variant", value));
  const map3 = value;
  const tag = map3.get("$tag");
  if (tag !== void 0) {
    assertKeys([...map3.keys()], ["$tag", "$value"], run);
    return { arm: findArm(arms2, tag, run), value: map3.get("$value"), place: "$value" };
  }
  const only = map3.size === 1 ? [...map3.keys()][0] : void 0;
  if (typeof only !== "string") {
    run.refuse("value-type", 'expected {"$tag", "$value"} or a map from one tag to its value');
  }
  return { arm: findArm(arms2, only, run), value: map3.get(only), place: only };
}
function chooseByJson(json, arms2, run) {
  if (typeof json === "string") return chooseBare(json, arms2, run);
  if (!isJsonObject(json)) run.refuse("value-type", expectedJson("a variant", json));
  const keys = Object.keys(json);
  const only = keys.length === 1 ? keys[0] : void 0;
  const claimed = only === void 0 ? void 0 : arms2.get(only);
  if (only !== void 0 && claimed !== void 0) {
    return { arm: claimed, value: json[only], place: only };
  }
  for (const [tagKey, valueKey] of TAGGED_KEYS) {
    const tag = json[tagKey];
    if (tag === void 0) continue;
    assertKeys(keys, [tagKey, valueKey], run);
    return { arm: findArm(arms2, tag, run), value: json[valueKey], place: valueKey };
  }
  if (only === void 0) run.refuse("value-type", expectedJson("a variant with one tag", json));
  return run.insideAll([only], () => ({ arm: findArm(arms2, only, run), value: null, place: only }));
}
function chooseBare(tag, arms2, run) {
  return { arm: findArm(arms2, tag, run), value: void 0, place: "$value" };
}
function findArm(arms2, tag, run) {
  const arm = typeof tag === "string" ? arms2.get(tag) : void 0;
  if (arm !== void 0) return arm;
  const found = typeof tag === "string" ? JSON.stringify(tag) : "no tag";
  return run.refuse(
    "value-unknown-tag",
    `expected one of ${nameSome(arms2.keys())}, found ${found}`
  );
}
function assertKeys(keys, allowed, run) {
  for (const key3 of keys) {
    if (typeof key3 === "string" && allowed.includes(key3)) continue;
    run.refuse("value-unknown-field", expectedValue(`only ${allowed.join(" and ")}`, key3));
  }
}
function writeChosen({ arm, value, place: place3 }, run, write4) {
  run.charge(4);
  writeHead(run.out, arm.tagBytes);
  if (value !== void 0) run.inside(place3, () => write4(value));
  else if (arm.node.isUnit) run.out.nil();
  else run.refuse("value-missing-field", `expected a value for the arm ${JSON.stringify(arm.tag)}`);
}
function writeHead(out, tagBytes) {
  out.mapHead(2);
  out.raw(TAG_KEY);
  out.raw(tagBytes);
  out.raw(VALUE_KEY);
}

// packages/air/src/values/compile.ts
var SchemaCompiler = class {
  constructor(typeOf2) {
    this.typeOf = typeOf2;
  }
  typeOf;
  nodes = /* @__PURE__ */ new Map();
  types = /* @__PURE__ */ new Map();
  schemas = /* @__PURE__ */ new Map();
  schema(name2) {
    const known = this.schemas.get(name2);
    if (known !== void 0) return known;
    const schema = compiledSchema(name2, this.named(name2), this.namedType(name2));
    this.schemas.set(name2, schema);
    return schema;
  }
  named(name2) {
    const known = this.nodes.get(name2);
    if (known !== void 0) return known;
    const type = this.typeOf(name2);
    assert(type !== void 0, `schema ${name2} was checked before it is compiled`);
    const node = this.node(type);
    this.nodes.set(name2, node);
    return node;
  }
  node(type) {
    if ("record" in type) return recordNode(this.fields(type.record));
    if ("variant" in type) return variantNode(this.fields(type.variant));
    if ("list" in type) return listNode(this.node(type.list));
    if ("set" in type) return setNode(this.node(type.set));
    if ("option" in type) return optionNode(this.node(type.option));
    if ("ref" in type) return this.named(type.ref);
    if ("map" in type) {
      const sugar = "text" in type.map.key ? "object" : "pairs";
      return mapNode(this.node(type.map.key), this.node(type.map.value), sugar);
    }
    return SCALARS[Object.keys(type)[0]];
  }
  fields(types) {
    return new Map(Object.entries(types).map(([name2, type]) => [name2, this.node(type)]));
  }
  namedType(name2) {
    const known = this.types.get(name2);
    if (known !== void 0) return known;
    const written = this.typeOf(name2);
    assert(written !== void 0, `schema ${name2} was checked before it is compiled`);
    const type = this.type(written);
    this.types.set(name2, type);
    return type;
  }
  type(type) {
    if ("record" in type) return recordType(this.typeFields(type.record));
    if ("variant" in type) return variantType(this.typeFields(type.variant));
    if ("list" in type) return listType(this.type(type.list));
    if ("set" in type) return setType(this.type(type.set));
    if ("option" in type) return optionType(this.type(type.option));
    if ("ref" in type) return this.namedType(type.ref);
    if ("map" in type) return mapType(this.type(type.map.key), this.type(type.map.value));
    return SCALAR_TYPES[Object.keys(type)[0]];
  }
  typeFields(types) {
    return new Map(Object.entries(types).map(([name2, type]) => [name2, this.type(type)]));
  }
};

// packages/air/src/validate/type-identity.ts
var UNKNOWN2 = "unknown";
var TypeIdentity = class {
  constructor(typeOf2) {
    this.typeOf = typeOf2;
  }
  typeOf;
  ids = /* @__PURE__ */ new Map();
  schemas = /* @__PURE__ */ new Map();
  of(type) {
    if ("ref" in type) return this.ofSchema(type.ref);
    if ("record" in type) return this.number(`record ${this.fields(type.record)}`);
    if ("variant" in type) return this.number(`variant ${this.fields(type.variant)}`);
    if ("list" in type) return this.number(`list ${this.of(type.list)}`);
    if ("set" in type) return this.number(`set ${this.of(type.set)}`);
    if ("option" in type) return this.number(`option ${this.of(type.option)}`);
    if ("map" in type) {
      return this.number(`map ${Object.keys(type.map.key)[0]} ${this.of(type.map.value)}`);
    }
    return this.number(Object.keys(type)[0] ?? UNKNOWN2);
  }
  ofSchema(name2) {
    const known = this.schemas.get(name2);
    if (known !== void 0) return known;
    const type = this.typeOf(name2);
    const id = type === void 0 ? this.number(`${UNKNOWN2} ${name2}`) : this.of(type);
    this.schemas.set(name2, id);
    return id;
  }
  fields(types) {
    const named3 = Object.entries(types).map(([name2, type]) => [name2, this.of(type)]);
    return JSON.stringify(named3.sort(([a], [b]) => a < b ? -1 : 1));
  }
  number(shape) {
    const known = this.ids.get(shape);
    if (known !== void 0) return known;
    this.ids.set(shape, this.ids.size);
    return this.ids.size - 1;
  }
};

// packages/air/src/validate/sound-types.ts
var SoundTypes = class {
  /** Every schema that the roots lead to, what it refers to before itself; and what is wrong. */
  checked;
  identity;
  /** The type of a sound schema; undefined for any other. */
  typeOf;
  compiler;
  /** @param typeOf types as written, sound or not. */
  constructor(roots, typeOf2) {
    this.checked = checkTypes(roots, typeOf2);
    const sound = soundSchemas(this.checked, typeOf2);
    this.typeOf = (name2) => sound.get(name2);
    this.identity = new TypeIdentity(this.typeOf);
    this.compiler = new SchemaCompiler(this.typeOf);
  }
  /** True when both schemas are sound and describe the same values. */
  isSame(a, b) {
    return this.areSound(a, b) && this.identity.ofSchema(a) === this.identity.ofSchema(b);
  }
  /** True when both schemas are sound and describe different values. */
  isOther(a, b) {
    return this.areSound(a, b) && this.identity.ofSchema(a) !== this.identity.ofSchema(b);
  }
  /** Undefined for schemas that are not sound or not there. */
  schema(name2) {
    return this.typeOf(name2) === void 0 ? void 0 : this.compiler.schema(name2);
  }
  areSound(a, b) {
    return this.typeOf(a) !== void 0 && this.typeOf(b) !== void 0;
  }
};
function soundSchemas({ names, problems }, typeOf2) {
  const wrong2 = new Set(problems.map(({ schema }) => schema));
  const sound = /* @__PURE__ */ new Map();
  for (const name2 of names) {
    const type = typeOf2(name2);
    if (type === void 0 || wrong2.has(name2)) continue;
    if (referencesOf2(type).every((each) => sound.has(each))) sound.set(name2, type);
  }
  return sound;
}

// packages/air/src/validate/definition-index.ts
var CATALOGUE_FILE = "sys";
var PARAMS_OF = "params of ";
var paramsOf = (cap2) => `${PARAMS_OF}${cap2}`;
var DefinitionIndex = class {
  manifest;
  parseSlot;
  schemas;
  modules;
  plans;
  caps;
  policies;
  effects;
  secrets;
  migrations;
  /** By kind; of two effects of one kind the first. */
  effectsByKind;
  /** By name; of two grants of one name the first. */
  grants;
  /** Types of capabilities that effects need or capabilities have. */
  capTypes;
  /** By the plan that they start. */
  triggers;
  types;
  listed;
  near = new NearMisses();
  constructor(source) {
    this.manifest = source.manifest;
    this.parseSlot = source.parseSlot;
    const found = definitionsOf(source);
    this.listed = listedIn(source.manifest.value);
    this.schemas = byName("defschema", found);
    this.modules = byName("defmodule", found);
    this.plans = byName("defplan", found);
    this.caps = byName("defcap", found);
    this.policies = byName("defpolicy", found);
    this.effects = byName("defeffect", found);
    this.secrets = byName("defsecret", found);
    this.migrations = byName("defmigration", found);
    this.effectsByKind = firstBy(this.effects.values(), ({ value }) => value.kind);
    this.grants = firstBy(this.placeGrants(), ({ grant }) => grant.name);
    this.capTypes = new Set(
      [...this.caps.values(), ...this.effects.values()].map(({ value }) => value.cap_type)
    );
    this.triggers = groupBy(source.manifest.value.triggers ?? [], ({ plan }) => plan);
    const roots = [...this.schemas.keys(), ...[...this.caps.keys()].map(paramsOf)];
    this.types = new SoundTypes(roots, (name2) => this.writtenType(name2));
  }
  /** False for what the world has only because it is built in. */
  isListed({ $kind, name: name2 }) {
    return this.listed.has(`${$kind} ${name2}`);
  }
  /** What a schema is written as, sound or not. */
  writtenType(name2) {
    if (!name2.startsWith(PARAMS_OF)) return this.schemas.get(name2)?.value.type;
    return this.caps.get(name2.slice(PARAMS_OF.length))?.value.schema;
  }
  /** The name under which the parameters of a capability are checked like a schema. */
  paramsName(cap2) {
    return paramsOf(cap2);
  }
  /** The schema of a capability's parameters; undefined when it is not sound. */
  paramsSchema(cap2) {
    return this.types.schema(paramsOf(cap2));
  }
  reducer(name2) {
    const module = this.modules.get(name2);
    return module?.value.module_kind === "reducer" ? module : void 0;
  }
  /** The finding of a name that nothing has, with the near miss or the advice as its hint. */
  missing(code2, path, found) {
    const [expected2, known, advice] = this.expectation(code2);
    const hint = this.near.hint(found, known, advice);
    return error(code2, path, `expected ${expected2}, found ${found}`, hint);
  }
  /** A hint that names the nearest of the known names. */
  hint(found, known, advice) {
    return this.near.hint(found, known, advice);
  }
  expectation(code2) {
    switch (code2) {
      case "schema-not-found":
        return ["a schema of this world", this.schemas.keys(), "add it to the schemas"];
      case "plan-not-found":
        return ["a plan of this world", this.plans.keys(), "add it to the plans"];
      case "module-not-found":
        return ["a module of this world", this.modules.keys(), "add it to the modules"];
      case "cap-not-found":
        return ["a capability of this world", this.caps.keys(), "add it to the caps"];
      case "policy-not-found":
        return ["a policy of this world", this.policies.keys(), "add it to the policies"];
      case "effect-not-found":
        return ["the kind of an effect", this.effectsByKind.keys(), "add its effect"];
      case "grant-not-found":
        return ["a grant of this world", this.grants.keys(), "add it to defaults.cap_grants"];
      default:
        return ["a reducer of this world", this.modules.keys(), "add it to the modules"];
    }
  }
  placeGrants() {
    return (this.manifest.value.defaults?.cap_grants ?? []).map((grant, i) => ({
      grant,
      at: `/defaults/cap_grants/${i}`,
      capType: this.caps.get(grant.cap)?.value.cap_type
    }));
  }
};
function definitionsOf({ manifest, find }) {
  const listed = REFERENCE_SECTIONS.flatMap(
    ([section, kind2]) => (manifest.value[section] ?? []).flatMap(({ name: name2 }) => {
      return find(kind2, name2) ?? placed2(builtin(kind2, name2)) ?? [];
    })
  );
  return [...listed, ...BUILTINS.flatMap((each) => placed2(each) ?? [])];
}
function listedIn(manifest) {
  return new Set(
    REFERENCE_SECTIONS.flatMap(
      ([section, kind2]) => (manifest[section] ?? []).map(({ name: name2 }) => `${kind2} ${name2}`)
    )
  );
}
function placed2(value) {
  return value === void 0 ? void 0 : { value, file: CATALOGUE_FILE, at: "" };
}
function byName(kind2, found) {
  const ofKind = found.filter((each) => each.value.$kind === kind2);
  return firstBy(ofKind, ({ value }) => value.name);
}
function firstBy(items3, keyOf6) {
  const first2 = /* @__PURE__ */ new Map();
  for (const item of items3) if (!first2.has(keyOf6(item))) first2.set(keyOf6(item), item);
  return first2;
}
function groupBy(items3, keyOf6) {
  const groups = /* @__PURE__ */ new Map();
  for (const item of items3) {
    const group = groups.get(keyOf6(item));
    if (group === void 0) groups.set(keyOf6(item), [item]);
    else group.push(item);
  }
  return groups;
}

// packages/air/src/validate/definitions.ts
function checkEffects(index) {
  return [...index.effects.values()].flatMap((effect2) => {
    if (!index.isListed(effect2.value)) return [];
    const { kind: kind2, name: name2 } = effect2.value;
    const first2 = index.effectsByKind.get(kind2);
    const message = `expected one effect of the kind ${kind2}, found ${name2}`;
    return [
      ...first2 === effect2 ? [] : [error("effect-kind-duplicate", pathOf2(effect2, "/kind"), message)],
      ...["params_schema", "receipt_schema"].flatMap((field) => {
        const schema = effect2.value[field];
        if (index.schemas.has(schema)) return [];
        return [index.missing("schema-not-found", pathOf2(effect2, `/${field}`), schema)];
      })
    ];
  });
}
function checkMigrations(index) {
  return [...index.migrations.values()].flatMap((migration) => [
    ...checkStates(migration, index),
    ...checkModule(migration, index)
  ]);
}
function checkStates(migration, index) {
  const { from, to } = migration.value;
  const findings = ["from", "to"].flatMap((field) => {
    const schema = migration.value[field];
    if (index.schemas.has(schema)) return [];
    return [index.missing("schema-not-found", pathOf2(migration, `/${field}`), schema)];
  });
  const reducer = index.reducer(migration.value.reducer);
  if (reducer === void 0) {
    const path = pathOf2(migration, "/reducer");
    return [...findings, index.missing("reducer-not-found", path, migration.value.reducer)];
  }
  const { state } = reducer.value.abi.reducer;
  if (index.types.isOther(to, state)) {
    const message = `expected the state of ${migration.value.reducer}, ${state}, found ${to}`;
    findings.push(error("migration-state", pathOf2(migration, "/to"), message));
  }
  if (index.types.isSame(from, to)) {
    const message = `expected a state that differs from ${to}, found ${from}`;
    const hint = "equal types need no migration";
    findings.push(error("migration-state", pathOf2(migration, "/from"), message, hint));
  }
  return findings;
}
function checkModule(migration, index) {
  const { types } = index;
  const { from, to, module: name2 } = migration.value;
  const path = pathOf2(migration, "/module");
  const module = index.modules.get(name2)?.value;
  if (module === void 0) return [index.missing("module-not-found", path, name2)];
  const pure = module.module_kind === "pure" ? module.abi.pure : void 0;
  const fits = pure !== void 0 && !types.isOther(pure.input, from) && !types.isOther(pure.output, to);
  if (fits) return [];
  const message = `expected a pure module from ${from} to ${to}, found ${name2}`;
  return [error("migration-module", path, message)];
}

// packages/air/src/validate/grants.ts
var ENFORCER_INPUT = "sys/CapCheckInput@1";
var ENFORCER_OUTPUT = "sys/CapCheckOutput@1";
function checkEnforcers(index) {
  return [...index.caps.values()].flatMap((cap2) => {
    const path = pathOf2(cap2, "/enforcer/module");
    const name2 = cap2.value.enforcer.module;
    const module = index.modules.get(name2)?.value;
    if (module === void 0) {
      return [index.missing("module-not-found", path, name2)];
    }
    const pure = module.module_kind === "pure" ? module.abi.pure : void 0;
    if (pure?.input === ENFORCER_INPUT && pure.output === ENFORCER_OUTPUT) return [];
    const message = `expected a pure module from ${ENFORCER_INPUT} to ${ENFORCER_OUTPUT}`;
    return [error("enforcer-abi", path, `${message}, found ${name2}`)];
  });
}
function checkGrants(index) {
  const { manifest } = index;
  const grants = manifest.value.defaults?.cap_grants ?? [];
  return [
    ...grants.flatMap((grant, i) => {
      const path = pathOf2(manifest, `/defaults/cap_grants/${i}`);
      const first2 = index.grants.get(grant.name);
      const isFirst = first2?.grant === grant;
      const message = `expected one grant named ${grant.name}, found another`;
      return [
        ...isFirst ? [] : [error("grant-duplicate", `${path}/name`, message)],
        ...checkCapability(grant, path, index),
        ...checkParent(grant, path, index)
      ];
    }),
    ...checkParentCycles(index)
  ];
}
function checkCapability(grant, path, index) {
  const cap2 = index.caps.get(grant.cap);
  if (cap2 === void 0) {
    return [index.missing("cap-not-found", `${path}/cap`, grant.cap)];
  }
  const schema = index.paramsSchema(grant.cap);
  const read2 = schema && index.parseSlot(grant.params, schema);
  if (read2 === void 0) return [];
  const place3 = `${path}/params`;
  if (read2.ok) {
    if (read2.value.kind === "value") return [];
    const message2 = `expected parameters of ${grant.cap}, found an expression`;
    return [error("grant-params-invalid", place3, message2)];
  }
  const { code: code2, at: at2, detail } = read2.refusal;
  const message = `expected parameters of ${grant.cap}: ${detail}`;
  return [error("grant-params-invalid", `${place3}${at2}`, message, `the value has ${code2}`)];
}
function checkParent(grant, path, index) {
  if (grant.parent === void 0) return [];
  const parent = index.grants.get(grant.parent);
  if (parent === void 0) {
    return [index.missing("grant-not-found", `${path}/parent`, grant.parent)];
  }
  const capType = index.caps.get(grant.cap)?.value.cap_type;
  if (capType !== void 0 && parent.capType !== void 0 && capType !== parent.capType) {
    const message = `expected a capability of the type ${parent.capType}, found ${capType}`;
    return [error("grant-parent-type", `${path}/cap`, message, `so is that of ${grant.parent}`)];
  }
  const hint = `${grant.parent} allows no more`;
  return widenings(grant, parent).map(
    ([field, most]) => error("grant-parent-wider", `${path}${field}`, `expected at most ${most}, found more`, hint)
  );
}
function widenings(grant, { grant: parent }) {
  const wider = [];
  const compare2 = (field, own, most) => {
    if (own !== void 0 && most !== void 0 && own > most) wider.push([field, most]);
  };
  compare2("/expiry_ns", grant.expiry_ns, parent.expiry_ns);
  if (grant.budget?.period_ns !== parent.budget?.period_ns) return wider;
  for (const dimension of BUDGET_DIMENSIONS) {
    compare2(`/budget/${dimension}`, grant.budget?.[dimension], parent.budget?.[dimension]);
  }
  return wider;
}
function checkParentCycles(index) {
  const done = /* @__PURE__ */ new Set();
  return [...index.grants.values()].flatMap(({ grant }) => {
    const path = [];
    const onPath = /* @__PURE__ */ new Set();
    let next2 = grant.name;
    while (next2 !== void 0 && !done.has(next2) && !onPath.has(next2)) {
      path.push(next2);
      onPath.add(next2);
      next2 = index.grants.get(next2)?.grant.parent;
    }
    for (const each of path) done.add(each);
    if (next2 === void 0 || !onPath.has(next2)) return [];
    const circle = path.slice(path.indexOf(next2));
    const first2 = index.grants.get(next2);
    const message = `expected grants that narrow others, found a circle of ${nameSome(circle)}`;
    return [error("grant-parent-cyclic", pathOf2(index.manifest, `${first2?.at}/parent`), message)];
  });
}

// packages/air/src/world/routing.ts
var MAX_CONNECTIONS = 1e5;
var TOO_MANY = `expected at most ${MAX_CONNECTIONS} pairs of a schema and a reducer`;
function membersOf(family, typeOf2) {
  const type = typeOf2(family);
  const members = /* @__PURE__ */ new Map();
  if (type === void 0) return members;
  if ("ref" in type) return members.set(type.ref, {});
  if (!("variant" in type)) return `found ${Object.keys(type)[0]}`;
  for (const [tag, arm] of Object.entries(type.variant)) {
    if (!("ref" in arm)) return `found the arm ${tag} without a reference`;
    if (members.has(arm.ref)) return `found ${arm.ref} twice`;
    members.set(arm.ref, { wrap: tag });
  }
  return members;
}
function buildRouting(manifest, reducers, typeOf2) {
  const building = new RoutingBuilder(reducers, typeOf2);
  manifest.value.routing?.events?.forEach((route, i) => {
    building.add(route, pathOf2(manifest, `/routing/events/${i}`));
  });
  return building;
}
var RoutingBuilder = class {
  constructor(reducers, typeOf2) {
    this.typeOf = typeOf2;
    this.targets = new Map(
      reducers.map((module, index) => {
        const family = module.abi.reducer.event;
        return [module.name, { index, module, family, members: membersOf(family, typeOf2) }];
      })
    );
  }
  typeOf;
  routes = /* @__PURE__ */ new Map();
  findings = [];
  targets;
  /** Pairs of event and reducer that routes have named. */
  named = /* @__PURE__ */ new Set();
  /** Pairs of schema and reducer that routes have connected. */
  connected = /* @__PURE__ */ new Set();
  isFull = false;
  add(route, path) {
    if (this.isFull) return;
    if (this.typeOf(route.event) === void 0) {
      const message = `expected a schema of this world, found ${route.event}`;
      const hint = `add ${route.event} to the schemas of the manifest`;
      this.findings.push(error("schema-not-found", `${path}/event`, message, hint));
    }
    const target = this.targets.get(route.reducer);
    if (target === void 0) {
      const message = `expected a reducer among the modules, found ${route.reducer}`;
      this.findings.push(error("routing-unknown-reducer", `${path}/reducer`, message));
    } else if (this.named.has(`${route.event} ${route.reducer}`)) {
      const message = `expected one route of ${route.event} to ${route.reducer}, found a second`;
      this.findings.push(error("routing-duplicate", path, message));
    } else {
      this.named.add(`${route.event} ${route.reducer}`);
      this.checkKey(route, target.module, path);
      this.connect(route, target, path);
    }
  }
  checkKey(route, reducer, path) {
    const isKeyed2 = reducer.key_schema !== void 0;
    if (isKeyed2 === (route.key_field !== void 0)) return;
    const code2 = isKeyed2 ? "routing-missing-key-field" : "routing-unexpected-key-field";
    const message = isKeyed2 ? `expected a key_field, since ${reducer.name} is keyed` : `expected no key_field, since ${reducer.name} has no key_schema`;
    this.findings.push(error(code2, isKeyed2 ? path : `${path}/key_field`, message));
  }
  /** A family serves itself and all its members, a member only itself. */
  connect(route, target, path) {
    const { family, members } = target;
    if (typeof members === "string") return;
    const key3 = route.key_field === void 0 ? {} : { keyField: route.key_field };
    const base = { reducer: target.index, ...key3 };
    const member2 = members.get(route.event);
    if (route.event === family) {
      this.connectTo(family, base, path);
      for (const [schema, wrap3] of members) this.connectTo(schema, { ...base, ...wrap3 }, path);
    } else if (member2 !== void 0) {
      this.connectTo(route.event, { ...base, ...member2 }, path);
    } else {
      const names = nameSome([family, ...members.keys()]);
      const message = `expected an event of ${route.reducer} (${names}), found ${route.event}`;
      this.findings.push(error("routing-schema-mismatch", `${path}/event`, message));
    }
  }
  /** An event reaches a reducer once: the first route that leads there counts. */
  connectTo(schema, route, path) {
    const pair = `${schema} ${route.reducer}`;
    if (this.connected.has(pair)) {
      const message = `${schema} already reaches this reducer by an earlier route`;
      this.findings.push(warning("routing-overlap", path, message));
      return;
    }
    if (this.connected.size === MAX_CONNECTIONS) {
      if (!this.isFull) this.findings.push(error("routing-size", path, TOO_MANY));
      this.isFull = true;
      return;
    }
    this.connected.add(pair);
    const routes = this.routes.get(schema);
    if (routes === void 0) this.routes.set(schema, [route]);
    else routes.push(route);
  }
};

// packages/air/src/validate/modules.ts
var DEFAULT_SLOT = "default";
function reducersOf(index) {
  return [...index.modules.keys()].flatMap((name2) => index.reducer(name2) ?? []);
}
function checkReducers(index) {
  return reducersOf(index).flatMap((reducer) => checkEmitted(reducer, index));
}
function checkEmitted(reducer, index) {
  const family = membersOf(reducer.value.abi.reducer.event, (name2) => index.writtenType(name2));
  return (reducer.value.abi.reducer.effects_emitted ?? []).flatMap((kind2, i) => {
    const path = pathOf2(reducer, `/abi/reducer/effects_emitted/${i}`);
    const effect2 = index.effectsByKind.get(kind2)?.value;
    if (effect2 === void 0) return [index.missing("effect-not-found", path, kind2)];
    if (effect2.origin_scope === "plan") {
      const message = `expected an effect for reducers, found ${kind2}, which is for plans`;
      const hint = "raise an event that starts a plan, and emit it there";
      return [error("effect-origin-scope", path, message, hint)];
    }
    if (typeof family === "string") return [];
    const event2 = reducer.value.abi.reducer.event;
    return checkReceiptEvent({ kind: kind2, event: event2, members: family, path });
  });
}
function checkReceiptEvent({ kind: kind2, event: event2, members, path }) {
  const fitting = receiptEventsOf(kind2).map(({ schema }) => schema);
  if (fitting.some((schema) => members.has(schema))) return [];
  const [best = ""] = fitting;
  const message = `expected an event that carries the receipts of ${kind2}, found no ${best}`;
  const hint = `add an arm {"ref":"${best}"} to ${event2}`;
  const find = fitting.length > 1 ? error : warning;
  return [find("reducer-receipt-schema-missing", path, message, hint)];
}
function checkBindings(index) {
  const { manifest } = index;
  return Object.entries(manifest.value.module_bindings ?? {}).flatMap(([name2, { slots: slots2 }]) => {
    const path = pathOf2(manifest, pointer("/module_bindings", name2));
    const reducer = index.reducer(name2);
    if (reducer === void 0) return [index.missing("reducer-not-found", path, name2)];
    return Object.entries(slots2).flatMap(
      ([slot, grant]) => checkSlot({ reducer, slot, grant, path: pointer(`${path}/slots`, slot) }, index)
    );
  });
}
function checkSlot(binding, index) {
  const { reducer, slot, path } = binding;
  const declared = reducer.value.abi.reducer.cap_slots ?? {};
  const capType = declared[slot];
  const grant = index.grants.get(binding.grant);
  const findings = [];
  if (capType === void 0 && slot !== DEFAULT_SLOT) {
    const message = `expected a slot of ${reducer.value.name}, found ${slot}`;
    const hint = index.hint(slot, Object.keys(declared), "declare it in abi.reducer.cap_slots");
    findings.push(error("binding-unknown-slot", path, message, hint));
  }
  if (grant === void 0) findings.push(index.missing("grant-not-found", path, binding.grant));
  else if (capType !== void 0 && grant.capType !== void 0 && grant.capType !== capType) {
    const message = `expected a grant of the type ${capType}, found ${binding.grant}`;
    findings.push(error("slot-type-mismatch", path, `${message}, which is of ${grant.capType}`));
  }
  return findings;
}

// packages/air/src/world/compile.ts
function compileSchemas(schemas) {
  const problems = [];
  const read2 = schemas.map((schema, i) => defSchema.read(schema, `/${i}`, problems));
  const [malformed4] = problems;
  if (malformed4 !== void 0) return refuse(malformed4.code, malformed4.at, malformed4.message);
  const types = new Map(read2.flatMap((each) => each ? [[each.name, each.type]] : []));
  if (types.size < schemas.length) {
    return refuse("definition-duplicate", "", "expected every schema name once");
  }
  const typeOf2 = (name2) => types.get(name2) ?? builtinSchema(name2)?.type;
  const [problem] = checkTypes(types.keys(), typeOf2).problems;
  if (problem !== void 0) {
    const place3 = schemas.findIndex(({ name: name2 }) => name2 === problem.schema);
    return refuse(problem.code, `/${place3}/type${problem.at}`, problem.message);
  }
  const compiler = new SchemaCompiler(typeOf2);
  return ok(new Map([...types.keys()].map((name2) => [name2, compiler.schema(name2)])));
}

// packages/air/src/world/slot-schemas.ts
function slotSchemas(index) {
  const schema = (name2) => index.types.schema(name2);
  const inputOf = (plan) => index.plans.get(plan)?.value.input;
  const lists = new SchemaCompiler(
    (name2) => name2.startsWith(LIST_OF) ? { list: { ref: name2.slice(LIST_OF.length) } } : index.types.typeOf(name2)
  );
  return {
    schema,
    effectParams(kind2) {
      const effect2 = index.effectsByKind.get(kind2)?.value;
      return effect2 === void 0 ? void 0 : schema(effect2.params_schema);
    },
    planInput(plan) {
      const input = inputOf(plan);
      return input === void 0 ? void 0 : schema(input);
    },
    planInputs(plan) {
      const input = inputOf(plan);
      const isSound = input !== void 0 && index.types.typeOf(input) !== void 0;
      return isSound ? lists.schema(`${LIST_OF}${input}`) : void 0;
    },
    capParams: (cap2) => index.paramsSchema(cap2),
    idempotencyKey: idempotencyKey()
  };
}
var LIST_OF = "list of ";
function idempotencyKey() {
  const name2 = "sys/IdempotencyKey@1";
  const compiled = compileSchemas([{ $kind: "defschema", name: name2, type: { hash: {} } }]);
  const schema = compiled.ok ? compiled.value.get(name2) : void 0;
  assert(schema !== void 0, "a hash is a sound type");
  return schema;
}

// packages/air/src/validate/plans/scope.ts
var CORRELATION = "correlation_id";
var PlanScope = class {
  constructor(plan, graph) {
    this.plan = plan;
    this.graph = graph;
    plan.steps.slice(0, graph.size).forEach((step3, i) => {
      this.steps.set(step3.id, NEVER);
      const name2 = boundBy(step3);
      if (name2 === void 0) return;
      this.vars.set(name2, NEVER);
      const binders = this.binders.get(name2);
      if (binders === void 0) this.binders.set(name2, [i]);
      else binders.push(i);
    });
  }
  plan;
  graph;
  vars = /* @__PURE__ */ new Map();
  steps = /* @__PURE__ */ new Map();
  /** Steps that bind each variable. */
  binders = /* @__PURE__ */ new Map();
  /** The names that a reference needs and that no step has set when it is evaluated. */
  unset(ref2, by) {
    const { reader } = by;
    if (reader === void 0 || !this.graph.isSound) return [];
    const known = ref2.root === "var" ? this.vars : ref2.root === "step" ? this.steps : void 0;
    const name2 = known && nameIn(ref2, known);
    if (name2 === void 0) return [];
    const setters = ref2.root === "var" ? this.binders.get(name2) : [this.graph.stepOf.get(name2)];
    const isSet = setters === void 0 || setters.some((setter) => setter !== void 0 && this.comesBefore(setter, reader, by));
    return isSet ? [] : [`@${ref2.root}:${name2}`];
  }
  /**
   * A step comes before another when edges lead from it to the other. Of two steps that are ready
   * together the earlier one of the plan runs first, unless it waits.
   */
  comesBefore(step3, reader, { isAfter }) {
    if (step3 === reader) return isAfter === true;
    if (this.graph.leads(step3, reader)) return true;
    if (step3 > reader || WAITING.has(this.plan.steps[step3]?.op ?? "")) return false;
    const edges = this.graph.incoming[step3] ?? [];
    return edges.every(({ from }) => this.graph.leads(from, reader));
  }
};
function nameIn(ref2, known) {
  for (let taken2 = ref2.path.length; taken2 > 0; taken2 -= 1) {
    const name2 = ref2.path.slice(0, taken2).join(".");
    if (known.has(name2)) return name2;
  }
  return void 0;
}
var WAITING = /* @__PURE__ */ new Set([
  "await_receipt",
  "await_event",
  "await_plan",
  "await_all",
  "await_any"
]);
function boundBy(step3) {
  if (!("bind" in step3)) return void 0;
  const [name2] = Object.values(step3.bind);
  return name2;
}

// packages/air/src/validate/plans/expressions.ts
var PlanExpressions = class {
  constructor(place3, scope, findings) {
    this.place = place3;
    this.scope = scope;
    this.findings = findings;
  }
  place;
  scope;
  findings;
  /** Everything that was read without an error, by its pointer. */
  slots = /* @__PURE__ */ new Map();
  /** A guard, predicate or invariant. */
  condition(json, position) {
    const expr2 = parseExpr(json);
    if (expr2.ok) this.typed(expr2.value, position, { type: SCALAR_TYPES.bool });
    else this.refused(expr2.refusal, position);
    return expr2.ok ? expr2.value : void 0;
  }
  /** An expression or a value; answers with its type. */
  slot(json, position, schema) {
    const wanted = typeof schema === "string" ? void 0 : schema;
    const read2 = this.place.index.parseSlot(json, wanted);
    if (!read2.ok) {
      if (schema !== "unknown") this.refused(read2.refusal, position);
      return wanted?.type ?? NEVER;
    }
    if (read2.value.kind === "expr") return this.typed(read2.value.expr, position, wanted);
    const { bytes: bytes5, literal: literal2 } = read2.value;
    if (wanted === void 0 || bytes5 === void 0) return this.typed(literal2, position, wanted);
    this.slots.set(position.at, { kind: "value", schema: wanted, bytes: bytes5 });
    return wanted.type;
  }
  typed(expr2, position, wanted) {
    const { vars, steps: steps2 } = this.scope;
    const { input, index } = this.place;
    const { event: event2, at: at2 } = position;
    const environment = { input, vars, steps: steps2, hints: index, ...event2 && { event: event2 } };
    const checked = checkExpr(expr2, environment, wanted?.type);
    for (const { at: inside, ...finding } of checked.findings) {
      this.findings.push({ ...finding, path: this.path(`${at2}${inside}`) });
    }
    this.checkOrder(expr2, position);
    const { program } = checked;
    if (program !== void 0) this.keep(at2, expr2, { program, schema: schemaOf(wanted) });
    return checked.type;
  }
  keep(at2, expr2, compiled) {
    const { vars, steps: steps2 } = this.scope;
    const slot = {
      ...compiled,
      vars: namesIn(expr2, "var", vars),
      steps: namesIn(expr2, "step", steps2)
    };
    this.slots.set(at2, { kind: "program", ...slot });
  }
  checkOrder(expr2, position) {
    const late = new Set(referencesOf(expr2).flatMap((ref2) => this.scope.unset(ref2, position)));
    for (const name2 of late) {
      const message = `expected a step before this one to set ${name2}, found only others that do`;
      const hint = "add edges from the step that sets it";
      this.findings.push(error("reference-too-early", this.path(position.at), message, hint));
    }
  }
  refused({ code: code2, at: at2, detail }, position) {
    this.findings.push(error(code2, this.path(`${position.at}${at2}`), detail));
  }
  path(at2) {
    return pathOf2(this.place.plan, at2);
  }
};
function schemaOf(wanted) {
  return wanted !== void 0 && "name" in wanted ? wanted : void 0;
}
function namesIn(expr2, root, known) {
  const refs2 = referencesOf(expr2).filter((ref2) => ref2.root === root);
  return new Set(refs2.flatMap((ref2) => nameIn(ref2, known) ?? []));
}

// packages/air/src/validate/plans/status-reads.ts
var SLOTS = ["value", "params", "idempotency_key", "where", "expr", "result", "input", "inputs"];
function statusReads(plan) {
  const waits = new Set(plan.steps.filter(isWait).map(({ id }) => id));
  const reads = /* @__PURE__ */ new Set();
  for (const json of waits.size === 0 ? [] : slotsOf(plan)) {
    const expr2 = parseExpr(json);
    for (const { root, path } of expr2.ok ? referencesOf(expr2.value) : []) {
      if (root !== "step") continue;
      const whole = path.join(".");
      if (waits.has(whole)) reads.add(whole);
      else if (path.at(-1) === "status") reads.add(path.slice(0, -1).join("."));
    }
  }
  return new Set([...reads].filter((id) => waits.has(id)));
}
function isWait({ op }) {
  return op === "await_receipt" || op === "await_plan" || op === "await_all" || op === "await_any";
}
function slotsOf(plan) {
  const inSteps = plan.steps.flatMap((step3) => {
    const fields2 = step3;
    return SLOTS.flatMap((slot) => fields2[slot] ?? []);
  });
  const guards = (plan.edges ?? []).flatMap(({ when }) => when ?? []);
  return [...inSteps, ...guards, ...plan.invariants ?? []];
}

// packages/air/src/validate/plans/plan-tools.ts
var SameTypes = class {
  relations = new TypeRelations();
  open = /* @__PURE__ */ new Map();
  /** True when each may stand for the other as it is. */
  isSame(a, b) {
    return this.relations.fit(a, b) === "same" && this.relations.fit(b, a) === "same";
  }
  /** Of two types that are the same, the one that says more. */
  join(a, b) {
    return this.relations.join(a, b) ?? a;
  }
  /** The places of a type that nothing is known of yet, such as the items of an empty list. */
  countOpen(type) {
    const known = this.open.get(type);
    if (known !== void 0) return known;
    const count3 = partsOf(type).reduce(
      (sum, part) => Math.min(sum + this.countOpen(part), MAX_OPEN),
      type.kind === "never" ? 1 : 0
    );
    this.open.set(type, count3);
    return count3;
  }
};
var MAX_OPEN = 1e6;
function partsOf(type) {
  switch (type.kind) {
    case "option":
      return [type.inner];
    case "list":
    case "set":
      return [type.item];
    case "map":
      return [type.key, type.value];
    case "record":
      return [...type.fields.values()];
    case "variant":
      return [...type.arms.values()];
    case "handle":
      return [type.result];
    default:
      return [];
  }
}
var NOTHING_KNOWN = /* @__PURE__ */ new Map();
var PlanTools = class {
  constructor(plan, graph, { index, schemas, types }, known = NOTHING_KNOWN) {
    this.plan = plan;
    this.graph = graph;
    this.index = index;
    this.schemas = schemas;
    this.types = types;
    this.scope = new PlanScope(plan.value, graph);
    for (const [name2, type] of known) this.scope.vars.set(name2, type);
    const input = schemas.schema(plan.value.input)?.type ?? NEVER;
    this.expressions = new PlanExpressions({ plan, input, index }, this.scope, this.report);
    this.reads = statusReads(plan.value);
    this.correlation = correlationOf(index, schemas, plan.value.name);
    if (this.correlation !== void 0) this.scope.vars.set(CORRELATION, this.correlation.type);
  }
  plan;
  graph;
  index;
  schemas;
  types;
  scope;
  expressions;
  /** Waits whose status the plan reads. */
  reads;
  /** Of the triggers that say by what their instances are correlated, the first. */
  correlation;
  /**
   * A step has told more of the type of a variable than those before it: what was checked with the
   * type as it was then is to be checked again.
   */
  isWidened = false;
  /** What has been found since the last `take`. */
  report = [];
  take() {
    return this.report.splice(0);
  }
  path(at2) {
    return pathOf2(this.plan, at2);
  }
  fail(code2, at2, message, hint) {
    this.report.push(error(code2, this.path(at2), message, hint));
  }
  warn(code2, at2, message) {
    this.report.push(warning(code2, this.path(at2), message));
  }
  /** The schema of a name; reports a name that has none. */
  named(name2, at2) {
    if (!this.index.schemas.has(name2)) {
      this.report.push(this.index.missing("schema-not-found", this.path(at2), name2));
    }
    return this.schemas.schema(name2) ?? "unknown";
  }
  /** The schema that the plan declares for a variable. */
  local(variable) {
    const name2 = this.plan.value.locals?.[variable];
    return name2 === void 0 ? "free" : this.schemas.schema(name2) ?? "unknown";
  }
  /** Gives a variable the type of what a step binds to it; answers with that type. */
  bind(variable, type, at2) {
    const { vars } = this.scope;
    const local = this.local(variable);
    const known = typeof local === "string" ? vars.get(variable) ?? NEVER : local.type;
    if (this.types.isSame(known, type)) {
      const joined = this.types.join(known, type);
      const isFirst = known.kind === "never";
      if (!isFirst && this.types.countOpen(joined) < this.types.countOpen(known)) {
        this.isWidened = true;
      }
      vars.set(variable, joined);
      return type;
    }
    vars.set(variable, known);
    const hint = "give it another name, or declare it in locals and bind what fits";
    const message = `expected what ${variable} is bound to elsewhere, found another type`;
    this.fail("variable-type-mismatch", `${at2}/bind/as`, message, hint);
    return type;
  }
};
function correlationOf(index, schemas, plan) {
  for (const { event: event2, correlate_by } of index.triggers.get(plan) ?? []) {
    if (correlate_by === void 0) continue;
    const path = correlate_by.split(".");
    const type = schemas.schema(event2)?.type;
    return { path, type: (type && valueTypeAtPath(type, path)) ?? NEVER };
  }
  return void 0;
}
function valueTypeAtPath(type, path) {
  const [field, ...rest] = path;
  if (field === void 0) return type;
  if (type.kind === "record") {
    const inner = type.fields.get(field);
    return inner && valueTypeAtPath(inner, rest);
  }
  if (type.kind !== "variant") return void 0;
  if (field === "$tag") return SCALAR_TYPES.text;
  const [arm] = type.arms.values();
  return arm && valueTypeAtPath(arm, rest);
}

// packages/air/src/validate/plans/spawns.ts
function checkSpawns(index) {
  const children = new Map(
    [...index.plans].map(([name2, { value }]) => [name2, childrenOf(value.steps, index)])
  );
  const parents = inverse(children);
  const withoutLeaves = peel2(children, parents);
  const circles = peel2(restrict(parents, withoutLeaves), restrict(children, withoutLeaves));
  return [...circles].flatMap((name2) => {
    const plan = index.plans.get(name2);
    const onCircle = (children.get(name2) ?? []).filter((child) => circles.has(child));
    if (plan === void 0 || onCircle.length === 0) return [];
    const message = `${name2} may spawn itself without end, through ${nameSome(onCircle)}`;
    return [warning("plan-spawn-cyclic", pathOf2(plan), message, "see that a guard ends it")];
  });
}
function childrenOf(steps2, index) {
  const names = steps2.flatMap(
    (step3) => "plan" in step3 && typeof step3.plan === "string" ? [step3.plan] : []
  );
  return [...new Set(names)].filter((name2) => index.plans.has(name2));
}
function inverse(links) {
  const found = new Map([...links.keys()].map((name2) => [name2, []]));
  for (const [from, names] of links) for (const to of names) found.get(to)?.push(from);
  return found;
}
function restrict(links, names) {
  return new Map(
    [...names].map((name2) => [name2, (links.get(name2) ?? []).filter((each) => names.has(each))])
  );
}
function peel2(links, back) {
  const open5 = new Map([...links].map(([name2, names]) => [name2, names.length]));
  const gone = [...open5].flatMap(([name2, count3]) => count3 === 0 ? [name2] : []);
  for (let i = 0; i < gone.length; i += 1) {
    for (const parent of back.get(gone[i]) ?? []) {
      const count3 = (open5.get(parent) ?? 0) - 1;
      open5.set(parent, count3);
      if (count3 === 0) gone.push(parent);
    }
  }
  const taken2 = new Set(gone);
  return new Set([...links.keys()].filter((name2) => !taken2.has(name2)));
}

// packages/air/src/validate/plans/step-graph.ts
var MAX_PLAN_STEPS = 1e4;
var WORD_BITS = 32;
var StepGraph = class {
  size;
  stepOf;
  /** Edges into each step, in the order of the plan. */
  incoming;
  /**
   * Steps in an order in which every edge leads forward, the same for equal plans. Steps on or
   * behind a cycle are missing.
   */
  order;
  isComplete;
  outgoing;
  words;
  ancestors;
  constructor(plan) {
    const steps2 = plan.steps.slice(0, MAX_PLAN_STEPS);
    const stepOf = /* @__PURE__ */ new Map();
    for (const [i, { id }] of steps2.entries()) if (!stepOf.has(id)) stepOf.set(id, i);
    this.size = steps2.length;
    this.stepOf = stepOf;
    const edges = distinctEdges(plan.edges ?? [], stepOf);
    this.isComplete = stepOf.size === plan.steps.length && edges.length === (plan.edges ?? []).length;
    const incoming = steps2.map(() => []);
    const outgoing = steps2.map(() => []);
    for (const edge of edges) {
      incoming[edge.to]?.push(edge);
      outgoing[edge.from]?.push(edge);
    }
    this.incoming = incoming;
    this.outgoing = outgoing;
    this.order = forwardOrder(incoming, outgoing);
    this.words = Math.ceil(this.size / WORD_BITS);
  }
  get isCyclic() {
    return this.order.length < this.size;
  }
  /** False when something was left out or runs in a circle, so that the order says little. */
  get isSound() {
    return this.isComplete && !this.isCyclic;
  }
  /** True when a path of edges leads from one step to the other. */
  leads(from, to) {
    this.ancestors ??= this.findAncestors();
    const word = this.ancestors[to * this.words + Math.floor(from / WORD_BITS)] ?? 0;
    return (word >>> from % WORD_BITS & 1) === 1;
  }
  /** One cycle as the steps along it; undefined when there is none. */
  cycle() {
    if (!this.isCyclic) return void 0;
    const ordered = new Set(this.order);
    const seenAt = /* @__PURE__ */ new Map();
    const path = [];
    let step3 = this.incoming.findIndex((_, i) => !ordered.has(i));
    while (!seenAt.has(step3)) {
      seenAt.set(step3, path.length);
      path.push(step3);
      step3 = this.incoming[step3]?.find(({ from }) => !ordered.has(from))?.from ?? step3;
    }
    return path.slice(seenAt.get(step3)).reverse();
  }
  /** Steps that edges for which `isOpen` holds lead to, beginning with steps without edges in. */
  reached(isOpen2) {
    const reached = /* @__PURE__ */ new Set();
    const waiting = this.incoming.flatMap((edges, step3) => edges.length === 0 ? [step3] : []);
    for (let step3 = waiting.pop(); step3 !== void 0; step3 = waiting.pop()) {
      if (reached.has(step3)) continue;
      reached.add(step3);
      for (const edge of this.outgoing[step3] ?? []) if (isOpen2(edge)) waiting.push(edge.to);
    }
    return reached;
  }
  findAncestors() {
    const bits = new Uint32Array(this.size * this.words);
    for (const step3 of this.order) {
      for (const { from } of this.incoming[step3] ?? []) {
        const base = step3 * this.words;
        for (let i = 0; i < this.words; i += 1) {
          bits[base + i] = (bits[base + i] ?? 0) | (bits[from * this.words + i] ?? 0);
        }
        const word = base + Math.floor(from / WORD_BITS);
        bits[word] = (bits[word] ?? 0) | 1 << from % WORD_BITS;
      }
    }
    return bits;
  }
};
function distinctEdges(edges, stepOf) {
  const seen = /* @__PURE__ */ new Set();
  return edges.flatMap((edge, index) => {
    const [from, to] = [stepOf.get(edge.from), stepOf.get(edge.to)];
    if (from === void 0 || to === void 0 || seen.has(`${from} ${to}`)) return [];
    seen.add(`${from} ${to}`);
    return [{ from, to, index }];
  });
}
function forwardOrder(incoming, outgoing) {
  const undecided = incoming.map((edges) => edges.length);
  const order3 = undecided.flatMap((count3, step3) => count3 === 0 ? [step3] : []);
  for (let i = 0; i < order3.length; i += 1) {
    for (const { to } of outgoing[order3[i]] ?? []) {
      undecided[to] = (undecided[to] ?? 0) - 1;
      if (undecided[to] === 0) order3.push(to);
    }
  }
  return order3;
}

// packages/air/src/validate/plans/step-types.ts
var { text: text5, nat: nat3, hash: hash5 } = SCALAR_TYPES;
var record3 = (fields2) => recordType(new Map(Object.entries(fields2)));
function emittedType(params) {
  return record3({ handle: text5, intent_hash: hash5, params });
}
function raisedType(value) {
  return record3({ schema: text5, value });
}
function settledType(settled2) {
  return record3(settledFields(settled2));
}
function allSettledType(settled2) {
  return listType(settledType(settled2));
}
function anySettledType(settled2) {
  return record3({ ...settledFields(settled2), index: nat3 });
}
function firstType(result) {
  return record3({ index: nat3, value: result });
}
function settledFields(settled2) {
  const { of, isStatusRead } = settled2;
  const result = isStatusRead ? optionType(settled2.result) : settled2.result;
  if (of === "plan") return { status: text5, result, code: optionType(text5) };
  return {
    status: text5,
    receipt: result,
    error: optionType(text5),
    adapter_id: text5,
    cost_cents: optionType(nat3)
  };
}

// packages/air/src/validate/plans/handles.ts
var FORM = '{"ref":"@var:handle"}';
var LIST2 = 'the handles of a spawn_for_each, or {"list":[handle, \u2026]}';
var HandleReader = class {
  constructor(tools, place3) {
    this.tools = tools;
    this.place = place3;
  }
  tools;
  place;
  read(json, wish) {
    const { path } = this.place;
    const read2 = parseExpr(json);
    if (read2.ok && read2.value.kind === "list" && wish.count !== "one") {
      return this.list(read2.value.items, wish);
    }
    const type = read2.ok ? this.variable(read2.value, path, wish) : void 0;
    if (!read2.ok)
      this.fail("await-invalid-reference", path, `${expected(wish)}: ${read2.refusal.detail}`);
    return type === void 0 ? void 0 : this.fitting(type, path, wish);
  }
  /** A list has handles of one kind and of one result. */
  list(items3, wish) {
    const { path } = this.place;
    if (items3.length === 0) {
      this.fail("await-invalid-reference", path, "expected at least one handle, found none");
    }
    const one2 = { ...wish, count: "one" };
    const types = items3.map((item, i) => {
      const at2 = `${path}/list/${i}`;
      const type = this.variable(item, at2, one2);
      return type === void 0 ? void 0 : this.fitting(type, at2, one2);
    });
    const [first2] = types;
    if (first2 === void 0 || types.includes(void 0)) return void 0;
    const other = types.findIndex(
      (type) => type !== void 0 && !this.tools.types.isSame(first2, type)
    );
    if (other < 0) return first2;
    const message = "expected handles of one kind with one result, found different ones";
    this.fail("await-handle-kind", `${path}/list/${other}`, message);
    return void 0;
  }
  /** The type of a variable that stands alone. */
  variable(expr2, path, wish) {
    const { scope, index } = this.tools;
    const { vars } = scope;
    if (expr2.kind !== "ref" || expr2.root !== "var") {
      this.fail("await-invalid-reference", path, `${expected(wish)}, found another expression`);
      return void 0;
    }
    const whole = expr2.path.join(".");
    const name2 = nameIn(expr2, vars);
    if (name2 !== whole) {
      const hint = index.hint(whole, vars.keys(), "bind it with an emit or spawn step");
      this.fail("await-unknown-handle", path, `expected a handle, found @var:${whole}`, hint);
      return void 0;
    }
    if (scope.unset(expr2, { reader: this.place.step }).length > 0) {
      const message = `expected a step before this one to bind ${name2}, found only others that do`;
      this.fail("await-before-emit", path, message, "add an edge from the step that binds it");
      return void 0;
    }
    return vars.get(name2);
  }
  fitting(type, path, wish) {
    if (type.kind === "never") return void 0;
    const isMany = type.kind === "list";
    const handle = isMany ? type.item : type;
    if (handle.kind === "never") return void 0;
    const isCounted = wish.count === "any" || wish.count === "many" === isMany;
    if (handle.kind !== "handle" || !isCounted) {
      this.fail("await-unknown-handle", path, `${expected(wish)}, found another variable`);
      return void 0;
    }
    if (wish.of === void 0 || handle.of === wish.of) return handle;
    const message = `expected the handle of an ${wish.of}, found that of an ${handle.of}`;
    const hint = handle.of === "effect" ? "use await_receipt" : "use await_plan";
    this.fail("await-handle-kind", path, message, hint);
    return void 0;
  }
  fail(code2, path, message, hint) {
    this.tools.report.push(error(code2, path, message, hint));
  }
};
function expected({ count: count3 }) {
  if (count3 === "one") return `expected ${FORM}`;
  return count3 === "many" ? `expected ${LIST2}` : `expected ${FORM}, or ${LIST2}`;
}

// packages/air/src/validate/plans/waits.ts
function checkWait(tools, step3, index) {
  if (step3.op === "await_event") return checkAwaitEvent(tools, step3, index);
  const at2 = `/steps/${index}`;
  const { wish, bound, settled: settled2 } = WAITS[step3.op];
  const reader = new HandleReader(tools, { path: tools.path(`${at2}/for`), step: index });
  const handle = reader.read(step3.for, wish);
  if (step3.op === "cancel") return SCALAR_TYPES.unit;
  if (handle === void 0) return NEVER;
  const { of, result } = handle;
  tools.bind(step3.bind.as, bound(result), at2);
  return settled2({ of, result, isStatusRead: tools.reads.has(step3.id) });
}
var one = { bound: (result) => result, settled: settledType };
var WAITS = {
  await_receipt: { ...one, wish: { of: "effect", count: "one" } },
  await_plan: { ...one, wish: { of: "plan", count: "one" } },
  await_all: {
    wish: { of: void 0, count: "many" },
    bound: listType,
    settled: allSettledType
  },
  await_any: {
    wish: { of: void 0, count: "many" },
    bound: firstType,
    settled: anySettledType
  },
  cancel: { ...one, wish: { of: void 0, count: "any" } }
};
function checkAwaitEvent(tools, step3, index) {
  const at2 = `/steps/${index}`;
  const schema = tools.named(step3.event, `${at2}/event`);
  const event2 = typeof schema === "string" ? NEVER : schema.type;
  const where = step3.where === void 0 ? void 0 : tools.expressions.condition(step3.where, {
    at: `${at2}/where`,
    reader: index,
    event: event2
  });
  if (tools.correlation !== void 0) checkCorrelated(tools, step3, where, at2);
  return tools.bind(step3.bind.as, event2, at2);
}
function checkCorrelated(tools, step3, where, at2) {
  const hint = `compare a field of @event with @var:${CORRELATION}`;
  if (step3.where === void 0) {
    const message = "expected a where, since the trigger correlates its instances, found none";
    tools.fail("correlation-missing-predicate", at2, message, hint);
  } else if (where !== void 0 && !namesCorrelation(where)) {
    const message = `expected a where that names @var:${CORRELATION}, found none of it`;
    tools.fail("correlation-missing-reference", `${at2}/where`, message, hint);
  }
}
function namesCorrelation(expr2) {
  return referencesOf(expr2).some(({ root, path }) => root === "var" && path[0] === CORRELATION);
}

// packages/air/src/validate/plans/steps.ts
function checkStep(tools, step3, index) {
  const at2 = `/steps/${index}`;
  const slot = (field) => ({ at: `${at2}/${field}`, reader: index });
  switch (step3.op) {
    case "raise_event": {
      const schema = tools.named(step3.event, `${at2}/event`);
      return raisedType(tools.expressions.slot(step3.value, slot("value"), schema));
    }
    case "emit_effect":
      return checkEmit(tools, step3, at2, slot);
    case "assign": {
      const type = tools.expressions.slot(step3.expr, slot("expr"), tools.local(step3.bind.as));
      return bindAssigned(tools, step3.bind.as, type, at2);
    }
    case "end": {
      const { output } = tools.plan.value;
      if (step3.result === void 0) return SCALAR_TYPES.unit;
      const schema = output === void 0 ? "unknown" : tools.schemas.schema(output);
      return tools.expressions.slot(step3.result, slot("result"), schema ?? "unknown");
    }
    case "spawn_plan":
      return checkSpawn(tools, step3, at2, slot);
    case "spawn_for_each":
      return checkSpawnForEach(tools, step3, at2, slot);
    default:
      return checkWait(tools, step3, index);
  }
}
function checkEmit(tools, step3, at2, slot) {
  const { index, schemas, expressions } = tools;
  const effect2 = index.effectsByKind.get(step3.kind)?.value;
  if (effect2 === void 0) {
    tools.report.push(index.missing("effect-not-found", tools.path(`${at2}/kind`), step3.kind));
  } else if (effect2.origin_scope === "reducer") {
    const message = `expected an effect that plans may emit, found ${step3.kind}`;
    const hint = `${effect2.name} is for reducers; list a version of it that is for both`;
    tools.fail("effect-origin-scope", `${at2}/kind`, message, hint);
  }
  checkGrant(tools, step3, at2, effect2?.cap_type);
  checkRetry(tools, step3, at2);
  const params = schemas.effectParams(step3.kind) ?? "unknown";
  const type = expressions.slot(step3.params, slot("params"), params);
  if (step3.idempotency_key !== void 0) {
    expressions.slot(step3.idempotency_key, slot("idempotency_key"), schemas.idempotencyKey);
  }
  const receipt = effect2 === void 0 ? void 0 : schemas.schema(effect2.receipt_schema)?.type;
  bindHandle(tools, step3.bind.effect_id_as, handleType("effect", receipt ?? NEVER));
  return emittedType(type);
}
function checkGrant(tools, step3, at2, capType) {
  const grant = tools.index.grants.get(step3.cap);
  if (grant === void 0) {
    tools.report.push(tools.index.missing("grant-not-found", tools.path(`${at2}/cap`), step3.cap));
  } else if (capType !== void 0 && grant.capType !== void 0 && capType !== grant.capType) {
    const message = `expected a grant of the type ${capType}, found ${step3.cap}`;
    tools.fail("grant-type-mismatch", `${at2}/cap`, `${message}, which is of ${grant.capType}`);
  }
}
function checkRetry(tools, { deadline_ns, retry: retry2 }, at2) {
  if (deadline_ns !== void 0 && BigInt(deadline_ns) === 0n) {
    const message2 = "expected a deadline after the effect is emitted, found 0";
    tools.fail("deadline-range", `${at2}/deadline_ns`, message2, "leave it out to have none");
  }
  const { initial_ns, max_ns } = retry2?.backoff ?? {};
  if (initial_ns === void 0 || max_ns === void 0 || max_ns >= initial_ns) return;
  const message = `expected at least initial_ns, ${initial_ns}, found ${max_ns}`;
  tools.fail("retry-range", `${at2}/retry/backoff/max_ns`, message);
}
function checkSpawn(tools, step3, at2, slot) {
  const child = checkChild(tools, step3.plan, at2);
  const schema = child ? tools.schemas.planInput(step3.plan) ?? "unknown" : "unknown";
  tools.expressions.slot(step3.input, slot("input"), schema);
  bindHandle(tools, step3.bind.handle_as, handleType("plan", outputOf(tools, step3.plan)));
  return SCALAR_TYPES.unit;
}
function checkSpawnForEach(tools, step3, at2, slot) {
  const child = checkChild(tools, step3.plan, at2);
  const schema = child && tools.schemas.planInputs(step3.plan) || "unknown";
  tools.expressions.slot(step3.inputs, slot("inputs"), schema);
  const handle = handleType("plan", outputOf(tools, step3.plan));
  bindHandle(tools, step3.bind.handles_as, listType(handle));
  const inputs = isJsonObject(step3.inputs) ? step3.inputs.list : step3.inputs;
  if (isJsonList(inputs) && inputs.length > step3.max_fanout) {
    const message = `expected at most ${step3.max_fanout} inputs, found ${inputs.length}`;
    tools.fail("fanout-exceeded", `${at2}/inputs`, message);
  }
  return SCALAR_TYPES.unit;
}
function checkChild(tools, plan, at2) {
  if (tools.index.plans.has(plan)) return true;
  tools.report.push(tools.index.missing("plan-not-found", tools.path(`${at2}/plan`), plan));
  return false;
}
function outputOf(tools, plan) {
  const child = tools.index.plans.get(plan)?.value;
  if (child === void 0) return NEVER;
  if (child.output === void 0) return SCALAR_TYPES.unit;
  return tools.schemas.schema(child.output)?.type ?? NEVER;
}
function bindHandle(tools, variable, type) {
  const known = tools.scope.vars.get(variable);
  if (known === void 0 || known.kind === "never") tools.scope.vars.set(variable, type);
}
function bindAssigned(tools, variable, type, at2) {
  if (!hasHandle(type)) return tools.bind(variable, type, at2);
  const hint = "refer to the variable of the step that made it";
  tools.fail("handle-as-data", `${at2}/expr`, "expected data, found a handle", hint);
  return NEVER;
}
function hasHandle(type) {
  if (type.kind === "handle") return true;
  return (type.kind === "list" || type.kind === "set") && hasHandle(type.item);
}

// packages/air/src/validate/plans/structure.ts
function checkPlanStructure({ plan, graph }, index) {
  return [
    ...checkSize(plan),
    ...checkSteps(plan),
    ...checkEdges(plan, graph, index),
    ...checkCycle(plan, graph),
    ...checkReached(plan, graph),
    ...checkDeclared(plan),
    ...checkHandles(plan),
    ...checkEnds(plan)
  ];
}
function checkSize(plan) {
  const found = plan.value.steps.length;
  if (found <= MAX_PLAN_STEPS) return [];
  const message = `expected at most ${MAX_PLAN_STEPS} steps, found ${found}`;
  return [
    error("plan-size", pathOf2(plan, "/steps"), message, "split it into plans that it spawns")
  ];
}
function checkSteps(plan) {
  const seen = /* @__PURE__ */ new Map();
  return plan.value.steps.flatMap(({ id }, i) => {
    const first2 = seen.get(id);
    if (first2 === void 0) seen.set(id, i);
    if (first2 === void 0) return [];
    const message = `expected one step ${id}, found it again after step ${first2}`;
    return [error("step-duplicate", pathOf2(plan, `/steps/${i}/id`), message)];
  });
}
function checkEdges(plan, graph, index) {
  const seen = /* @__PURE__ */ new Set();
  return (plan.value.edges ?? []).flatMap((edge, i) => {
    const at2 = `/edges/${i}`;
    const missing5 = ["from", "to"].flatMap((end3) => {
      if (graph.stepOf.has(edge[end3])) return [];
      const message2 = `expected a step of this plan, found ${edge[end3]}`;
      const hint2 = index.hint(edge[end3], graph.stepOf.keys());
      return [error("edge-unknown-step", pathOf2(plan, `${at2}/${end3}`), message2, hint2)];
    });
    const pair = `${edge.from} ${edge.to}`;
    const isNew = !seen.has(pair);
    seen.add(pair);
    if (isNew) return missing5;
    const message = `expected one edge from ${edge.from} to ${edge.to}, found a second`;
    const hint = 'join the two guards with "or"';
    return [...missing5, error("edge-duplicate", pathOf2(plan, at2), message, hint)];
  });
}
function checkCycle(plan, graph) {
  const cycle = graph.cycle();
  if (cycle === void 0) return [];
  const along = nameSome(cycle.map((step3) => plan.value.steps[step3]?.id ?? ""));
  const message = `expected edges that lead forward only, found a circle of ${along}`;
  const hint = "repeat with retry, with spawn_for_each, or by an event that starts the plan again";
  return [error("plan-cyclic", pathOf2(plan, "/edges"), message, hint)];
}
function checkReached(plan, graph) {
  if (!graph.isSound) return [];
  const { steps: steps2, edges } = plan.value;
  const isOpen2 = ({ from, index }) => steps2[from]?.op !== "end" && !isFalse(edges?.[index]?.when);
  const reached = graph.reached(isOpen2);
  return steps2.slice(0, graph.size).flatMap(({ id }, i) => {
    if (reached.has(i)) return [];
    const message = `${id} never runs: every path to it passes an end or a guard that is false`;
    return [warning("step-unreachable", pathOf2(plan, `/steps/${i}`), message)];
  });
}
function isFalse(guard) {
  return isJsonObject(guard) && guard.bool === false;
}
function checkDeclared(plan) {
  const { steps: steps2, required_caps, allowed_effects } = plan.value;
  const emits = steps2.flatMap((step3) => step3.op === "emit_effect" ? [step3] : []);
  const caps = new Set(emits.map(({ cap: cap2 }) => cap2));
  const kinds = new Set(emits.map(({ kind: kind2 }) => kind2));
  return [
    ...compare("plan-caps-mismatch", pathOf2(plan, "/required_caps"), required_caps, caps),
    ...compare("plan-effects-mismatch", pathOf2(plan, "/allowed_effects"), allowed_effects, kinds)
  ];
}
function compare(code2, path, declared, used) {
  if (declared === void 0) return [];
  const names = new Set(declared);
  const missing5 = [...used].filter((each) => !names.has(each)).sort();
  const idle2 = declared.filter((each) => !used.has(each));
  if (missing5.length + idle2.length === 0) return [];
  const found = [
    ...missing5.length === 0 ? [] : [`no ${nameSome(missing5)}`],
    ...idle2.length === 0 ? [] : [`unused ${nameSome(idle2)}`]
  ].join(" and ");
  const message = `expected exactly what the steps use, found ${found}`;
  return [error(code2, path, message, "leave the field out to have it derived")];
}
function checkHandles(plan) {
  const seen = /* @__PURE__ */ new Map();
  return plan.value.steps.flatMap((step3, i) => {
    const bound = handleOf(step3);
    if (bound === void 0) return [];
    const [field, name2] = bound;
    const first2 = seen.get(name2);
    if (first2 === void 0) seen.set(name2, step3.id);
    if (first2 === void 0) return [];
    const message = `expected a handle of its own, found ${name2}, which ${first2} binds`;
    return [error("handle-duplicate", pathOf2(plan, `/steps/${i}/bind/${field}`), message)];
  });
}
function handleOf(step3) {
  if (step3.op === "emit_effect") return ["effect_id_as", step3.bind.effect_id_as];
  if (step3.op === "spawn_plan") return ["handle_as", step3.bind.handle_as];
  if (step3.op === "spawn_for_each") return ["handles_as", step3.bind.handles_as];
  return void 0;
}
function checkEnds(plan) {
  const { steps: steps2, output } = plan.value;
  const findings = steps2.flatMap((step3, i) => {
    if (step3.op !== "end" || step3.result === void 0 === (output === void 0)) return [];
    const path = pathOf2(plan, `/steps/${i}`);
    if (output === void 0) {
      const message2 = "expected no result, since the plan declares no output";
      return [error("end-result-unexpected", `${path}/result`, message2, "declare the output")];
    }
    return [error("end-result-missing", path, `expected a result in ${output}`)];
  });
  if (output === void 0 || steps2.some(({ op }) => op === "end")) return findings;
  const message = `expected an end with a result in ${output}, found no end`;
  return [...findings, error("end-missing", pathOf2(plan, "/output"), message, "add an end step")];
}

// packages/air/src/validate/plans/plans.ts
function checkPlans(index) {
  const context = { index, schemas: slotSchemas(index), types: new SameTypes() };
  const findings = [];
  const plans = /* @__PURE__ */ new Map();
  for (const [name2, plan] of index.plans) {
    const checked = checkPlan(plan, context);
    findings.push(...checked.findings);
    plans.set(name2, checked);
  }
  return { findings: [...findings, ...checkSpawns(index)], plans };
}
function checkPlan(plan, context) {
  const graph = new StepGraph(plan.value);
  const { tools, findings } = checkTyped(plan, graph, context);
  const { expressions, reads, correlation } = tools;
  return {
    findings: [...checkPlanStructure({ plan, graph }, context.index), ...findings],
    slots: expressions.slots,
    statusReads: reads,
    correlation
  };
}
var MAX_PASSES = 8;
function checkTyped(plan, graph, context) {
  let known;
  for (let pass = 1; ; pass += 1) {
    const tools = new PlanTools(plan, graph, context, known);
    const findings = [
      ...checkSchemas(tools),
      ...checkSteps2(tools),
      ...checkGuards(tools),
      ...checkInvariants(tools)
    ];
    if (!tools.isWidened) return { tools, findings };
    if (pass === MAX_PASSES) return { tools, findings: [...findings, tooWide(plan)] };
    known = tools.scope.vars;
  }
}
function tooWide(plan) {
  const message = "expected variables whose types are told where they are first bound, found others";
  const hint = "declare in locals what is bound to an empty list or to null first";
  return error("variable-type-mismatch", pathOf2(plan, "/steps"), message, hint);
}
function checkSchemas(tools) {
  const { input, output, locals } = tools.plan.value;
  tools.named(input, "/input");
  if (output !== void 0) tools.named(output, "/output");
  for (const [variable, schema] of Object.entries(locals ?? {})) {
    tools.named(schema, `/locals/${variable}`);
    if (!tools.scope.vars.has(variable)) {
      tools.warn("local-unused", `/locals/${variable}`, `no step binds ${variable}`);
    }
  }
  return tools.take();
}
function checkSteps2(tools) {
  const { graph, scope } = tools;
  const ofStep = /* @__PURE__ */ new Map();
  const ordered = new Set(graph.order);
  const others = Array.from({ length: graph.size }, (_, i) => i).filter((i) => !ordered.has(i));
  for (const i of [...graph.order, ...others]) {
    const step3 = tools.plan.value.steps[i];
    if (step3 === void 0) continue;
    const type = checkStep(tools, step3, i);
    if (graph.stepOf.get(step3.id) === i) scope.steps.set(step3.id, type);
    ofStep.set(i, tools.take());
  }
  return Array.from({ length: graph.size }, (_, i) => ofStep.get(i) ?? []).flat();
}
function checkGuards(tools) {
  for (const [i, { from, when }] of (tools.plan.value.edges ?? []).entries()) {
    if (when === void 0) continue;
    const reader = tools.graph.stepOf.get(from);
    tools.expressions.condition(when, { at: `/edges/${i}/when`, reader, isAfter: true });
  }
  return tools.take();
}
function checkInvariants(tools) {
  for (const [i, invariant] of (tools.plan.value.invariants ?? []).entries()) {
    tools.expressions.condition(invariant, { at: `/invariants/${i}`, reader: void 0 });
  }
  return tools.take();
}

// packages/air/src/validate/policies/rule-index.ts
var FIELDS2 = ["effect_kind", "cap_name", "cap_type", "origin_kind", "origin_name"];
var RuleIndex = class {
  firstOf = /* @__PURE__ */ new Map();
  add(when, rule2) {
    const key3 = keyOf(FIELDS2.map((field) => when[field]));
    if (!this.firstOf.has(key3)) this.firstOf.set(key3, rule2);
  }
  /** The first rule that matches whatever has these fields. */
  first(known) {
    let first2;
    for (let mask = 0; mask < 2 ** FIELDS2.length; mask += 1) {
      const asked = FIELDS2.map((field, i) => (mask >> i & 1) === 1 ? known[field] : void 0);
      const rule2 = this.firstOf.get(keyOf(asked));
      if (rule2 !== void 0 && (first2 === void 0 || rule2 < first2)) first2 = rule2;
    }
    return first2;
  }
};
function indexRules(rules) {
  const index = new RuleIndex();
  for (const [i, { when }] of rules.entries()) index.add(when, i);
  return index;
}
function keyOf(values) {
  return values.map((value) => value ?? "").join(" ");
}

// packages/air/src/validate/policies/allowed-effects.ts
function checkAllowedEffects(index) {
  const judge2 = new Judge(index);
  return [...planEffects(index, judge2), ...reducerEffects(index, judge2)];
}
var Judge = class {
  rules;
  decisions;
  /** The default policy is named and missing, which is reported by itself. */
  isUnknown;
  constructor(index) {
    const name2 = index.manifest.value.defaults?.policy;
    const rules = index.policies.get(name2 ?? "")?.value.rules ?? [];
    this.isUnknown = name2 !== void 0 && !index.policies.has(name2);
    this.rules = indexRules(rules);
    this.decisions = rules.map(({ decision: decision2 }) => decision2);
  }
  /** Why an effect is denied; undefined when it may be let through. */
  denial(effect2) {
    const rule2 = this.rules.first(effect2);
    if (rule2 === void 0) return "no rule of the default policy allows it";
    return this.decisions[rule2] === "deny" ? `rule ${rule2} of the default policy denies it` : void 0;
  }
};
function planEffects(index, judge2) {
  if (judge2.isUnknown) return [];
  return [...index.plans.values()].flatMap(
    (plan) => plan.value.steps.flatMap((step3, i) => {
      if (step3.op !== "emit_effect") return [];
      const cap_type = index.effectsByKind.get(step3.kind)?.value.cap_type;
      if (cap_type === void 0 || !index.grants.has(step3.cap)) return [];
      const reason = judge2.denial({
        effect_kind: step3.kind,
        cap_name: step3.cap,
        cap_type,
        origin_kind: "plan",
        origin_name: plan.value.name
      });
      return reason === void 0 ? [] : [denied(pathOf2(plan, `/steps/${i}`), step3.kind, reason)];
    })
  );
}
function reducerEffects(index, judge2) {
  return reducersOf(index).flatMap((reducer) => {
    const { name: name2, abi } = reducer.value;
    const slots2 = index.manifest.value.module_bindings?.[name2]?.slots ?? {};
    const grants = new Set(Object.values(slots2));
    return (abi.reducer.effects_emitted ?? []).flatMap((kind2, i) => {
      const path = pathOf2(reducer, `/abi/reducer/effects_emitted/${i}`);
      const cap_type = index.effectsByKind.get(kind2)?.value.cap_type;
      if (cap_type === void 0) return [];
      const fitting = [...grants].filter((grant) => index.grants.get(grant)?.capType === cap_type);
      if (fitting.length === 0) {
        const message = `${kind2} is always denied: no slot of ${name2} has a ${cap_type} grant`;
        const hint = "bind a slot in module_bindings";
        return [warning("effect-unbound", path, message, hint)];
      }
      if (judge2.isUnknown) return [];
      const reasons = fitting.map(
        (cap_name) => judge2.denial({
          effect_kind: kind2,
          cap_name,
          cap_type,
          origin_kind: "reducer",
          origin_name: name2
        })
      );
      const [reason] = reasons;
      return reason === void 0 || reasons.includes(void 0) ? [] : [denied(path, kind2, reason)];
    });
  });
}
function denied(path, kind2, reason) {
  return warning("effect-denied", path, `${kind2} is always denied: ${reason}`, "add a rule for it");
}

// packages/air/src/validate/policies/policies.ts
function checkPolicies(index) {
  return [
    ...checkDefault(index),
    ...[...index.policies.values()].flatMap((policy) => [
      ...checkRules(policy, index),
      ...checkGovernance(policy)
    ])
  ];
}
function checkDefault(index) {
  const policy = index.manifest.value.defaults?.policy;
  if (policy === void 0 || index.policies.has(policy)) return [];
  return [index.missing("policy-not-found", pathOf2(index.manifest, "/defaults/policy"), policy)];
}
function checkRules(policy, index) {
  const earlier = new RuleIndex();
  return policy.value.rules.flatMap((rule2, i) => {
    const path = pathOf2(policy, `/rules/${i}`);
    const { effect_kind, cap_name } = rule2.when;
    const findings = checkApproval(rule2, path);
    if (effect_kind !== void 0 && !index.effectsByKind.has(effect_kind)) {
      findings.push(index.missing("effect-not-found", `${path}/when/effect_kind`, effect_kind));
    }
    if (cap_name !== void 0 && !index.grants.has(cap_name)) {
      findings.push(index.missing("grant-not-found", `${path}/when/cap_name`, cap_name));
    }
    if (findings.length === 0) findings.push(...checkMatches(rule2.when, earlier, path, index));
    earlier.add(rule2.when, i);
    return findings;
  });
}
function checkMatches(when, earlier, path, index) {
  const reason = contradiction(when, index);
  if (reason !== void 0) {
    return [warning("policy-rule-idle", path, `this rule never matches: ${reason}`)];
  }
  const shadow = earlier.first(withImplied(when, index));
  if (shadow === void 0) return [];
  const message = `this rule never decides: rule ${shadow} takes all that it matches`;
  return [warning("policy-rule-shadowed", path, message, "put the narrower rule first")];
}
function contradiction(when, index) {
  const { effect_kind, cap_name, cap_type, origin_kind, origin_name } = when;
  const effect2 = index.effectsByKind.get(effect_kind ?? "")?.value;
  const granted = index.grants.get(cap_name ?? "")?.capType;
  const types = new Set([effect2?.cap_type, granted, cap_type].filter((type) => type !== void 0));
  if (types.size > 1)
    return `capabilities of one effect have one type, not ${[...types].join(", ")}`;
  if (cap_type !== void 0 && !index.capTypes.has(cap_type)) {
    return `no capability is of the type ${cap_type}`;
  }
  const isPlan = origin_name !== void 0 && index.plans.has(origin_name);
  const isReducer2 = origin_name !== void 0 && index.reducer(origin_name) !== void 0;
  if (origin_name !== void 0 && !isPlan && !isReducer2) {
    return `${origin_name} is neither a plan nor a reducer of this world`;
  }
  if (isPlan !== isReducer2 && origin_kind === (isPlan ? "reducer" : "plan")) {
    return `${origin_name} is no ${origin_kind}`;
  }
  const scope = effect2?.origin_scope;
  if (scope === void 0 || scope === "both" || origin_kind === void 0) return void 0;
  return scope === origin_kind ? void 0 : `${effect_kind} comes from a ${scope} only`;
}
function withImplied(when, index) {
  const { effect_kind, cap_name, origin_name } = when;
  const cap_type = when.cap_type ?? index.grants.get(cap_name ?? "")?.capType ?? index.effectsByKind.get(effect_kind ?? "")?.value.cap_type;
  const origin_kind = when.origin_kind ?? originKind(origin_name, index);
  return {
    ...when,
    ...cap_type === void 0 ? {} : { cap_type },
    ...origin_kind === void 0 ? {} : { origin_kind }
  };
}
function originKind(name2, index) {
  const isPlan = name2 !== void 0 && index.plans.has(name2);
  const isReducer2 = name2 !== void 0 && index.reducer(name2) !== void 0;
  if (isPlan === isReducer2) return void 0;
  return isPlan ? "plan" : "reducer";
}
function checkApproval(rule2, path) {
  if (rule2.decision !== "require_approval") return [];
  return checkQuorum(rule2.approval, `${path}/approval`);
}
function checkGovernance(policy) {
  return (policy.value.governance ?? []).flatMap(
    (rule2, i) => checkQuorum(rule2, pathOf2(policy, `/governance/${i}`))
  );
}
function checkQuorum({ count: count3, of }, path) {
  if (of === void 0 || of.length >= count3) return [];
  const message = `expected at least ${count3} principals, found ${of.length}`;
  return [error("quorum-unreachable", `${path}/of`, message, "name more, or ask for fewer")];
}

// packages/air/src/validate/field-path.ts
function typeAtPath(type, path, types) {
  const [field, ...rest] = path;
  if ("ref" in type) {
    const target = types.typeOf(type.ref);
    return target === void 0 ? void 0 : typeAtPath(target, path, types);
  }
  if (field === void 0) return type;
  if ("record" in type) {
    const inner = Object.hasOwn(type.record, field) ? type.record[field] : void 0;
    return inner === void 0 ? void 0 : typeAtPath(inner, rest, types);
  }
  if (!("variant" in type)) return void 0;
  if (field === "$tag" && rest.length === 0) return { text: {} };
  return field === "$value" ? commonType2(type.variant, rest, types) : void 0;
}
function commonType2(arms2, path, types) {
  const [first2, ...others] = Object.values(arms2).map((arm) => typeAtPath(arm, path, types));
  if (first2 === void 0) return void 0;
  const id = types.identity.of(first2);
  const agree = others.every((each) => each !== void 0 && types.identity.of(each) === id);
  return agree ? first2 : void 0;
}
function fieldsOf(type, types) {
  if ("ref" in type) {
    const target = types.typeOf(type.ref);
    return target === void 0 ? [] : fieldsOf(target, types);
  }
  if ("record" in type) return Object.keys(type.record);
  return "variant" in type ? ["$tag", "$value"] : [];
}

// packages/air/src/validate/routing-keys.ts
function checkRoutingKeys(index) {
  const { manifest } = index;
  return (manifest.value.routing?.events ?? []).flatMap(
    (route, i) => checkKey(route, pathOf2(manifest, `/routing/events/${i}/key_field`), index)
  );
}
function checkKey(route, path, index) {
  const { types } = index;
  const { event: event2, key_field } = route;
  const key3 = index.reducer(route.reducer)?.value.key_schema;
  if (key3 === void 0 || key_field === void 0) return [];
  if (types.typeOf(key3) === void 0 || types.typeOf(event2) === void 0) return [];
  const found = typeAtPath({ ref: event2 }, key_field.split("."), types);
  if (found === void 0) {
    const message2 = `expected a field of ${event2}, the same in every arm, found ${key_field}`;
    const hint = `fields: ${nameSome(fieldsOf({ ref: event2 }, types))}`;
    return [error("routing-key-field-mismatch", path, message2, hint)];
  }
  if (types.identity.of(found) === types.identity.ofSchema(key3)) return [];
  const message = `expected ${key_field} of ${event2} to be a ${key3}, found another type`;
  return [error("routing-key-field-mismatch", path, message)];
}

// packages/air/src/validate/secrets/secret-references.ts
var VARIANTS = [
  ["tag", "value"],
  ["$tag", "$value"]
];
function secretReferences(json, places) {
  const found = [];
  const walk = (value, at2, place3) => {
    if (isJsonList(value)) {
      value.forEach((item, i) => {
        walk(item, pointer(at2, i), "any");
      });
    }
    if (!isJsonObject(value)) return;
    const name2 = place3 === "arm" || places === "everywhere" ? nameIn2(value) : void 0;
    if (name2 !== void 0) found.push({ name: name2, at: at2 });
    for (const key3 of Object.keys(value)) {
      const isWrapped = place3 === "arm" && key3 === "record";
      const inner = isWrapped || isSecretArm(value, key3) ? "arm" : "any";
      walk(value[key3], pointer(at2, key3), inner);
    }
  };
  walk(json, "", "any");
  return found;
}
function isSecretArm(value, key3) {
  if (key3 === "secret") return Object.keys(value).length === 1;
  return VARIANTS.some(([tag, inner]) => key3 === inner && value[tag] === "secret");
}
function nameIn2(value) {
  if (Object.keys(value).length !== 2) return void 0;
  const alias = constantIn(value.alias, "text");
  const version = constantIn(value.version, "nat");
  if (typeof alias !== "string") return void 0;
  const isNumber = typeof version === "number" || typeof version === "bigint";
  return isNumber ? `${alias}@${version}` : void 0;
}
function constantIn(json, tag) {
  return isJsonObject(json) ? json[tag] : json;
}

// packages/air/src/validate/secrets/secrets.ts
var SECRET_REF = "sys/SecretRef@1";
function checkSecrets(index) {
  const scope = { index, bearers: schemasWithSecrets(index), allowances: allowances(index) };
  return [
    ...[...index.secrets.values()].flatMap((secret2) => checkSecret(secret2, index)),
    ...checkGrantParams(scope),
    ...[...index.plans.values()].flatMap((plan) => checkPlan2(plan, scope))
  ];
}
function allowances(index) {
  const setOf2 = (names) => names && new Set(names);
  return new Map(
    [...index.secrets].map(([name2, { value }]) => [
      name2,
      { caps: setOf2(value.allowed_caps), plans: setOf2(value.allowed_plans) }
    ])
  );
}
function checkSecret(secret2, index) {
  const { binding_id, allowed_caps, allowed_plans } = secret2.value;
  const message = "expected the name that the vault knows the secret by, found nothing";
  return [
    ...binding_id === "" ? [error("secret-binding-empty", pathOf2(secret2, "/binding_id"), message)] : [],
    ...(allowed_caps ?? []).flatMap((grant, i) => {
      if (index.grants.has(grant)) return [];
      return [index.missing("grant-not-found", pathOf2(secret2, `/allowed_caps/${i}`), grant)];
    }),
    ...(allowed_plans ?? []).flatMap((plan, i) => {
      if (index.plans.has(plan)) return [];
      return [index.missing("plan-not-found", pathOf2(secret2, `/allowed_plans/${i}`), plan)];
    })
  ];
}
function schemasWithSecrets(index) {
  const bearers = /* @__PURE__ */ new Set([SECRET_REF]);
  for (const name2 of index.types.checked.names) {
    const type = index.types.typeOf(name2);
    if (type !== void 0 && referencesOf2(type).some((each) => bearers.has(each))) {
      bearers.add(name2);
    }
  }
  return bearers;
}
function checkGrantParams(scope) {
  const { index, bearers } = scope;
  const { manifest } = index;
  return (manifest.value.defaults?.cap_grants ?? []).flatMap((grant, i) => {
    const places = bearers.has(index.paramsName(grant.cap)) ? "everywhere" : "arms";
    const path = pathOf2(manifest, `/defaults/cap_grants/${i}/params`);
    return checkUse({ json: grant.params, path, places, cap: grant.name, plan: void 0 }, scope);
  });
}
function checkPlan2(plan, scope) {
  const { index, bearers } = scope;
  return plan.value.steps.flatMap((step3, i) => {
    const path = pathOf2(plan, `/steps/${i}`);
    return slotsOf2(step3).flatMap(([field, json]) => {
      const cap2 = step3.op === "emit_effect" && field === "params" ? step3.cap : void 0;
      const params = step3.op === "emit_effect" ? index.effectsByKind.get(step3.kind)?.value.params_schema : "";
      const places = cap2 !== void 0 && bearers.has(params ?? "") ? "everywhere" : "arms";
      const use2 = { json, path: `${path}/${field}`, places, cap: cap2, plan: plan.value.name };
      return checkUse(use2, scope);
    });
  });
}
var SLOTS2 = ["params", "value", "expr", "input", "inputs", "result"];
function slotsOf2(step3) {
  return SLOTS2.flatMap((field) => {
    const json = step3[field];
    return json === void 0 ? [] : [[field, json]];
  });
}
function checkUse(use2, { index, allowances: allowances2 }) {
  return secretReferences(use2.json, use2.places).flatMap(({ name: name2, at: at2 }) => {
    const path = `${use2.path}${at2}`;
    const allowance = allowances2.get(name2);
    if (allowance === void 0) {
      const message = `expected a secret of this world, found ${name2}`;
      const hint = index.hint(name2, index.secrets.keys(), "declare it with defsecret");
      return [error("secret-unknown", path, message, hint)];
    }
    return [
      ...checkAllowed("secret-cap-denied", path, use2.cap, allowance.caps),
      ...checkAllowed("secret-plan-denied", path, use2.plan, allowance.plans)
    ];
  });
}
function checkAllowed(code2, path, user, allowed) {
  if (user === void 0 || allowed === void 0 || allowed.has(user)) return [];
  const message = `expected one of those that the secret allows, ${nameSome(allowed)}`;
  return [error(code2, path, `${message}, found ${user}`)];
}

// packages/air/src/validate/triggers.ts
function checkTriggers(index) {
  const { manifest } = index;
  const seen = /* @__PURE__ */ new Set();
  const correlations = /* @__PURE__ */ new Map();
  return (manifest.value.triggers ?? []).flatMap((trigger2, i) => {
    const path = pathOf2(manifest, `/triggers/${i}`);
    const pair = `${trigger2.event} ${trigger2.plan}`;
    const isNew = !seen.has(pair);
    seen.add(pair);
    const message = `expected ${trigger2.event} to start ${trigger2.plan} once, found it again`;
    return [
      ...isNew ? [] : [error("trigger-duplicate", path, message)],
      ...checkTrigger(trigger2, path, index),
      ...checkCorrelationType(trigger2, path, { types: index.types, correlations })
    ];
  });
}
function checkCorrelationType({ event: event2, plan, correlate_by }, path, { types, correlations }) {
  const field = correlate_by?.split(".");
  const type = field && typeAtPath({ ref: event2 }, field, types);
  if (type === void 0) return [];
  const id = types.identity.of(type);
  const first2 = correlations.get(plan);
  if (first2 === void 0) correlations.set(plan, id);
  if (first2 === void 0 || first2 === id) return [];
  const message = `expected a field like the one another trigger of ${plan} correlates by`;
  const found = `${message}, found ${correlate_by} of another type`;
  return [error("variable-type-mismatch", `${path}/correlate_by`, found)];
}
function checkTrigger(trigger2, path, index) {
  const plan = index.plans.get(trigger2.plan);
  const findings = [];
  if (!index.schemas.has(trigger2.event)) {
    findings.push(index.missing("schema-not-found", `${path}/event`, trigger2.event));
  }
  if (plan === void 0) {
    findings.push(index.missing("plan-not-found", `${path}/plan`, trigger2.plan));
  } else if (index.types.isOther(trigger2.event, plan.value.input)) {
    const expected2 = `expected an event like the input of ${trigger2.plan}, ${plan.value.input}`;
    const message = `${expected2}, found ${trigger2.event}`;
    const hint = "start the plan with its input, or give the plan the event as its input";
    findings.push(error("trigger-input-mismatch", path, message, hint));
  }
  return [...findings, ...checkCorrelation(trigger2, path, index)];
}
function checkCorrelation({ event: event2, correlate_by }, path, { types }) {
  if (correlate_by === void 0 || types.typeOf(event2) === void 0) return [];
  if (typeAtPath({ ref: event2 }, correlate_by.split("."), types) !== void 0) return [];
  const message = `expected a field of ${event2}, found ${correlate_by}`;
  const hint = `fields: ${nameSome(fieldsOf({ ref: event2 }, types))}`;
  return [error("trigger-unknown-field", `${path}/correlate_by`, message, hint)];
}
function checkInboxes(index) {
  const { manifest } = index;
  const seen = /* @__PURE__ */ new Set();
  return (manifest.value.routing?.inboxes ?? []).flatMap(({ source, reducer }, i) => {
    const path = pathOf2(manifest, `/routing/inboxes/${i}`);
    const pair = JSON.stringify([source, reducer]);
    const isNew = !seen.has(pair);
    seen.add(pair);
    if (index.reducer(reducer) === void 0) {
      return [index.missing("inbox-unknown-reducer", `${path}/reducer`, reducer)];
    }
    if (isNew) return [];
    const message = `expected ${source} to lead to ${reducer} once, found it again`;
    return [error("inbox-duplicate", path, message)];
  });
}

// packages/air/src/world/modules.ts
function checkModule2(module, typeOf2) {
  const findings = abiSchemas(module.value).flatMap(([at2, name2]) => {
    if (typeOf2(name2) !== void 0) return [];
    const message = `expected a schema of this world, found ${name2}`;
    const hint = `add ${name2} to the schemas of the manifest`;
    return [error("schema-not-found", pathOf2(module, at2), message, hint)];
  });
  return [
    ...findings,
    ...checkContext(module),
    ...checkFamily(module, typeOf2),
    ...checkWasm(module)
  ];
}
function abiSchemas(module) {
  const [base, abi, fields2] = module.module_kind === "reducer" ? ["/abi/reducer", module.abi.reducer, ["state", "event", "annotations"]] : ["/abi/pure", module.abi.pure, ["input", "output"]];
  const named3 = [
    ...fields2.map((field) => [`${base}/${field}`, abi[field]]),
    ["/key_schema", module.module_kind === "reducer" ? module.key_schema : void 0]
  ];
  return named3.flatMap(([at2, name2]) => name2 === void 0 ? [] : [[at2, name2]]);
}
function checkContext({ value, ...place3 }) {
  const isReducer2 = value.module_kind === "reducer";
  const found = isReducer2 ? value.abi.reducer.context : value.abi.pure.context;
  const expected2 = isReducer2 ? REDUCER_CONTEXT : PURE_CONTEXT;
  if (found === void 0 || found === expected2) return [];
  const path = pathOf2(place3, `/abi/${value.module_kind}/context`);
  return [error("module-context", path, `expected ${expected2}, found ${found}`)];
}
function checkFamily({ value, ...place3 }, typeOf2) {
  if (value.module_kind === "pure") return [];
  const members = membersOf(value.abi.reducer.event, typeOf2);
  if (typeof members !== "string") return [];
  const message = `expected a reference or a variant of references to distinct schemas, ${members}`;
  const hint = "give each event a schema of its own and refer to it in the arm";
  const path = pathOf2(place3, "/abi/reducer/event");
  return [error("reducer-event-family-invalid", path, message, hint)];
}
function checkWasm(module) {
  const isNative = builtin("defmodule", module.value.name) !== void 0;
  if (isNative || module.value.wasm_hash !== ZERO_HASH_TEXT) return [];
  const message = `${module.value.name} has no WASM: the world can be checked, not opened`;
  return [warning("wasm-missing", pathOf2(module), message, "build the module or give its hash")];
}

// packages/air/src/validate/use/used-definitions.ts
function usedDefinitions(index) {
  const collecting = new Collecting(index);
  collecting.manifest();
  collecting.modules();
  collecting.plans();
  collecting.effects();
  collecting.schemas();
  return collecting.used;
}
var Collecting = class {
  constructor(index) {
    this.index = index;
  }
  index;
  used = /* @__PURE__ */ new Set();
  manifest() {
    const { defaults, routing: routing2, triggers } = this.index.manifest.value;
    this.use("defpolicy", defaults?.policy);
    for (const { cap: cap2, params } of defaults?.cap_grants ?? []) {
      this.use("defcap", cap2);
      this.secrets(params);
    }
    for (const { event: event2, reducer } of routing2?.events ?? []) {
      this.use("defschema", event2);
      this.use("defmodule", reducer);
    }
    for (const { reducer } of routing2?.inboxes ?? []) this.use("defmodule", reducer);
    for (const { event: event2 } of triggers ?? []) this.use("defschema", event2);
  }
  modules() {
    const { modules, caps, migrations } = this.index;
    for (const { value } of modules.values()) {
      for (const [, schema] of abiSchemas(value)) this.use("defschema", schema);
      if (value.module_kind !== "reducer") continue;
      for (const kind2 of value.abi.reducer.effects_emitted ?? []) this.effect(kind2);
    }
    for (const { value } of caps.values()) {
      this.use("defmodule", value.enforcer.module);
      for (const schema of referencesOf2(value.schema)) this.use("defschema", schema);
    }
    for (const { value } of migrations.values()) {
      this.use("defmodule", value.module);
      this.use("defschema", value.from);
      this.use("defschema", value.to);
    }
  }
  plans() {
    for (const { value } of this.index.plans.values()) {
      this.use("defschema", value.input);
      this.use("defschema", value.output);
      for (const schema of Object.values(value.locals ?? {})) this.use("defschema", schema);
      for (const step3 of value.steps) this.step(step3);
    }
  }
  /** Effects that a world brings with it keep their schemas in use even when nothing emits them. */
  effects() {
    for (const { value } of this.index.effects.values()) {
      this.use("defschema", value.params_schema);
      this.use("defschema", value.receipt_schema);
    }
  }
  /** What a schema in use refers to is in use. */
  schemas() {
    const { types } = this.index;
    for (const name2 of types.checked.names.toReversed()) {
      const type = this.used.has(`defschema ${name2}`) ? this.index.writtenType(name2) : void 0;
      if (type === void 0) continue;
      for (const inner of referencesOf2(type)) this.use("defschema", inner);
    }
  }
  step(step3) {
    if (step3.op === "raise_event" || step3.op === "await_event") this.use("defschema", step3.event);
    if (step3.op === "emit_effect") {
      this.effect(step3.kind);
      this.secrets(step3.params);
    }
    if (step3.op === "assign") this.secrets(step3.expr);
  }
  effect(kind2) {
    this.use("defeffect", this.index.effectsByKind.get(kind2)?.value.name);
  }
  secrets(json) {
    for (const { name: name2 } of secretReferences(json, "everywhere")) this.use("defsecret", name2);
  }
  use(kind2, name2) {
    if (name2 !== void 0) this.used.add(`${kind2} ${name2}`);
  }
};

// packages/air/src/validate/use/use.ts
function checkUse2(index) {
  return [
    ...checkGrantUse(index),
    ...checkPlanStarts(index),
    ...checkRaisedEvents(index),
    ...checkDefinitionUse(index)
  ];
}
function checkGrantUse(index) {
  const { manifest } = index;
  const used = /* @__PURE__ */ new Set([
    ...[...index.grants.values()].map(({ grant }) => grant.parent),
    ...Object.values(manifest.value.module_bindings ?? {}).flatMap(
      ({ slots: slots2 }) => Object.values(slots2)
    )
  ]);
  for (const { value } of index.plans.values()) {
    for (const step3 of value.steps) if (step3.op === "emit_effect") used.add(step3.cap);
  }
  return [...index.grants.values()].flatMap(({ grant, at: at2 }) => {
    if (used.has(grant.name)) return [];
    const message = `no step, slot or other grant uses ${grant.name}`;
    return [warning("grant-unused", pathOf2(manifest, at2), message, "take it out")];
  });
}
function checkPlanStarts(index) {
  const started = new Set(index.triggers.keys());
  for (const { value } of index.plans.values()) {
    for (const step3 of value.steps) {
      if (step3.op === "spawn_plan" || step3.op === "spawn_for_each") started.add(step3.plan);
    }
  }
  return [...index.plans.values()].flatMap((plan) => {
    const { name: name2, input } = plan.value;
    if (started.has(name2)) return [];
    const message = `nothing starts ${name2}: no trigger takes ${input} for it, no plan spawns it`;
    return [warning("plan-unstarted", pathOf2(plan), message, "add a trigger")];
  });
}
function checkRaisedEvents(index) {
  const taken2 = takenEvents(index);
  return [...index.plans.values()].flatMap(
    (plan) => plan.value.steps.flatMap((step3, i) => {
      if (step3.op !== "raise_event" || taken2.has(step3.event)) return [];
      const message = `no route, trigger or step takes ${step3.event}`;
      return [warning("event-untaken", pathOf2(plan, `/steps/${i}/event`), message)];
    })
  );
}
function takenEvents(index) {
  const { routing: routing2, triggers } = index.manifest.value;
  const taken2 = new Set((triggers ?? []).map(({ event: event2 }) => event2));
  const families = /* @__PURE__ */ new Map();
  for (const { event: event2, reducer } of routing2?.events ?? []) {
    taken2.add(event2);
    if (index.reducer(reducer)?.value.abi.reducer.event === event2 && !families.has(event2)) {
      const members = membersOf(event2, (name2) => index.writtenType(name2));
      families.set(event2, typeof members === "string" ? [] : members.keys());
    }
  }
  for (const members of families.values()) for (const member2 of members) taken2.add(member2);
  for (const { value } of index.plans.values()) {
    for (const step3 of value.steps) if (step3.op === "await_event") taken2.add(step3.event);
  }
  return taken2;
}
function checkDefinitionUse(index) {
  const used = usedDefinitions(index);
  const { schemas, modules, caps, policies, effects, secrets } = index;
  return [schemas, modules, caps, policies, effects, secrets].flatMap(
    (definitions2) => [...definitions2.values()].flatMap((each) => {
      const { $kind, name: name2 } = each.value;
      const isBuiltin2 = each.file === CATALOGUE_FILE || name2.startsWith("sys/");
      if (isBuiltin2 || used.has(`${$kind} ${name2}`)) return [];
      return [warning("definition-unused", pathOf2(each), unusedMessage($kind, name2))];
    })
  );
}
function unusedMessage(kind2, name2) {
  const message = `nothing uses ${name2}`;
  if (kind2 !== "defschema") return message;
  return `${message}; if it is an event, no route, trigger or step takes it`;
}

// packages/air/src/validate/check-definition.ts
var BEFORE_PLANS = [
  checkEffects,
  checkReducers,
  checkEnforcers,
  checkGrants,
  checkBindings,
  checkPolicies,
  checkRoutingKeys,
  checkInboxes,
  checkTriggers
];
var AFTER_PLANS = [
  checkSecrets,
  checkMigrations,
  checkAllowedEffects,
  checkUse2
];
function checkDefinition(index) {
  const { findings, plans } = checkPlans(index);
  return {
    findings: [
      ...BEFORE_PLANS.flatMap((check) => check(index)),
      ...findings,
      ...AFTER_PLANS.flatMap((check) => check(index))
    ],
    plans
  };
}

// packages/air/src/world/features.ts
function checkFeatures(manifest, definitions2) {
  const uses = findFeatures(manifest, definitions2);
  const declared = new Set(manifest.value.features);
  const undeclared = [...uses].flatMap(([feature, path]) => {
    if (declared.has(feature)) return [];
    const message = `expected ${feature} among the features of the manifest, found it used only`;
    const hint = `add ${JSON.stringify(feature)} to "features" of the manifest`;
    return [error("feature-undeclared", path, message, hint)];
  });
  const unused = [...declared].flatMap((feature, i) => {
    if (uses.has(feature)) return [];
    const message = `${feature} is declared, and nothing uses it`;
    return [warning("feature-unused", pathOf2(manifest, `/features/${i}`), message)];
  });
  return [...undeclared, ...unused];
}
function findFeatures(manifest, definitions2) {
  const uses = /* @__PURE__ */ new Map();
  for (const definition of definitions2) collectUses(definition, uses);
  collectManifestUses(manifest, uses);
  return uses;
}
function use(uses, feature, place3, at2) {
  if (!uses.has(feature)) uses.set(feature, pathOf2(place3, at2));
}
function collectUses({ value, ...place3 }, uses) {
  if (value.$kind === "defplan") collectPlanUses(value, place3, uses);
  if (value.$kind === "defpolicy") collectPolicyUses(value, place3, uses);
  if (value.$kind === "defmigration") use(uses, "migrations", place3, "");
  if (value.$kind === "defeffect" && value.implementation !== void 0) {
    use(uses, "effect-implementation", place3, "/implementation");
  }
}
function collectManifestUses({ value, ...place3 }, uses) {
  if (value.migrations !== void 0) use(uses, "migrations", place3, "/migrations");
  value.defaults?.cap_grants?.forEach(({ budget: budget2, parent }, i) => {
    const at2 = `/defaults/cap_grants/${i}`;
    if (budget2 !== void 0) use(uses, "grant-budget", place3, `${at2}/budget`);
    if (parent !== void 0) use(uses, "grant-parent", place3, `${at2}/parent`);
  });
}
function collectPolicyUses(policy, place3, uses) {
  policy.rules.forEach((rule2, i) => {
    const at2 = `/rules/${i}`;
    if (rule2.decision === "require_approval") {
      use(uses, "policy-approval", place3, `${at2}/decision`);
    }
    if (rule2.decision !== "deny" && rule2.rate_limit !== void 0) {
      use(uses, "policy-rate-limit", place3, `${at2}/rate_limit`);
    }
  });
  if (policy.governance !== void 0) use(uses, "policy-governance", place3, "/governance");
}
var STEP_FEATURES = {
  spawn_plan: "plan-spawn",
  spawn_for_each: "plan-spawn",
  await_plan: "plan-spawn",
  await_all: "plan-spawn",
  await_any: "plan-spawn",
  cancel: "plan-cancel"
};
function collectPlanUses(plan, place3, uses) {
  plan.steps.forEach((step3, i) => {
    const at2 = `/steps/${i}`;
    const feature = STEP_FEATURES[step3.op];
    if (feature !== void 0) use(uses, feature, place3, at2);
    if (step3.op === "emit_effect") {
      if (step3.deadline_ns !== void 0) use(uses, "effect-deadline", place3, `${at2}/deadline_ns`);
      if (step3.retry !== void 0) use(uses, "effect-retry", place3, `${at2}/retry`);
    }
  });
  if (uses.has("expressions-1.1")) return;
  const found = slotsOf3(plan).find(([, json]) => hasAddition(json));
  if (found !== void 0) use(uses, "expressions-1.1", place3, found[0]);
}
function slotsOf3(plan) {
  const slots2 = [];
  const add3 = (at2, json) => {
    if (json !== void 0) slots2.push([at2, json]);
  };
  plan.steps.forEach((step3, i) => {
    for (const field of SLOT_FIELDS) add3(`/steps/${i}/${field}`, slotOf(step3, field));
  });
  plan.edges?.forEach(({ when }, i) => {
    add3(`/edges/${i}/when`, when);
  });
  plan.invariants?.forEach((json, i) => {
    add3(`/invariants/${i}`, json);
  });
  return slots2;
}
var SLOT_FIELDS = [
  "value",
  "params",
  "idempotency_key",
  "for",
  "where",
  "expr",
  "result",
  "input",
  "inputs"
];
function slotOf(step3, field) {
  return step3[field];
}
function hasAddition(json) {
  const expr2 = parseExpr(json);
  return expr2.ok && usesAdditions(expr2.value);
}

// packages/air/src/world/references.ts
var Definitions = class {
  nodes = /* @__PURE__ */ new Map();
  constructor(nodes) {
    for (const node of nodes) this.nodes.set(`${node.value.$kind} ${node.value.name}`, node);
  }
  get(kind2, name2) {
    return this.nodes.get(`${kind2} ${name2}`);
  }
  values() {
    return this.nodes.values();
  }
};
function checkDuplicates(manifest) {
  return REFERENCE_SECTIONS.flatMap(([section]) => {
    const seen = /* @__PURE__ */ new Set();
    return (manifest.value[section] ?? []).flatMap(({ name: name2 }, i) => {
      const isNew = !seen.has(name2);
      seen.add(name2);
      const path = pathOf2(manifest, `/${section}/${i}`);
      return isNew ? [] : [error("reference-duplicate", path, `expected ${name2} once`)];
    });
  });
}
function resolveReferences(manifest, definitions2) {
  const resolving = new Resolving(manifest, definitions2);
  const filled = {};
  for (const [section, kind2] of REFERENCE_SECTIONS) {
    const refs2 = manifest.value[section];
    if (refs2 !== void 0) filled[section] = resolving.section(section, kind2, refs2);
  }
  resolving.reportUnlisted();
  return {
    manifest: resolving.isComplete ? Object.assign(newJsonObject(), manifest.value, filled) : void 0,
    definitions: new Definitions(resolving.used),
    findings: resolving.findings
  };
}
var Resolving = class {
  constructor(manifest, definitions2) {
    this.manifest = manifest;
    this.definitions = definitions2;
  }
  manifest;
  definitions;
  findings = [];
  used = /* @__PURE__ */ new Set();
  listed = /* @__PURE__ */ new Set();
  isComplete = true;
  section(section, kind2, refs2) {
    return refs2.flatMap((ref2, i) => {
      const path = pathOf2(this.manifest, `/${section}/${i}`);
      const hash8 = this.hashOf(kind2, ref2, path);
      if (hash8 === void 0) this.isComplete = false;
      return hash8 === void 0 ? [] : [namedRef(ref2.name, hash8)];
    });
  }
  reportUnlisted() {
    for (const node of this.definitions.values()) {
      if (this.listed.has(node)) continue;
      const { $kind, name: name2 } = node.value;
      const message = `${$kind} ${name2} is in no section of the manifest, so the world lacks it`;
      this.findings.push(warning("definition-unlisted", pathOf2(node), message));
    }
  }
  hashOf(kind2, ref2, path) {
    const found = this.find(kind2, ref2.name);
    if (found === void 0) {
      const message = `expected a ${kind2} named ${ref2.name} without errors, found none`;
      const hint = "add its definition, or take it out of the manifest";
      this.findings.push(error("definition-missing", path, message, hint));
      return void 0;
    }
    const isBlank = ref2.hash === void 0 || ref2.hash === "" || ref2.hash === ZERO_HASH_TEXT;
    if (!isBlank && ref2.hash !== found) {
      const message = `expected the hash of ${ref2.name}, ${found}, found ${ref2.hash}`;
      const hint = "leave the hash out to have it filled";
      this.findings.push(error("hash-mismatch", `${path}/hash`, message, hint));
    }
    return found;
  }
  find(kind2, name2) {
    const node = this.definitions.get(kind2, name2);
    const builtin2 = builtinHash(kind2, name2);
    if (node === void 0) return builtin2 === void 0 ? void 0 : toHashText(builtin2);
    this.listed.add(node);
    const own = toHashText(node.hash);
    if (builtin2 === void 0) this.used.add(node);
    else if (toHashText(builtin2) !== own) {
      const message = `expected the built-in ${name2}, ${toHashText(builtin2)}, found ${own}`;
      const hint = "take the definition out: what is built in needs none";
      this.findings.push(error("builtin-changed", pathOf2(node), message, hint));
    }
    return own;
  }
};
function namedRef(name2, hash8) {
  return Object.assign(/* @__PURE__ */ Object.create(null), { name: name2, hash: hash8 });
}

// packages/air/src/world/definition.ts
function checkWorld(index, definitions2) {
  const { manifest } = index;
  const typeOf2 = (name2) => index.writtenType(name2);
  const modules = manifest.value.modules.flatMap(({ name: name2 }) => index.modules.get(name2) ?? []);
  const reducers = modules.map(({ value }) => value).filter(isReducer);
  const { routes, findings } = buildRouting(manifest, reducers, typeOf2);
  const types = checkTypes(rootSchemas(index, modules), typeOf2);
  const checked = checkDefinition(index);
  return {
    findings: [
      ...checkDuplicates(manifest),
      ...types.problems.map((problem) => typeFinding(problem, index)),
      ...modules.flatMap((module) => checkModule2(module, typeOf2)),
      ...findings,
      ...checkFeatures(manifest, definitions2.values()),
      ...checked.findings
    ],
    plans: checked.plans,
    index,
    definitions: definitions2,
    reducers,
    routes,
    schemaNames: types.names
  };
}
function buildWorld(manifest, checked) {
  assert(!hasError(checked.findings), "a world is built only when its checks found no error");
  const { index, definitions: definitions2 } = checked;
  const compiler = new SchemaCompiler((name2) => index.writtenType(name2));
  const nodes = [manifest, ...definitions2.values()];
  const reducers = checked.reducers.map((module) => reducerDefinition(module, index, compiler));
  const inboxes = inboxesOf(manifest.value, reducers);
  const find = (kind2, name2) => definitions2.get(kind2, name2)?.value ?? builtin(kind2, name2);
  return {
    manifestHash: manifest.hash,
    manifest: manifest.value,
    nodes: new Map(nodes.map(({ hash: hash8, bytes: bytes5 }) => [toHashText(hash8), bytes5])),
    schemas: new Map(checked.schemaNames.map((name2) => [name2, compiler.schema(name2)])),
    reducers,
    plans: planDefinitions(checked.plans, find, compiler),
    grants: grantDefinitions(manifest.value, find, index),
    find,
    effectOf: (kind2) => effectDefinition(kind2, index, compiler),
    routesOf: (schema) => checked.routes.get(schema) ?? [],
    inboxOf: (source) => inboxes.get(source)
  };
}
function rootSchemas(index, modules) {
  const { manifest, effects, plans } = index;
  const listed = new Set(manifest.value.effects?.map(({ name: name2 }) => name2));
  return [
    ...manifest.value.schemas.map(({ name: name2 }) => name2),
    ...modules.flatMap(({ value }) => abiSchemas(value).map(([, name2]) => name2)),
    ...[...effects.values()].flatMap(
      ({ value }) => listed.has(value.name) ? [value.params_schema, value.receipt_schema] : []
    ),
    ...[...plans.values()].flatMap(({ value }) => [value.input, value.output ?? value.input]),
    REDUCER_CONTEXT,
    PURE_CONTEXT,
    EFFECT_ERROR
  ];
}
function planDefinitions(checked, find, compiler) {
  const plans = [...checked].map(([name2, { slots: slots2, statusReads: statusReads2, correlation }]) => {
    const plan = find("defplan", name2);
    assert(plan !== void 0, `the plan ${name2} was checked`);
    const output = plan.output === void 0 ? {} : { output: compiler.schema(plan.output) };
    const input = compiler.schema(plan.input);
    return [name2, { plan, input, ...output, slots: slots2, statusReads: statusReads2, correlation }];
  });
  return new Map(plans);
}
function grantDefinitions(manifest, find, index) {
  const grants = (manifest.defaults?.cap_grants ?? []).map((grant) => {
    const cap2 = find("defcap", grant.cap);
    const slot = parseNormalSlot(grant.params, index.paramsSchema(grant.cap));
    const params = slot.ok && slot.value.kind === "value" ? slot.value.bytes : void 0;
    assert(cap2 !== void 0 && params !== void 0, `the grant ${grant.name} was checked`);
    return [grant.name, { grant, cap: cap2, params }];
  });
  return new Map(grants);
}
function effectDefinition(kind2, index, compiler) {
  const effect2 = index.effectsByKind.get(kind2)?.value;
  if (effect2 === void 0) return void 0;
  const { params_schema, receipt_schema } = effect2;
  return {
    effect: effect2,
    params: compiler.schema(params_schema),
    receipt: compiler.schema(receipt_schema)
  };
}
function inboxesOf(manifest, reducers) {
  const indexes = new Map(reducers.map(({ name: name2 }, index) => [name2, index]));
  const inboxes = (manifest.routing?.inboxes ?? []).map(({ source, reducer: name2 }) => {
    const index = indexes.get(name2) ?? -1;
    const reducer = reducers[index];
    assert(reducer !== void 0, `the inbox ${source} was checked`);
    return [
      source,
      { reducer: index, wrapOf: (schema) => reducer.members.get(schema) }
    ];
  });
  return new Map(inboxes);
}
function reducerDefinition(module, index, compiler) {
  const { state, event: event2, annotations, context, effects_emitted } = module.abi.reducer;
  const wasmHash = parseHashText(module.wasm_hash);
  assert(wasmHash.ok, "a module form admits only hash texts");
  const members = membersOf(event2, (name2) => index.writtenType(name2));
  assert(typeof members !== "string", `the family ${event2} was checked`);
  return {
    name: module.name,
    wasmHash: wasmHash.value,
    state: compiler.schema(state),
    event: compiler.schema(event2),
    members: new Map([[event2, {}], ...members]),
    ...annotations === void 0 ? {} : { annotations: compiler.schema(annotations) },
    context: context !== void 0,
    ...module.key_schema === void 0 ? {} : { keySchema: compiler.schema(module.key_schema) },
    effectsEmitted: effects_emitted ?? []
  };
}
function typeFinding(problem, index) {
  const { code: code2, schema, at: at2, message, hint } = problem;
  const node = index.schemas.get(schema);
  assert(node !== void 0, `the schema ${schema} was found to be checked`);
  return error(code2, pathOf2(node, `/type${at2}`), message, hint);
}
function isReducer(module) {
  return module.module_kind === "reducer";
}

// packages/air/src/world/documents.ts
function readDocuments(documents, wasm) {
  const reading = new Reading(wasm);
  for (const document of documents) reading.file(document);
  return reading.finish();
}
var Reading = class {
  constructor(wasm) {
    this.wasm = wasm;
  }
  wasm;
  findings = [];
  definitions = /* @__PURE__ */ new Map();
  manifest;
  manifestPlace;
  file(document) {
    const json = parseJson(document.text);
    if (!json.ok) {
      const { code: code2, at: at2, detail } = json.refusal;
      this.findings.push(error(code2, `${document.path}:${at2}`, detail));
    } else if (isJsonList(json.value)) {
      json.value.forEach((node, i) => {
        this.node(node, { file: document.path, at: `/${i}` });
      });
    } else {
      this.node(json.value, { file: document.path, at: "" });
    }
  }
  finish() {
    if (this.manifestPlace === void 0) {
      const message = 'expected one node with "$kind": "manifest", found none';
      this.findings.push(error("manifest-missing", "", message));
    }
    const { manifest, findings } = this;
    return { manifest, definitions: [...this.definitions.values()], findings };
  }
  node(json, place3) {
    const kind2 = isJsonObject(json) ? json.$kind : void 0;
    if (kind2 === "manifest") this.readManifest(json, place3);
    else if (isDefinitionKind(kind2)) this.readDefinition(json, kind2, place3);
    else this.findings.push(kindUnknown(kind2, place3));
  }
  readManifest(json, place3) {
    if (this.manifestPlace !== void 0) {
      const message = `expected one manifest, found another at ${pathOf2(this.manifestPlace)}`;
      this.findings.push(error("manifest-duplicate", pathOf2(place3), message));
      return;
    }
    this.manifestPlace = place3;
    const problems = [];
    const value = authoredManifest.read(json, place3.at, problems);
    this.report(place3, problems);
    if (value !== void 0) this.manifest = { value, ...place3 };
  }
  readDefinition(json, kind2, place3) {
    const problems = [];
    const authored = AUTHORED_FORMS[kind2].read(json, place3.at, problems);
    this.report(place3, problems);
    if (authored === void 0) return;
    const value = this.bindWasm(authored, place3);
    const key3 = `${kind2} ${value.name}`;
    const known = this.definitions.get(key3);
    if (known === void 0) {
      this.definitions.set(key3, { value, ...place3 });
      return;
    }
    const message = `expected one ${kind2} ${value.name}, found another at ${pathOf2(known)}`;
    this.findings.push(error("definition-duplicate", pathOf2(place3), message));
    if (compareBytes(encode(value), encode(known.value)) < 0) {
      this.definitions.set(key3, { value, ...place3 });
    }
  }
  report(place3, problems) {
    for (const finding of fromProblems(place3.file, problems)) this.findings.push(finding);
  }
  /**
   * The definition with the hash of the WASM at hand; without WASM the hash is zero. Modules of the
   * catalogue run natively and take none.
   */
  bindWasm(value, place3) {
    if (value.$kind === "defmodule") {
      return withWasm(value, this.wasmHash(value, value.wasm_hash, pathOf2(place3)));
    }
    if (value.$kind !== "defeffect" || value.implementation === void 0) {
      return value;
    }
    const path = pathOf2(place3, "/implementation/wasi");
    const hash8 = this.wasmHash(value, value.implementation.wasi.wasm_hash, path);
    if (hash8 === ZERO_HASH_TEXT) {
      const message = `${value.name} has no WASM: the world can be checked, not opened`;
      const hint = "build its WASI module or give its hash";
      this.findings.push(warning("wasm-missing", path, message, hint));
    }
    const wasi = withWasm(newJsonObject(), hash8);
    const implementation = Object.assign(newJsonObject(), { wasi });
    return Object.assign(newJsonObject(), value, { implementation });
  }
  wasmHash(value, authored, path) {
    const isNative = builtin("defmodule", value.name) !== void 0;
    const hash8 = isNative ? void 0 : this.wasm.get(value.name);
    const bound = hash8 === void 0 ? ZERO_HASH_TEXT : toHashText(hash8);
    if (authored === void 0 || authored === "" || authored === ZERO_HASH_TEXT) return bound;
    if (hash8 !== void 0 && authored !== bound) {
      const message = `expected the hash of the module at hand, ${bound}, found ${authored}`;
      this.findings.push(error("wasm-hash-mismatch", `${path}/wasm_hash`, message));
    }
    return authored;
  }
};
function withWasm(value, wasm_hash) {
  return Object.assign(newJsonObject(), value, { wasm_hash });
}
function kindUnknown(kind2, place3) {
  const message = `expected a node with a "$kind", found ${describeJson(kind2)}`;
  const kinds = ["manifest", ...DEFINITION_KINDS];
  const hint = hintFor(typeof kind2 === "string" ? kind2 : "", kinds, "kinds");
  return error("kind-unknown", pathOf2(place3), message, hint);
}

// packages/air/src/world/node.ts
function makeNode(value, place3) {
  const bytes5 = encode(value);
  return { value, bytes: bytes5, hash: sha2562(bytes5), file: place3.file, at: place3.at };
}
function readNode(hash8, { kind: kind2, form: form2 }, getNode) {
  const file = toHashText(hash8);
  const bytes5 = getNode(hash8);
  if (bytes5 === void 0) return refuse("definition-missing", file, "found no such node");
  if (!bytesEqual(sha2562(bytes5), hash8)) {
    return refuse("definition-damaged", file, "expected the bytes that the hash names");
  }
  const decoded2 = decode(bytes5);
  const json = decoded2.ok ? toNodeJson(decoded2.value) : void 0;
  if (json === void 0) return refuse("definition-damaged", file, "expected canonical bytes");
  const found = isJsonObject(json) ? json.$kind : void 0;
  if (found !== kind2) {
    return refuse("definition-kind", file, `expected a ${kind2}, found ${describeJson(found)}`);
  }
  const problems = [];
  const value = form2.read(json, "", problems);
  const [problem] = problems;
  if (problem !== void 0) return refuse(problem.code, `${file}#${problem.at}`, problem.message);
  const node = makeNode(value, { file, at: "" });
  return bytesEqual(node.bytes, bytes5) ? ok(node) : refuse("definition-damaged", file, "expected the canonical form, without empty fields");
}
function toNodeJson(value) {
  if (value instanceof Map) return objectOf(value);
  if (Array.isArray(value)) {
    const items3 = value.map(toNodeJson);
    return items3.includes(void 0) ? void 0 : items3;
  }
  return typeof value === "object" && value !== null ? void 0 : value;
}
function objectOf(map3) {
  const object3 = newJsonObject();
  for (const [key3, value] of map3) {
    const json = toNodeJson(value);
    if (typeof key3 !== "string" || json === void 0) return void 0;
    object3[key3] = json;
  }
  return object3;
}

// packages/air/src/world/normal-form.ts
var authoredValue = (json, schema) => {
  const slot = parseExprOrValue(json, schema);
  return slot.ok ? printExprOrValue(slot.value) : void 0;
};
var storedValue = (json, schema) => {
  const slot = parseNormalSlot(json, schema);
  if (!slot.ok) return void 0;
  const { value } = slot;
  if (value.kind === "expr") return printExpr(value.expr);
  if (value.bytes === void 0 || schema === void 0) return authoredValue(json, void 0);
  const tagged = toTaggedJson(schema, value.bytes);
  return tagged.ok ? tagged.value : void 0;
};
function normalizePlan(plan, schemas, form2) {
  const { edges, invariants } = plan;
  const slots2 = (step3) => slotsOf4(step3, plan, new SlotReader(schemas, form2));
  return changed(plan, {
    steps: plan.steps.map((step3) => changed(step3, slots2(step3))),
    edges: edges?.map((edge) => changed(edge, { when: expression(edge.when) })),
    invariants: invariants?.map(expression)
  });
}
function normalizeGrants(manifest, schemas, form2) {
  const { defaults } = manifest;
  const grants = defaults?.cap_grants?.map((grant) => {
    const schema = schemas.capParams(grant.cap);
    return changed(grant, { params: schema && form2(grant.params, schema) });
  });
  if (defaults === void 0 || grants === void 0) return manifest;
  return changed(manifest, { defaults: changed(defaults, { cap_grants: grants }) });
}
var SlotReader = class {
  constructor(schemas, form2) {
    this.schemas = schemas;
    this.form = form2;
  }
  schemas;
  form;
  value(json, schema) {
    return json === void 0 ? void 0 : this.form(json, schema);
  }
  named(json, schema) {
    return this.value(json, schema === void 0 ? void 0 : this.schemas.schema(schema));
  }
};
function slotsOf4(step3, plan, reader) {
  const { schemas } = reader;
  switch (step3.op) {
    case "raise_event":
      return { value: reader.named(step3.value, step3.event) };
    case "emit_effect":
      return {
        params: reader.value(step3.params, schemas.effectParams(step3.kind)),
        idempotency_key: reader.value(step3.idempotency_key, schemas.idempotencyKey)
      };
    case "await_event":
      return { where: expression(step3.where) };
    case "assign":
      return { expr: reader.named(step3.expr, plan.locals?.[step3.bind.as]) };
    case "end":
      return { result: reader.named(step3.result, plan.output) };
    case "spawn_plan":
      return { input: reader.value(step3.input, schemas.planInput(step3.plan)) };
    case "spawn_for_each":
      return { inputs: reader.value(step3.inputs, schemas.planInputs(step3.plan)) };
    default:
      return { for: expression(step3.for) };
  }
}
function expression(json) {
  const expr2 = json === void 0 ? void 0 : parseExpr(json);
  return expr2?.ok ? printExpr(expr2.value) : json;
}
function changed(object3, fields2) {
  const copy = Object.assign(newJsonObject(), object3);
  for (const name2 of Object.keys(fields2)) {
    if (fields2[name2] !== void 0) copy[name2] = fields2[name2];
  }
  return copy;
}

// packages/air/src/world/load.ts
var NO_WASM = /* @__PURE__ */ new Map();
function loadAir(documents, wasm = NO_WASM) {
  const authored = readDocuments(documents, wasm);
  if (authored.manifest === void 0) return { ok: false, findings: authored.findings };
  const { index, resolved } = identify(authored, authored.manifest);
  const checked = checkWorld(index, resolved.definitions);
  const findings = [...authored.findings, ...resolved.findings, ...checked.findings];
  if (resolved.manifest === void 0 || hasError(findings)) return { ok: false, findings };
  const manifest = makeNode(resolved.manifest, authored.manifest);
  return { ok: true, world: buildWorld(manifest, checked), findings };
}
function identify(authored, manifest) {
  const own = new Definitions(authored.definitions);
  const index = new DefinitionIndex({
    manifest,
    find: (kind2, name2) => own.get(kind2, name2),
    parseSlot: parseExprOrValue
  });
  const schemas = slotSchemas(index);
  const nodes = authored.definitions.map(
    ({ value: value2, file, at: at2 }) => makeNode(value2.$kind === "defplan" ? normalizePlan(value2, schemas, authoredValue) : value2, {
      file,
      at: at2
    })
  );
  const value = normalizeGrants(manifest.value, schemas, authoredValue);
  const resolved = resolveReferences({ ...manifest, value }, new Definitions(nodes));
  return { index, nodes, resolved };
}

// packages/air/src/world/open.ts
var MANIFEST = { kind: "manifest", form: storedManifest };
function openDefinition(manifest, getNode) {
  return attempt(() => {
    const node = unwrap(readNode(manifest, MANIFEST, getNode));
    const definitions2 = [];
    for (const [section, kind2] of REFERENCE_SECTIONS) {
      for (const ref2 of node.value[section] ?? []) {
        if (isBuiltin(kind2, ref2)) continue;
        definitions2.push(readDefinition(kind2, ref2, getNode));
      }
    }
    const own = new Definitions(definitions2);
    const find = (kind2, name2) => own.get(kind2, name2);
    const index = new DefinitionIndex({ manifest: node, find, parseSlot: parseNormalSlot });
    assertNormal(node, own, index);
    const checked = checkWorld(index, own);
    refuseFirstError(checked.findings);
    return buildWorld(node, checked);
  });
}
function readDefinition(kind2, ref2, getNode) {
  const hash8 = unwrap(parseHashText(ref2.hash));
  const node = unwrap(readNode(hash8, { kind: kind2, form: DEFINITION_FORMS[kind2] }, getNode));
  if (node.value.name === ref2.name) return node;
  return refuseAt2("definition-name", node.file, `expected ${ref2.name}, found ${node.value.name}`);
}
function assertNormal(manifest, own, index) {
  const schemas = slotSchemas(index);
  const form2 = (json, schema) => storedValue(json, schema) ?? refuseAt2("definition-damaged", schema?.name ?? "", "expected values in the tagged lens");
  const isNormal = (node, value) => {
    if (value === node.value || bytesEqual(encode(value), node.bytes)) return;
    refuseAt2("definition-damaged", node.file, "expected values and expressions in normal form");
  };
  for (const node of own.values()) {
    if (node.value.$kind === "defplan") isNormal(node, normalizePlan(node.value, schemas, form2));
  }
  isNormal(manifest, normalizeGrants(manifest.value, schemas, form2));
}
function isBuiltin(kind2, ref2) {
  const hash8 = builtinHash(kind2, ref2.name);
  if (hash8 === void 0) return false;
  if (toHashText(hash8) === ref2.hash) return true;
  return refuseAt2("builtin-changed", ref2.name, `expected ${toHashText(hash8)}, found ${ref2.hash}`);
}
function refuseFirstError(findings) {
  const found = findings.find(({ severity }) => severity === "error");
  if (found !== void 0) refuseAt2(found.code, found.path, found.message);
}
function unwrap(result) {
  if (result.ok) return result.value;
  throw new RefusalError(result.refusal);
}
function refuseAt2(code2, at2, detail) {
  throw new RefusalError({ code: code2, at: at2, detail });
}

// packages/kernel/src/plans/compile/slot.ts
var Slot = class {
  #slot;
  #constant;
  constructor(slot) {
    this.#slot = slot;
    this.#constant = slot.kind === "value" ? givenOf(slot.bytes) : void 0;
  }
  /**
   * The value, canonical in the schema of the slot where it has one. Codes: those of `evaluate` and
   * of `normalizeCbor`.
   */
  give(bindings) {
    if (this.#constant !== void 0) return ok(this.#constant);
    const slot = this.#slot;
    assert(slot.kind === "program", "a slot that is no value is a program");
    if (slot.schema === void 0) {
      const value = evaluate(slot.program, bindings);
      return value.ok ? ok({ value: value.value, bytes: encode(value.value) }) : value;
    }
    const bytes5 = evaluateBytes(slot.program, bindings, slot.schema);
    return bytes5.ok ? ok(givenOf(bytes5.value)) : bytes5;
  }
};
function givenOf(bytes5) {
  return { value: decodeCanonical(bytes5), bytes: bytes5 };
}
function decodeCanonical(bytes5) {
  const value = decode(bytes5);
  assert(value.ok, "normalized bytes are canonical");
  return value.value;
}

// packages/kernel/src/world/big-endian.ts
var WORD = 4294967296;
function u64be(value) {
  const bytes5 = new Uint8Array(8);
  if (typeof value === "number") putLong(bytes5, 0, value);
  else new DataView(bytes5.buffer).setBigUint64(0, value);
  return bytes5;
}
function u32be(value) {
  const bytes5 = new Uint8Array(4);
  putWord(bytes5, 0, value);
  return bytes5;
}
function placeKey({ seq, i }) {
  const bytes5 = new Uint8Array(12);
  putLong(bytes5, 0, seq);
  putWord(bytes5, 8, i);
  return bytes5;
}
function putLong(bytes5, at2, value) {
  putWord(bytes5, at2, Math.floor(value / WORD));
  putWord(bytes5, at2 + 4, value);
}
function putWord(bytes5, at2, value) {
  bytes5[at2] = value >>> 24;
  bytes5[at2 + 1] = value >>> 16;
  bytes5[at2 + 2] = value >>> 8;
  bytes5[at2 + 3] = value;
}

// packages/kernel/src/plans/compile/event-match.ts
var CORRELATION2 = "correlation_id";
var MAX_VALUE_BYTES = 256;
var KINDS = {
  text: "string",
  hash: "string",
  uuid: "string",
  int: "number",
  nat: "number",
  time: "number",
  duration: "number",
  bool: "boolean"
};
function equationOf(where, event2) {
  const expr2 = parseExpr(where);
  const first2 = expr2.ok ? firstOf(expr2.value) : void 0;
  if (event2 === void 0 || first2?.kind !== "op" || first2.op !== "eq") return void 0;
  const [a, b] = first2.args;
  return equate(a, b, event2) ?? equate(b, a, event2);
}
function firstOf(expr2) {
  return expr2.kind === "op" && expr2.op === "and" ? expr2.args[0] : expr2;
}
function equate(field, known, event2) {
  if (field.kind !== "ref" || field.root !== "event" || known.kind !== "ref") return void 0;
  const kind2 = KINDS[typeAt(event2, field.path)?.kind ?? "never"];
  if (kind2 === void 0) return void 0;
  const base = { field: field.path, kind: kind2 };
  if (known.root === "input") return { ...base, root: "input", path: known.path };
  if (known.root !== "var" || known.path[0] !== CORRELATION2) return void 0;
  return { ...base, root: "correlation", path: known.path.slice(1) };
}
function typeAt(type, path) {
  let found = type;
  for (const name2 of path) found = found?.kind === "record" ? found.fields.get(name2) : void 0;
  return found;
}
function matchOf(equation, { input, vars }) {
  if (equation === void 0) return void 0;
  const { root, path, field, kind: kind2 } = equation;
  const known = fieldAt(root === "input" ? input : vars.get(CORRELATION2), path);
  if (known === void 0 || kindOf2(known) !== kind2) return void 0;
  const value = encode(known);
  return value.length > MAX_VALUE_BYTES ? void 0 : { field: field.join("."), value };
}
function kindOf2(value) {
  return typeof value === "bigint" ? "number" : typeof value;
}
function fieldAt(value, path) {
  let found = value;
  for (const name2 of path) found = found instanceof Map ? found.get(name2) : void 0;
  return found;
}

// packages/kernel/src/plans/state/instance.ts
var STEP_STATES = ["pending", "ready", "waiting", "done", "skipped"];

// packages/kernel/src/plans/start.ts
function startTriggered(port, event2, cause) {
  const triggers = port.plansOf(port.manifest).triggersOf(event2.schema);
  if (triggers.length === 0) return;
  const input = { bytes: event2.value, value: decodeCanonical(event2.value) };
  for (const trigger2 of triggers) {
    const correlation = correlationOf2(trigger2, input.value);
    const birth = { plan: trigger2.plan, manifest: port.manifest, input, correlation };
    startIfFree(port, { ...birth, key: event2.key }, cause);
  }
}
function startIfFree(port, birth, cause) {
  const code2 = obstacleTo(port, birth);
  if (code2 === void 0) startInstance(port, birth, cause);
  else port.append({ kind: "dropped", code: code2 }, cause);
}
function obstacleTo(port, { input, correlation }) {
  if (countFree(port) <= 0) return "plan-instances-limit";
  if (correlation === void 0 || input.bytes.length <= INLINE_VALUE_BYTES) return void 0;
  const isLarge = encode(correlation).length > INLINE_VALUE_BYTES;
  return isLarge ? "plan-correlation-too-large" : void 0;
}
function startInstance(port, birth, cause) {
  const { plan, manifest, input, parent } = birth;
  const correlation = birth.correlation ?? birth.key;
  const place3 = port.append(
    {
      kind: "plan-started",
      plan: plan.name,
      input: port.carry(input.bytes),
      parent: parent?.instance ?? null,
      ...correlation === void 0 ? {} : { correlation: encode(correlation) }
    },
    cause
  );
  assert(place3.i !== null, "an entry has an index");
  const id = { seq: place3.seq, i: place3.i };
  const roots = plan.steps.flatMap((_, i) => plan.incoming[i]?.length === 0 ? [i] : []);
  const states = new Uint8Array(plan.steps.length);
  for (const root of roots) states[root] = STEP_STATES.indexOf("ready");
  const instance2 = {
    id,
    plan: plan.name,
    manifest,
    parent: parent === void 0 ? null : linkOf(parent),
    depth: parent?.depth ?? 0,
    isScheduled: true,
    isCancelled: false,
    input: input.value,
    states,
    taken: new Uint8Array(plan.edges.length),
    ready: new Map(roots.map((root) => [root, place3])),
    vars: new Map(birth.correlation === void 0 ? [] : [[CORRELATION2, birth.correlation]]),
    outputs: /* @__PURE__ */ new Map(),
    events: /* @__PURE__ */ new Map(),
    effects: /* @__PURE__ */ new Map(),
    children: /* @__PURE__ */ new Map(),
    sizeBytes: input.bytes.length
  };
  saveInstance(port, instance2);
  port.schedule(id, place3);
  return id;
}
function countFree(port) {
  return port.limits.plan_instances - port.planState.instances.size;
}
function inputCorrelation({ correlateBy }, input) {
  return correlateBy === void 0 ? void 0 : fieldAt(input, correlateBy);
}
function saveInstance(port, instance2) {
  const { instances } = port.planState;
  port.planState = { ...port.planState, instances: instances.set(instance2) };
}
function findInstance(port, id) {
  return port.planState.instances.get(placeKey(id));
}
function correlationOf2({ plan, correlateBy }, value) {
  return correlateBy === void 0 ? inputCorrelation(plan, value) : fieldAt(value, correlateBy);
}
function linkOf({ instance: instance2, step: step3, index }) {
  return { instance: instance2, step: step3, index };
}

// packages/kernel/src/plans/manual-start.ts
var PLAN_START = "sys/PlanStart@1";
function planStartEvent(plans, name2, input) {
  const plan = findPlan(plans, name2);
  if (!plan.ok) return plan;
  const schema = plan.value.input;
  const normal = input.cbor === void 0 ? schema.normalizeJson(input.json) : schema.normalizeCbor(input.cbor);
  if (!normal.ok) return atInput(normal.refusal);
  const cbor = encode({ plan: name2, input: normal.value });
  return { ok: true, value: { schema: PLAN_START, cbor } };
}
function normalizePlanStart(plans, value) {
  const { name: name2, input } = partsOf2(value);
  const event2 = planStartEvent(plans, name2, { cbor: input });
  if (!event2.ok) return event2;
  assert(event2.value.cbor !== void 0, "a plan is started with bytes");
  return { ok: true, value: event2.value.cbor };
}
function startByHand(port, event2, cause) {
  if (event2.schema !== PLAN_START || cause.i !== null) return;
  const { name: name2, input: bytes5 } = partsOf2(event2.value);
  const plan = port.plansOf(port.manifest).get(name2);
  assert(plan !== void 0, "admission lets no other plan in");
  const input = { bytes: bytes5, value: decodeCanonical(bytes5) };
  const correlation = inputCorrelation(plan, input.value);
  startIfFree(port, { plan, manifest: port.manifest, input, correlation }, cause);
}
function partsOf2(value) {
  const decoded2 = decode(value);
  const fields2 = decoded2.ok && decoded2.value instanceof Map ? decoded2.value : /* @__PURE__ */ new Map();
  const [name2, input] = [fields2.get("plan"), fields2.get("input")];
  assert(typeof name2 === "string" && input instanceof Uint8Array, "the event was normalized");
  return { name: name2, input };
}
function findPlan(plans, name2) {
  const plan = plans.get(name2);
  if (plan !== void 0) return { ok: true, value: plan };
  return refuse("plan-not-found", "/plan", `no plan '${name2}' in this world`);
}
function atInput({ code: code2, at: at2, detail }) {
  return refuse(code2, `/input${at2}`, detail);
}

// packages/kernel/src/gate/decision.ts
var NO_CHARGE = { fuel: 0, calls: 0 };

// packages/kernel/src/gate/requests/effect-params.ts
var NO_FIELDS = /* @__PURE__ */ new Map();
var EffectParams = class {
  /** @param bytes canonical, as normalizing gives them. */
  constructor(bytes5) {
    this.bytes = bytes5;
  }
  bytes;
  #value;
  #made = /* @__PURE__ */ new Map();
  value() {
    if (this.#value !== void 0) return this.#value;
    const decoded2 = decode(this.bytes);
    assert(decoded2.ok, "normalized parameters are canonical");
    this.#value = decoded2.value;
    return decoded2.value;
  }
  /** The fields of a record; none of anything else, which then lacks all of them. */
  fields() {
    const value = this.value();
    return value instanceof Map ? value : NO_FIELDS;
  }
  /** What several enforcers of a chain make of the same parameters, made by the first of them. */
  once(name2, make) {
    if (!this.#made.has(name2)) this.#made.set(name2, make());
    return this.#made.get(name2);
  }
};

// packages/kernel/src/gate/enforcers/constraint.ts
function denial(code2, grant, constraint, advice) {
  return { code: code2, at: `grant ${grant} params ${constraint}`, advice };
}
function kindMismatch(grant, kind2, known) {
  const advice = `ask for ${known.join(" or ")} under this grant, not for ${kind2}`;
  return { code: "effect-kind-mismatch", at: `grant ${grant} cap`, advice };
}
function paramsInvalid(field, expected2) {
  return { code: "effect-params-invalid", at: `params/${field}`, advice: `give ${expected2}` };
}
var CapParams = class {
  #fields;
  #taken = 0;
  #isBad = false;
  constructor(fields2) {
    this.#fields = fields2;
  }
  has(name2) {
    return this.#fields.has(name2);
  }
  /** A set of texts, each in its one spelling; undefined when it constrains nothing. */
  texts(name2, spell = (text8) => text8) {
    return this.#items(name2, (item) => typeof item === "string" ? spell(item) : void 0);
  }
  /** A set of naturals. */
  nats(name2) {
    return this.#items(name2, (item) => typeof item === "number" && item >= 0 ? item : void 0);
  }
  /** A natural; undefined when it constrains nothing. */
  nat(name2) {
    const value = this.#take(name2);
    if (value === null || typeof value === "number" && value >= 0) return value ?? void 0;
    return typeof value === "bigint" && value >= 0n ? value : this.#bad();
  }
  /** A decimal in normal form; undefined when it constrains nothing. */
  dec128(name2) {
    const value = this.#take(name2);
    if (value === null) return void 0;
    const read2 = typeof value === "string" ? parseDec128(value) : void 0;
    return read2?.ok === true ? read2.value : this.#bad();
  }
  /** False when absent or null. */
  flag(name2) {
    const value = this.#take(name2);
    if (value === null || typeof value === "boolean") return value ?? false;
    return this.#bad() ?? false;
  }
  /** Whether every field was asked for and had the form that was expected. */
  isWhole() {
    return !this.#isBad && this.#taken === this.#fields.size;
  }
  #items(name2, read2) {
    const value = this.#take(name2);
    if (value === null) return void 0;
    if (!Array.isArray(value)) return this.#bad();
    const items3 = value.map(read2);
    if (items3.includes(void 0)) return this.#bad();
    return items3.length === 0 ? void 0 : new Set(items3);
  }
  #take(name2) {
    if (this.#fields.has(name2)) this.#taken += 1;
    return this.#fields.get(name2) ?? null;
  }
  #bad() {
    this.#isBad = true;
    return void 0;
  }
};
function nameValues(values) {
  const shown2 = [...values].slice(0, 5).join(", ");
  return values.size > 5 ? `${shown2}, \u2026` : shown2;
}

// packages/kernel/src/gate/enforcers/address6.ts
var GROUPS = 8;
var HEX_GROUP = /^[0-9A-Fa-f]{1,4}$/;
var DOTTED = /^(?:(?:0|[1-9][0-9]{0,2})\.){3}(?:0|[1-9][0-9]{0,2})$/;
var MAX_TEXT = 45;
function parseAddress6(text8) {
  if (text8.length > MAX_TEXT) return void 0;
  const halves = text8.split("::");
  const dotted = halves.length === 1 ? 0 : 1;
  const [left, right] = halves.map((half, i) => groupsOf(half, i === dotted ? "dotted" : "hex"));
  if (halves.length > 2 || left === void 0) return void 0;
  if (halves.length === 1) return left.length === GROUPS ? bytesOf(left) : void 0;
  if (right === void 0 || left.length + right.length >= GROUPS) return void 0;
  const zeros = new Array(GROUPS - left.length - right.length).fill(0);
  return bytesOf([...left, ...zeros, ...right]);
}
function printAddress6(address) {
  const view = new DataView(address.buffer, address.byteOffset, address.length);
  const groups = Array.from({ length: GROUPS }, (_, i) => view.getUint16(2 * i));
  const run = longestZeroRun(groups);
  const print3 = (part) => part.map((group) => group.toString(16)).join(":");
  if (run.length < 2) return print3(groups);
  return `${print3(groups.slice(0, run.start))}::${print3(groups.slice(run.start + run.length))}`;
}
function groupsOf(text8, end3) {
  if (text8 === "") return [];
  const groups = [];
  const parts = text8.split(":");
  for (const [i, part] of parts.entries()) {
    if (HEX_GROUP.test(part)) groups.push(Number.parseInt(part, 16));
    else if (end3 === "dotted" && i === parts.length - 1 && DOTTED.test(part)) {
      const [a = 0, b = 0, c = 0, d = 0] = part.split(".").map(Number);
      if (Math.max(a, b, c, d) > 255) return void 0;
      groups.push(a << 8 | b, c << 8 | d);
    } else return void 0;
  }
  return groups;
}
function bytesOf(groups) {
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 255]));
}
function longestZeroRun(groups) {
  let longest = { start: 0, length: 0 };
  let length = 0;
  for (const [i, group] of groups.entries()) {
    length = group === 0 ? length + 1 : 0;
    if (length > longest.length) longest = { start: i + 1 - length, length };
  }
  return longest;
}

// packages/kernel/src/gate/enforcers/host.ts
var MAX_NAME = 253;
var MAX_LABEL = 63;
var LABEL = /^[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?$/;
var OCTET = /^(?:0|[1-9][0-9]{0,2})$/;
var NUMERIC = /^(?:[0-9]+|0x[0-9a-f]*)$/;
function parseHost(written) {
  if (written.startsWith("[")) return written.endsWith("]") ? parseBracketed(written) : void 0;
  if (written.length > MAX_NAME || !isAscii(written)) return void 0;
  const text8 = written.toLowerCase();
  const labels = text8.split(".");
  if (!labels.every((label) => label.length <= MAX_LABEL && LABEL.test(label))) return void 0;
  if (!NUMERIC.test(labels.at(-1))) return { text: text8 };
  const address = parseAddress4(labels);
  return address === void 0 ? void 0 : { text: text8, address };
}
function isLocalName({ text: text8 }) {
  return text8 === "localhost" || text8.endsWith(".localhost");
}
function isAscii(text8) {
  for (let i = 0; i < text8.length; i++) if (text8.charCodeAt(i) > 127) return false;
  return true;
}
function parseBracketed(written) {
  const address = parseAddress6(written.slice(1, -1));
  return address === void 0 ? void 0 : { text: `[${printAddress6(address)}]`, address };
}
function parseAddress4(labels) {
  if (labels.length !== 4 || !labels.every((label) => OCTET.test(label))) return void 0;
  const octets = labels.map(Number);
  return octets.every((octet) => octet <= 255) ? Uint8Array.from(octets) : void 0;
}

// packages/kernel/src/gate/enforcers/http-url.ts
var MAX_URL = 8192;
var MAX_PORT = 65535;
var NO_PORT = 0;
var DEFAULT_PORTS = /* @__PURE__ */ new Map([
  ["http", 80],
  ["https", 443]
]);
var CHARACTERS = /^[A-Za-z0-9\-._~:/?[\]@!$&'()*+,;=%]*$/;
var PARTS = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/([^/?]*)(\/[^?]*)?(?:\?.*)?$/;
var AUTHORITY = /^(\[[^\]]*\]|[^:[\]]+)(?::(0|[1-9][0-9]{0,4}))?$/;
var ESCAPE = /%([0-9A-Fa-f]{2})/g;
var UNRESERVED = /^[A-Za-z0-9\-._~]$/;
var DOT_SEGMENT = /(?:^|[/\\])\.\.?(?:[/\\;]|$)/;
var NO_DOTS = "a path without . and .. in it";
var MAX_ROUNDS = 8;
function parseHttpUrl(text8) {
  if (text8.length > MAX_URL) return `at most ${MAX_URL} characters`;
  if (!CHARACTERS.test(text8)) return "only characters of a URL, without # and without \\";
  const [, scheme = "", authority = "", rawPath = "/"] = PARTS.exec(text8) ?? [];
  if (scheme === "") return "scheme://host/path";
  if (authority.includes("@")) return "no user information: a host follows ://";
  const [, written = "", digits2] = AUTHORITY.exec(authority) ?? [];
  const host = parseHost(written);
  if (host === void 0) return "a host name, or an address in its one spelling";
  const lower = scheme.toLowerCase();
  const port = digits2 === void 0 ? DEFAULT_PORTS.get(lower) ?? NO_PORT : Number(digits2);
  if (port > MAX_PORT || port === 0 && digits2 !== void 0) return "a port from 1 to 65535";
  const path = parsePath(rawPath);
  return typeof path === "string" ? path : { scheme: lower, host, port, ...path };
}
function parsePath(raw) {
  if (!CHARACTERS.test(raw)) return "only characters of a path";
  if (raw.includes("[") || raw.includes("]")) return "brackets in the path as %5B and %5D";
  if (DOT_SEGMENT.test(raw)) return NO_DOTS;
  return raw.includes("%") ? parseEscaped(raw) : { path: raw, hidesSlash: false };
}
function parseEscaped(raw) {
  if (/%(?![0-9A-Fa-f]{2})/.test(raw)) return "escapes as %41 in the path";
  const bytes5 = decodeEscapes(raw);
  if (!decodeUtf8(bytes5).ok) return "a path whose escapes are UTF-8";
  if (bytes5.some((byte) => byte < 32 || byte === 127)) return "no control characters";
  const bare = settle(raw);
  if (bare === void 0) return `a path that is escaped at most ${MAX_ROUNDS} times`;
  if (DOT_SEGMENT.test(bare)) return NO_DOTS;
  const hidesSlash = bare.includes("\\") || count2(bare, "/") !== count2(raw, "/");
  return { path: raw.replace(ESCAPE, normalEscape), hidesSlash };
}
function normalEscape(written, hex) {
  const character = String.fromCharCode(Number.parseInt(hex, 16));
  return UNRESERVED.test(character) ? character : written.toUpperCase();
}
function settle(raw) {
  let text8 = raw;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const next2 = text8.replace(ESCAPE, (written, hex) => {
      const byte = Number.parseInt(hex, 16);
      return byte < 128 ? String.fromCharCode(byte) : written;
    });
    if (next2 === text8) return text8;
    text8 = next2;
  }
  return void 0;
}
function decodeEscapes(raw) {
  const bytes5 = new Uint8Array(raw.length);
  let size = 0;
  for (let i = 0; i < raw.length; i++) {
    const isEscape = raw[i] === "%";
    bytes5[size++] = isEscape ? Number.parseInt(raw.slice(i + 1, i + 3), 16) : raw.charCodeAt(i);
    if (isEscape) i += 2;
  }
  return bytes5.subarray(0, size);
}
function count2(text8, character) {
  return text8.split(character).length - 1;
}

// packages/kernel/src/gate/enforcers/private-address.ts
var PRIVATE4 = [
  [[0], 8],
  [[10], 8],
  [[100, 64], 10],
  [[127], 8],
  [[169, 254], 16],
  [[172, 16], 12],
  [[192, 0, 0], 24],
  [[192, 0, 2], 24],
  [[192, 88, 99], 24],
  [[192, 168], 16],
  [[198, 18], 15],
  [[198, 51, 100], 24],
  [[203, 0, 113], 24],
  [[224], 3]
];
var PUBLIC6 = [[32], 3];
var PRIVATE6 = [
  [[32, 1, 0], 23],
  [[32, 1, 13, 184], 32],
  [[63, 255, 0], 20]
];
var WRAPPERS = [
  [[[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255], 96], 12],
  [[[0, 100, 255, 155, 0, 0, 0, 0, 0, 0, 0, 0], 96], 12],
  [[[32, 2], 16], 2]
];
function isPrivateAddress(address) {
  if (address.length === 4) return PRIVATE4.some((range) => isWithin2(address, range));
  if (address.length !== 16) return true;
  const wrapper = WRAPPERS.find(([range]) => isWithin2(address, range));
  if (wrapper !== void 0) {
    const at2 = wrapper[1];
    return isPrivateAddress(address.subarray(at2, at2 + 4));
  }
  return !isWithin2(address, PUBLIC6) || PRIVATE6.some((range) => isWithin2(address, range));
}
function isWithin2(address, [prefix, bits]) {
  for (let i = 0; 8 * i < bits; i++) {
    const mask = 255 & 65280 >> Math.min(8, bits - 8 * i);
    if ((address[i] & mask) !== (prefix[i] & mask)) return false;
  }
  return true;
}

// packages/kernel/src/gate/enforcers/http-out.ts
var KINDS2 = ["http.request"];
var TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
var METHOD_HEADERS = /* @__PURE__ */ new Set(["x-http-method", "x-http-method-override", "x-method-override"]);
function readHttpLimits(params) {
  const limits = {
    hosts: params.texts("hosts", (text8) => parseHost(text8)?.text),
    schemes: params.texts("schemes", (text8) => isAscii(text8) ? text8.toLowerCase() : void 0),
    methods: params.texts("methods", (text8) => TOKEN.test(text8) ? text8.toUpperCase() : void 0),
    ports: params.nats("ports"),
    pathPrefixes: params.texts("path_prefixes", spellPrefix),
    maxRedirects: params.nat("max_redirects"),
    isPublicOnly: params.has("allow_private") && !params.flag("allow_private")
  };
  return params.isWhole() ? limits : void 0;
}
function httpOut2(limits) {
  return (effect2, grant) => checkRequest(effect2, limits, grant);
}
function checkRequest(effect2, limits, grant) {
  if (!KINDS2.some((kind2) => kind2 === effect2.kind)) return kindMismatch(grant, effect2.kind, KINDS2);
  const params = effect2.params.fields();
  const written = params.get("url");
  const method = params.get("method");
  const headers = params.get("headers");
  if (typeof written !== "string") return paramsInvalid("url", "a text");
  if (typeof method !== "string" || !TOKEN.test(method)) return paramsInvalid("method", "a token");
  if (!(headers instanceof Map)) return paramsInvalid("headers", "a map of texts");
  const url = effect2.params.once("http-url", () => parseHttpUrl(written));
  if (typeof url === "string") {
    return { code: "invalid-url", at: "params/url", advice: `expected ${url}` };
  }
  return checkHost(url, limits, grant) ?? checkMethod(method, limits, grant) ?? checkPath(url, limits, grant) ?? checkHeaders(headers, url, limits);
}
function checkHost({ host, scheme, port }, limits, grant) {
  const { hosts, schemes, ports: ports2, isPublicOnly } = limits;
  if (hosts !== void 0 && !hosts.has(host.text)) {
    const advice = `add ${host.text} to hosts, or ask one of ${nameValues(hosts)}`;
    return denial("host-not-allowed", grant, "hosts", advice);
  }
  if (!KNOWN_SCHEMES.has(scheme) || schemes?.has(scheme) === false) {
    const advice = `use ${nameValues(schemes ?? KNOWN_SCHEMES)}, or add ${scheme} to schemes`;
    return denial("scheme-not-allowed", grant, "schemes", advice);
  }
  if (ports2 !== void 0 && !ports2.has(port)) {
    const advice = `add ${port} to ports, or use ${nameValues(ports2)}`;
    return denial("port-not-allowed", grant, "ports", advice);
  }
  return isPublicOnly && isPrivateHost(host) ? privateAddress(host.text, grant) : void 0;
}
var KNOWN_SCHEMES = /* @__PURE__ */ new Set(["https", "http"]);
function checkMethod(method, { methods }, grant) {
  if (methods === void 0 || methods.has(method.toUpperCase())) return void 0;
  const advice = `add ${method.toUpperCase()} to methods, or use ${nameValues(methods)}`;
  return denial("method-not-allowed", grant, "methods", advice);
}
function checkPath(url, { pathPrefixes }, grant) {
  if (pathPrefixes === void 0) return void 0;
  if (url.hidesSlash) {
    const advice2 = "write slashes as they are, or lift path_prefixes";
    return denial("path-not-allowed", grant, "path_prefixes", advice2);
  }
  if ([...pathPrefixes].some((prefix) => isUnder(url.path, prefix))) return void 0;
  const advice = `add a prefix of ${url.path} to path_prefixes: ${nameValues(pathPrefixes)}`;
  return denial("path-not-allowed", grant, "path_prefixes", advice);
}
function isUnder(path, prefix) {
  if (!path.startsWith(prefix)) return false;
  return path.length === prefix.length || prefix.endsWith("/") || path[prefix.length] === "/";
}
function checkHeaders(headers, url, limits) {
  for (const [name2, value] of headers) {
    if (typeof name2 !== "string" || !TOKEN.test(name2)) {
      return paramsInvalid("headers", "header names that are tokens");
    }
    const text8 = literalOf2(value);
    if (text8 !== void 0 && /[\0\r\n]/.test(text8)) {
      return paramsInvalid(`headers/${name2}`, "a value without line ends");
    }
    const lower = name2.toLowerCase();
    const isOtherHost = lower === "host" && text8?.toLowerCase() !== authorityOf(url);
    const isOtherMethod = METHOD_HEADERS.has(lower) && limits.methods !== void 0;
    if (isOtherHost || isOtherMethod) return headerNotAllowed(name2);
  }
  return void 0;
}
function authorityOf({ host, port, scheme }) {
  const isDefault = port === (scheme === "https" ? 443 : 80);
  return isDefault ? host.text : `${host.text}:${port}`;
}
function literalOf2(value) {
  if (typeof value === "string") return value;
  const inner = value instanceof Map && value.get("$tag") === "literal" && value.get("$value");
  return typeof inner === "string" ? inner : void 0;
}
function headerNotAllowed(name2) {
  return { code: "header-not-allowed", at: `params/headers/${name2}`, advice: "leave it out" };
}
function spellPrefix(prefix) {
  if (!prefix.startsWith("/") || prefix.includes("?")) return void 0;
  const path = parsePath(prefix);
  return typeof path === "string" || path.hidesSlash ? void 0 : path.path;
}
function isPrivateHost(host) {
  return host.address === void 0 ? isLocalName(host) : isPrivateAddress(host.address);
}
function privateAddress(host, grant) {
  const advice = `set allow_private, or ask a public address; ${host} is not public`;
  return denial("address-not-allowed", grant, "allow_private", advice);
}
function redirectsExceeded(hops, grant) {
  const advice = `raise max_redirects to ${hops}`;
  return denial("redirects-exceeded", grant, "max_redirects", advice);
}

// packages/kernel/src/gate/enforcers/llm-basic.ts
var KINDS3 = ["llm.generate"];
function llmBasic2(params) {
  const limits = {
    providers: params.texts("providers"),
    models: params.texts("models"),
    maxTokens: params.nat("max_tokens"),
    temperatureMax: params.dec128("temperature_max"),
    tools: params.texts("tools_allow")
  };
  return params.isWhole() ? (effect2, grant) => checkCall(effect2, limits, grant) : void 0;
}
function checkCall(effect2, limits, grant) {
  if (!KINDS3.some((kind2) => kind2 === effect2.kind)) return kindMismatch(grant, effect2.kind, KINDS3);
  const params = effect2.params.fields();
  const provider = params.get("provider");
  const model = params.get("model");
  if (typeof provider !== "string") return paramsInvalid("provider", "a text");
  if (typeof model !== "string") return paramsInvalid("model", "a text");
  if (limits.providers !== void 0 && !limits.providers.has(provider)) {
    const advice = `add ${provider} to providers, or use ${nameValues(limits.providers)}`;
    return denial("provider-not-allowed", grant, "providers", advice);
  }
  if (limits.models !== void 0 && !limits.models.has(model)) {
    const advice = `add ${model} to models, or use ${nameValues(limits.models)}`;
    return denial("model-not-allowed", grant, "models", advice);
  }
  return checkAmounts(effect2, limits, grant) ?? checkTools(effect2, limits, grant);
}
function checkAmounts(effect2, limits, grant) {
  const { maxTokens, temperatureMax } = limits;
  const params = effect2.params.fields();
  const tokens = params.get("max_tokens");
  if (typeof tokens !== "number" && typeof tokens !== "bigint") {
    return paramsInvalid("max_tokens", "a natural number");
  }
  if (maxTokens !== void 0 && tokens > maxTokens) {
    const advice2 = `raise max_tokens to ${tokens}, or ask for at most ${maxTokens}`;
    return denial("max-tokens-exceeded", grant, "max_tokens", advice2);
  }
  const temperature = params.get("temperature");
  const read2 = typeof temperature === "string" ? parseDec128(temperature) : void 0;
  if (read2?.ok !== true) return paramsInvalid("temperature", "a decimal");
  if (temperatureMax === void 0 || compareDec128(read2.value, temperatureMax) <= 0) {
    return void 0;
  }
  const advice = `raise temperature_max to ${temperature}, or use at most ${temperatureMax}`;
  return denial("temperature-exceeded", grant, "temperature_max", advice);
}
function checkTools(effect2, { tools }, grant) {
  const asked = effect2.params.fields().get("tools") ?? [];
  if (!Array.isArray(asked)) return paramsInvalid("tools", "a list of texts");
  const other = asked.find((tool) => typeof tool !== "string" || tools?.has(tool) === false);
  if (other === void 0) return void 0;
  if (typeof other !== "string") return paramsInvalid("tools", "a list of texts");
  const advice = `add ${other} to tools_allow, or leave the tool out`;
  return denial("tool-not-allowed", grant, "tools_allow", advice);
}

// packages/kernel/src/trie/objects-needed.ts
var ObjectsNeeded = class extends Error {
  name = "ObjectsNeeded";
  hashes;
  constructor(hashes) {
    super(`${hashes.length} objects are not in memory`);
    this.hashes = hashes;
  }
};

// packages/kernel/src/gate/requests/subject.ts
function originName(origin2) {
  return isReducerOrigin(origin2) ? origin2.reducer : origin2.plan;
}

// packages/kernel/src/gate/enforcers/module-enforcer.ts
var MODULE_CODE = /^[a-z][a-z0-9._-]{0,63}$/;
var MAX_MESSAGE = 200;
function runModule(enforcer2, { subject, ports: ports2, manifestHash }) {
  const { engine, callLimits } = ports2;
  if (!engine.has(enforcer2.hash)) throw new ObjectsNeeded([enforcer2.hash]);
  const input = encodeInput(enforcer2, subject, manifestHash);
  const outcome = engine.call(enforcer2.hash, "run", input, callLimits);
  const charge2 = { fuel: outcome.fuel, calls: 1 };
  if (outcome.kind === "fault") return { denial: failed(enforcer2, outcome.code), ...charge2 };
  return { denial: readAnswer(enforcer2, outcome.output), ...charge2 };
}
function encodeInput({ name: name2, cap: cap2, grant, params, wantsContext }, { request, effect: effect2, params: effectParams }, manifestHash) {
  const { origin: origin2, now } = request;
  const kind2 = isReducerOrigin(origin2) ? "reducer" : "plan";
  const input = encode({
    cap_def: cap2,
    grant_name: grant,
    cap_params: params,
    effect_kind: effect2.kind,
    effect_params: effectParams.bytes,
    origin: { kind: kind2, name: originName(origin2) },
    logical_now_ns: now.logicalNowNs
  });
  if (!wantsContext) return encodePureInput({ version: ABI_VERSION, input });
  const { logicalNowNs, seq: journalHeight } = now;
  const ctx = encodePureContext({ logicalNowNs, journalHeight, manifestHash, module: name2 });
  return encodePureInput({ version: ABI_VERSION, input, ctx });
}
function readAnswer(enforcer2, output) {
  const answer3 = decodePureOutput(output);
  const canonical = answer3.ok ? enforcer2.output.normalizeCbor(answer3.value) : answer3;
  if (!canonical.ok) return failed(enforcer2, canonical.refusal.code);
  const fields2 = decode(canonical.value);
  const value = fields2.ok && fields2.value instanceof Map ? fields2.value : void 0;
  const deny3 = value?.get("deny") ?? null;
  const isOk = value?.get("constraints_ok") === true;
  if (isOk && deny3 === null) return void 0;
  return deny3 instanceof Map ? denied2(enforcer2, deny3) : failed(enforcer2, "no reason given");
}
function denied2(enforcer2, deny3) {
  const code2 = deny3.get("code");
  const message = deny3.get("message");
  if (typeof code2 !== "string" || !MODULE_CODE.test(code2) || typeof message !== "string") {
    return failed(enforcer2, "a code that is none");
  }
  const advice = `${enforcer2.name} says: ${message.slice(0, MAX_MESSAGE)}`;
  return { code: code2, at: `grant ${enforcer2.grant} params`, advice };
}
function failed({ name: name2, grant }, why) {
  const advice = `repair the module ${name2} (${why}), or use another capability`;
  return { code: "enforcer-error", at: `grant ${grant} cap`, advice };
}

// packages/kernel/src/gate/enforcers/named-things.ts
var BLOB_KINDS = ["blob.put", "blob.get", "blob.write", "blob.read", "blob.exists"];
var SECRET_KINDS = ["vault.put", "vault.rotate"];
function blob(params) {
  const allowed = params.texts("namespaces");
  const code2 = "namespace-not-allowed";
  const named3 = [{ param: "namespace", constraint: "namespaces", allowed, code: code2 }];
  return params.isWhole() ? checkNamesOf(BLOB_KINDS, named3) : void 0;
}
function secret(params) {
  const aliases = params.texts("aliases");
  const bindings = params.texts("binding_ids");
  const named3 = [
    { param: "alias", constraint: "aliases", allowed: aliases, code: "alias-not-allowed" },
    {
      param: "binding_id",
      constraint: "binding_ids",
      allowed: bindings,
      code: "binding-not-allowed"
    }
  ];
  return params.isWhole() ? checkNamesOf(SECRET_KINDS, named3) : void 0;
}
function query(params) {
  const kinds = params.texts("kinds");
  const allowed = params.texts("reducers");
  const code2 = "reducer-not-allowed";
  const named3 = [{ param: "reducer", constraint: "reducers", allowed, code: code2 }];
  if (!params.isWhole()) return void 0;
  return (effect2, grant) => {
    const names = effect2.params.fields().has("reducer") ? named3 : [];
    return checkKind(effect2, kinds, grant) ?? checkNames(effect2, names, grant);
  };
}
function governance(params) {
  const kinds = params.texts("kinds");
  const touched = [params.texts("sections"), params.texts("namespaces")];
  if (!params.isWhole()) return void 0;
  return (effect2, grant) => {
    const other = checkKind(effect2, kinds, grant);
    if (other !== void 0 || touched.every((set2) => set2 === void 0)) return other;
    const advice = "leave sections and namespaces out; what the patch touches is not known here";
    return denial("patch-not-visible", grant, "sections, namespaces", advice);
  };
}
function checkKind(effect2, kinds, grant) {
  if (kinds === void 0 || kinds.has(effect2.kind)) return void 0;
  const advice = `add ${effect2.kind} to kinds, or ask for ${nameValues(kinds)}`;
  return denial("kind-not-allowed", grant, "kinds", advice);
}
function checkNames(effect2, named3, grant) {
  for (const { param, constraint, allowed, code: code2 } of named3) {
    const value = effect2.params.fields().get(param);
    if (allowed === void 0) continue;
    if (typeof value !== "string") return paramsInvalid(param, "a text");
    if (allowed.has(value)) continue;
    const advice = `add ${value} to ${constraint}, or use ${nameValues(allowed)}`;
    return denial(code2, grant, constraint, advice);
  }
  return void 0;
}
function checkNamesOf(kinds, named3) {
  return (effect2, grant) => kinds.includes(effect2.kind) ? checkNames(effect2, named3, grant) : kindMismatch(grant, effect2.kind, kinds);
}

// packages/kernel/src/gate/enforcers/enforcer.ts
var ALLOW_ALL = { kind: "allow-all" };
var ALLOW_ALL_MODULE = "sys/CapAllowAll@1";
var HTTP_MODULE = "sys/CapEnforceHttpOut@1";
var NATIVE = /* @__PURE__ */ new Map([
  ["sys/CapEnforceLlmBasic@1", llmBasic2],
  ["sys/CapEnforceBlob@1", blob],
  ["sys/CapEnforceQuery@1", query],
  ["sys/CapEnforceSecret@1", secret],
  ["sys/CapEnforceGovernance@1", governance]
]);
function compileEnforcer(name2, granted, definition) {
  const module = granted.cap.enforcer.module;
  if (module === ALLOW_ALL_MODULE) return ALLOW_ALL;
  const native2 = compileNative(module, granted.params);
  if (native2 !== void 0)
    return native2 ?? { kind: "broken", denial: notUnderstood(name2, granted) };
  const found = definition.find("defmodule", module);
  const hash8 = parseHashText(found?.wasm_hash ?? "");
  const output = definition.schemas.get("sys/CapCheckOutput@1");
  if (found?.module_kind !== "pure" || !hash8.ok || output === void 0 || isZero(hash8.value)) {
    return { kind: "broken", denial: unbound(name2, module) };
  }
  const wantsContext = found.abi.pure.context !== void 0;
  const { cap: cap2, params } = granted;
  const enforcer2 = { name: module, hash: hash8.value, output, wantsContext };
  return { kind: "module", module: { ...enforcer2, grant: name2, cap: cap2.name, params } };
}
function compileNative(module, params) {
  const fields2 = new CapParams(fieldsOf2(params));
  if (module === HTTP_MODULE) {
    const http = readHttpLimits(fields2);
    return http === void 0 ? null : { kind: "native", constraint: httpOut2(http), http };
  }
  const read2 = NATIVE.get(module);
  if (read2 === void 0) return void 0;
  const constraint = read2(fields2);
  return constraint === void 0 ? null : { kind: "native", constraint };
}
function enforcerModules(definition) {
  const names = [...definition.grants.values()].map(({ cap: cap2 }) => cap2.enforcer.module);
  return [...new Set(names)].flatMap((name2) => {
    if (name2 === ALLOW_ALL_MODULE || name2 === HTTP_MODULE || NATIVE.has(name2)) return [];
    const hash8 = parseHashText(definition.find("defmodule", name2)?.wasm_hash ?? "");
    return [{ name: name2, hash: hash8.ok ? hash8.value : ZERO_HASH }];
  });
}
function httpLimitsOf(enforcer2) {
  return enforcer2.kind === "native" ? enforcer2.http : void 0;
}
function runEnforcer(enforcer2, grant, asked) {
  switch (enforcer2.kind) {
    case "allow-all":
      return { denial: void 0, ...NO_CHARGE };
    case "broken":
      return { denial: enforcer2.denial, ...NO_CHARGE };
    case "native": {
      const { effect: effect2, params } = asked.subject;
      const checked = { kind: effect2.kind, params };
      return { denial: enforcer2.constraint(checked, grant), ...NO_CHARGE };
    }
    case "module":
      return runModule(enforcer2.module, asked);
  }
}
function fieldsOf2(canonical) {
  return new EffectParams(canonical).fields();
}
function isZero(hash8) {
  return bytesEqual(hash8, ZERO_HASH);
}
function notUnderstood(name2, { cap: cap2 }) {
  const advice = `give ${name2} parameters that ${cap2.enforcer.module} understands`;
  return { code: "cap-params-invalid", at: `grant ${name2} params`, advice };
}
function unbound(name2, module) {
  return { code: "enforcer-error", at: `grant ${name2} cap`, advice: `give the code of ${module}` };
}

// packages/kernel/src/gate/grants/grants.ts
var MAX_CHAIN = 64;
function compileGrants(definition) {
  const links = new Map(
    [...definition.grants].map(([name2, granted]) => {
      const enforcer2 = compileEnforcer(name2, granted, definition);
      return [name2, { name: name2, definition: granted, enforcer: enforcer2 }];
    })
  );
  return new Map([...links.keys()].map((name2) => [name2, compileGrant(name2, links)]));
}
function compileGrant(name2, links) {
  const { chain, broken: broken2 } = chainOf2(name2, links);
  const { cap: cap2 } = chain[0].definition;
  const expiry = firstExpiry(chain);
  return {
    name: name2,
    hash: chainHash(chain),
    capType: cap2.cap_type,
    chain,
    firstExpiry: expiry,
    broken: broken2
  };
}
function chainHash(chain) {
  let parent = ZERO_HASH;
  for (const { definition } of chain.toReversed()) {
    const { grant, cap: cap2, params } = definition;
    parent = grantHash({
      defcap: cap2.name,
      capType: cap2.cap_type,
      params,
      ...grant.expiry_ns === void 0 ? {} : { expiryNs: BigInt(grant.expiry_ns) },
      ...grant.budget === void 0 ? {} : { budget: grant.budget },
      ...grant.parent === void 0 ? {} : { parent }
    });
  }
  return parent;
}
function chainOf2(name2, links) {
  const chain = [];
  let next2 = name2;
  while (next2 !== void 0) {
    const link = links.get(next2);
    if (link === void 0) return { chain, broken: revoked(name2, next2) };
    if (chain.length === MAX_CHAIN) return { chain, broken: tooDeep(name2) };
    chain.push(link);
    next2 = link.definition.grant.parent;
  }
  return { chain, broken: void 0 };
}
function firstExpiry(chain) {
  let first2;
  for (const { name: name2, definition } of chain) {
    const { expiry_ns } = definition.grant;
    if (expiry_ns === void 0) continue;
    const ns = BigInt(expiry_ns);
    if (first2 === void 0 || ns < first2.ns) first2 = { link: name2, ns };
  }
  return first2;
}
function revoked(name2, ancestor) {
  const at2 = `grant ${name2} parent ${ancestor}`;
  return { code: "grant-revoked", at: at2, advice: `grant ${ancestor} again, or use another grant` };
}
function tooDeep(name2) {
  const advice = `make ${name2} from a grant that is at most ${MAX_CHAIN - 1} steps from the first`;
  return { code: "grant-chain-depth", at: `grant ${name2}`, advice };
}

// packages/kernel/src/gate/grants/secrets.ts
function compileSecrets(definition) {
  const names = definition.manifest.secrets?.map(({ name: name2 }) => name2) ?? [];
  return new Map(
    names.map((name2) => {
      const secret2 = definition.find("defsecret", name2);
      const rule2 = { grants: setOf(secret2?.allowed_caps), plans: setOf(secret2?.allowed_plans) };
      return [name2, rule2];
    })
  );
}
function checkSecrets2(rules, subject) {
  const find = subject.effect.findSecrets;
  if (find === null) return void 0;
  const uses = [];
  find(subject.params.value(), uses);
  for (const use2 of uses) {
    const denial2 = checkUse3(rules, use2, subject);
    if (denial2 !== void 0) return denial2;
  }
  return void 0;
}
function checkUse3(rules, { alias, version }, { request }) {
  const name2 = `${alias}@${version}`;
  const rule2 = rules.get(name2);
  if (rule2 === void 0) {
    const advice2 = `declare ${name2} with defsecret, or repair alias and version`;
    return { code: "secret-unknown", at: `secret ${name2}`, advice: advice2 };
  }
  const { grants, plans } = rule2;
  if (grants !== void 0 && !grants.has(request.cap)) {
    const advice2 = `add ${request.cap} to allowed_caps of ${name2}`;
    return { code: "secret-cap-denied", at: `secret ${name2} allowed_caps`, advice: advice2 };
  }
  const who = originName(request.origin);
  const isReducer2 = isReducerOrigin(request.origin);
  if (plans === void 0 || !isReducer2 && plans.has(who)) return void 0;
  const advice = isReducer2 ? `refer to ${name2} in one of its allowed_plans; ${who} is a reducer` : `add ${who} to allowed_plans of ${name2}`;
  return { code: "secret-plan-denied", at: `secret ${name2} allowed_plans`, advice };
}
function setOf(names) {
  return names === void 0 || names.length === 0 ? void 0 : new Set(names);
}

// packages/kernel/src/gate/policy/policy-index.ts
var FIELDS3 = ["origin_name", "cap_name", "effect_kind", "cap_type", "origin_kind"];
var NO_RULE = Number.POSITIVE_INFINITY;
var PolicyIndex = class {
  #root = newPlace();
  constructor(rules) {
    for (const [rule2, { when }] of rules.entries()) add(this.#root, when, rule2);
  }
  /** Index of the first rule that matches; undefined when none does. */
  first(question) {
    const rule2 = search(this.#root, 0, question, NO_RULE);
    return rule2 === NO_RULE ? void 0 : rule2;
  }
};
function newPlace() {
  return { least: NO_RULE, any: void 0, by: /* @__PURE__ */ new Map() };
}
function add(root, when, rule2) {
  let place3 = root;
  place3.least = Math.min(place3.least, rule2);
  for (const field of FIELDS3) {
    place3 = childOf(place3, when[field]);
    place3.least = Math.min(place3.least, rule2);
  }
}
function childOf(place3, value) {
  const there = value === void 0 ? place3.any : place3.by.get(value);
  if (there !== void 0) return there;
  const child = newPlace();
  if (value === void 0) place3.any = child;
  else place3.by.set(value, child);
  return child;
}
function search(place3, depth, question, best) {
  if (place3.least >= best) return best;
  const field = FIELDS3[depth];
  if (field === void 0) return place3.least;
  const exact2 = place3.by.get(question[field]);
  const found = exact2 === void 0 ? best : search(exact2, depth + 1, question, best);
  return place3.any === void 0 ? found : search(place3.any, depth + 1, question, found);
}

// packages/kernel/src/gate/policy/policy.ts
function compilePolicy(definition) {
  const name2 = definition.manifest.defaults?.policy;
  const policy = name2 === void 0 ? void 0 : definition.find("defpolicy", name2);
  if (policy === void 0) return null;
  const index = new PolicyIndex(policy.rules);
  return { name: policy.name, rules: policy.rules.map(compileRule), index };
}
function compileRule(rule2) {
  if (rule2.decision === "deny") return rule2;
  return { ...rule2, identity: hashOf(rule2) };
}
function askPolicy(policy, subject) {
  const { request, effect: effect2 } = subject;
  const kind2 = isReducerOrigin(request.origin) ? "reducer" : "plan";
  const name2 = originName(request.origin);
  const what = `${effect2.kind} by ${name2} under ${request.cap}`;
  if (policy === null) return { policy: null, rule: null, denial: noPolicy(what) };
  const rule2 = policy.index.first({
    effect_kind: effect2.kind,
    cap_name: request.cap,
    cap_type: effect2.capType,
    origin_kind: kind2,
    origin_name: name2
  });
  const found = rule2 === void 0 ? void 0 : policy.rules[rule2];
  if (rule2 === void 0 || found === void 0) {
    return { policy: policy.name, rule: null, denial: noRule(policy.name, what) };
  }
  if (found.decision !== "deny") return { policy: policy.name, rule: rule2, says: found };
  return { policy: policy.name, rule: rule2, denial: denied3(policy.name, rule2, what) };
}
function noPolicy(what) {
  const advice = `set defaults.policy to a policy with a rule that allows ${what}`;
  return { code: "policy-missing", at: "manifest defaults.policy", advice };
}
function noRule(policy, what) {
  const advice = `add a rule that allows ${what} to ${policy}`;
  return { code: "policy-no-rule", at: `policy ${policy}`, advice };
}
function denied3(policy, rule2, what) {
  const at2 = `policy ${policy} rule ${rule2}`;
  return {
    code: "policy-denied",
    at: at2,
    advice: `put a rule that allows ${what} before rule ${rule2}`
  };
}

// packages/kernel/src/gate/grants/secret-finder.ts
function compileSecretFinder(type, secretRef) {
  return finderOf(type, secretRef, /* @__PURE__ */ new Map());
}
function finderOf(type, secretRef, known) {
  if (type === secretRef) return readReference;
  const there = known.get(type);
  if (there !== void 0) return there;
  const inner = (each) => finderOf(each, secretRef, known);
  const found = compose(type, inner);
  known.set(type, found);
  return found;
}
function compose(type, inner) {
  switch (type.kind) {
    case "option": {
      const find = inner(type.inner);
      return find && ((value, into) => value === null ? void 0 : find(value, into));
    }
    case "list":
    case "set": {
      const find = inner(type.item);
      return find && ((value, into) => findEach(value, find, into));
    }
    case "map": {
      const key3 = inner(type.key);
      const find = inner(type.value);
      if (key3 === null && find === null) return null;
      return (value, into) => {
        const map3 = value;
        if (key3 !== null) findEach(map3.keys(), key3, into);
        if (find !== null) findEach(map3.values(), find, into);
      };
    }
    case "record":
      return byField(finders(type.fields, inner));
    case "variant": {
      const arms2 = finders(type.arms, inner);
      const own = type.arms.get("secret");
      if (own !== void 0 && isReference(own)) arms2.set("secret", readReference);
      return byTag(arms2);
    }
    default:
      return null;
  }
}
function findEach(values, find, into) {
  for (const value of values) find(value, into);
}
function finders(types, inner) {
  const found = /* @__PURE__ */ new Map();
  for (const [name2, type] of types) {
    const find = inner(type);
    if (find !== null) found.set(name2, find);
  }
  return found;
}
function byField(fields2) {
  if (fields2.size === 0) return null;
  return (value, into) => {
    const record5 = value;
    for (const [name2, find] of fields2) find(record5.get(name2), into);
  };
}
function byTag(arms2) {
  if (arms2.size === 0) return null;
  return (value, into) => {
    const variant3 = value;
    arms2.get(variant3.get("$tag"))?.(variant3.get("$value"), into);
  };
}
function isReference(type) {
  if (type.kind !== "record" || type.fields.size !== 2) return false;
  const { fields: fields2 } = type;
  return fields2.get("alias")?.kind === "text" && fields2.get("version")?.kind === "nat";
}
function readReference(value, into) {
  const record5 = value;
  into.push({
    alias: record5.get("alias"),
    version: record5.get("version")
  });
}

// packages/kernel/src/gate/requests/gate-effect.ts
function compileEffects(definition) {
  const listed = definition.manifest.effects?.map(({ name: name2 }) => name2) ?? [];
  const secretRef = definition.schemas.get("sys/SecretRef@1")?.type;
  const effects = /* @__PURE__ */ new Map();
  for (const name2 of [...listed, ...builtinNames("defeffect")]) {
    const kind2 = definition.find("defeffect", name2)?.kind;
    const found = kind2 === void 0 ? void 0 : definition.effectOf(kind2);
    if (kind2 === void 0 || found === void 0 || effects.has(kind2)) continue;
    const { effect: effect2, params, receipt } = found;
    const { cap_type: capType, origin_scope: scope } = effect2;
    const findSecrets = compileSecretFinder(params.type, secretRef);
    effects.set(kind2, { kind: kind2, capType, scope, params, receipt, findSecrets });
  }
  return effects;
}

// packages/kernel/src/gate/gate.ts
function compileGate(definition) {
  const { manifest, reducers } = definition;
  const slots2 = Object.entries(manifest.module_bindings ?? {}).map(
    ([reducer, bindings]) => [reducer, new Map(Object.entries(bindings.slots))]
  );
  return {
    manifestHash: definition.manifestHash,
    effects: compileEffects(definition),
    grants: compileGrants(definition),
    policy: compilePolicy(definition),
    secrets: compileSecrets(definition),
    emits: new Map(reducers.map(({ name: name2, effectsEmitted }) => [name2, new Set(effectsEmitted)])),
    slots: new Map(slots2)
  };
}
var DEFAULT_SLOT2 = "default";
function grantOfSlot(gate, reducer, slot = DEFAULT_SLOT2) {
  return gate.slots.get(reducer)?.get(slot);
}

// packages/kernel/src/plans/compile/compile.ts
function compilePlans(definition) {
  const plans = /* @__PURE__ */ new Map();
  for (const [name2, plan] of definition.plans)
    plans.set(name2, compilePlan(plan, definition.schemas));
  const triggers = /* @__PURE__ */ new Map();
  for (const { event: event2, plan, correlate_by } of definition.manifest.triggers ?? []) {
    const compiled = plans.get(plan);
    assert(compiled !== void 0, `the trigger of ${plan} was checked`);
    const trigger2 = { plan: compiled, correlateBy: correlate_by?.split(".") };
    const others = triggers.get(event2);
    if (others === void 0) triggers.set(event2, [trigger2]);
    else others.push(trigger2);
  }
  return { get: (name2) => plans.get(name2), triggersOf: (schema) => triggers.get(schema) ?? [] };
}
function compilePlan(definition, schemas) {
  const { plan, input, output, slots: slots2, correlation } = definition;
  const stepOf = new Map(plan.steps.map(({ id }, i) => [id, i]));
  const compiler = new StepCompiler(definition, schemas);
  const steps2 = plan.steps.map((step3, i) => compiler.compile(step3, i));
  const edges = (plan.edges ?? []).map(({ from, to }, i) => ({
    from: indexOf(stepOf, from),
    to: indexOf(stepOf, to),
    guard: slots2.has(`/edges/${i}/when`) ? conditionAt(slots2, `/edges/${i}/when`) : void 0
  }));
  const incoming = steps2.map(() => []);
  const outgoing = steps2.map(() => []);
  for (const [i, { from, to }] of edges.entries()) {
    incoming[to]?.push(i);
    outgoing[from]?.push(i);
  }
  return {
    name: plan.name,
    input,
    output,
    steps: steps2,
    stepOf,
    edges,
    incoming,
    outgoing,
    waitersOf: waitersOf(steps2),
    invariants: (plan.invariants ?? []).map((_, i) => conditionAt(slots2, `/invariants/${i}`)),
    shown: new Set([...slots2.values()].flatMap((slot) => stepsIn(slot))),
    correlateBy: correlation?.path
  };
}
function waitersOf(steps2) {
  const waiters = steps2.map(() => []);
  for (const [i, step3] of steps2.entries()) {
    if (step3.op === "await") for (const source of step3.sources) waiters[source]?.push(i);
  }
  return waiters;
}
function stepsIn(slot) {
  return slot.kind === "program" ? [...slot.steps] : [];
}
function conditionAt(slots2, at2) {
  const slot = slots2.get(at2);
  assert(slot?.kind === "program", `the condition ${at2} was compiled`);
  return { program: slot.program, vars: slot.vars, steps: slot.steps };
}
var StepCompiler = class {
  constructor(definition, schemas) {
    this.definition = definition;
    this.schemas = schemas;
    for (const [i, step3] of definition.plan.steps.entries()) {
      if (step3.op === "emit_effect") this.#handles.set(step3.bind.effect_id_as, i);
      if (step3.op === "spawn_plan") this.#handles.set(step3.bind.handle_as, i);
      if (step3.op === "spawn_for_each") this.#handles.set(step3.bind.handles_as, i);
    }
  }
  definition;
  schemas;
  /** Steps by the variables that hold their handles. */
  #handles = /* @__PURE__ */ new Map();
  compile(step3, index) {
    const { id } = step3;
    const slot = (field) => this.#slot(`/steps/${index}/${field}`);
    switch (step3.op) {
      case "raise_event":
        return { op: step3.op, id, event: step3.event, value: slot("value") };
      case "emit_effect": {
        const { kind: kind2, cap: cap2, deadline_ns, retry: retry2, idempotency_key } = step3;
        return {
          op: step3.op,
          id,
          effect: kind2,
          cap: cap2,
          params: slot("params"),
          key: idempotency_key === void 0 ? void 0 : slot("idempotency_key"),
          deadlineNs: deadline_ns === void 0 ? void 0 : BigInt(deadline_ns),
          retry: retry2,
          handle: step3.bind.effect_id_as
        };
      }
      case "await_event":
        return this.#awaitEvent(step3, `/steps/${index}/where`);
      case "assign":
        return { op: step3.op, id, value: slot("expr"), bind: step3.bind.as };
      case "end":
        return { op: step3.op, id, result: step3.result === void 0 ? void 0 : slot("result") };
      case "spawn_plan":
        return { op: step3.op, id, plan: step3.plan, input: slot("input") };
      case "spawn_for_each": {
        const { plan, max_fanout: maxFanout } = step3;
        return { op: step3.op, id, plan, inputs: slot("inputs"), maxFanout };
      }
      default:
        return this.#handleStep(step3);
    }
  }
  #awaitEvent({ op, id, event: event2, where: json, bind }, at2) {
    const base = { op, id, event: event2, bind: bind.as };
    if (json === void 0) return { ...base, where: void 0, equation: void 0 };
    const where = conditionAt(this.definition.slots, at2);
    return { ...base, where, equation: this.#equation(json, event2) };
  }
  /** A correlation that a step binds anew may change while others wait. */
  #equation(where, event2) {
    const equation = equationOf(where, this.schemas.get(event2)?.type);
    const isRebound = this.definition.plan.steps.some(
      (step3) => "bind" in step3 && Object.values(step3.bind).includes(CORRELATION2)
    );
    return equation?.root === "correlation" && isRebound ? void 0 : equation;
  }
  #handleStep(step3) {
    const { id } = step3;
    const sources = this.#sources(step3);
    if (step3.op === "cancel") return { op: step3.op, id, sources };
    const isStatusRead = this.definition.statusReads.has(id);
    const wants = WANTS[step3.op];
    return { op: "await", id, wants, sources, isStatusRead, bind: step3.bind.as };
  }
  /** The steps whose handles a step names. */
  #sources(step3) {
    const expr2 = parseExpr(step3.for);
    assert(expr2.ok, `what ${step3.id} waits for was checked`);
    const refs2 = expr2.value.kind === "list" ? expr2.value.items : [expr2.value];
    return refs2.map((ref2) => {
      const name2 = ref2.kind === "ref" ? ref2.path.join(".") : "";
      const source = this.#handles.get(name2);
      assert(source !== void 0, `the handle ${name2} of ${step3.id} was checked`);
      return source;
    });
  }
  #slot(at2) {
    const slot = this.definition.slots.get(at2);
    assert(slot !== void 0, `the slot ${at2} was checked`);
    return new Slot(slot);
  }
};
var WANTS = {
  await_receipt: "one",
  await_plan: "one",
  await_all: "all",
  await_any: "any"
};
function indexOf(stepOf, id) {
  const index = stepOf.get(id);
  assert(index !== void 0, `the step ${id} of an edge was checked`);
  return index;
}

// packages/kernel/src/program/type-hash.ts
var TypeHasher = class {
  #known = /* @__PURE__ */ new Map();
  hashOf(type) {
    const known = this.#known.get(type);
    if (known !== void 0) return known;
    const hash8 = hashOf({ kind: type.kind, ...this.#partsOf(type) });
    this.#known.set(type, hash8);
    return hash8;
  }
  #partsOf(type) {
    switch (type.kind) {
      case "option":
        return { inner: this.hashOf(type.inner) };
      case "list":
      case "set":
        return { item: this.hashOf(type.item) };
      case "map":
        return { key: this.hashOf(type.key), value: this.hashOf(type.value) };
      case "record":
        return { fields: this.#named(type.fields) };
      case "variant":
        return { arms: this.#named(type.arms) };
      case "handle":
        return { of: type.of, result: this.hashOf(type.result) };
      default:
        return {};
    }
  }
  #named(types) {
    return new Map([...types].map(([name2, type]) => [name2, this.hashOf(type)]));
  }
};

// packages/kernel/src/program/reducer-program.ts
function compileReducers(definition) {
  const hasher = new TypeHasher();
  return definition.reducers.map((reducer, index) => ({
    index,
    definition: reducer,
    stateSchema: hasher.hashOf(reducer.state.type)
  }));
}

// packages/kernel/src/program/item-path.ts
var SELF_DESCRIBE_BYTES2 = 3;
function itemPathOf(keys) {
  return keys.map((key3) => encodeUntagged(key3));
}
function itemAt(document, path) {
  let at2 = SELF_DESCRIBE_BYTES2;
  for (const key3 of path) at2 = valueUnder(document, at2, key3);
  return document.subarray(at2, endOf(document, at2));
}
function valueUnder(bytes5, at2, key3) {
  assert(bytes5[at2] >> 5 === MAP2, "a path leads through maps");
  let entries2 = argumentAt(bytes5, at2);
  for (let entry2 = afterHead(bytes5, at2); entries2 > 0; entries2--) {
    const value = endOf(bytes5, entry2);
    if (startsWith(bytes5, entry2, key3)) return value;
    entry2 = endOf(bytes5, value);
  }
  throw new Defect("a path of the schema is in each of its values");
}
var BYTES2 = 2;
var TEXT2 = 3;
var LIST3 = 4;
var MAP2 = 5;
function endOf(bytes5, at2) {
  let end3 = at2;
  for (let items3 = 1; items3 > 0; items3--) {
    const major = bytes5[end3] >> 5;
    const argument = argumentAt(bytes5, end3);
    end3 = afterHead(bytes5, end3);
    if (major === BYTES2 || major === TEXT2) end3 += argument;
    else if (major === LIST3) items3 += argument;
    else if (major === MAP2) items3 += 2 * argument;
  }
  return end3;
}
var SIMPLE = 7;
function argumentAt(bytes5, at2) {
  const info = bytes5[at2] & 31;
  if (info < 24) return info;
  let argument = 0;
  for (let i = at2 + 1; i < afterHead(bytes5, at2); i++)
    argument = argument * 256 + bytes5[i];
  return argument;
}
function afterHead(bytes5, at2) {
  const byte = bytes5[at2];
  const info = byte & 31;
  assert(info < 28 && (byte >> 5 !== SIMPLE || info < 24), "canonical values have definite heads");
  return info < 24 ? at2 + 1 : at2 + 1 + (1 << info - 24);
}
function startsWith(bytes5, at2, prefix) {
  for (let i = 0; i < prefix.length; i++) if (bytes5[at2 + i] !== prefix[i]) return false;
  return true;
}

// packages/kernel/src/program/reserved-events.ts
function compileReserved(definition, effectKinds) {
  const receipts = new Set(
    [...effectKinds].flatMap((kind2) => receiptEventsOf(kind2).map(({ schema }) => schema))
  );
  const reserved = /* @__PURE__ */ new Map();
  for (const schema of definition.schemas.keys()) {
    const found = receipts.has(schema) ? true : reservedArms(schema, definition, receipts);
    if (found !== void 0) reserved.set(schema, found);
  }
  return reserved;
}
function reservedArms(schema, definition, receipts) {
  const type = definition.find("defschema", schema)?.type;
  if (type === void 0) return void 0;
  if ("ref" in type) return receipts.has(type.ref) ? true : void 0;
  if (!("variant" in type)) return void 0;
  const arms2 = Object.entries(type.variant).filter(
    ([, arm]) => "ref" in arm && receipts.has(arm.ref)
  );
  return arms2.length === 0 ? void 0 : new Set(arms2.map(([tag]) => toHex2(encodeUntagged(tag))));
}
var TAG = itemPathOf(["$tag"]);
function isReserved(reserved, schema, value) {
  const found = reserved.get(schema);
  if (found === void 0) return false;
  return found === true || found.has(toHex2(itemAt(value, TAG)));
}

// packages/kernel/src/program/key-extractor.ts
var SELF_DESCRIBE2 = Uint8Array.of(217, 217, 247);
function compileKeyField({ path, arm }) {
  const keys = path.split(".");
  if (arm === void 0) return extractorOf(keys);
  if (keys[0] === "$tag") {
    const key3 = encode(arm);
    return () => key3;
  }
  assert(keys[0] === "$value", "a path into a variant leads to its tag or its value");
  return extractorOf(keys.slice(1));
}
function extractorOf(keys) {
  const path = itemPathOf(keys);
  return (value) => concatBytes(SELF_DESCRIBE2, itemAt(value, path));
}

// packages/kernel/src/program/routes.ts
function compileRoutes(definition, reducers) {
  const compiled = /* @__PURE__ */ new Map();
  for (const schema of definition.schemas.keys()) {
    const routes = definition.routesOf(schema);
    if (routes.length === 0) continue;
    compiled.set(
      schema,
      routes.map((route) => compileRoute(schema, route, { definition, reducers }))
    );
  }
  return compiled;
}
function compileRoute(schema, { reducer: index, wrap: wrap3, keyField }, from) {
  const reducer = from.reducers[index];
  assert(reducer !== void 0, "a route names a reducer of the definition");
  if (keyField === void 0) return { reducer, wrap: wrap3, keyOf: void 0 };
  const arm = isRoutedAsFamily(schema, reducer, from.definition) ? wrap3 : void 0;
  return { reducer, wrap: wrap3, keyOf: compileKeyField({ path: keyField, arm }) };
}
function isRoutedAsFamily(schema, { definition: { name: name2, event: event2 } }, { manifest }) {
  const first2 = manifest.routing?.events?.find(
    (route) => route.reducer === name2 && (route.event === schema || route.event === event2.name)
  );
  return first2?.event === event2.name;
}
function cellKeyOf(route, value) {
  return route.keyOf === void 0 ? null : route.keyOf(value);
}
function checkEventKey(routes, value, given) {
  if (given !== void 0 && given.length > INLINE_VALUE_BYTES) return "event-key-too-large";
  if (given === void 0 && value.length <= INLINE_VALUE_BYTES) return void 0;
  for (const route of routes) {
    const key3 = cellKeyOf(route, value);
    if (key3 === null) continue;
    if (key3.length > INLINE_VALUE_BYTES) return "event-key-too-large";
    if (given !== void 0 && !isKey(route, key3, given)) return "event-key-mismatch";
  }
  return void 0;
}
function isKey(route, key3, given) {
  if (bytesEqual(key3, given)) return true;
  const normalized = route.reducer.definition.keySchema?.normalizeCbor(given);
  return normalized?.ok === true && bytesEqual(normalized.value, key3);
}

// packages/kernel/src/program/program.ts
function compileProgram(definition) {
  const reducers = compileReducers(definition);
  const gate = compileGate(definition);
  const effectError = definition.schemas.get(EFFECT_ERROR);
  assert(effectError !== void 0, "a definition has the schemas of the catalogue that all need");
  return {
    definition,
    reducers,
    reducersByName: new Map(reducers.map((each) => [each.definition.name, each])),
    routes: compileRoutes(definition, reducers),
    reserved: compileReserved(definition, gate.effects.keys()),
    effectError,
    gate,
    plans: compilePlans(definition)
  };
}
function inboxOf({ definition, reducers }, source, schema) {
  const inbox2 = definition.inboxOf(source);
  const reducer = inbox2 && reducers[inbox2.reducer];
  return reducer && { reducer, member: inbox2.wrapOf(schema) };
}
var NO_ROUTES = [];
function routesOf(program, schema) {
  return program.routes.get(schema) ?? NO_ROUTES;
}

// packages/kernel/src/trie/leaf-slot.ts
var Leaf = class _Leaf {
  constructor(key3, value, written, hasStoredObjects) {
    this.key = key3;
    this.value = value;
    this.written = written;
    this.hasStoredObjects = hasStoredObjects;
  }
  key;
  value;
  written;
  hasStoredObjects;
  static of(key3, value) {
    return new _Leaf(key3, value, void 0, false);
  }
  static taken(key3, written) {
    return new _Leaf(key3, void 0, written, true);
  }
};
function compareSlot(bytes5, slot, key3) {
  if (typeof slot !== "number") return compareBytes(slot.key, key3);
  const start3 = contentStart(bytes5, slot);
  const size = contentSize(bytes5, slot);
  const shared = Math.min(size, key3.length);
  for (let i = 0; i < shared; i++) {
    const difference = bytes5[start3 + i] - key3[i];
    if (difference !== 0) return difference;
  }
  return size - key3.length;
}
function compareOffsets(bytes5, a, b) {
  const aStart = contentStart(bytes5, a);
  const bStart = contentStart(bytes5, b);
  const aSize = contentSize(bytes5, a);
  const bSize = contentSize(bytes5, b);
  const shared = Math.min(aSize, bSize);
  for (let i = 0; i < shared; i++) {
    const difference = bytes5[aStart + i] - bytes5[bStart + i];
    if (difference !== 0) return difference;
  }
  return aSize - bSize;
}
function takeSlot(bytes5, slot) {
  if (typeof slot !== "number") return slot;
  return Leaf.taken(contentAt(bytes5, slot).slice(), writtenAt(bytes5, slot).slice());
}
function findSlot(bytes5, slots2, key3) {
  let low = 0;
  let high = slots2.length;
  while (low < high) {
    const middle = low + high >> 1;
    const order3 = compareSlot(bytes5, slots2[middle], key3);
    if (order3 === 0) return middle;
    if (order3 < 0) low = middle + 1;
    else high = middle;
  }
  return -1 - low;
}
function writtenAt(bytes5, slot) {
  return contentAt(bytes5, endOf2(bytes5, slot));
}
function writeSlot(w, bytes5, slot, encode2) {
  if (typeof slot === "number") {
    w.raw(bytes5.subarray(slot, endOf2(bytes5, endOf2(bytes5, slot))));
    return;
  }
  w.bytes(slot.key);
  w.bytes(slot.written ?? encode2(slot.value));
}
function contentAt(bytes5, at2) {
  const start3 = contentStart(bytes5, at2);
  return bytes5.subarray(start3, start3 + contentSize(bytes5, at2));
}
function endOf2(bytes5, at2) {
  return contentStart(bytes5, at2) + contentSize(bytes5, at2);
}
function contentStart(bytes5, at2) {
  const info = bytes5[at2] & 31;
  return info < 24 ? at2 + 1 : at2 + 1 + (1 << info - 24);
}
function contentSize(bytes5, at2) {
  const info = bytes5[at2] & 31;
  if (info < 24) return info;
  let size = 0;
  const end3 = at2 + 1 + (1 << info - 24);
  for (let i = at2 + 1; i < end3; i++) size = size * 256 + bytes5[i];
  return size;
}

// packages/kernel/src/trie/nibbles.ts
var NO_NIBBLES = new Uint8Array(0);
var DIGITS = "0123456789abcdef";
function nibbleCount(key3) {
  return 2 * key3.length;
}
function nibbleAt(key3, at2) {
  const byte = key3[at2 >> 1];
  return (at2 & 1) === 0 ? byte >> 4 : byte & 15;
}
function nibblesOf(key3, from, to) {
  if (from === to) return NO_NIBBLES;
  const row = new Uint8Array(to - from);
  for (let i = 0; i < row.length; i++) row[i] = nibbleAt(key3, from + i);
  return row;
}
function sharedWithPath(path, key3, depth) {
  const most = Math.min(path.length, nibbleCount(key3) - depth);
  let shared = 0;
  while (shared < most && path[shared] === nibbleAt(key3, depth + shared)) shared += 1;
  return shared;
}
function sharedByKeys(a, b) {
  const most = Math.min(a.length, b.length);
  let bytes5 = 0;
  while (bytes5 < most && a[bytes5] === b[bytes5]) bytes5 += 1;
  if (bytes5 === most) return 2 * bytes5;
  return 2 * bytes5 + (nibbleAt(a, 2 * bytes5) === nibbleAt(b, 2 * bytes5) ? 1 : 0);
}
function joinNibbles(path, nibble, rest) {
  const row = new Uint8Array(path.length + 1 + rest.length);
  row.set(path);
  row[path.length] = nibble;
  row.set(rest, path.length + 1);
  return row;
}
function nibblesText(path) {
  let text8 = "";
  for (const nibble of path) text8 += DIGITS.charAt(nibble);
  return text8;
}
function endOfPrefix(prefix) {
  let size = prefix.length;
  while (size > 0 && prefix[size - 1] === 255) size -= 1;
  if (size === 0) return void 0;
  const end3 = prefix.slice(0, size);
  end3[size - 1] = end3[size - 1] + 1;
  return end3;
}
function laterOf(a, b) {
  if (a === void 0 || b === void 0) return a ?? b;
  return compareBytes(a, b) >= 0 ? a : b;
}
function earlierOf(a, b) {
  if (a === void 0 || b === void 0) return a ?? b;
  return compareBytes(a, b) <= 0 ? a : b;
}

// packages/kernel/src/trie/item-scan.ts
var UNSIGNED2 = 0;
var NEGATIVE2 = 1;
var BYTES3 = 2;
var TEXT3 = 3;
var LIST4 = 4;
var MAP3 = 5;
var NIL2 = 246;
var LEAST_ARGUMENT2 = [24, 256, 65536, 4294967296];
var WORD2 = 4294967296;
var ItemScan = class {
  constructor(bytes5, at2, code2) {
    this.bytes = bytes5;
    this.at = at2;
    this.code = code2;
  }
  bytes;
  at;
  code;
  /** The argument of the last head as two words of 32 bits. */
  high = 0;
  low = 0;
  /** The next byte, not consumed; −1 at the end. */
  peek() {
    return this.bytes[this.at] ?? -1;
  }
  /** Consumes exactly these bytes. */
  literal(expected2) {
    const { bytes: bytes5, at: at2 } = this;
    for (let i = 0; i < expected2.length; i++) {
      if (bytes5[at2 + i] !== expected2[i]) throw this.refusal("other bytes than there must be");
    }
    this.at = at2 + expected2.length;
  }
  /** Consumes nil when it is there. */
  isNil() {
    if (this.bytes[this.at] !== NIL2) return false;
    this.at += 1;
    return true;
  }
  /** Consumes a head; answers with its argument, rounded beyond 2^53. */
  head(major) {
    const { bytes: bytes5, at: at2 } = this;
    const first2 = bytes5[at2];
    if (first2 === void 0 || first2 >> 5 !== major) throw this.refusal("an item of another type");
    const info = first2 & 31;
    this.at = at2 + 1;
    this.high = 0;
    this.low = info;
    return info < 24 ? info : this.#argument(info);
  }
  /** Consumes text or bytes; answers with where the content started, which ends at `at`. */
  string(major) {
    return this.pass(this.head(major));
  }
  /** Consumes bytes of any content; answers with where they started. */
  pass(sizeBytes) {
    const start3 = this.at;
    if (sizeBytes > this.bytes.length - start3) throw this.refusal("bytes that end too early");
    this.at = start3 + sizeBytes;
    return start3;
  }
  end() {
    if (this.at !== this.bytes.length) throw this.refusal("bytes behind the end");
  }
  refusal(found) {
    return new RefusalError({ code: this.code, at: `@${this.at}`, detail: `found ${found}` });
  }
  #argument(info) {
    const least = LEAST_ARGUMENT2[info - 24];
    if (least === void 0) throw this.refusal("a head without an argument");
    const start3 = this.pass(1 << info - 24);
    let high = 0;
    let low = 0;
    for (let i = start3; i < this.at; i++) {
      high = high << 8 | low >>> 24;
      low = low << 8 | this.bytes[i];
    }
    this.high = high >>> 0;
    this.low = low >>> 0;
    const argument = this.high * WORD2 + this.low;
    if (argument < least) throw this.refusal("a head longer than needed");
    return argument;
  }
};

// packages/kernel/src/trie/node.ts
var BUCKET_LEAVES = 16;
var FAN_OUT = 16;
var BRANCH_WEIGHT = 4;
var PAIR_HEAD_BYTES = 1;
var HASH_HEAD_BYTES = 2;
var HASH_BYTES4 = 32;
var NO_BYTES = new Uint8Array(0);
var Bucket = class {
  constructor(slots2, bytes5) {
    this.slots = slots2;
    this.bytes = bytes5;
  }
  slots;
  bytes;
};
var ABSENT = 0;
var Branch = class _Branch {
  constructor(path, leaf, slots2, bytes5) {
    this.path = path;
    this.leaf = leaf;
    this.slots = slots2;
    this.bytes = bytes5;
  }
  path;
  leaf;
  slots;
  bytes;
  child(nibble) {
    const slot = this.slots[nibble];
    if (typeof slot !== "number") return slot;
    if (slot === ABSENT) return void 0;
    const scan = new ItemScan(this.bytes, slot + PAIR_HEAD_BYTES, "trie-shape");
    const count3 = scan.head(UNSIGNED2);
    const start3 = scan.at + HASH_HEAD_BYTES;
    const box = Box.stored(count3, asHash(this.bytes.slice(start3, start3 + HASH_BYTES4)));
    this.slots[nibble] = box;
    return box;
  }
  /** A branch with another child, or none, under this half byte. */
  withChild(nibble, child) {
    const slots2 = this.slots.slice();
    slots2[nibble] = child ?? ABSENT;
    return new _Branch(this.path, this.leaf, slots2, this.bytes);
  }
  withLeaf(leaf) {
    return new _Branch(this.path, leaf, this.slots, this.bytes);
  }
  withPath(path) {
    return new _Branch(path, this.leaf, this.slots, this.bytes);
  }
};
var Box = class _Box {
  constructor(count3, node, hash8, isStored) {
    this.count = count3;
    this.node = node;
    this.hash = hash8;
    this.isStored = isStored;
  }
  count;
  node;
  hash;
  isStored;
  heldLeaves = 0;
  isQueued = false;
  isVisited = false;
  static of(count3, node) {
    return new _Box(count3, node, void 0, false);
  }
  static stored(count3, hash8) {
    return new _Box(count3, void 0, hash8, true);
  }
  /** What the node counts for in a cache. */
  get weightLeaves() {
    return this.count <= BUCKET_LEAVES ? this.count : BRANCH_WEIGHT;
  }
  drop() {
    this.node = void 0;
  }
};

// packages/kernel/src/trie/edit.ts
function putLeaf(loader, root, leaf) {
  const { key: key3 } = leaf;
  const turns2 = [];
  let box = root;
  let depth = 0;
  for (; ; ) {
    const node = loader.load(box);
    if (node instanceof Bucket) {
      loader.release(box);
      return climb(loader, turns2, putIntoBucket(node, leaf, depth));
    }
    const shared = sharedWithPath(node.path, key3, depth);
    depth += shared;
    if (shared < node.path.length) {
      return climb(loader, turns2, fork(box, node, leaf, { shared, depth }));
    }
    if (depth === nibbleCount(key3)) return climb(loader, turns2, putAtBranch(box.count, node, leaf));
    const nibble = nibbleAt(key3, depth);
    const child = node.child(nibble);
    turns2.push({ box, branch: node, nibble });
    if (child === void 0) return climb(loader, turns2, bucketOf([leaf]));
    box = child;
    depth += 1;
  }
}
function dropLeaf(loader, root, key3) {
  const turns2 = [];
  let box = root;
  let depth = 0;
  for (; ; ) {
    const node = loader.load(box);
    if (node instanceof Bucket) {
      const place3 = findSlot(node.bytes, node.slots, key3);
      if (place3 < 0) return root;
      return shrink(loader, turns2, bucketOf(node.slots.toSpliced(place3, 1), node.bytes));
    }
    const shared = sharedWithPath(node.path, key3, depth);
    depth += shared;
    if (shared < node.path.length) return root;
    if (depth === nibbleCount(key3)) {
      if (node.leaf === void 0) return root;
      return shrink(loader, turns2, settle2(loader, box.count - 1, node.withLeaf(void 0)));
    }
    const nibble = nibbleAt(key3, depth);
    const child = node.child(nibble);
    if (child === void 0) return root;
    turns2.push({ box, branch: node, nibble });
    box = child;
    depth += 1;
  }
}
function bucketOf(slots2, bytes5 = NO_BYTES) {
  return Box.of(slots2.length, new Bucket(slots2, bytes5));
}
function climb(loader, turns2, end3) {
  let box = end3;
  for (let i = turns2.length - 1; i >= 0; i--) {
    const { box: old, branch, nibble } = turns2[i];
    const before = branch.child(nibble)?.count ?? 0;
    box = Box.of(old.count - before + box.count, branch.withChild(nibble, box));
    loader.release(old);
  }
  return box;
}
function shrink(loader, turns2, end3) {
  let box = end3;
  for (let i = turns2.length - 1; i >= 0; i--) {
    const { box: old, branch, nibble } = turns2[i];
    const child = box.count === 0 ? void 0 : box;
    box = settle2(loader, old.count - 1, branch.withChild(nibble, child));
  }
  return box;
}
function settle2(loader, count3, branch) {
  if (count3 <= BUCKET_LEAVES) return collapse(loader, branch);
  if (branch.leaf !== void 0) return Box.of(count3, branch);
  let only = -1;
  for (let nibble = 0; nibble < FAN_OUT; nibble++) {
    if (branch.slots[nibble] === ABSENT) continue;
    if (only >= 0) return Box.of(count3, branch);
    only = nibble;
  }
  const child = loader.load(branch.child(only));
  assert(child instanceof Branch, "a child with more leaves than a bucket is a branch");
  return Box.of(count3, child.withPath(joinNibbles(branch.path, only, child.path)));
}
function collapse(loader, branch) {
  const leaves = [];
  if (branch.leaf !== void 0) leaves.push(takeSlot(branch.bytes, branch.leaf));
  const children = branch.slots.flatMap((_, nibble) => branch.child(nibble) ?? []);
  for (const child of children) {
    const node = loader.load(child, () => children);
    assert(node instanceof Bucket, "a child with so few leaves is a bucket");
    for (const slot of node.slots) leaves.push(takeSlot(node.bytes, slot));
  }
  return bucketOf(leaves);
}
function putIntoBucket(bucket, leaf, depth) {
  const { slots: slots2, bytes: bytes5 } = bucket;
  const place3 = findSlot(bytes5, slots2, leaf.key);
  if (place3 >= 0) return bucketOf(slots2.with(place3, leaf), bytes5);
  const next2 = slots2.toSpliced(-1 - place3, 0, leaf);
  if (next2.length <= BUCKET_LEAVES) return bucketOf(next2, bytes5);
  return split(
    next2.map((slot) => takeSlot(bytes5, slot)),
    depth
  );
}
function split(leaves, depth) {
  const first2 = leaves[0].key;
  const end3 = sharedByKeys(first2, leaves.at(-1).key);
  const ended2 = nibbleCount(first2) === end3 ? leaves[0] : void 0;
  const groups = Array.from({ length: FAN_OUT }, () => []);
  for (const leaf of leaves) {
    if (leaf !== ended2) groups[nibbleAt(leaf.key, end3)].push(leaf);
  }
  const slots2 = groups.map((group) => group.length === 0 ? ABSENT : bucketOf(group));
  return Box.of(leaves.length, new Branch(nibblesOf(first2, depth, end3), ended2, slots2, NO_BYTES));
}
function fork(box, branch, leaf, parting) {
  const { shared, depth } = parting;
  const { path } = branch;
  const slots2 = new Array(FAN_OUT).fill(ABSENT);
  slots2[path[shared]] = Box.of(box.count, branch.withPath(path.slice(shared + 1)));
  const endsHere = nibbleCount(leaf.key) === depth;
  if (!endsHere) slots2[nibbleAt(leaf.key, depth)] = bucketOf([leaf]);
  const ended2 = endsHere ? leaf : void 0;
  return Box.of(box.count + 1, new Branch(path.slice(0, shared), ended2, slots2, NO_BYTES));
}
function putAtBranch(count3, branch, leaf) {
  return Box.of(count3 + (branch.leaf === void 0 ? 1 : 0), branch.withLeaf(leaf));
}

// packages/kernel/src/trie/node-shape.ts
var BUCKET_START = Uint8Array.of(217, 217, 247, 161, 102, ...utf8("leaves"));
var BRANCH_START = Uint8Array.of(217, 217, 247, 163, 100, ...utf8("leaf"));
var PATH_KEY = Uint8Array.of(100, ...utf8("path"));
var CHILDREN_START = Uint8Array.of(104, ...utf8("children"), 128 | FAN_OUT);
var PAIR_HEAD = Uint8Array.of(130);
var BYTES_HEAD = 64;
var HASH_HEAD = Uint8Array.of(88, HASH_BYTES4);
function decodeNode(bytes5, count3) {
  const scan = new ItemScan(bytes5, 0, "trie-shape");
  const isBucket = count3 <= BUCKET_LEAVES;
  const node = isBucket ? readBucket(scan, count3) : readBranch(scan, count3);
  scan.end();
  return node;
}
function readBucket(scan, count3) {
  scan.literal(BUCKET_START);
  const items3 = scan.head(LIST4);
  if (items3 !== 2 * count3) throw refusal3("trie-count", `expected ${count3} leaves`);
  const { bytes: bytes5 } = scan;
  const slots2 = [];
  let last = 0;
  for (let i = 0; i < count3; i++) {
    const slot = scan.at;
    passString(scan);
    passString(scan);
    if (i > 0 && compareOffsets(bytes5, last, slot) >= 0) {
      throw refusal3("trie-order", "expected keys that ascend");
    }
    slots2.push(slot);
    last = slot;
  }
  return new Bucket(slots2, bytes5);
}
function passString(scan) {
  const { bytes: bytes5, at: at2 } = scan;
  const head = bytes5[at2];
  const next2 = bytes5[at2 + 1];
  let end3 = bytes5.length + 1;
  if (head >= BYTES_HEAD && head < BYTES_HEAD + 24) end3 = at2 + 1 + head - BYTES_HEAD;
  else if (head === BYTES_HEAD + 24 && next2 >= 24) end3 = at2 + 2 + next2;
  if (end3 <= bytes5.length) scan.at = end3;
  else scan.string(BYTES3);
}
function readBranch(scan, count3) {
  scan.literal(BRANCH_START);
  const leaf = scan.isNil() ? void 0 : passPair(scan);
  scan.literal(PATH_KEY);
  const path = readPath(scan);
  scan.literal(CHILDREN_START);
  const slots2 = [];
  let below = leaf === void 0 ? 0 : 1;
  let parts = below;
  for (let i = 0; i < FAN_OUT; i++) {
    const start3 = scan.at;
    const child = readChild(scan);
    slots2.push(child === 0 ? ABSENT : start3);
    below += child;
    parts += child === 0 ? 0 : 1;
  }
  if (below !== count3) throw refusal3("trie-count", `expected ${count3} leaves, found ${below}`);
  if (parts < 2) throw refusal3("trie-path", "a branch at which no keys part");
  return new Branch(path, leaf, slots2, scan.bytes);
}
function passPair(scan) {
  scan.literal(PAIR_HEAD);
  const start3 = scan.at;
  scan.string(BYTES3);
  scan.string(BYTES3);
  return start3;
}
function readPath(scan) {
  const start3 = scan.string(TEXT3);
  const size = scan.at - start3;
  if (size === 0) return NO_NIBBLES;
  const path = new Uint8Array(size);
  for (let i = 0; i < size; i++) {
    const unit3 = scan.bytes[start3 + i];
    const nibble = unit3 < 58 ? unit3 - 48 : unit3 < 97 ? -1 : unit3 - 87;
    if (nibble < 0 || nibble > 15) throw scan.refusal("a path of other digits");
    path[i] = nibble;
  }
  return path;
}
function readChild(scan) {
  if (scan.isNil()) return 0;
  scan.literal(PAIR_HEAD);
  const count3 = scan.head(UNSIGNED2);
  if (count3 === 0) throw refusal3("trie-count", "a child without leaves");
  scan.literal(HASH_HEAD);
  scan.pass(HASH_BYTES4);
  return count3;
}
function writeNode(w, node, encode2) {
  const { bytes: bytes5 } = node;
  w.selfDescribe();
  if (node instanceof Bucket) {
    w.mapHead(1);
    w.text("leaves");
    w.listHead(2 * node.slots.length);
    for (const slot of node.slots) writeSlot(w, bytes5, slot, encode2);
    return;
  }
  w.mapHead(3);
  w.text("leaf");
  if (node.leaf === void 0) {
    w.nil();
  } else {
    w.listHead(2);
    writeSlot(w, bytes5, node.leaf, encode2);
  }
  w.text("path");
  w.text(nibblesText(node.path));
  w.text("children");
  w.listHead(FAN_OUT);
  for (const slot of node.slots) writeChild(w, bytes5, slot);
}
function writeChild(w, bytes5, slot) {
  if (slot === ABSENT) {
    w.nil();
  } else if (slot instanceof Box) {
    w.listHead(2);
    w.int(slot.count);
    w.bytes(slot.hash);
  } else {
    const scan = new ItemScan(bytes5, slot + PAIR_HEAD.length, "trie-shape");
    scan.head(UNSIGNED2);
    w.raw(bytes5.subarray(slot, scan.at + HASH_HEAD.length + HASH_BYTES4));
  }
}
function refusal3(code2, detail) {
  return new RefusalError({ code: code2, at: "", detail });
}

// packages/kernel/src/trie/loader.ts
var Loader = class {
  constructor(codec, source) {
    this.codec = codec;
    this.source = source;
  }
  codec;
  source;
  /**
   * The node of a box. Throws {@link ObjectsNeeded}, with what is missing of `others` too, since
   * they will be asked for next, and the codes of `decodeNode`.
   */
  load(box, others) {
    const { node } = box;
    if (node === void 0) return this.#read(box, others);
    box.isVisited = true;
    return node;
  }
  /** Lets go of a stored node whose place another one takes. An older version reads it again. */
  release(box) {
    if (box.isStored && box.node !== void 0) this.source.cache.release(box);
  }
  valueOf(bytes5, slot) {
    if (typeof slot === "number") return this.#decode(writtenAt(bytes5, slot));
    return slot.value ?? this.#decode(slot.written);
  }
  #decode(written) {
    const r = new Reader(written);
    const value = this.codec.read(r);
    r.end();
    return value;
  }
  #read(box, others) {
    const bytes5 = this.source.read(box.hash);
    if (bytes5 === void 0) throw this.#needed(others?.() ?? [box]);
    const node = decodeNode(bytes5, box.count);
    box.node = node;
    this.source.cache.admit(box, box.weightLeaves);
    return node;
  }
  #needed(boxes) {
    const { source } = this;
    const away = boxes.filter(({ node }) => node === void 0);
    const hashes = away.map(({ hash: hash8 }) => hash8);
    return new ObjectsNeeded(hashes.filter((hash8) => source.read(hash8) === void 0));
  }
};

// packages/kernel/src/trie/range.ts
function* readRange(loader, root, bounds) {
  const walk = new Walk(loader, root, bounds);
  for (let run = walk.next(); run !== void 0; run = walk.next()) {
    for (const slot of run.slots) yield loader.valueOf(run.bytes, slot);
  }
}
var Walk = class {
  /** From the root down; the last one is read at present. */
  #frames = [];
  #loader;
  #step;
  #start;
  constructor(loader, root, { from, before, prefix, reverse }) {
    this.#loader = loader;
    this.#step = reverse === "reverse" ? -1 : 1;
    this.#start = {
      box: root,
      depth: 0,
      from: laterOf(from, prefix),
      before: earlierOf(before, prefix && endOfPrefix(prefix))
    };
  }
  next() {
    for (let part = this.#part(); part !== void 0; part = this.#part()) {
      if ("slots" in part) return part;
      const node = this.#loader.load(part.box, () => this.#following(part.box));
      if (node instanceof Bucket) return this.#within(node, part);
      this.#enter(node, part);
    }
    return void 0;
  }
  /** What comes next: a subtree, or the leaf of a branch. */
  #part() {
    const start3 = this.#start;
    this.#start = void 0;
    if (start3 !== void 0) return start3;
    for (let frame = this.#frames.at(-1); frame !== void 0; frame = this.#frames.at(-1)) {
      const { branch, least, most, next: next2 } = frame;
      if (next2 < least || next2 > most) {
        this.#frames.pop();
        continue;
      }
      frame.next = next2 + this.#step;
      const { leaf, bytes: bytes5 } = branch;
      if (next2 === 0 && leaf !== void 0) return { bytes: bytes5, slots: [leaf] };
      const box = next2 === 0 ? void 0 : branch.child(next2 - 1);
      if (box !== void 0) return visitOf(box, frame, next2);
    }
    return void 0;
  }
  #enter(branch, visit) {
    const low = followBound(branch, visit.depth, visit.from) ?? BELOW;
    const high = followBound(branch, visit.depth, visit.before) ?? ABOVE;
    if (low === ABOVE || high === BELOW) return;
    const from = low === BELOW ? void 0 : visit.from;
    const before = high === ABOVE ? void 0 : visit.before;
    const least = low === BELOW ? 0 : low + 1;
    const most = high === ABOVE ? FAN_OUT : high + 1;
    const next2 = this.#step > 0 ? least : most;
    const depth = visit.depth + branch.path.length + 1;
    this.#frames.push({ branch, depth, from, before, least, most, next: next2 });
  }
  #within({ slots: slots2, bytes: bytes5 }, { from, before }) {
    const found = from === void 0 && before === void 0 ? slots2 : slots2.filter((slot) => {
      if (from !== void 0 && compareSlot(bytes5, slot, from) < 0) return false;
      return before === void 0 || compareSlot(bytes5, slot, before) < 0;
    });
    return { bytes: bytes5, slots: this.#step > 0 ? found : found.toReversed() };
  }
  /** The box and those that come after it at the same branch. */
  #following(box) {
    const frame = this.#frames.at(-1);
    const boxes = [box];
    if (frame === void 0) return boxes;
    const { branch, least, most } = frame;
    for (let part = frame.next; part >= least && part <= most; part += this.#step) {
      const other = part === 0 ? void 0 : branch.child(part - 1);
      if (other !== void 0) boxes.push(other);
    }
    return boxes;
  }
};
function visitOf(box, frame, part) {
  const from = part === frame.least ? frame.from : void 0;
  const before = part === frame.most ? frame.before : void 0;
  return { box, depth: frame.depth, from, before };
}
var BELOW = -1;
var ABOVE = FAN_OUT;
function followBound({ path }, depth, bound) {
  if (bound === void 0) return void 0;
  const most = nibbleCount(bound);
  for (let i = 0; i < path.length; i++) {
    if (depth + i >= most) return BELOW;
    const difference = nibbleAt(bound, depth + i) - path[i];
    if (difference !== 0) return difference < 0 ? BELOW : ABOVE;
  }
  return depth + path.length >= most ? BELOW : nibbleAt(bound, depth + path.length);
}

// packages/kernel/src/trie/unstored.ts
function collectUnstored(loader, root) {
  const { codec, source } = loader;
  const objects2 = [];
  const written = [];
  if (root.count > 0) {
    hashBelow(codec, root, (box, view) => {
      for (const leaf of newLeaves(box)) {
        objects2.push(...codec.objectsOf?.(leaf.value) ?? []);
      }
      const bytes5 = view.slice();
      objects2.push({ hash: box.hash, bytes: bytes5 });
      written.push({ box, bytes: bytes5 });
    });
  }
  return { objects: objects2, markStored: () => markStored(source.cache, written) };
}
function markStored(cache, written) {
  const fresh = written.filter(({ box }) => !box.isStored);
  for (const { box } of fresh) {
    for (const leaf of newLeaves(box)) leaf.hasStoredObjects = true;
    box.isStored = true;
    cache.admit(box, box.weightLeaves);
  }
  for (const { box, bytes: bytes5 } of fresh) {
    if (box.node !== void 0) box.node = packed(box.node, decodeNode(bytes5, box.count));
  }
}
function packed(node, written) {
  if (node instanceof Bucket || written instanceof Bucket) return written;
  const slots2 = written.slots.map((slot, nibble) => {
    const child = node.slots[nibble];
    return child instanceof Box && child.node !== void 0 ? child : slot;
  });
  return new Branch(written.path, written.leaf, slots2, written.bytes);
}
function hashBelow(codec, root, take2) {
  const writer = new NodeWriter(codec);
  for (const box of unstoredBoxes(root)) {
    if (box.hash !== void 0 && take2 === void 0) continue;
    const view = writer.write(box.node);
    box.hash ??= sha2562(view);
    take2?.(box, view);
  }
}
var NodeWriter = class {
  #node = new Writer();
  #leaf = new Writer();
  #encode;
  constructor(codec) {
    this.#encode = (value) => {
      this.#leaf.reset();
      codec.write(this.#leaf, value);
      return this.#leaf.view();
    };
  }
  /** Valid until the next one. */
  write(node) {
    this.#node.reset();
    writeNode(this.#node, node, this.#encode);
    return this.#node.view();
  }
};
function unstoredBoxes(root) {
  const found = [];
  const open5 = root.isStored ? [] : [root];
  for (let box = open5.pop(); box !== void 0; box = open5.pop()) {
    found.push(box);
    if (box.node === void 0 || box.node instanceof Bucket) continue;
    for (const child of box.node.slots) {
      if (child instanceof Box && !child.isStored) open5.push(child);
    }
  }
  return found.reverse();
}
function newLeaves({ node }) {
  const slots2 = node instanceof Bucket ? node.slots : [node?.leaf];
  return slots2.filter((slot) => slot instanceof Leaf && !slot.hasStoredObjects);
}

// packages/kernel/src/trie/trie.ts
var Trie = class _Trie {
  #loader;
  #root;
  constructor(loader, root) {
    this.#loader = loader;
    this.#root = root;
  }
  static empty(codec, source) {
    return new _Trie(new Loader(codec, source), Box.of(0, new Bucket([], NO_BYTES)));
  }
  /**
   * The trie of `size` leaves under `root`. Nothing is read yet. Code: `trie-count` for no leaves
   * under a root that is not that of the empty trie.
   */
  static open(root, size, codec, source) {
    if (size > 0) return new _Trie(new Loader(codec, source), Box.stored(size, root));
    const empty = _Trie.empty(codec, source);
    if (bytesEqual(empty.root(), root)) return empty;
    throw new RefusalError({
      code: "trie-count",
      at: "",
      detail: "a root of no leaves has leaves"
    });
  }
  /** Number of leaves. */
  get size() {
    return this.#root.count;
  }
  get(key3) {
    const loader = this.#loader;
    let box = this.#root;
    let depth = 0;
    for (; ; ) {
      const node = loader.load(box);
      if (node instanceof Bucket) {
        const { slots: slots2, bytes: bytes6 } = node;
        const place3 = findSlot(bytes6, slots2, key3);
        return place3 < 0 ? void 0 : loader.valueOf(bytes6, slots2[place3]);
      }
      const { path, leaf, bytes: bytes5 } = node;
      if (sharedWithPath(path, key3, depth) < path.length) return void 0;
      depth += path.length;
      if (depth === nibbleCount(key3)) {
        return leaf === void 0 ? void 0 : loader.valueOf(bytes5, leaf);
      }
      const child = node.child(nibbleAt(key3, depth));
      if (child === void 0) return void 0;
      box = child;
      depth += 1;
    }
  }
  /** With this value in the place of what has its key. */
  set(value) {
    const leaf = Leaf.of(this.#loader.codec.keyOf(value), value);
    return new _Trie(this.#loader, putLeaf(this.#loader, this.#root, leaf));
  }
  /** Without what has this key; the same trie when there is nothing. */
  delete(key3) {
    const root = dropLeaf(this.#loader, this.#root, key3);
    return root === this.#root ? this : new _Trie(this.#loader, root);
  }
  /** The value with the least key. */
  first() {
    for (const value of this.range()) return value;
    return void 0;
  }
  /** Values in the order of their keys; read while they are taken. */
  range(bounds = {}) {
    return readRange(this.#loader, this.#root, bounds);
  }
  /** Computed when first asked for, in proportion to what changed since the last time. */
  root() {
    if (this.#root.hash === void 0) hashBelow(this.#loader.codec, this.#root);
    return this.#root.hash;
  }
  /**
   * What has to be stored so that `open` finds everything; it also computes the root. An empty trie
   * needs nothing.
   */
  unstored() {
    return collectUnstored(this.#loader, this.#root);
  }
};

// packages/kernel/src/world/window.ts
var ageCodec = {
  keyOf: placeKey,
  write(w, { seq, i, key: key3 }) {
    w.listHead(3);
    w.int(seq);
    w.int(i);
    w.bytes(key3);
  },
  read(r) {
    r.listHead();
    const seq = r.nat();
    const i = r.nat();
    return { seq, i, key: r.bytes().slice() };
  }
};
function emptyWindow(codec, source) {
  return { items: Trie.empty(codec, source), ages: Trie.empty(ageCodec, source) };
}
function addToWindow({ items: items3, ages }, item, key3, limit) {
  const { seq, i } = item;
  const before = items3.get(key3);
  let nextItems = items3.set(item);
  let nextAges = before === void 0 ? ages : ages.delete(placeKey(before));
  nextAges = nextAges.set({ seq, i, key: key3 });
  while (nextItems.size > limit) {
    const oldest = nextAges.first();
    assert(oldest !== void 0, "a window holds each item in both of its tries");
    nextItems = nextItems.delete(oldest.key);
    nextAges = nextAges.delete(placeKey(oldest));
  }
  return { items: nextItems, ages: nextAges };
}

// packages/kernel/src/inputs/event.ts
var MAX_DEDUP_BYTES = 256;
function admitEvent(world, raw) {
  if (raw.dedup !== void 0) {
    const known = findDuplicate(world, raw.dedup);
    if (known !== void 0) return known;
  }
  if (world.mode !== "running") {
    return refused(closedCode(world), raw.schema, `the world is ${world.mode}: it takes no events`);
  }
  const value = normalizeEvent(world, raw);
  if (!value.ok) return { kind: "refused", refusal: value.refusal };
  const event2 = { kind: "event", schema: raw.schema, value: value.value };
  if (raw.key === void 0 && raw.source === void 0 && raw.dedup === void 0) {
    return checkKey2(world, event2);
  }
  const key3 = admitKey(world, raw);
  if (!key3.ok) return { kind: "refused", refusal: key3.refusal };
  return checkKey2(world, {
    ...event2,
    ...key3.value === void 0 ? {} : { key: key3.value },
    ...raw.source === void 0 ? {} : { source: raw.source },
    ...raw.dedup === void 0 ? {} : { dedup: raw.dedup }
  });
}
function applyEvent(run, input) {
  const { schema, value, key: key3, source, dedup } = input;
  const { next: next2 } = run;
  if (dedup !== void 0) {
    const item = { id: dedup, seq: run.seq, i: 0 };
    const limit = next2.runtime.limits.dedup_window;
    next2.dedup = addToWindow(next2.dedup, item, utf8(dedup), limit);
  }
  const event2 = { kind: "event", schema, value, cause: run.inputPlace, done: 0 };
  if (key3 === void 0 && source === void 0) run.queue.push(event2);
  else {
    run.queue.push({
      ...event2,
      ...key3 === void 0 ? {} : { key: key3 },
      ...source === void 0 ? {} : { source }
    });
  }
}
function findDuplicate(world, dedup) {
  const id = attempt(() => utf8(dedup));
  if (!id.ok || id.value.length === 0 || id.value.length > MAX_DEDUP_BYTES) {
    const detail = `expected text of 1 to ${MAX_DEDUP_BYTES} bytes of UTF-8`;
    return refused("dedup-invalid", "/dedup", detail);
  }
  const known = world.dedup.items.get(id.value);
  return known === void 0 ? void 0 : { kind: "duplicate", seq: known.seq };
}
function closedCode({ mode }) {
  if (mode === "paused") return "world-paused";
  return mode === "halted" ? "world-halted" : "world-draining";
}
function normalizeEvent(world, raw) {
  const { definition } = world.program;
  const schema = definition.schemas.get(raw.schema);
  if (schema === void 0) {
    const known = definition.manifest.schemas.map((ref2) => ref2.name).join(", ");
    const detail = `no schema '${raw.schema}' in this world; it declares ${known}`;
    return refuse("event-schema-unknown", raw.schema, detail);
  }
  const read2 = readValue(schema, raw);
  const isStart = read2.ok && raw.schema === PLAN_START;
  const value = isStart ? normalizePlanStart(world.program.plans, read2.value) : read2;
  if (!value.ok) return value;
  const limit = world.runtime.limits.event_bytes;
  if (value.value.length > limit) {
    const detail = `expected at most ${limit} bytes, found ${value.value.length}`;
    return refuse("event-too-large", raw.schema, detail);
  }
  if (!isReserved(world.program.reserved, raw.schema, value.value)) return value;
  return refuse("event-reserved", raw.schema, "only receipts tell how an effect has ended");
}
function readValue(schema, raw) {
  return raw.cbor === void 0 ? schema.normalizeJson(raw.json) : schema.normalizeCbor(raw.cbor);
}
function admitKey(world, raw) {
  if (raw.source !== void 0) return admitInboxKey(world, raw, raw.source);
  const { key: key3 } = raw;
  if (key3 === void 0) return { ok: true, value: void 0 };
  const keyed = routesOf(world.program, raw.schema).find(isKeyed);
  if (keyed !== void 0) return readKey(keyed.reducer, key3);
  if (key3 instanceof Uint8Array) return checkSize2(key3);
  const detail = `no route of ${raw.schema} leads to cells: give correlation bytes, or no key`;
  return refuse("event-key-unexpected", "/key", detail);
}
function isKeyed(route) {
  return route.keyOf !== void 0;
}
function admitInboxKey({ program }, { schema, key: key3 }, source) {
  const inbox2 = inboxOf(program, source, schema);
  if (inbox2 === void 0) {
    const inboxes = program.definition.manifest.routing?.inboxes ?? [];
    const known = inboxes.map((each) => each.source).join(", ") || "none";
    return refuse("inbox-unknown", "/source", `no inbox '${source}' here; there are ${known}`);
  }
  const { reducer, member: member2 } = inbox2;
  const { name: name2, keySchema, members } = reducer.definition;
  if (member2 === void 0) {
    const known = [...members.keys()].join(", ");
    return refuse("inbox-schema", "/source", `${source} leads to ${name2}, which takes ${known}`);
  }
  if (keySchema !== void 0) {
    if (key3 !== void 0) return readKey(reducer, key3);
    return refuse("event-key-missing", "/key", `${name2} is keyed: say which cell is meant`);
  }
  if (key3 === void 0) return { ok: true, value: void 0 };
  return refuse("event-key-unexpected", "/key", `${name2} has no keys: leave the key out`);
}
function readKey({ definition: { keySchema } }, key3) {
  if (keySchema === void 0) return { ok: true, value: void 0 };
  const normal = key3 instanceof Uint8Array ? { cbor: key3 } : key3;
  const read2 = readValue(keySchema, normal);
  if (read2.ok) return checkSize2(read2.value);
  const { code: code2, at: at2, detail } = read2.refusal;
  return refuse(code2, `/key${at2}`, detail);
}
function checkSize2(key3) {
  if (key3.length <= INLINE_VALUE_BYTES) return { ok: true, value: key3 };
  return refuse("event-key-too-large", "/key", keySizeDetail(key3.length));
}
function keySizeDetail(sizeBytes) {
  return `expected a key of at most ${INLINE_VALUE_BYTES} bytes, found ${sizeBytes}`;
}
function checkKey2(world, event2) {
  if (event2.source !== void 0) return admitted(event2);
  const routes = routesOf(world.program, event2.schema);
  const code2 = checkEventKey(routes, event2.value, event2.key);
  if (code2 === void 0) return admitted(event2);
  const detail = code2 === "event-key-mismatch" ? "the key is not the one that the value has at the key field of its route" : `expected a key of at most ${INLINE_VALUE_BYTES} bytes`;
  return refused(code2, "/key", detail);
}

// packages/kernel/src/inputs/continue.ts
function admitContinue(world, input) {
  if (!isRunning(world)) return refused(closedCode(world), "", `the world is ${world.mode}`);
  if (world.pending.length > 0) return admitted(input);
  return refused("nothing-pending", "", "no work is left over");
}

// packages/kernel/src/gate/leaf-items.ts
var HASH_BYTES5 = 32;
function readListOf(r, expected2) {
  const found = r.listHead();
  if (found === expected2) return;
  throw shapeRefusal("shape-field", `expected a list of ${expected2}, found ${found}`);
}
function readHashItem(r) {
  const bytes5 = r.bytes();
  if (bytes5.length === HASH_BYTES5) return asHash(bytes5.slice());
  throw shapeRefusal("shape-length", `expected ${HASH_BYTES5} bytes, found ${bytes5.length}`);
}
function readItems(r, read2) {
  return Array.from({ length: r.listHead() }, () => read2(r));
}
function writeItems(w, items3, write4) {
  w.listHead(items3.length);
  for (const item of items3) write4(w, item);
}
function writeOptional(w, value, write4) {
  if (value === void 0) w.nil();
  else write4(value);
}
function readOptional(r, read2) {
  return r.isNil() ? void 0 : read2();
}
function readWord(r, words2) {
  const text8 = r.text();
  const word = words2.find((each) => each === text8);
  if (word !== void 0) return word;
  throw shapeRefusal("shape-field", `expected ${words2.join(" or ")}, found '${text8}'`);
}

// packages/kernel/src/gate/limits/ledger.ts
var DIMENSIONS = ["calls", "tokens", "cents", "bytes"];
var NOTHING2 = { calls: 0n, tokens: 0n, cents: 0n, bytes: 0n };
var MOST = (1n << 64n) - 1n;
function addAmounts(a, b) {
  return {
    calls: add2(a.calls, b.calls),
    tokens: add2(a.tokens, b.tokens),
    cents: add2(a.cents, b.cents),
    bytes: add2(a.bytes, b.bytes)
  };
}
function add2(a, b) {
  return a + b > MOST ? MOST : a + b;
}
var ledgerCodec = {
  keyOf: ({ grant }) => ledgerKey(grant),
  write(w, { grant, sinceNs, used, reserved }) {
    w.listHead(4);
    w.text(grant);
    w.int(sinceNs);
    writeAmounts(w, used);
    writeAmounts(w, reserved);
  },
  read(r) {
    readListOf(r, 4);
    return {
      grant: r.text(),
      sinceNs: r.u64(),
      used: readAmounts(r),
      reserved: readAmounts(r)
    };
  }
};
function ledgerKey(grant) {
  return utf8(grant);
}
function writeReservation(w, { grant, sinceNs, amounts }) {
  w.listHead(3);
  w.text(grant);
  w.int(sinceNs);
  writeAmounts(w, amounts);
}
function readReservation(r) {
  readListOf(r, 3);
  return { grant: r.text(), sinceNs: r.u64(), amounts: readAmounts(r) };
}
function writeAmounts(w, { calls, tokens, cents, bytes: bytes5 }) {
  w.listHead(4);
  w.int(calls);
  w.int(tokens);
  w.int(cents);
  w.int(bytes5);
}
function readAmounts(r) {
  readListOf(r, 4);
  return { calls: r.u64(), tokens: r.u64(), cents: r.u64(), bytes: r.u64() };
}

// packages/kernel/src/gate/limits/budgets.ts
function reserveBudgets(ledgers, grant, subject) {
  const budgets = grant.chain.flatMap(({ name: name2, definition }) => {
    const { budget: budget2 } = definition.grant;
    return budget2 === void 0 ? [] : [{ name: name2, budget: budget2 }];
  });
  if (budgets.length === 0) return { ledgers, reserved: [] };
  const expected2 = expectedAmounts(subject);
  const now = subject.request.now.logicalNowNs;
  const reserved = [];
  let next2 = ledgers;
  for (const { name: name2, budget: budget2 } of budgets) {
    const ledger = currentLedger(ledgers, name2, budget2, now);
    const amounts = limitedOf(expected2, budget2);
    const denial2 = checkRoom(ledger, budget2, amounts);
    if (denial2 !== void 0) return { denial: denial2 };
    next2 = next2.set({ ...ledger, reserved: addAmounts(ledger.reserved, amounts) });
    reserved.push({ grant: name2, sinceNs: ledger.sinceNs, amounts });
  }
  return { ledgers: next2, reserved };
}
function expectedAmounts({ params }) {
  const maxTokens = naturalOf(params.fields().get("max_tokens"));
  const tokens = maxTokens === 0n ? 1n : maxTokens ?? 0n;
  return { calls: 1n, tokens, cents: 1n, bytes: BigInt(params.bytes.length) };
}
function limitedOf(amounts, budget2) {
  const { calls, tokens, cents, bytes: bytes5 } = amounts;
  return {
    calls: budget2.calls === void 0 ? 0n : calls,
    tokens: budget2.tokens === void 0 ? 0n : tokens,
    cents: budget2.cents === void 0 ? 0n : cents,
    bytes: budget2.bytes === void 0 ? 0n : bytes5
  };
}
function naturalOf(value) {
  if (typeof value === "number") return value >= 0 ? BigInt(value) : void 0;
  return typeof value === "bigint" && value >= 0n ? value : void 0;
}
function currentLedger(ledgers, grant, budget2, logicalNowNs) {
  const ledger = ledgers.get(ledgerKey(grant));
  if (ledger === void 0) {
    return { grant, sinceNs: logicalNowNs, used: NOTHING2, reserved: NOTHING2 };
  }
  if (budget2.period_ns === void 0) return ledger;
  const period = BigInt(budget2.period_ns);
  const passed = (logicalNowNs - ledger.sinceNs) / period;
  if (passed < 1n) return ledger;
  const sinceNs = ledger.sinceNs + passed * period;
  return { grant, sinceNs, used: NOTHING2, reserved: NOTHING2 };
}
function checkRoom(ledger, budget2, amounts) {
  for (const dimension of DIMENSIONS) {
    const left = leftOf(ledger, budget2, dimension);
    if (left === void 0 || amounts[dimension] <= left) continue;
    const more = amounts[dimension] - left;
    const { period_ns } = budget2;
    const wait = period_ns === void 0 ? "" : `, or wait until ${ledger.sinceNs + BigInt(period_ns)}`;
    return {
      code: "budget-exhausted",
      at: `grant ${ledger.grant} budget ${dimension}`,
      advice: `raise ${dimension} of ${ledger.grant} by ${more}${wait}`
    };
  }
  return void 0;
}
function leftOf({ used, reserved }, budget2, dimension) {
  const limit = budget2[dimension];
  if (limit === void 0) return void 0;
  const left = BigInt(limit) - used[dimension] - reserved[dimension];
  return left > 0n ? left : 0n;
}

// packages/kernel/src/gate/limits/settle-budget.ts
function settleBudget(state, intent, use2) {
  if (intent.reserved.length === 0) return state;
  let { ledgers } = state;
  for (const reservation of intent.reserved) {
    const ledger = ledgers.get(ledgerKey(reservation.grant));
    assert(ledger !== void 0, "what was reserved in has a ledger");
    if (ledger.sinceNs !== reservation.sinceNs) continue;
    ledgers = ledgers.set(settleOne(ledger, reservation, usedAmounts(intent, reservation, use2)));
  }
  return { ...state, ledgers };
}
function settleOne(ledger, { amounts }, used) {
  const reserved = mapAmounts((dimension) => ledger.reserved[dimension] - amounts[dimension]);
  const isHeld = DIMENSIONS.every((dimension) => reserved[dimension] >= 0n);
  assert(isHeld, `an intent settles once in the budget of ${ledger.grant}`);
  return { ...ledger, reserved, used: addAmounts(ledger.used, used) };
}
function usedAmounts({ params }, { amounts }, use2) {
  const { status, code: code2, payload, costCents } = use2;
  const fields2 = status === "ok" ? fieldsOf3(payload) : void 0;
  const bytes5 = BigInt(params.length);
  const seen = {
    calls: 1n,
    tokens: tokensOf(fields2?.get("token_usage")) ?? (status === "ok" ? amounts.tokens : 0n),
    cents: costCents ?? naturalOf(fields2?.get("cost_cents")) ?? 0n,
    bytes: bytes5 + (naturalOf(fields2?.get("size")) ?? BigInt(payload.length))
  };
  const isUnseen = status === "timeout" || code2 === "receipt-invalid";
  return isUnseen ? mapAmounts((each) => larger(seen[each], amounts[each])) : seen;
}
function tokensOf(usage) {
  if (!(usage instanceof Map)) return void 0;
  const prompt = naturalOf(usage.get("prompt"));
  const completion = naturalOf(usage.get("completion"));
  return prompt === void 0 || completion === void 0 ? void 0 : prompt + completion;
}
function fieldsOf3(payload) {
  const decoded2 = decode(payload);
  return decoded2.ok && decoded2.value instanceof Map ? decoded2.value : void 0;
}
function mapAmounts(amountOf) {
  const entries2 = DIMENSIONS.map((dimension) => [dimension, amountOf(dimension)]);
  return { ...NOTHING2, ...Object.fromEntries(entries2) };
}
function larger(a, b) {
  return a > b ? a : b;
}

// packages/kernel/src/world/deadlines.ts
var KINDS4 = ["intent", "approval", "step"];
var deadlineCodec = {
  keyOf: deadlineKey,
  write(w, deadline) {
    w.listHead(deadline.kind === "step" ? 5 : 3);
    w.int(deadline.atNs);
    w.int(KINDS4.indexOf(deadline.kind));
    if (deadline.kind !== "step") {
      w.bytes(deadline.intent);
      return;
    }
    w.int(deadline.instance.seq);
    w.int(deadline.instance.i);
    w.text(deadline.step);
  },
  read(r) {
    const items3 = r.listHead();
    const atNs = r.u64();
    const kind2 = KINDS4[r.nat()];
    if (kind2 === void 0 || items3 !== (kind2 === "step" ? 5 : 3)) {
      throw shapeRefusal("shape-field", "expected a deadline");
    }
    if (kind2 !== "step") return { kind: kind2, atNs, intent: asHash(r.bytes().slice()) };
    const instance2 = { seq: r.nat(), i: r.nat() };
    return { kind: kind2, atNs, instance: instance2, step: r.text() };
  }
};
function deadlineKey(deadline) {
  const time3 = u64be(deadline.atNs);
  const kind2 = Uint8Array.of(KINDS4.indexOf(deadline.kind));
  if (deadline.kind !== "step") return concatBytes(time3, kind2, deadline.intent);
  return concatBytes(time3, kind2, placeKey(deadline.instance), utf8(deadline.step));
}

// packages/kernel/src/step/open-intents.ts
function setIntent(run, intent) {
  const { next: next2 } = run;
  dropDeadlines(run, next2.intents.get(intent.hash));
  next2.intents = next2.intents.set(intent);
  for (const deadline of deadlinesOf(intent)) next2.deadlines = next2.deadlines.set(deadline);
}
function deleteIntent(run, intent) {
  dropDeadlines(run, intent);
  run.next.intents = run.next.intents.delete(intent.hash);
}
function dropDeadlines({ next: next2 }, intent) {
  if (intent === void 0) return;
  for (const deadline of deadlinesOf(intent)) {
    next2.deadlines = next2.deadlines.delete(deadlineKey(deadline));
  }
}
function deadlinesOf({ hash: intent, deadlineNs, approval: approval2 }) {
  const deadlines = [];
  if (deadlineNs !== void 0) deadlines.push({ kind: "intent", atNs: deadlineNs, intent });
  const expiresNs = approval2?.expiresNs;
  if (expiresNs !== void 0) deadlines.push({ kind: "approval", atNs: expiresNs, intent });
  return deadlines;
}
function isSameOrigin(a, b) {
  if (isReducerOrigin(a)) {
    return isReducerOrigin(b) && a.reducer === b.reducer && isSameKey(a.key, b.key);
  }
  return !isReducerOrigin(b) && a.step === b.step && isSameInstance(a, b);
}
function isSameKey(a, b) {
  return a === null || b === null ? a === b : bytesEqual(a, b);
}
function isSameInstance({ plan, instance: { seq, i } }, b) {
  return plan === b.plan && seq === b.instance.seq && i === b.instance.i;
}

// packages/kernel/src/step/settle.ts
var KERNEL = { adapterId: "kernel", sig: new Uint8Array(0) };
var TIMEOUT = { status: "timeout", code: "effect-timeout" };
function settleByReceipt(run, { receipt, payload, sig }) {
  const intent = run.next.intents.get(receipt.intentHash);
  assert(intent !== void 0, "a receipt is admitted for an open intent only");
  const { status, adapterId, costCents } = receipt;
  const { effectError, gate } = run.next.program;
  const schema = status === "ok" ? gate.effects.get(intent.effect)?.receipt : effectError;
  const normal = schema?.normalizeCbor(payload);
  const base = { adapterId, sig, ...costCents === void 0 ? {} : { costCents } };
  const outcome = normal?.ok === true ? { ...base, status, code: null, payload: normal.value } : { ...base, status: "error", code: "receipt-invalid", payload: errorOf("receipt-invalid") };
  const { code: code2 } = outcome;
  const entry2 = { kind: "settled", cause: null, intent: intent.hash, code: code2 };
  settle3(run, intent, outcome, { ...entry2, status: outcome.status });
}
function settleInternally(run, intent, why, cause) {
  settleAsKernel(run, intent, kernelOutcome(why), cause);
}
function settleWithAnswer(run, intent, payload, cause) {
  const outcome = { status: "ok", code: null, payload, ...KERNEL };
  settleAsKernel(run, intent, outcome, cause);
}
function settleAsKernel(run, intent, outcome, cause) {
  const { status, code: code2, payload } = outcome;
  settle3(run, intent, outcome, {
    kind: "settled",
    cause: run.causeOf(cause),
    intent: intent.hash,
    status,
    code: code2,
    payload: run.carry(payload),
    internal: true
  });
}
function kernelOutcome(why) {
  const payload = errorOf(why.code ?? why.status);
  return { ...why, payload, ...KERNEL };
}
function errorOf(code2) {
  return encode({ code: code2, message: "" });
}
function settle3(run, intent, outcome, entry2) {
  const { next: next2 } = run;
  const place3 = run.append(entry2);
  close(run, intent, outcome);
  const item = {
    intent: intent.hash,
    seq: place3.seq,
    i: place3.i,
    outcome: intent.isExplicitKey ? outcome : null
  };
  const limit = next2.runtime.limits.settled_window;
  next2.settled = addToWindow(next2.settled, item, intent.hash, limit);
  tellWaiters(run, intent, outcome, place3);
}
function close(run, intent, outcome) {
  deleteIntent(run, intent);
  run.next.gateState = settleBudget(run.next.gateState, intent, outcome);
}
function tellWaiters(run, intent, outcome, cause) {
  const { hash: hash8, effect: effect2, params, waiters } = intent;
  const settlement2 = { intent: hash8, effect: effect2, params, ...outcome };
  for (const waiter of waiters) run.queue.push({ kind: "receipt", settlement: settlement2, waiter, cause });
}
function abandonIntents(run) {
  const outcome = kernelOutcome({ status: "cancelled", code: "intent-abandoned" });
  for (const intent of [...run.next.intents.range()]) {
    const dropped2 = { code: "intent-abandoned", intent: intent.hash };
    const place3 = run.append({ kind: "dropped", cause: null, ...dropped2 });
    close(run, intent, outcome);
    if (intent.state === "released") run.cancel(intent.hash);
    tellWaiters(run, intent, outcome, place3);
  }
}

// packages/kernel/src/world/runtime-support.ts
function checkRuntime(runtime2) {
  const limits = checkLimits(runtime2.limits);
  if (limits !== void 0) return limits;
  const { kernel, abi, guard, prices } = runtime2;
  const ours = CURRENT_RUNTIME;
  const isOurs = kernel === ours.kernel && abi === ours.abi && guard === ours.guard && prices === ours.prices;
  if (isOurs) return void 0;
  return refuse(
    "runtime-unsupported",
    "/runtime",
    `kernel, abi, guard, prices: this build runs ${ours.kernel}, ${ours.abi}, ${ours.guard}, ${ours.prices}; the world asks for ${kernel}, ${abi}, ${guard}, ${prices}: use the release that made it`
  );
}
var LARGEST = {
  memory_pages: 65536,
  stack_slots: 6e4,
  calls_per_step: 65536,
  events_per_call: 4096,
  effects_per_call: 4096,
  emitted_bytes: 1 << 25,
  event_bytes: 1 << 24,
  receipt_bytes: 1 << 24,
  pending_work: 1 << 20,
  plan_instances: 1e5
};
var LEAST = {
  calls_per_step: 1,
  emitted_bytes: 2,
  pending_work: 1,
  pending_bytes: 1
};
function checkLimits(limits) {
  for (const name2 of Object.keys(LEAST)) {
    if (limits[name2] >= LEAST[name2]) continue;
    const detail = `${name2} is ${limits[name2]}, a world needs at least ${LEAST[name2]}`;
    return refuse("runtime-unsupported", `/runtime/limits/${name2}`, detail);
  }
  for (const name2 of Object.keys(LARGEST)) {
    if (limits[name2] <= LARGEST[name2]) continue;
    const detail = `${name2} is ${limits[name2]}, this build runs at most ${LARGEST[name2]}`;
    return refuse("runtime-unsupported", `/runtime/limits/${name2}`, detail);
  }
  return void 0;
}

// packages/kernel/src/world/nonces.ts
var nonceCodec = {
  keyOf: nonceKey,
  write(w, { keyId, nonce }) {
    w.listHead(2);
    w.bytes(keyId);
    w.bytes(nonce);
  },
  read(r) {
    r.listHead();
    const keyId = asHash(r.bytes().slice());
    return { keyId, nonce: r.bytes().slice() };
  }
};
function nonceKey({ keyId, nonce }) {
  return concatBytes(keyId, nonce);
}

// packages/kernel/src/world/keyring.ts
var MAX_KEYS = 1024;
function genesisKeys(entries2) {
  return entries2.map((entry2) => ({ ...entry2, addedAt: -1, revokedAt: null }));
}
function findKey(keyring, keyId) {
  return keyring.find((key3) => bytesEqual(key3.keyId, keyId));
}
function hasRole(key3, roles) {
  return key3 !== void 0 && key3.revokedAt === null && key3.roles.some((r) => roles.includes(r));
}

// packages/kernel/src/inputs/signer.ts
function explainSigner(world, signed3, roles) {
  if (signed3.sig.length !== SIGNATURE_BYTES) {
    return `expected a signature of ${SIGNATURE_BYTES} bytes, found ${signed3.sig.length}`;
  }
  const key3 = findKey(world.keyring, signed3.keyId);
  if (key3 === void 0) return "the key is not in the keyring of this world";
  if (key3.revokedAt !== null) return `${key3.name} was revoked by record ${key3.revokedAt}`;
  if (key3.roles.some((role2) => roles.includes(role2))) return void 0;
  return `${key3.name} is ${key3.roles.join(", ") || "without a role"}, not ${roles.join(" or ")}`;
}

// packages/kernel/src/inputs/verb.ts
function admitVerb(world, raw, roles, check) {
  const verbs = VERBS[raw.kind];
  if (!verbs.includes(raw.verb)) {
    return refused("verb-unknown", "/verb", `expected one of ${verbs.join(", ")}`);
  }
  const why = explainSigner(world, raw, roles);
  if (why !== void 0) return refused("verb-key", "/key_id", why);
  const nonce = checkNonce(world, raw);
  if (nonce !== void 0) return nonce;
  const parsed = parseVerb(raw.verb, raw.args);
  if (!parsed.ok) return { kind: "refused", refusal: parsed.refusal };
  const encoded = attempt(() => encodeUntagged(raw.args));
  if (!encoded.ok) return refused("verb-args", "/args", encoded.refusal.detail);
  return check(parsed.value) ?? admitted(raw);
}
function applyVerb(run, { verb, args, keyId, nonce }) {
  run.next.nonces = run.next.nonces.set({ keyId, nonce });
  const parsed = parseVerb(verb, args);
  assert(parsed.ok, "admission has parsed the arguments");
  return parsed.value;
}
function checkNonce(world, { keyId, nonce }) {
  if (nonce.length !== NONCE_BYTES2) {
    const detail = `expected ${NONCE_BYTES2} bytes, found ${nonce.length}`;
    return refused("verb-nonce", "/nonce", detail);
  }
  if (world.nonces.get(nonceKey({ keyId, nonce })) === void 0) return void 0;
  return refused("verb-replayed", "/nonce", "the key has used this nonce before");
}

// packages/kernel/src/inputs/control.ts
var MODES = {
  pause: "paused",
  resume: "running",
  drain: "draining",
  halt: "halted"
};
function admitControl(world, raw) {
  return admitVerb(world, raw, ["operator"], (verb) => checkControl(world, verb));
}
function applyControl(run, input) {
  const verb = applyVerb(run, input);
  const { next: next2 } = run;
  switch (verb.verb) {
    case "pause":
    case "resume":
    case "drain":
    case "halt":
      next2.mode = MODES[verb.verb];
      next2.haltCode = verb.verb === "halt" ? verb.code : null;
      return;
    case "epoch":
      abandonIntents(run);
      next2.epoch = verb.epoch;
      return;
    case "runtime-upgrade":
      next2.runtime = verb.runtime;
      return;
    default:
      assert(false, "admission lets only verbs of their kind in");
  }
}
function checkControl(world, verb) {
  switch (verb.verb) {
    case "pause":
    case "resume":
    case "drain":
    case "halt":
      return checkMode(world, verb.verb);
    case "epoch": {
      if (verb.epoch > world.epoch) return void 0;
      const detail = `expected more than ${world.epoch}, found ${verb.epoch}`;
      return refused("epoch-not-greater", "/args/epoch", detail);
    }
    case "runtime-upgrade": {
      const found = checkRuntime(verb.runtime);
      return found?.ok === false ? { kind: "refused", refusal: found.refusal } : void 0;
    }
    default:
      return void 0;
  }
}
function checkMode({ mode }, verb) {
  if (MODES[verb] === mode) return refused("mode-unchanged", "/verb", `the world is ${mode}`);
  if (mode !== "halted" || verb === "resume") return void 0;
  return refused("world-halted", "/verb", "a halted world is resumed first");
}

// packages/kernel/src/gate/grants/constraints.ts
function checkConstraints(gate, grant, subject, ports2) {
  const asked = { subject, manifestHash: gate.manifestHash, ports: ports2 };
  let fuel = 0;
  let calls = 0;
  for (const { name: name2, enforcer: enforcer2 } of grant.chain) {
    const checked = runEnforcer(enforcer2, name2, asked);
    fuel += checked.fuel;
    calls += checked.calls;
    if (checked.denial !== void 0) return { denial: checked.denial, fuel, calls };
  }
  return { denial: void 0, fuel, calls };
}

// packages/kernel/src/gate/grants/grant-check.ts
function findGrant(gate, subject) {
  const { effect: effect2, request } = subject;
  const grant = gate.grants.get(request.cap);
  if (grant === void 0) return { denial: missing2(request.cap) };
  const denial2 = checkType(grant, effect2.kind, effect2.capType) ?? grant.broken ?? checkExpiry(grant, request.now.logicalNowNs);
  return denial2 === void 0 ? { grant } : { grant, denial: denial2 };
}
function checkType(grant, kind2, capType) {
  if (grant.capType === capType) return void 0;
  const advice = `${kind2} needs a grant of the type ${capType}, ${grant.name} is ${grant.capType}`;
  return { code: "grant-type-mismatch", at: `grant ${grant.name} cap`, advice };
}
function checkExpiry(grant, logicalNowNs) {
  const { firstExpiry: firstExpiry2 } = grant;
  if (firstExpiry2 === void 0 || logicalNowNs < firstExpiry2.ns) return void 0;
  const { link, ns } = firstExpiry2;
  const advice = `raise expiry_ns of ${link} beyond ${logicalNowNs}; it is ${ns}`;
  return { code: "grant-expired", at: `grant ${link} expiry_ns`, advice };
}
function missing2(name2) {
  const advice = `add a grant ${name2} to defaults.cap_grants, or name one that is there`;
  return { code: "grant-not-found", at: `grant ${name2}`, advice };
}

// packages/kernel/src/gate/limits/rate-window.ts
var windowCodec = {
  keyOf: ({ rule: rule2, ordinal }) => windowKey(rule2, ordinal),
  write(w, { rule: rule2, ordinal, at: at2 }) {
    w.listHead(3);
    w.bytes(rule2);
    w.int(ordinal);
    w.int(at2);
  },
  read(r) {
    readListOf(r, 3);
    return { rule: readHashItem(r), ordinal: r.nat(), at: r.u64() };
  }
};
function windowKey(rule2, ordinal) {
  return concatBytes(rule2, u64be(ordinal));
}

// packages/kernel/src/gate/limits/rate-limits.ts
var DROPS_EACH = 2;
function takeRate(windows, rule2, moment) {
  const { identity, limit } = rule2;
  const isByTime = "per_ns" in limit;
  const at2 = isByTime ? moment.logicalNowNs : BigInt(moment.seq);
  const length = BigInt(isByTime ? limit.per_ns : limit.per_records);
  const ordinal = lastOrdinal(windows, identity) + 1;
  const count3 = Number(limit.count);
  const marked = windows.set({ rule: identity, ordinal, at: at2 });
  if (ordinal < count3) return { windows: dropOld(marked, identity, at2 - length) };
  const first2 = windowKey(identity, ordinal - count3);
  const oldest = windows.get(first2);
  if (oldest !== void 0 && oldest.at + length > at2) {
    return { denial: limited(rule2, oldest.at + length) };
  }
  return { windows: dropOld(marked.delete(first2), identity, at2 - length) };
}
function lastOrdinal(windows, rule2) {
  for (const { ordinal } of windows.range({ prefix: rule2, reverse: "reverse" })) return ordinal;
  return -1;
}
function dropOld(windows, rule2, until) {
  let next2 = windows;
  let left = DROPS_EACH;
  for (const { ordinal, at: at2 } of windows.range({ prefix: rule2 })) {
    if (left === 0 || at2 > until) break;
    next2 = next2.delete(windowKey(rule2, ordinal));
    left -= 1;
  }
  return next2;
}
function limited({ limit, at: at2 }, until) {
  const when = "per_ns" in limit ? `logical time ${until}` : `record ${until}`;
  const advice = `wait for ${when}, or raise count of the rule above ${limit.count}`;
  return { code: "rate-limited", at: `${at2} rate_limit`, advice };
}

// packages/kernel/src/gate/judge.ts
function placeOf({ effect: effect2, cap: cap2 }, intent) {
  return { intent, effect: effect2, cap: cap2, grantHash: null, policy: null, rule: null };
}
var MAX_TOLD = 400;
function deny(place3, denial2, charge2) {
  const { code: code2 } = denial2;
  const at2 = denial2.at.slice(0, MAX_TOLD);
  const advice = denial2.advice.slice(0, MAX_TOLD);
  const { fuel, calls } = charge2;
  const decision2 = { ...place3, outcome: "deny", code: code2 };
  return { kind: "denied", code: code2, at: at2, advice, decision: decision2, fuel, calls };
}
function judge(gate, subject, ports2) {
  const place3 = placeOf(subject.request, subject.hash);
  const found = findGrant(gate, subject);
  if (found.grant === void 0) return { denied: deny(place3, found.denial, NO_CHARGE) };
  const { grant } = found;
  const granted = { ...place3, grantHash: grant.hash };
  if (found.denial !== void 0) return { denied: deny(granted, found.denial, NO_CHARGE) };
  const checked = checkConstraints(gate, grant, subject, ports2);
  const denial2 = checked.denial ?? checkSecrets2(gate.secrets, subject);
  if (denial2 !== void 0) return { denied: deny(granted, denial2, checked) };
  const ruling = askPolicy(gate.policy, subject);
  const ruled = { ...granted, policy: ruling.policy, rule: ruling.rule };
  if (ruling.denial !== void 0) return { denied: deny(ruled, ruling.denial, checked) };
  const { fuel, calls } = checked;
  return { grant, ruling, place: ruled, fuel, calls };
}
function takeRateOf(state, { policy, rule: rule2, says }, { request }) {
  const { rate_limit: limit, identity } = says;
  if (limit === void 0) return { state };
  const at2 = `policy ${policy} rule ${rule2}`;
  const taken2 = takeRate(state.windows, { identity, limit, at: at2 }, request.now);
  if (taken2.denial !== void 0) return taken2;
  return { state: { ...state, windows: taken2.windows } };
}
function takeBudget(state, grant, subject) {
  const taken2 = reserveBudgets(state.ledgers, grant, subject);
  if (taken2.denial !== void 0) return taken2;
  const { ledgers, reserved } = taken2;
  return { state: { ...state, ledgers }, reserved };
}

// packages/kernel/src/gate/pending-approval.ts
function approvalOf({ says }, logicalNowNs) {
  if (says.decision !== "require_approval") return null;
  const { role: role2, count: count3, of, expires_ns } = says.approval;
  return {
    rule: says.identity,
    role: role2,
    count: count3,
    ...of === void 0 ? {} : { of },
    ...expires_ns === void 0 ? {} : { expiresNs: addTime(logicalNowNs, BigInt(expires_ns)) },
    given: []
  };
}
var LAST_NS = (1n << 64n) - 1n;
function addTime(ns, more) {
  return ns + more > LAST_NS ? LAST_NS : ns + more;
}
function approvalRequest(intent, approval2) {
  const { role: role2, count: count3, of, expiresNs } = approval2;
  return {
    intent,
    role: role2,
    count: count3,
    ...of === void 0 ? {} : { of },
    ...expiresNs === void 0 ? {} : { expiresNs }
  };
}
var ROLES = ["operator", "approver", "host", "adapter"];
function writeApproval(w, approval2) {
  w.listHead(6);
  w.bytes(approval2.rule);
  w.text(approval2.role);
  w.int(approval2.count);
  writeOptional(w, approval2.of, (of) => writeItems(w, of, writeText2));
  writeOptional(w, approval2.expiresNs, (ns) => w.int(ns));
  writeItems(w, approval2.given, writeGiven);
}
function readApproval(r) {
  readListOf(r, 6);
  const head = { rule: readHashItem(r), role: readWord(r, ROLES), count: r.nat() };
  const of = readOptional(r, () => readItems(r, (each) => each.text()));
  const expiresNs = readOptional(r, () => r.u64());
  return {
    ...head,
    ...of === void 0 ? {} : { of },
    ...expiresNs === void 0 ? {} : { expiresNs },
    given: readItems(r, readGiven)
  };
}
function writeText2(w, text8) {
  w.text(text8);
}
function writeGiven(w, { keyId, principal: principal2, expiresNs }) {
  w.listHead(3);
  w.bytes(keyId);
  w.text(principal2);
  writeOptional(w, expiresNs, (ns) => w.int(ns));
}
function readGiven(r) {
  readListOf(r, 3);
  const given = { keyId: readHashItem(r), principal: r.text() };
  const expiresNs = readOptional(r, () => r.u64());
  return expiresNs === void 0 ? given : { ...given, expiresNs };
}

// packages/kernel/src/gate/approvals.ts
function checkApproval2(intent, verb, logicalNowNs) {
  const pending = intent?.approval ?? null;
  if (pending === null) return refuse("approval-unknown", "", "no intent of this hash waits");
  const { approver, decision: decision2 } = verb;
  if (isLate(verb, logicalNowNs)) {
    return refuse("approval-expired", "/expires_ns", `it is ${logicalNowNs}: sign another one`);
  }
  const { role: role2, of, given } = pending;
  if (!approver.roles.includes(role2)) {
    return refuse("approval-role", "", `the role ${role2} is needed to speak to this intent`);
  }
  if (of?.includes(approver.principal) === false) {
    return refuse("approval-not-named", "", `only ${of.join(", ")} may speak to this intent`);
  }
  if (decision2 === "approve" && given.some((each) => isRepeated(each, approver, logicalNowNs))) {
    return refuse("approval-repeated", "", `${approver.principal} has approved it already`);
  }
  return { ok: true, value: pending };
}
function applyApproval(at2, intent, verb, ports2) {
  const checked = checkApproval2(intent, verb, at2.now.logicalNowNs);
  assert(checked.ok, "an approval is applied only if it may be given");
  if (verb.decision === "reject") return denyWaiting(at2.gate, intent, rejected(verb.approver));
  const { approver, expiresNs } = verb;
  const yes = { keyId: approver.keyId, principal: approver.principal };
  const others = checked.value.given.filter(({ keyId }) => !bytesEqual(keyId, approver.keyId));
  const given = [...others, expiresNs === void 0 ? yes : { ...yes, expiresNs }];
  const approval2 = { ...checked.value, given };
  const next2 = { ...intent, approval: approval2 };
  const counted = countValid(approval2, at2.now.logicalNowNs, ports2);
  if (counted < approval2.count) return { kind: "pending", intent: next2, ...NO_CHARGE };
  return release(at2, next2, approval2, ports2);
}
function expireApproval(gate, intent) {
  const advice = "ask again, or raise expires_ns of the rule";
  return denyWaiting(gate, intent, { code: "approval-expired", at: "approval", advice });
}
function release(at2, intent, approval2, ports2) {
  const subject = subjectOf(at2, intent);
  if ("code" in subject) return denyWaiting(at2.gate, intent, subject);
  const passed = judge(at2.gate, subject, ports2);
  if (passed.denied !== void 0) return passed.denied;
  const missing5 = checkRuling(at2, passed, approval2, ports2);
  if (missing5 !== void 0) {
    const { fuel, calls } = passed;
    const asked = approvalRequest(intent.hash, missing5);
    const next2 = { ...intent, approval: missing5 };
    return { kind: "pending", intent: next2, approval: asked, fuel, calls };
  }
  return open(at2.state, intent, subject, passed);
}
function open(state, intent, subject, passed) {
  const { ruling, grant, place: place3, fuel, calls } = passed;
  const asked = intent.approval?.rule;
  const isCounted = asked !== void 0 && bytesEqual(asked, ruling.says.identity);
  const rated = isCounted ? { state } : takeRateOf(state, ruling, subject);
  if (rated.denial !== void 0) return deny(place3, rated.denial, passed);
  const taken2 = takeBudget(rated.state, grant, subject);
  if (taken2.denial !== void 0) return deny(place3, taken2.denial, passed);
  const { reserved } = taken2;
  const released = { ...intent, state: "released", approval: null, reserved };
  const decision2 = { ...place3, outcome: "allow", code: null };
  return { kind: "open", state: taken2.state, intent: released, decision: decision2, fuel, calls };
}
function checkRuling({ now }, { ruling }, approval2, ports2) {
  const asked = approvalOf(ruling, now.logicalNowNs);
  if (asked === null || bytesEqual(asked.rule, approval2.rule)) return void 0;
  const next2 = { ...asked, given: approval2.given };
  return countValid(next2, now.logicalNowNs, ports2) < next2.count ? next2 : void 0;
}
function countValid({ given, role: role2, of }, logicalNowNs, ports2) {
  const valid = given.filter((each) => {
    const isNamed = of === void 0 || of.includes(each.principal);
    const holdsRole = ports2.approver(each.keyId)?.roles.includes(role2) === true;
    return isNamed && holdsRole && !isLate(each, logicalNowNs);
  });
  return new Set(valid.map(({ principal: principal2 }) => principal2)).size;
}
function subjectOf({ gate, now }, intent) {
  const { hash: hash8, effect: kind2, cap: cap2, params, idempotencyKey: idempotencyKey2, attempt: attempt2, waiters } = intent;
  const effect2 = gate.effects.get(kind2);
  if (effect2 === void 0) {
    const advice = `list an effect of the kind ${kind2} in the manifest`;
    return { code: "effect-not-found", at: `effect ${kind2}`, advice };
  }
  const normal = effect2.params.normalizeCbor(params);
  if (!normal.ok || !bytesEqual(normal.value, params)) {
    const advice = `ask again with parameters of ${effect2.params.name}`;
    return { code: "effect-params-invalid", at: "params", advice };
  }
  const [origin2] = waiters;
  assert(origin2 !== void 0, "an intent waits for somebody");
  const request = { origin: origin2, effect: kind2, cap: cap2, params, index: 0, attempt: attempt2, now };
  return { request, effect: effect2, params: new EffectParams(params), idempotencyKey: idempotencyKey2, hash: hash8 };
}
function denyWaiting(gate, intent, denial2) {
  const grantHash2 = gate.grants.get(intent.cap)?.hash ?? null;
  return deny({ ...placeOf(intent, intent.hash), grantHash: grantHash2 }, denial2, NO_CHARGE);
}
function rejected({ principal: principal2 }) {
  return { code: "approval-rejected", at: "approval", advice: `ask ${principal2} why` };
}
function isRepeated(given, { keyId }, logicalNowNs) {
  return bytesEqual(given.keyId, keyId) && !isLate(given, logicalNowNs);
}
function isLate({ expiresNs }, logicalNowNs) {
  return expiresNs !== void 0 && logicalNowNs > expiresNs;
}

// packages/kernel/src/gate/requests/read-request.ts
var KEY_BYTES = 32;
var ATTEMPT_DOMAIN = "aos/idem-attempt/0";
function readRequest(gate, request, paramsBytes) {
  const effect2 = gate.effects.get(request.effect);
  if (effect2 === void 0) return unreadable(request, effectUnknown(request.effect));
  const key3 = request.idempotencyKey;
  if (key3 !== void 0 && key3.length !== KEY_BYTES) {
    return unreadable(request, keyInvalid(key3.length));
  }
  if (request.params.length > paramsBytes) return unreadable(request, tooLarge2(paramsBytes));
  const params = effect2.params.normalizeCbor(request.params);
  if (!params.ok) {
    const { at: at2, detail } = params.refusal;
    return unreadable(request, {
      code: "effect-params-invalid",
      at: `params${at2}`,
      advice: `give parameters of ${effect2.params.name}: ${detail}`
    });
  }
  if (params.value.length > paramsBytes) return unreadable(request, tooLarge2(paramsBytes));
  const idempotencyKey2 = keyOf2(request);
  const hash8 = hashOf2(request, params.value, idempotencyKey2);
  return { request, effect: effect2, params: new EffectParams(params.value), idempotencyKey: idempotencyKey2, hash: hash8 };
}
function isUnreadable(read2) {
  return "denial" in read2;
}
function unreadable(request, denial2) {
  const { idempotencyKey: idempotencyKey2, ...rest } = request;
  const isUsable = idempotencyKey2?.length === KEY_BYTES;
  const key3 = keyOf2(isUsable ? request : rest);
  return { denial: denial2, hash: hashOf2(request, request.params, key3) };
}
function hashOf2(request, params, idempotencyKey2) {
  return intentHash({ cap: request.cap, kind: request.effect, params, idempotencyKey: idempotencyKey2 });
}
function keyOf2({ origin: origin2, idempotencyKey: idempotencyKey2, index, attempt: attempt2, now }) {
  if (idempotencyKey2 === void 0) {
    const { worldId, epoch, seq } = now;
    return defaultIdempotencyKey({ worldId, epoch, origin: origin2, index, seq, attempt: attempt2 });
  }
  return attempt2 === 1 ? idempotencyKey2 : attemptKey(idempotencyKey2, attempt2);
}
function attemptKey(key3, attempt2) {
  const number = new Uint8Array(4);
  new DataView(number.buffer).setUint32(0, attempt2);
  return sha2562(concatBytes(utf8(ATTEMPT_DOMAIN), Uint8Array.of(0), key3, number));
}
function effectUnknown(kind2) {
  const advice = `list an effect of the kind ${kind2} in the manifest, or repair the kind`;
  return { code: "effect-not-found", at: `effect ${kind2}`, advice };
}
function keyInvalid(sizeBytes) {
  const advice = `give ${KEY_BYTES} bytes, not ${sizeBytes}, or no key`;
  return { code: "idempotency-key-invalid", at: "idempotency_key", advice };
}
function tooLarge2(paramsBytes) {
  const advice = `give at most ${paramsBytes} bytes; put what is larger into an object`;
  return { code: "effect-params-too-large", at: "params", advice };
}

// packages/kernel/src/gate/scope.ts
function checkScope(gate, subject) {
  const { effect: effect2, request } = subject;
  const { kind: kind2, scope } = effect2;
  const who = isReducerOrigin(request.origin) ? "reducer" : "plan";
  const name2 = originName(request.origin);
  if (scope !== "both" && scope !== who) {
    const advice2 = `ask for ${kind2} in a ${scope}, or list an effect of the kind for both`;
    return { code: "effect-origin-scope", at: `effect ${kind2} origin_scope ${scope}`, advice: advice2 };
  }
  if (who === "plan" || gate.emits.get(name2)?.has(kind2)) return void 0;
  const advice = `add ${kind2} to effects_emitted of ${name2}`;
  return { code: "effect-undeclared", at: `module ${name2} effects_emitted`, advice };
}

// packages/kernel/src/gate/authorize.ts
function authorize(gate, state, request, ports2) {
  const subject = readRequest(gate, request, ports2.paramsBytes);
  const place3 = placeOf(request, subject.hash);
  if (isUnreadable(subject)) return deny(place3, subject.denial, NO_CHARGE);
  const scope = checkScope(gate, subject);
  if (scope !== void 0) return deny(place3, scope, NO_CHARGE);
  const passed = judge(gate, subject, ports2);
  if (passed.denied !== void 0) return passed.denied;
  const known = ports2.knownIntent(subject.hash);
  return known === void 0 ? open2(state, subject, passed) : share(subject, passed, known);
}
function share(subject, passed, known) {
  const { place: place3, fuel, calls } = passed;
  const denial2 = checkSharing(subject, passed, known);
  if (denial2 !== void 0) return deny(place3, denial2, passed);
  const outcome = known.state === "waiting" ? "wait" : "allow";
  const decision2 = { ...place3, outcome, code: null };
  return { kind: "shared", intent: subject.hash, decision: decision2, fuel, calls };
}
var MAX_WAITERS = 4096;
function checkSharing({ request }, { ruling, place: place3 }, known) {
  if (request.idempotencyKey === void 0 || !known.isExplicitKey) {
    const advice2 = "give another idempotency key, or none";
    return { code: "idempotency-key-taken", at: "idempotency_key", advice: advice2 };
  }
  if ((known.waiters?.length ?? 0) >= MAX_WAITERS) {
    const advice2 = `give another idempotency key: ${MAX_WAITERS} wait for this intent`;
    return { code: "intent-waiters-limit", at: "idempotency_key", advice: advice2 };
  }
  const { says } = ruling;
  if (says.decision === "allow") return void 0;
  const asked = known.approval?.rule;
  if (asked !== void 0 && bytesEqual(asked, says.identity)) return void 0;
  const advice = "give another idempotency key, so that the approval is asked for";
  const at2 = `policy ${place3.policy} rule ${place3.rule}`;
  return { code: "approval-not-shared", at: at2, advice };
}
function open2(state, subject, passed) {
  const { ruling, grant, place: place3, fuel, calls } = passed;
  const rated = takeRateOf(state, ruling, subject);
  if (rated.denial !== void 0) return deny(place3, rated.denial, passed);
  const approval2 = approvalOf(ruling, subject.request.now.logicalNowNs);
  if (approval2 !== null) {
    const intent2 = newIntent(subject, approval2);
    const decision3 = { ...place3, outcome: "wait", code: null };
    const asked = approvalRequest(subject.hash, approval2);
    return {
      kind: "waiting",
      state: rated.state,
      intent: intent2,
      decision: decision3,
      approval: asked,
      fuel,
      calls
    };
  }
  const taken2 = takeBudget(rated.state, grant, subject);
  if (taken2.denial !== void 0) return deny(place3, taken2.denial, passed);
  const intent = { ...newIntent(subject, null), reserved: taken2.reserved };
  const decision2 = { ...place3, outcome: "allow", code: null };
  return { kind: "open", state: taken2.state, intent, decision: decision2, fuel, calls };
}
function newIntent(subject, approval2) {
  const { request, params, idempotencyKey: idempotencyKey2, hash: hash8 } = subject;
  const { effect: effect2, cap: cap2, attempt: attempt2, deadlineNs, now, origin: origin2 } = request;
  return {
    hash: hash8,
    effect: effect2,
    cap: cap2,
    params: params.bytes,
    idempotencyKey: idempotencyKey2,
    isExplicitKey: request.idempotencyKey !== void 0,
    epoch: now.epoch,
    attempt: attempt2,
    openedAt: { seq: now.seq, i: 0 },
    openedNs: now.logicalNowNs,
    state: approval2 === null ? "released" : "waiting",
    waiters: [origin2],
    reserved: [],
    approval: approval2,
    frames: 0,
    ...deadlineNs === void 0 ? {} : { deadlineNs }
  };
}

// packages/kernel/src/cells/ordered-bytes.ts
var END = 0;
var MORE = 1;
var ESCAPE2 = 1;
var OrderedBytes = class {
  #buffer;
  #at = 0;
  /** `sizeBytes` is a guess; a good one saves a copy. */
  constructor(sizeBytes) {
    this.#buffer = new Uint8Array(sizeBytes);
  }
  byte(value) {
    this.#reserve(1);
    this.#buffer[this.#at++] = value;
  }
  /** 32 bits, most significant byte first. */
  word(value) {
    this.#reserve(4);
    const buffer = this.#buffer;
    const at2 = this.#at;
    buffer[at2] = value >>> 24;
    buffer[at2 + 1] = value >>> 16;
    buffer[at2 + 2] = value >>> 8;
    buffer[at2 + 3] = value;
    this.#at = at2 + 4;
  }
  /** The bytes in `[start, end)` as they are. */
  raw(bytes5, start3 = 0, end3 = bytes5.length) {
    this.#reserve(end3 - start3);
    for (let i = start3; i < end3; i++) this.#buffer[this.#at++] = bytes5[i];
  }
  /** The bytes in `[start, end)` without their end: what all that begins with them begins with. */
  open(bytes5, start3 = 0, end3 = bytes5.length) {
    this.#reserve(end3 - start3);
    for (let i = start3; i < end3; i++) {
      const byte = bytes5[i];
      if (byte > ESCAPE2) {
        this.byte(byte);
      } else {
        this.byte(ESCAPE2);
        this.byte(byte + 1);
      }
    }
  }
  /** The bytes in `[start, end)`, of any number. */
  ended(bytes5, start3 = 0, end3 = bytes5.length) {
    this.open(bytes5, start3, end3);
    this.byte(END);
  }
  /** Everything so far; nothing is appended afterwards. */
  finish() {
    return this.#at === this.#buffer.length ? this.#buffer : this.#buffer.slice(0, this.#at);
  }
  #reserve(sizeBytes) {
    const needed2 = this.#at + sizeBytes;
    if (needed2 <= this.#buffer.length) return;
    const grown = new Uint8Array(Math.max(2 * this.#buffer.length, needed2));
    grown.set(this.#buffer);
    this.#buffer = grown;
  }
};

// packages/kernel/src/cells/ordered-decimal.ts
var NEGATIVE3 = 0;
var ZERO = 1;
var POSITIVE = 2;
var PLACE_BIAS = 128;
function appendDecimal(out, normal) {
  const isNegative = normal.startsWith("-");
  const [whole = "", fraction2 = ""] = (isNegative ? normal.slice(1) : normal).split(".");
  const all = whole + fraction2;
  const leading = all.length - all.replace(/^0+/, "").length;
  const digits2 = all.slice(leading).replace(/0+$/, "");
  if (digits2 === "") {
    out.byte(ZERO);
    return;
  }
  out.byte(isNegative ? NEGATIVE3 : POSITIVE);
  const flip = isNegative ? 255 : 0;
  out.byte(whole.length - leading + PLACE_BIAS ^ flip);
  for (let i = 0; i < digits2.length; i += 2) {
    const pair = Number(digits2.slice(i, i + 2).padEnd(2, "0"));
    out.byte(pair + 1 ^ flip);
  }
  out.byte(flip);
}

// packages/kernel/src/cells/ordered-key.ts
var SELF_DESCRIBE3 = Uint8Array.of(217, 217, 247);
var FALSE = 244;
var TRUE = 245;
var HASH_PREFIX2 = utf8("sha256:");
var HASH_DIGITS = 64;
var UUID_LENGTH = 36;
var DASH = 45;
var SIGN_BIT = 2147483648;
var PART_BYTES = 16;
var TAG_KEY2 = Uint8Array.of(100, ...utf8("$tag"));
var VALUE_KEY2 = Uint8Array.of(102, ...utf8("$value"));
var FIXED_SIZE = {
  unit: 0,
  bool: 1,
  nat: 8,
  int: 8,
  time: 8,
  duration: 8,
  hash: 32,
  uuid: 16
};
var TEXT_SURPLUS_BYTES = 3;
function orderedKey(type, canonicalKey) {
  const scan = new ItemScan(canonicalKey, 0, "cell-key");
  scan.literal(SELF_DESCRIBE3);
  const guess = FIXED_SIZE[type.kind] ?? canonicalKey.length - TEXT_SURPLUS_BYTES;
  const out = new OrderedBytes(guess);
  appendOrdered(out, type, scan);
  scan.end();
  return out.finish();
}
function appendOrdered(out, type, scan) {
  const append = APPEND[type.kind];
  append(out, type, scan);
}
var APPEND = {
  unit(_out, _type, scan) {
    if (!scan.isNil()) throw scan.refusal("no null");
  },
  bool(out, _type, scan) {
    const byte = scan.peek();
    if (byte !== FALSE && byte !== TRUE) throw scan.refusal("no boolean");
    scan.at += 1;
    out.byte(byte - FALSE);
  },
  nat(out, _type, scan) {
    scan.head(UNSIGNED2);
    out.word(scan.high);
    out.word(scan.low);
  },
  int: appendSigned,
  time: appendSigned,
  duration: appendSigned,
  dec128(out, _type, scan) {
    appendDecimal(out, takeText(scan));
  },
  text(out, _type, scan) {
    const start3 = scan.string(TEXT3);
    out.ended(scan.bytes, start3, scan.at);
  },
  bytes(out, _type, scan) {
    const start3 = scan.string(BYTES3);
    out.ended(scan.bytes, start3, scan.at);
  },
  hash(out, _type, scan) {
    scan.head(TEXT3);
    scan.literal(HASH_PREFIX2);
    appendHex(out, scan, HASH_DIGITS);
  },
  uuid(out, _type, scan) {
    scan.head(TEXT3);
    appendHex(out, scan, UUID_LENGTH);
  },
  option(out, { inner }, scan) {
    if (scan.isNil()) return out.byte(END);
    out.byte(MORE);
    appendOrdered(out, inner, scan);
  },
  list(out, { item }, scan) {
    for (let left = scan.head(LIST4); left > 0; left--) {
      out.byte(MORE);
      appendOrdered(out, item, scan);
    }
    out.byte(END);
  },
  set(out, { item }, scan) {
    appendSorted(out, scan.head(LIST4), (part) => appendOrdered(part, item, scan));
  },
  map(out, { key: key3, value }, scan) {
    appendSorted(out, scan.head(MAP3), (part) => {
      appendOrdered(part, key3, scan);
      appendOrdered(part, value, scan);
    });
  },
  record(out, { fields: fields2 }, scan) {
    const count3 = scan.head(MAP3);
    if (count3 !== fields2.size) throw scan.refusal("another number of fields");
    for (let i = 0; i < count3; i++) {
      const field = typeNamed(takeText(scan), fields2, scan);
      appendOrdered(out, field, scan);
    }
  },
  variant(out, { arms: arms2 }, scan) {
    if (scan.head(MAP3) !== 2) throw scan.refusal("no variant");
    scan.literal(TAG_KEY2);
    const tag = takeText(scan);
    out.ended(utf8(tag));
    scan.literal(VALUE_KEY2);
    appendOrdered(out, typeNamed(tag, arms2, scan), scan);
  },
  handle: refuseType,
  never: refuseType
};
function appendSigned(out, _type, scan) {
  const isNegative = scan.peek() >> 5 === NEGATIVE2;
  scan.head(isNegative ? NEGATIVE2 : UNSIGNED2);
  const { high, low } = scan;
  if (high >>> 31 !== 0) throw scan.refusal("an integer beyond 64 bits");
  out.word((isNegative ? ~high : high) ^ SIGN_BIT);
  out.word(isNegative ? ~low : low);
}
function appendHex(out, scan, length) {
  const start3 = scan.pass(length);
  let pending = -1;
  for (let i = start3; i < scan.at; i++) {
    const unit3 = scan.bytes[i];
    if (unit3 === DASH) continue;
    const digit = unit3 < 58 ? unit3 - 48 : unit3 - 87;
    if (digit < 0 || digit > 15) throw scan.refusal("another digit");
    if (pending >= 0) out.byte(pending << 4 | digit);
    pending = pending < 0 ? digit : -1;
  }
}
function appendSorted(out, count3, write4) {
  const parts = [];
  for (let i = 0; i < count3; i++) {
    const part = new OrderedBytes(PART_BYTES);
    write4(part);
    parts.push(part.finish());
  }
  for (const part of parts.sort(compareBytes)) {
    out.byte(MORE);
    out.raw(part);
  }
  out.byte(END);
}
function takeText(scan) {
  const start3 = scan.string(TEXT3);
  const text8 = decodeUtf8(scan.bytes.subarray(start3, scan.at));
  if (!text8.ok) throw scan.refusal("text that is not UTF-8");
  return text8.value;
}
function typeNamed(name2, types, scan) {
  const type = types.get(name2);
  if (type === void 0) throw scan.refusal("a name that the key type has not");
  return type;
}
function refuseType(_out, _type, scan) {
  throw scan.refusal("a type that no data has");
}

// packages/kernel/src/cells/cell.ts
var INLINE_STATE_BYTES = 256;
var HASH_BYTES6 = 32;
function cellCodec(keyType2, source) {
  const schemas = new SchemaMemo();
  const placeOf5 = (key3) => {
    assert(key3 === null === (keyType2 === null), "a cell has a key exactly when its table has");
    return key3 === null || keyType2 === null ? new Uint8Array(0) : orderedKey(keyType2, key3);
  };
  return {
    keyOf: ({ key: key3 }) => placeOf5(key3),
    write: writeCell,
    read(r) {
      const cell = readCell(r, source, schemas);
      if (cell.key === null === (keyType2 === null)) return cell;
      throw malformed2("a key where cells have none, or none where they have one");
    },
    objectsOf: ({ hash: hash8, state, size }) => size > INLINE_STATE_BYTES ? [{ hash: hash8, bytes: state }] : []
  };
}
function writeCell(w, cell) {
  const isInline = cell.size <= INLINE_STATE_BYTES;
  w.mapHead(5);
  w.text("key");
  if (cell.key === null) w.nil();
  else w.bytes(cell.key);
  w.text("size");
  w.int(cell.size);
  if (isInline) {
    w.text("state");
    w.bytes(cell.state);
  }
  w.text("active");
  w.int(cell.activeNs);
  w.text("schema");
  w.bytes(cell.schema);
  if (isInline) return;
  w.text("state_ref");
  w.bytes(cell.hash);
}
function readCell(r, source, schemas) {
  if (r.mapHead() !== 5) throw malformed2("expected a map of 5 entries");
  r.key("key");
  const key3 = r.isNil() ? null : r.bytes().slice();
  r.key("size");
  const size = r.nat();
  const inline = r.keyIs("state") ? r.bytes().slice() : void 0;
  r.key("active");
  const activeNs = r.u64();
  r.key("schema");
  const schema = schemas.read(r);
  if (inline !== void 0) {
    if (inline.length !== size || size > INLINE_STATE_BYTES) throw malformed2("a state of its size");
    return { key: key3, state: inline, hash: sha2562(inline), schema, size, activeNs };
  }
  r.key("state_ref");
  const hash8 = hashFrom(r.bytes());
  if (size <= INLINE_STATE_BYTES) throw malformed2("a small state that is not in its leaf");
  const state = source.read(hash8);
  if (state === void 0) throw new ObjectsNeeded([hash8]);
  if (state.length !== size) throw malformed2("a state of another size than its leaf says");
  return { key: key3, state, hash: hash8, schema, size, activeNs };
}
var SchemaMemo = class {
  #last;
  read(r) {
    const bytes5 = r.bytes();
    if (this.#last !== void 0 && bytesEqual(this.#last, bytes5)) return this.#last;
    this.#last = hashFrom(bytes5);
    return this.#last;
  }
};
function hashFrom(bytes5) {
  if (bytes5.length !== HASH_BYTES6) throw malformed2("expected a hash of 32 bytes");
  return asHash(bytes5.slice());
}
function malformed2(detail) {
  return new RefusalError({ code: "cell-leaf", at: "", detail });
}

// packages/kernel/src/cells/cell-table.ts
var SingleCell = class {
  kind = "single";
  cell;
  source;
  #index;
  constructor(cell, source, index) {
    this.cell = cell;
    this.source = source;
    this.#index = index;
  }
  /** The same as a trie of at most one leaf, made when first asked for: most are never stored. */
  index() {
    const { cell, source } = this;
    const empty = Trie.empty(cellCodec(null, source), source);
    this.#index ??= cell === null ? empty : empty.set(cell);
    return this.#index;
  }
};
function emptyCells(keyType2, source) {
  if (keyType2 === null) return new SingleCell(null, source);
  return { kind: "keyed", keyType: keyType2, cells: Trie.empty(cellCodec(keyType2, source), source) };
}
function openCells(keyType2, { root, count: count3 }, source) {
  const cells = Trie.open(root, count3, cellCodec(keyType2, source), source);
  if (keyType2 !== null) return { kind: "keyed", keyType: keyType2, cells };
  if (count3 <= 1) return new SingleCell(cells.first() ?? null, source, cells);
  const detail = `expected at most one cell without key, found ${count3}`;
  throw new RefusalError({ code: "trie-count", at: "", detail });
}
function readCell2(table2, key3) {
  if (table2.kind === "single") return table2.cell;
  return table2.cells.get(placeOf2(table2, key3)) ?? null;
}
function writeCell2(table2, cell) {
  if (table2.kind === "single") return new SingleCell(cell, table2.source);
  return { ...table2, cells: table2.cells.set(cell) };
}
function deleteCell(table2, key3) {
  if (table2.kind === "single") return new SingleCell(null, table2.source);
  return { ...table2, cells: table2.cells.delete(placeOf2(table2, key3)) };
}
function countCells(table2) {
  return table2.kind === "keyed" ? table2.cells.size : table2.cell === null ? 0 : 1;
}
function rootOfCells(table2) {
  return { root: indexOf2(table2).root(), count: countCells(table2) };
}
function unstoredCells(table2) {
  return indexOf2(table2).unstored();
}
function listCells(table2, query2) {
  const found = [];
  if (query2.limit <= 0) return found;
  if (table2.kind === "single") return table2.cell === null ? found : [table2.cell];
  for (const cell of table2.cells.range(boundsOf(table2, query2))) {
    found.push(cell);
    if (found.length >= query2.limit) break;
  }
  return found;
}
function boundsOf(table2, { prefix, from, before, after: after2 }) {
  const place3 = (key3) => placeOf2(table2, key3);
  const start3 = laterOf(from && place3(from), after2 && concatBytes(place3(after2), NEXT));
  return {
    ...start3 === void 0 ? {} : { from: start3 },
    ...before === void 0 ? {} : { before: place3(before) },
    ...prefix === void 0 ? {} : { prefix }
  };
}
var NEXT = Uint8Array.of(0);
function indexOf2(table2) {
  return table2.kind === "keyed" ? table2.cells : table2.index();
}
function placeOf2(table2, key3) {
  assert(key3 !== null, "a keyed cell is read by its key");
  return orderedKey(table2.keyType, key3);
}

// packages/kernel/src/plans/handles.ts
function outcomesOf({ effects, children }, sources) {
  const outcomes = [];
  for (const source of sources) {
    const effect2 = effects.get(source);
    const list4 = children.get(source);
    if (effect2 !== void 0) {
      const { outcome } = effect2;
      outcomes.push(outcome && { of: "effect", outcome });
    } else if (list4 === void 0) return void 0;
    else for (const { outcome } of list4) outcomes.push(outcome && { of: "plan", outcome });
  }
  return outcomes;
}
function isOver(step3, { effects, children }) {
  let open5 = 0;
  let ended2 = 0;
  let failed3 = 0;
  const count3 = (outcome) => {
    if (outcome === void 0) open5 += 1;
    else ended2 += 1;
    if (outcome !== void 0 && outcome.status !== "ok") failed3 += 1;
  };
  for (const source of step3.sources) {
    const effect2 = effects.get(source);
    if (effect2 !== void 0) count3(effect2.outcome);
    else for (const { outcome } of children.get(source) ?? []) count3(outcome);
  }
  if (step3.wants === "any") return ended2 > 0;
  return open5 === 0 || failed3 > 0 && !step3.isStatusRead;
}
function overBecauseOf(plan, source, instance2) {
  return (plan.waitersOf[source] ?? []).filter((waiter) => {
    const step3 = plan.steps[waiter];
    const isWaiting = step3?.op === "await" && stateOf(instance2.states, waiter) === "waiting";
    return isWaiting && isOver(step3, instance2);
  });
}
function stateOf(states, step3) {
  return STEP_STATES[states[step3] ?? STEP_STATES.length];
}

// packages/kernel/src/plans/state/describe-instance.ts
function describeInstance(program, instance2) {
  const { id, parent, states } = instance2;
  const plan = program.plans.get(instance2.plan);
  const steps2 = plan?.steps ?? [];
  return {
    id,
    plan: instance2.plan,
    parent: parent?.instance ?? null,
    steps: steps2.map((step3, i) => ({ id: step3.id, state: stateOf(states, i) ?? "pending" })),
    waits: plan === void 0 ? [] : steps2.flatMap((step3, i) => waitsOf(plan, instance2, step3, i))
  };
}
function waitsOf(plan, instance2, step3, index) {
  if (stateOf(instance2.states, index) !== "waiting") return [];
  if (step3.op === "await_event") return [{ kind: "event", step: step3.id, schema: step3.event }];
  return step3.op === "await" ? handlesOf(plan, instance2, step3) : [];
}
function handlesOf({ steps: steps2 }, { effects, children }, { id: step3, sources }) {
  return sources.flatMap((source) => {
    const of = steps2[source]?.id ?? "";
    const open5 = (children.get(source) ?? []).filter(({ outcome }) => outcome === void 0);
    const ended2 = open5.map(({ instance: instance2 }) => ({ kind: "child", step: step3, of, instance: instance2 }));
    const effect2 = effects.get(source);
    if (effect2 === void 0 || effect2.outcome !== void 0) return ended2;
    const { intent, attempt: attempt2, retry: retry2 } = effect2;
    if (retry2 === void 0) return [{ kind: "effect", step: step3, of, intent, attempt: attempt2 }];
    return [{ kind: "time", step: step3, of, atNs: retry2.atNs, attempt: attempt2 + 1 }];
  });
}

// packages/kernel/src/plans/state/list-instances.ts
var INSTANCE_BYTES = 64;
function listInstances({ program, planState }, params, answerBytes) {
  const [plan, after2, limit] = [params.get("plan"), params.get("after"), params.get("limit")];
  const from = after2 === null ? NO_INSTANCE : placeOf3(after2);
  const isBounded = typeof limit === "number" && limit > 0 && limit * INSTANCE_BYTES <= answerBytes;
  if (from === void 0 || !isBounded) return void 0;
  const instances = [];
  let looked = 0;
  let last = null;
  for (const instance2 of planState.instances.range({ from: placeKey(from) })) {
    if (looked === limit) return { instances, next: last };
    looked += 1;
    last = nameOf(instance2.id);
    if (plan !== null && instance2.plan !== plan) continue;
    const { waits, parent } = describeInstance(program, instance2);
    instances.push({
      instance: last,
      plan: instance2.plan,
      parent: parent === null ? null : nameOf(parent),
      waits: waits.map(waitOf)
    });
  }
  return { instances, next: null };
}
var NO_INSTANCE = { seq: 0, i: 0 };
function waitOf(wait) {
  return { step: wait.step, kind: wait.kind, for: subjectOf2(wait) };
}
function subjectOf2(wait) {
  switch (wait.kind) {
    case "effect":
      return toHashText(wait.intent);
    case "child":
      return nameOf(wait.instance);
    case "event":
      return wait.schema;
    case "time":
      return String(wait.atNs);
  }
}
function nameOf({ seq, i }) {
  return `${seq}/${i}`;
}
function placeOf3(name2) {
  const found = typeof name2 === "string" ? /^(\d{1,15})\/(\d{1,9})$/.exec(name2) : null;
  return found === null ? void 0 : { seq: Number(found[1]), i: Number(found[2]) + 1 };
}

// packages/kernel/src/step/introspect.ts
var ANSWERS = /* @__PURE__ */ new Map([
  ["introspect.manifest", answerManifest],
  ["introspect.reducer_state", answerState],
  ["introspect.journal_head", answerHead],
  ["introspect.list_cells", answerCells],
  ["introspect.definition", answerDefinition],
  ["introspect.plans", answerPlans]
]);
function isAnsweredByKernel(effect2) {
  return ANSWERS.has(effect2);
}
function releaseIntent(run, intent, cause = intent.openedAt) {
  const answer3 = ANSWERS.get(intent.effect);
  if (answer3 === void 0) {
    run.release(intent.hash);
    return;
  }
  const payload = payloadOf(run, intent, answer3(run, paramsOf2(intent)));
  if (typeof payload !== "string") settleWithAnswer(run, intent, payload, cause);
  else settleInternally(run, intent, { status: "error", code: payload }, cause);
}
function payloadOf(run, { effect: effect2 }, answer3) {
  if ("code" in answer3) return answer3.code;
  const { gate } = run.next.program;
  const payload = gate.effects.get(effect2)?.receipt.normalizeCbor(encode(answer3.payload));
  if (payload?.ok !== true) return "receipt-invalid";
  const limit = run.next.runtime.limits.receipt_bytes;
  return payload.value.length <= limit ? payload.value : "answer-too-large";
}
function paramsOf2({ params }) {
  const decoded2 = decode(params);
  return decoded2.ok && decoded2.value instanceof Map ? decoded2.value : /* @__PURE__ */ new Map();
}
function metaOf({ seq, next: next2 }) {
  const { manifestHash } = next2.program.definition;
  return { journal_height: seq, snapshot_hash: null, manifest_hash: toHashText(manifestHash) };
}
function answerHead(run) {
  return { payload: { meta: metaOf(run) } };
}
function answerManifest(run, params) {
  if (!isHere(run, params)) return { code: "consistency-unavailable" };
  const { nodes, manifestHash } = run.next.program.definition;
  const manifest = nodes.get(toHashText(manifestHash));
  if (manifest === void 0) return { code: "receipt-invalid" };
  return { payload: { manifest, meta: metaOf(run) } };
}
function answerState(run, params) {
  if (!isHere(run, params)) return { code: "consistency-unavailable" };
  const reducer = reducerOf(run, params);
  const table2 = reducer && run.next.cells[reducer.index];
  if (reducer === void 0 || table2 === void 0) return { code: "reducer-unknown" };
  const key3 = keyOf3(reducer, params.get("key") ?? null);
  if (key3 === void 0) return { code: "key-invalid" };
  return { payload: { state: readCell2(table2, key3)?.state ?? null, meta: metaOf(run) } };
}
var CELL_BYTES = 128;
function answerCells(run, params) {
  const reducer = reducerOf(run, params);
  const table2 = reducer && run.next.cells[reducer.index];
  if (table2 === void 0) return { code: "reducer-unknown" };
  const limit = countCells(table2);
  if (limit * CELL_BYTES > run.next.runtime.limits.receipt_bytes)
    return { code: "answer-too-large" };
  const cells = listCells(table2, { limit }).map(({ key: key3, hash: hash8, size, activeNs }) => ({
    key: key3 ?? new Uint8Array(0),
    state_hash: toHashText(hash8),
    size,
    last_active_ns: activeNs
  }));
  return { payload: { cells, meta: metaOf(run) } };
}
function answerDefinition(run, params) {
  const { definition } = run.next.program;
  const [kind2, name2] = [params.get("kind"), params.get("name")];
  const isNamed = typeof name2 === "string" && isDefinitionKind2(kind2);
  const found = isNamed ? definition.find(kind2, name2) : void 0;
  if (found === void 0) return { code: "definition-missing" };
  const bytes5 = encode(found);
  return { payload: { definition: bytes5, hash: toHashText(sha2562(bytes5)), meta: metaOf(run) } };
}
function answerPlans(run, params) {
  const answer3 = listInstances(run.next, params, run.next.runtime.limits.receipt_bytes);
  return answer3 === void 0 ? { code: "query-invalid" } : { payload: { ...answer3, meta: metaOf(run) } };
}
function isDefinitionKind2(kind2) {
  return typeof kind2 === "string" && DEFINITION_KINDS.includes(kind2);
}
function reducerOf({ next: next2 }, params) {
  const name2 = params.get("reducer");
  return typeof name2 === "string" ? next2.program.reducersByName.get(name2) : void 0;
}
function keyOf3({ definition: { keySchema } }, given) {
  if (keySchema === void 0) return given === null ? null : void 0;
  if (!(given instanceof Uint8Array)) return void 0;
  const key3 = keySchema.normalizeCbor(given);
  return key3.ok ? key3.value : void 0;
}
function isHere({ seq }, params) {
  const [mode, height] = String(params.get("consistency")).split(":");
  if (mode === "head") return height === void 0;
  if (height === void 0 || !/^\d{1,15}$/.test(height)) return false;
  return mode === "exact" ? Number(height) === seq : mode === "at_least" && Number(height) <= seq;
}

// packages/kernel/src/step/effects.ts
var GateDraft = class {
  constructor(state) {
    this.state = state;
  }
  state;
  opened = /* @__PURE__ */ new Map();
  /** How many of them are answered at once. */
  answers = 0;
};
var MAX_OPEN_INTENTS = 1e5;
function judgeEffect(run, ask2, draft) {
  const { program, epoch, worldId } = run.next;
  const { logicalNowNs } = run.stamp;
  const now = { logicalNowNs, seq: run.seq, epoch, worldId };
  const ports2 = gatePortsOf(run);
  const request = { ...ask2, index: run.asked++, now };
  const judged = authorize(program.gate, draft.state, request, {
    ...ports2,
    knownIntent: (hash8) => draft.opened.get(toHex2(hash8)) ?? ports2.knownIntent(hash8)
  });
  const verdict = judged.kind === "denied" ? judged : checkRoom2(run, judged, draft);
  run.charge(verdict.fuel);
  run.calls += verdict.calls;
  if (isOpened(verdict)) {
    draft.state = verdict.state;
    draft.opened.set(toHex2(verdict.intent.hash), verdict.intent);
  }
  if (isAnsweredAtOnce(run, verdict, draft)) draft.answers += 1;
  return { ask: ask2, verdict };
}
function checkRoom2(run, allowed, draft) {
  const { intents, runtime: runtime2 } = run.next;
  if (isOpened(allowed) && intents.size + draft.opened.size >= MAX_OPEN_INTENTS) {
    const advice2 = `wait for receipts: ${MAX_OPEN_INTENTS} intents are open`;
    return denied4(allowed, { code: "intents-over-limit", at: "intents", advice: advice2 });
  }
  const hasRoom = !isAnsweredAtOnce(run, allowed, draft) || run.queue.hasRoomForAnswers(draft.answers + 1, runtime2.limits);
  if (hasRoom) return allowed;
  const advice = "ask for less of what is answered at once, or raise pending_work";
  return denied4(allowed, { code: "cascade-limit", at: "pending_work", advice });
}
function isAnsweredAtOnce(run, verdict, draft) {
  if (verdict.kind === "open") return isAnsweredByKernel(verdict.intent.effect);
  if (verdict.kind !== "shared" || draft.opened.has(toHex2(verdict.intent))) return false;
  return run.next.intents.get(verdict.intent) === void 0;
}
function isOpened(verdict) {
  return verdict.kind === "open" || verdict.kind === "waiting";
}
function denied4({ decision: decision2, fuel, calls }, why) {
  const said = { ...decision2, outcome: "deny", code: why.code };
  return { kind: "denied", ...why, decision: said, fuel, calls };
}
function gatePortsOf(run) {
  const { limits } = run.next.runtime;
  return {
    engine: run.engine,
    callLimits: callLimitsOf(limits),
    paramsBytes: limits.event_bytes,
    knownIntent: (hash8) => knownIntent(run, hash8)
  };
}
function knownIntent({ next: next2 }, hash8) {
  const open5 = next2.intents.get(hash8);
  if (open5 !== void 0) return open5;
  const settled2 = next2.settled.items.get(hash8);
  if (settled2 === void 0) return void 0;
  return { isExplicitKey: settled2.outcome !== null, state: "settled", approval: null };
}
function openEffects(run, effects, cause) {
  const opened2 = [];
  for (const { ask: ask2, verdict } of effects) {
    const decision2 = writeDecision2(run, verdict, cause);
    if (verdict.kind === "shared") share2(run, verdict, ask2, decision2);
    else if (isOpened(verdict)) opened2.push(open3(run, verdict, ask2.origin, decision2));
  }
  for (const intent of opened2) if (intent.state === "released") releaseIntent(run, intent);
}
function writeDecision2(run, { decision: decision2 }, cause) {
  return run.append({ kind: "decision", cause: run.causeOf(cause), ...decision2 });
}
function open3(run, verdict, origin2, decision2) {
  const { intent, state, approval: approval2 } = verdict;
  const { hash: hash8, effect: effect2, cap: cap2, params, idempotencyKey: idempotencyKey2, attempt: attempt2, deadlineNs } = intent;
  const { next: next2 } = run;
  const entry2 = {
    kind: "intent",
    cause: decision2.i,
    intent: hash8,
    effect: effect2,
    cap: cap2,
    params: run.carry(params),
    idempotencyKey: idempotencyKey2,
    origin: origin2,
    attempt: attempt2
  };
  const full = deadlineNs === void 0 ? entry2 : { ...entry2, deadlineNs };
  const openedAt = run.append(full, isReducerOrigin(origin2) ? origin2.key?.length : 0);
  next2.gateState = state;
  const opened2 = { ...intent, openedAt };
  setIntent(run, opened2);
  if (approval2 !== void 0) {
    const names = approval2.of?.reduce((sizeBytes, name2) => sizeBytes + name2.length, 0);
    run.append({ kind: "approval-requested", cause: openedAt.i, ...approval2 }, names);
  }
  return opened2;
}
function share2(run, { intent: hash8 }, ask2, decision2) {
  const { next: next2 } = run;
  const { origin: origin2 } = ask2;
  const intent = next2.intents.get(hash8);
  if (intent !== void 0) {
    if (intent.waiters.some((waiter) => isSameOrigin(waiter, origin2))) return;
    next2.intents = next2.intents.set({ ...intent, waiters: [...intent.waiters, origin2] });
    return;
  }
  const settlement2 = recordedSettlement(run, hash8, ask2);
  run.queue.push({ kind: "receipt", settlement: settlement2, waiter: origin2, cause: decision2 });
}
function recordedSettlement({ next: next2 }, intent, { effect: effect2, params }) {
  const outcome = next2.settled.items.get(intent)?.outcome;
  const canonical = next2.program.gate.effects.get(effect2)?.params.normalizeCbor(params);
  assert(outcome && canonical?.ok, "what is shared was judged, and is open or remembered");
  return { intent, effect: effect2, params: canonical.value, ...outcome };
}

// packages/kernel/src/step/approve.ts
function approverOf({ keyring }, keyId) {
  const key3 = findKey(keyring, keyId);
  if (key3 === void 0 || key3.revokedAt !== null) return void 0;
  return { keyId, principal: key3.name, roles: key3.roles };
}
function verbOf(world, keyId, verb) {
  const approver = approverOf(world, keyId);
  assert(approver !== void 0, "the key of a verb was checked");
  const { decision: decision2, expiresNs } = verb;
  return expiresNs === void 0 ? { approver, decision: decision2 } : { approver, decision: decision2, expiresNs };
}
function checkApprove(world, { keyId }, verb) {
  const intent = world.intents.get(verb.intentHash);
  return checkApproval2(intent, verbOf(world, keyId, verb), world.logicalNowNs);
}
function approve(run, { keyId }, parsed) {
  const { next: next2, stamp } = run;
  const { logicalNowNs } = stamp;
  const intent = next2.intents.get(parsed.intentHash);
  assert(intent !== void 0, "an approval is admitted for an open intent only");
  if (isOverdue(intent, logicalNowNs)) {
    endByTime(run, intent);
    return;
  }
  const verb = verbOf(next2, keyId, parsed);
  const checked = checkApproval2(intent, verb, logicalNowNs);
  if (!checked.ok) {
    run.append({ kind: "dropped", cause: null, code: checked.refusal.code, intent: intent.hash });
    return;
  }
  const { program, gateState: state, epoch, worldId } = next2;
  const now = { logicalNowNs, seq: run.seq, epoch, worldId };
  const ports2 = { ...gatePortsOf(run), approver: (id) => approverOf(next2, id) };
  const verdict = applyApproval({ gate: program.gate, state, now }, intent, verb, ports2);
  run.charge(verdict.fuel);
  run.calls += verdict.calls;
  switch (verdict.kind) {
    case "denied":
      deny2(run, intent, verdict);
      break;
    case "pending":
      setIntent(run, verdict.intent);
      if (verdict.approval === void 0) break;
      run.append({ kind: "approval-requested", cause: null, ...verdict.approval });
      break;
    default: {
      const decision2 = writeDecision2(run, verdict, run.inputPlace);
      next2.gateState = verdict.state;
      setIntent(run, verdict.intent);
      releaseIntent(run, verdict.intent, decision2);
    }
  }
}
function expire(run, intent) {
  deny2(run, intent, expireApproval(run.next.program.gate, intent));
}
function isOverdue({ approval: approval2, deadlineNs }, logicalNowNs) {
  return isPast(approval2?.expiresNs, logicalNowNs) || isPast(deadlineNs, logicalNowNs);
}
function isPast(ns, logicalNowNs) {
  return ns !== void 0 && ns <= logicalNowNs;
}
function endByTime(run, intent) {
  const { deadlineNs, approval: approval2 } = intent;
  const isDeadline = isPast(deadlineNs, approval2?.expiresNs ?? run.stamp.logicalNowNs);
  if (isDeadline) settleInternally(run, intent, TIMEOUT, run.inputPlace);
  else expire(run, intent);
}
function deny2(run, intent, verdict) {
  const decision2 = writeDecision2(run, verdict, run.inputPlace);
  settleInternally(run, intent, { status: "error", code: verdict.code }, decision2);
}

// packages/kernel/src/inputs/governance.ts
function admitGovernance(world, raw) {
  if (!isRunning(world)) return refused(closedCode(world), "", `the world is ${world.mode}`);
  return admitVerb(world, raw, ["operator", "approver", "host", "adapter"], (verb) => {
    if (verb.verb !== "approve-intent") return void 0;
    const checked = checkApprove(world, raw, verb);
    return checked.ok ? void 0 : { kind: "refused", refusal: checked.refusal };
  });
}
function applyGovernance(run, input) {
  const verb = applyVerb(run, input);
  assert(verb.verb === "approve-intent", "admission lets only verbs of their kind in");
  approve(run, input, verb);
}

// packages/kernel/src/inputs/keyring.ts
function admitKeyring(world, raw) {
  return admitVerb(world, raw, ["operator"], (verb) => checkKeyring(world, verb));
}
function applyKeyring(run, input) {
  const verb = applyVerb(run, input);
  const { next: next2, seq } = run;
  if (verb.verb === "keyring-add") {
    const { publicKey, name: name2, roles } = verb;
    const keyId2 = keyIdOf(publicKey);
    const key3 = { keyId: keyId2, publicKey, name: name2, roles, addedAt: seq, revokedAt: null };
    next2.keyring = [...next2.keyring, key3];
    run.append({ kind: "keyring-changed", cause: null, verb: "add", keyId: keyId2 });
    return;
  }
  assert(verb.verb === "keyring-revoke", "admission lets only verbs of their kind in");
  const { keyId } = verb;
  next2.keyring = next2.keyring.map(
    (key3) => bytesEqual(key3.keyId, keyId) ? { ...key3, revokedAt: seq } : key3
  );
  run.append({ kind: "keyring-changed", cause: null, verb: "revoke", keyId });
}
function checkKeyring(world, verb) {
  if (verb.verb === "keyring-add") return checkAdded(world, verb.publicKey);
  if (verb.verb !== "keyring-revoke") return void 0;
  const { keyring } = world;
  const key3 = findKey(keyring, verb.keyId);
  if (key3 === void 0) return refused("key-unknown", "/args/key_id", "no such key");
  if (key3.revokedAt !== null) {
    return refused("key-revoked", "/args/key_id", `record ${key3.revokedAt} has revoked it`);
  }
  const others = keyring.filter((each) => each !== key3 && hasRole(each, ["operator"]));
  if (others.length > 0 || !hasRole(key3, ["operator"])) return void 0;
  const detail = "nobody could change the world any more: add another operator first";
  return refused("key-last-operator", "/args/key_id", detail);
}
function checkAdded({ keyring }, publicKey) {
  const known = findKey(keyring, keyIdOf(publicKey));
  if (known !== void 0) {
    const state = known.revokedAt === null ? "known" : "revoked, and does not come back";
    return refused("key-known", "/args/public", `the key is ${state}, as ${known.name}`);
  }
  if (keyring.length < MAX_KEYS) return void 0;
  return refused("keyring-full", "/args/public", `the keyring holds ${MAX_KEYS} keys, its most`);
}

// packages/kernel/src/inputs/receipt.ts
var ROLES2 = ["host", "adapter"];
var MAX_ADAPTER_BYTES = 256;
function admitReceipt(world, raw) {
  const { receipt } = raw;
  const refusal4 = checkAnswer(world, raw, receipt) ?? checkStatus(receipt) ?? checkCost(receipt);
  return refusal4 ?? admitted(raw);
}
function applyReceipt(run, input) {
  settleByReceipt(run, input);
}
function checkAnswer(world, raw, body) {
  return checkShape(body) ?? checkPlace(world, body) ?? checkIntent(world, body) ?? checkSigner(world, raw) ?? checkPayload(world, raw.payload, body);
}
function checkShape(body) {
  const adapter = attempt(() => utf8(body.adapterId));
  if (!adapter.ok || adapter.value.length > MAX_ADAPTER_BYTES) {
    const detail = `expected text of at most ${MAX_ADAPTER_BYTES} bytes of UTF-8`;
    return refused("receipt-malformed", "/adapter_id", detail);
  }
  return void 0;
}
function checkStatus({ status }) {
  if (RECEIPT_STATUSES.includes(status)) return void 0;
  const detail = `expected ${RECEIPT_STATUSES.join(", ")}`;
  return refused("receipt-malformed", "/status", detail);
}
var MAX_U642 = 0xffffffffffffffffn;
function checkCost({ costCents }) {
  if (costCents === void 0) return void 0;
  const isExact = typeof costCents === "bigint";
  if (isExact && costCents >= 0n && costCents <= MAX_U642) return void 0;
  return refused("receipt-malformed", "/cost_cents", "expected an unsigned 64-bit number");
}
function checkPlace(world, body) {
  if (!bytesEqual(body.worldId, world.worldId)) {
    const detail2 = `it is for the world ${toHashText(body.worldId)}`;
    return refused("receipt-world", "/world_id", detail2);
  }
  if (body.epoch === world.epoch) return void 0;
  const detail = `expected epoch ${world.epoch}, found ${body.epoch}`;
  return refused("receipt-epoch", "/epoch", detail);
}
function checkIntent(world, body) {
  const { intentHash: intentHash2, attempt: found } = body;
  const intent = world.intents.get(intentHash2);
  if (intent === void 0) {
    const settled2 = world.settled.items.get(intentHash2);
    if (settled2 === void 0) {
      return refused("receipt-unknown", "/intent_hash", "no such intent is open");
    }
    const detail = `record ${settled2.seq} settled the intent`;
    return refused("receipt-duplicate", "/intent_hash", detail);
  }
  if (intent.attempt !== found) {
    const detail = `expected attempt ${intent.attempt}, found ${found}`;
    return refused("receipt-attempt", "/attempt", detail);
  }
  return checkReleased(intent);
}
function checkReleased({ state }) {
  if (state === "released") return void 0;
  return refused("receipt-not-released", "/intent_hash", "the intent waits for approval");
}
function checkSigner(world, raw) {
  const why = explainSigner(world, raw, ROLES2);
  return why === void 0 ? void 0 : refused("receipt-key", "/key_id", why);
}
function checkPayload(world, payload, { payloadHash }) {
  const limit = world.runtime.limits.receipt_bytes;
  if (payload.length > limit) {
    const detail = `expected at most ${limit} bytes, found ${payload.length}`;
    return refused("receipt-too-large", "/payload", detail);
  }
  if (bytesEqual(sha2562(payload), payloadHash)) return void 0;
  return refused("receipt-payload-hash", "/payload_hash", "it is not the hash of the payload");
}

// packages/kernel/src/inputs/stream-frame.ts
function admitStreamFrame(world, raw) {
  const { frame } = raw;
  const refusal4 = checkAnswer(world, raw, frame);
  if (refusal4 !== void 0) return refusal4;
  const next2 = world.intents.get(frame.intentHash)?.frames;
  if (frame.index === next2) return admitted(raw);
  const code2 = frame.index < (next2 ?? 0) ? "frame-duplicate" : "frame-gap";
  return refused(code2, "/index", `expected frame ${next2}, found ${frame.index}`);
}
function applyStreamFrame(run, { frame }) {
  const intent = run.next.intents.get(frame.intentHash);
  assert(intent !== void 0, "a frame is admitted for an open intent only");
  run.next.intents = run.next.intents.set({ ...intent, frames: intent.frames + 1 });
}

// packages/kernel/src/plans/conditions.ts
function brokenInvariant(run, { id }, variable) {
  for (const invariant of run.plan.invariants) {
    if (!concerns(invariant, id, variable)) continue;
    const holds = evaluate(invariant.program, run.bindings);
    if (!holds.ok && holds.refusal.code !== "expr-missing") return holds.refusal.code;
    if (holds.ok && holds.value !== true) return "invariant-violation";
  }
  return void 0;
}
function concerns({ vars, steps: steps2 }, id, variable) {
  const isOfInput = vars.size === 0 && steps2.size === 0;
  return isOfInput || steps2.has(id) || variable !== void 0 && vars.has(variable);
}
function takenEdges(run, index) {
  const taken2 = /* @__PURE__ */ new Set();
  for (const edge of run.plan.outgoing[index] ?? []) {
    const guard = run.plan.edges[edge]?.guard;
    const holds = guard === void 0 ? void 0 : evaluate(guard.program, run.bindings);
    if (holds !== void 0 && !holds.ok) return holds.refusal.code;
    if (holds === void 0 || holds.value === true) taken2.add(edge);
  }
  return taken2;
}

// packages/kernel/src/plans/state/instance-codec.ts
var INLINE_INSTANCE_BYTES = 1024;
function instanceCodec(source) {
  return {
    keyOf: ({ id }) => placeKey(id),
    write: writeInstance2,
    read: (r) => readInstance(r, source),
    objectsOf(instance2) {
      const bytes5 = encodeData(instance2);
      return bytes5.length <= INLINE_INSTANCE_BYTES ? [] : [{ hash: sha2562(bytes5), bytes: bytes5 }];
    }
  };
}
function writeInstance2(w, instance2) {
  const data2 = encodeData(instance2);
  const isInline = data2.length <= INLINE_INSTANCE_BYTES;
  w.listHead(4);
  w.int(instance2.id.seq);
  w.int(instance2.id.i);
  w.bool(isInline);
  w.bytes(isInline ? data2 : sha2562(data2));
}
function readInstance(r, source) {
  if (r.listHead() !== 4) throw shapeRefusal("shape-field", "expected 4 items");
  const id = { seq: r.nat(), i: r.nat() };
  const isInline = r.bool();
  const bytes5 = r.bytes();
  const data2 = isInline ? bytes5 : objectOf2(hash6(bytes5), source);
  const value = decodeUntagged(data2, { maxBytes: data2.length, maxItems: data2.length });
  if (!value.ok) throw shapeRefusal(value.refusal.code, value.refusal.detail);
  return parseData(id, value.value);
}
function objectOf2(hash8, source) {
  const bytes5 = source.read(hash8);
  if (bytes5 === void 0) throw new ObjectsNeeded([hash8]);
  return bytes5;
}
function encodeData(instance2) {
  const { plan, manifest, parent, depth, isScheduled, isCancelled, input } = instance2;
  const { states, taken: taken2, ready, vars, outputs, events, effects, children } = instance2;
  return encodeUntagged([
    plan,
    manifest,
    parent === null ? null : [...idOf(parent.instance), parent.step, parent.index],
    depth,
    isScheduled,
    isCancelled,
    input,
    states,
    taken2,
    entriesOf(ready, placeItems),
    vars,
    outputs,
    events,
    entriesOf(effects, effectItems),
    entriesOf(children, (handles) => handles.map(childItems)),
    instance2.sizeBytes
  ]);
}
var DATA_ITEMS = 16;
function parseData(id, value) {
  const items3 = listOf2(value, DATA_ITEMS);
  return {
    id,
    plan: text6(items3[0]),
    manifest: hash6(items3[1]),
    parent: nullable(items3[2], parseParent2),
    depth: nat4(items3[3]),
    isScheduled: bool3(items3[4]),
    isCancelled: bool3(items3[5]),
    input: items3[6],
    states: bytesBelow(items3[7], STEP_STATES.length),
    taken: bytesBelow(items3[8], 2),
    ready: mapOf2(items3[9], nat4, parsePlace),
    vars: mapOf2(items3[10], text6, itself),
    outputs: mapOf2(items3[11], text6, itself),
    events: mapOf2(items3[12], nat4, itself),
    effects: mapOf2(items3[13], nat4, parseEffect2),
    children: mapOf2(items3[14], nat4, parseChildren),
    sizeBytes: nat4(items3[15])
  };
}
function effectItems(handle) {
  const { attempt: attempt2, intent, isCancelled, again, retry: retry2, outcome } = handle;
  return [
    attempt2,
    intent,
    isCancelled,
    again === void 0 ? null : [again.params, again.key ?? null],
    retry2 === void 0 ? null : [retry2.atNs, retry2.due ? placeItems(retry2.due) : null],
    outcome === void 0 ? null : outcomeItems(outcome)
  ];
}
function outcomeItems({ status, receipt, error: error2, adapterId, costCents }) {
  return [status, optional(receipt), error2 ?? null, adapterId, costCents ?? null];
}
function parseEffect2(value) {
  const items3 = listOf2(value, 6);
  return {
    attempt: nat4(items3[0]),
    intent: hash6(items3[1]),
    isCancelled: bool3(items3[2]),
    again: nullable(items3[3], parseParams) ?? void 0,
    retry: nullable(items3[4], parseRetry) ?? void 0,
    outcome: nullable(items3[5], parseEffectOutcome) ?? void 0
  };
}
function parseParams(value) {
  const items3 = listOf2(value, 2);
  return { params: bytes3(items3[0]), key: nullable(items3[1], bytes3) ?? void 0 };
}
function parseRetry(value) {
  const items3 = listOf2(value, 2);
  return { atNs: bigint(items3[0]), due: nullable(items3[1], parsePlace) ?? void 0 };
}
function parseEffectOutcome(value) {
  const items3 = listOf2(value, 5);
  return {
    status: oneOf2(items3[0], RECEIPT_STATUSES),
    receipt: parseOptional(items3[1]),
    error: nullable(items3[2], text6) ?? void 0,
    adapterId: text6(items3[3]),
    costCents: nullable(items3[4], bigint) ?? void 0
  };
}
function childItems({ instance: instance2, outcome }) {
  const ended2 = outcome && [outcome.status, outcome.code ?? null, optional(outcome.result)];
  return [...idOf(instance2), ended2 ?? null];
}
function parseChildren(value) {
  if (!Array.isArray(value)) throw unfit("a list");
  return value.map((each) => {
    const items3 = listOf2(each, 3);
    return {
      instance: { seq: nat4(items3[0]), i: nat4(items3[1]) },
      outcome: nullable(items3[2], parseChildOutcome) ?? void 0
    };
  });
}
function parseChildOutcome(value) {
  const items3 = listOf2(value, 3);
  return {
    status: oneOf2(items3[0], PLAN_STATUSES),
    code: nullable(items3[1], text6) ?? void 0,
    result: parseOptional(items3[2])
  };
}
function parseParent2(value) {
  const items3 = listOf2(value, 4);
  const instance2 = { seq: nat4(items3[0]), i: nat4(items3[1]) };
  return { instance: instance2, step: nat4(items3[2]), index: nat4(items3[3]) };
}
function parsePlace(value) {
  const items3 = listOf2(value, 2);
  return { seq: nat4(items3[0]), i: nullable(items3[1], nat4) };
}
function placeItems({ seq, i }) {
  return [seq, i];
}
function idOf({ seq, i }) {
  return [seq, i];
}
function optional(value) {
  return value === void 0 ? [] : [value];
}
function parseOptional(value) {
  if (Array.isArray(value) && value.length < 2) return value[0];
  throw unfit("a list of at most one item");
}
function entriesOf(map3, items3) {
  return new Map([...map3].map(([key3, value]) => [key3, items3(value)]));
}
function mapOf2(value, key3, item) {
  if (!(value instanceof Map)) throw unfit("a map");
  return new Map([...value].map(([each, inner]) => [key3(each), item(inner)]));
}
function listOf2(value, size) {
  if (Array.isArray(value) && value.length === size) return value;
  throw unfit(`a list of ${size}`);
}
function nullable(value, parse2) {
  if (value === void 0) throw unfit("an item");
  return value === null ? null : parse2(value);
}
function itself(value) {
  return value;
}
function text6(value) {
  if (typeof value === "string") return value;
  throw unfit("text");
}
function bytes3(value) {
  if (value instanceof Uint8Array) return value;
  throw unfit("bytes");
}
function hash6(value) {
  const found = bytes3(value);
  if (found.length === HASH_BYTES7) return asHash(found.slice());
  throw unfit(`${HASH_BYTES7} bytes`);
}
var HASH_BYTES7 = 32;
function bytesBelow(value, bound) {
  const found = bytes3(value);
  if (found.every((each) => each < bound)) return found;
  throw unfit(`bytes below ${bound}`);
}
function oneOf2(value, words2) {
  const found = words2.find((each) => each === value);
  if (found !== void 0) return found;
  throw unfit(`one of ${words2.join(", ")}`);
}
function bool3(value) {
  if (typeof value === "boolean") return value;
  throw unfit("a boolean");
}
function nat4(value) {
  if (typeof value === "number" && value >= 0) return value;
  throw unfit("a natural number");
}
function bigint(value) {
  if (typeof value === "number" || typeof value === "bigint") return BigInt(value);
  throw unfit("an integer");
}
function unfit(expected2) {
  return shapeRefusal("shape-field", `plan instance: expected ${expected2}`);
}

// packages/kernel/src/plans/state/plan-state.ts
function planCodecs(source) {
  return { instances: instanceCodec(source), waits: waitCodec };
}
function emptyPlanState(source) {
  return {
    instances: Trie.empty(instanceCodec(source), source),
    waits: Trie.empty(waitCodec, source)
  };
}
function waitOf2({ event: event2, equation }, instance2, step3) {
  const match = matchOf(equation, instance2);
  return { schema: event2, match, instance: instance2.id, step: step3 };
}
function addWait(state, wait) {
  return { ...state, waits: state.waits.set(wait) };
}
function deleteWait(state, wait) {
  return { ...state, waits: state.waits.delete(waitKey(wait)) };
}
function waitsFor({ waits }, schema, event2) {
  if (waits.size === 0) return NO_WAITS;
  const prefix = schemaKey(schema);
  const found = [];
  for (let from = prefix; from !== void 0; ) {
    const [first2] = waits.range({ prefix, from });
    if (first2 === void 0) break;
    const field = concatBytes(prefix, fieldKey(first2.match));
    found.push(...waits.range({ prefix: matchingPrefix(field, first2.match, event2) }));
    from = after(field);
  }
  return found.length < 2 ? found : found.sort(compareWaits);
}
var NO_WAITS = [];
function matchingPrefix(field, match, event2) {
  if (match === void 0) return field;
  const value = fieldAt(event2(), match.field.split("."));
  return concatBytes(field, sha2562(encode(value ?? null)));
}
function compareWaits(a, b) {
  const [x, y] = [a.instance, b.instance];
  return x.seq - y.seq || x.i - y.i || a.step - b.step;
}
var HASH_BYTES8 = 32;
var EVERY = new Uint8Array(HASH_BYTES8);
function waitKey({ schema, match, instance: instance2, step: step3 }) {
  const value = match === void 0 ? EVERY : sha2562(match.value);
  const head = concatBytes(schemaKey(schema), fieldKey(match), value);
  return concatBytes(head, placeKey(instance2), u32be(step3));
}
function schemaKey(schema) {
  return sha2562(utf8(schema));
}
function fieldKey(match) {
  return match === void 0 ? EVERY : sha2562(utf8(match.field));
}
function after(prefix) {
  const next2 = prefix.slice();
  for (let at2 = next2.length - 1; at2 >= 0; at2 -= 1) {
    next2[at2] = (next2[at2] ?? 0) + 1 & 255;
    if (next2[at2] !== 0) return next2;
  }
  return void 0;
}
var waitCodec = {
  keyOf: waitKey,
  write(w, { schema, match, instance: instance2, step: step3 }) {
    w.listHead(match === void 0 ? 4 : 6);
    w.text(schema);
    w.int(instance2.seq);
    w.int(instance2.i);
    w.int(step3);
    if (match === void 0) return;
    w.text(match.field);
    w.bytes(match.value);
  },
  read(r) {
    const items3 = r.listHead();
    if (items3 !== 4 && items3 !== 6) throw shapeRefusal("shape-field", "expected 4 or 6 items");
    const schema = r.text();
    const instance2 = { seq: r.nat(), i: r.nat() };
    const step3 = r.nat();
    const match = items3 === 4 ? void 0 : { field: r.text(), value: r.bytes().slice() };
    return { schema, match, instance: instance2, step: step3 };
  }
};

// packages/kernel/src/plans/end.ts
var MAX_INSTANCE_BYTES = 1 << 24;
function endInstance(port, instance2, ending, cause) {
  const plan = planOf(port, instance2);
  const { id } = instance2;
  const { status, code: code2, result } = ending;
  if (result !== void 0) {
    const schema = plan.output?.name;
    assert(schema !== void 0, "a plan with a result has an output");
    const value = port.carry(result.bytes);
    port.append({ kind: "plan-result", instance: id, schema, value }, cause);
  }
  const place3 = port.append({ kind: "plan-ended", instance: id, status, code: code2 }, cause);
  forget(port, plan, instance2);
  if (status === "cancelled") cancelOpen(port, plan, instance2, place3);
  const outcome = {
    status,
    code: code2 ?? void 0,
    result: status === "ok" ? result?.value ?? null : void 0
  };
  if (instance2.parent !== null) {
    tellParent(port, instance2, { outcome, sizeBytes: result?.bytes.length ?? 0 }, place3);
  }
}
function planOf(port, { plan, manifest }) {
  const compiled = port.plansOf(manifest).get(plan);
  assert(
    compiled !== void 0,
    `the plan ${plan} is in the manifest that its instance is pinned to`
  );
  return compiled;
}
function scheduled(port, instance2, cause) {
  if (instance2.isScheduled) return instance2;
  port.schedule(instance2.id, cause);
  return { ...instance2, isScheduled: true };
}
function cancelInstance(port, id, cause) {
  const instance2 = findInstance(port, id);
  if (instance2 === void 0 || instance2.isCancelled) return;
  saveInstance(port, scheduled(port, { ...instance2, isCancelled: true }, cause));
}
function woken(port, instance2, source, cause) {
  const steps2 = overBecauseOf(planOf(port, instance2), source, instance2);
  return steps2.length === 0 ? instance2 : scheduled(port, withReady(instance2, steps2, cause), cause);
}
function withReady(instance2, steps2, cause) {
  const states = instance2.states.slice();
  const ready = new Map(instance2.ready);
  for (const step3 of steps2) {
    states[step3] = STEP_STATES.indexOf("ready");
    ready.set(step3, cause);
  }
  return { ...instance2, states, ready };
}
function retryDeadline(plan, { id }, step3, atNs) {
  return { atNs, instance: id, step: plan.steps[step3]?.id ?? "" };
}
function forget(port, plan, instance2) {
  const { id, states } = instance2;
  let state = port.planState;
  for (const [i, step3] of plan.steps.entries()) {
    if (step3.op !== "await_event" || STEP_STATES[states[i] ?? 0] !== "waiting") continue;
    state = deleteWait(state, waitOf2(step3, instance2, i));
  }
  port.planState = { ...state, instances: state.instances.delete(placeKey(id)) };
  for (const [step3, { retry: retry2 }] of instance2.effects) {
    if (retry2 === void 0 || retry2.due !== void 0) continue;
    port.clearDeadline(retryDeadline(plan, instance2, step3, retry2.atNs));
  }
}
function cancelOpen(port, plan, { id, effects, children }, cause) {
  for (const [i, { id: step3 }] of plan.steps.entries()) {
    const effect2 = effects.get(i);
    if (effect2 !== void 0 && effect2.outcome === void 0 && effect2.retry === void 0) {
      port.cancelEffect(effect2.intent, { plan: plan.name, instance: id, step: step3 }, cause);
    }
    for (const { instance: instance2, outcome } of children.get(i) ?? []) {
      if (outcome === void 0) cancelInstance(port, instance2, cause);
    }
  }
}
function tellParent(port, { parent: link }, { outcome, sizeBytes }, cause) {
  const parent = link === null ? void 0 : findInstance(port, link.instance);
  if (link === null || parent === void 0) return;
  const handles = parent.children.get(link.step);
  const handle = handles?.[link.index];
  assert(handles !== void 0 && handle !== void 0, "a parent knows its children");
  const children = new Map(parent.children);
  children.set(link.step, handles.with(link.index, { ...handle, outcome }));
  const told = { ...parent, children, sizeBytes: parent.sizeBytes + sizeBytes };
  keepOrEnd(port, woken(port, told, link.step, cause), cause);
}
function keepOrEnd(port, instance2, cause) {
  if (instance2.sizeBytes <= MAX_INSTANCE_BYTES) saveInstance(port, instance2);
  else endInstance(port, instance2, { status: "error", code: "plan-values-limit" }, cause);
}

// packages/kernel/src/plans/running-instance.ts
var codeOf = (state) => STEP_STATES.indexOf(state);
var READY = codeOf("ready");
var WAITING2 = codeOf("waiting");
var RunningInstance = class {
  constructor(plan, instance2) {
    this.plan = plan;
    this.instance = instance2;
    this.ready = new Map(instance2.ready);
    this.events = new Map(instance2.events);
    this.effects = new Map(instance2.effects);
    this.children = new Map(instance2.children);
    this.#vars = new Map(instance2.vars);
    this.#outputs = new Map(instance2.outputs);
    this.#states = instance2.states.slice();
    this.#taken = instance2.taken.slice();
    this.#sizeBytes = instance2.sizeBytes;
    this.#undecided = new Int32Array(plan.steps.length);
    this.#isReached = new Uint8Array(plan.steps.length);
    for (const state of this.#states) if (state === WAITING2) this.#waiting += 1;
    for (const [i, { from, to }] of plan.edges.entries()) {
      if (!this.#isDecided(from)) this.#add(this.#undecided, to, 1);
      if (this.#taken[i] === 1) this.#isReached[to] = 1;
    }
  }
  plan;
  instance;
  ready;
  events;
  effects;
  children;
  #vars;
  #outputs;
  #states;
  #taken;
  /** Edges into each step that are not decided, and whether one was taken. */
  #undecided;
  #isReached;
  #waiting = 0;
  #lowest = 0;
  #lastPlace;
  #sizeBytes;
  get bindings() {
    return { input: this.instance.input, vars: this.#vars, steps: this.#outputs };
  }
  get hasWaiting() {
    return this.#waiting > 0;
  }
  /** The entry of the step that was decided last. */
  get lastPlace() {
    return this.#lastPlace;
  }
  get sizeBytes() {
    return this.#sizeBytes;
  }
  stepAt(index) {
    const step3 = this.plan.steps[index];
    assert(step3 !== void 0, "a step is one of the plan");
    return step3;
  }
  /** The first of the steps that are ready. */
  next() {
    const states = this.#states;
    while (this.#lowest < states.length && states[this.#lowest] !== READY) this.#lowest += 1;
    return this.#lowest < states.length ? this.#lowest : void 0;
  }
  /** Why a step is ready. */
  causeOf(step3) {
    const cause = this.ready.get(step3);
    assert(cause !== void 0, "a ready step has a cause");
    return cause;
  }
  /** True when no edge into a step that is ready was taken. */
  isUnreached(step3) {
    return (this.plan.incoming[step3] ?? []).length > 0 && this.#isReached[step3] === 0;
  }
  bind(variable, value) {
    this.#vars.set(variable, value);
  }
  /** Keeps what `@step:` of a step stands for, when an expression of the plan asks for it. */
  show(step3, value) {
    if (this.plan.shown.has(step3.id)) this.#outputs.set(step3.id, value());
  }
  grow(sizeBytes) {
    this.#sizeBytes += sizeBytes;
  }
  wait(step3) {
    this.#setState(step3, "waiting");
    this.#waiting += 1;
    this.ready.delete(step3);
  }
  /** A waiting step has what it waits for, or a cancelled one need not wait. */
  wake(step3, cause) {
    assert(this.#states[step3] === WAITING2, "only a waiting step is woken");
    this.#waiting -= 1;
    this.#makeReady(step3, cause);
  }
  /** The waiting steps that are over now that something of `source` has ended. */
  overBecauseOf(source) {
    const { effects, children } = this;
    return overBecauseOf(this.plan, source, { effects, children, states: this.#states });
  }
  /** Decides a ready step and the edges out of it: those for which `isTaken` holds are taken. */
  decide(step3, state, place3, isTaken) {
    this.#setState(step3, state);
    this.#lastPlace = place3;
    this.ready.delete(step3);
    for (const edge of this.plan.outgoing[step3] ?? []) {
      const to = this.plan.edges[edge]?.to ?? 0;
      if (isTaken.has(edge)) {
        this.#taken[edge] = 1;
        this.#isReached[to] = 1;
      }
      this.#add(this.#undecided, to, -1);
      if (this.#undecided[to] === 0) this.#makeReady(to, place3);
    }
  }
  save(isScheduled) {
    return {
      ...this.instance,
      isScheduled: isScheduled === "scheduled",
      states: this.#states,
      taken: this.#taken,
      ready: this.ready,
      vars: this.#vars,
      outputs: this.#outputs,
      events: this.events,
      effects: this.effects,
      children: this.children,
      sizeBytes: this.#sizeBytes
    };
  }
  #makeReady(step3, cause) {
    this.#setState(step3, "ready");
    this.ready.set(step3, cause);
    this.#lowest = Math.min(this.#lowest, step3);
  }
  #isDecided(step3) {
    const state = STEP_STATES[this.#states[step3] ?? 0];
    return state === "done" || state === "skipped";
  }
  #setState(step3, state) {
    this.#states[step3] = codeOf(state);
  }
  #add(counts, at2, by) {
    counts[at2] = (counts[at2] ?? 0) + by;
  }
};

// packages/kernel/src/plans/steps/shown-values.ts
var record4 = (fields2) => new Map(fields2);
function emitted(handle, intent, params) {
  return record4([
    ["handle", handle],
    ["params", params],
    ["intent_hash", toHashText(intent)]
  ]);
}
function raised(schema, value) {
  return record4([
    ["value", value],
    ["schema", schema]
  ]);
}
function endedEffect(outcome) {
  const { status, receipt, error: error2, adapterId, costCents } = outcome;
  const given = receipt ?? null;
  const shown2 = [
    ["error", error2 ?? null],
    ["status", status],
    ["receipt", given],
    ["adapter_id", adapterId],
    ["cost_cents", costCents === void 0 ? null : narrow(costCents)]
  ];
  return { isOk: status === "ok", given, shown: shown2 };
}
function endedChild({ status, code: code2, result }) {
  const given = result ?? null;
  const shown2 = [
    ["code", code2 ?? null],
    ["result", given],
    ["status", status]
  ];
  return { isOk: status === "ok", given, shown: shown2 };
}
function shownOne({ shown: shown2 }) {
  return record4(shown2);
}
function shownAny({ shown: shown2 }, index) {
  const [first2, ...others] = shown2;
  const isBefore = first2 !== void 0 && first2[0].length < "index".length;
  const fields2 = [["index", index]];
  if (first2 === void 0 || !isBefore && first2[0] > "index")
    return record4([...fields2, ...shown2]);
  return record4([first2, ...fields2, ...others]);
}
function firstOf2(index, value) {
  return record4([
    ["index", index],
    ["value", value]
  ]);
}
function narrow(value) {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}

// packages/kernel/src/plans/steps/step-result.ts
function failed2(code2) {
  return { kind: "failed", code: code2 };
}

// packages/kernel/src/plans/steps/emit.ts
var MAX_TIME_NS = (1n << 64n) - 1n;
function runEmit(step3, { port, run, index }) {
  const params = step3.params.give(run.bindings);
  if (!params.ok) return failed2(params.refusal.code);
  const key3 = step3.key?.give(run.bindings);
  if (key3 !== void 0 && !key3.ok) return failed2(key3.refusal.code);
  const again = {
    params: params.value.bytes,
    key: key3 === void 0 ? void 0 : keyBytes(key3.value.value)
  };
  const attempt2 = attemptOf(step3, again, { port, run, attempt: 1 });
  if (attempt2.kind === "failed") return attempt2;
  const { intent, act } = attempt2;
  return {
    kind: "done",
    sizeBytes: params.value.bytes.length,
    shown: () => emitted(step3.handle, intent, params.value.value),
    act(place3) {
      act(place3);
      run.effects.set(index, attempt2.handle);
    }
  };
}
function runRetry(step3, handle, place3) {
  const { port, run, index } = place3;
  assert(handle.again !== void 0, "an attempt that is due has something to ask for");
  const attempt2 = attemptOf(step3, handle.again, { port, run, attempt: handle.attempt + 1 });
  if (attempt2.kind === "failed") return attempt2;
  return {
    kind: "done",
    act(at2) {
      attempt2.act(at2);
      run.effects.set(index, attempt2.handle);
    }
  };
}
function attemptOf(step3, again, trying) {
  const { port, run, attempt: attempt2 } = trying;
  const { id, plan } = run.instance;
  const ask2 = {
    origin: { plan, instance: id, step: step3.id },
    effect: step3.effect,
    cap: step3.cap,
    params: again.params,
    attempt: attempt2,
    ...again.key === void 0 ? {} : { idempotencyKey: again.key },
    ...step3.deadlineNs === void 0 ? {} : { deadlineNs: later(port, step3.deadlineNs) }
  };
  const verdict = port.authorize(ask2);
  const act = (place3) => port.open(ask2, verdict, place3);
  if (verdict.kind === "denied") return { kind: "failed", code: verdict.code, act };
  const intent = intentOf(verdict);
  const isLast = attempt2 >= (step3.retry?.max ?? 1);
  const handle = {
    attempt: attempt2,
    intent,
    isCancelled: false,
    again: isLast ? void 0 : again,
    retry: void 0,
    outcome: void 0
  };
  return { kind: "allowed", intent, handle, act };
}
function intentOf(verdict) {
  return verdict.kind === "shared" ? verdict.intent : verdict.intent.hash;
}
function later({ logicalNowNs }, durationNs) {
  const atNs = logicalNowNs + durationNs;
  return atNs < MAX_TIME_NS ? atNs : MAX_TIME_NS;
}
function keyBytes(value) {
  const hash8 = typeof value === "string" ? parseHashText(value) : void 0;
  assert(hash8?.ok === true, "an idempotency key is the text of a hash");
  return hash8.value;
}

// packages/kernel/src/plans/steps/await.ts
function runAwait(step3, { run }) {
  const outcomes = outcomesOf(run, step3.sources);
  if (outcomes === void 0) return failed2("expr-missing");
  if (step3.wants === "any" && outcomes.length === 0) return failed2("await-nothing");
  if (!isOver(step3, run)) return { kind: "waiting" };
  const isPlan = step3.sources.some((source) => run.children.has(source));
  const first2 = outcomes.findIndex((each) => each !== void 0);
  const looked = step3.wants === "any" ? [outcomes[first2]] : outcomes;
  const met = looked.flatMap((each) => each === void 0 ? [] : [endedOf(each)]);
  const isOk = met.every((each) => each.isOk);
  if (!isOk && !step3.isStatusRead) return failed2(isPlan ? "child-failed" : "effect-failed");
  const bound = givenOf2(step3, met, first2);
  return {
    kind: "done",
    sizeBytes: encode(bound).length,
    // What has failed gave nothing: the variable stays without a value.
    ...isOk ? { bind: { name: step3.bind, value: bound } } : {},
    shown: () => shownOf(step3, met, first2)
  };
}
function endedOf(handle) {
  return handle.of === "effect" ? endedEffect(handle.outcome) : endedChild(handle.outcome);
}
function givenOf2({ wants }, met, first2) {
  if (wants === "all") return met.map(({ given: given2 }) => given2);
  const given = met[0]?.given ?? null;
  return wants === "any" ? firstOf2(first2, given) : given;
}
function shownOf({ wants }, met, first2) {
  if (wants === "all") return met.map(shownOne);
  const [one2] = met;
  if (one2 === void 0) return null;
  return wants === "any" ? shownAny(one2, first2) : shownOne(one2);
}
function runAwaitEvent(step3, { port, run, index }) {
  const event2 = run.events.get(index);
  if (event2 !== void 0) return taken(step3, event2, () => run.events.delete(index));
  return {
    kind: "waiting",
    act() {
      port.planState = addWait(port.planState, waitOf2(step3, run.instance, index));
    }
  };
}
function taken(step3, event2, act) {
  return { kind: "done", bind: { name: step3.bind, value: event2 }, shown: () => event2, act };
}

// packages/kernel/src/plans/steps/cancel.ts
var CANCELLED = {
  status: "cancelled",
  receipt: void 0,
  error: "effect-cancelled",
  adapterId: "kernel",
  costCents: void 0
};
function runCancel(step3, place3) {
  return {
    kind: "done",
    shown: () => null,
    act(cause) {
      for (const source of step3.sources) cancelSource(source, place3, cause);
    }
  };
}
function cancelSource(source, { port, run }, cause) {
  for (const { instance: instance2, outcome } of run.children.get(source) ?? []) {
    if (outcome === void 0) cancelInstance(port, instance2, cause);
  }
  const handle = run.effects.get(source);
  if (handle === void 0 || handle.outcome !== void 0 || handle.isCancelled) return;
  const isComing = handle.retry === void 0 && askEnd(source, handle, { port, run, cause });
  if (isComing) {
    run.effects.set(source, { ...handle, isCancelled: true, again: void 0 });
    return;
  }
  const { retry: retry2 } = handle;
  if (retry2 !== void 0 && retry2.due === void 0) {
    port.clearDeadline(retryDeadline(run.plan, run.instance, source, retry2.atNs));
  }
  const ended2 = { ...handle, again: void 0, retry: void 0, outcome: CANCELLED };
  run.effects.set(source, ended2);
  for (const waiter of run.overBecauseOf(source)) run.wake(waiter, cause);
}
function askEnd(source, { intent }, { port, run, cause }) {
  const origin2 = originOf(run, source);
  return port.cancelEffect(intent, origin2, cause) === "coming";
}
function originOf(run, source) {
  const { id, plan } = run.instance;
  const step3 = run.plan.steps[source];
  assert(step3 !== void 0, "a source is a step of the plan");
  return { plan, instance: id, step: step3.id };
}

// packages/kernel/src/plans/steps/spawn.ts
var MAX_PLAN_DEPTH = 64;
var HANDLE_BYTES = 16;
function runSpawn(step3, place3) {
  const input = step3.input.give(place3.run.bindings);
  if (!input.ok) return failed2(input.refusal.code);
  return spawn(step3.plan, [input.value], place3);
}
function runSpawnForEach(step3, place3) {
  const inputs = step3.inputs.give(place3.run.bindings);
  if (!inputs.ok) return failed2(inputs.refusal.code);
  const list4 = inputs.value.value;
  assert(Array.isArray(list4), "the inputs were checked to be a list");
  if (list4.length > step3.maxFanout) return failed2("fanout-exceeded");
  if (list4.length > place3.port.limits.plan_fanout) return failed2("plan-fanout-limit");
  return spawn(step3.plan, list4.map(givenOf3), place3);
}
function spawn(name2, inputs, place3) {
  const { port, run, index } = place3;
  if (run.instance.depth >= MAX_PLAN_DEPTH) return failed2("plan-depth-limit");
  if (inputs.length > countFree(port)) return failed2("plan-instances-limit");
  return {
    kind: "done",
    sizeBytes: inputs.length * HANDLE_BYTES,
    shown: () => null,
    act(cause) {
      const plan = childPlan(name2, place3);
      const handles = inputs.map((input, i) => ({
        instance: startChild(plan, input, { place: place3, i }, cause),
        outcome: void 0
      }));
      run.children.set(index, handles);
    }
  };
}
function startChild(plan, input, { place: place3, i }, cause) {
  const { port, run, index } = place3;
  const { id, manifest, depth } = run.instance;
  const correlation = inputCorrelation(plan, input.value);
  const parent = { instance: id, step: index, index: i, depth: depth + 1 };
  return startInstance(port, { plan, manifest, input, correlation, parent }, cause);
}
function childPlan(name2, { port, run }) {
  const plan = port.plansOf(run.instance.manifest).get(name2);
  assert(plan !== void 0, `the plan ${name2} was checked`);
  return plan;
}
function givenOf3(value) {
  return { value, bytes: encode(value) };
}

// packages/kernel/src/plans/steps/perform.ts
function perform(step3, place3) {
  switch (step3.op) {
    case "raise_event":
      return runRaise(step3, place3);
    case "assign":
      return runAssign(step3, place3);
    case "end":
      return runEnd(step3, place3);
    case "emit_effect":
      return runEmit(step3, place3);
    case "await":
      return runAwait(step3, place3);
    case "await_event":
      return runAwaitEvent(step3, place3);
    case "spawn_plan":
      return runSpawn(step3, place3);
    case "spawn_for_each":
      return runSpawnForEach(step3, place3);
    case "cancel":
      return runCancel(step3, place3);
  }
}
function runRaise(step3, { port, run }) {
  const given = step3.value.give(run.bindings);
  if (!given.ok) return failed2(given.refusal.code);
  const { bytes: bytes5, value } = given.value;
  const event2 = { schema: step3.event, value: bytes5 };
  const code2 = port.admitEvent(event2);
  if (code2 !== void 0) return failed2(code2);
  const shown2 = () => raised(step3.event, value);
  return { kind: "done", shown: shown2, act: (at2) => port.raiseEvent(event2, at2) };
}
function runAssign(step3, { run }) {
  const given = step3.value.give(run.bindings);
  if (!given.ok) return failed2(given.refusal.code);
  const { bytes: bytes5, value } = given.value;
  const bind = { name: step3.bind, value };
  return { kind: "done", bind, sizeBytes: bytes5.length, shown: () => value };
}
function runEnd(step3, { run }) {
  const given = step3.result?.give(run.bindings);
  if (given !== void 0 && !given.ok) return failed2(given.refusal.code);
  const result = given?.value;
  return { kind: "done", shown: () => result?.value ?? null, ends: { result } };
}

// packages/kernel/src/plans/advance.ts
function advanceInstance(port, id, cause) {
  const instance2 = findInstance(port, id);
  if (instance2 === void 0) return "over";
  if (instance2.isCancelled) {
    if (!port.spend()) return "spent";
    endInstance(port, instance2, { status: "cancelled", code: null }, cause);
    return "over";
  }
  const run = new RunningInstance(planOf(port, instance2), instance2);
  const progress = advance(port, run, cause);
  if (progress === "spent") saveInstance(port, run.save("scheduled"));
  return progress;
}
function advance(port, run, cause) {
  for (const index of dueRetries(run)) {
    if (!port.spend()) return "spent";
    if (tryAgain({ port, run, index }) === "ended") return "over";
  }
  for (let index = run.next(); index !== void 0; index = run.next()) {
    if (!port.spend()) return "spent";
    if (runStep({ port, run, index }) === "ended") return "over";
  }
  if (run.hasWaiting) saveInstance(port, run.save("idle"));
  else finish(port, run, cause);
  return "over";
}
function finish(port, run, cause) {
  const isMissing2 = run.plan.output !== void 0;
  const ending = isMissing2 ? { status: "error", code: "end-not-reached" } : { status: "ok", code: null };
  endInstance(port, run.save("idle"), ending, run.lastPlace ?? cause);
}
function dueRetries({ effects }) {
  const due = [...effects].filter(([, { retry: retry2 }]) => retry2?.due !== void 0);
  return due.map(([index]) => index).sort((a, b) => a - b);
}
function tryAgain(place3) {
  const { port, run, index } = place3;
  const handle = run.effects.get(index);
  const due = handle?.retry?.due;
  if (handle === void 0 || due === void 0) return "going";
  const result = runRetry(run.stepAt(index), handle, place3);
  if (result.kind === "failed") return fail2(place3, result, due);
  const at2 = port.append(entryOf2(place3, "done", null), due);
  if (result.kind === "done") result.act?.(at2);
  return "going";
}
function runStep(place3) {
  const { port, run, index } = place3;
  const cause = run.causeOf(index);
  if (run.isUnreached(index)) {
    const at3 = port.append(entryOf2(place3, "skipped", null), cause);
    run.decide(index, "skipped", at3, NO_EDGES);
    return "going";
  }
  const step3 = run.stepAt(index);
  const result = perform(step3, place3);
  if (result.kind === "failed") return fail2(place3, result, cause);
  if (result.kind === "done") return complete(step3, result, place3);
  run.wait(index);
  const at2 = port.append(entryOf2(place3, "waiting", null), cause);
  result.act?.(at2);
  return "going";
}
var NO_EDGES = /* @__PURE__ */ new Set();
function complete(step3, done, place3) {
  const { port, run, index } = place3;
  const cause = run.causeOf(index);
  const { bind, sizeBytes = 0, shown: shown2, ends, act } = done;
  if (bind !== void 0) run.bind(bind.name, bind.value);
  if (shown2 !== void 0) run.show(step3, shown2);
  run.grow(sizeBytes);
  if (run.sizeBytes > MAX_INSTANCE_BYTES) return fail2(place3, failed2("plan-values-limit"), cause);
  const broken2 = brokenInvariant(run, step3, bind?.name);
  if (broken2 !== void 0) return fail2(place3, failed2(broken2), cause);
  const taken2 = ends === void 0 ? takenEdges(run, index) : NO_EDGES;
  if (typeof taken2 === "string") return fail2(place3, failed2(taken2), cause);
  const at2 = port.append(entryOf2(place3, "done", null), cause);
  run.decide(index, "done", at2, taken2);
  act?.(at2);
  if (ends === void 0) return "going";
  endInstance(port, run.save("idle"), { status: "ok", code: null, ...ends }, at2);
  return "ended";
}
function fail2(place3, { code: code2, act }, cause) {
  const { port, run } = place3;
  const at2 = port.append(entryOf2(place3, "failed", code2), cause);
  act?.(at2);
  endInstance(port, run.save("idle"), { status: "error", code: code2 }, at2);
  return "ended";
}
function entryOf2({ run, index }, outcome, code2) {
  const { id } = run.instance;
  return { kind: "plan-step", instance: id, step: run.stepAt(index).id, outcome, code: code2 };
}

// packages/kernel/src/plans/deliver.ts
var WHERE_BOUNDS = { steps: 1e4, items: 1e3, outputBytes: 1024 };
var MAX_TIME_NS2 = (1n << 64n) - 1n;
function deliverEvent(port, event2, cause) {
  let decoded2;
  const value = () => {
    decoded2 ??= decodeCanonical(event2.value);
    return decoded2;
  };
  for (const wait of waitsFor(port.planState, event2.schema, value)) {
    const instance2 = findInstance(port, wait.instance);
    if (instance2 !== void 0) meet(port, { instance: instance2, wait, value: value(), event: event2 }, cause);
  }
}
function meet(port, { instance: instance2, wait, value, event: event2 }, cause) {
  const step3 = planOf(port, instance2).steps[wait.step];
  assert(step3?.op === "await_event", "only these steps wait for events");
  const matches = isMatch(step3, instance2, value);
  if (matches === false) return;
  if (typeof matches === "string") {
    const { id } = instance2;
    const failed3 = { kind: "plan-step", instance: id, step: step3.id, outcome: "failed" };
    const place3 = port.append({ ...failed3, code: matches }, cause);
    endInstance(port, instance2, { status: "error", code: matches }, place3);
    return;
  }
  port.planState = deleteWait(port.planState, wait);
  const met = {
    ...withReady(instance2, [wait.step], cause),
    events: new Map(instance2.events).set(wait.step, value),
    sizeBytes: instance2.sizeBytes + event2.value.length
  };
  keepOrEnd(port, scheduled(port, met, cause), cause);
}
function isMatch({ where }, { input, vars, outputs }, event2) {
  if (where === void 0) return true;
  const bindings = { input, vars, steps: outputs, event: event2 };
  const result = evaluate(where.program, bindings, WHERE_BOUNDS);
  return result.ok ? result.value === true : result.refusal.code;
}
function deliverReceipt(port, { origin: origin2, settlement: settlement2 }, cause) {
  const instance2 = findInstance(port, origin2.instance);
  if (instance2 === void 0) return "late";
  const plan = planOf(port, instance2);
  const index = plan.stepOf.get(origin2.step);
  const step3 = index === void 0 ? void 0 : plan.steps[index];
  const handle = index === void 0 ? void 0 : instance2.effects.get(index);
  if (index === void 0 || step3?.op !== "emit_effect" || handle === void 0) return "late";
  if (!isOpen(handle, settlement2)) return "late";
  const isFailure = settlement2.status === "error" || settlement2.status === "timeout";
  if (isFailure && handle.again !== void 0 && !handle.isCancelled) {
    const atNs = retryTime(step3, handle.attempt, port.logicalNowNs);
    waitForRetry(port, { instance: instance2, index, handle, atNs }, cause);
    return "taken";
  }
  const outcome = outcomeOf(settlement2);
  const effects = new Map(instance2.effects).set(index, { ...handle, again: void 0, outcome });
  const sizeBytes = instance2.sizeBytes + settlement2.payload.length;
  keepOrEnd(port, woken(port, { ...instance2, effects, sizeBytes }, index, cause), cause);
  return "taken";
}
function fireDeadline(port, due, cause) {
  const instance2 = findInstance(port, due.instance);
  if (instance2 === void 0) return;
  const index = planOf(port, instance2).stepOf.get(due.step);
  const handle = index === void 0 ? void 0 : instance2.effects.get(index);
  if (index === void 0 || handle?.retry === void 0) return;
  const retry2 = { ...handle.retry, due: cause };
  const effects = new Map(instance2.effects).set(index, { ...handle, retry: retry2 });
  saveInstance(port, scheduled(port, { ...instance2, effects }, cause));
}
function isOpen(handle, { intent }) {
  const isWaiting = handle.outcome === void 0 && handle.retry === void 0;
  return isWaiting && bytesEqual(handle.intent, intent);
}
function waitForRetry(port, { instance: instance2, index, handle, atNs }, cause) {
  const plan = planOf(port, instance2);
  const deadline = retryDeadline(plan, instance2, index, atNs);
  const { id } = instance2;
  const waiting = { kind: "plan-step", instance: id, outcome: "waiting" };
  port.append({ ...waiting, step: deadline.step, code: "effect-failed" }, cause);
  port.setDeadline(deadline);
  const retry2 = { atNs, due: void 0 };
  const effects = new Map(instance2.effects).set(index, { ...handle, retry: retry2 });
  saveInstance(port, { ...instance2, effects });
}
function retryTime({ retry: retry2 }, attempt2, nowNs) {
  const { initial_ns, factor = DEFAULT_FACTOR, max_ns } = retry2?.backoff ?? { initial_ns: 0 };
  const grown = BigInt(initial_ns) * BigInt(factor) ** BigInt(attempt2 - 1);
  const capped = max_ns === void 0 || grown < BigInt(max_ns) ? grown : BigInt(max_ns);
  const atNs = nowNs + capped;
  return atNs < MAX_TIME_NS2 ? atNs : MAX_TIME_NS2;
}
var DEFAULT_FACTOR = 2;
function outcomeOf(settlement2) {
  const { status, adapterId, costCents, payload } = settlement2;
  const value = decodeCanonical(payload);
  const isOk = status === "ok";
  const code2 = value instanceof Map ? value.get("code") : void 0;
  return {
    status,
    receipt: isOk ? value : void 0,
    error: isOk ? void 0 : typeof code2 === "string" ? code2 : status,
    adapterId,
    costCents
  };
}

// packages/kernel/src/step/emit.ts
function emit(run, { schema, value, key: key3 }, cause) {
  const carried = run.carry(value);
  const event2 = { kind: "domain-event", cause: run.causeOf(cause), schema };
  const entry2 = { ...event2, value: carried };
  const place3 = run.append(key3 === void 0 ? entry2 : { ...entry2, key: key3 }, key3?.length);
  const work = { kind: "event", schema, value, cause: place3, done: 0 };
  run.queue.push(key3 === void 0 ? work : { ...work, key: key3 });
}

// packages/kernel/src/step/work-queue.ts
var WorkQueue = class {
  #work;
  #head = 0;
  #events = 0;
  #eventBytes = 0;
  #receipts = 0;
  #receiptBytes = 0;
  constructor(pending) {
    this.#work = pending.length === 0 ? [] : [...pending];
    for (const work of pending) this.#count(work, 1);
  }
  push(work) {
    this.#work.push(work);
    this.#count(work, 1);
  }
  get first() {
    return this.#work[this.#head];
  }
  /** Takes the first piece away. */
  shift() {
    const work = this.#work[this.#head++];
    if (work !== void 0) this.#count(work, -1);
  }
  /** Notes how far the first piece, an event, has come. */
  advance(event2) {
    this.#work[this.#head] = event2;
  }
  /** Whether this many events more, of so many bytes in all, may wait. */
  hasRoom(events, sizeBytes, limits) {
    return this.#events + events <= limits.pending_work && this.#eventBytes + sizeBytes <= limits.pending_bytes;
  }
  /** Whether this many answers more may wait that come without anything of the outside. */
  hasRoomForAnswers(answers2, limits) {
    return this.#receipts + answers2 <= limits.pending_work && this.#receiptBytes <= limits.pending_bytes;
  }
  /** What is left. */
  rest() {
    return this.#head === this.#work.length ? NOTHING3 : this.#work.slice(this.#head);
  }
  #count(work, sign2) {
    if (work.kind === "event") this.#countEvent(work, sign2);
    else if (work.kind === "receipt") this.#countReceipt(work, sign2);
  }
  #countEvent(event2, sign2) {
    this.#events += sign2;
    this.#eventBytes += sign2 * emittedSize(event2);
  }
  #countReceipt({ settlement: settlement2 }, sign2) {
    this.#receipts += sign2;
    this.#receiptBytes += sign2 * settlement2.payload.length;
  }
};
var NOTHING3 = [];
function emittedSize(event2) {
  return event2.value.length + (event2.key?.length ?? 0) + event2.schema.length + ENTRY_BYTES;
}
var ENTRY_BYTES = 256;

// packages/kernel/src/plans/run-port.ts
var RunPort = class {
  constructor(run) {
    this.run = run;
    this.seq = run.seq;
    this.logicalNowNs = run.stamp.logicalNowNs;
  }
  run;
  seq;
  logicalNowNs;
  get planState() {
    return this.run.next.planState;
  }
  set planState(state) {
    this.run.next.planState = state;
  }
  get limits() {
    return this.run.next.runtime.limits;
  }
  get manifest() {
    return this.run.next.program.definition.manifestHash;
  }
  /** A world has one manifest, so whatever is pinned is pinned to it. */
  plansOf() {
    return this.run.next.program.plans;
  }
  spend() {
    if (this.run.isSpent) return false;
    this.run.spend();
    return true;
  }
  carry(value) {
    return this.run.carry(value);
  }
  append(entry2, cause) {
    return this.run.append({ ...entry2, cause: this.run.causeOf(cause) });
  }
  schedule(instance2, cause) {
    this.run.queue.push({ kind: "plan", instance: instance2, cause });
  }
  admitEvent(event2) {
    const { run } = this;
    const { limits } = run.next.runtime;
    if (event2.value.length > limits.event_bytes) return "event-too-large";
    if (isReserved(run.next.program.reserved, event2.schema, event2.value)) return "event-reserved";
    const sizeBytes = emittedSize(event2);
    if (sizeBytes > limits.emitted_bytes / 2) return "emission-limit";
    if (!run.queue.hasRoom(1, sizeBytes, limits)) return "cascade-limit";
    return checkEventKey(routesOf(run.next.program, event2.schema), event2.value, event2.key);
  }
  raiseEvent(event2, cause) {
    emit(this.run, event2, cause);
  }
  authorize(ask2) {
    return judgeEffect(this.run, ask2, new GateDraft(this.run.next.gateState)).verdict;
  }
  open(ask2, verdict, cause) {
    openEffects(this.run, [{ ask: ask2, verdict }], cause);
  }
  cancelEffect(hash8, origin2, cause) {
    const { run } = this;
    const intent = run.next.intents.get(hash8);
    if (intent === void 0) return "coming";
    const others = intent.waiters.filter((waiter) => !isSameOrigin(waiter, origin2));
    if (others.length > 0) {
      run.next.intents = run.next.intents.set({ ...intent, waiters: others });
      return "left";
    }
    if (intent.state === "waiting") {
      settleInternally(run, intent, { status: "cancelled", code: "effect-cancelled" }, cause);
    } else {
      run.cancel(hash8);
    }
    return "coming";
  }
  setDeadline(deadline) {
    const { next: next2 } = this.run;
    next2.deadlines = next2.deadlines.set({ kind: "step", ...deadline });
  }
  clearDeadline(deadline) {
    const { next: next2 } = this.run;
    next2.deadlines = next2.deadlines.delete(deadlineKey({ kind: "step", ...deadline }));
  }
};

// packages/kernel/src/step/plan-run.ts
function tellPlans(run, event2) {
  const { planState, program } = run.next;
  const { schema } = event2;
  const starts = schema === PLAN_START || program.plans.triggersOf(schema).length > 0;
  if (!starts && planState.waits.size === 0) return;
  const port = new RunPort(run);
  deliverEvent(port, event2, event2.cause);
  startTriggered(port, event2, event2.cause);
  startByHand(port, event2, event2.cause);
}
function advancePlan(run, { instance: instance2, cause }) {
  return advanceInstance(new RunPort(run), instance2, cause) === "over";
}
function tellPlanOfReceipt(run, work, waiter) {
  const { settlement: settlement2, cause } = work;
  run.spend();
  return deliverReceipt(new RunPort(run), { origin: waiter, settlement: settlement2 }, cause) === "taken";
}
function firePlanDeadline(run, due) {
  fireDeadline(new RunPort(run), due, run.inputPlace);
}

// packages/kernel/src/inputs/tick.ts
function admitTick(world, input) {
  if (!isRunning(world)) return refused(closedCode(world), "", `the world is ${world.mode}`);
  if (world.deadlines.size > 0) return admitted(input);
  return refused("nothing-due", "", "nothing in this world waits for time");
}
function applyTick(run) {
  const { next: next2, stamp } = run;
  for (let due = next2.deadlines.first(); due !== void 0 && due.atNs <= stamp.logicalNowNs && !run.isSpent; due = next2.deadlines.first()) {
    run.spend();
    next2.deadlines = next2.deadlines.delete(deadlineKey(due));
    fire(run, due);
  }
}
function fire(run, due) {
  if (due.kind === "step") {
    firePlanDeadline(run, due);
    return;
  }
  const intent = run.next.intents.get(due.intent);
  assert(intent !== void 0, "an intent takes its deadlines with it when it ends");
  if (due.kind === "approval") {
    expire(run, intent);
    return;
  }
  if (intent.state === "released") run.cancel(intent.hash);
  settleInternally(run, intent, TIMEOUT, run.inputPlace);
}

// packages/kernel/src/admit/admit.ts
function admit(world, raw) {
  try {
    return admitKind(world, raw);
  } catch (thrown) {
    if (thrown instanceof ObjectsNeeded) return { kind: "need", hashes: thrown.hashes };
    throw thrown;
  }
}
function admitKind(world, raw) {
  if (raw.kind === void 0 || raw.kind === "event") return admitEvent(world, raw);
  switch (raw.kind) {
    case "receipt":
      return admitReceipt(world, raw);
    case "stream-frame":
      return admitStreamFrame(world, raw);
    case "control":
      return admitControl(world, raw);
    case "keyring":
      return admitKeyring(world, raw);
    case "governance":
      return admitGovernance(world, raw);
    case "tick":
      return admitTick(world, raw);
    case "continue":
      return admitContinue(world, raw);
  }
}

// packages/kernel/src/gate/gate-state.ts
function emptyGateState(source) {
  return {
    ledgers: Trie.empty(ledgerCodec, source),
    windows: Trie.empty(windowCodec, source)
  };
}

// packages/kernel/src/gate/recheck.ts
function checkRedirect(gate, request, hops, ports2) {
  const subject = readRequest(gate, request, ports2.paramsBytes);
  if (isUnreadable(subject)) return subject.denial;
  const { grant, denial: denial2 } = findGrant(gate, subject);
  if (grant === void 0 || denial2 !== void 0) return denial2;
  for (const { name: name2, enforcer: enforcer2 } of grant.chain) {
    const most = httpLimitsOf(enforcer2)?.maxRedirects;
    if (most !== void 0 && hops > most) return redirectsExceeded(hops, name2);
  }
  return checkConstraints(gate, grant, subject, ports2).denial;
}
function checkAddress(gate, cap2, address) {
  const grant = gate.grants.get(cap2);
  if (grant === void 0) {
    const advice = `grant ${cap2} again, or use another grant`;
    return { code: "grant-not-found", at: `grant ${cap2}`, advice };
  }
  const narrow2 = grant.chain.find(({ enforcer: enforcer2 }) => httpLimitsOf(enforcer2)?.isPublicOnly);
  if (narrow2 === void 0 || !isPrivateAddress(address)) return void 0;
  return privateAddress("what the name stands for", narrow2.name);
}

// packages/kernel/src/reducers/context.ts
var ENTROPY_DOMAIN = "aos/entropy/0";
function callEntropy(place3) {
  const tail = new Uint8Array(13);
  const view = new DataView(tail.buffer);
  view.setBigUint64(1, BigInt(place3.seq));
  view.setUint32(9, place3.callIndex);
  const domain = utf8(ENTROPY_DOMAIN);
  const head = tail.subarray(0, 1);
  return sha5122(concatBytes(domain, head, place3.stamp.entropy, tail.subarray(1)));
}
function buildContext({ program }, reducer, event2, place3) {
  const { stamp, seq } = place3;
  return encodeReducerContext({
    nowNs: stamp.nowNs,
    logicalNowNs: stamp.logicalNowNs,
    journalHeight: seq,
    entropy: callEntropy(place3),
    eventHash: eventHash(event2),
    manifestHash: program.definition.manifestHash,
    reducer,
    cellMode: event2.key !== void 0,
    ...event2.key === void 0 ? {} : { key: event2.key }
  });
}

// packages/kernel/src/reducers/effects.ts
function askEffects(run, origin2, emitted2, cause) {
  const { gate } = run.next.program;
  const draft = new GateDraft(run.next.gateState);
  const effects = [];
  for (const { kind: effect2, params, capSlot, idempotencyKey: idempotencyKey2 } of emitted2) {
    const cap2 = grantOfSlot(gate, origin2.reducer, capSlot);
    if (cap2 === void 0)
      return isDeclared(run, origin2, effect2) ? "slot-unbound" : "effect-undeclared";
    const ask2 = { origin: origin2, effect: effect2, cap: cap2, params, attempt: 1 };
    const keyed = idempotencyKey2 === void 0 ? ask2 : { ...ask2, idempotencyKey: idempotencyKey2 };
    const judged = judgeEffect(run, keyed, draft);
    if (judged.verdict.kind === "denied") {
      writeDecision2(run, judged.verdict, cause);
      return judged.verdict.code;
    }
    effects.push(judged);
  }
  return { effects };
}
function isDeclared({ next: next2 }, { reducer }, effect2) {
  return next2.program.gate.emits.get(reducer)?.has(effect2) ?? false;
}

// packages/kernel/src/reducers/output.ts
function checkOutput(output, cell, rules) {
  const { program, reducer, limits } = rules;
  if (output.domainEvents.length > limits.events_per_call) return "events-over-limit";
  if (output.effects.length > limits.effects_per_call) return "effects-over-limit";
  const state = checkState(output.state, cell, reducer);
  if (typeof state === "string" && state !== "same") return state;
  const ann = checkAnnotation(output.ann, reducer);
  if (typeof ann === "string") return ann;
  if (output.domainEvents.length === 0)
    return { state, ann, events: NONE, effects: output.effects };
  const events = [];
  for (const emitted2 of output.domainEvents) {
    const event2 = checkEmitted2(emitted2, program, limits);
    if (typeof event2 === "string") return event2;
    events.push(event2);
  }
  return { state, ann, events, effects: output.effects };
}
var NONE = [];
function checkState(returned, cell, { definition }) {
  if (returned === null) return cell === null ? "same" : null;
  if (cell !== null && bytesEqual(cell.state, returned)) return "same";
  const state = definition.state.normalizeCbor(returned);
  if (!state.ok) return "state-invalid";
  if (cell !== null && bytesEqual(cell.state, state.value)) return "same";
  return { state: state.value, hash: sha2562(state.value) };
}
function checkAnnotation(ann, { definition }) {
  if (ann === null) return null;
  const normal = definition.annotations?.normalizeCbor(ann);
  return normal?.ok === true ? normal.value : "annotation-invalid";
}
function checkEmitted2({ schema: name2, value: given, key: key3 }, program, limits) {
  const value = normalizeEmitted(name2, given, program.definition);
  if (value === void 0) return "event-schema-unknown";
  if (!value.ok) return "event-invalid";
  if (value.value.length > limits.event_bytes) return "event-too-large";
  if (isReserved(program.reserved, name2, value.value)) return "event-reserved";
  if ((key3?.length ?? 0) > INLINE_VALUE_BYTES) return "event-key-too-large";
  const code2 = checkEventKey(routesOf(program, name2), value.value, key3);
  if (code2 !== void 0) return code2;
  const event2 = { schema: name2, value: value.value };
  return key3 === void 0 ? event2 : { ...event2, key: key3 };
}
function normalizeEmitted(schema, value, definition) {
  return definition.schemas.get(schema)?.normalizeCbor(value);
}

// packages/kernel/src/reducers/call.ts
function callReducer(run, call) {
  const { definition, index } = call.reducer;
  if (!run.engine.has(definition.wasmHash)) throw new ObjectsNeeded([definition.wasmHash]);
  const cell = readCell2(tableOf(run, index), call.key);
  run.spend();
  const judged = judgeCall(run, call, cell);
  if (typeof judged === "string") writeFault(run, call, judged);
  else applyCall(run, call, cell, judged);
}
function judgeCall(run, call, cell) {
  const { reducer } = call;
  const { program, runtime: runtime2 } = run.next;
  const { limits } = runtime2;
  const outcome = enter(run, call, cell);
  if (outcome.kind === "fault") return outcome.code;
  const decoded2 = decodeReducerOutput(outcome.output);
  if (!decoded2.ok) return decoded2.refusal.code;
  const output = checkOutput(decoded2.value, cell, { program, reducer, limits });
  if (typeof output === "string") return output;
  const bounds = checkBounds(run, call, output);
  if (bounds !== void 0) return bounds;
  const { fuel } = outcome;
  if (output.effects.length === 0) return { output, asked: void 0, fuel };
  const asked = askEffects(run, originOf2(call), output.effects, call.cause);
  return typeof asked === "string" ? asked : { output, asked, fuel };
}
function enter(run, call, cell) {
  const { name: name2, event: family, wasmHash, context } = call.reducer.definition;
  const event2 = eventOf(call, family.name);
  const state = cell?.state ?? null;
  const place3 = { stamp: run.stamp, seq: run.seq, callIndex: run.calls++ };
  const envelope = context ? { version: ABI_VERSION, state, event: event2, ctx: buildContext(run.next, name2, event2, place3) } : { version: ABI_VERSION, state, event: event2 };
  const limits = callLimitsOf(run.next.runtime.limits);
  return withReducerInput(envelope, (bytes5) => run.engine.call(wasmHash, "step", bytes5, limits));
}
function eventOf({ wrap: wrap3, value, key: key3 }, schema) {
  const wrapped2 = wrap3 === void 0 ? value : wrapVariant(wrap3, value);
  return key3 === null ? { schema, value: wrapped2 } : { schema, value: wrapped2, key: key3 };
}
function originOf2({ reducer, key: key3 }) {
  return { reducer: reducer.definition.name, key: key3 };
}
function checkBounds(run, { key: key3 }, { events, effects }) {
  if (events.length === 0 && effects.length === 0) return void 0;
  const { limits } = run.next.runtime;
  let eventBytes = 0;
  for (const event2 of events) eventBytes += emittedSize(event2);
  let sizeBytes = eventBytes + effects.length * (key3?.length ?? 0);
  for (const { params, kind: kind2 } of effects) sizeBytes += emittedSize({ schema: kind2, value: params });
  if (sizeBytes > limits.emitted_bytes / 2) return "emission-limit";
  return run.queue.hasRoom(events.length, eventBytes, limits) ? void 0 : "cascade-limit";
}
function writeFault(run, { reducer, key: key3, cause }, code2) {
  const fuel = run.next.runtime.limits.fuel_per_call;
  run.charge(fuel);
  const { name: name2 } = reducer.definition;
  const entry2 = { cause: run.causeOf(cause), reducer: name2, key: key3, code: code2, fuel };
  run.append({ kind: "reducer-fault", ...entry2 }, key3?.length);
}
function applyCall(run, call, cell, judged) {
  const { output, asked } = judged;
  run.charge(judged.fuel);
  if (output.state !== "same" || output.ann !== null) writeState(run, call, cell, output);
  for (const event2 of output.events) emit(run, event2, call.cause);
  if (asked !== void 0) openEffects(run, asked.effects, call.cause);
}
function writeState(run, { reducer, key: key3, cause }, cell, { state, ann }) {
  const before = cell?.hash ?? null;
  const after2 = state === "same" ? before : state?.hash ?? null;
  const entry2 = {
    kind: "state-changed",
    cause: run.causeOf(cause),
    reducer: reducer.definition.name,
    key: key3,
    before,
    after: after2
  };
  run.append(ann === null ? entry2 : { ...entry2, ann: keepAnnotation(run, ann) }, key3?.length);
  if (state === "same") return;
  const table2 = tableOf(run, reducer.index);
  run.next.cells = run.next.cells.with(
    reducer.index,
    state === null ? deleteCell(table2, key3) : writeCell2(table2, cellOf(run, reducer, key3, state))
  );
}
function tableOf({ next: next2 }, reducer) {
  const table2 = next2.cells[reducer];
  assert(table2 !== void 0, "every reducer has its table");
  return table2;
}
function cellOf(run, { stateSchema: schema }, key3, { state, hash: hash8 }) {
  return { key: key3, state, hash: hash8, schema, size: state.length, activeNs: run.stamp.logicalNowNs };
}
function keepAnnotation(run, bytes5) {
  const hash8 = sha2562(bytes5);
  run.objects.push({ hash: hash8, bytes: bytes5 });
  return hash8;
}

// packages/kernel/src/reducers/receipt-event.ts
function receiptEventOf(reducer, settlement2) {
  for (const event2 of receiptEventsOf(settlement2.effect)) {
    const member2 = reducer.definition.members.get(event2.schema);
    if (member2 === void 0) continue;
    if (event2.form === "ok-only" && settlement2.status !== "ok") continue;
    const value = encode(describe(reducer, settlement2, event2.form));
    return { wrap: member2.wrap, value };
  }
  return void 0;
}
function describe(reducer, settlement2, form2) {
  const { intent, effect: effect2, status, adapterId, costCents, sig, params, payload } = settlement2;
  const isOk = status === "ok";
  const carried = (bytes5) => form2 === "any-effect" ? bytes5 : decoded(bytes5);
  const common = {
    intent_hash: toHashText(intent),
    reducer: reducer.definition.name,
    effect_kind: effect2,
    adapter_id: adapterId,
    status,
    requested: carried(params),
    receipt: isOk ? carried(payload) : null,
    cost_cents: costCents ?? null,
    signature: sig
  };
  if (form2 === "ok-only") return common;
  return { ...common, error: isOk ? null : errorCode(settlement2) };
}
function errorCode({ code: code2, payload }) {
  if (code2 !== null) return code2;
  const error2 = decoded(payload);
  const given = error2 instanceof Map ? error2.get("code") : void 0;
  return typeof given === "string" ? given : "";
}
function decoded(canonical) {
  const value = decode(canonical);
  return value.ok ? value.value : null;
}

// packages/kernel/src/step/deliver-receipt.ts
function deliverReceipt2(run, work) {
  const { waiter } = work;
  if (isReducerOrigin(waiter)) callWaiter(run, work, waiter);
  else if (!tellPlanOfReceipt(run, work, waiter)) drop(run, work, "receipt-late");
}
function callWaiter(run, work, { reducer: name2, key: key3 }) {
  const reducer = run.next.program.reducersByName.get(name2);
  const event2 = reducer && receiptEventOf(reducer, work.settlement);
  if (reducer === void 0 || event2 === void 0) drop(run, work, "receipt-undeliverable");
  else callReducer(run, { reducer, key: key3, ...event2, cause: work.cause });
}
function drop(run, { settlement: settlement2, cause }, code2) {
  const intent = settlement2.intent;
  run.append({ kind: "dropped", cause: run.causeOf(cause), code: code2, intent });
}

// packages/kernel/src/step/drain.ts
function drain(run) {
  for (let work = run.queue.first; work !== void 0; work = run.queue.first) {
    if (run.isSpent) return;
    if (!runWork(run, work)) return;
    run.queue.shift();
  }
}
function runWork(run, work) {
  switch (work.kind) {
    case "event":
      return runEvent(run, work);
    case "receipt":
      deliverReceipt2(run, work);
      return true;
    case "plan":
      return advancePlan(run, work);
  }
}
function runEvent(run, event2) {
  if (event2.source !== void 0) {
    callInbox(run, event2, event2.source);
    return true;
  }
  if (event2.done === 0) tellPlans(run, event2);
  const routes = routesOf(run.next.program, event2.schema);
  for (let i = Math.max(event2.done - 1, 0); i < routes.length; i++) {
    if (run.isSpent) {
      run.queue.advance({ ...event2, done: i + 1 });
      return false;
    }
    callReducer(run, callOf(routes[i], event2));
  }
  return true;
}
function callOf(route, { value, cause }) {
  return { reducer: route.reducer, wrap: route.wrap, key: cellKeyOf(route, value), value, cause };
}
function callInbox(run, { schema, value, key: key3, cause }, source) {
  const { reducer, member: member2 } = inboxOf(run.next.program, source, schema) ?? {};
  assert(reducer !== void 0 && member2 !== void 0, "admission knows every inbox");
  const isKeyed2 = reducer.definition.keySchema !== void 0;
  const cellKey = isKeyed2 && key3 !== void 0 ? key3 : null;
  callReducer(run, { reducer, wrap: member2.wrap, key: cellKey, value, cause });
}

// packages/kernel/src/step/run.ts
var Run2 = class {
  constructor(world, stamp, engine) {
    this.stamp = stamp;
    this.engine = engine;
    this.seq = world.seq;
    this.next = { ...world };
    this.queue = new WorkQueue(world.pending);
    this.inputPlace = { seq: world.seq, i: null };
  }
  stamp;
  engine;
  /** Sequence of the record that is being made. */
  seq;
  next;
  entries = [];
  objects = [];
  outputs = [];
  queue;
  /** The input, as a cause. */
  inputPlace;
  /** Fuel charged; it stays where numbers are exact. */
  fuel = 0;
  /** Module calls so far, failed ones too. */
  calls = 0;
  /** Effects asked for so far, denied ones too. */
  asked = 0;
  #units = 0;
  #bytes = 0;
  /** Appends an entry; `keyBytes` is what its key takes. Values are counted when carried. */
  append(entry2, keyBytes2 = 0) {
    this.entries.push(entry2);
    this.#bytes += ENTRY_BYTES + keyBytes2;
    return { seq: this.seq, i: this.entries.length - 1 };
  }
  /** A place as entries of this record name it. */
  causeOf(place3) {
    return place3.seq === this.seq ? place3.i : place3;
  }
  /** How the value of an entry travels; a large one becomes an object of this commit. */
  carry(bytes5) {
    this.#bytes += bytes5.length;
    return this.carryInput(bytes5);
  }
  /** The same for the input, which counts towards no limit of what is emitted. */
  carryInput(bytes5) {
    const { carried, object: object3 } = carryValue(bytes5);
    if (object3 !== void 0) this.objects.push(object3);
    return carried;
  }
  charge(fuel) {
    this.fuel = Math.min(this.fuel + fuel, Number.MAX_SAFE_INTEGER);
  }
  /** Takes one unit of the step's budget. */
  spend() {
    this.#units += 1;
  }
  /** Whether what is left must wait for a later step. */
  get isSpent() {
    const { calls_per_step, emitted_bytes } = this.next.runtime.limits;
    return this.#units >= calls_per_step || this.#bytes >= emitted_bytes / 2;
  }
  release(intent) {
    this.outputs.push({ kind: "release", intent });
  }
  cancel(intent) {
    this.outputs.push({ kind: "cancel", intent });
  }
};

// packages/kernel/src/step/step.ts
function step2(world, input, stamp, { engine, recorded }) {
  assert(stamp.logicalNowNs >= world.logicalNowNs, "logical time must not go back");
  try {
    return finish2(world, takeInput(new Run2(world, stamp, engine), input), recorded);
  } catch (thrown) {
    if (thrown instanceof ObjectsNeeded) return { kind: "need", hashes: thrown.hashes };
    throw thrown;
  }
}
function takeInput(run, input) {
  const recorded = recordedInput(run, input);
  applyInput(run, input);
  const runsWork = input.kind !== "control" && input.kind !== "keyring";
  if (runsWork && isRunning(run.next)) drain(run);
  return { run, input: recorded };
}
function applyInput(run, input) {
  switch (input.kind) {
    case "event":
      applyEvent(run, input);
      break;
    case "receipt":
      applyReceipt(run, input);
      break;
    case "stream-frame":
      applyStreamFrame(run, input);
      break;
    case "control":
      applyControl(run, input);
      break;
    case "keyring":
      applyKeyring(run, input);
      break;
    case "governance":
      applyGovernance(run, input);
      break;
    case "tick":
      applyTick(run);
      break;
    case "continue":
      break;
  }
}
function recordedInput(run, input) {
  switch (input.kind) {
    case "event":
      return { ...input, value: run.carryInput(input.value) };
    case "receipt":
    case "stream-frame":
      return { ...input, payload: run.carryInput(input.payload) };
    default:
      return input;
  }
}
function finish2(world, { run, input }, recorded) {
  const { seq, stamp, fuel, entries: entries2, objects: objects2, outputs, next: next2 } = run;
  const wakeAtNs = wakeAtOf(next2);
  const base = { seq, fuel, prev: world.chain, input, stamp, entries: entries2 };
  const record5 = wakeAtNs === void 0 ? base : { ...base, wakeAtNs };
  const bytes5 = encodeRecord(record5, recorded);
  next2.pending = run.queue.rest();
  next2.seq = seq + 1;
  next2.chain = chainOf(bytes5);
  next2.logicalNowNs = stamp.logicalNowNs;
  next2.lastWallNs = stamp.nowNs;
  if (wakeAtNs !== void 0 && wakeAtNs !== wakeAtOf(world)) {
    outputs.push({ kind: "wake", atNs: wakeAtNs });
  }
  if (next2.pending.length > 0 && isRunning(next2)) outputs.push({ kind: "continue" });
  return { kind: "done", world: next2, record: record5, bytes: bytes5, objects: objects2, outputs };
}

// packages/kernel/src/why/describe.ts
function describeEntry(entry2, ports2) {
  const schema = valueSchema(entry2, ports2.definition);
  const keySchema = "reducer" in entry2 ? keySchemaOf(entry2.reducer, ports2.definition) : void 0;
  return describeFields(entry2, { ports: ports2, schema, keySchema });
}
function describeInput(input, ports2) {
  const schema = input.kind === "event" ? ports2.definition.schemas.get(input.schema) : void 0;
  return describeFields(input, { ports: ports2, schema, keySchema: void 0 });
}
function describeValue2(bytes5, schema) {
  const json = schema?.toJson(bytes5);
  if (json?.ok) return json.value;
  const value = decode(bytes5);
  return value.ok ? describeData(value.value) : toHex2(bytes5);
}
function describeData(value) {
  if (value instanceof Uint8Array) return toHex2(value);
  if (value instanceof Float) return String(value.value);
  if (Array.isArray(value)) return value.map((item) => describeData(item));
  if (!(value instanceof Map)) return value;
  const pairs = [...value].map(([key3, item]) => [describeData(key3), describeData(item)]);
  return pairs.every(([key3]) => typeof key3 === "string") ? Object.fromEntries(pairs) : pairs;
}
var HASHES = /* @__PURE__ */ new Set([
  "intent",
  "before",
  "after",
  "ann",
  "grantHash",
  "keyId",
  "worldId",
  "intentHash",
  "payloadHash"
]);
function describeFields(shape, reading) {
  const fields2 = {};
  for (const [name2, value] of Object.entries(shape)) {
    if (name2 === "kind" || name2 === "cause" || value === void 0) continue;
    fields2[snakeCase(name2)] = describeField(name2, value, reading);
  }
  return fields2;
}
function describeField(name2, value, reading) {
  if (value instanceof Uint8Array) {
    if (HASHES.has(name2)) return toHashText(value);
    return name2 === "key" && reading.keySchema !== void 0 ? describeValue2(value, reading.keySchema) : toHex2(value);
  }
  if (value === null || typeof value !== "object") return value;
  if (value instanceof Map || Array.isArray(value)) return describeData(value);
  if ("inline" in value || "ref" in value) return describeCarried(value, reading);
  if ("reducer" in value) {
    const keySchema = keySchemaOf(String(value.reducer), reading.ports.definition);
    return { ...describeFields(value, { ...reading, keySchema }) };
  }
  return { ...describeFields(value, reading) };
}
function describeCarried(carried, { ports: ports2, schema }) {
  if (carried.inline !== void 0) return describeValue2(carried.inline, schema);
  const bytes5 = ports2.object(carried.ref);
  return bytes5 === void 0 ? toHashText(carried.ref) : describeValue2(bytes5, schema);
}
function valueSchema(entry2, definition) {
  switch (entry2.kind) {
    case "domain-event":
    case "plan-result":
      return definition.schemas.get(entry2.schema);
    case "intent":
      return definition.effectOf(entry2.effect)?.params;
    case "plan-started":
      return definition.schemas.get(definition.find("defplan", entry2.plan)?.input ?? "");
    default:
      return void 0;
  }
}
function keySchemaOf(reducer, definition) {
  return definition.reducers.find(({ name: name2 }) => name2 === reducer)?.keySchema;
}
function snakeCase(name2) {
  return name2.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

// packages/kernel/src/why/journal-view.ts
var KEPT_RECORDS = 256;
var JournalView = class {
  constructor(read2) {
    this.read = read2;
  }
  read;
  #kept = /* @__PURE__ */ new Map();
  /** `undefined` where the record is not there or cannot be read. */
  record(seq) {
    const kept = this.#kept.get(seq);
    if (kept !== void 0) return kept;
    const bytes5 = this.read(seq);
    if (bytes5 === void 0) return void 0;
    const decoded2 = decodeRecord(bytes5);
    if (!decoded2.ok || decoded2.value.seq !== seq) return void 0;
    if (this.#kept.size >= KEPT_RECORDS) {
      const [oldest] = this.#kept.keys();
      this.#kept.delete(oldest);
    }
    this.#kept.set(seq, decoded2.value);
    return decoded2.value;
  }
  /** Whether the journal has the place and it can be read. */
  has({ seq, i }) {
    const record5 = this.record(seq);
    return record5 !== void 0 && (i === null || i < record5.entries.length);
  }
};

// packages/kernel/src/why/places.ts
var MAX_ENTRIES = 1 << 22;
var MAX_RECORDS = 2 ** 30;
function placeNumber({ seq, i }) {
  assert(seq < MAX_RECORDS && (i ?? 0) < MAX_ENTRIES - 1, "a place is within its bounds");
  return seq * MAX_ENTRIES + (i === null ? 0 : i + 1);
}
function printPlace({ seq, i }) {
  return i === null ? `${seq}` : `${seq}/${i}`;
}
function causePlace(seq, cause) {
  if (cause === null) return { seq, i: null };
  return typeof cause === "number" ? { seq, i: cause } : cause;
}

// packages/kernel/src/why/why.ts
function describePlace({ stamp, input, entries: entries2 }, place3, ports2) {
  const entry2 = place3.i === null ? void 0 : entries2[place3.i];
  if (entry2 === void 0) {
    const fields2 = describeInput(input, ports2);
    return { place: { ...place3, i: null }, is: "input", kind: input.kind, fields: fields2, stamp };
  }
  return { place: place3, is: "entry", kind: entry2.kind, fields: describeEntry(entry2, ports2), stamp };
}

// packages/kernel/src/replay/feed.ts
function feedInput(input, object3) {
  switch (input.kind) {
    case "event":
      return feedEvent(input, object3);
    case "receipt":
    case "stream-frame":
      return withValue(input.payload, object3, (payload) => ({ ...input, payload }));
    default:
      return input;
  }
}
function feedEvent(input, object3) {
  const { schema, key: key3, source, dedup } = input;
  const value = input.value.inline ?? object3(input.value.ref);
  if (value === void 0) return needed(input.value);
  if (key3 === void 0 && source === void 0 && dedup === void 0) {
    return { kind: "event", schema, value };
  }
  return { ...input, value };
}
function withValue(carried, object3, make) {
  const bytes5 = carried.inline ?? object3(carried.ref);
  return bytes5 === void 0 ? needed(carried) : make(bytes5);
}
function needed({ ref: ref2 }) {
  assert(ref2 !== void 0, "a value that is not inline is under its hash");
  return { kind: "need", hashes: [ref2] };
}
function readmit(world, input) {
  const admission = admit(world, input.kind === "event" ? rawEvent(input) : input);
  switch (admission.kind) {
    case "admitted":
      return isSameInput(admission.input, input) ? void 0 : notCanonical();
    case "duplicate":
      return refuse("input-duplicate", "input", `the event came in as record ${admission.seq}`);
    case "refused":
      return { ok: false, refusal: admission.refusal };
    case "need":
      return admission;
  }
}
function rawEvent({ schema, value, key: key3, source, dedup }) {
  if (key3 === void 0 && source === void 0 && dedup === void 0) {
    return { schema, cbor: value };
  }
  return {
    schema,
    cbor: value,
    ...key3 === void 0 ? {} : { key: key3 },
    ...source === void 0 ? {} : { source },
    ...dedup === void 0 ? {} : { dedup }
  };
}
function isSameInput(admitted2, input) {
  if (admitted2.kind !== "event" || input.kind !== "event") return admitted2.kind === input.kind;
  return isSame(admitted2.value, input.value) && isSame(admitted2.key, input.key);
}
function isSame(a, b) {
  return a === b || a !== void 0 && b !== void 0 && bytesEqual(a, b);
}
function notCanonical() {
  return refuse("input-not-canonical", "input", "value or key is not canonical in its schema");
}
function checkInputSignature(world, input, check) {
  const message = messageOf(world, input);
  if (message === void 0 || !("sig" in input)) return ok(null);
  const key3 = findKey(world.keyring, input.keyId);
  if (key3 !== void 0 && check(key3.keyId, key3.publicKey, message, input.sig)) return ok(null);
  const by = key3 === void 0 ? "a key that the world does not know" : `the key of ${key3.name}`;
  return refuse("signature-invalid", "input/sig", `it is no signature by ${by}`);
}
function messageOf(world, input) {
  switch (input.kind) {
    case "receipt":
      return signedMessage(RECEIPT_DOMAIN, encodeReceiptBody(input.receipt));
    case "stream-frame":
      return signedMessage(STREAM_FRAME_DOMAIN, encodeStreamFrame(input.frame));
    case "control":
    case "keyring":
    case "governance": {
      const { worldId, epoch } = world;
      const { verb, args, nonce } = input;
      return signedMessage(
        verbDomain(verb),
        encodeSignedVerb({ worldId, epoch, verb, args, nonce })
      );
    }
    default:
      return void 0;
  }
}

// packages/kernel/src/replay/explain.ts
var MAX_LINKS = 1e3;
function explainDifference(world, bytes5, difference, ports2) {
  const { kind: kind2, seq, at: at2, code: code2 } = difference;
  const scene = setScene(world, bytes5, ports2, kind2);
  const head = { kind: kind2, seq, at: at2, code: code2 };
  const i = entryIndex(at2);
  if (i === void 0) {
    return { ...head, rows: [plainRow(difference)], chain: inputLink(scene) };
  }
  const expected2 = difference.expected;
  const found = difference.found;
  const rows = rowsOf(describeSide(scene, expected2), describeSide(scene, found));
  return { ...head, rows, chain: chainOf3(scene, expected2 ?? found) };
}
function setScene(world, bytes5, ports2, kind2) {
  const recorded = decodeRecord(bytes5);
  const outcome = kind2 === "broken" ? void 0 : runAgain(world, bytes5, ports2);
  const record5 = recorded.ok ? recorded.value : outcome?.record;
  const earlier = ports2.record ?? (() => void 0);
  const view = new JournalView((seq) => seq < world.seq ? earlier(seq) : void 0);
  return { world, ports: ports2, after: outcome?.world, record: record5, view };
}
function runAgain(world, bytes5, ports2) {
  const head = decodeRecordHead(bytes5);
  if (!head.ok) return void 0;
  const input = feedInput(head.value.input, ports2.object);
  if (input.kind === "need") return void 0;
  const outcome = step2(world, input, head.value.stamp, ports2);
  return outcome.kind === "done" ? outcome : void 0;
}
function describePortsOf({ world, ports: ports2 }) {
  return { definition: world.program.definition, object: ports2.object };
}
function describeSide(scene, entry2) {
  if (entry2 === null) return null;
  const cause = printPlace(causePlace(scene.world.seq, entry2.cause));
  const fields2 = { kind: entry2.kind, cause, ...describeEntry(entry2, describePortsOf(scene)) };
  if (entry2.kind !== "state-changed") return fields2;
  const state = stateOf2(scene, entry2.reducer, entry2.key, entry2.after);
  return state === void 0 ? fields2 : { ...fields2, state_after: state };
}
function stateOf2({ world, after: after2, ports: ports2 }, name2, key3, hash8) {
  if (hash8 === null) return void 0;
  const reducer = world.program.reducersByName.get(name2);
  const table2 = reducer === void 0 ? void 0 : after2?.cells[reducer.index];
  const cell = cellOf2(table2, key3);
  const bytes5 = cell !== null && bytesEqual(cell.hash, hash8) ? cell.state : ports2.object(hash8);
  return bytes5 === void 0 ? void 0 : describeValue2(bytes5, reducer?.definition.state);
}
function cellOf2(table2, key3) {
  if (table2 === void 0 || table2.kind === "keyed" !== (key3 !== null)) return null;
  try {
    return readCell2(table2, key3);
  } catch (error2) {
    if (error2 instanceof ObjectsNeeded || error2 instanceof RefusalError) return null;
    throw error2;
  }
}
function rowsOf(expected2, found) {
  const names = /* @__PURE__ */ new Set([...Object.keys(expected2 ?? {}), ...Object.keys(found ?? {})]);
  return [...names].map((field) => {
    const pair = { expected: expected2?.[field], found: found?.[field] };
    return { field, ...pair, isSame: printSide(pair.expected) === printSide(pair.found) };
  });
}
function plainRow({ at: at2, expected: expected2, found, kind: kind2 }) {
  const describe2 = (value) => describeData(value);
  const pair = { expected: describe2(expected2), found: describe2(found) };
  const shown2 = kind2 === "broken" ? { ...pair, expected: void 0 } : pair;
  return { field: at2, ...shown2, isSame: false };
}
function chainOf3(scene, entry2) {
  if (entry2 === null || scene.record === void 0) return inputLink(scene);
  const { seq } = scene.world;
  const links = [];
  let here = causePlace(seq, entry2.cause);
  while (here !== void 0 && links.length < MAX_LINKS) {
    const record5 = here.seq === seq ? scene.record : scene.view.record(here.seq);
    if (record5 === void 0) break;
    links.push(describePlace(record5, here, describePortsOf(scene)));
    here = causeOf(record5, here);
  }
  return links;
}
function causeOf({ seq, entries: entries2 }, here) {
  const entry2 = here.i === null ? void 0 : entries2[here.i];
  if (entry2 === void 0) return void 0;
  const cause = causePlace(seq, entry2.cause);
  return placeNumber(cause) < placeNumber(here) ? cause : void 0;
}
function inputLink(scene) {
  const place3 = { seq: scene.world.seq, i: null };
  return scene.record === void 0 ? [] : [describePlace(scene.record, place3, describePortsOf(scene))];
}
function entryIndex(at2) {
  const match = /^entries\/(\d+)$/.exec(at2);
  return match === null ? void 0 : Number(match[1]);
}
function printSide(value) {
  return value === void 0 ? "" : printJson(value);
}

// packages/kernel/src/replay/judge.ts
function judgeRecord(recorded, replayed) {
  const decoded2 = decodeRecord(recorded);
  if (!decoded2.ok) return brokenAt(replayed.seq, "entries", decoded2.refusal);
  return judgeEntries(replayed, decoded2.value.entries) ?? judgeFields(replayed, decoded2.value);
}
function brokenAt(seq, at2, refusal4) {
  return { kind: "broken", seq, at: at2, expected: null, found: refusal4.detail, code: refusal4.code };
}
function judgeEntries({ seq, entries: ours }, theirs) {
  const longest = Math.max(ours.length, theirs.length);
  for (let i = 0; i < longest; i++) {
    const kind2 = judgeAt(ours, theirs, i);
    if (kind2 === "same") continue;
    const expected2 = kind2 === "extra" ? null : ours[i] ?? null;
    const found = kind2 === "missing" ? null : theirs[i] ?? null;
    return { kind: kind2, seq, at: `entries/${i}`, expected: expected2, found, code: "replay-difference" };
  }
  return void 0;
}
function judgeAt(ours, theirs, i) {
  const our = ours[i];
  const their = theirs[i];
  if (our === void 0) return "extra";
  if (their === void 0) return "missing";
  if (bytesEqual(encodeEntry(our), encodeEntry(their))) return "same";
  if (ours.length < theirs.length && isAlike(our, theirs[i + 1])) return "extra";
  if (ours.length > theirs.length && isAlike(ours[i + 1], their)) return "missing";
  return "different";
}
function isAlike(a, b) {
  if (a === void 0 || b === void 0) return false;
  const bytesOf2 = (entry2) => encodeEntry({ ...entry2, cause: null });
  return bytesEqual(bytesOf2(a), bytesOf2(b));
}
function judgeFields(replayed, recorded) {
  const { seq } = replayed;
  const between = (at2, expected2, found) => {
    return { kind: "different", seq, at: at2, expected: expected2, found, code: "replay-difference" };
  };
  if (replayed.fuel !== recorded.fuel) return between("fuel", replayed.fuel, recorded.fuel);
  if (replayed.wakeAtNs !== recorded.wakeAtNs) {
    return between("wake_at", replayed.wakeAtNs ?? null, recorded.wakeAtNs ?? null);
  }
  return between("input", carriage(replayed.input), carriage(recorded.input));
}
function carriage(input) {
  const value = "payload" in input ? input.payload : "value" in input ? input.value : void 0;
  return value?.ref === void 0 ? "inline" : "object";
}

// packages/kernel/src/replay/replay.ts
function replayRecord(world, bytes5, ports2, mode = "verify") {
  const head = decodeRecordHead(bytes5);
  if (!head.ok) return broken(world, "record", head);
  const link = checkLink(world, head.value);
  if (link !== void 0) return broken(world, link.refusal.at, link);
  const input = feedInput(head.value.input, ports2.object);
  if (input.kind === "need") return input;
  if (mode === "verify") {
    const doubt = checkInput(world, input, ports2);
    if (doubt !== void 0) return doubt;
  }
  const { engine } = ports2;
  const outcome = step2(world, input, head.value.stamp, { engine, recorded: bytes5 });
  if (outcome.kind === "need") return outcome;
  if (outcome.bytes !== bytes5) {
    return { kind: "different", world, difference: judgeRecord(bytes5, outcome.record) };
  }
  if (mode === "verify" && outcome.objects.length > 0) {
    const missing5 = outcome.objects.filter(({ hash: hash8 }) => ports2.object(hash8) === void 0);
    if (missing5.length > 0) return { kind: "need", hashes: missing5.map(({ hash: hash8 }) => hash8) };
  }
  return { kind: "same", world: outcome.world };
}
function checkInput(world, input, ports2) {
  const doubt = readmit(world, input);
  if (doubt !== void 0) return "kind" in doubt ? doubt : broken(world, "input", doubt);
  if (ports2.checkSignature === void 0) return void 0;
  const signed3 = checkInputSignature(world, input, ports2.checkSignature);
  return signed3.ok ? void 0 : broken(world, "input/sig", signed3);
}
function broken(world, at2, refused3) {
  return { kind: "different", world, difference: brokenAt(world.seq, at2, refused3.refusal) };
}
function checkLink(world, head) {
  if (head.seq !== world.seq) {
    return refuse("sequence-gap", "seq", `expected ${world.seq}, found ${head.seq}`);
  }
  if (!bytesEqual(head.prev, world.chain)) {
    return refuse("chain-broken", "prev", "prev is not the chain value of the record before");
  }
  if (head.stamp.logicalNowNs < world.logicalNowNs) {
    return refuse("time-backwards", "stamp", "logical time is before that of the last record");
  }
  return void 0;
}

// packages/kernel/src/support.ts
function unsupportedParts(definition) {
  const { manifest } = definition;
  const isUsed = (list4) => (list4?.length ?? 0) > 0;
  return [
    ...isUsed(manifest.migrations) ? ["manifest.migrations"] : [],
    ...(manifest.effects ?? []).flatMap(({ name: name2 }) => {
      const isModule = definition.find("defeffect", name2)?.implementation !== void 0;
      return isModule ? [`implementation of ${name2}`] : [];
    }),
    ...(manifest.policies ?? []).flatMap(({ name: name2 }) => {
      const governs = definition.find("defpolicy", name2)?.governance !== void 0;
      return governs ? [`governance of ${name2}`] : [];
    })
  ];
}
function checkSupport(definition) {
  const parts = unsupportedParts(definition);
  const [first2] = parts;
  if (first2 === void 0) return void 0;
  const detail = `this release does not run ${parts.join(", ")} yet: leave them out`;
  return refuse("not-supported-yet", first2, detail);
}

// packages/kernel/src/gate/open-intent.ts
var STATES = ["released", "waiting"];
var INLINE_PARAMS_BYTES = 256;
var LEAF_ITEMS = 18;
function intentCodec(source) {
  return {
    keyOf: ({ hash: hash8 }) => hash8,
    write: writeIntentLeaf,
    read: (r) => readIntentLeaf(r, source),
    objectsOf: ({ params }) => params.length <= INLINE_PARAMS_BYTES ? [] : [{ hash: sha2562(params), bytes: params }]
  };
}
function writeIntentLeaf(w, intent) {
  const { params, openedAt } = intent;
  const isInline = params.length <= INLINE_PARAMS_BYTES;
  w.listHead(LEAF_ITEMS);
  w.bytes(intent.hash);
  w.text(intent.effect);
  w.text(intent.cap);
  w.bool(isInline);
  w.bytes(isInline ? params : sha2562(params));
  w.bytes(intent.idempotencyKey);
  w.bool(intent.isExplicitKey);
  w.int(intent.epoch);
  w.int(intent.attempt);
  w.int(openedAt.seq);
  w.int(openedAt.i);
  w.int(intent.openedNs);
  w.text(intent.state);
  writeItems(w, intent.waiters, writeOrigin);
  writeItems(w, intent.reserved, writeReservation);
  writeOptional(w, intent.approval ?? void 0, (approval2) => writeApproval(w, approval2));
  w.int(intent.frames);
  writeOptional(w, intent.deadlineNs, (ns) => w.int(ns));
}
function readIntentLeaf(r, source) {
  readListOf(r, LEAF_ITEMS);
  const intent = {
    hash: readHashItem(r),
    effect: r.text(),
    cap: r.text(),
    params: readParams(r, source),
    idempotencyKey: r.bytes().slice(),
    isExplicitKey: r.bool(),
    epoch: r.nat(),
    attempt: r.nat(),
    openedAt: { seq: r.nat(), i: r.nat() },
    openedNs: r.u64(),
    state: readWord(r, STATES),
    waiters: readItems(r, () => parseOrigin(r.value())),
    reserved: readItems(r, readReservation),
    approval: readOptional(r, () => readApproval(r)) ?? null,
    frames: r.nat()
  };
  const deadlineNs = readOptional(r, () => r.u64());
  return deadlineNs === void 0 ? intent : { ...intent, deadlineNs };
}
function readParams(r, source) {
  const isInline = r.bool();
  const bytes5 = r.bytes().slice();
  if (isInline) return bytes5;
  const params = source.read(asHash(bytes5));
  if (params === void 0) throw new ObjectsNeeded([asHash(bytes5)]);
  return params;
}

// packages/kernel/src/trie/node-cache.ts
var DEFAULT_CACHE_LEAVES = 1e5;
var FIRST_RING_SIZE = 64;
var NodeCache = class {
  constructor(maxLeaves = DEFAULT_CACHE_LEAVES) {
    this.maxLeaves = maxLeaves;
  }
  maxLeaves;
  /** The queue: `#count` nodes from `#first` on, around the end. */
  #ring = new Array(FIRST_RING_SIZE).fill(void 0);
  #first = 0;
  #count = 0;
  #leaves = 0;
  /** Leaves held at present. */
  get leaves() {
    return this.#leaves;
  }
  /** Holds a node that is not held. It may be dropped at once when it does not fit. */
  admit(node, leaves) {
    node.heldLeaves = leaves;
    this.#leaves += leaves;
    if (!node.isQueued) this.#push(node);
    while (this.#leaves > this.maxLeaves) this.#evict();
  }
  /** Drops a node that most likely nobody reads again. */
  release(node) {
    this.#leaves -= node.heldLeaves;
    node.heldLeaves = 0;
    node.drop();
  }
  #evict() {
    for (let node = this.#shift(); node !== void 0; node = this.#shift()) {
      if (node.heldLeaves === 0) continue;
      if (!node.isVisited) {
        this.release(node);
        return;
      }
      this.#push(node);
    }
  }
  #push(node) {
    if (this.#count === this.#ring.length) this.#makeRoom();
    const ring = this.#ring;
    node.isQueued = true;
    node.isVisited = false;
    ring[this.#first + this.#count & ring.length - 1] = node;
    this.#count += 1;
  }
  #shift() {
    if (this.#count === 0) return void 0;
    const ring = this.#ring;
    const node = ring[this.#first];
    ring[this.#first] = void 0;
    this.#first = this.#first + 1 & ring.length - 1;
    this.#count -= 1;
    node.isQueued = false;
    return node;
  }
  /** Clears the full queue of what is not held any more; when that is little, doubles it. */
  #makeRoom() {
    const ring = this.#ring;
    const held = [];
    for (const node of [...ring.slice(this.#first), ...ring.slice(0, this.#first)]) {
      node.isQueued = node.heldLeaves > 0;
      if (node.isQueued) held.push(node);
    }
    const size = held.length > ring.length / 2 ? 2 * ring.length : ring.length;
    this.#ring = [...held, ...new Array(size - held.length).fill(void 0)];
    this.#first = 0;
    this.#count = held.length;
  }
};

// packages/kernel/src/world/dedup.ts
var dedupCodec = {
  keyOf: ({ id }) => utf8(id),
  write(w, { id, seq }) {
    w.listHead(2);
    w.text(id);
    w.int(seq);
  },
  read(r) {
    r.listHead();
    return { id: r.text(), seq: r.nat(), i: 0 };
  }
};

// packages/kernel/src/world/settled.ts
var STATUSES = ["ok", "error", "timeout", "cancelled"];
var INLINE_PAYLOAD_BYTES = 256;
function settledCodec(source) {
  return {
    keyOf: ({ intent }) => intent,
    write: writeSettled2,
    read: (r) => readSettled(r, source),
    objectsOf: ({ outcome }) => outcome === null || outcome.payload.length <= INLINE_PAYLOAD_BYTES ? [] : [{ hash: sha2562(outcome.payload), bytes: outcome.payload }]
  };
}
function writeSettled2(w, { intent, seq, i, outcome }) {
  w.listHead(outcome === null ? 3 : 10);
  w.bytes(intent);
  w.int(seq);
  w.int(i);
  if (outcome === null) return;
  const { status, code: code2, adapterId, payload, costCents, sig } = outcome;
  const isInline = payload.length <= INLINE_PAYLOAD_BYTES;
  w.int(STATUSES.indexOf(status));
  if (code2 === null) w.nil();
  else w.text(code2);
  w.text(adapterId);
  w.bool(isInline);
  w.bytes(isInline ? payload : sha2562(payload));
  if (costCents === void 0) w.nil();
  else w.int(costCents);
  w.bytes(sig);
}
function readSettled(r, source) {
  const items3 = r.listHead();
  if (items3 !== 3 && items3 !== 10) throw shapeRefusal("shape-field", "expected 3 or 10 items");
  const intent = asHash(r.bytes().slice());
  const place3 = { seq: r.nat(), i: r.nat() };
  if (items3 === 3) return { intent, ...place3, outcome: null };
  const status = STATUSES[r.nat()];
  if (status === void 0) throw shapeRefusal("shape-field", "expected a status");
  const code2 = r.isNil() ? null : r.text();
  const adapterId = r.text();
  const payload = readPayload(r, source);
  const costCents = r.isNil() ? void 0 : r.u64();
  const outcome = { status, code: code2, adapterId, payload, sig: r.bytes().slice() };
  return {
    intent,
    ...place3,
    outcome: costCents === void 0 ? outcome : { ...outcome, costCents }
  };
}
function readPayload(r, source) {
  const isInline = r.bool();
  const bytes5 = r.bytes().slice();
  if (isInline) return bytes5;
  const payload = source.read(asHash(bytes5));
  if (payload === void 0) throw new ObjectsNeeded([asHash(bytes5)]);
  return payload;
}

// packages/kernel/src/world/create-world.ts
function createWorld(genesisBytes, definition, ports2) {
  const decoded2 = decodeGenesis(genesisBytes);
  if (!decoded2.ok) return decoded2;
  const genesis2 = decoded2.value;
  const found = checkManifest(genesis2, definition) ?? checkKeys(genesis2) ?? checkRuntime(genesis2.runtime) ?? checkSupport(definition) ?? checkModules(definition, ports2.engine);
  if (found !== void 0) return found;
  const program = compileProgram(definition);
  const source = ports2.source ?? { read: () => void 0, cache: new NodeCache() };
  const worldId = worldIdOf(genesisBytes);
  return ok({
    worldId,
    genesis: genesis2,
    program,
    runtime: genesis2.runtime,
    seq: 0,
    chain: worldId,
    logicalNowNs: 0n,
    lastWallNs: genesis2.createdNs,
    epoch: 0,
    mode: "running",
    haltCode: null,
    keyring: genesisKeys(genesis2.keyring),
    ...emptyParts(program, source)
  });
}
function checkKeys({ keyring }) {
  if (keyring.length > MAX_KEYS) {
    const detail = `expected at most ${MAX_KEYS} keys, found ${keyring.length}`;
    return refuse("keyring-full", "/keyring", detail);
  }
  const ids = new Set(keyring.map(({ keyId }) => toHashText(keyId)));
  if (ids.size === keyring.length) return void 0;
  return refuse("key-known", "/keyring", "a key stands twice in it");
}
function emptyParts(program, source) {
  return {
    cells: program.reducers.map(
      ({ definition: { keySchema } }) => emptyCells(keySchema?.type ?? null, source)
    ),
    pending: [],
    intents: Trie.empty(intentCodec(source), source),
    settled: emptyWindow(settledCodec(source), source),
    nonces: Trie.empty(nonceCodec, source),
    dedup: emptyWindow(dedupCodec, source),
    gateState: emptyGateState(source),
    planState: emptyPlanState(source),
    deadlines: Trie.empty(deadlineCodec, source)
  };
}
function checkManifest(genesis2, definition) {
  if (bytesEqual(genesis2.manifest, definition.manifestHash)) return void 0;
  return refuse(
    "manifest-mismatch",
    "/manifest",
    `genesis names ${toHashText(genesis2.manifest)}, the definition given is ${toHashText(definition.manifestHash)}; open the world with the manifest it was made with`
  );
}
function checkModules(definition, engine) {
  const reducers = definition.reducers.map(({ name: name2, wasmHash: hash8 }) => ({ name: name2, hash: hash8 }));
  for (const { name: name2, hash: hash8 } of [...reducers, ...enforcerModules(definition)]) {
    if (bytesEqual(hash8, ZERO_HASH)) {
      const detail = "it has no wasm_hash: give its module and make the world again";
      return refuse("module-unbound", name2, `${name2}: ${detail}`);
    }
    if (!engine.has(hash8)) {
      return refuse("module-missing", name2, `module ${toHashText(hash8)} of ${name2} is not loaded`);
    }
  }
  return void 0;
}

// packages/kernel/src/snapshot/shape.ts
function shapeError(at2, expected2) {
  return new RefusalError({ code: "snapshot-shape", at: at2, detail: `expected ${expected2}` });
}
function scalar3(expected2, is) {
  return {
    encode: (value) => value,
    decode: (value, at2) => {
      if (is(value)) return value;
      throw shapeError(at2, expected2);
    }
  };
}
var nat5 = scalar3(
  "a safe natural number",
  (value) => typeof value === "number" && value >= 0
);
var natOrGenesis = scalar3(
  "a safe number from -1",
  (value) => typeof value === "number" && value >= -1
);
var text7 = scalar3("text", (value) => typeof value === "string");
var bytes4 = scalar3("bytes", (value) => value instanceof Uint8Array);
var hash7 = {
  encode: (value) => value,
  decode: (value, at2) => {
    if (value instanceof Uint8Array && value.length === 32) return asHash(value);
    throw shapeError(at2, "32 bytes");
  }
};
var U64_END = 1n << 64n;
var u64 = {
  encode: (value) => value,
  decode: (value, at2) => {
    if (typeof value === "number" && value >= 0) return BigInt(value);
    if (typeof value === "bigint" && value >= 0n && value < U64_END) return value;
    throw shapeError(at2, "an unsigned 64-bit integer");
  }
};
function exactBytes(sizeBytes) {
  return scalar3(
    `${sizeBytes} bytes`,
    (value) => value instanceof Uint8Array && value.length === sizeBytes
  );
}
function oneOf3(...names) {
  return scalar3(names.join(" or "), (value) => names.includes(value));
}
function orNull(shape) {
  return {
    encode: (value) => value === null ? null : shape.encode(value),
    decode: (value, at2) => value === null ? null : shape.decode(value, at2),
    collect: (value, into) => {
      if (value !== null) shape.collect?.(value, into);
    },
    check: (value, at2) => {
      if (value !== null) shape.check?.(value, at2);
    }
  };
}
function optional2(shape) {
  return { ...shape, isOptional: true };
}
function list3(shape, most) {
  return {
    encode: (values) => values.map((value) => shape.encode(value)),
    decode: (value, at2) => {
      if (!Array.isArray(value) || value.length > most) {
        throw shapeError(at2, `a list of at most ${most}`);
      }
      return value.map((item, i) => shape.decode(item, `${at2}/${i}`));
    },
    collect: (values, into) => {
      if (shape.collect === void 0) return;
      for (const value of values) shape.collect(value, into);
    }
  };
}
function struct(fields2) {
  const shapes = Object.entries(fields2).map(
    ([name2, shape]) => ({ name: name2, key: snakeCase2(name2), shape })
  );
  return {
    encode: (value) => Object.fromEntries(
      shapes.flatMap(
        ({ name: name2, key: key3, shape }) => value[name2] === void 0 ? [] : [[key3, shape.encode(value[name2])]]
      )
    ),
    decode: (value, at2) => {
      if (!(value instanceof Map)) throw shapeError(at2, "a map");
      const found = [];
      for (const { name: name2, key: key3, shape } of shapes) {
        const field = value.get(key3);
        if (field !== void 0) found.push([name2, shape.decode(field, `${at2}/${key3}`)]);
        else if (!("isOptional" in shape)) throw shapeError(`${at2}/${key3}`, "this field");
      }
      if (found.length !== value.size) throw shapeError(at2, "no other fields");
      return Object.fromEntries(found);
    },
    collect: (value, into) => {
      for (const { name: name2, shape } of shapes) {
        if (value[name2] !== void 0) shape.collect?.(value[name2], into);
      }
    },
    check: (value, at2) => {
      for (const { name: name2, key: key3, shape } of shapes) {
        if (value[name2] !== void 0) shape.check?.(value[name2], `${at2}/${key3}`);
      }
    }
  };
}
function union(kinds) {
  const shapes = new Map(Object.entries(kinds));
  const known = [...shapes.keys()].join(" or ");
  return {
    encode: (value) => shapes.get(value.kind).encode(value),
    decode: (value, at2) => {
      const kind2 = value instanceof Map ? value.get("kind") : void 0;
      const shape = kind2 === void 0 ? void 0 : shapes.get(kind2);
      if (shape === void 0) throw shapeError(`${at2}/kind`, known);
      return shape.decode(value, at2);
    },
    collect: (value, into) => shapes.get(value.kind)?.collect?.(value, into)
  };
}
function literal(name2) {
  return oneOf3(name2);
}
function snakeCase2(name2) {
  return name2.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

// packages/kernel/src/snapshot/large-parts.ts
var INLINE_BYTES = 256;
function valueBytes(source) {
  const reference = struct({ ref: hash7 });
  return {
    encode: (value) => value.length <= INLINE_BYTES ? value : reference.encode({ ref: sha2562(value) }),
    decode: (value, at2) => {
      if (value instanceof Uint8Array) {
        if (value.length <= INLINE_BYTES) return value;
        throw shapeError(at2, "a large value under its hash");
      }
      const { ref: ref2 } = reference.decode(value, at2);
      const bytes5 = source.read(ref2);
      if (bytes5 === void 0) throw new ObjectsNeeded([ref2]);
      if (bytes5.length > INLINE_BYTES) return bytes5;
      throw shapeError(at2, "a small value in its place");
    },
    collect: (value, into) => {
      if (value.length > INLINE_BYTES) into.objects.push({ hash: sha2562(value), bytes: value });
    }
  };
}
function pieces(shape, source, { pieceSize, most }) {
  const cut = (values) => {
    return Array.from({ length: Math.ceil(values.length / pieceSize) }, (_, n) => {
      const part = values.slice(n * pieceSize, (n + 1) * pieceSize);
      return encode(part.map((value) => shape.encode(value)));
    });
  };
  const read2 = (value, at2) => {
    const ref2 = hash7.decode(value, at2);
    const bytes5 = source.read(ref2);
    if (bytes5 === void 0) throw new ObjectsNeeded([ref2]);
    const piece = decode(bytes5);
    if (piece.ok && Array.isArray(piece.value) && piece.value.length > 0) return piece.value;
    throw shapeError(at2, "a piece of a list");
  };
  return {
    encode: (values) => cut(values).map((bytes5) => sha2562(bytes5)),
    decode: (value, at2) => {
      if (!Array.isArray(value) || value.length > most) {
        throw shapeError(at2, `at most ${most} pieces`);
      }
      const parts = allOf(value, (part, n) => read2(part, `${at2}/${n}`));
      const last = parts.at(-1)?.length ?? 0;
      if (last > pieceSize || parts.slice(0, -1).some((part) => part.length !== pieceSize)) {
        throw shapeError(at2, `pieces of ${pieceSize}, the last one of at most as many`);
      }
      return allOf(parts.flat(), (item, n) => shape.decode(item, `${at2}/${n}`));
    },
    collect: (values, into) => {
      for (const bytes5 of cut(values)) into.objects.push({ hash: sha2562(bytes5), bytes: bytes5 });
      for (const value of values) shape.collect?.(value, into);
    }
  };
}
function allOf(items3, decodeItem) {
  const needed2 = /* @__PURE__ */ new Map();
  const values = [];
  items3.forEach((item, n) => {
    try {
      values.push(decodeItem(item, n));
    } catch (error2) {
      if (!(error2 instanceof ObjectsNeeded)) throw error2;
      for (const each of error2.hashes) needed2.set(toHex2(each), each);
    }
  });
  if (needed2.size > 0) throw new ObjectsNeeded([...needed2.values()]);
  return values;
}

// packages/kernel/src/trie/check-trie.ts
function checkTrie({ root, size }, codec, source) {
  return attempt(() => {
    if (size === 0) Trie.open(root, size, codec, source);
    else new Check(new Loader(codec, source)).run(Box.stored(size, root));
    return void 0;
  });
}
var Check = class {
  /** The half bytes on the way to where the check is; those beyond are of no meaning. */
  #way = [];
  #loader;
  constructor(loader) {
    this.#loader = loader;
  }
  run(root) {
    const open5 = [{ box: root, depth: 0, nibble: -1 }];
    for (let visit = open5.pop(); visit !== void 0; visit = open5.pop()) {
      if (visit.depth > 0) this.#way[visit.depth - 1] = visit.nibble;
      const node = this.#loader.load(visit.box);
      if (node instanceof Bucket) {
        for (const slot of node.slots) this.#leaf(node.bytes, slot, visit.depth);
        continue;
      }
      const depth = visit.depth + node.path.length;
      for (let i = 0; i < node.path.length; i++) {
        this.#way[visit.depth + i] = node.path[i];
      }
      if (node.leaf !== void 0) {
        const key3 = this.#leaf(node.bytes, node.leaf, depth);
        if (nibbleCount(key3) !== depth) throw misplaced("one at a branch that its key passes");
      }
      for (let nibble = FAN_OUT - 1; nibble >= 0; nibble--) {
        const box = node.child(nibble);
        if (box !== void 0) open5.push({ box, depth: depth + 1, nibble });
      }
    }
  }
  /** Checks one leaf, all of it, and answers with its key. */
  #leaf(bytes5, slot, depth) {
    const key3 = this.#loader.codec.keyOf(this.#loader.valueOf(bytes5, slot));
    if (compareSlot(bytes5, slot, key3) !== 0) throw misplaced("one beside another key");
    if (nibbleCount(key3) < depth) throw misplaced("one whose key ends on the way");
    for (let i = 0; i < depth; i++) {
      if (nibbleAt(key3, i) !== this.#way[i]) throw misplaced("one off the way of its key");
    }
    return key3;
  }
};
function misplaced(found) {
  const detail = `expected each leaf where its key leads, found ${found}`;
  return new RefusalError({ code: "trie-path", at: "", detail });
}

// packages/kernel/src/cells/check-cells.ts
function checkCells({ root, count: count3 }, keySchema, source) {
  const codec = cellCodec(keySchema?.type ?? null, source);
  const checking = {
    ...codec,
    read(r) {
      const cell = codec.read(r);
      if (keySchema !== null) checkKey3(keySchema, cell.key);
      return cell;
    }
  };
  return checkTrie({ root, size: count3 }, checking, source);
}
function checkKey3(keySchema, key3) {
  const normal = keySchema.normalizeCbor(key3);
  if (normal.ok && bytesEqual(normal.value, key3)) return;
  const detail = `expected a key canonical in ${keySchema.name}`;
  throw new RefusalError({ code: "cell-key", at: "", detail });
}

// packages/kernel/src/snapshot/stored-parts.ts
var rootShape = struct({ root: hash7, count: nat5 });
function trie(codec, source) {
  return {
    encode: (value) => value.size === 0 ? null : rootShape.encode({ root: value.root(), count: value.size }),
    decode: (value, at2) => {
      if (value === null) return Trie.empty(codec, source);
      const { root, count: count3 } = readRoot(value, at2);
      return opened(Trie.open(root, count3, codec, source));
    },
    collect: (value, into) => collectUnstored2(value.unstored(), into),
    check: (value, at2) => {
      if (value.size === 0) return;
      mustPass(checkTrie({ root: value.root(), size: value.size }, codec, source), at2);
    }
  };
}
function windowOf(codec, source) {
  const shape = struct({ items: trie(codec, source), ages: trie(ageCodec, source) });
  return {
    ...shape,
    decode: (value, at2) => {
      const window = shape.decode(value, at2);
      if (window.items.size === window.ages.size) return window;
      throw shapeError(at2, "as many ages as items");
    },
    check: (window, at2) => {
      shape.check?.(window, at2);
      for (const { key: key3 } of window.ages.range()) {
        if (window.items.get(key3) === void 0) throw shapeError(at2, "an item for each age");
      }
    }
  };
}
function cellTables(reducers, source) {
  return {
    encode: (tables) => tables.map((table2, n) => encodeTable(nameOf2(reducers, n), table2)),
    decode: (value, at2) => {
      if (!Array.isArray(value) || value.length !== reducers.length) {
        throw shapeError(at2, `the cells of ${reducers.length} reducers`);
      }
      return reducers.map(
        (reducer, n) => decodeTable(reducer, value[n], `${at2}/${n}`, source)
      );
    },
    collect: (tables, into) => {
      for (const table2 of tables) {
        if (countCells(table2) > 0) collectUnstored2(unstoredCells(table2), into);
      }
    },
    check: (tables, at2) => {
      for (const [n, table2] of tables.entries()) {
        if (countCells(table2) === 0) continue;
        const keySchema = reducers[n]?.definition.keySchema ?? null;
        mustPass(checkCells(rootOfCells(table2), keySchema, source), `${at2}/${n}/cells`);
      }
    }
  };
}
function nameOf2(reducers, n) {
  return reducers[n].definition.name;
}
function encodeTable(reducer, table2) {
  const cells = countCells(table2) === 0 ? null : rootShape.encode(rootOfCells(table2));
  return { reducer, cells };
}
function decodeTable({ definition: { name: name2, keySchema } }, value, at2, source) {
  if (!(value instanceof Map) || value.size !== 2 || value.get("reducer") !== name2) {
    throw shapeError(at2, `the cells of ${name2}`);
  }
  const keyType2 = keySchema?.type ?? null;
  const cells = value.get("cells");
  if (cells === null) return emptyCells(keyType2, source);
  const found = readRoot(cells ?? false, `${at2}/cells`);
  if (keyType2 === null && found.count !== 1) throw shapeError(`${at2}/cells/count`, "one cell");
  const table2 = openCells(keyType2, found, source);
  if (table2.kind === "keyed") opened(table2.cells);
  return table2;
}
function readRoot(value, at2) {
  const found = rootShape.decode(value, at2);
  if (found.count > 0) return found;
  throw shapeError(`${at2}/count`, "at least one leaf");
}
var NO_KEY = new Uint8Array(0);
function opened(found) {
  found.get(NO_KEY);
  return found;
}
function mustPass(checked, at2) {
  if (checked.ok) return;
  const { code: code2, at: within3, detail } = checked.refusal;
  throw new RefusalError({ code: code2, at: `${at2}${within3}`, detail });
}
function collectUnstored2({ objects: objects2, markStored: markStored2 }, into) {
  for (const object3 of objects2) into.objects.push(object3);
  into.marks.push(markStored2);
}

// packages/kernel/src/snapshot/work-shape.ts
var place2 = struct({ seq: nat5, i: orNull(nat5) });
var instance = struct({ seq: nat5, i: nat5 });
var origin = {
  encode: (value) => "reducer" in value ? { reducer: value.reducer, key: value.key } : { plan: value.plan, instance: instance.encode(value.instance), step: value.step },
  decode: (value, at2) => {
    try {
      return parseOrigin(value);
    } catch (error2) {
      if (error2 instanceof RefusalError) throw shapeError(at2, error2.refusal.detail);
      throw error2;
    }
  }
};
function settlement(source) {
  return struct({
    intent: hash7,
    effect: text7,
    params: valueBytes(source),
    status: oneOf3("ok", "error", "timeout", "cancelled"),
    code: orNull(text7),
    adapterId: text7,
    payload: valueBytes(source),
    costCents: optional2(u64),
    sig: bytes4
  });
}
function workShape(source) {
  return union({
    event: struct({
      kind: literal("event"),
      schema: text7,
      value: valueBytes(source),
      key: optional2(bytes4),
      source: optional2(text7),
      cause: place2,
      done: nat5
    }),
    receipt: struct({
      kind: literal("receipt"),
      settlement: settlement(source),
      waiter: origin,
      cause: place2
    }),
    plan: struct({ kind: literal("plan"), instance, cause: place2 })
  });
}

// packages/kernel/src/snapshot/world-shape.ts
var SNAPSHOT_FORMAT = 0;
var runtime = {
  encode: (value) => runtimeValue(value),
  decode: (value, at2) => {
    try {
      return parseRuntime(value);
    } catch (error2) {
      if (error2 instanceof RefusalError) throw shapeError(at2, error2.refusal.detail);
      throw error2;
    }
  }
};
var role = oneOf3("adapter", "approver", "host", "operator");
var key2 = struct({
  keyId: hash7,
  publicKey: exactBytes(32),
  name: text7,
  roles: list3(role, 4),
  addedAt: natOrGenesis,
  revokedAt: orNull(nat5)
});
var WORK_PIECE = 1024;
var MAX_WORK_PIECES = 4096;
function snapshotShape(program, source) {
  const plans = planCodecs(source);
  return struct({
    format: nat5,
    worldId: hash7,
    manifest: hash7,
    runtime,
    seq: nat5,
    chain: hash7,
    logicalNowNs: u64,
    lastWallNs: u64,
    epoch: nat5,
    mode: oneOf3("running", "paused", "draining", "halted"),
    haltCode: orNull(text7),
    keyring: list3(key2, MAX_KEYS),
    cells: cellTables(program.reducers, source),
    pending: pieces(workShape(source), source, { pieceSize: WORK_PIECE, most: MAX_WORK_PIECES }),
    intents: trie(intentCodec(source), source),
    settled: windowOf(settledCodec(source), source),
    nonces: trie(nonceCodec, source),
    dedup: windowOf(dedupCodec, source),
    gateState: struct({
      ledgers: trie(ledgerCodec, source),
      windows: trie(windowCodec, source)
    }),
    planState: struct({
      instances: trie(plans.instances, source),
      waits: trie(plans.waits, source)
    }),
    deadlines: trie(deadlineCodec, source)
  });
}

// packages/kernel/src/snapshot/open-snapshot.ts
function openSnapshot(bytes5, of, ports2) {
  return answer(() => {
    const opened2 = open4(bytes5, of, ports2);
    return opened2.ok ? ok(opened2.value.world) : opened2;
  });
}
function checkSnapshot(bytes5, of, ports2) {
  return answer(() => {
    const opened2 = open4(bytes5, of, ports2);
    if (!opened2.ok) return opened2;
    const { shape, snapshot, world } = opened2.value;
    shape.check?.(snapshot, "");
    return ok(world);
  });
}
function answer(run) {
  try {
    const attempted = attempt(run);
    const opened2 = attempted.ok ? attempted.value : attempted;
    return opened2.ok ? { kind: "opened", world: opened2.value } : { kind: "refused", refusal: opened2.refusal };
  } catch (error2) {
    if (error2 instanceof ObjectsNeeded) return { kind: "need", hashes: error2.hashes };
    throw error2;
  }
}
function open4(bytes5, { genesis: genesisBytes, definition }, ports2) {
  const decoded2 = decode(bytes5);
  if (!decoded2.ok) return decoded2;
  const genesis2 = decodeGenesis(genesisBytes);
  if (!genesis2.ok) return genesis2;
  const found = checkFormat(decoded2.value) ?? checkIdentity(decoded2.value, worldIdOf(genesisBytes), definition.manifestHash) ?? checkSupport(definition) ?? checkModules(definition, ports2.engine);
  if (found !== void 0) return found;
  const program = compileProgram(definition);
  const shape = snapshotShape(program, ports2.source);
  const snapshot = shape.decode(decoded2.value, "");
  const wrong2 = checkRuntime(snapshot.runtime) ?? checkConsistency(snapshot);
  if (wrong2 !== void 0) return wrong2;
  if (!bytesEqual(encode(shape.encode(snapshot)), bytes5)) {
    return refuse("snapshot-shape", "", "expected the bytes that the world itself would write");
  }
  return ok({ shape, snapshot, world: worldOf(snapshot, genesis2.value, program) });
}
function checkFormat(value) {
  const format = value instanceof Map ? value.get("format") : void 0;
  if (format === SNAPSHOT_FORMAT) return void 0;
  const found = typeof format === "number" ? format : "none";
  const detail = `this build opens format ${SNAPSHOT_FORMAT}, found ${found}`;
  return refuse("snapshot-format", "/format", detail);
}
function checkIdentity(value, worldId, manifest) {
  const fields2 = value;
  if (!isHash(fields2.get("world_id"), worldId)) {
    const detail2 = `expected a snapshot of the world ${toHashText(worldId)}`;
    return refuse("snapshot-world", "/world_id", detail2);
  }
  if (isHash(fields2.get("manifest"), manifest)) return void 0;
  const detail = `the snapshot names another manifest than the given ${toHashText(manifest)}`;
  return refuse("manifest-mismatch", "/manifest", detail);
}
function isHash(value, hash8) {
  return value instanceof Uint8Array && bytesEqual(value, hash8);
}
function checkConsistency(snapshot) {
  const { seq, chain, worldId, mode, haltCode, keyring, pending } = snapshot;
  const rules = [
    ["/halt_code", mode === "halted" === (haltCode !== null), "a code exactly while halted"],
    ["/chain", seq > 0 || bytesEqual(chain, worldId), "the world id before the first record"],
    [
      "/keyring",
      keyring.every(({ keyId, publicKey }) => bytesEqual(keyId, keyIdOf(publicKey))),
      "keys under their hashes"
    ],
    [
      "/keyring",
      keyring.every(({ addedAt, revokedAt }) => addedAt < seq && (revokedAt ?? -1) < seq),
      "keys of earlier records"
    ],
    ["/pending", pending.every(({ cause }) => cause.seq < seq), "causes in earlier records"]
  ];
  const broken2 = rules.find(([, holds]) => !holds);
  if (broken2 === void 0) return void 0;
  return refuse("snapshot-inconsistent", broken2[0], `expected ${broken2[2]}`);
}
function worldOf(snapshot, genesis2, program) {
  const { format: _format, manifest: _manifest, ...body } = snapshot;
  return { ...body, genesis: genesis2, program };
}

// packages/kernel/src/snapshot/take-snapshot.ts
function takeSnapshot(world) {
  try {
    return { kind: "taken", ...take(world) };
  } catch (error2) {
    if (error2 instanceof ObjectsNeeded) return { kind: "need", hashes: error2.hashes };
    throw error2;
  }
}
function hashWorld(world) {
  return sha2562(encodeSnapshot(world, shapeOf(world)));
}
function take(world) {
  const shape = shapeOf(world);
  const collected = { objects: [], marks: [] };
  shape.collect?.(snapshotOf(world), collected);
  const bytes5 = encodeSnapshot(world, shape);
  const hash8 = sha2562(bytes5);
  const { objects: objects2, marks } = collected;
  objects2.push({ hash: hash8, bytes: bytes5 });
  return {
    hash: hash8,
    bytes: bytes5,
    objects: objects2,
    markStored: () => {
      for (const mark of marks) mark();
    }
  };
}
function encodeSnapshot(world, shape) {
  return encode(shape.encode(snapshotOf(world)));
}
function snapshotOf(world) {
  const manifest = world.program.definition.manifestHash;
  return { ...world, format: SNAPSHOT_FORMAT, manifest };
}
function shapeOf({ program }) {
  const nothing2 = { read: () => void 0, cache: new NodeCache(0) };
  return snapshotShape(program, nothing2);
}

// packages/host/src/effects/adapter-table.ts
function tableOf2(adapters) {
  const table2 = /* @__PURE__ */ new Map();
  for (const adapter of adapters) {
    for (const kind2 of adapter.kinds) {
      const other = table2.get(kind2);
      if (other !== void 0) throw twice(kind2, other, adapter);
      table2.set(kind2, adapter);
    }
  }
  return table2;
}
function assertServed(world, table2) {
  const missing5 = [...kindsOf(world)].filter((kind2) => !table2.has(kind2)).sort();
  if (missing5.length === 0) return;
  const message = `no adapter serves ${missing5.join(", ")}, which the world may ask for; give one to the host, or allow that adapters are missing: intents of these kinds then stay open`;
  throw new AosFault("adapter-missing", message, { retry: "never" });
}
function kindsOf(world) {
  const { reducers, plans } = world.program.definition;
  const kinds = /* @__PURE__ */ new Set();
  for (const { effectsEmitted } of reducers) for (const kind2 of effectsEmitted) kinds.add(kind2);
  for (const { plan } of plans.values()) {
    for (const step3 of plan.steps) if (step3.op === "emit_effect") kinds.add(step3.kind);
  }
  for (const kind2 of kinds) if (isAnsweredByKernel(kind2)) kinds.delete(kind2);
  for (const { effect: effect2, state } of world.intents.range())
    if (state === "released") kinds.add(effect2);
  return kinds;
}
function twice(kind2, one2, other) {
  const message = `the adapters ${one2.id} and ${other.id} both serve ${kind2}; leave one out`;
  return new AosFault("adapter-twice", message, { retry: "never" });
}

// packages/host/src/effects/effect-options.ts
var TIMER_KIND = "timer.set";
var DEFAULT_RETRY = { starts: 5, firstMs: 250, mostMs: 3e4 };
var DEFAULT_CONCURRENCY = 64;
var DEFAULT_DRAIN_MS = 5e3;
var DEFAULT_GRACE_MS = 5e3;
var NS_PER_MS2 = 1000000n;
function nsOf(ms) {
  return BigInt(Math.ceil(ms)) * NS_PER_MS2;
}
function retryDelayNs(policy, starts, random) {
  const longestMs = Math.min(policy.mostMs, policy.firstMs * 2 ** (starts - 1));
  return nsOf(longestMs * (0.5 + random() / 2));
}

// packages/host/src/effects/host-effect-clock.ts
var HostEffectClock = class {
  constructor(clock, readLogicalNs, startTimer) {
    this.clock = clock;
    this.readLogicalNs = readLogicalNs;
    this.startTimer = startTimer;
  }
  clock;
  readLogicalNs;
  startTimer;
  #timers = /* @__PURE__ */ new Set();
  wallNs() {
    return readWallNs(this.clock);
  }
  logicalNowNs() {
    return this.readLogicalNs();
  }
  at(logicalNs, run) {
    if (logicalNs <= this.readLogicalNs()) {
      run();
      return () => void 0;
    }
    const timer = new WakeTimer(this.startTimer, () => {
      const nowNs = this.readLogicalNs();
      if (nowNs < logicalNs) timer.set(logicalNs, nowNs);
      else {
        this.#timers.delete(timer);
        run();
      }
    });
    this.#timers.add(timer);
    timer.set(logicalNs, this.readLogicalNs());
    return () => this.#clear(timer);
  }
  /** Calls everything off. */
  close() {
    for (const timer of [...this.#timers]) this.#clear(timer);
  }
  #clear(timer) {
    timer.clear();
    this.#timers.delete(timer);
  }
};

// packages/host/src/effects/runner-setup.ts
function setUpEffects(options, world, ports2) {
  const table2 = tableOf2(options.adapters);
  if (options.allowMissing !== true) assertServed(world, table2);
  assertKey(options, world);
  const { engine, clock, logicalNowNs, startTimer, readObject } = ports2;
  return {
    options,
    table: table2,
    retry: { ...DEFAULT_RETRY, ...options.retry },
    random: options.random ?? Math.random,
    graceNs: nsOf(options.graceMs ?? DEFAULT_GRACE_MS),
    engine,
    readObject,
    clock: new HostEffectClock(clock, logicalNowNs, startTimer),
    startTimer
  };
}
async function introduceKey({ signer: signer2, operator: operator2 }, host) {
  if (operator2 === void 0 || keyOf4(host.world, signer2) !== void 0) return;
  const { publicKey } = signer2;
  const name2 = "host";
  const verb = { verb: "keyring-add", publicKey, name: name2, roles: ["host"] };
  await host.submit(signVerb(operator2, host.world, verb));
}
function assertKey({ signer: signer2, operator: operator2 }, world) {
  const key3 = keyOf4(world, signer2);
  const id = toHashText(signer2.keyId);
  if (key3 === void 0) {
    if (operator2 !== void 0) return;
    const message2 = `the key ${id}, which signs receipts here, is not in the world's keyring; open the world once where the key of an operator is at hand, or have one sign keyring-add`;
    throw new AosFault("host-key-unknown", message2, { retry: "never" });
  }
  const isFit = key3.roles.some((role2) => role2 === "host" || role2 === "adapter");
  if (isFit && key3.revokedAt === null) return;
  const why = isFit ? "was revoked" : "is of no host or adapter";
  const message = `the key ${id}, which signs receipts here, ${why}; sign with another key`;
  throw new AosFault("host-key-revoked", message, { retry: "never" });
}
function keyOf4({ keyring }, { keyId }) {
  return keyring.find((key3) => bytesEqual(key3.keyId, keyId));
}

// packages/host/src/world/modules.ts
var NATIVE_PREFIX = "sys/";
function modulesOf(definition) {
  return definition.manifest.modules.flatMap(({ name: name2 }) => {
    const module = definition.find("defmodule", name2);
    const hash8 = module === void 0 ? void 0 : parseHashText(module.wasm_hash);
    if (module === void 0 || !hash8?.ok) return [];
    const entry2 = module.module_kind === "reducer" ? "step" : "run";
    const isNative = entry2 === "run" && name2.startsWith(NATIVE_PREFIX);
    return isNative && bytesEqual(hash8.value, ZERO_HASH) ? [] : [{ name: name2, entry: entry2, hash: hash8.value }];
  });
}

// packages/host/src/world/load-world.ts
function loadParts(store, engine) {
  const genesis2 = unwrap2(decodeGenesis(store.genesis));
  const read2 = (hash8) => store.object(hash8);
  const definition = unwrap2(openDefinition(genesis2.manifest, read2));
  const limits = callLimitsOf(genesis2.runtime.limits);
  for (const { name: name2, entry: entry2, hash: hash8 } of modulesOf(definition)) {
    if (engine.has(hash8)) continue;
    const bytes5 = store.object(hash8);
    if (bytes5 === void 0) {
      const message = `module ${toHashText(hash8)} of ${name2} is not among the world's objects`;
      throw new AosFault("object-missing", message, { retry: "never" });
    }
    unwrap2(engine.load(bytes5, entry2, { limits }));
  }
  return { store, engine, definition, source: { read: read2, cache: new NodeCache() } };
}
function worldAtGenesis({ store, definition, engine, source }) {
  return unwrap2(createWorld(store.genesis, definition, { engine, source }));
}
function worldAtSnapshot(parts) {
  const { store, definition, engine, source } = parts;
  const { snapshot } = store;
  if (snapshot === void 0) return void 0;
  const bytes5 = store.object(snapshot.hash);
  if (bytes5 === void 0) return missing3([snapshot.hash]);
  const world = { genesis: store.genesis, definition };
  const opening = openSnapshot(bytes5, world, { engine, source });
  if (opening.kind === "need") return missing3(opening.hashes);
  if (opening.kind === "refused") return { ok: false, refusal: opening.refusal };
  if (opening.world.seq === snapshot.seq + 1) return { ok: true, value: opening.world };
  const detail = `expected the world after record ${snapshot.seq}, found ${opening.world.seq - 1}`;
  return refuse("snapshot-inconsistent", "/seq", detail);
}
function missing3(hashes) {
  const names = hashes.map(toHashText).join(", ");
  return refuse("object-missing", "", `a part of the snapshot is not stored: ${names}`);
}
function objectsMissing(hashes) {
  const names = hashes.slice(0, 3).map(toHashText).join(", ");
  const message = `${hashes.length} objects of the world are not stored: ${names}; restore a copy, or, if it is the snapshot that lacks them, run 'aos snapshot --from-genesis'`;
  return new AosFault("object-missing", message, { retry: "never" });
}
function openFault(refusal4) {
  const where = refusal4.at === "" ? "" : ` (${refusal4.at})`;
  return new AosFault(refusal4.code, `${refusal4.detail}${where}`, { retry: "never" });
}
function unwrap2(result) {
  if (result.ok) return result.value;
  throw openFault(result.refusal);
}

// packages/host/src/loop/stepper.ts
var Stepper = class {
  constructor(world, wakeAtNs, engine, stamper) {
    this.engine = engine;
    this.stamper = stamper;
    this.#world = world;
    this.#wakeAtNs = wakeAtNs;
  }
  engine;
  stamper;
  #world;
  #wakeAtNs;
  get world() {
    return this.#world;
  }
  /** Logical time at which the world next wants a tick. */
  get wakeAtNs() {
    return this.#wakeAtNs;
  }
  /** Logical time of this moment. */
  get logicalNowNs() {
    return this.stamper.logicalNowNs();
  }
  /** On the very world that the step will see. Fault: `object-missing`. */
  admit(raw) {
    const admission = admit(this.#world, raw);
    if (admission.kind === "need") throw objectsMissing(admission.hashes);
    return admission;
  }
  /** Stamps and steps; the world is the next one then. Fault: `object-missing`, world unchanged. */
  step(input) {
    const { engine } = this;
    const outcome = step2(this.#world, input, this.stamper.next(), { engine });
    if (outcome.kind === "need") throw objectsMissing(outcome.hashes);
    assert(outcome.record.seq === this.#world.seq, "a step makes the next record");
    this.#world = outcome.world;
    this.#wakeAtNs = outcome.record.wakeAtNs;
    return outcome;
  }
};

// packages/host/src/stamper.ts
import { randomFillSync } from "node:crypto";
var systemEntropy = (bytes5) => {
  randomFillSync(bytes5);
};
var POOL_STAMPS = 256;
var Stamper = class {
  constructor(origin2, clock, fillEntropy) {
    this.clock = clock;
    this.fillEntropy = fillEntropy;
    const awayNs = readWallNs(clock) - origin2.wallNs;
    this.#logicalBaseNs = origin2.logicalNowNs + (awayNs > 0n ? awayNs : 0n);
    this.#monotonicBaseNs = clock.monotonicNs();
  }
  clock;
  fillEntropy;
  #logicalBaseNs;
  #monotonicBaseNs;
  #pool = new Uint8Array(POOL_STAMPS * STAMP_ENTROPY_BYTES);
  #poolAt = this.#pool.length;
  /** Logical time of this moment. */
  logicalNowNs() {
    return this.#logicalBaseNs + this.clock.monotonicNs() - this.#monotonicBaseNs;
  }
  next() {
    return {
      nowNs: readWallNs(this.clock),
      logicalNowNs: this.logicalNowNs(),
      entropy: this.#entropy()
    };
  }
  #entropy() {
    if (this.#poolAt === this.#pool.length) {
      this.fillEntropy(this.#pool);
      this.#poolAt = 0;
    }
    const start3 = this.#poolAt;
    this.#poolAt += STAMP_ENTROPY_BYTES;
    return this.#pool.slice(start3, this.#poolAt);
  }
};

// packages/host/src/world/open-world.ts
function openWorld(store, engine, openFrom = "snapshot") {
  const parts = loadParts(store, engine);
  if (openFrom === "genesis") return openFromGenesis(parts);
  const { from, start: start3, passedOver } = findStart(parts);
  if (from === "genesis") return openFromGenesis(parts, passedOver);
  const first2 = replayFromSnapshot(start3, parts);
  if (!first2.ok) return openFromGenesis(parts, first2.refusal);
  return { world: first2.value, from, replayed: first2.value.seq - start3.seq };
}
function openFromGenesis(parts, passedOver) {
  const { world, difference } = replayFrom(worldAtGenesis(parts), parts);
  if (difference !== void 0) throw divergedFault(difference);
  const opened2 = { world, from: "genesis", replayed: world.seq };
  return passedOver === void 0 ? opened2 : { ...opened2, passedOver };
}
function replayFromSnapshot(start3, parts) {
  try {
    const { world, difference } = replayFrom(start3, parts);
    return difference === void 0 ? ok(world) : { ok: false, refusal: otherWorld(difference) };
  } catch (error2) {
    if (!(error2 instanceof AosFault) || error2.code !== "object-missing") throw error2;
    return refuse(error2.code, "", error2.message);
  }
}
function findStart(parts) {
  const { snapshot } = parts.store;
  const opened2 = worldAtSnapshot(parts);
  if (opened2 === void 0 || snapshot === void 0) {
    return { start: worldAtGenesis(parts), from: "genesis" };
  }
  const refusal4 = opened2.ok ? checkChain(parts.store, opened2.value) : opened2.refusal;
  if (opened2.ok && refusal4 === void 0) return { start: opened2.value, from: snapshot };
  const genesis2 = { start: worldAtGenesis(parts), from: "genesis" };
  return refusal4 === void 0 ? genesis2 : { ...genesis2, passedOver: refusal4 };
}
function replayFrom(start3, { store, engine }) {
  const ports2 = { engine, object: (hash8) => store.object(hash8) };
  let world = start3;
  for (const bytes5 of store.records(start3.seq)) {
    const verdict = judgeRecord2(world, bytes5, ports2, "trust");
    world = verdict.world;
    if (verdict.kind === "different") return { world, difference: verdict.difference };
  }
  return { world };
}
function judgeRecord2(world, bytes5, ports2, mode) {
  const verdict = attemptRecord(world, bytes5, ports2, mode);
  if (verdict.kind === "need") throw objectsMissing(verdict.hashes);
  return verdict;
}
function attemptRecord(world, bytes5, ports2, mode) {
  try {
    return replayRecord(world, bytes5, ports2, mode);
  } catch (cause) {
    if (cause instanceof AosFault) throw cause;
    const found = cause instanceof Error ? cause.message : String(cause);
    const place3 = { kind: "broken", seq: world.seq, at: "record", code: "defect" };
    return { kind: "different", world, difference: { ...place3, expected: null, found } };
  }
}
function divergedFault(difference) {
  const { seq, at: at2, code: code2, kind: kind2 } = difference;
  const message = `record ${seq} does not replay to itself at ${at2} (${kind2}, ${code2}); 'aos verify --explain' shows both values`;
  return new AosFault("world-diverged", message, { retry: "never" });
}
function checkChain(store, { seq, chain }) {
  if (seq === 0) return void 0;
  const [bytes5] = store.records(seq - 1);
  if (bytes5 !== void 0 && bytesEqual(chainOf(bytes5), chain)) return void 0;
  const detail = `the snapshot is of another record ${seq - 1} than the journal has`;
  return { code: "chain-broken", at: "/chain", detail };
}
function otherWorld({ seq, at: at2 }) {
  const detail = `record ${seq} follows from the journal and not from the snapshot`;
  return { code: "snapshot-diverged", at: at2, detail };
}

// packages/host/src/effects/answer.ts
var STATUSES2 = ["ok", "error", "timeout", "cancelled"];
var MAX_U643 = 2n ** 64n - 1n;
function answerOf(world, failure) {
  return checkOutcome(world, "", failedOutcome(failure));
}
function checkOutcome(world, effect2, outcome) {
  const problem = describeOutcome(outcome);
  if (problem !== void 0) return invalid(world, problem);
  const { gate, effectError } = world.program;
  const isOk = outcome.status === "ok";
  const schema = isOk ? gate.effects.get(effect2)?.receipt : effectError;
  const normal = schema?.normalizeCbor(outcome.payload);
  if (normal?.ok !== true) return invalid(world, normal?.refusal.detail ?? "no such effect");
  const payload = normal.value;
  const limit = world.runtime.limits.receipt_bytes;
  if (payload.length > limit) {
    return invalid(world, `expected at most ${limit} bytes, found ${payload.length}`);
  }
  return { ...outcome, payload, code: isOk ? void 0 : codeOf2(payload) };
}
function describeOutcome(outcome) {
  if (!STATUSES2.includes(outcome?.status)) return "expected ok, error, timeout or cancelled";
  if (!(outcome?.payload instanceof Uint8Array)) return "expected bytes as payload";
  const { costCents = 0n } = outcome;
  const isCost = typeof costCents === "bigint" && costCents >= 0n && costCents <= MAX_U643;
  return isCost ? void 0 : "expected an unsigned 64-bit number of cents";
}
function invalid(world, message) {
  return answerOf(world, { status: "error", code: "adapter-payload-invalid", message });
}
function codeOf2(payload) {
  const value = decode(payload);
  const code2 = value.ok && value.value instanceof Map ? value.value.get("code") : void 0;
  return typeof code2 === "string" ? code2 : "adapter-payload-invalid";
}

// packages/host/src/effects/effect-context.ts
function callOf2({ worldId, program }, intent) {
  const { hash: hash8, effect: effect2, params, idempotencyKey: idempotencyKey2, epoch, attempt: attempt2, deadlineNs, cap: cap2 } = intent;
  const grant = program.gate.grants.get(cap2);
  const call = {
    worldId,
    epoch,
    intentHash: hash8,
    effect: effect2,
    params: params.slice(),
    idempotencyKey: idempotencyKey2.slice(),
    attempt: attempt2,
    grant: {
      cap: cap2,
      capType: grant?.capType ?? "",
      params: grant?.chain.map(({ definition }) => definition.params.slice()) ?? []
    }
  };
  return deadlineNs === void 0 ? call : { ...call, deadlineNs };
}
var CallContext = class {
  constructor(intent, ports2, cancel2) {
    this.intent = intent;
    this.ports = ports2;
    this.cancel = cancel2;
    this.blobs = ports2.blobs;
    this.clock = ports2.clock;
  }
  intent;
  ports;
  cancel;
  blobs;
  clock;
  permitsRedirect(params, hops) {
    const { world, engine, clock } = this.ports;
    const { program, seq, epoch, worldId, runtime: runtime2 } = world();
    const { effect: effect2, cap: cap2, attempt: attempt2, waiters } = this.intent;
    const now = { logicalNowNs: clock.logicalNowNs(), seq, epoch, worldId };
    const origin2 = waiters[0];
    const request = { origin: origin2, effect: effect2, cap: cap2, params, index: 0, attempt: attempt2, now };
    const ports2 = {
      engine,
      callLimits: callLimitsOf(runtime2.limits),
      paramsBytes: runtime2.limits.event_bytes,
      knownIntent: () => void 0
    };
    return refusalOf(checkRedirect(program.gate, request, hops, ports2));
  }
  permitsAddress(address) {
    return refusalOf(checkAddress(this.ports.world().program.gate, this.intent.cap, address));
  }
};
function refusalOf(denial2) {
  return denial2 && { code: denial2.code, at: denial2.at, detail: denial2.advice };
}

// packages/host/src/effects/attempt.ts
async function runAttempt({ adapter, intent, call }, { cancel: cancel2 }, ports2) {
  const { clock, graceNs } = ports2;
  const { deadlineNs } = call;
  const stops = [];
  if (deadlineNs !== void 0) {
    stops.push(clock.at(deadlineNs, () => cancel2.cancel("deadline")));
  }
  const stuck = new Promise((resolve2) => {
    const wait = () => {
      const answer3 = () => resolve2(failedOutcome(stuckFailure(adapter)));
      stops.push(clock.at(clock.logicalNowNs() + graceNs, answer3));
    };
    stops.push(cancel2.onCancel(wait));
  });
  const ended2 = start(adapter, call, new CallContext(intent, ports2, cancel2)).catch((cause) => {
    ports2.onDefect(adapter, cause);
    const message = `the adapter ${adapter.id} threw; that is a defect of it`;
    return failedOutcome({ status: "error", code: "adapter-failed", message });
  });
  const outcome = await Promise.race([ended2, stuck]);
  for (const stop of stops) stop();
  const isLate2 = cancel2.reason === "deadline" && outcome.status === "cancelled";
  return isLate2 ? failedOutcome(DEADLINE) : outcome;
}
async function start(adapter, call, context) {
  return adapter.start(call, context);
}
var DEADLINE = {
  status: "timeout",
  code: "effect-timeout",
  message: "the deadline of the effect came before its answer"
};
function stuckFailure({ id }) {
  const message = `the adapter ${id} was called off and did not answer in the time for it`;
  return { status: "cancelled", code: "adapter-stuck", message };
}

// packages/host/src/effects/cancel-source.ts
var CancelSource = class {
  #listeners = /* @__PURE__ */ new Set();
  #reason;
  /** Why it was cancelled, once it was: the first reason counts. */
  get reason() {
    return this.#reason;
  }
  get isCancelled() {
    return this.#reason !== void 0;
  }
  onCancel(run) {
    if (this.isCancelled) {
      run();
      return () => void 0;
    }
    const listener = { run };
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
  cancel(reason) {
    if (this.isCancelled) return;
    this.#reason = reason;
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    for (const { run } of listeners) {
      try {
        run();
      } catch {
      }
    }
  }
};

// packages/host/src/effects/effect-job.ts
var EffectJob = class {
  constructor(intent, effect2) {
    this.intent = intent;
    this.effect = effect2;
  }
  intent;
  effect;
  cancel = new CancelSource();
  state = "queued";
  /** How often an adapter was started with it. */
  starts = 0;
  /** The receipt, as soon as there is one. */
  receipt;
  /** Code of what came of it when that is not ok. */
  code;
  /** Calls off what it waits for. */
  stopWaiting;
  get key() {
    return toHex2(this.intent);
  }
};
var JobTable = class {
  #jobs = /* @__PURE__ */ new Map();
  #counts = /* @__PURE__ */ new Map();
  get(intent) {
    return this.#jobs.get(toHex2(intent));
  }
  values() {
    return this.#jobs.values();
  }
  count(state) {
    return this.#counts.get(state) ?? 0;
  }
  add(job) {
    this.#jobs.set(job.key, job);
    this.#add(job.state, 1);
  }
  move(job, state) {
    this.#add(job.state, -1);
    job.state = state;
    this.#add(state, 1);
  }
  delete(job) {
    if (this.#jobs.delete(job.key)) this.#add(job.state, -1);
  }
  #add(state, by) {
    this.#counts.set(state, this.count(state) + by);
  }
};
var Lane = class {
  constructor(limit) {
    this.limit = limit;
  }
  limit;
  /** A set keeps the order, and lets go of one in the middle. */
  #queue = /* @__PURE__ */ new Set();
  running = 0;
  get isBusy() {
    return this.#queue.size > 0;
  }
  push(job) {
    this.#queue.add(job);
  }
  delete(job) {
    this.#queue.delete(job);
  }
  /** Takes the next job that may be started. */
  next() {
    if (this.running >= this.limit) return void 0;
    const [job] = this.#queue;
    if (job !== void 0) this.#queue.delete(job);
    return job;
  }
};

// packages/host/src/effects/effect-runner.ts
var MAX_DEAD_LETTERS = 1e3;
var STARTED_AT_ONCE = 1024;
var SETTLED = /* @__PURE__ */ new Set(["receipt-duplicate", "receipt-unknown", "receipt-epoch"]);
var CANCELLED2 = {
  status: "cancelled",
  code: "effect-cancelled",
  message: "nobody waits for it any more; it was not started"
};
var EffectRunner = class {
  constructor(setup, host, moved) {
    this.setup = setup;
    this.host = host;
    this.moved = moved;
    const write4 = (object3) => host.store(object3);
    this.#blobs = new WorldBlobs({ read: setup.readObject, write: write4 });
  }
  setup;
  host;
  moved;
  #jobs = new JobTable();
  #lanes = /* @__PURE__ */ new Map();
  #deadLetters = [];
  #watchers = /* @__PURE__ */ new Set();
  #blobs;
  #isClosing = false;
  /** The latest effects that came to nothing, oldest first. */
  get deadLetters() {
    return [...this.#deadLetters];
  }
  /** Takes up what the world has open. Call it once, when all the world knows is durable. */
  open() {
    this.#attempt(() => {
      for (const { hash: hash8, effect: effect2, state } of this.host.world.intents.range()) {
        if (state === "released") this.#add(new EffectJob(hash8, effect2));
      }
    });
    this.poke();
  }
  /** What records asked for that are durable now. */
  take(outputs) {
    this.#attempt(() => {
      for (const output of outputs) {
        if (output.kind === "release") this.#release(output.intent);
        if (output.kind === "cancel") this.#cancel(this.#jobs.get(output.intent));
      }
    });
    this.poke();
  }
  /** Something has changed: starts and hands in what may be. */
  poke() {
    if (this.#jobs.count("answered") > 0 && this.host.isTaking) {
      for (const job of [...this.#jobs.values()]) {
        if (job.state === "answered") this.#submit(job);
      }
    }
    for (const [kind2, lane] of this.#lanes) this.#pump(kind2, lane);
  }
  /** Looking at the world may read from its store; where that fails the world is stopped. */
  #attempt(run) {
    try {
      run();
    } catch (cause) {
      this.host.failed(cause);
    }
  }
  /** Whether nothing moves here by itself; timers move with time only. */
  isAtRest(timers) {
    const jobs = this.#jobs;
    const waiting = timers === "list" ? this.#lanes.get(TIMER_KIND)?.running ?? 0 : 0;
    if (jobs.count("running") > waiting || jobs.count("submitted") > 0) return false;
    if (jobs.count("waiting") > 0) return false;
    return !this.#mayStart || ![...this.#lanes].some(([kind2, lane]) => this.#hasNext(kind2, lane));
  }
  /** Why an intent that was released has not settled yet. */
  explain(intent) {
    const job = this.#jobs.get(intent.hash);
    if (job === void 0) return "left";
    if (job.state !== "queued") return job.state === "left" ? job.code ?? "left" : job.state;
    if (!this.setup.table.has(job.effect)) return "adapter-missing";
    return this.#isKnown ? "queued" : "host-key-unknown";
  }
  /**
   * Starts nothing more, waits for what runs, and calls off what takes too long: that stays an open
   * intent. Adapters stay open, as others may use them.
   */
  async drain() {
    this.#isClosing = true;
    const { startTimer, options, clock } = this.setup;
    let isOver2 = false;
    const stop = startTimer(options.drainMs ?? DEFAULT_DRAIN_MS, () => {
      isOver2 = true;
      this.#changed();
    });
    await this.#until(() => isOver2 || this.#isDone(this.#lanes.get(TIMER_KIND)?.running ?? 0));
    stop();
    for (const job of this.#jobs.values())
      if (job.state === "running") job.cancel.cancel("closing");
    await this.#until(() => this.#isDone(0));
    for (const job of this.#jobs.values()) job.stopWaiting?.();
    clock.close();
  }
  #isDone(running) {
    return this.#jobs.count("running") <= running && this.#jobs.count("submitted") === 0;
  }
  async #until(condition) {
    while (!condition()) {
      await new Promise((resolve2) => this.#watchers.add(resolve2));
    }
  }
  #changed() {
    for (const watcher of this.#watchers) watcher();
    this.#watchers.clear();
    this.moved();
  }
  /** Whether the world knows the key that receipts are signed with, in a role that may. */
  get #isKnown() {
    const { keyId } = this.setup.options.signer;
    return this.host.world.keyring.some(
      (key3) => key3.revokedAt === null && bytesEqual(key3.keyId, keyId) && key3.roles.some((role2) => role2 === "host" || role2 === "adapter")
    );
  }
  get #mayStart() {
    return !this.#isClosing && this.host.isStarting && this.#isKnown;
  }
  #hasNext(kind2, lane) {
    return lane.isBusy && this.setup.table.has(kind2) && lane.running < lane.limit;
  }
  #release(hash8) {
    const intent = this.host.world.intents.get(hash8);
    if (intent === void 0 || this.#jobs.get(hash8) !== void 0) return;
    this.#add(new EffectJob(hash8, intent.effect));
  }
  #add(job) {
    this.#jobs.add(job);
    this.#laneOf(job.effect).push(job);
  }
  #laneOf(kind2) {
    const known = this.#lanes.get(kind2);
    if (known !== void 0) return known;
    const most = kind2 === TIMER_KIND ? Number.POSITIVE_INFINITY : DEFAULT_CONCURRENCY;
    const lane = new Lane(this.setup.options.concurrency?.[kind2] ?? most);
    this.#lanes.set(kind2, lane);
    return lane;
  }
  #pump(kind2, lane) {
    const adapter = this.setup.table.get(kind2);
    if (adapter === void 0 || !lane.isBusy || !this.#mayStart) return;
    for (let started = 0; started < STARTED_AT_ONCE && this.#mayStart; started++) {
      const job = lane.next();
      if (job === void 0) return;
      this.#attempt(() => this.#start(job, adapter, lane));
    }
    setImmediate(() => this.#pump(kind2, lane));
  }
  #start(job, adapter, lane) {
    const { world } = this.host;
    const intent = world.intents.get(job.intent);
    if (intent === void 0) {
      this.#jobs.delete(job);
      return;
    }
    lane.running += 1;
    job.starts += 1;
    this.#jobs.move(job, "running");
    const call = callOf2(world, intent);
    runAttempt({ adapter, intent, call }, job, this.#portsOf(job)).then((outcome) => {
      lane.running -= 1;
      this.#attempt(() => {
        const answer3 = checkOutcome(this.host.world, job.effect, outcome);
        this.#conclude(job, { intent, adapter, answer: answer3 });
      });
      this.#pump(job.effect, lane);
      this.#changed();
    });
  }
  #portsOf(job) {
    const { engine, clock, graceNs, options } = this.setup;
    return {
      ...{ world: () => this.host.world, engine, blobs: this.#blobs, clock, graceNs },
      onDefect: ({ id }, cause) => options.onDefect?.({ adapter: id, intent: job.intent, cause })
    };
  }
  /** An outcome becomes another start, a receipt, or nothing. */
  #conclude(job, { intent, adapter, answer: answer3 }) {
    job.code = answer3.code;
    const delayNs = this.#retryDelay(job, intent, answer3);
    const isCalledOff = job.cancel.reason === "closing" && answer3.status === "cancelled";
    if (isCalledOff || this.#isClosing && delayNs !== void 0) {
      this.#jobs.move(job, "left");
    } else if (delayNs !== void 0) {
      this.#wait(job, delayNs, () => {
        this.#jobs.move(job, "queued");
        this.#laneOf(job.effect).push(job);
        this.poke();
        this.#changed();
      });
    } else this.#answer(job, { intent, adapter, answer: answer3 });
  }
  /** How long until the next start; undefined when the outcome is the last word. */
  #retryDelay(job, { deadlineNs }, answer3) {
    const { retry: retry2, random, clock } = this.setup;
    const { reason } = job.cancel;
    if (reason === "cancelled" || reason === "deadline") return void 0;
    if (answer3.status === "ok" || answer3.retry !== "later") return void 0;
    if (job.starts >= retry2.starts) return void 0;
    const delayNs = retryDelayNs(retry2, job.starts, random);
    const isInTime = deadlineNs === void 0 || clock.logicalNowNs() + delayNs < deadlineNs;
    return isInTime ? delayNs : void 0;
  }
  #wait(job, delayNs, run) {
    const { clock } = this.setup;
    this.#jobs.move(job, "waiting");
    job.stopWaiting = clock.at(clock.logicalNowNs() + delayNs, () => {
      job.stopWaiting = void 0;
      run();
    });
  }
  #answer(job, { intent, adapter, answer: answer3 }) {
    const { status, payload, costCents, code: code2 } = answer3;
    const { hash: intentHash2, epoch, attempt: attempt2 } = intent;
    const { worldId } = this.host.world;
    const body = { worldId, epoch, intentHash: intentHash2, attempt: attempt2, adapterId: adapter.id, status };
    const unsigned2 = costCents === void 0 ? body : { ...body, costCents };
    job.receipt = signReceipt(this.setup.options.signer, unsigned2, payload);
    if (code2 !== void 0 && status !== "cancelled") this.#bury(job, code2);
    this.#submit(job);
  }
  /** Hands the receipt in. A world that stands still takes it when it goes on, or opens again. */
  async #submit(job) {
    const { receipt } = job;
    if (receipt === void 0) return;
    this.#jobs.move(job, "submitted");
    try {
      const result = await this.host.submit(receipt);
      if (result.ok) this.#jobs.delete(job);
      else this.#refused(job, result.refusal);
    } catch {
      this.#jobs.move(job, "answered");
    }
    this.#changed();
  }
  #refused(job, { code: code2 }) {
    if (SETTLED.has(code2)) {
      this.#jobs.delete(job);
    } else if (code2 === "inbox-full" && !this.#isClosing) {
      const { retry: retry2, random } = this.setup;
      this.#wait(job, retryDelayNs(retry2, 1, random), () => this.#submit(job));
    } else {
      job.code = code2;
      this.#jobs.move(job, "left");
      this.#bury(job, code2);
    }
  }
  #bury({ intent, effect: effect2, starts }, code2) {
    const atNs = this.setup.clock.logicalNowNs();
    this.#deadLetters.push({ intent, effect: effect2, code: code2, starts, atNs });
    if (this.#deadLetters.length > MAX_DEAD_LETTERS) this.#deadLetters.shift();
  }
  /** What runs is told; what does not is answered for, unless the world has settled it already. */
  #cancel(job) {
    if (job === void 0) return;
    job.cancel.cancel("cancelled");
    const isIdle = job.state === "queued" || job.state === "waiting" && !job.receipt;
    if (!isIdle) return;
    job.stopWaiting?.();
    this.#laneOf(job.effect).delete(job);
    const intent = this.host.world.intents.get(job.intent);
    const adapter = this.setup.table.get(job.effect) ?? { id: "host" };
    if (intent === void 0) this.#jobs.delete(job);
    else this.#answer(job, { intent, adapter, answer: answerOf(this.host.world, CANCELLED2) });
  }
};

// packages/host/src/effects/quiescence.ts
var MAX_LISTED = 1e3;
function listBlockers(world, fault, explain) {
  const blockers = [];
  const code2 = fault ?? (isRunning(world) ? void 0 : `world-${world.mode}`);
  if (code2 !== void 0) blockers.push({ kind: "world", code: code2 });
  if (world.pending.length > 0) blockers.push({ kind: "work", count: world.pending.length });
  const atNs = wakeAtOf(world);
  if (atNs !== void 0) blockers.push({ kind: "time", atNs });
  let listed = 0;
  for (const intent of world.intents.range()) {
    if (listed === MAX_LISTED) break;
    listed += 1;
    blockers.push(blockerOf(intent, explain));
  }
  return { blockers, unlisted: world.intents.size - listed };
}
function blockerOf(intent, explain) {
  const { hash: hash8, effect: effect2, approval: approval2 } = intent;
  const asked = { intent: hash8, effect: effect2 };
  if (approval2 !== null) {
    const { role: role2, count: needed2, given } = approval2;
    return { kind: "approval", ...asked, role: role2, given: given.length, needed: needed2 };
  }
  const reason = explain(intent);
  if (effect2 === TIMER_KIND && reason === "running") return { kind: "timer", ...asked };
  return { kind: "receipt", ...asked, reason };
}
var RestWatch = class {
  #waiting = /* @__PURE__ */ new Set();
  #isLookedAt = false;
  /** Resolves when `isAtRest` holds at the end of a turn of the event loop. */
  wait(isAtRest) {
    return new Promise((resolve2) => {
      this.#waiting.add({ isAtRest, resolve: resolve2 });
      this.changed();
    });
  }
  /** Something has moved. */
  changed() {
    if (this.#isLookedAt || this.#waiting.size === 0) return;
    this.#isLookedAt = true;
    setImmediate(() => this.#look());
  }
  #look() {
    this.#isLookedAt = false;
    for (const each of this.#waiting) {
      if (!each.isAtRest()) continue;
      this.#waiting.delete(each);
      each.resolve();
    }
  }
};

// packages/host/src/effects/world-effects.ts
var WorldEffects = class {
  constructor(setup, host) {
    this.setup = setup;
    this.host = host;
    this.#runner = setup && new EffectRunner(setup, host, () => this.rest());
  }
  setup;
  host;
  #rest = new RestWatch();
  #runner;
  get deadLetters() {
    return this.#runner?.deadLetters ?? [];
  }
  /** Takes up what the world has open. What comes of the key shows as `host-key-unknown`. */
  open() {
    this.#introduce();
    this.#runner?.open();
  }
  /** Records are durable that asked for this. */
  take(outputs) {
    this.#runner?.take(outputs);
  }
  /** A world that stood still goes on. */
  goOn() {
    this.#introduce();
    this.#poke();
  }
  #introduce() {
    if (this.setup === void 0 || this.host.fault !== void 0) return;
    const poke = () => this.#poke();
    introduceKey(this.setup.options, this.host).then(poke, poke);
  }
  #poke() {
    this.#runner?.poke();
    this.#rest.changed();
  }
  /** The host may have come to rest. */
  rest() {
    this.#rest.changed();
  }
  /** Undefined where no effects are run. */
  drain() {
    return this.#runner?.drain();
  }
  async untilQuiescent({ timers = "list" } = {}) {
    await this.#rest.wait(() => this.#isAtRest(timers));
    const { world, fault } = this.host;
    return listBlockers(world, fault, (intent) => {
      return this.#runner?.explain(intent) ?? "adapter-missing";
    });
  }
  #isAtRest(timers) {
    const { isBusy, wakeAtNs, fault, world } = this.host;
    if (isBusy || this.#runner?.isAtRest(timers) === false) return false;
    return timers === "list" || wakeAtNs === void 0 || !moves(world, fault);
  }
};
function moves(world, fault) {
  return fault === void 0 && isRunning(world);
}

// packages/host/src/loop/acks.ts
function ackOf(record5, chain) {
  const faults = [];
  for (const entry2 of record5.entries) {
    if (entry2.kind === "reducer-fault") faults.push({ reducer: entry2.reducer, code: entry2.code });
  }
  return { seq: record5.seq, chain, entries: record5.entries.length, faults };
}
function readAck(store, seq) {
  const [bytes5] = store.records(seq);
  assert(bytes5 !== void 0, `record ${seq} is in the journal`);
  const record5 = decodeRecord(bytes5);
  assert(record5.ok, `record ${seq} was written by a kernel`);
  return ackOf(record5.value, chainOf(bytes5));
}

// packages/host/src/loop/agenda.ts
var OWN_IN_A_ROW = 16;
var OWN_WHILE_CLOSING = 16;
var Agenda = class {
  constructor(inbox2) {
    this.inbox = inbox2;
  }
  inbox;
  #ownInARow = 0;
  #ownAllowed = Number.POSITIVE_INFINITY;
  /** From here on only what is there already is finished. */
  close() {
    this.#ownAllowed = Math.min(this.#ownAllowed, OWN_WHILE_CLOSING);
  }
  next(moment) {
    const verb = this.inbox.takeVerb();
    if (verb !== void 0) return { raw: verb.raw, waiting: verb };
    const own = this.#mayGoOn(moment) ? ownInput(moment) : void 0;
    if (own !== void 0) {
      this.#ownInARow += 1;
      this.#ownAllowed -= 1;
      return { raw: own };
    }
    this.#ownInARow = 0;
    const waiting = this.inbox.take();
    return waiting && { raw: waiting.raw, waiting };
  }
  /** Whether there is something to do at this moment. */
  hasNext(moment) {
    if (this.inbox.size > 0) return true;
    return this.#ownAllowed > 0 && ownInput(moment) !== void 0;
  }
  #mayGoOn({ world }) {
    if (!isRunning(world) || this.#ownAllowed <= 0) return false;
    return this.#ownInARow < OWN_IN_A_ROW || !this.inbox.hasOthers;
  }
};
function ownInput(moment) {
  const { world, wakeAtNs } = moment;
  if (!isRunning(world)) return void 0;
  if (wakeAtNs !== void 0 && wakeAtNs <= moment.logicalNowNs) return { kind: "tick" };
  return world.pending.length > 0 ? { kind: "continue" } : void 0;
}

// packages/host/src/loop/committer.ts
var GROUPS_IN_FLIGHT = 8;
var Group = class {
  records = [];
  objects = [];
  /** What the records ask of the outside. */
  outputs = [];
  answers = [];
  get isEmpty() {
    return this.records.length === 0 && this.answers.length === 0;
  }
};
var Committer = class {
  constructor(store, events) {
    this.store = store;
    this.events = events;
  }
  store;
  events;
  #inFlight = 0;
  #last = Promise.resolve();
  get isFull() {
    return this.#inFlight >= GROUPS_IN_FLIGHT;
  }
  get isBusy() {
    return this.#inFlight > 0;
  }
  /** Resolves when all that was handed over is durable; rejects when it never will be. */
  get last() {
    return this.#last;
  }
  commit(group) {
    if (group.isEmpty) return;
    const { answers: answers2, outputs } = group;
    this.append(group).then(
      () => {
        this.events.durable(outputs);
        for (const { waiting, ack } of answers2) answer2(waiting, ack);
      },
      (fault) => {
        for (const { waiting } of answers2) waiting.reject(fault);
      }
    );
  }
  /** Rejects with the AosFault that {@link CommitEvents.failed} was told of. */
  append(batch) {
    this.#inFlight += 1;
    const done = this.#write(batch).catch((cause) => {
      const fault = fenceFault(cause);
      this.events.failed(fault);
      throw fault;
    });
    this.#last = done;
    const settle4 = () => {
      this.#inFlight -= 1;
      this.events.settled();
    };
    done.then(settle4, settle4);
    return done;
  }
  /** A store that throws has failed like one that rejects. */
  async #write(batch) {
    await this.store.append(batch);
  }
};
function answer2(waiting, ack) {
  try {
    waiting.resolve({ ok: true, value: ack() });
  } catch (cause) {
    waiting.reject(fenceFault(cause));
  }
}
function fenceFault(cause) {
  if (cause instanceof AosFault) return cause;
  return new AosFault("store-failed", "the store failed; close the world and open it again", {
    retry: "later",
    cause
  });
}

// packages/host/src/loop/inbox.ts
var VERB_ROOM = 64;
var Inbox = class {
  constructor(limits) {
    this.limits = limits;
  }
  limits;
  #verbs = new Queue();
  #others = new Queue();
  #bytes = 0;
  get size() {
    return this.#verbs.size + this.#others.size;
  }
  /** Whether anything but control verbs waits. */
  get hasOthers() {
    return this.#others.size > 0;
  }
  /** Takes an input in, or refuses it: `inbox-full`. */
  offer(waiting) {
    const isVerb = waiting.raw.kind === "control";
    const isFull = isVerb ? this.#verbs.size >= VERB_ROOM : this.#others.size >= this.limits.inputs || this.#bytes + waiting.sizeBytes > this.limits.bytes;
    if (isFull) {
      return {
        code: "inbox-full",
        at: "",
        detail: `${this.size} inputs are waiting; send again later`
      };
    }
    if (isVerb) this.#verbs.push(waiting);
    else {
      this.#bytes += waiting.sizeBytes;
      this.#others.push(waiting);
    }
    return void 0;
  }
  takeVerb() {
    return this.#verbs.shift();
  }
  /** The next of all others. */
  take() {
    const waiting = this.#others.shift();
    this.#bytes -= waiting?.sizeBytes ?? 0;
    return waiting;
  }
  /** Takes out everything. */
  clear() {
    this.#bytes = 0;
    return [...this.#verbs.clear(), ...this.#others.clear()];
  }
};
var COMPACT_AT = 256;
var Queue = class {
  #items = [];
  #next = 0;
  get size() {
    return this.#items.length - this.#next;
  }
  push(item) {
    this.#items.push(item);
  }
  shift() {
    const item = this.#items[this.#next];
    if (item === void 0) return void 0;
    this.#next += 1;
    if (this.#next >= COMPACT_AT && this.#next * 2 >= this.#items.length) this.clearTaken();
    return item;
  }
  clear() {
    this.clearTaken();
    return this.#items.splice(0);
  }
  clearTaken() {
    this.#items.splice(0, this.#next);
    this.#next = 0;
  }
};

// packages/host/src/loop/intake.ts
function takeIn(stepper, submitted, verifier) {
  try {
    return isSigned(submitted) ? takeSigned(stepper, structuredClone(submitted), verifier) : takeEvent(stepper, submitted);
  } catch (cause) {
    if (cause instanceof Defect || cause instanceof AosFault) throw cause;
    const why = cause instanceof Error ? cause.message : typeof cause;
    return refused2("event-unreadable", `the input cannot be read: ${why}`);
  }
}
function isSigned(raw) {
  return "sig" in raw;
}
function takeSigned(stepper, raw, verifier) {
  const admission = stepper.admit(raw);
  if (admission.kind !== "admitted") return admission;
  const checked = checkInputSignature(stepper.world, raw, verifier.check);
  if (!checked.ok) return { kind: "refused", refusal: checked.refusal };
  return { kind: "taken", raw, sizeBytes: "payload" in raw ? raw.payload.length : 0 };
}
function takeEvent(stepper, submitted) {
  const admission = stepper.admit(submitted);
  if (admission.kind !== "admitted") return admission;
  const { input } = admission;
  if (input.kind !== "event") return refused2("event-unreadable", "the input is no event");
  const { value, key: key3, ...names } = input;
  const raw = { ...names, cbor: value === submitted.cbor ? value.slice() : value };
  const own = key3 === void 0 ? raw : { ...raw, key: key3.slice() };
  return { kind: "taken", raw: own, sizeBytes: value.length };
}
function refused2(code2, detail) {
  return { kind: "refused", refusal: { code: code2, at: "", detail } };
}

// packages/host/src/loop/snapshots.ts
var BATCH_BYTES = 1 << 22;
async function writeSnapshot(world, committer) {
  const taken2 = takeSnapshot(world);
  if (taken2.kind === "need") throw objectsMissing(taken2.hashes);
  const mark = { kind: "snapshot", seq: world.seq - 1, hash: taken2.hash };
  for (const objects2 of inBatches(taken2.objects)) await committer.append({ records: [], objects: objects2 });
  await committer.append({ records: [], objects: [], marks: [mark] });
  taken2.markStored();
  return mark;
}
function* inBatches(objects2) {
  let batch = [];
  let sizeBytes = 0;
  for (const object3 of objects2) {
    batch.push(object3);
    sizeBytes += object3.bytes.length;
    if (sizeBytes < BATCH_BYTES) continue;
    yield batch;
    batch = [];
    sizeBytes = 0;
  }
  if (batch.length > 0) yield batch;
}

// packages/host/src/world-host.ts
var DEFAULT_INBOX_LIMIT = 65536;
var INBOX_BYTES = 1 << 26;
var DEFAULT_SNAPSHOT_RECORDS = 1e3;
var GROUP_INPUTS = 64;
var OWN_STEP_INPUTS = 16;
var WorldHost = class {
  #store;
  #stepper;
  #snapshotRecords;
  #verifier = new SignatureVerifier();
  #inbox;
  #agenda;
  #timer;
  #committer;
  #effects;
  #scheduled = false;
  #stopped;
  #halt;
  /** Set once {@link close} was called: what is there is finished, nothing more is taken. */
  #closing;
  #closed;
  #idle;
  /** How the world was opened. */
  opening;
  /** Use {@link openWorldHost}. */
  constructor(store, stepper, settings) {
    this.opening = settings.opening;
    const { inboxLimit = DEFAULT_INBOX_LIMIT, startTimer = systemTimer } = settings;
    this.#store = store;
    this.#stepper = stepper;
    this.#snapshotRecords = settings.snapshotRecords ?? DEFAULT_SNAPSHOT_RECORDS;
    this.#inbox = new Inbox({ inputs: inboxLimit, bytes: INBOX_BYTES });
    this.#agenda = new Agenda(this.#inbox);
    this.#timer = new WakeTimer(startTimer, () => this.#schedule());
    this.#committer = new Committer(store, {
      failed: (fault) => this.#stop(fault),
      durable: (outputs) => this.#effects.take(outputs),
      settled: () => this.#goOn()
    });
    this.#halt = store.halt;
    if (this.#halt !== void 0) this.#stopped = haltFault(this.#halt);
    this.#effects = new WorldEffects(settings.effects, this.#lend());
    this.#goOn();
    this.#effects.open();
  }
  /** What effects are run on: the world of the moment, and ways to hand in and to store. */
  #lend() {
    const host = this;
    return {
      get world() {
        return host.#stepper.world;
      },
      get isStarting() {
        const isOpen2 = host.#stopped === void 0 && host.#closing === void 0;
        return isOpen2 && isRunning(host.#stepper.world);
      },
      get isTaking() {
        return host.#stopped === void 0;
      },
      get isBusy() {
        return host.#isBusy;
      },
      get fault() {
        return host.#stopped?.code;
      },
      get wakeAtNs() {
        return host.#stepper.wakeAtNs;
      },
      submit: (input) => host.#offer(input),
      failed: (cause) => host.#stop(fenceFault(cause)),
      store: (object3) => host.#committer.append({ records: [], objects: [object3] })
    };
  }
  /** The defect that halted the world, until an operator clears it. */
  get halt() {
    return this.#halt;
  }
  /**
   * Hands an input to the world. Resolves with the acknowledgement once its record is durable, or
   * with a refusal that left no trace (`inbox-full`, `event-unreadable`, `signature-invalid`, or
   * the codes of `admit`). A second event of one dedup id gets the acknowledgement of the first.
   * Rejects with AosFault when the world stopped before the record was durable: `store-failed`,
   * `world-halted`, `world-closed`. After such a rejection the input may or may not be in the
   * journal.
   */
  submit(submitted) {
    return this.#closing === void 0 ? this.#offer(submitted) : Promise.reject(this.#closing);
  }
  /** As {@link submit}, also while the world is closing. */
  #offer(submitted) {
    if (this.#stopped !== void 0) return Promise.reject(this.#stopped);
    return new Promise((resolve2, reject) => {
      const { epoch } = this.#stepper.world;
      const intake = takeIn(this.#stepper, submitted, this.#verifier);
      this.#take(intake, { raw: submitted, sizeBytes: 0, epoch, resolve: resolve2, reject });
    });
  }
  #take(intake, waiting) {
    switch (intake.kind) {
      case "refused":
        waiting.resolve({ ok: false, refusal: intake.refusal });
        return;
      case "duplicate":
        this.#readAck(intake.seq).then(waiting.resolve, waiting.reject);
        return;
      case "taken": {
        const { raw, sizeBytes } = intake;
        const refusal4 = this.#inbox.offer({ ...waiting, raw, sizeBytes });
        if (refusal4 !== void 0) waiting.resolve({ ok: false, refusal: refusal4 });
        else this.#schedule();
      }
    }
  }
  /**
   * What `look` sees in the world of this moment, once the records it saw are durable. A world that
   * a defect halted can still be read. Rejects with `store-failed` or `world-closed`.
   */
  async read(look) {
    const fault = this.#halt === void 0 ? this.#stopped ?? this.#closing : this.#closing;
    if (fault !== void 0) throw fault;
    const seen = look(this.#stepper.world);
    await this.#committer.last;
    return seen;
  }
  /** Intents that have not settled, released or waiting for approval, once they are durable. */
  openIntents() {
    return this.read((world) => [...world.intents.range()]);
  }
  /** The latest effects that came to nothing, oldest first; the journal has all of them. */
  get deadLetters() {
    return this.#effects.deadLetters;
  }
  /**
   * Resolves when nothing moves any more, with what the world then waits for: receipts, timers,
   * time, people, or to be let go on. Effects that lead to others are all run before.
   */
  untilQuiescent(options) {
    return this.#effects.untilQuiescent(options);
  }
  /**
   * Writes the world of this moment as a snapshot, and resolves with its mark when that is durable.
   * Rejects as {@link submit} does.
   */
  async snapshot() {
    const fault = this.#stopped ?? this.#closing;
    if (fault !== void 0) throw fault;
    return writeSnapshot(this.#stepper.world, this.#committer);
  }
  /** Ends a halt: an operator has looked at it. Refusals: `halt-none`, `signature-invalid`, … */
  async clearHalt(clearance) {
    const halt = this.#halt;
    if (halt === void 0) return { code: "halt-none", at: "", detail: "the world is not halted" };
    const refusal4 = checkClearance(this.#stepper.world, { halt, clearance }, this.#verifier);
    if (refusal4 !== void 0) return refusal4;
    const marks = [{ kind: "halt-cleared", seq: halt.seq }];
    await this.#committer.append({ records: [], objects: [], marks });
    this.#halt = void 0;
    this.#stopped = void 0;
    this.#schedule();
    this.#effects.goOn();
    return void 0;
  }
  /**
   * Starts no more effects and waits for those that run, up to a bound; steps what is waiting,
   * flushes, makes a snapshot if the last is far back, closes the store. What comes after the call
   * is rejected.
   */
  close() {
    const closed2 = "the world is closed; open it again";
    this.#closing ??= new AosFault("world-closed", closed2, { retry: "later" });
    this.#closed ??= this.#finish(this.#closing);
    return this.#closed;
  }
  async #finish(closing) {
    const drained = this.#effects.drain();
    if (drained !== void 0) await drained;
    this.#agenda.close();
    while (this.#isBusy) {
      await new Promise((resolve2) => {
        this.#idle = resolve2;
        this.#schedule();
      });
    }
    const isWhole2 = this.#stopped === void 0;
    this.#stop(closing);
    try {
      if (isWhole2 && this.#isSnapshotDue) await writeSnapshot(this.#stepper.world, this.#committer);
    } finally {
      await this.#store.close();
    }
  }
  get #isSnapshotDue() {
    const last = this.#store.snapshot?.seq ?? -1;
    return this.#stepper.world.seq - 1 - last >= this.#snapshotRecords;
  }
  get #isBusy() {
    if (this.#committer.isBusy) return true;
    return this.#stopped === void 0 && this.#agenda.hasNext(this.#stepper);
  }
  /** A duplicate of what is in the journal, or about to be. */
  async #readAck(seq) {
    await this.#committer.last;
    return { ok: true, value: readAck(this.#store, seq) };
  }
  #schedule() {
    if (this.#scheduled || this.#committer.isFull) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#pump();
    });
  }
  #pump() {
    if (this.#stopped !== void 0 || this.#committer.isFull) return;
    const group = new Group();
    let failed3;
    for (let count3 = 0; count3 < GROUP_INPUTS && failed3 === void 0; ) {
      const task = this.#agenda.next(this.#stepper);
      if (task === void 0) break;
      count3 += task.waiting === void 0 ? OWN_STEP_INPUTS : 1;
      try {
        this.#run(task, group);
      } catch (cause) {
        failed3 = { cause, task };
      }
    }
    this.#committer.commit(group);
    if (failed3 !== void 0) this.#fail(failed3.cause, failed3.task);
    this.#goOn();
  }
  #run({ raw, waiting }, group) {
    const admission = this.#admit(raw, waiting);
    if (admission.kind === "admitted") {
      const { record: record5, bytes: bytes5, objects: objects2, outputs, world } = this.#stepper.step(admission.input);
      group.records.push(bytes5);
      for (const output of outputs) if ("intent" in output) group.outputs.push(output);
      for (const object3 of objects2) group.objects.push(object3);
      const { chain } = world;
      if (waiting !== void 0) group.answers.push({ waiting, ack: () => ackOf(record5, chain) });
      return;
    }
    assert(waiting !== void 0, `the world takes the ${raw.kind} that it asked for`);
    if (admission.kind === "refused") waiting.resolve({ ok: false, refusal: admission.refusal });
    else group.answers.push({ waiting, ack: () => readAck(this.#store, admission.seq) });
  }
  /** Admits on the world of the step; a verb is verified again when its epoch has passed. */
  #admit(raw, waiting) {
    const { world } = this.#stepper;
    const admission = this.#stepper.admit(raw);
    if (admission.kind !== "admitted" || !isSigned(raw)) return admission;
    if (waiting?.epoch === world.epoch) return admission;
    const checked = checkInputSignature(world, raw, this.#verifier.check);
    return checked.ok ? admission : { kind: "refused", refusal: checked.refusal };
  }
  /** Schedules what is left, waits for time, or tells a waiting close that nothing is left. */
  #goOn() {
    const isStopped = this.#stopped !== void 0;
    if (!isStopped && this.#agenda.hasNext(this.#stepper)) this.#schedule();
    else if (!this.#isBusy) this.#idle?.();
    this.#effects.rest();
    const { wakeAtNs, world } = this.#stepper;
    if (wakeAtNs === void 0 || isStopped || this.#closing !== void 0 || !isRunning(world)) {
      this.#timer.clear();
    } else this.#timer.set(wakeAtNs, this.#stepper.logicalNowNs);
  }
  /** What the outside failed at only stops the world; everything else is a defect and halts it. */
  #fail(cause, { raw, waiting }) {
    const rejected2 = [...waiting === void 0 ? [] : [waiting], ...this.#inbox.clear()];
    const reject = (fault2) => {
      for (const each of rejected2) each.reject(fault2);
    };
    if (cause instanceof AosFault) {
      this.#stop(cause);
      reject(cause);
      return;
    }
    const halt = haltMarkOf(cause, { world: this.#stepper.world, raw });
    const fault = haltFault(halt, cause);
    this.#halt = halt;
    this.#stop(fault);
    const told = () => reject(fault);
    this.#committer.append({ records: [], objects: [], marks: [halt] }).then(told, told);
  }
  #stop(fault) {
    this.#stopped ??= fault;
    this.#timer.clear();
    for (const waiting of this.#inbox.clear()) waiting.reject(fault);
    this.#effects.rest();
  }
};

// packages/host/src/open-host.ts
function openWorldHost(options) {
  const { store, engine, clock = systemClock, fillEntropy = systemEntropy } = options;
  const { world, ...opening } = openWorld(store, engine, options.from);
  const origin2 = { logicalNowNs: world.logicalNowNs, wallNs: world.lastWallNs };
  const stamper = new Stamper(origin2, clock, fillEntropy);
  const stepper = new Stepper(world, wakeAtOf(world), engine, stamper);
  const effects = options.effects && setUpEffects(options.effects, world, {
    engine,
    clock,
    logicalNowNs: () => stamper.logicalNowNs(),
    startTimer: options.startTimer ?? systemTimer,
    readObject: (hash8) => store.object(hash8)
  });
  return new WorldHost(store, stepper, { ...options, opening, effects });
}

// packages/host/src/world/found-world.ts
function foundWorld(plan, ports2) {
  const hashes = /* @__PURE__ */ new Map();
  for (const [name2, bytes5] of plan.modules) hashes.set(name2, sha2562(bytes5));
  const loaded = loadAir(plan.documents, hashes);
  if (!loaded.ok) return { ok: false, findings: loaded.findings };
  const definition = loaded.world;
  const refusal4 = checkSupport(definition)?.refusal ?? checkModules2(definition, plan.modules, ports2.engine);
  if (refusal4 !== void 0) return { ok: false, findings: loaded.findings, refusal: refusal4 };
  const nonce = new Uint8Array(16);
  ports2.fillEntropy(nonce);
  const genesis2 = encodeGenesis({
    format: GENESIS_FORMAT,
    manifest: definition.manifestHash,
    runtime: CURRENT_RUNTIME,
    keyring: plan.keyring,
    createdNs: readWallNs(ports2.clock),
    nonce
  });
  const objects2 = objectsOf(definition, plan.modules);
  return { ok: true, founded: { definition, genesis: genesis2, objects: objects2, warnings: loaded.findings } };
}
function checkModules2(definition, modules, engine) {
  for (const { name: name2, entry: entry2, hash: hash8 } of modulesOf(definition)) {
    const bytes5 = modules.get(name2);
    if (bytes5 === void 0) {
      const detail = `${name2} has no module: put it at modules/${name2}.wasm`;
      return { code: "module-unbound", at: name2, detail };
    }
    const loaded = engine.load(bytes5, entry2, { limits: DEFAULT_CALL_LIMITS });
    if (!loaded.ok) return { ...loaded.refusal, at: `${name2} ${loaded.refusal.at}`.trim() };
    if (!bytesEqual(loaded.value, hash8)) {
      const detail = `the module given for ${name2} is not the one its wasm_hash names`;
      return { code: "module-hash-mismatch", at: name2, detail };
    }
  }
  return void 0;
}
function objectsOf(definition, modules) {
  const objects2 = [];
  for (const [text8, bytes5] of definition.nodes) {
    const hash8 = parseHashText(text8);
    if (hash8.ok) objects2.push({ hash: hash8.value, bytes: bytes5 });
  }
  for (const { name: name2, hash: hash8 } of modulesOf(definition)) {
    const bytes5 = modules.get(name2);
    if (bytes5 !== void 0) objects2.push({ hash: hash8, bytes: bytes5 });
  }
  return objects2;
}

// packages/host/src/world/verify-world.ts
function verifyWorld(store, engine, options = {}) {
  const parts = loadParts(store, engine);
  const { start: start3, from, passedOver } = options.from === "snapshot" ? findStart(parts) : fromGenesis(parts);
  const judging = new Judging(parts, start3);
  judging.run();
  const { world } = judging;
  const snapshot = from === "genesis" ? judging.snapshot : "trusted";
  const isSound = snapshot !== "different" && snapshot !== "incomplete";
  return {
    ok: judging.difference === void 0 && isSound,
    worldId: world.worldId,
    from,
    records: world.seq,
    chain: world.chain,
    worldHash: hashWorld(world),
    snapshot,
    ...passedOver === void 0 ? {} : { passedOver },
    ...judging.difference ?? {}
  };
}
function fromGenesis(parts) {
  return { start: worldAtGenesis(parts), from: "genesis" };
}
var Judging = class {
  constructor(parts, world) {
    this.parts = parts;
    this.world = world;
    this.snapshot = parts.store.snapshot === void 0 ? "absent" : "unseen";
    this.lookAtSnapshot();
  }
  parts;
  world;
  snapshot;
  difference;
  #verifier = new SignatureVerifier();
  run() {
    const { store, engine } = this.parts;
    const object3 = (hash8) => store.object(hash8);
    const ports2 = { engine, object: object3, checkSignature: this.#verifier.check };
    for (const bytes5 of store.records(this.world.seq)) {
      const verdict = judgeRecord2(this.world, bytes5, ports2, "verify");
      if (verdict.kind === "different") {
        const { difference } = verdict;
        const record5 = (seq) => first(store.records(seq));
        const explained = { ...ports2, record: record5 };
        const explanation = explainDifference(this.world, bytes5, difference, explained);
        this.difference = { difference, explanation };
        return;
      }
      this.world = verdict.world;
      this.lookAtSnapshot();
    }
  }
  /** A mark names the hash of the world at its place; here we are, and know it ourselves. */
  lookAtSnapshot() {
    const { snapshot } = this.parts.store;
    if (snapshot === void 0 || snapshot.seq !== this.world.seq - 1) return;
    if (!bytesEqual(hashWorld(this.world), snapshot.hash)) this.snapshot = "different";
    else this.snapshot = isWhole(this.parts, snapshot) ? "same" : "incomplete";
  }
};
function isWhole({ store, engine, definition }, { hash: hash8 }) {
  const bytes5 = store.object(hash8);
  if (bytes5 === void 0) return false;
  const source = { read: (wanted) => store.object(wanted), cache: new NodeCache() };
  const of = { genesis: store.genesis, definition };
  return checkSnapshot(bytes5, of, { engine, source }).kind === "opened";
}
function first(items3) {
  const [item] = items3;
  return item;
}

// packages/store/src/create-world.ts
import { randomBytes as randomBytes2 } from "node:crypto";
import { dirname, join as join5, resolve } from "node:path";

// packages/store/src/batch.ts
var MAX_BYTES2 = 2 ** 29;
function assertBatch(batch) {
  for (const bytes5 of batch.records) assertSize(bytes5);
  assertObjects(batch.objects);
}
function assertObjects(objects2) {
  for (const { hash: hash8, bytes: bytes5 } of objects2) {
    assertSize(bytes5);
    assert(bytesEqual(sha2562(bytes5), hash8), `object ${toHashText(hash8)} has another hash`);
  }
}
function assertSize(bytes5) {
  assert(bytes5.length <= MAX_BYTES2, `at most ${MAX_BYTES2} bytes, not ${bytes5.length}`);
}

// packages/store/src/faults.ts
async function asFault(action, run, advice = "open the world again") {
  try {
    return await run();
  } catch (error2) {
    throw error2 instanceof Error && "errno" in error2 ? storeFailed(action, error2, advice) : error2;
  }
}
function isErrorWith(error2, ...codes) {
  return codes.includes(error2.code ?? "");
}
var ShortWrite = class extends Error {
  name = "ShortWrite";
  errno = 0;
  constructor(takenBytes, sizeBytes) {
    super(`short write: ${takenBytes} of ${sizeBytes} bytes`);
  }
};
var WorldDamaged = class extends AosFault {
  segment;
  offset;
  seq;
  constructor(found, place3, cause) {
    super(
      "world-damaged",
      `damage in segment ${place3.segment} at offset ${place3.offset}, record ${place3.seq}: ${found}; restore the world from a copy, nothing was changed`,
      { retry: "never", cause }
    );
    this.segment = place3.segment;
    this.offset = place3.offset;
    this.seq = place3.seq;
  }
};
function worldNotFound(directory, found) {
  return new AosFault(
    "world-not-found",
    `expected a world (a directory with a journal folder) at ${directory}, found ${found}; check the path or create a world there`,
    { retry: "never" }
  );
}
function worldExists(directory) {
  return new AosFault(
    "world-exists",
    `expected no world at ${directory}, found a journal folder; open it, or choose another place`,
    { retry: "never" }
  );
}
function worldLocked(directory) {
  return new AosFault(
    "world-locked",
    `another writer has the world at ${directory} open; stop it, or open for reading`,
    { retry: "later" }
  );
}
function unknownFormat(found) {
  return new AosFault(
    "world-format",
    `expected a journal of format 0, found format ${found}; open the world with a newer build`,
    { retry: "never" }
  );
}
function writerFenced() {
  return new AosFault(
    "writer-fenced",
    "another process has opened the world for writing; this one may no longer append: close it",
    { retry: "never" }
  );
}
function storeFailed(action, cause, advice = "close the world and open it again") {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new AosFault(
    "store-failed",
    `the store could not ${action}: ${reason}; see to the disk, then ${advice}`,
    { retry: "later", cause }
  );
}
function storeClosed() {
  return new AosFault("store-closed", "the store is closed; open the world again", {
    retry: "never"
  });
}
function storeReadOnly() {
  return new AosFault("store-read-only", "expected mode 'write', the store is open for reading", {
    retry: "never"
  });
}

// packages/store/src/log/frame.ts
import { crc32 } from "node:zlib";
var FRAME_HEADER_BYTES = 40;
var FRAME_ALIGNMENT = 8;
var MAX_PAYLOAD_BYTES = 2 ** 30;
var KINDS5 = ["segment", "genesis", "object", "record", "marker"];
var MAGIC = 5459777;
var MAGIC_MASK = 16777215;
var KIND_SHIFT = 24;
var HEADER_CHECK_AT = 36;
var TWO_322 = 2 ** 32;
function frameSpan(payloadBytes) {
  return FRAME_HEADER_BYTES + Math.ceil(payloadBytes / FRAME_ALIGNMENT) * FRAME_ALIGNMENT;
}
function frameSeed(segmentSeed2, offset) {
  return (segmentSeed2 ^ offset / FRAME_ALIGNMENT) >>> 0;
}
function spanOf(content) {
  return frameSpan(contentBytes(content));
}
function encodeFrame(target, seed, stamp, content) {
  const { prefix, payload } = content;
  const sizeBytes = contentBytes(content);
  const end3 = FRAME_HEADER_BYTES + sizeBytes;
  if (prefix) target.set(prefix, FRAME_HEADER_BYTES);
  target.set(payload, end3 - payload.length);
  for (let at2 = end3; at2 % FRAME_ALIGNMENT !== 0; at2++) target[at2] = 0;
  target.writeUInt32LE(MAGIC | KINDS5.indexOf(content.kind) + 1 << KIND_SHIFT, 0);
  target.writeUInt32LE(sizeBytes, 4);
  target.writeUInt32LE(crc32(payload, prefix ? crc32(prefix, seed) : seed), 8);
  writeU64(target, 12, stamp.epoch);
  writeU64(target, 20, stamp.durable + 1);
  writeU64(target, 28, stamp.flushed);
  const check = crc32(target.subarray(0, HEADER_CHECK_AT), seed);
  target.writeUInt32LE(check, HEADER_CHECK_AT);
}
function decodeFrameHeader(bytes5, at2, seed) {
  if (!looksLikeFrame(bytes5, at2)) return void 0;
  const check = crc32(bytes5.subarray(at2, at2 + HEADER_CHECK_AT), seed);
  const kind2 = KINDS5[bytes5.readUInt8(at2 + 3) - 1];
  const sizeBytes = bytes5.readUInt32LE(at2 + 4);
  if (check !== bytes5.readUInt32LE(at2 + HEADER_CHECK_AT)) return void 0;
  if (kind2 === void 0 || sizeBytes > MAX_PAYLOAD_BYTES) return void 0;
  return {
    kind: kind2,
    sizeBytes,
    payloadCheck: bytes5.readUInt32LE(at2 + 8),
    epoch: readU64(bytes5, at2 + 12),
    durable: readU64(bytes5, at2 + 20) - 1,
    flushed: readU64(bytes5, at2 + 28)
  };
}
function looksLikeFrame(bytes5, at2) {
  return (bytes5.readUInt32LE(at2) & MAGIC_MASK) === MAGIC;
}
function continueCheck(check, piece) {
  return crc32(piece, check);
}
function contentBytes({ prefix, payload }) {
  return (prefix?.length ?? 0) + payload.length;
}
function writeU64(target, at2, value) {
  target.writeUInt32LE(value % TWO_322, at2);
  target.writeUInt32LE(Math.floor(value / TWO_322), at2 + 4);
}
function readU64(bytes5, at2) {
  return bytes5.readUInt32LE(at2 + 4) * TWO_322 + bytes5.readUInt32LE(at2);
}

// packages/store/src/log/log-index.ts
var RECORDS_PER_MARK = 64;
var PLACES_PER_SEGMENT = 2 ** 32;
function placeOf4(segment, offset) {
  return segment * PLACES_PER_SEGMENT + offset / FRAME_ALIGNMENT;
}
function segmentOf(place3) {
  return Math.floor(place3 / PLACES_PER_SEGMENT);
}
function offsetOf(place3) {
  return place3 % PLACES_PER_SEGMENT * FRAME_ALIGNMENT;
}
var LogIndex = class {
  objectPlaces = /* @__PURE__ */ new Map();
  marks = [];
  count = 0;
  /** How many records there are: the sequence of the next one. */
  get records() {
    return this.count;
  }
  addRecord(place3) {
    if (this.count % RECORDS_PER_MARK === 0) this.marks.push(place3);
    this.count++;
  }
  /** The nearest known place at or before a record that exists. */
  markBefore(seq) {
    const mark = Math.floor(seq / RECORDS_PER_MARK);
    return { seq: mark * RECORDS_PER_MARK, place: this.marks[mark] };
  }
  /** The first place of an object counts. */
  addObject(hash8, place3) {
    const key3 = keyOf5(hash8);
    if (!this.objectPlaces.has(key3)) this.objectPlaces.set(key3, place3);
  }
  findObject(hash8) {
    return this.objectPlaces.get(keyOf5(hash8));
  }
  hasObject(hash8) {
    return this.objectPlaces.has(keyOf5(hash8));
  }
  /** Those that are not here yet, each of them once. */
  missing(objects2) {
    if (objects2.length === 0) return objects2;
    const found = /* @__PURE__ */ new Map();
    for (const object3 of objects2) {
      const key3 = keyOf5(object3.hash);
      if (!this.objectPlaces.has(key3)) found.set(key3, object3);
    }
    return [...found.values()];
  }
  *objects() {
    for (const key3 of this.objectPlaces.keys()) yield hashOfKey(key3);
  }
};
function keyOf5(hash8) {
  return Buffer.from(hash8.buffer, hash8.byteOffset, hash8.length).toString("latin1");
}
function hashOfKey(key3) {
  return new Uint8Array(Buffer.from(key3, "latin1"));
}

// packages/store/src/log/segment.ts
var JOURNAL_FOLDER = "journal";
var STAGING_FOLDER = "journal.creating";
var SEGMENT_FORMAT = 0;
var SALT_BYTES = 16;
var HASH_BYTES9 = 32;
var SEGMENT_HEADER_SEED = 0;
var MAX_HEADER_SPAN_BYTES = 176;
var NAME_DIGITS = 10;
var NAME = /^\d{10}\.log$/;
function segmentName(segment) {
  return `${String(segment).padStart(NAME_DIGITS, "0")}.log`;
}
function parseSegmentName(name2) {
  return NAME.test(name2) ? Number.parseInt(name2, 10) : void 0;
}
function encodeSegmentHeader(header) {
  const { genesis: genesis2, segment, first: first2, previousBytes, salt } = header;
  return encode({ format: SEGMENT_FORMAT, genesis: genesis2, segment, first: first2, previousBytes, salt });
}
function formatOf(payload) {
  return fieldsOf4(payload).get("format");
}
function decodeSegmentHeader(payload) {
  const fields2 = fieldsOf4(payload);
  const header = {
    genesis: fields2.get("genesis"),
    segment: fields2.get("segment"),
    first: fields2.get("first"),
    previousBytes: fields2.get("previousBytes"),
    salt: fields2.get("salt")
  };
  if (!isBytes(header.genesis, HASH_BYTES9) || !isBytes(header.salt, SALT_BYTES)) return void 0;
  const numbers = [header.segment, header.first, header.previousBytes];
  if (!numbers.every(Number.isSafeInteger)) return void 0;
  return bytesEqual(encodeSegmentHeader(header), payload) ? header : void 0;
}
function segmentSeed(header) {
  return continueCheck(SEGMENT_HEADER_SEED, encodeSegmentHeader(header));
}
function encodeSegmentStart(header, stamp) {
  const payload = encodeSegmentHeader(header);
  const bytes5 = Buffer.alloc(frameSpan(payload.length));
  encodeFrame(bytes5, SEGMENT_HEADER_SEED, stamp, { kind: "segment", payload });
  return bytes5;
}
function fieldsOf4(payload) {
  const decoded2 = decode(payload);
  return decoded2.ok && decoded2.value instanceof Map ? decoded2.value : /* @__PURE__ */ new Map();
}
function isBytes(value, sizeBytes) {
  return value instanceof Uint8Array && value.length === sizeBytes;
}

// packages/store/src/log/window.ts
var EMPTY = Buffer.alloc(0);
var Window = class {
  /** `chunkBytes` is how much is fetched at once; a longer look fetches what it needs. */
  constructor(source, chunkBytes) {
    this.source = source;
    this.chunkBytes = chunkBytes;
  }
  source;
  chunkBytes;
  buffer = EMPTY;
  bytes = EMPTY;
  start = 0;
  /** The bytes from `position`, less than `sizeBytes` at the end; valid until the next call. */
  at(position, sizeBytes) {
    const from = position - this.start;
    if (from >= 0 && from + sizeBytes <= this.bytes.length) {
      return this.bytes.subarray(from, from + sizeBytes);
    }
    this.fetch(position, sizeBytes);
    return this.bytes.subarray(0, sizeBytes);
  }
  /** Forgets what was fetched, so that the next look sees the source as it is then. */
  forget() {
    this.bytes = EMPTY;
  }
  fetch(position, sizeBytes) {
    const target = this.bufferFor(Math.max(this.chunkBytes, sizeBytes));
    let filled = 0;
    while (filled < target.length) {
      const count3 = this.source.readSync(target.subarray(filled), position + filled);
      if (count3 === 0) break;
      filled += count3;
    }
    this.bytes = target.subarray(0, filled);
    this.start = position;
  }
  bufferFor(sizeBytes) {
    if (sizeBytes > this.chunkBytes) return Buffer.allocUnsafeSlow(sizeBytes);
    if (this.buffer.length === 0) this.buffer = Buffer.allocUnsafeSlow(this.chunkBytes);
    return this.buffer;
  }
};

// packages/store/src/log/segment-file.ts
var COPY_BYTES = 2 ** 20;
var MIN_PREALLOCATE_BYTES = 2 ** 16;
var SegmentFile = class {
  /** An existing file, or an empty one that it makes. */
  constructor(options, mode) {
    this.options = options;
    this.file = options.fs.open(options.path, mode);
    this.allocatedBytes = this.file.sizeBytes();
  }
  options;
  file;
  allocatedBytes;
  /** Writes the header of a segment and makes it durable; returns where frames start. */
  async begin(header, epoch) {
    const bytes5 = encodeSegmentStart(header, { epoch, durable: header.first - 1, flushed: 0 });
    await this.write(bytes5, 0);
    await this.file.sync();
    return bytes5.length;
  }
  /** Writes all of it or rejects. */
  async write(bytes5, position) {
    const count3 = await this.file.write(bytes5, position);
    if (count3 !== bytes5.length) throw new ShortWrite(count3, bytes5.length);
  }
  /** Keeps zeroes behind what was written up to `end`. */
  async allocateBehind(end3) {
    if (end3 > this.allocatedBytes && this.options.preallocateBytes > 0) await this.allocate(end3);
  }
  /** Fills an empty file with a range of another, durably. */
  async copy(source, from, to) {
    const window = new Window(source, COPY_BYTES);
    for (let at2 = from; at2 < to; at2 += COPY_BYTES) {
      await this.write(window.at(at2, Math.min(COPY_BYTES, to - at2)), at2 - from);
    }
    this.allocatedBytes = to - from;
    await this.file.sync();
  }
  /**
   * Writes a range again as it is, durably. After a failed flush a cache may hold bytes that it
   * takes for durable and that the disk never got; written again, the next flush speaks of them.
   */
  async rewrite(from, to) {
    const window = new Window(this.file, COPY_BYTES);
    for (let at2 = from; at2 < to; at2 += COPY_BYTES) {
      await this.write(window.at(at2, Math.min(COPY_BYTES, to - at2)), at2);
    }
    await this.file.sync();
  }
  datasync() {
    return this.file.datasync();
  }
  /** Gives the file its exact size, durably; what is behind it is gone. */
  async seal(sizeBytes) {
    await this.file.truncate(sizeBytes);
    this.allocatedBytes = sizeBytes;
    await this.file.sync();
  }
  close() {
    this.file.close();
  }
  /** As much again as there is, so that small worlds stay small. */
  async allocate(from) {
    const sizeBytes = Math.min(
      Math.max(from, MIN_PREALLOCATE_BYTES),
      this.options.preallocateBytes
    );
    await this.write(Buffer.alloc(sizeBytes), from);
    this.allocatedBytes = from + sizeBytes;
  }
};

// packages/store/src/node-fs.ts
import {
  closeSync,
  fdatasync,
  fstatSync,
  fsync,
  ftruncate,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  statSync as statSync2,
  unlinkSync as unlinkSync2,
  write as write3
} from "node:fs";

// packages/store/src/lock.ts
import { statSync, unlinkSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
async function lockDirectory(path) {
  const { dev, ino } = statSync(path, { bigint: true });
  const name2 = `aos-world-${dev.toString(36)}-${ino.toString(36)}`;
  if (process.platform === "linux") return holdSocket(`\0${name2}`);
  return lockSocketFile(join(tmpdir(), `${name2}.sock`));
}
async function lockSocketFile(path) {
  const lock = await holdSocket(path);
  if (lock || await answers(path)) return lock;
  unlinkSync(path);
  return holdSocket(path);
}
function holdSocket(address) {
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve2, reject) => {
    server.on("error", (error2) => {
      if (error2.code === "EADDRINUSE") resolve2(void 0);
      else reject(error2);
    });
    server.listen({ path: address, exclusive: true }, () => {
      server.unref();
      resolve2({ release: () => closed(server) });
    });
  });
}
function closed(server) {
  return new Promise((resolve2) => server.close(() => resolve2()));
}
function answers(path) {
  return new Promise((resolve2) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve2(true);
    });
    socket.once("error", () => resolve2(false));
  });
}

// packages/store/src/node-fs.ts
var FLAGS = {
  read: "r",
  write: "r+",
  create: "w+",
  exclusive: "wx+"
};
var DIRECTORY_MODE = 448;
var FILE_MODE = 384;
function completed(run) {
  return new Promise((resolve2, reject) => run((error2) => error2 ? reject(error2) : resolve2()));
}
var NodeFile = class {
  constructor(fd) {
    this.fd = fd;
  }
  fd;
  sizeBytes() {
    return fstatSync(this.fd).size;
  }
  readSync(target, position) {
    return readSync(this.fd, target, 0, target.length, position);
  }
  write(bytes5, position) {
    return new Promise((resolve2, reject) => {
      write3(this.fd, bytes5, 0, bytes5.length, position, (error2, count3) => {
        if (error2) reject(error2);
        else resolve2(count3);
      });
    });
  }
  datasync() {
    return completed((done) => fdatasync(this.fd, done));
  }
  sync() {
    return completed((done) => fsync(this.fd, done));
  }
  truncate(sizeBytes) {
    return completed((done) => ftruncate(this.fd, sizeBytes, done));
  }
  close() {
    closeSync(this.fd);
  }
};
function isMissing(error2) {
  const { code: code2 } = error2;
  return code2 === "ENOENT" || code2 === "ENOTDIR";
}
var nodeFs = {
  open(path, mode) {
    return new NodeFile(openSync(path, FLAGS[mode], FILE_MODE));
  },
  list(path) {
    try {
      return readdirSync(path);
    } catch (error2) {
      if (isMissing(error2)) return void 0;
      throw error2;
    }
  },
  makeDirectory(path) {
    mkdirSync(path, { mode: DIRECTORY_MODE });
  },
  has(path) {
    return statSync2(path, { throwIfNoEntry: false }) !== void 0;
  },
  remove(path) {
    unlinkSync2(path);
  },
  rename(from, to) {
    renameSync(from, to);
  },
  async syncDirectory(path) {
    const fd = openSync(path, "r");
    try {
      await completed((done) => fsync(fd, done));
    } finally {
      closeSync(fd);
    }
  },
  lock: lockDirectory
};

// packages/store/src/open-world.ts
import { join as join4 } from "node:path";

// packages/store/src/log/frame-reader.ts
var PIECE_BYTES2 = 2 ** 18;
var FrameReader = class {
  constructor(window, segmentSeed2) {
    this.window = window;
    this.segmentSeed = segmentSeed2;
  }
  window;
  segmentSeed;
  /** The header at `offset`, `undefined` when there is none that verifies. */
  headerAt(offset) {
    const bytes5 = this.window.at(offset, FRAME_HEADER_BYTES);
    if (bytes5.length < FRAME_HEADER_BYTES) return void 0;
    return decodeFrameHeader(bytes5, 0, frameSeed(this.segmentSeed, offset));
  }
  /** As headerAt, with the payload and the padding verified too. */
  frameAt(offset) {
    const header = this.headerAt(offset);
    return header && this.bodyVerifies(offset, header) ? header : void 0;
  }
  /** A copy of the payload, `undefined` when it does not verify. */
  payloadAt(offset, header) {
    const bytes5 = this.window.at(offset + FRAME_HEADER_BYTES, header.sizeBytes);
    if (bytes5.length < header.sizeBytes) return void 0;
    const check = continueCheck(frameSeed(this.segmentSeed, offset), bytes5);
    return check === header.payloadCheck ? copyOf(bytes5) : void 0;
  }
  /** The first bytes of a payload, a copy. */
  payloadStart(offset, sizeBytes) {
    return copyOf(this.window.at(offset + FRAME_HEADER_BYTES, sizeBytes));
  }
  bodyVerifies(offset, header) {
    const end3 = offset + FRAME_HEADER_BYTES + header.sizeBytes;
    const padding = offset + frameSpan(header.sizeBytes) - end3;
    let check = frameSeed(this.segmentSeed, offset);
    for (let at2 = offset + FRAME_HEADER_BYTES; at2 < end3; at2 += PIECE_BYTES2) {
      const sizeBytes = Math.min(PIECE_BYTES2, end3 - at2);
      const piece = this.window.at(at2, sizeBytes);
      if (piece.length < sizeBytes) return false;
      check = continueCheck(check, piece);
    }
    if (check !== header.payloadCheck) return false;
    if (padding === 0) return true;
    const zeroes = this.window.at(end3, padding);
    return zeroes.length === padding && zeroes.every((byte) => byte === 0);
  }
};
function copyOf(bytes5) {
  const copy = new Uint8Array(bytes5.length);
  copy.set(bytes5);
  return copy;
}

// packages/store/src/log/log-reader.ts
var RECORD_CHUNK_BYTES = 2 ** 18;
var OBJECT_CHUNK_BYTES = 2 ** 12;
var LogReader = class {
  constructor(segments, index, pending, assertUsable) {
    this.segments = segments;
    this.index = index;
    this.pending = pending;
    this.assertUsable = assertUsable;
  }
  segments;
  index;
  pending;
  assertUsable;
  /** The records from `fromSeq` up to the last one at the time of the call; may be read again. */
  records(fromSeq) {
    const end3 = this.index.records;
    return { [Symbol.iterator]: () => this.walk(Math.max(0, fromSeq), end3) };
  }
  /** Throws WorldDamaged when the bytes are no longer those of the hash. */
  object(hash8) {
    const place3 = this.index.findObject(hash8);
    if (place3 === void 0) return void 0;
    const segment = segmentOf(place3);
    const offset = offsetOf(place3);
    const frames = this.frames(segment, OBJECT_CHUNK_BYTES);
    const header = frames.headerAt(offset);
    const bytes5 = header && frames.payloadAt(offset, header)?.subarray(HASH_BYTES9);
    if (bytes5 && bytesEqual(sha2562(bytes5), hash8)) return bytes5;
    throw new WorldDamaged("an object is not what its hash says", {
      segment,
      offset,
      seq: this.index.records
    });
  }
  *walk(fromSeq, end3) {
    if (fromSeq >= end3) return;
    let { seq, place: place3 } = this.index.markBefore(fromSeq);
    let segment = segmentOf(place3);
    let offset = offsetOf(place3);
    let frames = this.frames(segment, RECORD_CHUNK_BYTES);
    while (seq < end3) {
      this.assertUsable();
      if (offset >= this.segments.get(segment).end) {
        segment++;
        offset = this.segments.get(segment).start;
        frames = this.frames(segment, RECORD_CHUNK_BYTES);
      }
      const header = frames.headerAt(offset);
      const isRecord = header?.kind === "record";
      const payload = isRecord && seq >= fromSeq ? frames.payloadAt(offset, header) : void 0;
      if (!header || isRecord && seq >= fromSeq && !payload) {
        throw new WorldDamaged("a record is no longer valid", { segment, offset, seq });
      }
      offset += frameSpan(header.sizeBytes);
      if (isRecord) seq++;
      if (payload) yield payload;
    }
  }
  frames(segment, chunkBytes) {
    const window = new Window(this.source(segment), chunkBytes);
    return new FrameReader(window, this.segments.get(segment).seed);
  }
  /** The file of a segment, and what is still in memory behind it. */
  source(segment) {
    const { segments, pending } = this;
    return {
      readSync(target, position) {
        const fileEnd = pending?.fileEnd(segment) ?? Number.POSITIVE_INFINITY;
        if (position >= fileEnd) return pending?.readSync(segment, target, position) ?? 0;
        const sizeBytes = Math.min(target.length, fileEnd - position);
        return segments.file(segment).readSync(target.subarray(0, sizeBytes), position);
      }
    };
  }
};

// packages/store/src/store-marks.ts
var StoreMarks = class {
  latest;
  halted;
  get snapshot() {
    return this.latest && copyMark(this.latest);
  }
  get halt() {
    return this.halted;
  }
  /** `hasObject` tells whether the object of a snapshot is stored. */
  enter(mark, hasObject) {
    switch (mark.kind) {
      case "snapshot":
        if (hasObject(mark.hash)) this.latest = copyMark(mark);
        return;
      case "halt":
        this.halted = { ...mark };
        return;
      case "halt-cleared":
        this.halted = void 0;
    }
  }
};
function assertMarks({ records, objects: objects2, marks = [] }, head, hasObject) {
  for (const mark of marks) {
    const isKnown = mark.seq >= -1 && mark.seq <= head + records.length;
    assert(isKnown, `a mark of record ${mark.seq}, the head is ${head + records.length}`);
    if (mark.kind !== "snapshot" || hasObject(mark.hash)) continue;
    const isGiven = objects2.some(({ hash: hash8 }) => Buffer.compare(hash8, mark.hash) === 0);
    assert(isGiven, "a snapshot mark without its object");
  }
}
function copyMarks({ marks = [] }) {
  return marks.map(copyMark);
}
function copyMark(mark) {
  if (mark.kind !== "snapshot") return { ...mark };
  return { ...mark, hash: new Uint8Array(mark.hash) };
}

// packages/store/src/disk-store.ts
var DiskStore = class {
  /** @internal */
  constructor(log) {
    this.log = log;
    const assertUsable = () => this.assertUsable();
    this.reader = new LogReader(log.segments, log.index, log.writer?.pending, assertUsable);
  }
  log;
  reader;
  closing;
  get genesis() {
    return this.log.genesis.slice();
  }
  get head() {
    return this.log.writer?.head ?? this.log.index.records - 1;
  }
  get durable() {
    return this.log.writer?.durable ?? this.log.durable;
  }
  get snapshot() {
    return this.log.marks.snapshot;
  }
  get halt() {
    return this.log.marks.halt;
  }
  /** How the log ended when it was opened, before a writer cut it. */
  get tail() {
    return this.log.tail;
  }
  async append(batch) {
    this.assertUsable();
    const { writer, index, marks } = this.log;
    if (!writer) throw storeReadOnly();
    const hasObject = (hash8) => index.hasObject(hash8);
    assertBatch(batch);
    assertMarks(batch, index.records - 1, hasObject);
    const given = copyMarks(batch);
    await writer.append({ ...batch, objects: index.missing(batch.objects) });
    for (const mark of given) marks.enter(mark, hasObject);
  }
  records(fromSeq) {
    this.assertUsable();
    return this.reader.records(fromSeq);
  }
  object(hash8) {
    this.assertUsable();
    return this.reader.object(hash8);
  }
  objects() {
    this.assertUsable();
    return this.log.index.objects();
  }
  close() {
    this.closing ??= this.release();
    return this.closing;
  }
  assertUsable() {
    const fault = this.closing ? storeClosed() : this.log.writer?.fault;
    if (fault) throw fault;
  }
  async release() {
    const { writer, segments, lock } = this.log;
    try {
      await writer?.close();
    } finally {
      segments.close();
      await lock?.release();
    }
  }
};

// packages/store/src/log/marker.ts
function encodeMarker(marker) {
  const { kind: name2, ...fields2 } = marker;
  return encode({ name: name2, ...fields2 });
}
function decodeMarker(payload) {
  const decoded2 = decode(payload);
  if (!decoded2.ok || !(decoded2.value instanceof Map)) return void 0;
  const fields2 = decoded2.value;
  const marker = readMarker(fields2);
  if (marker === void 0 || marker.kind === "unknown") return marker;
  return bytesEqual(encodeMarker(marker), payload) ? marker : void 0;
}
function readMarker(fields2) {
  const kind2 = fields2.get("name");
  switch (kind2) {
    case "closed":
    case "opened":
      return { kind: kind2 };
    case "snapshot": {
      const hash8 = fields2.get("hash");
      if (!(hash8 instanceof Uint8Array) || hash8.length !== HASH_BYTES9) return void 0;
      return withSeq(fields2, (seq) => ({ kind: kind2, seq, hash: hash8 }));
    }
    case "halt": {
      const [code2, detail] = [fields2.get("code"), fields2.get("detail")];
      if (typeof code2 !== "string" || typeof detail !== "string") return void 0;
      return withSeq(fields2, (seq) => ({ kind: kind2, seq, code: code2, detail }));
    }
    case "halt-cleared":
      return withSeq(fields2, (seq) => ({ kind: kind2, seq }));
    default:
      return typeof kind2 === "string" ? { kind: "unknown" } : void 0;
  }
}
function withSeq(fields2, make) {
  const seq = fields2.get("seq");
  return Number.isSafeInteger(seq) ? make(seq) : void 0;
}

// packages/store/src/log/pending.ts
var CHUNK_CAPACITY_BYTES = 2 ** 16;
var PendingChunks = class {
  queue = [];
  spare;
  get first() {
    return this.queue[0];
  }
  /** A chunk that takes `sizeBytes` at the place of the mark, continuing the last one if it can. */
  reserve(mark, sizeBytes) {
    const last = this.queue.at(-1);
    const used = last ? mark.offset - last.offset : 0;
    if (last && !last.sealed && last.segment === mark.segment) {
      if (used + sizeBytes <= last.bytes.length) return last;
    }
    const { segment, offset } = mark;
    const chunk = { segment, offset, bytes: this.bufferFor(sizeBytes), mark, sealed: false };
    this.queue.push(chunk);
    return chunk;
  }
  /** The first chunk is in the file now. */
  removeFirst() {
    const chunk = this.queue.shift();
    if (chunk?.bytes.length === CHUNK_CAPACITY_BYTES) this.spare = chunk.bytes;
  }
  /** Fills `target` from what is pending at the position; 0 when nothing is. */
  readSync(segment, target, position) {
    for (const chunk of this.queue) {
      if (chunk.segment !== segment || position < chunk.offset) continue;
      const from = position - chunk.offset;
      const to = chunk.mark.offset - chunk.offset;
      if (from < to) return chunk.bytes.copy(target, 0, from, to);
    }
    return 0;
  }
  /** Up to where the file of a segment holds what was appended. */
  fileEnd(segment) {
    const first2 = this.queue.find((chunk) => chunk.segment === segment);
    return first2 ? first2.offset : Number.POSITIVE_INFINITY;
  }
  bufferFor(sizeBytes) {
    if (sizeBytes > CHUNK_CAPACITY_BYTES) return Buffer.allocUnsafeSlow(sizeBytes);
    const bytes5 = this.spare ?? Buffer.allocUnsafeSlow(CHUNK_CAPACITY_BYTES);
    this.spare = void 0;
    return bytes5;
  }
};

// packages/store/src/log/log-writer.ts
var LogWriter = class {
  constructor(options, start3) {
    this.options = options;
    this.start = start3;
    const { header, file, index, offset } = start3;
    this.header = header;
    this.file = file;
    this.encoded = { appends: 0, head: index.records - 1, segment: header.segment, offset };
    this.written = this.encoded;
    this.flushed = this.encoded;
  }
  options;
  start;
  /** Set once the writer is fenced (A4). */
  fault;
  pending = new PendingChunks();
  waiters = [];
  /** Headers of segments that frames are encoded for and no file exists of. */
  coming = [];
  header;
  file;
  encoded;
  written;
  flushed;
  pumping;
  flushing;
  cutting;
  /** The file gets its last bytes now, and its size stays (A6). */
  isClosing = false;
  get head() {
    return this.fault ? this.flushed.head : this.encoded.head;
  }
  get durable() {
    return this.flushed.head;
  }
  /**
   * Objects come first and are new to the log, marks come last. An empty batch waits for all
   * appends before it.
   */
  append(batch) {
    const contents = [];
    for (const { hash: hash8, bytes: bytes5 } of batch.objects) {
      contents.push({ kind: "object", prefix: hash8, payload: bytes5 });
    }
    for (const payload of batch.records) contents.push({ kind: "record", payload });
    for (const mark of batch.marks ?? []) contents.push(markerContent(mark));
    return this.appendFrames(contents);
  }
  /** A frame for whoever opens the log next; no part of the journal. */
  appendMarker(kind2) {
    return this.appendFrames([markerContent({ kind: kind2 })]);
  }
  /** Waits for all appends, states in the log that they are durable, and lets the file go. */
  async close() {
    try {
      await this.appendFrames([]);
      await this.file.seal(this.flushed.offset);
      this.isClosing = true;
      await this.appendMarker("closed");
    } catch (cause) {
      this.fence(cause);
      await this.cutting;
    }
    this.file.close();
  }
  appendFrames(contents) {
    if (this.fault) return Promise.reject(this.fault);
    if (contents.length > 0) {
      this.encodeFrames(contents);
      this.pumping ??= Promise.resolve().then(() => this.pump());
    }
    const { appends } = this.encoded;
    if (appends === this.flushed.appends) return Promise.resolve();
    return new Promise((resolve2, reject) => this.waiters.push({ appends, resolve: resolve2, reject }));
  }
  encodeFrames(contents) {
    let spanBytes = 0;
    for (const content of contents) spanBytes += spanOf(content);
    this.makeRoom(spanBytes);
    const { segment, offset, appends } = this.encoded;
    const { seed } = this.start.segments.get(segment);
    const chunk = this.pending.reserve(this.encoded, spanBytes);
    const stamp = this.stamp();
    let at2 = offset;
    for (const content of contents) {
      this.enter(content, placeOf4(segment, at2));
      const target = chunk.bytes.subarray(at2 - chunk.offset);
      encodeFrame(target, frameSeed(seed, at2), stamp, content);
      at2 += spanOf(content);
    }
    const head = this.start.index.records - 1;
    this.encoded = { appends: appends + 1, head, segment, offset: at2 };
    chunk.mark = this.encoded;
  }
  enter(content, place3) {
    const { index } = this.start;
    if (content.kind === "record") index.addRecord(place3);
    if (content.prefix) index.addObject(content.prefix, place3);
  }
  stamp() {
    const { head, segment, offset } = this.flushed;
    const flushed = segment === this.encoded.segment ? offset : 0;
    return { epoch: this.start.claim.epoch, durable: head, flushed };
  }
  /** Goes on in a new segment when this one would grow too large. */
  makeRoom(spanBytes) {
    const { segments } = this.start;
    const { appends, head, segment, offset } = this.encoded;
    const isEmpty3 = offset === segments.get(segment).start;
    if (isEmpty3 || offset + spanBytes <= this.options.segmentBytes) return;
    const { genesis: genesis2, salt } = this.header;
    this.header = { genesis: genesis2, salt, segment: segment + 1, first: head + 1, previousBytes: offset };
    this.coming.push(this.header);
    segments.add(this.header);
    this.encoded = { appends, head, segment: segment + 1, offset: segments.get(segment + 1).start };
  }
  /** Writes what is pending, one chunk after the other; never runs twice at a time. */
  async pump() {
    try {
      for (let chunk = this.pending.first; chunk && !this.fault; chunk = this.pending.first) {
        chunk.sealed = true;
        if (chunk.segment !== this.written.segment) await this.rotate();
        const { bytes: bytes5, offset, mark } = chunk;
        await this.file.write(bytes5.subarray(0, mark.offset - offset), offset);
        if (!this.isClosing) await this.file.allocateBehind(mark.offset);
        this.pending.removeFirst();
        this.written = mark;
        this.flush();
      }
    } catch (cause) {
      this.fence(cause);
    }
    this.pumping = void 0;
  }
  /** Starts a flush of what is written, unless one is in flight: that one starts the next (A2). */
  flush() {
    const mark = this.written;
    if (this.flushing || this.fault || mark.appends === this.flushed.appends) return;
    this.flushing = this.file.datasync().then(
      () => this.settle(mark),
      (cause) => {
        this.flushing = void 0;
        this.fence(cause);
      }
    );
  }
  settle(mark) {
    this.flushing = void 0;
    if (this.fault) return;
    try {
      this.start.claim.assertHeld();
    } catch (cause) {
      this.fence(cause);
      return;
    }
    this.flushed = mark;
    this.flush();
    const later2 = this.waiters.findIndex(({ appends }) => appends > mark.appends);
    const settled2 = this.waiters.splice(0, later2 < 0 ? this.waiters.length : later2);
    for (const waiter of settled2) waiter.resolve();
  }
  /** Ends the current segment for good and begins the next (A3). */
  async rotate() {
    while (this.flushing) await this.flushing;
    if (this.fault) throw this.fault;
    const header = this.coming.shift();
    await this.file.seal(header.previousBytes);
    const { fs, journalPath, preallocateBytes } = this.options;
    const { claim, segments } = this.start;
    const next2 = new SegmentFile({ fs, path: claim.draftPath, preallocateBytes }, "create");
    try {
      const offset = await next2.begin(header, claim.epoch);
      claim.publish(segments.path(header.segment));
      await fs.syncDirectory(journalPath);
      this.file.close();
      this.file = next2;
      this.written = { ...this.written, segment: header.segment, offset };
      this.flushed = this.written;
    } catch (cause) {
      next2.close();
      throw cause;
    }
  }
  fence(cause) {
    if (this.fault) return;
    const fault = this.faultOf(cause);
    this.fault = fault;
    for (const waiter of this.waiters.splice(0)) waiter.reject(fault);
    this.cutting = this.cutBack();
  }
  /** Takes away what was never acknowledged; a disk that refuses even this is left as it is. */
  async cutBack() {
    await Promise.all([this.pumping, this.flushing]);
    if (this.isClosing || this.isSuperseded()) return;
    await this.file.seal(this.flushed.offset).catch(() => void 0);
  }
  /** Whatever fails after another writer has come fails because of it. */
  faultOf(cause) {
    if (cause instanceof AosFault) return cause;
    return this.isSuperseded() ? writerFenced() : storeFailed("write the log", cause);
  }
  isSuperseded() {
    try {
      return !this.start.claim.isHeld;
    } catch {
      return false;
    }
  }
};
function markerContent(marker) {
  return { kind: "marker", payload: encodeMarker(marker) };
}

// packages/store/src/log/scan.ts
import { setImmediate as yieldToLoop } from "node:timers/promises";

// packages/store/src/log/segment-walk.ts
var CHUNK_BYTES2 = 2 ** 18;
var SegmentWalk = class {
  constructor(state, file, segment, seed) {
    this.state = state;
    this.file = file;
    this.segment = segment;
    this.seed = seed;
    this.frames = new FrameReader(new Window(file, CHUNK_BYTES2), seed);
  }
  state;
  file;
  segment;
  seed;
  /** Highest position of this segment that a frame claims durable. */
  flushed = 0;
  frames;
  /** Returns where the segment ends. */
  toEnd(role2) {
    const start3 = new FrameReader(this.frames.window, SEGMENT_HEADER_SEED).headerAt(0);
    if (start3) this.noteClaims(start3);
    let offset = start3 ? frameSpan(start3.sizeBytes) : 0;
    for (; ; ) {
      const header = this.acceptableAt(offset) ?? this.lookAgain(offset, role2);
      if (!header) return offset;
      this.enter(offset, header);
      offset += frameSpan(header.sizeBytes);
    }
  }
  acceptableAt(offset) {
    const header = this.frames.frameAt(offset);
    return header && this.isAcceptable(header) ? header : void 0;
  }
  isAcceptable(header) {
    const { kind: kind2, sizeBytes, epoch } = header;
    if (epoch < this.state.epoch || kind2 === "segment") return false;
    if (kind2 === "genesis" === (this.state.genesis !== void 0)) return false;
    return kind2 !== "object" || sizeBytes >= HASH_BYTES9;
  }
  /** The end, damage, or a frame that a writer completed while we looked (C2, C3, C4). */
  lookAgain(offset, role2) {
    const claimed = this.isClaimed(offset) || this.isClaimedBehind(offset);
    const mayEnd = role2 === "last" || offset === this.file.sizeBytes();
    if (!claimed && mayEnd) return void 0;
    this.frames.window.forget();
    const header = this.acceptableAt(offset);
    if (header) return header;
    const found = claimed ? "no valid frame where one was durable" : "no valid frame";
    throw new WorldDamaged(found, this.placeAt(offset));
  }
  isClaimed(offset) {
    return this.flushed > offset || this.state.durable >= this.state.index.records;
  }
  isClaimedBehind(offset) {
    const step3 = CHUNK_BYTES2 - FRAME_HEADER_BYTES;
    for (let from = offset + FRAME_ALIGNMENT; ; from += step3) {
      const bytes5 = this.frames.window.at(from, CHUNK_BYTES2);
      for (let at2 = 0; at2 + FRAME_HEADER_BYTES <= bytes5.length; at2 += FRAME_ALIGNMENT) {
        if (looksLikeFrame(bytes5, at2) && this.claims(bytes5, at2, from + at2, offset)) return true;
      }
      if (bytes5.length < CHUNK_BYTES2) return false;
    }
  }
  /** Whether the frame at `position`, if it is one, says that `offset` was durable. */
  claims(bytes5, at2, position, offset) {
    const header = decodeFrameHeader(bytes5, at2, frameSeed(this.seed, position));
    if (!header) return false;
    return header.flushed > offset || header.durable >= this.state.index.records;
  }
  enter(offset, header) {
    const { index } = this.state;
    const place3 = placeOf4(this.segment, offset);
    this.state.epoch = header.epoch;
    this.state.isClosed = false;
    this.noteClaims(header);
    if (header.kind === "record") index.addRecord(place3);
    if (header.kind === "object")
      index.addObject(this.frames.payloadStart(offset, HASH_BYTES9), place3);
    if (header.kind === "genesis") this.enterGenesis(offset, header);
    if (header.kind === "marker") this.enterMarker(offset, header);
  }
  enterMarker(offset, header) {
    const payload = this.frames.payloadAt(offset, header);
    const marker = payload && decodeMarker(payload);
    if (!marker) throw new WorldDamaged("a marker is not what it should be", this.placeAt(offset));
    if (marker.kind === "opened" || marker.kind === "unknown") return;
    if (marker.kind === "closed") this.state.isClosed = true;
    else this.enterMark(offset, marker);
  }
  enterMark(offset, mark) {
    const { index, marks } = this.state;
    if (mark.seq >= index.records) {
      throw new WorldDamaged("a mark of a record that is not there", this.placeAt(offset));
    }
    marks.enter(mark, (hash8) => index.hasObject(hash8));
  }
  enterGenesis(offset, header) {
    const genesis2 = this.frames.payloadAt(offset, header);
    if (!genesis2 || !bytesEqual(sha2562(genesis2), this.state.worldId ?? genesis2)) {
      const place3 = this.placeAt(offset);
      throw new WorldDamaged("the genesis is not that of the segment header", place3);
    }
    this.state.genesis = genesis2;
  }
  noteClaims(header) {
    this.flushed = Math.max(this.flushed, header.flushed);
    this.state.durable = Math.max(this.state.durable, header.durable);
  }
  placeAt(offset) {
    return { segment: this.segment, offset, seq: this.state.index.records };
  }
};

// packages/store/src/log/tail.ts
var CHUNK_BYTES3 = 2 ** 18;
var MAX_KEPT_BYTES = 2 ** 26;
function measureTail(source, from) {
  const window = new Window(source, CHUNK_BYTES3);
  let tailBytes = 0;
  for (let at2 = from; ; at2 += CHUNK_BYTES3) {
    const bytes5 = window.at(at2, CHUNK_BYTES3);
    const last = bytes5.findLastIndex((byte) => byte !== 0);
    if (last >= 0) tailBytes = at2 + last + 1 - from;
    if (bytes5.length < CHUNK_BYTES3) return tailBytes;
  }
}
async function keepTail(target, source, range) {
  const { from, sizeBytes } = range;
  const file = new SegmentFile({ ...target, preallocateBytes: 0 }, "create");
  try {
    await file.copy(source, from, from + Math.min(sizeBytes, MAX_KEPT_BYTES));
  } finally {
    file.close();
  }
}

// packages/store/src/log/scan.ts
var LogScan = class {
  constructor(segments) {
    this.segments = segments;
  }
  segments;
  index = new LogIndex();
  marks = new StoreMarks();
  genesis;
  /** Header of the last segment; not yet written when `end.offset` is 0. */
  header;
  epoch = 0;
  durable = -1;
  isClosed = false;
  end = { offset: 0, flushed: 0 };
  tail = { clean: false, ignoredBytes: 0 };
  /** It was closed, and its last file holds nothing behind: whoever wrote it has finished. */
  isComplete = false;
  get worldId() {
    return this.header?.genesis;
  }
  /** Takes the numbers of the segments that are there. Throws WorldDamaged. */
  async run(numbers) {
    const last = numbers.length - 1;
    for (let segment = 0; segment <= Math.max(0, last); segment++) {
      if (segment > 0) await yieldToLoop();
      if (numbers[segment] !== segment) {
        throw new WorldDamaged("the segment is missing", this.placeAt(segment, 0));
      }
      this.scanSegment(segment, segment === last ? "last" : "sealed");
    }
    this.lookBehind(last);
  }
  lookBehind(segment) {
    const file = this.segments.file(segment);
    const { offset } = this.end;
    this.isComplete = this.isClosed && file.sizeBytes() === offset;
    const frames = new FrameReader(new Window(file, CHUNK_BYTES2), this.segments.get(segment).seed);
    const next2 = offset > 0 ? frames.frameAt(offset) : void 0;
    const isGrowing = next2 !== void 0 && next2.epoch >= this.epoch;
    const ignoredBytes = isGrowing ? 0 : measureTail(file, offset);
    this.tail = { clean: this.isClosed && !isGrowing && ignoredBytes === 0, ignoredBytes };
  }
  scanSegment(segment, role2) {
    const file = this.segments.file(segment);
    const header = this.readStart(file, segment, role2);
    this.isClosed = false;
    if (!header) {
      this.expectStart(segment);
      return;
    }
    this.header = header;
    this.segments.add(header);
    const walk = new SegmentWalk(this, file, segment, this.segments.get(segment).seed);
    const end3 = walk.toEnd(role2);
    if (!this.genesis) throw new WorldDamaged("the genesis is missing", this.placeAt(segment, end3));
    this.end = { offset: end3, flushed: walk.flushed };
  }
  /** The last file exists and its header was never completed. */
  expectStart(segment) {
    const before = this.header;
    const { offset: previousBytes } = this.end;
    this.header = { ...before, segment, first: this.index.records, previousBytes };
    this.segments.add(this.header);
    this.end = { offset: 0, flushed: 0 };
  }
  /** The header frame; `undefined` for a last segment whose header was never completed. */
  readStart(file, segment, role2) {
    const frames = new FrameReader(new Window(file, CHUNK_BYTES2), SEGMENT_HEADER_SEED);
    const place3 = this.placeAt(segment, 0);
    let frame = frames.frameAt(0);
    if (!frame && segment > 0 && role2 === "last") {
      if (!this.hasContentBehindStart(frames.window)) return void 0;
      frames.window.forget();
      frame = frames.frameAt(0);
    }
    if (frame?.kind !== "segment") throw new WorldDamaged("the segment has no valid start", place3);
    const payload = frames.payloadAt(0, frame) ?? new Uint8Array();
    const format = formatOf(payload);
    if (format !== void 0 && format !== SEGMENT_FORMAT) throw unknownFormat(String(format));
    const header = decodeSegmentHeader(payload);
    if (!header) throw new WorldDamaged("the segment header is not what it should be", place3);
    this.checkStart(header, segment);
    return header;
  }
  checkStart(header, segment) {
    const before = this.header;
    const fits = header.segment === segment && header.first === this.index.records && header.previousBytes === this.end.offset && (!before || bytesEqual(header.genesis, before.genesis) && bytesEqual(header.salt, before.salt));
    if (fits) return;
    throw new WorldDamaged(
      "the segment does not continue the one before it",
      this.placeAt(segment, 0)
    );
  }
  /** Frames follow a header only after it is durable, so anything behind it convicts a bad one. */
  hasContentBehindStart(window) {
    for (let at2 = MAX_HEADER_SPAN_BYTES; ; at2 += CHUNK_BYTES2) {
      const bytes5 = window.at(at2, CHUNK_BYTES2);
      if (bytes5.some((byte) => byte !== 0)) return true;
      if (bytes5.length < CHUNK_BYTES2) return false;
    }
  }
  placeAt(segment, offset) {
    return { segment, offset, seq: this.index.records };
  }
};

// packages/store/src/log/segments.ts
import { join as join2 } from "node:path";
var MAX_OPEN_FILES = 16;
var Segments = class {
  constructor(fs, journalPath) {
    this.fs = fs;
    this.journalPath = journalPath;
  }
  fs;
  journalPath;
  list = [];
  handles = /* @__PURE__ */ new Map();
  get count() {
    return this.list.length;
  }
  /** The next segment begins; the one before it ends at what the header says. */
  add(header) {
    const before = this.list.at(-1);
    if (before) before.end = header.previousBytes;
    const start3 = frameSpan(encodeSegmentHeader(header).length);
    this.list.push({ seed: segmentSeed(header), start: start3, end: Number.POSITIVE_INFINITY });
  }
  get(segment) {
    return this.list[segment];
  }
  path(segment) {
    return join2(this.journalPath, segmentName(segment));
  }
  /** A handle for reading, kept for the next time. */
  file(segment) {
    const known = this.handles.get(segment);
    if (known) return known;
    const file = this.fs.open(this.path(segment), "read");
    this.handles.set(segment, file);
    for (const [oldest, handle] of this.handles) {
      if (this.handles.size <= MAX_OPEN_FILES) break;
      this.handles.delete(oldest);
      handle.close();
    }
    return file;
  }
  /** The file of a segment is another one now. */
  forget(segment) {
    this.handles.get(segment)?.close();
    this.handles.delete(segment);
  }
  close() {
    for (const file of this.handles.values()) file.close();
    this.handles.clear();
  }
};

// packages/store/src/writer-claim.ts
import { join as join3 } from "node:path";
var CLAIM = "writer";
var DRAFT = "draft";
var CUT = "cut";
var NUMBERED = /^(writer|draft|cut)-(\d{1,15})$/;
var WriterClaim = class {
  /** @internal Made by claimWriter. */
  constructor(fs, journalPath, epoch) {
    this.fs = fs;
    this.journalPath = journalPath;
    this.epoch = epoch;
  }
  fs;
  journalPath;
  epoch;
  /** Where this writer prepares a file of the log. */
  get draftPath() {
    return this.path(DRAFT);
  }
  /** Where it keeps what it cuts off. */
  get cutPath() {
    return this.path(CUT);
  }
  get isHeld() {
    return this.fs.has(this.path(CLAIM));
  }
  /** Code: `writer-fenced`. */
  assertHeld() {
    if (!this.isHeld) throw writerFenced();
  }
  /** The draft becomes a file of the log, in the place of one that is there (W3). */
  publish(path) {
    this.assertHeld();
    this.fs.rename(this.draftPath, path);
  }
  path(kind2) {
    return join3(this.journalPath, `${kind2}-${this.epoch}`);
  }
};
async function claimWriter(fs, journalPath, above) {
  let epoch = above;
  for (; ; ) {
    const taken2 = numberedNames(fs, journalPath).map((name2) => name2.epoch);
    epoch = 1 + Math.max(epoch, ...taken2);
    if (!makeClaim(fs, join3(journalPath, `${CLAIM}-${epoch}`))) continue;
    const claims = numberedNames(fs, journalPath).filter(({ kind: kind2 }) => kind2 === CLAIM);
    if (claims.some((other) => other.epoch > epoch)) continue;
    removeBelow(fs, journalPath, { kind: CLAIM, epoch });
    removeBelow(fs, journalPath, { kind: DRAFT, epoch });
    await fs.syncDirectory(journalPath);
    return new WriterClaim(fs, journalPath, epoch);
  }
}
function makeClaim(fs, path) {
  try {
    fs.open(path, "exclusive").close();
    return true;
  } catch (error2) {
    if (isErrorWith(error2, "EEXIST")) return false;
    throw error2;
  }
}
function removeBelow(fs, journalPath, limit) {
  for (const { name: name2, kind: kind2, epoch } of numberedNames(fs, journalPath)) {
    if (kind2 !== limit.kind || epoch >= limit.epoch) continue;
    try {
      fs.remove(join3(journalPath, name2));
    } catch (error2) {
      if (!isErrorWith(error2, "ENOENT")) throw error2;
    }
  }
}
function numberedNames(fs, journalPath) {
  return (fs.list(journalPath) ?? []).flatMap((name2) => {
    const [, kind2, digits2] = NUMBERED.exec(name2) ?? [];
    return kind2 && digits2 ? [{ name: name2, kind: kind2, epoch: Number.parseInt(digits2, 10) }] : [];
  });
}

// packages/store/src/open-world.ts
var DEFAULT_SEGMENT_BYTES = 2 ** 26;
var DEFAULT_PREALLOCATE_BYTES = 2 ** 18;
var DEFAULT_COPY_BYTES = 2 ** 22;
async function openWorldStore(directory, options = {}) {
  const fs = options.fs ?? nodeFs;
  await asFault("read the directory", () => assertWorld(fs, directory));
  if (options.mode === "read") {
    const { scan, segments, genesis: genesis2 } = await readLog(fs, directory);
    const { index, marks, durable, tail } = scan;
    return new DiskStore({ genesis: genesis2, segments, index, marks, durable, tail });
  }
  const lock = await asFault("lock the world", () => fs.lock(directory));
  if (!lock) throw worldLocked(directory);
  try {
    return await openLocked(directory, { ...options, fs }, lock);
  } catch (error2) {
    await lock.release();
    throw error2;
  }
}
async function openLocked(directory, options, lock) {
  const log = await claimLog(options.fs, directory);
  try {
    const writer = await asFault("continue the log", () => startWriter(directory, options, log));
    const { scan, segments, genesis: genesis2 } = log;
    const { index, marks, tail } = scan;
    const found = { genesis: genesis2, segments, index, marks, tail };
    return new DiskStore({ ...found, durable: -1, writer, lock });
  } catch (error2) {
    log.segments.close();
    throw error2;
  }
}
async function claimLog(fs, directory) {
  const journalPath = join4(directory, JOURNAL_FOLDER);
  let above = 0;
  for (; ; ) {
    const claim = await asFault("claim the log", () => claimWriter(fs, journalPath, above));
    const log = await readLog(fs, directory);
    if (log.scan.epoch < claim.epoch) return { ...log, claim };
    log.segments.close();
    above = log.scan.epoch;
  }
}
function assertWorld(fs, directory) {
  const names = fs.list(directory);
  if (!names) throw worldNotFound(directory, "no directory");
  if (names.includes(JOURNAL_FOLDER)) return;
  const isUnfinished = names.includes(STAGING_FOLDER);
  throw worldNotFound(directory, isUnfinished ? "a creation that did not finish" : "no journal");
}
async function readLog(fs, directory) {
  const journalPath = join4(directory, JOURNAL_FOLDER);
  const segments = new Segments(fs, journalPath);
  const scan = new LogScan(segments);
  try {
    const numbers = (fs.list(journalPath) ?? []).flatMap((name2) => parseSegmentName(name2) ?? []);
    await asFault("read the log", () => scan.run(numbers.sort((a, b) => a - b)));
  } catch (error2) {
    segments.close();
    throw error2;
  }
  const { genesis: genesis2, header } = scan;
  assert(genesis2 && header, "a scan ends with damage or finds the genesis");
  return { scan, segments, genesis: genesis2, header };
}
async function startWriter(directory, options, log) {
  const { fs, segmentBytes = DEFAULT_SEGMENT_BYTES } = options;
  const { preallocateBytes = DEFAULT_PREALLOCATE_BYTES } = options;
  const journalPath = join4(directory, JOURNAL_FOLDER);
  const { copyBytes = DEFAULT_COPY_BYTES } = options;
  const { scan, segments, claim } = log;
  const take2 = { fs, journalPath, preallocateBytes, copyBytes };
  const { file, header } = await takeFile(log, take2);
  try {
    await fs.syncDirectory(journalPath);
    await fs.syncDirectory(directory);
  } catch (error2) {
    file.close();
    throw error2;
  }
  const isSame2 = header.segment === log.header.segment;
  const { start: start3 } = segments.get(header.segment);
  const offset = isSame2 ? Math.max(scan.end.offset, start3) : start3;
  const writer = new LogWriter(
    { fs, journalPath, segmentBytes, preallocateBytes },
    { segments, index: scan.index, header, file, offset, claim }
  );
  try {
    await writer.appendMarker("opened");
  } catch (error2) {
    await writer.close();
    throw error2;
  }
  return writer;
}
async function takeFile(log, options) {
  const { scan, segments, claim } = log;
  const isSuccessor = scan.isComplete && scan.end.offset > options.copyBytes;
  if (isSuccessor) await settleLast(log, options);
  else await keepCut(log, options);
  const file = new SegmentFile({ ...options, path: claim.draftPath }, "create");
  try {
    const header = isSuccessor ? await beginNext(file, log) : await fillDraft(file, log);
    claim.publish(segments.path(header.segment));
    return { file, header };
  } catch (error2) {
    file.close();
    throw claim.isHeld ? error2 : writerFenced();
  }
}
async function settleLast({ scan, segments, header }, options) {
  const file = new SegmentFile({ ...options, path: segments.path(header.segment) }, "write");
  try {
    await file.rewrite(scan.end.flushed, scan.end.offset);
  } finally {
    file.close();
  }
}
async function beginNext(file, log) {
  const { scan, segments, claim } = log;
  const { genesis: genesis2, salt, segment } = log.header;
  const previousBytes = scan.end.offset;
  const first2 = scan.index.records;
  const header = { genesis: genesis2, salt, segment: segment + 1, first: first2, previousBytes };
  await file.begin(header, claim.epoch);
  segments.add(header);
  return header;
}
async function fillDraft(file, log) {
  const { scan, segments, header, claim } = log;
  const { offset } = scan.end;
  if (offset > 0) await file.copy(segments.file(header.segment), 0, offset);
  else await file.begin(header, claim.epoch);
  segments.forget(header.segment);
  return header;
}
async function keepCut(log, { fs, journalPath }) {
  const { scan, segments, header, claim } = log;
  const range = { from: scan.end.offset, sizeBytes: scan.tail.ignoredBytes };
  if (range.sizeBytes === 0) return;
  await keepTail({ fs, path: claim.cutPath }, segments.file(header.segment), range);
  await fs.syncDirectory(journalPath);
}

// packages/store/src/create-world.ts
var CREATION_EPOCH = 0;
var ADVICE = "make the world again";
async function createWorldStore(directory, genesis2, objects2, options = {}) {
  assertObjects(objects2);
  const fs = options.fs ?? nodeFs;
  const making = async () => {
    await ensureDirectory(fs, resolve(directory));
    return fs.lock(directory);
  };
  const lock = await asFault("make the directory", making, ADVICE);
  if (!lock) throw worldLocked(directory);
  try {
    const names = await asFault("read the directory", () => fs.list(directory), ADVICE);
    if (names?.includes(JOURNAL_FOLDER)) throw worldExists(directory);
    const contents = contentsOf(genesis2, objects2);
    const salt = options.salt ?? randomBytes2(SALT_BYTES);
    const header = { genesis: sha2562(genesis2), segment: 0, first: 0, previousBytes: 0, salt };
    const log = encodeLog(header, contents);
    await asFault("create the world", () => build(fs, directory, log), ADVICE);
    return await openLocked(directory, { ...options, fs }, lock);
  } catch (error2) {
    await lock.release();
    throw error2;
  }
}
function contentsOf(genesis2, objects2) {
  const contents = [{ kind: "genesis", payload: genesis2 }];
  for (const { hash: hash8, bytes: bytes5 } of new LogIndex().missing(objects2)) {
    contents.push({ kind: "object", prefix: hash8, payload: bytes5 });
  }
  return contents;
}
function encodeLog(header, contents) {
  const startBytes = encodeSegmentStart(header, stampOf(0)).length;
  const sizeBytes = contents.reduce((sum, content) => sum + spanOf(content), startBytes);
  const log = Buffer.alloc(sizeBytes);
  log.set(encodeSegmentStart(header, stampOf(sizeBytes)));
  const seed = segmentSeed(header);
  let at2 = startBytes;
  for (const content of contents) {
    encodeFrame(log.subarray(at2), frameSeed(seed, at2), stampOf(sizeBytes), content);
    at2 += spanOf(content);
  }
  return log;
}
function stampOf(flushed) {
  return { epoch: CREATION_EPOCH, durable: -1, flushed };
}
async function build(fs, directory, log) {
  const staging = join5(directory, STAGING_FOLDER);
  makeDirectory(fs, staging);
  const path = join5(staging, segmentName(0));
  const file = new SegmentFile({ fs, path, preallocateBytes: 0 }, "create");
  try {
    await file.write(log, 0);
    await file.seal(log.length);
  } finally {
    file.close();
  }
  await fs.syncDirectory(staging);
  fs.rename(staging, join5(directory, JOURNAL_FOLDER));
}
async function ensureDirectory(fs, directory) {
  const parent = dirname(directory);
  if (parent === directory) return;
  await ensureDirectory(fs, parent);
  makeDirectory(fs, directory);
  try {
    await fs.syncDirectory(parent);
  } catch (error2) {
    if (!isErrorWith(error2, "EACCES", "EPERM")) throw error2;
  }
}
function makeDirectory(fs, path) {
  try {
    fs.makeDirectory(path);
  } catch (error2) {
    if (!isErrorWith(error2, "EEXIST")) throw error2;
  }
}

// packages/store/src/memory-store.ts
var MemoryStore = class {
  /** @internal */
  constructor(world) {
    this.world = world;
    world.isOpen = true;
    this.durableSeq = this.head;
  }
  world;
  isClosed = false;
  durableSeq;
  lastAppend = Promise.resolve();
  get genesis() {
    return this.world.genesis.slice();
  }
  get head() {
    return this.world.records.length - 1;
  }
  get durable() {
    return this.durableSeq;
  }
  get snapshot() {
    return this.world.marks.snapshot;
  }
  get halt() {
    return this.world.marks.halt;
  }
  async append(batch) {
    this.assertOpen();
    const hasObject = (hash8) => this.world.objects.has(toHashText(hash8));
    assertBatch(batch);
    assertMarks(batch, this.head, hasObject);
    const marks = copyMarks(batch);
    for (const object3 of batch.objects) putObject(this.world, object3);
    for (const record5 of batch.records) this.world.records.push(new Uint8Array(record5));
    const { head } = this;
    this.lastAppend = Promise.resolve().then(() => {
      this.durableSeq = head;
      for (const mark of marks) this.world.marks.enter(mark, hasObject);
    });
    await this.lastAppend;
  }
  records(fromSeq) {
    this.assertOpen();
    const end3 = this.world.records.length;
    return { [Symbol.iterator]: () => this.walk(Math.max(0, fromSeq), end3) };
  }
  object(hash8) {
    this.assertOpen();
    return this.world.objects.get(toHashText(hash8))?.bytes.slice();
  }
  objects() {
    this.assertOpen();
    return [...this.world.objects.values()].map(({ hash: hash8 }) => hash8);
  }
  async close() {
    if (this.isClosed) return;
    this.isClosed = true;
    await this.lastAppend;
    this.world.isOpen = false;
  }
  *walk(fromSeq, end3) {
    for (const record5 of this.world.records.slice(fromSeq, end3)) {
      this.assertOpen();
      yield new Uint8Array(record5);
    }
  }
  assertOpen() {
    if (this.isClosed) throw storeClosed();
  }
};
function createMemoryStore(genesis2, objects2) {
  assertObjects(objects2);
  const world = {
    genesis: new Uint8Array(genesis2),
    records: [],
    objects: /* @__PURE__ */ new Map(),
    marks: new StoreMarks(),
    isOpen: false
  };
  for (const object3 of objects2) putObject(world, object3);
  return new MemoryStore(world);
}
function putObject(world, { hash: hash8, bytes: bytes5 }) {
  const key3 = toHashText(hash8);
  if (world.objects.has(key3)) return;
  world.objects.set(key3, { hash: asHash(new Uint8Array(hash8)), bytes: new Uint8Array(bytes5) });
}

// packages/testing/src/drill-time.ts
var NS_PER_MS3 = 1000000n;
var DrillTime = class {
  #passedNs = 0n;
  wallNs() {
    return 10n ** 18n;
  }
  monotonicNs() {
    return this.#passedNs;
  }
  /** Fires in one of the next turns of the event loop, and has moved time as far by then. */
  startTimer = (delayMs, fire2) => {
    const atNs = this.#passedNs + BigInt(delayMs) * NS_PER_MS3;
    const immediate = setImmediate(() => {
      if (atNs > this.#passedNs) this.#passedNs = atNs;
      fire2();
    });
    return () => clearImmediate(immediate);
  };
};

// packages/testing/src/random.ts
var TWO_323 = 2 ** 32;
var Random = class {
  state;
  constructor(seed) {
    this.state = seed >>> 0;
  }
  /** An integer from 0 to 2^32 - 1 (splitmix32). */
  next() {
    this.state = this.state + 2654435769 >>> 0;
    let mixed = this.state ^ this.state >>> 16;
    mixed = Math.imul(mixed, 569420461);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 1935289751);
    return (mixed ^ mixed >>> 15) >>> 0;
  }
  /** An integer from 0 to `limit` - 1. */
  below(limit) {
    return Math.floor(this.next() / TWO_323 * limit);
  }
  chance(probability) {
    return this.next() < probability * TWO_323;
  }
  pick(choices) {
    return choices[this.below(choices.length)];
  }
  /** One of the choices, each as often as its weight says; one of weight 0 never. */
  weighted(choices) {
    let left = this.below(choices.reduce((sum, [weight]) => sum + weight, 0));
    for (const [weight, choice] of choices) {
      if (left < weight) return choice;
      left -= weight;
    }
    throw new Error("expected a choice with a weight above 0");
  }
  bytes(sizeBytes) {
    return new Uint8Array(sizeBytes).map(() => this.below(256));
  }
  shuffled(items3) {
    const result = [...items3];
    for (let i = result.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [result[i], result[j]] = [result[j], result[i]];
    }
    return result;
  }
};

// packages/testing/src/sim-content.ts
var SECTOR_BYTES = 512;
var Bytes = class {
  buffer;
  sizeBytes;
  constructor(content) {
    this.buffer = Buffer.from(content);
    this.sizeBytes = content.length;
  }
  view() {
    return this.buffer.subarray(0, this.sizeBytes);
  }
  apply(operation) {
    if (operation.kind === "truncate") this.resize(operation.sizeBytes);
    else {
      const end3 = operation.position + operation.bytes.length;
      if (end3 > this.sizeBytes) this.resize(end3);
      this.buffer.set(operation.bytes, operation.position);
    }
  }
  resize(sizeBytes) {
    if (sizeBytes > this.buffer.length) {
      const grown = Buffer.alloc(Math.max(sizeBytes, this.buffer.length * 2));
      grown.set(this.view());
      this.buffer = grown;
    }
    if (sizeBytes < this.sizeBytes) this.buffer.fill(0, sizeBytes, this.sizeBytes);
    this.sizeBytes = sizeBytes;
  }
};
var SimContent = class {
  cached;
  durable;
  /** Operations the cache shows and no flush has covered, in order. */
  unflushed = [];
  /** Operations that are under way. */
  started = /* @__PURE__ */ new Set();
  /** Writes a failed flush gave up (D3). */
  abandoned = [];
  constructor(content = new Uint8Array()) {
    this.cached = new Bytes(content);
    this.durable = new Bytes(content);
  }
  get sizeBytes() {
    return this.cached.sizeBytes;
  }
  read(target, position) {
    const bytes5 = this.cached.view().subarray(position, position + target.length);
    target.set(bytes5);
    return bytes5.length;
  }
  /** The bytes of a write are taken when it completes, or as they are when the power fails. */
  begin(operation) {
    this.started.add(operation);
  }
  complete(operation) {
    this.started.delete(operation);
    if (operation.kind === "write") operation.bytes = new Uint8Array(operation.bytes);
    this.cached.apply(operation);
    this.unflushed.push(operation);
  }
  /** What a flush that starts now will cover. */
  covered() {
    return [...this.unflushed];
  }
  flushed(covered) {
    for (const operation of this.take(covered)) {
      this.durable.apply(operation);
      this.abandoned = this.abandoned.flatMap((write4) => superseded(write4, operation));
    }
  }
  flushFailed(covered) {
    for (const operation of this.take(covered)) {
      if (operation.kind === "write") this.abandoned.push(operation);
      else this.unflushed.unshift(operation);
    }
  }
  /** The process died: an operation under way has happened or not, the cache stays. */
  loseProcess(random) {
    for (const operation of [...this.started]) {
      if (random.chance(0.5)) this.complete(operation);
    }
    this.started.clear();
  }
  /** The power failed: what is on the disk afterwards (D2). */
  afterPowerLoss(random) {
    const result = new Bytes(this.durable.view());
    for (const operation of this.survivors(random)) result.apply(operation);
    if (result.sizeBytes >= this.durable.sizeBytes) result.resize(this.sizeAfter(result, random));
    return result.view();
  }
  /** The size of a file is kept apart from its bytes: either may reach the disk alone. */
  sizeAfter(result, random) {
    const grown = Math.max(result.sizeBytes, this.sizeBytes);
    return random.pick([result.sizeBytes, result.sizeBytes, this.durable.sizeBytes, grown]);
  }
  survivors(random) {
    const open5 = [...this.abandoned, ...this.unflushed, ...this.started];
    switch (random.below(4)) {
      case 0:
        return [];
      case 1:
        return open5;
      case 2: {
        const kept = open5.slice(0, random.below(open5.length + 1));
        const last = kept.pop();
        return last ? [...kept, ...torn(last, random)] : kept;
      }
      default:
        return random.shuffled(open5).flatMap((operation) => fate(operation, random));
    }
  }
  take(covered) {
    const taken2 = this.unflushed.filter((operation) => covered.includes(operation));
    this.unflushed = this.unflushed.filter((operation) => !covered.includes(operation));
    return taken2;
  }
};
function fate(operation, random) {
  if (random.chance(0.4)) return [operation];
  return random.chance(0.5) ? [] : torn(operation, random);
}
function torn(operation, random) {
  if (operation.kind === "truncate") return random.chance(0.5) ? [operation] : [];
  const { position, bytes: bytes5 } = operation;
  if (random.chance(0.5)) {
    return [{ kind: "write", position, bytes: bytes5.slice(0, random.below(bytes5.length + 1)) }];
  }
  const parts = [];
  const firstCut = SECTOR_BYTES - position % SECTOR_BYTES;
  for (let from = 0, to = firstCut; from < bytes5.length; from = to, to += SECTOR_BYTES) {
    if (random.chance(0.5)) continue;
    parts.push({ kind: "write", position: position + from, bytes: bytes5.slice(from, to) });
  }
  return parts;
}
function superseded(write4, later2) {
  if (later2.kind === "truncate") {
    const left = later2.sizeBytes - write4.position;
    return left > 0 ? [{ ...write4, bytes: write4.bytes.slice(0, left) }] : [];
  }
  const bytes5 = new Uint8Array(write4.bytes);
  const from = Math.max(write4.position, later2.position);
  const to = Math.min(write4.position + bytes5.length, later2.position + later2.bytes.length);
  if (from < to) {
    const newer = later2.bytes.subarray(from - later2.position, to - later2.position);
    bytes5.set(newer, from - write4.position);
  }
  return [{ ...write4, bytes: bytes5 }];
}

// packages/testing/src/sim-tree.ts
var SimDirectory = class {
  entries = /* @__PURE__ */ new Map();
  durable = /* @__PURE__ */ new Map();
};
function systemError(code2, path) {
  return Object.assign(new Error(`${code2}: ${path}`), { code: code2, errno: -1 });
}
var SimTree = class _SimTree {
  root = new SimDirectory();
  changes = [];
  list(path) {
    const node = this.find(path);
    return node instanceof SimDirectory ? [...node.entries.keys()] : void 0;
  }
  file(path) {
    const node = this.find(path);
    if (node instanceof SimContent) return node;
    throw systemError("ENOENT", path);
  }
  /** The file, made if it is not there. */
  makeFile(path) {
    const known = this.find(path);
    if (known instanceof SimContent) return known;
    const file = new SimContent();
    this.change(path, [{ name: nameOf3(path), node: file }]);
    return file;
  }
  makeDirectory(path) {
    if (this.find(path)) throw systemError("EEXIST", path);
    this.change(path, [{ name: nameOf3(path), node: new SimDirectory() }]);
  }
  has(path) {
    return this.find(path) !== void 0;
  }
  /** Whoever has the file open goes on with it. */
  remove(path) {
    this.file(path);
    this.change(path, [{ name: nameOf3(path), node: void 0 }]);
  }
  /** Within one directory, and onto nothing or a file by a file. */
  rename(from, to) {
    const node = this.find(from);
    if (!node || parentOf(from) !== parentOf(to)) throw systemError("ENOENT", from);
    const isReplacing = node instanceof SimContent && this.find(to) instanceof SimContent;
    if (this.find(to) && !isReplacing) throw systemError("ENOTEMPTY", to);
    this.change(from, [
      { name: nameOf3(from), node: void 0 },
      { name: nameOf3(to), node }
    ]);
  }
  /** What a flush of this directory that starts now will cover. */
  covered(path) {
    const directory = this.directory(path);
    return this.changes.filter((change) => change.directory === directory);
  }
  flushed(covered) {
    for (const { directory, edits } of covered) applyEdits(directory.durable, edits);
    this.changes = this.changes.filter((change) => !covered.includes(change));
  }
  loseProcess(random) {
    for (const file of files(this.root)) file.loseProcess(random);
  }
  /** The names and contents that are left on the disk. */
  afterPowerLoss(random) {
    const mode = random.below(3);
    for (const { directory, edits } of this.changes) {
      if (mode === 1 || mode === 2 && random.chance(0.5)) applyEdits(directory.durable, edits);
    }
    const tree = new _SimTree();
    copyDurable(this.root, tree.root, random);
    return tree;
  }
  change(path, edits) {
    const directory = this.directory(parentOf(path));
    applyEdits(directory.entries, edits);
    this.changes.push({ directory, edits });
  }
  directory(path) {
    const node = this.find(path);
    if (node instanceof SimDirectory) return node;
    throw systemError("ENOENT", path);
  }
  find(path) {
    let node = this.root;
    for (const name2 of path.split("/")) {
      if (name2 === "") continue;
      node = node instanceof SimDirectory ? node.entries.get(name2) : void 0;
    }
    return node;
  }
};
function applyEdits(names, edits) {
  for (const { name: name2, node } of edits) {
    if (node) names.set(name2, node);
    else names.delete(name2);
  }
}
function copyDurable(from, to, random) {
  for (const [name2, node] of from.durable) {
    let copy;
    if (node instanceof SimContent) copy = new SimContent(node.afterPowerLoss(random));
    else {
      copy = new SimDirectory();
      copyDurable(node, copy, random);
    }
    to.entries.set(name2, copy);
    to.durable.set(name2, copy);
  }
}
function* files(directory) {
  for (const node of directory.entries.values()) {
    if (node instanceof SimContent) yield node;
    else yield* files(node);
  }
}
function parentOf(path) {
  return path.slice(0, path.lastIndexOf("/"));
}
function nameOf3(path) {
  return path.slice(path.lastIndexOf("/") + 1);
}

// packages/testing/src/sim-disk.ts
var MAX_TURNS = 6;
var SimCrash = class extends Error {
  name = "SimCrash";
};
var SimDisk = class _SimDisk {
  constructor(seed, options = {}, tree = new SimTree()) {
    this.options = options;
    this.tree = tree;
    this.random = new Random(seed);
    this.crashed = new Promise((resolve2) => {
      this.announceCrash = resolve2;
    });
  }
  options;
  tree;
  /** Resolves when the operation of `crashAt` is reached. */
  crashed;
  fs = this.makeFs();
  random;
  locks = /* @__PURE__ */ new Set();
  failures = /* @__PURE__ */ new Map();
  failsFrom = Number.POSITIVE_INFINITY;
  crashIndex = Number.POSITIVE_INFINITY;
  count = 0;
  isDead = false;
  announceCrash = () => void 0;
  /** How many operations have begun. */
  get operations() {
    return this.count;
  }
  /** Nothing begun on this disk will ever end. */
  get isCrashed() {
    return this.isDead;
  }
  /** The operation with this number begins and never ends. */
  crashAt(operation) {
    this.crashIndex = operation;
  }
  /** The operation with this number fails; a `short-write` fails only writes. */
  failAt(operation, code2) {
    this.failures.set(operation, code2);
  }
  /** Every operation from this one on fails with EIO: a dying disk. */
  failFrom(operation) {
    this.failsFrom = operation;
  }
  /** The power fails now. Returns a disk with what survived. */
  crash() {
    this.isDead = true;
    return new _SimDisk(this.random.next(), this.options, this.tree.afterPowerLoss(this.random));
  }
  /** The process is killed now; the cache stays. Returns the disk as the next process finds it. */
  kill() {
    this.isDead = true;
    this.tree.loseProcess(this.random);
    return new _SimDisk(this.random.next(), this.options, this.tree);
  }
  makeFs() {
    return {
      open: (path, mode) => {
        this.assertAlive();
        if (mode === "exclusive" && this.tree.has(path)) throw systemError("EEXIST", path);
        const isMade = mode === "create" || mode === "exclusive";
        return this.openFile(isMade ? this.createFile(path) : this.tree.file(path));
      },
      list: (path) => {
        this.assertAlive();
        return this.tree.list(path);
      },
      makeDirectory: (path) => {
        this.beginNow(path);
        this.tree.makeDirectory(path);
      },
      has: (path) => {
        this.assertAlive();
        return this.tree.has(path);
      },
      remove: (path) => {
        this.beginNow(path);
        this.tree.remove(path);
      },
      rename: (from, to) => {
        this.beginNow(from);
        this.tree.rename(from, to);
      },
      syncDirectory: (path) => this.syncDirectory(path),
      lock: async (path) => this.lock(path)
    };
  }
  openFile(content) {
    return {
      sizeBytes: () => content.sizeBytes,
      readSync: (target, position) => {
        this.assertAlive();
        return content.read(target, position);
      },
      write: (bytes5, position) => this.write(content, bytes5, position),
      datasync: () => this.options.lieAboutFlush ? this.lie() : this.flush(content),
      sync: () => this.flush(content),
      truncate: (sizeBytes) => this.truncate(content, sizeBytes),
      close: () => void 0
    };
  }
  createFile(path) {
    this.beginNow(path);
    const content = this.tree.makeFile(path);
    if (content.sizeBytes > 0) content.complete({ kind: "truncate", sizeBytes: 0 });
    return content;
  }
  async write(content, bytes5, position) {
    const failure = this.begin();
    const taken2 = failure ? this.random.below(bytes5.length) : bytes5.length;
    await this.carryOut(content, { kind: "write", position, bytes: bytes5.subarray(0, taken2) });
    if (failure && failure !== "short-write") throw systemError(failure, "write");
    return taken2;
  }
  async truncate(content, sizeBytes) {
    const failure = this.begin();
    if (failure) throw systemError("EIO", "truncate");
    await this.carryOut(content, { kind: "truncate", sizeBytes });
  }
  async carryOut(content, operation) {
    content.begin(operation);
    await this.takeTurns();
    content.complete(operation);
  }
  async flush(content) {
    const failure = this.begin();
    const covered = content.covered();
    await this.takeTurns();
    if (failure) {
      content.flushFailed(covered);
      throw systemError("EIO", "flush");
    }
    content.flushed(covered);
  }
  async lie() {
    this.begin();
    await this.takeTurns();
  }
  async syncDirectory(path) {
    const failure = this.begin();
    const covered = this.tree.covered(path);
    await this.takeTurns();
    if (failure) throw systemError("EIO", path);
    this.tree.flushed(covered);
  }
  lock(path) {
    this.assertAlive();
    if (this.locks.has(path)) return void 0;
    this.locks.add(path);
    return {
      release: async () => {
        this.locks.delete(path);
      }
    };
  }
  /** Counts an operation and says how it will fail, if it will. */
  begin() {
    const index = this.count++;
    if (index >= this.crashIndex) {
      this.isDead = true;
      this.announceCrash();
    }
    return index >= this.failsFrom ? "EIO" : this.failures.get(index);
  }
  /** As begin, for an operation that is done when it returns. */
  beginNow(path) {
    this.assertAlive();
    const failure = this.begin();
    this.assertAlive();
    if (failure) throw systemError(failure === "ENOSPC" ? failure : "EIO", path);
  }
  /** Lets others go first for a while; there is no way back from a crash. */
  async takeTurns() {
    for (let turns2 = this.random.below(MAX_TURNS); turns2 > 0; turns2--) await void 0;
    if (this.isDead) await new Promise(() => void 0);
  }
  assertAlive() {
    if (this.isDead) throw new SimCrash("this disk has crashed");
  }
};

// packages/testing/src/effect-drill.ts
var DIRECTORY = "/worlds/effects";
var LIVES = 4;
var CLIENTS = 3;
var EVENTS_PER_CLIENT = 3;
var TURNS_AFTER = 60;
var KILL_CHANCE = 0.5;
var FAILURE_CHANCE = 0.2;
var MAX_FAILURES = 2;
async function runEffectCutPoints(subject, options) {
  const { firstSeed = 1, seeds, lieAboutFlush = false } = options;
  const total = { cuts: 0, starts: 0, repeated: 0, problems: [] };
  for (let seed = firstSeed; seed < firstSeed + seeds; seed++) {
    const ordeal = new EffectOrdeal(subject, seed);
    await ordeal.run(lieAboutFlush);
    total.cuts += ordeal.cuts;
    for (const { starts } of ordeal.outside.values()) {
      total.starts += starts;
      if (starts > 1) total.repeated += 1;
    }
    total.problems.push(...ordeal.problems.map((text8) => `seed ${seed}: ${text8}`));
  }
  return total;
}
var EffectOrdeal = class {
  constructor(subject, seed) {
    this.subject = subject;
    this.random = new Random(seed);
    const segmentBytes = this.random.pick([4e3, 2 ** 20]);
    this.storeOptions = { segmentBytes, salt: this.random.bytes(16) };
  }
  subject;
  cuts = 0;
  problems = [];
  /** By intent. */
  outside = /* @__PURE__ */ new Map();
  random;
  storeOptions;
  acknowledged = /* @__PURE__ */ new Set();
  submitted = 0;
  isCreated = false;
  async run(lieAboutFlush) {
    let disk = new SimDisk(this.random.next(), { lieAboutFlush });
    for (let life = 0; life < LIVES && this.problems.length === 0; life++) {
      disk.crashAt(this.random.below(80));
      if (this.random.chance(FAILURE_CHANCE)) {
        disk.failAt(this.random.below(80), this.random.pick(["EIO", "ENOSPC", "short-write"]));
      }
      const outside = new Outside(this, "moody");
      await Promise.race([disk.crashed, this.live(disk, outside)]);
      outside.isOver = true;
      this.cuts += 1;
      disk = this.random.chance(KILL_CHANCE) ? disk.kill() : disk.crash();
      await this.inspect(disk);
    }
    if (this.problems.length === 0) await this.finish(disk);
  }
  get kinds() {
    return this.subject.kinds;
  }
  next(call) {
    const intent = toHex2(call.intentHash);
    const key3 = toHex2(call.idempotencyKey);
    const seen = this.outside.get(intent) ?? { key: key3, starts: 0, failures: 0 };
    this.outside.set(intent, seen);
    seen.starts += 1;
    if (seen.key !== key3) this.problems.push(`intent ${intent} had two keys`);
    return { seen, mood: this.random.below(10), turns: this.random.below(8) };
  }
  answer(call) {
    return this.subject.answer(call);
  }
  async live(disk, outside) {
    try {
      const host = this.host(await this.begin(disk), outside);
      await Promise.all(Array.from({ length: CLIENTS }, () => this.feed(host)));
      await turns(this.random.below(TURNS_AFTER));
      await host.close();
    } catch (error2) {
      const isOfDisk = error2 instanceof AosFault && error2.code === "store-failed";
      if (!disk.isCrashed && !isOfDisk) throw error2;
    }
  }
  async begin(disk) {
    const options = { ...this.storeOptions, fs: disk.fs };
    if (this.isCreated) return openWorldStore(DIRECTORY, options);
    const { genesis: genesis2, objects: objects2 } = this.subject;
    const store = await createWorldStore(DIRECTORY, genesis2, objects2, options);
    this.isCreated = true;
    return store;
  }
  host(store, adapter) {
    const { operator: operator2, signer: signer2 } = this.subject;
    const time3 = new DrillTime();
    return openWorldHost({
      store,
      engine: this.subject.newEngine(),
      clock: time3,
      startTimer: time3.startTimer,
      fillEntropy: (bytes5) => bytes5.set(this.random.bytes(bytes5.length)),
      snapshotRecords: this.random.pick([3, 1e3]),
      effects: {
        adapters: [adapter],
        signer: signer2,
        operator: operator2,
        random: () => 0.5,
        concurrency: Object.fromEntries(this.subject.kinds.map((kind2) => [kind2, 2]))
      }
    });
  }
  async feed(host) {
    for (let i = 0; i < EVENTS_PER_CLIENT; i++) {
      const answer3 = await host.submit(this.subject.event(this.submitted++));
      if (!answer3.ok) throw new Error(`the subject refused its event: ${answer3.refusal.code}`);
      this.acknowledged.add(answer3.value.seq);
    }
  }
  /** O1, O4, and that what was acknowledged is there. */
  async inspect(disk) {
    try {
      const store = await openWorldStore(DIRECTORY, { ...this.storeOptions, fs: disk.fs });
      this.isCreated = true;
      this.checkJournal(store);
      await store.close();
    } catch (error2) {
      if (!(error2 instanceof AosFault)) throw error2;
      if (this.isCreated || error2.code !== "world-not-found") this.problems.push(error2.code);
    }
  }
  checkJournal(store) {
    const entries2 = [...store.records(0)].flatMap(entriesOf2);
    const opened2 = new Set(intentsOf(entries2, "intent"));
    const settled2 = intentsOf(entries2, "settled");
    for (const intent of this.outside.keys()) {
      if (!opened2.has(intent)) this.problems.push(`intent ${intent} was started and is not there`);
    }
    if (new Set(settled2).size < settled2.length) this.problems.push("an intent is settled twice");
    for (const seq of this.acknowledged) {
      if (seq > store.head) this.problems.push(`acknowledged record ${seq} is gone`);
    }
    return entries2;
  }
  /** O2 to O5, in a life in which nothing goes wrong. */
  async finish(disk) {
    const host = this.host(await this.begin(disk), new Outside(this, "kind"));
    const { blockers } = await host.untilQuiescent({ timers: "wait" });
    for (const each of blockers) this.problems.push(`at the end there is ${each.kind}`);
    await host.close();
    const store = await openWorldStore(DIRECTORY, { ...this.storeOptions, fs: disk.fs });
    const entries2 = this.checkJournal(store);
    const [opened2, settled2] = [intentsOf(entries2, "intent"), intentsOf(entries2, "settled")];
    if (settled2.length !== opened2.length) {
      this.problems.push(`${opened2.length} intents, and ${settled2.length} settled`);
    }
    const started = entries2.filter(({ kind: kind2 }) => kind2 === "plan-started").length;
    const ended2 = entries2.filter((each) => each.kind === "plan-ended" && each.status === "ok");
    if (started !== ended2.length) this.problems.push(`${ended2.length} of ${started} plans ended`);
    const keys = new Set([...this.outside.values()].map(({ key: key3 }) => key3));
    if (keys.size !== this.outside.size) this.problems.push("two intents had one key");
    const report2 = verifyWorld(store, this.subject.newEngine());
    if (!report2.ok) this.problems.push(`record ${report2.records} does not verify`);
    await store.close();
  }
};
var Outside = class {
  constructor(ordeal, temper) {
    this.ordeal = ordeal;
    this.temper = temper;
    this.kinds = ordeal.kinds;
  }
  ordeal;
  temper;
  id = "drill";
  kinds;
  /** The process is dead: nothing more goes out. */
  isOver = false;
  async start(call, { cancel: cancel2 }) {
    if (this.isOver) return new Promise(() => void 0);
    const { seen, mood, turns: wait } = this.ordeal.next(call);
    if (this.temper === "kind" || mood < 4) return this.ordeal.answer(call);
    if (mood === 9) return untilCancelled(cancel2);
    await turns(wait);
    if (mood > 6 || seen.failures >= MAX_FAILURES) return this.ordeal.answer(call);
    seen.failures += 1;
    return failedOutcome({ status: "error", code: "drill-busy", message: "", retry: "later" });
  }
  async close() {
  }
};
function untilCancelled(cancel2) {
  const message = "it was called off";
  return new Promise((resolve2) => {
    cancel2.onCancel(
      () => resolve2(failedOutcome({ status: "cancelled", code: "drill-cancelled", message }))
    );
  });
}
function entriesOf2(bytes5) {
  const record5 = decodeRecord(bytes5);
  return record5.ok ? record5.value.entries : [];
}
function intentsOf(entries2, kind2) {
  return entries2.flatMap((each) => each.kind === kind2 ? [toHex2(each.intent)] : []);
}
async function turns(count3) {
  for (let i = 0; i < count3; i++) await new Promise((resolve2) => setImmediate(resolve2));
}

// packages/wasm/src/guard/guard-plan.ts
var VERDICT = { outOfFuel: -1, stackOverflow: -2, hostMemory: -3 };
function planGuard({ globals, functions }) {
  const [global, first2] = [globals.length, functions.length];
  return {
    globals: { fuel: global, stack: global + 1, pages: global + 2, copies: global + 3 },
    functions: {
      ...{ begin: first2, end: first2 + 1, save: first2 + 2, restore: first2 + 3 },
      ...{ growMemory: first2 + 4, meterBytes: first2 + 5, meterEntries: first2 + 6 },
      growTable: first2 + 7
    }
  };
}

// packages/wasm/src/guard/byte-sink.ts
var FIRST_SIZE_BYTES = 1024;
var SHORT_COPY_BYTES = 32;
var ByteSink = class {
  #bytes;
  size = 0;
  constructor(sizeBytes = FIRST_SIZE_BYTES) {
    this.#bytes = new Uint8Array(Math.max(sizeBytes, FIRST_SIZE_BYTES));
  }
  byte(value) {
    if (this.size === this.#bytes.length) this.#grow(1);
    this.#bytes[this.size++] = value;
  }
  /** All of `values`, or the part from `from` to `to`. */
  append(values, from = 0, to = values.length) {
    const count3 = to - from;
    if (this.size + count3 > this.#bytes.length) this.#grow(count3);
    if (count3 > SHORT_COPY_BYTES && values instanceof Uint8Array) {
      this.#bytes.set(values.subarray(from, to), this.size);
      this.size += count3;
      return;
    }
    for (let i = from; i < to; i++) this.#bytes[this.size++] = values[i];
  }
  /** An unsigned LEB128 in its shortest form. */
  u32(value) {
    let rest = value;
    while (rest >= 128) {
      this.byte(rest % 128 | 128);
      rest = Math.floor(rest / 128);
    }
    this.byte(rest);
  }
  /** A signed LEB128 of a natural number, in its shortest form. */
  natural(value) {
    let rest = value;
    while (rest >= 64) {
      this.byte(rest % 128 | 128);
      rest = Math.floor(rest / 128);
    }
    this.byte(rest);
  }
  /** A signed LEB128 of a natural number below 2¹³, in two bytes, over what stands at `at`. */
  patchTwo(at2, value) {
    this.#bytes[at2] = value & 127 | 128;
    this.#bytes[at2 + 1] = value >> 7;
  }
  /** Length and bytes of another sink. */
  sized(content) {
    this.u32(content.size);
    this.append(content.view());
  }
  /** What was collected, until the next write. */
  view() {
    return this.#bytes.subarray(0, this.size);
  }
  #grow(count3) {
    const next2 = new Uint8Array(Math.max(this.#bytes.length * 2, this.size + count3));
    next2.set(this.view());
    this.#bytes = next2;
  }
};

// packages/wasm/src/guard/byte-source.ts
var MAX_U32_BYTES = 5;
function moduleRefusal(code2, offset, detail) {
  return new RefusalError({ code: code2, at: `@${offset}`, detail });
}
function malformed3(offset, detail) {
  return moduleRefusal("module-invalid", offset, detail);
}
function unsupported(offset, detail) {
  return moduleRefusal("module-feature", offset, `${detail} is not among the allowed features`);
}
function overLimit(offset, what, limit) {
  return moduleRefusal("module-limit", offset, `${what}: at most ${limit}`);
}
var ByteSource = class {
  constructor(bytes5, at2 = 0, end3 = bytes5.length) {
    this.bytes = bytes5;
    this.at = at2;
    this.end = end3;
  }
  bytes;
  at;
  end;
  get done() {
    return this.at >= this.end;
  }
  byte() {
    if (this.at >= this.end) throw malformed3(this.at, "the bytes end too early");
    return this.bytes[this.at++];
  }
  /** An unsigned LEB128 of at most 32 bits; longer forms of a small number are fine. */
  u32() {
    const start3 = this.at;
    let value = 0;
    for (let i = 0; i < MAX_U32_BYTES; i++) {
      const byte = this.byte();
      value += (byte & 127) * 2 ** (7 * i);
      if (byte < 128) {
        if (value > 4294967295) break;
        return value;
      }
    }
    throw malformed3(start3, "a number has more than 32 bits");
  }
  /** A count that must not exceed `limit`. */
  count(what, limit) {
    const start3 = this.at;
    const value = this.u32();
    if (value > limit) throw overLimit(start3, `${value} ${what}`, limit);
    return value;
  }
  /** Steps over a signed or unsigned LEB128 of any width. */
  skipNumber() {
    while (this.byte() >= 128) ;
  }
  pass(sizeBytes) {
    if (sizeBytes > this.end - this.at) throw malformed3(this.at, "the bytes end too early");
    this.at += sizeBytes;
  }
  /** A length-prefixed byte string, as a view. */
  sized() {
    const size = this.u32();
    const start3 = this.at;
    this.pass(size);
    return this.bytes.subarray(start3, this.at);
  }
};

// packages/wasm/src/guard/structure-limits.ts
var STRUCTURE_LIMITS = {
  types: 1e4,
  /** Parameters or results of one type. */
  values: 128,
  functions: 5e4,
  /** Parameters and locals of one function. */
  locals: 1e4,
  /** Bytes of one function's code. */
  bodyBytes: 1 << 20,
  /** Blocks inside blocks. */
  nesting: 4096,
  /** Locals and operands of a function, times its blocks and branches. */
  joinSlots: 4e6,
  /** The same, summed over all functions of a module. */
  moduleJoinSlots: 8e6,
  /** Bytes inside the blocks of one function, summed over the blocks. */
  blockBytes: 1 << 26,
  /** The same for its loops. */
  loopBytes: 1 << 23,
  globals: 1e4,
  exports: 1e4,
  /** Entries of the table, at the start and ever. */
  tableEntries: 65536,
  elementSegments: 1e4,
  dataSegments: 1e4
};

// packages/wasm/src/guard/control-stack.ts
var BLOCK = { plain: 0, loop: 1, arm: 2, function: 3 };
var CAPACITY = STRUCTURE_LIMITS.nesting + 2;
var ControlStack = class {
  /** Index of the innermost block; the function itself is block 0. */
  depth = 0;
  height = 0;
  maxHeight = 0;
  #kinds = new Uint8Array(CAPACITY);
  #bases = new Int32Array(CAPACITY);
  #params = new Int32Array(CAPACITY);
  #results = new Int32Array(CAPACITY);
  /** Blocks that some branch leads to. */
  #targeted = new Uint8Array(CAPACITY);
  /** Blocks whose rest cannot be reached. */
  #dead = new Uint8Array(CAPACITY);
  /** Starts over with a function. */
  reset(results) {
    this.depth = 0;
    this.height = 0;
    this.maxHeight = 0;
    this.#enter(BLOCK.function, { params: 0, results });
    this.#dead[0] = 0;
  }
  get kind() {
    return this.#kinds[this.depth];
  }
  /** Nothing here is ever run. */
  get dead() {
    return this.#dead[this.depth] === 1;
  }
  pop(count3) {
    const base = this.#bases[this.depth];
    this.height = Math.max(this.height - count3, base);
  }
  push(count3) {
    const height = this.height + count3;
    this.height = height;
    if (height > this.maxHeight) this.maxHeight = height;
  }
  open(kind2, arity, at2) {
    const { nesting } = STRUCTURE_LIMITS;
    if (this.depth === nesting) throw overLimit(at2, "blocks inside blocks", nesting);
    this.pop(arity.params);
    const dead = this.#dead[this.depth];
    this.depth += 1;
    this.#enter(kind2, arity);
    this.#dead[this.depth] = dead;
  }
  /** The other arm of an `if`. */
  otherwise() {
    this.height = this.#bases[this.depth];
    this.push(this.#params[this.depth]);
    this.#dead[this.depth] = this.#dead[this.depth - 1];
  }
  /** Leaves the innermost block; whether code behind it is reached other than through its end. */
  close() {
    const { depth } = this;
    const joins = this.#kinds[depth] === BLOCK.arm || this.#targeted[depth] === 1;
    this.height = this.#bases[depth];
    this.depth -= 1;
    if (depth > 0) this.push(this.#results[depth]);
    return joins && this.#kinds[depth] !== BLOCK.loop;
  }
  /** A branch leads to the block `label` levels out. */
  target(label) {
    if (label <= this.depth) this.#targeted[this.depth - label] = 1;
  }
  /** What follows in this block is never run. */
  abandon() {
    this.height = this.#bases[this.depth];
    this.#dead[this.depth] = 1;
  }
  #enter(kind2, { params, results }) {
    const { depth } = this;
    this.#kinds[depth] = kind2;
    this.#bases[depth] = this.height;
    this.#params[depth] = params;
    this.#results[depth] = results;
    this.#targeted[depth] = 0;
    this.push(params);
  }
};

// packages/wasm/src/guard/compilation-cost.ts
var CompilationCost = class {
  /** Of all functions so far. */
  #moduleSlots = 0;
  #joins = 0;
  #blockBytes = 0;
  #loopBytes = 0;
  #depth = 0;
  #starts = new Uint32Array(STRUCTURE_LIMITS.nesting + 2);
  #loops = new Uint8Array(STRUCTURE_LIMITS.nesting + 2);
  reset() {
    this.#joins = 0;
    this.#blockBytes = 0;
    this.#loopBytes = 0;
    this.#depth = 0;
  }
  open(kind2, at2) {
    this.#starts[this.#depth] = at2;
    this.#loops[this.#depth] = kind2 === BLOCK.loop ? 1 : 0;
    this.#depth += 1;
    this.join();
  }
  /** The `end` of a block; that of the function itself closes nothing. */
  close(at2) {
    if (this.#depth === 0) return;
    this.#depth -= 1;
    const bytes5 = at2 - this.#starts[this.#depth];
    this.#blockBytes += bytes5;
    if (this.#loops[this.#depth] === 1) this.#loopBytes += bytes5;
  }
  /** A place where control leaves or joins. */
  join() {
    this.#joins += 1;
  }
  /** Refuses a function whose products are too large; `slots` are its locals and operands. */
  check(slots2, at2) {
    const { joinSlots, moduleJoinSlots, blockBytes, loopBytes } = STRUCTURE_LIMITS;
    const joined = this.#joins * slots2;
    if (joined > joinSlots) throw overLimit(at2, `${joined} slots at joins`, joinSlots);
    this.#moduleSlots += joined;
    if (this.#moduleSlots > moduleJoinSlots) {
      throw overLimit(at2, `${this.#moduleSlots} slots at joins of a module`, moduleJoinSlots);
    }
    if (this.#blockBytes > blockBytes) {
      throw overLimit(at2, `${this.#blockBytes} bytes in blocks`, blockBytes);
    }
    if (this.#loopBytes > loopBytes) {
      throw overLimit(at2, `${this.#loopBytes} bytes in loops`, loopBytes);
    }
  }
};

// packages/wasm/src/guard/encoding.ts
function unsigned(value) {
  return value < 128 ? [value] : [value % 128 | 128, ...unsigned(Math.floor(value / 128))];
}
function signed2(value) {
  const low = value & 127;
  const rest = Math.floor(value / 128);
  const last = rest === 0 && low < 64 || rest === -1 && low >= 64;
  return last ? [low] : [low | 128, ...signed2(rest)];
}
var code = {
  /** A block type: an index, as a signed number. */
  typeIndex: (index) => signed2(index),
  unreachable: 0,
  block: 2,
  /** `if` without result. */
  ifThen: [4, 64],
  end: 11,
  return: 15,
  branch: (label) => [12, ...unsigned(label)],
  call: (index) => [16, ...unsigned(index)],
  localGet: (index) => [32, ...unsigned(index)],
  localSet: (index) => [33, ...unsigned(index)],
  localTee: (index) => [34, ...unsigned(index)],
  globalGet: (index) => [35, ...unsigned(index)],
  globalSet: (index) => [36, ...unsigned(index)],
  memorySize: [63, 0],
  memoryGrow: [64, 0],
  i32: (value) => [65, ...signed2(value)],
  i64: (value) => [66, ...signed2(value)],
  f64: (value) => [68, ...new Uint8Array(new Float64Array([value]).buffer)],
  i32Equal: 70,
  i32LessUnsigned: 73,
  i32GreaterUnsigned: 75,
  i64Equal: 81,
  i64LessSigned: 83,
  i32Subtract: 107,
  i64Add: 124,
  i64Subtract: 125,
  i64Multiply: 126,
  i64Or: 132,
  i64ShiftRight: 136,
  i64OfI32: 172,
  i64OfU32: 173,
  i64OfF64: 176,
  f64OfI64: 185,
  tableSize: [252, 16, 0],
  tableGrow: [252, 15, 0]
};

// packages/wasm/src/guard/fuel-writer.ts
var MAX_CHARGE = 2 ** 13 - 1;
var NO_CHARGE2 = -1;
var CHECK = [...code.i64(0), code.i64LessSigned, ...code.ifThen, code.unreachable, code.end];
var FuelWriter = class {
  /** Price of the function's first block. */
  entryPrice = 0;
  /** Price of all instructions, each taken once. */
  totalPrice = 0;
  #inEntry = true;
  #placeholder = NO_CHARGE2;
  #price = 0;
  #head;
  #tail;
  #out;
  constructor(out, fuelGlobal) {
    this.#out = out;
    this.#head = [...code.globalGet(fuelGlobal), 66, 128, 0];
    this.#tail = [code.i64Subtract, ...code.globalSet(fuelGlobal)];
  }
  /** Starts over with a function. */
  reset(entryPrice) {
    this.entryPrice = entryPrice;
    this.totalPrice = entryPrice;
    this.#inEntry = true;
    this.#placeholder = NO_CHARGE2;
    this.#price = 0;
  }
  /** Whether an instruction of this price needs a charge to be written before it. */
  needsCharge(price) {
    if (this.#inEntry || price === 0) return false;
    return this.#placeholder === NO_CHARGE2 || this.#price + price > MAX_CHARGE;
  }
  /** Adds an instruction to the current block. */
  add(price) {
    this.totalPrice += price;
    if (this.#inEntry) this.entryPrice += price;
    else this.#price += price;
  }
  /** Writes the charge of a block that begins here. */
  openCharge() {
    this.close();
    this.#out.append(this.#head);
    this.#placeholder = this.#out.size - 2;
    this.#out.append(this.#tail);
  }
  /** The same at the head of a loop, where what is left is compared, by way of a local. */
  openCheckedCharge(local) {
    this.close();
    this.#out.append(this.#head);
    this.#placeholder = this.#out.size - 2;
    this.#out.append([code.i64Subtract, ...code.localTee(local), ...this.#tail.slice(1)]);
    this.#out.append([...code.localGet(local), ...CHECK]);
  }
  /** The current block ends. */
  close() {
    this.#inEntry = false;
    if (this.#placeholder !== NO_CHARGE2) this.#out.patchTwo(this.#placeholder, this.#price);
    this.#placeholder = NO_CHARGE2;
    this.#price = 0;
  }
};

// packages/wasm/src/guard/function-frame.ts
var FRAME_SLOTS = 12;
var SMALL_SLOTS = 64;
var SMALL_PRICE = 256;
function frameOf(facts) {
  const { entryPrice, totalPrice, calls, loops } = facts;
  const slots2 = facts.slots + FRAME_SLOTS;
  return {
    entryPrice,
    slots: slots2,
    checksFuel: calls || loops || totalPrice > SMALL_PRICE,
    stack: calls ? "counted" : slots2 > SMALL_SLOTS ? "compared" : "free"
  };
}
function writeFunction(out, parts, plan) {
  const { frame, locals, body, wrapped: wrapped2 } = parts;
  const before = new ByteSink(64 + locals.declared.bytes.length);
  before.u32(locals.declared.groups + locals.added.length);
  before.append(locals.declared.bytes);
  for (const type of locals.added) before.append([1, type]);
  before.append(prologue(frame, locals.scratch, plan));
  const counted = frame.stack === "counted";
  if (counted) before.append([code.block, ...wrapped2]);
  const after2 = counted ? [code.end, ...releaseStack(frame, plan), code.end] : [code.end];
  out.u32(before.size + body.size + after2.length);
  out.append(before.view());
  out.append(body.view());
  out.append(after2);
}
function prologue(frame, scratch, { globals }) {
  const charge2 = [...code.globalGet(globals.fuel), ...code.i64(frame.entryPrice), code.i64Subtract];
  const store = code.globalSet(globals.fuel);
  if (!frame.checksFuel) return [...charge2, ...store, ...compareStack(frame, globals.stack)];
  const charged = [...charge2, ...code.localTee(scratch), ...store];
  const negative = [...code.i64(0), code.i64LessSigned, ...code.ifThen, code.unreachable, code.end];
  if (frame.stack !== "counted") {
    const left = code.localGet(scratch);
    return [...charged, ...left, ...negative, ...compareStack(frame, globals.stack)];
  }
  const stack = code.globalGet(globals.stack);
  const taken2 = [...stack, ...code.i64(frame.slots), code.i64Subtract];
  const take2 = [...taken2, ...code.globalSet(globals.stack)];
  return [...charged, ...take2, ...stack, ...code.localGet(scratch), code.i64Or, ...negative];
}
function compareStack({ stack, slots: slots2 }, global) {
  if (stack !== "compared") return [];
  const tooSmall = [...code.globalGet(global), ...code.i64(slots2), code.i64LessSigned];
  const overflow = [...code.i64(-1), ...code.globalSet(global), code.unreachable];
  return [...tooSmall, ...code.ifThen, ...overflow, code.end];
}
function releaseStack({ slots: slots2 }, { globals }) {
  const released = [...code.globalGet(globals.stack), ...code.i64(slots2), code.i64Add];
  return [...released, ...code.globalSet(globals.stack)];
}

// packages/wasm/src/guard/instructions.ts
var IMMEDIATES = {
  ...{ no: 0, none: 1, index: 2, memory: 3, number: 4, bytes4: 5, bytes8: 6 },
  /** Changes control or types: read by hand. */
  special: 7
};
var ALLOWED = [
  [0, 0, ["special", 0, 0]],
  // unreachable
  [1, 1, ["none", 0, 0]],
  // nop
  [2, 5, ["special", 0, 0]],
  // block, loop, if, else
  [11, 17, ["special", 0, 0]],
  // end, branches, return, calls
  [26, 26, ["none", 1, 0]],
  // drop
  [27, 27, ["none", 3, 1]],
  // select
  [28, 28, ["special", 3, 1]],
  // select of a type
  [32, 32, ["index", 0, 1]],
  // local.get
  [33, 33, ["index", 1, 0]],
  // local.set
  [34, 34, ["index", 1, 1]],
  // local.tee
  [35, 35, ["index", 0, 1]],
  // global.get
  [36, 36, ["index", 1, 0]],
  // global.set
  [37, 37, ["index", 1, 1]],
  // table.get
  [38, 38, ["special", 2, 0]],
  // table.set
  [40, 53, ["memory", 1, 1]],
  // loads
  [54, 62, ["memory", 2, 0]],
  // stores
  [63, 63, ["special", 0, 1]],
  // memory.size
  [64, 64, ["special", 1, 1]],
  // memory.grow
  [65, 66, ["number", 0, 1]],
  // i32.const, i64.const
  [67, 67, ["bytes4", 0, 1]],
  // f32.const
  [68, 68, ["bytes8", 0, 1]],
  // f64.const
  [69, 69, ["none", 1, 1]],
  // i32.eqz
  [70, 79, ["none", 2, 1]],
  // i32 comparisons
  [80, 80, ["none", 1, 1]],
  // i64.eqz
  [81, 102, ["none", 2, 1]],
  // i64, f32, f64 comparisons
  [103, 105, ["none", 1, 1]],
  // i32 counts
  [106, 120, ["none", 2, 1]],
  // i32 arithmetic
  [121, 123, ["none", 1, 1]],
  // i64 counts
  [124, 138, ["none", 2, 1]],
  // i64 arithmetic
  [139, 145, ["none", 1, 1]],
  // f32 of one operand
  [146, 152, ["none", 2, 1]],
  // f32 of two operands
  [153, 159, ["none", 1, 1]],
  // f64 of one operand
  [160, 166, ["none", 2, 1]],
  // f64 of two operands
  [167, 196, ["none", 1, 1]],
  // conversions, sign extension
  [208, 208, ["special", 0, 1]],
  // ref.null
  [209, 209, ["none", 1, 1]],
  // ref.is_null
  [210, 210, ["special", 0, 1]],
  // ref.func
  [252, 252, ["special", 0, 0]]
  // see PREFIXED
];
var SHAPES = new Uint8Array(256);
var POPS = new Uint8Array(256);
var PUSHES = new Uint8Array(256);
for (const [from, to, [immediates, pops, pushes]] of ALLOWED) {
  SHAPES.fill(IMMEDIATES[immediates], from, to + 1);
  POPS.fill(pops, from, to + 1);
  PUSHES.fill(pushes, from, to + 1);
}
var prefixed = (immediates, [pops, pushes], metering = "none") => ({
  ...{ immediates, pops, pushes, metering },
  lasting: metering === "entries" || metering === "growth"
});
var DROP_SEGMENT = { ...prefixed(1, [0, 0]), lasting: true };
var CONVERSION = prefixed(0, [1, 1]);
var PREFIXED = [
  ...new Array(8).fill(CONVERSION),
  // 0–7: saturating conversions
  prefixed(2, [3, 0], "bytes"),
  // 8: memory.init
  DROP_SEGMENT,
  // 9: data.drop
  prefixed(2, [3, 0], "bytes"),
  // 10: memory.copy
  prefixed(1, [3, 0], "bytes"),
  // 11: memory.fill
  prefixed(2, [3, 0], "entries"),
  // 12: table.init
  DROP_SEGMENT,
  // 13: elem.drop
  prefixed(2, [3, 0], "entries"),
  // 14: table.copy
  prefixed(1, [2, 1], "growth"),
  // 15: table.grow
  prefixed(1, [0, 1]),
  // 16: table.size
  prefixed(1, [3, 0], "entries")
  // 17: table.fill
];
var FLOAT_RESULT = { none: 0, f32: 1, f64: 2 };
var FLOAT_RESULTS = new Uint8Array(256);
FLOAT_RESULTS.fill(FLOAT_RESULT.f32, 141, 152);
FLOAT_RESULTS.fill(FLOAT_RESULT.f64, 155, 166);
FLOAT_RESULTS[182] = FLOAT_RESULT.f32;
FLOAT_RESULTS[187] = FLOAT_RESULT.f64;
var BLIND_TO_NAN = new Uint8Array(256);
BLIND_TO_NAN.fill(1, 91, 103);
BLIND_TO_NAN.fill(1, 168, 172);
BLIND_TO_NAN.fill(1, 174, 178);
for (let op = 0; op < 256; op++) if (FLOAT_RESULTS[op]) BLIND_TO_NAN[op] = 1;

// packages/wasm/src/guard/prices.ts
var ONE = 1;
var PRICED = [
  [1, 2, 0],
  // nop, block
  [5, 5, 0],
  // else
  [11, 11, 0],
  // end
  [14, 14, 3],
  // br_table
  [16, 16, 6],
  // call
  [17, 17, 12],
  // call_indirect
  [35, 36, 2],
  // global.get, global.set
  [37, 38, 3],
  // table.get, table.set
  [40, 62, 2],
  // loads and stores
  [64, 64, 1e3],
  // memory.grow, before pages
  [105, 105, 2],
  // i32.popcnt
  [108, 108, 2],
  // i32.mul
  [109, 112, 12],
  // i32 division and remainder
  [123, 123, 2],
  // i64.popcnt
  [126, 126, 2],
  // i64.mul
  [127, 130, 20],
  // i64 division and remainder
  [141, 144, 4],
  // f32 rounding
  [145, 145, 10],
  // f32.sqrt
  [146, 148, 4],
  // f32 add, sub, mul
  [149, 149, 8],
  // f32.div
  [150, 151, 5],
  // f32 min, max
  [152, 152, 2],
  // f32.copysign
  [155, 158, 4],
  // f64 rounding
  [159, 159, 16],
  // f64.sqrt
  [160, 162, 4],
  // f64 add, sub, mul
  [163, 163, 10],
  // f64.div
  [164, 165, 5],
  // f64 min, max
  [166, 166, 2],
  // f64.copysign
  [168, 171, 4],
  // i32 from floats
  [174, 177, 4],
  // i64 from floats
  [178, 187, 3]
  // floats from integers and each other
];
var PRICES = pricesOf();
function pricesOf() {
  const prices = new Uint16Array(256).fill(ONE);
  for (const [from, to, price] of PRICED) prices.fill(price, from, to + 1);
  return prices;
}
var PREFIXED_PRICE = 10;
var ENTRY_PRICE = 2;
var LOCAL_PRICE = 1;
var PAGE_PRICE = 1e5;
var BULK_SHIFT = 2;
var TABLE_ENTRY_PRICE = 16;

// packages/wasm/src/guard/value-types.ts
var [i32, i64, f32, f64, funcref] = [127, 126, 125, 124, 112];
var VALUE_TYPES = {
  ...{ i32, i64, f32, f64, funcref },
  allowed: /* @__PURE__ */ new Set([i32, i64, f32, f64, funcref])
};
function readValueTypes(source) {
  const count3 = source.count("values of one type", STRUCTURE_LIMITS.values);
  const from = source.at;
  for (let i = 0; i < count3; i++) readValueType(source);
  return source.bytes.subarray(from, source.at);
}
function readValueType(source) {
  const at2 = source.at;
  const type = source.byte();
  if (!VALUE_TYPES.allowed.has(type)) throw unsupported(at2, `type 0x${type.toString(16)}`);
  return type;
}

// packages/wasm/src/guard/segments.ts
var CONSTANT = {
  i32: 65,
  i64: 66,
  f32: 67,
  f64: 68,
  null: 208,
  function: 210
};
var END2 = 11;
var PASSIVE = 1;
var EXPLICIT = 2;
var EXPRESSIONS = 4;
var HIGHEST_FLAGS = 7;
function readConstant(source) {
  const at2 = source.at;
  const op = source.byte();
  if (op === CONSTANT.i32 || op === CONSTANT.i64 || op === CONSTANT.function) source.skipNumber();
  else if (op === CONSTANT.f32) source.pass(4);
  else if (op === CONSTANT.f64) source.pass(8);
  else if (op === CONSTANT.null) readFunctionReference(source);
  else throw unsupported(at2, `instruction 0x${op.toString(16)} in a constant`);
  if (source.byte() !== END2) throw unsupported(at2, "a computed constant");
}
function readFunctionReference(source) {
  const at2 = source.at;
  const type = source.byte();
  if (type !== VALUE_TYPES.funcref) throw unsupported(at2, `reference 0x${type.toString(16)}`);
}
function readElements(source) {
  const count3 = source.count("element segments", STRUCTURE_LIMITS.elementSegments);
  for (let i = 0; i < count3; i++) {
    const at2 = source.at;
    const flags = source.u32();
    if (flags > HIGHEST_FLAGS) throw unsupported(at2, `an element segment of kind ${flags}`);
    const active = (flags & PASSIVE) === 0;
    if (active && flags & EXPLICIT) source.u32();
    if (active) readConstant(source);
    if (flags & (PASSIVE | EXPLICIT)) readElementKind(source, flags);
    const items3 = source.count("table entries", STRUCTURE_LIMITS.tableEntries);
    for (let item = 0; item < items3; item++) {
      if (flags & EXPRESSIONS) readConstant(source);
      else source.u32();
    }
  }
}
function readElementKind(source, flags) {
  const at2 = source.at;
  const kind2 = source.byte();
  if (flags & EXPRESSIONS && kind2 === VALUE_TYPES.funcref) return;
  if (flags & EXPRESSIONS || kind2 !== 0) throw unsupported(at2, `elements of kind ${kind2}`);
}
function readSegments(source) {
  const count3 = source.count("data segments", STRUCTURE_LIMITS.dataSegments);
  for (let i = 0; i < count3; i++) {
    const at2 = source.at;
    const flags = source.u32();
    if (flags > EXPLICIT) throw unsupported(at2, `a data segment of kind ${flags}`);
    if (flags === EXPLICIT) source.u32();
    if (flags !== PASSIVE) readConstant(source);
    source.sized();
  }
}

// packages/wasm/src/guard/body-rewriter.ts
var OP = {
  ...{ unreachable: 0, block: 2, loop: 3, if: 4, else: 5, end: 11, br: 12 },
  ...{ brIf: 13, brTable: 14, return: 15, call: 16, callIndirect: 17 },
  ...{ selectTyped: 28, tableSet: 38, memorySize: 63, memoryGrow: 64 },
  ...{ refNull: 208, refFunc: 210, prefix: 252 }
};
var EMPTY_BLOCK = 64;
var LAST_CONVERSION = 7;
var NAN32 = [67, 0, 0, 192, 127];
var NAN64 = [68, 0, 0, 0, 0, 0, 0, 248, 127];
var [EQUAL32, EQUAL64, SELECT] = [91, 97, 27];
var BodyRewriter = class {
  facts = {
    lasting: false,
    functionReferences: false,
    wrappedTypes: /* @__PURE__ */ new Map()
  };
  #outline;
  #plan;
  #body = new ByteSink(1 << 16);
  #control = new ControlStack();
  #fuel;
  #source;
  #bytes;
  /** Everything before this offset is in the body or was replaced. */
  #copied = 0;
  #calls = false;
  #loops = false;
  #compilation = new CompilationCost();
  /** Types of the locals that the guard adds. */
  #added = [];
  #ownLocals = 0;
  /** Index of an added local by its type, -1 as long as there is none. */
  #scratch = new Int32Array(256);
  constructor(outline, plan, source) {
    this.#outline = outline;
    this.#plan = plan;
    this.#source = source;
    this.#bytes = source.bytes;
    this.#fuel = new FuelWriter(this.#body, plan.globals.fuel);
  }
  /** Writes the guarded form of a function, size first. */
  rewrite(source, type, out) {
    this.#source = source;
    this.#body.size = 0;
    this.#calls = false;
    this.#loops = false;
    this.#added = [];
    this.#scratch.fill(-1);
    this.#control.reset(type.results.length);
    this.#compilation.reset();
    const declared = this.#readLocals();
    this.#ownLocals = type.params.length + declared.count;
    this.#fuel.reset(ENTRY_PRICE + LOCAL_PRICE * this.#ownLocals);
    this.#copied = source.at;
    this.#readCode();
    const { entryPrice, totalPrice } = this.#fuel;
    const frame = frameOf({
      ...{ entryPrice, totalPrice, calls: this.#calls, loops: this.#loops },
      slots: this.#ownLocals + this.#control.maxHeight
    });
    this.#compilation.check(this.#ownLocals + this.#control.maxHeight, source.at);
    const scratch = frame.checksFuel ? this.#scratchLocal(VALUE_TYPES.i64) : 0;
    const locals = { declared, added: this.#added, scratch };
    writeFunction(
      out,
      { frame, locals, body: this.#body, wrapped: this.#wrapperOf(type) },
      this.#plan
    );
  }
  #readLocals() {
    const source = this.#source;
    const at2 = source.at;
    const groups = source.u32();
    const from = source.at;
    let count3 = 0;
    for (let i = 0; i < groups; i++) {
      count3 += source.u32();
      readValueType(source);
      const { locals } = STRUCTURE_LIMITS;
      if (count3 > locals) throw overLimit(at2, `${count3} locals of one function`, locals);
    }
    return { count: count3, groups, bytes: source.bytes.subarray(from, source.at) };
  }
  /** From the first instruction to the function's `end`, which is left out. */
  #readCode() {
    const [source, bytes5, control, fuel] = [this.#source, this.#bytes, this.#control, this.#fuel];
    while (control.depth >= 0) {
      const at2 = source.at;
      const op = bytes5[at2];
      const shape = SHAPES[op];
      if (shape === IMMEDIATES.special) {
        this.#readSpecial(op, at2);
        continue;
      }
      this.#charge(PRICES[op], at2);
      let next2 = at2 + 1;
      if (shape === IMMEDIATES.bytes4) next2 += 4;
      else if (shape === IMMEDIATES.bytes8) next2 += 8;
      else if (shape === IMMEDIATES.memory) next2 = this.#skipMemory(next2);
      else if (shape !== IMMEDIATES.none) next2 = skipNumber(bytes5, next2);
      if (shape === IMMEDIATES.no) throw unsupported(at2, `instruction 0x${op.toString(16)}`);
      control.pop(POPS[op]);
      control.push(PUSHES[op]);
      source.at = next2;
      if (FLOAT_RESULTS[op]) this.#canonicalize(FLOAT_RESULTS[op], next2);
      if (next2 > source.end) throw malformed3(at2, "a function ends inside an instruction");
    }
    fuel.close();
  }
  #charge(price, at2) {
    const fuel = this.#fuel;
    if (this.#control.dead) return;
    if (fuel.needsCharge(price)) {
      this.#copyUpTo(at2);
      fuel.openCharge();
    }
    fuel.add(price);
  }
  #copyUpTo(at2) {
    if (at2 > this.#copied) this.#body.append(this.#bytes, this.#copied, at2);
    this.#copied = at2;
  }
  /** Writes something in place of the instruction from `at` to where the source stands now. */
  #replace(at2, instructions) {
    this.#copyUpTo(at2);
    this.#body.append(instructions);
    this.#copied = this.#source.at;
  }
  /** Alignment and offset; other memories than the first would show in the alignment. */
  #skipMemory(at2) {
    const align2 = this.#bytes[at2];
    if (align2 > 3) throw unsupported(at2, "an access of another kind");
    return skipNumber(this.#bytes, at2 + 1);
  }
  /** The NaN that an instruction makes gets its canonical bits, unless the next cannot see them. */
  #canonicalize(result, next2) {
    const following = this.#bytes[next2];
    if (BLIND_TO_NAN[following]) return;
    if (following === OP.prefix && this.#bytes[next2 + 1] <= LAST_CONVERSION) return;
    const wide = result === FLOAT_RESULT.f64;
    const local = this.#scratchLocal(wide ? VALUE_TYPES.f64 : VALUE_TYPES.f32);
    const get2 = code.localGet(local);
    this.#copyUpTo(next2);
    this.#body.append([...code.localTee(local), ...wide ? NAN64 : NAN32, ...get2, ...get2]);
    this.#body.append([wide ? EQUAL64 : EQUAL32, SELECT]);
  }
  #scratchLocal(type) {
    if (this.#scratch[type] === -1) {
      this.#scratch[type] = this.#ownLocals + this.#added.length;
      this.#added.push(type);
    }
    return this.#scratch[type];
  }
  #readSpecial(op, at2) {
    const { memorySize, selectTyped } = OP;
    this.#source.at = at2 + 1;
    if (op >= OP.block && op <= OP.end) this.#readBlock(op, at2);
    else if (op <= OP.return) this.#readBranch(op, at2);
    else {
      this.#charge(op === OP.prefix ? PREFIXED_PRICE : PRICES[op], at2);
      if (op === OP.call || op === OP.callIndirect) this.#readCall(op);
      else if (op === OP.prefix) this.#readPrefixed(at2);
      else {
        this.#control.pop(POPS[op]);
        this.#control.push(PUSHES[op]);
        if (op === memorySize || op === OP.memoryGrow) this.#readMemorySize(op, at2);
        else if (op === selectTyped) readValueTypes(this.#source);
        else this.#readReference(op);
      }
    }
  }
  #readBlock(op, at2) {
    const [control, source, fuel] = [this.#control, this.#source, this.#fuel];
    if (op === OP.end) {
      this.#compilation.close(at2);
      const joins = control.close();
      if (control.depth < 0) this.#copyUpTo(at2);
      else if (joins) fuel.close();
      return;
    }
    if (op === OP.else) {
      this.#compilation.join();
      control.otherwise();
      fuel.close();
      return;
    }
    if (op === OP.if) {
      this.#charge(PRICES[op], at2);
      control.pop(1);
    }
    const kind2 = op === OP.loop ? BLOCK.loop : op === OP.if ? BLOCK.arm : BLOCK.plain;
    control.open(kind2, this.#readArity(), at2);
    this.#compilation.open(kind2, at2);
    if (op === OP.if) fuel.close();
    if (op !== OP.loop) return;
    this.#loops = true;
    fuel.close();
    if (control.dead) return;
    this.#copyUpTo(source.at);
    fuel.openCheckedCharge(this.#scratchLocal(VALUE_TYPES.i64));
    fuel.add(PRICES[op]);
  }
  #readArity() {
    const source = this.#source;
    const first2 = this.#bytes[source.at];
    if (first2 === EMPTY_BLOCK) {
      source.at += 1;
      return NO_VALUES;
    }
    if (first2 < 64 || first2 >= 128) return arityOf(this.#typeAt(source.u32()));
    readValueType(source);
    return ONE_RESULT;
  }
  #typeAt(index) {
    const type = this.#outline.types[index];
    if (type === void 0) throw malformed3(this.#source.at, `no type ${index}`);
    return type;
  }
  #readBranch(op, at2) {
    const [control, source] = [this.#control, this.#source];
    this.#charge(PRICES[op], at2);
    if (op === OP.brIf || op === OP.brTable) control.pop(1);
    if (op === OP.br || op === OP.brIf) control.target(source.u32());
    this.#compilation.join();
    if (op === OP.brTable) {
      for (let labels = source.u32() + 1; labels > 0; labels--) {
        control.target(source.u32());
        this.#compilation.join();
      }
    }
    if (op === OP.return) this.#replace(at2, code.branch(control.depth));
    this.#fuel.close();
    if (op !== OP.brIf) control.abandon();
  }
  #readCall(op) {
    const [control, source] = [this.#control, this.#source];
    this.#calls = true;
    let type;
    if (op === OP.call) type = this.#typeAt(this.#outline.functions[source.u32()] ?? -1);
    else {
      type = this.#typeAt(source.u32());
      source.u32();
      control.pop(1);
    }
    control.pop(type.params.length);
    control.push(type.results.length);
  }
  #readMemorySize(op, at2) {
    const source = this.#source;
    if (source.byte() !== 0) throw unsupported(at2, "a second memory");
    if (op === OP.memoryGrow) this.#replace(at2, code.call(this.#plan.functions.growMemory));
  }
  /** `table.set`, `ref.null`, `ref.func`. */
  #readReference(op) {
    if (op === OP.refNull) readFunctionReference(this.#source);
    else this.#source.u32();
    if (op === OP.tableSet) this.facts.lasting = true;
    if (op === OP.refFunc) this.facts.functionReferences = true;
  }
  #readPrefixed(at2) {
    const [source, { functions }] = [this.#source, this.#plan];
    const number = source.u32();
    const instruction = PREFIXED[number];
    if (instruction === void 0) throw unsupported(at2, `instruction 0xfc ${number}`);
    for (let i = 0; i < instruction.immediates; i++) source.u32();
    this.#control.pop(instruction.pops);
    this.#control.push(instruction.pushes);
    if (instruction.lasting) this.facts.lasting = true;
    const { metering } = instruction;
    if (metering === "bytes") this.#insertCall(at2, functions.meterBytes);
    if (metering === "entries") this.#insertCall(at2, functions.meterEntries);
    if (metering === "growth") this.#replace(at2, code.call(functions.growTable));
  }
  #insertCall(at2, index) {
    this.#copyUpTo(at2);
    this.#body.append(code.call(index));
  }
  /** Type of the block around a body, as it is encoded. */
  #wrapperOf({ results }) {
    if (results.length === 0) return [EMPTY_BLOCK];
    if (results.length === 1) return [results[0]];
    return this.#wrappedType(results);
  }
  #wrappedType(results) {
    const { wrappedTypes } = this.facts;
    const key3 = results.join();
    const known = wrappedTypes.get(key3);
    const index = known ?? this.#outline.types.length + wrappedTypes.size;
    if (known === void 0) wrappedTypes.set(key3, index);
    return code.typeIndex(index);
  }
};
var NO_VALUES = { params: 0, results: 0 };
var ONE_RESULT = { params: 0, results: 1 };
function arityOf({ params, results }) {
  return { params: params.length, results: results.length };
}
function skipNumber(bytes5, at2) {
  let next2 = at2;
  while (bytes5[next2++] >= 128) ;
  return next2;
}

// packages/wasm/src/guard/helper-functions.ts
var { i32: i322, f64: f642, funcref: funcref2 } = VALUE_TYPES;
var HELPER_TYPES = [
  [[], []],
  [[f642, i322, i322], []],
  [[], [f642]],
  [[i322], [i322]],
  [[funcref2, i322], [i322]]
];
var [NOTHING4, BEGIN, END3, LENGTH, GROW_TABLE] = [0, 1, 2, 3, 4];
var HOST_FAILED = -(2 ** 31);
function helperFunctions(outline, plan) {
  const helpers = [
    [BEGIN, ...begin2(plan)],
    [END3, ...end2(plan)],
    [NOTHING4, ...copyGlobals(outline, ({ own, copy }) => [own, copy], plan)],
    [NOTHING4, ...copyGlobals(outline, ({ own, copy }) => [copy, own], plan)],
    [LENGTH, ...outline.memory ? growMemory(plan) : [code.unreachable]],
    [LENGTH, ...meter([...code.i64(BULK_SHIFT), code.i64ShiftRight], plan)],
    [LENGTH, ...meter([...code.i64(TABLE_ENTRY_PRICE), code.i64Multiply], plan)]
  ];
  if (outline.table) helpers.push([GROW_TABLE, ...growTable(outline.table.max, plan)]);
  return helpers.map(([type, ...instructions]) => {
    const content = [0, ...instructions, code.end];
    return { type, body: [...unsigned(content.length), ...content] };
  });
}
function begin2({ globals }) {
  return [
    ...[...code.localGet(0), code.i64OfF64, ...code.globalSet(globals.fuel)],
    ...[...code.localGet(1), code.i64OfI32, ...code.globalSet(globals.stack)],
    ...[...code.localGet(2), ...code.globalSet(globals.pages)]
  ];
}
function end2({ globals }) {
  const [fuel, stack] = [code.globalGet(globals.fuel), code.globalGet(globals.stack)];
  const answer3 = (verdict) => [
    ...[...code.ifThen, ...code.f64(verdict), code.return, code.end]
  ];
  return [
    ...[...stack, ...code.i64(HOST_FAILED), code.i64Equal, ...answer3(VERDICT.hostMemory)],
    ...[...stack, ...code.i64(0), code.i64LessSigned, ...answer3(VERDICT.stackOverflow)],
    ...[...fuel, ...code.i64(0), code.i64LessSigned, ...answer3(VERDICT.outOfFuel)],
    ...[...fuel, code.f64OfI64]
  ];
}
function copyGlobals({ globals }, direction, plan) {
  let copy = plan.globals.copies;
  return globals.flatMap(({ mutable }, own) => {
    if (!mutable) return [];
    const [from, to] = direction({ own, copy: copy++ });
    return [...code.globalGet(from), ...code.globalSet(to)];
  });
}
function meter(price, plan) {
  return [...charge([...code.localGet(0), code.i64OfU32, ...price], plan), ...code.localGet(0)];
}
function charge(price, { globals }) {
  const fuel = code.globalGet(globals.fuel);
  return [
    ...[...fuel, ...price, code.i64Subtract, ...code.globalSet(globals.fuel)],
    ...[...fuel, ...code.i64(0), code.i64LessSigned, ...code.ifThen, code.unreachable, code.end]
  ];
}
var REFUSED = [...code.i32(-1), code.return];
function growMemory(plan) {
  const room = [...code.globalGet(plan.globals.pages), ...code.memorySize, code.i32Subtract];
  const price = [...code.localGet(0), code.i64OfU32, ...code.i64(PAGE_PRICE), code.i64Multiply];
  return [
    ...[...code.localGet(0), ...room, code.i32GreaterUnsigned],
    ...[...code.ifThen, ...REFUSED, code.end],
    ...charge(price, plan),
    ...[...code.localGet(0), ...code.memoryGrow, ...code.localTee(0)],
    ...failOfHost(plan),
    ...code.localGet(0)
  ];
}
function growTable(max, plan) {
  const entries2 = Math.min(max ?? STRUCTURE_LIMITS.tableEntries, STRUCTURE_LIMITS.tableEntries);
  const room = [...code.i32(entries2), ...code.tableSize, code.i32Subtract];
  const price = [...code.localGet(1), code.i64OfU32, ...code.i64(TABLE_ENTRY_PRICE)];
  return [
    ...[...code.localGet(1), ...room, code.i32GreaterUnsigned],
    ...[...code.ifThen, ...REFUSED, code.end],
    ...charge([...price, code.i64Multiply], plan),
    ...[...code.localGet(0), ...code.localGet(1), ...code.tableGrow, ...code.localTee(1)],
    ...failOfHost(plan),
    ...code.localGet(1)
  ];
}
function failOfHost({ globals }) {
  const mark = [...code.i64(HOST_FAILED), ...code.globalSet(globals.stack)];
  return [...code.i32(-1), code.i32Equal, ...code.ifThen, ...mark, code.unreachable, code.end];
}

// packages/wasm/src/guard/outline.ts
var SECTION = {
  ...{ custom: 0, types: 1, imports: 2, functions: 3, tables: 4, memories: 5, globals: 6 },
  ...{ exports: 7, start: 8, elements: 9, code: 10, data: 11, dataCount: 12 }
};
var EXPORT_KIND = { function: 0, table: 1, memory: 2, global: 3 };
var HEADER_BYTES = 8;
var FUNCTION_TYPE = 96;
function readOutline(bytes5) {
  const source = new ByteSource(bytes5, HEADER_BYTES);
  const outline = {
    ...{ types: [], functions: [], globals: [], exports: [], bodies: [] },
    ...{ memory: void 0, table: void 0, start: void 0 },
    ...{ raw: /* @__PURE__ */ new Map(), whole: /* @__PURE__ */ new Map() }
  };
  while (!source.done) {
    const at2 = source.at;
    const id = source.byte();
    const size = source.u32();
    const from = source.at;
    source.pass(size);
    if (id === SECTION.custom) continue;
    const read2 = READERS[id];
    if (read2 === void 0) throw unsupported(at2, `section ${id}`);
    const section = new ByteSource(bytes5, from, source.at);
    read2(section, outline);
    if (!section.done) throw malformed3(section.at, `section ${id} ends later than it says`);
  }
  return outline;
}
var READERS = {
  [SECTION.types]: readTypes,
  [SECTION.imports]: readImports,
  [SECTION.functions]: readFunctions,
  [SECTION.tables]: readTable,
  [SECTION.memories]: readMemory,
  [SECTION.globals]: readGlobals,
  [SECTION.exports]: readExports,
  [SECTION.start]: (source, outline) => {
    outline.start = source.u32();
  },
  [SECTION.elements]: (source, outline) => keepWhole(SECTION.elements, source, outline),
  [SECTION.code]: readBodies,
  [SECTION.data]: (source, outline) => keepWhole(SECTION.data, source, outline),
  [SECTION.dataCount]: (source, outline) => keepWhole(SECTION.dataCount, source, outline)
};
function readList2(source, [what, limit], readItem) {
  const count3 = source.count(what, limit);
  const from = source.at;
  for (let index = 0; index < count3; index++) readItem(index);
  return { count: count3, bytes: source.bytes.subarray(from, source.at) };
}
function keepWhole(id, source, outline) {
  outline.whole.set(id, source.bytes.subarray(source.at, source.end));
  if (id === SECTION.elements) readElements(source);
  else if (id === SECTION.data) readSegments(source);
  else source.u32();
}
function readTypes(source, outline) {
  const types = [];
  const raw = readList2(source, ["types", STRUCTURE_LIMITS.types], () => {
    const at2 = source.at;
    const form2 = source.byte();
    if (form2 !== FUNCTION_TYPE) throw unsupported(at2, `type form 0x${form2.toString(16)}`);
    types.push({ params: readValueTypes(source), results: readValueTypes(source) });
  });
  outline.raw.set(SECTION.types, raw);
  outline.types = types;
}
function readImports(source) {
  if (source.u32() === 0) return;
  const name2 = () => {
    const text8 = decodeUtf8(source.sized());
    return text8.ok ? text8.value : "?";
  };
  const [from, item] = [name2(), name2()];
  throw new RefusalError({
    code: "module-imports",
    at: pointer2("imports", from, item),
    detail: `imports ${from}.${item}; a module may import nothing`
  });
}
function pointer2(...names) {
  return names.map((name2) => `/${name2.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}
function readFunctions(source, outline) {
  const functions = [];
  const raw = readList2(source, ["functions", STRUCTURE_LIMITS.functions], () => {
    functions.push(source.u32());
  });
  outline.raw.set(SECTION.functions, raw);
  outline.functions = functions;
}
function readRange2(source) {
  const at2 = source.at;
  const flags = source.byte();
  if (flags > 1) throw unsupported(at2, `a size of kind 0x${flags.toString(16)}`);
  return { min: source.u32(), max: flags === 1 ? source.u32() : void 0 };
}
function readTable(source, outline) {
  outline.whole.set(SECTION.tables, source.bytes.subarray(source.at, source.end));
  const at2 = source.at;
  const count3 = source.u32();
  if (count3 === 0) return;
  if (count3 > 1) throw unsupported(at2, "more than one table");
  const type = source.byte();
  if (type !== VALUE_TYPES.funcref) throw unsupported(at2, `a table of type 0x${type.toString(16)}`);
  outline.table = readRange2(source);
  const { tableEntries } = STRUCTURE_LIMITS;
  if (outline.table.min > tableEntries) throw overLimit(at2, "table entries", tableEntries);
}
function readMemory(source, outline) {
  outline.whole.set(SECTION.memories, source.bytes.subarray(source.at, source.end));
  const at2 = source.at;
  const count3 = source.u32();
  if (count3 === 0) return;
  if (count3 > 1) throw unsupported(at2, "more than one memory");
  outline.memory = readRange2(source);
}
function readGlobals(source, outline) {
  const globals = [];
  const raw = readList2(source, ["globals", STRUCTURE_LIMITS.globals], () => {
    const at2 = source.at;
    const type = source.byte();
    if (!VALUE_TYPES.allowed.has(type)) throw unsupported(at2, `type 0x${type.toString(16)}`);
    const mutability = source.byte();
    if (mutability > 1) throw unsupported(at2, `a global of kind ${mutability}`);
    globals.push({ type, mutable: mutability === 1 });
    readConstant(source);
  });
  outline.raw.set(SECTION.globals, raw);
  outline.globals = globals;
}
function readExports(source, outline) {
  const exports = [];
  readList2(source, ["exports", STRUCTURE_LIMITS.exports], () => {
    const at2 = source.at;
    const name2 = decodeUtf8(source.sized());
    if (!name2.ok) throw malformed3(at2, "a name that is not UTF-8");
    const kind2 = source.byte();
    if (kind2 > EXPORT_KIND.global) throw unsupported(at2, `an export of kind ${kind2}`);
    exports.push({ name: name2.value, kind: kind2, index: source.u32() });
  });
  outline.exports = exports;
}
function readBodies(source, outline) {
  const bodies = [];
  readList2(source, ["functions", STRUCTURE_LIMITS.functions], () => {
    const at2 = source.at;
    const size = source.u32();
    const { bodyBytes } = STRUCTURE_LIMITS;
    if (size > bodyBytes) throw overLimit(at2, `${size} bytes of one function`, bodyBytes);
    const from = source.at;
    source.pass(size);
    bodies.push(new ByteSource(source.bytes, from, source.at));
  });
  outline.bodies = bodies;
}

// packages/wasm/src/guard/instrument.ts
var KEPT = {
  memory: EXPORT_KIND.memory,
  alloc: EXPORT_KIND.function,
  step: EXPORT_KIND.function,
  run: EXPORT_KIND.function
};
var GUARD_EXPORTS = {
  ...{ begin: "guard.begin", end: "guard.end", save: "guard.save", restore: "guard.restore" },
  start: "guard.start"
};
var HEADER = [0, 97, 115, 109, 1, 0, 0, 0];
var FUNCTION_TYPE2 = 96;
var EXPECTED_GROWTH = 1.5;
function instrument(bytes5) {
  return attempt(() => {
    const outline = readOutline(bytes5);
    const plan = planGuard(outline);
    const code2 = new ByteSink(bytes5.length * EXPECTED_GROWTH);
    const facts = writeCode(outline, plan, code2);
    const out = new ByteSink(code2.size + bytes5.length);
    out.append(HEADER);
    writeTypes(out, outline, facts);
    writeFunctionTypes(out, outline, facts, plan);
    copySection(out, outline, SECTION.tables);
    copySection(out, outline, SECTION.memories);
    writeGlobals(out, outline);
    writeExports(out, outline, facts, plan);
    copySection(out, outline, SECTION.elements);
    copySection(out, outline, SECTION.dataCount);
    writeSection(out, SECTION.code, code2);
    copySection(out, outline, SECTION.data);
    return { bytes: out.view().slice(), outline, resettable: !facts.lasting };
  });
}
function writeCode(outline, plan, out) {
  const { bodies, functions, types } = outline;
  const helpers = helperFunctions(outline, plan);
  out.u32(bodies.length + helpers.length);
  const rewriter = new BodyRewriter(outline, plan, bodies[0] ?? NO_CODE);
  for (const [index, body] of bodies.entries()) {
    const type = types[functions[index]];
    if (type) rewriter.rewrite(body, type, out);
  }
  for (const { body } of helpers) out.append(body);
  return rewriter.facts;
}
var NO_CODE = new ByteSource(new Uint8Array());
function writeSection(out, id, content) {
  out.byte(id);
  out.sized(content);
}
function copySection(out, { whole }, id) {
  const content = whole.get(id);
  if (!content) return;
  out.byte(id);
  out.u32(content.length);
  out.append(content);
}
function writeTypes(out, { raw }, { wrappedTypes }) {
  const own = raw.get(SECTION.types);
  const section = new ByteSink();
  section.u32((own?.count ?? 0) + wrappedTypes.size + HELPER_TYPES.length);
  if (own) section.append(own.bytes);
  for (const results of wrappedTypes.keys()) {
    const values = results.split(",").map(Number);
    section.append([FUNCTION_TYPE2, 0, ...unsigned(values.length), ...values]);
  }
  for (const [params, results] of HELPER_TYPES) {
    section.append([FUNCTION_TYPE2, params.length, ...params, results.length, ...results]);
  }
  writeSection(out, SECTION.types, section);
}
function writeFunctionTypes(out, outline, { wrappedTypes }, plan) {
  const own = outline.raw.get(SECTION.functions);
  const helpers = helperFunctions(outline, plan);
  const firstType2 = outline.types.length + wrappedTypes.size;
  const section = new ByteSink();
  section.u32((own?.count ?? 0) + helpers.length);
  if (own) section.append(own.bytes);
  for (const { type } of helpers) section.u32(firstType2 + type);
  writeSection(out, SECTION.functions, section);
}
var ZEROS = {
  [VALUE_TYPES.i32]: [65, 0],
  [VALUE_TYPES.i64]: [66, 0],
  [VALUE_TYPES.f32]: [67, 0, 0, 0, 0],
  [VALUE_TYPES.f64]: [68, 0, 0, 0, 0, 0, 0, 0, 0],
  [VALUE_TYPES.funcref]: [208, 112]
};
function writeGlobals(out, { raw, globals }) {
  const own = raw.get(SECTION.globals);
  const copies = globals.filter(({ mutable }) => mutable).map(({ type }) => type);
  const added = [VALUE_TYPES.i64, VALUE_TYPES.i64, VALUE_TYPES.i32, ...copies];
  const section = new ByteSink();
  section.u32((own?.count ?? 0) + added.length);
  if (own) section.append(own.bytes);
  for (const type of added) section.append([type, 1, ...ZEROS[type] ?? [], 11]);
  writeSection(out, SECTION.globals, section);
}
function writeExports(out, { exports, start: start3 }, facts, { functions }) {
  const { function: callable } = EXPORT_KIND;
  const list4 = [
    [GUARD_EXPORTS.begin, callable, functions.begin],
    [GUARD_EXPORTS.end, callable, functions.end],
    [GUARD_EXPORTS.save, callable, functions.save],
    [GUARD_EXPORTS.restore, callable, functions.restore]
  ];
  if (start3 !== void 0) list4.push([GUARD_EXPORTS.start, callable, start3]);
  for (const { name: name2, kind: kind2, index } of exports) {
    if (KEPT[name2] === kind2 && Object.hasOwn(KEPT, name2)) list4.push([name2, kind2, index]);
    else if (kind2 === callable && facts.functionReferences) {
      list4.push([`guard.function.${list4.length}`, kind2, index]);
    }
  }
  const section = new ByteSink();
  section.u32(list4.length);
  for (const [name2, kind2, index] of list4) {
    section.u32(name2.length);
    section.append([...name2].map((letter) => letter.charCodeAt(0)));
    section.byte(kind2);
    section.u32(index);
  }
  writeSection(out, SECTION.exports, section);
}

// packages/wasm/src/instance.ts
var ENTRIES = ["step", "run"];
var PAIR_PARAMS = 2;
var RESULT_POINTER_PARAMS = 3;
var Trap = class {
  constructor(code2, reason) {
    this.code = code2;
    this.reason = reason;
  }
  code;
  reason;
};
var nothing = () => void 0;
var Instance = class _Instance {
  alloc;
  step;
  run;
  /** Saves the globals as they are, and brings back what was saved. */
  save;
  restore;
  #start;
  #begin;
  #end;
  #memory;
  #bytes;
  #trapped = false;
  constructor(exports) {
    const functionOf = (name2) => exports[name2];
    this.alloc = functionOf("alloc");
    this.step = functionOf("step");
    this.run = functionOf("run");
    this.save = functionOf(GUARD_EXPORTS.save);
    this.restore = functionOf(GUARD_EXPORTS.restore);
    this.#start = functionOf(GUARD_EXPORTS.start) ?? nothing;
    this.#begin = functionOf(GUARD_EXPORTS.begin);
    this.#end = functionOf(GUARD_EXPORTS.end);
    this.#memory = exports.memory;
    this.#bytes = new Uint8Array(this.#memory.buffer);
  }
  /** A fresh instance, its start function not run yet. */
  static create(module) {
    try {
      return new _Instance(new WebAssembly.Instance(module).exports);
    } catch (cause) {
      throwIfHostFailed(cause);
      return new Trap("module-trap", reasonOf(cause));
    }
  }
  /** The memory as it is now; what was handed out before may be empty. */
  get bytes() {
    if (this.#bytes.length === 0) this.#bytes = new Uint8Array(this.#memory.buffer);
    return this.#bytes;
  }
  /** No call has trapped: nothing was left half done. */
  get sound() {
    return !this.#trapped;
  }
  /** Says what may be spent from here on. */
  begin(fuel, stackSlots, memoryPages) {
    this.#begin(fuel, stackSlots, memoryPages);
  }
  /** Fuel left, or below zero a verdict. */
  end() {
    return this.#end();
  }
  /** Runs the start function, if there is one. */
  start() {
    return this.attempt(() => {
      this.#start();
      return this.#end() < 0 ? this.#trap("the start function spent it all") : void 0;
    });
  }
  /** Runs something that enters the module; whatever it throws is the module's or the host's. */
  attempt(run) {
    try {
      return run();
    } catch (cause) {
      this.#trapped = true;
      throwIfHostFailed(cause);
      return this.#trap(reasonOf(cause));
    }
  }
  #trap(reason) {
    this.#trapped = true;
    switch (this.#end()) {
      case VERDICT.hostMemory:
        throw hostMemoryFault("memory could not grow within its limits");
      case VERDICT.stackOverflow:
        return new Trap("stack-overflow", "the stack is deeper than its limit");
      case VERDICT.outOfFuel:
        return new Trap("out-of-fuel", "the fuel is used up");
      default:
        return new Trap("module-trap", reason);
    }
  }
};
function reasonOf(cause) {
  return cause instanceof Error ? cause.message : "an exception of the module";
}
function throwIfHostFailed(cause) {
  if (!(cause instanceof RangeError)) return;
  if (!cause.message.includes("call stack")) throw hostMemoryFault(cause);
  throw new AosFault("engine-stack", "the stack of this thread is too small; call from less deep", {
    retry: "never",
    cause
  });
}
function hostMemoryFault(cause) {
  return new AosFault("engine-memory", "no room for a module instance; free memory and retry", {
    retry: "later",
    cause
  });
}

// packages/wasm/src/call.ts
var RESULT_PAIR_BYTES = 8;
function faultOf(code2, { fuel }) {
  return { kind: "fault", code: code2, fuel };
}
function callInstance(instance2, call) {
  const answer3 = instance2.attempt(() => enter2(instance2, call));
  if (answer3 instanceof Trap) return faultOf(answer3.code, call.limits);
  if (typeof answer3 === "string") return faultOf(answer3, call.limits);
  const left = instance2.end();
  if (left < 0) return faultOf("out-of-fuel", call.limits);
  return { kind: "output", output: answer3, fuel: call.limits.fuel - left };
}
function enter2(instance2, { entry: entry2, input, limits }) {
  const run = instance2[entry2];
  if (run === void 0) return "module-export-missing";
  const address = allocate(instance2, input.length);
  if (address < 0) return "module-alloc";
  instance2.bytes.set(input, address);
  if (run.length !== RESULT_POINTER_PARAMS) {
    const [at2, size] = run(address, input.length);
    return outputAt(instance2, at2 >>> 0, size >>> 0, limits.outputBytes);
  }
  return enterWithPointer(instance2, run, [address, input.length, limits.outputBytes]);
}
function enterWithPointer(instance2, run, [address, sizeBytes, outputBytes]) {
  const pair = allocate(instance2, RESULT_PAIR_BYTES);
  if (pair < 0) return "module-alloc";
  run(pair, address, sizeBytes);
  const { bytes: bytes5 } = instance2;
  return outputAt(instance2, readU32(bytes5, pair), readU32(bytes5, pair + 4), outputBytes);
}
function allocate(instance2, sizeBytes) {
  const address = instance2.alloc(sizeBytes) >>> 0;
  return address + sizeBytes <= instance2.bytes.length ? address : -1;
}
function outputAt({ bytes: bytes5 }, address, sizeBytes, outputBytes) {
  if (address + sizeBytes > bytes5.length) return "module-output-bounds";
  if (sizeBytes > outputBytes) return "module-output-size";
  return bytes5.slice(address, address + sizeBytes);
}
function readU32(bytes5, at2) {
  const low = bytes5[at2] | bytes5[at2 + 1] << 8;
  return (low | bytes5[at2 + 2] << 16 | bytes5[at2 + 3] << 24) >>> 0;
}

// packages/wasm/src/memory-image.ts
var WORTH_FILLING_BYTES = 8192;
var MemoryImage = class {
  sizeBytes;
  #stretches;
  constructor(memory) {
    this.sizeBytes = memory.length;
    this.#stretches = stretchesOf(memory);
  }
  /** Writes the image over a memory of the same size. */
  restore(memory) {
    for (const { from, to, bytes: bytes5 } of this.#stretches) {
      if (bytes5) memory.set(bytes5, from);
      else memory.fill(0, from, to);
    }
  }
};
function stretchesOf(memory) {
  const stretches = [];
  const words2 = new Uint32Array(memory.buffer, memory.byteOffset, memory.length >>> 2);
  const size = words2.length;
  const take2 = (from2, to) => ({
    ...{ from: from2 * 4, to: to * 4 },
    bytes: memory.slice(from2 * 4, to * 4)
  });
  let from = 0;
  let at2 = 0;
  while (at2 < size) {
    const zerosFrom = at2;
    while (at2 < size && words2[at2] === 0) at2++;
    if (at2 - zerosFrom >= WORTH_FILLING_BYTES / 4) {
      if (zerosFrom > from) stretches.push(take2(from, zerosFrom));
      stretches.push({ from: zerosFrom * 4, to: at2 * 4 });
      from = at2;
    }
    while (at2 < size && words2[at2] !== 0) at2++;
  }
  if (size > from) stretches.push(take2(from, size));
  return stretches;
}

// packages/wasm/src/loaded-module.ts
var MAX_GROWN = 3;
var LoadedModule = class {
  /** Pages of memory before the first instruction. */
  minPages;
  #maxPages;
  #module;
  #pooled;
  #idle;
  #grown = 0;
  constructor(module, guarded, reuse) {
    const { memory } = guarded.outline;
    this.#module = module;
    this.minPages = memory?.min ?? 0;
    this.#maxPages = memory?.max ?? Number.POSITIVE_INFINITY;
    this.#pooled = reuse === "safe" && guarded.resettable;
  }
  call(call) {
    const kept = this.#take(call.limits);
    if (kept === void 0) return this.#callFresh(call);
    const { instance: instance2, image, fuel } = kept;
    image.restore(instance2.bytes);
    instance2.restore();
    this.begin(instance2, { ...call.limits, fuel });
    const outcome = callInstance(instance2, call);
    this.#keep(kept);
    return outcome;
  }
  /** An instance that has started, or why there is none. */
  open(limits) {
    const instance2 = Instance.create(this.#module);
    if (instance2 instanceof Trap) return instance2;
    this.begin(instance2, limits);
    return instance2.start() ?? instance2;
  }
  /** Says what an instance may use; the module's own largest memory is a limit as well. */
  begin(instance2, { fuel, stackSlots, memoryPages }) {
    const pages = memoryPages < this.#maxPages ? memoryPages : this.#maxPages;
    instance2.begin(fuel, stackSlots, pages);
  }
  #callFresh(call) {
    const { limits } = call;
    if (this.minPages > limits.memoryPages) return faultOf("memory-limit", limits);
    const instance2 = this.open(limits);
    if (instance2 instanceof Trap) return faultOf(instance2.code, limits);
    if (!this.#pooled || this.#grown >= MAX_GROWN) return callInstance(instance2, call);
    instance2.save();
    const image = new MemoryImage(instance2.bytes);
    const fuel = instance2.end();
    const outcome = callInstance(instance2, call);
    this.#keep({ instance: instance2, image, limits, fuel });
    return outcome;
  }
  #take(limits) {
    const kept = this.#idle;
    if (kept === void 0) return void 0;
    this.#idle = void 0;
    return sameLimits(kept.limits, limits) ? kept : void 0;
  }
  #keep(kept) {
    const { instance: instance2, image } = kept;
    if (!instance2.sound) return;
    if (instance2.bytes.length === image.sizeBytes) {
      this.#idle = kept;
      this.#grown = 0;
    } else this.#grown += 1;
  }
};
function sameLimits(a, b) {
  return a.fuel === b.fuel && a.memoryPages === b.memoryPages && a.stackSlots === b.stackSlots;
}

// packages/wasm/src/admission.ts
var CHECKS = [
  { name: "size", run: checkSize3 },
  { name: "format", run: checkFormat2 },
  { name: "features", run: checkFeatures2 },
  { name: "guard", run: checkGuard },
  { name: "exports", run: checkExports },
  { name: "memory", run: checkMemory },
  { name: "start", run: checkStart },
  { name: "smoke call", run: callOnce }
];
var SMOKE_FUEL = 1e6;
var SMOKE_INPUT = new Uint8Array();
function admitModule(bytes5, rules) {
  const candidate = { ...rules, bytes: bytes5 };
  const checks = [];
  for (const { name: name2, run } of CHECKS) {
    const found = run(candidate);
    if (typeof found === "string") {
      checks.push({ name: name2, ok: true, detail: found });
      continue;
    }
    checks.push({ name: name2, ok: false, detail: found.detail });
    return { ok: false, report: { ok: false, checks, code: found.code }, refusal: found };
  }
  assert(candidate.module, "the guard makes a module");
  return { ok: true, report: { ok: true, checks }, module: candidate.module };
}
function checkSize3({ bytes: bytes5, maxBytes }) {
  const detail = `${bytes5.length} bytes, ${maxBytes} at most`;
  return bytes5.length <= maxBytes ? detail : { code: "module-too-large", at: "", detail };
}
function checkFormat2({ bytes: bytes5 }) {
  if (WebAssembly.validate(bytes5)) return "valid WebAssembly";
  return { code: "module-invalid", at: "", detail: "not valid WebAssembly" };
}
function checkFeatures2(candidate) {
  const guarded = instrument(candidate.bytes);
  if (!guarded.ok) return guarded.refusal;
  candidate.guarded = guarded.value;
  const { functions, globals } = guarded.value.outline;
  return `${functions.length} functions, ${globals.length} globals, nothing but what is allowed`;
}
function checkGuard(candidate) {
  const guarded = guardedOf(candidate);
  try {
    const module = new WebAssembly.Module(guarded.bytes);
    candidate.module = new LoadedModule(module, guarded, candidate.reuse);
    return `${guarded.bytes.length} bytes, valid again`;
  } catch {
    const detail = "the guarded form is not valid, or beyond what this platform compiles";
    return { code: "module-guard", at: "", detail };
  }
}
var { i32: i323 } = VALUE_TYPES;
var PAIR = [i323, i323];
function checkExports(candidate) {
  const { exports } = guardedOf(candidate).outline;
  const memory = exports.find(({ name: name2 }) => name2 === "memory");
  if (memory?.kind !== EXPORT_KIND.memory) return missing4("memory", "a memory");
  const alloc = typeOf(candidate, "alloc");
  if (!alloc || !isOf(alloc.params, [i323]) || !isOf(alloc.results, [i323])) {
    return missing4("alloc", "a function (i32) -> i32");
  }
  const entries2 = ENTRIES.filter((entry2) => typeOf(candidate, entry2));
  for (const entry2 of entries2) {
    if (isEntry(typeOf(candidate, entry2))) continue;
    return missing4(entry2, "a function (i32, i32) -> (i32, i32) or (i32, i32, i32) -> ()");
  }
  const wanted = candidate.entry === void 0 ? ENTRIES : [candidate.entry];
  if (wanted.some((entry2) => entries2.includes(entry2))) return `memory, alloc, ${entries2.join()}`;
  return missing4(wanted[0] ?? "step", `a function, under ${wanted.join(" or ")}`);
}
function typeOf(candidate, name2) {
  const { exports, functions, types } = guardedOf(candidate).outline;
  const found = exports.find((each) => each.name === name2 && each.kind === EXPORT_KIND.function);
  return found && types[functions[found.index]];
}
function isEntry(type) {
  if (!type) return false;
  const { params, results } = type;
  if (params.length === PAIR_PARAMS) return isOf(params, PAIR) && isOf(results, PAIR);
  const wanted = new Array(RESULT_POINTER_PARAMS).fill(i323);
  return isOf(params, wanted) && results.length === 0;
}
function isOf(types, wanted) {
  return types.length === wanted.length && types.every((type, i) => type === wanted[i]);
}
function missing4(name2, expected2) {
  const detail = `expected export ${name2}: ${expected2}`;
  return { code: "module-export-missing", at: pointer2("exports", name2), detail };
}
function checkMemory({ module, limits }) {
  const detail = `${module?.minPages} pages at first, ${limits.memoryPages} at most`;
  if ((module?.minPages ?? 0) <= limits.memoryPages) return detail;
  return { code: "memory-limit", at: pointer2("exports", "memory"), detail };
}
function checkStart(candidate) {
  const { module, limits } = candidate;
  assert(module, "the guard makes a module");
  const instance2 = module.open(limits);
  if (instance2 instanceof Trap) {
    const detail = `does not start: ${instance2.code}, ${instance2.reason}`;
    return { code: "module-instantiate", at: "", detail };
  }
  candidate.instance = instance2;
  return `starts, with ${limits.fuel - instance2.end()} fuel`;
}
function callOnce({ instance: instance2, module, limits, entry: entry2 }) {
  assert(instance2 && module, "the module has started");
  const smoke = { ...limits, fuel: Math.min(limits.fuel, SMOKE_FUEL) };
  module.begin(instance2, smoke);
  const called = entry2 ?? (instance2.step ? "step" : "run");
  const outcome = callInstance(instance2, { entry: called, input: SMOKE_INPUT, limits: smoke });
  const end3 = outcome.kind === "output" ? `${outcome.output.length} bytes` : outcome.code;
  return `${called} of an empty input ends in ${end3}`;
}
function guardedOf({ guarded }) {
  assert(guarded, "the features are checked first");
  return guarded;
}

// packages/wasm/src/engine.ts
var DEFAULT_MAX_MODULE_BYTES = 16 * 1024 * 1024;
var WasmEngine = class {
  #modules = /* @__PURE__ */ new Map();
  /** The same by identity: hashes are not changed, and a world asks with the same ones. */
  #known = /* @__PURE__ */ new WeakMap();
  /** What was admitted, for which entry and under which limits: it would be again. */
  #admitted = /* @__PURE__ */ new Set();
  #maxModuleBytes;
  #reuse;
  constructor(options = {}) {
    this.#maxModuleBytes = options.maxModuleBytes ?? DEFAULT_MAX_MODULE_BYTES;
    this.#reuse = options.reuse ?? "safe";
  }
  /**
   * Admits a module; with `entry` only if it has that one. Codes: `module-too-large`,
   * `module-invalid`, `module-imports`, `module-feature`, `module-limit`, `module-guard`,
   * `module-export-missing` (`at` names it), `memory-limit`, `module-instantiate`. Runs the start
   * function and an entry once, within the limits.
   */
  load(bytes5, entry2, options = {}) {
    const hash8 = sha2562(bytes5);
    const key3 = toHex2(hash8);
    const rules = this.#rulesOf(entry2, options);
    const asked = `${key3} ${entry2} ${JSON.stringify(rules.limits)}`;
    if (this.#admitted.has(asked)) return ok(hash8);
    const admission = admitModule(bytes5, rules);
    if (!admission.ok) {
      const { code: code2, at: at2, detail } = admission.refusal;
      return refuse(code2, at2, detail);
    }
    if (!this.#modules.has(key3)) this.#modules.set(key3, admission.module);
    this.#admitted.add(asked);
    return ok(hash8);
  }
  /** What {@link load} would look at, without keeping the module. */
  inspect(bytes5, entry2, options = {}) {
    return admitModule(bytes5, this.#rulesOf(entry2, options)).report;
  }
  has(module) {
    return this.#find(module) !== void 0;
  }
  /**
   * Fault codes: `module-trap`, `out-of-fuel`, `stack-overflow`, `memory-limit`,
   * `module-export-missing`, `module-alloc`, `module-output-bounds`, `module-output-size`. A module
   * that was not loaded is a Defect of the caller.
   */
  call(module, entry2, input, limits) {
    const loaded = this.#find(module);
    assert(loaded, "a module is loaded before it is called");
    return loaded.call({ entry: entry2, input, limits });
  }
  #find(module) {
    const known = this.#known.get(module);
    if (known) return known;
    const found = this.#modules.get(toHex2(module));
    if (found) this.#known.set(module, found);
    return found;
  }
  #rulesOf(entry2, options) {
    const limits = options.limits ?? DEFAULT_CALL_LIMITS;
    return { maxBytes: this.#maxModuleBytes, entry: entry2, limits, reuse: this.#reuse };
  }
};

// packages/testing/test/counter-world.ts
import { generateKeyPairSync, sign } from "node:crypto";
import { fileURLToPath } from "node:url";
var folder = fileURLToPath(new URL("../../../examples/00-counter", import.meta.url));
var ports = { engine: new WasmEngine(), clock: systemClock, fillEntropy: systemEntropy };
function makeSigner() {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const { x } = publicKey.export({ format: "jwk" });
  const bytes5 = new Uint8Array(Buffer.from(x, "base64url"));
  return {
    keyId: sha2562(bytes5),
    publicKey: bytes5,
    sign: (message) => new Uint8Array(sign(null, message, privateKey))
  };
}
var operator = makeSigner();
var event = (json) => {
  const value = parseJson(json);
  if (!value.ok) throw new Error(value.refusal.detail);
  return { schema: "demo/CounterEvent@1", json: value.value };
};
var start2 = event('{"Start":{"target":1000000000}}');
var tick = event('{"Tick":null}');

// packages/testing/test/asking-world.ts
var refs = (...names) => names.map((name2) => ({ name: name2 }));
var ask = (id, n) => ({
  id,
  op: "emit_effect",
  kind: "ask",
  params: { record: { n } },
  cap: "ask",
  bind: { effect_id_as: id }
});
var hear = (id, asked) => ({
  id,
  op: "await_receipt",
  for: { ref: `@var:${asked}` },
  bind: { as: id }
});
var steps = [
  ask("first", { ref: "@plan.input.n" }),
  hear("answer", "first"),
  ask("second", { op: "get", args: [{ ref: "@var:answer" }, { text: "n" }] }),
  hear("reply", "second"),
  { id: "done", op: "end" }
];
var definitions = [
  { $kind: "defschema", name: "d/Order@1", type: { record: { n: { nat: {} } } } },
  {
    $kind: "defeffect",
    name: "d/ask@1",
    kind: "ask",
    params_schema: "d/Order@1",
    receipt_schema: "d/Order@1",
    cap_type: "asking",
    origin_scope: "plan"
  },
  {
    $kind: "defcap",
    name: "d/asking@1",
    cap_type: "asking",
    schema: { record: {} },
    enforcer: { module: "sys/CapAllowAll@1" }
  },
  { $kind: "defpolicy", name: "d/policy@1", rules: [{ when: {}, decision: "allow" }] },
  {
    $kind: "defplan",
    name: "d/order@1",
    input: "d/Order@1",
    steps,
    edges: steps.slice(1).map(({ id }, i) => ({ from: steps[i]?.id, to: id }))
  },
  {
    $kind: "manifest",
    air_version: "1",
    features: ["expressions-1.1"],
    schemas: refs("d/Order@1"),
    modules: [],
    plans: refs("d/order@1"),
    effects: refs("d/ask@1"),
    caps: refs("d/asking@1"),
    policies: refs("d/policy@1"),
    defaults: {
      policy: "d/policy@1",
      cap_grants: [{ name: "ask", cap: "d/asking@1", params: {} }]
    },
    triggers: [{ event: "d/Order@1", plan: "d/order@1" }]
  }
];
function foundAsking() {
  const documents = [{ path: "air/world.air.json", text: JSON.stringify(definitions) }];
  const { keyId, publicKey } = operator;
  const keyring = [{ keyId, publicKey, name: "operator", roles: ["operator"] }];
  const ports2 = { engine: new WasmEngine(), clock: systemClock, fillEntropy: systemEntropy };
  const result = foundWorld({ documents, modules: /* @__PURE__ */ new Map(), keyring }, ports2);
  if (!result.ok) throw new Error(JSON.stringify(result));
  return result.founded;
}
var order2 = (n) => ({ schema: "d/Order@1", cbor: encode({ n }) });
function answerAsked({ params }) {
  const value = decodePlain(params);
  const fields2 = value.ok ? value.value : /* @__PURE__ */ new Map();
  return okOutcome({ n: Number(fields2.get("n")) + 1 });
}

// ../../tmp/e2-drill.ts
var { genesis, objects } = foundAsking();
var signer = makeSigner();
{
  const host = openWorldHost({ store: createMemoryStore(genesis, objects), engine: new WasmEngine(), effects: { adapters: [{ id: "a", kinds: ["ask"], start: async (c) => answerAsked(c), close: async () => {
  } }], signer, operator } });
  for (const count3 of [500, 5e3]) {
    const from = process.cpuUsage().user, t = Date.now();
    await Promise.all(Array.from({ length: count3 }, (_, n) => host.submit(order2(n))));
    const { blockers } = await host.untilQuiescent();
    console.log(count3 * 2, "effects", Date.now() - t, "ms", (process.cpuUsage().user - from) / 1e3 | 0, "ms cpu", blockers.length);
  }
  await host.close();
}
var report = await runEffectCutPoints({ genesis, objects, newEngine: () => new WasmEngine(), operator, signer, kinds: ["ask"], event: order2, answer: answerAsked }, { firstSeed: 101, seeds: Number(process.argv[2]) });
console.log(report);
