/**
 * What a candidate would have made of a recorded past. The record itself is one side: what is
 * compared with it was not run again.
 *
 * The report is a function of the record, the candidate and the bounds: the same give the same
 * bytes.
 */
import type { WorldDefinition } from '@aos/air';
import { bytesEqual, encode, type Hash, sha256 } from '@aos/canon';
import type { JournalRecord } from '@aos/protocol';
import type { World } from '../world/world.js';
import { compareAuthority } from './compare/authority.js';
import { compareDefinitions } from './compare/definitions.js';
import { compareRuns } from './compare/fork-report.js';
import { paramsText } from './compare/signs.js';
import { originName } from './forks/answers.js';
import type { CandidateRun, Unanswered } from './forks/candidate-run.js';
import type { ForkRun, Moment } from './forks/fork-run.js';
import {
  type AuthorityRow,
  type Compared,
  type DefinitionRow,
  type EffectRow,
  type ForkReport,
  type Listed,
  listed,
} from './report.js';

export type ReplayReport = {
  readonly version: 1;
  readonly world_id: Hash;
  /** The first record whose input was given again, and the last one. */
  readonly from_seq: number;
  readonly to_seq: number;
  /** The manifest in force before the first of them. */
  readonly base: Hash;
  readonly candidate: Hash;
  readonly authority: Listed<AuthorityRow>;
  readonly definitions: Listed<DefinitionRow>;
  /** Chain values at the end: of one journal where they are the same. */
  readonly chain: Compared<Hash>;
  /** Inputs about changes of the definition, and rulings on what the candidate never asked. */
  readonly left_out: number;
  /** Effects that the candidate asks for and the past did not: nothing answers them. */
  readonly unanswered: Listed<EffectRow>;
  /** Receipts of the past for what the candidate does not ask. */
  readonly unused_receipts: number;
  readonly run: ForkReport;
};

/** What was recorded, as one side of a comparison. */
interface RecordedSide {
  readonly worldId: Hash;
  readonly fromSeq: number;
  /** The definition before the first record. */
  readonly base: WorldDefinition;
  readonly run: ForkRun;
}

/** What a candidate made of it. */
interface CandidateSide {
  readonly definition: WorldDefinition;
  readonly run: CandidateRun;
  readonly unusedReceipts: number;
}

/** The report, its canonical bytes and their hash. */
export function reportReplay(recorded: RecordedSide, candidate: CandidateSide, rows: number) {
  const { base, worldId, fromSeq } = recorded;
  const { definition, run, unusedReceipts } = candidate;
  const ended = run.end();
  const report: ReplayReport = {
    version: 1,
    world_id: worldId,
    from_seq: fromSeq,
    to_seq: recorded.run.world.seq - 1,
    base: base.manifestHash,
    candidate: definition.manifestHash,
    authority: listed(compareAuthority(base, definition), rows),
    definitions: listed(compareDefinitions(base, definition), rows),
    chain: { base: recorded.run.world.chain, candidate: ended.world.chain },
    left_out: run.leftOut.size,
    unanswered: listed(unansweredRows(ended.world, run.unanswered), rows),
    unused_receipts: unusedReceipts,
    run: compareRuns({ base: recorded.run, candidate: ended }, rows),
  };
  const bytes = encode(report);
  return { report, bytes, hash: sha256(bytes) };
}

/** What a difference is not counted for. */
export interface ReplayTolerance {
  readonly fuel?: boolean;
}

/** Whether the candidate does what was done: definitions may differ that make no difference. */
export function isSameReplay(
  report: ReplayReport,
  { fuel = false }: ReplayTolerance = {},
): boolean {
  const { run, unanswered, unused_receipts: unused } = report;
  const lists = [run.effects_added, run.effects_removed, run.decisions, run.states, run.counts];
  const isListed = [...lists, run.refused, unanswered].some(({ count }) => count > 0);
  const isFuel = fuel || run.fuel.base === run.fuel.candidate;
  return run.first_divergence === null && !isListed && unused === 0 && isFuel && !run.is_cut;
}

/** Where an input was left out, entries about the definition have no counterpart. */
export function recordedMoment(
  { seq, input, entries }: JournalRecord,
  leftOut: ReadonlySet<number>,
): Moment {
  const isLeftOut = leftOut.has(seq);
  const kept = entries.filter(({ kind }) => !isLeftOut || kind !== 'governance-changed');
  return { at: seq, input: input.kind, refused: null, entries: [...kept] };
}

function unansweredRows(world: World, unanswered: readonly Unanswered[]): readonly EffectRow[] {
  const rows = new Map<string, EffectRow>();
  for (const { intent } of unanswered) {
    const [origin] = intent.waiters;
    const name = origin === undefined ? '' : originName(origin);
    const params = paramsText(world, { effect: intent.effect, params: { inline: intent.params } });
    const row = { effect: intent.effect, cap: intent.cap, origin: name, params };
    const key = JSON.stringify(row);
    rows.set(key, { ...row, count: (rows.get(key)?.count ?? 0) + 1 });
  }
  return [...rows.values()];
}

export const isSameChain = ({ chain: { base, candidate } }: ReplayReport): boolean =>
  base !== null && candidate !== null && bytesEqual(base, candidate);
