/** Forged golden journals: every forgery is found, named and explained. */
import { type Encodable, encode, encodeUntagged, type Value } from '@aos/canon';
import {
  type AdmittedInput,
  type Difference,
  explainDifference,
  printExplanation,
  replayRecord,
  step,
} from '@aos/kernel';
import { describe, expect, it } from 'vitest';
import {
  changed,
  type Fields,
  fieldsOf,
  GOLDEN_NAMES,
  type Golden,
  golden,
  portsOf,
  worldAt,
} from './golden-worlds.js';

const all = new Map(GOLDEN_NAMES.map((name) => [name, golden(name)]));
const the = (name: string): Golden => all.get(name) as Golden;
const recordOf = (journal: Golden, seq: number) => journal.records[seq] as Uint8Array;
const entriesOf = (record: Uint8Array) => fieldsOf(record).get('entries') as readonly Fields[];

const withEntries = (record: Uint8Array, entries: readonly Fields[]) =>
  changed(record, (map) => map.set('entries', entries as unknown as Value));

function differenceOf(journal: Golden, seq: number, forged: Uint8Array): Difference | undefined {
  const verdict = replayRecord(worldAt(journal, seq), forged, portsOf(journal));
  return verdict.kind === 'different' ? verdict.difference : undefined;
}

describe.each(GOLDEN_NAMES)('a forged entry of %s', (name) => {
  const journal = the(name);

  it('is missing where it was taken out, and extra where it was put in', () => {
    for (let seq = 0; seq < journal.records.length; seq++) {
      const world = worldAt(journal, seq);
      const judge = (forged: Uint8Array) => replayRecord(world, forged, portsOf(journal));
      const record = recordOf(journal, seq);
      const entries = entriesOf(record);
      for (const [i, entry] of entries.entries()) {
        const without = judge(withEntries(record, entries.toSpliced(i, 1)));
        expect(without).toMatchObject({ difference: { kind: 'missing', seq } });
        const twice = judge(withEntries(record, entries.toSpliced(i, 0, entry)));
        expect(twice).toMatchObject({ difference: { kind: 'extra', seq } });
      }
    }
  });

  it('is different at its place, whichever of its fields was changed', () => {
    for (let seq = 0; seq < journal.records.length; seq++) {
      const world = worldAt(journal, seq);
      const record = recordOf(journal, seq);
      const entries = entriesOf(record);
      for (const [i, entry] of entries.entries()) {
        for (const [field, value] of entry) {
          const other = new Map(entry).set(field, otherThan(value));
          const forged = withEntries(record, entries.with(i, other));
          const verdict = replayRecord(world, forged, portsOf(journal));
          expect(verdict.kind).toBe('different');
          if (verdict.kind !== 'different' || verdict.difference.kind === 'broken') continue;
          expect(verdict.difference).toMatchObject({ kind: 'different', at: `entries/${i}` });
        }
      }
    }
  });
});

/** Another value of the same kind, if there is one. */
function otherThan(value: Value): Value {
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'string') return `${value}x`;
  if (value instanceof Uint8Array && value.length > 0) {
    return value.map((byte, i) => (i === 0 ? byte ^ 1 : byte));
  }
  if (value instanceof Map) {
    return new Map([...value].map(([key, item]) => [key, otherThan(item)]));
  }
  return value === null ? 1 : null;
}

describe('a forged record', () => {
  it.each<[string, string, Value]>([
    ['fuel', 'fuel', 1],
    ['wake_at', 'wake_at', 999],
  ])('differs at %s', (at, field, value) => {
    const forged = changed(recordOf(the('saga'), 1), (map) => map.set(field, value));
    expect(differenceOf(the('saga'), 1, forged)).toMatchObject({ kind: 'different', at });
  });

  it('differs where the journal does not say when it wants to be woken', () => {
    const forged = changed(recordOf(the('saga'), 1), (map) => map.delete('wake_at'));
    expect(differenceOf(the('saga'), 1, forged)).toMatchObject({ at: 'wake_at', found: null });
  });
});

