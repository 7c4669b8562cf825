/**
 * What the three kinds of signed verbs have in common. The signature is over this world and its
 * present epoch, which the host has verified.
 */
import { assert, attempt, encodeUntagged } from '@aos/canon';
import { type KeyRole, NONCE_BYTES, parseVerb, VERBS, type Verb } from '@aos/protocol';
import { type Admission, admitted, type RawVerb, refused } from '../admit/admitted.js';
import type { Run } from '../step/run.js';
import { nonceKey } from '../world/nonces.js';
import type { World } from '../world/world.js';
import { explainSigner } from './signer.js';

/**
 * Admits a verb if its key has one of the roles and `check` has nothing against it. Codes:
 * `verb-unknown`, `verb-key`, `verb-nonce`, `verb-replayed`, `verb-args` and the codes of the
 * parser of the arguments.
 */
export function admitVerb(
  world: World,
  raw: RawVerb,
  roles: readonly KeyRole[],
  check: (verb: Verb) => Admission | undefined,
): Admission {
  const verbs: readonly string[] = VERBS[raw.kind];
  if (!verbs.includes(raw.verb)) {
    return refused('verb-unknown', '/verb', `expected one of ${verbs.join(', ')}`);
  }
  const why = explainSigner(world, raw, roles);
  if (why !== undefined) return refused('verb-key', '/key_id', why);
  const nonce = checkNonce(world, raw);
  if (nonce !== undefined) return nonce;
  const parsed = parseVerb(raw.verb, raw.args);
  if (!parsed.ok) return { kind: 'refused', refusal: parsed.refusal };
  const encoded = attempt(() => encodeUntagged(raw.args));
  if (!encoded.ok) return refused('verb-args', '/args', encoded.refusal.detail);
  return check(parsed.value) ?? admitted(raw);
}

/** What an admitted verb says. Its nonce is used from now on. */
export function applyVerb(run: Run, { verb, args, keyId, nonce }: RawVerb): Verb {
  run.next.nonces = run.next.nonces.set({ keyId, nonce });
  const parsed = parseVerb(verb, args);
  assert(parsed.ok, 'admission has parsed the arguments');
  return parsed.value;
}

function checkNonce(world: World, { keyId, nonce }: RawVerb): Admission | undefined {
  if (nonce.length !== NONCE_BYTES) {
    const detail = `expected ${NONCE_BYTES} bytes, found ${nonce.length}`;
    return refused('verb-nonce', '/nonce', detail);
  }
  if (world.nonces.get(nonceKey({ keyId, nonce })) === undefined) return undefined;
  return refused('verb-replayed', '/nonce', 'the key has used this nonce before');
}
