/** What two runs of the same inputs differ in. */
import { printJson } from '@aos/air';
import { type Hash, toHex } from '@aos/canon';
import type { Entry } from '@aos/protocol';
import { readCell } from '../../cells/cell-table.js';
import { stateSchemaOf } from '../../cells/state-schema.js';
import { describeValue } from '../../why/describe.js';
import type { World } from '../../world/world.js';
import { originName } from '../forks/answers.js';
import type { ForkRun, Moment } from '../forks/fork-run.js';
import type {
  CountRow,
  DecisionRow,
  Divergence,
  EffectRow,
  ForkReport,
  InputRow,
  StateRow,
  StateShown,
} from '../report.js';
import { cutText, listed } from '../report.js';
import { decisionText, intentName, isSameHash, paramsText, signOf } from './signs.js';

/** The runs of one fork, under both definitions. */
export interface RunPair {
  readonly base: ForkRun;
  readonly candidate: ForkRun;
}

export function compareRuns(pair: RunPair, rows: number): ForkReport {
  const { base, candidate } = pair;
  const asked = { base: effectsOf(base), candidate: effectsOf(candidate) };
  return {
    inputs: Math.max(base.moments.length, candidate.moments.length),
    is_cut: base.isCut || candidate.isCut,
    steps: { base: base.steps, candidate: candidate.steps },
    fuel: { base: base.fuel, candidate: candidate.fuel },
    cost_cents: { base: base.costCents, candidate: candidate.costCents },
    receipts_from: { base: base.receiptsFrom, candidate: candidate.receiptsFrom },
    first_divergence: firstDivergence(pair),
    effects_added: listed(effectsBeyond(asked.candidate, asked.base), rows),
    effects_removed: listed(effectsBeyond(asked.base, asked.candidate), rows),
    decisions: listed(compareDecisions(pair), rows),
    states: listed(compareStates(pair), rows),
    counts: listed(compareCounts(pair), rows),
    refused: listed(compareRefused(pair), rows),
  };
}

function firstDivergence({ base, candidate }: RunPair): Divergence | null {
  for (const [n, moment] of base.moments.entries()) {
    const other = candidate.moments[n];
    const [here, there] = [signsOf(moment), signsOf(other)];
    const length = Math.max(here.length, there.length);
    for (let i = 0; i < length; i++) {
      if (here[i] === there[i]) continue;
      const { at, input } = moment;
      return { at, input, base: shown(here[i]), candidate: shown(there[i]) };
    }
  }
  return null;
}

function signsOf(moment: Moment | undefined): readonly string[] {
  if (moment === undefined) return [];
  const { refused, entries } = moment;
  return refused === null ? entries.map(signOf) : [`refused ${refused}`];
}

function shown(sign: string | undefined): string | null {
  return sign === undefined ? null : cutText(sign);
}

type Effects = ReadonlyMap<string, EffectRow>;

function effectsOf({ world, moments }: ForkRun): Effects {
  const found = new Map<string, EffectRow>();
  for (const entry of entriesOf(moments)) {
    if (entry.kind !== 'intent') continue;
    const origin = originName(entry.origin);
    const key = `${origin} ${intentName(entry)}`;
    const known = found.get(key);
    const { effect, cap } = entry;
    const params = known?.params ?? paramsText(world, entry);
    found.set(key, { effect, cap, origin, params, count: (known?.count ?? 0) + 1 });
  }
  return found;
}

/** What one run has asked for more often than the other. */
function effectsBeyond(here: Effects, there: Effects): readonly EffectRow[] {
  return [...here].flatMap(([key, row]) => {
    const count = row.count - (there.get(key)?.count ?? 0);
    return count > 0 ? [{ ...row, count }] : [];
  });
}

/** The n-th decision on a kind under a grant, for one input, is the same in both runs. */
function compareDecisions({ base, candidate }: RunPair): readonly DecisionRow[] {
  const [here, there] = [decisionsOf(base), decisionsOf(candidate)];
  const keys = new Set([...here.keys(), ...there.keys()]);
  const rows = [...keys].flatMap((key): DecisionRow[] => {
    const [one, other] = [here.get(key), there.get(key)];
    if (one?.text === other?.text) return [];
    const { at, effect, cap } = (one ?? other) as Decision;
    return [{ at, effect, cap, base: one?.text ?? null, candidate: other?.text ?? null }];
  });
  return rows.sort((a, b) => a.at - b.at);
}

