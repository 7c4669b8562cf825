/**
 * Effects between those who ask and the gate: judged first, opened afterwards.
 *
 * 1. Judging changes nothing but the count of effects asked for, which default keys are made of,
 *    and the fuel and calls that enforcers took.
 * 2. What was judged is opened in the same order, or not at all.
 */
import { assert, type Hash, toHex } from '@aos/canon';
import { callLimitsOf, type EntryPlace, isReducerOrigin, type Origin } from '@aos/protocol';
import { authorize } from '../gate/authorize.js';
import type { Denial } from '../gate/decision.js';
import type { GatePorts, KnownIntent } from '../gate/gate-ports.js';
import type { GateState } from '../gate/gate-state.js';
import type { OpenIntent } from '../gate/open-intent.js';
import type { EffectRequest } from '../gate/requests/effect-request.js';
import type { DeniedVerdict, GateVerdict, OpenedVerdict, SharedVerdict } from '../gate/verdict.js';
import type { Settlement } from '../world/settled.js';

import { isSameOrigin, setIntent } from './open-intents.js';
import { isAnsweredByKernel, releaseIntent } from './release.js';
import type { Appended, Run, ToldDenial } from './run.js';

/** What was judged and not opened yet, so that the next one is judged with it. */
export class GateDraft {
  readonly opened = new Map<string, OpenIntent>();
  /** How many of them are answered at once. */
  answers = 0;

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
  const { program, epoch, worldId } = run.next;
  const { logicalNowNs } = run.stamp;
  const now = { logicalNowNs, seq: run.seq, epoch, worldId };
  const ports = gatePortsOf(run);
  const request = { ...ask, index: run.asked++, now };
  const judged = authorize(program.gate, draft.state, request, {
    ...ports,
    knownIntent: (hash) => draft.opened.get(toHex(hash)) ?? ports.knownIntent(hash),
  });
  const verdict = judged.kind === 'denied' ? judged : checkRoom(run, judged, draft);
  run.charge(verdict.fuel);
  run.calls += verdict.calls;
  if (isOpened(verdict)) {
    draft.state = verdict.state;
    draft.opened.set(toHex(verdict.intent.hash), verdict.intent);
  }
  if (isAnsweredAtOnce(run, verdict, draft)) draft.answers += 1;
  return { ask, verdict };
}

/** Codes: `intents-over-limit`; `cascade-limit` of what would be answered without the outside. */
function checkRoom(
  run: Run,
  allowed: OpenedVerdict | SharedVerdict,
  draft: GateDraft,
): GateVerdict {
  const { intents, runtime } = run.next;
  if (isOpened(allowed) && intents.size + draft.opened.size >= MAX_OPEN_INTENTS) {
    const advice = `wait for receipts: ${MAX_OPEN_INTENTS} intents are open`;
    return denied(allowed, { code: 'intents-over-limit', at: 'intents', advice });
  }
  const hasRoom =
    !isAnsweredAtOnce(run, allowed, draft) ||
    run.queue.hasRoomForAnswers(draft.answers + 1, runtime.limits);
  if (hasRoom) return allowed;
  const advice = 'ask for less of what is answered at once, or raise pending_work';
  return denied(allowed, { code: 'cascade-limit', at: 'pending_work', advice });
}

/** What the kernel answers itself, and what has settled already: no receipt has to come for it. */
function isAnsweredAtOnce(run: Run, verdict: GateVerdict, draft: GateDraft): boolean {
  if (verdict.kind === 'open') return isAnsweredByKernel(verdict.intent.effect);
  if (verdict.kind !== 'shared' || draft.opened.has(toHex(verdict.intent))) return false;
  return run.next.intents.get(verdict.intent) === undefined;
}

function isOpened(verdict: GateVerdict): verdict is OpenedVerdict {
  return verdict.kind === 'open' || verdict.kind === 'waiting';
}

function denied({ decision, fuel, calls }: OpenedVerdict | SharedVerdict, why: Denial) {
  const said = { ...decision, outcome: 'deny' as const, code: why.code };
  return { kind: 'denied' as const, ...why, decision: said, fuel, calls };
}

/** What the gate may ask of this step. */
export function gatePortsOf(run: Run): GatePorts {
  const { limits } = run.next.runtime;
  return {
    engine: run.engine,
    callLimits: callLimitsOf(limits),
    paramsBytes: limits.event_bytes,
    knownIntent: (hash) => knownIntent(run, hash),
  };
}

function knownIntent({ next }: Run, hash: Hash): KnownIntent | undefined {
  const open = next.intents.get(hash);
  if (open !== undefined) return open;
  const settled = next.settled.items.get(hash);
  if (settled === undefined) return undefined;
  return { isExplicitKey: settled.outcome !== null, state: 'settled', approval: null };
}

/**
 * Writes each decision, and of an effect that was let through the intent. They are released behind
 * them all: what the kernel answers at once changes what was judged for those after it.
 */
export function openEffects(run: Run, effects: readonly JudgedEffect[], cause: EntryPlace): void {
  const opened: OpenIntent[] = [];
  for (const { ask, verdict } of effects) {
    const decision = writeDecision(run, verdict, cause);
    if (verdict.kind === 'shared') share(run, verdict, ask, decision);
    else if (isOpened(verdict)) opened.push(open(run, verdict, ask.origin, decision));
  }
  for (const intent of opened) if (intent.state === 'released') releaseIntent(run, intent);
}

export function writeDecision(run: Run, verdict: GateVerdict, cause: EntryPlace): Appended {
  const { decision } = verdict;
  if (verdict.kind === 'denied') run.tell(toldOf(verdict));
  return run.append({ kind: 'decision', cause: run.causeOf(cause), ...decision });
}

function toldOf({ code, at, advice, shortage, decision }: DeniedVerdict): ToldDenial {
  const { intent, effect, cap } = decision;
  const told = { intent, effect, cap, code, at, advice };
  return shortage === undefined ? told : { ...told, shortage };
}

function open(run: Run, verdict: OpenedVerdict, origin: Origin, decision: Appended): OpenIntent {
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
  const openedAt = run.append(full, isReducerOrigin(origin) ? origin.key?.length : 0);
  next.gateState = state;
  const opened = { ...intent, openedAt };
  setIntent(run, opened);
  if (approval !== undefined) {
    const names = approval.of?.reduce((sizeBytes, name) => sizeBytes + name.length, 0);
    run.append({ kind: 'approval-requested', cause: openedAt.i, ...approval }, names);
  }
  return opened;
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
  { effect, params, under }: EffectAsk,
): Settlement {
  const { effects } = under ?? next.program.gate;
  const outcome = next.settled.items.get(intent)?.outcome;
  const canonical = effects.get(effect)?.params.normalizeCbor(params);
  assert(outcome && canonical?.ok, 'what is shared was judged, and is open or remembered');
  return { intent, effect, params: canonical.value, ...outcome };
}
