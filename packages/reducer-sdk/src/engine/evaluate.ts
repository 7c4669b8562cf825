/**
 * Evaluates a script in the engine and gives the module in which it is ready to be called.
 *
 * E1. The module is the engine and the bridge with memory and globals as evaluating left them, the
 *     stack cleared: the same script gives the same bytes in every process.
 * E2. Evaluating is metered: a script whose top level never ends is refused.
 * E3. The result is an ordinary module: no imports, and it relies on nothing but its bytes.
 */
import { ok, type Result, refuse } from '@aos/canon';
import { SECTION, writeGlobal, writeMemory, writeModule, writeVector } from '../binary/module.js';
import { type Engine, FUEL, globalName, type ScriptEntry } from './engine.js';
import { writeImage } from './image.js';
import { rebaseAddress } from './rebase.js';

/** Memory that a call can use without growing it, beyond what the script left. */
const SPARE_BYTES = 64 * 1024;
/** Bytes in use from which the engine looks for unreachable cycles during a call. */
const COLLECT_FROM_BYTES = 8 * 1024 * 1024;
/**
 * All parts of the language but what tells a time or watches the collector (Date, WeakRef,
 * performance), and what is not of the language (DOMException, atob and btoa).
 */
const INTRINSICS = ~(1 | 512 | 1024 | 2048 | 4096);
/** The name under which the engine knows the script; it is part of the module's bytes. */
const SCRIPT_NAME = 'reducer';

/** Strips the text of functions and the places of their lines. */
const WITHOUT_TEXT = 16 | 32;

const PAGE_BYTES = 65536;
const EXCEPTION_TAG = 6;
/** The index of the stack pointer among the engine's globals; the stack lies below it. */
const STACK_POINTER = 0;

/** The exports of the metered form. */
interface Evaluator {
  readonly memory: WebAssembly.Memory;
  readonly _initialize: () => void;
  readonly malloc: (size: number) => number;
  readonly free: (address: number) => void;
  readonly qjs_init2: (intrinsics: number) => number;
  readonly qjs_get_context_ptr: () => number;
  readonly qjs_set_gc_threshold: (bytes: number) => void;
  readonly qjs_compile: (...textNameFlagsAndSize: number[]) => number;
  readonly qjs_eval_bytecode: (code: number, size: number) => number;
  readonly JS_GetException: (context: number) => bigint;
  readonly JS_GetRuntime: (context: number) => number;
  readonly JS_RunGC: (runtime: number) => void;
  readonly JS_ToCStringLen2: (
    context: number,
    size: number,
    value: bigint,
    flags: number,
  ) => number;
  readonly open: (context: number, script: bigint) => void;
}

/**
 * The module of a script whose last expression is the list that the bridge is opened with. Codes:
 * `script-throws` (with what was thrown), `script-endless` (out of fuel), `script-traps` (memory or
 * stack exhausted).
 */
export function evaluateScript(
  engine: Engine,
  script: string,
  entry: ScriptEntry = 'step',
): Result<Uint8Array> {
  const code = attempt(engine, (evaluator) => compile(evaluator, script));
  if (!code.ok) return code;
  // Another instance evaluates: what compiling leaves behind is no part of the module.
  return attempt(engine, (evaluator, instance) => {
    const thrown = evaluate(evaluator, code.value);
    return thrown === undefined ? ok(finish(engine, entry, instance)) : thrown;
  });
}

/** Runs in a new instance with an engine that is set up. */
function attempt<T>(
  engine: Engine,
  run: (evaluator: Evaluator, instance: WebAssembly.Instance) => Result<T>,
): Result<T> {
  const instance = new WebAssembly.Instance(engine.metered);
  const evaluator = instance.exports as unknown as Evaluator;
  try {
    evaluator._initialize();
    evaluator.qjs_init2(INTRINSICS);
    evaluator.qjs_set_gc_threshold(COLLECT_FROM_BYTES);
    return run(evaluator, instance);
  } catch (cause) {
    const fuel = instance.exports[FUEL] as WebAssembly.Global;
    if (fuel.value !== 0) {
      return refuse('script-traps', '', `the top level of the script failed: ${String(cause)}`);
    }
    return refuse('script-endless', '', 'the top level of the script takes too long');
  }
}

