import { concatBytes, type Encodable, encode, encodeUntagged, toHex } from '@aos/canon';
import { encodeReducerContext, encodeReducerInput, type ReducerContext } from '@aos/protocol';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildReducer } from '../src/index.js';
import {
  BUILD_TIMEOUT_MS,
  encodeInput,
  openReducer,
  outputOf,
  type Reducer,
  SCHEMA,
} from './stepping.js';

/** Each event asks the library for one thing; the answer is the new state. */
const PROBE = `
import { Entry, fail, field, Step, Value } from 'aos';

/** Reads every field by its kind and builds the record anew, its fields the other way round. */
function rebuild(record: Value): Value {
  const list = record.field('list').asList();
  const copies = new Array<Value>();
  for (let i = 0; i < list.length; i++) copies.push(Value.int(list[i].asInt()));
  const entries = record.field('map').asEntries();
  const turned = new Array<Entry>();
  for (let i = entries.length - 1; i >= 0; i--) {
    const key = Value.nat(entries[i].key.asNat());
    turned.push(new Entry(key, Value.bool(entries[i].value.asBool())));
  }
  const none = record.optional('none');
  return Value.record([
    field('text', Value.text(record.field('text').asText())),
    field('none', none ? none : Value.nil()),
    field('nat', Value.nat(record.field('nat').asNat())),
    field('map', Value.map(turned)),
    field('list', Value.list(copies)),
    field('int', Value.int(record.field('int').asInt())),
    field('bytes', Value.bytes(record.field('bytes').asBytes())),
  ]);
}

function describe(step: Step): Value {
  const context = step.context;
  if (!context) return Value.nil();
  const key = context.key;
  return Value.record([
    field('now', Value.nat(context.nowNs)),
    field('logical', Value.nat(context.logicalNowNs)),
    field('height', Value.nat(context.journalHeight)),
    field('entropy', Value.bytes(context.entropy)),
    field('event', Value.text(context.eventHash)),
    field('manifest', Value.text(context.manifestHash)),
    field('reducer', Value.text(context.reducer)),
    field('keyed', Value.bool(context.keyed)),
    field('key', key ? Value.bytes(key) : Value.nil()),
  ]);
}

function emitAll(step: Step, value: Value): void {
  const key = step.eventKey;
  step.raise('demo/First@1', value);
  step.raise('demo/Second@1', Value.nil(), key);
  step.emit('timer.set', value, 'clock');
  step.emit('blob.put', Value.nil(), null, key);
  step.annotate(Value.text('first note'));
  step.annotate(Value.text('last note'));
}

export function reduce(step: Step): void {
  const event = step.event.asVariant();
  const value = event.value;
  if (event.tag === 'Nothing') return;
  if (event.tag === 'Delete') step.deleteState();
  else if (event.tag === 'Schema') step.setState(Value.text(step.schema));
  else if (event.tag === 'Text') step.setState(Value.text(value.asText()));
  else if (event.tag === 'Nat') step.setState(Value.nat(value.asNat()));
  else if (event.tag === 'Int') step.setState(Value.int(value.asInt()));
  else if (event.tag === 'Rebuild') step.setState(rebuild(value));
  else if (event.tag === 'Context') step.setState(describe(step));
  else if (event.tag === 'Emit') emitAll(step, value);
  else if (event.tag === 'Twice') Value.record([field('a', value), field('a', value)]);
  else if (event.tag === 'Surrogate') step.setState(Value.text(String.fromCharCode(0xd800)));
  else if (event.tag === 'Throw') throw new Error('thrown');
  else fail('no such probe');
}
`;

let probe: Reducer;

beforeAll(async () => {
  probe = openReducer(await buildReducer({ name: 'probe', source: PROBE }));
}, BUILD_TIMEOUT_MS);

const ask = (tag: string, value: Encodable = null) => ({ $tag: tag, $value: value });

function stateAfter(tag: string, value: Encodable = null): string {
  const { state } = probe.step({ event: ask(tag, value) });
  return state ? toHex(state) : 'null';
}

function trap(input: Uint8Array): void {
  expect(probe.call(input)).toMatchObject({ kind: 'fault', code: 'module-trap' });
}

/** An input that asks for a text with these bytes, whether they are UTF-8 or not. */
function inputWithText(utf8: readonly number[]): Uint8Array {
  const variant = encodeUntagged(ask('Text'));
  const text = Uint8Array.of(0x60 | utf8.length, ...utf8);
  const value = concatBytes(variant.subarray(0, -1), text);
  return encodeReducerInput({ version: 1, state: null, event: { schema: SCHEMA, value } });
}

const NATS = [0, 1, 23, 24, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1];
const BIG_NATS = [2n ** 53n, 2n ** 63n - 1n];

