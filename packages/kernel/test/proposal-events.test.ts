import { decode, encode, type Value } from '@aos/canon';
import { describe, expect, it } from 'vitest';
import { defined, GovernedWorld, type Module } from './governed-world.js';
import { must } from './script-world.js';

const CHANGED = 'sys/ProposalChanged@1';
const nat = { nat: {} };
const schema = (name: string, type: object) => ({ $kind: 'defschema', name, type });
const refs = (...names: string[]) => names.map((name) => ({ name }));

/** Whether the event is about the proposal that the plan was started for, and of this change. */
const about = (change: string) => ({
  op: 'and',
  args: [
    { op: 'eq', args: [{ ref: '@event.proposal' }, { ref: '@plan.input.n' }] },
    { op: 'eq', args: [{ ref: '@event.change' }, { text: change }] },
  ],
});
const awaiting = (change: string) => ({
  id: change,
  op: 'await_event',
  event: CHANGED,
  where: about(change),
  bind: { as: change },
});

/** A plan that applies a proposal when people have approved it, and says when that has happened. */
function patient(say: string) {
  return defined(
    schema('t/Start@1', { record: { n: nat } }),
    schema('t/Said@1', { record: { text: { text: {} } } }),
    schema('t/Seen@1', { variant: { changed: { ref: CHANGED } } }),
    schema('t/Log@1', { list: { text: {} } }),
    {
      $kind: 'defmodule',
      name: 't/log@1',
      module_kind: 'reducer',
      abi: { reducer: { state: 't/Log@1', event: 't/Seen@1' } },
    },
    {
      $kind: 'defplan',
      name: 't/agent@1',
      input: 't/Start@1',
      output: 't/Said@1',
      steps: [
        awaiting('approved'),
        {
          id: 'apply',
          op: 'emit_effect',
          kind: 'governance.apply',
          params: { record: { proposal_id: { ref: '@plan.input.n' } } },
          cap: 'self',
          bind: { effect_id_as: 'h' },
        },
        awaiting('applied'),
        { id: 'end', op: 'end', result: { record: { text: { text: say } } } },
      ],
      edges: [
        { from: 'approved', to: 'apply' },
        { from: 'approved', to: 'applied' },
        { from: 'apply', to: 'end' },
        { from: 'applied', to: 'end' },
      ],
      required_caps: ['self'],
      allowed_effects: ['governance.apply'],
    },
    {
      $kind: 'defplan',
      name: 't/rash@1',
      input: 't/Rash@1',
      steps: [
        {
          id: 'apply',
          op: 'emit_effect',
          kind: 'governance.apply',
          params: { record: { proposal_id: { ref: '@plan.input.n' } } },
          cap: 'self',
          bind: { effect_id_as: 'h' },
        },
        { id: 'told', op: 'await_receipt', for: { ref: '@var:h' }, bind: { as: 'told' } },
      ],
      edges: [{ from: 'apply', to: 'told' }],
      required_caps: ['self'],
      allowed_effects: ['governance.apply'],
    },
    schema('t/Rash@1', { record: { n: nat } }),
    {
      $kind: 'defpolicy',
      name: 't/rules@1',
      rules: [{ when: {}, decision: 'allow' }],
      governance: [{ verb: 'apply', role: 'operator', count: 1, of: ['world:t/agent@1'] }],
    },
    {
      $kind: 'manifest',
      air_version: '1',
      features: ['policy-governance'],
      schemas: refs('t/Start@1', 't/Rash@1', 't/Said@1', 't/Seen@1', 't/Log@1', CHANGED),
      modules: refs('t/log@1'),
      plans: refs('t/agent@1', 't/rash@1'),
      effects: refs('sys/governance.apply@1'),
      caps: [],
      policies: refs('t/rules@1'),
      triggers: [
        { event: 't/Start@1', plan: 't/agent@1' },
        { event: 't/Rash@1', plan: 't/rash@1' },
      ],
      routing: { events: [{ event: 't/Seen@1', reducer: 't/log@1' }] },
      defaults: {
        policy: 't/rules@1',
        cap_grants: [{ name: 'self', cap: 'sys/governance@1', params: { record: {} } }],
      },
    },
  );
}

