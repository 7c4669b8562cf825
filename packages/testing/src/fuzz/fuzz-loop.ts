/**
 * The loop: mutants of a corpus go through a target; those that reach what nothing reached before
 * join it.
 *
 * Z4 The same seed, target, corpus and product give the same inputs: only the end may be by time.
 * Z5 Coverage only grows, and is looked at after each input: what it grew by is what was new.
 */
import { bytesEqual } from '@aos/canon';
import { Random } from '../random.js';
import { mutantOf } from './mutator.js';
import { Broken, type FuzzTarget, keyOf } from './target.js';

/** How many blocks of the product have run by now. */
export type CountBlocks = () => number;

export interface FuzzOptions {
  readonly seed: number;
  readonly seconds: number;
  /** Ends the run as well, where a run has to be the same each time. */
  readonly executions?: number;
  /** Findings that end the run; {@link MAX_FINDINGS} unless told. */
  readonly findings?: number;
  /** Beside the seeds of the target. */
  readonly corpus?: readonly Uint8Array[];
  readonly blocks: CountBlocks;
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
  /** Processor time of all inputs but the seeds and the corpus. */
  readonly cpuMs: number;
  /** Inputs that this time was spent on. */
  readonly mutants: number;
  /** What reached something new, and how many blocks; seeds are not in it. */
  readonly corpus: readonly CorpusInput[];
  readonly findings: readonly Finding[];
}

export interface CorpusInput {
  readonly input: Uint8Array;
  readonly newBlocks: number;
}

const DEFAULT_LIMIT_MS = 2000;
const DEFAULT_MAX_BYTES = 4096;
/** A run ends with so many: whoever has them has enough to do. */
const MAX_FINDINGS = 20;

export async function fuzz(target: FuzzTarget, options: FuzzOptions): Promise<FuzzReport> {
  const run = new FuzzRun(target, options);
  await run.start();
  const endsAt = performance.now() + options.seconds * 1000;
  const most = options.executions ?? Number.POSITIVE_INFINITY;
  const goesOn = () => performance.now() < endsAt && run.executions < most && !run.isOver;
  const [before, startedAt] = [run.executions, process.cpuUsage()];
  while (goesOn()) await run.next();
  const { user, system } = process.cpuUsage(startedAt);
  const mutants = run.executions - before;
  await run.minimize();
  return { ...run.report(), cpuMs: Math.round((user + system) / 1000), mutants };
}

class FuzzRun {
  readonly findings = new Map<string, Finding>();
  executions = 0;
  readonly #random: Random;
  readonly #pool: Uint8Array[] = [];
  readonly #corpus: CorpusInput[] = [];
  #seedBlocks = 0;
  #isBegun = false;

  constructor(
    private readonly target: FuzzTarget,
    private readonly options: FuzzOptions,
  ) {
    this.#random = new Random(options.seed);
  }

  get isOver(): boolean {
    return this.findings.size >= (this.options.findings ?? MAX_FINDINGS);
  }

  async start(): Promise<void> {
    for (const seed of await this.target.seeds()) {
      if (this.isOver) return;
      await this.#execute(seed);
      this.#pool.push(seed);
    }
    this.#isBegun = true;
    this.#seedBlocks = this.options.blocks();
    for (const input of this.options.corpus ?? []) await this.#try(input);
    if (this.#pool.length === 0) this.#pool.push(new Uint8Array());
  }

  async next(): Promise<void> {
    await this.#try(this.#mutant());
  }

  /** The smallest inputs that still show the same. */
  async minimize(): Promise<void> {
    for (const finding of [...this.findings.values()]) {
      const input = await minimized(this.target, finding);
      this.findings.set(finding.key, { ...finding, input });
    }
  }

  report(): Omit<FuzzReport, 'cpuMs' | 'mutants'> {
    return {
      target: this.target.name,
      executions: this.executions,
      seedBlocks: this.#seedBlocks,
      blocks: this.options.blocks(),
      corpus: this.#corpus,
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

  /** Joins the others if it reaches what none of them did. */
  async #try(input: Uint8Array): Promise<void> {
    const before = this.options.blocks();
    await this.#execute(input);
    const newBlocks = this.options.blocks() - before;
    if (newBlocks === 0) return;
    this.#pool.push(input);
    this.#corpus.push({ input, newBlocks });
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
  const limitMs = target.limitMs ?? DEFAULT_LIMIT_MS;
  const startedAt = performance.now();
  const error = await errorOf(target, input);
  if (error !== undefined || performance.now() - startedAt <= limitMs) return error;
  // a machine that does something else takes its time, too: once more, by the time of this process
  const before = process.cpuUsage();
  await errorOf(target, input);
  const { user, system } = process.cpuUsage(before);
  if ((user + system) / 1000 <= limitMs) return undefined;
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
