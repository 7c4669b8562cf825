/**
 * Events over the control socket, durable before they are acknowledged: a daemon in a process of
 * its own, a world on disk, one connection with so many events under way.
 */
import type { WorldClient } from '@aos/client';
import type { Measure } from '../measure.js';
import { start, tick } from '../measures/counter-world.js';
import { withDaemon } from './daemon-child.js';

const MIN_MS = 1500;
/** Before it is timed: a process that has just begun is still compiling what it runs. */
const WARM_UP_EVENTS = 10_000;
const WARM_UP_IN_FLIGHT = 64;

interface SocketRun {
  readonly perSecond: number;
  /** From sending to acknowledgement, ascending. */
  readonly ackMs: readonly number[];
}

function runSocket(inFlight: number): Promise<SocketRun> {
  return withDaemon(async ({ client }) => {
    await send(client, start);
    await warmUp(client);
    const ackMs: number[] = [];
    const startedAt = performance.now();
    const sender = async () => {
      for (;;) {
        const sentAt = performance.now();
        if (sentAt - startedAt > MIN_MS) return;
        await send(client, tick);
        ackMs.push(performance.now() - sentAt);
      }
    };
    await Promise.all(Array.from({ length: inFlight }, sender));
    const perSecond = (ackMs.length * 1000) / (performance.now() - startedAt);
    return { perSecond, ackMs: ackMs.sort((a, b) => a - b) };
  });
}

async function warmUp(client: WorldClient): Promise<void> {
  let left = WARM_UP_EVENTS;
  const sender = async () => {
    for (; left > 0; left -= 1) await send(client, tick);
  };
  await Promise.all(Array.from({ length: WARM_UP_IN_FLIGHT }, sender));
}

/** Sends one event; it has to be taken and to change the state. */
export async function send(client: WorldClient, event: typeof tick): Promise<void> {
  const answer = await client.call('event.send', event);
  const isTaken = answer.ok && answer.value.ack?.faults.length === 0;
  if (!isTaken) throw new Error('an event was not taken');
}

function percentile(ascending: readonly number[], part: number): number {
  return (
    ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * part))] ?? Number.NaN
  );
}

export const measures: readonly Measure[] = [1, 64, 1000].flatMap((inFlight): Measure[] => {
  const name = `host.socket-events-${inFlight}`;
  return [
    { name, unit: '1/s', run: async () => (await runSocket(inFlight)).perSecond },
    {
      name: `${name}-p99`,
      unit: 'ms',
      run: async () => percentile((await runSocket(inFlight)).ackMs, 0.99),
    },
  ];
});
