/**
 * The third mode of replay: the first difference as a table that people can read, with both values
 * and the chain of causes back to the input.
 *
 * E1 Explaining changes nothing and never fails: what is not there is left out.
 * E2 Values are read by the schemas of the world; states, which the journal has only as hashes, are
 *     shown where replay made them or their object is stored.
 */
import { type JsonValue, printJson } from '@aos/air';
import { bytesEqual, type Encodable, type Hash, RefusalError, type Value } from '@aos/canon';
import {
  decodeRecord,
  decodeRecordHead,
  type Entry,
  type EntryPlace,
  type JournalRecord,
} from '@aos/protocol';
import type { Cell } from '../cells/cell.js';
import { type CellTable, readCell } from '../cells/cell-table.js';
import { stateSchemaOf } from '../cells/state-schema.js';
import { step } from '../step/step.js';
import { ObjectsNeeded } from '../trie/objects-needed.js';
import { type Described, describeData, describeEntry, describeValue } from '../why/describe.js';
import { JournalView, type RecordReader } from '../why/journal-view.js';
import { causePlace, placeNumber, printPlace } from '../why/places.js';
import { describePlace, type WhyNode } from '../why/why.js';
import type { World } from '../world/world.js';
import type { Difference } from './difference.js';
import { feedInput } from './feed.js';
import type { ReplayPorts } from './replay.js';

/** One field of what differs. A field that one side lacks is `undefined` there. */
export interface ExplainedRow {
  readonly field: string;
  /** What replay makes. */
  readonly expected: JsonValue | undefined;
  /** What the journal has. */
  readonly found: JsonValue | undefined;
  readonly isSame: boolean;
}

/** A place on the way from the difference back to the input. */
export type ChainLink = Omit<WhyNode, 'links'>;

export interface Explanation {
  readonly kind: Difference['kind'];
  readonly seq: number;
  readonly at: string;
  readonly code: string;
  readonly rows: readonly ExplainedRow[];
  /** From what caused the differing entry back to an input, as the journal tells it. */
  readonly chain: readonly ChainLink[];
}

export interface ExplainPorts extends ReplayPorts {
  /** Earlier records, for causes that lie in them. */
  readonly record?: RecordReader;
}

/** Most links of a chain; each leads to an earlier place. */
const MAX_LINKS = 1000;

/**
 * Explains the difference that judging `bytes` against `world`, the world before that record, came
 * to.
 */
export function explainDifference(
  world: World,
  bytes: Uint8Array,
  difference: Difference,
  ports: ExplainPorts,
): Explanation {
  const { kind, seq, at, code } = difference;
  const scene = setScene(world, bytes, ports, kind);
  const head = { kind, seq, at, code };
  const i = entryIndex(at);
  if (i === undefined) {
    return { ...head, rows: [plainRow(difference)], chain: inputLink(scene) };
  }
  const expected = difference.expected as Entry | null;
  const found = difference.found as Entry | null;
  const rows = rowsOf(describeSide(scene, expected), describeSide(scene, found));
  return { ...head, rows, chain: chainOf(scene, expected ?? found) };
}

/** What there is to explain with. */
interface Scene {
  readonly world: World;
  readonly ports: ExplainPorts;
  /** The world that replay reaches; `undefined` when it reaches none. */
  readonly after: World | undefined;
  /** The record in question: as the journal has it, or else as replay makes it. */
  readonly record: JournalRecord | undefined;
  readonly view: JournalView;
}

function setScene(
  world: World,
  bytes: Uint8Array,
  ports: ExplainPorts,
  kind: Difference['kind'],
): Scene {
  const recorded = decodeRecord(bytes);
  // What is broken was never run: its input may be one that no step ever sees.
  const outcome = kind === 'broken' ? undefined : runAgain(world, bytes, ports);
  const record = recorded.ok ? recorded.value : outcome?.record;
  const earlier = ports.record ?? (() => undefined);
  const view = new JournalView((seq) => (seq < world.seq ? earlier(seq) : undefined));
  return { world, ports, after: outcome?.world, record, view };
}

