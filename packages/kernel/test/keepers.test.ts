import { sha256, utf8 } from '@aos/canon';
import { describe, expect, it } from 'vitest';
import { printShadowReport, runShadow } from '../src/index.js';
import { defined, GovernedWorld, keys } from './governed-world.js';

const refs = (...names: string[]) => names.map((name) => ({ name }));

/** Two approvers are needed; who keeps the keyring is said where `keepers` are. */
function world(note: string, keepers?: readonly string[]) {
  return defined(
    { $kind: 'defschema', name: note, type: { text: {} } },
    {
      $kind: 'defpolicy',
      name: 't/rules@1',
      rules: [{ when: {}, decision: 'allow' }],
      governance: [
        { verb: 'approve', role: 'approver', count: 2 },
        ...(keepers ? [{ verb: 'keyring', role: 'operator', count: 1, of: keepers }] : []),
      ],
    },
    {
      $kind: 'manifest',
      air_version: '1',
      features: ['policy-governance'],
      schemas: refs(note),
      modules: [],
      plans: [],
      effects: [],
      caps: [],
      policies: refs('t/rules@1'),
      defaults: { policy: 't/rules@1', cap_grants: [] },
    },
  );
}

const added = (name: string) => {
  const verb = { verb: 'keyring-add', name, roles: ['approver'] } as const;
  return { ...verb, publicKey: sha256(utf8(`key ${name}`)) };
};

describe('the keyring', () => {
  it('is kept by any operator where no rule says who keeps it', () => {
    expect(new GovernedWorld(world('t/Old@1')).say('op', added('eve'))).toBeUndefined();
  });

  it('is kept by those operators only whom the rules of the policy name', () => {
    const kept = new GovernedWorld(world('t/Old@1', ['keeper']));
    expect(kept.say('op', added('eve'))).toBe('governance-not-named');
    const { keyId } = keys.ana;
    expect(kept.say('op', { verb: 'keyring-revoke', keyId })).toBe('governance-not-named');
    expect(new GovernedWorld(world('t/Old@1', ['op'])).say('op', added('eve'))).toBeUndefined();
  });
});

describe('a shadow', () => {
  it('warns of approvers whom no change has known yet', () => {
    const governed = new GovernedWorld(world('t/Old@1'));
    governed.say('op', added('eve'));
    const warned = (to: string) => {
      expect(governed.propose(world(to))).toBeUndefined();
      const { base, patchHash } = governed.proposal(governed.world.governance.proposals.size - 1);
      const question = { head: governed.world, patch: { base, patchHash } };
      const object = governed.object.bind(governed);
      const outcome = runShadow(question, { engine: governed.engine, object });
      return outcome.kind === 'report' ? outcome.report : undefined;
    };
    const report = warned('t/New@1');
    expect(report?.warnings.rows).toEqual([{ code: 'approver-new', name: 'eve', added_at: 0 }]);
    expect(report && printShadowReport(report).join('\n')).toContain('eve may approve');

    governed.shadow(0);
    governed.approve(0, 'ana');
    governed.approve(0, 'ben');
    expect(governed.say('op', { verb: 'apply', proposal: 0 })).toBeUndefined();
    expect(warned('t/Newer@1')?.warnings.count).toBe(0);
  });
});
