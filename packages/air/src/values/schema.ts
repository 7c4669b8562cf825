/**
 * A compiled schema: from whatever bytes or JSON to the one canonical form of a value, and back.
 *
 * V1. What `normalizeCbor` and `normalizeJson` give is accepted by both and comes back unchanged.
 * V2. Both lenses of one value give the same bytes.
 * V3. A value outside the type is refused with a code and a place, never repaired by guessing.
 */
import {
  attempt,
  borrowWriter,
  concatBytes,
  decode,
  decodePlain,
  ok,
  RefusalError,
  type Result,
  returnWriter,
} from '@aos/canon';
import type { JsonValue } from '../json/value.js';
import { Run, type TypeNode } from './node.js';
import { Scan } from './scan.js';
import type { ValueType } from './value-type.js';

export interface CompiledSchema {
  readonly name: string;
  /** What it accepts, with every reference followed. */
  readonly type: ValueType;
  /**
   * Any well-formed CBOR in, canonical tagged bytes out. Bytes that are already canonical come back
   * as the same array.
   *
   * Codes: the `cbor-…` codes of plain decoding, with `at` as a byte offset; `value-type`,
   * `value-range`, `value-unknown-field`, `value-missing-field`, `value-unknown-tag`,
   * `value-duplicate-key`, `value-hash`, `value-uuid`, `value-dec128`, `value-size`, with `at` as a
   * JSON pointer into the value.
   */
  normalizeCbor(bytes: Uint8Array): Result<Uint8Array>;
  /**
   * JSON in, at every place in the sugar or in the tagged lens; canonical tagged bytes out.
   *
   * Codes: the `value-…` codes of `normalizeCbor`, and `value-text` for a lone surrogate.
   */
  normalizeJson(json: JsonValue): Result<Uint8Array>;
  /** The sugar lens of normalized bytes. Codes: those of `normalizeCbor`. */
  toJson(canonical: Uint8Array): Result<JsonValue>;
}

/** Tag 55799 in front of canonical documents. */
const SELF_DESCRIBE = Uint8Array.of(0xd9, 0xd9, 0xf7);

/** Bytes of one normalized value: what decoding takes by default. */
const MAX_SIZE_BYTES = 64 * 1024 * 1024;

export function compiledSchema(name: string, node: TypeNode, type: ValueType): CompiledSchema {
  const normalizeCbor = (bytes: Uint8Array): Result<Uint8Array> =>
    recognize(node, bytes) ?? rewrite(node, bytes);
  return {
    name,
    type,
    normalizeCbor,
    normalizeJson: (json) => write((run) => node.fromJson(json, run)),
    toJson(canonical) {
      const normal = normalizeCbor(canonical);
      if (!normal.ok) return normal;
      const value = decode(normal.value);
      return value.ok ? ok(node.toJson(value.value)) : value;
    },
  };
}

/** Canonical bytes without decoding; undefined when they must be decoded to know. */
function recognize(node: TypeNode, bytes: Uint8Array): Result<Uint8Array> | undefined {
  const scan = new Scan(bytes, 0);
  const isTagged = scan.literal(SELF_DESCRIBE);
  if (!scan.isSmall() || !node.scan(scan) || scan.pos !== bytes.length) return undefined;
  return ok(isTagged ? bytes : concatBytes(SELF_DESCRIBE, bytes));
}

function rewrite(node: TypeNode, bytes: Uint8Array): Result<Uint8Array> {
  const value = decodePlain(bytes);
  return value.ok ? write((run) => node.fromCbor(value.value, run)) : value;
}

function write(work: (run: Run) => void): Result<Uint8Array> {
  const out = borrowWriter();
  const run = new Run(out);
  return attempt(() => {
    out.selfDescribe();
    try {
      work(run);
    } catch (error) {
      throw placed(error, run);
    }
    if (out.sizeBytes > MAX_SIZE_BYTES) run.refuse('value-size', 'expected at most 64 MiB');
    const bytes = out.finish();
    returnWriter(out);
    return bytes;
  });
}

/** Refusals of the encoder know no place: text is the only thing it can refuse here. */
function placed(error: unknown, run: Run): unknown {
  if (!(error instanceof RefusalError)) return error;
  const { code, detail } = error.refusal;
  if (code === 'lone-surrogate') {
    return new RefusalError({ code: 'value-text', at: run.place(), detail });
  }
  return code === 'cbor-size'
    ? new RefusalError({ code: 'value-size', at: run.place(), detail })
    : error;
}
