/** What replay must never do, because it has been seen done: each on the golden worlds. */
import { encode, type Value } from '@aos/canon';
import { openSnapshot, readCell, replay, takeSnapshot, type World } from '@aos/kernel';
import { describe, expect, it } from 'vitest';
import { fieldsOf, type Golden, golden, portsOf, worldAt } from './golden-worlds.js';

const journals = new Map<string, Golden>();

function the(name: string): Golden {
  const journal = journals.get(name) ?? golden(name);
  journals.set(name, journal);
  return journal;
}

/** The world at `seq`, closed and opened again from its snapshot, and fed what came after. */
function reopened(name: string, seq: number): World {
  const journal = the(name);
  const { genesis, definition, kept, records } = journal;
  const bytes = kept[seq]?.bytes ?? new Uint8Array(0);
  const opening = openSnapshot(bytes, { genesis, definition }, portsOf(journal));
  if (opening.kind !== 'opened') throw new Error(JSON.stringify(opening));
  const verdict = replay(opening.world, records.slice(seq), portsOf(journal), 'trust');
  if (verdict.kind !== 'same') throw new Error('it does not replay');
  return verdict.world;
}

function countOf(world: World, reducer: string, key: string | null): Value | undefined {
  const at = world.program.reducersByName.get(reducer)?.index ?? -1;
  const table = world.cells[at];
  const cell = table === undefined ? null : readCell(table, key === null ? null : encode(key));
  return cell === null ? undefined : fieldsOf(cell.state).get('n');
}

const idsOf = (world: World) => [...world.intents.range()].map(({ hash }) => hash);

describe('a world that is opened again', () => {
  it('has not processed derived events twice', () => {
    // The last two records make events, which are in the journal and made again.
    const { length } = the('keyed').records;
    const lived = countOf(worldAt(the('keyed'), length), 'p/Plain@1', null);
    expect(lived).toBeTypeOf('number');
    for (const from of [0, length - 2, length - 1, length]) {
      expect(countOf(reopened('keyed', from), 'p/Plain@1', null)).toBe(lived);
    }
  });

  it('takes events that went to a keyed and to an un-keyed reducer', () => {
    const world = reopened('keyed', 5);
    expect(countOf(world, 'p/Keyed@1', 'b')).toBeTypeOf('number');
    expect(countOf(world, 'p/Keyed@1', 'a')).toBeUndefined();
  });

  it('asks for nothing again that was answered before', () => {
    const { length } = the('effects').records;
    const lived = idsOf(worldAt(the('effects'), length));
    for (const seq of [0, 4, 12, length]) expect(idsOf(reopened('effects', seq))).toEqual(lived);
  });

  it('goes on after every fault there is, and after denied effects', () => {
    const { records } = the('faults');
    for (let seq = 0; seq <= records.length; seq++) {
      expect(reopened('faults', seq).seq).toBe(records.length);
    }
  });

  it('goes on after plans that failed and after receipts that were errors', () => {
    for (const seq of [0, 4, 5, 8]) expect(reopened('saga', seq).planState.instances.size).toBe(2);
  });

  it('remembers what waits for approval, what was spent, and which commands were used', () => {
    // Between the request for approval and the approval.
    const journal = the('effects');
    const { genesis, definition, kept } = journal;
    const bytes = kept[15]?.bytes ?? new Uint8Array(0);
    const opening = openSnapshot(bytes, { genesis, definition }, portsOf(journal));
    if (opening.kind !== 'opened') throw new Error(JSON.stringify(opening));
    const { intents, gateState, deadlines } = opening.world;
    expect([...intents.range()].some(({ approval }) => approval !== null)).toBe(true);
    expect(gateState.ledgers.size).toBeGreaterThan(0);
    expect(deadlines.size).toBeGreaterThan(0);
    expect(reopened('effects', 16).nonces.size).toBe(2);
  });

  it('names plan instances as it did', () => {
    const names = (world: World) => [...world.planState.instances.range()].map(({ id }) => id);
    const { length } = the('saga').records;
    const lived = names(worldAt(the('saga'), length));
    expect(lived).toHaveLength(2);
    for (const seq of [0, 6, 9, 12]) expect(names(reopened('saga', seq))).toEqual(lived);
  });

  it('has snapshots of the same bytes, whichever way it came there', () => {
    const { kept, records } = the('effects');
    for (const seq of [0, 7, 15, records.length]) {
      const taken = takeSnapshot(reopened('effects', seq));
      expect(taken).toMatchObject({ kind: 'taken', bytes: kept.at(-1)?.bytes });
    }
  });
});
