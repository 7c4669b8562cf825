import { describe, expect, it } from 'vitest';
import { defined, GovernedWorld } from './governed-world.js';

const refs = (...names: string[]) => names.map((name) => ({ name }));
const AGENT = 't/agent@1';

/** A plan that takes a proposal back. */
function world(of: readonly string[] = []) {
  const rule = { verb: 'withdraw', role: 'operator', count: 1 };
  return new GovernedWorld(
    defined(
      { $kind: 'defschema', name: 't/Start@1', type: { record: { n: { nat: {} } } } },
      {
        $kind: 'defplan',
        name: AGENT,
        input: 't/Start@1',
        steps: [
          {
            ...{ id: 'ask', op: 'emit_effect', kind: 'governance.withdraw', cap: 'self' },
            params: { record: { proposal_id: { ref: '@plan.input.n' } } },
            bind: { effect_id_as: 'h' },
          },
          { id: 'hear', op: 'await_receipt', for: { ref: '@var:h' }, bind: { as: 'heard' } },
          { id: 'end', op: 'end' },
        ],
        edges: [
          { from: 'ask', to: 'hear' },
          { from: 'hear', to: 'end' },
        ],
      },
      {
        $kind: 'defpolicy',
        name: 't/rules@1',
        rules: [{ when: {}, decision: 'allow' }],
        governance: of.length === 0 ? [rule] : [{ ...rule, of }],
      },
      {
        $kind: 'manifest',
        air_version: '1',
        features: ['policy-governance'],
        schemas: refs('t/Start@1'),
        modules: [],
        plans: refs(AGENT),
        effects: refs('sys/governance.withdraw@1'),
        caps: refs('sys/governance@1'),
        policies: refs('t/rules@1'),
        triggers: [{ event: 't/Start@1', plan: AGENT }],
        defaults: {
          policy: 't/rules@1',
          cap_grants: [{ name: 'self', cap: 'sys/governance@1', params: { record: {} } }],
        },
      },
    ),
  );
}

const settled = (lived: GovernedWorld) =>
  lived.entries.flatMap((entry) => (entry.kind === 'settled' ? [entry.code ?? entry.status] : []));

describe('a proposal that a plan takes back', () => {
  it('is withdrawn where a rule names the plan, and only once', () => {
    const lived = world([`world:${AGENT}`]);
    expect(lived.propose(world().definition)).toBeUndefined();
    lived.event('t/Start@1', { n: 0 });
    lived.event('t/Start@1', { n: 0 });
    expect(lived.changes).toEqual(['0 proposed', '0 withdrawn']);
    expect(settled(lived)).toEqual(['ok', 'proposal-closed']);
    expect(lived.check()).toBe('same');
  });

  it('stays where it is not its own, and no rule names the plan', () => {
    const lived = world();
    expect(lived.propose(world([`world:${AGENT}`]).definition)).toBeUndefined();
    lived.event('t/Start@1', { n: 0 });
    lived.event('t/Start@1', { n: 7 });
    expect(lived.changes).toEqual(['0 proposed']);
    expect(settled(lived)).toEqual(['governance-not-named', 'proposal-unknown']);
    expect(lived.check()).toBe('same');
  });
});
