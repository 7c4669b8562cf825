// What the workspace consists of, read from the manifests of its members.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {object} Manifest
 * @property {string} name
 * @property {boolean} [private]
 * @property {string} [type]
 * @property {string} [license]
 * @property {{ node?: string }} [engines]
 * @property {string[]} [files]
 * @property {Record<string, string | Record<string, string>>} [exports]
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [devDependencies]
 * @property {Record<string, string>} [peerDependencies]
 * @property {Record<string, string>} [optionalDependencies]
 * @property {Record<string, string>} [scripts]
 * @property {{ directory?: string }} [repository]
 * @property {boolean} [sideEffects]
 */
/**
 * @typedef {object} Member
 * @property {string} dir       relative to the root, `packages/canon`
 * @property {string} name      of its folder, `canon`
 * @property {Manifest} manifest
 * @property {Record<string, string>} doors  importable name → source file, relative to the root
 */

/** All members, in the order of their folders. @param {string} root @returns {Member[]} */
export function readMembers(root) {
  return ['packages', 'apps'].flatMap((group) => {
    const folder = join(root, group);
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .filter((name) => existsSync(join(folder, name, 'package.json')))
      .map((name) => {
        const dir = `${group}/${name}`;
        const manifest = JSON.parse(readFileSync(join(folder, name, 'package.json'), 'utf8'));
        return { dir, name, manifest, doors: doorsOf(dir, manifest) };
      });
  });
}

/**
 * Every exported JavaScript entry, as the source it is built from.
 * @param {string} dir @param {Manifest} manifest
 */
function doorsOf(dir, manifest) {
  /** @type {Record<string, string>} */
  const doors = {};
  for (const [subpath, target] of Object.entries(manifest.exports ?? {})) {
    const built = typeof target === 'string' ? target : target.default;
    if (!built?.endsWith('.js')) continue;
    const source = built.replace(/^\.\/dist\//, 'src/').replace(/\.js$/, '.ts');
    doors[`${manifest.name}${subpath.slice(1)}`] = `${dir}/${source}`;
  }
  return doors;
}
