/**
 * One reducer call: the atomic unit of a step.
 *
 * 1. All or nothing: a trap, a bad output, a value out of schema or a denied effect leaves an entry
 *    with a code, charges the whole fuel of a call, and state, events and effects stay as before.
 * 2. The entries of a call stand together: its state, then its events, then for each effect the
 *    decision and the intent.
 */
import { wrapVariant } from '@aos/air';
import { assert, bytesEqual, sha256 } from '@aos/canon';
import {
  ABI_VERSION,
  callLimitsOf,
  decodeReducerOutput,
  type EntryPlace,
  type EventIdentity,
  type ReducerOrigin,
  type ReducerOutput,
  type StateChangedEntry,
  withReducerInput,
} from '@aos/protocol';
import type { Cell } from '../cells/cell.js';
import { type CellTable, deleteCell, readCell, writeCell } from '../cells/cell-table.js';
import type { ReducerProgram } from '../program/reducer-program.js';
import { openEffects } from '../step/effects.js';
import { emit } from '../step/emit.js';
import type { Run } from '../step/run.js';
import { emittedSize } from '../step/work-queue.js';
import { ObjectsNeeded } from '../trie/objects-needed.js';
import { buildContext } from './context.js';
import { type AskedEffects, askEffects } from './effects.js';
import { migrateCell } from './migrate-cell.js';
import { callNative } from './native/native-reducer.js';
import { type CheckedOutput, checkOutput } from './output.js';

export interface ReducerCall {
  readonly reducer: ReducerProgram;
  /** Tag of the arm to wrap the value in. */
  readonly wrap: string | undefined;
  /** Canonical key of the cell; `null` for a reducer without keys. */
  readonly key: Uint8Array | null;
  /** Canonical, of the family or of the member that `wrap` belongs to. */
  readonly value: Uint8Array;
  readonly cause: EntryPlace;
}

/** Everything that one call would change, when nothing is wrong with any of it. */
interface Judged {
  readonly output: CheckedOutput;
  readonly asked: AskedEffects | undefined;
  readonly fuel: number;
}

/** A cell as it lies in its table, and as the reducer is given it: migrated, where it was not. */
interface ReadCell {
  readonly found: Cell | null;
  readonly cell: Cell | null;
}

function isCurrent({ schema }: Cell, { stateSchema }: ReducerProgram): boolean {
  return schema === stateSchema || bytesEqual(schema, stateSchema);
}

/** Calls a reducer and writes what it came to. Throws ObjectsNeeded for code or a cell. */
export function callReducer(run: Run, call: ReducerCall): void {
  const { definition, index, native } = call.reducer;
  const { name, wasmHash: hash } = definition;
  if (native === undefined && !run.engine.has(hash))
    throw new ObjectsNeeded([hash], [{ name, hash, entry: 'step' }]);
  const found = readCell(tableOf(run, index), call.key);
  run.spend();
  const isOld = found !== null && !isCurrent(found, call.reducer);
  const cell = isOld ? migrateCell(run, call.reducer, found) : found;
  if (cell === undefined) {
    writeFault(run, call, 'migration-failed');
    return;
  }
  const judged = judgeCall(run, call, cell);
  if (typeof judged === 'string') writeFault(run, call, judged);
  else applyCall(run, call, { found, cell }, judged);
}

function judgeCall(run: Run, call: ReducerCall, cell: Cell | null): Judged | string {
  const { reducer } = call;
  const { program, runtime } = run.next;
  const { limits } = runtime;
  const outcome = enter(run, call, cell);
  if (typeof outcome === 'string') return outcome;
  const output = checkOutput(outcome.output, cell, { program, reducer, limits });
  if (typeof output === 'string') return output;
  const bounds = checkBounds(run, call, output);
  if (bounds !== undefined) return bounds;
  const { fuel } = outcome;
  if (output.effects.length === 0) return { output, asked: undefined, fuel };
  const asked = askEffects(run, originOf(call), output.effects, call.cause);
  return typeof asked === 'string' ? asked : { output, asked, fuel };
}

/** What a call returned and spent, or the code of its fault. */
type Entered = { readonly output: ReducerOutput; readonly fuel: number } | string;

function enter(run: Run, call: ReducerCall, cell: Cell | null): Entered {
  const { definition, native } = call.reducer;
  if (native === undefined) return enterModule(run, call, cell);
  run.calls += 1;
  const event = eventOf(call, definition.event.name);
  const limits = callLimitsOf(run.next.runtime.limits);
  const outcome = callNative(native, cell?.state ?? null, event, limits);
  return outcome.kind === 'fault' ? outcome.code : outcome;
}

