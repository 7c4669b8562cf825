/** Figures of the comparison: one row for each work of each system, also where there is none. */
import { loadavg } from 'node:os';
import { median, rounded } from '../measure.js';

export interface PeerRow {
  /** `<work>.<system>`. */
  readonly name: string;
  /** Median of all runs; null where the system could not be measured. */
  readonly value: number | null;
  readonly unit: '1/s' | 'ms' | 'MiB' | 'MiB/1M';
  readonly runs: number;
  readonly min: number | null;
  readonly max: number | null;
  /** Load average of the last minute when the last run began. */
  readonly load: number;
  /** Requests under way at once: the best of those that were tried. */
  readonly concurrency?: number;
  /** Events that it was measured over, or workflows that were in flight. */
  readonly count?: number;
  /** Why there is no figure. */
  readonly reason?: string;
}

/** Every figure there is, in the order in which they are shown. */
export const FIGURES: Readonly<Record<string, PeerRow['unit']>> = {
  'counter-1-key': '1/s',
  'counter-1000-keys': '1/s',
  'workflow-1-step': '1/s',
  'workflow-3-steps': '1/s',
  'cold-start': 'ms',
  'resume-after-kill': 'ms',
  memory: 'MiB',
  'memory-growth': 'MiB/1M',
  disk: 'MiB/1M',
};

interface Gathered {
  readonly values: number[];
  load: number;
  concurrency?: number;
  count?: number;
}

type Told = Pick<PeerRow, 'concurrency' | 'count'>;

/** What one system was found to do. */
export class Figures {
  readonly #found = new Map<string, Gathered>();
  readonly #reasons = new Map<string, string>();
  #failure: string | undefined;

  constructor(readonly system: string) {}

  /** Why the system is not measured any further. */
  get failure(): string | undefined {
    return this.#failure;
  }

  add(figure: string, value: number, told: Told = {}): void {
    const found = this.#found.get(figure) ?? { values: [], load: 0 };
    found.values.push(rounded(value));
    found.load = loadavg()[0] ?? 0;
    this.#found.set(figure, Object.assign(found, told));
  }

  /** A figure that the system has none of. */
  without(figure: string, reason: string): void {
    this.#reasons.set(figure, reason);
  }

  /** It is given up; what was found before stands. */
  fail(error: unknown): void {
    this.#failure ??= error instanceof Error ? error.message : String(error);
  }

  rows(): PeerRow[] {
    return Object.entries(FIGURES).map(([figure, unit]) => this.#row(figure, unit));
  }

  #row(figure: string, unit: PeerRow['unit']): PeerRow {
    const name = `${figure}.${this.system}`;
    const found = this.#found.get(figure);
    if (found === undefined) {
      const reason = this.#reasons.get(figure) ?? this.#failure ?? 'not measured';
      return { name, value: null, unit, runs: 0, min: null, max: null, load: 0, reason };
    }
    const { values, load, ...told } = found;
    const sorted = values.toSorted((a, b) => a - b);
    const [min = 0] = sorted;
    const max = sorted.at(-1) ?? min;
    const runs = sorted.length;
    return { name, value: median(sorted), unit, runs, min, max, load: rounded(load), ...told };
  }
}
