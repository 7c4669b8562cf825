/**
 * A daemon: worlds that live in this process, each behind its control socket, until they are told
 * to go.
 *
 * A1 One writer per world: the lock of its store is taken before its socket is.
 * A2 Going is orderly: nobody new comes in, what was asked is answered, effects that run are waited
 *    for up to a bound, the world is flushed and closed, and the socket is gone before the lock is.
 */
import { resolve } from 'node:path';
import { RefusalError } from '@aos/canon';
import type { ControlError } from '@aos/protocol';
import { ControlPlace } from './control-place.js';
import { refused } from './greeting.js';
import { SocketServer } from './socket-server.js';
import { type KeeperEvent, type OpenWorldHost, WorldKeeper } from './world-keeper.js';

/** What a daemon tells of itself, for logs. */
export type DaemonEvent = { readonly directory: string } & (
  | KeeperEvent
  | { readonly kind: 'closed' }
  /** Its folder was deleted or moved, or another one is in its place: it is let go. */
  | { readonly kind: 'gone' }
  /** Something was thrown that was not meant to be. */
  | { readonly kind: 'defect'; readonly cause: unknown }
);

export interface DaemonOptions {
  /** From the composition root: opens a world for writing, with its effects. */
  readonly openHost: OpenWorldHost;
  readonly onEvent?: (event: DaemonEvent) => void;
  /** How often it looks whether the folders of its worlds are still there. Default 2,000 ms. */
  readonly lookMs?: number;
}

const DEFAULT_LOOK_MS = 2000;

interface Served {
  readonly directory: string;
  readonly keeper: WorldKeeper;
  readonly server: SocketServer;
  readonly place: ControlPlace;
  readonly looking: NodeJS.Timeout;
  closing: Promise<void> | undefined;
}

const GOING: ControlError = {
  ...refused('world-closed', 'the daemon ends; start it again'),
  kind: 'fault',
  retry: 'later',
};

export class Daemon {
  readonly #served = new Map<string, Served>();
  #onEmpty: (() => void) | undefined;

  /** Resolves when the last world has gone. */
  readonly ended = new Promise<void>((resolve) => {
    this.#onEmpty = resolve;
  });

  constructor(private readonly options: DaemonOptions) {}

  /** The directories of the worlds that live here. */
  get directories(): readonly string[] {
    return [...this.#served.keys()];
  }

  /**
   * Opens a world and its socket. Rejects with what opening throws, `world-locked` where another
   * process has it.
   */
  async serve(directory: string): Promise<void> {
    const path = resolve(directory);
    const tell = (event: KeeperEvent) => this.#tell(path, event);
    const stop = () => void this.stop(path);
    let server: SocketServer | undefined;
    let place: ControlPlace | undefined;
    const keeper = new WorldKeeper(path, {
      open: this.options.openHost,
      shutdown: stop,
      onEvent: tell,
      onReopened: () => {
        if (place?.isPublished === false)
          server?.listen().catch((cause) => this.#defect(path, cause));
      },
    });
    await keeper.open();
    try {
      const status = await keeper.service().call('status', {});
      if (!status.ok) throw new RefusalError(status.refusal);
      place = new ControlPlace(path, status.value.world_id);
      server = new SocketServer(place, {
        service: () => keeper.service(),
        onDefect: (cause) => this.#defect(path, cause),
      });
      await server.listen();
    } catch (error) {
      await keeper.close();
      throw error;
    }
    const looking = this.#lookAfter(path, place);
    this.#served.set(path, { directory: path, keeper, server, place, looking, closing: undefined });
    tell({ kind: 'opened' });
  }

  /** A world that nobody can find any more would be served for ever. */
  #lookAfter(directory: string, place: ControlPlace): NodeJS.Timeout {
    const look = () => {
      if (place.isThere) return;
      clearInterval(looking);
      this.options.onEvent?.({ kind: 'gone', directory });
      void this.stop(directory);
    };
    const looking = setInterval(look, this.options.lookMs ?? DEFAULT_LOOK_MS);
    return looking.unref();
  }

  /** Lets one world go. */
  async stop(directory: string): Promise<void> {
    const served = this.#served.get(resolve(directory));
    if (served === undefined) return;
    served.closing ??= this.#close(served);
    await served.closing;
  }

  /** Lets all of them go. */
  async close(): Promise<void> {
    await Promise.all(this.directories.map((each) => this.stop(each)));
    this.#onEmpty?.();
  }

  async #close({ directory, keeper, server, looking }: Served): Promise<void> {
    clearInterval(looking);
    server.drain();
    await keeper.close();
    await server.close(GOING);
    this.#served.delete(directory);
    this.options.onEvent?.({ kind: 'closed', directory });
    if (this.#served.size === 0) this.#onEmpty?.();
  }

  #tell(directory: string, event: KeeperEvent): void {
    this.options.onEvent?.({ ...event, directory });
  }

  #defect(directory: string, cause: unknown): void {
    this.options.onEvent?.({ kind: 'defect', directory, cause });
  }
}

/** Ends a daemon in order on SIGINT and SIGTERM, and at once on the second of them. */
export function closeOnSignals(daemon: Daemon, signals = ['SIGINT', 'SIGTERM'] as const): void {
  let isClosing = false;
  const close = () => {
    if (isClosing) process.exit(1);
    isClosing = true;
    void daemon.close();
  };
  for (const signal of signals) process.on(signal, close);
  void daemon.ended.then(() => {
    for (const signal of signals) process.off(signal, close);
  });
}
