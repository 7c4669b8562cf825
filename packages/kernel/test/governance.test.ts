import { decode, encode, toHashText, type Value } from '@aos/canon';
import { describe, expect, it } from 'vitest';
import { defined, GovernedWorld, keys, type Module, moduleHash } from './governed-world.js';

const nat = { nat: {} };
const text = { text: {} };
const schema = (name: string, type: object) => ({ $kind: 'defschema', name, type });
const record = (fields: object) => ({ record: fields });
const refs = (...names: string[]) => names.map((name) => ({ name }));
const reducer = (name: string, state: string) => ({
  $kind: 'defmodule',
  name,
  module_kind: 'reducer',
  abi: { reducer: { state, event: 't/Event@1' } },
});

interface Brief {
  readonly state?: string;
  readonly schemas?: readonly object[];
  readonly more?: readonly object[];
  readonly reducers?: readonly object[];
  readonly manifest?: object;
}

/** A world of counters: every Tick goes to every reducer. */
function counters({ state = 't/S@1', ...brief }: Brief = {}) {
  const schemas = [
    schema('t/Tick@1', record({ by: nat })),
    schema('t/Event@1', { variant: { Tick: { ref: 't/Tick@1' } } }),
    schema('t/S@1', record({ n: nat })),
    ...(brief.schemas ?? []),
  ];
  const reducers = brief.reducers ?? [reducer('t/Count@1', state)];
  const names = (nodes: readonly object[], kind: string) =>
    nodes.flatMap((node) => {
      const { $kind, name } = node as { $kind: string; name: string };
      return $kind === kind ? [name] : [];
    });
  const more = brief.more ?? [];
  return defined(...schemas, ...reducers, ...more, {
    $kind: 'manifest',
    air_version: '1',
    schemas: refs(...names(schemas, 'defschema')),
    modules: refs(...names([...reducers, ...more], 'defmodule')),
    plans: refs(...names(more, 'defplan')),
    effects: [],
    caps: [],
    policies: refs(...names(more, 'defpolicy')),
    routing: {
      events: names(reducers, 'defmodule').map((name) => ({ event: 't/Tick@1', reducer: name })),
    },
    ...brief.manifest,
  });
}

const fieldsOf = (bytes: Value | undefined): ReadonlyMap<Value, Value> =>
  bytes instanceof Uint8Array ? (decoded(bytes) as ReadonlyMap<Value, Value>) : new Map();

function decoded(bytes: Uint8Array): Value {
  const result = decode(bytes);
  if (!result.ok) throw new Error(result.refusal.detail);
  return result.value;
}

/** Adds to a field of its state. */
const adding =
  (field: string): Module =>
  (input) => {
    const before = Number(fieldsOf(input.get('state')).get(field) ?? 0);
    return { state: encode({ [field]: before + 1 }) };
  };

const v1 = counters();
const note = schema('t/Note@1', record({ text }));
const v2 = counters({ schemas: [note] });
const v3 = counters({ schemas: [note, schema('t/More@1', record({ text }))] });
const tick = (world: GovernedWorld) => world.event('t/Tick@1', { by: 1 });
const governed = (rules: readonly object[]) =>
  counters({
    more: [{ $kind: 'defpolicy', name: 't/rules@1', rules: [], governance: rules }],
    manifest: { defaults: { policy: 't/rules@1' }, features: ['policy-governance'] },
  });
const changed = (rules: readonly object[]) =>
  counters({
    schemas: [note],
    more: [{ $kind: 'defpolicy', name: 't/rules@1', rules: [], governance: rules }],
    manifest: { defaults: { policy: 't/rules@1' }, features: ['policy-governance'] },
  });

function living(definition = v1): GovernedWorld {
  return new GovernedWorld(definition, { 't/Count@1': adding('n') });
}