interface Decision {
  readonly at: number;
  readonly effect: string;
  readonly cap: string;
  readonly text: string;
}

function decisionsOf({ moments }: ForkRun): ReadonlyMap<string, Decision> {
  const found = new Map<string, Decision>();
  for (const { at, entries } of moments) {
    const counts = new Map<string, number>();
    for (const entry of entries) {
      if (entry.kind !== 'decision') continue;
      const { effect, cap } = entry;
      const name = `${effect} ${cap}`;
      const n = counts.get(name) ?? 0;
      counts.set(name, n + 1);
      found.set(`${at} ${name} ${n}`, { at, effect, cap, text: decisionText(entry) });
    }
  }
  return found;
}

interface CellPlace {
  readonly reducer: string;
  readonly key: Uint8Array | null;
}

/** The cells that either run has touched; no other can differ. */
function compareStates({ base, candidate }: RunPair): readonly StateRow[] {
  const touched = new Map<string, CellPlace>();
  for (const { moments } of [base, candidate]) {
    for (const entry of entriesOf(moments)) {
      if (entry.kind !== 'state-changed') continue;
      const { reducer, key } = entry;
      touched.set(`${reducer} ${key === null ? '' : toHex(key)}`, { reducer, key });
    }
  }
  const names = [...touched.keys()].sort();
  return names.flatMap((name): StateRow[] => {
    const place = touched.get(name) as CellPlace;
    const [here, there] = [stateAt(base.world, place), stateAt(candidate.world, place)];
    if (isSameHash(here?.hash ?? null, there?.hash ?? null)) return [];
    const key = keyText(base.world, place) ?? keyText(candidate.world, place) ?? null;
    return [{ reducer: place.reducer, key, base: here, candidate: there }];
  });
}

function stateAt({ program, cells }: World, { reducer, key }: CellPlace): StateShown | null {
  const found = program.reducersByName.get(reducer);
  const table = found && cells[found.index];
  const cell = table === undefined ? null : readCell(table, key);
  if (cell === null) return null;
  const { schema } = stateSchemaOf({ program }, reducer, cell) ?? {};
  const value = cutText(printJson(describeValue(cell.state, schema)));
  const hash: Hash = cell.hash;
  return { hash, value };
}

function keyText({ program }: World, { reducer, key }: CellPlace): string | undefined {
  const schema = program.reducersByName.get(reducer)?.definition.keySchema;
  if (schema === undefined || key === null) return undefined;
  return cutText(printJson(describeValue(key, schema)));
}

/** What has another number in the two runs. */
function compareCounts({ base, candidate }: RunPair): readonly CountRow[] {
  const [here, there] = [countsOf(base), countsOf(candidate)];
  const keys = [...new Set([...here.keys(), ...there.keys()])].sort();
  return keys.flatMap((key): CountRow[] => {
    const [one, other] = [here.get(key) ?? 0, there.get(key) ?? 0];
    const space = key.indexOf(' ');
    const [kind, name] = [key.slice(0, space), key.slice(space + 1)];
    return one === other ? [] : [{ kind, name, base: one, candidate: other }];
  });
}

function countsOf({ moments }: ForkRun): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const entry of entriesOf(moments)) {
    const key = countedAs(entry);
    if (key !== undefined) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

function countedAs(entry: Entry): string | undefined {
  switch (entry.kind) {
    case 'domain-event':
      return `event ${entry.schema}`;
    case 'reducer-fault':
      return `fault ${entry.reducer} ${entry.code}`;
    case 'plan-started':
      return `plan-started ${entry.plan}`;
    case 'plan-ended':
      return `plan-ended ${entry.code === null ? entry.status : `${entry.status} ${entry.code}`}`;
    case 'dropped':
      return `dropped ${entry.code}`;
    default:
      return undefined;
  }
}

function compareRefused({ base, candidate }: RunPair): readonly InputRow[] {
  return base.moments.flatMap(({ at, refused }, n): InputRow[] => {
    const other = candidate.moments[n]?.refused ?? null;
    const isTaken = refused === null && other === null;
    return isTaken ? [] : [{ at, base: refused, candidate: other }];
  });
}

function* entriesOf(moments: readonly Moment[]): Iterable<Entry> {
  for (const { entries } of moments) yield* entries;
}
