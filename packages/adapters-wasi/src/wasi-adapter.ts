/**
 * The adapter of effects that are WASI programs: the hash of a module comes with the call, whatever
 * the kind of the effect.
 *
 * 1. A program is a function of its module, its parameters and the intent: it reaches no file,
 *    network, clock, chance or environment of the machine. So a second start of an intent answers
 *    what the first did, and does nothing outside.
 * 2. Every run ends: by itself, at a limit, or with its thread.
 * 3. A program that ends with any exit code has answered, with the exception of one that says it
 *    did well and left nothing.
 */
import { type Encodable, sha256, utf8 } from '@aos/canon';
import {
  type Adapter,
  type EffectCall,
  type EffectContext,
  type EffectOutcome,
  okOutcome,
} from '@aos/protocol';
import { CallStop } from './call-stop.js';
import { ContentWriter, readInputs } from './contents.js';
import { WasiFailure } from './failure.js';
import { fillOptions, type WasiAdapterOptions, type WasiSettings } from './options.js';
import { ProgramModules } from './program-modules.js';
import { type PoolResult, ProgramPool } from './program-pool.js';
import type { ProgramJob, ProgramResult } from './run-program.js';
import { parseWasiParams } from './wasi-params.js';

/** Threads run built code, whether this was built or not. */
const WORKER_URL = new URL('../dist/program-worker.js', import.meta.url);

export class WasiAdapter implements Adapter {
  readonly id = 'wasi';
  readonly kinds: readonly string[] = [];
  readonly implementations = ['wasi'] as const;
  readonly #settings: WasiSettings;
  readonly #modules: ProgramModules;
  readonly #pool: ProgramPool;
  readonly #calls = new Set<CallStop>();
  #isClosed = false;

  constructor(options: WasiAdapterOptions = {}) {
    this.#settings = fillOptions(options);
    const { bounds, threads } = this.#settings;
    this.#modules = new ProgramModules(bounds.memoryPages);
    this.#pool = new ProgramPool({ threads, timeMs: bounds.timeMs, workerUrl: WORKER_URL });
  }

  /** Programs that run at this moment. */
  get running(): number {
    return this.#pool.running;
  }

  async start(call: EffectCall, context: EffectContext): Promise<EffectOutcome> {
    const stop = new CallStop(call, context);
    this.#calls.add(stop);
    try {
      if (this.#isClosed) stop.stop('wasi-cancelled', CLOSED);
      return okOutcome(await this.#run(call, context, stop));
    } catch (cause) {
      if (cause instanceof WasiFailure) return cause.outcome();
      throw cause;
    } finally {
      stop.release();
      this.#calls.delete(stop);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const stop of this.#calls) stop.stop('wasi-cancelled', CLOSED);
    await this.#pool.close();
  }

  async #run(call: EffectCall, { blobs }: EffectContext, stop: CallStop): Promise<Encodable> {
    const params = parseWasiParams(call.params);
    stop.check();
    const module = await this.#moduleOf(call, blobs);
    const { bounds } = this.#settings;
    const { stdin, files } = await readInputs(params, blobs, bounds.inputBytes);
    const input = { name: call.effect, args: params.args, stdin, files, seed: seedOf(call) };
    const job: ProgramJob = { module, input, limits: bounds };
    const result = await this.#pool.run(job, stop);
    stop.check();
    return writeReceipt(this.#exited(result), new ContentWriter(blobs));
  }

  async #moduleOf({ implementation }: EffectCall, blobs: EffectContext['blobs']) {
    if (implementation !== undefined) return this.#modules.get(implementation.wasi, blobs);
    throw new WasiFailure('wasi-module-missing', 'expected the module of the effect, found none');
  }

  #exited(result: PoolResult): Exited {
    if (result.kind === 'exited') return result;
    if (result.kind === 'stopped') throw new WasiFailure(result.code, result.message);
    if (result.kind === 'late') {
      const { timeMs } = this.#settings.bounds;
      throw new WasiFailure('wasi-time-limit', `it had not ended after ${timeMs} ms`);
    }
    if (result.kind === 'full') {
      throw new WasiFailure('wasi-memory-limit', 'what it has open and asks for fills the heap');
    }
    const cause = result.kind === 'lost' ? result.cause : undefined;
    throw new WasiFailure(
      'wasi-thread-lost',
      `there is no thread that it runs on: ${cause}`,
      cause,
    );
  }
}

const CLOSED = 'the adapter is closed';

type Exited = Extract<ProgramResult, { readonly kind: 'exited' }>;

/** The same for every start of an intent. */
function seedOf({ intentHash }: EffectCall): Uint8Array {
  return sha256(Uint8Array.of(...utf8('aos/wasi-seed/0\0'), ...intentHash));
}

/** In the form of `sys/WasiReceipt@1`. */
async function writeReceipt(exited: Exited, writer: ContentWriter): Promise<Encodable> {
  const { exitCode, stdout, stderr, files } = exited;
  if (exitCode === 0 && stdout.length === 0 && files.size === 0) {
    const message = 'it ended well and left neither standard output nor files';
    throw new WasiFailure('wasi-no-output', message);
  }
  const said = { stdout: await writer.write(stdout), stderr: await writer.write(stderr) };
  // a map: names of files are whatever a program says, `__proto__` as well
  const contents = new Map<Encodable, Encodable>();
  for (const [path, bytes] of files) contents.set(path, await writer.write(bytes));
  return { exit_code: exitCode, ...said, files: contents };
}
