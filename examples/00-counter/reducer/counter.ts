/**
 * Counts down: Idle until a start, Counting until the last tick, then Done.
 *
 * A start is taken in every phase and begins anew; a tick counts only while counting.
 */
import { fail, field, Step, Value } from 'aos';

class Counter {
  phase: string = 'Idle';
  remaining: u64 = 0;

  static decode(state: Value | null): Counter {
    const counter = new Counter();
    if (state) {
      counter.phase = state.field('pc').asVariant().tag;
      counter.remaining = state.field('remaining').asNat();
    }
    return counter;
  }

  encode(): Value {
    return Value.record([
      field('pc', Value.variant(this.phase)),
      field('remaining', Value.nat(this.remaining)),
    ]);
  }

  start(target: u64): void {
    this.phase = target === 0 ? 'Done' : 'Counting';
    this.remaining = target;
  }

  tick(): void {
    if (this.phase !== 'Counting' || this.remaining === 0) return;
    this.remaining--;
    if (this.remaining === 0) this.phase = 'Done';
  }
}

export function reduce(step: Step): void {
  const counter = Counter.decode(step.state);
  const event = step.event.asVariant();
  if (event.tag === 'Start') counter.start(event.value.field('target').asNat());
  else if (event.tag === 'Tick') counter.tick();
  else fail('an event the schema does not have');
  step.setState(counter.encode());
}
