/** How the kernel answers effects itself: at once, unsigned, in the receipt schema of each. */
import { type Encodable, encode } from '@aos/canon';
import type { EntryPlace } from '@aos/protocol';
import type { OpenIntent } from '../gate/open-intent.js';
import { programOf } from '../program/program-cache.js';
import type { Run } from './run.js';
import { settleInternally, settleWithAnswer } from './settle.js';

/** What becomes the receipt, or the code why there is none. */
export type Answer = { readonly payload: Encodable } | { readonly code: string };

/**
 * Settles an open intent with an answer. Codes of answers that cannot be given: `receipt-invalid`,
 * `answer-too-large`.
 */
export function answerIntent(
  run: Run,
  intent: OpenIntent,
  answer: Answer,
  cause: EntryPlace,
): void {
  const payload = payloadOf(run, intent, answer);
  if (typeof payload !== 'string') settleWithAnswer(run, intent, payload, cause);
  else settleInternally(run, intent, { status: 'error', code: payload }, cause);
}

/** Canonical in the receipt schema, or the code why there is none. */
function payloadOf(
  run: Run,
  { effect, manifest }: OpenIntent,
  answer: Answer,
): Uint8Array | string {
  if ('code' in answer) return answer.code;
  const { gate } = programOf(run.next, manifest);
  const payload = gate.effects.get(effect)?.receipt.normalizeCbor(encode(answer.payload));
  if (payload?.ok !== true) return 'receipt-invalid';
  const limit = run.next.runtime.limits.receipt_bytes;
  return payload.value.length <= limit ? payload.value : 'answer-too-large';
}
