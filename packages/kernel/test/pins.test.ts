import { decode, encode, type Value } from '@aos/canon';
import { describe, expect, it } from 'vitest';
import { defined, GovernedWorld } from './governed-world.js';

const nat = { nat: {} };
const text = { text: {} };
const schema = (name: string, type: object) => ({ $kind: 'defschema', name, type });
const record = (fields: object) => ({ record: fields });
const refs = (...names: string[]) => names.map((name) => ({ name }));

/** A plan that asks the outside, waits for a ping and says what it is. */
function asking(
  version: string,
  given: object = nat,
  rules: readonly object[] = [ALLOW],
  ping: object = nat,
) {
  return defined(
    schema('t/Start@1', record({ n: nat })),
    schema('t/Ping@1', record({ n: ping })),
    schema('t/Said@1', record({ text })),
    schema('t/Params@1', record({ n: nat })),
    schema('t/Given@1', record({ n: given })),
    {
      $kind: 'defeffect',
      name: 't/ask@1',
      kind: 't.ask',
      params_schema: 't/Params@1',
      receipt_schema: 't/Given@1',
      cap_type: 'timer',
      origin_scope: 'plan',
    },
    {
      $kind: 'defplan',
      name: 't/main@1',
      input: 't/Start@1',
      output: 't/Said@1',
      steps: [
        {
          id: 'ask',
          op: 'emit_effect',
          kind: 't.ask',
          params: { record: { n: { nat: 1 } } },
          cap: 'asking',
          bind: { effect_id_as: 'h' },
        },
        { id: 'given', op: 'await_receipt', for: { ref: '@var:h' }, bind: { as: 'given' } },
        { id: 'ping', op: 'await_event', event: 't/Ping@1', bind: { as: 'ping' } },
        { id: 'end', op: 'end', result: { record: { text: { text: version } } } },
      ],
      edges: [
        { from: 'ask', to: 'given' },
        { from: 'given', to: 'ping' },
        { from: 'ping', to: 'end' },
      ],
      required_caps: ['asking'],
      allowed_effects: ['t.ask'],
    },
    { $kind: 'defpolicy', name: 't/rules@1', rules },
    {
      $kind: 'manifest',
      air_version: '1',
      features: rules.includes(WAIT) ? ['policy-approval'] : [],
      schemas: refs('t/Start@1', 't/Ping@1', 't/Said@1', 't/Params@1', 't/Given@1'),
      modules: [],
      plans: refs('t/main@1'),
      effects: refs('t/ask@1'),
      caps: [],
      policies: refs('t/rules@1'),
      triggers: [{ event: 't/Start@1', plan: 't/main@1' }],
      defaults: {
        policy: 't/rules@1',
        cap_grants: [{ name: 'asking', cap: 'sys/timer@1', params: { record: {} } }],
      },
    },
  );
}

const ALLOW = { when: {}, decision: 'allow' };
const DENY = { when: {}, decision: 'deny' };

const WAIT = {
  when: {},
  decision: 'require_approval',
  approval: { role: 'approver', count: 1 },
};

/** Without the plan, and without the grant that it asks under. */
const grantless = defined(
  schema('t/Start@1', record({ n: nat })),
  { $kind: 'defpolicy', name: 't/rules@1', rules: [ALLOW] },
  {
    $kind: 'manifest',
    air_version: '1',
    schemas: refs('t/Start@1'),
    modules: [],
    plans: [],
    effects: [],
    caps: [],
    policies: refs('t/rules@1'),
    triggers: [],
    defaults: { policy: 't/rules@1' },
  },
);

const results = (world: GovernedWorld) =>
  world.entries.flatMap((entry) => {
    if (entry.kind !== 'plan-result' || entry.value.inline === undefined) return [];
    const value = decode(entry.value.inline);
    return value.ok ? [(value.value as ReadonlyMap<Value, Value>).get('text')] : [];
  });

