/** The modules of the engine suite, each a few instructions long. */
import {
  assembleModule,
  type FunctionParts,
  type Instruction,
  type ModuleParts,
  op,
} from './module-assembler.js';

/** Both ways a module may answer: two results, or two u32 written at an address it is given. */
export type CallingForm = 'pair' | 'result-pointer';

/** Memory of a sample, before it grows. */
export const MEMORY_BYTES = 65_536;

const HEAP_START = 1024;
const COUNT_ADDRESS = 16;
const ALLOC = 0;
const ENTRY = 1;
const EXTRA = 2;
const HEAP_GLOBAL = 0;
const COUNT_GLOBAL = 1;

/** Instructions that push the address and the size of an answer, after those in `before`. */
interface Answer {
  readonly before?: readonly Instruction[];
  readonly address: readonly Instruction[];
  readonly size: readonly Instruction[];
}

/** `alloc` that hands out ever higher addresses. */
const bumpAlloc: FunctionParts = {
  params: 1,
  results: 1,
  body: [
    op.globalGet(HEAP_GLOBAL),
    op.globalGet(HEAP_GLOBAL),
    op.localGet(0),
    op.add,
    op.globalSet(HEAP_GLOBAL),
  ],
};

/** Index of the parameter with the input's address; its size is the one after. */
function inputParam(form: CallingForm): number {
  return form === 'pair' ? 0 : 1;
}

function entryFunction(form: CallingForm, { before = [], address, size }: Answer): FunctionParts {
  if (form === 'pair') return { params: 2, results: 2, body: [...before, ...address, ...size] };
  const writeAddress = [op.localGet(0), ...address, op.store];
  const writeSize = [op.localGet(0), op.constant(4), op.add, ...size, op.store];
  return { params: 3, body: [...before, ...writeAddress, ...writeSize] };
}

/** A whole reducer module around its `step`, with changes. */
function reducer(step: FunctionParts, changes: Partial<ModuleParts> = {}): Uint8Array {
  return assembleModule({
    memoryPages: 1,
    globals: [HEAP_START, 0],
    functions: [bumpAlloc, step],
    exports: reducerExports,
    ...changes,
  });
}

const reducerExports: NonNullable<ModuleParts['exports']> = {
  memory: ['memory', 0],
  alloc: ['function', ALLOC],
  step: ['function', ENTRY],
};

function inputOf(form: CallingForm): Answer {
  const first = inputParam(form);
  return { address: [op.localGet(first)], size: [op.localGet(first + 1)] };
}

/** Answers with its input, in place. */
export function echo(form: CallingForm): Uint8Array {
  return reducer(entryFunction(form, inputOf(form)));
}

/** The same as a pure module: the entry is `run`. */
export function pureEcho(form: CallingForm): Uint8Array {
  const { step, ...others } = reducerExports;
  const exports = { ...others, run: ['function', ENTRY] as const };
  return reducer(entryFunction(form, inputOf(form)), { exports });
}

/** Answers with address and size as given, whatever is there. */
export function answerWith(form: CallingForm, address: number, size: number): Uint8Array {
  const answer = { address: [op.constant(address)], size: [op.constant(size)] };
  return reducer(entryFunction(form, answer));
}

/** Counts its calls in a global that nobody outside can see, and answers with the count. */
export function countInGlobal(form: CallingForm): Uint8Array {
  return reducer(entryFunction(form, { ...countAnswer, before: [...countOn, ...publishCount] }));
}

const countOn = [op.globalGet(COUNT_GLOBAL), op.constant(1), op.add, op.globalSet(COUNT_GLOBAL)];
const publishCount = [op.constant(COUNT_ADDRESS), op.globalGet(COUNT_GLOBAL), op.store];

/** Counts its calls in memory, and answers with the count. */
export function countInMemory(form: CallingForm): Uint8Array {
  const at = op.constant(COUNT_ADDRESS);
  const before = [at, at, op.load, op.constant(1), op.add, op.store];
  return reducer(entryFunction(form, { ...countAnswer, before }));
}

const countAnswer: Answer = { address: [op.constant(COUNT_ADDRESS)], size: [op.constant(4)] };

/** Writes 0xff over the first byte of its input, then answers with it. */
export function overwriteInput(form: CallingForm): Uint8Array {
  const before = [op.localGet(inputParam(form)), op.constant(0xff), op.storeByte];
  return reducer(entryFunction(form, { ...inputOf(form), before }));
}

/** Grows its memory by a page and answers with one byte, 7, from the new page. */
export function growAndAnswer(form: CallingForm): Uint8Array {
  const grow = [op.constant(1), op.memoryGrow, op.drop];
  const write = [op.constant(MEMORY_BYTES), op.constant(7), op.storeByte];
  const answer = { address: [op.constant(MEMORY_BYTES)], size: [op.constant(1)] };
  return reducer(entryFunction(form, { ...answer, before: [...grow, ...write] }));
}

/** Takes a new page for every allocation, and answers with its input. */
export function growInAlloc(form: CallingForm): Uint8Array {
  const body = [op.constant(1), op.memoryGrow, op.constant(16), op.shiftLeft];
  return echoWithAlloc(form, { params: 1, results: 1, body });
}

/** Says that everything lies at `address`, and answers with its input. */
export function allocAt(form: CallingForm, address: number): Uint8Array {
  return echoWithAlloc(form, { params: 1, results: 1, body: [op.constant(address)] });
}

