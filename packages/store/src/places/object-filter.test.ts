import { encode, sha256 } from '@aos/canon';
import { expect, it } from 'vitest';
import { LogIndex } from './log-index.js';
import { ObjectFilter } from './object-filter.js';
import { placeOf } from './place.js';
import { SegmentTable } from './segment-table.js';

const hashOf = (name: string | number) => sha256(encode(name));

it('lets every object through, also one that came later, and few other hashes', async () => {
  const index = new LogIndex();
  const segments = { first: 3, last: 3 };
  const known: Uint8Array[] = [];
  const add = (count: number) => {
    for (let n = 0; n < count; n++) {
      const hash = hashOf(`known ${known.length}`);
      known.push(hash);
      index.addObject(hash, placeOf(segments.last, 8 * n));
    }
  };
  const begin = (segment: number) => {
    segments.last = segment;
    index.begin(segment, new SegmentTable(0));
  };
  begin(3);
  add(500);
  begin(4);
  add(300);
  const filter = await ObjectFilter.of({ index, segments });
  add(100);
  filter.goOn();
  add(50);
  begin(5);
  begin(6);
  add(50);
  filter.goOn();
  expect(known.every((hash) => filter.mayHave(hash, 0))).toBe(true);
  const others = Array.from({ length: 2000 }, (_, n) => Buffer.from([7, ...hashOf(n)]));
  expect(others.filter((bytes) => filter.mayHave(bytes, 1)).length).toBeLessThan(60);
});
