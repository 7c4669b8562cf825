/** Worlds in a temporary folder, and what tests do to their files. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256, utf8 } from '@aos/canon';
import type { Batch, StoredObject, WorldStore } from '@aos/protocol';

export const GENESIS = utf8('genesis');

export function makeTempRoot(): string {
  return mkdtempSync(join(tmpdir(), 'aos-store-'));
}

export function objectOf(text: string): StoredObject {
  const bytes = utf8(text);
  return { hash: sha256(bytes), bytes };
}

/** One record, with an object where it has a text. */
export function batchOf(record: string, object?: string): Batch {
  return { records: [utf8(record)], objects: object === undefined ? [] : [objectOf(object)] };
}

export function recordsOf(store: WorldStore): string[] {
  return [...store.records(0)].map((bytes) => Buffer.from(bytes).toString());
}

export function segmentPath(directory: string, segment = 0): string {
  return join(directory, 'journal', `${String(segment).padStart(10, '0')}.log`);
}

export function segmentNames(directory: string): string[] {
  const names = readdirSync(join(directory, 'journal'));
  return names.filter((name) => name.endsWith('.log')).sort();
}

export function readSegment(directory: string, segment = 0): Buffer {
  return readFileSync(segmentPath(directory, segment));
}

export function writeSegment(directory: string, bytes: Uint8Array, segment = 0): void {
  writeFileSync(segmentPath(directory, segment), bytes);
}

/** The files as a killed process would leave them. */
export function copyWorld(from: string, to: string): void {
  cpSync(from, to, { recursive: true });
}
