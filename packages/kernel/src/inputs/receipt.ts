/** `receipt`: how an effect ended, signed by the adapter or host that ran it. */
import { attempt, bytesEqual, sha256, toHashText, utf8 } from '@aos/canon';
import { type KeyRole, RECEIPT_STATUSES, type ReceiptBody, type StreamFrame } from '@aos/protocol';
import {
  type Admission,
  admitted,
  type RawReceipt,
  type RawStreamFrame,
  refused,
} from '../admit/admitted.js';
import type { OpenIntent } from '../gate/open-intent.js';
import type { Run } from '../step/run.js';
import { settleByReceipt } from '../step/settle.js';
import type { World } from '../world/world.js';
import { explainSigner } from './signer.js';

/** Who may say how an effect ended. */
const ROLES: readonly KeyRole[] = ['host', 'adapter'];

/** Longest name of an adapter, in bytes of UTF-8. */
const MAX_ADAPTER_BYTES = 256;

/**
 * Codes: `receipt-malformed`, `receipt-world`, `receipt-epoch`, `receipt-duplicate` (its intent has
 * settled), `receipt-unknown` (it was never open, or so long ago that nobody knows),
 * `receipt-attempt`, `receipt-not-released` (it waits for approval), `receipt-key`,
 * `receipt-too-large`, `receipt-payload-hash`. The payload itself is judged in the step.
 */
export function admitReceipt(world: World, raw: RawReceipt): Admission {
  const { receipt } = raw;
  const refusal = checkAnswer(world, raw, receipt) ?? checkStatus(receipt) ?? checkCost(receipt);
  return refusal ?? admitted(raw);
}

/** Settles the intent; its waiters are served unless the world stands still. */
export function applyReceipt(run: Run, input: RawReceipt): void {
  settleByReceipt(run, input);
}

/** What receipts and stream frames have in common. */
export function checkAnswer(
  world: World,
  raw: RawReceipt | RawStreamFrame,
  body: ReceiptBody | StreamFrame,
): Admission | undefined {
  return (
    checkShape(body) ??
    checkPlace(world, body) ??
    checkIntent(world, body) ??
    checkSigner(world, raw) ??
    checkPayload(world, raw.payload, body)
  );
}

/** What would not fit a record. */
function checkShape(body: ReceiptBody | StreamFrame): Admission | undefined {
  const adapter = attempt(() => utf8(body.adapterId));
  if (!adapter.ok || adapter.value.length > MAX_ADAPTER_BYTES) {
    const detail = `expected text of at most ${MAX_ADAPTER_BYTES} bytes of UTF-8`;
    return refused('receipt-malformed', '/adapter_id', detail);
  }
  return undefined;
}

function checkStatus({ status }: ReceiptBody): Admission | undefined {
  if (RECEIPT_STATUSES.includes(status)) return undefined;
  const detail = `expected ${RECEIPT_STATUSES.join(', ')}`;
  return refused('receipt-malformed', '/status', detail);
}

const MAX_U64 = 0xffff_ffff_ffff_ffffn;

function checkCost({ costCents }: ReceiptBody): Admission | undefined {
  if (costCents === undefined) return undefined;
  const isExact = typeof costCents === 'bigint';
  if (isExact && costCents >= 0n && costCents <= MAX_U64) return undefined;
  return refused('receipt-malformed', '/cost_cents', 'expected an unsigned 64-bit number');
}

function checkPlace(world: World, body: ReceiptBody | StreamFrame): Admission | undefined {
  if (!bytesEqual(body.worldId, world.worldId)) {
    const detail = `it is for the world ${toHashText(body.worldId)}`;
    return refused('receipt-world', '/world_id', detail);
  }
  if (body.epoch === world.epoch) return undefined;
  const detail = `expected epoch ${world.epoch}, found ${body.epoch}`;
  return refused('receipt-epoch', '/epoch', detail);
}

function checkIntent(world: World, body: ReceiptBody | StreamFrame): Admission | undefined {
  const { intentHash, attempt: found } = body;
  const intent = world.intents.get(intentHash);
  if (intent === undefined) {
    const settled = world.settled.items.get(intentHash);
    if (settled === undefined) {
      return refused('receipt-unknown', '/intent_hash', 'no such intent is open');
    }
    const detail = `record ${settled.seq} settled the intent`;
    return refused('receipt-duplicate', '/intent_hash', detail);
  }
  if (intent.attempt !== found) {
    const detail = `expected attempt ${intent.attempt}, found ${found}`;
    return refused('receipt-attempt', '/attempt', detail);
  }
  return checkReleased(intent);
}

function checkReleased({ state }: OpenIntent): Admission | undefined {
  if (state === 'released') return undefined;
  return refused('receipt-not-released', '/intent_hash', 'the intent waits for approval');
}

function checkSigner(world: World, raw: RawReceipt | RawStreamFrame): Admission | undefined {
  const why = explainSigner(world, raw, ROLES);
  return why === undefined ? undefined : refused('receipt-key', '/key_id', why);
}

function checkPayload(
  world: World,
  payload: Uint8Array,
  { payloadHash }: ReceiptBody | StreamFrame,
): Admission | undefined {
  const limit = world.runtime.limits.receipt_bytes;
  if (payload.length > limit) {
    const detail = `expected at most ${limit} bytes, found ${payload.length}`;
    return refused('receipt-too-large', '/payload', detail);
  }
  if (bytesEqual(sha256(payload), payloadHash)) return undefined;
  return refused('receipt-payload-hash', '/payload_hash', 'it is not the hash of the payload');
}
