/**
 * Settlement: the one end of an intent.
 *
 * 1. An intent is open until it settles, and settles once; what comes later is refused.
 * 2. What its waiters are told is queued behind what waits already, whatever the receipt says: an
 *    answer out of its schema is told as the error `receipt-invalid`.
 */
import { assert, encode } from '@aos/canon';
import type { EntryPlace, SettledEntry } from '@aos/protocol';
import type { RawReceipt } from '../admit/admitted.js';
import { settleBudget } from '../gate/limits/settle-budget.js';
import type { OpenIntent } from '../gate/open-intent.js';
import { programOf } from '../program/program-cache.js';
import type { Outcome } from '../world/settled.js';
import { addToWindow } from '../world/window.js';
import { deleteIntent } from './open-intents.js';
import type { Appended, Run } from './run.js';

/** Answers of the kernel itself bear its name and no signature. */
const KERNEL = { adapterId: 'kernel', sig: new Uint8Array(0) } as const;

/** How an intent ends whose deadline is over. */
export const TIMEOUT = { status: 'timeout', code: 'effect-timeout' } as const;

/** Settles the open intent that a receipt was admitted for. */
export function settleByReceipt(run: Run, { receipt, payload, sig }: RawReceipt): void {
  const intent = run.next.intents.get(receipt.intentHash);
  assert(intent !== undefined, 'a receipt is admitted for an open intent only');
  const { status, adapterId, costCents } = receipt;
  const { effectError, gate } = programOf(run.next, intent.manifest);
  const schema = status === 'ok' ? gate.effects.get(intent.effect)?.receipt : effectError;
  const normal = schema?.normalizeCbor(payload);
  const base = costCents === undefined ? { adapterId, sig } : { adapterId, sig, costCents };
  const outcome: Outcome =
    normal?.ok === true
      ? { ...base, status, code: null, payload: normal.value }
      : { ...base, status: 'error', code: 'receipt-invalid', payload: errorOf('receipt-invalid') };
  const { code, status: settled } = outcome;
  const entry = {
    kind: 'settled',
    cause: null,
    intent: intent.hash,
    code,
    status: settled,
  } as const;
  settle(run, intent, outcome, entry);
}

/** Ends an intent that the kernel itself does not let go on, with a code. */
export function settleInternally(
  run: Run,
  intent: OpenIntent,
  why: { readonly status: 'error' | 'timeout' | 'cancelled'; readonly code: string },
  cause: EntryPlace,
): void {
  settleAsKernel(run, intent, kernelOutcome(why), cause);
}

/** Settles an intent with what the kernel itself answers, canonical in the receipt schema. */
export function settleWithAnswer(
  run: Run,
  intent: OpenIntent,
  payload: Uint8Array,
  cause: EntryPlace,
): void {
  const outcome = { status: 'ok', code: null, payload, ...KERNEL } as const;
  settleAsKernel(run, intent, outcome, cause);
}

function settleAsKernel(run: Run, intent: OpenIntent, outcome: Outcome, cause: EntryPlace): void {
  const { status, code, payload } = outcome;
  settle(run, intent, outcome, {
    kind: 'settled',
    cause: run.causeOf(cause),
    intent: intent.hash,
    status,
    code,
    payload: run.carry(payload),
    internal: true,
  });
}

function kernelOutcome(why: Pick<Outcome, 'status' | 'code'>): Outcome {
  const payload = errorOf(why.code ?? why.status);
  return { ...why, payload, ...KERNEL };
}

/** A `sys/EffectError@1`; only codes enter a world. */
function errorOf(code: string): Uint8Array {
  return encode({ code, message: '' });
}

function settle(run: Run, intent: OpenIntent, outcome: Outcome, entry: SettledEntry): void {
  const { next } = run;
  const place = run.append(entry);
  close(run, intent, outcome);
  const item = {
    intent: intent.hash,
    seq: place.seq,
    i: place.i,
    outcome: intent.isExplicitKey ? outcome : null,
  };
  const limit = next.runtime.limits.settled_window;
  next.settled = addToWindow(next.settled, item, intent.hash, limit);
  tellWaiters(run, intent, outcome, place);
}

/** Takes the intent from what is open, with what it holds of budgets. */
function close(run: Run, intent: OpenIntent, outcome: Outcome): void {
  deleteIntent(run, intent);
  run.next.gateState = settleBudget(run.next.gateState, intent, outcome);
}

function tellWaiters(run: Run, intent: OpenIntent, outcome: Outcome, cause: Appended): void {
  const { hash, effect, params, waiters } = intent;
  const settlement = { intent: hash, effect, params, ...outcome };
  for (const waiter of waiters) run.queue.push({ kind: 'receipt', settlement, waiter, cause });
}

/**
 * Ends every open intent with an epoch: receipts of it will be refused, and whoever waits is told
 * that it was cancelled, or would wait for ever.
 */
export function abandonIntents(run: Run): void {
  const outcome = kernelOutcome({ status: 'cancelled', code: 'intent-abandoned' });
  for (const intent of [...run.next.intents.range()]) {
    const dropped = { code: 'intent-abandoned', intent: intent.hash };
    const place = run.append({ kind: 'dropped', cause: null, ...dropped });
    close(run, intent, outcome);
    if (intent.state === 'released') run.cancel(intent.hash);
    tellWaiters(run, intent, outcome, place);
  }
}
