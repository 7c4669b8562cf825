/**
 * A writer process is killed with SIGKILL at random moments, over and over on one world. After each
 * kill: every acknowledged record is there with the chain value that was acknowledged, so is the
 * snapshot, the journal replays to itself, from genesis and from the snapshot, and the next writer
 * goes on.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toHex } from '@aos/canon';
import { ensureKey, openWorld, verifyWorld } from '@aos/host';
import { hashWorld } from '@aos/kernel';
import { chainOf } from '@aos/protocol';
import { createWorldStore, openWorldStore } from '@aos/store';
import { WasmEngine } from '@aos/wasm';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { foundCounter } from './counter-world.js';
import type { BrokenWay } from './real/broken-fs.js';
import { Child } from './real/child.js';
import { BUNDLING_MS, bundlePrograms } from './real/drill-programs.js';
import { canary, drill, LARGE } from './real/drill-report.js';
import type { KillSetting } from './real/kills/growth-kills.js';

const KILLS = LARGE ? 300 : 10;
/** Kills per world: replaying a journal that only grows would be most of the drill. */
const KILLS_PER_WORLD = 10;
const MAX_ACKS = 150;
const writer = new URL('./kill-writer.mjs', import.meta.url);

/** What writers had acknowledged before they were killed. */
class Acknowledged {
  readonly records = new Map<number, string>();
  snapshotSeq = -2;
}

interface Writer {
  readonly dir: string;
  readonly home: string;
  readonly inFlight: number;
  readonly broken?: BrokenWay | undefined;
}

/** Runs a writer, kills it after so many acknowledgements, and resolves with what it said. */
async function killedWriter(program: string, life: Writer, acks: number): Promise<Acknowledged> {
  const said = new Acknowledged();
  const seen = said.records;
  const child = new Child(program, [JSON.stringify(life)], {
    onLine: (line) => {
      const [seq, chain] = line.split(' ');
      if (seq === 'snapshot') said.snapshotSeq = Number(chain);
      // A line that the kill cut short is no acknowledgement that anybody read.
      if (chain?.length === 64) seen.set(Number(seq), chain);
      if (seen.size === acks) child.kill();
    },
  });
  expect(await child.lived()).toBe('SIGKILL');
  return said;
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

/** Kills as often as it is told; how many records were acknowledged, and opened from a snapshot. */
async function storm({ root, program, kills, broken }: KillSetting) {
  const home = join(root, 'home');
  const operator = ensureKey(home, 'operator');
  let [fromSnapshot, records] = [0, 0];
  for (let world = 0; world * KILLS_PER_WORLD < kills; world++) {
    const dir = join(root, String(world));
    const { genesis, objects } = foundCounter(operator);
    await (await createWorldStore(dir, genesis, objects)).close();
    const all = new Acknowledged();
    for (let kill = 0; kill < Math.min(kills, KILLS_PER_WORLD); kill++) {
      const inFlight = [1, 8, 64][kill % 3] as number;
      const acks = 1 + Math.floor(Math.random() * MAX_ACKS);
      const said = await killedWriter(program, { dir, home, inFlight, broken }, acks);
      for (const [seq, chain] of said.records) {
        expect(all.records.has(seq)).toBe(false);
        all.records.set(seq, chain);
      }
      all.snapshotSeq = Math.max(all.snapshotSeq, said.snapshotSeq);
      if (await checkWorld(dir, all)) fromSnapshot++;
    }
    records += all.records.size;
  }
  return { fromSnapshot, records };
}

describe('a writer killed at random moments', () => {
  let root = '';
  let program = '';
  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'aos-kill-'));
    program = (await bundlePrograms(root, [writer])).get(writer) as string;
  }, BUNDLING_MS);
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  const done = 'SIGKILL while a host takes events, snapshots, pauses';
  drill('kills: host', `loses nothing that it acknowledged, ${KILLS} times`, done, async () => {
    const { fromSnapshot, records } = await storm({ root, program, kills: KILLS });
    expect(fromSnapshot).toBeGreaterThan(KILLS / 4);
    return { count: KILLS, unit: 'kills', found: `${records} acknowledged, none lost` };
  });

  const broken = 'flushes do nothing';
  const says = /expected undefined to be '[0-9a-f]+/;
  canary({ of: 'kills: host', broken, says, isLarge: true }, async () => {
    await storm({ root: join(root, 'canary'), program, kills: 1, broken: 'no-flush' });
    return { problems: [] };
  });
});
