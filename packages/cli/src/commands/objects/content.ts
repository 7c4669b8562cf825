/** `aos obj get` and `aos obj stat`: one version of an object, with its bytes or without. */
import { decodeUtf8 } from '@aos/canon';
import { type Asked, withAccess } from '../../access/with-access.js';
import { dataOf } from '../../json-values.js';
import { type Answer, CliError } from '../../output.js';
import { copyBlob } from '../reading/blob.js';
import { findObject, type ObjectVersion } from './catalog.js';

export interface VersionOptions {
  /** The latest when absent. */
  readonly at?: number;
}

export interface GetObjectOptions extends VersionOptions {
  /** File to write to; a new one. */
  readonly out?: string;
}

/** Beyond this an object is written to a file, and not shown. */
const MAX_SHOWN_BYTES = 1 << 20;

const NS_PER_MS = 1_000_000n;

export async function getObject(
  path: string,
  name: string,
  { at, out }: GetObjectOptions,
): Promise<Answer> {
  return withAccess(path, 'read', async (asked) => {
    const found = await findObject(asked, name, at);
    if (out !== undefined) {
      const size = await copyBlob(asked, found.hash, out);
      return { data: dataOf({ ...found, size, out }), lines: [`${size} bytes  ${out}`] };
    }
    const { text, size } = await readText(asked, found);
    return { data: dataOf({ ...found, size, text }), lines: [withoutLastBreak(text)] };
  });
}

/** Code: `object-not-text`. */
async function readText(asked: Asked, { name, hash }: ObjectVersion) {
  const { bytes, size } = await asked.call('blob.get', {
    hash,
    offset: 0,
    length: MAX_SHOWN_BYTES,
  });
  const text = size > bytes.length ? undefined : textOf(bytes);
  if (text !== undefined) return { text, size };
  const message = `'${name}' has ${size} bytes that are not shown as text: write them with --out`;
  throw new CliError('object-not-text', message);
}

function textOf(bytes: Uint8Array): string | undefined {
  const text = decodeUtf8(bytes);
  // control characters other than tab and line breaks would reach the terminal
  return text.ok && !/[^\P{Cc}\t\n\r]/u.test(text.value) ? text.value : undefined;
}

const withoutLastBreak = (text: string) => (text.endsWith('\n') ? text.slice(0, -1) : text);

export async function statObject(
  path: string,
  name: string,
  { at }: VersionOptions,
): Promise<Answer> {
  return withAccess(path, 'read', async (asked) => {
    const found = await findObject(asked, name, at);
    const size = await sizeOf(asked, found);
    return { data: dataOf({ ...found, size }), lines: describe(found, size) };
  });
}

/** `null` for an object that is named here and not stored. */
async function sizeOf(asked: Asked, { hash }: ObjectVersion): Promise<number | null> {
  try {
    return (await asked.call('blob.get', { hash, offset: 0, length: 0 })).size;
  } catch (error) {
    if (error instanceof CliError && error.code === 'blob-unknown') return null;
    throw error;
  }
}

const printTime = (ns: bigint) => new Date(Number(ns / NS_PER_MS)).toISOString();

function describe(object: ObjectVersion, size: number | null): readonly string[] {
  const { name, version, kind, hash, tags, owner, created_ns } = object;
  const rows = [
    ['name', name],
    ['version', String(version)],
    ['kind', kind],
    ['hash', hash],
    ['size', size === null ? 'not stored in this world' : `${size} bytes`],
    ['tags', tags.length === 0 ? 'none' : tags.join(', ')],
    ['owner', owner],
    ['created', printTime(created_ns)],
  ] as const;
  return rows.map(([label, value]) => `${label.padEnd(9)}${value}`);
}
