/** A server that counts what it is asked, by path and idempotency key. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface CountedRequest {
  readonly path: string;
  readonly key: string;
}

export interface ServerMoments {
  /** A request is here and has no answer. */
  requested(): void;
  /** The answer has left. */
  responded(): void;
}

export class CountingServer {
  readonly requests: CountedRequest[] = [];
  /** Who is told. */
  moments: ServerMoments | undefined;
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      request.resume();
      const key = String(request.headers['idempotency-key']).replaceAll('"', '');
      this.requests.push({ path: request.url ?? '', key });
      this.moments?.requested();
      response.end('counted', () => this.moments?.responded());
    });
  }

  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
