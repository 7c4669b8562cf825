/** Golden journals taken apart, put together again as bundles, and judged by both verifiers. */
import { createHash } from 'node:crypto';
import { encode, type Hash, ok, sha256, toHashText, toHex, utf8 } from '@aos/canon';
import { type HostEngine, type KeptHead, verifyChain, verifyWorld } from '@aos/host';
import {
  type Engine,
  encodeStoredHead,
  Frontier,
  type Head,
  headMessage,
  referencesIn,
} from '@aos/protocol';
import { importBundle, openWorldStore } from '@aos/store';
import { SimDisk } from '@aos/testing';
import { wasmEngine } from '../golden/counter-case.js';
import { evolvingEngine } from '../golden/evolving-definition.js';
import { EVOLVING } from '../golden/evolving-scenarios.js';
import { type GoldenKey, KEEPERS, signWith } from '../golden/golden-keys.js';
import { fieldsOf } from '../golden/golden-worlds.js';
import {
  type GoldenJournal,
  openJournal,
  readJournal,
  verifyJournal,
} from '../golden/journal-file.js';
import { emptyEngine } from '../golden/natives-case.js';
import { puppetEngine } from '../golden/puppet.js';

/** What a bundle is made of. */
export interface Parts {
  readonly genesis: Uint8Array;
  readonly records: readonly Uint8Array[];
  /** Geneses of forks, by the first record that is the fork's. */
  readonly forks: ReadonlyMap<number, Uint8Array>;
  readonly objects: readonly Uint8Array[];
  readonly snapshot: PartsSnapshot | null;
}

type PartsSnapshot = {
  readonly seq: number;
  readonly hash: Uint8Array;
  readonly head?: Uint8Array;
};

/** Code that golden worlds have is a name, under its hash. */
const CODE = [
  ...['p/Keyed@1', 'p/Plain@1'].map((name) => `puppet ${name}`),
  ...['count 1', 'count 2', 'grow'].map((name) => `evolving ${name}`),
].map(utf8);

const MODULE_MAGIC = 'AGFzbQ';

/** What runs a golden world. */
export function engineOf(name: string): Engine {
  if (name === 'natives') return emptyEngine;
  if (name !== 'counter') return name in EVOLVING ? evolvingEngine : puppetEngine;
  const modules = readJournal(name)?.objects.filter((each) => each.startsWith(MODULE_MAGIC)) ?? [];
  return wasmEngine(modules.map(fromText));
}

/** A golden journal, or the beginning of one. */
export function read(name: string, count?: number): GoldenJournal {
  const journal = readJournal(name);
  if (journal === undefined) throw new Error(`there is no journal ${name}`);
  if (count === undefined) return journal;
  const world = journal.snapshots[String(count)] ?? '';
  return { ...journal, records: journal.records.slice(0, count), world };
}

/** With the head of its end, signed by its host where it has one. */
export function partsOf(name: string, key: GoldenKey = KEEPERS.host, journal = read(name)): Parts {
  const opened = openJournal(journal);
  const { genesis, records, memory } = opened;
  const forks = new Map(
    Object.entries(journal.forks ?? {})
      .filter(([seq]) => Number(seq) < records.length)
      .map(([seq, text]) => [Number(seq), fromText(text)] as const),
  );
  const last = verifyJournal(opened, engineOf(name)).at(-1);
  if (last === undefined) throw new Error('a journal has an end');
  const head = headOf({ genesis, records, forks }, last.bytes);
  const hasHost = name in EVOLVING;
  const sig = signWith(key, headMessage(head));
  const signature = hasHost ? { keyId: key.keyId, sig } : null;
  const { nodes: frontier } = frontierOf(records);
  const stored = encodeStoredHead({ ...head, frontier, signature });
  memory.put([...CODE, last.bytes, stored].map((bytes) => ({ hash: sha256(bytes), bytes })));
  const roots = [genesis, ...forks.values(), ...records, last.bytes, stored];
  const reached = reach(roots, (hash) => memory.read(hash));
  const snapshot = { seq: head.seq, hash: sha256(last.bytes), head: sha256(stored) };
  return { genesis, records, forks, objects: [stored, ...reached], snapshot };
}

/** What bytes name, directly or through what they name. */
function reach(
  from: readonly Uint8Array[],
  read: (hash: Hash) => Uint8Array | undefined,
): readonly Uint8Array[] {
  const objects = new Map<string, Uint8Array>();
  const roots = [...from];
  for (let at = roots.pop(); at !== undefined; at = roots.pop()) {
    for (const hash of referencesIn(at)) {
      const bytes = read(hash);
      if (bytes === undefined || objects.has(toHex(hash))) continue;
      objects.set(toHex(hash), bytes);
      roots.push(bytes);
    }
  }
  return [...objects.values()];
}

/** Without snapshot and head: what is left to whoever writes a journal anew without keys. */
export function bare({ objects, ...parts }: Parts): Parts {
  const known = new Map(objects.map((bytes) => [toHex(sha256(bytes)), bytes]));
  const roots = [parts.genesis, ...parts.forks.values(), ...parts.records];
  const reached = reach(roots, (hash) => known.get(toHex(hash)));
  return { ...parts, objects: reached, snapshot: null };
}

const fromText = (base64: string) => new Uint8Array(Buffer.from(base64, 'base64'));

