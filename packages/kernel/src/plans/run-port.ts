/** The port of plans, over the working state of a step. */
import { assert, bytesEqual, type Hash } from '@aos/canon';
import type { CarriedValue, EntryPlace, Instance, PlanOrigin } from '@aos/protocol';
import type { GateVerdict } from '../gate/verdict.js';
import { routesOf } from '../program/program.js';
import { programOf } from '../program/program-cache.js';
import { isClosedToWorld } from '../program/reserved-events.js';
import { checkEventKey } from '../program/routes.js';
import { GateDraft, judgeEffect, openEffects } from '../step/effects.js';
import { emit } from '../step/emit.js';
import { isSameOrigin } from '../step/open-intents.js';
import type { Run } from '../step/run.js';
import { settleInternally } from '../step/settle.js';
import { emittedSize } from '../step/work-queue.js';
import { placeKey } from '../world/big-endian.js';
import { deadlineKey } from '../world/deadlines.js';
import type { Plans } from './compile/compile.js';
import type { EffectAsk, PlanDeadline, PlanEntry, PlanEvent, PlanPort } from './plan-ports.js';
import type { PlanState } from './state/plan-state.js';

export class RunPort implements PlanPort {
  readonly seq: number;
  readonly logicalNowNs: bigint;

  constructor(private readonly run: Run) {
    this.seq = run.seq;
    this.logicalNowNs = run.stamp.logicalNowNs;
  }

  get planState(): PlanState {
    return this.run.next.planState;
  }

  set planState(state: PlanState) {
    this.run.next.planState = state;
  }

  get limits() {
    return this.run.next.runtime.limits;
  }

  get manifest(): Hash {
    return this.run.next.program.definition.manifestHash;
  }

  plansOf(manifest: Hash): Plans {
    return programOf(this.run.next, manifest).plans;
  }

  spend(): boolean {
    if (this.run.isSpent) return false;
    this.run.spend();
    return true;
  }

  carry(value: Uint8Array): CarriedValue {
    return this.run.carry(value);
  }

  append(entry: PlanEntry, cause: EntryPlace): EntryPlace {
    return this.run.append({ ...entry, cause: this.run.causeOf(cause) });
  }

  schedule(instance: Instance, cause: EntryPlace): void {
    this.run.queue.push({ kind: 'plan', instance, cause });
  }

  isSameSchema(schema: string, manifest: Hash): boolean {
    if (bytesEqual(manifest, this.manifest)) return true;
    const { next } = this.run;
    const [now, then] = [next.program, programOf(next, manifest)].map((each) =>
      each.types.get(schema),
    );
    return now !== undefined && then !== undefined && bytesEqual(now, then);
  }

  admitEvent(event: PlanEvent): string | undefined {
    const { run } = this;
    const { limits } = run.next.runtime;
    if (event.value.length > limits.event_bytes) return 'event-too-large';
    const { reserved } = run.next.program;
    if (isClosedToWorld(reserved, event.schema, event.value)) return 'event-reserved';
    const sizeBytes = emittedSize(event);
    if (sizeBytes > limits.emitted_bytes / 2) return 'emission-limit';
    if (!run.queue.hasRoom(1, sizeBytes, run.next.runtime)) return 'cascade-limit';
    return checkEventKey(routesOf(run.next.program, event.schema), event.value, event.key);
  }

  raiseEvent(event: PlanEvent, cause: EntryPlace): void {
    emit(this.run, event, cause);
  }

  authorize(ask: EffectAsk): GateVerdict {
    return judgeEffect(this.run, this.#pinned(ask), new GateDraft(this.run.next.gateState)).verdict;
  }

  open(ask: EffectAsk, verdict: GateVerdict, cause: EntryPlace): void {
    openEffects(this.run, [{ ask: this.#pinned(ask), verdict }], cause);
  }

  /** What an effect is, the instance takes from the definition that it is pinned to. */
  #pinned(ask: EffectAsk): EffectAsk {
    const { next } = this.run;
    const instance = next.planState.instances.get(placeKey(ask.origin.instance));
    assert(instance !== undefined, 'what asks for effects is running');
    if (bytesEqual(instance.manifest, this.manifest)) return ask;
    return { ...ask, under: programOf(next, instance.manifest).gate };
  }

  cancelEffect(hash: Hash, origin: PlanOrigin, cause: EntryPlace): 'coming' | 'left' {
    const { run } = this;
    const intent = run.next.intents.get(hash);
    // It has settled, and what it came to is in the queue.
    if (intent === undefined) return 'coming';
    const others = intent.waiters.filter((waiter) => !isSameOrigin(waiter, origin));
    if (others.length > 0) {
      run.next.intents = run.next.intents.set({ ...intent, waiters: others });
      return 'left';
    }
    if (intent.state === 'waiting') {
      settleInternally(run, intent, { status: 'cancelled', code: 'effect-cancelled' }, cause);
    } else {
      run.next.intents = run.next.intents.set({ ...intent, isCancelled: true });
      run.cancel(hash);
    }
    return 'coming';
  }

  setDeadline(deadline: PlanDeadline): void {
    const { next } = this.run;
    next.deadlines = next.deadlines.set({ kind: 'step', ...deadline });
  }

  clearDeadline(deadline: PlanDeadline): void {
    const { next } = this.run;
    next.deadlines = next.deadlines.delete(deadlineKey({ kind: 'step', ...deadline }));
  }
}
