import type { WorldDefinition } from '@aos/air';
import { decode, encode, toHashText, toHex, type Value } from '@aos/canon';
import {
  hashWorld,
  printShadowReport,
  runShadow,
  type ShadowQuestion,
  type World,
} from '@aos/kernel';
import { describe, expect, it } from 'vitest';
import { defined, GovernedWorld, type Module, moduleHash } from './governed-world.js';

const nat = { nat: {} };
const text = { text: {} };
const record = (fields: object) => ({ record: fields });
const schema = (name: string, type: object) => ({ $kind: 'defschema', name, type });
const refs = (...names: string[]) => names.map((name) => ({ name }));
const cap = (name: string, type: object) => ({
  $kind: 'defcap',
  name,
  cap_type: 'note',
  schema: type,
  enforcer: { module: 'sys/CapAllowAll@1' },
});
const allow = { when: {}, decision: 'allow' };
const deny = { when: { cap_name: 'notes' }, decision: 'deny' };

interface Brief {
  /** Which code the reducer has. */
  readonly code?: string;
  readonly state?: string;
  readonly rules?: readonly object[];
  readonly grants?: readonly object[];
  readonly more?: readonly object[];
  readonly manifest?: object;
}

const notes = { name: 'notes', cap: 's/note@1', params: {} };

/** Counts ticks, and asks for a note of each. */
function counting({ code = 'v1', state = 's/S@1', rules = [allow], ...brief }: Brief = {}) {
  const more = brief.more ?? [];
  const named = (kind: string) =>
    more.flatMap((node) => {
      const { $kind, name } = node as { $kind: string; name: string };
      return $kind === kind ? [name] : [];
    });
  const reducer = {
    $kind: 'defmodule',
    name: 's/Count@1',
    module_kind: 'reducer',
    wasm_hash: toHashText(moduleHash(code)),
    abi: {
      reducer: {
        state,
        event: 's/Event@1',
        effects_emitted: ['s.note'],
        cap_slots: { default: 'note' },
      },
    },
  };
  return defined(
    schema('s/Tick@1', record({ by: nat })),
    schema('s/Event@1', {
      variant: { Tick: { ref: 's/Tick@1' }, Done: { ref: 'sys/EffectReceipt@1' } },
    }),
    schema('s/S@1', record({ n: nat, sizes: nat })),
    schema('s/Note@1', record({ text })),
    schema('s/NoteDone@1', record({ size: nat })),
    {
      $kind: 'defeffect',
      name: 's/note-effect@1',
      kind: 's.note',
      params_schema: 's/Note@1',
      receipt_schema: 's/NoteDone@1',
      cap_type: 'note',
      origin_scope: 'both',
    },
    cap('s/note@1', record({})),
    { $kind: 'defpolicy', name: 's/rules@1', rules },
    reducer,
    ...more,
    {
      $kind: 'manifest',
      air_version: '1',
      schemas: refs(
        ...['s/Tick@1', 's/Event@1', 's/S@1', 's/Note@1', 's/NoteDone@1'],
        ...named('defschema'),
      ),
      modules: refs('s/Count@1', ...named('defmodule')),
      plans: refs(...named('defplan')),
      effects: refs('s/note-effect@1'),
      caps: refs('s/note@1'),
      policies: refs('s/rules@1'),
      defaults: { policy: 's/rules@1', cap_grants: [notes, ...(brief.grants ?? [])] },
      module_bindings: { 's/Count@1': { slots: { default: 'notes' } } },
      routing: { events: [{ event: 's/Tick@1', reducer: 's/Count@1' }] },
      ...brief.manifest,
    },
  );
}

type Fields = ReadonlyMap<Value, Value>;

function read(bytes: Value | undefined): Fields {
  const decoded = bytes instanceof Uint8Array ? decode(bytes) : undefined;
  return decoded?.ok === true && decoded.value instanceof Map ? decoded.value : new Map();
}

/** Adds `by` for each tick and the sizes of receipts; asks for a note with this text. */
const counter =
  (by: number, body: (n: number) => string): Module =>
  (input) => {
    const state = read(input.get('state'));
    const event = read((input.get('event') as Fields).get('value'));
    const [n, sizes] = [Number(state.get('n') ?? 0), Number(state.get('sizes') ?? 0)];
    if (event.get('$tag') === 'Done') {
      const receipt = read((event.get('$value') as Fields).get('receipt'));
      const size = Number(receipt.get('size') ?? 0);
      return { state: encode({ n, sizes: sizes + size }) };
    }
    const effect = { kind: 's.note', params_cbor: encode({ text: body(n) }) };
    return { state: encode({ n: n + by, sizes }), effects: [effect] };
  };

