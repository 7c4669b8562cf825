/**
 * The shape of a snapshot: every field of a world but what follows from genesis and definition
 * (chapter 7, B1.3).
 *
 * A field added to {@link World} does not compile until it has its shape here, or is named among
 * the derived ones.
 */
import { type Encodable, type Hash, RefusalError, type Value } from '@aos/canon';
import { type KeyRole, parseRuntime, type RuntimeNumbers, runtimeValue } from '@aos/protocol';
import type { GateState } from '../gate/gate-state.js';
import { ledgerCodec } from '../gate/limits/ledger.js';
import { windowCodec } from '../gate/limits/rate-window.js';
import { intentCodec } from '../gate/open-intent.js';
import type { GovernanceState } from '../governance/governance-state.js';
import { proposalCodec } from '../governance/proposal.js';
import { MAX_STATE_TYPES } from '../governance/retired-cells.js';
import { type PlanState, planCodecs } from '../plans/state/plan-state.js';
import type { ProgramHolder } from '../program/program-cache.js';
import { deadlineCodec } from '../world/deadlines.js';
import { dedupCodec } from '../world/dedup.js';
import { type KeyState, MAX_KEYS } from '../world/keyring.js';
import { nonceCodec } from '../world/nonces.js';
import { settledCodec } from '../world/settled.js';
import type { World } from '../world/world.js';
import { pieces } from './large-parts.js';
import { retiredCells } from './retired-cells.js';
import {
  exactBytes,
  hash,
  list,
  nat,
  natOrGenesis,
  oneOf,
  orNull,
  type Shape,
  shapeError,
  struct,
  text,
  u64,
} from './shape.js';
import { cellTables, trie, windowOf } from './stored-parts.js';
import { workShape } from './work-shape.js';

/** The format number of the snapshots that this build writes and opens. */
export const SNAPSHOT_FORMAT = 1;

/** What follows from genesis and definition. */
type Derived = 'genesis' | 'program' | 'programs' | 'source';

/** What a snapshot holds. */
export interface Snapshot extends Omit<World, Derived> {
  readonly format: number;
  /** The definition in force. */
  readonly manifest: Hash;
}

const runtime: Shape<RuntimeNumbers> = {
  encode: (value) => runtimeValue(value) as Encodable,
  decode: (value: Value, at) => {
    try {
      return parseRuntime(value);
    } catch (error) {
      if (error instanceof RefusalError) throw shapeError(at, error.refusal.detail);
      throw error;
    }
  },
};

const role: Shape<KeyRole> = oneOf('adapter', 'approver', 'host', 'operator');

const key = struct<KeyState>({
  keyId: hash,
  publicKey: exactBytes(32),
  name: text,
  roles: list(role, 4),
  addedAt: natOrGenesis,
  revokedAt: orNull(nat),
});

/** Pieces of work to an object. */
const WORK_PIECE = 1024;

/** Objects of pending work; sixty-four times what the default limits make. */
const MAX_WORK_PIECES = 4096;

/** The shape of the snapshots of one program; opened ones read from its source. */
export function snapshotShape(holder: ProgramHolder): Shape<Snapshot> {
  const { program, source } = holder;
  const plans = planCodecs(source);
  return struct<Snapshot>({
    format: nat,
    worldId: hash,
    manifest: hash,
    runtime,
    seq: nat,
    chain: hash,
    logicalNowNs: u64,
    lastWallNs: u64,
    epoch: nat,
    mode: oneOf('running', 'paused', 'draining', 'halted'),
    haltCode: orNull(text),
    keyring: list(key, MAX_KEYS),
    cells: cellTables(program.reducers, source),
    leafTypes: list(list(hash, MAX_STATE_TYPES), Number.MAX_SAFE_INTEGER),
    retired: retiredCells(holder),
    governance: struct<GovernanceState>({ proposals: trie(proposalCodec, source), open: nat }),
    pending: pieces(workShape(source), source, { pieceSize: WORK_PIECE, most: MAX_WORK_PIECES }),
    intents: trie(intentCodec(source), source),
    settled: windowOf(settledCodec(source), source),
    nonces: trie(nonceCodec, source),
    dedup: windowOf(dedupCodec, source),
    gateState: struct<GateState>({
      ledgers: trie(ledgerCodec, source),
      windows: trie(windowCodec, source),
    }),
    planState: struct<PlanState>({
      instances: trie(plans.instances, source),
      waits: trie(plans.waits, source),
    }),
    deadlines: trie(deadlineCodec, source),
  });
}
