import { encode, encodeUntagged, sha256 } from '@aos/canon';
import { signVerb, verifyWorld } from '@aos/host';
import { signedVerbArgs } from '@aos/protocol';
import { describe, expect, it } from 'vitest';
import { type Documents, documentOf, hashOf, hex, keys, newStore, open } from './governed-host.js';
import { add, modules, must, plan, REDUCER, sumEngine } from './stage.js';

/** The documents with another module of the one reducer, or with one schema more. */
function changed(change: { readonly schema?: string }): Documents {
  const nodes = JSON.parse(plan.documents[0]?.text ?? '[]') as { $kind: string }[];
  const { schema } = change;
  const more =
    schema === undefined ? [] : [{ $kind: 'defschema', name: schema, type: { nat: {} } }];
  const named = nodes.map((node) =>
    node.$kind === 'manifest'
      ? {
          ...node,
          schemas: [
            ...(node as unknown as { schemas: object[] }).schemas,
            ...more.map(({ name }) => ({ name })),
          ],
        }
      : node,
  );
  return [{ path: 'air/world.air.json', text: JSON.stringify([...more, ...named]) }];
}

const code2 = new Uint8Array([4, 5, 6]);

describe('a definition that is changed through control verbs', () => {
  it('goes from draft to force and back again, and replays', async () => {
    const store = newStore(plan.documents);
    const { host, control, adopt } = open(store);
    for (let n = 1; n < 4; n++) must(await host.submit(add(n)));
    const nodes = changed({ schema: 't/More@1' });
    const first = await adopt({ documents: nodes, modules: [{ name: REDUCER, bytes: code2 }] });
    expect(first.lines.join('\n')).toContain('changed defmodule t/Sum@1');
    expect(first.report).toMatchObject({ window: { inputs: 4, first_divergence: null } });
    must(await host.submit(add(4)));
    const shown = must(await control.call('governance.show', { proposal: 0 }));
    expect(shown.proposal).toMatchObject({
      state: 'applied',
      author: 'operator',
      is_current: false,
    });
    expect(shown.report).toEqual(first.report);
    const back = await adopt({ rollback: 0 });
    expect(back.report).toMatchObject({ definitions: { count: 2 } });
    const { proposals, count } = must(await control.call('governance.list', { state: 'applied' }));
    expect([count, proposals.map(({ proposal }) => proposal)]).toEqual([2, [1, 0]]);
    expect(proposals[0]?.manifest).toBe(proposals[1]?.base);
    const { state } = must(await control.call('state.get', { reducer: REDUCER })) as never;
    expect(state).toEqual({ n: 10 });
    expect(verifyWorld(store, sumEngine()).ok).toBe(true);
    await host.close();
  });

  it('goes back to schemas that meant something else, under the names that they had', async () => {
    const world = (state: object, part: object, more: readonly object[] = []): Documents => {
      const own = JSON.parse(plan.documents[0]?.text ?? '[]') as { name?: string }[];
      const nodes = own.map((node) => {
        if (node.name === 't/Sum@1' && 'type' in node) return { ...node, type: state };
        if (node.name !== undefined) return node;
        const schemas = ['t/Sum@1', 't/Add@1', 't/Event@1', 't/Part@1'];
        const before = { schemas: refs(...schemas, ...(more.length > 0 ? ['t/Old@1'] : [])) };
        if (more.length === 0) return { ...node, ...before };
        const [features, migrations] = [['migrations'], refs('t/widen@1')];
        const modules_ = refs(REDUCER, 't/Widen@1');
        return { ...node, ...before, modules: modules_, features, migrations };
      });
      const all = [{ $kind: 'defschema', name: 't/Part@1', type: part }, ...nodes, ...more];
      return [{ path: 'air/world.air.json', text: JSON.stringify(all) }];
    };
    const n = { n: { nat: {} } };
    const before = world({ record: n }, { text: {} });
    const after = world({ record: { ...n, part: { ref: 't/Part@1' } } }, { nat: {} }, [
      { $kind: 'defschema', name: 't/Old@1', type: { record: n } },
      {
        ...{ $kind: 'defmodule', name: 't/Widen@1', module_kind: 'pure' },
        abi: { pure: { input: 't/Old@1', output: 't/Sum@1' } },
      },
      {
        ...{ $kind: 'defmigration', name: 't/widen@1', reducer: REDUCER },
        ...{ from: 't/Old@1', to: 't/Sum@1', module: 't/Widen@1' },
      },
    ]);
    const second = hex(sha256(code2));
    const call: ReturnType<typeof sumEngine>['call'] = (hash, entry) => {
      const state = encode(hex(hash) === second ? { n: 1, part: 7 } : { n: 1 });
      const step = { state, domain_events: [], effects: [], ann: null };
      const output = encodeUntagged(entry === 'run' ? { output: state } : step);
      return { kind: 'output', output, fuel: 0 };
    };
    const { host, control, adopt } = open(newStore(before), { ...sumEngine(), call });
    must(await host.submit(add(1)));
    await adopt({
      documents: after,
      modules: [
        { name: REDUCER, bytes: code2 },
        { name: 't/Widen@1', bytes: code2 },
      ],
    });
    must(await host.submit(add(1)));
    const bare = await control.call('governance.draft', { rollback: 0 });
    expect(bare).toMatchObject({ refusal: { code: 'migration-missing', at: REDUCER } });
    await adopt({ rollback: 0, migrations: [{ reducer: REDUCER, bytes: new Uint8Array([7]) }] });
    const find = async (name: string) =>
      JSON.stringify(must(await control.call('definition.get', { name })));
    expect(await find('t/SumBack@1')).toMatch(/"input":"t\/Sum@2","output":"t\/Sum@1"/);
    expect(await find('t/Sum@2')).toContain('"ref":"t/Part@2"');
    expect(await find('t/Part@2')).toContain('"nat"');
    expect(await find('t/Part@1')).toContain('"text"');
    await host.close();
  });

  it('is refused what leads nowhere, and proposals that there are not', async () => {
    const { host, control } = open(newStore(plan.documents));
    const code = async (args: Parameters<typeof control.call<'governance.draft'>>[1]) => {
      const answer = await control.call('governance.draft', args);
      return answer.ok ? 'ok' : answer.refusal.code;
    };
    expect(await code({})).toBe('control-args');
    expect(await code({ json: '{' })).toMatch(/^json-/);
    expect(await code({ rollback: 0 })).toBe('proposal-unknown');
    const same = {
      documents: plan.documents,
      modules: [...modules].map(([name, bytes]) => ({ name, bytes })),
    };
    expect(await code(same)).toBe('patch-empty');
    const shadow = await control.call('governance.shadow', { proposal: 7 });
    expect(shadow.ok ? 'ok' : shadow.refusal.code).toBe('proposal-unknown');
    await host.close();
  });
});

