/** What plan instances ended with, for whoever started them: by the record that they began with. */

/** An entry about the end of an instance: its result, or its status. */
export interface PlanEnd {
  /** Record that the instance began with. */
  readonly seq: number;
  readonly status?: string;
  readonly sum?: number;
}

interface Waiting {
  resolve(sum: number): void;
  reject(error: unknown): void;
}

export class PlanResults {
  /** Results of instances that nobody has asked about yet, or that have no status yet. */
  readonly #sums = new Map<number, number>();
  readonly #ended = new Map<number, number>();
  readonly #waiting = new Map<number, Waiting>();

  take({ seq, status, sum }: PlanEnd): void {
    if (sum !== undefined) this.#sums.set(seq, sum);
    if (status === undefined) return;
    const result = status === 'ok' ? (this.#sums.get(seq) ?? Number.NaN) : Number.NaN;
    this.#sums.delete(seq);
    const waiting = this.#waiting.get(seq);
    this.#waiting.delete(seq);
    if (waiting === undefined) this.#ended.set(seq, result);
    else waiting.resolve(result);
  }

  /** The result of the instance that began with that record. */
  of(seq: number): Promise<number> {
    const ended = this.#ended.get(seq);
    this.#ended.delete(seq);
    if (ended !== undefined) return Promise.resolve(ended);
    return new Promise((resolve, reject) => this.#waiting.set(seq, { resolve, reject }));
  }

  /** Nothing more will come. */
  fail(error: unknown): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

/** Reads an entry of a tail. */
export function endOf(entry: { readonly [field: string]: unknown }): PlanEnd {
  const { seq } = entry.instance as { readonly seq: number };
  if (entry.kind === 'plan-result') return { seq, sum: Number(entry.value) };
  return { seq, status: String(entry.status) };
}
