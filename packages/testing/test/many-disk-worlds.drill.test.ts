/** Many worlds on disk in one process: handles and memory stay within bounds. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openWorldHost, SharedDefinitions, verifyWorld, type WorldHost } from '@aos/host';
import { decodeGenesis, encodeGenesis } from '@aos/protocol';
import { createWorldStore, openWorldStore } from '@aos/store';
import { WasmEngine } from '@aos/wasm';
import { describe, expect, it } from 'vitest';
import { foundAsking, order } from './asking-world.js';

const WORLDS = process.env.AOS_DRILL === 'large' ? 1000 : 60;
const ROUNDS = 3;
/** The lock, the file that is written, one that is read, and one to spare. */
const HANDLES_PER_WORLD = 4;
const BYTES_PER_WORLD = 2 ** 20;
const LARGE_DRILL_MS = 600_000;

const founded = foundAsking();
const genesis = decodeGenesis(founded.genesis);

function genesisOf(n: number): Uint8Array {
  if (!genesis.ok) throw new Error(genesis.refusal.detail);
  const nonce = genesis.value.nonce.slice();
  new DataView(nonce.buffer).setUint32(0, n);
  return encodeGenesis({ ...genesis.value, nonce });
}

function handles(): number {
  return process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0;
}

describe('many worlds on disk', () => {
  it(`go on side by side, ${WORLDS} of them`, { timeout: LARGE_DRILL_MS }, async () => {
    const root = mkdtempSync(join(tmpdir(), 'aos-many-'));
    const [engine, definitions] = [new WasmEngine(), new SharedDefinitions()];
    const before = { handles: handles(), bytes: process.memoryUsage().rss };
    const open: WorldHost[] = [];
    for (let n = 0; n < WORLDS; n++) {
      const store = await createWorldStore(join(root, `${n}`), genesisOf(n), founded.objects);
      open.push(openWorldHost({ store, engine, definitions }));
    }
    for (let round = 0; round < ROUNDS; round++) {
      const sent = await Promise.all(open.map((host, n) => host.submit(order(100 + n + round))));
      expect(sent.every(({ ok }) => ok)).toBe(true);
    }
    expect(handles() - before.handles).toBeLessThan(HANDLES_PER_WORLD * WORLDS + 64);
    const grown = process.memoryUsage().rss - before.bytes;
    expect(grown).toBeLessThan(BYTES_PER_WORLD * WORLDS + 2 ** 28);
    await Promise.all(open.map((host) => host.close()));
    expect(handles() - before.handles).toBeLessThan(64);
    for (let n = 0; n < WORLDS; n += Math.ceil(WORLDS / 10)) {
      const store = await openWorldStore(join(root, `${n}`), { mode: 'read' });
      expect(verifyWorld(store, engine)).toMatchObject({ ok: true, records: ROUNDS });
      await store.close();
    }
    rmSync(root, { recursive: true });
  });
});
