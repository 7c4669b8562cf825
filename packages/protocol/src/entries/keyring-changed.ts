/** `keyring-changed`: a key is known, or known no more, from the next record on (spec P16). */
import type { Hash, Writer } from '@aos/canon';
import type { Fields } from '../shapes/shape-fields.js';
import { writeBytes, writeText } from '../shapes/shape-writer.js';
import { type Cause, parseCause, writeCause } from './cause.js';

const KEYRING_VERBS = ['add', 'revoke'] as const;
type KeyringVerb = (typeof KEYRING_VERBS)[number];

export interface KeyringChangedEntry {
  readonly kind: 'keyring-changed';
  readonly cause: Cause;
  readonly verb: KeyringVerb;
  readonly keyId: Hash;
}

export function writeKeyringChanged(w: Writer, entry: KeyringChangedEntry): void {
  w.mapHead(4);
  writeText(w, 'kind', entry.kind);
  writeText(w, 'verb', entry.verb);
  writeCause(w, entry.cause);
  writeBytes(w, 'key_id', entry.keyId);
}

export function parseKeyringChanged(fields: Fields): KeyringChangedEntry {
  return {
    kind: 'keyring-changed',
    cause: parseCause(fields),
    verb: fields.oneOf('verb', KEYRING_VERBS),
    keyId: fields.hash('key_id'),
  };
}
