/**
 * What a suite measures and how: a warm-up round, then rounds in which every measure runs once.
 *
 * B1 Measures take turns, so a disk or a neighbour that slows down midway slows all of them alike.
 * B2 A value is the median of at least five runs; the extremes and the machine's load go with it.
 * B3 What takes minutes runs once, last, and says so.
 */
import { loadavg } from 'node:os';

export interface Measure {
  /** Stable, dotted: `codec.encode`, a peer behind it: `codec.encode.cborg`. */
  readonly name: string;
  readonly unit: '1/s' | '1/event' | 'MiB/1M' | 'bytes' | 'ms' | 'ratio' | 'us';
  /** One that takes minutes runs once, and warms up by itself. */
  readonly repeat?: 'once';
  /** One run. What it needs it makes, and removes again. */
  run(): number | Promise<number>;
}

export interface Row {
  readonly name: string;
  /** Median of all runs, in `unit`. */
  readonly value: number;
  readonly unit: string;
  readonly runs: number;
  readonly min: number;
  readonly max: number;
  /** Load average of the last minute when the last run began. */
  readonly load: number;
}

export const MIN_RUNS = 5;

export async function runMeasures(
  measures: readonly Measure[],
  runs: number,
  onRound: (round: number) => void = () => {},
): Promise<Row[]> {
  const repeated = measures.filter(({ repeat }) => repeat === undefined);
  for (const measure of repeated) await measure.run();
  const found = repeated.map((measure) => ({ measure, values: [] as number[], load: 0 }));
  const rounds = repeated.length === 0 ? 0 : Math.max(runs, MIN_RUNS);
  for (let round = 1; round <= rounds; round += 1) {
    onRound(round);
    for (const each of found) {
      each.load = loadavg()[0] ?? 0;
      each.values.push(await each.measure.run());
    }
  }
  const rows = found.map(({ measure, values, load }) => rowOf(measure, values, load));
  for (const measure of measures) {
    if (measure.repeat !== 'once') continue;
    const load = loadavg()[0] ?? 0;
    rows.push(rowOf(measure, [await measure.run()], load));
  }
  return rows;
}

function rowOf({ name, unit }: Measure, values: readonly number[], load: number): Row {
  const sorted = values.map(rounded).sort((a, b) => a - b);
  const value = median(sorted);
  const [min = value] = sorted;
  const max = sorted.at(-1) ?? value;
  return { name, value, unit, runs: values.length, min, max, load: rounded(load) };
}

/** Of an ascending list; the mean of the middle two where there is no middle. */
export function median(sorted: readonly number[]): number {
  const middle = sorted.length / 2;
  const low = sorted[Math.ceil(middle) - 1] ?? Number.NaN;
  const high = sorted[Math.floor(middle)] ?? Number.NaN;
  return (low + high) / 2;
}

/** Four significant digits: the fifth is noise. */
export function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
