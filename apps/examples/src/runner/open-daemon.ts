/** A world that lives in a daemon, `aos up`, and is asked over its control socket. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { connectWorld } from '@aos/client';
import { runAos } from './run-aos.js';
import { type LiveWorld, type OpenOptions, storeOf, type WorldPlace } from './world-place.js';

/** As shells tell that a program was interrupted. */
const INTERRUPTED = 130;

export async function openDaemon(place: WorldPlace, { log }: OpenOptions): Promise<LiveWorld> {
  const logFile = join(storeOf(place), 'daemon.log');
  await rm(logFile, { force: true });
  const { pid } = await runAos<{ pid: number }>(
    place,
    'up',
    ...(log === undefined ? [] : ['--log', log]),
  );
  const stop = async () => {
    await runAos(place, 'down');
    if (log !== undefined) process.stderr.write(await readFile(logFile));
  };
  try {
    const access = await connectWorld(place.world);
    // a daemon survives whoever started it, and should not survive a story that was broken off
    const leave = () => void stop().finally(() => process.exit(INTERRUPTED));
    process.once('SIGINT', leave);
    const close = () => {
      process.off('SIGINT', leave);
      return access.close().finally(stop);
    };
    return { access, home: `a daemon, process ${pid}, behind its socket`, close };
  } catch (error) {
    await stop();
    throw error;
  }
}
