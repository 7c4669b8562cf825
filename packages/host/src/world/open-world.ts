/**
 * Opening: the world as it is after its last record, from the latest snapshot and the records after
 * it, or from genesis where there is no snapshot that opens.
 *
 * P1 A snapshot is a shortcut and never the truth: one that does not open, or is not of this
 *    journal, is passed over and told of; the journal alone decides.
 * P2 What was recorded is trusted to have been admitted and signed; `verify` looks at that again.
 */
import { bytesEqual, type Hash, ok, type Refusal, type Result, refuse } from '@aos/canon';
import {
  type Difference,
  type Need,
  type ReplayMode,
  type ReplayPorts,
  replayRecord,
  type Verdict,
  type World,
} from '@aos/kernel';
import {
  AosFault,
  callLimitsOf,
  chainOf,
  type PrunedMark,
  type SnapshotMark,
  type WorldStore,
} from '@aos/protocol';
import type { HostEngine } from './host-engine.js';
import type { Lineage } from './lineage.js';
import {
  loadParts,
  objectsMissing,
  type WorldParts,
  worldAtBeginning,
  worldAtSnapshot,
} from './load-world.js';
import { serveNeed } from './module-loader.js';
import type { SharedDefinitions } from './shared-definitions.js';

export interface OpenedWorld {
  readonly world: World;
  /** Where the replay began. */
  readonly from: SnapshotMark | 'genesis';
  /** Records that were replayed. */
  readonly replayed: number;
  /** Why the last snapshot was passed over. */
  readonly passedOver?: Refusal;
}

/** Where to begin: at the last snapshot that opens, or at genesis whatever snapshots there are. */
export type OpenFrom = 'genesis' | 'snapshot';

/**
 * Opens a world for reading. Throws AosFault; `world-diverged` when its journal does not replay to
 * itself, `object-missing` when it cannot be replayed for want of an object.
 */
export function openWorld(
  store: WorldStore,
  engine: HostEngine,
  openFrom: OpenFrom = 'snapshot',
  definitions?: SharedDefinitions,
): OpenedWorld {
  const parts = loadParts(store, engine, definitions);
  if (openFrom === 'genesis') return openFromGenesis(parts);
  const { from, start, passedOver } = findStart(parts);
  if (passedOver !== undefined || from === 'genesis') return openFromGenesis(parts, passedOver);
  const first = replayFromSnapshot(start, parts);
  if (!first.ok) return openFromGenesis(parts, first.refusal);
  return { world: first.value, from, replayed: first.value.seq - start.seq };
}

function openFromGenesis(parts: WorldParts, passedOver?: Refusal): OpenedWorld {
  const { start, from } = worldAtBeginning(parts);
  const { world, difference } = replayFrom(start, parts);
  if (difference !== undefined) throw divergedFault(difference);
  const opened = { world, from, replayed: world.seq - start.seq } as const;
  return passedOver === undefined ? opened : { ...opened, passedOver };
}

/** Refused is what the snapshot may be to blame for: replay from genesis tells. */
function replayFromSnapshot(start: World, parts: WorldParts): Result<World> {
  try {
    const { world, difference } = replayFrom(start, parts);
    return difference === undefined ? ok(world) : { ok: false, refusal: otherWorld(difference) };
  } catch (error) {
    if (!(error instanceof AosFault) || error.code !== 'object-missing') throw error;
    return refuse(error.code, '', error.message);
  }
}

interface Start {
  readonly start: World;
  readonly from: SnapshotMark | 'genesis';
  readonly passedOver?: Refusal;
}

/** The world of the last snapshot that opens and stands on this journal, or that of genesis. */
export function findStart(parts: WorldParts): Start {
  const { snapshot } = parts.store;
  const opened = worldAtSnapshot(parts);
  if (opened === undefined || snapshot === undefined) {
    return worldAtBeginning(parts);
  }
  const refusal = opened.ok ? checkChain(parts.store, opened.value) : opened.refusal;
  if (opened.ok && refusal === undefined) return { start: opened.value, from: snapshot };
  const beginning = worldAtBeginning(parts);
  return refusal === undefined ? beginning : { ...beginning, passedOver: refusal };
}

