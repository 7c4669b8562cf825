/**
 * Live = replay from genesis = replay from each snapshot, byte for byte.
 *
 * 1. A judge that believes nothing and one that trusts reach the world that was lived.
 * 2. A snapshot opens as the world it was taken of, and taken again it is the same bytes.
 * 3. What follows a snapshot comes out of the opened world as it came out of the lived one.
 */
import { bytesEqual } from '@aos/canon';
import type { World } from '@aos/kernel';
import type { Kept, Life } from '../kernel/life.js';
import type { ObjectMemory } from '../kernel/object-disk.js';

/** Cache of the worlds that are replayed: another one than that of the lived one. */
const CACHE_LEAVES = 64;

/** Snapshots of one life that are opened; opening is most of what takes time here. */
const MAX_REOPENED = 2;

/**
 * Throws with what differs. Answers with the world that was replayed from genesis: nothing of it is
 * stored, so all of it is in memory.
 */
export function checkReplay(life: Life): World {
  const memory = life.disk.memory(CACHE_LEAVES);
  const world = replayWithSnapshots(life, memory);
  checkSame(life, world, 'replay from genesis');
  for (const kept of life.random.shuffled(life.snapshots).slice(0, MAX_REOPENED)) {
    const memory = life.disk.memory(CACHE_LEAVES);
    const world = life.reopen(kept, memory);
    checkSnapshot(life, kept, world, memory);
    const mode = life.random.pick(['verify', 'trust'] as const);
    const last = life.replay(world, memory, mode);
    checkSame(life, last, `replay from the snapshot at ${kept.seq}`);
  }
  return world;
}

/** From genesis, comparing at each height where a snapshot was taken. */
function replayWithSnapshots(life: Life, memory: ObjectMemory): World {
  let world = life.begin(memory);
  for (const kept of life.snapshots) {
    world = life.replay(world, memory, 'verify', kept.seq);
    checkSnapshot(life, kept, world, memory);
  }
  return life.replay(world, memory, 'verify');
}

function checkSnapshot(life: Life, kept: Kept, world: World, memory: ObjectMemory): void {
  const again = memory.ask(() => life.kernel.takeSnapshot(world));
  if (bytesEqual(again.bytes, kept.bytes)) return;
  throw new Error(`the snapshot at ${kept.seq} has other bytes when the world is replayed`);
}

function checkSame(life: Life, world: World, what: string): void {
  const { kernel } = life;
  if (bytesEqual(kernel.hashWorld(life.world), kernel.hashWorld(world))) return;
  throw new Error(`${what} ends in another world than was lived`);
}
