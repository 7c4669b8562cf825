import { expect, it } from 'vitest';
import { RecordBlocks } from './record-blocks.js';

function source(head: number) {
  const found = { head, reads: 0, opened: 0 };
  const store = {
    *records(from: number) {
      found.opened += 1;
      for (let seq = from; ; seq++) {
        found.reads += 1;
        yield Uint8Array.of(seq % 251);
      }
    },
  };
  return { found, blocks: new RecordBlocks({ store, head }) };
}

it('reads each record about once, forward and back', () => {
  const { found, blocks } = source(999);
  for (let seq = 999; seq >= 0; seq--) expect(blocks.read(seq)).toEqual(Uint8Array.of(seq % 251));
  expect([found.opened, found.reads]).toEqual([5, 1001]);
  for (let seq = 0; seq <= 999; seq++) expect(blocks.read(seq)).toEqual(Uint8Array.of(seq % 251));
  expect(found.reads).toBeLessThan(2010);
});

it('reads one where somebody jumps, and none beyond the head', () => {
  const { found, blocks } = source(999);
  for (const seq of [5, 900, 20]) expect(blocks.read(seq)).toEqual(Uint8Array.of(seq % 251));
  expect(found.reads).toBe(3);
  expect(blocks.read(1000)).toBeUndefined();
});
