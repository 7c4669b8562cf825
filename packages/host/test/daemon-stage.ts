/** Daemons on worlds of a temporary folder, and clients that speak as they like. */
import { mkdtempSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ControlPlace, readControlFile } from '@aos/client';
import { ANSWER_LIMITS, MessageReader, MessageWriter } from '@aos/client/wire';
import {
  Daemon,
  type DaemonEvent,
  type OpenedWorldHost,
  openWorldHost,
  type WorldHostOptions,
} from '@aos/host';
import type { PlainRecord, PlainValue, WorldStore } from '@aos/protocol';
import { createWorldStore, openWorldStore } from '@aos/store';
import { newOrderStore, orderEngine, TestKeys } from './order-world.js';

export interface MadeWorld {
  readonly directory: string;
  readonly keys: TestKeys;
}

/** A world of orders on the disk; `under` makes its path longer. */
export async function makeWorld(under = ''): Promise<MadeWorld> {
  const keys = new TestKeys();
  const directory = join(mkdtempSync(join(tmpdir(), 'aos-daemon-')), under);
  const draft = newOrderStore(keys);
  const objects = [...draft.objects()].map((hash) => {
    return { hash, bytes: draft.object(hash) as Uint8Array };
  });
  const store = await createWorldStore(join(directory, '.aos'), draft.genesis, objects);
  await store.close();
  return { directory, keys };
}

export type WrapStore = (store: WorldStore) => WorldStore;

export interface StartedDaemon {
  readonly daemon: Daemon;
  readonly events: DaemonEvent[];
  /** Resolves when the daemon has told of something of this kind so often. */
  told(kind: DaemonEvent['kind'], times?: number): Promise<void>;
}

/** Serves worlds; `wrap` puts something between them and their disks. */
export async function startDaemon(
  directories: readonly string[],
  more: Partial<WorldHostOptions> & { readonly wrap?: WrapStore } = {},
): Promise<StartedDaemon> {
  const { wrap = (store: WorldStore) => store, ...options } = more;
  const events: DaemonEvent[] = [];
  const waiting = new Set<() => void>();
  const daemon = new Daemon({
    openHost: (directory) => openHost(directory, wrap, options),
    lookMs: 20,
    onEvent: (event) => {
      events.push(event);
      for (const look of waiting) look();
    },
  });
  const told = (kind: DaemonEvent['kind'], times = 1) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (events.filter((each) => each.kind === kind).length < times) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
  for (const directory of directories) await daemon.serve(directory);
  return { daemon, events, told };
}

async function openHost(
  directory: string,
  wrap: WrapStore,
  options: Partial<WorldHostOptions>,
): Promise<OpenedWorldHost> {
  const disk = await openWorldStore(join(directory, '.aos'));
  const store = wrap(disk);
  const engine = orderEngine();
  const host = openWorldHost({ store, engine, ...options });
  return {
    host,
    control: { store, engine, directory, tail: disk.tail },
    close: () => host.close(),
  };
}

/** A client that says whatever a test wants, and hears what is answered. */
export class LooseClient {
  readonly heard: PlainRecord[] = [];
  isClosed = false;
  readonly #reader = new MessageReader(ANSWER_LIMITS);
  readonly #writer = new MessageWriter(ANSWER_LIMITS.bytes);
  readonly #waiting = new Set<() => void>();

  private constructor(readonly socket: Socket) {
    socket.on('data', (chunk: Buffer) => {
      this.#reader.push(chunk);
      for (;;) {
        const message = this.#reader.next();
        if (message === undefined) break;
        this.heard.push(message as PlainRecord);
      }
      this.#look();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.isClosed = true;
      this.#look();
    });
  }

  static async open(place: ControlPlace): Promise<LooseClient> {
    const socket = connect(place.path);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    return new LooseClient(socket);
  }

  /** Connected and greeted. */
  static async greeted(directory: string): Promise<LooseClient> {
    const place = readControlFile(directory);
    const client = await LooseClient.open(place);
    client.say({ type: 'hello', v: 1, token: place.token, world: place.world });
    await client.until(({ heard }) => heard.length > 0);
    client.heard.length = 0;
    return client;
  }

  say(message: PlainValue, framing: 'json' | 'pack' = 'pack'): void {
    this.socket.write(this.#writer.write(message, framing));
  }

  bytesOf(message: PlainValue, framing: 'json' | 'pack' = 'pack'): Buffer {
    return this.#writer.write(message, framing);
  }

  until(holds: (client: this) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!holds(this)) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }

  /** The code of the goodbye, once the connection has ended. */
  async farewell(): Promise<string | undefined> {
    await this.until(({ isClosed }) => isClosed);
    const last = this.heard.at(-1);
    return last?.type === 'goodbye' ? (last.error as { code: string }).code : undefined;
  }

  #look(): void {
    for (const look of this.#waiting) look();
  }
}
