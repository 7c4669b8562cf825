/**
 * What somebody changed in a journal or a snapshot is found, and breaks nothing.
 *
 * 1. A record of other bytes does not replay to the same world: it is told at once, or by the next
 *    record, or by the chain value of the last one.
 * 2. Bytes of a snapshot open as the one world that would write them, or are refused with a code.
 * 3. A record that follows from the chain and that admission would not have let in, or that nobody
 *    signed, is told.
 * 4. None of it throws, whatever the bytes.
 */
import { bytesEqual, decode, encode, type Hash, type Value } from '@aos/canon';
import type { SignatureCheck, World } from '@aos/kernel';
import { encodeRecord, type JournalRecord, type Stamp } from '@aos/protocol';
import { looseBytes } from '../inputs/loose-bytes.js';
import type { Kept, Life } from '../kernel/life.js';
import type { Random } from '../random.js';

/** Throws when a change goes unnoticed. */
export function checkTampering(life: Life): void {
  const { random, lived, snapshots } = life;
  if (lived.length > 0) {
    checkRecord(life, random.below(lived.length));
    checkForged(life, random.below(lived.length));
  }
  if (snapshots.length > 0) checkSnapshot(life, random.pick(snapshots));
}

function checkRecord(life: Life, index: number): void {
  const { lived } = life;
  const { before, bytes } = lived[index] as Life['lived'][number];
  const changed = tampered(life.random, bytes, lived[index + 1]?.bytes);
  if (bytesEqual(changed, bytes)) return;
  const world = judge(life, before, changed);
  if (world === undefined) return;
  const next = lived[index + 1];
  const isTold =
    next === undefined
      ? !bytesEqual(world.chain, life.world.chain)
      : judge(life, world, next.bytes) === undefined;
  if (!isTold) throw new Error(`record ${index} was changed, and nobody noticed`);
}

/** Records that are well-formed and follow from the chain, and that no kernel would have made. */
function checkForged(life: Life, index: number): void {
  const { before, record } = life.lived[index] as Life['lived'][number];
  const { input } = record;
  if (input.kind !== 'event') {
    if ('sig' in input) refuseForged(life, before, record, () => false);
    return;
  }
  const { inline } = input.value;
  const value = inline === undefined ? undefined : decode(inline);
  if (value?.ok) {
    const loose = { inline: looseBytes(value.value) };
    refuseForged(life, before, { ...record, input: { ...input, value: loose } });
  }
  if (before.logicalNowNs > 0n) {
    const stamp = { ...record.stamp, logicalNowNs: before.logicalNowNs - 1n };
    refuseForged(life, before, { ...record, stamp });
  }
  const after = life.lived[index + 1]?.before ?? life.world;
  if (input.dedup === undefined || after.runtime.limits.dedup_window === 0) return;
  refuseForged(life, after, { ...record, seq: after.seq, prev: after.chain, stamp: later(after) });
}

const later = ({ logicalNowNs, lastWallNs }: World): Stamp => ({
  nowNs: lastWallNs,
  logicalNowNs,
  entropy: new Uint8Array(32),
});

function refuseForged(
  life: Life,
  world: World,
  record: JournalRecord,
  checkSignature?: SignatureCheck,
): void {
  if (judge(life, world, encodeRecord(record), checkSignature) === undefined) return;
  throw new Error(`a forged record ${record.seq} replays as if it were true`);
}

/** The world after a record that comes out as it stands; nothing when it does not. */
function judge(
  life: Life,
  world: World,
  bytes: Uint8Array,
  checkSignature?: SignatureCheck,
): World | undefined {
  const { kernel, engine, disk, coverage } = life;
  const check = checkSignature === undefined ? {} : { checkSignature };
  const ports = { engine, object: (hash: Hash) => disk.read(hash), ...check };
  const verdict = life.memory.tryAsk(() => kernel.replayRecord(world, bytes, ports, 'verify'));
  if (verdict === undefined) coverage.count('difference object-missing');
  else if (verdict.kind === 'same') return verdict.world;
  else coverage.count(`difference ${verdict.difference.code}`);
  return undefined;
}

function checkSnapshot(life: Life, kept: Kept): void {
  const { kernel, coverage } = life;
  const { random } = life;
  const bytes = random.chance(0.3)
    ? withoutSense(random, kept.bytes)
    : tampered(random, kept.bytes, undefined);
  const memory = life.disk.memory(1);
  const opened = memory.tryAsk(() => life.open(bytes, memory));
  if (opened === undefined) coverage.count('snapshot-refusal object-missing');
  else if (opened.kind === 'refused') coverage.count(`snapshot-refusal ${opened.refusal.code}`);
  else {
    const again = memory.tryAsk(() => kernel.takeSnapshot(opened.world));
    if (again !== undefined && bytesEqual(again.bytes, bytes)) return;
    throw new Error(`changed bytes of the snapshot at ${kept.seq} open as a world of other bytes`);
  }
}

/** Canonical bytes of the same map with another value for one of its fields. */
function withoutSense(random: Random, bytes: Uint8Array): Uint8Array {
  const decoded = decode(bytes);
  if (!decoded.ok || !(decoded.value instanceof Map)) throw new Error('a snapshot is a map');
  const name = random.pick([...decoded.value.keys()]);
  const other = random.pick<Value>([null, 7, -1, 'text', [], new Uint8Array(32), new Map()]);
  return encode(new Map(decoded.value).set(name, other));
}

/** The bytes with something wrong with them. */
function tampered(random: Random, bytes: Uint8Array, other: Uint8Array | undefined): Uint8Array {
  const flipped = bytes.slice();
  const at = random.below(bytes.length);
  flipped[at] = (flipped[at] as number) ^ (1 << random.below(8));
  return random.weighted([
    [6, flipped],
    [1, bytes.slice(0, at)],
    [1, other ?? flipped],
  ]);
}