describe('an input that is not signed by the key it names', () => {
  const signed = GOLDEN_NAMES.flatMap((name) =>
    the(name).records.flatMap((record, seq) =>
      (fieldsOf(record).get('input') as Fields).has('sig') ? [[name, seq] as const] : [],
    ),
  );

  it('is broken, for every signed input there is', () => {
    const kinds = new Set<Value>();
    for (const [name, seq] of signed) {
      const journal = the(name);
      const input = fieldsOf(recordOf(journal, seq)).get('input') as Fields;
      kinds.add(input.get('verb') ?? input.get('kind') ?? null);
      const sig = otherThan(input.get('sig') as Value);
      const forged = changed(recordOf(journal, seq), (map) =>
        map.set('input', new Map(input).set('sig', sig) as unknown as Value),
      );
      expect(differenceOf(journal, seq, forged)).toMatchObject({
        kind: 'broken',
        code: 'signature-invalid',
        at: 'input/sig',
      });
      // Reducers are told the signature of a receipt, so another one is another event to them.
      if (input.get('kind') === 'receipt') continue;
      const { checkSignature: _, ...ports } = portsOf(journal);
      expect(replayRecord(worldAt(journal, seq), forged, ports).kind).toBe('same');
      const trusted = replayRecord(worldAt(journal, seq), forged, portsOf(journal), 'trust');
      expect(trusted.kind).toBe('same');
    }
    expect([...kinds].sort()).toEqual([
      'approve-intent',
      'drain',
      'epoch',
      'halt',
      'keyring-add',
      'keyring-revoke',
      'pause',
      'receipt',
      'resume',
      'runtime-upgrade',
      'stream-frame',
    ]);
  });
});

describe('an input that admission would not let in', () => {
  const value = encode({ text: 'x', answer: new Uint8Array(0), fault: null });
  const event = { kind: 'event' as const, schema: 'p/Say@1', value };

  it.each<[string, string, number, AdmittedInput]>([
    ['input-duplicate', 'keyed', 28, { ...event, dedup: 'once' }],
    ['world-paused', 'saga', 10, event],
    ['world-draining', 'verbs', 12, event],
    ['nothing-due', 'keyed', 3, { kind: 'tick' }],
    ['nothing-pending', 'keyed', 3, { kind: 'continue' }],
  ])('is broken, though the record follows from it: %s', (code, name, seq, input) => {
    const journal = the(name);
    const world = worldAt(journal, seq);
    const { logicalNowNs } = world;
    const stamp = { nowNs: 1n, logicalNowNs, entropy: new Uint8Array(32) };
    const outcome = step(world, input, stamp, portsOf(journal));
    if (outcome.kind === 'need') throw new Error('something is not in memory');
    expect(differenceOf(journal, seq, outcome.bytes)).toMatchObject({ kind: 'broken', code });
  });
});

describe('a forged input', () => {
  it.each<[string, string, number, string, Value]>([
    ['inbox-unknown', 'saga', 0, 'source', 'nowhere'],
    ['inbox-unknown', 'keyed', 26, 'source', 'nowhere'],
    ['event-key-mismatch', 'keyed', 28, 'key', encode('another')],
    ['event-schema-unknown', 'saga', 0, 'schema', 'p/Nobody@1'],
    ['value-type', 'saga', 0, 'value', encode(7)],
    ['receipt-unknown', 'verbs', 7, 'receipt', 'intent_hash'],
    ['receipt-epoch', 'verbs', 7, 'receipt', 'epoch'],
    ['receipt-attempt', 'verbs', 7, 'receipt', 'attempt'],
    ['receipt-world', 'verbs', 7, 'receipt', 'world_id'],
    ['receipt-payload-hash', 'verbs', 7, 'receipt', 'payload_hash'],
    ['receipt-key', 'verbs', 7, 'key_id', new Uint8Array(32)],
    ['verb-key', 'verbs', 3, 'key_id', new Uint8Array(32)],
    ['verb-args', 'verbs', 12, 'args', new Map([['code', 'NO CODE']])],
  ])('is broken with the code of its refusal: %s', (code, name, seq, field, value) => {
    const journal = the(name);
    const record = recordOf(journal, seq);
    const input = fieldsOf(record).get('input') as Fields;
    const body = input.get(field);
    const other =
      field === 'receipt' && body instanceof Map
        ? new Map(body).set(value, otherThan(body.get(value) as Value))
        : value;
    const forged = changed(record, (map) => {
      map.set('input', new Map(input).set(field, other) as unknown as Value);
    });
    expect(differenceOf(journal, seq, forged)).toMatchObject({ kind: 'broken', code });
  });
});

