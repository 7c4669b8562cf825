import { encode, sha256, type Value, ZERO_HASH } from '@aos/canon';
import type { RawInput } from '@aos/kernel';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type Call,
  keys,
  kindsOf,
  Life,
  note,
  poke,
  put,
  type Script,
  stateOf,
  timer,
} from './effect-world.js';

let life: Life;
afterEach(() => life.expectReopens());

/** Asks for one effect when it is poked or put, and counts what it is told. */
const asking =
  (effect: object, told: Call[] = []): Script =>
  (call) => {
    if (call.tag === 'Put' || call.tag === 'Poke') {
      return { state: call.state, effects: [effect] } as never;
    }
    told.push(call);
    return { state: stateOf((call.state?.at(-1) ?? 0) + 1) };
  };

describe('a receipt', () => {
  it('settles its intent and reaches the cell that asked, past all routes', () => {
    const told: Call[] = [];
    life = new Life({ K: asking(timer(50), told) });
    life.take(put('a'));
    const intent = life.intent;
    const entries = life.take(life.receipt({ delivered_at_ns: 51, key: null }, { costCents: 2n }));
    expect(entries).toMatchObject([
      { kind: 'settled', cause: null, intent, status: 'ok', code: null },
      { kind: 'state-changed', cause: 0, reducer: 'e/K@1', key: encode('a') },
    ]);
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({ schema: 'e/KEvent@1', tag: 'Fired', key: encode('a') });
    const value = told[0]?.value;
    expect(value?.get('status')).toBe('ok');
    expect(value?.get('requested')).toEqual(
      new Map<string, Value>([
        ['key', null],
        ['deliver_at_ns', 50],
      ]),
    );
    expect(value?.get('receipt')).toEqual(
      new Map<string, Value>([
        ['key', null],
        ['delivered_at_ns', 51],
      ]),
    );
    expect(value?.get('error')).toBeNull();
    expect(value?.get('cost_cents')).toBe(2);
    expect(value?.get('signature')).toEqual(new Uint8Array(64));
    expect(life.world.intents.size).toBe(0);
  });

  it('reaches nobody else who takes the same event', () => {
    const others: Call[] = [];
    const look: Script = (call) => {
      if (call.tag === 'Fired') others.push(call);
      return { state: call.state };
    };
    life = new Life({ K: asking(timer()), U: look, F: look });
    life.take(put('a'));
    life.take(life.receipt({ delivered_at_ns: 51, key: null }));
    expect(others).toEqual([]);
  });

  it('of an effect asked for twice settles each of the two', () => {
    const told: Call[] = [];
    life = new Life({ U: asking(timer(50), told) });
    for (let round = 1; round <= 2; round++) {
      life.take(poke());
      life.take(life.receipt({ delivered_at_ns: 51, key: null }));
      expect(told).toHaveLength(round);
    }
  });

  it.each(['error', 'timeout', 'cancelled'] as const)(
    'tells of a %s, without a receipt',
    (status) => {
      const told: Call[] = [];
      life = new Life({ K: asking(note(), told) });
      life.take(put('a'));
      const error = { code: 'remote-down', message: 'text' };
      expect(life.take(life.receipt(error, { status }))[0]).toMatchObject({ status, code: null });
      expect(told[0]).toMatchObject({ tag: 'Done' });
      expect(told[0]?.value.get('receipt')).toBeNull();
      expect(told[0]?.value.get('error')).toBe('remote-down');
      expect(told[0]?.value.get('status')).toBe(status);
    },
  );

  it.each<[string, Uint8Array, 'ok' | 'error']>([
    ['of another schema', encode({ length: 3 }), 'ok'],
    ['that is empty', new Uint8Array(), 'ok'],
    ['that is no CBOR', new Uint8Array([0xff]), 'ok'],
    ['of an error that is empty', new Uint8Array(), 'error'],
    ['of an error in the shape of a success', encode({ size: 3 }), 'error'],
  ])('with a payload %s settles as an error, and the world goes on', (_what, payload, status) => {
    const told: Call[] = [];
    life = new Life({ K: asking(note(), told) });
    life.take(put('a'));
    expect(life.take(life.receipt(payload, { status }))[0]).toMatchObject({
      kind: 'settled',
      status: 'error',
      code: 'receipt-invalid',
    });
    expect(told[0]?.value.get('error')).toBe('receipt-invalid');
    life.take(put('b'));
  });

  it('is stored canonical, whatever form its payload came in', () => {
    const told: Call[] = [];
    life = new Life({ K: asking(note(), told) });
    life.take(put('a'));
    life.take(life.receipt(encode({ size: 3 }).subarray(3)));
    expect(told[0]?.value.get('receipt')).toEqual(encode({ size: 3 }));
  });

  it('is dropped where the family has no event that could carry it', () => {
    life = new Life({ U: asking(timer()) });
    life.take(poke());
    const error = life.receipt({ code: 'a-b', message: '' }, { status: 'error' });
    const intent = life.intent;
    expect(life.take(error)).toMatchObject([
      { kind: 'settled', status: 'error' },
      { kind: 'dropped', cause: 0, code: 'receipt-undeliverable', intent },
    ]);
  });

  it('whose delivery traps is a fault of that call', () => {
    const script: Script = (call) =>
      call.tag === 'Put' ? ({ state: stateOf(1), effects: [note()] } as never) : 'module-trap';
    life = new Life({ K: script });
    life.take(put('a'));
    expect(life.take(life.receipt({ size: 1 }))).toMatchObject([
      { kind: 'settled', status: 'ok' },
      { kind: 'reducer-fault', cause: 0, key: encode('a'), code: 'module-trap' },
    ]);
  });

  it('goes to the intent as it was when live, and nothing is released on the way back', () => {
    life = new Life({ K: asking(note()) });
    life.take(put('a'));
    life.take(life.receipt({ size: 1 }));
    const released = life.steps.flatMap(({ outputs }) => outputs);
    expect(released.map(({ kind }) => kind)).toEqual(['release']);
    expect([...life.world.intents.range()]).toEqual([]);
  });
});

