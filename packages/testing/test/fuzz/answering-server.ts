/** A server on loopback that answers the next request with what it is told, and later ones well. */
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/** What is sent of an answer, in pieces of so many bytes, and what becomes of the connection. */
export interface Told {
  readonly bytes: Buffer;
  readonly step: number;
  /** `left` means open for the next request, for a while. */
  readonly after: 'ended' | 'left' | 'reset';
}

export const FINE = 'HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nfine';
const LEFT_MS = 15;

export class AnsweringServer {
  #told: Told | undefined;
  /** The connection that does not outlive what was told is gone. */
  #gone: Promise<unknown> | undefined;
  readonly #sockets = new Set<Socket>();
  readonly #timers = new Map<Socket, NodeJS.Timeout>();

  private constructor(private readonly server: Server) {
    server.on('connection', (socket) => this.#welcome(socket));
  }

  static async listen(): Promise<AnsweringServer> {
    const server = createServer();
    const answering = new AnsweringServer(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return answering;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  tell(told: Told): void {
    this.#told = told;
    this.#gone = undefined;
  }

  /** Nothing of what was told is on its way any more, unless the connection was left. */
  async settled(): Promise<void> {
    await this.#gone;
  }

  /** Ends what is open, so that one input knows nothing of another. */
  hangUp(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.hangUp();
    await closed;
  }

  #welcome(socket: Socket): void {
    this.#sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#sockets.delete(socket);
      clearTimeout(this.#timers.get(socket));
      this.#timers.delete(socket);
    });
    socket.on('data', () => {
      clearTimeout(this.#timers.get(socket));
      const told = this.#told;
      this.#told = undefined;
      if (told === undefined) socket.write(FINE);
      else this.#answer(socket, told);
    });
  }

  #answer(socket: Socket, { bytes, step, after }: Told): void {
    // what comes late could be taken for the answer of the next request, as HTTP has it
    const pieces = after === 'left' ? [bytes] : cut(bytes, step);
    if (after !== 'left') this.#gone = new Promise((resolve) => socket.once('close', resolve));
    const go = () => {
      const piece = pieces.shift();
      if (socket.destroyed) return;
      if (piece !== undefined) socket.write(piece, () => setImmediate(go));
      else if (after === 'ended') socket.end();
      else if (after === 'reset') socket.resetAndDestroy();
      else
        this.#timers.set(
          socket,
          setTimeout(() => socket.end(), LEFT_MS),
        );
    };
    go();
  }
}

function cut(bytes: Buffer, step: number): Buffer[] {
  const count = Math.ceil(bytes.length / step);
  return Array.from({ length: count }, (_, i) => bytes.subarray(i * step, (i + 1) * step));
}
