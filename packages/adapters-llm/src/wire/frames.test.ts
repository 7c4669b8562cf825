import { decode } from '@aos/canon';
import { AosFault } from '@aos/protocol';
import { describe, expect, test, vi } from 'vitest';
import { Frames } from './frames.js';

/** A world that takes one frame when it is told to. */
function slowWorld() {
  const taken: Map<string, unknown>[] = [];
  const waiting: (() => void)[] = [];
  const emit = (payload: Uint8Array) => {
    const decoded = decode(payload);
    if (decoded.ok) taken.push(decoded.value as Map<string, unknown>);
    return new Promise<void>((resolve) => waiting.push(resolve));
  };
  const take = async () => {
    waiting.shift()?.();
    for (let i = 0; i < 5; i++) await Promise.resolve();
  };
  return { taken, emit, take, texts: () => taken.map((frame) => frame.get('text')) };
}

const rules = { bytes: 10, intervalMs: 100 };
const text = (each: string) => [{ text: each }];

describe('frames', () => {
  test('go out when they are large enough', async () => {
    const { emit, texts, take } = slowWorld();
    const frames = new Frames(rules, emit);
    frames.add(text('1234'));
    expect(texts()).toEqual([]);
    frames.add(text('567890'));
    expect(texts()).toEqual(['1234567890']);
    await take();
    await frames.flush();
    expect(texts()).toEqual(['1234567890']);
  });

  test('go out when they have waited long enough', async () => {
    vi.useFakeTimers();
    try {
      const { emit, texts } = slowWorld();
      const frames = new Frames(rules, emit);
      frames.add(text('a'));
      await vi.advanceTimersByTimeAsync(60);
      frames.add(text('b'));
      await vi.advanceTimersByTimeAsync(39);
      expect(texts()).toEqual([]);
      await vi.advanceTimersByTimeAsync(1);
      expect(texts()).toEqual(['ab']);
    } finally {
      vi.useRealTimers();
    }
  });

  test('are one at a time: what comes meanwhile makes the next', async () => {
    const { emit, texts, take } = slowWorld();
    const frames = new Frames(rules, emit);
    for (let i = 0; i < 5; i++) frames.add(text('0123456789'));
    expect(texts()).toEqual(['0123456789']);
    const flushed = frames.flush();
    await take();
    expect(texts()[1]).toHaveLength(40);
    await take();
    await flushed;
    expect(texts()).toHaveLength(2);
  });

  test('say which is the first', async () => {
    const { emit, taken, take } = slowWorld();
    const frames = new Frames(rules, emit);
    frames.add(text('0123456789'));
    await take();
    frames.add(text('0123456789'));
    expect(taken.map((frame) => frame.get('first'))).toEqual([true, false]);
  });

  test('are never larger than a bound, and cut no character', async () => {
    const { emit, texts, take } = slowWorld();
    const frames = new Frames(rules, emit);
    const long = `x${'👩'.repeat(40_000)}`;
    frames.add(text(long));
    const flushed = frames.flush();
    for (let i = 0; i < 9; i++) await take();
    await flushed;
    expect(texts().length).toBeGreaterThan(2);
    expect(texts().join('')).toBe(long);
  });

  test('join the pieces of a call, and cut what is long', async () => {
    const { emit, taken, take } = slowWorld();
    const frames = new Frames({ bytes: 1_000_000, intervalMs: 100 }, emit);
    frames.add([{ index: 0, id: 'a', name: 'f', arguments: '{"x":' }]);
    frames.add([{ index: 0, id: '', name: '', arguments: '1}' }]);
    frames.add([{ index: 1, id: 'b', name: 'g', arguments: 'y'.repeat(40_000) }]);
    const flushed = frames.flush();
    await take();
    await take();
    await flushed;
    const calls = taken.map((frame) => frame.get('tool_calls') as Map<string, string>[]);
    expect(calls[0]?.[0]?.get('arguments')).toBe('{"x":1}');
    expect(calls.map((each) => each.length)).toEqual([2, 1]);
    expect(calls[1]?.[0]?.get('name')).toBe('');
    const parts = [calls[0]?.[1], calls[1]?.[0]].map((call) => call?.get('arguments') ?? '');
    expect(parts.join('')).toBe('y'.repeat(40_000));
  });

  test.each([
    ['secret-echoed', undefined],
    ['frame-invalid', 'frame-invalid'],
  ])('that are refused with %s are the last', async (code, expected) => {
    const refuse = () => Promise.reject(new AosFault(code, 'x', { retry: 'never' }));
    const emit = vi.fn(refuse);
    const frames = new Frames(rules, emit);
    frames.add(text('0123456789'));
    frames.add(text('0123456789'));
    const end = await frames.flush().catch((error: AosFault) => error.code);
    frames.add(text('0123456789'));
    expect([end, emit.mock.calls.length]).toEqual([expected, 1]);
  });

  test('that are dropped go nowhere', async () => {
    const { emit, texts } = slowWorld();
    const frames = new Frames(rules, emit);
    frames.add(text('a'));
    frames.drop();
    await frames.flush();
    expect(texts()).toEqual([]);
  });
});
