/**
 * A writer process is killed with SIGKILL at random moments, over and over on one world. After each
 * kill: every acknowledged record is there with the chain value that was acknowledged, the journal
 * replays to itself, and the next writer goes on.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { toHex } from '@aos/canon';
import { verifyWorld } from '@aos/host';
import { chainOf } from '@aos/protocol';
import { createWorldStore, openWorldStore } from '@aos/store';
import { WasmEngine } from '@aos/wasm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { foundCounter } from './counter-world.js';

const KILLS = process.env.AOS_DRILL === 'large' ? 500 : 50;
/** Kills per world: replaying a journal that only grows would be most of the drill. */
const KILLS_PER_WORLD = 10;
const writer = fileURLToPath(new URL('./kill-writer.mjs', import.meta.url));

/** Runs a writer, kills it after a random number of acknowledgements; what it had acknowledged. */
function killedWriter(dir: string, inFlight: number, acks: number): Promise<Map<number, string>> {
  const seen = new Map<number, string>();
  const child = spawn(process.execPath, [writer, dir, String(inFlight)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    const [seq, chain] = line.split(' ');
    // A line that the kill cut short is no acknowledgement that anybody read.
    if (chain?.length === 64) seen.set(Number(seq), chain);
    if (seen.size === acks) child.kill('SIGKILL');
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (_code, signal) => {
      if (signal === 'SIGKILL') resolve(seen);
      else reject(new Error('the writer ended by itself'));
    });
  });
}

async function checkWorld(dir: string, acknowledged: ReadonlyMap<number, string>): Promise<void> {
  const store = await openWorldStore(dir, { mode: 'read' });
  try {
    const chains = [...store.records(0)].map((bytes) => toHex(chainOf(bytes)));
    for (const [seq, chain] of acknowledged) expect(chains[seq]).toBe(chain);
    expect(verifyWorld(store, new WasmEngine())).toMatchObject({
      ok: true,
      records: chains.length,
    });
  } finally {
    await store.close();
  }
}

describe('a writer killed at random moments', () => {
  let root = '';
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'aos-kill-'));
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it(`loses nothing that it acknowledged, ${KILLS} times`, async () => {
    for (let world = 0; world * KILLS_PER_WORLD < KILLS; world++) {
      const dir = join(root, String(world));
      const { genesis, objects } = foundCounter();
      await (await createWorldStore(dir, genesis, objects)).close();
      const acknowledged = new Map<number, string>();
      for (let kill = 0; kill < KILLS_PER_WORLD; kill++) {
        const inFlight = [1, 8, 64][kill % 3] as number;
        const acks = 1 + Math.floor(Math.random() * 300);
        for (const [seq, chain] of await killedWriter(dir, inFlight, acks)) {
          expect(acknowledged.has(seq)).toBe(false);
          acknowledged.set(seq, chain);
        }
        await checkWorld(dir, acknowledged);
      }
    }
  });
});
