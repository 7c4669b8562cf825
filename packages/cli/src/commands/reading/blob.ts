/** `aos blob get` and `aos blob put`: large values of a world. */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { type Asked, withAccess } from '../../access/with-access.js';
import { type Answer, CliError } from '../../output.js';

/** Bytes that one answer gives. */
const CHUNK_BYTES = 1 << 20;

export interface GetOptions {
  /** File to write to; a new one. */
  readonly out: string;
}

/** Writes a blob to a file. */
export async function getBlob(path: string, hash: string, { out }: GetOptions): Promise<Answer> {
  return withAccess(path, 'read', async (asked) => {
    const size = await copyBlob(asked, hash, out);
    return { data: { hash, size, out }, lines: [`${size} bytes  ${out}`] };
  });
}

/** Writes a blob to a new file; answers with its size. Codes: `blob-unknown`, `file-unwritable`. */
export async function copyBlob(asked: Asked, hash: string, out: string): Promise<number> {
  let { bytes, size } = await asked.call('blob.get', { hash, offset: 0, length: CHUNK_BYTES });
  const file = openNew(out);
  try {
    for (let offset = 0; ; ) {
      writeSync(file, bytes);
      offset += bytes.length;
      if (offset >= size || bytes.length === 0) return offset;
      ({ bytes, size } = await asked.call('blob.get', { hash, offset, length: CHUNK_BYTES }));
    }
  } finally {
    closeSync(file);
  }
}

function openNew(out: string): number {
  try {
    return openSync(out, 'wx');
  } catch (error) {
    const message = `cannot write '${out}' as a new file: ${(error as Error).message}`;
    throw new CliError('file-unwritable', message);
  }
}

/** Stores the bytes of a file. */
export async function putBlob(path: string, file: string): Promise<Answer> {
  const bytes = readBytes(file);
  return withAccess(path, 'write', async (asked) => {
    const { hash } = await asked.call('blob.put', { bytes });
    return {
      data: { hash, size: bytes.length },
      lines: [`${hash}  ${bytes.length} bytes`],
      done: `the blob is stored as ${hash}`,
    };
  });
}

/** Code: `file-unreadable`. */
export function readBytes(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new CliError('file-unreadable', `cannot read '${file}': ${(error as Error).message}`);
  }
}
