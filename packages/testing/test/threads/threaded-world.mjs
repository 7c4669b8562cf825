// A world in a thread of its own: host, adapters and control service live here, whoever started the
// thread has a client at the other end of the port. `workerData` is {dir, home, port}.
import { workerData } from 'node:worker_threads';
import { createHttpAdapter } from '@aos/adapters-http';
import { openControl, openKey, openWorldHost, serveControlPort } from '@aos/host';
import { openWorldStore } from '@aos/store';
import { WasmEngine } from '@aos/wasm';

const { dir, home, port } = workerData;
const store = await openWorldStore(dir, { mode: 'write' });
const engine = new WasmEngine();
const http = createHttpAdapter();
const effects = { adapters: [http], signer: openKey(home, 'host') };
const host = openWorldHost({ store, engine, effects });

const shutdown = async () => {
  await host.close();
  await http.close();
  await service.close();
  port.close();
};
const service = openControl({ store, engine, host, shutdown });
serveControlPort(service, port);
