/**
 * Modules that do what they should not, in a world on a real disk: each call is journaled as a
 * fault with its code, the state stays, the world goes on, reopens and verifies.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeUntagged } from '@aos/canon';
import { openWorldHost, verifyWorld } from '@aos/host';
import { assembleModule, type Instruction, type ModuleParts, op } from '@aos/protocol/contracts';
import { createWorldStore, openWorldStore } from '@aos/store';
import { WasmEngine } from '@aos/wasm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { foundCounterWith, tick } from './counter-world.js';

const DATA = 2048;
const HEAP = 4096;

/** A reducer that always gives the same answer from its memory. */
function reducer(body: readonly Instruction[], more: Partial<ModuleParts> = {}): Uint8Array {
  return assembleModule({
    memoryPages: 1,
    functions: [
      { params: 1, results: 1, body: [op.constant(HEAP)] },
      { params: 2, results: 2, body },
    ],
    exports: { memory: ['memory', 0], alloc: ['function', 0], step: ['function', 1] },
    ...more,
  });
}

const answering = (bytes: Uint8Array) =>
  reducer([op.constant(DATA), op.constant(bytes.length)], { data: [[DATA, bytes]] });

const output = (fields: object) =>
  encodeUntagged({ state: null, domain_events: [], effects: [], ann: null, ...fields });

const faults: readonly (readonly [string, Uint8Array])[] = [
  ['module-trap', reducer([op.unreachable])],
  ['out-of-fuel', reducer([op.loop, op.branch(0), op.end, op.unreachable])],
  ['stack-overflow', reducer([op.localGet(0), op.localGet(1), op.call(1)])],
  ['module-output-bounds', reducer([op.constant(65_000), op.constant(5000)])],
  ['module-output-bounds', reducer([op.constant(-1), op.constant(-1)])],
  ['output-malformed', answering(new Uint8Array([0xff, 0x00]))],
  ['output-malformed', answering(new Uint8Array(0))],
  ['output-malformed', answering(encodeUntagged([1, 2]))],
  ['state-invalid', answering(output({ state: new Uint8Array([1, 2, 3]) }))],
  ['state-invalid', answering(output({ state: encodeUntagged({ pc: 'Done' }) }))],
  ['annotation-invalid', answering(output({ ann: new Uint8Array([0xf6]) }))],
  [
    'effect-undeclared',
    answering(output({ effects: [{ kind: 'timer.set', params_cbor: new Uint8Array([0xa0]) }] })),
  ],
  [
    'event-schema-unknown',
    answering(output({ domain_events: [{ schema: 'x/Y@1', value: new Uint8Array([0xf6]) }] })),
  ],
  [
    'event-invalid',
    answering(
      output({ domain_events: [{ schema: 'demo/CounterStart@1', value: new Uint8Array([0xf6]) }] }),
    ),
  ],
];

/** Answers each event with one more. */
const restless = answering(
  output({ domain_events: [{ schema: 'demo/CounterTick@1', value: new Uint8Array([0xf6]) }] }),
);

describe('a hostile module', () => {
  let root = '';
  let worlds = 0;
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'aos-hostile-'));
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it.each(faults)('%s: is told, journaled and survived', async (code, wasm) => {
    const founding = foundCounterWith(wasm);
    if (!founding.ok) throw new Error(JSON.stringify(founding));
    const { genesis, objects } = founding.founded;
    const dir = join(root, String(worlds++));
    await (await createWorldStore(dir, genesis, objects)).close();
    for (let life = 0; life < 2; life++) {
      const store = await openWorldStore(dir);
      const host = openWorldHost({ store, engine: new WasmEngine() });
      const answer = await host.submit(tick);
      if (!answer.ok) throw new Error(answer.refusal.detail);
      expect(answer.value.seq).toBe(life);
      expect(answer.value.faults.map((fault) => fault.code)).toContain(code);
      expect(await host.read((world) => world.cells)).toMatchObject([{ cell: null }]);
      await host.close();
    }
    const store = await openWorldStore(dir, { mode: 'read' });
    expect(verifyWorld(store, new WasmEngine())).toMatchObject({ ok: true, records: 2 });
    await store.close();
  });

  it('that never comes to rest leaves work over, and the world opens and closes', async () => {
    const founding = foundCounterWith(restless);
    if (!founding.ok) throw new Error(JSON.stringify(founding));
    const { genesis, objects } = founding.founded;
    const dir = join(root, String(worlds++));
    await (await createWorldStore(dir, genesis, objects)).close();
    for (let life = 0; life < 2; life++) {
      const store = await openWorldStore(dir);
      const host = openWorldHost({ store, engine: new WasmEngine() });
      const answer = await host.submit(tick);
      expect(answer).toMatchObject({ ok: true, value: { faults: [] } });
      expect(await host.read((world) => world.pending.length)).toBeGreaterThan(0);
      await host.close();
    }
    const store = await openWorldStore(dir, { mode: 'read' });
    expect(verifyWorld(store, new WasmEngine())).toMatchObject({ ok: true });
    await store.close();
  });

  it.each([
    ['module-invalid', new Uint8Array([1, 2, 3])],
    ['module-export-missing', reducer([op.unreachable], { exports: { memory: ['memory', 0] } })],
    ['module-imports', reducer([op.unreachable], { imports: [['env', 'now']] })],
  ])('%s: makes no world', (code, wasm) => {
    expect(foundCounterWith(wasm)).toMatchObject({ ok: false, refusal: { code } });
  });
});
