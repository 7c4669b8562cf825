// Packs every publishable package as it would be published, looks at the tarballs as a registry and
// a type checker would, then installs them into an empty folder and imports each with plain Node.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readMembers } from './members.mjs';
import { cacheDir, capture, npm, ready, root, withPnpm } from './workspace.mjs';

/** @import { Member } from './members.mjs' */

/** @param {string} tool @param {...string} args @returns {[string, string[]]} */
const node = (tool, ...args) => [process.execPath, [join(root, 'node_modules', tool), ...args]];

/** Files that have no business in a package. */
const unwanted = /\.tsbuildinfo$|\.test\.|(^|\/)(test|node_modules)\//;
let failures = 0;

/** @param {string} label @param {import('node:child_process').SpawnSyncReturns<string>} result */
function report(label, { status, stdout, stderr }) {
  if (status === 0) {
    console.log(`ok     ${label}`);
    return;
  }
  failures += 1;
  console.log(`FAILED ${label}\n${stdout}${stderr}`);
}

/** Packs one package; answers with its tarball. @param {string} dir @param {string} into */
function pack(dir, into) {
  const before = new Set(readdirSync(into));
  const result = capture(...withPnpm('pnpm', '-C', dir, 'pack', '--pack-destination', into));
  const tarball = readdirSync(into).find((file) => !before.has(file));
  if (tarball === undefined)
    throw new Error(`no tarball of ${dir}:\n${result.stdout}${result.stderr}`);
  return join(into, tarball);
}

/** @param {string} name @param {string} tarball */
function inspect(name, tarball) {
  report(`publint  ${name}`, capture(...node('publint/src/cli.js', 'run', '--strict', tarball)));
  const attw = ['--profile', 'esm-only', '--no-emoji', '--format', 'table-flipped', tarball];
  report(`attw     ${name}`, capture(...node('@arethetypeswrong/cli/dist/index.js', ...attw)));
  const listed = capture('tar', ['-tzf', tarball]);
  const stray = listed.stdout.split('\n').filter((file) => unwanted.test(file));
  report(`contents ${name}`, { ...listed, stdout: `${stray.join('\n')}\n`, status: stray.length });
}

/** @param {Member[]} members @param {string[]} tarballs, of each member @param {string} dir */
function consume(members, tarballs, dir) {
  mkdirSync(dir);
  const doors = members.flatMap((member) => Object.keys(member.doors));
  const overrides = Object.fromEntries(
    members.map(({ manifest }, index) => [manifest.name, `file:${tarballs[index]}`]),
  );
  const manifest = { private: true, type: 'module', dependencies: overrides, overrides };
  writeFileSync(join(dir, 'package.json'), JSON.stringify(manifest));
  const lines = doors.map((door) => `console.log(Object.keys(await import('${door}')).length);`);
  writeFileSync(join(dir, 'main.js'), lines.join('\n'));
  const quiet = ['--no-audit', '--no-fund', '--prefer-offline', '--omit=dev'];
  report('consumer install', capture(...npm('install', '--prefix', dir, ...quiet)));
  report(`consumer imports ${doors.join(' ')}`, capture(process.execPath, [join(dir, 'main.js')]));
}

ready();
mkdirSync(cacheDir, { recursive: true });
const dir = mkdtempSync(join(cacheDir, 'packaging-'));
try {
  const members = readMembers(root).filter(({ manifest }) => manifest.private !== true);
  const tarballs = members.map((member) => pack(member.dir, dir));
  for (const [index, { manifest }] of members.entries())
    inspect(manifest.name, tarballs[index] ?? '');
  consume(members, tarballs, join(dir, 'consumer'));
} finally {
  rmSync(dir, { recursive: true });
}
process.exitCode = failures > 0 ? 1 : 0;
