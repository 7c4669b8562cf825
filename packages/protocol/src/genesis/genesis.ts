/**
 * Genesis: the first bytes of a world. `world_id = sha256(canonical genesis)` (spec P1).
 *
 * Everything that can change an outcome is named here: the manifest, the runtime numbers and the
 * keys. The world's authoring folder has no say once genesis is written.
 */
import { attempt, type Hash, Reader, type Result, sha256, type Value, Writer } from '@aos/canon';
import { Fields } from '../shapes/shape-fields.js';
import { shapeRefusal } from '../shapes/shape-reader.js';
import { countPresent, writeBytes, writeInt } from '../shapes/shape-writer.js';
import { type KeyringEntry, parseKey, writeKey } from './keyring.js';
import { parseRuntime, type RuntimeNumbers, writeRuntime } from './runtime.js';

/** The frozen format (decision 0034): another one is another number, beside this one. */
export const GENESIS_FORMAT = 1;

/** Where a forked world left its parent: the last record they share. */
export interface GenesisParent {
  readonly worldId: Hash;
  readonly seq: number;
  /** Chain value of that record. */
  readonly chain: Hash;
}

export interface Genesis {
  readonly format: typeof GENESIS_FORMAT;
  readonly parent?: GenesisParent;
  readonly manifest: Hash;
  readonly runtime: RuntimeNumbers;
  readonly keyring: readonly KeyringEntry[];
  /** Wall clock at creation, nanoseconds since the epoch. */
  readonly createdNs: bigint;
  /** 16 random bytes, so that two worlds of one manifest have two ids. */
  readonly nonce: Uint8Array;
}

const NONCE_BYTES = 16;

/** Canonical bytes of a genesis. Keys stand in canonical order: shorter first, then bytewise. */
export function encodeGenesis(genesis: Genesis): Uint8Array {
  const w = new Writer(1024);
  w.selfDescribe();
  w.mapHead(6 + countPresent(genesis.parent));
  writeBytes(w, 'nonce', genesis.nonce);
  writeInt(w, 'format', genesis.format);
  if (genesis.parent !== undefined) {
    w.text('parent');
    writeParent(w, genesis.parent);
  }
  w.text('keyring');
  w.listHead(genesis.keyring.length);
  for (const entry of genesis.keyring) writeKey(w, entry);
  w.text('runtime');
  writeRuntime(w, genesis.runtime);
  writeBytes(w, 'manifest', genesis.manifest);
  writeInt(w, 'created_ns', genesis.createdNs);
  return w.finish();
}

/** What to do with what is of another format. Format 0 was never released, and nobody reads it. */
export function adviceOnFormat(format: unknown): string {
  if (format !== 0) return 'use the release that made it, or a newer one';
  return 'format 0 is from before the first release: make the world anew from its folder';
}

function writeParent(w: Writer, parent: GenesisParent): void {
  w.mapHead(3);
  writeInt(w, 'seq', parent.seq);
  writeBytes(w, 'chain', parent.chain);
  writeBytes(w, 'world_id', parent.worldId);
}

/**
 * Reads genesis bytes strictly. Codes: those of the codec, `genesis-format` for a format this build
 * does not know, `runtime-unsupported` for guard 0, `shape-length` and `shape-hash` for bytes of
 * the wrong length or a key whose id is not its hash, `key-role` for an unknown role, `verb-args`
 * for a key under the name of a plan, `shape-field` for anything else out of shape.
 */
export function decodeGenesis(bytes: Uint8Array): Result<Genesis> {
  return attempt(() => {
    const r = new Reader(bytes);
    r.selfDescribe();
    const fields = new Fields(r.value());
    r.end();
    const format = fields.nat('format');
    if (format !== GENESIS_FORMAT) {
      const detail = `expected ${GENESIS_FORMAT}, found ${format}`;
      throw shapeRefusal('genesis-format', `${detail}; ${adviceOnFormat(format)}`);
    }
    const genesis: Genesis = {
      format,
      manifest: fields.hash('manifest'),
      runtime: parseRuntime(fields.value('runtime')),
      keyring: fields.list('keyring').map(parseKey),
      createdNs: fields.u64('created_ns'),
      nonce: fields.exact('nonce', NONCE_BYTES),
      ...(fields.has('parent') ? { parent: parseParent(fields.value('parent')) } : {}),
    };
    fields.end();
    return genesis;
  });
}

function parseParent(value: Value): GenesisParent {
  const fields = new Fields(value);
  const parent = {
    worldId: fields.hash('world_id'),
    seq: fields.nat('seq'),
    chain: fields.hash('chain'),
  };
  fields.end();
  return parent;
}

/** The id of a world: the hash of its canonical genesis. */
export function worldIdOf(genesisBytes: Uint8Array): Hash {
  return sha256(genesisBytes);
}
