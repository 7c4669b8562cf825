// A daemon of one world, until it is killed or told to go. It says `up` on standard output.
// Argument: directory of the world.
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { closeOnSignals, Daemon, openWorldHost } from '@aos/host';
import { openWorldStore } from '@aos/store';
import { WasmEngine } from '@aos/wasm';

/** @param {string} directory */
async function openHost(directory) {
  const store = await openWorldStore(join(directory, '.aos'), { mode: 'write' });
  const engine = new WasmEngine();
  const host = openWorldHost({ store, engine, snapshotRecords: 50 });
  return { host, control: { store, engine, directory }, close: () => host.close() };
}

const daemon = new Daemon({ openHost });
closeOnSignals(daemon);
await daemon.serve(process.argv[2]);
writeSync(1, 'up\n');