function runAgain(world: World, bytes: Uint8Array, ports: ExplainPorts) {
  const head = decodeRecordHead(bytes);
  if (!head.ok) return undefined;
  const input = feedInput(head.value.input, ports.object);
  if (input.kind === 'need') return undefined;
  const outcome = step(world, input, head.value.stamp, ports);
  return outcome.kind === 'done' ? outcome : undefined;
}

function describePortsOf({ world, ports }: Scene) {
  return { definition: world.program.definition, object: ports.object };
}

/** All fields of one side, with the state where it is known. */
function describeSide(scene: Scene, entry: Entry | null): Described | null {
  if (entry === null) return null;
  const cause = printPlace(causePlace(scene.world.seq, entry.cause));
  const fields = { kind: entry.kind, cause, ...describeEntry(entry, describePortsOf(scene)) };
  if (entry.kind !== 'state-changed') return fields;
  const state = stateOf(scene, entry.reducer, entry.key, entry.after);
  return state === undefined ? fields : { ...fields, state_after: state };
}

function stateOf(
  { world, after, ports }: Scene,
  name: string,
  key: Uint8Array | null,
  hash: Hash | null,
): JsonValue | undefined {
  if (hash === null) return undefined;
  const reducer = world.program.reducersByName.get(name);
  const table = reducer === undefined ? undefined : after?.cells[reducer.index];
  const cell = cellOf(table, key);
  if (cell === null || after === undefined || !bytesEqual(cell.hash, hash)) {
    const bytes = ports.object(hash);
    return bytes === undefined ? undefined : describeValue(bytes, reducer?.definition.state);
  }
  return describeValue(cell.state, stateSchemaOf(after, name, cell)?.schema);
}

function cellOf(table: CellTable | undefined, key: Uint8Array | null): Cell | null {
  if (table === undefined || (table.kind === 'keyed') !== (key !== null)) return null;
  try {
    return readCell(table, key);
  } catch (error) {
    // Not in memory, or under a key that a forged record made up: the hash is shown instead.
    if (error instanceof ObjectsNeeded || error instanceof RefusalError) return null;
    throw error;
  }
}

function rowsOf(expected: Described | null, found: Described | null): readonly ExplainedRow[] {
  const names = new Set([...Object.keys(expected ?? {}), ...Object.keys(found ?? {})]);
  return [...names].map((field) => {
    const pair = { expected: expected?.[field], found: found?.[field] };
    return { field, ...pair, isSame: printSide(pair.expected) === printSide(pair.found) };
  });
}

function plainRow({ at, expected, found, kind }: Difference): ExplainedRow {
  const describe = (value: Difference['expected']) => describeData(value as Value & Encodable);
  const pair = { expected: describe(expected), found: describe(found) };
  const shown = kind === 'broken' ? { ...pair, expected: undefined } : pair;
  return { field: at, ...shown, isSame: false };
}

function chainOf(scene: Scene, entry: Entry | null): readonly ChainLink[] {
  if (entry === null || scene.record === undefined) return inputLink(scene);
  const { seq } = scene.world;
  const links: ChainLink[] = [];
  let here: EntryPlace | undefined = causePlace(seq, entry.cause);
  while (here !== undefined && links.length < MAX_LINKS) {
    const record = here.seq === seq ? scene.record : scene.view.record(here.seq);
    if (record === undefined) break;
    links.push(describePlace(record, here, describePortsOf(scene)));
    here = causeOf(record, here);
  }
  return links;
}

function causeOf({ seq, entries }: JournalRecord, here: EntryPlace): EntryPlace | undefined {
  const entry = here.i === null ? undefined : entries[here.i];
  if (entry === undefined) return undefined;
  const cause = causePlace(seq, entry.cause);
  // A forged record may name anything; the way back only ever leads back.
  return placeNumber(cause) < placeNumber(here) ? cause : undefined;
}

function inputLink(scene: Scene): readonly ChainLink[] {
  const place = { seq: scene.world.seq, i: null };
  return scene.record === undefined
    ? []
    : [describePlace(scene.record, place, describePortsOf(scene))];
}

function entryIndex(at: string): number | undefined {
  const match = /^entries\/(\d+)$/.exec(at);
  return match === null ? undefined : Number(match[1]);
}

function printSide(value: JsonValue | undefined): string {
  return value === undefined ? '' : printJson(value);
}
