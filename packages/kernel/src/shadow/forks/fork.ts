/** Forks: a world as it is, and as it would be if another definition were applied to it now. */
import type { WorldDefinition } from '@aos/air';
import { ok, type Result, toHashText } from '@aos/canon';
import type { Engine, Entry } from '@aos/protocol';
import { adopt, endRevoked } from '../../governance/apply.js';
import { moveCells } from '../../governance/moved-cells.js';
import { compileProgram } from '../../program/program.js';
import { ProgramCache } from '../../program/program-cache.js';
import { Run } from '../../step/run.js';
import type { World } from '../../world/world.js';

export interface Fork {
  readonly world: World;
  /** What becoming so has written. */
  readonly entries: readonly Entry[];
}

/** The world with caches of its own, so that nothing of what it came from changes. */
export function forkOf(world: World): World {
  const programs = new ProgramCache();
  programs.put(world.program);
  return { ...world, programs };
}

/** Codes: those of `moveCells`. Throws ObjectsNeeded. */
export function forkUnder(world: World, definition: WorldDefinition, engine: Engine): Result<Fork> {
  const { nodes } = definition;
  const { read, cache } = world.source;
  const source = {
    cache,
    read: (hash: Parameters<typeof read>[0]) => nodes.get(toHashText(hash)) ?? read(hash),
  };
  const from = { ...forkOf(world), source };
  const program = compileProgram(definition);
  const moved = moveCells(from, program);
  if (!moved.ok) return moved;
  const entropy = new Uint8Array(32);
  const stamp = { nowNs: world.lastWallNs, logicalNowNs: world.logicalNowNs, entropy };
  const run = new Run(from, stamp, engine);
  adopt(run, { definition, program, moved: moved.value });
  let next = endRevoked(run, null, run.inputPlace);
  while (next !== null) next = endRevoked(run, next, run.inputPlace);
  run.next.pending = run.queue.rest();
  return ok({ world: { ...run.next }, entries: run.entries });
}
