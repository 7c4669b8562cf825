import type { DefSchema, TypeExpr } from '@aos/air';
import { concatBytes, type Encodable, encode } from '@aos/canon';
import {
  DEFAULT_CALL_LIMITS,
  decodePureOutput,
  encodePureContext,
  encodePureInput,
  encodeReducerContext,
  type ReducerContext,
} from '@aos/protocol';
import { WasmEngine } from '@aos/wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildReducer, generateCodecs, type ModuleTypes } from '../src/index.js';
import { pureModule, reducerModule, schema } from './definitions.js';
import { BUILD_TIMEOUT_MS, encodeInput, openReducer, type Reducer } from './stepping.js';

const text: TypeExpr = { text: {} };
const nat: TypeExpr = { nat: {} };

const SCHEMAS: readonly DefSchema[] = [
  schema('test/State@1', { record: { count: nat, last: { option: nat }, 'odd name': text } }),
  schema('test/Event@1', { variant: { Ask: { ref: 'test/Ask@1' }, Delete: { unit: {} } } }),
  schema('test/Ask@1', { record: { due: nat, tags: { set: text } } }),
  schema('test/Asked@1', { record: { by: text, tags: { set: text } } }),
  schema('test/Idle@1', { unit: {} }),
  schema('test/Note@1', { variant: { Small: { unit: {} }, Large: { unit: {} } } }),
];

const TYPES: ModuleTypes = {
  schemas: SCHEMAS,
  module: reducerModule(
    {
      reducer: {
        state: 'test/State@1',
        event: 'test/Event@1',
        annotations: 'test/Note@1',
        context: 'sys/ReducerContext@1',
        effects_emitted: ['timer.set'],
      },
    },
    'test/Note@1',
  ),
};

const ASKING = `
import { keyOfNat, keyOfText } from 'aos';
import { Asked, Note, Some, State, Step, TimerSetParams } from 'air';

export function reduce(step: Step): void {
  if (step.event.isDelete) {
    step.deleteState();
    return;
  }
  const state = step.state || new State();
  const ask = step.event.asAsk;
  state.last = state.count > 0 ? new Some<u64>(state.count) : null;
  state.count += 1;
  state.odd_name = step.cellKey === Note.Large ? 'large' : 'small';
  const asked = new Asked();
  asked.by = state.odd_name;
  asked.tags = ask.tags;
  step.raiseAsked(asked, step.eventKey);
  step.raiseIdle(keyOfText('ü'));
  const params = new TimerSetParams();
  params.deliver_at_ns = ask.due;
  step.emitTimerSet(params, 'clock', keyOfNat(ask.due));
  step.annotate(state.count > 1 ? Note.Large : Note.Small);
  step.setState(state);
}
`;

const hash = new Uint8Array(32).fill(0x22) as ReducerContext['eventHash'];
const ctx = encodeReducerContext({
  nowNs: 1n,
  logicalNowNs: 2n,
  journalHeight: 3,
  entropy: new Uint8Array(64),
  eventHash: hash,
  manifestHash: hash,
  reducer: 'test/Module@1',
  cellMode: true,
  key: encode({ $tag: 'Large', $value: null }),
});

describe('a typed step', () => {
  let reducer: Reducer;

  beforeAll(async () => {
    reducer = openReducer(await buildReducer({ name: 'asking', source: ASKING, types: TYPES }));
  }, BUILD_TIMEOUT_MS);

  const step = (state: Encodable, event: Encodable, key?: Uint8Array) =>
    reducer.step({ ctx, state: state === null ? null : encode(state), event, ...(key && { key }) });
  const ask = { $tag: 'Ask', $value: { due: 7, tags: ['b', 'a', 'b'] } };

  it('writes state, events, effects and note from classes', () => {
    const key = Uint8Array.of(1, 2);
    expect(step(null, ask, key)).toEqual({
      state: encode({ count: 1, last: null, 'odd name': 'large' }),
      domainEvents: [
        { schema: 'test/Asked@1', value: encode({ by: 'large', tags: ['a', 'b'] }), key },
        { schema: 'test/Idle@1', value: encode(null), key: Uint8Array.of(0xc3, 0xbc) },
      ],
      effects: [
        {
          kind: 'timer.set',
          params: encode({ deliver_at_ns: 7, key: null }),
          capSlot: 'clock',
          idempotencyKey: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 7),
        },
      ],
      ann: encode({ $tag: 'Small', $value: null }),
    });
  });

  it('gives back what it reads of the state', () => {
    const { state, ann } = step({ count: 1, last: 0, 'odd name': 'x' }, ask);
    expect(state).toEqual(encode({ count: 2, last: 1, 'odd name': 'large' }));
    expect(ann).toEqual(encode({ $tag: 'Large', $value: null }));
  });

  it('deletes the state on request', () => {
    expect(step({ count: 1, last: 0, 'odd name': 'x' }, { $tag: 'Delete' }).state).toBeNull();
  });
});

