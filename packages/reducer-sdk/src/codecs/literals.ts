/** Bytes that are known when the source is generated, as code that compares or stores them. */

interface Chunk {
  readonly offset: number;
  readonly type: 'u64' | 'u32' | 'u16' | 'u8';
  /** Little-endian, as linear memory is. */
  readonly text: string;
}

const CHUNK_TYPES = [
  ['u64', 8],
  ['u32', 4],
  ['u16', 2],
  ['u8', 1],
] as const;

/** Beyond, bytes stand in a data segment and are copied from there. */
const MAX_STORED_BYTES = 48;

function chunksOf(bytes: Uint8Array): Chunk[] {
  const chunks: Chunk[] = [];
  let offset = 0;
  for (const [type, sizeBytes] of CHUNK_TYPES) {
    while (bytes.length - offset >= sizeBytes) {
      const digits = [...bytes.subarray(offset, offset + sizeBytes)].reverse().map(hexByte);
      chunks.push({ offset, type, text: `0x${digits.join('')}` });
      offset += sizeBytes;
    }
  }
  return chunks;
}

/** A condition: the bytes stand at the address `at`, which is followed by eight readable bytes. */
export function compareAt(at: string, bytes: Uint8Array): string {
  return chunksOf(bytes)
    .map(({ offset, type, text }) => `load<${type}>(${at}, ${offset}) === ${text}`)
    .join(' && ');
}

/** A statement that writes the bytes. */
export function storeTo(writer: string, bytes: Uint8Array): string {
  if (bytes.length > MAX_STORED_BYTES) {
    return `${writer}.raw(${dataOf(bytes)}, ${bytes.length});`;
  }
  const stores = chunksOf(bytes).map(
    ({ offset, type, text }) => `store<${type}>(at, ${text}, ${offset});`,
  );
  return `{ const at = ${writer}.room(${bytes.length}); ${stores.join(' ')} }`;
}

/** The address of the bytes in a data segment. */
export function dataOf(bytes: Uint8Array): string {
  return `memory.data<u8>([${[...bytes].map((byte) => `0x${hexByte(byte)}`).join(', ')}])`;
}

function hexByte(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
