/** What a journal proves of a story: what was done outside, and that it replays to itself. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { toHashText } from '@aos/canon';
import { verifyWorld } from '@aos/host';
import type { WorldStore } from '@aos/protocol';
import { writeBundle } from '@aos/store';
import { outsideVerifier } from '../places.js';
import { engine } from './engine.js';
import type { Print } from './print.js';
import type { Stage } from './stage.js';

const COLUMNS = ['effect', 'grant', 'ended', 'adapter', 'receipt signed by', 'cost', 'intent'];

/** Prints every effect that was asked for, with its receipt, in the order of the journal. */
export async function printEffects(stage: Stage): Promise<void> {
  const { effects } = await stage.ask('effects.list', {});
  const { keys } = await stage.ask('keyring.list', {});
  const nameOf = new Map(keys.map(({ key_id, name }) => [key_id, name]));
  const rows = effects.map(({ effect, cap, standing, code, intent, receipt }) => {
    const asked = [effect, cap, code ?? receipt?.status ?? standing];
    // what the world itself settled, such as a deadline that passed, nobody signed
    if (receipt === null) return [...asked, '–', '–', '–', short(intent)];
    const { adapter_id, key_id, cost_cents } = receipt;
    const cost = cost_cents === null ? '–' : `${cost_cents} ct`;
    return [...asked, adapter_id, `${nameOf.get(key_id)} ${short(key_id)}`, cost, short(intent)];
  });
  if (rows.length > 0) for (const line of tableOf([COLUMNS, ...rows])) stage.print(line);
}

/** Judges every record and every signature from genesis on. Throws at a difference. */
export function checkReplay(store: WorldStore, print: Print): void {
  const report = verifyWorld(store, engine);
  if (!report.ok) throw new Error(`replay differs at record ${report.difference?.seq}`);
  const world = toHashText(report.worldHash);
  print(`replay check: OK (${report.records} records, world hash ${world})`);
}

/** The same by whoever has only the bundle, and none of our code. Throws at a finding. */
export async function checkOutside(store: WorldStore, folder: string): Promise<void> {
  const { Verifier } = await import(outsideVerifier);
  const bundle = join(folder, 'outside.bundle');
  await writeBundle(store, bundle, { seq: store.head });
  const { findings } = new Verifier(await readFile(bundle));
  await rm(bundle);
  if (findings.length > 0) throw new Error(`the bundle is judged from outside: ${findings}`);
}

const short = (hash: string) => hash.replace('sha256:', '').slice(0, 8);

function tableOf(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = rows[0]?.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0))) ?? [];
  return rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
