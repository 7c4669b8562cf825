import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CompilePool } from './compile-pool.js';
import type { CompilerProcess } from './compiler-process.js';
import { DEFAULT_BOUNDS } from './options.js';
import type { CompileJob } from './process/compilation.js';

const { startCompiler } = vi.hoisted(() => ({ startCompiler: vi.fn() }));
vi.mock(import('./compiler-process.js'), async (original) => ({
  ...(await original()),
  startCompiler,
}));

const never = <T>() => new Promise<T>(() => {});
const stubborn: CompilerProcess = { uses: 1, compile: never, rest: () => {}, end: never };
const job = {} as CompileJob;
const wanted = { isCalledOff: false, onCallOff: () => () => undefined };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a pool of compilers that do not go when they are killed', () => {
  const end = {
    stays: never<void>,
    'may not be killed': () => {
      throw new Error('EPERM');
    },
  };
  it.each(Object.entries(end))('answers for one that %s, closes, and goes on', async (_, end) => {
    startCompiler.mockReturnValue({ ...stubborn, end });
    const bounds = { ...DEFAULT_BOUNDS, timeMs: 100 };
    const programUrl = new URL('file:///nowhere');
    const pool = new CompilePool({ bounds, processes: 1, programUrl });
    const results = [pool.run(job, wanted), pool.run(job, wanted)];
    await vi.advanceTimersByTimeAsync(100);
    expect(await results[0]).toEqual({ kind: 'late' });
    await vi.advanceTimersByTimeAsync(2100);
    expect(await results[1]).toEqual({ kind: 'late' });
    const closed = pool.close();
    await vi.advanceTimersByTimeAsync(2000);
    await closed;
    expect(pool.running).toBe(0);
  });
});
