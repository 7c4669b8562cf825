/** `status`: what a world is, how it stands, and whether its authoring folder has drifted. */
import { loadAir } from '@aos/air';
import { RefusalError, sha256, toHashText, toHex } from '@aos/canon';
import type { World } from '@aos/kernel';
import {
  AosFault,
  decodeGenesis,
  type Genesis,
  type HaltMark,
  type KeyShape,
  type LiveShape,
  type ParsedArgs,
  plainInteger,
  type SnapshotMark,
  type SnapshotShape,
  type StatusShape,
  worldIdOf,
} from '@aos/protocol';
import { readWallNs, systemClock } from '../../clock.js';
import { readAuthoringFolder } from '../../world/air-folder.js';
import type { ControlView } from '../view.js';
import { keyShape } from './definitions.js';
import { showHead } from './journal-tail.js';

export async function showStatus(
  view: ControlView,
  { authoring }: ParsedArgs<'status'>,
): Promise<StatusShape> {
  const { store, options } = view;
  const genesis = genesisOf(view);
  const { world, trouble } = await lookAt(view);
  const runtime = world?.runtime ?? genesis.runtime;
  const manifest = toHashText(world?.program.definition.manifestHash ?? genesis.manifest);
  const { directory, tail } = options;
  const { seq: head, chain } = showHead(view);
  const halt = options.host === undefined ? store.halt : options.host.halt;
  return {
    world: directory ?? null,
    world_id: toHashText(worldIdOf(store.genesis)),
    manifest,
    head,
    chain,
    tail: tail === undefined ? null : { clean: tail.clean, ignored_bytes: tail.ignoredBytes },
    authoring: authoring && directory !== undefined ? findDrift(directory, manifest) : null,
    runtime: {
      kernel: runtime.kernel,
      abi: runtime.abi,
      guard: runtime.guard,
      fuel_per_call: runtime.limits.fuel_per_call,
    },
    keys: world?.keyring.map(keyShape) ?? genesis.keyring.map(genesisKey),
    snapshot: store.snapshot === undefined ? null : snapshotShape(store.snapshot),
    halt: haltShape(halt),
    live: world === undefined ? null : liveShape(view, world, halt),
    trouble,
  };
}

function genesisOf({ store }: ControlView): Genesis {
  const genesis = decodeGenesis(store.genesis);
  if (genesis.ok) return genesis.value;
  throw new RefusalError(genesis.refusal);
}

/** A world that does not open still has a status. */
async function lookAt(
  view: ControlView,
): Promise<{ readonly world: World | undefined; readonly trouble: StatusShape['trouble'] }> {
  try {
    return { world: await view.read((world) => world), trouble: null };
  } catch (error) {
    if (!(error instanceof AosFault) || view.isLiving) throw error;
    return { world: undefined, trouble: { code: error.code, message: error.message } };
  }
}

/** A world that a defect halted does not know of it: that stands beside its journal. */
function liveShape(view: ControlView, world: World, halt: HaltMark | undefined): LiveShape {
  const { from, replayed, passedOver } = view.opening;
  return {
    mode: halt === undefined ? world.mode : 'halted',
    halt_code: halt === undefined ? world.haltCode : halt.code,
    epoch: world.epoch,
    pending: world.pending.length,
    open_intents: world.intents.size,
    plan_instances: world.planState.instances.size,
    logical_now_ns: plainInteger(world.logicalNowNs),
    clock_ns: plainInteger(clockOf(view, world)),
    opened_from: from === 'genesis' ? from : snapshotShape(from),
    replayed,
    passed_over:
      passedOver === undefined ? null : { code: passedOver.code, detail: passedOver.detail },
  };
}

/** A world that is only read gains what has passed since its last record, when it is opened. */
function clockOf({ options: { host } }: ControlView, world: World): bigint {
  if (host !== undefined) return host.logicalNowNs;
  const passedNs = readWallNs(systemClock) - world.lastWallNs;
  return world.logicalNowNs + (passedNs > 0n ? passedNs : 0n);
}

export function snapshotShape({ seq, hash }: SnapshotMark): SnapshotShape {
  return { seq, hash: toHashText(hash) };
}

export function haltShape(halt: HaltMark | undefined): StatusShape['halt'] {
  return halt === undefined ? null : { seq: halt.seq, code: halt.code, detail: halt.detail };
}

function genesisKey({ keyId, publicKey, name, roles }: Genesis['keyring'][number]): KeyShape {
  return {
    key_id: toHashText(keyId),
    name,
    roles: [...roles],
    public: toHex(publicKey),
    added_at: -1,
    revoked_at: null,
  };
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