describe('a proposal', () => {
  it('goes from patch to shadow to approval to force, and all of it is in the journal', () => {
    const world = living();
    expect(tick(world)).toBeUndefined();
    expect(world.adopt(v2)).toBeUndefined();
    expect(world.changes).toEqual([
      '0 proposed',
      '0 shadowed',
      '0 approval',
      '0 approved',
      '0 applied',
    ]);
    expect(world.definition.manifestHash).toEqual(v2.manifestHash);
    expect(tick(world)).toBeUndefined();
    expect(world.state('t/Count@1')).toEqual(new Map([['n', 2]]));
    expect(world.check()).toBe('same');
  });

  it('is refused against another base than the one in force', () => {
    const world = living();
    expect(world.adopt(v2)).toBeUndefined();
    expect(world.propose(v3, 'op', v1)).toBe('proposal-stale');
  });

  it('that another one has overtaken can be neither approved nor applied', () => {
    const world = living();
    expect(world.propose(v2)).toBeUndefined();
    expect(world.shadow(0)).toBeUndefined();
    expect(world.propose(v3)).toBeUndefined();
    expect(world.shadow(1)).toBeUndefined();
    expect(world.approve(1, 'op')).toBeUndefined();
    expect(world.approve(0, 'op')).toBeUndefined();
    expect(world.say('op', { verb: 'apply', proposal: 0 })).toBeUndefined();
    expect(world.say('op', { verb: 'apply', proposal: 1 })).toBe('proposal-stale');
    expect(world.check()).toBe('same');
  });

  it('whose patch or code is not there is asked for, and leaves no trace', () => {
    const world = living();
    const lost = { base: v1.manifestHash, patchHash: moduleHash('lost'), description: '' };
    expect(world.say('op', { verb: 'propose', ...lost })).toBe('need');
    const other = counters({ reducers: [reducer('t/Other@1', 't/S@1')] });
    expect(world.propose(other)).toBe('need');
    expect(world.records).toEqual([]);
  });

  it('cannot be approved before its shadow, for another shadow, twice, or by just anybody', () => {
    const world = living();
    world.propose(v2);
    expect(world.approve(0, 'op')).toBe('proposal-mismatch');
    world.shadow(0);
    expect(world.approve(0, 'op', 'another report')).toBe('proposal-mismatch');
    expect(world.approve(0, 'ana')).toBe('governance-role');
    expect(world.approve(0, 'host')).toBe('governance-role');
    const unknown = { ...world.ref(0), proposal: 7 };
    expect(world.say('op', { verb: 'reject', ...unknown })).toBe('proposal-unknown');
    expect(world.approve(0, 'op')).toBeUndefined();
    expect(world.approve(0, 'op')).toBe('approval-repeated');
  });

  it('is shadowed anew, and what was said about the old shadow is void', () => {
    const world = living();
    world.propose(v2);
    world.shadow(0);
    world.approve(0, 'op');
    expect(world.shadow(0, 'second')).toBeUndefined();
    expect(world.changes.slice(-2)).toEqual(['0 voided', '0 shadowed']);
    expect(world.say('op', { verb: 'apply', proposal: 0 })).toBe('proposal-not-approved');
    expect(world.approve(0, 'op', 'report')).toBe('proposal-mismatch');
  });

  it('is over once it is applied, rejected or withdrawn', () => {
    const world = living();
    world.adopt(v2);
    expect(world.say('op', { verb: 'apply', proposal: 0 })).toBe('proposal-closed');
    world.propose(v3);
    expect(world.say('op', { verb: 'reject', ...world.ref(1) })).toBeUndefined();
    expect(world.shadow(1)).toBe('proposal-closed');
    world.propose(v3);
    expect(world.say('ana', { verb: 'withdraw', proposal: 2 })).toBe('governance-role');
    expect(world.say('op', { verb: 'withdraw', proposal: 2 })).toBeUndefined();
    expect(world.shadow(2)).toBe('proposal-closed');
    expect(world.check()).toBe('same');
  });
});

