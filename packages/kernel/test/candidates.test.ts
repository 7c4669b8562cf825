import { toHashText } from '@aos/canon';
import { compileCandidate } from '@aos/kernel';
import { describe, expect, it } from 'vitest';
import { defined, GovernedWorld } from './governed-world.js';

const refs = (...names: string[]) => names.map((name) => ({ name }));

/** A world of texts under these names. */
const texts = (...names: string[]) =>
  defined(...names.map((name) => ({ $kind: 'defschema', name, type: { text: {} } })), {
    $kind: 'manifest',
    air_version: '1',
    schemas: refs(...names),
    modules: [],
    plans: [],
    effects: [],
    caps: [],
    policies: [],
  });

const base = texts('t/A@1');

/** What a world makes of a patch, anew or from what it remembers. */
function compiled(
  { world, engine }: GovernedWorld,
  patchHash: ReturnType<GovernedWorld['patchTo']>,
) {
  const ref = { base: base.manifestHash, patchHash };
  const found = compileCandidate(world, ref, engine);
  if (!found.ok) throw new Error(found.refusal.detail);
  return found.value;
}

describe('a candidate', () => {
  it('is compiled once, and what is remembered is what it would be anew', () => {
    const [one, other] = [new GovernedWorld(base), new GovernedWorld(base)];
    const patchHash = one.patchTo(texts('t/A@1', 't/B@1'));
    other.patchTo(texts('t/A@1', 't/B@1'));
    const first = compiled(one, patchHash);
    expect(compiled(one, patchHash)).toBe(first);
    const anew = compiled(other, patchHash);
    expect(anew).not.toBe(first);
    expect(toHashText(anew.manifestHash)).toBe(toHashText(first.manifestHash));
    expect([...anew.nodes]).toEqual([...first.nodes]);
    expect(anew.manifest).toEqual(first.manifest);
  });

  it('of another patch is another one, however many are remembered', () => {
    const world = new GovernedWorld(base);
    const wanted = ['B', 'C', 'D', 'E', 'F', 'G'].map((name) => texts('t/A@1', `t/${name}@1`));
    const patches = wanted.map((to) => world.patchTo(to));
    for (let round = 0; round < 2; round++) {
      const found = patches.map((patch) => toHashText(compiled(world, patch).manifestHash));
      expect(found).toEqual(wanted.map(({ manifestHash }) => toHashText(manifestHash)));
    }
  });
});
