/** What events cost in memory and on the disk: before and after a stated number of them. */
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { memoryBytes } from '../systems/processes.js';
import type { Founded } from '../systems/system.js';
import type { Effort } from './effort.js';
import { Loader, type LoadWork } from './works.js';

const MIB = 2 ** 20;
const MILLION = 1_000_000;
const BLOCK_BYTES = 512;

export interface Growth {
  /** Events between before and after. */
  readonly events: number;
  /** Memory of all processes after them. */
  readonly memoryMib: number;
  /** Memory gained over the second half of them, by million events. */
  readonly memoryMibByMillion: number;
  /** Blocks of the disk gained, by million events. */
  readonly diskMibByMillion: number;
}

/** `work` is a counter with many keys. */
export async function measureGrowth(
  founded: Founded,
  { work, concurrency }: { readonly work: LoadWork; readonly concurrency: number },
  effort: Effort,
): Promise<Growth> {
  await (await founded.start()).stop();
  const diskBefore = diskBytes(founded.data);
  const running = await founded.start();
  const loader = new Loader(running);
  const half = { grownEvents: effort.grownEvents / 2, grownMs: effort.grownMs / 2 };
  const first = await loader.fill(work, concurrency, half);
  const memoryAtHalf = memoryBytes(running.pids);
  const second = await loader.fill(work, concurrency, half);
  const memory = memoryBytes(running.pids);
  await loader.check();
  await running.stop();
  const events = first + second;
  return {
    events,
    memoryMib: memory / MIB,
    memoryMibByMillion: ((memory - memoryAtHalf) / MIB / second) * MILLION,
    diskMibByMillion: ((diskBytes(founded.data) - diskBefore) / MIB / events) * MILLION,
  };
}

/** Blocks that the files of a folder take. */
export function diskBytes(folder: string): number {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sum + diskBytes(path);
    return sum + lstatSync(path).blocks * BLOCK_BYTES;
  }, 0);
}
