/**
 * Changing a definition: applying what was approved (admission and step, no disk), and a shadow of
 * a patch over the last thousand events, under both definitions and on the head.
 */
import { runShadow } from '@aos/kernel';
import type { Measure } from '../measure.js';
import { GovernedCounter } from './governed-counter.js';

const EVENTS = 1000;

function applyMs(): number {
  const counter = new GovernedCounter();
  counter.run(EVENTS);
  counter.approve();
  const startedAt = performance.now();
  counter.apply();
  return performance.now() - startedAt;
}

function shadowMs(): number {
  const counter = new GovernedCounter();
  counter.run(EVENTS);
  const { world: head, first: world, records, patch, engine } = counter;
  const ports = { engine, object: counter.object.bind(counter) };
  const startedAt = performance.now();
  const outcome = runShadow({ head, window: { world, records }, patch }, ports);
  const elapsedMs = performance.now() - startedAt;
  if (outcome.kind !== 'report') throw new Error(`the shadow is ${JSON.stringify(outcome)}`);
  return elapsedMs;
}

export const measures: readonly Measure[] = [
  { name: 'governance.apply', unit: 'ms', run: applyMs },
  { name: 'governance.shadow-1k-events', unit: 'ms', run: shadowMs },
];
