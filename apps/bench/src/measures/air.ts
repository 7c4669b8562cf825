/**
 * The language: event payloads to canonical bytes from each form they arrive in, a world of a
 * hundred definitions from text, and one guard of a plan.
 */
import { strict as assert } from 'node:assert';
import {
  type CompiledSchema,
  compileExpr,
  compileSchemas,
  type DefSchema,
  evaluate,
  loadAir,
  parseExpr,
  parseJson,
} from '@aos/air';
import { decode, type Result } from '@aos/canon';
import { Encoder } from 'cbor-x';
import type { Measure } from '../measure.js';
import { callsPerSecond } from './timing.js';

/** What a payload holds: an order, as a shop would send it. */
const TYPES: readonly DefSchema[] = [
  {
    $kind: 'defschema',
    name: 'shop/Ordered@1',
    type: {
      record: {
        order_id: { uuid: {} },
        customer: { text: {} },
        placed_at: { time: {} },
        quantity: { nat: {} },
        price: { dec128: {} },
        note: { option: { text: {} } },
        status: { variant: { Open: { unit: {} }, Paid: { ref: 'shop/Payment@1' } } },
        tags: { list: { text: {} } },
      },
    },
  },
  {
    $kind: 'defschema',
    name: 'shop/Payment@1',
    type: { record: { method: { text: {} }, cents: { nat: {} } } },
  },
];

/** As a module writes it: fields in the order of the source, no tag, the option left out. */
const PAYLOAD = {
  order_id: '0d9f1a2b-3c4d-4e5f-8a9b-0c1d2e3f4a5b',
  customer: 'Ada Lovelace',
  placed_at: 1_700_000_000_000_000,
  quantity: 3,
  price: '19.90',
  status: { $tag: 'Paid', $value: { method: 'card', cents: 5970 } },
  tags: ['gift', 'express'],
};

const GUARD = `{"op":"and","args":[
  {"op":"gt","args":[{"ref":"@plan.input.quantity"},{"nat":1}]},
  {"op":"eq","args":[{"ref":"@plan.input.customer"},{"text":"Ada Lovelace"}]}]}`;

const DEFINITIONS = 100;

function must<T>(result: Result<T>): T {
  assert.ok(result.ok, result.ok ? '' : `${result.refusal.code} ${result.refusal.at}`);
  return result.value;
}

function ordered(): CompiledSchema {
  const schema = must(compileSchemas(TYPES)).get('shop/Ordered@1');
  assert.ok(schema !== undefined);
  return schema;
}

function normalizing(): readonly Measure[] {
  const schema = ordered();
  const encoder = new Encoder({ useRecords: false, variableMapSize: true });
  // The peer writes large numbers as floats, large integers as integers.
  const cbor = encoder.encode({ ...PAYLOAD, placed_at: BigInt(PAYLOAD.placed_at) }).slice();
  const json = must(parseJson(JSON.stringify(PAYLOAD)));
  const canonical = must(schema.normalizeCbor(cbor));
  assert.deepEqual(must(schema.normalizeJson(json)), canonical);
  const measure = (name: string, act: () => Result<Uint8Array>): Measure => ({
    name,
    unit: '1/s',
    run: () => callsPerSecond(act),
  });
  return [
    measure('air.normalize', () => schema.normalizeCbor(cbor)),
    measure('air.normalize.json', () => schema.normalizeJson(json)),
    measure('air.normalize.canonical', () => schema.normalizeCbor(canonical)),
  ];
}

/** Schemas in chains of ten, as authored text. */
function hundredDefinitions(): string {
  const name = (i: number): string => `many/Type${i}@1`;
  const nodes = Array.from({ length: DEFINITIONS }, (_, i) => {
    const next = i % 10 === 9 ? { text: {} } : { ref: name(i + 1) };
    const fields = { id: { uuid: {} }, count: { nat: {} }, tags: { set: { text: {} } }, next };
    return { $kind: 'defschema', name: name(i), type: { record: fields } };
  });
  const manifest = {
    $kind: 'manifest',
    air_version: '1',
    schemas: nodes.map((node) => ({ name: node.name })),
    modules: [],
    plans: [],
    caps: [],
    policies: [],
  };
  return JSON.stringify([...nodes, manifest]);
}

function loading(): Measure {
  const documents = [{ path: 'many.air.json', text: hundredDefinitions() }];
  const load = (): void => assert.ok(loadAir(documents).ok);
  return { name: 'air.load-100-defs', unit: 'ms', run: () => 1000 / callsPerSecond(load) };
}

function evaluating(): Measure {
  const schema = ordered();
  const input = must(decode(must(schema.normalizeJson(must(parseJson(JSON.stringify(PAYLOAD)))))));
  const none = { vars: new Map(), steps: new Map() };
  const guard = must(parseExpr(must(parseJson(GUARD))));
  const program = must(compileExpr(guard, { ...none, input: schema.type }));
  const bindings = { ...none, input };
  assert.equal(must(evaluate(program, bindings)), true);
  return {
    name: 'air.eval-expr',
    unit: '1/s',
    run: () => callsPerSecond(() => evaluate(program, bindings)),
  };
}

export const measures: readonly Measure[] = [...normalizing(), loading(), evaluating()];
