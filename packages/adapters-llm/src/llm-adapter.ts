/**
 * The adapter for `llm.generate`.
 *
 * L1. The request is stored before it is sent, and the answer as it comes: both to the byte,
 *     without the key, which stands in a header alone.
 * L2. At least once: each start sends the same bytes and the same idempotency key. What has been
 *     paid for is not asked again within a start.
 * L3. What a call costs is known to the nanocent, from what the provider counts or else from a
 *     bound; also where it has no receipt.
 * L4. What providers do is data: an answer, or a failure with a code. Nothing they send makes it
 *     throw.
 *
 * Deliberately absent: choosing a model, asking another one instead, carrying out tools, memory of
 * a talk. These are decisions, and decisions are made in worlds.
 */
import type { Adapter, EffectCall, EffectContext, EffectOutcome } from '@aos/protocol';
import { CallRun } from './call-run.js';
import { CallStop } from './call-stop.js';
import { LlmFailure, SecretFailure } from './failure.js';
import { fillProvider, type LlmAdapterOptions } from './options.js';
import { Provider } from './provider.js';

/** Without options: the provider `scripted`, which needs no key and no network. */
export function createLlmAdapter(options: LlmAdapterOptions = {}): Adapter {
  return new LlmAdapter(options);
}

class LlmAdapter implements Adapter {
  readonly id: string;
  readonly kinds: readonly string[] = ['llm.generate'];
  readonly #providers: ReadonlyMap<string, Provider>;
  readonly #running = new Set<CallStop>();
  #isClosed = false;

  constructor({ id, providers }: LlmAdapterOptions) {
    this.id = id ?? 'host.llm';
    const configured = Object.entries(providers ?? { scripted: { protocol: 'scripted' } });
    this.#providers = new Map(
      configured.map(([name, each]) => [name, new Provider(fillProvider(name, each))]),
    );
  }

  async start(call: EffectCall, context: EffectContext): Promise<EffectOutcome> {
    const stop = new CallStop(call, context);
    this.#running.add(stop);
    if (this.#isClosed) this.#cancel(stop);
    const ports = { adapterId: this.id, call, context, providers: this.#providers, stop };
    const run = new CallRun(ports);
    try {
      return await run.run();
    } catch (error) {
      const failure = stop.failure ?? error;
      if (failure instanceof SecretFailure) return failure.outcome();
      if (failure instanceof LlmFailure) return failure.outcome(run.spentCents);
      throw failure;
    } finally {
      stop.release();
      this.#running.delete(stop);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const stop of this.#running) this.#cancel(stop);
    await Promise.all([...this.#providers.values()].map(({ transport }) => transport.close()));
  }

  #cancel(stop: CallStop): void {
    stop.stop('llm-cancelled', 'the adapter is closed');
  }
}