const codes: { readonly [name: string]: Module } = {
  v1: counter(1, (n) => `note ${n}`),
  v2: counter(2, (n) => `note ${n}`),
  loud: counter(1, (n) => `NOTE ${n}`),
  named: () => ({ state: encode({ n: 0, sizes: 0, name: '' }) }),
  trap: () => 'module-trap',
  widen: (input) => ({
    output: encode({ ...Object.fromEntries(read(input.get('input'))), name: 'x' }),
  }),
};

/** A world with a past: what it began as, and the records since. */
class Past {
  readonly from: World;
  readonly world: GovernedWorld;

  constructor(ticks: number, definition = counting()) {
    this.world = new GovernedWorld(definition, codes);
    this.from = this.world.world;
    for (let n = 0; n < ticks; n++) {
      this.world.event('s/Tick@1', { by: 1 });
      this.world.receipt('ok', { size: 10 });
    }
  }

  /** The shadow of a patch that leads there. */
  shadow(to: WorldDefinition, more: Partial<ShadowQuestion> = {}) {
    expect(this.world.propose(to)).toBeUndefined();
    return this.again(more);
  }

  /** The shadow of what was proposed last. */
  again(more: Partial<ShadowQuestion> = {}) {
    const { base, patchHash } = this.world.proposal(this.world.world.governance.proposals.size - 1);
    const { engine, records, world: head } = this.world;
    const window = { world: this.from, records };
    const question = { head, window, patch: { base, patchHash }, ...more };
    const outcome = runShadow(question, { engine, object: (hash) => this.world.object(hash) });
    if (outcome.kind === 'report') return outcome;
    throw new Error(JSON.stringify(outcome));
  }
}

const other = counting({ more: [schema('s/More@1', record({ text }))] });
const tickEvent = (by: number) => ({ schema: 's/Tick@1', cbor: encode({ by }) });

