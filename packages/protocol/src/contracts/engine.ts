/** What every engine must do, whatever runs inside: the rules of spec/04-modules.md as cases. */
import { bytesEqual, type Hash, type Result, sha256, toHex } from '@aos/canon';
import { DEFAULT_CALL_LIMITS } from '../call-limits.js';
import type { CallLimits, CallOutcome, Engine, ModuleEntry } from '../ports.js';
import { type ContractCase, check } from './case.js';
import * as samples from './sample-modules.js';

/** An engine with the way to give it modules, which the port leaves to the host. */
export interface EngineFixture {
  readonly engine: Engine;
  load(bytes: Uint8Array): Result<Hash>;
}

type Case = ContractCase<EngineFixture>;

const INPUT = new Uint8Array([1, 2, 3, 4, 5]);
/** Enough for every sample, and little enough that an endless one ends at once. */
const LIMITS: CallLimits = { ...DEFAULT_CALL_LIMITS, fuel: 1_000_000 };
const FORMS: readonly samples.CallingForm[] = ['pair', 'result-pointer'];

function contractCase(name: string, run: (fixture: EngineFixture) => void): Case {
  return { name, run: async (fixture) => run(fixture) };
}

/** The same case for both calling forms. */
function caseOfForms(
  name: string,
  run: (fixture: EngineFixture, form: samples.CallingForm) => void,
): Case[] {
  return FORMS.map((form) =>
    contractCase(`${name} (${form} form)`, (fixture) => run(fixture, form)),
  );
}

function loadModule(fixture: EngineFixture, bytes: Uint8Array): Hash {
  const result = fixture.load(bytes);
  check(result.ok, 'a sound module was refused');
  return result.value;
}

interface Call extends Partial<CallLimits> {
  readonly entry?: ModuleEntry;
  readonly input?: Uint8Array;
}

/** Loads a module once; the answer calls it. */
function openModule(fixture: EngineFixture, bytes: Uint8Array): (call?: Call) => CallOutcome {
  const module = loadModule(fixture, bytes);
  return ({ entry = 'step', input = INPUT, ...limits } = {}) =>
    fixture.engine.call(module, entry, input, { ...LIMITS, ...limits });
}

function callOnce(fixture: EngineFixture, bytes: Uint8Array, call?: Call): CallOutcome {
  return openModule(fixture, bytes)(call);
}

function checkOutput(outcome: CallOutcome, expected: Uint8Array): void {
  const found = outcome.kind === 'output' ? toHex(outcome.output) : outcome.code;
  const same = outcome.kind === 'output' && bytesEqual(outcome.output, expected);
  check(same, `expected output ${toHex(expected)}, found ${found}`);
}

function checkFault(outcome: CallOutcome, code: string): void {
  const found =
    outcome.kind === 'fault' ? outcome.code : `output of ${outcome.output.length} bytes`;
  check(found === code, `expected fault ${code}, found ${found}`);
  check(outcome.fuel === LIMITS.fuel, `a fault is charged all of it, found ${outcome.fuel}`);
}

function checkRefused(fixture: EngineFixture, bytes: Uint8Array, code: string, at?: string): void {
  const result = fixture.load(bytes);
  const found = result.ok ? 'a module' : `${result.refusal.code} at '${result.refusal.at}'`;
  const placed = at === undefined || (!result.ok && result.refusal.at === at);
  check(
    !result.ok && result.refusal.code === code && placed,
    `expected refusal ${code}${at === undefined ? '' : ` at '${at}'`}, found ${found}`,
  );
}

