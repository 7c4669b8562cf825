/** Halts: a defect stops a world for good, and only somebody with the operator's key clears it. */
import { bytesEqual, Defect, encode, type Hash, type Refusal } from '@aos/canon';
import type { RawInput, World } from '@aos/kernel';
import { AosFault, type HaltMark, signedMessage } from '@aos/protocol';
import type { Signer } from '../keys/key-files.js';
import type { SignatureVerifier } from '../keys/signatures.js';

const CLEARANCE_DOMAIN = 'aos/clear-halt/0';

/** Longest description of a defect that a mark holds; the rest of a stack says nothing new. */
const MAX_DETAIL_CHARS = 4000;

/** That an operator has looked at a halt: a signature over the world and the halt. */
export interface HaltClearance {
  readonly keyId: Hash;
  readonly sig: Uint8Array;
}

/** The report of a defect that was met while `raw` was stepped on `world`. */
export function haltMarkOf(
  cause: unknown,
  { world, raw }: { readonly world: World; readonly raw: RawInput },
): HaltMark {
  const what = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
  const detail = `record ${world.seq}, input ${raw.kind ?? 'event'}: ${what}`;
  const code = cause instanceof Defect ? 'defect' : 'runtime-error';
  return { kind: 'halt', seq: world.seq - 1, code, detail: detail.slice(0, MAX_DETAIL_CHARS) };
}

/** What everybody is told of a halted world: `world-halted`. */
export function haltFault({ seq, code, detail }: HaltMark, cause?: unknown): AosFault {
  const [first] = detail.split('\n');
  const when = seq < 0 ? 'before its first record' : `after record ${seq}`;
  const message =
    `a defect (${code}) halted the world ${when}: ${first}; the world is as it was before; ` +
    "report it, then 'aos control clear-halt' lets the world go on";
  return new AosFault('world-halted', message, { retry: 'never', cause });
}

export function signClearance(signer: Signer, worldId: Hash, halt: HaltMark): HaltClearance {
  return { keyId: signer.keyId, sig: signer.sign(clearanceMessage(worldId, halt)) };
}

/** Refusal codes: `key-role` unless an operator's key signed it, `signature-invalid`. */
export function checkClearance(
  { worldId, keyring }: World,
  { halt, clearance }: { readonly halt: HaltMark; readonly clearance: HaltClearance },
  verifier: SignatureVerifier,
): Refusal | undefined {
  const key = keyring.find(({ keyId }) => bytesEqual(keyId, clearance.keyId));
  if (key?.revokedAt !== null || !key.roles.includes('operator')) {
    return { code: 'key-role', at: '', detail: "expected a key with the role 'operator'" };
  }
  const message = clearanceMessage(worldId, halt);
  if (verifier.holds(key.publicKey, message, clearance.sig)) return undefined;
  return { code: 'signature-invalid', at: '/sig', detail: 'the clearance is of another halt' };
}

function clearanceMessage(worldId: Hash, { seq, code, detail }: HaltMark): Uint8Array {
  return signedMessage(CLEARANCE_DOMAIN, encode({ world_id: worldId, seq, code, detail }));
}