/** A world without plans. */
const empty = () =>
  defined({
    $kind: 'manifest',
    air_version: '1',
    schemas: [],
    modules: [],
    plans: [],
    effects: [],
    caps: [],
    policies: [],
    routing: {},
  });

const fieldsOf = (bytes: Value | undefined) =>
  must(decode(bytes as Uint8Array)) as ReadonlyMap<string, Value>;

/** Keeps the words of all changes that it sees. */
const log: Module = (input) => {
  const event = fieldsOf((input.get('event') as ReadonlyMap<string, Value>).get('value'));
  const changed = event.get('$value') as ReadonlyMap<string, Value>;
  const before = input.get('state');
  const words = before instanceof Uint8Array ? (must(decode(before)) as readonly string[]) : [];
  return { state: encode([...words, changed.get('change') as string]) };
};

const opened = (definition = patient('old')) => new GovernedWorld(definition, { 't/log@1': log });

/** All the way to a yes: the plan does the rest. */
function decide(world: GovernedWorld, to = patient('new')): void {
  expect(world.propose(to)).toBeUndefined();
  expect(world.shadow(0)).toBeUndefined();
  expect(world.approve(0, 'op')).toBeUndefined();
}

const endings = (world: GovernedWorld) =>
  world.entries.flatMap((entry) => (entry.kind === 'plan-ended' ? [entry.status] : []));
const raised = (world: GovernedWorld) =>
  world.entries.filter((entry) => entry.kind === 'domain-event' && entry.schema === CHANGED);

describe('changes of proposals, as events of the world', () => {
  it('wake a plan that waits for its proposal, which applies it and learns of that', () => {
    const world = opened();
    world.event('t/Start@1', { n: 0 });
    decide(world);
    expect(world.definition.manifestHash).toEqual(patient('new').manifestHash);
    expect(endings(world)).toEqual(['ok']);
    expect(world.state('t/log@1')).toEqual([
      'proposed',
      'shadowed',
      'approval',
      'approved',
      'applied',
    ]);
    expect(world.check()).toBe('same');
  });

  it('wake no plan that waits for another proposal', () => {
    const world = opened();
    world.event('t/Start@1', { n: 1 });
    decide(world);
    expect(endings(world)).toEqual([]);
    expect(world.changes.at(-1)).toBe('0 approved');
  });

  it('reach who waits for them also when the new definition does not list their schema', () => {
    const world = opened();
    world.event('t/Start@1', { n: 0 });
    decide(world, empty());
    expect(world.definition.manifestHash).toEqual(empty().manifestHash);
    expect(endings(world)).toEqual(['ok']);
    expect(world.check()).toBe('same');
  });

  it('are of no proposal that a plan asks for by a number that no world has', () => {
    const world = opened();
    for (const n of [7n, 2n ** 53n, 2n ** 64n - 1n]) world.event('t/Rash@1', { n });
    const codes = world.entries.flatMap((entry) => (entry.kind === 'settled' ? [entry.code] : []));
    expect(codes).toEqual(['proposal-unknown', 'proposal-unknown', 'proposal-unknown']);
    expect(world.check()).toBe('same');
  });

  it('name the change that they follow from as their cause', () => {
    const world = opened();
    expect(world.propose(patient('new'))).toBeUndefined();
    const [changed, event] = world.entries;
    expect(changed).toMatchObject({ kind: 'governance-changed', cause: null });
    expect(event).toMatchObject({ kind: 'domain-event', schema: CHANGED, cause: 0 });
    expect(raised(world)).toHaveLength(1);
  });

  it('are made by the kernel alone', () => {
    const world = opened();
    const hash = `sha256:${'0'.repeat(64)}`;
    const forged = {
      proposal: 0,
      change: 'approved',
      principal: 'op',
      author: 'op',
      base: hash,
      patch_hash: hash,
      manifest: hash,
      shadow_hash: null,
    };
    expect(world.event(CHANGED, forged)).toBe('event-reserved');
    const wrapped = { $tag: 'changed', $value: forged };
    expect(world.event('t/Seen@1', wrapped)).toBe('event-reserved');
    expect(world.records).toEqual([]);
  });
});
