/**
 * The adapter for `vault.put` and `vault.rotate`.
 *
 * 1. Values come sealed, in an object of the world: `sys/VaultPutParams@2`. Version 1 names an
 *    object with the value itself, which would then lie in the world's store: it is refused.
 * 2. The same intent puts one version; rotating twice changes nothing more.
 * 3. Only bindings `vault:…` can be put to.
 */
import {
  concatBytes,
  decodePlain,
  type Hash,
  parseHashText,
  type Refusal,
  type Result,
  toHashText,
  type Value,
} from '@aos/canon';
import {
  type Adapter,
  AosFault,
  type BlobPort,
  type EffectCall,
  type EffectContext,
  type EffectOutcome,
  okOutcome,
} from '@aos/protocol';
import { SEAL_BYTES } from './crypto/sealed-value.js';
import { invalid, outcomeOf, refused, VaultFailure } from './failure.js';
import { MAX_SECRET_BYTES, type Vault, type VersionDigest } from './vault/vault.js';

export interface VaultAdapterOptions {
  readonly vault: Vault;
  /** Names the adapter in receipts. Default `host.vault`. */
  readonly id?: string;
}

export function createVaultAdapter(options: VaultAdapterOptions): Adapter {
  return new VaultAdapter(options);
}

type Fields = ReadonlyMap<Value, Value>;

const BINDING = 'vault:';

class VaultAdapter implements Adapter {
  readonly id: string;
  readonly kinds = ['vault.put', 'vault.rotate'];
  readonly #vault: Vault;
  #isClosed = false;

  constructor({ vault, id }: VaultAdapterOptions) {
    this.id = id ?? 'host.vault';
    this.#vault = vault;
  }

  async start(call: EffectCall, context: EffectContext): Promise<EffectOutcome> {
    try {
      this.#assertWanted(call, context);
      const fields = fieldsOf(call.params);
      const run = call.effect === 'vault.rotate' ? this.#rotate(call, fields) : undefined;
      const { version, digest } = await (run ?? this.#put(call, fields, context.blobs));
      const [alias, binding_id] = [textIn(fields, 'alias'), textIn(fields, 'binding_id')];
      return okOutcome({ alias, version, binding_id, digest: toHashText(digest) });
    } catch (cause) {
      return outcomeOf(cause);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }

  async #put(call: EffectCall, fields: Fields, blobs: BlobPort): Promise<VersionDigest> {
    if (fields.has('value_ref')) {
      const message =
        'expected a sealed value; sys/vault.put@1 would leave the value itself in the store of ' +
        'the world: list sys/vault.put@2 in the manifest';
      throw new VaultFailure({ status: 'error', code: 'vault-value-plain', message });
    }
    assertFields(fields, ['alias', 'binding_id', 'sealed_ref', 'expected_digest']);
    const { worldId, intentHash: putBy } = call;
    const [alias, bindingId] = [textIn(fields, 'alias'), textIn(fields, 'binding_id')];
    const place = { worldId, name: nameIn(fields) };
    const expectedDigest = digestIn(fields);
    const sealed = await readSealed(blobs, hashIn(fields, 'sealed_ref'));
    const value = orThrow(await this.#vault.open({ worldId, alias, bindingId }, sealed));
    const put = { ...place, value, putBy };
    const request = expectedDigest === undefined ? put : { ...put, expectedDigest };
    return orThrow(await this.#vault.put(request));
  }

  async #rotate({ worldId }: EffectCall, fields: Fields): Promise<VersionDigest> {
    assertFields(fields, ['alias', 'version', 'binding_id', 'expected_digest']);
    textIn(fields, 'alias');
    const version = Number(fields.get('version'));
    if (!Number.isSafeInteger(version) || version < 1) throw invalid('a version from 1 on');
    const expectedDigest = hashIn(fields, 'expected_digest');
    const name = nameIn(fields);
    return orThrow(await this.#vault.rotate({ worldId, name, version, expectedDigest }));
  }

  #assertWanted({ deadlineNs }: EffectCall, { cancel, clock }: EffectContext): void {
    if (this.#isClosed || cancel.isCancelled) {
      const message = 'nobody waits for it, or its host is closing';
      throw new VaultFailure({ status: 'cancelled', code: 'vault-cancelled', message });
    }
    if (deadlineNs === undefined || deadlineNs > clock.logicalNowNs()) return;
    const message = 'the deadline has passed before it started';
    throw new VaultFailure({ status: 'timeout', code: 'vault-deadline', message });
  }
}

function orThrow<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw refused(result.refusal satisfies Refusal);
}

async function readSealed(blobs: BlobPort, hash: Hash): Promise<Uint8Array> {
  const before = MAX_SECRET_BYTES + SEAL_BYTES + 1;
  try {
    const chunks: Uint8Array[] = [];
    for await (const chunk of (await blobs.get(hash, { from: 0, before })) ?? [])
      chunks.push(chunk);
    if (chunks.length > 0) return concatBytes(...chunks);
  } catch (cause) {
    if (!(cause instanceof AosFault)) throw cause;
    const message = `cannot read sealed_ref (${cause.code}); see to the store`;
    throw new VaultFailure({
      status: 'error',
      code: 'vault-sealed-unreadable',
      message,
      retry: 'later',
    });
  }
  const message = `expected a stored blob as sealed_ref, found none as ${toHashText(hash)}`;
  throw new VaultFailure({ status: 'error', code: 'vault-sealed-missing', message });
}

function fieldsOf(params: Uint8Array): Fields {
  const decoded = decodePlain(params);
  if (decoded.ok && decoded.value instanceof Map) return decoded.value;
  throw invalid('a record');
}

function assertFields(fields: Fields, names: readonly string[]): void {
  if (fields.size === names.length && names.every((name) => fields.has(name))) return;
  throw invalid(`a record of ${names.join(', ')}`);
}

function textIn(fields: Fields, name: string): string {
  const value = fields.get(name);
  if (typeof value === 'string') return value;
  throw invalid(`a text as ${name}`);
}

function nameIn(fields: Fields): string {
  const binding = textIn(fields, 'binding_id');
  if (binding.startsWith(BINDING)) return binding.slice(BINDING.length);
  throw invalid(`a binding ${BINDING}name, which alone can be put to, as binding_id`);
}

function hashIn(fields: Fields, name: string): Hash {
  const hash = parseHashText(textIn(fields, name));
  if (hash.ok) return hash.value;
  throw invalid(`a hash as ${name}`);
}

function digestIn(fields: Fields): Hash | undefined {
  return fields.get('expected_digest') === null ? undefined : hashIn(fields, 'expected_digest');
}
