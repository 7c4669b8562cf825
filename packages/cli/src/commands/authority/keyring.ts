/** `aos keyring`: who may sign for a world. */
import { fromHex } from '@aos/canon';
import { aosHome, ensureKey, isUsableKey } from '@aos/host';
import type { KeyRole, KeyShape } from '@aos/protocol';
import { hashOf, submitVerb } from '../../access/signed-verbs.js';
import { type Asked, withAccess } from '../../access/with-access.js';
import { describeAck } from '../../acks.js';
import { signerOf } from '../../compose/keys.js';
import { dataOf } from '../../json-values.js';
import { type Answer, CliError } from '../../output.js';
import { cutValues } from '../../shown-text.js';

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
  return withAccess(path, 'read', async (asked) => {
    const { keys } = await asked.call('keyring.list', {});
    return { data: { keys: dataOf(keys) }, lines: keys.map(printKey) };
  });
}

export async function addKey(path: string, name: string, options: AddOptions): Promise<Answer> {
  const publicKey = options.public === undefined ? ownKey(path, name) : readKey(options.public);
  // the kernel checks the names of roles
  const roles = options.role as readonly KeyRole[];
  const signer = signerOf(path, options.as);
  return withAccess(path, 'write', async (asked) => {
    const says = { verb: 'keyring-add', publicKey, name, roles } as const;
    const ack = await submitVerb(asked, signer, says);
    const { keys } = await asked.call('keyring.list', {});
    const key = keys.find(({ added_at }) => added_at === ack.seq) ?? null;
    const { data, lines } = describeAck(ack);
    return {
      data: { ...data, key: dataOf(key) },
      lines: [...(key === null ? [] : [printKey(key)]), ...lines],
      done: `the key is in the keyring since record ${ack.seq}`,
    };
  });
}

/** Revokes a key by its id or by its name. */
export async function revokeKey(
  path: string,
  key: string,
  { as }: KeyringOptions,
): Promise<Answer> {
  const signer = signerOf(path, as);
  return withAccess(path, 'write', async (asked) => {
    const keyId = await findKeyId(asked, key);
    const ack = await submitVerb(asked, signer, { verb: 'keyring-revoke', keyId: hashOf(keyId) });
    const { data, lines } = describeAck(ack);
    return {
      data: { ...data, key_id: keyId },
      lines: [`revoked ${keyId}`, ...lines],
      done: `the key is revoked since record ${ack.seq}`,
    };
  });
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

const KEY_ID = /^sha256:[0-9a-f]{64}$/;

async function findKeyId(asked: Asked, key: string): Promise<string> {
  if (KEY_ID.test(key)) return key;
  const { keys } = await asked.call('keyring.list', {});
  const named = keys.filter(({ name, revoked_at }) => name === key && revoked_at === null);
  const [found] = named;
  if (found !== undefined && named.length === 1) return found.key_id;
  const known = keys.map(({ name }) => name).join(', ');
  const message = `expected the id of a key, or a name that one key has; found ${cutValues(key)}`;
  throw new CliError('key-not-found', `${message}; the keyring holds ${known}`);
}

function printKey({ key_id, name, roles, added_at, revoked_at }: KeyShape): string {
  const since = added_at < 0 ? 'since genesis' : `since record ${added_at}`;
  const until = revoked_at === null ? '' : `, revoked by record ${revoked_at}`;
  return `${key_id}  ${name}  ${roles.join(', ')}  ${since}${until}`;
}
