/**
 * A world as the kernel sees it: immutable data, a function of genesis and journal.
 *
 * 1. A world is never changed in place; a step returns the next one.
 * 2. `chain` is the chain value of record `seq − 1`, or the world id before the first record.
 * 3. States are canonical bytes of their schema, so equal states have equal hashes.
 */
import type { WorldDefinition } from '@aos/air';
import {
  bytesEqual,
  type Encodable,
  type Hash,
  hashOf,
  type Result,
  refuse,
  toHashText,
  ZERO_HASH,
} from '@aos/canon';
import {
  CURRENT_RUNTIME,
  decodeGenesis,
  type Engine,
  type Genesis,
  type RuntimeLimits,
  worldIdOf,
} from '@aos/protocol';
import { checkSupport } from '../support.js';

/** The state of one cell. */
export interface Cell {
  readonly state: Uint8Array;
  readonly hash: Hash;
  /** Logical time of the last change, nanoseconds. */
  readonly activeNs: bigint;
}

export interface World {
  readonly worldId: Hash;
  readonly genesis: Genesis;
  readonly definition: WorldDefinition;
  /** Sequence of the next record. */
  readonly seq: number;
  readonly chain: Hash;
  readonly logicalNowNs: bigint;
  /** Wall time of the last record, or of genesis. */
  readonly lastWallNs: bigint;
  /** One cell per reducer, in the order of the manifest; `null` where there is no state. */
  readonly cells: readonly (Cell | null)[];
}

/**
 * The world of a genesis, before its first record. Codes: those of {@link decodeGenesis},
 * `manifest-mismatch`, `runtime-unsupported`, `not-supported-yet` (a part of the language that this
 * kernel does not run), `module-unbound` (a reducer without code) and `module-missing` (its code is
 * not loaded in the engine).
 */
export function createWorld(
  genesisBytes: Uint8Array,
  definition: WorldDefinition,
  engine: Engine,
): Result<World> {
  const decoded = decodeGenesis(genesisBytes);
  if (!decoded.ok) return decoded;
  const genesis = decoded.value;
  const found =
    checkGenesis(genesis, definition) ??
    checkSupport(definition) ??
    checkModules(definition, engine);
  if (found !== undefined) return found;
  const worldId = worldIdOf(genesisBytes);
  const cells = definition.reducers.map(() => null);
  const lastWallNs = genesis.createdNs;
  const start = { seq: 0, chain: worldId, logicalNowNs: 0n, lastWallNs, cells };
  return { ok: true, value: { worldId, genesis, definition, ...start } };
}

/** Hash of everything a world is at its height; equal worlds have equal hashes. */
export function hashWorld(world: World): Hash {
  const cells: Encodable[] = world.definition.reducers.map((reducer, index) => {
    const cell = world.cells[index] ?? null;
    const state = cell === null ? null : { hash: cell.hash, active: cell.activeNs };
    return { reducer: reducer.name, key: null, state };
  });
  return hashOf({
    seq: world.seq,
    chain: world.chain,
    manifest: world.definition.manifestHash,
    logical_now_ns: world.logicalNowNs,
    cells,
  });
}

function checkGenesis(genesis: Genesis, definition: WorldDefinition): Result<never> | undefined {
  const { kernel, abi, guard, prices } = genesis.runtime;
  if (!bytesEqual(genesis.manifest, definition.manifestHash)) {
    return refuse(
      'manifest-mismatch',
      '/manifest',
      `genesis names ${toHashText(genesis.manifest)}, the definition given is ` +
        `${toHashText(definition.manifestHash)}; open the world with the manifest it was made with`,
    );
  }
  const limits = checkLimits(genesis.runtime.limits);
  if (limits !== undefined) return limits;
  const ours = CURRENT_RUNTIME;
  if (
    kernel === ours.kernel &&
    abi === ours.abi &&
    guard === ours.guard &&
    prices === ours.prices
  ) {
    return undefined;
  }
  return refuse(
    'runtime-unsupported',
    '/runtime',
    `kernel, abi, guard, prices: this build runs ${ours.kernel}, ${ours.abi}, ${ours.guard}, ` +
      `${ours.prices}; the world asks for ${kernel}, ${abi}, ${guard}, ${prices}: use the ` +
      'release that made it',
  );
}

/**
 * Beyond these, other limits would end things first: the platform's own end a call with more memory
 * or stack, and the codec's refuse a record with more calls or events.
 */
const LARGEST = {
  memory_pages: 65_536,
  stack_slots: 60_000,
  calls_per_step: 65_536,
  emitted_bytes: 1 << 25,
} as const satisfies Partial<RuntimeLimits>;

function checkLimits(limits: RuntimeLimits): Result<never> | undefined {
  for (const name of Object.keys(LARGEST) as (keyof typeof LARGEST)[]) {
    if (limits[name] <= LARGEST[name]) continue;
    const detail = `${name} is ${limits[name]}, this build runs at most ${LARGEST[name]}`;
    return refuse('runtime-unsupported', `/runtime/limits/${name}`, detail);
  }
  return undefined;
}

function checkModules(definition: WorldDefinition, engine: Engine): Result<never> | undefined {
  for (const reducer of definition.reducers) {
    if (bytesEqual(reducer.wasmHash, ZERO_HASH)) {
      const detail = 'it has no wasm_hash: give its module and make the world again';
      return refuse('module-unbound', reducer.name, `reducer ${reducer.name}: ${detail}`);
    }
    if (!engine.has(reducer.wasmHash)) {
      const detail = `module ${toHashText(reducer.wasmHash)} of ${reducer.name} is not loaded`;
      return refuse('module-missing', reducer.name, detail);
    }
  }
  return undefined;
}
