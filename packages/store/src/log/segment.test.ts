import { encode, sha256, utf8 } from '@aos/canon';
import { describe, expect, it } from 'vitest';
import {
  decodeSegmentHeader,
  encodeSegmentHeader,
  encodeSegmentStart,
  formatOf,
  MAX_HEADER_SPAN_BYTES,
  parseSegmentName,
  SALT_BYTES,
  type SegmentHeader,
  segmentName,
} from './segment.js';

const HEADER: SegmentHeader = {
  genesis: sha256(utf8('genesis')),
  segment: 3,
  first: 1000,
  previousBytes: 2 ** 26,
  salt: new Uint8Array(SALT_BYTES).fill(9),
};

describe('a segment', () => {
  it('has a name that sorts by number', () => {
    expect(segmentName(0)).toBe('0000000000.log');
    expect(parseSegmentName(segmentName(1234))).toBe(1234);
    expect(parseSegmentName('0000000000.log.bak')).toBeUndefined();
    expect(parseSegmentName('1.log')).toBeUndefined();
  });

  it('states in its header what it continues', () => {
    expect(decodeSegmentHeader(encodeSegmentHeader(HEADER))).toEqual(HEADER);
  });

  it('has a header of bounded size', () => {
    const most = Number.MAX_SAFE_INTEGER;
    const header = { ...HEADER, segment: most, first: most, previousBytes: most };
    const start = encodeSegmentStart(header, { epoch: most, durable: most - 1, flushed: most });
    expect(start.length).toBeLessThanOrEqual(MAX_HEADER_SPAN_BYTES);
  });

  it('tells another format from no format', () => {
    expect(formatOf(encode({ format: 7, other: true }))).toBe(7);
    expect(formatOf(encodeSegmentHeader(HEADER))).toBe(1);
    expect(formatOf(encode([1]))).toBeUndefined();
  });

  it('refuses other formats and other shapes', () => {
    const { genesis, segment, first, previousBytes, salt } = HEADER;
    const fields = { genesis, segment, first, previousBytes, salt };
    for (const other of [
      { ...fields, format: 0 },
      { ...fields, format: 1, more: 1 },
      { ...fields, format: 1, salt: salt.slice(1) },
      { ...fields, format: 1, first: 'x' },
      [],
    ]) {
      expect(decodeSegmentHeader(encode(other))).toBeUndefined();
    }
    expect(decodeSegmentHeader(utf8('no cbor'))).toBeUndefined();
  });
});
