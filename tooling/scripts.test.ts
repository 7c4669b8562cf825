import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readMembers } from './members.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const text = (path: string) => readFileSync(join(root, path), 'utf8');
const json = (path: string) => JSON.parse(text(path));
const dirs = readMembers(root).map(({ dir }) => dir);
const exact = /^\d+\.\d+\.\d+(-[\w.]+)?$/;

describe('the root manifest', () => {
  const { scripts, devDependencies, packageManager } = json('package.json');

  it('has every command of the project', () => {
    const commands = ['start', 'test', 'verify', 'build', 'aos', 'ladder', 'bench', 'conformance'];
    expect(Object.keys(scripts)).toEqual(
      expect.arrayContaining([
        ...commands,
        'test:browser',
        'test:terminal',
        'drills',
        'sim',
        'matrix',
      ]),
    );
  });

  it('runs scripts that exist', () => {
    const scriptFiles = Object.values<string>(scripts).flatMap((script) =>
      [...script.matchAll(/tooling\/[\w-]+\.mjs/g)].map(([path]) => path),
    );
    expect(scriptFiles.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('takes its tools from the catalog and pins the package manager', () => {
    const versions = new Set(Object.values<string>(devDependencies));
    expect([...versions]).toEqual(['catalog:']);
    expect(packageManager).toMatch(/^pnpm@\d+\.\d+\.\d+$/);
  });
});

describe('the workspace', () => {
  it('pins exact versions', () => {
    const catalog = text('pnpm-workspace.yaml').split('\ncatalog:\n')[1] ?? '';
    const entries = [...catalog.matchAll(/^ {2}'?([^':]+)'?: (.*)$/gm)];
    expect(entries.length).toBeGreaterThan(10);
    expect(entries.filter(([, , version]) => !exact.test(version ?? ''))).toEqual([]);
  });

  it('builds every member, in one program each', () => {
    const references = json('tsconfig.build.json').references as { path: string }[];
    expect(references.map(({ path }) => path).sort()).toEqual([...dirs].sort());
  });

  it.each(dirs)('%s refers to the members it depends on', (dir) => {
    const { dependencies = {} } = json(`${dir}/package.json`);
    const own = Object.keys(dependencies).filter((name) => name.startsWith('@aos/'));
    const references = json(`${dir}/tsconfig.json`).references as { path: string }[];
    const names = references.map(({ path }) => json(join(dir, path, 'package.json')).name);
    expect(names.sort()).toEqual(own.sort());
  });

  it('has an executable for continuous integration', () => {
    expect(statSync(join(root, '.ci/run')).mode & 0o111).not.toBe(0);
  });
});
