/**
 * Keys of a test world: real ed25519 keys, made from their names, so that the same test signs the
 * same bytes on every machine. They are as secret as a name is.
 */
import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { sha256, utf8 } from '@aos/canon';
import type { Signer } from '@aos/host';
import { AosFault, type KeyRole, type KeyringEntry, keyIdOf } from '@aos/protocol';

/** What DER writes before the 32 bytes of a private and a public ed25519 key (RFC 8410). */
const PRIVATE_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const PUBLIC_KEY_BYTES = 32;

/** Names of keys, and what each of them may do. */
export type People = Readonly<Record<string, readonly KeyRole[]>>;

export class TestKeys {
  readonly #signers = new Map<string, Signer>();

  /** `operator` and `host` are always there. */
  constructor(private readonly people: People) {}

  get entries(): readonly KeyringEntry[] {
    const roles = { operator: ['operator'], host: ['host'], ...this.people } as const;
    return Object.entries(roles).map(([name, of]) => {
      const { keyId, publicKey } = this.#signerOf(name);
      return { keyId, publicKey, name, roles: of };
    });
  }

  /** Fault: `test-key-unknown`. */
  signer(name: string): Signer {
    if (name === 'operator' || name === 'host' || Object.hasOwn(this.people, name)) {
      return this.#signerOf(name);
    }
    const known = ['operator', 'host', ...Object.keys(this.people)].join(', ');
    const message = `expected one of ${known}, found '${name}'; name its roles under 'people'`;
    throw new AosFault('test-key-unknown', message, { retry: 'never' });
  }

  #signerOf(name: string): Signer {
    const known = this.#signers.get(name);
    if (known !== undefined) return known;
    const der = Buffer.concat([PRIVATE_PREFIX, sha256(utf8(`aos test key ${name}`))]);
    const secret = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    const spki = createPublicKey(secret).export({ format: 'der', type: 'spki' });
    const publicKey = new Uint8Array(spki.subarray(spki.length - PUBLIC_KEY_BYTES));
    const signer: Signer = {
      keyId: keyIdOf(publicKey),
      publicKey,
      sign: (message) => new Uint8Array(sign(null, message, secret)),
    };
    this.#signers.set(name, signer);
    return signer;
  }
}
