/** The beginning: the world of a genesis, before its first record. */
import type { WorldDefinition } from '@aos/air';
import { bytesEqual, ok, type Result, refuse, toHashText, ZERO_HASH } from '@aos/canon';
import { decodeGenesis, type Engine, type Genesis, worldIdOf } from '@aos/protocol';
import { emptyCells } from '../cells/cell-table.js';
import { enforcerModules } from '../gate/enforcers/enforcer.js';
import { emptyGateState } from '../gate/gate-state.js';
import { intentCodec } from '../gate/open-intent.js';
import { emptyGovernance } from '../governance/governance-state.js';
import { emptyPlanState } from '../plans/state/plan-state.js';
import { compileProgram, type Program } from '../program/program.js';
import { ProgramCache } from '../program/program-cache.js';
import { nativeReducer } from '../reducers/native/natives.js';
import { checkSupport } from '../support.js';
import type { TrieSource } from '../trie/leaf-codec.js';
import { NodeCache } from '../trie/node-cache.js';
import { Trie } from '../trie/trie.js';
import { deadlineCodec } from './deadlines.js';
import { dedupCodec } from './dedup.js';
import { genesisKeys, MAX_KEYS } from './keyring.js';
import { nonceCodec } from './nonces.js';
import { checkRuntime } from './runtime-support.js';
import { settledCodec } from './settled.js';
import { emptyWindow } from './window.js';
import type { World } from './world.js';

/** What a world is made on. */
export interface WorldPorts {
  readonly engine: Engine;
  /** Stored objects that are in memory; without one nothing is ever dropped from memory. */
  readonly source?: TrieSource;
}

/**
 * The world of a genesis, before its first record. Codes: those of {@link decodeGenesis},
 * `fork-parent` (the genesis of a fork, which begins at its border), `manifest-mismatch`,
 * `keyring-full`, `key-known`, `key-name-taken`, `runtime-unsupported`, `not-supported-yet` (a part
 * of the language that this kernel does not run), `module-unbound` (a reducer or enforcer without
 * code) and `module-missing` (its code is not loaded in the engine).
 */
export function createWorld(
  genesisBytes: Uint8Array,
  definition: WorldDefinition,
  ports: WorldPorts,
): Result<World> {
  const decoded = decodeGenesis(genesisBytes);
  if (!decoded.ok) return decoded;
  const genesis = decoded.value;
  const found =
    checkOrigin(genesis) ??
    checkManifest(genesis, definition) ??
    checkKeys(genesis) ??
    checkRuntime(genesis.runtime) ??
    checkSupport(definition) ??
    checkModules(definition, ports.engine);
  if (found !== undefined) return found;
  const program = compileProgram(definition);
  const source = ports.source ?? { read: () => undefined, cache: new NodeCache() };
  const worldId = worldIdOf(genesisBytes);
  return ok({
    worldId,
    genesis,
    program,
    programs: new ProgramCache(),
    source,
    runtime: genesis.runtime,
    seq: 0,
    chain: worldId,
    logicalNowNs: 0n,
    lastWallNs: genesis.createdNs,
    epoch: 0,
    mode: 'running',
    haltCode: null,
    keyring: genesisKeys(genesis.keyring),
    ...emptyParts(program, source),
  });
}

function checkOrigin({ parent }: Genesis): Result<never> | undefined {
  if (parent === undefined) return undefined;
  return refuse('fork-parent', '/parent', 'a fork begins with the records of its parent');
}

function checkKeys({ keyring }: Genesis): Result<never> | undefined {
  if (keyring.length > MAX_KEYS) {
    const detail = `expected at most ${MAX_KEYS} keys, found ${keyring.length}`;
    return refuse('keyring-full', '/keyring', detail);
  }
  const ids = new Set(keyring.map(({ keyId }) => toHashText(keyId)));
  if (ids.size < keyring.length) return refuse('key-known', '/keyring', 'a key stands twice in it');
  const names = new Set(keyring.map(({ name }) => name));
  if (names.size === keyring.length) return undefined;
  return refuse('key-name-taken', '/keyring', 'two keys have the same name');
}

/** What a world gathers, before it has gathered anything. */
function emptyParts(program: Program, source: TrieSource) {
  return {
    cells: program.reducers.map(({ definition: { keySchema } }) =>
      emptyCells(keySchema?.type ?? null, source),
    ),
    leafTypes: program.reducers.map(() => []),
    retired: [],
    governance: emptyGovernance(source),
    pending: [],
    intents: Trie.empty(intentCodec(source), source),
    settled: emptyWindow(settledCodec(source), source),
    nonces: Trie.empty(nonceCodec, source),
    dedup: emptyWindow(dedupCodec, source),
    gateState: emptyGateState(source),
    planState: emptyPlanState(source),
    deadlines: Trie.empty(deadlineCodec, source),
  } satisfies Partial<World>;
}

function checkManifest(genesis: Genesis, definition: WorldDefinition): Result<never> | undefined {
  if (bytesEqual(genesis.manifest, definition.manifestHash)) return undefined;
  return refuse(
    'manifest-mismatch',
    '/manifest',
    `genesis names ${toHashText(genesis.manifest)}, the definition given is ` +
      `${toHashText(definition.manifestHash)}; open the world with the manifest it was made with`,
  );
}

const UNBOUND = 'it has no wasm_hash: give its module and make the world again';

/**
 * Checks that the code of every reducer and enforcer is there, and that every effect which is a
 * program has one; programs are the host's to run. Codes: `module-unbound`, `module-missing`.
 */
export function checkModules(
  definition: WorldDefinition,
  engine: Engine,
): Result<never> | undefined {
  const [unbound] = unboundPrograms(definition);
  if (unbound !== undefined) return refuse('module-unbound', unbound, `${unbound}: ${UNBOUND}`);
  const reducers = definition.reducers
    .filter(({ name }) => nativeReducer(name) === undefined)
    .map(({ name, wasmHash: hash }) => ({ name, hash }));
  for (const { name, hash } of [...reducers, ...enforcerModules(definition)]) {
    if (bytesEqual(hash, ZERO_HASH)) {
      return refuse('module-unbound', name, `${name}: ${UNBOUND}`);
    }
    if (!engine.has(hash)) {
      return refuse('module-missing', name, `module ${toHashText(hash)} of ${name} is not loaded`);
    }
  }
  return undefined;
}

/** Names of the effects that are programs and have no code. */
function unboundPrograms(definition: WorldDefinition): readonly string[] {
  const none = toHashText(ZERO_HASH);
  return (definition.manifest.effects ?? [])
    .map(({ name }) => name)
    .filter((name) => definition.find('defeffect', name)?.implementation?.wasi.wasm_hash === none);
}
