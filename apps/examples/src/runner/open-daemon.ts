/** A world that lives in a daemon, `aos up`, and is asked over its control socket. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { connectWorld } from '@aos/client';
import { aosProgram } from '../places.js';
import { type LiveWorld, type OpenOptions, storeOf, type WorldPlace } from './world-place.js';

const run = promisify(execFile);

export async function openDaemon(place: WorldPlace, { log }: OpenOptions): Promise<LiveWorld> {
  const { pid } = await aos(place, 'up', ...(log === undefined ? [] : ['--log', log]));
  const access = await connectWorld(place.world);
  const close = async () => {
    await access.close();
    await aos(place, 'down');
    if (log !== undefined) process.stderr.write(await readFile(join(storeOf(place), 'daemon.log')));
  };
  return { access, home: `a daemon, process ${pid}, behind its socket`, close };
}

/** Runs the command as anybody would, with the keys of this world. */
async function aos({ world, aosHome }: WorldPlace, ...args: string[]): Promise<{ pid?: number }> {
  const env = { ...process.env, AOS_HOME: aosHome };
  const command = [aosProgram, '--json', '--world', world, ...args];
  const { stdout } = await run(process.execPath, command, { env });
  return (JSON.parse(stdout) as { data: { pid?: number } }).data;
}
