/**
 * Encoding and strict decoding of one record, beside other codecs in the same run. Each is asked
 * for the most canonical form it has, and decodes its own bytes: cborg in RFC 8949 order and
 * strict, msgpack with sorted keys; cbor-x has neither and shows what it costs to promise nothing.
 */
import { strict as assert } from 'node:assert';
import { decode, encode } from '@aos/canon';
import * as msgpack from '@msgpack/msgpack';
import * as cborX from 'cbor-x';
import * as cborg from 'cborg';
import type { Measure } from '../measure.js';
import { sampleRecord } from './sample-record.js';
import { callsPerSecond } from './timing.js';

interface Codec {
  /** What its measures are called after `codec.encode` and `codec.decode`. */
  readonly suffix: string;
  encode(record: typeof sampleRecord): Uint8Array;
  decode(bytes: Uint8Array): unknown;
}

const plainCbor = new cborX.Encoder({ useRecords: false, tagUint8Array: false });

const codecs: readonly Codec[] = [
  { suffix: '', encode, decode: decodeStrictly },
  {
    suffix: '.cborg',
    encode: (record) => cborg.encode(record, cborg.rfc8949EncodeOptions),
    decode: (bytes) => cborg.decode(bytes, { strict: true, rejectDuplicateMapKeys: true }),
  },
  {
    suffix: '.cbor-x',
    encode: (record) => plainCbor.encode(record),
    decode: (bytes) => plainCbor.decode(bytes),
  },
  {
    suffix: '.msgpack',
    encode: (record) => msgpack.encode(record, { sortKeys: true, useBigInt64: true }),
    decode: (bytes) => msgpack.decode(bytes, { useBigInt64: true }),
  },
];

function decodeStrictly(bytes: Uint8Array): unknown {
  const decoded = decode(bytes);
  assert.ok(decoded.ok);
  return decoded.value;
}

function measuresOf(codec: Codec): Measure[] {
  const bytes = codec.encode(sampleRecord).slice();
  return [
    {
      name: `codec.encode${codec.suffix}`,
      unit: '1/s',
      run: () => callsPerSecond(() => codec.encode(sampleRecord)),
    },
    {
      name: `codec.decode${codec.suffix}`,
      unit: '1/s',
      run: () => callsPerSecond(() => codec.decode(bytes)),
    },
  ];
}

export const measures: readonly Measure[] = codecs.flatMap(measuresOf);
