// The house rules about what stands around the code of a package: manifest, README, licence.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest, Member } from './members.mjs';
import { firstExample } from './readme-examples.mjs';

/** Answers with what is missing or wrong. */
export type PackageRule = (root: string, member: Member) => string[];

const isLibrary = ({ dir }: Member) => dir.startsWith('packages/');

const manifestShape: PackageRule = (_root, member) => {
  const { manifest, dir } = member;
  const expected: [what: string, holds: boolean][] = [
    ['license Apache-2.0', manifest.license === 'Apache-2.0'],
    ['type module', manifest.type === 'module'],
    ['engines.node >=20.19', manifest.engines?.node === '>=20.19'],
    ['a build script', manifest.scripts?.build !== undefined],
  ];
  if (isLibrary(member)) {
    const files = manifest.files ?? [];
    expected.push(
      ['exports, types first', typesComeFirst(manifest)],
      ['files dist, README.md, LICENSE', ['dist', 'README.md', 'LICENSE'].every(isIn(files))],
      [`repository.directory ${dir}`, manifest.repository?.directory === dir],
      ['sideEffects false', manifest.sideEffects === false],
    );
  } else {
    expected.push(['private', manifest.private === true]);
  }
  return expected.filter(([, holds]) => !holds).map(([what]) => `package.json: expected ${what}`);
};

const isIn = (names: readonly string[]) => (name: string) => names.includes(name);

function typesComeFirst({ exports = {} }: Manifest): boolean {
  const entries = Object.values(exports).filter((target) => typeof target !== 'string');
  return (
    entries.length > 0 && entries.every((entry) => Object.keys(entry).join() === 'types,default')
  );
}

/** Versions live in the catalog, members in the workspace: a manifest names neither. */
const specifiers: PackageRule = (_root, { manifest }) =>
  Object.entries({
    ...manifest.dependencies,
    ...manifest.devDependencies,
    ...manifest.peerDependencies,
    ...manifest.optionalDependencies,
  })
    .filter(
      ([name, version]) => version !== (name.startsWith('@aos/') ? 'workspace:^' : 'catalog:'),
    )
    .map(([name, version]) => `package.json: ${name} as ${version}`);

const readme: PackageRule = (root, member) => {
  if (!isLibrary(member)) return [];
  const path = join(root, member.dir, 'README.md');
  if (!existsSync(path)) return ['README.md is missing'];
  const text = readFileSync(path, 'utf8');
  const found = Object.keys(member.manifest.dependencies ?? {})
    .filter((name) => !text.includes(name) && !names(text, name.replace('@aos/', '')))
    .map((name) => `README.md: says nothing of its dependency ${name}`);
  if (firstExample(text) === undefined) found.push('README.md: no example');
  if (!/what is deliberately not here/i.test(text)) {
    found.push('README.md: no "What is deliberately not here"');
  }
  return found;
};

/** As a word of its own. */
const names = (text: string, word: string) =>
  new RegExp(`(^|[^\\w-])${word}($|[^\\w-])`).test(text);

const license: PackageRule = (root, member) => {
  if (!isLibrary(member)) return [];
  const path = join(root, member.dir, 'LICENSE');
  const expected = readFileSync(join(root, 'LICENSE'), 'utf8');
  const found = existsSync(path) && readFileSync(path, 'utf8') === expected;
  return found ? [] : ['LICENSE: expected the text of the root'];
};

export const packageRules: Readonly<Record<string, PackageRule>> = {
  'manifests have one shape': manifestShape,
  'manifests name no versions': specifiers,
  'a README says duty, example and dependencies': readme,
  'the licence goes along': license,
};
