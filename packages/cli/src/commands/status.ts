/** `aos status`: what a world is, how it stands, and whether its authoring folder has drifted. */
import { type JsonValue, loadAir } from '@aos/air';
import { sha256, toHashText } from '@aos/canon';
import { haltFault, openWorld, readAuthoringFolder } from '@aos/host';
import type { World } from '@aos/kernel';
import { AosFault, decodeGenesis, worldIdOf } from '@aos/protocol';
import type { DiskStore } from '@aos/store';
import { newEngine } from '../compose/engine.js';
import { describeTail, tailWarnings } from '../journal-end.js';
import { type Answer, CliError } from '../output.js';
import { openingWarnings, withStore } from '../world/open-world.js';

export async function showStatus(world: string): Promise<Answer> {
  return withStore(world, (store) => {
    const genesis = decodeGenesis(store.genesis);
    if (!genesis.ok) throw CliError.of(genesis.refusal);
    const { manifest, runtime } = genesis.value;
    const drift = findDrift(world, toHashText(manifest));
    const live = readLive(store);
    const keys = live.world?.keyring ?? genesis.value.keyring;
    const identity = {
      world,
      world_id: toHashText(worldIdOf(store.genesis)),
      manifest: toHashText(manifest),
      head: store.head,
    };
    const data = {
      ...identity,
      tail: describeTail(store.tail),
      authoring: drift,
      runtime: { kernel: runtime.kernel, abi: runtime.abi, guard: runtime.guard },
      keys: keys.map(({ keyId, name, roles }) => ({
        key_id: toHashText(keyId),
        name,
        roles: [...roles],
      })),
      snapshot: describeSnapshot(store),
      halt: describeHalt(store),
      ...describeLive(live.world),
    };
    return {
      data,
      lines: [
        `world      ${world}`,
        `world id   ${data.world_id}`,
        `manifest   ${data.manifest}`,
        `records    ${store.head + 1}`,
        ...printLive(store, live.world),
        `authoring  ${drift}`,
        `runtime    kernel ${runtime.kernel}, abi ${runtime.abi}, guard ${runtime.guard}, ` +
          `${runtime.limits.fuel_per_call} fuel a call`,
      ],
      warnings: [...live.warnings, ...haltWarnings(store), ...tailWarnings(store.tail)],
    };
  });
}

interface Live {
  /** The world after its last record; `undefined` where it cannot be opened. */
  readonly world: World | undefined;
  readonly warnings: readonly string[];
}

/** A world that does not open still has a status. */
function readLive(store: DiskStore): Live {
  try {
    const opened = openWorld(store, newEngine());
    return { world: opened.world, warnings: openingWarnings(opened) };
  } catch (error) {
    if (!(error instanceof AosFault)) throw error;
    return { world: undefined, warnings: [`the world does not open [${error.code}]`] };
  }
}

function describeLive(world: World | undefined): { readonly [name: string]: JsonValue } {
  if (world === undefined) return { mode: null };
  return {
    mode: world.mode,
    halt_code: world.haltCode,
    epoch: world.epoch,
    pending: world.pending.length,
    open_intents: world.intents.size,
    plan_instances: world.planState.instances.size,
    logical_now_ns: world.logicalNowNs,
  };
}

function printLive({ snapshot }: DiskStore, world: World | undefined): string[] {
  const known = snapshot === undefined ? 'none' : `after record ${snapshot.seq}`;
  const lines = [`snapshot   ${known}`];
  if (world === undefined) return lines;
  const { mode, haltCode, epoch, pending, intents, planState } = world;
  const why = haltCode === null ? '' : ` (${haltCode})`;
  return [
    `mode       ${mode}${why}, epoch ${epoch}`,
    `open       ${intents.size} intents, ${planState.instances.size} plan instances, ` +
      `${pending.length} pieces of work left over`,
    ...lines,
  ];
}

function describeSnapshot({ snapshot }: DiskStore): JsonValue {
  return snapshot === undefined ? null : { seq: snapshot.seq, hash: toHashText(snapshot.hash) };
}

function describeHalt({ halt }: DiskStore): JsonValue {
  return halt === undefined ? null : { seq: halt.seq, code: halt.code, detail: halt.detail };
}

function haltWarnings({ halt }: DiskStore): readonly string[] {
  return halt === undefined ? [] : [haltFault(halt).message];
}

/**
 * How the authoring folder stands to the manifest in force: editing it changes nothing by itself.
 */
function findDrift(world: string, manifest: string): 'absent' | 'differs' | 'invalid' | 'same' {
  try {
    const folder = readAuthoringFolder(world);
    const hashes = [...folder.modules].map(([name, bytes]) => [name, sha256(bytes)] as const);
    const loaded = loadAir(folder.documents, new Map(hashes));
    if (!loaded.ok) return 'invalid';
    return toHashText(loaded.world.manifestHash) === manifest ? 'same' : 'differs';
  } catch (error) {
    if (!(error instanceof AosFault)) throw error;
    if (error.code === 'folder-not-found') return 'absent';
    if (error.code === 'text-not-utf8') return 'invalid';
    throw error;
  }
}