const loading: readonly Case[] = [
  contractCase('a module is known by the SHA-256 of its bytes', (fixture) => {
    const bytes = samples.echo('pair');
    const hash = sha256(bytes);
    check(!fixture.engine.has(hash), 'known before it was loaded');
    check(bytesEqual(loadModule(fixture, bytes), hash), 'loaded under another hash');
    check(fixture.engine.has(hash), 'not known after it was loaded');
    check(bytesEqual(loadModule(fixture, bytes), hash), 'another hash when loaded again');
  }),
  contractCase('bytes changed after loading change nothing', (fixture) => {
    const bytes = samples.echo('pair');
    const hash = loadModule(fixture, bytes);
    bytes.fill(0);
    checkOutput(fixture.engine.call(hash, 'step', INPUT, LIMITS), INPUT);
  }),
  contractCase('bytes that are no module are refused', (fixture) => {
    checkRefused(fixture, new Uint8Array(), 'module-invalid');
    checkRefused(fixture, new Uint8Array(64).fill(0xa5), 'module-invalid');
  }),
  contractCase('a module cut short anywhere is refused', (fixture) => {
    const bytes = samples.echo('pair');
    for (let size = 0; size < bytes.length; size++) {
      check(!fixture.load(bytes.subarray(0, size)).ok, `the first ${size} bytes were loaded`);
    }
  }),
  contractCase('a module that imports anything is refused', (fixture) => {
    checkRefused(fixture, samples.withImport(), 'module-imports', '/imports/env/now');
  }),
  contractCase('a missing export is refused by name', (fixture) => {
    for (const name of ['memory', 'alloc'] as const) {
      const bytes = samples.withoutExports(name);
      checkRefused(fixture, bytes, 'module-export-missing', `/exports/${name}`);
    }
    const bytes = samples.withoutExports('step');
    checkRefused(fixture, bytes, 'module-export-missing', '/exports/step');
  }),
  contractCase('an export of another kind counts as missing', (fixture) => {
    for (const name of ['memory', 'alloc', 'step'] as const) {
      const bytes = samples.withWrongExport(name);
      checkRefused(fixture, bytes, 'module-export-missing', `/exports/${name}`);
    }
  }),
  contractCase('an export with other parameters counts as missing', (fixture) => {
    for (const name of ['alloc', 'step'] as const) {
      const bytes = samples.withWrongArity(name);
      checkRefused(fixture, bytes, 'module-export-missing', `/exports/${name}`);
    }
  }),
  contractCase('an export with other types counts as missing', (fixture) => {
    for (const name of ['alloc', 'step'] as const) {
      const bytes = samples.withWrongResult(name);
      checkRefused(fixture, bytes, 'module-export-missing', `/exports/${name}`);
    }
  }),
  contractCase('a module with more memory than its world allows is refused', (fixture) => {
    checkRefused(fixture, samples.withPages(DEFAULT_CALL_LIMITS.memoryPages + 1), 'memory-limit');
  }),
  contractCase('a module that cannot be instantiated is refused', (fixture) => {
    checkRefused(fixture, samples.trapInStart(), 'module-instantiate');
    checkRefused(fixture, samples.dataOutsideMemory(), 'module-instantiate');
    checkRefused(fixture, samples.spinInStart(), 'module-instantiate');
  }),
  contractCase('a refused module is not known', (fixture) => {
    const bytes = samples.withImport();
    checkRefused(fixture, bytes, 'module-imports');
    check(!fixture.engine.has(sha256(bytes)), 'known though refused');
  }),
];

const calling: readonly Case[] = [
  ...caseOfForms('the entry gets the input and its answer is the output', (fixture, form) => {
    checkOutput(callOnce(fixture, samples.echo(form)), INPUT);
    checkOutput(callOnce(fixture, samples.pureEcho(form), { entry: 'run' }), INPUT);
  }),
  ...caseOfForms('an empty input and an empty output are fine', (fixture, form) => {
    const empty = new Uint8Array();
    checkOutput(callOnce(fixture, samples.echo(form), { input: empty }), empty);
    checkOutput(callOnce(fixture, samples.answerWith(form, 0, 0)), empty);
    checkOutput(callOnce(fixture, samples.answerWith(form, samples.MEMORY_BYTES, 0)), empty);
  }),
  ...caseOfForms('an entry the module lacks is a fault', (fixture, form) => {
    const outcome = callOnce(fixture, samples.echo(form), { entry: 'run' });
    checkFault(outcome, 'module-export-missing');
  }),
  ...caseOfForms('nothing survives from one call to the next', (fixture, form) => {
    for (const bytes of [samples.countInGlobal(form), samples.countInMemory(form)]) {
      const call = openModule(fixture, bytes);
      for (let round = 0; round < 3; round++) checkOutput(call(), new Uint8Array([1, 0, 0, 0]));
    }
  }),
  ...caseOfForms('a trap leaves the next call untouched', (fixture, form) => {
    const body = samples.trapBodies['a load outside memory'] ?? [];
    const call = openModule(fixture, samples.trapInEntry(form, body));
    checkFault(call(), 'module-trap');
    checkFault(call(), 'module-trap');
  }),
  ...caseOfForms('an output belongs to the caller', (fixture, form) => {
    const call = openModule(fixture, samples.echo(form));
    const first = call();
    checkOutput(call({ input: new Uint8Array(5) }), new Uint8Array(5));
    checkOutput(first, INPUT);
    if (first.kind !== 'output') return;
    check(first.output.buffer.byteLength === INPUT.length, 'the output keeps the memory alive');
  }),
  ...caseOfForms('an input is never written to', (fixture, form) => {
    const input = INPUT.slice();
    const outcome = callOnce(fixture, samples.overwriteInput(form), { input });
    checkOutput(outcome, new Uint8Array([0xff, 2, 3, 4, 5]));
    check(bytesEqual(input, INPUT), 'the module changed its caller’s bytes');
  }),
  ...caseOfForms('memory may grow during a call', (fixture, form) => {
    checkOutput(callOnce(fixture, samples.growAndAnswer(form)), new Uint8Array([7]));
    checkOutput(callOnce(fixture, samples.growInAlloc(form)), INPUT);
  }),
];

