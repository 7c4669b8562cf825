/**
 * Settlement of budgets: what an intent reserved is given back, and what it used is charged.
 *
 * An ok receipt says what was used: `cost_cents`, `token_usage` of `prompt` and `completion`, and
 * `size` or `body_size` in bytes; without a size the bytes that went through the journal count. Of
 * what is not ok nobody counted more than the receipt says, so tokens and cents are charged as they
 * were reserved, except where the receipt itself says what it cost, and that is nothing (no
 * tokens), or where the kernel answered and nobody was asked. Whatever may have happened unseen,
 * after a time-out, in an epoch that is over or behind a receipt that cannot be read, is charged as
 * much as was reserved at least.
 */
import { assert, decode, type Value } from '@aos/canon';
import type { ReceiptStatus } from '@aos/protocol';
import type { GateState } from '../gate-state.js';
import type { OpenIntent } from '../open-intent.js';
import { naturalOf } from './budgets.js';
import {
  type Amounts,
  addAmounts,
  DIMENSIONS,
  type Ledger,
  ledgerKey,
  NOTHING,
  type Reservation,
} from './ledger.js';

/** How an intent ended, as far as budgets are concerned. */
export interface SettledUse {
  readonly status: ReceiptStatus;
  /** The code with which the kernel settled it; `null` for a receipt as it came. */
  readonly code: string | null;
  readonly payload: Uint8Array;
  readonly costCents?: bigint;
}

/** Settles what an intent reserved. To be called once, when the intent stops being open. */
export function settleBudget(state: GateState, intent: OpenIntent, use: SettledUse): GateState {
  let { ledgers } = state;
  for (const reservation of intent.reserved) {
    const ledger = ledgers.get(ledgerKey(reservation.grant));
    assert(ledger !== undefined, 'what was reserved in has a ledger');
    if (ledger.sinceNs !== reservation.sinceNs) continue;
    ledgers = ledgers.set(settleOne(ledger, reservation, usedAmounts(intent, reservation, use)));
  }
  return { ...state, ledgers };
}

function settleOne(ledger: Ledger, { amounts }: Reservation, used: Amounts): Ledger {
  const reserved = mapAmounts((dimension) => ledger.reserved[dimension] - amounts[dimension]);
  const isHeld = DIMENSIONS.every((dimension) => reserved[dimension] >= 0n);
  assert(isHeld, `an intent settles once in the budget of ${ledger.grant}`);
  return { ...ledger, reserved, used: addAmounts(ledger.used, used) };
}

/** Codes of the kernel behind which something may have happened outside. */
const UNSEEN: ReadonlySet<string | null> = new Set(['receipt-invalid', 'intent-abandoned']);

function usedAmounts({ params }: OpenIntent, { amounts }: Reservation, use: SettledUse): Amounts {
  const { status, code, payload } = use;
  const fields = status === 'ok' ? fieldsOf(payload) : undefined;
  const isAnsweredHere = status !== 'ok' && code !== null && use.costCents === undefined;
  const costCents = isAnsweredHere ? 0n : use.costCents;
  const isUnused = status !== 'ok' && costCents === 0n;
  const size = naturalOf(fields?.get('size')) ?? naturalOf(fields?.get('body_size'));
  const uncountedCents = status === 'ok' ? 0n : amounts.cents;
  const seen: Amounts = {
    calls: 1n,
    tokens: tokensOf(fields?.get('token_usage')) ?? (isUnused ? 0n : amounts.tokens),
    cents: costCents ?? naturalOf(fields?.get('cost_cents')) ?? uncountedCents,
    bytes: BigInt(params.length) + (size ?? BigInt(payload.length)),
  };
  const isUnseen = status === 'timeout' || UNSEEN.has(code);
  return isUnseen ? mapAmounts((each) => larger(seen[each], amounts[each])) : seen;
}

function tokensOf(usage: Value | undefined): bigint | undefined {
  if (!(usage instanceof Map)) return undefined;
  const prompt = naturalOf(usage.get('prompt'));
  const completion = naturalOf(usage.get('completion'));
  return prompt === undefined || completion === undefined ? undefined : prompt + completion;
}

function fieldsOf(payload: Uint8Array): ReadonlyMap<Value, Value> | undefined {
  const decoded = decode(payload);
  return decoded.ok && decoded.value instanceof Map ? decoded.value : undefined;
}

function mapAmounts(amountOf: (dimension: keyof Amounts) => bigint): Amounts {
  const entries = DIMENSIONS.map((dimension) => [dimension, amountOf(dimension)]);
  return { ...NOTHING, ...Object.fromEntries(entries) };
}

function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
