/** Effects that are programs, from the founding of a world to its replay without any adapter. */
import { readFileSync } from 'node:fs';
import { WasiAdapter } from '@aos/adapters-wasi';
import { encode, sha256, toHashText, utf8, type Value } from '@aos/canon';
import { openWorld, openWorldHost, verifyWorld } from '@aos/host';
import { hashWorld } from '@aos/kernel';
import {
  type Adapter,
  decodeRecord,
  type Entry,
  failedOutcome,
  type WorldStore,
} from '@aos/protocol';
import { assembleModule } from '@aos/protocol/contracts';
import { createMemoryStore, openMemoryStore } from '@aos/store';
import { WasmEngine } from '@aos/wasm';
import { afterAll, describe, expect, it } from 'vitest';
import { makeSigner, operator } from './counter-world.js';
import { foundShouting, shoutEvent } from './program-world.js';

const read = (name: string) =>
  new Uint8Array(
    readFileSync(new URL(`../../adapters-wasi/test/programs/${name}.wasm`, import.meta.url)),
  );
const echo = read('echo');
const signer = makeSigner();
const programs = new WasiAdapter({ bounds: { timeMs: 20_000 } });
afterAll(() => programs.close());

function newStore(program = echo): WorldStore {
  const result = foundShouting(program);
  if (!result.ok) throw new Error(JSON.stringify(result));
  return createMemoryStore(result.founded.genesis, result.founded.objects);
}

const open = (store: WorldStore, adapters: readonly Adapter[], more: object = {}) =>
  openWorldHost({
    store,
    engine: new WasmEngine(),
    effects: { adapters, signer, operator, ...more },
  });

function entriesOf(store: WorldStore): Entry[] {
  return [...store.records(0)].flatMap((bytes) => {
    const record = decodeRecord(bytes);
    return record.ok ? record.value.entries : [];
  });
}

const resultsOf = (store: WorldStore) =>
  entriesOf(store).flatMap((entry) => (entry.kind === 'plan-result' ? [entry.value.inline] : []));

/** Another adapter that would serve the kind. */
const impostor: Adapter = {
  id: 'impostor',
  kinds: ['shout'],
  start: async () => failedOutcome({ status: 'error', code: 'not-asked', message: 'not asked' }),
  close: async () => undefined,
};

describe('an effect that is a program', () => {
  it('is carried out, answers the plan, and replays where there is no adapter', async () => {
    const store = newStore();
    const host = open(store, [impostor, programs]);
    await host.submit(shoutEvent('upper', 'a cup of tea'));
    expect(await host.untilQuiescent()).toMatchObject({ blockers: [] });
    const hash = await host.read(hashWorld);
    await host.close();
    const again = openMemoryStore(store as never);
    const said: Value = new Map<Value, Value>([
      ['text', 'A CUP OF TEA'],
      ['exit_code', 0],
    ]);
    expect(resultsOf(again)).toEqual([encode(said)]);
    const { world } = openWorld(again, new WasmEngine(), 'genesis');
    expect(toHashText(hashWorld(world))).toBe(toHashText(hash));
    expect(verifyWorld(again, new WasmEngine())).toMatchObject({ ok: true });
    expect(again.object(sha256(echo))).toEqual(echo);
  });

  it('that fails is a receipt with the code of why', async () => {
    const store = newStore(read('hostile'));
    const host = open(store, [programs]);
    await host.submit(shoutEvent('trap'));
    await host.submit(shoutEvent('quiet'));
    await host.untilQuiescent();
    expect(host.deadLetters.map(({ effect, code }) => [effect, code]).sort()).toEqual([
      ['shout', 'wasi-no-output'],
      ['shout', 'wasi-trap'],
    ]);
    await host.close();
    const ends = entriesOf(openMemoryStore(store as never)).filter(
      ({ kind }) => kind === 'plan-ended',
    );
    expect(ends).toMatchObject([{ code: 'effect-failed' }, { code: 'effect-failed' }]);
  });

  it('waits for a host that runs programs, whoever else serves its kind', async () => {
    const store = newStore();
    const fault = expect.objectContaining({ code: 'adapter-missing' });
    expect(() => open(store, [impostor])).toThrow(fault);
    const first = open(store, [impostor], { allowMissing: true });
    await first.submit(shoutEvent('upper', 'later'));
    expect((await first.untilQuiescent()).blockers).toMatchObject([{ reason: 'adapter-missing' }]);
    await first.close();
    const second = open(openMemoryStore(store as never), [programs]);
    expect(await second.untilQuiescent()).toMatchObject({ blockers: [] });
    expect(await second.read(({ planState }) => planState.instances.size)).toBe(0);
    await second.close();
  });

  it('is run by one adapter', () => {
    const fault = expect.objectContaining({ code: 'adapter-twice' });
    expect(() => open(newStore(), [programs, programs])).toThrow(fault);
  });

  it('is not run without its module', () => {
    const store = newStore();
    const object = store.object.bind(store);
    store.object = (hash) =>
      toHashText(hash) === toHashText(sha256(echo)) ? undefined : object(hash);
    const fault = expect.objectContaining({ code: 'object-missing' });
    expect(() => open(store, [programs])).toThrow(fault);
    expect(openWorld(store, new WasmEngine()).world.seq).toBe(0);
  });
});

describe('a world is not made around', () => {
  const parts = { memoryPages: 1, functions: [{ body: [] }] };
  const exports = { memory: ['memory', 0], _start: ['function', 0] } as const;
  it.each<[string, Uint8Array | undefined, string]>([
    ['a program that is not there', undefined, 'module-unbound'],
    [
      'a program that imports more than WASI',
      assembleModule({ ...parts, exports, imports: [['env', 'fetch']] }),
      'wasi-import-denied',
    ],
    ['a library', assembleModule({ ...parts, exports: {} }), 'wasi-export-missing'],
    [
      'a program that begins with too much',
      assembleModule({ ...parts, exports, memoryPages: 2000 }),
      'wasi-module-limit',
    ],
    [
      'code that does not hold',
      assembleModule({ ...parts, exports, functions: [{ body: [[0x1a]] }] }),
      'wasi-module-invalid',
    ],
    ['text', utf8('no program'), 'wasi-module-invalid'],
  ])('%s', (_what, program, code) => {
    const result = foundShouting(program);
    expect(result.ok ? undefined : result.refusal?.code).toBe(code);
  });
});
