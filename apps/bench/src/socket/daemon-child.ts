/** A daemon in a process of its own, so that client and world each have a processor. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connectWorld, type WorldClient } from '@aos/client';
import { withScratchDir } from '../measures/scratch.js';

/** Beside the program as it is built. */
const PROGRAM = fileURLToPath(new URL('./daemon-process.js', import.meta.url));

export interface DaemonChild {
  readonly client: WorldClient;
  /** Memory of its process after a collection. */
  rssBytes(): Promise<number>;
}

export function withDaemon<T>(use: (child: DaemonChild) => Promise<T>): Promise<T> {
  return withScratchDir(async (dir) => {
    const world = join(dir, 'world');
    const child = fork(PROGRAM, [world], { execArgv: ['--expose-gc'] });
    try {
      await Promise.race([once(child, 'message'), failure(child)]);
      const client = await connectWorld(world);
      const found = await use({ client, rssBytes: () => ask(child) });
      await client.close();
      return found;
    } finally {
      const ended = child.exitCode === null ? once(child, 'exit') : undefined;
      if (child.connected) child.disconnect();
      await ended;
    }
  });
}

async function failure(child: ChildProcess): Promise<never> {
  const [code] = await once(child, 'exit');
  throw new Error(`the daemon ended with ${code}`);
}

async function ask(child: ChildProcess): Promise<number> {
  child.send('memory');
  const [rss] = (await once(child, 'message')) as [number];
  return rss;
}
