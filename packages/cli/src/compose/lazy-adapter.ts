/** An adapter whose package is loaded when the first of its effects starts. */
import type { Adapter, EffectCall, EffectContext, EffectOutcome } from '@aos/protocol';

/** What is known of an adapter before its package is loaded, and how to load it. */
export interface AdapterEntry {
  readonly id: string;
  /** The kinds that the loaded adapter serves. */
  readonly kinds: readonly string[];
  /** Those of the loaded adapter. */
  readonly implementations?: Adapter['implementations'];
  load(): Promise<Adapter>;
}

/** Loading a package takes tens of milliseconds, and most commands start no effect. */
export class LazyAdapter implements Adapter {
  readonly id: string;
  readonly kinds: readonly string[];
  readonly implementations: NonNullable<Adapter['implementations']>;
  #loaded: Promise<Adapter> | undefined;

  constructor(private readonly entry: AdapterEntry) {
    this.id = entry.id;
    this.kinds = entry.kinds;
    this.implementations = entry.implementations ?? [];
  }

  async start(call: EffectCall, context: EffectContext): Promise<EffectOutcome> {
    this.#loaded ??= this.entry.load();
    const adapter = await this.#loaded;
    return adapter.start(call, context);
  }

  async close(): Promise<void> {
    const adapter = await this.#loaded;
    await adapter?.close();
  }
}
