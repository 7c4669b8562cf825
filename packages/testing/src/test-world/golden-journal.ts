/**
 * Golden journals of test worlds: what a scenario did when somebody last looked at it.
 *
 * The file is for reading: a line for each input and entry, so that a change of behaviour shows as
 * changed lines. The chain value in it stands for every byte of the journal.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type JsonObject, type JsonValue, parseJson, printJson } from '@aos/air';
import { toHashText } from '@aos/canon';
import { AosFault } from '@aos/protocol';
import type { TestWorld } from './test-world.js';

export interface GoldenOptions {
  /**
   * `bytes`: nothing at all may differ. `meaning`: fuel, signatures and what follows from the hash
   * of the definition may, so that code which was compiled anew, or a definition with a part more,
   * passes where it does the same. Default `bytes`.
   */
  readonly compare?: 'bytes' | 'meaning';
}

/**
 * Compares the journal of a world with a file. `AOS_WRITE_VECTORS=1` writes the file anew. Faults:
 * `golden-missing`; `golden-unreadable`; `golden-differs`, with the first difference.
 */
export function expectGolden(
  world: TestWorld,
  file: string | URL,
  { compare = 'bytes' }: GoldenOptions = {},
): void {
  const path = file instanceof URL ? fileURLToPath(file) : file;
  const lived = journalOf(world);
  if (process.env.AOS_WRITE_VECTORS === '1') {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, printJournal(lived));
    return;
  }
  const kept = readJournal(path);
  const [expected, found] = [kept, lived].map((each) => linesOf(each, compare));
  const place = firstDifference(expected ?? [], found ?? []);
  if (place !== undefined) {
    const why = kept.definition === lived.definition || compare === 'meaning' ? '' : REDEFINED;
    throw fault('golden-differs', `this is not '${path}': ${place}${why}`);
  }
  if (compare === 'meaning' || kept.chain === lived.chain) return;
  const why = `the same is said in other bytes; they end with ${lived.chain}, not ${kept.chain}`;
  throw fault('golden-differs', `this is not '${path}': ${why}`);
}

const REDEFINED =
  '\nthe definition is another one, which changes hashes; compare the meaning to look past it';

interface GoldenJournal {
  /** Hash of the manifest. */
  readonly definition: string;
  /** Chain value of the last record. */
  readonly chain: string;
  readonly records: readonly JsonObject[];
}

/** What is compared at once, and where it stands. */
interface Line {
  readonly at: string;
  readonly text: string;
}

function journalOf(world: TestWorld): GoldenJournal {
  const records = world.describe().map((record) => ({ ...record }));
  const definition = toHashText(world.definition.manifestHash);
  return { definition, chain: toHashText(world.chain), records };
}

function readJournal(path: string): GoldenJournal {
  if (!existsSync(path)) throw fault('golden-missing', `there is no journal at '${path}'`);
  const read = parseJson(readFileSync(path, 'utf8'));
  const { definition, chain, records } = (read.ok ? read.value : {}) as Partial<GoldenJournal>;
  if (typeof definition === 'string' && typeof chain === 'string' && Array.isArray(records)) {
    return { definition, chain, records };
  }
  const why = read.ok ? 'it has no chain and records' : read.refusal.detail;
  throw fault('golden-unreadable', `'${path}' is no journal: ${why}`);
}

/** A record is a line with its place in time, one with its input, and one for each entry. */
function printJournal({ definition, chain, records }: GoldenJournal): string {
  const printed = records.map(({ input = null, entries = [], ...head }) => {
    const lines = (entries as readonly JsonValue[]).map((entry) => `    ${printJson(entry)}`);
    const list = lines.length === 0 ? '[]' : `[\n${lines.join(',\n')}\n   ]`;
    const start = printJson(head).slice(0, -1);
    return `  ${start},\n   "input":${printJson(input)},\n   "entries":${list}}`;
  });
  const head = ` "definition": "${definition}",\n "chain": "${chain}",\n`;
  return `{\n${head} "records": [\n${printed.join(',\n')}\n ]\n}\n`;
}

function linesOf({ records }: GoldenJournal, compare: 'bytes' | 'meaning'): readonly Line[] {
  const labels = new Map<string, string>();
  const print = (value: JsonValue) =>
    printJson(compare === 'bytes' ? value : meaningOf(value, labels));
  return records.flatMap(({ input = null, entries = [], ...head }, seq) => [
    { at: `record ${seq}`, text: print(head) },
    { at: `the input of record ${seq}`, text: print(input) },
    ...(entries as readonly JsonValue[]).map((entry, i) => {
      return { at: `record ${seq}, entry ${i}`, text: print(entry) };
    }),
  ]);
}

/** Fields that follow from the hash of the definition or from how code was compiled. */
const LEFT_OUT = new Set(['fuel', 'grant_hash', 'idempotency_key', 'nonce', 'sig', 'world_id']);
/** Fields that name an intent: which is the same as which still counts. */
const NAMES = new Set(['intent', 'intent_hash']);

function meaningOf(value: JsonValue, labels: Map<string, string>): JsonValue {
  if (Array.isArray(value)) return value.map((item: JsonValue) => meaningOf(item, labels));
  if (value === null || typeof value !== 'object' || !isObject(value)) return value;
  const fields = Object.entries(value).filter(([name]) => !LEFT_OUT.has(name));
  return Object.fromEntries(
    fields.map(([name, item]) => [
      name,
      NAMES.has(name) && typeof item === 'string' ? labelOf(item, labels) : meaningOf(item, labels),
    ]),
  );
}

function isObject(value: JsonValue & object): value is JsonObject {
  return Object.getPrototypeOf(value) === null || value.constructor === Object;
}

/** Hashes are written with and without their prefix. */
function labelOf(hash: string, labels: Map<string, string>): string {
  const hex = hash.replace(/^sha256:/, '');
  const label = labels.get(hex) ?? `intent ${labels.size + 1}`;
  labels.set(hex, label);
  return label;
}

function firstDifference(expected: readonly Line[], found: readonly Line[]): string | undefined {
  const i = found.findIndex(({ text }, at) => text !== expected[at]?.text);
  const at = i < 0 ? found.length : i;
  if (i < 0 && found.length >= expected.length) return undefined;
  const place = (found[at] ?? expected[at])?.at;
  const text = (line: Line | undefined) => line?.text ?? 'nothing more';
  return `${place} differs\nexpected ${text(expected[at])}\nfound    ${text(found[at])}`;
}

function fault(code: string, why: string): AosFault {
  const message = `${why}\nif that is right, run the test once with AOS_WRITE_VECTORS=1`;
  return new AosFault(code, message, { retry: 'never' });
}
