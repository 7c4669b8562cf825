import { decode, type Encodable, encode, sha256, toHashText, type Value } from '@aos/canon';
import { afterEach, describe, expect, it } from 'vitest';
import {
  definition,
  kindsOf,
  Life,
  note,
  ofKind,
  put,
  type Script,
  stateOf,
} from './effect-world.js';
import { must } from './script-world.js';

let life: Life;
afterEach(() => life.expectReopens());

const meta = (height: number) =>
  new Map<string, Value>([
    ['snapshot_hash', null],
    ['manifest_hash', toHashText(definition.manifestHash)],
    ['journal_height', height],
  ]);

/**
 * What the world answers in its second record, when the cell `b` of K asks; the code of an error.
 */
function ask(kind: string, params: Encodable, receiptBytes = 1 << 20): Value {
  const question = { kind: `introspect.${kind}`, params_cbor: encode(params), cap_slot: 'query' };
  const told: Value[] = [];
  const script: Script = ({ tag, value, state }) => {
    if (tag !== 'Put') {
      const receipt = value.get('receipt');
      told.push(
        receipt instanceof Uint8Array ? must(decode(receipt)) : (value.get('error') as Value),
      );
      return { state };
    }
    const asks = value.get('id') === 'b';
    return { state: stateOf(1), effects: asks ? [question] : [] } as never;
  };
  life = new Life({ K: script }, { receipt_bytes: receiptBytes });
  life.take(put('a'));
  const entries = life.take(put('b'));
  expect(kindsOf(entries).slice(0, 4)).toEqual(['state-changed', 'decision', 'intent', 'settled']);
  expect(ofKind(entries, 'settled')[0]).toMatchObject({ cause: 2, internal: true });
  expect(life.outputs).toEqual([]);
  expect(told).toHaveLength(1);
  return told[0] as Value;
}

describe('what a world asks of itself is answered in the same record', () => {
  it('the head of its journal', () => {
    expect(ask('journal_head', {})).toEqual(new Map([['meta', meta(1)]]));
  });

  it('its manifest', () => {
    const answer = ask('manifest', { consistency: 'head' }) as ReadonlyMap<string, Value>;
    expect(sha256(answer.get('manifest') as Uint8Array)).toEqual(definition.manifestHash);
  });

  it.each(['head', 'exact:1', 'at_least:0', 'at_least:1'])('a state, at %s', (consistency) => {
    const answer = ask('reducer_state', { reducer: 'e/K@1', key: encode('a'), consistency });
    expect(answer).toEqual(
      new Map<string, Value>([
        ['meta', meta(1)],
        ['state', stateOf(1)],
      ]),
    );
  });

  it('a state where there is none', () => {
    const key = encode('nobody');
    const answer = ask('reducer_state', { reducer: 'e/K@1', key, consistency: 'head' });
    expect((answer as ReadonlyMap<string, Value>).get('state')).toBeNull();
  });

  it('its cells, the one that asks among them', () => {
    const answer = ask('list_cells', { reducer: 'e/K@1' }) as ReadonlyMap<string, Value>;
    const cells = answer.get('cells') as readonly ReadonlyMap<string, Value>[];
    expect(cells.map((cell) => cell.get('key'))).toEqual([encode('a'), encode('b')]);
    expect(cells[0]?.get('state_hash')).toBe(toHashText(sha256(stateOf(1))));
    expect(cells[0]?.get('size')).toBe(stateOf(1).length);
  });

  it.each<[string, string, Encodable]>([
    ['consistency-unavailable', 'manifest', { consistency: 'exact:0' }],
    ['consistency-unavailable', 'manifest', { consistency: 'at_least:2' }],
    ['consistency-unavailable', 'manifest', { consistency: 'sometimes' }],
    ['reducer-unknown', 'list_cells', { reducer: 'e/X@1' }],
    ['reducer-unknown', 'reducer_state', { reducer: 'e/X@1', key: null, consistency: 'head' }],
    ['key-invalid', 'reducer_state', { reducer: 'e/K@1', key: null, consistency: 'head' }],
    ['key-invalid', 'reducer_state', { reducer: 'e/K@1', key: encode(7), consistency: 'head' }],
    ['key-invalid', 'reducer_state', { reducer: 'e/U@1', key: encode('a'), consistency: 'head' }],
  ])('or not, with %s', (code, kind, params) => {
    expect(ask(kind, params)).toBe(code);
  });

  it('within the budget of its grant, settled with the answer, whatever else is asked', () => {
    const question = {
      kind: 'introspect.journal_head',
      params_cbor: encode({}),
      cap_slot: 'query',
    };
    const script: Script = ({ tag, state }) =>
      ({ state, effects: tag === 'Put' ? [question, note(), question] : [] }) as never;
    life = new Life({ K: script });
    const entries = life.take(put('a'));
    expect(kindsOf(entries)).toEqual([
      ...Array(3).fill(['decision', 'intent']).flat(),
      'settled',
      'settled',
    ]);
    const [ledger] = [...life.world.gateState.ledgers.range()];
    expect(ledger).toMatchObject({ grant: 'query', reserved: { calls: 0n }, used: { calls: 2n } });
  });

  it('but not at any length', () => {
    expect(ask('manifest', { consistency: 'head' }, 200)).toBe('answer-too-large');
    expect(ask('list_cells', { reducer: 'e/K@1' }, 200)).toBe('answer-too-large');
  });
});
