/** The body of an answer, streamed to a blob. */
import type { Hash } from '@aos/canon';
import type { BlobPort } from '@aos/protocol';
import { HttpFailure } from '../failure.js';
import type { Answer } from './exchange.js';

export interface BodyLimit {
  readonly limitBytes: number;
  /** What is beyond the limit is left out instead of being refused. */
  readonly isTruncated: boolean;
}

export interface StoredBody {
  /** Absent for a body without bytes. */
  readonly hash: Hash | undefined;
  readonly sizeBytes: number;
  readonly isTruncated: boolean;
}

const NO_BYTES: StoredBody = { hash: undefined, sizeBytes: 0, isTruncated: false };

/** Throws `http-body-too-large`, `http-body-not-stored`, and what a broken body is. */
export async function storeBody(
  answer: Answer,
  limit: BodyLimit,
  blobs: BlobPort,
): Promise<StoredBody> {
  const body = new MeteredBody(answer, limit);
  const first = await body.next();
  if (first === undefined) return { ...NO_BYTES, isTruncated: body.isTruncated };
  try {
    const { hash, sizeBytes } = await blobs.put(body.from(first), limit.limitBytes);
    return { hash, sizeBytes, isTruncated: body.isTruncated };
  } catch (error) {
    if (body.failure !== undefined) throw body.failure;
    throw new HttpFailure('http-body-not-stored', `cannot store the body: ${error}`, error);
  } finally {
    await body.end();
  }
}

/** A body that counts, and remembers why it broke off. */
class MeteredBody {
  failure: unknown;
  isTruncated = false;
  readonly #chunks: AsyncGenerator<Uint8Array>;
  readonly #limit: BodyLimit;
  #sizeBytes = 0;

  constructor(answer: Answer, limit: BodyLimit) {
    this.#chunks = answer.chunks();
    this.#limit = limit;
  }

  /** The next bytes, never none; undefined at the end, or where the rest is left out. */
  async next(): Promise<Uint8Array | undefined> {
    try {
      for (;;) {
        const { done, value } = await this.#chunks.next();
        if (done === true) return undefined;
        if (value.length > 0) return await this.#take(value);
      }
    } catch (error) {
      this.failure = error;
      throw error;
    }
  }

  async *from(first: Uint8Array): AsyncGenerator<Uint8Array> {
    for (let chunk: Uint8Array | undefined = first; chunk; chunk = await this.next()) yield chunk;
  }

  /** Ends the connection unless all was read. */
  async end(): Promise<void> {
    await this.#chunks.return(undefined);
  }

  async #take(chunk: Uint8Array): Promise<Uint8Array | undefined> {
    const { limitBytes, isTruncated } = this.#limit;
    const room = limitBytes - this.#sizeBytes;
    this.#sizeBytes += chunk.length;
    if (chunk.length <= room) return chunk;
    if (!isTruncated) throw tooLarge(limitBytes);
    this.isTruncated = true;
    await this.end();
    return room > 0 ? chunk.subarray(0, room) : undefined;
  }
}

export function tooLarge(limitBytes: number): HttpFailure {
  const message = `expected a body of at most ${limitBytes} bytes, found more`;
  return new HttpFailure('http-body-too-large', message);
}
