/** JSON on the command line: as it is, in a file, or on standard input. */
import { type CompiledSchema, type JsonValue, parseJson } from '@aos/air';
import { CliError } from './output.js';
import { cutValues } from './shown-text.js';
import { readTextFile, STDIN } from './text-files.js';

/** A value: JSON, `@file`, or `@-` for standard input. `what` is what it is for. */
export function readValue(value: string, what: string): JsonValue {
  const text = value.startsWith('@') ? readText(value.slice(1)) : value;
  const parsed = parseJson(text);
  if (parsed.ok) return parsed.value;
  const { code, at, detail } = parsed.refusal;
  throw new CliError(code, `${what} is not JSON: ${cutValues(detail)}`, at);
}

/** Canonical bytes of a value in its schema. */
export function normalize(schema: CompiledSchema, json: JsonValue, at = ''): Uint8Array {
  const normalized = schema.normalizeJson(json);
  if (normalized.ok) return normalized.value;
  const { refusal } = normalized;
  throw CliError.of({ ...refusal, at: `${at}${refusal.at}` });
}

/** Canonical bytes of a schema in the sugar lens. */
export function showValue(schema: CompiledSchema, bytes: Uint8Array): JsonValue {
  const json = schema.toJson(bytes);
  if (json.ok) return json.value;
  throw CliError.of(json.refusal);
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