function frontierOf(records: readonly Uint8Array[]): Frontier {
  const frontier = new Frontier();
  for (const record of records) frontier.append(sha256(record));
  return frontier;
}

/** The head behind the last record. */
function headOf(
  { genesis, records, forks }: Pick<Parts, 'genesis' | 'records' | 'forks'>,
  snapshot: Uint8Array,
): Head {
  const last = records.at(-1) ?? genesis;
  return {
    worldId: sha256([...forks.values()].at(-1) ?? genesis),
    epoch: Number(fieldsOf(snapshot).get('epoch')),
    seq: records.length - 1,
    chain: sha256(last),
    merkleRoot: frontierOf(records).root(),
    worldHash: sha256(snapshot),
  };
}

export const isHashOf = (bytes: Uint8Array, hash: Uint8Array) =>
  Buffer.from(hash).equals(sha256(bytes));

/** A head as somebody keeps it: that of the parts at their end. */
export function keep({ objects, snapshot, ...parts }: Parts): KeptHead {
  const isIt = (bytes: Uint8Array) => snapshot !== null && isHashOf(bytes, snapshot.hash);
  const head = headOf(parts, objects.find(isIt) ?? new Uint8Array(0));
  const { keyId } = KEEPERS.host;
  return { ...head, signature: { keyId, sig: signWith(KEEPERS.host, headMessage(head)) } };
}

function bundleOf({ genesis, records, forks, objects, snapshot }: Parts): Buffer {
  const last = records.at(-1) ?? genesis;
  const world = sha256([...forks.values()].at(-1) ?? genesis);
  const shape = { seq: records.length - 1, chain: sha256(last), worlds: 1 + forks.size };
  const counts = { objects: objects.length, records: records.length };
  const covered = Buffer.concat([
    Buffer.from('AOSBUNDL\0\0\0\x01'),
    frame(1, encode({ ...shape, snapshot, world_id: world })),
    frame(2, genesis),
    ...objects.map((each) => frame(3, each)),
    ...records.flatMap((each, seq) => {
      const fork = forks.get(seq);
      return fork === undefined ? [frame(4, each)] : [frame(2, fork), frame(4, each)];
    }),
    frame(5, encode(counts)),
    Buffer.from([6, 0, 0, 0, 32]),
  ]);
  return Buffer.concat([covered, createHash('sha256').update(covered).digest()]);
}

function frame(kind: number, payload: Uint8Array): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(kind);
  head.writeUInt32BE(payload.length, 1);
  return Buffer.concat([head, payload]);
}

interface IndependentVerifier {
  readonly Verifier: new (bytes: Buffer, kept?: string) => { readonly findings: string[] };
}
const VERIFIER = new URL('../../../../tooling/verifier/verify.mjs', import.meta.url).href;
const { Verifier }: IndependentVerifier = await import(VERIFIER);

/** What both say: the code of the runtime, that of the other one, or `ok`. */
export async function judge(name: string, parts: Parts, kept?: KeptHead) {
  const bundle = bundleOf(parts);
  const [finding = 'ok '] = new Verifier(bundle, kept && textOf(kept)).findings;
  const other = finding.slice(0, finding.indexOf(' '));
  return { runtime: await runtimeOn(bundle, engineOf(name), kept), other };
}

/** As `aos --json head --sign` says it. */
function textOf({ worldId, epoch, seq, chain, merkleRoot, worldHash, signature }: KeptHead) {
  const hashes = { world_id: worldId, chain, merkle_root: merkleRoot, world_hash: worldHash };
  const texts = Object.entries(hashes).map(([field, hash]) => [field, toHashText(hash)]);
  const signed = signature && { key_id: toHashText(signature.keyId), sig: toHex(signature.sig) };
  const proof = { seq, chain: texts[1]?.[1], hashes: [] };
  const data = { epoch, seq, ...Object.fromEntries(texts), ...signed, inclusion: proof };
  return JSON.stringify({ ok: true, data });
}

/** What the runtime says of a journal that it runs nothing of, or `ok`. */
export async function chained(parts: Parts): Promise<string> {
  const store = await imported(bundleOf(parts));
  return verifyChain(store).failure?.code ?? 'ok';
}

async function imported(bundle: Buffer) {
  const { fs } = new SimDisk(1);
  const file = fs.open('/bundle', 'create');
  await file.write(bundle, 0);
  file.close();
  await importBundle('/bundle', '/w', { fs, salt: new Uint8Array(16) });
  return openWorldStore('/w', { fs, mode: 'read' });
}

async function runtimeOn(bundle: Buffer, engine: Engine, kept?: KeptHead): Promise<string> {
  try {
    const store = await imported(bundle);
    const linked = kept && verifyChain(store, { kept });
    if (linked?.failure !== undefined) return linked.failure.code;
    const host: HostEngine = {
      has: () => true,
      call: (...call) => engine.call(...call),
      load: (bytes) => ok(sha256(bytes)),
    };
    const { ok: isSame, difference, heads, snapshot } = verifyWorld(store, host);
    await store.close();
    if (isSame) return 'ok';
    if (difference?.kind === 'broken') return difference.code;
    if (difference !== undefined) return `replay-${difference.kind}`;
    return heads.different.length > 0 ? 'head-different' : `snapshot-${snapshot}`;
  } catch (error) {
    const { code } = error as { readonly code?: string };
    if (code === undefined) throw error;
    return code;
  }
}
