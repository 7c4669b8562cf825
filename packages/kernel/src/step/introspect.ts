/**
 * Effects that the kernel answers itself: what a world asks about the world it is in.
 *
 * 1. The answer is about the world as it is at that entry, in the middle of a record: what is asked
 *    for at `head`, or at exactly or at least the height that this record will have.
 * 2. The answer is in the journal, as a `settled` entry with its payload, and no adapter hears of
 *    it.
 */
import { DEFINITION_KINDS, type DefinitionKind } from '@aos/air';
import {
  bytesEqual,
  decode,
  type Encodable,
  encode,
  sha256,
  toHashText,
  type Value,
} from '@aos/canon';
import type { Cell } from '../cells/cell.js';
import { countCells, listCells, readCell } from '../cells/cell-table.js';
import type { OpenIntent } from '../gate/open-intent.js';
import { listInstances } from '../plans/state/list-instances.js';
import type { ReducerProgram } from '../program/reducer-program.js';
import { migrateCell } from '../reducers/migrate-cell.js';
import type { Answer } from './answer.js';
import type { Run } from './run.js';

type Params = ReadonlyMap<Value, Value>;

const ANSWERS: ReadonlyMap<string, (run: Run, params: Params) => Answer> = new Map([
  ['introspect.manifest', answerManifest],
  ['introspect.reducer_state', answerState],
  ['introspect.journal_head', answerHead],
  ['introspect.list_cells', answerCells],
  ['introspect.definition', answerDefinition],
  ['introspect.plans', answerPlans],
]);

/** The answer to a question; undefined for an effect that is none. */
export function answerQuestion(run: Run, intent: OpenIntent): Answer | undefined {
  return ANSWERS.get(intent.effect)?.(run, paramsOf(intent));
}

export function isQuestion(effect: string): boolean {
  return ANSWERS.has(effect);
}

function paramsOf({ params }: OpenIntent): Params {
  const decoded = decode(params);
  return decoded.ok && decoded.value instanceof Map ? decoded.value : new Map();
}

function metaOf({ seq, next }: Run): Encodable {
  const { manifestHash } = next.program.definition;
  return { journal_height: seq, snapshot_hash: null, manifest_hash: toHashText(manifestHash) };
}

function answerHead(run: Run): Answer {
  return { payload: { meta: metaOf(run) } };
}

function answerManifest(run: Run, params: Params): Answer {
  if (!isHere(run, params)) return { code: 'consistency-unavailable' };
  const { nodes, manifestHash } = run.next.program.definition;
  const manifest = nodes.get(toHashText(manifestHash));
  if (manifest === undefined) return { code: 'receipt-invalid' };
  return { payload: { manifest, meta: metaOf(run) } };
}

function answerState(run: Run, params: Params): Answer {
  if (!isHere(run, params)) return { code: 'consistency-unavailable' };
  const reducer = reducerOf(run, params);
  const table = reducer && run.next.cells[reducer.index];
  if (reducer === undefined || table === undefined) return { code: 'reducer-unknown' };
  const key = keyOf(reducer, params.get('key') ?? null);
  if (key === undefined) return { code: 'key-invalid' };
  const cell = readCell(table, key);
  const state = cell === null ? null : presentState(run, reducer, cell);
  if (state === undefined) return { code: 'migration-failed' };
  return { payload: { state, meta: metaOf(run) } };
}

/** In the type that the reducer has now; what is migrated for it is charged, and not kept. */
function presentState(run: Run, reducer: ReducerProgram, cell: Cell): Uint8Array | undefined {
  const isPresent = bytesEqual(cell.schema, reducer.stateSchema);
  return isPresent ? cell.state : migrateCell(run, reducer, cell)?.state;
}

/** What the description of a cell takes at least, so that too many are not even listed. */
const CELL_BYTES = 128;

function answerCells(run: Run, params: Params): Answer {
  const reducer = reducerOf(run, params);
  const table = reducer && run.next.cells[reducer.index];
  if (table === undefined) return { code: 'reducer-unknown' };
  const limit = countCells(table);
  if (limit * CELL_BYTES > run.next.runtime.limits.receipt_bytes)
    return { code: 'answer-too-large' };
  const cells = listCells(table, { limit }).map(({ key, hash, size, activeNs }) => ({
    key: key ?? new Uint8Array(0),
    state_hash: toHashText(hash),
    size,
    last_active_ns: activeNs,
  }));
  return { payload: { cells, meta: metaOf(run) } };
}

function answerDefinition(run: Run, params: Params): Answer {
  const { definition } = run.next.program;
  const [kind, name] = [params.get('kind'), params.get('name')];
  const isNamed = typeof name === 'string' && isDefinitionKind(kind);
  const found = isNamed ? definition.find(kind, name) : undefined;
  if (found === undefined) return { code: 'definition-missing' };
  const bytes = encode(found);
  return { payload: { definition: bytes, hash: toHashText(sha256(bytes)), meta: metaOf(run) } };
}

function answerPlans(run: Run, params: Params): Answer {
  const answer = listInstances(run.next, params, run.next.runtime.limits.receipt_bytes);
  return answer === undefined
    ? { code: 'query-invalid' }
    : { payload: { ...answer, meta: metaOf(run) } };
}

function isDefinitionKind(kind: Value | undefined): kind is DefinitionKind {
  return typeof kind === 'string' && (DEFINITION_KINDS as readonly string[]).includes(kind);
}

function reducerOf({ next }: Run, params: Params): ReducerProgram | undefined {
  const name = params.get('reducer');
  return typeof name === 'string' ? next.program.reducersByName.get(name) : undefined;
}

/** The canonical key; undefined for what is no key of the reducer. */
function keyOf(
  { definition: { keySchema } }: ReducerProgram,
  given: Value,
): Uint8Array | null | undefined {
  if (keySchema === undefined) return given === null ? null : undefined;
  if (!(given instanceof Uint8Array)) return undefined;
  const key = keySchema.normalizeCbor(given);
  return key.ok ? key.value : undefined;
}

/**
 * Whether what is asked for is the world as it is: `head`, `exact:<height>`, `at_least:<height>`.
 */
function isHere({ seq }: Run, params: Params): boolean {
  const [mode, height] = String(params.get('consistency')).split(':');
  if (mode === 'head') return height === undefined;
  if (height === undefined || !/^\d{1,15}$/.test(height)) return false;
  return mode === 'exact' ? Number(height) === seq : mode === 'at_least' && Number(height) <= seq;
}