const refs = (...names: string[]) => names.map((name) => ({ name }));
const NAPPING = [
  { $kind: 'defschema', name: 't/Nap@1', type: { record: { until: { nat: {} } } } },
  {
    $kind: 'defplan',
    name: 't/nap@1',
    input: 't/Nap@1',
    steps: [
      {
        ...{ id: 'sleep', op: 'emit_effect', kind: 'timer.set', cap: 'nap' },
        params: { record: { deliver_at_ns: { ref: '@plan.input.until' }, key: { null: {} } } },
        bind: { effect_id_as: 'asked' },
      },
      { id: 'wake', op: 'await_receipt', for: { ref: '@var:asked' }, bind: { as: 'fired' } },
      { id: 'done', op: 'end' },
    ],
    edges: [
      { from: 'sleep', to: 'wake' },
      { from: 'wake', to: 'done' },
    ],
  },
  { $kind: 'defpolicy', name: 't/policy@1', rules: [{ when: {}, decision: 'allow' }] },
  {
    $kind: 'manifest',
    air_version: '1',
    schemas: refs('t/Nap@1'),
    modules: [],
    plans: refs('t/nap@1'),
    effects: refs('sys/timer.set@2'),
    caps: refs('sys/timer@1'),
    policies: refs('t/policy@1'),
    defaults: {
      policy: 't/policy@1',
      cap_grants: [{ name: 'nap', cap: 'sys/timer@1', params: {} }],
    },
    triggers: [{ event: 't/Nap@1', plan: 't/nap@1' }],
  },
];

