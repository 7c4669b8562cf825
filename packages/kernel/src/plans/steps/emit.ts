/** `emit_effect`: asks the gate for an effect, once for each attempt. */
import { assert, type Hash, parseHashText } from '@aos/canon';
import type { EntryPlace } from '@aos/protocol';
import type { GateVerdict } from '../../gate/verdict.js';
import type { EmitStep } from '../compile/compiled-plan.js';
import type { EffectAsk, PlanPort } from '../plan-ports.js';
import type { RunningInstance } from '../running-instance.js';
import type { EffectHandle, EffectParams } from '../state/instance.js';
import { emitted } from './shown-values.js';
import { failed, type StepFailed, type StepPlace, type StepResult } from './step-result.js';

/** The clock ends there. */
const MAX_TIME_NS = (1n << 64n) - 1n;

export function runEmit(step: EmitStep, { port, run, index }: StepPlace): StepResult {
  const params = step.params.give(run.bindings);
  if (!params.ok) return failed(params.refusal.code);
  const key = step.key?.give(run.bindings);
  if (key !== undefined && !key.ok) return failed(key.refusal.code);
  const again: EffectParams = {
    params: params.value.bytes,
    key: key === undefined ? undefined : keyBytes(key.value.value),
  };
  const attempt = attemptOf(step, again, { port, run, attempt: 1 });
  if (attempt.kind === 'failed') return attempt;
  const { intent, act } = attempt;
  return {
    kind: 'done',
    sizeBytes: params.value.bytes.length,
    shown: () => emitted(step.handle, intent, params.value.value),
    act(place) {
      act(place);
      run.effects.set(index, attempt.handle);
    },
  };
}

/** Begins the attempt of an effect that has become due. */
export function runRetry(step: EmitStep, handle: EffectHandle, place: StepPlace): StepResult {
  const { port, run, index } = place;
  assert(handle.again !== undefined, 'an attempt that is due has something to ask for');
  const attempt = attemptOf(step, handle.again, { port, run, attempt: handle.attempt + 1 });
  if (attempt.kind === 'failed') return attempt;
  return {
    kind: 'done',
    act(at) {
      attempt.act(at);
      run.effects.set(index, attempt.handle);
    },
  };
}

interface Allowed {
  readonly kind: 'allowed';
  readonly intent: Hash;
  readonly handle: EffectHandle;
  readonly act: (place: EntryPlace) => void;
}

interface Trying {
  readonly port: PlanPort;
  readonly run: RunningInstance;
  readonly attempt: number;
}

function attemptOf(step: EmitStep, again: EffectParams, trying: Trying): Allowed | StepFailed {
  const { port, run, attempt } = trying;
  const { id, plan } = run.instance;
  const ask: EffectAsk = {
    origin: { plan, instance: id, step: step.id },
    effect: step.effect,
    cap: step.cap,
    params: again.params,
    attempt,
    ...(again.key === undefined ? {} : { idempotencyKey: again.key }),
    ...(step.deadlineNs === undefined ? {} : { deadlineNs: later(port, step.deadlineNs) }),
  };
  const verdict = port.authorize(ask);
  const act = (place: EntryPlace): void => port.open(ask, verdict, place);
  if (verdict.kind === 'denied') return { kind: 'failed', code: verdict.code, act };
  const intent = intentOf(verdict);
  const isLast = attempt >= (step.retry?.max ?? 1);
  const handle: EffectHandle = {
    attempt,
    intent,
    isCancelled: false,
    again: isLast ? undefined : again,
    retry: undefined,
    outcome: undefined,
  };
  return { kind: 'allowed', intent, handle, act };
}

function intentOf(verdict: Exclude<GateVerdict, { readonly kind: 'denied' }>): Hash {
  return verdict.kind === 'shared' ? verdict.intent : verdict.intent.hash;
}

function later({ logicalNowNs }: PlanPort, durationNs: bigint): bigint {
  const atNs = logicalNowNs + durationNs;
  return atNs < MAX_TIME_NS ? atNs : MAX_TIME_NS;
}

/** The slot of a key takes a hash, so it is the text of one. */
function keyBytes(value: unknown): Uint8Array {
  const hash = typeof value === 'string' ? parseHashText(value) : undefined;
  assert(hash?.ok === true, 'an idempotency key is the text of a hash');
  return hash.value;
}
