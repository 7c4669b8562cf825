/** The texts of a source, at hand: what stands in parameters, and what lies in blobs. */
import { concatBytes, decodeUtf8, type Hash, toHashText, utf8 } from '@aos/canon';
import { AosFault, type BlobPort } from '@aos/protocol';
import type { CompileParams, SourceText } from './compile-params.js';
import { CompileFailure } from './failure.js';
import { type CompileJob, type Diagnostic, errorOf } from './process/compilation.js';

/** What keeps a text from being compiled, for who wrote it. */
class Unreadable {
  constructor(readonly diagnostic: Diagnostic) {}
}

/**
 * A job for the compiler, or what is wrong with the texts: `source-too-large`, `source-not-text`.
 * Throws CompileFailure.
 */
export async function readSources(
  params: CompileParams,
  blobs: BlobPort,
  limitBytes: number,
): Promise<CompileJob | Diagnostic> {
  const reader = new SourceReader(blobs, limitBytes);
  const { language, name, types } = params;
  try {
    const files: [string, string][] = [];
    for (const [path, source] of params.files) files.push([path, await reader.read(path, source)]);
    const job = { language, name, files };
    if (types === undefined) return job;
    const definitions = await reader.read('definitions', types.definitions);
    return { ...job, types: { module: types.module, definitions } };
  } catch (cause) {
    if (cause instanceof Unreadable) return cause.diagnostic;
    throw cause;
  }
}

class SourceReader {
  #leftBytes: number;

  constructor(
    private readonly blobs: BlobPort,
    private readonly limitBytes: number,
  ) {
    this.#leftBytes = limitBytes;
  }

  async read(path: string, source: SourceText): Promise<string> {
    if (source.kind === 'blob') return this.#readBlob(path, source.hash);
    // a text has at least as many bytes as units
    this.#take(path, source.text.length);
    this.#take(path, utf8(source.text).length - source.text.length);
    return source.text;
  }

  async #readBlob(path: string, hash: Hash): Promise<string> {
    const bytes = await orFail('compile-blob-unreadable', () => this.#bytesOf(path, hash));
    const text = decodeUtf8(bytes);
    if (text.ok) return text.value;
    const message = `expected UTF-8 in ${path}, found other bytes; give text`;
    throw new Unreadable(errorOf('source-not-text', message));
  }

  async #bytesOf(path: string, hash: Hash): Promise<Uint8Array> {
    const size = await this.blobs.size(hash);
    if (size !== undefined) this.#take(path, size);
    const stream = size === undefined ? undefined : await this.blobs.get(hash);
    if (stream === undefined) {
      throw new CompileFailure('compile-source-missing', `there is no blob ${toHashText(hash)}`);
    }
    const chunks: Uint8Array[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    return concatBytes(...chunks);
  }

  #take(path: string, sizeBytes: number): void {
    this.#leftBytes -= sizeBytes;
    if (this.#leftBytes >= 0) return;
    const message = `expected at most ${this.limitBytes} bytes of source, found more with ${path}`;
    throw new Unreadable(errorOf('source-too-large', `${message}; give less`));
  }
}

/** What stores of blobs fail at is told by its code; anything else is a defect. */
export async function orFail<T>(
  code: 'compile-blob-unreadable' | 'compile-output-not-stored',
  run: () => Promise<T>,
): Promise<T> {
  try {
    return await run();
  } catch (cause) {
    if (!(cause instanceof AosFault)) throw cause;
    throw new CompileFailure(code, `${cause.code}: ${cause.message}`, cause);
  }
}
