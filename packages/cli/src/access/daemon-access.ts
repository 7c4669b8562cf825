/** A world that a daemon has. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { WorldAccess } from '@aos/protocol';
import { storePath } from '../world/world-path.js';

/** Connects to the daemon of a world; `undefined` when none has it. */
export async function connectDaemon(world: string): Promise<WorldAccess | undefined> {
  if (!existsSync(join(storePath(world), 'control.json'))) return undefined;
  return undefined;
}
