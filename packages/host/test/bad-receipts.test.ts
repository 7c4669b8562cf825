/** Receipts and frames that are wrong in one way each: refused by a code, without a trace. */
import { asHash, encode, type Hash, sha256 } from '@aos/canon';
import { signVerb, type UnsignedReceipt } from '@aos/host';
import type { OpenIntent, RawReceipt, World } from '@aos/kernel';
import { decodeRecord, encodeReceiptBody, RECEIPT_DOMAIN, signedMessage } from '@aos/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { newOrderStore, openOrders, order, sumOf, TestKeys } from './order-world.js';
import { must } from './stage.js';

const keys = new TestKeys();
let opened: Awaited<ReturnType<typeof openWithOrder>>;
beforeEach(async () => {
  opened = await openWithOrder();
});

async function openWithOrder() {
  const store = newOrderStore(keys);
  const { host } = openOrders(store);
  must(await host.submit(order(7)));
  const world = await host.read((each) => each);
  const [intent] = await host.openIntents();
  if (intent === undefined) throw new Error('nothing is open');
  return { store, host, world, intent };
}

const OTHER = sha256(encode('another'));
const NAT_1 = encode({ n: 1 });

interface Lie {
  readonly place?: Partial<UnsignedReceipt>;
  readonly payload?: Uint8Array;
  readonly as?: string;
  /** What is done to a receipt that is signed as a whole. */
  readonly bend?: (receipt: RawReceipt) => unknown;
}

/** Signed as it says, however little that makes sense. */
function receiptOf(world: World, intent: OpenIntent, lie: Lie = {}): RawReceipt {
  const { payload = NAT_1, as = 'host', bend = (same) => same } = lie;
  const signer = keys.signer(as);
  const place = {
    worldId: world.worldId,
    epoch: intent.epoch,
    intentHash: intent.hash,
    attempt: intent.attempt,
    adapterId: 'test',
    status: 'ok' as const,
  };
  const receipt = { ...place, ...lie.place, payloadHash: sha256(payload) };
  const sig = signer.sign(signedMessage(RECEIPT_DOMAIN, encodeReceiptBody(receipt)));
  return bend({ kind: 'receipt', receipt, payload, keyId: signer.keyId, sig }) as RawReceipt;
}

const flipped = (bytes: Uint8Array, at: number) =>
  bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));

const bentBody = (more: object) => (raw: RawReceipt) => ({
  ...raw,
  receipt: { ...raw.receipt, ...more },
});

const LIES: readonly (readonly [what: string, code: string, lie: Lie])[] = [
  ['forged: a bit of the signature', 'signature-invalid', lieOf((r) => flipped(r.sig, 3), 'sig')],
  ['forged: another status', 'signature-invalid', { bend: bentBody({ status: 'error' }) }],
  ['forged: another adapter', 'signature-invalid', { bend: bentBody({ adapterId: 'mine' }) }],
  ['forged: a cost', 'signature-invalid', { bend: bentBody({ costCents: 5n }) }],
  ['forged: all zeroes', 'signature-invalid', lieOf(() => new Uint8Array(64), 'sig')],
  ['truncated: the signature', 'receipt-key', lieOf((r) => r.sig.slice(1), 'sig')],
  ['truncated: the payload', 'receipt-payload-hash', lieOf((r) => r.payload.slice(1), 'payload')],
  ['truncated: no payload', 'receipt-payload-hash', lieOf(() => new Uint8Array(), 'payload')],
  ['truncated: the intent', 'receipt-unknown', { bend: bentBody({ intentHash: OTHER.slice(1) }) }],
  ['oversize: the payload', 'receipt-too-large', { payload: encode(new Uint8Array(1 << 20)) }],
  ['oversize: its adapter', 'receipt-malformed', { place: { adapterId: 'x'.repeat(300) } }],
  ['mistyped: its status', 'receipt-malformed', { bend: bentBody({ status: 'fine' }) }],
  ['mistyped: its cost', 'receipt-malformed', { bend: bentBody({ costCents: -1n }) }],
  [
    'mistyped: a cost that is no integer',
    'receipt-malformed',
    { bend: bentBody({ costCents: 1 }) },
  ],
  ['mistyped: text instead of bytes', 'event-unreadable', lieOf(() => 'text', 'payload')],
  ['mistyped: a signature of text', 'event-unreadable', lieOf(() => 'x'.repeat(64), 'sig')],
  ['mistyped: no body at all', 'event-unreadable', lieOf(() => undefined, 'receipt')],
  ['of another world', 'receipt-world', { place: { worldId: asHash(OTHER.slice()) } }],
  ['of another epoch', 'receipt-epoch', { place: { epoch: 1 } }],
  ['of another attempt', 'receipt-attempt', { place: { attempt: 2 } }],
  ['of an intent that was never open', 'receipt-unknown', { place: { intentHash: OTHER } }],
  ['of a key that nobody knows', 'receipt-key', { as: 'stranger' }],
  ['of a key with another role', 'receipt-key', { as: 'boss' }],
  [
    'under the name of another key',
    'signature-invalid',
    {
      as: 'stranger',
      bend: (raw) => ({ ...raw, keyId: keys.signer('host').keyId }),
    },
  ],
];

