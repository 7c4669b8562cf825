/**
 * The right to change a file, one process and one change at a time: a socket that the system drops
 * with the process, so that nothing is left behind by one that dies. Readers need none.
 */
import { createHash } from 'node:crypto';
import { realpathSync, unlinkSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AosFault } from '@aos/protocol';
import { notWritten } from './private-file.js';
import { makePrivateFolder } from './private-folder.js';

const FIRST_WAIT_MS = 2;
const MOST_WAIT_MS = 50;
/** A change takes milliseconds; whoever takes so long is stuck. */
const PATIENCE_MS = 10_000;

/** Runs a change while nobody else runs one. Faults: `vault-busy`, `secret-file-not-written`. */
export async function whileLocked<T>(path: string, run: () => Promise<T>): Promise<T> {
  const server = await lock(path);
  try {
    return await run();
  } finally {
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }
}

async function lock(path: string): Promise<Server> {
  const address = addressOf(path);
  const untilMs = performance.now() + PATIENCE_MS;
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, MOST_WAIT_MS)) {
    const server = await hold(address);
    if (server !== undefined) return server;
    if (!address.startsWith('\0') && !(await answers(address))) unlinkSync(address);
    else if (performance.now() > untilMs) {
      const message = `another process is changing '${path}' all the time; try again later`;
      throw new AosFault('vault-busy', message, { retry: 'later' });
    } else await sleep(waitMs);
  }
}

/** The same for every path that leads to the file, which may be yet to be made. */
function addressOf(path: string): string {
  const folder = dirname(path);
  try {
    makePrivateFolder(folder);
  } catch (cause) {
    throw notWritten(path, cause);
  }
  const real = join(realpathSync.native(folder), path.slice(folder.length));
  const name = `aos-vault-${createHash('sha256').update(real).digest('hex').slice(0, 32)}`;
  return process.platform === 'linux' ? `\0${name}` : join(tmpdir(), `${name}.sock`);
}

function hold(address: string): Promise<Server | undefined> {
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    server.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    // exclusive: workers of one cluster would otherwise share the address
    server.listen({ path: address, exclusive: true }, () => resolve(server));
  });
}

/** Whether a process stands behind a socket file. */
function answers(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(address);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