describe('an explained difference', () => {
  it('shows both values by their schemas, the state that replay makes, and the causes', () => {
    const journal = the('saga');
    const record = recordOf(journal, 2);
    const entries = entriesOf(record);
    const i = entries.findIndex((entry) => entry.get('kind') === 'state-changed');
    const forgedEntry = new Map(entries[i]).set('after', new Uint8Array(32));
    const forged = withEntries(record, entries.with(i, forgedEntry));
    const difference = differenceOf(journal, 2, forged) as Difference;
    const ports = { ...portsOf(journal), record: (seq: number) => journal.records[seq] };
    const explained = explainDifference(worldAt(journal, 2), forged, difference, ports);
    expect(explained).toMatchObject({ kind: 'different', seq: 2, at: `entries/${i}` });
    const row = (field: string) => explained.rows.find((each) => each.field === field);
    expect(row('key')).toMatchObject({ expected: 'first', found: 'first', isSame: true });
    expect(row('after')).toMatchObject({ found: `sha256:${'00'.repeat(32)}`, isSame: false });
    expect(row('state_after')).toMatchObject({ expected: { n: 1 }, found: undefined });
    expect(explained.chain.map(({ kind }) => kind)).toEqual([
      'domain-event',
      'plan-step',
      'plan-step',
      'settled',
      'receipt',
    ]);
    const lines = printExplanation(explained);
    expect(lines[0]).toBe(`record 2, entries/${i} differs (replay-difference)`);
    expect(lines.filter((line) => line.startsWith('≠'))).toHaveLength(2);
    expect(lines.at(-1)).toMatch(/^ {8}of 2 {2}input receipt/);
  });

  it('follows causes into earlier records, as far as they are kept', () => {
    const journal = the('verbs');
    const record = recordOf(journal, 5);
    const forged = withEntries(record, []);
    const difference = differenceOf(journal, 5, forged) as Difference;
    const chain = (from: number) => {
      const kept = (seq: number) => (seq >= from ? journal.records[seq] : undefined);
      const ports = { ...portsOf(journal), record: kept };
      const explained = explainDifference(worldAt(journal, 5), forged, difference, ports);
      return explained.chain.map(({ place, kind }) => `${place.seq}/${place.i} ${kind}`);
    };
    expect(chain(0)).toEqual(['2/0 settled', '2/null receipt']);
    expect(chain(3)).toEqual([]);
  });

  it('of a broken record says what is wrong with it', () => {
    const journal = the('saga');
    const forged = changed(recordOf(journal, 1), (map) => map.set('prev', new Uint8Array(32)));
    const difference = differenceOf(journal, 1, forged) as Difference;
    const explained = explainDifference(worldAt(journal, 1), forged, difference, portsOf(journal));
    expect(explained.rows).toMatchObject([{ field: 'prev', expected: undefined }]);
    expect(explained.chain).toMatchObject([{ is: 'input', kind: 'receipt' }]);
    const garbage = encodeUntagged({ x: 1 } as Encodable);
    const unreadable = differenceOf(journal, 1, garbage) as Difference;
    const nothing = explainDifference(worldAt(journal, 1), garbage, unreadable, portsOf(journal));
    expect(nothing).toMatchObject({ kind: 'broken', chain: [] });
  });
});
