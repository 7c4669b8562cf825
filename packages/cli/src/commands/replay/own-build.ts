/** A recorded world as this build replays it, with what it comes to on the way. */
import type { JsonValue } from '@aos/air';
import { toHashText } from '@aos/canon';
import { type CheckpointReport, replayCheckpoints } from '@aos/host';
import { printExplanation } from '@aos/kernel';
import { newEngine } from '../../compose/engine.js';
import { type Answer, CliError } from '../../output.js';
import type { ProgressLine } from '../../terminal/progress.js';
import { divergedError } from '../verify.js';
import type { ReplayOptions, ReplayTarget } from './target.js';

/** What a build says of a world; other builds are asked for the same. */
export type BuildReplay = {
  readonly same: boolean;
  readonly world_id: string;
  readonly records: number;
  readonly checkpoints: readonly CheckpointShape[];
  readonly difference: DifferenceShape | null;
};

export type CheckpointShape = {
  readonly seq: number;
  readonly chain: string;
  readonly world_hash: string;
};

/** Where replay is not the record; the fields of the entry that differ. */
export type DifferenceShape = {
  readonly seq: number;
  readonly at: string;
  readonly kind: string;
  readonly code: string;
  readonly rows: readonly {
    readonly field: string;
    readonly expected: JsonValue;
    readonly found: JsonValue;
  }[];
};

export function replayItself(
  target: ReplayTarget,
  options: ReplayOptions,
  progress: ProgressLine,
): Answer {
  const report = replayHere(target, options, progress);
  const data = shapeOf(report);
  const lines = [
    `replay ${data.same ? 'OK' : 'FAILED'}  ${data.records} records`,
    ...data.checkpoints.map(({ seq, world_hash }) => `after ${seq}  ${world_hash}`),
  ];
  const { difference } = report;
  if (difference === undefined) return { data, lines };
  const { seq, at, code } = difference;
  // what it does there, no build can say that does not know the rules
  if (code === 'runtime-unsupported') throw divergedError(difference);
  const message = `record ${seq} does not replay to itself at ${at}; records before it do`;
  return {
    data,
    lines: [...lines, ...printExplanation({ ...difference, chain: [] })],
    error: new CliError('world-diverged', message),
  };
}

export function replayHere(
  { store, durable }: ReplayTarget,
  { from, to = durable, every }: Pick<ReplayOptions, 'every' | 'from' | 'to'>,
  progress: ProgressLine,
): CheckpointReport {
  const bounds = { to, every, ...(from === undefined ? {} : { from }) };
  return replayCheckpoints(store, newEngine(), { ...bounds, onRecord: progress.tell });
}

export function shapeOf({
  worldId,
  records,
  checkpoints,
  difference,
}: CheckpointReport): BuildReplay {
  return {
    same: difference === undefined,
    world_id: toHashText(worldId),
    records,
    checkpoints: checkpoints.map(({ seq, chain, worldHash }) => {
      return { seq, chain: toHashText(chain), world_hash: toHashText(worldHash) };
    }),
    difference: difference === undefined ? null : differenceOf(difference),
  };
}

function differenceOf({
  seq,
  at,
  kind,
  code,
  rows,
}: NonNullable<CheckpointReport['difference']>): DifferenceShape {
  const differing = rows.filter(({ isSame }) => !isSame);
  return {
    seq,
    at,
    kind,
    code,
    rows: differing.map(({ field, expected, found }) => {
      return { field, expected: expected ?? null, found: found ?? null };
    }),
  };
}
