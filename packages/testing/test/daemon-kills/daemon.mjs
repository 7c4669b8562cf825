// A daemon of one world, until it is killed or told to go. It says `up` on standard output, and
// when its world has stopped or does not open, `<kind> <code> <message>`.
// Arguments: directory of the world; for canaries, the way in which it is broken: that of a disk,
// or `no-dedup`, which takes what comes again for something new.
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { closeOnSignals, Daemon, openWorldHost } from '@aos/host';
import { openWorldStore } from '@aos/store';
import { WasmEngine } from '@aos/wasm';
import { brokenFs } from '../real/broken-fs.js';

const [, , folder = '', broken] = process.argv;

/** @param {string} directory */
async function openHost(directory) {
  const way = /** @type {import('../real/broken-fs.js').BrokenWay} */ (broken);
  const fs = brokenFs(broken === 'no-dedup' ? undefined : way);
  const store = await openWorldStore(join(directory, '.aos'), { mode: 'write', fs });
  const engine = new WasmEngine();
  const opened = openWorldHost({ store, engine, snapshotRecords: 50 });
  const host = broken === 'no-dedup' ? forgetful(opened) : opened;
  return { host, control: { store, engine, directory }, close: () => host.close() };
}

/**
 * Who sends again is not known again.
 * @param {import('@aos/host').WorldHost} host
 */
const forgetful = (host) =>
  new Proxy(host, {
    get(target, name) {
      const value = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      if (name !== 'submit') return value.bind(target);
      /** @param {{ readonly dedup?: string }} input @param {...unknown} rest */
      return ({ dedup, ...input }, ...rest) => value.call(target, input, ...rest);
    },
  });

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
