/** Ways of touching the records of a journal. */
import { type Encodable, encode, sha256, type Value } from '@aos/canon';
import { encodeSignedVerb, RECEIPT_DOMAIN, signedMessage, verbDomain } from '@aos/protocol';
import { type GoldenKey, signWith } from '../golden/golden-keys.js';
import { changed, type Fields, fieldsOf } from '../golden/golden-worlds.js';
import type { Parts } from './journal-parts.js';

/** What is done to a journal, and what both verifiers say. */
export interface Touch<Name extends string> {
  readonly of: Name;
  readonly touch: (parts: Parts) => Partial<Parts>;
  readonly runtime: string;
  readonly other: string;
}

export type Records = readonly Uint8Array[];

export const inputOf = (record: Uint8Array | undefined) =>
  fieldsOf(record ?? new Uint8Array(0)).get('input') as Fields;
/** The first record with such an input. */
export const placeOf = (records: Records, kind: string, verb?: string) =>
  records.findIndex((record) => {
    const input = inputOf(record);
    return input.get('kind') === kind && (verb === undefined || input.get('verb') === verb);
  });
export const flipped = (bytes: Value | undefined) =>
  (bytes as Uint8Array).map((byte, i) => (i === 12 ? byte ^ 1 : byte));

/** One field of a record changed. */
export const edited = (
  records: Records,
  at: number,
  change: (fields: Map<string, Value>) => void,
) => records.map((record, i) => (i === at ? changed(record, change) : record));
export const withInput = (
  records: Records,
  at: number,
  change: (input: Map<string, Value>) => void,
) =>
  edited(records, at, (fields) => {
    const input = new Map(fields.get('input') as Fields);
    change(input);
    fields.set('input', input as unknown as Value);
  });
export const withEntry = (records: Records, at: number, field: string) =>
  edited(records, at, (fields) => {
    const entries = [...(fields.get('entries') as readonly Fields[])];
    const i = entries.findIndex((entry) => entry.get(field) instanceof Uint8Array);
    entries[i] = new Map(entries[i]).set(field, flipped(entries[i]?.get(field)));
    fields.set('entries', entries as unknown as Value);
  });
/** The first entry of a kind with one field another one. */
export const withField = (
  records: Records,
  at: number,
  kind: string,
  [field, value]: [string, Value],
) =>
  edited(records, at, (fields) => {
    const entries = [...(fields.get('entries') as readonly Fields[])];
    const i = entries.findIndex((entry) => entry.get('kind') === kind);
    entries[i] = new Map(entries[i]).set(field, value);
    fields.set('entries', entries as unknown as Value);
  });
export const withMore = (records: Records, at: number, entry: Readonly<Record<string, Value>>) =>
  edited(records, at, (fields) => {
    const entries = fields.get('entries') as readonly Value[];
    fields.set('entries', [...entries, new Map(Object.entries(entry)) as unknown as Value]);
  });
export const again = (records: Records, at: number) =>
  records.toSpliced(at + 1, 0, records[at] as Uint8Array);
export const reordered = (records: Records, at: number) => [
  ...records.slice(0, at),
  ...[records[at + 1] as Uint8Array, records[at] as Uint8Array],
  ...records.slice(at + 2),
];

/** Records that follow each other again, with the numbers of their places. */
export function linked({ genesis, forks }: Parts, records: Records): Records {
  let chain = sha256(genesis);
  return records.map((each, seq) => {
    const fork = forks.get(seq);
    if (fork !== undefined) chain = sha256(fork);
    const record = changed(each, (fields) => fields.set('seq', seq).set('prev', chain));
    chain = sha256(record);
    return record;
  });
}

/** A receipt as another key of the world would sign it. */
export function receiptBy(records: Records, at: number, key: GoldenKey, status?: string): Records {
  return withInput(records, at, (input) => {
    const body = new Map(input.get('receipt') as Fields);
    if (status !== undefined) body.set('status', status);
    const message = signedMessage(RECEIPT_DOMAIN, encode(body as Encodable));
    input.set('receipt', body as unknown as Value);
    input.set('sig', signWith(key, message)).set('key_id', key.keyId);
  });
}

/** The epoch that a record finds. */
function epochAt(records: Records, at: number): number {
  const before = records.slice(0, at).map(inputOf);
  const last = before.findLast((input) => input.get('verb') === 'epoch');
  return Number((last?.get('args') as Fields | undefined)?.get('epoch') ?? 0);
}

/** A verb as another key of the world would sign it. */
export function verbBy(parts: Parts, at: number, key: GoldenKey, said?: Fields): Records {
  const world = [...parts.forks].filter(([seq]) => seq <= at).at(-1)?.[1] ?? parts.genesis;
  const epoch = epochAt(parts.records, at);
  return withInput(parts.records, at, (input) => {
    const args = said ?? (input.get('args') as ReadonlyMap<Value, Value>);
    const verb = input.get('verb') as never;
    const nonce = input.get('nonce') as Uint8Array;
    input.set('args', args as unknown as Value);
    const shape = encodeSignedVerb({ worldId: sha256(world), epoch, verb, args, nonce });
    const sig = signWith(key, signedMessage(verbDomain(verb), shape));
    input.set('sig', sig).set('key_id', key.keyId);
  });
}

/** Records that do not follow each other any more, and those that were made to. */
export const records = (touch: (parts: Parts) => Records) => (parts: Parts) => ({
  records: touch(parts),
});
export const relinked = (touch: (parts: Parts) => Records) => (parts: Parts) => ({
  records: linked(parts, touch(parts)),
});
