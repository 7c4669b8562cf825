import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileType } from '../../test/values.js';
import { parseDateTime, parseIsoDuration } from './calendar.js';

describe('date-times (RFC 3339)', () => {
  test.each<[string, bigint | undefined]>([
    ['1970-01-01T00:00:00Z', 0n],
    ['1970-01-01t00:00:00.000000001z', 1n],
    ['1969-12-31T23:59:59.5Z', -500_000_000n],
    ['1970-01-01T01:30:00+01:30', 0n],
    ['1969-12-31T20:00:00-04:00', 0n],
    ['2000-02-29T00:00:00Z', 951_782_400_000_000_000n],
    ['2023-02-29T00:00:00Z', undefined],
    ['1900-02-29T00:00:00Z', undefined],
    ['2023-04-31T00:00:00Z', undefined],
    ['2023-00-01T00:00:00Z', undefined],
    ['2016-12-31T23:59:60Z', undefined],
    ['2023-01-01T24:00:00Z', undefined],
    ['2023-01-01T00:00:00', undefined],
    ['2023-01-01', undefined],
    ['2023-01-01T00:00:00.0000000001Z', undefined],
    ['2023-01-01T00:00:00+24:00', undefined],
  ])('%s', (text, expected) => {
    expect(parseDateTime(text)).toBe(expected);
  });

  test('agree with the calendar of the platform', () => {
    const from = new Date('0000-01-01T00:00:00Z');
    const to = new Date('9999-12-31T23:59:59.999Z');
    const law = fc.property(fc.date({ min: from, max: to, noInvalidDate: true }), (date) => {
      expect(parseDateTime(date.toISOString())).toBe(BigInt(date.getTime()) * 1_000_000n);
    });
    fc.assert(law, { numRuns: 1000 });
  });
});

describe('durations (ISO 8601)', () => {
  test.each<[string, bigint | undefined]>([
    ['PT1S', 1_000_000_000n],
    ['PT0.000000001S', 1n],
    ['-PT1.5S', -1_500_000_000n],
    ['P1D', 86_400_000_000_000n],
    ['P2W', 1_209_600_000_000_000n],
    ['P1DT1H1M1S', 90_061_000_000_000n],
    ['P1Y', undefined],
    ['P1M', undefined],
    ['P', undefined],
    ['PT', undefined],
    ['P1DT', undefined],
    ['1S', undefined],
    ['PT1.S', undefined],
    ['PT1000000000000000S', undefined],
  ])('%s', (text, expected) => {
    expect(parseIsoDuration(text)).toBe(expected);
  });
});

describe('in JSON', () => {
  const shown = (type: 'time' | 'duration', json: string) => {
    const schema = compileType({ [type]: {} } as never);
    const bytes = schema.normalizeJson(json);
    const back = bytes.ok ? schema.toJson(bytes.value) : bytes;
    return back.ok ? back.value : back.refusal.code;
  };

  test('text stands for the integer, which is shown', () => {
    expect(shown('time', '1970-01-01T00:00:01Z')).toBe(1_000_000_000);
    expect(shown('duration', 'PT2S')).toBe(2_000_000_000);
  });

  test('what is no time, or beyond 64 bits, is refused', () => {
    expect(shown('time', 'yesterday')).toBe('value-type');
    expect(shown('duration', '2S')).toBe('value-type');
    expect(shown('time', '2263-01-01T00:00:00Z')).toBe('value-range');
    expect(shown('duration', 'P999999999999W')).toBe('value-range');
  });
});
