/**
 * The counter example in its real module, compiled from AssemblyScript. The journal keeps the
 * module, so that it replays whatever the compiler makes of the source later on.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadAir } from '@aos/air';
import { encodeGenesis, GENESIS_FORMAT } from '@aos/protocol';
import { WasmEngine } from '@aos/wasm';
import { must } from './must.js';
import type { Recorder, Recording } from './recorder.js';
import { RUNTIME } from './scenarios.js';

const folder = fileURLToPath(new URL('../../../../examples/00-counter', import.meta.url));
const REDUCER = 'demo/CounterSM@1';
const EVENT = 'demo/CounterEvent@1';

/** The module as it is built now. */
export function builtCounter(): Uint8Array {
  return new Uint8Array(readFileSync(`${folder}/modules/${REDUCER}.wasm`));
}

/** An engine with these modules in it. */
export function wasmEngine(modules: readonly Uint8Array[]): WasmEngine {
  const engine = new WasmEngine();
  for (const bytes of modules) must(engine.load(bytes, 'step'));
  return engine;
}

export function counterRecording(wasm: Uint8Array): Recording {
  const engine = new WasmEngine();
  const hash = must(engine.load(wasm, 'step'));
  const documents = readdirSync(`${folder}/air`)
    .sort()
    .map((file) => ({ path: file, text: readFileSync(`${folder}/air/${file}`, 'utf8') }));
  const loaded = loadAir(documents, new Map([[REDUCER, hash]]));
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.findings));
  const genesis = encodeGenesis({
    format: GENESIS_FORMAT,
    manifest: loaded.world.manifestHash,
    runtime: RUNTIME,
    keyring: [],
    createdNs: 1_600_000_000_000_000_000n,
    nonce: new Uint8Array(16),
  });
  return { name: 'counter', genesis, definition: loaded.world, engine };
}

export const COUNTER_ABOUT = 'the counter example: started, ticked past its target, started again';

export function runCounter(recorder: Recorder): void {
  const arm = ($tag: string, $value: null | { readonly target: number }) =>
    recorder.event(EVENT, { $tag, $value });
  arm('Tick', null);
  arm('Start', { target: 6 });
  for (let i = 0; i < 8; i++) arm('Tick', null);
  arm('Start', { target: 2 });
  arm('Tick', null);
}
