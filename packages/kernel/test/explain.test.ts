import { decode, type Encodable, encode, type Hash, toHex, type Value } from '@aos/canon';
import {
  type Difference,
  type ExplainPorts,
  explainDifference,
  readCell,
  replayRecord,
} from '@aos/kernel';
import { describe, expect, it } from 'vitest';
import { Life, note, put, type Script, stateOf } from './effect-world.js';
import { must } from './script-world.js';

type Fields = ReadonlyMap<string, Value>;
const zeros = new Uint8Array(32);
const zeroText = `sha256:${'00'.repeat(32)}`;

/** Counts; `emit` raises an event, which is one more call of U. */
const count: Script = ({ state, value }) => {
  const n = state === null ? 0 : Number((must(decode(state)) as Fields).get('n'));
  const poke = { schema: 'e/Poke@1', value: encode({ what: 'again' }) };
  const isEmitting = value.get('what') === 'emit';
  return { state: stateOf(n + 1), domain_events: isEmitting ? [poke] : [] };
};
const noting: Script = ({ state, tag }) =>
  tag === 'Put' ? ({ state, effects: [note()] } as never) : { state: stateOf(9) };

function lifeOf(...what: readonly string[]): Life {
  const life = new Life({ K: count, U: count });
  for (const each of what) life.take(put('a', each));
  return life;
}

/** The last record of a life with other entries. */
function withEntries(life: Life, change: (entries: Fields[]) => unknown): Uint8Array {
  const last = life.steps.at(-1)?.bytes ?? new Uint8Array();
  const fields = new Map(must(decode(last)) as Fields);
  const entries = [...(fields.get('entries') as readonly Fields[])];
  change(entries);
  return encode(fields.set('entries', entries as unknown as Value) as unknown as Encodable);
}

/** How a forged last record is explained. */
function explain(life: Life, bytes: Uint8Array, more: Partial<ExplainPorts> = {}) {
  const world = life.steps.at(-2)?.world ?? life.first;
  const ports = { engine: life.engine, object: () => undefined, ...more };
  const verdict = replayRecord(world, bytes, ports);
  if (verdict.kind !== 'different') throw new Error(`it is ${verdict.kind}`);
  return explainDifference(world, bytes, verdict.difference, ports);
}

const rowsOf = ({ rows }: ReturnType<typeof explain>) =>
  Object.fromEntries(
    rows.map(({ field, expected, found, isSame }) => [
      field,
      isSame ? expected : [expected, found],
    ]),
  );
const chainOf = ({ chain }: ReturnType<typeof explain>) =>
  chain.map(({ place, is, kind }) => `${place.seq} ${place.i} ${is} ${kind}`);

const set = (entries: Fields[], i: number, field: string, value: Value) => {
  entries[i] = new Map(entries[i]).set(field, value);
};

describe('an entry that differs', () => {
  it('is shown field by field, with the state that replay makes', () => {
    const life = lifeOf('x', 'x');
    const forged = withEntries(life, (entries) => set(entries, 0, 'after', zeros));
    const explained = explain(life, forged);
    expect(explained).toMatchObject({
      ...{ kind: 'different', seq: 1, at: 'entries/0', code: 'replay-difference' },
    });
    const cell = readCell(life.world.cells[0] as never, encode('a'));
    expect(rowsOf(explained)).toEqual({
      ...{ kind: 'state-changed', cause: '1', reducer: 'e/K@1', key: 'a' },
      before: expect.stringMatching(/^sha256:/),
      after: [`sha256:${toHex(cell?.hash ?? zeros)}`, zeroText],
      state_after: [{ n: 2 }, undefined],
    });
    expect(chainOf(explained)).toEqual(['1 null input event']);
  });

  it('has the state of the one cell of an un-keyed reducer', () => {
    const life = lifeOf('x');
    const forged = withEntries(life, (entries) => set(entries, 1, 'after', zeros));
    expect(rowsOf(explain(life, forged))).toMatchObject({
      ...{ reducer: 'e/U@1', key: null, state_after: [{ n: 1 }, undefined] },
    });
  });

  it('has a state that is stored, where replay makes another one', () => {
    const life = lifeOf('x');
    const forged = withEntries(life, (entries) => set(entries, 0, 'after', zeros));
    const object = (hash: Hash) => (toHex(hash) === toHex(zeros) ? stateOf(77) : undefined);
    expect(rowsOf(explain(life, forged, { object }))).toMatchObject({
      state_after: [{ n: 1 }, { n: 77 }],
    });
  });

  it('has no state where none is known', () => {
    const life = lifeOf('x');
    for (const [field, value] of [
      ['reducer', 'e/Nobody@1'],
      ['reducer', 'e/U@1'],
      ['key', encode(7)],
      ['key', encode('b')],
      ['key', null],
      ['after', null],
    ] as const) {
      const forged = withEntries(life, (entries) => set(entries, 0, field, value));
      const { rows } = explain(life, forged);
      const state = rows.find((row) => row.field === 'state_after');
      expect(state, field).toEqual({
        ...{ field: 'state_after', expected: { n: 1 }, found: undefined, isSame: false },
      });
    }
  });
});

