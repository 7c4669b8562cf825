/** The thread on which a shadow runs: reads the world for itself, with an engine of its own. */
import { serveShadow } from '@aos/host';
import { openWorldStore } from '@aos/store';
import { newEngine } from './engine.js';

await serveShadow(async (path) => ({
  store: await openWorldStore(String(path), { mode: 'read' }),
  engine: newEngine(),
}));
