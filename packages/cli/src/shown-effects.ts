/** Effects and receipts as lines for people. */
import { printJson } from '@aos/air';
import type { EffectShape, PlainValue, ReceiptShape } from '@aos/protocol';
import { dataOf } from './json-values.js';

/** Values longer than this are cut; the data form has all of it. */
const MAX_VALUE_CHARS = 80;
const SHORT_DIGITS = 12;

/** The hash of an intent as people type it. */
export const shortText = (hash: string): string =>
  hash.replace(/^sha256:/, '').slice(0, SHORT_DIGITS);

export function printValue(value: PlainValue): string {
  const text = printJson(dataOf(value));
  return text.length > MAX_VALUE_CHARS ? `${text.slice(0, MAX_VALUE_CHARS)}…` : text;
}

export function printEffect(effect: EffectShape): string {
  const { intent, standing, code, params, opened_at, receipt } = effect;
  const why = code === null ? standing : `${standing} (${code})`;
  const place = opened_at ?? effect.decisions[0]?.at ?? '';
  const answer = receipt === null ? '' : `  → ${printAnswer(receipt)}`;
  return `${shortText(intent)}  ${why}  ${effect.effect}  ${printValue(params)}  ${place}${answer}`;
}

export function printReceipt(receipt: ReceiptShape): string {
  const { seq, intent, effect, outcome } = receipt;
  const dropped = outcome === 'settled' ? '' : `  dropped: ${outcome}`;
  return `${seq}  ${shortText(intent)}  ${effect ?? '?'}  ${printAnswer(receipt)}${dropped}`;
}

/** Status, adapter, key, cost and what it says. */
function printAnswer(receipt: ReceiptShape): string {
  const { status, code, adapter_id, cost_cents, key_id, payload } = receipt;
  const cost = cost_cents === null ? '' : `  ${cost_cents} cents`;
  const says = code === null ? status : `${status} (${code})`;
  return `${says}  ${adapter_id}  key ${shortText(key_id)}${cost}  ${printValue(payload)}`;
}
