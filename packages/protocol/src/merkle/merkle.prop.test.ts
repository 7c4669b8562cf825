import { fromHex, type Hash, sha256, toHex, utf8 } from '@aos/canon';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Frontier } from './frontier.js';
import { consistencyRanges, inclusionRanges, type LeafRange, rangeRoots } from './proof.js';
import { verifyConsistency, verifyInclusion } from './verify.js';

/** The definitions of RFC 6962 as they stand there, by recursion over all leaves. */
function treeHash(leaves: readonly Uint8Array[]): Hash {
  if (leaves.length === 0) return sha256(new Uint8Array());
  if (leaves.length === 1) return sha256(Buffer.concat([Buffer.of(0), leaves[0] as Uint8Array]));
  const k = split(leaves.length);
  const [left, right] = [treeHash(leaves.slice(0, k)), treeHash(leaves.slice(k))];
  return sha256(Buffer.concat([Buffer.of(1), left, right]));
}

function path(m: number, leaves: readonly Uint8Array[]): Hash[] {
  if (leaves.length === 1) return [];
  const k = split(leaves.length);
  const [left, right] = [leaves.slice(0, k), leaves.slice(k)];
  return m < k ? [...path(m, left), treeHash(right)] : [...path(m - k, right), treeHash(left)];
}

function subproof(m: number, leaves: readonly Uint8Array[], isWhole: boolean): Hash[] {
  if (m === leaves.length) return isWhole ? [] : [treeHash(leaves)];
  const k = split(leaves.length);
  const [left, right] = [leaves.slice(0, k), leaves.slice(k)];
  return m <= k
    ? [...subproof(m, left, isWhole), treeHash(right)]
    : [...subproof(m - k, right, false), treeHash(left)];
}

function split(count: number): number {
  return 2 ** (Math.ceil(Math.log2(count)) - 1);
}

const leavesOf = (count: number) => Array.from({ length: count }, (_, n) => sha256(utf8(`${n}`)));

function rootOf(leaves: readonly Uint8Array[]): Hash {
  const frontier = new Frontier();
  for (const leaf of leaves) frontier.append(leaf);
  return frontier.root();
}

function rootsOf(ranges: readonly LeafRange[], leaves: readonly Uint8Array[], base?: Frontier) {
  const rest = leaves.slice(base?.size ?? 0);
  const found = rangeRoots(ranges, base ? { base, leaves: rest } : { leaves });
  if (!found.ok) throw new Error(found.refusal.code);
  return found.value;
}

const size = fc.integer({ min: 1, max: 90 });

describe('a Merkle tree', () => {
  it('has the roots of the certificate transparency vectors', () => {
    const leaves = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657'];
    leaves.push('606162636465666768696a6b6c6d6e6f');
    const bytes = leaves.map((hex) => {
      const read = fromHex(hex);
      return read.ok ? read.value : new Uint8Array();
    });
    const roots = [0, 1, 2, 3, 5, 8].map((count) => toHex(rootOf(bytes.slice(0, count))));
    expect(roots).toEqual([
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
      'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
      'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
      '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
      '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
    ]);
  });

  it('has the root of the definition for every length, in whatever steps it is built', () => {
    const leaves = leavesOf(130);
    let frontier = new Frontier();
    for (const [n, leaf] of leaves.entries()) {
      expect(frontier.root()).toEqual(treeHash(leaves.slice(0, n)));
      frontier.append(leaf);
      // as it is stored and read again
      if (n % 3 === 0) frontier = new Frontier({ size: frontier.size, nodes: frontier.nodes });
    }
  });

  it('proves each leaf as the definition does, and nothing else', () => {
    const cases = size.chain((n) => fc.tuple(fc.constant(n), fc.integer({ min: 0, max: n - 1 })));
    fc.assert(
      fc.property(cases, fc.nat(), ([n, index], seed) => {
        const leaves = leavesOf(n);
        const proof = rootsOf(inclusionRanges(index, n), leaves);
        expect(proof).toEqual(path(index, leaves));
        const claim = {
          leaf: leaves[index] as Hash,
          index,
          size: n,
          root: treeHash(leaves),
          proof,
        };
        expect(verifyInclusion(claim)).toBe(true);
        expect(verifyInclusion({ ...claim, leaf: sha256(utf8('other')) })).toBe(false);
        expect(verifyInclusion({ ...claim, index: index + n })).toBe(false);
        if (n > 1) expect(verifyInclusion({ ...claim, index: (index + 1) % n })).toBe(false);
        expect(verifyInclusion({ ...claim, proof: [...proof, claim.root] })).toBe(false);
        if (proof.length === 0) return;
        const changed = proof.with(seed % proof.length, sha256(utf8('forged')));
        expect(verifyInclusion({ ...claim, proof: changed })).toBe(false);
        expect(verifyInclusion({ ...claim, proof: proof.slice(1) })).toBe(false);
      }),
      { numRuns: 150 },
    );
  });

  it('proves its beginnings as the definition does, and no other tree', () => {
    const cases = size.chain((n) => fc.tuple(fc.constant(n), fc.integer({ min: 1, max: n })));
    fc.assert(
      fc.property(cases, fc.nat(), ([n, older], seed) => {
        const leaves = leavesOf(n);
        const proof = rootsOf(consistencyRanges(older, n), leaves);
        expect(proof).toEqual(subproof(older, leaves, true));
        const olderRoot = treeHash(leaves.slice(0, older));
        const claim = { older, size: n, olderRoot, root: treeHash(leaves), proof };
        expect(verifyConsistency(claim)).toBe(true);
        expect(verifyConsistency({ ...claim, olderRoot: sha256(utf8('other')) })).toBe(false);
        expect(verifyConsistency({ ...claim, root: sha256(utf8('other')) })).toBe(false);
        expect(verifyConsistency({ ...claim, proof: [...proof, olderRoot] })).toBe(false);
        if (proof.length === 0) return;
        const changed = proof.with(seed % proof.length, sha256(utf8('forged')));
        expect(verifyConsistency({ ...claim, proof: changed })).toBe(false);
      }),
      { numRuns: 150 },
    );
  });

  it('proves what came after a base without the leaves before it', () => {
    const leaves = leavesOf(60);
    for (const base of [1, 6, 31, 32, 45]) {
      const frontier = new Frontier();
      for (const leaf of leaves.slice(0, base)) frontier.append(leaf);
      for (let index = base; index < leaves.length; index++) {
        const ranges = inclusionRanges(index, leaves.length);
        expect(rootsOf(ranges, leaves, frontier)).toEqual(path(index, leaves));
      }
      const ranges = consistencyRanges(base, leaves.length);
      expect(rootsOf(ranges, leaves, frontier)).toEqual(subproof(base, leaves, true));
    }
    const six = new Frontier();
    for (const leaf of leaves.slice(0, 6)) six.append(leaf);
    const pruned = rangeRoots(inclusionRanges(5, 60), { base: six, leaves: leaves.slice(6) });
    expect(pruned).toMatchObject({ ok: false, refusal: { code: 'merkle-pruned' } });
    const short = rangeRoots(inclusionRanges(5, 61), { leaves });
    expect(short).toMatchObject({ ok: false, refusal: { code: 'merkle-short' } });
  });
});
