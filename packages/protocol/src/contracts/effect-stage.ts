/**
 * A host as an adapter sees it, played in memory: time stands still until it is moved, nothing is
 * cancelled until it is said, blobs are kept in a map.
 *
 * For contract suites and for whoever writes an adapter.
 */
import {
  concatBytes,
  type Hash,
  ok,
  type Refusal,
  type Result,
  refuse,
  sha256,
  toHex,
  utf8,
} from '@aos/canon';
import type {
  BlobPort,
  ByteRange,
  CancelSignal,
  EffectCall,
  EffectClock,
  EffectContext,
} from '../adapter.js';
import { AosFault } from '../fault.js';
import type { SecretPort, SecretRef } from '../secrets.js';

/** Logical time of a stage before it is moved. */
const START_NS = 1_000_000_000n;
/** 2025-01-01T00:00:00Z. */
const START_WALL_NS = 1_735_689_600_000_000_000n;

/** Blobs in memory. */
export class MemoryBlobs implements BlobPort {
  readonly #blobs = new Map<string, Uint8Array>();

  async put(chunks: AsyncIterable<Uint8Array>, limitBytes: number) {
    const parts: Uint8Array[] = [];
    let sizeBytes = 0;
    for await (const chunk of chunks) {
      sizeBytes += chunk.length;
      if (sizeBytes > limitBytes) {
        const message = `expected at most ${limitBytes} bytes, found more; raise the limit`;
        throw new AosFault('blob-too-large', message, { retry: 'never' });
      }
      parts.push(chunk.slice());
    }
    return { hash: this.store(concatBytes(...parts)), sizeBytes };
  }

  async get(hash: Hash, range?: ByteRange): Promise<AsyncIterable<Uint8Array> | undefined> {
    const bytes = this.bytes(hash);
    return bytes && chunksOf(range === undefined ? bytes : bytes.slice(range.from, range.before));
  }

  async size(hash: Hash): Promise<number | undefined> {
    return this.bytes(hash)?.length;
  }

  /** Stores bytes at once. */
  store(bytes: Uint8Array): Hash {
    const hash = sha256(bytes);
    this.#blobs.set(toHex(hash), bytes);
    return hash;
  }

  bytes(hash: Hash): Uint8Array | undefined {
    return this.#blobs.get(toHex(hash));
  }
}

const CHUNK_BYTES = 16_384;

async function* chunksOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) yield bytes.slice(at, at + CHUNK_BYTES);
}

/** Something to run later, once, unless it is called off. */
class Calls<Key> {
  readonly #waiting = new Set<{ readonly key: Key; readonly run: () => void }>();

  get size(): number {
    return this.#waiting.size;
  }

  add(key: Key, run: () => void): () => void {
    const call = { key, run };
    this.#waiting.add(call);
    return () => this.#waiting.delete(call);
  }

  /** Runs those whose key is asked for, in the order in which they came. */
  run(isMeant: (key: Key) => boolean): void {
    for (const call of [...this.#waiting]) {
      if (isMeant(call.key) && this.#waiting.delete(call)) call.run();
    }
  }
}

/** A clock that moves when it is told to. */
export class StagedClock implements EffectClock {
  readonly #alarms = new Calls<bigint>();
  #nowNs = START_NS;

  /** How many calls it still owes. */
  get alarms(): number {
    return this.#alarms.size;
  }

  wallNs(): bigint {
    return START_WALL_NS + this.#nowNs;
  }

  logicalNowNs(): bigint {
    return this.#nowNs;
  }

  at(logicalNs: bigint, run: () => void): () => void {
    if (logicalNs > this.#nowNs) return this.#alarms.add(logicalNs, run);
    run();
    return () => undefined;
  }

  advance(byNs: bigint): void {
    this.#nowNs += byNs;
    this.#alarms.run((atNs) => atNs <= this.#nowNs);
  }
}

/** A signal that says so when it is told to. */
export class StagedCancel implements CancelSignal {
  readonly #listeners = new Calls<null>();
  isCancelled = false;

  /** How many wait for it. */
  get listeners(): number {
    return this.#listeners.size;
  }

  onCancel(run: () => void): () => void {
    if (!this.isCancelled) return this.#listeners.add(null, run);
    run();
    return () => undefined;
  }

  cancel(): void {
    this.isCancelled = true;
    this.#listeners.run(() => true);
  }
}

/** Secrets that are told to it, by alias and version. */
export class StagedSecrets implements SecretPort {
  readonly #values = new Map<string, Uint8Array>();

  set({ alias, version }: SecretRef, value: string): void {
    this.#values.set(`${alias}@${version}`, utf8(value));
  }

  async resolve({ alias, version }: SecretRef): Promise<Result<Uint8Array>> {
    const value = this.#values.get(`${alias}@${version}`);
    if (value !== undefined) return ok(value.slice());
    return refuse('secret-unavailable', '', `expected the secret ${alias}@${version}, found none`);
  }

  /** By place; nothing here is taken for a showing. */
  readonly texts = new Map<string, string>();

  shows(text: string, place: string): boolean {
    this.texts.set(place, `${this.texts.get(place) ?? ''}${text}`);
    return false;
  }
}

/** A host for adapters under test. Its grant permits everything, unless it is told otherwise. */
export class EffectStage implements EffectContext {
  readonly cancel = new StagedCancel();
  readonly clock = new StagedClock();
  readonly secrets = new StagedSecrets();
  readonly blobs: MemoryBlobs;
  /** Frames that were handed in. */
  readonly frames: Uint8Array[] = [];

  /** Stages with the same blobs are calls of one host. */
  constructor(blobs = new MemoryBlobs()) {
    this.blobs = blobs;
  }

  async emitFrame(payload: Uint8Array): Promise<void> {
    this.frames.push(payload.slice());
  }

  permits(_effect: string, _params: Uint8Array): Refusal | undefined {
    return undefined;
  }

  permitsRedirect(_params: Uint8Array, _hops: number): Refusal | undefined {
    return undefined;
  }

  permitsAddress(_address: Uint8Array): Refusal | undefined {
    return undefined;
  }
}

/** What a call on a stage is about; the rest is made up. */
export interface StagedCall {
  readonly effect: string;
  /** Canonical bytes. */
  readonly params: Uint8Array;
  /** Calls of one name are starts of one intent. */
  readonly intent?: string;
  readonly deadlineNs?: bigint;
}

/** A call as the host makes it for a released intent. */
export function stageCall({ intent = 'intent', ...call }: StagedCall): EffectCall {
  return {
    worldId: sha256(utf8('a staged world')),
    epoch: 0,
    intentHash: sha256(utf8(`intent ${intent}`)),
    idempotencyKey: sha256(utf8(`key of ${intent}`)),
    attempt: 0,
    grant: { cap: 'staged', capType: 'staged', params: [] },
    ...call,
  };
}
