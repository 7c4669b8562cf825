/** A journal that crosses from one version of the rules to the next (spec N4). */
import type { Value } from '@aos/canon';
import { createWorld, openSnapshot, replay, replayRecord, type World } from '@aos/kernel';
import { describe, expect, it } from 'vitest';
import { changed, type Fields, fieldsOf, golden, portsOf } from './golden-worlds.js';
import { must } from './must.js';

const journal = golden('rules');
const ports = portsOf(journal);
const UPGRADE = 2;
const born = () => must(createWorld(journal.genesis, journal.definition, ports));
const under = (world: World, kernel: number): World => {
  return { ...world, runtime: { ...world.runtime, kernel } };
};
const runtimeOf = (snapshot: Uint8Array) => fieldsOf(snapshot).get('runtime') as Fields;
const rulesOf = ({ runtime }: World) => runtime.kernel;

/** Replays all of it, each record under the rules that `choose` says; where that ends. */
function replayUnder(choose: (world: World) => number) {
  let world = born();
  for (const [seq, bytes] of journal.records.entries()) {
    const verdict = replayRecord(under(world, choose(world)), bytes, ports);
    if (verdict.kind !== 'same') return { seq, verdict };
    world = verdict.world;
  }
  return { seq: journal.records.length, verdict: undefined };
}

/** The record with other numbers in its upgrade. */
const upgradeTo = (numbers: Record<string, Value>) =>
  changed(journal.records[UPGRADE] as Uint8Array, (record) => {
    const input = new Map(record.get('input') as Fields);
    const args = new Map([...(input.get('args') as Fields), ...Object.entries(numbers)]);
    record.set('input', input.set('args', args) as unknown as Value);
  });

describe('a journal that crosses a version of the rules', () => {
  it('replays, each record under the rules in force', () => {
    expect(replayUnder(rulesOf).seq).toBe(journal.records.length);
    expect(journal.kept.map(({ bytes }) => runtimeOf(bytes).get('kernel'))).toEqual([
      ...[0, 0, 0],
      ...[1, 1, 1, 1],
    ]);
  });

  it.each([
    ['0', 3, 'behind the upgrade'],
    ['1', 1, 'before the upgrade'],
  ])('is another one under rules %s alone, from record %i on, %s', (kernel, seq) => {
    const end = replayUnder(() => Number(kernel));
    expect(end.seq).toBe(seq);
    expect(end.verdict).toMatchObject({ kind: 'different' });
  });
});

describe('a version of the rules that a build does not know', () => {
  it('is refused in an upgrade', () => {
    const start = replayRecord(born(), journal.records[0] as Uint8Array, ports);
    if (start.kind !== 'same') throw new Error('it replays');
    const before = replayRecord(start.world, journal.records[1] as Uint8Array, ports);
    if (before.kind !== 'same') throw new Error('it replays');
    const verdict = replayRecord(before.world, upgradeTo({ kernel: 2 }), ports);
    expect(verdict).toMatchObject({
      difference: { kind: 'broken', code: 'runtime-unsupported', seq: UPGRADE },
    });
  });

  it('is refused where the journal is trusted', () => {
    const before = journal.records.slice(0, UPGRADE);
    const [future, next] = [upgradeTo({ kernel: 2 }), journal.records[UPGRADE + 1] as Uint8Array];
    const verdict = replay(born(), [...before, future, next], ports, 'trust');
    expect(verdict).toMatchObject({
      difference: { kind: 'broken', code: 'runtime-unsupported', seq: UPGRADE },
    });
  });

  it('is refused in a genesis', () => {
    const genesis = changed(journal.genesis, (fields) => {
      const runtime = new Map(fields.get('runtime') as Fields).set('kernel', 2);
      fields.set('runtime', runtime as unknown as Value);
    });
    const created = createWorld(genesis, journal.definition, ports);
    expect(created).toMatchObject({ refusal: { code: 'runtime-unsupported' } });
  });

  it('is refused in a snapshot', () => {
    const bytes = changed(journal.kept[4]?.bytes ?? new Uint8Array(0), (fields) => {
      const runtime = new Map(fields.get('runtime') as Fields).set('kernel', 2);
      fields.set('runtime', runtime as unknown as Value);
    });
    const { genesis, definition } = journal;
    expect(openSnapshot(bytes, { genesis, definition }, ports)).toMatchObject({
      refusal: { code: 'runtime-unsupported' },
    });
  });
});