describe('a shadow', () => {
  it('of a definition that does the same finds no difference, and every receipt recorded', () => {
    const past = new Past(5);
    const { report } = past.shadow(other);
    expect(report.authority.count).toBe(0);
    expect(report.window).toMatchObject({
      from_seq: 0,
      inputs: 11,
      is_cut: false,
      first_divergence: null,
      receipts_from: { candidate: { recorded: 5, scripted: 0, synthetic: 0, open: 0 } },
      states: { count: 0 },
    });
    expect(report.definitions.rows).toEqual([
      { kind: 'defschema', name: 's/More@1', change: 'added' },
    ]);
  });

  it('asked twice gives the same bytes, and changes nothing of the world', () => {
    const past = new Past(3);
    past.world.propose(counting({ code: 'v2' }));
    const before = toHex(hashWorld(past.world.world));
    const [one, two] = [past.again(), past.again({ seeds: [] })];
    expect(toHex(two.bytes)).toBe(toHex(one.bytes));
    expect(toHex(two.hash)).toBe(toHex(one.hash));
    const more = past.again({ seeds: [tickEvent(1)] });
    expect(toHex(more.hash)).not.toBe(toHex(one.hash));
    expect(toHex(hashWorld(past.world.world))).toBe(before);
    expect(past.world.check()).toBe('same');
  });

  it('tells what other behaviour does to states, and where it begins', () => {
    const { report } = new Past(4).shadow(counting({ code: 'v2' }));
    expect(report.window?.states.rows).toMatchObject([
      { reducer: 's/Count@1', key: null, base: { value: '{"n":4,"sizes":40}' } },
    ]);
    expect(report.window?.first_divergence).toMatchObject({ at: 0, input: 'event' });
  });

  it('answers what nobody asked before by a script, or by the least value there is', () => {
    const past = new Past(2);
    const loud = counting({ code: 'loud' });
    const { report } = past.shadow(loud);
    expect(report.window?.effects_added.rows).toEqual([
      {
        effect: 's.note',
        cap: 'notes',
        origin: 's/Count@1',
        params: '{"text":"NOTE 0"}',
        count: 1,
      },
      {
        effect: 's.note',
        cap: 'notes',
        origin: 's/Count@1',
        params: '{"text":"NOTE 1"}',
        count: 1,
      },
    ]);
    expect(report.window?.effects_removed.count).toBe(2);
    expect(report.window?.receipts_from.candidate).toMatchObject({ recorded: 0, synthetic: 2 });
    const scripts = [{ effect: 's.note', status: 'ok', payload: encode({ size: 5 }) }] as const;
    const scripted = past.again({ scripts }).report.window;
    expect(scripted?.receipts_from.candidate).toMatchObject({ scripted: 2, synthetic: 0 });
    expect(scripted?.states.rows[0]?.candidate?.value).toBe('{"n":2,"sizes":10}');
  });

  it('tells of decisions that become others', () => {
    const { report } = new Past(2).shadow(counting({ rules: [deny, allow] }));
    expect(report.window?.decisions).toEqual({
      count: 2,
      rows: [0, 2].map((at) => ({
        ...{ at, effect: 's.note', cap: 'notes' },
        ...{ base: 'allow', candidate: 'deny policy-denied' },
      })),
    });
    expect(report.window?.counts.rows).toMatchObject([{ kind: 'fault', base: 0, candidate: 2 }]);
    expect(report.authority.rows).toMatchObject([{ risk: 'narrower', part: 'policy-rule' }]);
  });

  it('tries seed events on the world as it is, under both definitions', () => {
    const past = new Past(2);
    const seeds = [tickEvent(1), { schema: 's/None@1', cbor: encode({}) }];
    const { head } = past.shadow(counting({ code: 'v2' }), { seeds }).report;
    expect(head?.states.rows).toMatchObject([
      { base: { value: '{"n":3,"sizes":20}' }, candidate: { value: '{"n":4,"sizes":20}' } },
    ]);
    expect(head?.inputs).toBe(3);
    expect(head?.refused.count).toBe(1);
  });

  it('ends at its limits, and says so', () => {
    const past = new Past(5);
    past.world.propose(counting({ code: 'v2' }));
    const { report } = past.again({ limits: { records: 4, rows: 0 } });
    expect(report.window).toMatchObject({ inputs: 4, is_cut: true });
    expect(report.window?.states).toEqual({ count: 1, rows: [] });
  });

  it('of code that is not there asks for it', () => {
    const past = new Past(1);
    past.world.propose(counting({ code: 'v2' }));
    const { base, patchHash } = past.world.proposal(0);
    const engine = { ...past.world.engine, has: () => false };
    const head = past.world.world;
    const outcome = runShadow(
      { head, patch: { base, patchHash } },
      { engine, object: () => undefined },
    );
    expect(outcome).toMatchObject({ kind: 'need', modules: [{ name: 's/Count@1' }] });
  });
});

