/** The effects of one reducer call: asked for one after the other, and all of them or none. */
import type { EmittedEffect, EntryPlace, ReducerOrigin } from '@aos/protocol';
import { grantOfSlot } from '../gate/gate.js';
import { GateDraft, type JudgedEffect, judgeEffect, writeDecision } from '../step/effects.js';
import type { Run } from '../step/run.js';

export interface AskedEffects {
  readonly effects: readonly JudgedEffect[];
}

/**
 * Asks the gate for every effect of a call. Answers with the code of the first that is denied,
 * whose decision is then in the journal; without one `slot-unbound`, where no grant stands behind
 * the slot.
 */
export function askEffects(
  run: Run,
  origin: ReducerOrigin,
  emitted: readonly EmittedEffect[],
  cause: EntryPlace,
): AskedEffects | string {
  const { gate } = run.next.program;
  const draft = new GateDraft(run.next.gateState);
  const effects: JudgedEffect[] = [];
  for (const { kind: effect, params, capSlot, idempotencyKey } of emitted) {
    const cap = grantOfSlot(gate, origin.reducer, capSlot);
    if (cap === undefined)
      return isDeclared(run, origin, effect) ? 'slot-unbound' : 'effect-undeclared';
    const ask = { origin, effect, cap, params, attempt: 1 };
    const keyed = idempotencyKey === undefined ? ask : { ...ask, idempotencyKey };
    const judged = judgeEffect(run, keyed, draft);
    if (judged.verdict.kind === 'denied') {
      writeDecision(run, judged.verdict, cause);
      return judged.verdict.code;
    }
    effects.push(judged);
  }
  return { effects };
}

function isDeclared({ next }: Run, { reducer }: ReducerOrigin, effect: string): boolean {
  return next.program.gate.emits.get(reducer)?.has(effect) ?? false;
}
