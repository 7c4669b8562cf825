/**
 * Shapes that are hashed or signed: geneses, records, heads, snapshots.
 *
 * What is read is written as the same bytes; what is refused has a code. A record that replays is
 * the one that was recorded, or of another input; a snapshot that opens is the world that a
 * snapshot of it gives again.
 */
import { bytesEqual } from '@aos/canon';
import { checkSnapshot, createWorld, replayRecord, takeSnapshot } from '@aos/kernel';
import {
  decodeGenesis,
  decodeRecord,
  decodeRecordHead,
  decodeStoredHead,
  encodeGenesis,
  encodeRecord,
  encodeStoredHead,
  Frontier,
} from '@aos/protocol';
import { type FuzzTarget, holds } from '@aos/testing/fuzz';
import { checkSignature } from '../../golden/golden-keys.js';
import { ObjectMemory } from '../../golden/recorder.js';
import { isExplained, valueIn } from '../codes.js';
import { Draws, edited } from '../draws.js';
import { type Life, live, once, SCENARIO_NAMES, snapshotOf } from '../golden-life.js';

const lives = once(() => SCENARIO_NAMES.map(live));
const snapshots = once(() => new Map(lives().map((life) => [life, snapshotOf(life)])));

/** Which world, which shape, which record; then edits of its bytes. */
export const target: FuzzTarget = {
  name: 'shapes',
  maxBytes: 512,
  seeds: () =>
    lives().flatMap((_, life) => [0, 1, 2, 3].map((shape) => Uint8Array.of(life, shape, 0, 3, 0))),
  run(bytes) {
    const draws = new Draws(bytes);
    const life = draws.pick(lives());
    const shape = draws.byte() % 4;
    const place = draws.u16() % life.recorder.records.length;
    if (shape === 0) checkGenesis(edited(life.recording.genesis, draws, 6));
    else if (shape === 1) checkRecord(life, place, draws);
    else if (shape === 2) checkHead(life, draws);
    else checkSnapshotOf(life, draws);
  },
};

function checkGenesis(bytes: Uint8Array): void {
  const genesis = valueIn(decodeGenesis(bytes));
  if (genesis === undefined) return;
  holds(bytesEqual(encodeGenesis(genesis), bytes), 'a genesis is written as it was read');
}

function checkRecord(life: Life, place: number, draws: Draws): void {
  const original = life.recorder.records[place] as Uint8Array;
  const bytes = edited(original, draws, 6);
  const head = valueIn(decodeRecordHead(bytes));
  const record = valueIn(decodeRecord(bytes));
  holds(record === undefined || head !== undefined, 'what is a record has the head of one');
  if (record !== undefined) {
    holds(bytesEqual(encodeRecord(record), bytes), 'a record is written as it was read');
  }
  if (place !== 0) return;
  const { genesis, definition, engine } = life.recording;
  const source = new ObjectMemory();
  source.put(life.recorder.objects);
  const world = createWorld(genesis, definition, { engine, source });
  holds(world.ok, 'the world of a scenario is one');
  const ports = { engine, object: source.read, checkSignature };
  const verdict = replayRecord(world.value, bytes, ports);
  if (verdict.kind === 'different') isExplained(verdict.difference.code);
  if (verdict.kind !== 'same' || bytesEqual(bytes, original)) return;
  holds(record !== undefined, 'what replays is a record');
  const lived = decodeRecord(original);
  holds(lived.ok, 'what was lived is a record');
  const { wakeAtNs: _, ...said } = record;
  const { entries, wakeAtNs } = lived.value;
  const wake = wakeAtNs === undefined ? {} : { wakeAtNs };
  const isOtherInput = !bytesEqual(encodeRecord({ ...said, entries, ...wake }), original);
  holds(isOtherInput, 'what a record says follows from its input');
}

function checkHead(life: Life, draws: Draws): void {
  const { world } = life.recorder;
  const frontier = new Frontier();
  for (let seq = 0; seq < 5; seq++) frontier.append(world.chain);
  const original = encodeStoredHead({
    ...{ worldId: world.worldId, epoch: 3, seq: 4, chain: world.chain },
    ...{ merkleRoot: frontier.root(), worldHash: world.chain, frontier: frontier.nodes },
    signature: { keyId: world.chain, sig: new Uint8Array(64).fill(7) },
  });
  const bytes = edited(original, draws, 6);
  const head = valueIn(decodeStoredHead(bytes));
  if (head === undefined) return;
  holds(bytesEqual(encodeStoredHead(head), bytes), 'a head is written as it was read');
}

function checkSnapshotOf(life: Life, draws: Draws): void {
  const { recording } = life;
  const { bytes: original, source } = snapshots().get(life) as ReturnType<typeof snapshotOf>;
  const bytes = edited(original, draws, 6);
  const opening = checkSnapshot(bytes, recording, { engine: recording.engine, source });
  if (opening.kind === 'refused') isExplained(opening.refusal.code);
  if (opening.kind !== 'opened') return;
  const again = takeSnapshot(opening.world);
  holds(again.kind === 'taken' && bytesEqual(again.bytes, bytes), 'a snapshot is of its world');
}
