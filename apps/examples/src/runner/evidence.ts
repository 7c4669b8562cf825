/** What a journal proves of a story: its receipts, and that it replays to itself. */
import { toHashText } from '@aos/canon';
import { verifyWorld } from '@aos/host';
import type { WorldStore } from '@aos/protocol';
import { WasmEngine } from '@aos/wasm';
import type { Print } from './print.js';
import type { Stage } from './stage.js';

const COLUMNS = ['receipt of', 'status', 'adapter', 'signed by', 'cost', 'intent', 'payload'];

/** Prints every receipt of the journal, in its order. */
export async function printReceipts(stage: Stage): Promise<void> {
  const { receipts } = await stage.ask('receipts.list', {});
  const { keys } = await stage.ask('keyring.list', {});
  const nameOf = new Map(keys.map(({ key_id, name }) => [key_id, name]));
  const rows = receipts.map((receipt) => [
    receipt.effect ?? '',
    receipt.code ?? receipt.status,
    receipt.adapter_id,
    `${nameOf.get(receipt.key_id)} ${short(receipt.key_id)}`,
    receipt.cost_cents === null ? '–' : `${receipt.cost_cents} ct`,
    short(receipt.intent),
    short(receipt.payload_hash),
  ]);
  if (rows.length > 0) for (const line of tableOf([COLUMNS, ...rows])) stage.print(line);
}

/** Judges every record and every signature from genesis on. Throws at a difference. */
export function checkReplay(store: WorldStore, print: Print): void {
  const report = verifyWorld(store, new WasmEngine());
  if (!report.ok) throw new Error(`replay differs at record ${report.difference?.seq}`);
  const world = toHashText(report.worldHash);
  print(`replay check: OK (${report.records} records, world hash ${world})`);
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
