/** Servers of a story: real ones on a free port of this machine, which count what they see. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Reply {
  readonly status: number;
  readonly body: string;
  /** Called when the reply is on its way. */
  readonly sent?: () => void;
}

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export type Answer = (asked: Asked) => Reply | Promise<Reply>;

export interface Loopback {
  readonly url: string;
  /** Method and path of every request, in the order in which they came. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

export async function serve(answer: Answer): Promise<Loopback> {
  const requests: string[] = [];
  const server = createServer(async (request, response) => {
    const { method = '', url: path = '', headers } = request;
    requests.push(`${method} ${path}`);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('utf8');
    const reply = await answer({ method, path, headers, body });
    response.writeHead(reply.status, { 'content-type': 'text/plain' });
    response.end(reply.body, reply.sent);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
