/** The process of our own side of a comparison: a daemon for the world in the given folder. */
import { join } from 'node:path';
import { Daemon, type OpenWorldHost, openWorldHost } from '@aos/host';
import { openWorldStore } from '@aos/store';
import { WasmEngine } from '@aos/wasm';
import { actEffects } from './systems/aos-world.js';

const [directory = ''] = process.argv.slice(2);

const openHost: OpenWorldHost = async (world) => {
  const store = await openWorldStore(join(world, '.aos'));
  const engine = new WasmEngine();
  const host = openWorldHost({ store, engine, effects: actEffects(world) });
  return { host, control: { store, engine }, close: () => host.close() };
};

const daemon = new Daemon({ openHost });
await daemon.serve(directory);
process.on('message', () => void daemon.close());
process.on('disconnect', () => void daemon.close());
process.send?.('ready');
await daemon.ended;
process.disconnect?.();
