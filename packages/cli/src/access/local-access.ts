/** A world opened by this process, asked as a daemon would be. */
import { openControl } from '@aos/host';
import type { WorldAccess } from '@aos/protocol';
import { openWorldStore } from '@aos/store';
import { newEngine } from '../compose/engine.js';
import { controlOf, type HostedWorld, openHost } from '../compose/open-host.js';
import { storePath } from '../world/world-path.js';

/** Opened for reading: whoever else has the world may go on. */
export async function openForReading(world: string): Promise<WorldAccess> {
  const store = await openWorldStore(storePath(world), { mode: 'read' });
  return closedWith(openControl(controlOf(world, store, newEngine())), () => store.close());
}

/**
 * Opened for writing, without running effects: they stay open until the world is run. Fault
 * `world-locked` when another process has it.
 */
export async function openForWriting(world: string): Promise<WorldAccess> {
  return accessOf(await openHost(world, { effects: 'leave' }));
}

/** Whoever closes the access closes the world. */
export function accessOf({ host, control, close }: HostedWorld): WorldAccess {
  return closedWith(openControl({ ...control, host }), close);
}

function closedWith(control: WorldAccess, close: () => Promise<void>): WorldAccess {
  return {
    call: (verb, args) => control.call(verb, args),
    stream: (verb, args) => control.stream(verb, args),
    close: async () => {
      await control.close();
      await close();
    },
  };
}