describe('values', () => {
  it('keeps every nat exact', () => {
    for (const nat of [...NATS, ...BIG_NATS, 2n ** 63n, 2n ** 64n - 1n]) {
      expect(stateAfter('Nat', nat)).toBe(toHex(encode(nat)));
    }
  });

  it('keeps every int exact', () => {
    for (const nat of [...NATS, ...BIG_NATS]) {
      for (const int of [BigInt(nat), -1n - BigInt(nat)]) {
        expect(stateAfter('Int', int)).toBe(toHex(encode(int)));
      }
    }
  });

  it('traps on numbers outside the kind that is read', () => {
    trap(encodeInput({ event: ask('Nat', -1) }));
    trap(encodeInput({ event: ask('Int', 2n ** 63n) }));
    trap(encodeInput({ event: ask('Int', -(2n ** 63n) - 1n) }));
  });

  it('keeps every text exact', () => {
    for (const text of ['', 'a', 'é', '€', '😀', '\0', '\uffff', 'x'.repeat(70_000)]) {
      expect(stateAfter('Text', text)).toBe(toHex(encode(text)));
    }
  });

  it.each([
    ['a lone continuation byte', [0x80]],
    ['a sequence cut short', [0xe2, 0x82]],
    ['an overlong form', [0xc0, 0x80]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['a code point too high', [0xf4, 0x90, 0x80, 0x80]],
  ])('traps on text that is not UTF-8: %s', (_, utf8) => {
    expect(probe.call(inputWithText([0xe2, 0x82, 0xac]))).toMatchObject({ kind: 'output' });
    trap(inputWithText(utf8));
  });

  it('traps when a lone surrogate is written', () => {
    trap(encodeInput({ event: ask('Surrogate') }));
  });

  it('builds records and maps canonically from fields in any order', () => {
    const record = {
      nat: 7,
      int: -7,
      text: 'seven',
      bytes: Uint8Array.of(7),
      none: null,
      list: [3, -1, 2],
      map: new Map([300, 2, 24, 1000, 1].map((key) => [key, key > 10])),
    };
    expect(stateAfter('Rebuild', record)).toBe(toHex(encode(record)));
  });

  it('traps when a record has a field twice', () => {
    trap(encodeInput({ event: ask('Twice') }));
  });

  it('accepts an option that is absent', () => {
    const { none: _, ...record } = { nat: 0, int: 0, text: '', bytes: Uint8Array.of(), none: null };
    const given = { ...record, list: [], map: new Map() };
    expect(stateAfter('Rebuild', given)).toBe(toHex(encode({ ...given, none: null })));
  });
});

describe('steps', () => {
  it('keeps a state that is not set, byte for byte', () => {
    const state = Uint8Array.of(0xa1, 0x61, 0x61, 0x18, 0x01);
    expect(probe.step({ state, event: ask('Nothing') }).state).toEqual(state);
    expect(probe.step({ state: null, event: ask('Nothing') }).state).toBeNull();
  });

  it('deletes the state on request', () => {
    expect(probe.step({ state: encode(1), event: ask('Delete') }).state).toBeNull();
  });

  it('knows the schema of the event', () => {
    expect(stateAfter('Schema')).toBe(toHex(encode(SCHEMA)));
  });

  it('writes all four fields of the output in order, even when empty', () => {
    const outcome = probe.call(encodeInput({ event: ask('Nothing') }));
    const empty = 'a4657374617465f66d646f6d61696e5f6576656e74738067656666656374738063616e6ef6';
    expect(outcome.kind === 'output' && toHex(outcome.output)).toBe(empty);
  });

  it('raises events and asks for effects with canonical values', () => {
    const key = Uint8Array.of(1, 2);
    const outcome = probe.call(encodeInput({ event: ask('Emit', { b: 1, a: 2 }), key }));
    const canonical = encode({ a: 2, b: 1 });
    expect(outputOf(outcome)).toEqual({
      state: null,
      domainEvents: [
        { schema: 'demo/First@1', value: canonical },
        { schema: 'demo/Second@1', value: encode(null), key },
      ],
      effects: [
        { kind: 'timer.set', params: canonical, capSlot: 'clock' },
        { kind: 'blob.put', params: encode(null), idempotencyKey: key },
      ],
      ann: encode('last note'),
    });
  });

  it.each(['Throw', 'Unknown'])('traps on a thrown error and on fail: %s', (tag) => {
    trap(encodeInput({ event: ask(tag) }));
  });
});

describe('contexts', () => {
  const hash = new Uint8Array(32).fill(0x22) as ReducerContext['eventHash'];
  const context: ReducerContext = {
    nowNs: 1_764_000_000_000_000_000n,
    logicalNowNs: 2n ** 62n,
    journalHeight: 7,
    entropy: new Uint8Array(64).fill(0x11),
    eventHash: hash,
    manifestHash: hash,
    reducer: 'demo/Probe@1',
    cellMode: false,
  };
  const text = `sha256:${'22'.repeat(32)}`;
  const described = {
    now: context.nowNs,
    logical: context.logicalNowNs,
    height: 7,
    entropy: context.entropy,
    event: text,
    manifest: text,
    reducer: 'demo/Probe@1',
  };

  it('reads a context field by field', () => {
    const { state } = probe.step({ ctx: encodeReducerContext(context), event: ask('Context') });
    expect(state).toEqual(encode({ ...described, keyed: false, key: null }));
  });

  it('reads the key of a cell', () => {
    const key = encode('cell');
    const ctx = encodeReducerContext({ ...context, cellMode: true, key });
    const { state } = probe.step({ ctx, event: ask('Context') });
    expect(state).toEqual(encode({ ...described, keyed: true, key }));
  });

  it('has none unless one is given', () => {
    expect(stateAfter('Context')).toBe(toHex(encode(null)));
  });
});
