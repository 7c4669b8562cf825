/**
 * The one way in which AIR JSON is laid out: two spaces, and on one line whatever is small.
 *
 * An object or list stands on one line when that fits the width and it holds little: at most two
 * levels inside it and at most two fields. Definitions, and the sections of a manifest, never do.
 */

import { printJson } from '../json/printer.js';
import { isJsonList, isJsonObject, type JsonObject, type JsonValue } from '../json/value.js';

const MAX_COLUMNS = 80;
const MAX_INLINE_LEVELS = 2;
const MAX_INLINE_FIELDS = 2;

/** The canonical text of a file of AIR JSON, with a line break at its end. */
export function formatAir(json: JsonValue): string {
  return `${print(json, '', 0)}\n`;
}

/** `prefix` is how far the line is filled before the value, as to its width. */
function print(json: JsonValue, indent: string, column: number): string {
  if (!isJsonList(json) && !isJsonObject(json)) return printJson(json);
  if (isInline(json)) {
    const line = printInline(json);
    if (column + line.length <= MAX_COLUMNS) return line;
  }
  const inner = `${indent}  `;
  if (isJsonList(json)) {
    const items = json.map((item) => inner + print(item, inner, inner.length));
    return `[\n${items.join(',\n')}\n${indent}]`;
  }
  const fields = Object.entries(json).map(([key, item]) => {
    const head = `${inner}${JSON.stringify(key)}: `;
    return head + print(item, inner, head.length + 1);
  });
  return `{\n${fields.join(',\n')}\n${indent}}`;
}

function printInline(json: JsonValue): string {
  if (isJsonList(json)) return `[${json.map(printInline).join(', ')}]`;
  if (!isJsonObject(json)) return printJson(json);
  const fields = Object.entries(json);
  if (fields.length === 0) return '{}';
  const printed = fields.map(([key, item]) => `${JSON.stringify(key)}: ${printInline(item)}`);
  return `{ ${printed.join(', ')} }`;
}

function isInline(json: JsonValue): boolean {
  if (isJsonObject(json) && '$kind' in json) return false;
  return levels(json) <= MAX_INLINE_LEVELS && fits(json);
}

/** Containers inside each other; empty ones do not count. */
function levels(json: JsonValue): number {
  const items = itemsOf(json);
  return items.length === 0 ? 0 : 1 + Math.max(...items.map(levels));
}

function fits(json: JsonValue): boolean {
  const items = itemsOf(json);
  if (isJsonObject(json) && items.length > MAX_INLINE_FIELDS) return false;
  if (isJsonList(json) && items.some((item) => itemsOf(item).length > 0)) return false;
  return items.every(fits);
}

function itemsOf(json: JsonValue): readonly JsonValue[] {
  if (isJsonList(json)) return json;
  return isJsonObject(json) ? Object.values(json as JsonObject) : [];
}
