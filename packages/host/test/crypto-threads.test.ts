/** Signatures that threads of the platform make and verify: order, refusals and ends stay. */
import { encode } from '@aos/canon';
import { decodeRecord, type WorldStore } from '@aos/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  signReceiptLater,
  signStreamFrame,
  signStreamFrameLater,
  signVerb,
} from '../src/keys/signing.js';
import { answer, newOrderStore, openOrders, order, sumOf, TestKeys } from './order-world.js';
import { add, must } from './stage.js';

const keys = new TestKeys();
let store: WorldStore;
beforeEach(() => {
  store = newOrderStore(keys);
});

const kinds = () => [...store.records(0)].map((bytes) => must(decodeRecord(bytes)).input.kind);

async function openWithOrders(count: number) {
  const { host } = openOrders(store);
  for (let n = 0; n < count; n++) must(await host.submit(order(n)));
  const world = await host.read((each) => each);
  return { host, world, intents: await host.openIntents() };
}

describe('signatures that are verified apart', () => {
  it('keep inputs in the order in which they came', async () => {
    const { host, world, intents } = await openWithOrders(8);
    const sent = intents.flatMap((intent, n) => [
      host.submit(answer(keys, world, intent, { n })),
      host.submit(add(n)),
    ]);
    const seqs = (await Promise.all(sent)).map((each) => must(each).seq);
    expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
    await host.untilQuiescent();
    expect(await host.read(sumOf)).toBe(56);
    await host.close();
  });

  it('that do not hold leave no trace, and what came behind them goes on', async () => {
    const { host, world, intents } = await openWithOrders(1);
    const [intent] = intents;
    if (intent === undefined) throw new Error('no intent');
    const good = answer(keys, world, intent);
    const forged = { ...good, sig: good.sig.map((byte) => byte ^ 1) };
    const short = { ...good, sig: good.sig.slice(1) };
    const sent = await Promise.all([forged, short, good, good].map((each) => host.submit(each)));
    const codes = sent.map((each) => (each.ok ? 'ok' : each.refusal.code));
    expect(codes).toEqual(['signature-invalid', 'receipt-key', 'ok', 'receipt-duplicate']);
    await host.untilQuiescent();
    expect(kinds().filter((kind) => kind === 'receipt')).toEqual(['receipt']);
    await host.close();
  });

  it('are waited for by a close, and by whoever waits for rest', async () => {
    const { host, world, intents } = await openWithOrders(2);
    const [one, two] = intents.map((intent) => answer(keys, world, intent));
    if (one === undefined || two === undefined) throw new Error('no intents');
    const first = host.submit(one);
    await host.untilQuiescent();
    expect(must(await first).faults).toEqual([]);
    const second = host.submit(two);
    await host.close();
    expect(must(await second).faults).toEqual([]);
  });

  it('let a control verb go before them', async () => {
    const { host, world, intents } = await openWithOrders(4);
    const receipts = intents.map((intent) => host.submit(answer(keys, world, intent)));
    const paused = host.submit(signVerb(keys.signer('operator'), world, { verb: 'pause' }));
    const { seq } = must(await paused);
    for (const each of await Promise.all(receipts)) expect(must(each).seq).toBeGreaterThan(seq);
    await host.close();
  });
});

describe('a signature that is made apart', () => {
  it('is the one that would have been made here', async () => {
    const { world, intents, host } = await openWithOrders(1);
    const [intent] = intents;
    if (intent === undefined) throw new Error('no intent');
    const signer = keys.signer('host');
    const { hash: intentHash, epoch, attempt } = intent;
    const place = { worldId: world.worldId, epoch, intentHash, attempt, adapterId: 'test' };
    const payload = encode({ n: 1 });
    const later = await signReceiptLater(signer, { ...place, status: 'ok' }, payload);
    expect(later.sig).toEqual(answer(keys, world, intent, { n: 1 }).sig);
    const frame = { ...place, index: 0 };
    expect(await signStreamFrameLater(signer, frame, payload)).toEqual(
      signStreamFrame(signer, frame, payload),
    );
    await host.close();
  });
});
