/**
 * Plain values as lines of JSON, for people and scripts: integers exact, bytes as
 * `{"$bytes": "<base64>"}`. A record that would be taken for such a form stands inside of
 * `{"$record": …}`, so that every value comes back as it was.
 */
import { JsonDecimal, type JsonObject, type JsonValue, parseJson, printJson } from '@aos/air';
import { fromBase64, RefusalError, toBase64 } from '@aos/canon';
import { newPlainRecord, type PlainRecord, type PlainValue } from '@aos/protocol';
import { tooLarge } from './pack.js';
import type { ValueLimits } from './scan.js';

const BYTES = '$bytes';
const RECORD = '$record';

/** The line with its end. Code: `control-too-large`. */
export function encodeLine(value: PlainValue, limitBytes: number): Buffer {
  const line = Buffer.from(`${printJson(asJson(value))}\n`);
  if (line.length > limitBytes) throw tooLarge(limitBytes);
  return line;
}

/** Reads a line without its end. Code: `control-frame`. */
export function decodeLine(line: Uint8Array, limits: ValueLimits): PlainValue {
  const text = readText(line);
  if (countValues(text) > limits.values) throw unreadable(`more than ${limits.values} values`);
  const parsed = parseJson(text, { maxDepth: limits.depth });
  if (!parsed.ok) throw unreadable(`${parsed.refusal.code}: ${parsed.refusal.detail}`);
  return asPlain(parsed.value);
}

function readText(line: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(line);
  } catch {
    throw unreadable('expected text in UTF-8');
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPENING = [0x5b, 0x7b];

/** At most so many values, seen without reading them: what is in texts does not count. */
function countValues(text: string): number {
  let count = 1;
  let isInText = false;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === QUOTE) isInText = !isInText;
    else if (isInText) i += unit === BACKSLASH ? 1 : 0;
    else if (unit === COMMA || OPENING.includes(unit)) count += 1;
  }
  return count;
}

function asJson(value: PlainValue): JsonValue {
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof Uint8Array) return { [BYTES]: toBase64(value) };
  if (Array.isArray(value)) return value.map((item: PlainValue) => asJson(item));
  const json = Object.create(null) as { [name: string]: JsonValue };
  for (const [name, item] of Object.entries(value as PlainRecord)) {
    if (item !== undefined) json[name] = asJson(item);
  }
  return isForm(json) ? { [RECORD]: json } : json;
}

function asPlain(json: JsonValue): PlainValue {
  if (json instanceof JsonDecimal) {
    throw unreadable(`the decimal ${json.text.slice(0, 40)}; write decimals as text`);
  }
  if (json === null || typeof json !== 'object') return json;
  if (Array.isArray(json)) return json.map((item: JsonValue) => asPlain(item));
  return isForm(json as JsonObject) ? readForm(json as JsonObject) : asRecord(json as JsonObject);
}

function asRecord(json: JsonObject): PlainRecord {
  const record = newPlainRecord();
  for (const [name, item] of Object.entries(json)) record[name] = asPlain(item);
  return record;
}

function isForm(json: JsonObject): boolean {
  const names = Object.keys(json);
  return names.length === 1 && (names[0] === BYTES || names[0] === RECORD);
}

function readForm(json: JsonObject): PlainValue {
  const inner = json[RECORD];
  if (inner !== undefined) {
    const isRecord = typeof inner === 'object' && inner !== null && !Array.isArray(inner);
    if (isRecord && !(inner instanceof JsonDecimal)) return asRecord(inner as JsonObject);
    throw unreadable(`expected a record in ${RECORD}`);
  }
  const text = json[BYTES];
  const bytes = typeof text === 'string' ? fromBase64(text) : undefined;
  if (bytes?.ok) return bytes.value;
  throw unreadable(`expected base64 in ${BYTES}`);
}

function unreadable(detail: string): RefusalError {
  return new RefusalError({ code: 'control-frame', at: '', detail });
}
