/**
 * The right to be the one writer of a directory.
 *
 * The name is made of device and inode, so every path to the directory means the same lock. On
 * Linux it is an abstract socket: the kernel drops it with the process, nothing is left behind. It
 * excludes writers of one network namespace only; those of others are fenced by claims, see
 * writer-claim.ts. Other systems use a socket file, where a dead owner is found by connecting.
 */
import { statSync, unlinkSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StoreLock } from './port.js';

/** `undefined` when another writer has it. */
export async function lockDirectory(path: string): Promise<StoreLock | undefined> {
  const { dev, ino } = statSync(path, { bigint: true });
  const name = `aos-world-${dev.toString(36)}-${ino.toString(36)}`;
  if (process.platform === 'linux') return holdSocket(`\0${name}`);
  return lockSocketFile(join(tmpdir(), `${name}.sock`));
}

/** The lock of systems without abstract sockets; takes over a file whose owner is gone. */
export async function lockSocketFile(path: string): Promise<StoreLock | undefined> {
  const lock = await holdSocket(path);
  if (lock || (await answers(path))) return lock;
  unlinkSync(path);
  return holdSocket(path);
}

function holdSocket(address: string): Promise<StoreLock | undefined> {
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    server.on('error', (error: Error & { code?: string }) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    // exclusive: workers of one cluster would otherwise share the address
    server.listen({ path: address, exclusive: true }, () => {
      server.unref();
      resolve({ release: () => closed(server) });
    });
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
