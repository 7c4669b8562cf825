/** Providers on loopback that do what a test says, and are gone when it ends. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Server as NetServer, Socket } from 'node:net';
import { CERTIFICATE, PRIVATE_KEY } from './certificate.js';

interface Asked {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface TestProvider {
  readonly baseUrl: string;
  /** Every request so far. */
  readonly asked: readonly Asked[];
}

const running = new Set<() => Promise<void>>();

export async function closeServers(): Promise<void> {
  await Promise.all([...running].map((close) => close()));
  running.clear();
}

/** A provider that answers each request as the test says; `turn` counts them from 0. */
export async function startProvider(
  answer: (response: ServerResponse, turn: number) => void,
): Promise<TestProvider> {
  const asked: Asked[] = [];
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('error', () => undefined);
    request.on('end', () => {
      const body = Buffer.concat(parts).toString('utf8');
      asked.push({ path: request.url ?? '', headers: request.headers, body });
      answer(response, asked.length - 1);
    });
  });
  return { baseUrl: `${await listen(server)}/v1`, asked };
}

/** The same over TLS, with a certificate that only who is given it trusts. */
export async function startSecureProvider(): Promise<TestProvider> {
  const asked: Asked[] = [];
  const identity = { cert: CERTIFICATE, key: PRIVATE_KEY };
  const server = createSecureServer(identity, (request, response) => {
    asked.push({ path: request.url ?? '', headers: request.headers, body: '' });
    request.resume();
    giveJson(response, chatAnswer('in private'));
  });
  return { baseUrl: `${await listen(server, 'https')}/v1`, asked };
}

async function listen(server: NetServer, scheme = 'http'): Promise<string> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  running.add(async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
  });
  return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A whole answer. */
export function giveJson(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

/** The beginning of a stream: events with data of JSON, or as they are written. */
export function giveEvents(response: ServerResponse, events: readonly unknown[]): void {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
  for (const event of events) {
    const data = typeof event === 'string' ? event : JSON.stringify(event);
    response.write(data.startsWith('raw:') ? data.slice(4) : `data: ${data}\n\n`);
  }
}

/** An answer of `/chat/completions`. */
export function chatAnswer(text: string, more: object = {}): object {
  return {
    ...{ id: 'chat-1', object: 'chat.completion', model: 'm-1-today' },
    choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
    ...more,
  };
}

/** An event of a streamed answer of `/chat/completions`. */
export function chatChunk(delta: object, finish: string | null = null): object {
  const choices = [{ index: 0, delta, finish_reason: finish }];
  return { id: 'chat-1', object: 'chat.completion.chunk', model: 'm-1-today', choices };
}
