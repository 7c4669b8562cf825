import { decode, encode, type Result, toHex, type Value } from '@aos/canon';
import {
  carryValue,
  decodeGenesis,
  decodeRecord,
  decodeRecordHead,
  encodeEntry,
  encodeGenesis,
  encodeInput,
  encodeRecord,
  INLINE_VALUE_BYTES,
  type Input,
  parseVerb,
  type Verb,
  verbArgs,
} from '@aos/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as any from './arbitraries.js';
import { forkedGenesis, fullRecords, genesis, inputs, record, verbs } from './samples.js';

const must = <T>(result: Result<T>): T => {
  if (result.ok) return result.value;
  throw new Error(`${result.refusal.code} ${result.refusal.detail}`);
};

/** Decoding answers, and what it accepts has these bytes and no others. */
function checkHostile(bytes: Uint8Array): void {
  const decoded = decodeRecord(bytes);
  const head = decodeRecordHead(bytes);
  if (!decoded.ok) return;
  expect(head.ok).toBe(true);
  expect(toHex(encodeRecord(decoded.value))).toBe(toHex(bytes));
}

/** A map with some of its fields bent, and perhaps one added. */
function bent(map: ReadonlyMap<Value, Value>): fc.Arbitrary<Value> {
  const change = fc.tuple(fc.constantFrom<Value>(...map.keys(), 'surplus'), any.anything);
  return fc.tuple(change, fc.nat(3)).map(([[name, value], how]) => {
    const copy = new Map(map);
    if (how === 0) copy.delete(name);
    else copy.set(name, value);
    return copy;
  });
}

const mapOf = (bytes: Uint8Array) => must(decode(bytes)) as ReadonlyMap<Value, Value>;
const fieldOf = (value: Value | undefined, name: string) =>
  (value as ReadonlyMap<Value, Value>).get(name) as Value;

describe('records', () => {
  it('come back from their bytes as they were', () => {
    fc.assert(
      fc.property(any.records, (original) => {
        const bytes = encodeRecord(original);
        expect(must(decodeRecord(bytes))).toEqual(original);
        const { entries: _, wakeAtNs: __, ...head } = original;
        expect(must(decodeRecordHead(bytes))).toEqual(head);
      }),
      { numRuns: 500 },
    );
  });

  it('are canonical: the hand-written encoder equals the general one', () => {
    fc.assert(
      fc.property(any.records, (original) => {
        const encoded = encodeRecord(original);
        expect(toHex(encode(must(decode(encoded))))).toBe(toHex(encoded));
      }),
      { numRuns: 500 },
    );
  });

  it.each(fullRecords)('with a flipped bit are refused or other records ($input.kind)', (full) => {
    const good = encodeRecord(full);
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const bad = good.slice();
        bad[at] = (bad[at] as number) ^ flip;
        checkHostile(bad);
      }),
      { numRuns: 500 },
    );
  });

  it.each(fullRecords)('cut short or made longer are refused ($input.kind)', (full) => {
    const good = encodeRecord(full);
    for (let length = 0; length < good.length; length++) {
      expect(decodeRecord(good.subarray(0, length)).ok).toBe(false);
    }
    expect(decodeRecord(new Uint8Array([...good, 0])).ok).toBe(false);
  });

  it.each(fullRecords)('with a bent field are refused or other records ($input.kind)', (full) => {
    const map = mapOf(encodeRecord(full));
    const input = map.get('input') as ReadonlyMap<Value, Value>;
    const inside = [...input.values()].find((value) => value instanceof Map && value.size > 0);
    const bentInput = bent(input).map((each) => new Map([...map, ['input', each]]));
    const bentInside = bent((inside as typeof input | undefined) ?? input).map((each) => {
      const name = [...input.keys()].find((key) => input.get(key) === inside) ?? 'kind';
      return new Map([...map, ['input', new Map([...input, [name, each]])]]);
    });
    fc.assert(
      fc.property(fc.oneof(bent(map), bentInput, bentInside), (value) => {
        checkHostile(encode(value));
      }),
      { numRuns: 500 },
    );
  });

  it('with a bent entry are refused or other records', () => {
    const map = mapOf(encodeRecord(fullRecords[0] as typeof record));
    const entries = map.get('entries') as readonly ReadonlyMap<Value, Value>[];
    const bentEntry = fc.constantFrom(...entries).chain(bent);
    fc.assert(
      fc.property(bentEntry, (entry) => {
        checkHostile(encode(new Map<Value, Value>([...map, ['entries', [entry]]])));
      }),
      { numRuns: 3000 },
    );
  });
});

describe('entries and inputs stand in records as they are encoded alone', () => {
  it('in canonical form', () => {
    fc.assert(
      fc.property(any.records, (original) => {
        const whole = toHex(encodeRecord(original));
        expect(whole).toContain(toHex(encodeInput(original.input)));
        for (const entry of original.entries) expect(whole).toContain(toHex(encodeEntry(entry)));
      }),
    );
  });
});

