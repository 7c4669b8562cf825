/**
 * Counts down: Idle until a start, Counting until the last tick, then Done.
 *
 * A start is taken in every phase and begins anew; a tick counts only while counting.
 */
import { CounterPc, CounterState, Step } from 'air';

export function reduce(step: Step): void {
  const counter = step.state || idle();
  if (step.event.isStart) start(counter, step.event.asStart.target);
  else tick(counter);
  step.setState(counter);
}

function idle(): CounterState {
  const counter = new CounterState();
  counter.pc = CounterPc.Idle;
  return counter;
}

function start(counter: CounterState, target: u64): void {
  counter.pc = target === 0 ? CounterPc.Done : CounterPc.Counting;
  counter.remaining = target;
}

function tick(counter: CounterState): void {
  if (counter.pc !== CounterPc.Counting || counter.remaining === 0) return;
  counter.remaining -= 1;
  if (counter.remaining === 0) counter.pc = CounterPc.Done;
}
