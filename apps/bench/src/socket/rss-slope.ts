/** How the memory of a daemon grows with the events that it took. */
import type { WorldClient } from '@aos/client';
import { type Sample, slopeOf } from '../durable/slope.js';
import type { Measure } from '../measure.js';
import { start, tick } from '../measures/counter-world.js';
import { withDaemon } from './daemon-child.js';
import { send } from './socket-events.js';

const EVENTS = 3_600_000;
const SAMPLE_EVENTS = 100_000;
/** Until then a process gets the room that it works in. */
const SETTLED_EVENTS = 600_000;
const IN_FLIGHT = 1000;

function runSlope(): Promise<number> {
  return withDaemon(async ({ client, rssBytes }) => {
    await send(client, start);
    const samples: Sample[] = [];
    for (let events = SAMPLE_EVENTS; events <= EVENTS; events += SAMPLE_EVENTS) {
      await feed(client, SAMPLE_EVENTS);
      if (events >= SETTLED_EVENTS) samples.push({ events, rssBytes: await rssBytes() });
    }
    return slopeOf(samples);
  });
}

async function feed(client: WorldClient, events: number): Promise<void> {
  let left = events;
  const sender = async () => {
    while (left > 0) {
      left -= 1;
      await send(client, tick);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, sender));
}

export const measures: readonly Measure[] = [
  { name: 'host.rss-slope', unit: 'MiB/1M', repeat: 'once', run: runSlope },
];