/** The script as code of the engine, without its text. */
function compile(evaluator: Evaluator, script: string): Result<Uint8Array> {
  const { malloc, memory, qjs_compile } = evaluator;
  const text = new TextEncoder().encode(script);
  const source = place(evaluator, text);
  const name = place(evaluator, new TextEncoder().encode(SCRIPT_NAME));
  const size = malloc(4);
  const code = qjs_compile(source, text.length, name, 0, WITHOUT_TEXT, size);
  if (code === 0) return describeThrown(evaluator);
  const sizeBytes = new DataView(memory.buffer).getUint32(rebaseAddress(size), true);
  return ok(new Uint8Array(memory.buffer, rebaseAddress(code), sizeBytes).slice());
}

/** Evaluates and opens the bridge; a refusal when the script throws. */
function evaluate(evaluator: Evaluator, code: Uint8Array): Result<never> | undefined {
  const { memory, free, malloc } = evaluator;
  const context = evaluator.qjs_get_context_ptr();
  const placed = place(evaluator, code);
  const boxed = evaluator.qjs_eval_bytecode(placed, code.length);
  const value = new DataView(memory.buffer).getBigUint64(rebaseAddress(boxed), true);
  if (isException(value)) return describeThrown(evaluator);
  free(placed);
  free(boxed);
  evaluator.open(context, value);
  evaluator.JS_RunGC(evaluator.JS_GetRuntime(context));
  free(malloc(SPARE_BYTES));
  return undefined;
}

/** Zero-terminated bytes in the engine's memory. */
function place({ malloc, memory }: Evaluator, bytes: Uint8Array): number {
  const address = malloc(bytes.length + 1);
  const target = new Uint8Array(memory.buffer, rebaseAddress(address), bytes.length + 1);
  target.set(bytes);
  target[bytes.length] = 0;
  return address;
}

function isException(value: bigint): boolean {
  return Number(BigInt.asIntN(32, value >> 32n)) === EXCEPTION_TAG;
}

function describeThrown(evaluator: Evaluator): Result<never> {
  const context = evaluator.qjs_get_context_ptr();
  const size = evaluator.malloc(4);
  const exception = evaluator.JS_GetException(context);
  const text = evaluator.JS_ToCStringLen2(context, size, exception, 0);
  if (text === 0) return refuse('script-throws', '', 'something that cannot be printed');
  const { buffer } = evaluator.memory;
  const length = new DataView(buffer).getUint32(rebaseAddress(size), true);
  const bytes = new Uint8Array(buffer, rebaseAddress(text), length);
  return refuse('script-throws', '', new TextDecoder().decode(bytes));
}

function finish(
  { linked, ...engine }: Engine,
  entry: ScriptEntry,
  { exports }: WebAssembly.Instance,
): Uint8Array {
  const globals = linked.globals.map(({ type }, index) => {
    const { value } = exports[globalName(index)] as WebAssembly.Global;
    return { type, value: BigInt(value) };
  });
  const memory = new Uint8Array((exports.memory as WebAssembly.Memory).buffer);
  memory.fill(0, 0, rebaseAddress(Number(globals[STACK_POINTER]?.value)));
  return writeModule([
    [SECTION.type, engine.types],
    [SECTION.function, engine.functions],
    [SECTION.table, linked.engine.table ?? Uint8Array.of(0)],
    [SECTION.memory, writeMemory(memory.length / PAGE_BYTES)],
    [SECTION.global, writeVector(globals, writeGlobal)],
    [SECTION.export, engine.exports[entry]],
    [SECTION.element, linked.engine.elements ?? Uint8Array.of(0)],
    [SECTION.code, engine.code],
    [SECTION.data, writeImage(memory)],
  ]);
}
