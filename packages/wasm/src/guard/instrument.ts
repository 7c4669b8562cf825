/**
 * The guard: turns a module into one whose calls are bounded and the same on every machine.
 *
 * G1 The guarded bytes depend on the module's bytes and {@link GUARD_VERSION} alone. Limits are
 *    given to each call, so one guarded module serves every world.
 * G2 Every loop and every recursion spends fuel and compares it; every frame takes stack slots.
 * G3 A float instruction never shows bits of a NaN other than the canonical ones.
 * G4 Memory and table grow within limits only, and a refusal does not depend on the host.
 * G5 Nothing runs when the module is instantiated: the start function is called like an entry.
 * G6 Only what the host calls is exported; other exports of the module are dropped, and so are
 *    custom sections.
 *
 * The binary is read by its own reader, not by the platform's: a newer platform accepts more.
 */
import { attempt, type Result } from '@aos/canon';
import { BodyRewriter, type CodeFacts } from './body-rewriter.js';
import { ByteSink } from './byte-sink.js';
import { ByteSource } from './byte-source.js';
import { unsigned } from './encoding.js';
import { type GuardPlan, planGuard } from './guard-plan.js';
import { HELPER_TYPES, helperFunctions } from './helper-functions.js';
import { EXPORT_KIND, type ModuleOutline, readOutline, SECTION } from './outline.js';
import { VALUE_TYPES } from './value-types.js';

/** `runtime.guard` of worlds whose modules run behind this guard. */
export const GUARD_VERSION = 1;

export interface GuardedModule {
  readonly bytes: Uint8Array;
  readonly outline: ModuleOutline;
  /**
   * An instance can be made as new by restoring memory and globals: no instruction changes a table
   * or drops a segment.
   */
  readonly resettable: boolean;
}

/** Exports of the module that stay, under their own names. */
const KEPT: Readonly<Record<string, number>> = {
  memory: EXPORT_KIND.memory,
  alloc: EXPORT_KIND.function,
  step: EXPORT_KIND.function,
  run: EXPORT_KIND.function,
};

/** Names that the guard's own exports get; none of them is among {@link KEPT}. */
export const GUARD_EXPORTS = {
  ...{ begin: 'guard.begin', end: 'guard.end', save: 'guard.save', restore: 'guard.restore' },
  start: 'guard.start',
} as const;

const HEADER = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
const FUNCTION_TYPE = 0x60;
/** Room for charges: measured growth is a third for ordinary code, half for tiny modules. */
const EXPECTED_GROWTH = 1.5;

/**
 * Guards a module that passed `WebAssembly.validate`. Codes: `module-imports`, `module-feature`,
 * `module-limit`, `module-invalid`; `at` is a byte offset, or names the import.
 */
export function instrument(bytes: Uint8Array): Result<GuardedModule> {
  return attempt(() => {
    const outline = readOutline(bytes);
    const plan = planGuard(outline);
    const code = new ByteSink(bytes.length * EXPECTED_GROWTH);
    const facts = writeCode(outline, plan, code);
    const out = new ByteSink(code.size + bytes.length);
    out.append(HEADER);
    writeTypes(out, outline, facts);
    writeFunctionTypes(out, outline, facts, plan);
    copySection(out, outline, SECTION.tables);
    copySection(out, outline, SECTION.memories);
    writeGlobals(out, outline);
    writeExports(out, outline, facts, plan);
    copySection(out, outline, SECTION.elements);
    copySection(out, outline, SECTION.dataCount);
    writeSection(out, SECTION.code, code);
    copySection(out, outline, SECTION.data);
    return { bytes: out.view().slice(), outline, resettable: !facts.lasting };
  });
}

function writeCode(outline: ModuleOutline, plan: GuardPlan, out: ByteSink): CodeFacts {
  const { bodies, functions, types } = outline;
  const helpers = helperFunctions(outline, plan);
  out.u32(bodies.length + helpers.length);
  const rewriter = new BodyRewriter(outline, plan, bodies[0] ?? NO_CODE);
  for (const [index, body] of bodies.entries()) {
    const type = types[functions[index] as number];
    if (type) rewriter.rewrite(body, type, out);
  }
  for (const { body } of helpers) out.append(body);
  return rewriter.facts;
}

