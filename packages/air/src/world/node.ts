/** Nodes: definitions and manifests as the canonical bytes that carry their identity. */
import {
  bytesEqual,
  decode,
  encode,
  type Hash,
  ok,
  type Result,
  refuse,
  sha256,
  toHashText,
  type Value,
} from '@aos/canon';
import type { Definition } from '../forms/definition.js';
import type { Form, Problem } from '../forms/form.js';
import type { Manifest } from '../forms/manifest.js';
import { describeJson, isJsonObject, type JsonValue, newJsonObject } from '../json/value.js';
import type { Place } from './finding.js';

/** A definition with its identity and the place it was read from. */
export interface Node<T> extends Place {
  readonly value: T;
  /** Canonical bytes; the hash is theirs. */
  readonly bytes: Uint8Array;
  readonly hash: Hash;
}

/** Forms return the canonical shape, so a node's bytes are simply its encoding. */
export function makeNode<T extends Definition | Manifest>(value: T, place: Place): Node<T> {
  const bytes = encode(value);
  return { value, bytes, hash: sha256(bytes), file: place.file, at: place.at };
}

/** How one kind of node is read. */
export interface NodeReader<T> {
  readonly kind: T extends { readonly $kind: infer K } ? K : never;
  readonly form: Form<T>;
}

/**
 * Reads a stored node back.
 *
 * Codes: `definition-missing`, `definition-damaged` (other bytes than the hash names, or bytes that
 * are not the canonical form of a definition), `definition-kind`, and the codes of the form.
 */
export function readNode<T extends Definition | Manifest>(
  hash: Hash,
  { kind, form }: NodeReader<T>,
  getNode: (hash: Hash) => Uint8Array | undefined,
): Result<Node<T>> {
  const file = toHashText(hash);
  const bytes = getNode(hash);
  if (bytes === undefined) return refuse('definition-missing', file, 'found no such node');
  if (!bytesEqual(sha256(bytes), hash)) {
    return refuse('definition-damaged', file, 'expected the bytes that the hash names');
  }
  const decoded = decode(bytes);
  const json = decoded.ok ? toNodeJson(decoded.value) : undefined;
  if (json === undefined) return refuse('definition-damaged', file, 'expected canonical bytes');
  const found = isJsonObject(json) ? json.$kind : undefined;
  if (found !== kind) {
    return refuse('definition-kind', file, `expected a ${kind}, found ${describeJson(found)}`);
  }
  const problems: Problem[] = [];
  const value = form.read(json, '', problems);
  const [problem] = problems;
  if (problem !== undefined) return refuse(problem.code, `${file}#${problem.at}`, problem.message);
  const node = makeNode(value as T, { file, at: '' });
  return bytesEqual(node.bytes, bytes)
    ? ok(node)
    : refuse('definition-damaged', file, 'expected the canonical form, without empty fields');
}

/** The JSON that the bytes stand for; undefined for values that no definition can hold. */
export function toNodeJson(value: Value): JsonValue | undefined {
  if (value instanceof Map) return objectOf(value);
  if (Array.isArray(value)) {
    const items = value.map(toNodeJson);
    return items.includes(undefined) ? undefined : (items as JsonValue[]);
  }
  return typeof value === 'object' && value !== null ? undefined : (value as JsonValue);
}

function objectOf(map: ReadonlyMap<Value, Value>): JsonValue | undefined {
  const object = newJsonObject();
  for (const [key, value] of map) {
    const json = toNodeJson(value);
    if (typeof key !== 'string' || json === undefined) return undefined;
    object[key] = json;
  }
  return object;
}
