/**
 * A world whose modules are functions of the test: what the engine port allows, without WASM.
 *
 * Two reducers: `t/A@1` takes the family `t/AEvent@1` (Go, Note), `t/B@1` takes the member
 * `t/Note@1` through the family `t/BEvent@1` and declares a context.
 */
import { type AirDocument, loadAir } from '@aos/air';
import {
  decodePlain,
  type Encodable,
  encode,
  encodeUntagged,
  type Hash,
  type Result,
  sha256,
  toHex,
  utf8,
  type Value,
} from '@aos/canon';
import {
  type AdmittedInput,
  admit,
  createWorld,
  type RawInput,
  readCell,
  type StepDone,
  step,
  type World,
} from '@aos/kernel';
import {
  type CallOutcome,
  CURRENT_RUNTIME,
  type Engine,
  encodeGenesis,
  GENESIS_FORMAT,
  type RuntimeLimits,
  type RuntimeNumbers,
  type Stamp,
} from '@aos/protocol';

/** What a scripted reducer is given and gives back; a string is a fault of that code. */
export type Script = (call: {
  readonly state: Uint8Array | null;
  readonly event: ReadonlyMap<Value, Value>;
  readonly ctx: Uint8Array | undefined;
}) => Encodable | string;

export const hashes = { A: sha256(utf8('module A')), B: sha256(utf8('module B')) };

export function must<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  const { code, at, detail } = result.refusal;
  throw new Error(`${code} at ${at}: ${detail}`);
}

const text = { text: {} };
const record = (fields: object) => ({ record: fields });
const schema = (name: string, type: object) => ({ $kind: 'defschema', name, type });
const reducer = (name: string, event: string, more: object = {}) => ({
  $kind: 'defmodule',
  name,
  module_kind: 'reducer',
  abi: { reducer: { state: 't/State@1', event, annotations: 't/Note@1', ...more } },
});
const refs = (...names: string[]) => names.map((name) => ({ name }));

const document: AirDocument = {
  path: 'air/world.air.json',
  text: JSON.stringify([
    schema('t/State@1', record({ n: { nat: {} } })),
    schema('t/Go@1', record({ what: text })),
    schema('t/Note@1', record({ text })),
    schema('t/AEvent@1', { variant: { Go: { ref: 't/Go@1' }, Note: { ref: 't/Note@1' } } }),
    schema('t/BEvent@1', { variant: { Note: { ref: 't/Note@1' } } }),
    reducer('t/A@1', 't/AEvent@1'),
    reducer('t/B@1', 't/BEvent@1', { context: 'sys/ReducerContext@1' }),
    {
      $kind: 'manifest',
      air_version: '1',
      schemas: refs('t/State@1', 't/Go@1', 't/Note@1', 't/AEvent@1', 't/BEvent@1'),
      modules: refs('t/A@1', 't/B@1'),
      plans: [],
      effects: [],
      caps: [],
      policies: [],
      routing: {
        events: [
          { event: 't/AEvent@1', reducer: 't/A@1' },
          { event: 't/Note@1', reducer: 't/B@1' },
        ],
      },
    },
  ]),
};

const loaded = loadAir(
  [document],
  new Map(Object.entries({ 't/A@1': hashes.A, 't/B@1': hashes.B })),
);
if (!loaded.ok) throw new Error(JSON.stringify(loaded.findings));
export const definition = loaded.world;

/** What every call of a script costs that does not fault. */
export const CALL_FUEL = 7;

/** An engine that runs the two scripts. */
export function scriptEngine(scripts: { A: Script; B: Script }): Engine {
  const byHash = new Map([
    [toHex(hashes.A), scripts.A],
    [toHex(hashes.B), scripts.B],
  ]);
  return {
    has: (module: Hash) => byHash.has(toHex(module)),
    call: (module, _entry, input, { fuel }): CallOutcome => {
      const envelope = must(decodePlain(input)) as ReadonlyMap<string, Value>;
      const result = byHash.get(toHex(module))?.({
        state: envelope.get('state') as Uint8Array | null,
        event: envelope.get('event') as ReadonlyMap<Value, Value>,
        ctx: envelope.get('ctx') as Uint8Array | undefined,
      });
      if (typeof result === 'string') return { kind: 'fault', code: result, fuel };
      return { kind: 'output', output: encodeUntagged(result ?? null), fuel: CALL_FUEL };
    },
  };
}

/** Keeps the state, says nothing. */
export const idle: Script = ({ state }) => ({ state });

export const stateOf = (n: number) => encode({ n });

export function genesisOf(
  limits: Partial<RuntimeLimits> = {},
  manifest = definition.manifestHash,
  numbers: Partial<RuntimeNumbers> = {},
) {
  const all = { ...CURRENT_RUNTIME.limits, ...limits };
  const runtime = { ...CURRENT_RUNTIME, ...numbers, limits: all };
  const nonce = new Uint8Array(16);
  const base = { format: GENESIS_FORMAT, manifest, runtime, keyring: [], nonce } as const;
  return encodeGenesis({ ...base, createdNs: 1_000n });
}

export function newWorld(
  engine: Engine,
  limits: Partial<RuntimeLimits> = {},
  numbers: Partial<RuntimeNumbers> = {},
): World {
  return must(createWorld(genesisOf(limits, undefined, numbers), definition, { engine }));
}

export const stampAt = (tick: number): Stamp => ({
  nowNs: 2_000n + BigInt(tick),
  logicalNowNs: BigInt(tick),
  entropy: sha256(utf8(`entropy ${tick}`)),
});

interface EventAsCbor {
  readonly schema: string;
  readonly cbor: Uint8Array;
}

export const go = (what = 'x'): EventAsCbor => ({ schema: 't/Go@1', cbor: encode({ what }) });
export const note = (body = 'x'): EventAsCbor => ({
  schema: 't/Note@1',
  cbor: encode({ text: body }),
});

export function mustAdmit(world: World, raw: RawInput): AdmittedInput {
  const admission = admit(world, raw);
  if (admission.kind === 'admitted') return admission.input;
  throw new Error(`not admitted: ${JSON.stringify(admission)}`);
}

/** Admits and steps one input. */
export function run(world: World, raw: RawInput, engine: Engine): StepDone {
  const outcome = step(world, mustAdmit(world, raw), stampAt(world.seq), { engine });
  if (outcome.kind === 'need') throw new Error('a module is missing');
  return outcome;
}

/** The state of the one cell of a reducer, by its place in the manifest. */
export function stateAt(world: World, reducer: number, key: Uint8Array | null = null) {
  const table = world.cells[reducer];
  return table === undefined ? undefined : readCell(table, key)?.state;
}
