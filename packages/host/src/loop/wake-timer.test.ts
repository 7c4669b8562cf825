import { beforeEach, describe, expect, it } from 'vitest';
import { WakeTimer } from './wake-timer.js';

const running = new Map<number, () => void>();
const delays: number[] = [];
let woken = 0;
let timer: WakeTimer;

beforeEach(() => {
  running.clear();
  delays.length = 0;
  woken = 0;
  let next = 0;
  timer = new WakeTimer(
    (delayMs, fire) => {
      const id = next++;
      delays.push(delayMs);
      running.set(id, fire);
      return () => running.delete(id);
    },
    () => {
      woken += 1;
    },
  );
});

const fire = () => {
  const [[id, call] = [0, () => undefined]] = running;
  running.delete(id);
  call();
};

describe('the timer of a world', () => {
  it('is one, whatever is asked of it', () => {
    for (const atNs of [5_000_000n, 3_000_000n, 3_000_000n, 9_000_000n]) timer.set(atNs, 0n);
    expect(running.size).toBe(1);
    expect(delays).toEqual([5, 3, 9]);
    timer.set(undefined, 0n);
    expect(running.size).toBe(0);
  });

  it('never fires before its time, and at once for what has passed', () => {
    timer.set(1n, 0n);
    timer.set(1_000_001n, 0n);
    timer.set(7n, 8n);
    expect(delays).toEqual([1, 2, 0]);
  });

  it('starts again when it has fired and the time is still to come', () => {
    timer.set(5_000_000n, 0n);
    fire();
    expect(woken).toBe(1);
    timer.set(5_000_000n, 4_900_000n);
    expect(delays).toEqual([5, 1]);
  });

  it('reaches as far ahead as a platform can, and no further', () => {
    timer.set(2n ** 63n, 0n);
    expect(delays).toEqual([2 ** 31 - 1]);
  });
});
