/**
 * Keeps one world living: opens it, and opens it again when its store has failed.
 *
 * K1 A world that has stopped is closed before it is opened again: nothing of it is left behind
 *    that could write.
 * K2 While it is not open, whoever asks is told to come back: `control-retry`.
 * K3 Openings that fail are tried again, with pauses that double up to a bound. The daemon stays.
 */
import { AosFault } from '@aos/protocol';
import { type ControlService, openControl } from '../control/service.js';
import type { ControlOptions } from '../control/view.js';
import type { WorldHost } from '../world-host.js';

/** A world as the composition root opened it. */
export interface OpenedWorldHost {
  readonly host: WorldHost;
  readonly control: Omit<ControlOptions, 'host' | 'shutdown'>;
  /** Closes the world, and whatever was opened with it. */
  close(): Promise<void>;
}

export type OpenWorldHost = (directory: string) => Promise<OpenedWorldHost>;

/** What a keeper tells of its world. */
export type KeeperEvent =
  | { readonly kind: 'opened' }
  | { readonly kind: 'stopped'; readonly fault: AosFault }
  /** It was to be opened again, and that failed; the next time is in so many milliseconds. */
  | { readonly kind: 'not-opened'; readonly cause: unknown; readonly againMs: number }
  /** It did not close well. It is done with all the same. */
  | { readonly kind: 'not-closed'; readonly cause: unknown };

export interface KeeperOptions {
  readonly open: OpenWorldHost;
  readonly shutdown: () => void;
  readonly onEvent: (event: KeeperEvent) => void;
  /** The world was opened again. */
  readonly onReopened: () => void;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 30_000;

interface Living {
  readonly world: OpenedWorldHost;
  readonly service: ControlService;
}

export class WorldKeeper {
  #living: Living | undefined;
  #stopped: AosFault | undefined;
  #isClosing = false;
  #wake: (() => void) | undefined;
  #reopening: Promise<void> | undefined;

  constructor(
    private readonly directory: string,
    private readonly options: KeeperOptions,
  ) {}

  /** Opens the world for the first time; rejects with what opening throws. */
  async open(): Promise<void> {
    const world = await this.options.open(this.directory);
    const { shutdown } = this.options;
    const service = openControl({ ...world.control, host: world.host, shutdown });
    this.#living = { world, service };
    world.host.watch({ stopped: (fault) => this.#onStopped(fault) });
  }

  /** The service of the moment. Fault: `control-retry`. */
  service(): ControlService {
    if (this.#living !== undefined) return this.#living.service;
    const why = this.#stopped === undefined ? '' : ` after '${this.#stopped.code}'`;
    const message = `the world is being opened again${why}; send again in a while`;
    throw new AosFault('control-retry', message, { retry: 'later' });
  }

  /** Ends it for good. Resolves when the world is closed. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#wake?.();
    await this.#reopening;
    await this.#closeLiving();
  }

  /** A world that was closed, or that a defect halted, is left as it is. */
  #onStopped(fault: AosFault): void {
    if (this.#isClosing || fault.code === 'world-closed' || fault.code === 'world-halted') return;
    this.#stopped = fault;
    this.options.onEvent({ kind: 'stopped', fault });
    this.#reopening ??= this.#reopen().finally(() => {
      this.#reopening = undefined;
    });
  }

  /** It may have stopped again before this comes to its end. */
  async #reopen(): Promise<void> {
    let pauseMs = FIRST_PAUSE_MS;
    while (this.#stopped !== undefined && !this.#isClosing) {
      await this.#closeLiving();
      await this.#pause(pauseMs);
      if (this.#isClosing) return;
      const { code } = this.#stopped;
      this.#stopped = undefined;
      try {
        await this.open();
      } catch (cause) {
        this.#stopped = new AosFault(code, 'the world does not open', { retry: 'later', cause });
        pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
        this.options.onEvent({ kind: 'not-opened', cause, againMs: pauseMs });
        continue;
      }
      this.options.onEvent({ kind: 'opened' });
      this.options.onReopened();
    }
  }

  async #closeLiving(): Promise<void> {
    const living = this.#living;
    this.#living = undefined;
    if (living === undefined) return;
    try {
      await living.service.close();
      await living.world.close();
    } catch (cause) {
      this.options.onEvent({ kind: 'not-closed', cause });
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