describe('admission of receipts', () => {
  const other = { ...keys.adapter, keyId: ZERO_HASH };
  const ask = (raw: (life: Life) => RawInput): string => {
    life = new Life({ K: asking(note()) }, { receipt_bytes: 100 });
    life.take(put('a'));
    return life.ask(raw(life));
  };
  const size = { size: 1 };

  it.each<[string, (life: Life) => RawInput]>([
    ['admitted', (l) => l.receipt(size)],
    ['receipt-world', (l) => l.receipt(size, { worldId: ZERO_HASH })],
    ['receipt-epoch', (l) => l.receipt(size, { epoch: 1 })],
    ['receipt-unknown', (l) => l.receipt(size, { intentHash: ZERO_HASH })],
    ['receipt-attempt', (l) => l.receipt(size, { attempt: 2 })],
    ['receipt-key', (l) => l.receipt(size, {}, keys.stranger)],
    ['receipt-key', (l) => l.receipt(size, {}, keys.operator)],
    ['receipt-key', (l) => l.receipt(size, {}, other)],
    ['receipt-key', (l) => ({ ...l.receipt(size), sig: new Uint8Array(63) }) as never],
    ['receipt-payload-hash', (l) => l.receipt(size, { payloadHash: ZERO_HASH })],
    ['receipt-too-large', (l) => l.receipt(new Uint8Array(101))],
    ['receipt-malformed', (l) => l.receipt(size, { adapterId: '\ud800' })],
    ['receipt-malformed', (l) => l.receipt(size, { adapterId: 'x'.repeat(257) })],
    ['receipt-malformed', (l) => l.receipt(size, { costCents: -1n })],
    ['receipt-malformed', (l) => l.receipt(size, { costCents: 1.5 as never })],
    ['receipt-malformed', (l) => l.receipt(size, { status: 'late' as never })],
  ])('%s', (code, raw) => {
    expect(ask(raw)).toBe(code);
  });

  it('knows a second receipt of a settled intent', () => {
    life = new Life({ K: asking(note()) });
    life.take(put('a'));
    const receipt = life.receipt(size);
    life.take(receipt);
    expect(life.ask(receipt)).toBe('receipt-duplicate');
  });

  it('forgets the oldest of the settled intents, and then knows none of them', () => {
    life = new Life({ K: asking(note()) }, { settled_window: 1 });
    const receipts = ['a', 'b'].map((id) => {
      life.take(put(id));
      const receipt = life.receipt(size);
      life.take(receipt);
      return receipt;
    });
    expect(receipts.map((raw) => life.ask(raw))).toEqual(['receipt-unknown', 'receipt-duplicate']);
  });

  it('takes no key any more that was revoked', () => {
    life = new Life({ K: asking(note()) });
    life.take(put('a'));
    life.take(life.verb({ verb: 'keyring-revoke', keyId: keys.adapter.keyId }));
    expect(life.ask(life.receipt(size))).toBe('receipt-key');
  });
});

describe('stream frames', () => {
  const frame = (index: number): RawInput => {
    const payload = encode({ index });
    const { worldId, epoch } = life.world;
    const body = { worldId, epoch, intentHash: life.intent, attempt: 1, adapterId: 'test' };
    return {
      kind: 'stream-frame',
      frame: { ...body, index, payloadHash: sha256(payload) },
      payload,
      keyId: keys.adapter.keyId,
      sig: new Uint8Array(64),
    };
  };

  it('come one after the other before the receipt, and settle nothing', () => {
    life = new Life({ K: asking(note()) });
    life.take(put('a'));
    expect(life.ask(frame(1))).toBe('frame-gap');
    expect(life.take(frame(0))).toEqual([]);
    expect(life.ask(frame(0))).toBe('frame-duplicate');
    expect(life.take(frame(1))).toEqual([]);
    const late = frame(2);
    expect(kindsOf(life.take(life.receipt({ size: 1 })))[0]).toBe('settled');
    expect(life.ask(late)).toBe('receipt-duplicate');
  });
});
