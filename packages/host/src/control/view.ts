/**
 * What the verbs of a world work on: a living host, or a store that was opened for reading.
 *
 * V1 What is answered was durable when it was looked at.
 * V2 A store that is only read never changes: it is opened as a world once, when a verb needs it.
 */
import { type Refusal, RefusalError } from '@aos/canon';
import { type DescribePorts, ObjectsNeeded, type World } from '@aos/kernel';
import type { ParsedArgs, PlainRecord, WorldStore } from '@aos/protocol';
import type { ShadowRunner } from '../governance/shadow-runner.js';
import type { HostEngine } from '../world/host-engine.js';
import { objectsMissing } from '../world/load-world.js';
import { type OpenedWorld, openWorld } from '../world/open-world.js';
import type { Opening, WorldHost } from '../world-host.js';
import { PlanEnds } from './plan-ends.js';
import { RecentRecords } from './recent-records.js';

export interface ControlOptions {
  readonly store: WorldStore;
  readonly engine: HostEngine;
  /** Without it the world is only read. */
  readonly host?: WorldHost;
  /** Directory of the world, told by `status`, which compares its authoring folder. */
  readonly directory?: string;
  /** How the journal ended when it was opened. */
  readonly tail?: { readonly clean: boolean; readonly ignoredBytes: number };
  /** Who runs shadows; this thread when absent. */
  readonly shadow?: ShadowRunner;
  /** Text of the verb `metrics`. */
  readonly metrics?: () => string;
  /** Items of the stream `audit`. */
  readonly audit?: (args: ParsedArgs<'audit'>, signal: AbortSignal) => AsyncIterable<PlainRecord>;
  /** What the verb `shutdown` does, after it was answered. */
  readonly shutdown?: () => void;
}

export class ControlView {
  #opened: OpenedWorld | undefined;
  #recent: RecentRecords | undefined;
  #ends: PlanEnds | undefined;

  constructor(readonly options: ControlOptions) {}

  get store(): WorldStore {
    return this.options.store;
  }

  /** The host, for what is not only reading. Code: `control-read-only`. */
  get host(): WorldHost {
    const { host } = this.options;
    if (host !== undefined) return host;
    const detail = 'the world is open for reading only; start a daemon, or open it for writing';
    throw new RefusalError({ code: 'control-read-only', at: '', detail });
  }

  /** The latest records of a living world. Code: `control-read-only`. */
  get recent(): RecentRecords {
    this.#recent ??= new RecentRecords(this.host);
    return this.#recent;
  }

  /** Waits for plans of a living world. Code: `control-read-only`. */
  get ends(): PlanEnds {
    this.#ends ??= new PlanEnds(this);
    return this.#ends;
  }

  get isLiving(): boolean {
    return this.options.host !== undefined;
  }

  get opening(): Opening {
    return this.options.host?.opening ?? this.#open();
  }

  /** Sequence of the last record that may be told of, -1 when there is none. */
  get head(): number {
    const { store, host } = this.options;
    return host === undefined ? store.head : store.durable;
  }

  /**
   * What `look` sees in the world of this moment, once that is durable. Rejects with the faults of
   * opening or of the host, and `object-missing`.
   */
  async read<T>(look: (world: World) => T): Promise<T> {
    const { host } = this.options;
    try {
      return host === undefined ? look(this.#open().world) : await host.read(look);
    } catch (error) {
      throw error instanceof ObjectsNeeded ? objectsMissing(error.hashes) : error;
    }
  }

  /** Describes with the definition of this world. */
  describing({ program }: Pick<World, 'program'>): DescribePorts {
    return { definition: program.definition, object: (hash) => this.store.object(hash) };
  }

  #open(): OpenedWorld {
    const { store, engine } = this.options;
    this.#opened ??= openWorld(store, engine);
    return this.#opened;
  }
}

/** A refusal where a result has no place for one. */
export function refusal(code: string, at: string, detail: string): RefusalError {
  return new RefusalError({ code, at, detail });
}

export function thrown(refused: Refusal, at = ''): RefusalError {
  return new RefusalError({ ...refused, at: `${at}${refused.at}` });
}

const MAX_SHOWN_CHARS = 80;

/** A name that somebody gave, as a message shows it. */
export function shown(text: string): string {
  return text.length <= MAX_SHOWN_CHARS ? text : `${text.slice(0, MAX_SHOWN_CHARS)}…`;
}
