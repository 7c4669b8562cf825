import { sha256, toHashText, utf8 } from '@aos/canon';
import { describe, expect, it } from 'vitest';
import { defined, GovernedWorld, keys } from './governed-world.js';
import { PROPOSING_PLAN } from './proposing-plan.js';

const refs = (...names: string[]) => names.map((name) => ({ name }));
const schema = (name: string, type: object) => ({ $kind: 'defschema', name, type });

/** Two approvers of three are needed, and nobody but an operator may reject. */
function world(note: string) {
  return defined(
    ...PROPOSING_PLAN,
    schema(note, { text: {} }),
    {
      $kind: 'defpolicy',
      name: 't/rules@1',
      rules: [{ when: {}, decision: 'allow' }],
      governance: [
        { verb: 'approve', role: 'approver', count: 2 },
        { verb: 'propose', role: 'operator', count: 1, of: ['op', 'world:t/agent@1'] },
      ],
    },
    {
      $kind: 'manifest',
      air_version: '1',
      features: ['policy-governance'],
      schemas: refs('t/Start@1', note),
      modules: [],
      plans: refs('t/agent@1'),
      effects: refs('sys/governance.propose@1'),
      caps: [],
      policies: refs('t/rules@1'),
      triggers: [{ event: 't/Start@1', plan: 't/agent@1' }],
      defaults: {
        policy: 't/rules@1',
        cap_grants: [{ name: 'self', cap: 'sys/governance@1', params: { record: {} } }],
      },
    },
  );
}

const old = world('t/Old@1');
const next = world('t/New@1');

function shadowed(): GovernedWorld {
  const governed = new GovernedWorld(old);
  expect(governed.propose(next)).toBeUndefined();
  expect(governed.shadow(0)).toBeUndefined();
  return governed;
}

const no = (governed: GovernedWorld, name: 'ana' | 'ben' | 'op') =>
  governed.say(name, { verb: 'reject', ...governed.ref(0) });

describe('a yes', () => {
  it('may be taken back by who gave it, though only others may reject', () => {
    const governed = shadowed();
    expect(no(governed, 'ana')).toBe('governance-role');
    expect(governed.approve(0, 'ana')).toBeUndefined();
    expect(governed.approve(0, 'ben')).toBeUndefined();
    expect(no(governed, 'ana')).toBeUndefined();
    expect(governed.changes.slice(-4)).toEqual([
      '0 approval',
      '0 approved',
      '0 rejection',
      '0 retracted',
    ]);
    expect(governed.proposal(0).state).toBe('shadowed');
    expect(governed.say('op', { verb: 'apply', proposal: 0 })).toBe('proposal-not-approved');
    expect(governed.approve(0, 'ana')).toBeUndefined();
    expect(governed.changes.at(-1)).toBe('0 approved');
    expect(governed.say('op', { verb: 'apply', proposal: 0 })).toBeUndefined();
    expect(governed.check()).toBe('same');
  });

  it('that was taken back is no no: who may not reject does not', () => {
    const governed = shadowed();
    governed.approve(0, 'ana');
    expect(no(governed, 'ana')).toBeUndefined();
    expect(no(governed, 'ana')).toBe('governance-role');
    expect(governed.proposal(0).state).toBe('shadowed');
  });
});

describe('a no', () => {
  it('that is not enough leaves what enough others have approved', () => {
    const rules = [
      { verb: 'approve', role: 'approver', count: 1 },
      { verb: 'reject', role: 'approver', count: 2 },
    ];
    const ruled = (name: string) =>
      defined(
        schema(name, { text: {} }),
        { $kind: 'defpolicy', name: 't/rules@1', rules: [], governance: rules },
        {
          $kind: 'manifest',
          air_version: '1',
          features: ['policy-governance'],
          schemas: refs(name),
          modules: [],
          plans: [],
          effects: [],
          caps: [],
          policies: refs('t/rules@1'),
          defaults: { policy: 't/rules@1' },
        },
      );
    const governed = new GovernedWorld(ruled('t/Old@1'));
    governed.propose(ruled('t/New@1'));
    governed.shadow(0);
    governed.approve(0, 'ana');
    expect(no(governed, 'ben')).toBeUndefined();
    expect(governed.proposal(0).state).toBe('approved');
    expect(governed.changes.at(-1)).toBe('0 rejection');
    expect(no(governed, 'ana')).toBeUndefined();
    expect(governed.changes.at(-1)).toBe('0 rejected');
    expect(governed.check()).toBe('same');
  });
});

describe('a shadow', () => {
  const shadowHash = sha256(utf8('nowhere'));

  it('whose report is no object is asked for', () => {
    const governed = shadowed();
    expect(governed.shadowed(0, { shadowHash, atSeq: governed.world.seq - 1 })).toBe('need');
    governed.keep(utf8('nowhere'));
    expect(governed.shadowed(0, { shadowHash, atSeq: governed.world.seq - 1 })).toBeUndefined();
  });

  it('of a world before the proposal, or of the future, is refused', () => {
    const governed = new GovernedWorld(old);
    governed.propose(next);
    governed.propose(next);
    governed.keep(utf8('nowhere'));
    expect(governed.shadowed(1, { shadowHash, atSeq: 0 })).toBe('shadow-place');
    expect(governed.shadowed(1, { shadowHash, atSeq: 2 })).toBe('shadow-place');
    expect(governed.shadowed(1, { shadowHash, atSeq: 1 })).toBeUndefined();
  });
});

describe('what a plan proposes', () => {
  const ask = (governed: GovernedWorld, patch = governed.patchTo(next)) => {
    expect(governed.event('t/Start@1', { patch: toHashText(patch) })).toBeUndefined();
    const [open] = [...governed.world.intents.range()];
    if (open === undefined) throw new Error('the plan asks');
    return { verb: 'propose', base: old.manifestHash, description: '', intent: open.hash } as const;
  };

  it('is proposed once, however often its host says so', () => {
    const governed = new GovernedWorld(old);
    const patchHash = governed.patchTo(next);
    const asked = ask(governed);
    expect(governed.say('host', { ...asked, patchHash })).toBeUndefined();
    expect(governed.say('host', { ...asked, patchHash })).toBe('proposal-repeated');
    expect(governed.proposal(0).author.name).toBe('world:t/agent@1');
    expect(governed.check()).toBe('same');
  });

  it('is what it asks for, and nothing else that its host would like', () => {
    const governed = new GovernedWorld(old);
    const other = governed.patchTo(world('t/Other@1'));
    const asked = ask(governed);
    expect(governed.say('host', { ...asked, patchHash: other })).toBe('proposal-intent');
    expect(governed.say('op', { ...asked, patchHash: governed.patchTo(next) })).toBe(
      'proposal-intent',
    );
    expect(governed.changes).toEqual([]);
  });
});

describe('an application that waits', () => {
  it('is none of the epoch that begins meanwhile', () => {
    const governed = shadowed();
    governed.approve(0, 'ana');
    governed.approve(0, 'ben');
    const by = { name: 'op', keyId: keys.op.keyId };
    const cause = { seq: 0, i: null };
    const work = { kind: 'apply', proposal: 0, by, intent: null, cause } as const;
    governed.world = { ...governed.world, pending: [work] };
    expect(governed.say('op', { verb: 'epoch', epoch: 1 })).toBeUndefined();
    expect(governed.entries).toContainEqual({
      kind: 'dropped',
      cause,
      code: 'apply-abandoned',
    });
    expect(governed.changes.at(-1)).toBe('0 voided');
    expect(governed.world.pending).toEqual([]);
    expect(governed.definition.manifestHash).toEqual(old.manifestHash);
  });
});
