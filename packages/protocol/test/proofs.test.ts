/**
 * Trees and proofs against the definitions of RFC 6962, read once more and written down naively: by
 * our own code, and by the verifiers that share none with it.
 */
import { createHash } from 'node:crypto';
import { type Hash, sha256, utf8 } from '@aos/canon';
import {
  consistencyRanges,
  Frontier,
  inclusionRanges,
  type LeafRange,
  rangeRoots,
  verifyConsistency,
  verifyInclusion,
} from '@aos/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const outside = (name: string) =>
  import(new URL(`../../../tooling/verifier/${name}`, import.meta.url).href);
const { checkConsistency, checkInclusion } = await outside('attestation.mjs');
const { rootOf, withLeaf } = await outside('canonical.mjs');

const hash = (...parts: Uint8Array[]) =>
  new Uint8Array(createHash('sha256').update(Buffer.concat(parts)).digest()) as Hash;
const LEAVES = Array.from({ length: 1100 }, (_, n) => sha256(utf8(`leaf ${n}`)));

/** MTH of section 2.1, of the leaves from one to below another. */
const memo = new Map<string, Hash>();
function mth(from: number, to: number): Hash {
  const known = memo.get(`${from} ${to}`);
  if (known !== undefined) return known;
  const n = to - from;
  const k = largestPowerBelow(n);
  let made = hash();
  if (n === 1) made = hash(Buffer.of(0), LEAVES[from] as Hash);
  else if (n > 1) made = hash(Buffer.of(1), mth(from, from + k), mth(from + k, to));
  memo.set(`${from} ${to}`, made);
  return made;
}

function largestPowerBelow(n: number): number {
  let k = 1;
  while (2 * k < n) k *= 2;
  return k;
}

/** PATH of section 2.1.1. */
function path(m: number, from: number, to: number): Hash[] {
  if (to - from === 1) return [];
  const middle = from + largestPowerBelow(to - from);
  return m < middle
    ? [...path(m, from, middle), mth(middle, to)]
    : [...path(m, middle, to), mth(from, middle)];
}

/** SUBPROOF of section 2.1.2. */
function subproof(m: number, [from, to]: LeafRange, isWhole: boolean): Hash[] {
  if (m === to) return isWhole ? [] : [mth(from, to)];
  const middle = from + largestPowerBelow(to - from);
  return m <= middle
    ? [...subproof(m, [from, middle], isWhole), mth(middle, to)]
    : [...subproof(m, [middle, to], false), mth(from, middle)];
}

const made = (ranges: readonly LeafRange[], size: number) => {
  const found = rangeRoots(ranges, { leaves: LEAVES.slice(0, size) });
  if (!found.ok) throw new Error(found.refusal.code);
  return found.value;
};
const holds = (check: () => void) => {
  try {
    check();
    return true;
  } catch {
    return false;
  }
};
/** What all say about a proof; undefined where they do not say the same. */
function ofBoth(ours: boolean, theirs: () => void): boolean | undefined {
  return holds(theirs) === ours ? ours : undefined;
}
const textOf = (hashes: readonly Uint8Array[]) => Buffer.concat(hashes).toString('base64');
const isLeaf = (index: number, size: number, root: Hash, proof: readonly Hash[]) => {
  const claim = { leaf: LEAVES[index] as Hash, index, size, root };
  return ofBoth(verifyInclusion({ ...claim, proof }), () => checkInclusion(claim, proof));
};
const isBeginning = (older: number, size: number, proof: readonly Hash[], roots?: Hash) => {
  const claim = { older, size, olderRoot: roots ?? mth(0, older), root: mth(0, size) };
  return ofBoth(verifyConsistency({ ...claim, proof }), () => checkConsistency(claim, proof));
};
/** Proofs that are none: a node less, one more, two exchanged, one changed. */
function* forgeries(proof: readonly Hash[], seed: number): Generator<readonly Hash[]> {
  const other = hash(utf8('other'));
  yield [...proof, other];
  yield [other, ...proof];
  if (proof.length === 0) return;
  yield proof.slice(1);
  yield proof.slice(0, -1);
  yield proof.with(seed % proof.length, other);
  if (proof.length > 1) yield [proof[1] as Hash, proof[0] as Hash, ...proof.slice(2)];
}

