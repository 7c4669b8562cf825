/** One world in memory: admission, step, record and chain, and the same again under the judge. */
import { replay } from '@aos/kernel';
import type { Measure } from '../measure.js';
import { CounterInMemory, foundCounter, start, tick } from './counter-world.js';
import { callsPerSecond } from './timing.js';

const REPLAYED_EVENTS = 50_000;
const MIN_MS = 1000;

function eventsPerSecond(): number {
  const counter = new CounterInMemory(foundCounter());
  counter.take(start);
  return callsPerSecond(() => counter.take(tick), MIN_MS);
}

function replayedPerSecond(): number {
  const founded = foundCounter();
  const counter = new CounterInMemory(founded);
  const records = [counter.take(start).bytes];
  for (let i = 1; i < REPLAYED_EVENTS; i++) records.push(counter.take(tick).bytes);
  const ports = { engine: founded.engine, object: () => undefined };
  const startedAt = performance.now();
  const verdict = replay(counter.genesisWorld, records, ports);
  if (verdict.kind !== 'same') throw new Error('the journal does not replay to itself');
  return (records.length * 1000) / (performance.now() - startedAt);
}

/** Both in one run, so that a neighbour slows both alike. */
function replayRatio(): number {
  const livedPerSecond = eventsPerSecond();
  return replayedPerSecond() / livedPerSecond;
}

export const measures: readonly Measure[] = [
  { name: 'kernel.events', unit: '1/s', run: eventsPerSecond },
  { name: 'replay.events', unit: '1/s', run: replayedPerSecond },
];

export const ratioMeasures: readonly Measure[] = [
  { name: 'replay.kernel-ratio', unit: 'ratio', run: replayRatio },
];
