/**
 * The adapter for `http.request`.
 *
 * H1. At least once: each start sends the same idempotency key, by which servers that look at it
 *     tell a repeat.
 * H2. Nothing goes where the grant did not allow: redirects are followed here alone, each is asked
 *     about with its method and URL; addresses are asked about before they are connected to.
 * H3. Any answer of a server is ok, whatever its status; what is none is a failure with a code.
 * H4. Memory is bounded by what is under way, not by the size of bodies.
 *
 * Deliberately absent: HTTP/2, proxies, cookies, caching, decoding of bodies, retries (the host's).
 */
import type { Adapter, EffectCall, EffectContext, EffectOutcome } from '@aos/protocol';
import { CallStop } from './call-stop.js';
import { Lines } from './connect/lines.js';
import { failureOf } from './failure.js';
import { fillOptions, type HttpAdapterOptions, type HttpSettings } from './options.js';
import { runRequest } from './request-run.js';

export function createHttpAdapter(options: HttpAdapterOptions = {}): Adapter {
  return new HttpAdapter(fillOptions(options));
}

class HttpAdapter implements Adapter {
  readonly id: string;
  readonly kinds: readonly string[] = ['http.request'];
  readonly #settings: HttpSettings;
  readonly #lines: Lines;
  readonly #running = new Set<CallStop>();
  #isClosed = false;

  constructor(settings: HttpSettings) {
    this.id = settings.id;
    this.#settings = settings;
    this.#lines = new Lines(settings);
  }

  async start(call: EffectCall, context: EffectContext): Promise<EffectOutcome> {
    const stop = new CallStop(call, context);
    this.#running.add(stop);
    if (this.#isClosed) this.#cancel(stop);
    try {
      const run = runRequest({
        ...{ call, context, stop },
        ...{ settings: this.#settings, lines: this.#lines },
      });
      return await Promise.race([stop.ended, run]);
    } catch (error) {
      return failureOf(error, 'connect').outcome();
    } finally {
      stop.release();
      this.#running.delete(stop);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const stop of this.#running) this.#cancel(stop);
    await this.#lines.close();
  }

  #cancel(stop: CallStop): void {
    stop.stop('http-cancelled', 'the adapter is closed');
  }
}