describe('the rules of a policy', () => {
  const two = { verb: 'approve', role: 'approver', count: 2, not_own: true };

  it('say how many must approve, and that the author does not count', () => {
    const rules = [two, { verb: 'propose', role: 'approver', count: 1 }];
    const world = living(governed(rules));
    expect(world.propose(changed(rules), 'op')).toBe('governance-role');
    expect(world.propose(changed(rules), 'ana')).toBeUndefined();
    world.shadow(0);
    expect(world.approve(0, 'ana')).toBe('governance-own');
    expect(world.approve(0, 'ben')).toBeUndefined();
    expect(world.say('op', { verb: 'apply', proposal: 0 })).toBe('proposal-not-approved');
  });

  it('are asked again when a proposal is applied: an approver who is gone counts no more', () => {
    const rules = [{ verb: 'approve', role: 'approver', count: 1 }];
    const world = living(governed(rules));
    world.propose(changed(rules));
    world.shadow(0);
    expect(world.approve(0, 'ana')).toBeUndefined();
    expect(world.changes.at(-1)).toBe('0 approved');
    world.say('op', { verb: 'keyring-revoke', keyId: keys.ana.keyId });
    expect(world.say('op', { verb: 'apply', proposal: 0 })).toBe('proposal-not-approved');
    expect(world.approve(0, 'ben')).toBeUndefined();
    expect(world.say('op', { verb: 'apply', proposal: 0 })).toBeUndefined();
    expect(world.check()).toBe('same');
  });

  it('count no approval after its time', () => {
    const world = living();
    world.propose(v2);
    world.shadow(0);
    const shadowHash = world.proposal(0).shadow?.hash;
    if (shadowHash === undefined) throw new Error('it was shadowed');
    const yes = { verb: 'approve', ...world.ref(0), shadowHash, expiresNs: 10n } as const;
    expect(world.say('op', yes)).toBeUndefined();
    world.nowNs = 10n;
    tick(world);
    expect(world.say('op', { verb: 'apply', proposal: 0 })).toBe('proposal-not-approved');
    expect(world.say('op', yes)).toBe('approval-expired');
  });
});

describe('states of another type', () => {
  const wide = schema('t/S@2', record({ n: nat, name: text }));
  const migration = [
    {
      $kind: 'defmodule',
      name: 't/Widen@1',
      module_kind: 'pure',
      abi: { pure: { input: 't/S@1', output: 't/S@2' } },
    },
    {
      $kind: 'defmigration',
      name: 't/widen@1',
      reducer: 't/Count@1',
      from: 't/S@1',
      to: 't/S@2',
      module: 't/Widen@1',
    },
  ];
  const listed = { migrations: refs('t/widen@1'), features: ['migrations'] };
  const widened = counters({
    state: 't/S@2',
    schemas: [wide],
    more: migration,
    manifest: listed,
  });
  const widen: Module = (input) => {
    const n = fieldsOf(input.get('input')).get('n') ?? 0;
    return { output: encode({ n, name: 'old' }) };
  };
  const naming: Module = (input) => {
    const state = fieldsOf(input.get('state'));
    const n = Number(state.get('n') ?? 0);
    return { state: encode({ n: n + 1, name: String(state.get('name') ?? 'new') }) };
  };

  it('need a migration, or the whole application is refused', () => {
    const world = living();
    tick(world);
    const bare = counters({ state: 't/S@2', schemas: [wide] });
    expect(world.adopt(bare)).toBe('migration-missing');
    expect(world.definition.manifestHash).toEqual(v1.manifestHash);
    expect(tick(world)).toBeUndefined();
    expect(world.state('t/Count@1')).toEqual(new Map([['n', 2]]));
  });

  it('need none where there is no state', () => {
    const world = living();
    expect(world.adopt(counters({ state: 't/S@2', schemas: [wide] }))).toBeUndefined();
  });

  it('are migrated when they are next read', () => {
    const world = living();
    tick(world);
    world.load('t/Widen@1', widen);
    expect(world.adopt(widened)).toBeUndefined();
    expect(world.state('t/Count@1')).toEqual(new Map([['n', 1]]));
    world.load('t/Count@1', naming);
    tick(world);
    expect(world.state('t/Count@1')).toEqual(
      new Map<Value, Value>([
        ['n', 2],
        ['name', 'old'],
      ]),
    );
  });

  it('stay as they are when their migration fails, and everything else goes on', () => {
    const world = living();
    tick(world);
    world.load('t/Widen@1', () => 'module-trap');
    expect(world.adopt(widened)).toBeUndefined();
    tick(world);
    expect(world.entries.at(-1)).toMatchObject({
      kind: 'reducer-fault',
      code: 'migration-failed',
    });
    expect(world.state('t/Count@1')).toEqual(new Map([['n', 1]]));
    expect(world.check()).toBe('same');
  });
});

