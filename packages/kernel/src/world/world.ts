/**
 * A world as the kernel sees it: immutable data, a function of genesis and journal.
 *
 * W1. A world is never changed in place; a step returns the next one.
 * W2. `chain` is the chain value of record `seq − 1`, or the world id before the first record.
 * W3. States are canonical bytes of their schema, so equal states have equal hashes.
 * W4. What can grow without a small bound is a {@link Trie}: a copy costs nothing, and what is
 *     stored need not be in memory.
 * W5. What follows from genesis and definition is in `program`, never in a field of its own.
 */
import type { Hash } from '@aos/canon';
import type { Genesis, RuntimeNumbers } from '@aos/protocol';
import type { CellTable } from '../cells/cell-table.js';
import type { GateState } from '../gate/gate-state.js';
import type { OpenIntent } from '../gate/open-intent.js';
import type { GovernanceState } from '../governance/governance-state.js';
import type { RetiredCells } from '../governance/retired-cells.js';
import type { PlanState } from '../plans/state/plan-state.js';
import type { Program } from '../program/program.js';
import type { ProgramCache } from '../program/program-cache.js';
import type { TrieSource } from '../trie/leaf-codec.js';
import type { Trie } from '../trie/trie.js';
import type { Deadline } from './deadlines.js';
import type { DedupItem } from './dedup.js';
import type { KeyState } from './keyring.js';
import type { UsedNonce } from './nonces.js';
import type { SettledIntent } from './settled.js';
import type { Window } from './window.js';
import type { Work } from './work.js';

/**
 * What a world lets in and runs. `draining`: no new events, everything else. `paused`: receipts and
 * verbs only, and nothing runs. `halted`: as paused, with the reason in `haltCode`.
 */
export type WorldMode = 'running' | 'paused' | 'draining' | 'halted';

export interface World {
  readonly worldId: Hash;
  readonly genesis: Genesis;
  /** The definition in force. */
  readonly program: Program;
  /** Those that something is pinned to; a cache and no state. */
  readonly programs: ProgramCache;
  /** What stored parts are read from. */
  readonly source: TrieSource;
  /** The numbers in force: those of genesis, or of the last `runtime-upgrade`. */
  readonly runtime: RuntimeNumbers;
  /** Sequence of the next record. */
  readonly seq: number;
  readonly chain: Hash;
  readonly logicalNowNs: bigint;
  /** Wall time of the last record, or of genesis. */
  readonly lastWallNs: bigint;
  /** Changed by the verb `epoch` alone; receipts and signatures name it. */
  readonly epoch: number;
  readonly mode: WorldMode;
  /** Exactly while `mode` is halted. */
  readonly haltCode: string | null;
  /** In the order in which they were added. */
  readonly keyring: readonly KeyState[];
  /** One table per reducer, in the order of the manifest. */
  readonly cells: readonly CellTable[];
  /** For each of them, types that its states may be of beside the present one. */
  readonly leafTypes: readonly (readonly Hash[])[];
  /** Cells of reducers that are gone, in the order of their names. */
  readonly retired: readonly RetiredCells[];
  readonly governance: GovernanceState;
  /** Left over from bounded steps and from a pause, oldest first. */
  readonly pending: readonly Work[];
  /** By intent hash. */
  readonly intents: Trie<OpenIntent>;
  readonly settled: Window<SettledIntent>;
  readonly nonces: Trie<UsedNonce>;
  readonly dedup: Window<DedupItem>;
  readonly gateState: GateState;
  readonly planState: PlanState;
  readonly deadlines: Trie<Deadline>;
}

/** When the world next wants a `tick`, on its logical clock; undefined when nothing waits. */
export function wakeAtOf(world: Pick<World, 'deadlines'>): bigint | undefined {
  return world.deadlines.first()?.atNs;
}

/** Whether the world runs what its inputs cause. */
export function isRunning({ mode }: Pick<World, 'mode'>): boolean {
  return mode === 'running' || mode === 'draining';
}