describe('a shadow of the world as it is', () => {
  const documents = [{ path: 'air/world.air.json', text: JSON.stringify(NAPPING) }];
  const json = JSON.stringify(documentOf(documents));

  it('lets time stand still or go on, and takes events and receipts', async () => {
    const { host, control, signed } = open(newStore(documents, new Map()));
    const hour = 3_600_000_000_000;
    const now = BigInt(must(await control.call('status', {})).live?.clock_ns ?? 0);
    const until = (hours: number) => now + BigInt(hours * hour);
    must(await host.submit({ schema: 't/Nap@1', json: { until: until(1) } }));
    const { base, patch_hash } = must(await control.call('governance.draft', { json }));
    const about = { base: hashOf(base), patchHash: hashOf(patch_hash), description: '' };
    const proposing = await signed({ verb: 'propose', ...about });
    must(await control.call('governance.propose', proposing));
    const shadow = async (more: object) =>
      must(await control.call('governance.shadow', { proposal: 0, ...more }));

    const still = await shadow({});
    expect([still.report, still.lines.at(-1)]).toMatchObject([
      { head: null, limits: { advance_ns: 0 } },
      expect.stringContaining('time stood still'),
    ]);
    const bound = { proposal: 0, base: about.base, patchHash: about.patchHash };
    const shadowHash = hashOf(still.shadow_hash);
    const seen = { ...bound, shadowHash, atSeq: still.at_seq };
    must(await control.call('governance.shadowed', await signed({ verb: 'shadowed', ...seen })));
    const elsewhere = { worldId: shadowHash, epoch: 0 };
    const yes = { verb: 'approve', ...bound, shadowHash } as const;
    const { verb: _, ...foreign } = signedVerbArgs(
      signVerb(keys.signer('operator'), elsewhere, yes),
    );
    const other = await control.call('governance.approve', foreign);
    expect(other).toMatchObject({ refusal: { code: 'signature-invalid' } });
    const receipts = async (more: object) => {
      const { report } = await shadow(more);
      return (report as { head: { receipts_from: { base: object } } }).head.receipts_from.base;
    };
    expect(await receipts({ advance_ns: hour - 1e12 })).toMatchObject({ synthetic: 0, open: 1 });
    expect(await receipts({ advance_ns: hour })).toMatchObject({ synthetic: 1, open: 0 });
    const seeds = [{ schema: 't/Nap@1', json: `{"until":${until(2)}}` }];
    expect(await receipts({ seeds })).toMatchObject({ synthetic: 1, open: 1 });
    expect(await receipts({ seeds, advance_ns: hour })).toMatchObject({ synthetic: 1, open: 1 });
    expect(await receipts({ seeds, advance_ns: 2 * hour })).toMatchObject({ synthetic: 2 });
    const wrong = await shadow({ seeds: [{ schema: 't/None@1', json: '{}' }] });
    expect(wrong.report).toMatchObject({ head: { refused: { count: 1 } } });
    expect(wrong.lines.join('\n')).toContain('inputs refused: 1');
    const error = '{"code":"asleep","message":""}';
    const scripts = [{ effect: 'timer.set', status: 'error', json: error }];
    expect(await receipts({ seeds, scripts })).toMatchObject({ scripted: 2, open: 0 });
    const far = await control.call('governance.shadow', { proposal: 0, advance_ns: 10n ** 18n });
    expect(far).toMatchObject({ refusal: { code: 'control-args' } });
    await host.close();
  });
});
