import { verifyWorld } from '@aos/host';
import { AosFault } from '@aos/protocol';
import { describe, expect, it } from 'vitest';
import type { ShadowRunner } from '../src/governance/shadow-runner.js';
import { hashOf, hex, newStore, open, patchOf } from './governed-host.js';
import { must, sumEngine } from './stage.js';

const refs = (...names: string[]) => names.map((name) => ({ name }));
const GOVERNED = [
  { $kind: 'defschema', name: 't/Change@1', type: { record: { patch: { hash: {} } } } },
  {
    $kind: 'defplan',
    name: 't/change@1',
    input: 't/Change@1',
    steps: [
      {
        ...{ id: 'ask', op: 'emit_effect', kind: 'governance.propose', cap: 'change' },
        params: {
          record: {
            patch_hash: { ref: '@plan.input.patch' },
            manifest_base: { null: {} },
            description: { text: 'by itself' },
          },
        },
        bind: { effect_id_as: 'asked' },
      },
      { id: 'hear', op: 'await_receipt', for: { ref: '@var:asked' }, bind: { as: 'proposed' } },
      {
        ...{ id: 'try', op: 'emit_effect', kind: 'governance.shadow', cap: 'change' },
        params: { record: { proposal_id: { ref: '@var:proposed.proposal_id' } } },
        bind: { effect_id_as: 'tried' },
      },
      { id: 'see', op: 'await_receipt', for: { ref: '@var:tried' }, bind: { as: 'shadow' } },
      { id: 'done', op: 'end' },
    ],
    edges: [
      { from: 'ask', to: 'hear' },
      { from: 'hear', to: 'try' },
      { from: 'try', to: 'see' },
      { from: 'see', to: 'done' },
    ],
  },
  {
    $kind: 'defpolicy',
    name: 't/policy@1',
    rules: [{ when: {}, decision: 'allow' }],
    governance: [{ verb: 'propose', role: 'operator', count: 1, of: ['world:t/change@1'] }],
  },
  {
    $kind: 'manifest',
    air_version: '1',
    schemas: refs('t/Change@1'),
    modules: [],
    plans: refs('t/change@1'),
    effects: refs('sys/governance.propose@1', 'sys/governance.shadow@1'),
    caps: refs('sys/governance@1'),
    policies: refs('t/policy@1'),
    features: ['policy-governance'],
    defaults: {
      policy: 't/policy@1',
      cap_grants: [{ name: 'change', cap: 'sys/governance@1', params: {} }],
    },
    triggers: [{ event: 't/Change@1', plan: 't/change@1' }],
  },
];

describe('a plan that changes the world it is in', () => {
  it('proposes and shadows, and its host signs for it', async () => {
    const documents = [{ path: 'air/world.air.json', text: JSON.stringify(GOVERNED) }];
    const store = newStore(documents, new Map());
    const { host, control } = open(store);
    const patch = patchOf(documents);
    await host.storeObject(patch);
    const event = { schema: 't/Change@1', json: { patch: `sha256:${hex(patch.hash)}` } };
    must(await host.submit(event));
    await host.untilQuiescent();
    const { proposals } = must(await control.call('governance.list', {}));
    expect(proposals).toMatchObject([
      { author: 'world:t/change@1', state: 'shadowed', description: 'by itself' },
    ]);
    const { instances } = must(await control.call('plans.list', {}));
    expect(instances).toEqual([]);
    const { receipts } = must(await control.call('receipts.list', {}));
    expect(receipts.map(({ status }) => status)).toEqual(['ok', 'ok']);
    expect(verifyWorld(store, sumEngine()).ok).toBe(true);
    await host.close();
  });
});

