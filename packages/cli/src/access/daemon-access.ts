/** A world that a daemon has. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AosFault, type WorldAccess } from '@aos/protocol';
import { storePath } from '../world/world-path.js';

/**
 * Connects to the daemon of a world; `undefined` when none has it, whatever an earlier one left
 * behind. Faults: `control-token`, `control-version`, `control-busy` and the like.
 */
export async function connectDaemon(world: string): Promise<WorldAccess | undefined> {
  if (!existsSync(join(storePath(world), 'control.json'))) return undefined;
  const { connectWorld } = await import('@aos/client');
  try {
    return await connectWorld(world);
  } catch (error) {
    if (error instanceof AosFault && error.code === 'daemon-absent') return undefined;
    throw error;
  }
}

/** Whether a daemon has the world, and so its journal open. */
export async function hasDaemon(world: string): Promise<boolean> {
  const access = await connectDaemon(world);
  await access?.close();
  return access !== undefined;
}
