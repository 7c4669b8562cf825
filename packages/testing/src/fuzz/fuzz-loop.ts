/**
 * The loop: mutants of a corpus go through a target; those that reach what nothing reached before
 * join it.
 *
 * Z4 The same seed, target, corpus and product give the same inputs: only the end may be by time.
 * Z5 Coverage is looked at once per batch; a batch that reached something new runs again, one by
 *    one, to learn which input it was.
 */
import { bytesEqual } from '@aos/canon';
import { Random } from '../random.js';
import type { Feedback } from './block-coverage.js';
import { mutantOf } from './mutator.js';
import { Broken, type FuzzTarget, keyOf } from './target.js';

export interface FuzzOptions {
  readonly seed: number;
  readonly seconds: number;
  /** Ends the run as well, where a run has to be the same each time. */
  readonly executions?: number;
  /** Beside the seeds of the target. */
  readonly corpus?: readonly Uint8Array[];
  readonly feedback: Feedback;
  /** Called before each input, for watchers. */
  readonly onInput?: (bytes: Uint8Array) => void;
}

interface Finding {
  readonly key: string;
  readonly message: string;
  readonly input: Uint8Array;
}

export interface FuzzReport {
  readonly target: string;
  readonly executions: number;
  /** Blocks that the seeds reached, and those that are reached now. */
  readonly seedBlocks: number;
  readonly blocks: number;
  /** What reached something new, in the order of its finding; seeds are not in it. */
  readonly corpus: readonly Uint8Array[];
  readonly findings: readonly Finding[];
}

const DEFAULT_LIMIT_MS = 2000;
const DEFAULT_BATCH = 32;
const DEFAULT_MAX_BYTES = 4096;
/** A run ends with so many: whoever has them has enough to do. */
const MAX_FINDINGS = 20;

export async function fuzz(target: FuzzTarget, options: FuzzOptions): Promise<FuzzReport> {
  const run = new FuzzRun(target, options);
  await run.start();
  const endsAt = performance.now() + options.seconds * 1000;
  const most = options.executions ?? Number.POSITIVE_INFINITY;
  const goesOn = () => performance.now() < endsAt && run.executions < most;
  while (goesOn() && run.findings.size < MAX_FINDINGS) await run.batch();
  await run.minimize();
  return run.report();
}

class FuzzRun {
  readonly findings = new Map<string, Finding>();
  executions = 0;
  readonly #random: Random;
  readonly #seen = new Set<string>();
  readonly #pool: Uint8Array[] = [];
  #seedCount = 0;
  #seedBlocks = 0;
  #isBegun = false;

  constructor(
    private readonly target: FuzzTarget,
    private readonly options: FuzzOptions,
  ) {
    this.#random = new Random(options.seed);
  }

  async start(): Promise<void> {
    const seeds = await this.target.seeds();
    for (const seed of seeds) await this.#tryAlone(seed, 'always');
    this.#isBegun = true;
    this.#seedCount = this.#pool.length;
    this.#seedBlocks = this.#seen.size;
    for (const input of this.options.corpus ?? []) await this.#tryAlone(input, 'if-new');
    if (this.#pool.length === 0) this.#pool.push(new Uint8Array());
  }

  async batch(): Promise<void> {
    const inputs: Uint8Array[] = [];
    for (let i = this.target.batch ?? DEFAULT_BATCH; i > 0; i--) inputs.push(this.#mutant());
    this.options.feedback.take();
    for (const input of inputs) await this.#execute(input);
    const isNew = this.options.feedback.take().some((block) => !this.#seen.has(block));
    if (!isNew) return;
    for (const input of inputs) await this.#tryAlone(input, 'if-new');
  }

  /** The smallest inputs that still show the same. */
  async minimize(): Promise<void> {
    for (const finding of [...this.findings.values()]) {
      const input = await minimized(this.target, finding);
      this.findings.set(finding.key, { ...finding, input });
    }
  }

  report(): FuzzReport {
    return {
      target: this.target.name,
      executions: this.executions,
      seedBlocks: this.#seedBlocks,
      blocks: this.#seen.size,
      corpus: this.#pool.slice(this.#seedCount),
      findings: [...this.findings.values()],
    };
  }

  /** Of the newest inputs more often than of the others. */
  #mutant(): Uint8Array {
    const pool = this.#pool;
    const last = Math.max(1, pool.length >> 2);
    const place = this.#random.chance(0.5)
      ? pool.length - 1 - this.#random.below(last)
      : this.#random.below(pool.length);
    return mutantOf(pool[place] as Uint8Array, this.#random, {
      corpus: pool,
      tokens: this.target.tokens ?? [],
      maxBytes: this.target.maxBytes ?? DEFAULT_MAX_BYTES,
    });
  }

  async #tryAlone(input: Uint8Array, join: 'always' | 'if-new'): Promise<void> {
    this.options.feedback.take();
    await this.#execute(input);
    const before = this.#seen.size;
    for (const block of this.options.feedback.take()) this.#seen.add(block);
    if (join === 'always' || this.#seen.size > before) this.#pool.push(input);
  }

  async #execute(input: Uint8Array): Promise<void> {
    this.executions += 1;
    this.options.onInput?.(input);
    // what is made once is made by the first seeds, and takes its time
    const judge = this.#isBegun ? timedErrorOf : errorOf;
    const error = await judge(this.target, input);
    if (error === undefined) return;
    const key = keyOf(error);
    if (this.findings.has(key)) return;
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.findings.set(key, { key, message, input });
  }
}

/** What a target throws of an input, given a copy: nobody changes what comes from outside. */
export async function errorOf(target: FuzzTarget, input: Uint8Array): Promise<unknown> {
  const given = input.slice();
  try {
    await target.run(given);
  } catch (error) {
    return error ?? new Error('thrown: nothing');
  }
  return bytesEqual(given, input) ? undefined : new Broken('the input is not changed');
}

/** The same, of an input that also has to end in time. */
async function timedErrorOf(target: FuzzTarget, input: Uint8Array): Promise<unknown> {
  const startedAt = process.cpuUsage();
  const error = await errorOf(target, input);
  const { user, system } = process.cpuUsage(startedAt);
  const limitMs = target.limitMs ?? DEFAULT_LIMIT_MS;
  if (error !== undefined || (user + system) / 1000 <= limitMs) return error;
  return new Broken(`an input ends within ${limitMs} ms`);
}

/** Takes away what is not needed, piece by piece, while the finding stays the same. */
async function minimized(target: FuzzTarget, { key, input }: Finding): Promise<Uint8Array> {
  let smallest = input;
  for (let size = smallest.length >> 1; size >= 1; size >>= 1) {
    for (let at = 0; at < smallest.length; ) {
      const shorter = smallest.slice();
      shorter.copyWithin(at, at + size);
      const candidate = shorter.subarray(0, Math.max(at, smallest.length - size)).slice();
      const error = await timedErrorOf(target, candidate);
      if (error !== undefined && keyOf(error) === key) smallest = candidate;
      else at += size;
    }
  }
  return smallest;
}
