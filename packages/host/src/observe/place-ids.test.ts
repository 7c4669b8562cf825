import { sha256, utf8 } from '@aos/canon';
import { describe, expect, it } from 'vitest';
import { PlaceIds, spanIdOf, traceIdOf } from './place-ids.js';

const worldId = sha256(utf8('a world'));

describe('ids of traces and spans', () => {
  it('follow from the place alone, and differ wherever it does', () => {
    const places = [
      { seq: 1, i: null },
      { seq: 1, i: 0 },
      { seq: 1, i: 1 },
      { seq: 11, i: null },
    ];
    const ids = places.map((place) => spanIdOf(worldId, place));
    expect(ids).toEqual(places.map((place) => spanIdOf(worldId, { ...place })));
    expect(new Set(ids).size).toBe(places.length);
    expect(ids.every((id) => /^[0-9a-f]{16}$/.test(id))).toBe(true);
    expect(traceIdOf(worldId, 1)).toMatch(/^[0-9a-f]{32}$/);
    expect(traceIdOf(worldId, 1)).not.toBe(traceIdOf(sha256(utf8('another')), 1));
  });

  it('are given for the span that is being started, and to nobody else', () => {
    const ids = new PlaceIds();
    const own = { traceId: '0'.repeat(31).concat('1'), spanId: '0'.repeat(15).concat('2') };
    expect(ids.with(own, () => [ids.generateTraceId(), ids.generateSpanId()])).toEqual([
      own.traceId,
      own.spanId,
    ]);
    expect(() =>
      ids.with(own, () => {
        throw new Error('no span');
      }),
    ).toThrow('no span');
    expect(ids.generateTraceId()).not.toBe(own.traceId);
    expect(ids.generateSpanId()).toMatch(/^[0-9a-f]{16}$/);
  });
});