const NO_CODE = new ByteSource(new Uint8Array());

function writeSection(out: ByteSink, id: number, content: ByteSink): void {
  out.byte(id);
  out.sized(content);
}

function copySection(out: ByteSink, { whole }: ModuleOutline, id: number): void {
  const content = whole.get(id);
  if (!content) return;
  out.byte(id);
  out.u32(content.length);
  out.append(content);
}

/** The module's types, those of blocks around bodies, those of the helpers. */
function writeTypes(out: ByteSink, { raw }: ModuleOutline, { wrappedTypes }: CodeFacts): void {
  const own = raw.get(SECTION.types);
  const section = new ByteSink();
  section.u32((own?.count ?? 0) + wrappedTypes.size + HELPER_TYPES.length);
  if (own) section.append(own.bytes);
  for (const results of wrappedTypes.keys()) {
    const values = results.split(',').map(Number);
    section.append([FUNCTION_TYPE, 0, ...unsigned(values.length), ...values]);
  }
  for (const [params, results] of HELPER_TYPES) {
    section.append([FUNCTION_TYPE, params.length, ...params, results.length, ...results]);
  }
  writeSection(out, SECTION.types, section);
}

function writeFunctionTypes(
  out: ByteSink,
  outline: ModuleOutline,
  { wrappedTypes }: CodeFacts,
  plan: GuardPlan,
): void {
  const own = outline.raw.get(SECTION.functions);
  const helpers = helperFunctions(outline, plan);
  const firstType = outline.types.length + wrappedTypes.size;
  const section = new ByteSink();
  section.u32((own?.count ?? 0) + helpers.length);
  if (own) section.append(own.bytes);
  for (const { type } of helpers) section.u32(firstType + type);
  writeSection(out, SECTION.functions, section);
}

/** First values of the guard's globals: none counts before the first `begin`. */
const ZEROS: Readonly<Record<number, readonly number[]>> = {
  [VALUE_TYPES.i32]: [0x41, 0],
  [VALUE_TYPES.i64]: [0x42, 0],
  [VALUE_TYPES.f32]: [0x43, 0, 0, 0, 0],
  [VALUE_TYPES.f64]: [0x44, 0, 0, 0, 0, 0, 0, 0, 0],
  [VALUE_TYPES.funcref]: [0xd0, 0x70],
};

function writeGlobals(out: ByteSink, { raw, globals }: ModuleOutline): void {
  const own = raw.get(SECTION.globals);
  const copies = globals.filter(({ mutable }) => mutable).map(({ type }) => type);
  const added = [VALUE_TYPES.i64, VALUE_TYPES.i64, VALUE_TYPES.i32, ...copies];
  const section = new ByteSink();
  section.u32((own?.count ?? 0) + added.length);
  if (own) section.append(own.bytes);
  for (const type of added) section.append([type, 1, ...(ZEROS[type] ?? []), 0x0b]);
  writeSection(out, SECTION.globals, section);
}

function writeExports(
  out: ByteSink,
  { exports, start }: ModuleOutline,
  facts: CodeFacts,
  { functions }: GuardPlan,
): void {
  const { function: callable } = EXPORT_KIND;
  const list: (readonly [name: string, kind: number, index: number])[] = [
    [GUARD_EXPORTS.begin, callable, functions.begin],
    [GUARD_EXPORTS.end, callable, functions.end],
    [GUARD_EXPORTS.save, callable, functions.save],
    [GUARD_EXPORTS.restore, callable, functions.restore],
  ];
  if (start !== undefined) list.push([GUARD_EXPORTS.start, callable, start]);
  for (const { name, kind, index } of exports) {
    if (KEPT[name] === kind && Object.hasOwn(KEPT, name)) list.push([name, kind, index]);
    // An export declares its function for `ref.func`; without the name the code would be invalid.
    else if (kind === callable && facts.functionReferences) {
      list.push([`guard.function.${list.length}`, kind, index]);
    }
  }
  const section = new ByteSink();
  section.u32(list.length);
  for (const [name, kind, index] of list) {
    section.u32(name.length);
    section.append([...name].map((letter) => letter.charCodeAt(0)));
    section.byte(kind);
    section.u32(index);
  }
  writeSection(out, SECTION.exports, section);
}