describe('an entry on one side only', () => {
  it('is shown on that side', () => {
    const life = lifeOf('x');
    const missing = explain(
      life,
      withEntries(life, (entries) => entries.pop()),
    );
    expect(missing).toMatchObject({ kind: 'missing', at: 'entries/1' });
    expect(rowsOf(missing)).toMatchObject({
      ...{ kind: ['state-changed', undefined], state_after: [{ n: 1 }, undefined] },
    });
    const extra = explain(
      life,
      withEntries(life, (entries) => entries.push(...entries)),
    );
    expect(extra).toMatchObject({ kind: 'extra', at: 'entries/2' });
    expect(rowsOf(extra)).toMatchObject({
      ...{ kind: [undefined, 'state-changed'], state_after: [undefined, { n: 1 }] },
    });
    expect(chainOf(extra)).toEqual(['0 null input event']);
  });
});

describe('the way back', () => {
  it('goes from entry to entry, to the input', () => {
    const life = lifeOf('emit');
    const kinds = life.steps[0]?.record.entries.map(({ kind }) => kind) ?? [];
    const i = kinds.lastIndexOf('state-changed');
    const forged = withEntries(life, (entries) => set(entries, i, 'after', zeros));
    const raised = kinds.lastIndexOf('domain-event');
    expect(chainOf(explain(life, forged))).toEqual([
      `0 ${raised} entry domain-event`,
      '0 null input event',
    ]);
  });

  it('goes into earlier records, as far as they are there', () => {
    const life = new Life({ K: noting });
    life.take(put('a'));
    life.take(life.verb({ verb: 'pause' }));
    life.take(life.receipt({ size: 1 }));
    life.take(life.verb({ verb: 'resume' }));
    life.take({ kind: 'continue' });
    const forged = withEntries(life, (entries) => set(entries, 0, 'after', zeros));
    const record = (seq: number) => life.steps[seq]?.bytes;
    expect(chainOf(explain(life, forged, { record }))).toEqual([
      '2 0 entry settled',
      '2 null input receipt',
    ]);
    expect(chainOf(explain(life, forged))).toEqual([]);
  });

  it('never goes on, whatever a record names as a cause', () => {
    const life = lifeOf('x');
    const both = withEntries(life, (entries) => {
      set(entries, 0, 'cause', 1);
      set(entries, 1, 'cause', 0);
      set(entries, 1, 'after', zeros);
    });
    const { first } = life;
    const difference: Difference = {
      ...{ kind: 'extra', seq: 0, at: 'entries/2', expected: null, code: 'replay-difference' },
      found: { ...life.steps[0]?.record.entries[0], cause: 1 } as never,
    };
    const ports = { engine: life.engine, object: () => undefined };
    expect(chainOf(explainDifference(first, both, difference, ports))).toEqual([
      '0 1 entry state-changed',
      '0 0 entry state-changed',
    ]);
  });
});

describe('a field of the record, or a broken one', () => {
  it('is one row, with what came in', () => {
    const life = lifeOf('x');
    const fields = new Map(must(decode(life.steps[0]?.bytes ?? zeros)) as Fields);
    const fuel = life.steps[0]?.record.fuel ?? 0;
    const other = encode(fields.set('fuel', 1) as unknown as Encodable);
    const explained = explain(life, other);
    expect(explained).toMatchObject({
      ...{ kind: 'different', at: 'fuel' },
      rows: [{ field: 'fuel', expected: fuel, found: 1, isSame: false }],
    });
    expect(chainOf(explained)).toEqual(['0 null input event']);
  });

  it('shows of a broken record what is wrong with it, and nothing of a replay', () => {
    const life = lifeOf('x');
    const fields = new Map(must(decode(life.steps[0]?.bytes ?? zeros)) as Fields);
    const unchained = encode(fields.set('prev', zeros) as unknown as Encodable);
    const explained = explain(life, unchained);
    expect(explained.rows).toEqual([
      ...[{ field: 'prev', expected: undefined, found: expect.any(String), isSame: false }],
    ]);
    expect(chainOf(explained)).toEqual(['0 null input event']);
    expect(explain(life, encode(7))).toMatchObject({ kind: 'broken', at: 'record', chain: [] });
  });
});