describe('a record is refused', () => {
  const map = mapOf(encodeRecord(record));
  const withEntry = (entry: Value) => encode(new Map<Value, Value>([...map, ['entries', [entry]]]));
  const withInput = (input: Value) => encode(new Map<Value, Value>([...map, ['input', input]]));
  const fields = (input: Input) =>
    new Map(fieldOf(mapOf(encodeRecord({ ...record, input })), 'input') as Map<Value, Value>);
  const changed = (input: Input, ...changes: [Value, Value][]) =>
    withInput(new Map([...fields(input), ...changes]));
  const toMap = (value: object) => new Map(Object.entries(value));

  it.each<[string, Value, string]>([
    ['an unknown kind', toMap({ kind: 'surprise', cause: null }), 'entry-kind'],
    ['a kind of every object', toMap({ kind: 'constructor', cause: null }), 'entry-kind'],
    ['no kind', toMap({ cause: null }), 'shape-field'],
    ['no fields', 7, 'shape-field'],
    [
      'one field too many',
      toMap({ kind: 'dropped', cause: null, code: 'receipt-late', more: 1 }),
      'shape-field',
    ],
    [
      'a cause before the first record',
      toMap({ kind: 'dropped', cause: -1, code: 'receipt-late' }),
      'shape-field',
    ],
    [
      'a cause of three fields',
      toMap({ kind: 'dropped', cause: toMap({ seq: 1, i: 2, j: 3 }), code: 'receipt-late' }),
      'shape-field',
    ],
    [
      'a status that is none',
      toMap({ kind: 'settled', cause: null, intent: record.prev, status: 'fine', code: null }),
      'shape-field',
    ],
    [
      'a hash that is too short',
      toMap({ kind: 'dropped', cause: null, code: 'receipt-late', intent: new Uint8Array(31) }),
      'shape-length',
    ],
  ])('for an entry with %s', (_, entry, code) => {
    expect(decodeRecord(withEntry(entry))).toMatchObject({ ok: false, refusal: { code } });
  });

  it.each<[string, Uint8Array, string]>([
    ['an unknown kind', withInput(toMap({ kind: 'surprise' })), 'input-kind'],
    ['a kind that is signed', withInput(toMap({ kind: 'control' })), 'input-kind'],
    ['a kind that is not', changed(inputs.receipt, ['kind', 'tick']), 'input-kind'],
    ['a kind of every object', changed(inputs.receipt, ['kind', 'constructor']), 'input-kind'],
    ['no kind', withInput(toMap({ schema: 'a/B@1' })), 'cbor-key'],
    ['a field too many', changed(inputs.tick, ['more', 1]), 'shape-field'],
    ['a field too many in an event', changed(inputs.event, ['zzzzzzzzzz', 1]), 'shape-field'],
    ['a key but no event', changed(inputs.tick, ['key', new Uint8Array()]), 'shape-field'],
    ['a short signature', changed(inputs.receipt, ['sig', new Uint8Array(63)]), 'shape-length'],
    ['a short nonce', changed(inputs.control, ['nonce', new Uint8Array(15)]), 'shape-length'],
    ['a verb of another kind', changed(inputs.control, ['verb', 'keyring-add']), 'verb-unknown'],
    ['a verb that is none', changed(inputs.governance, ['verb', 'explode']), 'verb-unknown'],
    ['arguments of another verb', changed(inputs.control, ['verb', 'halt']), 'shape-field'],
    [
      'a code that is a sentence',
      changed(inputs.control, ['verb', 'halt'], ['args', toMap({ code: 'I had to.' })]),
      'verb-args',
    ],
    ['an argument too many', changed(inputs.control, ['args', toMap({ more: 1 })]), 'shape-field'],
  ])('for an input with %s', (_, bytes, code) => {
    expect(decodeRecord(bytes)).toMatchObject({ ok: false, refusal: { code } });
    expect(decodeRecordHead(bytes)).toMatchObject({ ok: false, refusal: { code } });
  });

  it('for fields of a signed input out of order', () => {
    const sound = encodeInput(inputs.control);
    const whole = toHex(encodeRecord({ ...record, input: inputs.control }));
    const swapped = toHex(sound).replace(
      /(647665726265.{8}..)(656e6f6e6365.{34})/,
      (_, verb: string, nonce: string) => nonce + verb,
    );
    expect(swapped).not.toBe(toHex(sound));
    const bytes = Uint8Array.from(Buffer.from(whole.replace(toHex(sound), swapped), 'hex'));
    expect(decodeRecord(bytes)).toMatchObject({
      ok: false,
      refusal: { code: 'cbor-non-canonical' },
    });
  });
});