/** Places the first allocation well and the second one past the end of memory. */
export function allocOnce(form: CallingForm): Uint8Array {
  const advance = [op.globalGet(HEAP_GLOBAL), op.constant(MEMORY_BYTES), op.add];
  const body = [op.globalGet(HEAP_GLOBAL), ...advance, op.globalSet(HEAP_GLOBAL)];
  return echoWithAlloc(form, { params: 1, results: 1, body });
}

function echoWithAlloc(form: CallingForm, alloc: FunctionParts): Uint8Array {
  return reducer({ body: [] }, { functions: [alloc, entryFunction(form, inputOf(form))] });
}

/** How a sample can end its call. */
export const trapBodies: Readonly<Record<string, readonly Instruction[]>> = {
  'an unreachable instruction': [op.unreachable],
  'a division by zero': [op.constant(1), op.constant(0), op.divide, op.drop],
  'a load outside memory': [op.constant(MEMORY_BYTES), op.load, op.drop],
};

/** Ends every call with the instructions of one of {@link trapBodies}. */
export function trapInEntry(form: CallingForm, body: readonly Instruction[]): Uint8Array {
  const entry = entryFunction(form, { ...inputOf(form), before: [op.call(EXTRA)] });
  return reducer(entry, { functions: [bumpAlloc, entry, { body }] });
}

/** Never answers: loops, or calls itself. */
export function spin(form: CallingForm): Uint8Array {
  return trapInEntry(form, endless);
}

export function recurse(form: CallingForm): Uint8Array {
  return trapInEntry(form, [op.call(EXTRA)]);
}

const endless = [op.loop, op.branch(0), op.end];

/** Grows its memory by so many pages and answers with what that came to, four bytes. */
export function growBy(form: CallingForm, pages: number): Uint8Array {
  const grow = [op.constant(COUNT_ADDRESS), op.constant(pages), op.memoryGrow, op.store];
  return reducer(entryFunction(form, { ...countAnswer, before: grow }));
}

/** Answers with its input; has so much memory from the start. */
export function withPages(memoryPages: number): Uint8Array {
  return reducer(entryFunction('pair', inputOf('pair')), { memoryPages });
}

/** Counts in a global, once when it starts and once when it is called; answers with the count. */
export function countInStart(form: CallingForm): Uint8Array {
  const entry = entryFunction(form, { ...countAnswer, before: [...countOn, ...publishCount] });
  return reducer(entry, { functions: [bumpAlloc, entry, { body: countOn }], start: EXTRA });
}

/** Traps before the entry is reached. */
export function trapInAlloc(form: CallingForm): Uint8Array {
  return echoWithAlloc(form, { params: 1, results: 1, body: [op.unreachable] });
}

/** Traps while it is instantiated. */
export function trapInStart(): Uint8Array {
  const entry = entryFunction('pair', inputOf('pair'));
  const functions = [bumpAlloc, entry, { body: [op.unreachable] }];
  return reducer(entry, { functions, start: EXTRA });
}

/** Never gets as far as its entry. */
export function spinInStart(): Uint8Array {
  const entry = entryFunction('pair', inputOf('pair'));
  return reducer(entry, { functions: [bumpAlloc, entry, { body: endless }], start: EXTRA });
}

/** Cannot be instantiated: its data lies outside its memory. */
export function dataOutsideMemory(): Uint8Array {
  const entry = entryFunction('pair', inputOf('pair'));
  return reducer(entry, { data: [[MEMORY_BYTES, new Uint8Array([1])]] });
}

/** A whole module but for one imported function. */
export function withImport(): Uint8Array {
  const entry = entryFunction('pair', inputOf('pair'));
  const exports = { ...reducerExports, alloc: ['function', 1], step: ['function', 2] } as const;
  return reducer(entry, { imports: [['env', 'now']], exports });
}

/** A whole module but for the exports named here. */
export function withoutExports(...names: readonly string[]): Uint8Array {
  const kept = Object.entries(reducerExports).filter(([name]) => !names.includes(name));
  return reducer(entryFunction('pair', inputOf('pair')), { exports: Object.fromEntries(kept) });
}

/** A whole module with something else exported under one of the names. */
export function withWrongExport(name: 'memory' | 'alloc' | 'step'): Uint8Array {
  const exports = { ...reducerExports, [name]: ['global', HEAP_GLOBAL] as const };
  return reducer(entryFunction('pair', inputOf('pair')), { exports });
}

/** A whole module whose `alloc` or `step` takes four parameters. */
export function withWrongArity(name: 'alloc' | 'step'): Uint8Array {
  const entry = entryFunction('pair', inputOf('pair'));
  const exports = { ...reducerExports, [name]: ['function', EXTRA] as const };
  return reducer(entry, { functions: [bumpAlloc, entry, { params: 4, body: [] }], exports });
}

/** A whole module whose `alloc` or `step` has the right parameters and no result. */
export function withWrongResult(name: 'alloc' | 'step'): Uint8Array {
  const entry = entryFunction('pair', inputOf('pair'));
  const exports = { ...reducerExports, [name]: ['function', EXTRA] as const };
  const wrong = { params: name === 'alloc' ? 1 : 2, body: [] };
  return reducer(entry, { functions: [bumpAlloc, entry, wrong], exports });
}
