/** The command `aos`, run as anybody would, with the keys of an example world. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { aosProgram } from '../places.js';
import type { WorldPlace } from './world-place.js';

const run = promisify(execFile);

/** Far beyond what a story has it print. */
const MAX_OUTPUT = 64 * 2 ** 20;

/** Gives what the command tells with `--json`. Throws with its code and message. */
export async function runAos<T>(
  { world, aosHome }: Pick<WorldPlace, 'aosHome' | 'world'>,
  ...args: readonly string[]
): Promise<T> {
  const env = { ...process.env, AOS_HOME: aosHome };
  const command = [aosProgram, '--json', '--world', world, ...args];
  const options = { env, maxBuffer: MAX_OUTPUT };
  const { stdout } = await run(process.execPath, command, options).catch((error) => {
    throw new Error(`aos ${args.join(' ')} failed: ${error.stdout || error.message}`);
  });
  return (JSON.parse(stdout) as { data: T }).data;
}
