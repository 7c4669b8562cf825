/** What proposals are held to: how many, how large their patches, and what a grant lets touch. */
import { sha256, toHashText } from '@aos/canon';
import { describe, expect, it } from 'vitest';
import { defined, GovernedWorld } from './governed-world.js';
import { PROPOSING_PLAN } from './proposing-plan.js';

const refs = (...names: string[]) => names.map((name) => ({ name }));
const schema = (name: string, type: object) => ({ $kind: 'defschema', name, type });

interface Brief {
  /** Parameters of the grant that the plan proposes under. */
  readonly scope?: object;
  readonly schemas?: readonly string[];
  readonly grants?: readonly string[];
}

function world({ scope = {}, schemas = [], grants = [] }: Brief) {
  const grant = (name: string, params: object) => ({ name, cap: 'sys/governance@1', params });
  return defined(
    ...PROPOSING_PLAN,
    ...schemas.map((name) => schema(name, { text: {} })),
    {
      $kind: 'defpolicy',
      name: 't/rules@1',
      rules: [{ when: {}, decision: 'allow' }],
      governance: [{ verb: 'propose', role: 'operator', count: 1, of: ['op', 'world:t/agent@1'] }],
    },
    {
      $kind: 'manifest',
      air_version: '1',
      features: ['policy-governance'],
      schemas: refs('t/Start@1', ...schemas),
      modules: [],
      plans: refs('t/agent@1'),
      effects: refs('sys/governance.propose@1'),
      caps: [],
      policies: refs('t/rules@1'),
      triggers: [{ event: 't/Start@1', plan: 't/agent@1' }],
      defaults: {
        policy: 't/rules@1',
        cap_grants: [grant('self', scope), ...grants.map((name) => grant(name, {}))],
      },
    },
  );
}

describe('what a plan may propose under a grant', () => {
  /** What its host is told that proposes it for the plan. */
  function proposed(scope: object, change: Brief): string | undefined {
    const governed = new GovernedWorld(world({ scope }));
    const patchHash = governed.patchTo(world({ scope, ...change }));
    governed.event('t/Start@1', { patch: toHashText(patchHash) });
    const [open] = [...governed.world.intents.range()];
    const base = governed.definition.manifestHash;
    const intent = open?.hash ?? base;
    return governed.say('host', { verb: 'propose', base, patchHash, description: '', intent });
  }

  it('is what is in its namespaces, and no grant or other row without one', () => {
    const scope = { namespaces: ['t'] };
    expect(proposed(scope, { schemas: ['t/New@1'] })).toBeUndefined();
    expect(proposed(scope, { schemas: ['tt/New@1'] })).toBe('namespace-not-allowed');
    expect(proposed(scope, { grants: ['more'] })).toBe('namespace-not-allowed');
  });

  it('is what is in its sections', () => {
    const scope = { sections: ['schemas'] };
    expect(proposed(scope, { schemas: ['tt/New@1'] })).toBeUndefined();
    expect(proposed(scope, { grants: ['more'] })).toBe('section-not-allowed');
  });
});

describe('a proposal', () => {
  it('is one of a thousand that are open at most', () => {
    const governed = new GovernedWorld(world({}));
    const next = world({ schemas: ['t/New@1'] });
    const { governance } = governed.world;
    governed.world = { ...governed.world, governance: { ...governance, open: 999 } };
    expect(governed.propose(next)).toBeUndefined();
    const full = { ...governed.world.governance, open: 1000 };
    governed.world = { ...governed.world, governance: full };
    expect(governed.propose(next)).toBe('proposals-full');
  });

  it('has a patch of a mebibyte at most', () => {
    const governed = new GovernedWorld(world({}));
    const base = governed.definition.manifestHash;
    const propose = (bytes: Uint8Array) => {
      governed.keep(bytes);
      const patchHash = sha256(bytes);
      return governed.say('op', { verb: 'propose', base, patchHash, description: '' });
    };
    expect(propose(new Uint8Array((1 << 20) + 1))).toBe('patch-too-large');
    expect(propose(new Uint8Array(1 << 20))).toBe('patch-not-canonical');
  });
});
