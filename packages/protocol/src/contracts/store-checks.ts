/** What the cases of a store share: how they get at one, what they write, and what they expect. */
import { bytesEqual, sha256, toHashText, utf8 } from '@aos/canon';
import { AosFault } from '../fault.js';
import type { HaltMark, SnapshotMark, StoreMark } from '../mark.js';
import type { Batch, StoredObject, WorldStore } from '../ports.js';
import { check } from './case.js';

/** How a suite gets at the world of one case. */
export interface StoreFixture {
  /** Makes the world and opens it for writing. Called once. */
  create(genesis: Uint8Array, objects: readonly StoredObject[]): Promise<WorldStore>;
  /** Opens the world again for writing. */
  open(): Promise<WorldStore>;
}

export const GENESIS = utf8('genesis of a contract case');

export function expect(condition: unknown, expectation: string): asserts condition {
  check(condition, `expected ${expectation}`);
}

export function record(seq: number): Uint8Array {
  return utf8(`record ${seq} ${'·'.repeat(seq % 7)}`);
}

export function object(text: string): StoredObject {
  const bytes = utf8(text);
  return { hash: sha256(bytes), bytes };
}

export function batch(
  records: readonly Uint8Array[],
  objects: readonly StoredObject[] = [],
): Batch {
  return { records, objects };
}

/** The records from..to-1 as one batch. */
export function range(from: number, to: number): Batch {
  return batch(Array.from({ length: to - from }, (_, i) => record(from + i)));
}

export function expectRecords(store: WorldStore, from: number, to: number): void {
  let seq = from;
  for (const bytes of store.records(from)) {
    expect(bytesEqual(bytes, record(seq)), `record ${seq} as it was appended`);
    seq++;
  }
  expect(seq === to, `records ${from} to ${to - 1}, the last was ${seq - 1}`);
}

export function expectObject(store: WorldStore, expected: StoredObject): void {
  const bytes = store.object(expected.hash);
  expect(bytes && bytesEqual(bytes, expected.bytes), `object ${toHashText(expected.hash)}`);
}

export function expectPlaces(store: WorldStore, head: number, durable: number): void {
  expect(store.head === head, `head ${head}, found ${store.head}`);
  expect(store.durable === durable, `durable ${durable}, found ${store.durable}`);
}

export async function expectFault(run: () => unknown, code: string): Promise<void> {
  const thrown = await rejectionOf(run);
  expect(thrown instanceof AosFault && thrown.code === code, `fault ${code}, found ${thrown}`);
}

export async function rejectionOf(run: () => unknown): Promise<unknown> {
  try {
    await run();
  } catch (error) {
    return error;
  }
  return undefined;
}

export function expectSnapshot(store: WorldStore, expected: StoreMark | undefined): void {
  expectMark(store.snapshot, expected);
}

export function expectHalt(store: WorldStore, expected: StoreMark | undefined): void {
  expectMark(store.halt, expected);
}

function expectMark(found: SnapshotMark | HaltMark | undefined, expected?: StoreMark): void {
  const [mark, other] = [describeMark(found), describeMark(expected)];
  expect(mark === other, `the mark ${other}, found ${mark}`);
}

function describeMark(mark: StoreMark | undefined): string {
  if (mark === undefined) return 'none';
  if (mark.kind === 'snapshot') return `${mark.kind} ${mark.seq} ${toHashText(mark.hash)}`;
  if (mark.kind === 'halt-cleared' || mark.kind === 'pruned') return `${mark.kind} ${mark.seq}`;
  return `${mark.kind} ${mark.seq} ${mark.code} ${mark.detail}`;
}
