/**
 * Tells of an input that never ends. The thread that runs it cannot, so another one looks whether
 * inputs go on, and ends the process where they do not.
 */
import { Worker } from 'node:worker_threads';

/** Processor time that no input may take; much more than the bound of a target. */
const HANG_MS = 60_000;
/** Looks, one a second, after which an input that only waits has waited too long. */
const MAX_LOOKS = 600;

/**
 * Looks at the words of the shared memory: inputs begun, size of the last. A process that is
 * stopped from outside neither looks nor takes time.
 */
const LOOK = `
const { workerData: { memory, hangMs, maxLooks, file } } = require('node:worker_threads');
const { writeFileSync } = require('node:fs');
const words = new Uint32Array(memory, 0, 2);
const usedMs = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1e3; };
let [seen, looks, sinceMs] = [-1, 0, 0];
setInterval(() => {
  const count = Atomics.load(words, 0);
  if (count !== seen) [seen, looks, sinceMs] = [count, 0, usedMs()];
  looks += 1;
  if (looks < maxLooks && usedMs() - sinceMs < hangMs) return;
  writeFileSync(file, new Uint8Array(memory, 8, words[1]).slice());
  console.error('hang: input ' + count + ' did not end; it is in ' + file);
  process.kill(process.pid, 'SIGKILL');
}, 1000);
`;

export interface HangWatch {
  begin(input: Uint8Array): void;
  stop(): Promise<unknown>;
}

/** Inputs up to `maxBytes` are kept whole. The one that hangs is written to `file`. */
export function watchForHangs(file: string, maxBytes: number): HangWatch {
  const memory = new SharedArrayBuffer(8 + maxBytes);
  const words = new Uint32Array(memory, 0, 2);
  const kept = new Uint8Array(memory, 8);
  const workerData = { memory, hangMs: HANG_MS, maxLooks: MAX_LOOKS, file };
  const worker = new Worker(LOOK, { eval: true, workerData });
  worker.unref();
  return {
    begin: (input) => {
      const size = Math.min(input.length, maxBytes);
      kept.set(size === input.length ? input : input.subarray(0, size));
      words[1] = size;
      Atomics.add(words, 0, 1);
    },
    stop: () => worker.terminate(),
  };
}
