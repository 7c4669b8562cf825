/** What the disk gives: the figure that all durable figures are read against. */
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Measure } from '../measure.js';
import { withScratchDir } from './scratch.js';
import { callsPerSecond } from './timing.js';

const RECORD_BYTES = 200;

/** One 200-byte append and its flush at a time. */
function flushesPerSecond(): Promise<number> {
  return withScratchDir((dir) => {
    const record = new Uint8Array(RECORD_BYTES).fill(0x61);
    const file = openSync(join(dir, 'log'), 'a');
    try {
      return callsPerSecond(() => {
        writeSync(file, record);
        fdatasyncSync(file);
      });
    } finally {
      closeSync(file);
    }
  });
}

export const measures: readonly Measure[] = [
  { name: 'probe.flush', unit: '1/s', run: flushesPerSecond },
];
