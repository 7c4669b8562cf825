/**
 * What two worlds differ in, or one at two heights: definitions, states, what is under way, and who
 * may sign. Which worlds they are is told and is no difference.
 *
 * D1 A world does not differ from itself, and the other way round everything is mirrored.
 * D2 All differences are counted; rows are shown up to a limit. What is the same costs nothing.
 */
import { bytesEqual, toHashText } from '@aos/canon';
import {
  type Cell,
  cellDifferences,
  compareDefinitions,
  type KeyState,
  type LeafDifference,
  type OpenIntent,
  type PlanInstance,
  type Proposal,
  printPlace,
  type World,
} from '@aos/kernel';
import type { PlainRecord, PlainValue } from '@aos/protocol';
import { cellShape, findReducer } from '../control/verbs/reducers.js';

type DiffChange = 'added' | 'changed' | 'removed';

/** What differs in one part: `added` is only in the second world, `removed` only in the first. */
export interface DiffPart {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  /** In order, the first ones; each says its `change`. */
  readonly rows: readonly PlainRecord[];
}

export interface DiffSide {
  readonly world_id: string;
  /** −1 before the first record. */
  readonly seq: number;
  readonly chain: string;
  readonly epoch: number;
  readonly mode: string;
  readonly manifest: string;
}

export interface WorldDiff {
  readonly a: DiffSide;
  readonly b: DiffSide;
  /** Nothing below differs, nor do the modes. */
  readonly same: boolean;
  readonly definitions: DiffPart;
  readonly keys: DiffPart;
  /** Reducers whose states differ, by name. */
  readonly states: readonly (DiffPart & { readonly reducer: string })[];
  readonly plans: DiffPart;
  readonly intents: DiffPart;
  readonly proposals: DiffPart;
}

/** Compares two worlds; at most `limit` rows of each part. Throws ObjectsNeeded. */
export function diffWorlds(a: World, b: World, limit: number): WorldDiff {
  const part = (rows: Iterable<DiffRow>) => gather(rows, limit);
  const parts = {
    definitions: part(definitionRows(a, b)),
    keys: part(keyRows(a, b)),
    plans: part(leafRows(a.planState.instances.differences(b.planState.instances), planShape)),
    intents: part(leafRows(a.intents.differences(b.intents), intentShape)),
    proposals: part(
      leafRows(a.governance.proposals.differences(b.governance.proposals), proposalShape),
    ),
  };
  const states = reducersOf(a, b).flatMap((reducer) => {
    const found = part(stateRows(a, b, reducer));
    return isEmpty(found) ? [] : [{ reducer, ...found }];
  });
  const isSame = Object.values(parts).every(isEmpty) && states.length === 0;
  return { a: sideOf(a), b: sideOf(b), same: isSame && a.mode === b.mode, ...parts, states };
}

interface DiffRow {
  readonly change: DiffChange;
  readonly shown: () => PlainRecord;
}

function gather(rows: Iterable<DiffRow>, limit: number): DiffPart {
  const counts = { added: 0, changed: 0, removed: 0 };
  const shown: PlainRecord[] = [];
  for (const row of rows) {
    counts[row.change]++;
    if (shown.length < limit) shown.push({ change: row.change, ...row.shown() });
  }
  return { ...counts, rows: shown };
}

const isEmpty = ({ added, changed, removed }: DiffPart) => added + changed + removed === 0;

function sideOf({ worldId, seq, chain, epoch, mode, program }: World): DiffSide {
  const manifest = toHashText(program.definition.manifestHash);
  return {
    world_id: toHashText(worldId),
    seq: seq - 1,
    chain: toHashText(chain),
    epoch,
    mode,
    manifest,
  };
}

function* definitionRows(a: World, b: World): Generator<DiffRow> {
  for (const row of compareDefinitions(a.program.definition, b.program.definition)) {
    const { kind, name, change } = row;
    yield { change, shown: () => ({ kind, name }) };
  }
}

function* keyRows(a: World, b: World): Generator<DiffRow> {
  const find = ({ keyring }: World, { keyId }: KeyState) =>
    keyring.find((key) => bytesEqual(key.keyId, keyId));
  for (const key of a.keyring) {
    const other = find(b, key);
    if (other === undefined) yield { change: 'removed', shown: () => keyShape(key, undefined) };
    else if ((other.revokedAt === null) !== (key.revokedAt === null)) {
      yield { change: 'changed', shown: () => keyShape(key, other) };
    }
  }
  for (const key of b.keyring) {
    if (find(a, key) === undefined)
      yield { change: 'added', shown: () => keyShape(undefined, key) };
  }
}

function keyShape(a: KeyState | undefined, b: KeyState | undefined): PlainRecord {
  const key = (a ?? b) as KeyState;
  const state = (side: KeyState | undefined) =>
    side === undefined ? null : side.revokedAt === null ? 'good' : 'revoked';
  return { key_id: toHashText(key.keyId), name: key.name, a: state(a), b: state(b) };
}

const changeOf = (here: unknown, there: unknown): DiffChange =>
  here === undefined || here === null
    ? 'added'
    : there === undefined || there === null
      ? 'removed'
      : 'changed';

function reducersOf(a: World, b: World): readonly string[] {
  const names = [a, b].flatMap(({ program }) =>
    program.reducers.map(({ definition }) => definition.name),
  );
  return [...new Set(names)].sort();
}

function* stateRows(a: World, b: World, reducer: string): Generator<DiffRow> {
  const tables = [a, b].map((world) => {
    const index = world.program.reducersByName.get(reducer)?.index;
    return index === undefined ? undefined : world.cells[index];
  });
  for (const { here, there } of cellDifferences(tables[0], tables[1])) {
    yield {
      change: changeOf(here, there),
      shown: () => {
        const [ours, theirs] = [shownCell(a, reducer, here), shownCell(b, reducer, there)];
        const key = (here === null ? theirs : ours)?.key ?? null;
        return { key, a: ours?.state ?? null, b: theirs?.state ?? null };
      },
    };
  }
}

function shownCell(
  world: World,
  reducer: string,
  cell: Cell | null,
): { readonly key: PlainValue; readonly state: PlainValue } | undefined {
  return cell === null ? undefined : cellShape(world, findReducer(world, reducer), cell);
}

function* leafRows<T>(
  differences: Iterable<LeafDifference<T>>,
  shape: (here: T | undefined, there: T | undefined) => PlainRecord,
): Generator<DiffRow> {
  for (const { here, there } of differences) {
    yield { change: changeOf(here, there), shown: () => shape(here, there) };
  }
}

function planShape(here: PlanInstance | undefined, there: PlanInstance | undefined): PlainRecord {
  const { id, plan } = (here ?? there) as PlanInstance;
  return { instance: printPlace(id), plan };
}

function intentShape(here: OpenIntent | undefined, there: OpenIntent | undefined): PlainRecord {
  const { hash, effect, cap } = (here ?? there) as OpenIntent;
  const state = (side: OpenIntent | undefined) => side?.state ?? null;
  return { intent: toHashText(hash), effect, cap, a: state(here), b: state(there) };
}

function proposalShape(here: Proposal | undefined, there: Proposal | undefined): PlainRecord {
  const { id, description } = (here ?? there) as Proposal;
  return { proposal: id, description, a: here?.state ?? null, b: there?.state ?? null };
}