/** What is wrong about leaf `m` of `n`, and about the tree that ends with it. */
function* checkPair(m: number, n: number): Generator<string> {
  const leafProof = path(m, 0, n);
  if (textOf(made(inclusionRanges(m, n), n)) !== textOf(leafProof)) yield `path ${m} ${n}`;
  if (isLeaf(m, n, mth(0, n), leafProof) !== true) yield `leaf ${m} ${n}`;
  // what is no proof is tried at a part of the places: it takes most of the time
  const isTried = n <= 20 || (m + n) % 13 === 0;
  for (const forged of isTried ? forgeries(leafProof, m) : []) {
    if (isLeaf(m, n, mth(0, n), forged) !== false) yield `forged leaf ${m} ${n}`;
  }
  const older = m + 1;
  const proof = older === n ? [] : subproof(older, [0, n], true);
  if (textOf(made(consistencyRanges(older, n), n)) !== textOf(proof)) yield `proof ${older} ${n}`;
  if (isBeginning(older, n, proof) !== true) yield `beginning ${older} ${n}`;
  if (isBeginning(older, n, proof, mth(0, n + 1)) !== false) yield `other root ${older} ${n}`;
  for (const forged of isTried ? forgeries(proof, m) : []) {
    if (isBeginning(older, n, forged) !== false) yield `forged beginning ${older} ${n}`;
  }
}

describe('a tree of RFC 6962', () => {
  it('has one root for every length, whoever builds it', () => {
    const frontier = new Frontier();
    let nodes: Uint8Array[] = [];
    for (let n = 0; n <= 130; n++) {
      expect(frontier.root()).toEqual(mth(0, n));
      expect(new Uint8Array(rootOf(nodes))).toEqual(mth(0, n));
      nodes = withLeaf(nodes, n, LEAVES[n]);
      frontier.append(LEAVES[n] as Hash);
    }
  });

  it('has the proofs of the definition for every place up to 64 leaves, and no others', () => {
    const wrong: string[] = [];
    for (let n = 1; n <= 64; n++) for (let m = 0; m < n; m++) wrong.push(...checkPair(m, n));
    expect(wrong).toEqual([]);
  });

  it('has them in large trees', () => {
    const pairs = fc
      .integer({ min: 65, max: 1050 })
      .chain((n) => fc.tuple(fc.nat({ max: n - 1 }), fc.constant(n)));
    fc.assert(
      fc.property(pairs, ([m, n]) => {
        expect([...checkPair(m, n)]).toEqual([]);
      }),
      { numRuns: 4 },
    );
  });

  it('proves nothing about places and sizes that are none', () => {
    const proof = path(3, 0, 8);
    for (const [index, size] of [
      [8, 8],
      [-1, 8],
      [0.5, 8],
      [3, 7.5],
      [3, 0],
      [11, 8],
      [3, 16],
    ]) {
      const claim = { leaf: LEAVES[3] as Hash, index: index as number, size: size as number };
      const whole = { ...claim, root: mth(0, 8), proof };
      expect(verifyInclusion(whole), `${index} of ${size}`).toBe(false);
      expect(holds(() => checkInclusion(whole, proof))).toBe(false);
    }
    for (const older of [0, -1, 9, 3.5, Number.NaN]) {
      const claim = { older, size: 8, olderRoot: mth(0, 3), root: mth(0, 8) };
      const between = subproof(3, [0, 8], true);
      expect(verifyConsistency({ ...claim, proof: between }), `${older}`).toBe(false);
      expect(holds(() => checkConsistency(claim, between))).toBe(false);
    }
  });
});