function lieOf(value: (raw: RawReceipt) => unknown, field: keyof RawReceipt): Lie {
  return { bend: (raw) => ({ ...raw, [field]: value(raw) }) };
}

describe('a receipt that is wrong', () => {
  it.each(LIES)('%s: %s', async (_what, code, lie) => {
    const { host, store, world, intent } = opened;
    const before = store.head;
    const answer = await host.submit(receiptOf(world, intent, lie));
    expect(answer).toMatchObject({ ok: false, refusal: { code } });
    expect(store.head).toBe(before);
    expect(await host.openIntents()).toHaveLength(1);
    must(await host.submit(receiptOf(world, intent)));
    await host.untilQuiescent();
    expect(await host.read(sumOf)).toBe(1);
    await host.close();
  });

  it.each([
    ['another schema', encode({ m: 1 })],
    ['another type', encode({ n: 'one' })],
    ['no CBOR', Uint8Array.of(0xff, 0xff)],
    ['nothing', new Uint8Array()],
  ])('in its payload, %s, settles with an error that is told', async (_what, payload) => {
    const { host, store, world, intent } = opened;
    must(await host.submit(receiptOf(world, intent, { payload })));
    await host.untilQuiescent();
    const settled = [...store.records(0)].flatMap((bytes) =>
      must(decodeRecord(bytes)).entries.filter(({ kind }) => kind === 'settled'),
    );
    expect(settled).toMatchObject([{ status: 'error', code: 'receipt-invalid' }]);
    expect(await host.read(sumOf)).toBe(0);
    await host.close();
  });
});

describe('a receipt that was right', () => {
  it('is refused when it comes again, now and after an opening', async () => {
    const { host, store, world, intent } = opened;
    const receipt = receiptOf(world, intent);
    must(await host.submit(receipt));
    const again = { ok: false, refusal: { code: 'receipt-duplicate' } };
    expect(await host.submit(receipt)).toMatchObject(again);
    await host.untilQuiescent();
    const head = store.head;
    expect(await host.submit(receipt)).toMatchObject(again);
    expect(store.head).toBe(head);
    await host.close();
  });

  it('is refused once its key is revoked', async () => {
    const { host, world, intent } = opened;
    const { keyId } = keys.signer('host');
    const verb = { verb: 'keyring-revoke', keyId: keyId as Hash } as const;
    must(await host.submit(signVerb(keys.signer('operator'), world, verb)));
    const answer = await host.submit(receiptOf(world, intent));
    expect(answer).toMatchObject({ ok: false, refusal: { code: 'receipt-key' } });
    await host.close();
  });

  it('is refused in the next epoch', async () => {
    const { host, world, intent } = opened;
    const verb = { verb: 'epoch', epoch: 1 } as const;
    must(await host.submit(signVerb(keys.signer('operator'), world, verb)));
    const answer = await host.submit(receiptOf(world, intent));
    expect(answer).toMatchObject({ ok: false, refusal: { code: 'receipt-epoch' } });
    await host.close();
  });

  it('a thousand forged ones do not grow the journal, and let it live', async () => {
    const { host, store, world, intent } = opened;
    const good = receiptOf(world, intent);
    const forged = Array.from({ length: 1000 }, (_, i) => ({
      ...good,
      sig: flipped(good.sig, i % good.sig.length),
    }));
    const head = store.head;
    const answers = await Promise.all(forged.map((each) => host.submit(each)));
    const codes = new Set(answers.map((each) => (each.ok ? 'ok' : each.refusal.code)));
    expect([...codes]).toEqual(['signature-invalid']);
    expect(store.head).toBe(head);
    must(await host.submit(good));
    await host.close();
  });
});
