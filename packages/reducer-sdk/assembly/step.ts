/** A call whose values are read and built without schemas. */
import { Call } from './call';
import { ReducerEnvelope } from './envelope';
import { Value } from './value';

export class Step extends Call {
  readonly event: Value;
  /** Null before the first event, and for a cell that was deleted. */
  readonly state: Value | null;

  constructor(input: ReducerEnvelope) {
    super(input);
    this.event = input.event.value();
    this.state = input.state.isMissing ? null : input.state.value();
  }

  setState(state: Value): void {
    state.writeTo(this.openState());
  }

  /** Leaves a note beside the step; the last one stands. */
  annotate(value: Value): void {
    value.writeTo(this.openNote());
  }
}
