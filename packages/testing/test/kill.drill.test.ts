/**
 * A writer process is killed with SIGKILL at random moments, over and over on one world. After each
 * kill: every acknowledged record is there with the chain value that was acknowledged, so is the
 * snapshot, the journal replays to itself, from genesis and from the snapshot, and the next writer
 * goes on.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { toHex } from '@aos/canon';
import { ensureKey, openWorld, verifyWorld } from '@aos/host';
import { hashWorld } from '@aos/kernel';
import { chainOf } from '@aos/protocol';
import { createWorldStore, openWorldStore } from '@aos/store';
import { WasmEngine } from '@aos/wasm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { foundCounter } from './counter-world.js';

const KILLS = process.env.AOS_DRILL === 'large' ? 500 : 50;
/** Kills per world: replaying a journal that only grows would be most of the drill. */
const KILLS_PER_WORLD = 10;
const writer = fileURLToPath(new URL('./kill-writer.mjs', import.meta.url));

/** What writers had acknowledged before they were killed. */
class Acknowledged {
  readonly records = new Map<number, string>();
  snapshotSeq = -2;
}

interface Writer {
  readonly dir: string;
  readonly home: string;
  readonly inFlight: number;
  /** Acknowledgements after which it is killed. */
  readonly acks: number;
}

/** Runs a writer, kills it, and resolves with what it said. */
function killedWriter({ dir, home, inFlight, acks }: Writer): Promise<Acknowledged> {
  const said = new Acknowledged();
  const seen = said.records;
  const child = spawn(process.execPath, [writer, dir, String(inFlight), home], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    const [seq, chain] = line.split(' ');
    if (seq === 'snapshot') said.snapshotSeq = Number(chain);
    // A line that the kill cut short is no acknowledgement that anybody read.
    if (chain?.length === 64) seen.set(Number(seq), chain);
    if (seen.size === acks) child.kill('SIGKILL');
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (_code, signal) => {
      if (signal === 'SIGKILL') resolve(said);
      else reject(new Error('the writer ended by itself'));
    });
  });
}

async function checkWorld(dir: string, acknowledged: Acknowledged): Promise<boolean> {
  const store = await openWorldStore(dir, { mode: 'read' });
  try {
    const chains = [...store.records(0)].map((bytes) => toHex(chainOf(bytes)));
    for (const [seq, chain] of acknowledged.records) expect(chains[seq]).toBe(chain);
    expect(store.snapshot?.seq ?? -2).toBeGreaterThanOrEqual(acknowledged.snapshotSeq);
    const report = verifyWorld(store, new WasmEngine());
    expect(report).toMatchObject({ ok: true, records: chains.length });
    const { world, from, passedOver } = openWorld(store, new WasmEngine());
    expect(passedOver).toBeUndefined();
    expect(toHex(hashWorld(world))).toBe(toHex(report.worldHash));
    return from !== 'genesis';
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
    const home = join(root, 'home');
    const operator = ensureKey(home, 'operator');
    let fromSnapshot = 0;
    for (let world = 0; world * KILLS_PER_WORLD < KILLS; world++) {
      const dir = join(root, String(world));
      const { genesis, objects } = foundCounter(operator);
      await (await createWorldStore(dir, genesis, objects)).close();
      const all = new Acknowledged();
      for (let kill = 0; kill < KILLS_PER_WORLD; kill++) {
        const inFlight = [1, 8, 64][kill % 3] as number;
        const acks = 1 + Math.floor(Math.random() * 300);
        const said = await killedWriter({ dir, home, inFlight, acks });
        for (const [seq, chain] of said.records) {
          expect(all.records.has(seq)).toBe(false);
          all.records.set(seq, chain);
        }
        all.snapshotSeq = Math.max(all.snapshotSeq, said.snapshotSeq);
        if (await checkWorld(dir, all)) fromSnapshot++;
      }
    }
    expect(fromSnapshot).toBeGreaterThan(KILLS / 2);
  });
});
