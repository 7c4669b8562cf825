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
  installed();
  if (!isBuilt()) build();
}

/** What runs from source needs no more. */
export function installed() {
  if (!isInstalled()) install();
}

export function install() {
  const options = ['--frozen-lockfile', '--prefer-offline', '--config.confirmModulesPurge=false'];
  quietly('installing dependencies', ...withPnpm('pnpm', 'install', ...options));
}

/** Declarations from one `tsc -b`, JavaScript in the order turbo works out, then the examples. */
export function build() {
  const startedAt = new Date();
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  quietly('building: declarations', process.execPath, [tsc, '-b', 'tsconfig.build.json']);
  const turbo = ['run', 'build', '--output-logs=errors-only', '--no-update-notifier'];
  quietly('building: JavaScript', ...withPnpm('turbo', ...turbo));
  const modules = join(root, 'apps/examples/dist/build-modules.js');
  quietly('building: modules of the examples', process.execPath, [modules]);
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
  const configs = ['base', 'node', 'pure', 'build'].map((name) => `tsconfig.${name}.json`);
  return (
    ['pnpm-lock.yaml', ...configs].every((file) => newestMs(join(root, file)) <= builtMs) &&
    folders('packages', 'apps').every((dir) => isMemberBuilt(dir, builtMs)) &&
    folders('examples').every((dir) => isExampleBuilt(dir, builtMs))
  );
}

/** @param {string} dir @param {number} builtMs */
function isMemberBuilt(dir, builtMs) {
  const sources = ['src', 'assembly', 'package.json', 'tsconfig.json'];
  const entry = existsSync(join(dir, 'src/index.ts')) ? 'index' : 'main';
  return existsSync(join(dir, `dist/${entry}.js`)) && isOlder(dir, sources, builtMs);
}

/** Reducers become modules. @param {string} dir @param {number} builtMs */
function isExampleBuilt(dir, builtMs) {
  if (!existsSync(join(dir, 'air'))) return true;
  return (
    existsSync(join(dir, 'modules')) && isOlder(dir, ['air', 'reducer', 'reducer-ts'], builtMs)
  );
}

/** @param {string} dir @param {string[]} names @param {number} builtMs */
function isOlder(dir, names, builtMs) {
  return names.every((name) => newestMs(join(dir, name)) <= builtMs);
}

/** Folders in folders of the root, absolute. @param {...string} groups */
function folders(...groups) {
  return groups
    .filter((group) => existsSync(join(root, group)))
    .flatMap((group) =>
      readdirSync(join(root, group), { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => join(root, group, entry.name)),
    );
}

/**
 * Newest change at or below a path, 0 where there is none. Tests do not count; a deletion does, it
 * touches the folder.
 * @param {string} path @returns {number}
 */
function newestMs(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined || path.endsWith('.test.ts')) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  return readdirSync(path).reduce(
    (newest, name) => Math.max(newest, newestMs(join(path, name))),
    stat.mtimeMs,
  );
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