describe('an instance that is on its way when another definition comes into force', () => {
  it('ends under the plan it began under, and the next one under the new plan', () => {
    const world = new GovernedWorld(asking('old'));
    world.event('t/Start@1', { n: 1 });
    world.receipt('ok', { n: 1 });
    expect(world.adopt(asking('new'))).toBeUndefined();
    world.event('t/Ping@1', { n: 1 });
    expect(results(world)).toEqual(['old']);
    world.event('t/Start@1', { n: 1 });
    world.receipt('ok', { n: 1 });
    world.event('t/Ping@1', { n: 1 });
    expect(results(world)).toEqual(['old', 'new']);
    expect(world.check()).toBe('same');
  });

  it('gets its receipt in the schema that it asked under', () => {
    const world = new GovernedWorld(asking('old'));
    world.event('t/Start@1', { n: 1 });
    expect(world.adopt(asking('new', text))).toBeUndefined();
    world.receipt('ok', { n: 7 });
    world.event('t/Ping@1', { n: 1 });
    expect(results(world)).toEqual(['old']);
    expect(world.check()).toBe('same');
  });

  it('asks under the policy in force, not under that of its beginning', () => {
    const world = new GovernedWorld(asking('old', nat, [DENY]));
    world.event('t/Start@1', { n: 1 });
    expect(world.entries.at(-1)).toMatchObject({ kind: 'plan-ended', status: 'error' });
    expect(world.adopt(asking('new'))).toBeUndefined();
    world.event('t/Start@1', { n: 1 });
    world.receipt('ok', { n: 1 });
    world.event('t/Ping@1', { n: 1 });
    expect(results(world)).toEqual(['new']);
  });

  it('does not see an event whose type has changed since', () => {
    const world = new GovernedWorld(asking('old'));
    world.event('t/Start@1', { n: 1 });
    world.receipt('ok', { n: 1 });
    expect(world.adopt(asking('new', nat, [ALLOW], text))).toBeUndefined();
    expect(world.event('t/Ping@1', { n: 'one' })).toBeUndefined();
    expect(results(world)).toEqual([]);
    expect(world.world.planState.instances.size).toBe(1);
    expect(world.check()).toBe('same');
  });

  it('loses what waits for people under a grant that is gone, however many wait', () => {
    const world = new GovernedWorld(asking('old', nat, [WAIT]));
    for (let n = 0; n < 70; n++) world.event('t/Start@1', { n });
    expect(world.world.intents.size).toBe(70);
    expect(world.adopt(grantless)).toBeUndefined();
    expect(world.world.intents.size).toBe(0);
    const codes = world.entries.flatMap((entry) => (entry.kind === 'settled' ? [entry.code] : []));
    expect(codes).toEqual(Array.from({ length: 70 }, () => 'grant-revoked'));
    expect(world.check()).toBe('same');
  });

  it('keeps its effect: what it asked settles once', () => {
    const world = new GovernedWorld(asking('old'));
    world.event('t/Start@1', { n: 1 });
    expect(world.world.intents.size).toBe(1);
    expect(world.adopt(asking('new', nat, [DENY]))).toBeUndefined();
    expect(world.world.intents.size).toBe(1);
    expect(world.receipt('ok', { n: 1 })).toBeUndefined();
    expect(world.world.intents.size).toBe(0);
  });
});

describe('an application', () => {
  it('waits until all that was taken in under the old definition is done', () => {
    const world = new GovernedWorld(asking('old'));
    const work = {
      kind: 'event',
      schema: 't/Start@1',
      done: 0,
      cause: { seq: 0, i: null },
    } as const;
    world.propose(asking('new'));
    world.shadow(0);
    world.approve(0, 'op');
    const waiting = { ...work, value: encode({ n: 1 }) };
    world.world = { ...world.world, pending: [waiting] };
    expect(world.say('op', { verb: 'apply', proposal: 0 })).toBeUndefined();
    const kinds = world.entries.map(({ kind }) => kind);
    expect(kinds.lastIndexOf('plan-started')).toBeLessThan(kinds.lastIndexOf('governance-changed'));
    world.receipt('ok', { n: 1 });
    world.event('t/Ping@1', { n: 1 });
    expect(results(world)).toEqual(['old']);
  });
});