function enterModule(run: Run, call: ReducerCall, cell: Cell | null): Entered {
  const { name, event: family, wasmHash, context } = call.reducer.definition;
  const event = eventOf(call, family.name);
  const state = cell?.state ?? null;
  const place = { stamp: run.stamp, seq: run.seq, callIndex: run.calls++ };
  const envelope = context
    ? { version: ABI_VERSION, state, event, ctx: buildContext(run.next, name, event, place) }
    : { version: ABI_VERSION, state, event };
  const limits = callLimitsOf(run.next.runtime.limits);
  const enterWith = (bytes: Uint8Array) => run.engine.call(wasmHash, 'step', bytes, limits);
  const outcome = withReducerInput(envelope, enterWith);
  if (outcome.kind === 'fault') return outcome.code;
  const decoded = decodeReducerOutput(outcome.output);
  return decoded.ok ? { output: decoded.value, fuel: outcome.fuel } : decoded.refusal.code;
}

function eventOf({ wrap, value, key }: ReducerCall, schema: string): EventIdentity {
  const wrapped = wrap === undefined ? value : wrapVariant(wrap, value);
  return key === null ? { schema, value: wrapped } : { schema, value: wrapped, key };
}

function originOf({ reducer, key }: ReducerCall): ReducerOrigin {
  return { reducer: reducer.definition.name, key };
}

/**
 * `emission-limit` for a call that alone fills half of what a record may hold, `cascade-limit` for
 * one whose events would not fit among the work that waits.
 */
function checkBounds(
  run: Run,
  { key }: ReducerCall,
  { events, effects }: CheckedOutput,
): string | undefined {
  if (events.length === 0 && effects.length === 0) return undefined;
  const { limits } = run.next.runtime;
  let eventBytes = 0;
  for (const event of events) eventBytes += emittedSize(event);
  // The intent of an effect names the cell that asks.
  let sizeBytes = eventBytes + effects.length * (key?.length ?? 0);
  for (const { params, kind } of effects) sizeBytes += emittedSize({ schema: kind, value: params });
  if (sizeBytes > limits.emitted_bytes / 2) return 'emission-limit';
  return run.queue.hasRoom(events.length, eventBytes, run.next.runtime)
    ? undefined
    : 'cascade-limit';
}

/** A call that was discarded; it is charged its whole limit, whatever it spent. */
function writeFault(run: Run, { reducer, key, cause }: ReducerCall, code: string): void {
  const fuel = run.next.runtime.limits.fuel_per_call;
  run.charge(fuel);
  const { name } = reducer.definition;
  const entry = { cause: run.causeOf(cause), reducer: name, key, code, fuel };
  run.append({ kind: 'reducer-fault', ...entry }, key?.length);
}

function applyCall(run: Run, call: ReducerCall, read: ReadCell, judged: Judged): void {
  const { asked } = judged;
  const output = { ...judged.output, state: stateOf(judged.output, read) };
  run.charge(judged.fuel);
  if (output.state !== 'same' || output.ann !== null) writeState(run, call, read.found, output);
  for (const event of output.events) emit(run, event, call.cause);
  if (asked !== undefined) openEffects(run, asked.effects, call.cause);
}

/** A cell that a migration changed is written down, whether the call changed it more or not. */
function stateOf({ state }: CheckedOutput, { found, cell }: ReadCell): CheckedOutput['state'] {
  return state === 'same' && found !== cell && cell !== null ? cell : state;
}

function writeState(
  run: Run,
  { reducer, key, cause }: ReducerCall,
  cell: Cell | null,
  { state, ann }: CheckedOutput,
): void {
  const before = cell?.hash ?? null;
  const after = state === 'same' ? before : (state?.hash ?? null);
  const entry: StateChangedEntry = {
    kind: 'state-changed',
    cause: run.causeOf(cause),
    reducer: reducer.definition.name,
    key,
    before,
    after,
  };
  run.append(ann === null ? entry : { ...entry, ann: keepAnnotation(run, ann) }, key?.length);
  if (state === 'same') return;
  const table = tableOf(run, reducer.index);
  run.next.cells = run.next.cells.with(
    reducer.index,
    state === null ? deleteCell(table, key) : writeCell(table, cellOf(run, reducer, key, state)),
  );
}

function tableOf({ next }: Run, reducer: number): CellTable {
  const table = next.cells[reducer];
  assert(table !== undefined, 'every reducer has its table');
  return table;
}

function cellOf(
  run: Run,
  { stateSchema: schema }: ReducerProgram,
  key: Uint8Array | null,
  { state, hash }: Pick<Cell, 'state' | 'hash'>,
): Cell {
  return { key, state, hash, schema, size: state.length, activeNs: run.stamp.logicalNowNs };
}

/** An annotation is an object of the commit, whatever its size: the record names its hash. */
function keepAnnotation(run: Run, bytes: Uint8Array) {
  const hash = sha256(bytes);
  run.objects.push({ hash, bytes });
  return hash;
}
