/** Numbers that are counted, as they can be read at any moment. */

type MetricType = 'counter' | 'gauge' | 'histogram';
export type Labels = Readonly<Record<string, string>>;

/** One number; `suffix` tells the parts of a histogram apart. */
export interface Sample {
  readonly suffix?: '_bucket' | '_count' | '_sum';
  readonly labels: Labels;
  readonly value: number | bigint;
}

export interface MetricFamily {
  readonly name: string;
  /** One line for people. */
  readonly help: string;
  readonly type: MetricType;
  readonly samples: readonly Sample[];
}

/** All metrics of one world at one moment. */
export type MetricsReading = readonly MetricFamily[];

/**
 * Sets of labels of one family. Labels are names of definitions and codes, which are few; whatever
 * else comes is counted together under `other`, so that no input can grow memory.
 */
const MAX_SERIES = 2000;
const OTHER = 'other';

class Series<T> {
  readonly #items = new Map<string, { readonly labels: Labels; readonly item: T }>();

  constructor(
    private readonly names: readonly string[],
    private readonly make: () => T,
  ) {}

  of(values: readonly string[]): T {
    const key = values.length === 1 ? (values[0] ?? '') : values.join('\0');
    const known = this.#items.get(key);
    if (known !== undefined) return known.item;
    const isFull = this.#items.size >= MAX_SERIES && values.some((value) => value !== OTHER);
    if (isFull) return this.of(values.map(() => OTHER));
    const labels = Object.fromEntries(this.names.map((name, i) => [name, values[i] ?? '']));
    const item = this.make();
    this.#items.set(key, { labels, item });
    return item;
  }

  entries(): Iterable<{ readonly labels: Labels; readonly item: T }> {
    return this.#items.values();
  }
}

export interface InstrumentHead {
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly string[];
}

export class Counter {
  readonly #series: Series<{ value: number }>;

  constructor(private readonly head: InstrumentHead) {
    this.#series = new Series(head.labels ?? [], () => ({ value: 0 }));
    if (head.labels === undefined) this.add([], 0);
  }

  add(labels: readonly string[], by = 1): void {
    this.#series.of(labels).value += by;
  }

  read(common: Labels): MetricFamily {
    const { name, help } = this.head;
    const samples = [...this.#series.entries()].map(({ labels, item }) => ({
      labels: { ...common, ...labels },
      value: item.value,
    }));
    return { name, help, type: 'counter', samples };
  }
}

interface Observations {
  /** Per bucket, not summed up. */
  readonly counts: number[];
  count: number;
  sum: number;
}

export class Histogram {
  readonly #series: Series<Observations>;

  constructor(
    private readonly head: InstrumentHead,
    /** Upper bounds, ascending. */
    private readonly bounds: readonly number[],
  ) {
    const make = () => ({ counts: bounds.map(() => 0), count: 0, sum: 0 });
    this.#series = new Series(head.labels ?? [], make);
  }

  observe(labels: readonly string[], value: number): void {
    const item = this.#series.of(labels);
    item.count += 1;
    item.sum += value;
    const bucket = this.bounds.findIndex((bound) => value <= bound);
    if (bucket >= 0) item.counts[bucket] = (item.counts[bucket] ?? 0) + 1;
  }

  read(common: Labels): MetricFamily {
    const { name, help } = this.head;
    const samples = [...this.#series.entries()].flatMap(({ labels, item }) =>
      this.#samplesOf({ ...common, ...labels }, item),
    );
    return { name, help, type: 'histogram', samples };
  }

  #samplesOf(labels: Labels, { counts, count, sum }: Observations): Sample[] {
    let below = 0;
    const buckets = this.bounds.map((bound, i): Sample => {
      below += counts[i] ?? 0;
      return { suffix: '_bucket', labels: { ...labels, le: String(bound) }, value: below };
    });
    return [
      ...buckets,
      { suffix: '_bucket', labels: { ...labels, le: '+Inf' }, value: count },
      { suffix: '_sum', labels, value: sum },
      { suffix: '_count', labels, value: count },
    ];
  }
}

/** A number of this moment. */
export function gauge(head: InstrumentHead, samples: readonly Sample[]): MetricFamily {
  return { name: head.name, help: head.help, type: 'gauge', samples };
}
