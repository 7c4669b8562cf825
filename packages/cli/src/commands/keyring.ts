/** `aos keyring`: who may sign for a world. */
import { fromHex, type Hash, parseHashText, toHashText, toHex } from '@aos/canon';
import { aosHome, ensureKey, isUsableKey } from '@aos/host';
import type { KeyState, World } from '@aos/kernel';
import type { KeyRole } from '@aos/protocol';
import { describeAck } from '../acks.js';
import { type Answer, CliError } from '../output.js';
import { cutValues } from '../shown-text.js';
import { openingWarnings, withWorld } from '../world/open-world.js';
import { submitVerb } from '../world/signed-verbs.js';

export interface KeyringOptions {
  /** Name of the operator's key that signs. */
  readonly as: string;
}

export interface AddOptions extends KeyringOptions {
  readonly role: readonly string[];
  /** Public key in hex; without it the key of that name in `$AOS_HOME/keys`, made if need be. */
  readonly public?: string;
}

export async function listKeys(path: string): Promise<Answer> {
  return withWorld(path, (opened) => ({
    data: { keys: opened.world.keyring.map(describeKey) },
    lines: opened.world.keyring.map(printKey),
    warnings: openingWarnings(opened),
  }));
}

export async function addKey(path: string, name: string, options: AddOptions): Promise<Answer> {
  const publicKey = options.public === undefined ? ownKey(path, name) : readKey(options.public);
  // the kernel checks the names of roles
  const roles = options.role as readonly KeyRole[];
  const says = { verb: 'keyring-add', publicKey, name, roles } as const;
  const { ack, world } = await submitVerb(path, options.as, () => says);
  const key = world.keyring.at(-1);
  const { data, lines } = describeAck(ack);
  return {
    data: { ...data, key: key === undefined ? null : describeKey(key) },
    lines: [...(key === undefined ? [] : [printKey(key)]), ...lines],
    done: `the key is in the keyring since record ${ack.seq}`,
  };
}

/** Revokes a key by its id or by its name. */
export async function revokeKey(
  path: string,
  key: string,
  { as }: KeyringOptions,
): Promise<Answer> {
  let revoked: Hash | undefined;
  const { ack } = await submitVerb(path, as, (world) => {
    revoked = findKeyId(world, key);
    return { verb: 'keyring-revoke', keyId: revoked };
  });
  const { data, lines } = describeAck(ack);
  const keyId = revoked === undefined ? null : toHashText(revoked);
  return {
    data: { ...data, key_id: keyId },
    lines: [`revoked ${keyId}`, ...lines],
    done: `the key is revoked since record ${ack.seq}`,
  };
}

function ownKey(path: string, name: string): Uint8Array {
  return ensureKey(aosHome(), name, { outside: path }).publicKey;
}

function readKey(hex: string): Uint8Array {
  const key = fromHex(hex);
  if (!key.ok) throw CliError.of(key.refusal);
  if (isUsableKey(key.value)) return key.value;
  const expected = '32 bytes of an ed25519 public key that is not of small order, in hex';
  throw new CliError('key-unreadable', `expected ${expected}, found ${cutValues(hex)}`);
}

function findKeyId({ keyring }: World, key: string): Hash {
  const parsed = parseHashText(key);
  if (parsed.ok) return parsed.value;
  const named = keyring.filter(({ name, revokedAt }) => name === key && revokedAt === null);
  const [found] = named;
  if (found !== undefined && named.length === 1) return found.keyId;
  const known = keyring.map(({ name }) => name).join(', ');
  const message = `expected the id of a key, or a name that one key has; found ${cutValues(key)}`;
  throw new CliError('key-not-found', `${message}; the keyring holds ${known}`);
}

function describeKey({ keyId, publicKey, name, roles, addedAt, revokedAt }: KeyState) {
  return {
    key_id: toHashText(keyId),
    name,
    roles: [...roles],
    public: toHex(publicKey),
    added_at: addedAt,
    revoked_at: revokedAt,
  };
}

function printKey({ keyId, name, roles, addedAt, revokedAt }: KeyState): string {
  const since = addedAt < 0 ? 'since genesis' : `since record ${addedAt}`;
  const until = revokedAt === null ? '' : `, revoked by record ${revokedAt}`;
  return `${toHashText(keyId)}  ${name}  ${roles.join(', ')}  ${since}${until}`;
}
