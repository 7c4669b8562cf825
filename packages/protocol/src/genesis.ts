/**
 * Genesis: the first bytes of a world. `world_id = sha256(canonical genesis)` (spec P1).
 *
 * Everything that can change an outcome is named here: the manifest, the runtime numbers and the
 * keys. The world's authoring folder has no say once genesis is written.
 */
import { attempt, type Hash, Reader, type Result, sha256, Writer } from '@aos/canon';
import { checkHash, readExact, readHash, readMapOf, shapeRefusal } from './shape-reader.js';

/** The format number this build writes; format 1 is frozen by a later decision. */
export const GENESIS_FORMAT = 0;

/** Bounds that decide outcomes. Names are as hashed; each has its unit last. */
export interface RuntimeLimits {
  /** Largest normalized event value, in bytes. */
  readonly event_bytes: number;
  /** Largest output envelope of one module call, in bytes. */
  readonly output_bytes: number;
  /** Most domain events one reducer call may emit. */
  readonly events_per_call: number;
  /** Most module calls that events emitted within one record may bring it to. */
  readonly calls_per_step: number;
  /**
   * Most bytes that the events emitted within one record may hold: value, key, name of the schema,
   * and 64 for each. Keeps records far below what `decodeRecord` reads.
   */
  readonly emitted_bytes: number;
  /** Fuel of one module call; a call that faults is charged all of it. */
  readonly fuel_per_call: number;
  /** Most memory of a module during a call, in pages of 64 KiB. */
  readonly memory_pages: number;
  /** Depth of a module's stack: parameters, locals and operands of all open frames. */
  readonly stack_slots: number;
}

/** Versions and limits in force (shapes.md "runtime numbers are data"). */
export interface RuntimeNumbers {
  readonly kernel: number;
  readonly abi: number;
  /** Version of what is done to modules so that calls are bounded and equal everywhere. */
  readonly guard: number;
  /** Version of the fuel price table. */
  readonly prices: number;
  readonly limits: RuntimeLimits;
}

/** The numbers a new world gets from this build. */
export const CURRENT_RUNTIME: RuntimeNumbers = {
  kernel: 0,
  abi: 1,
  guard: 1,
  prices: 1,
  limits: {
    event_bytes: 1 << 20,
    output_bytes: 1 << 20,
    events_per_call: 256,
    calls_per_step: 1024,
    emitted_bytes: 1 << 24,
    fuel_per_call: 100_000_000,
    memory_pages: 256,
    stack_slots: 40_000,
  },
};

/** What a key may do; a closed list. */
export type KeyRole = 'adapter' | 'approver' | 'host' | 'operator';
const ROLES: readonly string[] = ['adapter', 'approver', 'host', 'operator'];

/** A public key the world knows. `keyId = sha256(publicKey)`. */
export interface KeyringEntry {
  readonly keyId: Hash;
  readonly publicKey: Uint8Array;
  readonly name: string;
  readonly roles: readonly KeyRole[];
}

export interface Genesis {
  readonly format: typeof GENESIS_FORMAT;
  readonly manifest: Hash;
  readonly runtime: RuntimeNumbers;
  readonly keyring: readonly KeyringEntry[];
  /** Wall clock at creation, nanoseconds since the epoch. */
  readonly createdNs: bigint;
  /** 16 random bytes, so that two worlds of one manifest have two ids. */
  readonly nonce: Uint8Array;
}

const NONCE_BYTES = 16;
const PUBLIC_KEY_BYTES = 32;

/** Canonical bytes of a genesis. Keys stand in canonical order: shorter first, then bytewise. */
export function encodeGenesis(genesis: Genesis): Uint8Array {
  const w = new Writer(512);
  w.selfDescribe();
  w.mapHead(6);
  w.text('nonce');
  w.bytes(genesis.nonce);
  w.text('format');
  w.int(genesis.format);
  w.text('keyring');
  w.listHead(genesis.keyring.length);
  for (const entry of genesis.keyring) writeKey(w, entry);
  w.text('runtime');
  writeRuntime(w, genesis.runtime);
  w.text('manifest');
  w.bytes(genesis.manifest);
  w.text('created_ns');
  w.int(genesis.createdNs);
  return w.finish();
}

