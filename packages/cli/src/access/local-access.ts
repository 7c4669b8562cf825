/** A world opened by this process, asked as a daemon would be. */
import { type ControlOptions, openControl } from '@aos/host';
import type { WorldAccess } from '@aos/protocol';
import { openWorldStore } from '@aos/store';
import { newEngine } from '../compose/engine.js';
import { type HostedWorld, openHost } from '../compose/open-host.js';
import { storePath } from '../world/world-path.js';

/** Opened for reading: whoever else has the world may go on. */
export async function openForReading(world: string): Promise<WorldAccess> {
  const store = await openWorldStore(storePath(world), { mode: 'read' });
  const { tail } = store;
  const control = openControl({ store, engine: newEngine(), directory: world, tail });
  return closedWith(control, () => store.close());
}

/**
 * Opened for writing, without running effects: they stay open until the world is run. Fault
 * `world-locked` when another process has it.
 */
export async function openForWriting(world: string): Promise<WorldAccess> {
  const hosted = await openHost(world, { effects: 'leave' });
  return accessOf(hosted, world);
}

/** Whoever closes the access closes the world. */
export function accessOf(hosted: HostedWorld, world: string): WorldAccess {
  return closedWith(openControl(controlOptionsOf(hosted, world)), () => hosted.close());
}

export function controlOptionsOf(hosted: HostedWorld, directory: string): ControlOptions {
  const { host, store, engine } = hosted;
  return { host, store, engine, directory, tail: store.tail };
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
