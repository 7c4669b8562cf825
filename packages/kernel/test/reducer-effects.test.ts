import { encode, toHashText, toHex, ZERO_HASH } from '@aos/canon';
import { CURRENT_RUNTIME } from '@aos/protocol';
import { afterEach, describe, expect, it } from 'vitest';
import {
  CALL_FUEL,
  type Call,
  keyBytes,
  kindsOf,
  Life,
  note,
  ofKind,
  poke,
  put,
  type Script,
  stateOf,
  timer,
} from './effect-world.js';

let life: Life;
afterEach(() => life.expectReopens());

const FUEL_PER_CALL = CURRENT_RUNTIME.limits.fuel_per_call;
const blob = encode({ namespace: 'n', blob_ref: toHashText(ZERO_HASH) });
const poked = { schema: 'e/Poke@1', value: encode({ what: 'derived' }) };

/** Asks for these effects when it is poked or put, and keeps quiet otherwise. */
const asking =
  (...effects: object[]): Script =>
  ({ state, tag }: Call) =>
    ({
      state: tag === 'Put' || tag === 'Poke' ? stateOf(1) : state,
      effects: tag === 'Put' || tag === 'Poke' ? effects : [],
    }) as never;

describe('effects of one call', () => {
  it('come after its state and its events, each with its decision', () => {
    life = new Life({
      K: ({ tag }) =>
        ({
          state: stateOf(1),
          domain_events: tag === 'Put' ? [poked] : [],
          effects: tag === 'Put' ? [note('a'), timer()] : [],
        }) as never,
    });
    const entries = life.take(put('a'));
    expect(kindsOf(entries)).toEqual([
      'state-changed',
      'domain-event',
      'decision',
      'intent',
      'decision',
      'intent',
    ]);
    expect(entries[3]).toMatchObject({
      cause: 2,
      effect: 'e.note',
      cap: 'notes',
      attempt: 1,
      origin: { reducer: 'e/K@1', key: encode('a') },
    });
  });

  it('are released once, when the record is there', () => {
    life = new Life({ U: asking(note('a'), note('b')) });
    const entries = life.take(poke());
    const [first, second] = ofKind(entries, 'intent');
    expect(life.outputs).toEqual([
      { kind: 'release', intent: first?.intent },
      { kind: 'release', intent: second?.intent },
    ]);
    life.take(put('z'));
    expect(life.world.intents.size).toBe(4);
  });

  it('have different identities, though they ask for the same', () => {
    life = new Life({ U: asking(note('a'), note('a')) });
    const hashes = [poke(), poke()].flatMap((raw) =>
      ofKind(life.take(raw), 'intent').map(({ intent }) => toHex(intent)),
    );
    expect(new Set(hashes).size).toBe(4);
  });

  it.each<[string, object[]]>([
    ['policy-denied', [note('ok'), note('no', { cap_slot: 'bad' })]],
    ['effect-params-invalid', [note('ok'), { ...note(), params_cbor: encode({ text: 7 }) }]],
    ['idempotency-key-invalid', [note('a', { idempotency_key: new Uint8Array(31) })]],
    ['grant-type-mismatch', [note('a', { cap_slot: 'default' })]],
    ['effect-undeclared', [{ kind: 'blob.put', params_cbor: blob, cap_slot: 'note' }]],
    ['effect-not-found', [{ kind: 'e.nope', params_cbor: encode({}), cap_slot: 'note' }]],
  ])('discard the whole call when one is denied: %s', (code, effects) => {
    const script: Script = ({ tag, state }) =>
      tag === 'Put' ? ({ state: stateOf(9), domain_events: [poked], effects } as never) : { state };
    life = new Life({ U: script });
    const entries = life.take(put('a'));
    expect(entries).toMatchObject([
      { kind: 'decision', outcome: 'deny', code },
      { kind: 'reducer-fault', reducer: 'e/U@1', code, fuel: FUEL_PER_CALL },
    ]);
    expect(life.world.cells[1]).toMatchObject({ cell: null });
    expect(life.world.intents.size).toBe(0);
    expect(life.outputs).toEqual([]);
    expect(life.steps[0]?.record.fuel).toBe(2 * CALL_FUEL + FUEL_PER_CALL);
  });

  it.each<[string, object[]]>([
    ['slot-unbound', [note('a', { cap_slot: 'free' })]],
    ['slot-unbound', [note('a', { cap_slot: 'no such slot' })]],
    ['effects-over-limit', Array(65).fill(note())],
    ['emission-limit', [note('x'.repeat(3000))]],
  ])('that nobody can decide about are a fault alone: %s', (code, effects) => {
    life = new Life({ U: asking(...effects) }, { emitted_bytes: 5000 });
    expect(life.take(poke())).toMatchObject([{ kind: 'reducer-fault', code }]);
  });

  it('are denied once their grant has expired', () => {
    life = new Life({ U: asking(note('a', { cap_slot: 'soon' })) });
    life.nowNs = 999n;
    expect(kindsOf(life.take(poke()))).toEqual(['state-changed', 'decision', 'intent']);
    life.nowNs = 1000n;
    expect(life.take(poke())).toMatchObject([
      { kind: 'decision', code: 'grant-expired' },
      { kind: 'reducer-fault', code: 'grant-expired' },
    ]);
  });
});

