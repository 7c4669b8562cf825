/** A recorded world as this build and another one replay it: where they part ways first. */
import { join } from 'node:path';
import { type JsonValue, printJson } from '@aos/air';
import { type Encodable, hashOf, toHashText } from '@aos/canon';
import { writeBundle } from '@aos/store';
import { type Answer, CliError } from '../../output.js';
import type { ProgressLine } from '../../terminal/progress.js';
import { inScratch } from '../time/bundle.js';
import { askBuild, findBuild } from './build-process.js';
import { type BuildReplay, type DifferenceShape, replayHere, shapeOf } from './own-build.js';
import type { ReplayOptions, ReplayTarget } from './target.js';

/** Where two builds part ways. */
type Parting = DifferenceShape & {
  /** Who does not do what was recorded; `each` where both do, and come to another state. */
  readonly by: 'each' | 'other' | 'this';
};

export function replayWithBuild(
  target: ReplayTarget,
  path: string,
  options: ReplayOptions,
  progress: ProgressLine,
): Promise<Answer> {
  const program = findBuild(path);
  return inScratch(async (scratch) => {
    const bundle = target.bundle ?? join(scratch, 'world.bundle');
    const to = options.to ?? target.durable;
    if (target.bundle === undefined) await writeBundle(target.store, bundle, { seq: to });
    const ask = async (every: number, from: number, last: number) => {
      const ours = shapeOf(replayHere(target, { every, from, to: last }, progress));
      const theirs = await askBuild(program, { bundle, every, from, to: last });
      return { ours, ...theirs };
    };
    const asked = await ask(options.every, options.from ?? 0, to);
    let first = parting(asked.ours, asked.replay);
    if (first?.by === 'each' && asked.compared === 'checkpoints') {
      const since = lastAgreed(asked.ours, first.seq) + 1;
      const near = since < first.seq ? await ask(1, since, first.seq) : asked;
      first = parting(near.ours, near.replay) ?? first;
    }
    return answerOf(asked, first);
  });
}

/** The first difference, of whatever kind. */
function parting(ours: BuildReplay, theirs: BuildReplay): Parting | null {
  const found: Parting[] = [];
  if (ours.difference !== null) found.push({ ...ours.difference, by: 'this' });
  if (theirs.difference !== null) found.push({ ...theirs.difference, by: 'other' });
  const known = new Map(ours.checkpoints.map((point) => [point.seq, point]));
  const point = theirs.checkpoints.find(({ seq, world_hash }) => {
    const own = known.get(seq);
    return own !== undefined && own.world_hash !== world_hash;
  });
  if (point !== undefined) {
    const expected = known.get(point.seq)?.world_hash ?? null;
    const row = { field: 'world_hash', expected, found: point.world_hash };
    const place = { seq: point.seq, at: 'world_hash', kind: 'different', rows: [row] };
    found.push({ ...place, code: 'replay-difference', by: 'each' });
  }
  if (found.length === 0) found.push(...otherEnd(ours, theirs));
  return found.sort((a, b) => a.seq - b.seq)[0] ?? null;
}

/** Another end, or none that could be compared: what was not looked at is not the same. */
function otherEnd(ours: BuildReplay, theirs: BuildReplay): readonly Parting[] {
  const last = ours.checkpoints.at(-1);
  const isSeen = last === undefined || theirs.checkpoints.some(({ seq }) => seq === last.seq);
  const rows = [
    { field: 'records', expected: ours.records, found: theirs.records },
    { field: 'world_id', expected: ours.world_id, found: theirs.world_id },
    { field: 'same', expected: true, found: theirs.same },
    ...(isSeen ? [] : [{ field: 'world_hash', expected: last.world_hash, found: null }]),
  ].filter(({ expected, found }) => expected !== found);
  if (rows.length === 0) return [];
  const seq = Math.min(ours.records, theirs.records);
  const place = { seq, at: 'record', kind: 'different', rows };
  return [{ ...place, code: 'replay-difference', by: theirs.same ? 'each' : 'other' }];
}

function lastAgreed({ checkpoints }: BuildReplay, before: number): number {
  return checkpoints.findLast(({ seq }) => seq < before)?.seq ?? -1;
}

interface Asked {
  readonly ours: BuildReplay;
  readonly replay: BuildReplay;
  readonly compared: 'checkpoints' | 'end';
}

function answerOf({ ours, replay: theirs, compared }: Asked, first: Parting | null): Answer {
  const report = {
    version: 1,
    equal: first === null,
    world_id: ours.world_id,
    compared,
    this: sideOf(ours),
    other: sideOf(theirs),
    first,
  };
  const data = { ...report, report_hash: toHashText(hashOf(report as unknown as Encodable)) };
  const lines = [
    `world ${ours.world_id}`,
    `this build   ${printSide(ours)}`,
    `other build  ${printSide(theirs)}`,
    ...(compared === 'end' ? ['the other build tells only what it comes to in the end'] : []),
    ...(first === null
      ? ['EQUAL: the same states wherever they were compared']
      : printFirst(first)),
    `report ${data.report_hash}`,
  ];
  const json = data as unknown as JsonValue;
  if (first === null) return { data: json, lines };
  const message = `the builds part ways at record ${first.seq}, ${first.at}`;
  return { data: json, lines, error: new CliError('replay-different', message) };
}

function sideOf({ records, same, checkpoints }: BuildReplay) {
  return { records, same, checkpoints: [...checkpoints] };
}

function printSide({ records, same, checkpoints }: BuildReplay): string {
  const last = checkpoints.at(-1)?.world_hash ?? 'nothing';
  return `${records} records as recorded${same ? '' : ', and then not'}; ${last}`;
}

const WHO: { readonly [B in Parting['by']]: string } = {
  this: 'this build does not do what was recorded',
  other: 'the other build does not do what was recorded',
  each: 'both do what was recorded, and come to other states',
};

function printFirst({ by, seq, at, kind, rows }: Parting): readonly string[] {
  return [
    `record ${seq}, ${at}: ${kind}; ${WHO[by]}`,
    ...rows.flatMap(({ field, expected, found }) => [
      `  ${field}: expected ${printJson(expected)}`,
      `  ${' '.repeat(field.length)}  found    ${printJson(found)}`,
    ]),
  ];
}
