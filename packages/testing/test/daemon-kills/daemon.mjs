// A daemon of one world, until it is killed or told to go. It says `up` on standard output, and
// when its world has stopped or does not open, `<kind> <code> <message>`.
// Arguments: directory of the world; JSON options of its store.
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { closeOnSignals, Daemon, openWorldHost } from '@aos/host';
import { openWorldStore } from '@aos/store';
import { WasmEngine } from '@aos/wasm';

const [, , folder = '', options = '{}'] = process.argv;

/** @param {string} directory */
async function openHost(directory) {
  const setting = { mode: /** @type {const} */ ('write'), ...JSON.parse(options) };
  const store = await openWorldStore(join(directory, '.aos'), setting);
  const engine = new WasmEngine();
  const host = openWorldHost({ store, engine, snapshotRecords: 50 });
  return { host, control: { store, engine, directory }, close: () => host.close() };
}

/** @param {import('@aos/host').DaemonEvent} event */
function tell(event) {
  const cause = event.kind === 'stopped' ? event.fault : 'cause' in event ? event.cause : undefined;
  if (cause === undefined) return;
  const { code, message } = /** @type {{ code?: string, message?: string }} */ (cause);
  writeSync(1, `${event.kind} ${code} ${message}\n`);
}

const daemon = new Daemon({ openHost, onEvent: tell });
closeOnSignals(daemon);
await daemon.serve(folder);
writeSync(1, 'up\n');
