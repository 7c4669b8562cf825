/**
 * A vault on disk: a key file and one encrypted file, both of mode 0600.
 *
 * 1. The file is a head, 32 random bytes of salt, and the content in a box made of the key and this
 *    salt; another salt each time it is written. A changed byte anywhere is `vault-damaged`.
 * 2. It is replaced as a whole: what was written is there after a crash, or what was there before.
 * 3. Changes take turns, over all processes of the machine; reading waits for nobody.
 *
 * Deliberately absent: telling an old copy of the file from the present one. Who can put back old
 * files of an account can do more.
 */
import { randomBytes } from 'node:crypto';
import { bytesEqual, concatBytes, fromHex, toHex, utf8 } from '@aos/canon';
import { AosFault } from '@aos/protocol';
import { type BoxKey, closeBox, openBox } from '../crypto/sealed-box.js';
import { deriveVaultKeys, VAULT_KEY_BYTES, type VaultKeys } from '../crypto/vault-keys.js';
import { whileLocked } from '../files/file-lock.js';
import { readPrivate, replacePrivate } from '../files/private-file.js';
import { decodeContent, encodeContent, type VaultContent } from './vault-content.js';

export interface VaultPaths {
  /** The file with the values. */
  readonly file: string;
  /** The file with the key: elsewhere, or a copy of one is a copy of both. */
  readonly keyFile: string;
}

const HEAD = utf8('aos/vault/0\0');
const SALT_BYTES = 32;
const PURPOSE = 'aos/vault/0 content';
/** Most bytes of the file. */
const FILE_BYTES = 1 << 24;
const KEY_FILE_BYTES = 2 * VAULT_KEY_BYTES + 2;

export class VaultFile {
  /** The last change of this process, which the next one waits for. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(private readonly paths: VaultPaths) {}

  /**
   * The content; that of a vault that is yet to be made is empty. Faults: `vault-key-missing`,
   * `vault-key-invalid`, `vault-damaged`, `secret-file-shared`, `secret-file-unreadable`.
   */
  async read(): Promise<VaultContent> {
    const bytes = await readPrivate(this.paths.file, FILE_BYTES);
    if (bytes === undefined) return [];
    const keys = await this.keys();
    const content = keys && openContent(keys, bytes);
    if (content !== undefined) return content;
    const { file, keyFile } = this.paths;
    if (keys === undefined) {
      const message = `expected the key of '${file}' in '${keyFile}', found none; restore it`;
      throw new AosFault('vault-key-missing', message, { retry: 'never' });
    }
    const message = `'${file}' is damaged, or of another key than '${keyFile}'; restore a copy`;
    throw new AosFault('vault-damaged', message, { retry: 'never' });
  }

  /** The keys; undefined when they are yet to be made. */
  async keys(): Promise<VaultKeys | undefined> {
    const { keyFile } = this.paths;
    const bytes = await readPrivate(keyFile, KEY_FILE_BYTES);
    if (bytes === undefined) return undefined;
    const master = fromHex(Buffer.from(bytes).toString('latin1').trimEnd());
    if (master.ok && master.value.length === VAULT_KEY_BYTES) return deriveVaultKeys(master.value);
    const message = `expected ${VAULT_KEY_BYTES} bytes in hex in '${keyFile}'; restore a copy`;
    throw new AosFault('vault-key-invalid', message, { retry: 'never' });
  }

  /** The keys, made on first use. */
  async ensureKeys(): Promise<VaultKeys> {
    return (await this.keys()) ?? this.#inTurn(() => this.#makeKeys());
  }

  /**
   * Replaces the content by what `change` makes of it, and answers with the rest of what that says;
   * without a content nothing is written. Faults as {@link read}, and `vault-busy`, `vault-full`,
   * `secret-file-not-written`.
   */
  async change<T>(change: (content: VaultContent, keys: VaultKeys) => Change<T>): Promise<T> {
    return this.#inTurn(async () => {
      const keys = await this.#makeKeys();
      const { content, answer } = change(await this.read(), keys);
      if (content !== undefined) await this.#write(keys, content);
      return answer;
    });
  }

  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(() => whileLocked(this.paths.file, run));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #write(keys: VaultKeys, content: VaultContent): Promise<void> {
    const salt = new Uint8Array(randomBytes(SALT_BYTES));
    const head = concatBytes(HEAD, salt);
    const bytes = concatBytes(head, closeBox(boxKey(keys, salt), head, encodeContent(content)));
    if (bytes.length > FILE_BYTES) {
      const message = `a vault of more than ${FILE_BYTES} bytes is not read; rotate what is old`;
      throw new AosFault('vault-full', message, { retry: 'never' });
    }
    await replacePrivate(this.paths.file, bytes);
  }

  /** A file without its key is not given another one. */
  async #makeKeys(): Promise<VaultKeys> {
    const known = await this.keys();
    if (known !== undefined) return known;
    await this.read();
    const master = new Uint8Array(randomBytes(VAULT_KEY_BYTES));
    await replacePrivate(this.paths.keyFile, utf8(`${toHex(master)}\n`));
    return deriveVaultKeys(master);
  }
}

/** What becomes of a content; undefined for no change. */
export interface Change<T> {
  readonly content: VaultContent | undefined;
  readonly answer: T;
}

function openContent(keys: VaultKeys, bytes: Uint8Array): VaultContent | undefined {
  const head = bytes.slice(0, HEAD.length + SALT_BYTES);
  if (!bytesEqual(head.subarray(0, HEAD.length), HEAD)) return undefined;
  const key = boxKey(keys, head.subarray(HEAD.length));
  const plain = openBox(key, head, bytes.subarray(head.length));
  return plain && decodeContent(plain);
}

function boxKey({ file }: VaultKeys, salt: Uint8Array): BoxKey {
  return { secret: file, salt, purpose: PURPOSE };
}
