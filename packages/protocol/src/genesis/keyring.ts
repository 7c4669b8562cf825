/** The keys a world knows, as its genesis names the first of them. */
import { type Hash, sha256, type Value, type Writer } from '@aos/canon';
import { Fields } from '../shapes/shape-fields.js';
import { checkHash, shapeRefusal } from '../shapes/shape-reader.js';
import { writeBytes, writeText } from '../shapes/shape-writer.js';

/** What a key may do; a closed list. */
const KEY_ROLES = ['adapter', 'approver', 'host', 'operator'] as const;
export type KeyRole = (typeof KEY_ROLES)[number];

/** Size of an ed25519 public key. */
export const PUBLIC_KEY_BYTES = 32;

/** A public key the world knows. `keyId = sha256(publicKey)`. */
export interface KeyringEntry {
  readonly keyId: Hash;
  readonly publicKey: Uint8Array;
  readonly name: string;
  readonly roles: readonly KeyRole[];
}

export function keyIdOf(publicKey: Uint8Array): Hash {
  return sha256(publicKey);
}

export function writeKey(w: Writer, entry: KeyringEntry): void {
  w.mapHead(4);
  writeText(w, 'name', entry.name);
  w.text('roles');
  w.listHead(entry.roles.length);
  for (const role of entry.roles) w.text(role);
  writeBytes(w, 'key_id', entry.keyId);
  writeBytes(w, 'public', entry.publicKey);
}

/**
 * Codes: `shape-*`, `shape-hash` for a key under a wrong id, `key-role` for an unknown role,
 * `verb-args` for a name that no key may have.
 */
export function parseKey(value: Value): KeyringEntry {
  const fields = new Fields(value);
  const entry = {
    keyId: fields.hash('key_id'),
    publicKey: fields.exact('public', PUBLIC_KEY_BYTES),
    name: checkKeyName(fields.text('name')),
    roles: parseRoles(fields.texts('roles')),
  };
  fields.end();
  checkHash(entry.keyId, keyIdOf(entry.publicKey), 'key_id');
  return entry;
}

/** Under these names plans act, so no key may have one. */
const PLAN_HOLDER = 'world:';
const KEY_NAME_CHARS = 128;

/** The name of a key: of 1 to 128 characters, and none of a plan. Code: `verb-args`. */
export function checkKeyName(name: string): string {
  if (name.length === 0 || name.length > KEY_NAME_CHARS) {
    throw shapeRefusal('verb-args', `a name of 1 to ${KEY_NAME_CHARS} characters is expected`);
  }
  if (!name.startsWith(PLAN_HOLDER)) return name;
  const detail = `names that begin with '${PLAN_HOLDER}' are those of plans, found '${name}'`;
  throw shapeRefusal('verb-args', `${detail}: give the key another name`);
}

/** Each role once. Code: `key-role`. */
export function parseRoles(texts: readonly string[]): readonly KeyRole[] {
  if (new Set(texts).size < texts.length) throw shapeRefusal('key-role', 'a role stands twice');
  return texts.map((text) => {
    const role = KEY_ROLES.find((each) => each === text);
    if (role !== undefined) return role;
    throw shapeRefusal('key-role', `unknown role '${text}'; known: ${KEY_ROLES.join(', ')}`);
  });
}
