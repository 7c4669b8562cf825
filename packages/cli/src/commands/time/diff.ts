/** `aos diff`: what two worlds differ in, or one at two heights. */
import { printJson } from '@aos/air';
import { type DiffPart, diffWorlds, heightOf, type WorldDiff, worldAfter } from '@aos/host';
import type { World } from '@aos/kernel';
import type { PlainRecord, PlainValue } from '@aos/protocol';
import { withDurableFiles } from '../../access/known-durable.js';
import { newEngine } from '../../compose/engine.js';
import { dataOf } from '../../json-values.js';
import { type Answer, CliError } from '../../output.js';
import { findWorld } from '../../world/world-path.js';

export interface DiffOptions {
  /** Most rows of each part. */
  readonly limit: number;
}

/** Each side is `<dir>`, `<dir>@<seq>` or `@<seq>` for the world of `--world`. */
export function diffSides(
  [a, b]: readonly [string, string],
  world: () => string,
  { limit }: DiffOptions,
): Promise<Answer> {
  return withWorld(a, world, (first) =>
    withWorld(b, world, (second) => {
      const diff = diffWorlds(first, second, limit);
      return { data: dataOf(diff as unknown as PlainRecord), lines: printDiff(diff) };
    }),
  );
}

const SIDE = /^(.*?)(?:@(\d+))?$/s;

function withWorld(
  side: string,
  world: () => string,
  use: (world: World) => Promise<Answer> | Answer,
): Promise<Answer> {
  const [, dir = '', digits] = SIDE.exec(side) ?? [];
  const at = digits === undefined ? undefined : Number(digits);
  if (dir === '' && at === undefined) {
    throw new CliError('usage', `expected <dir>, <dir>@<seq> or @<seq>, found '${side}'`);
  }
  return withDurableFiles(dir === '' ? world() : findWorld(dir), ({ store, durable }) => {
    const isEmpty = at === undefined && store.head < 0;
    const seq = isEmpty ? -1 : heightOf({ head: store.head, durable, pruned: store.pruned }, at);
    return use(worldAfter(store, newEngine(), seq));
  });
}

function printDiff(diff: WorldDiff): string[] {
  const { a, b, same, definitions, keys, states, plans, intents, proposals } = diff;
  const places = [a, b].map(({ world_id, seq, epoch, mode }, i) => {
    return `${i === 0 ? 'a' : 'b'}  ${world_id}  record ${seq}, epoch ${epoch}, ${mode}`;
  });
  if (same) return [...places, 'the same'];
  const parts: readonly (readonly [string, DiffPart])[] = [
    ['definitions', definitions],
    ['keys', keys],
    ...states.map((state) => [`states of ${state.reducer}`, state] as const),
    ['plans', plans],
    ['intents', intents],
    ['proposals', proposals],
  ];
  return [...places, ...parts.flatMap(([name, part]) => printPart(name, part))];
}

const SIGNS: Readonly<Record<string, string>> = { added: '+', changed: '~', removed: '-' };

function printPart(name: string, { added, changed, removed, rows }: DiffPart): string[] {
  const count = added + changed + removed;
  if (count === 0) return [];
  const lines = rows.map(({ change, ...row }) => `  ${SIGNS[String(change)]} ${printRow(row)}`);
  const more = count > rows.length ? [`  and ${count - rows.length} more`] : [];
  return [`${name}: ${added} added, ${changed} changed, ${removed} removed`, ...lines, ...more];
}

/** What it is about, and what it is in the first and in the second world. */
function printRow({ a, b, ...about }: PlainRecord): string {
  const named = Object.values(about).filter((value) => value !== null && value !== undefined);
  const what = named.map((value) => (typeof value === 'string' ? value : print(value))).join('  ');
  if (a === undefined || b === undefined) return what;
  const change = `${print(a)} → ${print(b)}`;
  return what === '' ? change : `${what}  ${change}`;
}

const print = (value: PlainValue): string => printJson(dataOf(value));
