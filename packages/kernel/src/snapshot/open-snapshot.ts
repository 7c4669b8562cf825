/**
 * Opening a snapshot: the world it was taken of, or a refusal with a code.
 *
 * O1 Bytes from anywhere give the one world they were taken of, or none: every field is read
 *     strictly, and what was read is written again and compared.
 * O2 A snapshot says what it says; that the journal says the same is found out by replaying the
 *     records after it, whose first has its chain value as `prev`, or all of them from genesis.
 * O3 Roots must be there; what is below them is read when it is needed.
 */
import type { WorldDefinition } from '@aos/air';
import {
  attempt,
  bytesEqual,
  decode,
  type Encodable,
  encode,
  type Hash,
  ok,
  type Refusal,
  type Result,
  refuse,
  toHashText,
  type Value,
} from '@aos/canon';
import { adviceOnFormat, decodeGenesis, type Genesis, keyIdOf, worldIdOf } from '@aos/protocol';
import { compileProgram } from '../program/program.js';
import { ProgramCache, type ProgramHolder } from '../program/program-cache.js';
import { checkSupport } from '../support.js';
import type { TrieSource } from '../trie/leaf-codec.js';
import { type Need, neededBy, ObjectsNeeded } from '../trie/objects-needed.js';
import { checkModules, type WorldPorts } from '../world/create-world.js';
import { checkRuntime } from '../world/runtime-support.js';
import type { World } from '../world/world.js';
import type { Shape } from './shape.js';
import { SNAPSHOT_FORMAT, type Snapshot, snapshotShape } from './world-shape.js';

export interface SnapshotPorts extends WorldPorts {
  /** Where the objects of the snapshot are read from, now and later. */
  readonly source: TrieSource;
}

export type SnapshotOpening =
  | { readonly kind: 'opened'; readonly world: World }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | Need;

/** What a snapshot is opened with. */
export interface SnapshotOf {
  readonly genesis: Uint8Array;
  /** The definition that was in force: the one whose hash the snapshot names. */
  readonly definition: WorldDefinition;
}

/**
 * Opens snapshot bytes. Codes: those of the codec and of `decodeGenesis`, `snapshot-format`,
 * `snapshot-world` (of another world), `manifest-mismatch`, `snapshot-shape` (a field that is no
 * such field), `snapshot-inconsistent` (fields that cannot stand together), `runtime-unsupported`,
 * `not-supported-yet`, `module-unbound` and `module-missing`, and the codes of tries and leaves for
 * objects that are not what they should be.
 */
export function openSnapshot(
  bytes: Uint8Array,
  of: SnapshotOf,
  ports: SnapshotPorts,
): SnapshotOpening {
  return answer(() => {
    const opened = open(bytes, of, ports);
    return opened.ok ? ok(opened.value.world) : opened;
  });
}

/**
 * Opens a snapshot that comes from somewhere else, and reads everything below its roots: with it,
 * the snapshot is what a world would write, and nothing in it is found malformed later on. Codes:
 * those of {@link openSnapshot}.
 */
export function checkSnapshot(
  bytes: Uint8Array,
  of: SnapshotOf,
  ports: SnapshotPorts,
): SnapshotOpening {
  return answer(() => {
    const opened = open(bytes, of, ports);
    if (!opened.ok) return opened;
    const { shape, snapshot, world } = opened.value;
    shape.check?.(snapshot, '');
    return ok(world);
  });
}

function answer(run: () => Result<World>): SnapshotOpening {
  try {
    const attempted = attempt(run);
    const opened = attempted.ok ? attempted.value : attempted;
    return opened.ok
      ? { kind: 'opened', world: opened.value }
      : { kind: 'refused', refusal: opened.refusal };
  } catch (error) {
    if (error instanceof ObjectsNeeded) return neededBy(error);
    throw error;
  }
}

/** Names the definition and the place of a snapshot without opening it. Code: `snapshot-shape`. */
export function readSnapshotHead(
  bytes: Uint8Array,
): Result<{ readonly seq: number; readonly manifest: Hash }> {
  const decoded = decode(bytes);
  if (!decoded.ok) return decoded;
  const value = decoded.value;
  const seq = value instanceof Map ? value.get('seq') : undefined;
  const manifest = value instanceof Map ? value.get('manifest') : undefined;
  if (typeof seq === 'number' && manifest instanceof Uint8Array && manifest.length === 32) {
    return ok({ seq, manifest: manifest as Hash });
  }
  return refuse('snapshot-shape', '', 'expected a map with seq and manifest');
}

