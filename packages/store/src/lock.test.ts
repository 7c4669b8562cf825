import { mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { makeTempRoot } from '../test/temp-world.js';
import { lockDirectory, lockSocketFile } from './lock.js';

const root = makeTempRoot();
afterAll(() => rmSync(root, { recursive: true }));

describe('the writer lock', () => {
  it('is held once per directory, whatever path leads to it', async () => {
    const directory = join(root, 'world');
    mkdirSync(directory);
    symlinkSync(directory, join(root, 'link'));
    const lock = await lockDirectory(directory);
    expect(lock).toBeDefined();
    expect(await lockDirectory(directory)).toBeUndefined();
    expect(await lockDirectory(join(root, 'link'))).toBeUndefined();
    expect(await (await lockDirectory(root))?.release()).toBeUndefined();
    await lock?.release();
    const next = await lockDirectory(join(root, 'link'));
    expect(next).toBeDefined();
    await next?.release();
  });

  it('as a socket file refuses while its owner lives', async () => {
    const path = join(root, 'live.sock');
    const lock = await lockSocketFile(path);
    expect(lock).toBeDefined();
    expect(await lockSocketFile(path)).toBeUndefined();
    await lock?.release();
    const next = await lockSocketFile(path);
    expect(next).toBeDefined();
    await next?.release();
  });

  it('as a socket file is taken over from an owner that is gone', async () => {
    const path = join(root, 'stale.sock');
    await leaveStaleSocket(path);
    const lock = await lockSocketFile(path);
    expect(lock).toBeDefined();
    await lock?.release();
  });
});

/** A socket file nobody listens on, as a killed process leaves it. */
async function leaveStaleSocket(path: string): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(`${path}.moved`, resolve));
  renameSync(`${path}.moved`, path);
  await new Promise((resolve) => server.close(resolve));
}
