/** Signed inputs as the arguments of the verbs that send them. */
import { encode } from '@aos/canon';
import type { SignedVerbInput } from '../inputs/input.js';
import type { ReceiptBody } from '../signed/receipt-body.js';
import type { StreamFrame } from '../signed/stream-frame.js';
import type { SignedVerbArgs } from './input-args.js';
import type { FrameArgs, ReceiptArgs } from './verbs.js';

interface Signed {
  readonly keyId: Uint8Array;
  readonly sig: Uint8Array;
}

/** Arguments of `verb.send`. */
export function signedVerbArgs(input: SignedVerbInput): SignedVerbArgs {
  const { verb, args, nonce } = input;
  return { verb, args: encode(args), nonce, ...signatureArgs(input) };
}

/** Arguments of `receipt.send`. */
export function receiptArgs(
  input: Signed & { readonly receipt: ReceiptBody; readonly payload: Uint8Array },
): ReceiptArgs {
  const { costCents, status } = input.receipt;
  const receipt = {
    ...answerArgs(input.receipt),
    status,
    ...(costCents === undefined ? {} : { cost_cents: costCents }),
  };
  return { receipt, payload: input.payload, ...signatureArgs(input) };
}

/** Arguments of `frame.send`. */
export function frameArgs(
  input: Signed & { readonly frame: StreamFrame; readonly payload: Uint8Array },
): FrameArgs {
  const frame = { ...answerArgs(input.frame), index: input.frame.index };
  return { frame, payload: input.payload, ...signatureArgs(input) };
}

function answerArgs(body: Omit<StreamFrame, 'index'>) {
  const { worldId, epoch, intentHash, attempt, adapterId, payloadHash } = body;
  return {
    world_id: worldId,
    epoch,
    intent_hash: intentHash,
    attempt,
    adapter_id: adapterId,
    payload_hash: payloadHash,
  };
}

function signatureArgs({ keyId, sig }: Signed) {
  return { key_id: keyId, sig };
}