/** The world after the last record that replays the same, and the difference that ended it. */
function replayFrom(
  start: World,
  parts: WorldParts,
): { readonly world: World; readonly difference?: Difference } {
  const { store } = parts;
  const ports = judgePorts(parts);
  let world = start;
  for (const bytes of store.records(start.seq)) {
    const verdict = judgeRecord(world, bytes, ports, 'trust');
    world = verdict.world;
    if (verdict.kind === 'different') return { world, difference: verdict.difference };
  }
  return { world };
}

/** What judging takes; code that a record brings into force is loaded into the engine. */
export interface JudgePorts extends ReplayPorts {
  readonly engine: HostEngine;
  readonly lineage: Pick<Lineage, 'cross'>;
}

export function judgePorts({ store, engine, lineage }: WorldParts): JudgePorts {
  return { engine, lineage, object: (hash: Hash) => store.object(hash) };
}

/**
 * Judges one record, as one of the world that it belongs to. What no kernel would have written may
 * be a defect to replay; then the record is `broken`, with the code `defect`. Throws AosFault:
 * `object-missing`.
 */
export function judgeRecord(
  world: World,
  bytes: Uint8Array,
  ports: JudgePorts,
  mode: ReplayMode,
): Exclude<Verdict, { readonly kind: 'need' }> {
  const crossed = ports.lineage.cross(world);
  if (!crossed.ok) return brokenBorder(world, crossed.refusal);
  for (;;) {
    const verdict = attemptRecord(crossed.value, bytes, ports, mode);
    if (verdict.kind !== 'need') return verdict;
    const { engine, object } = ports;
    const limits = callLimitsOf(world.runtime.limits);
    const refusal = serveNeed(verdict, { engine, limits, store: { object } });
    if (refusal !== undefined) throw objectsMissing(verdict.hashes);
  }
}

function brokenBorder(world: World, { code, at, detail }: Refusal): Exclude<Verdict, Need> {
  const place = { kind: 'broken', seq: world.seq, at: `genesis${at}`, code } as const;
  return { kind: 'different', world, difference: { ...place, expected: null, found: detail } };
}

function attemptRecord(
  world: World,
  bytes: Uint8Array,
  ports: ReplayPorts,
  mode: ReplayMode,
): Verdict {
  try {
    return replayRecord(world, bytes, ports, mode);
  } catch (cause) {
    if (cause instanceof AosFault) throw cause;
    const found = cause instanceof Error ? cause.message : String(cause);
    const place = { kind: 'broken', seq: world.seq, at: 'record', code: 'defect' } as const;
    return { kind: 'different', world, difference: { ...place, expected: null, found } };
  }
}

/**
 * The fault of a journal that does not replay to itself: `world-diverged`; `runtime-unsupported` of
 * one that goes on under rules which this build does not have.
 */
export function divergedFault(difference: Difference): AosFault {
  const { seq, at, code, kind } = difference;
  if (code === 'runtime-unsupported') {
    const message = `record ${seq} brings runtime numbers that this build does not have`;
    return new AosFault(code, `${message}; use the release that wrote it`, { retry: 'never' });
  }
  const message =
    `record ${seq} does not replay to itself at ${at} (${kind}, ${code}); ` +
    "'aos verify --explain' shows both values";
  return new AosFault('world-diverged', message, { retry: 'never' });
}

/** Whether a snapshot is of the record that the journal has in its place. */
export function checkChain(store: WorldStore, { seq, chain }: World): Refusal | undefined {
  if (seq === 0) return undefined;
  if (seq === store.first && store.pruned !== undefined) return checkPruned(store.pruned, chain);
  const [bytes] = store.records(seq - 1);
  if (bytes !== undefined && bytesEqual(chainOf(bytes), chain)) return undefined;
  const detail = `the snapshot is of another record ${seq - 1} than the journal has`;
  return { code: 'chain-broken', at: '/chain', detail };
}

function otherWorld({ seq, at }: Difference): Refusal {
  const detail = `record ${seq} follows from the journal and not from the snapshot`;
  return { code: 'snapshot-diverged', at, detail };
}

function checkPruned(pruned: PrunedMark, chain: Hash): Refusal | undefined {
  if (bytesEqual(pruned.chain, chain)) return undefined;
  const detail = `the snapshot is of another record ${pruned.seq} than the one that was pruned`;
  return { code: 'chain-broken', at: '/chain', detail };
}