describe('an explicit key', () => {
  const same = note('a', { idempotency_key: keyBytes(1) });
  const sharing: Script = (call) =>
    call.tag === 'Done' || call.tag === 'Fired'
      ? { state: stateOf((call.state?.at(-1) ?? 0) + 1) }
      : ({ state: call.state, effects: [same] } as never);

  it('makes one intent of many, whose receipt goes to every cell that asked', () => {
    life = new Life({ K: sharing });
    life.take(put('a'));
    const again = life.take(put('b'));
    life.take(put('a'));
    expect(kindsOf(again)).toEqual(['decision']);
    expect(life.outputs).toEqual([]);
    const settled = life.take(life.receipt({ size: 3 }));
    expect(settled).toMatchObject([
      { kind: 'settled', status: 'ok' },
      { kind: 'state-changed', cause: 0, key: encode('a') },
      { kind: 'state-changed', cause: 0, key: encode('b') },
    ]);
    expect(settled).toHaveLength(3);
  });

  it('gives whoever asks later the recorded receipt at once', () => {
    life = new Life({ K: sharing });
    life.take(put('a'));
    life.take(life.receipt({ size: 3 }));
    const late = life.take(put('c'));
    expect(late).toMatchObject([
      { kind: 'decision', outcome: 'allow' },
      { kind: 'state-changed', cause: 0, key: encode('c') },
    ]);
    expect(life.outputs).toEqual([]);
    expect(life.world.intents.size).toBe(0);
  });

  it('is free again when the window has forgotten it', () => {
    life = new Life({ K: sharing }, { settled_window: 0 });
    life.take(put('a'));
    life.take(life.receipt({ size: 3 }));
    expect(kindsOf(life.take(put('c')))).toEqual(['decision', 'intent']);
  });

  it('is one intent within one call as well', () => {
    life = new Life({ U: asking(same, same) });
    expect(kindsOf(life.take(poke()))).toEqual(['state-changed', 'decision', 'intent', 'decision']);
    expect(life.world.intents.get(life.intent)?.waiters).toHaveLength(1);
  });

  it('keeps a large receipt for later ones', () => {
    const lengths: unknown[] = [];
    const error = { code: 'x-y', message: 'm'.repeat(5000) };
    life = new Life({
      K: (call) => {
        if (call.tag === 'Done') lengths.push(call.value.get('error'));
        return sharing(call);
      },
    });
    life.take(put('a'));
    life.take(life.receipt(error, { status: 'error' }));
    life.take(put('b'));
    expect(lengths).toEqual(['x-y', 'x-y']);
  });
});
