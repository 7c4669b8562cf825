import { describe, expect, it, vi } from 'vitest';
import { inSlices, type Steps } from './slices.js';

/** Each step takes a millisecond of the thread. */
function* busy(steps: number): Steps<number> {
  for (let i = 0; i < steps; i++) {
    const end = performance.now() + 1;
    while (performance.now() < end);
    yield;
  }
  return steps;
}

describe('a long question', () => {
  it('lets others have their turn again and again, and is answered', async () => {
    let turns = 0;
    let isOver = false;
    const others = () => {
      turns += 1;
      if (!isOver) setImmediate(others);
    };
    setImmediate(others);
    expect(await inSlices(busy(50))).toBe(50);
    isOver = true;
    expect(turns).toBeGreaterThan(5);
  });

  it('that is short is answered in the turn in which it was asked', async () => {
    let turns = 0;
    setImmediate(() => {
      turns += 1;
    });
    const clock = vi.spyOn(performance, 'now').mockReturnValue(0);
    const steps = (function* () {
      yield;
      return 1;
    })();
    expect(await inSlices(steps)).toBe(1);
    expect(turns).toBe(0);
    clock.mockRestore();
  });

  it('ends when nobody waits for it any more', async () => {
    const left = new AbortController();
    const endless = inSlices(busy(Number.POSITIVE_INFINITY), left.signal);
    setImmediate(() => left.abort());
    await expect(endless).rejects.toMatchObject({ code: 'control-closed' });
  });
});