function writeKey(w: Writer, entry: KeyringEntry): void {
  w.mapHead(4);
  w.text('name');
  w.text(entry.name);
  w.text('roles');
  w.listHead(entry.roles.length);
  for (const role of entry.roles) w.text(role);
  w.text('key_id');
  w.bytes(entry.keyId);
  w.text('public');
  w.bytes(entry.publicKey);
}

function writeRuntime(w: Writer, runtime: RuntimeNumbers): void {
  w.mapHead(5);
  w.text('abi');
  w.int(runtime.abi);
  w.text('guard');
  w.int(runtime.guard);
  w.text('kernel');
  w.int(runtime.kernel);
  w.text('limits');
  w.value({ ...runtime.limits });
  w.text('prices');
  w.int(runtime.prices);
}

/**
 * Reads genesis bytes strictly. Codes: those of the codec, `genesis-format` for a format this build
 * does not know, `runtime-unsupported` for guard 0, `shape-length` and `shape-hash` for bytes of
 * the wrong length or a key whose id is not its hash, `key-role` for an unknown role.
 */
export function decodeGenesis(bytes: Uint8Array): Result<Genesis> {
  return attempt(() => {
    const r = new Reader(bytes);
    r.selfDescribe();
    readMapOf(r, 6);
    r.key('nonce');
    const nonce = readExact(r, NONCE_BYTES);
    r.key('format');
    const format = r.nat();
    if (format !== GENESIS_FORMAT) {
      throw shapeRefusal('genesis-format', `expected ${GENESIS_FORMAT}, found ${format}`);
    }
    r.key('keyring');
    const keyring = Array.from({ length: r.listHead() }, () => readKey(r));
    r.key('runtime');
    const runtime = readRuntime(r);
    r.key('manifest');
    const manifest = readHash(r);
    r.key('created_ns');
    const createdNs = r.u64();
    r.end();
    return { format, manifest, runtime, keyring, createdNs, nonce };
  });
}

function readKey(r: Reader): KeyringEntry {
  readMapOf(r, 4);
  r.key('name');
  const name = r.text();
  r.key('roles');
  const roles = Array.from({ length: r.listHead() }, () => {
    const role = r.text();
    if (!ROLES.includes(role)) {
      throw shapeRefusal('key-role', `unknown role '${role}'; known: ${ROLES.join(', ')}`);
    }
    return role as KeyRole;
  });
  r.key('key_id');
  const keyId = readHash(r);
  r.key('public');
  const publicKey = readExact(r, PUBLIC_KEY_BYTES);
  checkHash(keyId, sha256(publicKey), 'key_id');
  return { keyId, publicKey, name, roles };
}

function readRuntime(r: Reader): RuntimeNumbers {
  readMapOf(r, 5);
  r.key('abi');
  const abi = r.nat();
  r.key('guard');
  const guard = readGuard(r);
  r.key('kernel');
  const kernel = r.nat();
  r.key('limits');
  const limits = readLimits(r);
  r.key('prices');
  const prices = r.nat();
  return { kernel, abi, guard, prices, limits };
}

/** Worlds of guard 0 have no limits of calls, so nothing after it has the shape of today. */
function readGuard(r: Reader): number {
  const guard = r.nat();
  if (guard > 0) return guard;
  const detail = 'a world of guard 0 has unmetered calls; open it with the release that made it';
  throw shapeRefusal('runtime-unsupported', detail);
}

/** In canonical order, like every map. */
const LIMITS = [
  'event_bytes',
  'stack_slots',
  'memory_pages',
  'output_bytes',
  'emitted_bytes',
  'fuel_per_call',
  'calls_per_step',
  'events_per_call',
] as const satisfies readonly (keyof RuntimeLimits)[];

function readLimits(r: Reader): RuntimeLimits {
  readMapOf(r, LIMITS.length);
  const read = LIMITS.map((name) => {
    r.key(name);
    return [name, r.nat()] as const;
  });
  return Object.fromEntries(read) as unknown as RuntimeLimits;
}

/** The id of a world: the hash of its canonical genesis. */
export function worldIdOf(genesisBytes: Uint8Array): Hash {
  return sha256(genesisBytes);
}
