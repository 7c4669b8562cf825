/** Memory as data segments: what is not zero, in as few pieces as pay. */

import { ByteWriter } from '../binary/bytes.js';
import { writeSegment } from '../binary/module.js';

/** Zeros in a row that are cheaper to leave out than to write. */
const GAP_BYTES = 64;
/** Admission bounds the number of segments; beyond this, gaps have to be larger. */
const MAX_SEGMENTS = 512;

interface Piece {
  readonly start: number;
  readonly end: number;
}

/** Contents of a data section that makes zeroed memory equal to `memory`. */
export function writeImage(memory: Uint8Array): Uint8Array {
  let pieces = findPieces(memory, GAP_BYTES);
  for (let gap = GAP_BYTES * 2; pieces.length > MAX_SEGMENTS; gap *= 2) {
    pieces = findPieces(memory, gap);
  }
  const writer = new ByteWriter(memory.length / 2).u32(pieces.length);
  for (const { start, end } of pieces) {
    writeSegment(writer, { address: start, bytes: memory.subarray(start, end) });
  }
  return writer.finish();
}

function findPieces(memory: Uint8Array, gapBytes: number): Piece[] {
  const pieces: Piece[] = [];
  let at = nextSet(memory, 0);
  while (at < memory.length) {
    const start = at;
    let end = at;
    while (at < memory.length && at - end < gapBytes) {
      if (memory[at] !== 0) end = at + 1;
      at += 1;
    }
    pieces.push({ start, end });
    at = nextSet(memory, at);
  }
  return pieces;
}

/** The first byte that is not zero from `from` on. */
function nextSet(memory: Uint8Array, from: number): number {
  let at = from;
  while (at < memory.length && memory[at] === 0) at += 1;
  return at;
}
