/** The golden journals, opened and replayed once, as a place for tests to stand on. */
import { decode, type Encodable, encode, type Hash, type Value } from '@aos/canon';
import { createWorld, type ReplayPorts, replay, type World } from '@aos/kernel';
import { checkSignature } from './golden-keys.js';
import {
  type KeptSnapshot,
  type OpenedJournal,
  openJournal,
  readJournal,
  verifyJournal,
} from './journal-file.js';
import { must } from './must.js';
import { puppetEngine } from './puppet.js';
import { SCENARIOS } from './scenarios.js';

/** A journal, with the snapshot of every sequence. */
export interface Golden extends OpenedJournal {
  readonly kept: readonly KeptSnapshot[];
}

export const GOLDEN_NAMES = Object.keys(SCENARIOS);

export function golden(name: string): Golden {
  const journal = readJournal(name);
  if (journal === undefined) throw new Error(`there is no journal ${name}`);
  const opened = openJournal(journal);
  return { ...opened, kept: verifyJournal(opened, puppetEngine) };
}

export function portsOf({ memory }: Golden): ReplayPorts & { readonly source: Golden['memory'] } {
  const object = (hash: Hash) => memory.read(hash);
  return { engine: puppetEngine, object, checkSignature, source: memory };
}

/** The world before record `seq`. */
export function worldAt(journal: Golden, seq: number): World {
  const { genesis, definition, records } = journal;
  const start = must(createWorld(genesis, definition, portsOf(journal)));
  const verdict = replay(start, records.slice(0, seq), portsOf(journal));
  if (verdict.kind !== 'same') throw new Error('a golden journal replays');
  return verdict.world;
}

export type Fields = ReadonlyMap<string, Value>;

export const fieldsOf = (bytes: Uint8Array): Fields => must(decode(bytes)) as Fields;

/** The same canonical map with changes. */
export function changed(
  bytes: Uint8Array,
  change: (fields: Map<string, Value>) => void,
): Uint8Array {
  const fields = new Map(fieldsOf(bytes));
  change(fields);
  return encode(fields as Encodable);
}
