/** A journal with answers of a model, on a machine that has no adapter, no network and no key. */
import { createLlmAdapter, type Script } from '@aos/adapters-llm';
import { decode, encode, ok, toHashText, utf8, type Value } from '@aos/canon';
import {
  foundWorld,
  openWorld,
  openWorldHost,
  systemClock,
  systemEntropy,
  verifyWorld,
} from '@aos/host';
import { hashWorld } from '@aos/kernel';
import { type Adapter, decodeRecord, okOutcome, type WorldStore } from '@aos/protocol';
import { createMemoryStore, openMemoryStore } from '@aos/store';
import { WasmEngine } from '@aos/wasm';
import { expect, test } from 'vitest';
import { makeSigner, operator } from '../counter-world.js';
import agent from './agent-world.js';

const engine = new WasmEngine();

function newStore(): WorldStore {
  const { keyId, publicKey } = operator;
  const keyring = [{ keyId, publicKey, name: 'operator', roles: ['operator'] }] as const;
  const ports = { engine, clock: systemClock, fillEntropy: systemEntropy };
  const result = foundWorld({ documents: agent.toAir(), modules: new Map(), keyring }, ports);
  if (!result.ok) throw new Error(JSON.stringify(result));
  return createMemoryStore(result.founded.genesis, result.founded.objects);
}

const library: Adapter = {
  id: 'library',
  kinds: ['agent.look-up'],
  start: async () => okOutcome({ text: 'three of them' }),
  close: async () => undefined,
};

const script: Script = ({ messages }) => {
  const last = messages.at(-1);
  if (last?.role === 'tool') return { text: `There are ${last.text}.` };
  return { toolCalls: [{ name: 'look_up', arguments: '{"about":"worlds"}' }] };
};

function resultOf(store: WorldStore): Value | undefined {
  for (const bytes of store.records(0)) {
    const record = decodeRecord(bytes);
    const entries = record.ok ? record.value.entries : [];
    const result = entries.find((entry) => entry.kind === 'plan-result');
    const value = result?.kind === 'plan-result' ? result.value.inline : undefined;
    const decoded = value && decode(value);
    if (decoded?.ok) return decoded.value;
  }
  return undefined;
}

test('a journal with answers of a model replays where nobody can be asked', async () => {
  const store = newStore();
  const llm = createLlmAdapter({ providers: { acme: { protocol: 'scripted', script } } });
  const host = openWorldHost({
    ...{ store, engine },
    effects: {
      ...{ adapters: [llm, library], signer: makeSigner(), operator },
      secrets: { resolve: async () => ok(utf8('a key that is nowhere else')) },
    },
  });
  const question = encode({ text: 'How many worlds are there?' });
  await host.submit({ schema: 'agent/Question@1', cbor: question });
  expect(await host.untilQuiescent()).toMatchObject({ blockers: [] });
  const hash = toHashText(await host.read(hashWorld));
  await host.close();
  await llm.close();

  const again = openMemoryStore(store as never);
  const { world } = openWorld(again, new WasmEngine(), 'genesis');
  expect(toHashText(hashWorld(world))).toBe(hash);
  expect(verifyWorld(again, new WasmEngine())).toMatchObject({ ok: true });
  expect(resultOf(again)).toEqual(
    new Map<Value, Value>([
      ['text', 'There are three of them.'],
      ['cents', 0],
    ]),
  );
});
