/** What an event takes of the disk, in a world that was closed. */
import { join } from 'node:path';
import { openWorldHost } from '@aos/host';
import { createWorldStore } from '@aos/store';
import type { Measure } from '../measure.js';
import { foundCounter, start, tick } from '../measures/counter-world.js';
import { withScratchDir } from '../measures/scratch.js';
import { diskBytes } from '../peers/growth.js';
import { feed, times } from './feed.js';

const EVENTS = 100_000;
const IN_FLIGHT = 256;

/** Blocks of all files, over so many events in groups as they come. */
function bytesPerEvent(): Promise<number> {
  return withScratchDir(async (dir) => {
    const { genesis, objects, engine } = foundCounter();
    const path = join(dir, 'world');
    const store = await createWorldStore(path, genesis, objects);
    const before = diskBytes(path);
    const host = openWorldHost({ store, engine });
    await host.submit(start);
    await feed(
      times(EVENTS, () => ({ host, event: tick })),
      IN_FLIGHT,
    );
    await host.close();
    return (diskBytes(path) - before) / EVENTS;
  });
}

export const measures: readonly Measure[] = [
  { name: 'disk.bytes-per-event', unit: 'bytes', run: bytesPerEvent },
];
