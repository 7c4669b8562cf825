/**
 * Decides whether bytes are a module that may be called: rules M1 to M3 of spec/04-modules.md as a
 * list of checks, run in order up to the first that fails, because each rests on those before it.
 *
 * Not checked yet: WebAssembly features, memory and table limits, value types of the exports.
 */
import { assert } from '@aos/canon';
import type { ModuleEntry } from '@aos/protocol';
import {
  ENTRIES,
  instantiate,
  type ModuleExports,
  PAIR_PARAMS,
  RESULT_POINTER_PARAMS,
  Trap,
} from './instance.js';

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
}

export type Admission =
  | { readonly ok: true; readonly report: ModuleReport; readonly module: WebAssembly.Module }
  | { readonly ok: false; readonly report: ModuleReport; readonly refusal: CodedObjection };

/** Why a check fails: a JSON pointer into the module's imports or exports, and text for people. */
interface Objection {
  readonly at: string;
  readonly detail: string;
}

interface CodedObjection extends Objection {
  readonly code: string;
}

/** The module so far: a check leaves what it found for the checks after it. */
interface Candidate extends AdmissionRules {
  readonly bytes: Uint8Array;
  module?: WebAssembly.Module;
  exports?: ModuleExports;
}

interface Check {
  readonly name: string;
  readonly code: string;
  /** What holds once the check has passed. */
  readonly passed: string;
  readonly run: (candidate: Candidate) => Objection | undefined;
}

const CHECKS: readonly Check[] = [
  { name: 'size', code: 'module-too-large', passed: 'within the limit', run: checkSize },
  { name: 'format', code: 'module-invalid', passed: 'valid WebAssembly', run: checkFormat },
  { name: 'imports', code: 'module-imports', passed: 'none', run: checkImports },
  { name: 'exports', code: 'module-export-missing', passed: 'present', run: checkExports },
  { name: 'instance', code: 'module-instantiate', passed: 'starts', run: checkInstance },
  { name: 'parameters', code: 'module-export-missing', passed: 'as needed', run: checkParameters },
];

export function admitModule(bytes: Uint8Array, rules: AdmissionRules): Admission {
  const candidate: Candidate = { ...rules, bytes };
  const checks: ModuleCheck[] = [];
  for (const { name, code, passed, run } of CHECKS) {
    const objection = run(candidate);
    checks.push({ name, ok: objection === undefined, detail: objection?.detail ?? passed });
    if (objection) {
      return { ok: false, report: { ok: false, checks, code }, refusal: { code, ...objection } };
    }
  }
  return { ok: true, report: { ok: true, checks }, module: compiled(candidate) };
}

function checkSize({ bytes, maxBytes }: Candidate): Objection | undefined {
  if (bytes.length <= maxBytes) return undefined;
  return { at: '', detail: `${bytes.length} bytes, ${maxBytes} at most` };
}

function checkFormat(candidate: Candidate): Objection | undefined {
  if (!WebAssembly.validate(candidate.bytes)) return { at: '', detail: 'not valid WebAssembly' };
  try {
    candidate.module = new WebAssembly.Module(candidate.bytes);
    return undefined;
  } catch {
    return { at: '', detail: 'valid, but beyond what this engine compiles' };
  }
}

function checkImports(candidate: Candidate): Objection | undefined {
  const [first] = WebAssembly.Module.imports(compiled(candidate));
  if (!first) return undefined;
  const detail = `imports ${first.kind} ${first.module}.${first.name}; a module may import nothing`;
  return { at: pointer('imports', first.module, first.name), detail };
}

function checkExports(candidate: Candidate): Objection | undefined {
  const kinds = new Map<string, string>();
  for (const { name, kind } of WebAssembly.Module.exports(compiled(candidate))) {
    kinds.set(name, kind);
  }
  const entries = candidate.entry === undefined ? ENTRIES : [candidate.entry];
  if (kinds.get('memory') !== 'memory') return missing('memory', 'a memory');
  if (kinds.get('alloc') !== 'function') return missing('alloc', 'a function');
  if (entries.some((entry) => kinds.get(entry) === 'function')) return undefined;
  return missing(entries[0] ?? 'step', `a function, under ${entries.join(' or ')}`);
}

function checkInstance(candidate: Candidate): Objection | undefined {
  const instance = instantiate(compiled(candidate));
  if (instance instanceof Trap) return { at: '', detail: `does not start: ${instance.reason}` };
  candidate.exports = instance;
  return undefined;
}

function checkParameters({ exports }: Candidate): Objection | undefined {
  if (exports?.alloc.length !== 1) return missing('alloc', 'a function of one parameter');
  for (const entry of ENTRIES) {
    const run = exports[entry];
    if (typeof run !== 'function') continue;
    if (run.length === PAIR_PARAMS || run.length === RESULT_POINTER_PARAMS) continue;
    return missing(entry, 'a function of two or three parameters');
  }
  return undefined;
}

function missing(name: string, expected: string): Objection {
  return { at: pointer('exports', name), detail: `expected export ${name}: ${expected}` };
}

function pointer(...names: readonly string[]): string {
  return names.map((name) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function compiled({ module }: Candidate): WebAssembly.Module {
  assert(module, 'the format is checked first');
  return module;
}
