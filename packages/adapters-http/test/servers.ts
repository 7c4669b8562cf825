/** Servers on loopback that do what a test says, and are gone when it ends. */
import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import {
  type AddressInfo,
  createServer as createRawServer,
  type Server,
  type Socket,
} from 'node:net';
import { CERTIFICATE, PRIVATE_KEY } from './certificate.js';

export interface TestServer {
  readonly port: number;
  /** Connections that were ever made. */
  readonly connections: number;
  /** A URL of the server, by its address unless another host leads there. */
  url(path?: string, host?: string): string;
  close(): Promise<void>;
}

const running = new Set<TestServer>();

/** Ends every server and its connections. */
export async function closeServers(): Promise<void> {
  await Promise.all([...running].map((server) => server.close()));
}

async function listen(server: Server, scheme: string, address: string): Promise<TestServer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket: Socket) => {
    connections++;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  const { port } = server.address() as AddressInfo;
  const host = address.includes(':') ? `[${address}]` : address;
  const started: TestServer = {
    port,
    get connections() {
      return connections;
    },
    url: (path = '/', name = host) => `${scheme}://${name}:${port}${path}`,
    close: async () => {
      running.delete(started);
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
  running.add(started);
  return started;
}

export function startServer(listener: RequestListener, address = '127.0.0.1') {
  return listen(createServer({ keepAliveTimeout: 60_000 }, listener), 'http', address);
}

/** With a certificate for `localhost`, `secure.test` and 127.0.0.1, signed by itself. */
export function startSecureServer(listener: RequestListener, address = '127.0.0.1') {
  const options = { cert: CERTIFICATE, key: PRIVATE_KEY };
  return listen(createSecureServer(options, listener), 'https', address);
}

/** A server that knows no HTTP. */
export function startRawServer(onSocket: (socket: Socket) => void, scheme = 'http') {
  return listen(createRawServer(onSocket), scheme, '127.0.0.1');
}

/** Answers the first bytes of every connection, and then leaves it as it is or ends it. */
export function startAnswering(bytes: string | Uint8Array, after: 'end' | 'leave' | 'reset') {
  return startRawServer((socket) => {
    socket.once('data', () => {
      if (after === 'end') socket.end(bytes);
      else socket.write(bytes);
      // In a later turn, or it becomes an ordinary end.
      if (after === 'reset') setTimeout(() => socket.resetAndDestroy(), 10);
    });
  });
}
