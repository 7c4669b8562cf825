/** JSON on the command line: as it is, in a file, or on standard input. */
import { JsonDecimal, type JsonObject, type JsonValue, parseJson } from '@aos/air';
import { toBase64 } from '@aos/canon';
import type { PlainRecord, PlainRecordBuilder, PlainValue } from '@aos/protocol';
import { newPlainRecord } from '@aos/protocol';
import { CliError } from './output.js';
import { cutValues } from './shown-text.js';
import { readTextFile, STDIN } from './text-files.js';

/** Text that is JSON: as it is, `@file`, or `@-` for standard input. `what` is what it is for. */
export function readJsonText(value: string, what: string): string {
  return readJson(value, what).text;
}

/** The same, as a value. */
export function readPlain(value: string, what: string): PlainValue {
  return plainOf(readJson(value, what).json);
}

/** As {@link readPlain} where there is something to read. */
export function readPlainMaybe(value: string | undefined, what: string): PlainValue | undefined {
  return value === undefined ? undefined : readPlain(value, what);
}

function readJson(value: string, what: string) {
  const text = value.startsWith('@') ? readText(value.slice(1)) : value;
  const parsed = parseJson(text);
  if (parsed.ok) return { text, json: parsed.value };
  const { code, at, detail } = parsed.refusal;
  throw new CliError(code, `${what} is not JSON: ${cutValues(detail)}`, at);
}

/** Decimals become the text they are in the data of the language. */
export function plainOf(json: JsonValue): PlainValue {
  if (json instanceof JsonDecimal) return json.text;
  if (json === null || typeof json !== 'object') return json;
  if (Array.isArray(json)) return json.map((item: JsonValue) => plainOf(item));
  const record: PlainRecordBuilder = newPlainRecord();
  for (const [name, item] of Object.entries(json)) record[name] = plainOf(item);
  return record;
}

function readText(source: string): string {
  try {
    return readTextFile(source === '-' ? STDIN : source);
  } catch (error) {
    if (error instanceof CliError) throw error;
    const name = source === '-' ? 'standard input' : `'${source}'`;
    throw new CliError('file-unreadable', `cannot read ${name}: ${(error as Error).message}`);
  }
}

/** What a world answered, as JSON: bytes are `{"$bytes": base64}`. */
export function dataOf(value: PlainValue): JsonValue {
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof Uint8Array) return { $bytes: toBase64(value) };
  if (Array.isArray(value)) return value.map((item: PlainValue) => dataOf(item));
  return recordData(value as PlainRecord);
}

/** As {@link dataOf}, of a record; what is undefined is left out. */
export function recordData(record: PlainRecord): JsonObject {
  const object = Object.create(null) as { [name: string]: JsonValue };
  for (const [name, item] of Object.entries(record)) {
    if (item !== undefined) object[name] = dataOf(item);
  }
  return object;
}
