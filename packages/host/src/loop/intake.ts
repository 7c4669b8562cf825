/**
 * Taking in: from what a caller gave to an input of our own, admitted, with what is to be verified
 * of its signature. The kernel admits again on the world of the step.
 */
import { Defect, type Refusal } from '@aos/canon';
import {
  checkInputSignature,
  type RawEvent,
  type RawInput,
  type RawReceipt,
  type RawStreamFrame,
  type RawVerb,
  type SignatureCheck,
  type SignatureClaim,
  signatureClaim,
} from '@aos/kernel';
import { AosFault } from '@aos/protocol';
import { ProvenReceipt } from '../keys/proven-receipt.js';
import type { CryptoThreads } from '../keys/signature-wait.js';
import type { Stepper } from './stepper.js';

/** What a caller may hand in; ticks and continuations are the host's own. */
export type SubmittedInput = Exclude<RawInput, { readonly kind: 'continue' | 'tick' }>;

/** An input that somebody answers for with a key. */
type SignedInput = RawReceipt | RawStreamFrame | RawVerb;

export type Intake =
  | {
      readonly kind: 'taken';
      readonly raw: SubmittedInput;
      readonly sizeBytes: number;
      readonly claim?: SignatureClaim;
    }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'duplicate'; readonly seq: number };

/** How signatures are checked. */
export interface SignaturePorts {
  /** On this thread. */
  readonly check: SignatureCheck;
  readonly threads: CryptoThreads;
  /** Who handed it in keeps nothing of it: it need not be copied. */
  readonly isOwn?: boolean;
}

/**
 * Where a thread beside checks signatures, what is taken names its claim. A receipt of the host's
 * own that was proven when it was made has none, and is admitted at its step only. Refusal codes:
 * those of `admit`, `signature-invalid`, and `event-unreadable` for what cannot even be read. A
 * refusal leaves no trace.
 */
export function takeIn(
  stepper: Stepper,
  submitted: SubmittedInput,
  signatures: SignaturePorts,
): Intake {
  try {
    if (signatures.isOwn && ProvenReceipt.isOf(stepper.world.keyring, submitted)) {
      return { kind: 'taken', raw: submitted, sizeBytes: submitted.payload.length };
    }
    return isSigned(submitted)
      ? takeSigned(stepper, signatures.isOwn ? submitted : structuredClone(submitted), signatures)
      : takeEvent(stepper, submitted);
  } catch (cause) {
    if (cause instanceof Defect || cause instanceof AosFault) throw cause;
    const why = cause instanceof Error ? cause.message : typeof cause;
    return refused('event-unreadable', `the input cannot be read: ${why}`);
  }
}

export function isSigned(raw: RawInput): raw is SignedInput {
  return 'sig' in raw;
}

function takeSigned(
  stepper: Stepper,
  raw: SignedInput,
  { check, threads }: SignaturePorts,
): Intake {
  if (!isOfBytes(raw)) return refused('event-unreadable', 'key, signature or payload are no bytes');
  const admission = stepper.admit(raw);
  if (admission.kind !== 'admitted') return admission;
  const sizeBytes = 'payload' in raw ? raw.payload.length : 0;
  // a control verb goes before all that waits, so it waits for no thread either
  if (threads !== 'beside' || raw.kind === 'control') {
    const checked = checkInputSignature(stepper.world, raw, check);
    if (!checked.ok) return { kind: 'refused', refusal: checked.refusal };
    return { kind: 'taken', raw, sizeBytes };
  }
  const claim = signatureClaim(stepper.world, raw);
  if (!claim.ok) return { kind: 'refused', refusal: claim.refusal };
  return { kind: 'taken', raw, sizeBytes, ...(claim.value && { claim: claim.value }) };
}

/** A text has a length and a hash, too. */
function isOfBytes(raw: SignedInput): boolean {
  const parts: unknown[] = [raw.keyId, raw.sig, 'payload' in raw ? raw.payload : raw.sig];
  return parts.every((part) => part instanceof Uint8Array);
}

/**
 * The event as bytes of our own: the caller may change what it gave as soon as submit returns, and
 * what it gave may be anything. A `slice` would be no copy where it is a Buffer.
 */
function takeEvent(stepper: Stepper, submitted: RawEvent): Intake {
  const admission = stepper.admit(submitted);
  if (admission.kind !== 'admitted') return admission;
  const { input } = admission;
  if (input.kind !== 'event') return refused('event-unreadable', 'the input is no event');
  const { value, key, ...names } = input;
  const cbor = value === submitted.cbor ? new Uint8Array(value) : value;
  const raw: RawEvent = { ...names, cbor };
  const own = key === undefined ? raw : { ...raw, key: new Uint8Array(key) };
  return { kind: 'taken', raw: own, sizeBytes: value.length };
}

function refused(code: string, detail: string): Intake {
  return { kind: 'refused', refusal: { code, at: '', detail } };
}
