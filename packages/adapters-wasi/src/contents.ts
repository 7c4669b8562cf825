/**
 * Contents of files and streams: from parameters to bytes, and from bytes to a receipt.
 *
 * Receipts lie in the journal, so only what is small stands in them; everything else is a blob.
 * What is text stands there as text, so that plans can read it.
 */
import { concatBytes, decodeUtf8, type Encodable, type Hash, toHashText } from '@aos/canon';
import { AosFault, type BlobPort } from '@aos/protocol';
import { WasiFailure } from './failure.js';
import type { Content, WasiParams } from './wasi-params.js';

/** Most bytes of one content that stand in a receipt. */
const INLINE_BYTES = 1 << 14;
/** Most bytes of all contents that stand in one receipt. */
const INLINE_TOTAL_BYTES = 1 << 18;

export interface InputBytes {
  readonly stdin: Uint8Array;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** Reads what a program is given. Throws WasiFailure. */
export async function readInputs(
  { stdin, files }: WasiParams,
  blobs: BlobPort,
  limitBytes: number,
): Promise<InputBytes> {
  let left = limitBytes;
  const read = async (content: Content) => {
    const bytes =
      content.kind === 'bytes' ? content.bytes : await readBlob(content.hash, blobs, left);
    left -= bytes.length;
    if (left < 0) throw tooMuch(limitBytes);
    return bytes;
  };
  const read1 = await read(stdin);
  const contents = new Map<string, Uint8Array>();
  for (const [path, content] of files) contents.set(path, await read(content));
  return { stdin: read1, files: contents };
}

/** A blob that is not larger than it may be. */
export async function readBlob(
  hash: Hash,
  blobs: BlobPort,
  limitBytes: number,
): Promise<Uint8Array> {
  return orFail('wasi-blob-unreadable', async () => {
    const size = await blobs.size(hash);
    if (size !== undefined && size > limitBytes) throw tooMuch(limitBytes);
    const stream = await blobs.get(hash);
    if (stream === undefined) {
      throw new WasiFailure('wasi-input-missing', `there is no blob ${toHashText(hash)}`);
    }
    const chunks: Uint8Array[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    return concatBytes(...chunks);
  });
}

/** Puts what a program left into a receipt, and into blobs. */
export class ContentWriter {
  #left = INLINE_TOTAL_BYTES;

  constructor(private readonly blobs: BlobPort) {}

  async write(bytes: Uint8Array): Promise<Encodable> {
    if (bytes.length > INLINE_BYTES || bytes.length > this.#left) {
      return variant('blob', toHashText(await this.#store(bytes)));
    }
    this.#left -= bytes.length;
    const text = decodeUtf8(bytes);
    return text.ok ? variant('text', text.value) : variant('bytes', bytes);
  }

  async #store(bytes: Uint8Array): Promise<Hash> {
    async function* chunks() {
      yield bytes;
    }
    const put = () => this.blobs.put(chunks(), bytes.length);
    return (await orFail('wasi-output-not-stored', put)).hash;
  }
}

const variant = (tag: string, value: Encodable): Encodable => ({ $tag: tag, $value: value });

function tooMuch(limitBytes: number): WasiFailure {
  const message = `expected at most ${limitBytes} bytes of standard input and files; give less`;
  return new WasiFailure('wasi-input-limit', message);
}

/** What stores of blobs fail at is told by its code; anything else is a defect. */
async function orFail<T>(
  code: 'wasi-blob-unreadable' | 'wasi-output-not-stored',
  run: () => Promise<T>,
): Promise<T> {
  try {
    return await run();
  } catch (cause) {
    if (!(cause instanceof AosFault)) throw cause;
    throw new WasiFailure(code, `${cause.code}: ${cause.message}`, cause);
  }
}
