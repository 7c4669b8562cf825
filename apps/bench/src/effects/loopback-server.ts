/** A server on a thread of its own, so that answering takes no time of the world's thread. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** What the thread runs; it answers everything with 64 bytes. */
const PROGRAM = `
const { createServer } = require('node:http');
const { parentPort } = require('node:worker_threads');
const body = Buffer.alloc(64, 'answer ');
const server = createServer((request, response) => {
  request.resume();
  response.end(body);
});
server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
`;

/** Has a server at a URL while `use` runs. */
export async function withServer<T>(use: (url: string) => Promise<T>): Promise<T> {
  const worker = new Worker(PROGRAM, { eval: true });
  try {
    const [port] = await once(worker, 'message');
    return await use(`http://127.0.0.1:${port}/`);
  } finally {
    await worker.terminate();
  }
}