interface Opened {
  readonly shape: Shape<Snapshot>;
  readonly snapshot: Snapshot;
  readonly world: World;
}

function open(
  bytes: Uint8Array,
  { genesis: genesisBytes, definition }: SnapshotOf,
  ports: SnapshotPorts,
): Result<Opened> {
  const decoded = decode(bytes);
  if (!decoded.ok) return decoded;
  const genesis = decodeGenesis(genesisBytes);
  if (!genesis.ok) return genesis;
  const found =
    checkFormat(decoded.value) ??
    checkIdentity(decoded.value, worldIdOf(genesisBytes), definition.manifestHash) ??
    checkSupport(definition) ??
    checkModules(definition, ports.engine);
  if (found !== undefined) return found;
  const program = compileProgram(definition);
  const holder = { program, programs: new ProgramCache(), source: ports.source };
  const shape = snapshotShape(holder);
  const snapshot = shape.decode(decoded.value, '');
  const wrong = checkRuntime(snapshot.runtime) ?? checkConsistency(snapshot);
  if (wrong !== undefined) return wrong;
  if (!bytesEqual(encode(shape.encode(snapshot) satisfies Encodable), bytes)) {
    return refuse('snapshot-shape', '', 'expected the bytes that the world itself would write');
  }
  return ok({ shape, snapshot, world: worldOf(snapshot, genesis.value, holder) });
}

function checkFormat(value: Value): Result<never> | undefined {
  const format = value instanceof Map ? value.get('format') : undefined;
  if (format === SNAPSHOT_FORMAT) return undefined;
  const found = typeof format === 'number' ? format : 'none';
  const detail = `expected ${SNAPSHOT_FORMAT}, found ${found}; ${adviceOnFormat(format)}`;
  return refuse('snapshot-format', '/format', detail);
}

function checkIdentity(value: Value, worldId: Hash, manifest: Hash): Result<never> | undefined {
  const fields = value as ReadonlyMap<Value, Value>;
  if (!isHash(fields.get('world_id'), worldId)) {
    const detail = `expected a snapshot of the world ${toHashText(worldId)}`;
    return refuse('snapshot-world', '/world_id', detail);
  }
  if (isHash(fields.get('manifest'), manifest)) return undefined;
  const detail = `the snapshot names another manifest than the given ${toHashText(manifest)}`;
  return refuse('manifest-mismatch', '/manifest', detail);
}

function isHash(value: Value | undefined, hash: Hash): boolean {
  return value instanceof Uint8Array && bytesEqual(value, hash);
}

/** What no world that ever was says of itself. */
function checkConsistency(snapshot: Snapshot): Result<never> | undefined {
  const { seq, chain, worldId, mode, haltCode, keyring, pending, cells, leafTypes } = snapshot;
  const rules: readonly (readonly [at: string, holds: boolean, rule: string])[] = [
    ['/halt_code', (mode === 'halted') === (haltCode !== null), 'a code exactly while halted'],
    ['/chain', seq > 0 || bytesEqual(chain, worldId), 'the world id before the first record'],
    [
      '/keyring',
      keyring.every(({ keyId, publicKey }) => bytesEqual(keyId, keyIdOf(publicKey))),
      'keys under their hashes',
    ],
    [
      '/keyring',
      keyring.every(({ addedAt, revokedAt }) => addedAt < seq && (revokedAt ?? -1) < seq),
      'keys of earlier records',
    ],
    ['/pending', pending.every(({ cause }) => cause.seq < seq), 'causes in earlier records'],
    ['/leaf_types', leafTypes.length === cells.length, 'a list for every reducer'],
  ];
  const broken = rules.find(([, holds]) => !holds);
  if (broken === undefined) return undefined;
  return refuse('snapshot-inconsistent', broken[0], `expected ${broken[2]}`);
}

function worldOf(snapshot: Snapshot, genesis: Genesis, holder: ProgramHolder): World {
  const { format: _format, manifest: _manifest, ...body } = snapshot;
  return { ...body, genesis, ...holder };
}
