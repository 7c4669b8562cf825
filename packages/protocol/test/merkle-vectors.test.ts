/** Golden vectors of the tree over chain values, and of heads. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Hash, sha256, toHex, utf8 } from '@aos/canon';
import {
  consistencyRanges,
  decodeStoredHead,
  encodeStoredHead,
  Frontier,
  headMessage,
  inclusionRanges,
  type LeafRange,
  rangeRoots,
} from '@aos/protocol';
import { expect, it } from 'vitest';

const FILE = fileURLToPath(new URL('../../../spec/vectors/merkle.json', import.meta.url));
const SIZES = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 21, 64, 100];
const SIZE = 21;

const leafOf = (n: number) => sha256(utf8(`record ${n}`));
const leaves = Array.from({ length: 100 }, (_, n) => leafOf(n));

function frontierOf(size: number): Frontier {
  const frontier = new Frontier();
  for (const leaf of leaves.slice(0, size)) frontier.append(leaf);
  return frontier;
}

function proof(ranges: readonly LeafRange[]): string[] {
  const roots = rangeRoots(ranges, { leaves });
  if (!roots.ok) throw new Error(roots.refusal.code);
  return roots.value.map(toHex);
}

function headVector() {
  const frontier = frontierOf(SIZE);
  const head = {
    ...{ worldId: sha256(utf8('world')), epoch: 2, seq: SIZE - 1, chain: leafOf(SIZE - 1) },
    ...{ merkleRoot: frontier.root(), worldHash: sha256(utf8('state')) },
  };
  const signature = { keyId: sha256(utf8('key')), sig: new Uint8Array(64).fill(7) };
  const stored = { ...head, frontier: frontier.nodes, signature };
  const bytes = encodeStoredHead(stored);
  expect(decodeStoredHead(bytes)).toEqual({ ok: true, value: stored });
  return { message: toHex(headMessage(head)), stored: toHex(bytes) };
}

const vectors = {
  leaves: "leaf n is sha256 of the text 'record <n>'",
  roots: SIZES.map((size) => ({ size, root: toHex(frontierOf(size).root()) })),
  frontiers: SIZES.map((size) => ({ size, nodes: frontierOf(size).nodes.map(toHex) })),
  inclusion: [0, 7, 15, 16, 20].map((index) => {
    return { index, size: SIZE, hashes: proof(inclusionRanges(index, SIZE)) };
  }),
  consistency: [1, 4, 7, 16, 20].map((older) => {
    return { older, size: SIZE, hashes: proof(consistencyRanges(older, SIZE)) };
  }),
  head: headVector(),
};

it('trees, proofs and heads are those of the vectors; AOS_WRITE_VECTORS=1 writes them', () => {
  const text = `${JSON.stringify(vectors, null, 2)}\n`;
  if (process.env.AOS_WRITE_VECTORS === '1') writeFileSync(FILE, text);
  expect(JSON.parse(readFileSync(FILE, 'utf8'))).toEqual(vectors);
});

it('a head whose frontier is another is refused', () => {
  const frontier = frontierOf(SIZE);
  const hash = sha256(utf8('x')) as Hash;
  const head = { worldId: hash, epoch: 0, seq: SIZE - 1, chain: hash, worldHash: hash };
  const stored = { ...head, merkleRoot: frontier.root(), signature: null };
  const refused = { ok: false, refusal: { code: 'head-frontier' } };
  for (const nodes of [frontier.nodes.slice(1), [...frontier.nodes].reverse(), []]) {
    expect(decodeStoredHead(encodeStoredHead({ ...stored, frontier: nodes }))).toMatchObject(
      refused,
    );
  }
});
