/**
 * The engine with the bridge in two forms: the one that becomes reducers, and a metered one in
 * which scripts are evaluated.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { assert } from '@aos/canon';
import {
  I32,
  KIND,
  type ModuleExport,
  parseModule,
  SECTION,
  type Segment,
  writeExport,
  writeGlobal,
  writeMemory,
  writeModule,
  writeSegment,
  writeType,
  writeVector,
} from '../binary/module.js';
import { readBridge } from '../bridge.js';
import { type LinkedModule, linkModules } from './link.js';
import { meterBody } from './meter.js';
import { BASE_PAGES, rebaseAddress } from './rebase.js';

const ENGINE_FILE = 'quickjs-wasi/quickjs.wasm';

/** Calls and turns of loops of the engine that evaluating may take: a second or two. */
const EVALUATION_FUEL = 500_000_000n;
/** The most memory that evaluating may take, in pages of 64 KiB. */
const EVALUATION_PAGES = 512;

/** What a reducer exports beside `memory` and `alloc`, or a pure module. */
export type ScriptEntry = 'step' | 'run';
/** What evaluating a script uses of the engine and the bridge. */
const EVALUATION_EXPORTS = [
  'memory',
  'open',
  '_initialize',
  'malloc',
  'free',
  'qjs_init2',
  'qjs_get_context_ptr',
  'qjs_set_gc_threshold',
  'qjs_compile',
  'qjs_eval_bytecode',
  'JS_GetException',
  'JS_RunGC',
  'JS_GetRuntime',
  'JS_ToCStringLen2',
];

export interface Engine {
  readonly linked: LinkedModule;
  /** Contents of the sections of a reducer that do not depend on its script. */
  readonly types: Uint8Array;
  readonly functions: Uint8Array;
  readonly exports: Readonly<Record<ScriptEntry, Uint8Array>>;
  readonly code: Uint8Array;
  /** Exports the functions above, and every global under {@link globalName}. */
  readonly metered: WebAssembly.Module;
}

let opened: Promise<Engine> | undefined;

/** The same engine for every reducer of this process. */
export function openEngine(): Promise<Engine> {
  opened ??= linkEngine();
  return opened;
}

export const FUEL = 'fuel';

export function globalName(index: number): string {
  return `global ${index}`;
}

async function linkEngine(): Promise<Engine> {
  const path = createRequire(import.meta.url).resolve(ENGINE_FILE);
  const [engine, bridge] = await Promise.all([readFile(path), readBridge()]);
  const linked = linkModules(parseModule(engine), parseModule(bridge));
  const types = writeVector(linked.types, writeType);
  const functions = writeVector(linked.functions, (writer, type) => writer.u32(type));
  return {
    linked,
    types,
    functions,
    exports: { step: exportsWith(linked, 'step'), run: exportsWith(linked, 'run') },
    code: writeVector(linked.bodies, (writer, body) => writer.sized(body)),
    metered: compileMetered(linked, types, functions),
  };
}

function exportsWith(linked: LinkedModule, entry: ScriptEntry): Uint8Array {
  return writeVector(exportsOf(linked, ['memory', 'alloc', entry]), writeExport);
}

function exportsOf(linked: LinkedModule, names: readonly string[]): ModuleExport[] {
  return names.map((name) => {
    const found = linked.exports.get(name);
    assert(found, `the engine or the bridge exports ${name}`);
    return found;
  });
}

function compileMetered(
  linked: LinkedModule,
  types: Uint8Array,
  functions: Uint8Array,
): WebAssembly.Module {
  const { engine, globals, bodies } = linked;
  const fuel = globals.length;
  const named = [...globals.keys()].map((index) => globalExport(globalName(index), index));
  const exports = [...exportsOf(linked, EVALUATION_EXPORTS), ...named, globalExport(FUEL, fuel)];
  const metered = bodies.map((body) => meterBody(body, fuel));
  const bytes = writeModule([
    [SECTION.type, types],
    [SECTION.function, functions],
    [SECTION.table, engine.table ?? Uint8Array.of(0)],
    [SECTION.memory, writeMemory(engine.memoryPages - BASE_PAGES, EVALUATION_PAGES)],
    [SECTION.global, writeVector([...globals, { type: I32, value: EVALUATION_FUEL }], writeGlobal)],
    [SECTION.export, writeVector(exports, writeExport)],
    [SECTION.element, engine.elements ?? Uint8Array.of(0)],
    [SECTION.code, writeVector(metered, (writer, body) => writer.sized(body))],
    [SECTION.data, writeVector(engine.segments.map(rebaseSegment), writeSegment)],
  ]);
  return new WebAssembly.Module(bytes);
}

function globalExport(name: string, index: number): ModuleExport {
  return { name, kind: KIND.global, index };
}

function rebaseSegment({ address, bytes }: Segment): Segment {
  return { address: rebaseAddress(address), bytes };
}
