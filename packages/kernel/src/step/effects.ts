/**
 * Effects between those who ask and the gate: judged first, opened afterwards.
 *
 * 1. Judging changes nothing but the count of effects asked for, which default keys are made of, and
 *    the fuel and calls that enforcers took.
 * 2. What was judged is opened in the same order, or not at all.
 */
import { assert, bytesEqual, type Hash, toHex, Writer } from '@aos/canon';
import { callLimitsOf, type EntryPlace, type Origin, writeOrigin } from '@aos/protocol';
import { authorize } from '../gate/authorize.js';
import type { GateState } from '../gate/gate-state.js';
import type { OpenIntent } from '../gate/open-intent.js';
import type {
  EffectRequest,
  GateVerdict,
  KnownIntent,
  OpenedVerdict,
  SharedVerdict,
} from '../gate/verdict.js';
import type { Deadline } from '../world/deadlines.js';
import type { Settlement } from '../world/settled.js';
import type { Appended, Run } from './run.js';

/** What was judged and not opened yet, so that the next one is judged with it. */
export class GateDraft {
  readonly opened = new Map<string, OpenIntent>();

  constructor(public state: GateState) {}
}

/** A request without what the step knows itself. */
export type EffectAsk = Omit<EffectRequest, 'index' | 'now'>;

export interface JudgedEffect {
  readonly ask: EffectAsk;
  readonly verdict: GateVerdict;
}

/** Most intents that may be open: each of them is an entry when an epoch ends. */
const MAX_OPEN_INTENTS = 100_000;

export function judgeEffect(run: Run, ask: EffectAsk, draft: GateDraft): JudgedEffect {
  const { program, epoch, worldId, runtime } = run.next;
  const { logicalNowNs } = run.stamp;
  const now = { logicalNowNs, seq: run.seq, epoch, worldId };
  const verdict = authorize(
    program.gate,
    draft.state,
    { ...ask, index: run.asked++, now },
    {
      engine: run.engine,
      callLimits: callLimitsOf(runtime.limits),
      paramsBytes: runtime.limits.event_bytes,
      knownIntent: (hash) => draft.opened.get(toHex(hash)) ?? knownIntent(run, hash),
    },
  );
  run.fuel += verdict.fuel;
  run.calls += verdict.calls;
  if (verdict.kind === 'open' || verdict.kind === 'waiting') {
    draft.state = verdict.state;
    draft.opened.set(toHex(verdict.intent.hash), verdict.intent);
  }
  return { ask, verdict };
}

/** Whether one intent more may be open. */
export function hasRoomForIntents(run: Run, more: number): boolean {
  return run.next.intents.size + more <= MAX_OPEN_INTENTS;
}

function knownIntent({ next }: Run, hash: Hash): KnownIntent | undefined {
  const open = next.intents.get(hash);
  if (open !== undefined) return open;
  const settled = next.settled.items.get(hash);
  if (settled === undefined) return undefined;
  return { isExplicitKey: settled.outcome !== null, state: 'settled', approval: null };
}

/** Writes the decision, and of an effect that was let through the intent; a denial ends there. */
export function openEffect(run: Run, { ask, verdict }: JudgedEffect, cause: EntryPlace): void {
  const decision = writeDecision(run, verdict, cause);
  switch (verdict.kind) {
    case 'denied':
      return;
    case 'shared':
      return share(run, verdict, ask, decision);
    default:
      return open(run, verdict, ask.origin, decision);
  }
}

export function writeDecision(run: Run, { decision }: GateVerdict, cause: EntryPlace): Appended {
  return run.append({ kind: 'decision', cause: run.causeOf(cause), ...decision });
}

function open(run: Run, verdict: OpenedVerdict, origin: Origin, decision: Appended): void {
  const { intent, state, approval } = verdict;
  const { hash, effect, cap, params, idempotencyKey, attempt, deadlineNs } = intent;
  const { next } = run;
  const entry = {
    kind: 'intent' as const,
    cause: decision.i,
    intent: hash,
    effect,
    cap,
    params: run.carry(params),
    idempotencyKey,
    origin,
    attempt,
  };
  const full = deadlineNs === undefined ? entry : { ...entry, deadlineNs };
  const openedAt = run.append(full, params.length);
  next.gateState = state;
  next.intents = next.intents.set({ ...intent, openedAt });
  for (const deadline of deadlinesOf(intent)) next.deadlines = next.deadlines.set(deadline);
  if (approval === undefined) {
    run.release(hash);
    return;
  }
  run.append({ kind: 'approval-requested', cause: openedAt.i, ...approval });
}

/** When an open intent ends by itself: where it has a deadline, and where its approval expires. */
export function deadlinesOf({
  hash: intent,
  deadlineNs,
  approval,
}: OpenIntent): readonly Deadline[] {
  const deadlines: Deadline[] = [];
  if (deadlineNs !== undefined) deadlines.push({ kind: 'intent', atNs: deadlineNs, intent });
  const expiresNs = approval?.expiresNs;
  if (expiresNs !== undefined) deadlines.push({ kind: 'approval', atNs: expiresNs, intent });
  return deadlines;
}

/** The origin waits for the receipt as well, or gets the recorded one at once. */
function share(
  run: Run,
  { intent: hash }: SharedVerdict,
  ask: EffectAsk,
  decision: Appended,
): void {
  const { next } = run;
  const { origin } = ask;
  const intent = next.intents.get(hash);
  if (intent !== undefined) {
    if (intent.waiters.some((waiter) => isSameOrigin(waiter, origin))) return;
    next.intents = next.intents.set({ ...intent, waiters: [...intent.waiters, origin] });
    return;
  }
  const settlement = recordedSettlement(run, hash, ask);
  run.queue.push({ kind: 'receipt', settlement, waiter: origin, cause: decision });
}

function recordedSettlement(
  { next }: Run,
  intent: Hash,
  { effect, params }: EffectAsk,
): Settlement {
  const outcome = next.settled.items.get(intent)?.outcome;
  const canonical = next.program.gate.effects.get(effect)?.params.normalizeCbor(params);
  assert(outcome && canonical?.ok, 'what is shared was judged, and is open or remembered');
  return { intent, effect, params: canonical.value, ...outcome };
}

export function isSameOrigin(a: Origin, b: Origin): boolean {
  return bytesEqual(encodeOrigin(a), encodeOrigin(b));
}

function encodeOrigin(origin: Origin): Uint8Array {
  const w = new Writer(128);
  writeOrigin(w, origin);
  return w.finish();
}
