/**
 * The process of a daemon that is measured: it makes the counter's world in the folder it is given
 * and serves it. Asked for, it says how much memory it has after a collection.
 */
import { join } from 'node:path';
import { Daemon, type OpenWorldHost, openWorldHost } from '@aos/host';
import { createWorldStore, openWorldStore } from '@aos/store';
import { foundCounter } from './measures/counter-world.js';

const [directory = ''] = process.argv.slice(2);
const { genesis, objects, engine } = foundCounter();

const openHost: OpenWorldHost = async (world) => {
  const store = await openWorldStore(join(world, '.aos'));
  const host = openWorldHost({ store, engine });
  return { host, control: { store, engine }, close: () => host.close() };
};

const store = await createWorldStore(join(directory, '.aos'), genesis, objects);
await store.close();
const daemon = new Daemon({ openHost });
await daemon.serve(directory);
process.on('message', () => {
  globalThis.gc?.();
  process.send?.(process.memoryUsage.rss());
});
process.on('disconnect', () => void daemon.close());
process.send?.('ready');
await daemon.ended;
