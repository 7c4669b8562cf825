/** JSON as it is sent, and as it comes. */
import { LlmFailure } from '../failure.js';

/** JSON that is written already. */
export class Written {
  constructor(readonly text: string) {}
}

export type Json =
  | null
  | boolean
  | string
  | number
  | bigint
  | Written
  | readonly Json[]
  | { readonly [name: string]: Json | undefined };

/** On one line, fields in the order in which they stand; those that are undefined are left out. */
export function writeJson(json: Json): string {
  if (json instanceof Written) return json.text;
  if (typeof json === 'bigint') return `${json}`;
  if (typeof json !== 'object' || json === null) return JSON.stringify(json);
  if (Array.isArray(json)) return `[${json.map(writeJson).join(',')}]`;
  const fields = Object.entries(json).flatMap(([name, value]) =>
    value === undefined ? [] : [`${JSON.stringify(name)}:${writeJson(value)}`],
  );
  return `{${fields.join(',')}}`;
}

/** Fields of an object as it came; none of what is no object. */
export type Fields = Readonly<Record<string, unknown>>;

const NONE: Fields = {};

/** Throws `llm-response-malformed` for what is no JSON. */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw malformed('JSON', { cause });
  }
}

export function malformed(expected: string, detail: { readonly cause?: unknown } = {}): LlmFailure {
  const message = `expected ${expected} of the provider, found something else`;
  return new LlmFailure('llm-response-malformed', message, detail);
}

export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : NONE;
}

/** The items of a list; none of what is no list. */
export function itemsOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(fieldsOf) : [];
}

/** A text, or nothing. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** JSON of what came; what is nested beyond all measure is malformed. */
export function printAgain(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'null';
  } catch (cause) {
    throw malformed('JSON of a bearable depth', { cause });
  }
}
