/**
 * The adapter of `compile.reducer`: source texts in, the hash of an admitted module out.
 *
 * 1. A receipt is a function of the parameters, the compiler and the engine: it says what is wrong
 *    with a source, so that its author can read it. What depends on the machine (time, memory) is
 *    an outcome that is not ok.
 * 2. The module is a blob of the world before the receipt names it.
 * 3. Nothing of a source runs outside of the engines that compile it, and no compilation outlives
 *    its bounds: its process ends with it.
 */
import { type Encodable, toHashText } from '@aos/canon';
import {
  type Adapter,
  type BlobPort,
  type EffectCall,
  type EffectContext,
  type EffectOutcome,
  okOutcome,
} from '@aos/protocol';
import { CallStop } from './call-stop.js';
import { parseCompileParams } from './compile-params.js';
import { CompilePool } from './compile-pool.js';
import type { RunResult } from './compiler-process.js';
import { CompileFailure } from './failure.js';
import { type CompileAdapterOptions, type CompileBounds, DEFAULT_BOUNDS } from './options.js';
import { type Compilation, type Diagnostic, errorOf } from './process/compilation.js';
import { orFail, readSources } from './source-reader.js';

export class CompileAdapter implements Adapter {
  readonly id = 'compile';
  readonly kinds = ['compile.reducer'];
  readonly #bounds: CompileBounds;
  readonly #pool: CompilePool;
  readonly #calls = new Set<CallStop>();
  #isClosed = false;

  constructor({ bounds, processes = 1, programUrl }: CompileAdapterOptions) {
    this.#bounds = { ...DEFAULT_BOUNDS, ...bounds };
    this.#pool = new CompilePool({ bounds: this.#bounds, processes, programUrl });
  }

  /** Compilations that run at this moment. */
  get running(): number {
    return this.#pool.running;
  }

  async start(call: EffectCall, context: EffectContext): Promise<EffectOutcome> {
    const stop = new CallStop(call, context);
    this.#calls.add(stop);
    try {
      if (this.#isClosed) stop.stop('compile-cancelled', CLOSED);
      return okOutcome(await this.#run(call, context, stop));
    } catch (cause) {
      if (cause instanceof CompileFailure) return cause.outcome();
      throw cause;
    } finally {
      stop.release();
      this.#calls.delete(stop);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const stop of this.#calls) stop.stop('compile-cancelled', CLOSED);
    await this.#pool.close();
  }

  async #run(call: EffectCall, { blobs }: EffectContext, stop: CallStop): Promise<Encodable> {
    const params = parseCompileParams(call.params);
    stop.check();
    const job = await readSources(params, blobs, this.#bounds.sourceBytes);
    stop.check();
    if ('severity' in job) return receiptOf(NOTHING_COMPILED, null, [job]);
    const result = await this.#pool.run(job, stop);
    stop.check();
    const compilation = this.#compiled(result);
    return this.#store(compilation, blobs);
  }

  #compiled(result: RunResult): Compilation {
    switch (result.kind) {
      case 'compiled':
        return result;
      case 'crashed':
        throw new CompileFailure('compile-crashed', `the compiler failed: ${result.message}`);
      case 'late': {
        const { timeMs } = this.#bounds;
        throw new CompileFailure('compile-time-limit', `it had not ended after ${timeMs} ms`);
      }
      case 'called-off':
        throw new CompileFailure('compile-cancelled', 'nobody waits for it');
      case 'lost':
        throw new CompileFailure('compile-process-lost', result.message);
    }
  }

  async #store(compilation: Compilation, blobs: BlobPort): Promise<Encodable> {
    const { module, diagnostics } = compilation;
    if (module === undefined) return receiptOf(compilation, null, diagnostics);
    const { wasm, entry } = module;
    const { outputBytes } = this.#bounds;
    if (wasm.length > outputBytes) {
      const message = `expected a module of at most ${outputBytes} bytes, found ${wasm.length}`;
      return receiptOf(compilation, null, [errorOf('module-too-large', message), ...diagnostics]);
    }
    async function* chunks() {
      yield wasm;
    }
    const put = () => blobs.put(chunks(), wasm.length);
    const { hash } = await orFail('compile-output-not-stored', put);
    return receiptOf(
      compilation,
      { hash: toHashText(hash), size: wasm.length, entry },
      diagnostics,
    );
  }
}

const CLOSED = 'the adapter is closed';
const NOTHING_COMPILED = { omitted: 0 };

/** In the form of `sys/CompileReducerReceipt@1`. */
function receiptOf(
  { omitted, compiler, engine }: Pick<Compilation, 'omitted' | 'compiler' | 'engine'>,
  module: Encodable,
  diagnostics: readonly Diagnostic[],
): Encodable {
  return {
    module,
    diagnostics: diagnostics.map(({ severity, code, message, place }) => ({
      severity: { $tag: severity, $value: null },
      code,
      message: wellFormed(message),
      place: place === undefined ? null : { ...place, file: wellFormed(place.file) },
    })),
    omitted,
    compiler: compiler ?? null,
    engine: engine ?? null,
  };
}

/** Halves of surrogate pairs that are alone become U+FFFD, as in any UTF-8. */
const wellFormed = (text: string): string => Buffer.from(text, 'utf8').toString('utf8');
