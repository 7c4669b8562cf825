/**
 * Blobs that a call stores, looked through before anything of them is stored: the last bytes are
 * held back until it is sure that no secret begins in them. A blob that ends in the begin of one
 * shows it: somebody has cut it off there.
 */
import type { Hash } from '@aos/canon';
import { AosFault, type BlobPort, type ByteRange } from '@aos/protocol';
import { type SecretNeedles, SecretScanner } from './secret-scanner.js';

export interface BlobGuard {
  /** The values of this moment. */
  readonly needles: SecretNeedles;
  /** A value has shown, in a blob or elsewhere. */
  readonly isEchoed: boolean;
  /** What the adapter has read from the blob may be the begin of a value. */
  readonly isTextPending: boolean;
  /** So much of it that it is one, if nothing comes behind it. */
  readonly isTextCut: boolean;
  /** Notes that a blob shows one. */
  echoed(): void;
}

export class GuardedBlobs implements BlobPort {
  constructor(
    private readonly blobs: BlobPort,
    private readonly guard: BlobGuard,
  ) {}

  /** As the port says, and rejects with the fault `secret-echoed`. */
  put(chunks: AsyncIterable<Uint8Array>, limitBytes: number) {
    return this.blobs.put(lookedThrough(chunks, this.guard), limitBytes);
  }

  get(hash: Hash, range?: ByteRange) {
    return this.blobs.get(hash, range);
  }

  size(hash: Hash) {
    return this.blobs.size(hash);
  }
}

async function* lookedThrough(
  chunks: AsyncIterable<Uint8Array>,
  guard: BlobGuard,
): AsyncGenerator<Uint8Array> {
  let { needles } = guard;
  let scanner = new SecretScanner(needles);
  const held: Uint8Array[] = [];
  let heldBytes = 0;
  for await (const chunk of chunks) {
    if (guard.needles !== needles) {
      ({ needles } = guard);
      scanner = new SecretScanner(needles);
      for (const each of held) if (scanner.push(each)) throw echoed(guard);
    }
    if (scanner.push(chunk) || guard.isEchoed) throw echoed(guard);
    held.push(new Uint8Array(chunk));
    heldBytes += chunk.length;
    if (guard.isTextPending) continue;
    while (heldBytes - (held[0] as Uint8Array).length >= needles.reachBytes && held.length > 1) {
      const first = held.shift() as Uint8Array;
      heldBytes -= first.length;
      yield first;
    }
  }
  const isShown = scanner.isPending || scanner.end() || guard.isTextCut || guard.isEchoed;
  if (isShown) throw echoed(guard);
  yield* held;
}

function echoed(guard: BlobGuard): AosFault {
  guard.echoed();
  const message = 'what was to be stored shows a secret that this effect uses; it is not stored';
  return new AosFault('secret-echoed', message, { retry: 'never' });
}
