import { encode, type Hash } from '@aos/canon';
import { openControl, openWorldHost } from '@aos/host';
import { type Adapter, okOutcome } from '@aos/protocol';
import { createMemoryStore } from '@aos/store';
import { WasmEngine } from '@aos/wasm';
import { expect, onTestFinished, test } from 'vitest';
import { makeSigner, operator } from '../counter-world.js';
import { foundPaying, LIMITS, RESERVED } from './paying-world.js';

const PRICE = 5n;

async function openPaying() {
  const { genesis, objects } = foundPaying();
  const store = createMemoryStore(genesis, objects);
  const engine = new WasmEngine();
  const calls: Hash[] = [];
  const adapter: Adapter = {
    id: 'shop',
    kinds: ['pay'],
    async start({ intentHash }) {
      calls.push(intentHash);
      return okOutcome({ cost_cents: PRICE, token_usage: { prompt: 1, completion: 2 } });
    },
    async close() {},
  };
  const effects = { adapters: [adapter], signer: makeSigner(), operator };
  const host = openWorldHost({ store, engine, effects });
  const control = openControl({ store, engine, host });
  onTestFinished(async () => {
    await control.close();
    await host.close();
  });
  return { host, control, calls };
}

test('who is denied for a budget is told what is left of it, wherever he asks', async () => {
  const { host, control, calls } = await openPaying();
  const fits = Number((LIMITS.team?.cents ?? 0n) / PRICE);
  for (let n = 0; n < fits; n += 1) {
    await host.submit({ schema: 'd/Team@1', cbor: encode({ n }) });
    await host.untilQuiescent();
  }
  const answer = await control.call('event.send', { schema: 'd/Team@1', value: { n: 99 } });
  const denial = {
    ...{ effect: 'pay', cap: 'team', code: 'budget-exhausted', at: 'grant team budget cents' },
    advice: '0 of 35 cents are left (35 used, 0 held), 5 asked for: raise cents of team by 5',
    shortage: {
      ...{ grant: 'team', dimension: 'cents', limit: 35, used: 35, held: 0 },
      ...{ asked: Number(RESERVED.cents), resets_ns: null },
    },
  };
  expect(answer).toMatchObject({ ok: true, value: { ack: { denials: [denial] } } });
  const listed = await control.call('denials.list', {});
  expect(listed).toMatchObject({ ok: true, value: { denials: [denial] } });
  expect(calls).toHaveLength(fits);
  const root = await control.call('event.send', { schema: 'd/Order@1', value: { n: 100 } });
  expect(root).toMatchObject({ ok: true, value: { ack: { denials: [] } } });
});

test('an acknowledgement that is read again has the code, and nothing that was told', async () => {
  const { host } = await openPaying();
  for (let n = 0; n < 7; n += 1) {
    await host.submit({ schema: 'd/Team@1', cbor: encode({ n }) });
    await host.untilQuiescent();
  }
  const event = { schema: 'd/Team@1', cbor: encode({ n: 7 }), dedup: 'once' };
  const first = await host.submit(event);
  const again = await host.submit(event);
  expect(first).toMatchObject({ ok: true, value: { denials: [{ code: 'budget-exhausted' }] } });
  expect(again).toMatchObject({ ok: true, value: { denials: [{ code: 'budget-exhausted' }] } });
  expect(again.ok && again.value.denials[0]?.advice).toBeUndefined();
});
