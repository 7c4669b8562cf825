import { encode, utf8 } from '@aos/canon';
import { admit, listCells, readCell } from '@aos/kernel';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type Call,
  definition,
  kindsOf,
  Life,
  ofKind,
  poke,
  put,
  stateOf,
} from './effect-world.js';

let life: Life;
afterEach(() => life.expectReopens());

const keyOf = (id: string) => encode(id);
const stateAt = (reducer: number, key: Uint8Array | null) => {
  const table = life.world.cells[reducer];
  return table === undefined ? undefined : readCell(table, key)?.state;
};
const count = ({ state }: Call) => ({
  state: stateOf(state === null ? 1 : (state.at(-1) ?? 0) + 1),
});

describe('an event routed to keyed and un-keyed reducers', () => {
  it('reaches a cell of its key in the one and the only cell of the other', () => {
    life = new Life({ K: count, U: count });
    for (const id of ['a', 'b', 'a']) life.take(put(id));
    expect(stateAt(0, keyOf('a'))).toEqual(stateOf(2));
    expect(stateAt(0, keyOf('b'))).toEqual(stateOf(1));
    expect(stateAt(1, null)).toEqual(stateOf(3));
  });

  it('names the cell in its entries, for the one that has a key', () => {
    life = new Life({ K: count, U: () => 'module-trap' });
    expect(life.take(put('a'))).toMatchObject([
      { kind: 'state-changed', reducer: 'e/K@1', key: keyOf('a') },
      { kind: 'reducer-fault', reducer: 'e/U@1', key: null },
    ]);
  });

  it('gives the key to the keyed module, in the event and in the context', () => {
    const calls: Call[] = [];
    const look = (call: Call) => {
      calls.push(call);
      return { state: call.state };
    };
    life = new Life({ K: look, U: look });
    life.take(put('a'));
    const [keyed, single] = calls as [Call, Call];
    expect(keyed.key).toEqual(keyOf('a'));
    expect(keyed.ctx?.get('key')).toEqual(keyOf('a'));
    expect(keyed.ctx?.get('cell_mode')).toBe(true);
    expect(single.key).toBeUndefined();
    expect(single.ctx?.get('cell_mode')).toBe(false);
    expect(single.ctx?.has('key')).toBe(false);
  });

  it('deletes a cell where the module returns no state', () => {
    life = new Life({
      K: ({ value, state }) => ({
        state: value.get('what') === 'go' ? null : stateOf(state ? 2 : 1),
      }),
    });
    life.take(put('a'));
    life.take(put('b'));
    const entries = life.take(put('a', 'go'));
    expect(entries).toMatchObject([{ key: keyOf('a'), after: null }]);
    const table = life.world.cells[0];
    expect(table && listCells(table, { limit: 9 }).map(({ key }) => key)).toEqual([keyOf('b')]);
  });
});

describe('a key field of a family', () => {
  it('is read through the wrapping that a member gets', () => {
    life = new Life({ F: count });
    life.take(put('a'));
    life.take(put('b'));
    expect(stateAt(2, keyOf('Put'))).toEqual(stateOf(2));
  });
});

describe('a key that comes with an event', () => {
  it.each([
    ['canonical', { key: keyOf('a') }],
    ['untagged', { key: keyOf('a').subarray(3) }],
    ['as JSON', { key: { json: 'a' } }],
  ])('is stored canonical when it is the extracted one: %s', (_form, more) => {
    life = new Life({ K: count });
    const raw = { ...put('a'), ...more };
    // The route of the family extracts another key, so the event comes through the door.
    expect(admit(life.world, { ...raw, source: 'door' })).toMatchObject({
      input: { key: keyOf('a') },
    });
  });

  it('is refused when it is another one than a route extracts', () => {
    life = new Life();
    expect(life.ask({ ...put('a'), key: keyOf('b') })).toBe('event-key-mismatch');
  });

  it('is refused when it is out of its schema, or too large', () => {
    life = new Life();
    expect(life.ask({ ...put('a'), key: encode(7) })).toBe('value-type');
    expect(life.ask(put('x'.repeat(5000)))).toBe('event-key-too-large');
    expect(life.ask({ ...poke(), key: new Uint8Array(4097) })).toBe('event-key-too-large');
    expect(life.ask({ ...poke(), key: { json: 'a' } })).toBe('event-key-unexpected');
  });

  it('is correlation bytes where no route has a key', () => {
    life = new Life();
    const key = utf8('any bytes');
    life.take({ ...poke(), key });
    expect(life.steps[0]?.record.input).toMatchObject({ key });
  });

  it('is a fault of the call when a module attached it', () => {
    life = new Life({
      U: ({ tag, state }) => {
        const event = { schema: 'e/Put@1', value: encode({ id: 'a', what: '' }), key: keyOf('b') };
        return { state, domain_events: tag === 'Poke' ? [event] : [] };
      },
    });
    expect(life.take(poke())).toMatchObject([
      { kind: 'reducer-fault', reducer: 'e/U@1', code: 'event-key-mismatch' },
    ]);
  });
});