describe('a typed step takes state and event of any type', () => {
  const source = `
import { Step } from 'air';

export function reduce(step: Step): void {
  if (step.state !== null) step.setState(step.event);
}
`;
  const samples: [string, TypeExpr, Encodable][] = [
    ['a number', nat, 2n ** 64n - 1n],
    ['an enum', { variant: { On: { unit: {} }, Off: { unit: {} } } }, { $tag: 'On', $value: null }],
    ['an option', { option: { bool: {} } }, true],
    ['a unit', { unit: {} }, null],
    ['a text', text, 'grüezi'],
    ['a list of lists', { list: { list: nat } }, [[], [1, 2]]],
    ['a map', { map: { key: { text: {} }, value: text } }, { b: '1', aa: '2' }],
    ['a reference', { ref: 'sys/TimerSetParams@1' }, { deliver_at_ns: 1, key: null }],
  ];

  it.each(samples)('%s', async (_, type, value) => {
    const module = reducerModule({ reducer: { state: 'test/T@1', event: 'test/T@1' } });
    const types = { module, schemas: [schema('test/T@1', type)] };
    const reducer = openReducer(await buildReducer({ name: 'same', source, types }));
    const state = encode(value);
    expect(reducer.step({ state: null, event: value }).state).toBeNull();
    expect(reducer.step({ state, event: value }).state).toEqual(state);
    const damaged = concatBytes(state, Uint8Array.of(0));
    expect(reducer.call(encodeInput({ state: damaged, event: value })).kind).toBe('fault');
  });
});

describe('a typed run', () => {
  const source = `
import { Run, Verdict } from 'air';

export function compute(run: Run): void {
  const context = run.context;
  const verdict = new Verdict();
  verdict.allowed = run.input.due <= (context ? context.logicalNowNs : 9);
  run.setOutput(verdict);
}
`;
  const types: ModuleTypes = {
    module: pureModule('test/Ask@1', 'test/Verdict@1'),
    schemas: [...SCHEMAS, schema('test/Verdict@1', { record: { allowed: { bool: {} } } })],
  };

  it('computes an output from an input and a context', async () => {
    const build = await buildReducer({ name: 'verdict', source, types });
    if (!build.ok) throw new Error(build.refusal.detail);
    const engine = new WasmEngine();
    const loaded = engine.load(build.value.wasm, 'run');
    if (!loaded.ok) throw new Error(loaded.refusal.detail);
    const manifestHash = hash;
    const early = { logicalNowNs: 5n, journalHeight: 1, manifestHash, module: 'test/Pure@1' };
    const input = encode({ due: 7, tags: [] });
    const allowed = (envelope: Uint8Array) => {
      const outcome = engine.call(loaded.value, 'run', envelope, DEFAULT_CALL_LIMITS);
      if (outcome.kind === 'fault') throw new Error(outcome.code);
      return decodePureOutput(outcome.output);
    };
    const verdict = (is: boolean) => ({ ok: true, value: encode({ allowed: is }) });
    expect(allowed(encodePureInput({ version: 1, input }))).toEqual(verdict(true));
    const ctx = encodePureContext(early);
    expect(allowed(encodePureInput({ version: 1, input, ctx }))).toEqual(verdict(false));
  });

  it('is asked for when the entry function is missing', async () => {
    const { refusal } = (await buildReducer({ name: 'none', source: '', types })) as never;
    expect(refusal).toMatchObject({ code: 'reducer-entry', at: 'none.ts' });
  });
});

describe('generateCodecs', () => {
  const generate = (types: ModuleTypes): string => {
    const text = generateCodecs(types);
    if (!text.ok) throw new Error(text.refusal.detail);
    return text.value;
  };

  it('gives the same text whatever the order of schemas and fields', () => {
    const turned = SCHEMAS.map(({ name, type }) => schema(name, turn(type))).reverse();
    expect(generate({ ...TYPES, schemas: turned })).toBe(generate(TYPES));
  });

  it('numbers the types of two versions', () => {
    const schemas = [...SCHEMAS, schema('test/Note@2', { record: { a: text } })];
    const found = generate({ ...TYPES, schemas });
    expect(found).toContain('export enum Note1 {');
    expect(found).toContain('export class Note2 {');
  });

  it('gives built-in schemas a name only where they are used', () => {
    const own = schema('test/TimerFired@1', { record: { a: text } });
    const found = generate({ ...TYPES, schemas: [...SCHEMAS, own] });
    expect(found).toContain('export class TimerFired {');
    expect(found).toContain('export class TimerSetParams {');
    const both = schema('test/Both@1', { record: { a: { ref: 'sys/TimerFired@1' } } });
    const second = generate({ ...TYPES, schemas: [...SCHEMAS, own, both] });
    expect(second).toContain('export class SysTimerFired1 {');
    expect(second).toContain('export class TestTimerFired1 {');
  });

  it.each([
    ['a schema that the module names', { module: pureModule('test/Ask@1', 'test/None@1') }],
    ['a schema inside another', { schemas: [schema('test/Ask@1', { ref: 'test/None@1' })] }],
  ])('refuses to miss %s', (_, other) => {
    const { refusal } = generateCodecs({ ...TYPES, ...other }) as never;
    expect(refusal).toMatchObject({ code: 'schema-not-found' });
  });
});

function turn(type: TypeExpr): TypeExpr {
  if (!('record' in type)) return type;
  return { record: Object.fromEntries(Object.entries(type.record).reverse()) };
}
