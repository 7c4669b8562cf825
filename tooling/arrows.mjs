// The arrows between packages, as rules of dependency-cruiser over the sources.
// Run as a program it checks this repository: a line per violation, exit status 1 if there is one.
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cruise } from 'dependency-cruiser';
import { readMembers } from './members.mjs';

/** @import { Member } from './members.mjs' */
/** @import { IRegularForbiddenRuleType as Rule } from 'dependency-cruiser' */

/** From the bottom up. A name ending in `-` stands for all packages that begin with it. */
const layers = [
  ['canon'],
  ['air'],
  ['protocol'],
  ['kernel', 'store', 'wasm', 'client', 'reducer-sdk', 'adapters-'],
  ['host'],
  ['testing'],
  ['cli'],
];

/** Packages that are checked without the names of any platform. */
export const purePackages = ['canon', 'air', 'protocol', 'kernel'];

const testFile = '(\\.test\\.ts$|^(packages|apps)/[^/]+/test/)';
/** The one dependency that the root holds for the tests of all members. */
const testRunner = '/node_modules/vitest/';

/** The layer of a member; apps stand above all packages. @param {Member} member */
export function layerOf({ dir, name }) {
  if (dir.startsWith('apps/')) return layers.length;
  return layers.findIndex((names) =>
    names.some((known) => known === name || (known.endsWith('-') && name.startsWith(known))),
  );
}

/** @param {string} root @returns {Rule[]} */
export function arrowRules(root) {
  const members = readMembers(root);
  return [
    ...repositoryRules(members),
    ...members.flatMap((member) => memberRules(member, members)),
  ];
}

/** Rules that read the same for every member. @param {Member[]} members @returns {Rule[]} */
function repositoryRules(members) {
  const doors = members.flatMap((member) => Object.values(member.doors));
  const pure = `^packages/(${purePackages.join('|')})/src/`;
  const member = '^(packages|apps)/([^/]+)/';
  const otherMember = '^(packages/(?!$2/)|apps/(?!$2/))';
  return [
    rule('no-cycles', { path: member }, { circular: true }),
    rule(
      'pure-without-platform',
      { path: pure, pathNot: [testFile, '^packages/canon/src/platform-node\\.ts$'] },
      { dependencyTypes: ['core'] },
    ),
    rule('by-name', { path: member }, { path: otherMember, dependencyTypesNot: ['aliased'] }),
    rule('front-door', { path: member }, { path: otherMember, pathNot: doors.map(exactly) }),
    rule('sources-without-tests', { path: '/src/', pathNot: testFile }, { path: testFile }),
    rule('resolvable', { path: member }, { couldNotResolve: true }),
    rule('declared', { path: '/src/', pathNot: testFile }, { dependencyTypes: ['npm-no-pkg'] }),
    rule('declared', { path: testFile }, { dependencyTypes: ['npm-no-pkg'], pathNot: testRunner }),
    rule(
      'declared',
      { path: '/src/', pathNot: testFile },
      { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['npm', 'aliased'] },
    ),
  ];
}

/**
 * What one member may import of the others: its sources from lower layers, as far as its
 * dependencies say; its tests from its own layer too, as far as its devDependencies say.
 * @param {Member} member @param {Member[]} members @returns {Rule[]}
 */
function memberRules(member, members) {
  const others = members.filter((other) => other.dir !== member.dir);
  const own = layerOf(member);
  const { dependencies = {}, devDependencies = {} } = member.manifest;
  const inDependencies = (/** @type {Member} */ other) => other.manifest.name in dependencies;
  const inEither = (/** @type {Member} */ other) =>
    inDependencies(other) || other.manifest.name in devDependencies;
  const sources = { path: `^${member.dir}/src/`, pathNot: testFile };
  const tests = { path: [`^${member.dir}/test/`, `^${member.dir}/src/.*\\.test\\.ts$`] };
  /** @type {(name: string, from: Rule['from'], broken: (other: Member) => boolean) => Rule} */
  const forbid = (name, from, broken) =>
    rule(name, from, { path: foldersOf(others.filter(broken)) });
  return [
    forbid('arrows-point-down', sources, (other) => layerOf(other) > own),
    forbid('siblings-apart', sources, (other) => layerOf(other) === own),
    forbid('declared', sources, (other) => !inDependencies(other)),
    forbid('arrows-point-down', tests, (other) => layerOf(other) > own),
    forbid('declared', tests, (other) => !inEither(other)),
  ];
}

/** @param {string} name @param {Rule['from']} from @param {Rule['to']} to @returns {Rule} */
function rule(name, from, to) {
  return { name, severity: 'error', from, to };
}

/** Matches the folders of these members; for none, nothing. @param {Member[]} members */
function foldersOf(members) {
  return members.length === 0 ? '^$' : `^(${members.map(({ dir }) => dir).join('|')})/`;
}

/** @param {string} path */
function exactly(path) {
  return `^${path.replaceAll('.', '\\.')}$`;
}

/**
 * Cruises sources and tests of all members below `root`, each @aos name resolved to its source.
 * A violation reads `rule: from -> to`.
 * @param {string} root @returns {Promise<{ cruised: number, violations: string[] }>}
 */
export async function checkArrows(root) {
  const members = readMembers(root);
  const alias = Object.fromEntries([
    ...members.flatMap(({ doors }) =>
      Object.entries(doors).map(([name, file]) => [`${name}$`, join(root, file)]),
    ),
    ['#platform$', join(root, 'packages/canon/src/platform-node.ts')],
    ...members.map(({ dir, manifest }) => [manifest.name, join(root, dir)]),
  ]);
  const { output } = await cruise(
    members.map(({ dir }) => dir),
    {
      baseDir: root,
      validate: true,
      ruleSet: { forbidden: arrowRules(root) },
      tsPreCompilationDeps: true,
      doNotFollow: { path: 'node_modules' },
      // the systems we are compared with are installed for that alone, and are no members
      exclude: { path: '^(packages|apps)/[^/]+/dist/|^apps/bench/peers/' },
    },
    { alias, exportsFields: ['exports'], conditionNames: ['import', 'types', 'node', 'default'] },
  );
  if (typeof output === 'string') throw new Error('expected the result of a cruise, found text');
  return {
    cruised: output.summary.totalCruised,
    violations: output.summary.violations.map(
      ({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`,
    ),
  };
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const { cruised, violations } = await checkArrows(fileURLToPath(new URL('..', import.meta.url)));
  for (const violation of violations) console.error(violation);
  console.log(`arrows: ${cruised} modules, ${violations.length} violations`);
  process.exitCode = violations.length > 0 ? 1 : 0;
}
