/**
 * An instance while it is run: a working copy that lives no longer than one `advanceInstance`.
 *
 * 1. A step is ready when every edge into it is decided; it is skipped when none of them was taken.
 * 2. Of the steps that are ready the first of the plan comes next.
 * 3. Nothing of it is in the world before `save`.
 */
import type { Bindings } from '@aos/air';
import { assert, type Value } from '@aos/canon';
import type { EntryPlace } from '@aos/protocol';
import type { CompiledPlan, CompiledStep } from './compile/compiled-plan.js';
import { overBecauseOf } from './handles.js';
import {
  type ChildHandle,
  type EffectHandle,
  type PlanInstance,
  STEP_STATES,
  type StepState,
} from './state/instance.js';

const codeOf = (state: StepState): number => STEP_STATES.indexOf(state);
const READY = codeOf('ready');
const WAITING = codeOf('waiting');

export class RunningInstance {
  readonly ready: Map<number, EntryPlace>;
  readonly events: Map<number, Value>;
  readonly effects: Map<number, EffectHandle>;
  readonly children: Map<number, readonly ChildHandle[]>;
  readonly #vars: Map<string, Value>;
  readonly #outputs: Map<string, Value>;
  readonly #states: Uint8Array;
  readonly #taken: Uint8Array;
  /** Edges into each step that are not decided, and whether one was taken. */
  readonly #undecided: Int32Array;
  readonly #isReached: Uint8Array;
  #waiting = 0;
  #lowest = 0;
  #lastPlace: EntryPlace | undefined;
  #sizeBytes: number;

  constructor(
    readonly plan: CompiledPlan,
    readonly instance: PlanInstance,
  ) {
    this.ready = new Map(instance.ready);
    this.events = new Map(instance.events);
    this.effects = new Map(instance.effects);
    this.children = new Map(instance.children);
    this.#vars = new Map(instance.vars);
    this.#outputs = new Map(instance.outputs);
    this.#states = instance.states.slice();
    this.#taken = instance.taken.slice();
    this.#sizeBytes = instance.sizeBytes;
    this.#undecided = new Int32Array(plan.steps.length);
    this.#isReached = new Uint8Array(plan.steps.length);
    for (const state of this.#states) if (state === WAITING) this.#waiting += 1;
    for (const [i, { from, to }] of plan.edges.entries()) {
      if (!this.#isDecided(from)) this.#add(this.#undecided, to, 1);
      if (this.#taken[i] === 1) this.#isReached[to] = 1;
    }
  }

  get bindings(): Bindings {
    return { input: this.instance.input, vars: this.#vars, steps: this.#outputs };
  }

  get hasWaiting(): boolean {
    return this.#waiting > 0;
  }

  /** The entry of the step that was decided last. */
  get lastPlace(): EntryPlace | undefined {
    return this.#lastPlace;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  stepAt(index: number): CompiledStep {
    const step = this.plan.steps[index];
    assert(step !== undefined, 'a step is one of the plan');
    return step;
  }

  /** The first of the steps that are ready. */
  next(): number | undefined {
    const states = this.#states;
    while (this.#lowest < states.length && states[this.#lowest] !== READY) this.#lowest += 1;
    return this.#lowest < states.length ? this.#lowest : undefined;
  }

  /** Why a step is ready. */
  causeOf(step: number): EntryPlace {
    const cause = this.ready.get(step);
    assert(cause !== undefined, 'a ready step has a cause');
    return cause;
  }

  /** True when no edge into a step that is ready was taken. */
  isUnreached(step: number): boolean {
    return (this.plan.incoming[step] ?? []).length > 0 && this.#isReached[step] === 0;
  }

  bind(variable: string, value: Value): void {
    this.#vars.set(variable, value);
  }

  /** Keeps what `@step:` of a step stands for, when an expression of the plan asks for it. */
  show(step: CompiledStep, value: () => Value): void {
    if (this.plan.shown.has(step.id)) this.#outputs.set(step.id, value());
  }

  grow(sizeBytes: number): void {
    this.#sizeBytes += sizeBytes;
  }

  wait(step: number): void {
    this.#setState(step, 'waiting');
    this.#waiting += 1;
    this.ready.delete(step);
  }

  /** A waiting step has what it waits for, or a cancelled one need not wait. */
  wake(step: number, cause: EntryPlace): void {
    assert(this.#states[step] === WAITING, 'only a waiting step is woken');
    this.#waiting -= 1;
    this.#makeReady(step, cause);
  }

  /** The waiting steps that are over now that something of `source` has ended. */
  overBecauseOf(source: number): readonly number[] {
    const { effects, children } = this;
    return overBecauseOf(this.plan, source, { effects, children, states: this.#states });
  }

  /** Decides a ready step and the edges out of it: those for which `isTaken` holds are taken. */
  decide(
    step: number,
    state: 'done' | 'skipped',
    place: EntryPlace,
    isTaken: ReadonlySet<number>,
  ): void {
    this.#setState(step, state);
    this.#lastPlace = place;
    this.ready.delete(step);
    for (const edge of this.plan.outgoing[step] ?? []) {
      const to = this.plan.edges[edge]?.to ?? 0;
      if (isTaken.has(edge)) {
        this.#taken[edge] = 1;
        this.#isReached[to] = 1;
      }
      this.#add(this.#undecided, to, -1);
      if (this.#undecided[to] === 0) this.#makeReady(to, place);
    }
  }

  save(isScheduled: 'scheduled' | 'idle'): PlanInstance {
    return {
      ...this.instance,
      isScheduled: isScheduled === 'scheduled',
      states: this.#states,
      taken: this.#taken,
      ready: this.ready,
      vars: this.#vars,
      outputs: this.#outputs,
      events: this.events,
      effects: this.effects,
      children: this.children,
      sizeBytes: this.#sizeBytes,
    };
  }

  #makeReady(step: number, cause: EntryPlace): void {
    this.#setState(step, 'ready');
    this.ready.set(step, cause);
    this.#lowest = Math.min(this.#lowest, step);
  }

  #isDecided(step: number): boolean {
    const state = STEP_STATES[this.#states[step] ?? 0];
    return state === 'done' || state === 'skipped';
  }

  #setState(step: number, state: StepState): void {
    this.#states[step] = codeOf(state);
  }

  #add(counts: Int32Array, at: number, by: number): void {
    counts[at] = (counts[at] ?? 0) + by;
  }
}
