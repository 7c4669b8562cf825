/**
 * The adapter of the effects on blobs.
 *
 * | kind | answers |
 * |---|---|
 * | `blob.write` | stores bytes; the hash and size that they have |
 * | `blob.put` | says that a blob is stored, and its size |
 * | `blob.get` | the same, for a key that is the text of a hash |
 * | `blob.exists` | its size, or null |
 * | `blob.read` | some of its bytes, and its size |
 *
 * 1. A blob is what its hash says, so nothing that is done here can be done twice.
 * 2. No more of a blob is in memory than what a receipt may hold.
 */
import { concatBytes, type Encodable, type Hash, toHashText } from '@aos/canon';
import {
  type Adapter,
  AosFault,
  type BlobPort,
  type EffectCall,
  type EffectContext,
  type EffectOutcome,
  okOutcome,
} from '@aos/protocol';
import { BlobParams } from './blob-params.js';
import { BlobFailure } from './failure.js';

/** Most bytes that one `blob.read` gives: receipts are bounded, and lie in the journal. */
const READ_BYTES = 1 << 18;

interface BlobEffect {
  /** Fields of the parameters beside the namespace. */
  readonly fields: readonly string[];
  run(params: BlobParams, blobs: BlobPort): Promise<Encodable>;
}

const EFFECTS: ReadonlyMap<string, BlobEffect> = new Map([
  ['blob.write', { fields: ['bytes'], run: write }],
  [
    'blob.put',
    { fields: ['blob_ref'], run: (params, blobs) => find(params.hash('blob_ref'), blobs) },
  ],
  ['blob.get', { fields: ['key'], run: (params, blobs) => find(readKey(params), blobs) }],
  ['blob.exists', { fields: ['blob_ref'], run: exists }],
  ['blob.read', { fields: ['blob_ref', 'from', 'size'], run: read }],
]);

/** Blobs of any number of worlds, each in its own store. */
export class BlobAdapter implements Adapter {
  readonly id = 'blob';
  readonly kinds = [...EFFECTS.keys()];
  #isClosed = false;

  async start(call: EffectCall, context: EffectContext): Promise<EffectOutcome> {
    try {
      this.#assertWanted(call, context);
      return okOutcome(await runEffect(call, context.blobs));
    } catch (cause) {
      if (cause instanceof BlobFailure) return cause.outcome();
      throw cause;
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }

  #assertWanted({ deadlineNs }: EffectCall, { cancel, clock }: EffectContext): void {
    if (this.#isClosed || cancel.isCancelled) {
      throw new BlobFailure('blob-cancelled', 'nobody waits for it, or its host is closing');
    }
    if (deadlineNs !== undefined && deadlineNs <= clock.logicalNowNs()) {
      throw new BlobFailure('blob-deadline', 'the deadline has passed before it started');
    }
  }
}

async function runEffect({ effect, params }: EffectCall, blobs: BlobPort): Promise<Encodable> {
  const known = EFFECTS.get(effect);
  if (known === undefined) {
    throw new BlobFailure('blob-params-invalid', `expected an effect on blobs, found ${effect}`);
  }
  return known.run(new BlobParams(params, ['namespace', ...known.fields]), blobs);
}

async function write(params: BlobParams, blobs: BlobPort): Promise<Encodable> {
  const bytes = params.bytes('bytes');
  async function* chunks() {
    yield bytes;
  }
  const stored = await orFail('blob-not-stored', () => blobs.put(chunks(), bytes.length));
  return { blob_ref: toHashText(stored.hash), size: stored.sizeBytes };
}

async function find(hash: Hash, blobs: BlobPort): Promise<Encodable> {
  return { blob_ref: toHashText(hash), size: await sizeOf(hash, blobs) };
}

function readKey(params: BlobParams): Hash {
  params.text('key');
  try {
    return params.hash('key');
  } catch {
    const message = 'expected the hash of a blob as key, sha256: and 64 hex digits';
    throw new BlobFailure('blob-key-invalid', message);
  }
}

async function exists(params: BlobParams, blobs: BlobPort): Promise<Encodable> {
  const hash = params.hash('blob_ref');
  const size = await orFail('blob-unreadable', () => blobs.size(hash));
  return { size: size ?? null };
}

async function read(params: BlobParams, blobs: BlobPort): Promise<Encodable> {
  const [hash, from, wanted] = [params.hash('blob_ref'), params.nat('from'), params.nat('size')];
  if (wanted > READ_BYTES) {
    const message = `expected a size of at most ${READ_BYTES} bytes; read in pieces`;
    throw new BlobFailure('blob-read-too-large', message);
  }
  const size = await sizeOf(hash, blobs);
  const range = { from: Math.min(from, size), before: Math.min(from + wanted, size) };
  const bytes = await orFail('blob-unreadable', async () => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of (await blobs.get(hash, range)) ?? []) chunks.push(chunk);
    return concatBytes(...chunks);
  });
  return { bytes, size };
}

async function sizeOf(hash: Hash, blobs: BlobPort): Promise<number> {
  const size = await orFail('blob-unreadable', () => blobs.size(hash));
  if (size !== undefined) return size;
  throw new BlobFailure('blob-not-found', `there is no blob ${toHashText(hash)}`);
}

/** What stores of blobs fail at is told by its code; anything else is a defect. */
async function orFail<T>(
  code: 'blob-not-stored' | 'blob-unreadable',
  run: () => Promise<T>,
): Promise<T> {
  try {
    return await run();
  } catch (cause) {
    if (cause instanceof AosFault) throw new BlobFailure(code, `${cause.code}: ${cause.message}`);
    throw cause;
  }
}