describe('an inbox', () => {
  it('leads to its reducer and past all routes', () => {
    life = new Life({ K: count, U: count, F: count });
    const entries = life.take({ ...put('a'), source: 'mail' });
    expect(kindsOf(entries)).toEqual(['state-changed']);
    expect(entries).toMatchObject([{ reducer: 'e/U@1', key: null }]);
    expect(life.steps[0]?.record.input).toMatchObject({ source: 'mail' });
  });

  it('takes the key of the cell with the event, where its reducer is keyed', () => {
    life = new Life({ K: count });
    const entries = life.take({ ...put('a'), source: 'door', key: keyOf('z') });
    expect(entries).toMatchObject([{ reducer: 'e/K@1', key: keyOf('z') }]);
  });

  it.each([
    ['inbox-unknown', { ...poke(), source: 'window' }],
    ['inbox-schema', { ...poke(), source: 'door', key: keyOf('a') }],
    ['event-key-missing', { ...put('a'), source: 'door' }],
    ['event-key-unexpected', { ...put('a'), source: 'mail', key: keyOf('a') }],
  ])('refuses what it cannot lead on: %s', (code, raw) => {
    life = new Life();
    expect(life.ask(raw)).toBe(code);
  });
});

describe('the annotation of a call', () => {
  it('is an object of the commit, canonical, and told even where the state stays', () => {
    life = new Life({ U: () => ({ state: null, ann: encode({ n: 5 }).subarray(3) }) });
    const entries = life.take(poke());
    const [object] = life.steps[0]?.objects ?? [];
    expect(object?.bytes).toEqual(encode({ n: 5 }));
    expect(entries).toEqual([
      { ...ofKind(entries, 'state-changed')[0], before: null, after: null, ann: object?.hash },
    ]);
  });
});

describe('an event that tells how an effect ended', () => {
  const forged = {
    intent_hash: `sha256:${'0'.repeat(64)}`,
    reducer: 'e/K@1',
    effect_kind: 'e.note',
    adapter_id: 'me',
    status: 'ok',
    requested: new Uint8Array(),
    receipt: null,
    error: null,
    cost_cents: null,
    signature: new Uint8Array(),
  };
  const bare = { schema: 'sys/EffectReceipt@1', value: encode(forged) };
  const wrapped = { schema: 'e/KEvent@1', value: encode({ $tag: 'Done', $value: forged }) };

  it.each([bare, wrapped])('is refused from outside: $schema', ({ schema, value }) => {
    life = new Life();
    expect(life.ask({ schema, cbor: value })).toBe('event-reserved');
    expect(life.ask({ schema, cbor: value, source: 'door', key: keyOf('a') })).toBe(
      'event-reserved',
    );
  });

  it.each([bare, wrapped])('is a fault of the module that emits it: $schema', (event) => {
    life = new Life({ U: ({ state }) => ({ state, domain_events: [event] }) });
    expect(life.take(poke())).toMatchObject([{ kind: 'reducer-fault', code: 'event-reserved' }]);
  });

  it('is no other value of the same family', () => {
    life = new Life();
    const put = { $tag: 'Put', $value: { id: 'a', what: '' } };
    expect(life.ask({ schema: 'e/KEvent@1', cbor: encode(put) })).toBe('admitted');
  });
});

it('makes every route of the definition', () => {
  life = new Life();
  expect(definition.reducers.map(({ name }) => name)).toEqual(['e/K@1', 'e/U@1', 'e/F@1']);
});