/** A world with a plan that shadows whatever it is told to. */
const MEDDLING = [
  { $kind: 'defschema', name: 't/Change@1', type: { record: { n: { nat: {} } } } },
  {
    $kind: 'defplan',
    name: 't/meddle@1',
    input: 't/Change@1',
    steps: [
      {
        ...{ id: 'try', op: 'emit_effect', kind: 'governance.shadow', cap: 'change' },
        params: { record: { proposal_id: { ref: '@plan.input.n' } } },
        bind: { effect_id_as: 'tried' },
      },
      { id: 'see', op: 'await_receipt', for: { ref: '@var:tried' }, bind: { as: 'shadow' } },
      { id: 'done', op: 'end' },
    ],
    edges: [
      { from: 'try', to: 'see' },
      { from: 'see', to: 'done' },
    ],
  },
  { $kind: 'defpolicy', name: 't/policy@1', rules: [{ when: {}, decision: 'allow' }] },
  {
    $kind: 'manifest',
    air_version: '1',
    schemas: refs('t/Change@1'),
    modules: [],
    plans: refs('t/meddle@1'),
    effects: refs('sys/governance.shadow@1'),
    caps: refs('sys/governance@1'),
    policies: refs('t/policy@1'),
    defaults: {
      policy: 't/policy@1',
      cap_grants: [{ name: 'change', cap: 'sys/governance@1', params: {} }],
    },
    triggers: [{ event: 't/Change@1', plan: 't/meddle@1' }],
  },
];

describe('a plan that shadows what somebody else has proposed', () => {
  it('is told before anybody has spoken, and voids no voice afterwards', async () => {
    const documents = [{ path: 'air/world.air.json', text: JSON.stringify(MEDDLING) }];
    const { host, control, signed } = open(newStore(documents, new Map()));
    const patch = patchOf(documents);
    await host.storeObject(patch);
    const { manifest } = must(await control.call('status', {}));
    const about = { base: hashOf(manifest), patchHash: patch.hash };
    const proposing = await signed({ verb: 'propose', ...about, description: '' });
    must(await control.call('governance.propose', proposing));
    const meddle = async () => {
      must(await host.submit({ schema: 't/Change@1', json: { n: 0 } }));
      await host.untilQuiescent();
      const { receipts } = must(await control.call('receipts.list', {}));
      return receipts.map(({ status }) => status);
    };
    expect(await meddle()).toEqual(['ok']);
    const shown = async () => must(await control.call('governance.show', { proposal: 0 })).proposal;
    const { shadow } = await shown();
    const shadowHash = hashOf(shadow?.hash ?? '');
    const yes = await signed({ verb: 'approve', proposal: 0, ...about, shadowHash });
    must(await control.call('governance.approve', yes));
    expect([...(await meddle())].sort()).toEqual(['error', 'ok']);
    expect(await shown()).toMatchObject({ state: 'approved', shadow, voices: [{}] });
    await host.close();
  });
});

describe('shadows that plans ask for', () => {
  /** Three are asked for at once, of a proposal of somebody else. */
  async function askThrice(run: ShadowRunner['run']) {
    const documents = [{ path: 'air/world.air.json', text: JSON.stringify(MEDDLING) }];
    const { host, control, signed } = open(newStore(documents, new Map()), sumEngine(), { run });
    const patch = patchOf(documents);
    await host.storeObject(patch);
    const { manifest } = must(await control.call('status', {}));
    const about = { base: hashOf(manifest), patchHash: patch.hash, description: '' };
    must(await control.call('governance.propose', await signed({ verb: 'propose', ...about })));
    const events = [1, 2, 3].map(() => host.submit({ schema: 't/Change@1', json: { n: 0 } }));
    for (const event of events) must(await event);
    await host.untilQuiescent();
    const { receipts } = must(await control.call('receipts.list', {}));
    await host.close();
    return receipts.map(({ code }) => code);
  }

  it('run one after the other, however many are asked for', async () => {
    const said = { running: 0, most: 0, all: 0 };
    const refusal = { code: 'proposal-stale', at: '', detail: '' };
    await askThrice(async () => {
      said.all += 1;
      said.most = Math.max(said.most, ++said.running);
      await new Promise((resolve) => setImmediate(resolve));
      said.running -= 1;
      return { kind: 'refused', refusal } as const;
    });
    expect(said).toEqual({ running: 0, most: 1, all: 3 });
  });

  it('are not run again when they take too much', async () => {
    let runs = 0;
    const codes = await askThrice(async () => {
      runs += 1;
      throw new AosFault('shadow-timeout', 'too long', { retry: 'never' });
    });
    expect(codes).toEqual(['shadow-timeout', 'shadow-timeout', 'shadow-timeout']);
    expect(runs).toBe(3);
  });
});
