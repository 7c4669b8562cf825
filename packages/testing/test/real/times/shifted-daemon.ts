/**
 * A daemon under load whose wall clock is set back ten times a second, and now and then ahead: it
 * serves as ever, and the time of its world goes on by what has passed outside, no more, no less.
 */
import { decodeRecord } from '@aos/protocol';
import { DiskOrdeal } from '../disks/disk-ordeal.js';

const preloaded = (name: string) => ['--import', new URL(name, import.meta.url).href];
const shifted = preloaded('./shifted-clock.mjs');
/** A canary: the clock that measures follows the one on the wall. */
const wallOnly = preloaded('./wall-only-clock.mjs');

export interface ShiftedDaemon {
  readonly events: number;
  readonly problems: readonly string[];
}

export async function runShiftedDaemon(
  { root, program }: { readonly root: string; readonly program: string },
  rounds: number,
  broken?: 'wall-only',
): Promise<ShiftedDaemon> {
  const ordeal = new DiskOrdeal(root, { program });
  const load = async (count: number) => {
    const codes = await ordeal.load(count);
    if (codes.size > 0) ordeal.problems.push(`clients were told ${[...codes].join()}`);
  };
  try {
    await ordeal.found();
    await ordeal.start({ options: broken === undefined ? shifted : [...shifted, ...wallOnly] });
    const times = [process.hrtime.bigint()];
    for (const part of [1, rounds - 2, 1]) {
      await load(part);
      times.push(process.hrtime.bigint());
    }
    await ordeal.finish();
    // what lies between the first and the last record
    const [begin = 0n, first = 0n, last = 0n, end = 0n] = times;
    const passed = spanOf(await ordeal.records());
    if (passed < last - first || passed > end - begin) {
      ordeal.problems.push(`${passed} ns of the world passed in ${last - first}, ${end - begin}`);
    }
    return { events: ordeal.acknowledged, problems: ordeal.problems };
  } finally {
    await ordeal.end();
  }
}

/** From the first stamp to the last. */
function spanOf(records: readonly Uint8Array[]): bigint {
  const stamps = records.map((bytes) => {
    const record = decodeRecord(bytes);
    if (!record.ok) throw new Error(record.refusal.code);
    return record.value.stamp.logicalNowNs;
  });
  return (stamps.at(-1) ?? 0n) - (stamps[0] ?? 0n);
}