const failing: readonly Case[] = [
  ...Object.entries(samples.trapBodies).flatMap(([what, body]) =>
    caseOfForms(`${what} is a trap`, (fixture, form) => {
      checkFault(callOnce(fixture, samples.trapInEntry(form, body)), 'module-trap');
    }),
  ),
  ...caseOfForms('a trap in alloc is a trap', (fixture, form) => {
    checkFault(callOnce(fixture, samples.trapInAlloc(form)), 'module-trap');
  }),
  ...caseOfForms('an input that does not fit where alloc says is a fault', (fixture, form) => {
    for (const address of [samples.MEMORY_BYTES, samples.MEMORY_BYTES - 4, -1, -2_147_483_648]) {
      checkFault(callOnce(fixture, samples.allocAt(form, address)), 'module-alloc');
    }
  }),
  contractCase('a result pair that does not fit where alloc says is a fault', (fixture) => {
    checkFault(callOnce(fixture, samples.allocOnce('result-pointer')), 'module-alloc');
  }),
  ...caseOfForms('an output outside memory is a fault', (fixture, form) => {
    const end = samples.MEMORY_BYTES;
    const ranges = [
      [end, 1],
      [end - 1, 2],
      [0, end + 1],
      [0, -1],
      [-1, 2],
      [-8, 16],
      [-1, 0],
    ];
    for (const [address = 0, size = 0] of ranges) {
      const outcome = callOnce(fixture, samples.answerWith(form, address, size));
      checkFault(outcome, 'module-output-bounds');
    }
  }),
  ...caseOfForms('an output over the limit is a fault, up to it is not', (fixture, form) => {
    const bytes = samples.answerWith(form, 0, 9);
    checkFault(callOnce(fixture, bytes, { outputBytes: 8 }), 'module-output-size');
    checkOutput(callOnce(fixture, bytes, { outputBytes: 9 }), new Uint8Array(9));
  }),
];

const bounded: readonly Case[] = [
  ...caseOfForms('an endless loop ends with the fuel', (fixture, form) => {
    const call = openModule(fixture, samples.spin(form));
    checkFault(call(), 'out-of-fuel');
    checkFault(call(), 'out-of-fuel');
  }),
  ...caseOfForms('an endless recursion ends with the stack', (fixture, form) => {
    const call = openModule(fixture, samples.recurse(form));
    checkFault(call(), 'stack-overflow');
    checkFault(call(), 'stack-overflow');
  }),
  ...caseOfForms('equal calls cost equal fuel, and just that much is enough', (fixture, form) => {
    const call = openModule(fixture, samples.echo(form));
    const { fuel } = call();
    check(fuel > 0 && call().fuel === fuel, 'the second call costs something else');
    check(call({ fuel }).kind === 'output', 'the call needs more fuel than it costs');
    const outcome = call({ fuel: fuel - 1 });
    check(outcome.kind === 'fault' && outcome.code === 'out-of-fuel', 'less fuel is enough');
    check(outcome.fuel === fuel - 1, 'a fault is charged all of it');
  }),
  ...caseOfForms('memory grows up to the limit and not beyond', (fixture, form) => {
    const call = openModule(fixture, samples.growBy(form, 2));
    checkOutput(call({ memoryPages: 3 }), new Uint8Array([1, 0, 0, 0]));
    checkOutput(call({ memoryPages: 2 }), new Uint8Array([255, 255, 255, 255]));
  }),
  contractCase('a module with more memory than the limit faults', (fixture) => {
    const call = openModule(fixture, samples.withPages(3));
    checkFault(call({ memoryPages: 2 }), 'memory-limit');
    checkOutput(call({ memoryPages: 3 }), INPUT);
  }),
  ...caseOfForms('a start function is part of every call', (fixture, form) => {
    const call = openModule(fixture, samples.countInStart(form));
    const { fuel } = call();
    for (let round = 0; round < 3; round++) checkOutput(call(), new Uint8Array([2, 0, 0, 0]));
    check(call().fuel === fuel, 'the start function was not charged');
    check(call({ fuel: fuel - 1 }).kind === 'fault', 'the start function was not metered');
  }),
];

/** Run by each implementation of {@link Engine}, every case with a fixture of its own. */
export const engineContract: readonly Case[] = [...loading, ...calling, ...failing, ...bounded];