describe('a reducer that a patch removes', () => {
  const both = counters({ reducers: [reducer('t/Count@1', 't/S@1'), reducer('t/Two@1', 't/S@1')] });

  it('leaves its cells behind, and finds them when it comes back', () => {
    const world = new GovernedWorld(both, { 't/Count@1': adding('n'), 't/Two@1': adding('n') });
    tick(world);
    expect(world.adopt(v1)).toBeUndefined();
    expect(world.world.retired.map(({ reducer: name }) => name)).toEqual(['t/Two@1']);
    tick(world);
    expect(world.adopt(both)).toBeUndefined();
    expect(world.world.retired).toEqual([]);
    tick(world);
    expect(world.state('t/Two@1')).toEqual(new Map([['n', 2]]));
    expect(world.state('t/Count@1')).toEqual(new Map([['n', 3]]));
    expect(world.check()).toBe('same');
  });
});

describe('numbers and names of patches', () => {
  it('a proposal that no world ever has is unknown, however large its number', () => {
    const world = living();
    world.adopt(v2);
    for (const proposal of [7, 2 ** 32, Number.MAX_SAFE_INTEGER]) {
      expect(world.say('op', { verb: 'apply', proposal })).toBe('proposal-unknown');
      expect(world.say('op', { verb: 'withdraw', proposal })).toBe('proposal-unknown');
      const ref = { ...world.ref(0), proposal };
      expect(world.say('op', { verb: 'reject', ...ref })).toBe('proposal-unknown');
    }
    expect(world.check()).toBe('same');
  });

  it('one code that is a reducer and a migration is called at each entry, and replays', () => {
    const both: Module = (input) =>
      input.has('input')
        ? { output: encode({ n: 40, name: 'moved' }) }
        : { state: encode({ n: 41, name: 'run' }) };
    const wasm_hash = toHashText(moduleHash('both'));
    const wide = schema('t/S@2', record({ n: nat, name: text }));
    const to = counters({
      state: 't/S@2',
      schemas: [wide],
      reducers: [{ ...reducer('t/Count@1', 't/S@2'), wasm_hash }],
      more: [
        {
          $kind: 'defmodule',
          name: 't/Widen@1',
          module_kind: 'pure',
          wasm_hash,
          abi: { pure: { input: 't/S@1', output: 't/S@2' } },
        },
        {
          $kind: 'defmigration',
          name: 't/widen@1',
          reducer: 't/Count@1',
          from: 't/S@1',
          to: 't/S@2',
          module: 't/Widen@1',
        },
      ],
      manifest: { migrations: refs('t/widen@1'), features: ['migrations'] },
    });
    const world = living();
    tick(world);
    world.load('both', both);
    expect(world.adopt(to)).toBeUndefined();
    tick(world);
    expect(world.state('t/Count@1')).toEqual(
      new Map<Value, Value>([
        ['n', 41],
        ['name', 'run'],
      ]),
    );
    expect(new Set(world.entryPoints)).toEqual(new Set(['step', 'run']));
    expect(world.check()).toBe('same');
  });
});
