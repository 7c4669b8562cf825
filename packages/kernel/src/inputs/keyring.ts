/** `keyring`: which keys the world knows, from this record on. */
import { assert, bytesEqual } from '@aos/canon';
import { type KeyringInput, keyIdOf, type Verb } from '@aos/protocol';
import { type Admission, refused } from '../admit/admitted.js';
import { checkActor } from '../governance/quorum.js';
import type { Run } from '../step/run.js';
import { findKey, hasRole, MAX_KEYS } from '../world/keyring.js';
import type { World } from '../world/world.js';
import { admitVerb, applyVerb } from './verb.js';

/**
 * Codes: those of verbs, `key-known` (also for one that was revoked: it does not come back),
 * `key-name-taken`, `keyring-full`, `key-unknown`, `key-revoked`, `key-last-operator`,
 * `governance-role`, `governance-not-named`.
 */
export function admitKeyring(world: World, raw: KeyringInput): Admission {
  return admitVerb(world, raw, ['operator'], (verb) => {
    return checkKeeper(world, raw) ?? checkKeyring(world, verb);
  });
}

/** Policies may say which operators keep the keyring: not each of them can fill a quorum then. */
function checkKeeper(world: World, { keyId }: KeyringInput): Admission | undefined {
  const name = findKey(world.keyring, keyId)?.name ?? '';
  const who = checkActor(world, 'keyring', { name, keyId }, undefined);
  return who && refused(who.code, '/key_id', who.detail);
}

export function applyKeyring(run: Run, input: KeyringInput): void {
  const verb = applyVerb(run, input);
  const { next, seq } = run;
  if (verb.verb === 'keyring-add') {
    const { publicKey, name, roles } = verb;
    const keyId = keyIdOf(publicKey);
    const key = { keyId, publicKey, name, roles, addedAt: seq, revokedAt: null };
    next.keyring = [...next.keyring, key];
    run.append({ kind: 'keyring-changed', cause: null, verb: 'add', keyId });
    return;
  }
  assert(verb.verb === 'keyring-revoke', 'admission lets only verbs of their kind in');
  const { keyId } = verb;
  next.keyring = next.keyring.map((key) =>
    bytesEqual(key.keyId, keyId) ? { ...key, revokedAt: seq } : key,
  );
  run.append({ kind: 'keyring-changed', cause: null, verb: 'revoke', keyId });
}

function checkKeyring(world: World, verb: Verb): Admission | undefined {
  if (verb.verb === 'keyring-add') return checkAdded(world, verb);
  if (verb.verb !== 'keyring-revoke') return undefined;
  const { keyring } = world;
  const key = findKey(keyring, verb.keyId);
  if (key === undefined) return refused('key-unknown', '/args/key_id', 'no such key');
  if (key.revokedAt !== null) {
    return refused('key-revoked', '/args/key_id', `record ${key.revokedAt} has revoked it`);
  }
  const others = keyring.filter((each) => each !== key && hasRole(each, ['operator']));
  if (others.length > 0 || !hasRole(key, ['operator'])) return undefined;
  const detail = 'nobody could change the world any more: add another operator first';
  return refused('key-last-operator', '/args/key_id', detail);
}

function checkAdded(
  { keyring }: World,
  { publicKey, name }: Extract<Verb, { readonly verb: 'keyring-add' }>,
): Admission | undefined {
  const known = findKey(keyring, keyIdOf(publicKey));
  if (known !== undefined) {
    const state = known.revokedAt === null ? 'known' : 'revoked, and does not come back';
    return refused('key-known', '/args/public', `the key is ${state}, as ${known.name}`);
  }
  // rules of governance count names: under the name of another a key would speak for two
  if (keyring.some((key) => key.name === name && key.revokedAt === null)) {
    const detail = `another key is called '${name}': revoke that one first, or take another name`;
    return refused('key-name-taken', '/args/name', detail);
  }
  if (keyring.length < MAX_KEYS) return undefined;
  return refused('keyring-full', '/args/public', `the keyring holds ${MAX_KEYS} keys, its most`);
}
