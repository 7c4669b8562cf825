/** What a journal proves of a story: its receipts, and that it replays to itself. */
import { bytesEqual, type Hash, toHashText, toHex } from '@aos/canon';
import { openWorld, verifyWorld } from '@aos/host';
import { decodeRecord, type JournalRecord, type WorldStore } from '@aos/protocol';
import { WasmEngine } from '@aos/wasm';
import type { Print } from './print.js';

const COLUMNS = ['receipt of', 'status', 'adapter', 'signed by', 'cost', 'intent', 'payload'];

/** Prints every receipt of the journal; nothing where there is none. */
export function printReceipts(store: WorldStore, print: Print): void {
  const { keyring } = openWorld(store, new WasmEngine()).world;
  const nameOf = (keyId: Hash) => keyring.find((key) => bytesEqual(key.keyId, keyId))?.name ?? '';
  const effects = new Map<string, string>();
  const rows: string[][] = [];
  for (const { input, entries } of recordsOf(store)) {
    if (input.kind === 'receipt') {
      const { intentHash, status, adapterId, costCents, payloadHash } = input.receipt;
      rows.push([
        effects.get(toHex(intentHash)) ?? '',
        status,
        adapterId,
        `${nameOf(input.keyId)} ${short(input.keyId)}`,
        costCents === undefined ? '–' : `${costCents} ct`,
        short(intentHash),
        short(payloadHash),
      ]);
    }
    for (const entry of entries) {
      if (entry.kind === 'intent') effects.set(toHex(entry.intent), entry.effect);
    }
  }
  if (rows.length > 0) for (const line of tableOf([COLUMNS, ...rows])) print(line);
}

/** Judges every record and every signature from genesis on. Throws at a difference. */
export function checkReplay(store: WorldStore, print: Print): void {
  const report = verifyWorld(store, new WasmEngine());
  if (!report.ok) throw new Error(`replay differs at record ${report.difference?.seq}`);
  const world = toHashText(report.worldHash);
  print(`replay check: OK (${report.records} records, world hash ${world})`);
}

/** Codes of denied effects, and of plans that failed, in the order of the journal. */
export function troubleOf(store: WorldStore): readonly string[] {
  const entries = [...recordsOf(store)].flatMap((record) => record.entries);
  return entries.flatMap((entry) => {
    if (entry.kind === 'decision' && entry.outcome === 'deny') {
      return [`${entry.effect} under ${entry.cap} was denied: ${entry.code}`];
    }
    const isFailure = entry.kind === 'plan-ended' && entry.status === 'error';
    return isFailure ? [`a plan failed: ${entry.code}`] : [];
  });
}

function* recordsOf(store: WorldStore): Iterable<JournalRecord> {
  for (const bytes of store.records(0)) {
    const record = decodeRecord(bytes);
    if (!record.ok) throw new Error(record.refusal.detail);
    yield record.value;
  }
}

const short = (hash: Uint8Array) => toHex(hash).slice(0, 8);

function tableOf(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = rows[0]?.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0))) ?? [];
  return rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
