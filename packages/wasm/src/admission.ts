/**
 * Decides whether bytes are a module that may be called: rules M1 to M3 of spec/04-modules.md as a
 * list of checks, run in order up to the first that fails, because each rests on those before it.
 *
 * The platform is asked whether bytes are valid, before and after the guard, and never what it
 * allows: a newer one allows more.
 */
import { assert } from '@aos/canon';
import type { CallLimits, ModuleEntry } from '@aos/protocol';
import { callInstance } from './call.js';
import { type GuardedModule, instrument } from './guard/instrument.js';
import type { FunctionType } from './guard/outline.js';
import { EXPORT_KIND, pointer } from './guard/outline.js';
import { VALUE_TYPES } from './guard/value-types.js';
import { ENTRIES, type Instance, PAIR_PARAMS, RESULT_POINTER_PARAMS, Trap } from './instance.js';
import { LoadedModule } from './loaded-module.js';

/** What was looked at, in order, up to and including the first check that failed. */
export interface ModuleReport {
  readonly ok: boolean;
  readonly checks: readonly ModuleCheck[];
  /** Code of the failed check. */
  readonly code?: string;
}

export interface ModuleCheck {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

export interface AdmissionRules {
  readonly maxBytes: number;
  /** The entry the module must have; either one will do when absent. */
  readonly entry?: ModuleEntry | undefined;
  /** Those of the world that will call it. */
  readonly limits: CallLimits;
  /** Whether instances are used again where that is the same. */
  readonly reuse: 'never' | 'safe';
}

export type Admission =
  | { readonly ok: true; readonly report: ModuleReport; readonly module: LoadedModule }
  | { readonly ok: false; readonly report: ModuleReport; readonly refusal: Objection };

/** Why a check fails: where in the module, and text for people. */
interface Objection {
  readonly code: string;
  readonly at: string;
  readonly detail: string;
}

/** The module so far: a check leaves what it found for the checks after it. */
interface Candidate extends AdmissionRules {
  readonly bytes: Uint8Array;
  guarded?: GuardedModule;
  module?: LoadedModule;
  instance?: Instance;
}

interface Check {
  readonly name: string;
  /** What holds once the check has passed, or why it has not. */
  readonly run: (candidate: Candidate) => string | Objection;
}

const CHECKS: readonly Check[] = [
  { name: 'size', run: checkSize },
  { name: 'format', run: checkFormat },
  { name: 'features', run: checkFeatures },
  { name: 'guard', run: checkGuard },
  { name: 'exports', run: checkExports },
  { name: 'memory', run: checkMemory },
  { name: 'start', run: checkStart },
  { name: 'smoke call', run: callOnce },
];

/** A call of an unknown module that ends in about a millisecond. */
const SMOKE_FUEL = 1_000_000;
const SMOKE_INPUT = new Uint8Array();

export function admitModule(bytes: Uint8Array, rules: AdmissionRules): Admission {
  const candidate: Candidate = { ...rules, bytes };
  const checks: ModuleCheck[] = [];
  for (const { name, run } of CHECKS) {
    const found = run(candidate);
    if (typeof found === 'string') {
      checks.push({ name, ok: true, detail: found });
      continue;
    }
    checks.push({ name, ok: false, detail: found.detail });
    return { ok: false, report: { ok: false, checks, code: found.code }, refusal: found };
  }
  assert(candidate.module, 'the guard makes a module');
  return { ok: true, report: { ok: true, checks }, module: candidate.module };
}

function checkSize({ bytes, maxBytes }: Candidate): string | Objection {
  const detail = `${bytes.length} bytes, ${maxBytes} at most`;
  return bytes.length <= maxBytes ? detail : { code: 'module-too-large', at: '', detail };
}

function checkFormat({ bytes }: Candidate): string | Objection {
  if (WebAssembly.validate(bytes)) return 'valid WebAssembly';
  return { code: 'module-invalid', at: '', detail: 'not valid WebAssembly' };
}

/** Imports, instructions, types, counts: one reading, which writes the guarded module as well. */
function checkFeatures(candidate: Candidate): string | Objection {
  const guarded = instrument(candidate.bytes);
  if (!guarded.ok) return guarded.refusal;
  candidate.guarded = guarded.value;
  const { functions, globals } = guarded.value.outline;
  return `${functions.length} functions, ${globals.length} globals, nothing but what is allowed`;
}

function checkGuard(candidate: Candidate): string | Objection {
  const guarded = guardedOf(candidate);
  try {
    const module = new WebAssembly.Module(guarded.bytes);
    candidate.module = new LoadedModule(module, guarded, candidate.reuse);
    return `${guarded.bytes.length} bytes, valid again`;
  } catch {
    const detail = 'the guarded form is not valid, or beyond what this platform compiles';
    return { code: 'module-guard', at: '', detail };
  }
}

const { i32 } = VALUE_TYPES;
const PAIR: readonly number[] = [i32, i32];

function checkExports(candidate: Candidate): string | Objection {
  const { exports } = guardedOf(candidate).outline;
  const memory = exports.find(({ name }) => name === 'memory');
  if (memory?.kind !== EXPORT_KIND.memory) return missing('memory', 'a memory');
  const alloc = typeOf(candidate, 'alloc');
  if (!alloc || !isOf(alloc.params, [i32]) || !isOf(alloc.results, [i32])) {
    return missing('alloc', 'a function (i32) -> i32');
  }
  const entries = ENTRIES.filter((entry) => typeOf(candidate, entry));
  for (const entry of entries) {
    if (isEntry(typeOf(candidate, entry))) continue;
    return missing(entry, 'a function (i32, i32) -> (i32, i32) or (i32, i32, i32) -> ()');
  }
  const wanted = candidate.entry === undefined ? ENTRIES : [candidate.entry];
  if (wanted.some((entry) => entries.includes(entry))) return `memory, alloc, ${entries.join()}`;
  return missing(wanted[0] ?? 'step', `a function, under ${wanted.join(' or ')}`);
}

function typeOf(candidate: Candidate, name: string): FunctionType | undefined {
  const { exports, functions, types } = guardedOf(candidate).outline;
  const found = exports.find((each) => each.name === name && each.kind === EXPORT_KIND.function);
  return found && types[functions[found.index] as number];
}

function isEntry(type: FunctionType | undefined): boolean {
  if (!type) return false;
  const { params, results } = type;
  if (params.length === PAIR_PARAMS) return isOf(params, PAIR) && isOf(results, PAIR);
  const wanted = new Array<number>(RESULT_POINTER_PARAMS).fill(i32);
  return isOf(params, wanted) && results.length === 0;
}

function isOf(types: Uint8Array, wanted: readonly number[]): boolean {
  return types.length === wanted.length && types.every((type, i) => type === wanted[i]);
}

function missing(name: string, expected: string): Objection {
  const detail = `expected export ${name}: ${expected}`;
  return { code: 'module-export-missing', at: pointer('exports', name), detail };
}

function checkMemory({ module, limits }: Candidate): string | Objection {
  const detail = `${module?.minPages} pages at first, ${limits.memoryPages} at most`;
  if ((module?.minPages ?? 0) <= limits.memoryPages) return detail;
  return { code: 'memory-limit', at: pointer('exports', 'memory'), detail };
}

function checkStart(candidate: Candidate): string | Objection {
  const { module, limits } = candidate;
  assert(module, 'the guard makes a module');
  const instance = module.open(limits);
  if (instance instanceof Trap) {
    const detail = `does not start: ${instance.code}, ${instance.reason}`;
    return { code: 'module-instantiate', at: '', detail };
  }
  candidate.instance = instance;
  return `starts, with ${limits.fuel - instance.end()} fuel`;
}

/** A module may answer to nothing with a fault; what counts is that the call comes to an end. */
function callOnce({ instance, module, limits, entry }: Candidate): string | Objection {
  assert(instance && module, 'the module has started');
  const smoke = { ...limits, fuel: Math.min(limits.fuel, SMOKE_FUEL) };
  module.begin(instance, smoke);
  const called = entry ?? (instance.step ? 'step' : 'run');
  const outcome = callInstance(instance, { entry: called, input: SMOKE_INPUT, limits: smoke });
  const end = outcome.kind === 'output' ? `${outcome.output.length} bytes` : outcome.code;
  return `${called} of an empty input ends in ${end}`;
}

function guardedOf({ guarded }: Candidate): GuardedModule {
  assert(guarded, 'the features are checked first');
  return guarded;
}