describe('verbs', () => {
  it('come back from their arguments', () => {
    fc.assert(
      fc.property(any.verbs, (verb) => {
        expect(must(parseVerb(verb.verb, verbArgs(verb)))).toEqual(verb);
      }),
    );
  });

  it('never throw, whatever their arguments are', () => {
    const args = any.verbs.chain((verb) => {
      const map = verbArgs(verb);
      return fc.tuple(fc.constant(verb.verb), fc.oneof(bent(map), fc.constant(map)));
    });
    fc.assert(
      fc.property(args, ([verb, map]) => {
        const parsed = parseVerb(verb, map as ReadonlyMap<Value, Value>);
        if (parsed.ok) expect(toHex(encode(verbArgs(parsed.value)))).toBe(toHex(encode(map)));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('arguments of verbs', () => {
  it.each<[string, Verb['verb'], [Value, Value][], string]>([
    ['a number that is no integer', 'epoch', [['epoch', 1.5]], 'shape-field'],
    ['a negative number', 'epoch', [['epoch', -1]], 'shape-field'],
    ['an empty name', 'keyring-add', [['name', '']], 'verb-args'],
    ['a long name', 'keyring-add', [['name', 'n'.repeat(129)]], 'verb-args'],
    ['the name of a plan', 'keyring-add', [['name', 'world:t/main@1']], 'verb-args'],
    ['an unknown role', 'keyring-add', [['roles', ['king']]], 'key-role'],
    ['a role twice', 'keyring-add', [['roles', ['host', 'host']]], 'key-role'],
    ['a long code', 'halt', [['code', 'c'.repeat(65)]], 'verb-args'],
    ['a decision that is none', 'approve-intent', [['decision', 'maybe']], 'shape-field'],
    ['a short hash', 'keyring-revoke', [['key_id', new Uint8Array(31)]], 'shape-length'],
    ['numbers of unmetered worlds', 'runtime-upgrade', [['guard', 0]], 'runtime-unsupported'],
  ])('are refused for %s', (_, name, changes, code) => {
    const sound = verbs.find(({ verb }) => verb === name) as Verb;
    const args = new Map([...verbArgs(sound), ...changes]);
    expect(parseVerb(name, args)).toMatchObject({ ok: false, refusal: { code } });
  });
});

describe('carried values', () => {
  it('stay inline up to the threshold and become objects beyond it', () => {
    const small = new Uint8Array(INLINE_VALUE_BYTES);
    expect(carryValue(small)).toEqual({ carried: { inline: small } });
    const large = new Uint8Array(INLINE_VALUE_BYTES + 1);
    const { carried, object } = carryValue(large);
    expect(object?.bytes).toBe(large);
    expect(carried.ref).toEqual(object?.hash);
  });
});

describe('genesis', () => {
  it('comes back from its bytes, which are canonical', () => {
    fc.assert(
      fc.property(any.geneses, (original) => {
        const bytes = encodeGenesis(original);
        expect(must(decodeGenesis(bytes))).toEqual(original);
        expect(toHex(encode(must(decode(bytes))))).toBe(toHex(bytes));
      }),
    );
  });

  it.each([genesis, forkedGenesis])('is refused or another one with a bent field', (shape) => {
    const map = mapOf(encodeGenesis(shape));
    const runtime = bent(map.get('runtime') as ReadonlyMap<Value, Value>);
    const inside = runtime.map((each) => new Map([...map, ['runtime', each]]));
    fc.assert(
      fc.property(fc.oneof(bent(map), inside), (value) => {
        const bytes = encode(value);
        const decoded = decodeGenesis(bytes);
        if (decoded.ok) expect(toHex(encodeGenesis(decoded.value))).toBe(toHex(bytes));
      }),
      { numRuns: 1000 },
    );
  });

  it.each([genesis, forkedGenesis])('is refused or another one with a flipped bit', (shape) => {
    const good = encodeGenesis(shape);
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const bad = good.slice();
        bad[at] = (bad[at] as number) ^ flip;
        const decoded = decodeGenesis(bad);
        if (decoded.ok) expect(toHex(encodeGenesis(decoded.value))).toBe(toHex(bad));
      }),
      { numRuns: 1000 },
    );
  });

  const first = genesis.keyring[0];
  it.each([
    ['an unknown format', { format: 9 }, 'genesis-format'],
    ['a short nonce', { nonce: new Uint8Array(15) }, 'shape-length'],
    ['an unknown role', { keyring: [{ ...first, roles: ['king'] }] }, 'key-role'],
    ['the name of a plan', { keyring: [{ ...first, name: 'world:t/main@1' }] }, 'verb-args'],
    ['a role twice', { keyring: [{ ...first, roles: ['host', 'host'] }] }, 'key-role'],
    ['a key under a wrong id', { keyring: [{ ...first, keyId: genesis.manifest }] }, 'shape-hash'],
    ['unmetered calls', { runtime: { ...genesis.runtime, guard: 0 } }, 'runtime-unsupported'],
  ])('refuses %s', (_, change, code) => {
    const decoded = decodeGenesis(encodeGenesis({ ...genesis, ...change } as typeof genesis));
    expect(decoded).toMatchObject({ ok: false, refusal: { code } });
  });
});
