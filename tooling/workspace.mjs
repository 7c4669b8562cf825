// The ground every command stands on: dependencies installed by the pinned pnpm, everything built.
// A machine needs only Node and npm: the pinned pnpm is run through npm's own exec.
// Whatever is printed here goes to standard error: standard output belongs to the command.
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
export const cacheDir = join(root, 'node_modules/.cache/aos');
const builtStamp = join(cacheDir, 'built');

/** Installs when the lockfile asks for it, builds when a source is newer than the last build. */
export function ready() {
  if (!isInstalled()) install();
  if (!isBuilt()) build();
}

export function install() {
  const options = ['--frozen-lockfile', '--prefer-offline', '--config.confirmModulesPurge=false'];
  quietly('installing dependencies', ...withPnpm('pnpm', 'install', ...options));
}

/** Declarations from one `tsc -b`, JavaScript from tsup in the order turbo works out. */
export function build() {
  const startedAt = new Date();
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  quietly('building: declarations', process.execPath, [tsc, '-b', 'tsconfig.build.json']);
  const turbo = ['run', 'build', '--output-logs=errors-only', '--no-update-notifier'];
  quietly('building: JavaScript', ...withPnpm('turbo', ...turbo));
  mkdirSync(cacheDir, { recursive: true });
  writeFileSync(builtStamp, '');
  utimesSync(builtStamp, startedAt, startedAt);
}

/** pnpm keeps the lockfile it installed last beside its packages. */
function isInstalled() {
  const installed = join(root, 'node_modules/.pnpm/lock.yaml');
  return existsSync(installed) && sameText(installed, join(root, 'pnpm-lock.yaml'));
}

/** @param {string} a @param {string} b */
function sameText(a, b) {
  return readFileSync(a, 'utf8') === readFileSync(b, 'utf8');
}

function isBuilt() {
  if (!existsSync(builtStamp)) return false;
  const builtMs = statSync(builtStamp).mtimeMs;
  const shared = [
    'tsconfig.base.json',
    'tsconfig.node.json',
    'tsconfig.pure.json',
    'pnpm-lock.yaml',
  ];
  return (
    shared.every((file) => statSync(join(root, file)).mtimeMs <= builtMs) &&
    memberDirs().every((dir) => isMemberBuilt(dir, builtMs))
  );
}

/** @param {string} dir @param {number} builtMs */
function isMemberBuilt(dir, builtMs) {
  const entry = ['index', 'main'].find((name) => existsSync(join(dir, 'src', `${name}.ts`)));
  return (
    existsSync(join(dir, 'dist', `${entry}.js`)) &&
    newestMs(join(dir, 'src')) <= builtMs &&
    ['package.json', 'tsconfig.json'].every((file) => statSync(join(dir, file)).mtimeMs <= builtMs)
  );
}

/** Folders of all workspace members, absolute. */
export function memberDirs() {
  return ['packages', 'apps'].flatMap((group) =>
    readdirSync(join(root, group), { withFileTypes: true })
      .filter((entry) => existsSync(join(root, group, entry.name, 'package.json')))
      .map((entry) => join(root, group, entry.name)),
  );
}

/**
 * Newest change below a folder; a deletion counts, it touches the folder.
 * @param {string} dir @returns {number}
 */
function newestMs(dir) {
  let newest = statSync(dir).mtimeMs;
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) newest = Math.max(newest, newestMs(path));
    else if (!entry.name.endsWith('.test.ts')) newest = Math.max(newest, statSync(path).mtimeMs);
  }
  return newest;
}

/**
 * A command line that runs `command` with the pinned pnpm (and the workspace's tools) on PATH.
 * @param {string} command @param {...string} args @returns {[string, string[]]}
 */
export function withPnpm(command, ...args) {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return npm('exec', '--yes', `--package=${packageManager}`, '--', command, ...args);
}

/**
 * A command line of npm: the one that runs us where npm says so.
 * @param {...string} args @returns {[string, string[]]}
 */
export function npm(...args) {
  const npmCli = process.env.npm_execpath;
  return npmCli?.endsWith('npm-cli.js') ? [process.execPath, [npmCli, ...args]] : ['npm', args];
}

/** Surroundings of every child: errors are shown, nothing phones home, no other pnpm is fetched. */
export const toolEnv = {
  ...process.env,
  npm_config_loglevel: 'error',
  npm_config_update_notifier: 'false',
  npm_config_manage_package_manager_versions: 'false',
  TURBO_TELEMETRY_DISABLED: '1',
};

/**
 * Runs a command, saying only its label. Should it fail, shows its output and ends us too.
 * @param {string} label @param {string} command @param {string[]} args
 */
export function quietly(label, command, args) {
  process.stderr.write(`aos: ${label} …\n`);
  const { status, stdout, stderr, error } = capture(command, args);
  if (status === 0) return;
  process.stderr.write(`${stdout}${stderr}${error ? `${error.message}\n` : ''}`);
  process.stderr.write(`aos: ${label} failed: the reason is above\n`);
  process.exit(status ?? 1);
}

/** @param {string} command @param {string[]} args @param {NodeJS.ProcessEnv} [env] */
export function capture(command, args, env = {}) {
  return spawnSync(command, args, {
    cwd: root,
    env: { ...toolEnv, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 256 * 2 ** 20,
  });
}
