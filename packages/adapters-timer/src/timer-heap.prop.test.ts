import { compareBytes, sha256, utf8 } from '@aos/canon';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Place, type Timed, TimerHeap } from './timer-heap.js';

const timer = (at: number, name: number): Timed => ({
  // beyond 2^53, so that neighbours are one double
  atNs: 2n ** 60n + BigInt(at) * 40n,
  intentHash: sha256(utf8(`${name}`)),
});

const action = fc.oneof(
  fc.record({ add: fc.tuple(fc.nat(20), fc.nat(5)) }),
  fc.record({ delete: fc.nat(30) }),
  fc.constant('take' as const),
);

it('gives timers by time, hash and age, whatever came and went between', () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 200 }), (actions) => {
      const heap = new TimerHeap();
      const model: Place<Timed>[] = [];
      for (const each of actions) {
        if (each === 'take') {
          expect(heap.first).toBe(model[0]);
          const first = model.shift();
          if (first !== undefined) expect(heap.delete(first)).toBe(true);
        } else if ('add' in each) {
          const added = heap.add(timer(...each.add));
          const behind = model.findIndex(({ timer: other }) => isBefore(added.timer, other));
          model.splice(behind < 0 ? model.length : behind, 0, added);
        } else {
          const [gone] = model.splice(each.delete, 1);
          if (gone !== undefined) expect(heap.delete(gone)).toBe(true);
          if (gone !== undefined) expect(heap.delete(gone)).toBe(false);
        }
        expect(heap.size).toBe(model.length);
      }
      expect([...drain(heap)]).toEqual(model);
    }),
  );
});

function isBefore(a: Timed, b: Timed): boolean {
  if (a.atNs !== b.atNs) return a.atNs < b.atNs;
  return compareBytes(a.intentHash, b.intentHash) < 0;
}

function* drain(heap: TimerHeap<Timed>): Generator<Place<Timed>> {
  for (let first = heap.first; first !== undefined; first = heap.first) {
    heap.delete(first);
    yield first;
  }
}
