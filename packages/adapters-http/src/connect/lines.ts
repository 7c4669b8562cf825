/**
 * Connections to servers, kept for later requests to the same origin.
 *
 * L1. A line serves one exchange at a time. Whoever takes it gives it back when all of an answer
 *     was read, or drops it.
 * L2. A kept line is taken only where the address it leads to is permitted for that call, too.
 * L3. A line whose connection is gone connects anew under the permit of the call that has it.
 * L4. Kept lines keep no process running, and there are only so many of them.
 */
import type { Socket } from 'node:net';
import { Client } from 'undici';
import type { HttpSettings } from '../options.js';
import { deniedAddress, type PermitAddress } from './addresses.js';
import { openSocket, type TlsFacts, tlsFacts } from './open-socket.js';

/** What a call lays down for the line it takes. */
export interface LineGuard {
  readonly permit: PermitAddress;
  /** The line is connected; called at once by one that was. */
  connected(): void;
}

/** A client of one connection. */
export class Line {
  readonly client: Client;
  guard: LineGuard;
  #socket: Socket | undefined;
  #tls: TlsFacts | undefined;
  #address = '';
  #isBroken = false;

  constructor(
    readonly origin: URL,
    settings: HttpSettings,
    guard: LineGuard,
  ) {
    this.guard = guard;
    this.client = new Client(origin.origin, {
      maxHeaderSize: settings.bounds.headerBytes,
      // Stalls are watched by the exchange, which knows better what it waits for.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: (_options, callback) => {
        this.#connect(settings, (error, socket) => {
          if (socket === null) callback(error ?? new Error('no socket'), null);
          else callback(null, socket);
        });
      },
    });
  }

  /** The address at the other end, as text; empty before there is one. */
  get address(): string {
    return this.#address;
  }

  get tls(): TlsFacts | undefined {
    return this.#tls;
  }

  get isOpen(): boolean {
    return this.#socket?.destroyed === false;
  }

  /** The connection ended with an error, not in good order. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  destroy(): Promise<void> {
    this.#socket?.destroy();
    return this.client.destroy();
  }

  #connect(
    { tls, resolve }: HttpSettings,
    done: (error: Error | null, socket: Socket | null) => void,
  ): void {
    const { hostname, port, protocol } = this.origin;
    const isSecure = protocol === 'https:';
    const { permit } = this.guard;
    const target = {
      host: hostname.startsWith('[') ? hostname.slice(1, -1) : hostname,
      port: port === '' ? (isSecure ? 443 : 80) : Number(port),
      ...{ isSecure, tls, resolve, permit },
    };
    this.#isBroken = false;
    this.#socket = openSocket(target, (error, socket) => {
      if (socket !== null) this.#meet(socket);
      done(error, socket);
    });
  }

  #meet(socket: Socket): void {
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // What the client itself ends a connection with comes from no system call.
      if (error.syscall !== undefined) this.#isBroken = true;
    });
    this.#address = socket.remoteAddress ?? '';
    this.#tls = tlsFacts(socket);
    this.guard.connected();
  }
}

export class Lines {
  readonly #settings: HttpSettings;
  /** All that are not destroyed, and of those the ones that nobody has, oldest first. */
  readonly #all = new Set<Line>();
  readonly #idle = new Set<Line>();

  constructor(settings: HttpSettings) {
    this.#settings = settings;
  }

  /** A line to the origin of a URL; its connection may still have to be made. */
  take(url: URL, guard: LineGuard): Line {
    for (const line of [...this.#idle].reverse()) {
      if (line.origin.origin !== url.origin || !line.isOpen) continue;
      if (deniedAddress(line.address, guard.permit) !== undefined) continue;
      this.#idle.delete(line);
      line.guard = guard;
      guard.connected();
      return line;
    }
    const line = new Line(url, this.#settings, guard);
    this.#all.add(line);
    line.client.on('disconnect', () => {
      if (this.#idle.has(line)) this.drop(line);
    });
    return line;
  }

  /** Keeps a line whose answer was read to its end. */
  give(line: Line): void {
    if (!line.isOpen || !this.#all.has(line)) {
      this.drop(line);
      return;
    }
    this.#idle.add(line);
    const [oldest] = this.#idle;
    if (this.#idle.size > this.#settings.bounds.idleConnections && oldest) this.drop(oldest);
  }

  /** Ends a line, and with it whatever it carries. */
  drop(line: Line): void {
    this.#forget(line);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#all].map((line) => this.#forget(line)));
  }

  #forget(line: Line): Promise<void> {
    this.#idle.delete(line);
    this.#all.delete(line);
    return line.destroy();
  }
}
