/**
 * The control socket of one world: strangers say hello within a time and a few bytes, or are gone;
 * who said it well gets a connection.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { SocketChannel } from '@aos/client';
import { HELLO_LIMITS, REQUEST_LIMITS } from '@aos/client/wire';
import { CONTROL_VERSION, type ControlError, type PlainValue } from '@aos/protocol';
import { type ConnectionPorts, ControlConnection } from './connection.js';
import { controlError } from './control-errors.js';
import type { ControlPlace } from './control-place.js';
import { judgeHello, refused } from './greeting.js';

/** Connections of one world, strangers included. */
const MAX_CONNECTIONS = 128;
const HELLO_MS = 5000;
/** How long open requests of a server that closes are waited for. */
const CLOSE_MS = 5000;

export class SocketServer {
  readonly #connections = new Set<ControlConnection>();
  /** All that are open, and whether their client was greeted. */
  readonly #sockets = new Map<Socket, 'client' | 'stranger'>();
  #server: Server | undefined;

  constructor(
    private readonly place: ControlPlace,
    private readonly ports: ConnectionPorts,
  ) {}

  /** Listens, and says where. Also for listening again, where another process took the place. */
  async listen(): Promise<void> {
    this.#server?.close();
    this.place.prepare();
    const server = createServer({ allowHalfOpen: true }, (socket) => this.#welcome(socket));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.place.socketPath, () => {
        server.off('error', reject);
        resolve();
      });
    });
    // what fails later, such as an accept for want of handles, is told and leaves the rest alone
    server.on('error', this.ports.onDefect);
    this.#server = server;
    this.place.publish();
  }

  /** Nobody new comes in, and no new requests. */
  drain(): void {
    this.place.remove();
    this.#server?.close();
    for (const connection of this.#connections) connection.drain();
  }

  /** Says goodbye when what is open has been answered, or the time is up. */
  async close(reason: ControlError): Promise<void> {
    this.drain();
    const deadline = Date.now() + CLOSE_MS;
    while ([...this.#connections].some(({ isIdle }) => !isIdle) && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    for (const connection of this.#connections) connection.sayGoodbye(reason);
    for (const [socket, who] of this.#sockets) if (who === 'stranger') socket.destroy();
    await Promise.all([...this.#sockets.keys()].map(ended));
  }

  #welcome(socket: Socket): void {
    this.#sockets.set(socket, 'stranger');
    socket.once('close', () => this.#sockets.delete(socket));
    const channel = new SocketChannel(socket, { limits: HELLO_LIMITS });
    const connection = new ControlConnection(channel, {
      ...this.ports,
      onClosed: () => this.#connections.delete(connection),
    });
    const timer = setTimeout(() => socket.destroy(), HELLO_MS);
    let isGreeted = false;
    channel.start({
      message: (message, sizeBytes) => {
        if (isGreeted) {
          connection.take(message, sizeBytes);
          return;
        }
        clearTimeout(timer);
        isGreeted = this.#greet(channel, message);
        if (!isGreeted) return;
        this.#connections.add(connection);
        this.#sockets.set(socket, 'client');
      },
      ended: (reason) => {
        if (isGreeted) connection.ended(reason);
        else this.#part(channel, reason);
      },
      closed: () => {
        clearTimeout(timer);
        if (isGreeted) connection.closed();
      },
      drained: () => connection.drained(),
    });
    if (this.#sockets.size > MAX_CONNECTIONS) this.#turnAway(channel);
  }

  /** Whether the client may go on. */
  #greet(channel: SocketChannel, message: PlainValue): boolean {
    const error = judgeHello(message, this.place);
    if (error !== undefined) {
      channel.send({ type: 'goodbye', error });
      channel.end();
      return false;
    }
    channel.raiseLimits(REQUEST_LIMITS);
    channel.send({ type: 'welcome', v: CONTROL_VERSION, world: this.place.world });
    return true;
  }

  /** A stranger who said nothing that can be read, or went. */
  #part(channel: SocketChannel, reason: Error | undefined): void {
    if (reason !== undefined && 'refusal' in reason) {
      channel.send({ type: 'goodbye', error: controlError(reason, this.ports.onDefect) });
    }
    channel.end();
  }

  #turnAway(channel: SocketChannel): void {
    const message = `${MAX_CONNECTIONS} connections are open already; try again later`;
    channel.send({ type: 'goodbye', error: refused('control-busy', message) });
    channel.end();
  }
}

function ended(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()));
}
