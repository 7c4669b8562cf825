/**
 * Feeding: the input of a record as a step takes it, and whether it may stand in a journal.
 *
 * F1 A journal holds only what admission lets in, byte for byte as admission gives it on.
 * F2 Whoever signed is checked against the keys of the world at that very sequence.
 */
import { assert, bytesEqual, type Hash, ok, type Refused, type Result, refuse } from '@aos/canon';
import {
  type CarriedValue,
  type EventInput,
  encodeReceiptBody,
  encodeSignedVerb,
  encodeStreamFrame,
  type Input,
  type ObjectReader,
  RECEIPT_DOMAIN,
  STREAM_FRAME_DOMAIN,
  signedMessage,
  verbDomain,
} from '@aos/protocol';
import { type AdmitPorts, admit } from '../admit/admit.js';
import type { AdmittedEvent, AdmittedInput, RawEvent } from '../admit/admitted.js';
import type { Need } from '../trie/objects-needed.js';
import { findKey, type KeyState } from '../world/keyring.js';
import type { World } from '../world/world.js';

/**
 * Checks an ed25519 signature, strictly: small-order keys refused. The kernel knows no curves, so
 * whoever replays gives it.
 */
export type SignatureCheck = (
  keyId: Hash,
  publicKey: Uint8Array,
  message: Uint8Array,
  sig: Uint8Array,
) => boolean;

/** An object that must be in memory before an input can be fed. */
export type NeededValue = Need;

/** An input with its values, or what is needed for that. */
export type Fed = AdmittedInput | NeededValue;

export function feedInput(input: Input, object: ObjectReader): Fed {
  switch (input.kind) {
    case 'event':
      return feedEvent(input, object);
    case 'receipt':
    case 'stream-frame':
      return withValue(input.payload, object, (payload) => ({ ...input, payload }));
    default:
      return input;
  }
}

/** The hot path: almost every record is a plain event. */
function feedEvent(input: EventInput, object: ObjectReader): Fed {
  const { schema, key, source, dedup } = input;
  const value = input.value.inline ?? object(input.value.ref);
  if (value === undefined) return needed(input.value);
  if (key === undefined && source === undefined && dedup === undefined) {
    return { kind: 'event', schema, value };
  }
  return { ...input, value };
}

function withValue(
  carried: CarriedValue,
  object: ObjectReader,
  make: (bytes: Uint8Array) => AdmittedInput,
): Fed {
  const bytes = carried.inline ?? object(carried.ref);
  return bytes === undefined ? needed(carried) : make(bytes);
}

function needed({ ref }: CarriedValue): NeededValue {
  assert(ref !== undefined, 'a value that is not inline is under its hash');
  return { kind: 'need', hashes: [ref], modules: [] };
}

/**
 * Admits an input again; undefined when it is let in as it is. Codes: those of {@link admit},
 * `input-not-canonical` and `input-duplicate`.
 */
export function readmit(
  world: World,
  input: AdmittedInput,
  ports: AdmitPorts,
): Refused | NeededValue | undefined {
  const admission = admit(world, input.kind === 'event' ? rawEvent(input) : input, ports);
  switch (admission.kind) {
    case 'admitted':
      return isSameInput(admission.input, input) ? undefined : notCanonical();
    case 'duplicate':
      return refuse('input-duplicate', 'input', `the event came in as record ${admission.seq}`);
    case 'refused':
      return { ok: false, refusal: admission.refusal };
    case 'need':
      return admission;
  }
}

function rawEvent({ schema, value, key, source, dedup }: AdmittedEvent): RawEvent {
  if (key === undefined && source === undefined && dedup === undefined) {
    return { schema, cbor: value };
  }
  return {
    schema,
    cbor: value,
    ...(key === undefined ? {} : { key }),
    ...(source === undefined ? {} : { source }),
    ...(dedup === undefined ? {} : { dedup }),
  };
}

/** Only events are changed on their way through admission. */
function isSameInput(admitted: AdmittedInput, input: AdmittedInput): boolean {
  if (admitted.kind !== 'event' || input.kind !== 'event') return admitted.kind === input.kind;
  return isSame(admitted.value, input.value) && isSame(admitted.key, input.key);
}

/** What was canonical before comes out of admission as the same array. */
function isSame(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && bytesEqual(a, b));
}

function notCanonical(): Refused {
  return refuse('input-not-canonical', 'input', 'value or key is not canonical in its schema');
}

/** Checks the signature of an input that has one. Code: `signature-invalid`. */
export function checkInputSignature(
  world: World,
  input: AdmittedInput,
  check: SignatureCheck,
): Result<null> {
  const claim = signatureClaim(world, input);
  if (!claim.ok || claim.value === null) return claim as Result<null>;
  const { key, message, sig } = claim.value;
  return check(key.keyId, key.publicKey, message, sig) ? ok(null) : refuseSignature(key);
}

/** What has to hold for an input to be its signer's. */
export interface SignatureClaim {
  readonly key: KeyState;
  readonly message: Uint8Array;
  readonly sig: Uint8Array;
}

/** The claim of an input that has a signature, for whoever checks it apart from the step. */
export function signatureClaim(world: World, input: AdmittedInput): Result<SignatureClaim | null> {
  const message = messageOf(world, input);
  if (message === undefined || !('sig' in input)) return ok(null);
  const key = findKey(world.keyring, input.keyId);
  return key === undefined ? refuseSignature(key) : ok({ key, message, sig: input.sig });
}

/** `signature-invalid`: a claim that does not hold, or of nobody. */
export function refuseSignature(key: KeyState | undefined): Refused {
  const by = key === undefined ? 'a key that the world does not know' : `the key of ${key.name}`;
  return refuse('signature-invalid', 'input/sig', `it is no signature by ${by}`);
}

function messageOf(world: World, input: AdmittedInput): Uint8Array | undefined {
  switch (input.kind) {
    case 'receipt':
      return signedMessage(RECEIPT_DOMAIN, encodeReceiptBody(input.receipt));
    case 'stream-frame':
      return signedMessage(STREAM_FRAME_DOMAIN, encodeStreamFrame(input.frame));
    case 'control':
    case 'keyring':
    case 'governance': {
      const { worldId, epoch } = world;
      const { verb, args, nonce } = input;
      return signedMessage(
        verbDomain(verb),
        encodeSignedVerb({ worldId, epoch, verb, args, nonce }),
      );
    }
    default:
      return undefined;
  }
}
