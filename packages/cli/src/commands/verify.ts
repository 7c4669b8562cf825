/** `aos verify`: the journal replayed and judged, from genesis or from the last snapshot. */
import type { JsonValue } from '@aos/air';
import { toHashText } from '@aos/canon';
import { type VerifyOptions, type VerifyReport, verifyChain, verifyWorld } from '@aos/host';
import { type Explanation, printExplanation, printPlace } from '@aos/kernel';
import type { DiskStore } from '@aos/store';
import { hasDaemon } from '../access/daemon-access.js';
import { newEngine } from '../compose/engine.js';
import { describeTail, tailWarnings } from '../journal-end.js';
import { type Answer, CliError } from '../output.js';
import type { ProgressLine } from '../terminal/progress.js';
import { openingWarnings, withStore } from '../world/open-world.js';
import { describeChain, type Judgement, readKeptHead } from './verify-chain.js';

export interface VerifyCommandOptions extends VerifyOptions {
  /** Shows the whole table and the chain of causes. */
  readonly explain?: boolean;
  /** Runs nothing: only how records follow each other, and who has signed. */
  readonly chain?: true;
  /** File with a head from before, as `aos --json head --sign` says it. */
  readonly head?: string;
}

export async function verify(
  path: string,
  options: VerifyCommandOptions,
  progress: ProgressLine,
): Promise<Answer> {
  const isServed = await hasDaemon(path);
  return withStore(
    path,
    (store) => {
      const tail = describeTail(store.tail);
      const answer = judgeStore(store, options, progress);
      const { warnings = [], data } = answer;
      const told = isServed ? warnings : [...warnings, ...tailWarnings(tail)];
      return { ...answer, data: { ...data, tail }, warnings: told };
    },
    'all',
  );
}

/** Replays a store and judges it. */
export function judgeStore(
  store: DiskStore,
  options: VerifyCommandOptions,
  progress: ProgressLine,
): Judgement {
  const kept = options.head === undefined ? undefined : readKeptHead(options.head);
  if (options.chain === true || kept !== undefined) {
    const linked = verifyChain(store, { kept, onRecord: progress.tell });
    const answer = describeChain(linked, kept);
    progress.end();
    if (options.chain === true || answer.error !== undefined) return answer;
  }
  const report = verifyWorld(store, newEngine(), { ...options, onRecord: progress.tell });
  progress.end();
  const warnings = openingWarnings(report);
  const { difference, explanation } = report;
  const data = describeReport(report);
  if (report.ok) return { data, lines: printReport(report), warnings };
  if (difference === undefined || explanation === undefined) {
    return { data, lines: printReport(report), warnings, error: snapshotError(report) };
  }
  return {
    data: { ...data, difference: describeExplanation(explanation) },
    lines: ['replay FAILED', ...printExplanation(shownOf(explanation, options))],
    warnings,
    error: divergedError(explanation),
  };
}

function describeReport(report: VerifyReport) {
  const { from } = report;
  return {
    same: report.ok,
    world_id: toHashText(report.worldId),
    records: report.records,
    chain: toHashText(report.chain),
    world_hash: toHashText(report.worldHash),
    from: from === 'genesis' ? from : { snapshot: toHashText(from.hash), seq: from.seq },
    snapshot: report.snapshot,
    first: report.first,
    linked: report.isLinked,
    heads: { ...report.heads, different: [...report.heads.different] },
  };
}

function printReport(report: VerifyReport): string[] {
  const { records, from, snapshot, ok, first, heads } = report;
  const begin = from === 'genesis' ? 'genesis' : `the snapshot after record ${from.seq}, trusted`;
  const judged = from === 'genesis' ? records : records - from.seq - 1;
  return [
    `replay ${ok ? 'OK' : 'FAILED'}  ${judged} records from ${begin}, every entry the same`,
    `chain      ${toHashText(report.chain)}`,
    `world      ${toHashText(report.worldHash)}`,
    `snapshot   ${snapshot}`,
    ...(heads.checked === 0 ? [] : [`heads      ${heads.checked}, ${heads.signed} of them signed`]),
    ...(first === 0 ? [] : [`pruned     records before ${first} are not kept`]),
  ];
}

function describeExplanation({ kind, seq, at, code, rows, chain }: Explanation): JsonValue {
  return {
    kind,
    seq,
    at,
    code,
    rows: rows.map(({ field, expected, found, isSame }) => ({
      field,
      expected: expected ?? null,
      found: found ?? null,
      same: isSame,
    })),
    chain: chain.map((link) => ({
      place: printPlace(link.place),
      kind: link.kind,
      fields: { ...link.fields },
    })),
  };
}

/** Unless the whole of it is asked for, the fields that differ. */
function shownOf(explanation: Explanation, { explain }: VerifyCommandOptions): Explanation {
  if (explain === true) return explanation;
  return { ...explanation, rows: explanation.rows.filter(({ isSame }) => !isSame), chain: [] };
}

export function divergedError({
  seq,
  at,
  code,
}: Pick<Explanation, 'at' | 'code' | 'seq'>): CliError {
  if (code === 'runtime-unsupported') {
    const message = `record ${seq} brings runtime numbers that this build does not have`;
    return new CliError(code, `${message}; use the release that wrote it`);
  }
  const message =
    `record ${seq} does not replay to itself at ${at}; records before it replay the same; ` +
    'restore the journal from a copy to go on';
  return new CliError('world-diverged', message);
}

/** A snapshot made from one that is wrong would be as wrong: the new one is made from genesis. */
function snapshotError({ records, snapshot, heads, isLinked }: VerifyReport): CliError {
  const [different] = heads.different;
  if (!isLinked) {
    const message = 'the first records that are kept do not lead to the snapshot replay began with';
    return new CliError('chain-broken', `${message}; restore the journal from a copy to go on`);
  }
  if (different !== undefined) {
    const message = `the head stored after record ${different} is not that of the world`;
    return new CliError('head-different', `${message}; ask who has signed it`);
  }
  const advice = "give it nothing before 'aos snapshot --from-genesis' has made a new one";
  const [code, wrong] =
    snapshot === 'incomplete'
      ? ['object-missing', 'a part of the last snapshot is not stored']
      : ['snapshot-diverged', 'the last snapshot is of another world'];
  return new CliError(code, `all ${records} records are the same, and ${wrong}; ${advice}`);
}