describe('the authority in a shadow', () => {
  it('stands first where it is more, and is read first', () => {
    const secret = { $kind: 'defsecret', name: 's/token@1', binding_id: 'env:TOKEN' };
    const wide = counting({
      rules: [deny, allow],
      grants: [{ name: 'more', cap: 's/note@1', params: {} }],
      more: [secret],
      manifest: { secrets: refs('s/token@1') },
    });
    const { report } = new Past(1).shadow(wide);
    expect(report.authority.rows.map(({ risk, part, name }) => [risk, part, name])).toEqual([
      ['wider', 'grant', 'more'],
      ['wider', 'secret', 's/token@1'],
      ['narrower', 'policy-rule', 's/rules@1'],
    ]);
    const lines = printShadowReport(report);
    expect(lines.findIndex((line) => line.includes('MORE: added grant more'))).toBeLessThan(
      lines.findIndex((line) => line.includes('less: added policy-rule')),
    );
  });

  const web = (params: object, more: object = {}) =>
    counting({
      grants: [{ name: 'web', cap: 'sys/http.out@1', params, ...more }],
      manifest: { caps: refs('s/note@1', 'sys/http.out@1'), features: ['grant-budget'] },
    });
  const cases: readonly (readonly [string, object, object, string])[] = [
    ['a host more', { hosts: ['a'] }, { hosts: ['a', 'b'] }, 'wider'],
    ['a host less', { hosts: ['a', 'b'] }, { hosts: ['a'] }, 'narrower'],
    ['no hosts named any more', { hosts: ['a'] }, {}, 'wider'],
    ['one host, where any was good', {}, { hosts: ['a'] }, 'narrower'],
    ['another host', { hosts: ['a'] }, { hosts: ['b'] }, 'wider'],
    [
      'fewer hosts and more methods',
      { hosts: ['a', 'b'], methods: ['GET'] },
      { hosts: ['a'] },
      'wider',
    ],
  ];
  it.each(cases)('of a grant with %s is told apart', (_, before, after, risk) => {
    const { report } = new Past(0, web(before)).shadow(web(after));
    expect(report.authority.rows).toMatchObject([{ part: 'grant', name: 'web', risk }]);
  });

  it('of a grant is another one where other code enforces it', () => {
    const enforced = (code: string) => {
      const enforcer = {
        $kind: 'defmodule',
        name: 's/Enforce@1',
        module_kind: 'pure',
        wasm_hash: toHashText(moduleHash(code)),
        abi: { pure: { input: 'sys/CapCheckInput@1', output: 'sys/CapCheckOutput@1' } },
      };
      const own = { ...cap('s/own@1', record({})), enforcer: { module: 's/Enforce@1' } };
      return counting({
        grants: [{ name: 'own', cap: 's/own@1', params: {} }],
        more: [enforcer, own],
        manifest: { caps: refs('s/note@1', 's/own@1') },
      });
    };
    const { report } = new Past(0, enforced('trap')).shadow(enforced('widen'));
    expect(report.authority.rows).toMatchObject([{ risk: 'changed', part: 'grant', name: 'own' }]);
  });

  it('of a grant with a budget is less, and with a larger one is more', () => {
    const calls = (n: number) => web({}, { budget: { calls: n } });
    const risk = (from: WorldDefinition, to: WorldDefinition) =>
      new Past(0, from).shadow(to).report.authority.rows[0]?.risk;
    expect(risk(web({}), calls(5))).toBe('narrower');
    expect(risk(calls(5), calls(6))).toBe('wider');
    expect(risk(calls(5), web({}))).toBe('wider');
  });
});

describe('migrations in a shadow', () => {
  const migrated = (module: string) =>
    counting({
      code: 'named',
      state: 's/S@2',
      more: [
        schema('s/S@2', record({ n: nat, sizes: nat, name: text })),
        {
          $kind: 'defmodule',
          name: 's/Widen@1',
          module_kind: 'pure',
          wasm_hash: toHashText(moduleHash(module)),
          abi: { pure: { input: 's/S@1', output: 's/S@2' } },
        },
        {
          $kind: 'defmigration',
          name: 's/widen@1',
          reducer: 's/Count@1',
          from: 's/S@1',
          to: 's/S@2',
          module: 's/Widen@1',
        },
      ],
      manifest: { migrations: refs('s/widen@1'), features: ['migrations'] },
    });

  it('are tried on the cells that there are', () => {
    const { report } = new Past(2).shadow(migrated('widen'));
    expect(report.migrations).toMatchObject([
      { reducer: 's/Count@1', cells: 1, looked: 1, run: 1, fuel: 7, failed: { count: 0 } },
    ]);
  });

  it('that fail are listed', () => {
    const { report } = new Past(2).shadow(migrated('trap'));
    expect(report.migrations).toMatchObject([{ run: 1, failed: { count: 1, rows: [''] } }]);
    expect(printShadowReport(report)).toContain('  failed: its one cell');
  });

  it('that are missing make a report that says so', () => {
    const bare = counting({ state: 's/S@2', more: [schema('s/S@2', record({ n: nat }))] });
    const { report } = new Past(2).shadow(bare);
    expect(report.refused?.code).toBe('migration-missing');
    expect(report.window).not.toBeNull();
    expect(report.head).toBeNull();
    expect(report.warnings.rows).toMatchObject([
      { code: 'migration-missing', reducer: 's/Count@1', cells: 1 },
      { code: 'rollback-migration-missing', reducer: 's/Count@1', cells: 1 },
    ]);
    const text = printShadowReport(report).join('\n');
    expect(text).toContain('CANNOT BE APPLIED: migration-missing');
    expect(text).toContain('s/Count@1, 1 cells: no migration leads on (migration-missing)');
  });
});
