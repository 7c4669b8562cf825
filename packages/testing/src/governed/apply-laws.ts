/**
 * What a change of the definition leaves alone.
 *
 * 1. Every cell is there after it as it was before, in a table or among those that are retired.
 * 2. Every open intent is still open, or has ended in that record; what it is goes by the
 *    definition it was opened under. Every instance goes on under the one it began under, or ends.
 * 3. An application that did not come about leaves definition, cells and proposals as they were.
 * 4. A state has the fields of the type that its cell names.
 */
import { decode, toHex } from '@aos/canon';
import { type Cell, type CellTable, listCells, type World } from '@aos/kernel';
import type { JournalRecord } from '@aos/protocol';
import type { Lived } from '../kernel/life.js';
import type { ObjectMemory } from '../kernel/object-disk.js';

export class ApplyLaws {
  /** Fields of the states of a type, by the hash of the type. */
  private readonly fields = new Map<string, string>();

  constructor(private readonly memory: Pick<ObjectMemory, 'look'>) {}

  /** Takes a record with the worlds around it; throws with what it breaks. */
  check({ before, record }: Lived, after: World): void {
    const isApplied = record.entries.some(
      (entry) => entry.kind === 'governance-changed' && entry.change === 'applied',
    );
    if (isApplied) {
      this.checkCells(before, after, record);
      this.checkKept(before, after, record);
    } else if (manifestOf(before) !== manifestOf(after)) {
      throw new Error(`record ${record.seq} has changed the definition without saying so`);
    } else if (isOnlyDropped(record)) {
      this.checkCells(before, after, record);
      if (this.proposalsOf(before) !== this.proposalsOf(after))
        throw new Error(`the dropped application of record ${record.seq} has changed proposals`);
    }
  }

  /** Throws when the last world has states of other types than their cells say. */
  checkTypes(world: World): void {
    for (const cell of cellsOf(this.memory, world).values()) {
      const state = decode(cell.state);
      const names = state.ok && state.value instanceof Map ? [...state.value.keys()].join() : '';
      const type = toHex(cell.schema);
      const known = this.fields.get(type) ?? names;
      if (known !== names) throw new Error(`a state of the fields ${names} is said to be ${known}`);
      this.fields.set(type, known);
    }
  }

  private proposalsOf({ governance }: World): string {
    return this.memory.look(() => toHex(governance.proposals.root()));
  }

  private checkCells(before: World, after: World, { seq, input, entries }: JournalRecord): void {
    const changes = entries.some(({ kind }) => kind === 'state-changed');
    if (changes || !('verb' in input)) return;
    const left = new Map(cellsOf(this.memory, after));
    for (const [name, cell] of cellsOf(this.memory, before)) {
      const found = left.get(name);
      if (found === undefined) throw new Error(`record ${seq} loses the cell ${name}`);
      const isSame = toHex(found.hash) === toHex(cell.hash);
      if (!isSame || toHex(found.schema) !== toHex(cell.schema))
        throw new Error(`record ${seq} has changed the cell ${name} without a call`);
      left.delete(name);
    }
    const [more] = left.keys();
    if (more !== undefined) throw new Error(`record ${seq} brings the cell ${more} from nowhere`);
  }

  private checkKept(before: World, after: World, { seq, entries }: JournalRecord): void {
    const ended = new Set(
      entries.flatMap((entry) => {
        if (entry.kind === 'settled') return [toHex(entry.intent)];
        if (entry.kind === 'plan-ended') return [`${entry.instance.seq} ${entry.instance.i}`];
        return [];
      }),
    );
    const kept = new Map(pinsOf(this.memory, after));
    for (const [name, manifest] of pinsOf(this.memory, before)) {
      if (ended.has(name)) continue;
      if (kept.get(name) === manifest) continue;
      const what = kept.has(name) ? 'brings under another definition' : 'loses';
      throw new Error(`record ${seq} ${what} ${name}`);
    }
  }
}

/** Nothing has come of an application, and no work that was left over was done with it. */
const isOnlyDropped = ({ input, entries }: JournalRecord): boolean =>
  'verb' in input && input.verb === 'apply' && entries.every(({ kind }) => kind === 'dropped');

const manifestOf = ({ program }: World): string => toHex(program.definition.manifestHash);

/** The manifests of what is on its way: intents by hash, instances by place. */
function pinsOf(
  memory: Pick<ObjectMemory, 'look'>,
  world: World,
): readonly (readonly [string, string])[] {
  return memory.look(() => [
    ...[...world.intents.range()].map(
      ({ hash, manifest }) => [toHex(hash), toHex(manifest)] as const,
    ),
    ...[...world.planState.instances.range()].map(
      ({ id, manifest }) => [`${id.seq} ${id.i}`, toHex(manifest)] as const,
    ),
  ]);
}

/** Every cell that there is, by its reducer and key. */
function cellsOf(memory: Pick<ObjectMemory, 'look'>, world: World): ReadonlyMap<string, Cell> {
  return memory.look(() => {
    const { reducers } = world.program.definition;
    const tables: (readonly [string, CellTable])[] = [
      ...reducers.map(({ name }, i) => [name, world.cells[i] as CellTable] as const),
      ...world.retired.map(({ reducer, cells }) => [reducer, cells] as const),
    ];
    return new Map(
      tables.flatMap(([name, table]) =>
        listCells(table, { limit: MOST }).map(
          (cell) => [`${name} ${cell.key === null ? '-' : toHex(cell.key)}`, cell] as const,
        ),
      ),
    );
  });
}

const MOST = 100_000;
