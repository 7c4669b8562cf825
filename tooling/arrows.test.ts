import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { checkArrows, layerOf } from './arrows.mjs';
import { readMembers } from './members.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const scratch = join(root, 'node_modules/.cache');
const trees: string[] = [];

afterEach(() => {
  for (const tree of trees.splice(0)) rmSync(tree, { recursive: true });
});

/** A small workspace whose arrows all point down; each case below breaks one. */
const soundTree: Record<string, string> = {
  'packages/canon/package.json': manifest('canon', []),
  'packages/canon/src/index.ts': "export { bytes } from './bytes.js';",
  'packages/canon/src/bytes.ts': 'export const bytes = 1;',
  'packages/canon/src/platform-node.ts': "import { createHash } from 'node:crypto'; createHash;",
  'packages/air/package.json': manifest('air', ['canon']),
  'packages/air/src/index.ts': "import { bytes } from '@aos/canon'; export const air = bytes;",
  'packages/protocol/package.json': manifest('protocol', ['canon', 'air']),
  'packages/protocol/src/index.ts': "import type { air } from '@aos/air'; export type P = air;",
  'packages/kernel/package.json': manifest('kernel', ['canon', 'protocol']),
  'packages/kernel/src/index.ts': "export type { P } from '@aos/protocol';",
  'packages/store/package.json': manifest('store', ['protocol']),
  'packages/store/src/index.ts':
    "import { open } from 'node:fs'; import type { P } from '@aos/protocol'; open as P;",
  'packages/wasm/package.json': manifest('wasm', ['protocol'], ['store']),
  'packages/wasm/src/index.ts': 'export const engine = 1;',
  'packages/wasm/src/engine.test.ts': "import '@aos/store';",
  'packages/host/package.json': manifest('host', ['kernel']),
  'packages/host/src/index.ts': "import '@aos/kernel';",
  'apps/demo/package.json': manifest('demo', ['host', 'store']),
  'apps/demo/src/main.ts': "import '@aos/host'; import '@aos/store';",
};

function manifest(name: string, dependencies: string[], devDependencies: string[] = []): string {
  const listed = (names: string[]) =>
    Object.fromEntries(names.map((other) => [`@aos/${other}`, 'workspace:^']));
  return JSON.stringify({
    name: `@aos/${name}`,
    type: 'module',
    exports: { '.': { default: './dist/index.js' } },
    dependencies: listed(dependencies),
    devDependencies: listed(devDependencies),
  });
}

/** Violations of the sound tree with these files put over it. */
async function violationsWith(files: Record<string, string>): Promise<string[]> {
  mkdirSync(scratch, { recursive: true });
  const tree = mkdtempSync(join(scratch, 'arrows-'));
  trees.push(tree);
  for (const [path, text] of Object.entries({ ...soundTree, ...files })) {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), text);
  }
  return (await checkArrows(tree)).violations;
}

describe('arrows', () => {
  it('all point down in this repository', async () => {
    const { cruised, violations } = await checkArrows(root);
    expect(violations).toEqual([]);
    expect(cruised).toBeGreaterThan(50);
  });

  it('have a layer for every package', () => {
    const strays = readMembers(root).filter((member) => layerOf(member) === -1);
    expect(strays.map(({ dir }) => dir)).toEqual([]);
  });

  it('are all found sound in a tree that breaks none', async () => {
    expect(await violationsWith({})).toEqual([]);
  });

  const kernel = 'packages/kernel/src/index.ts';
  const broken: [name: string, files: Record<string, string>, expected: string[]][] = [
    [
      'a sibling, even when it is declared',
      {
        [kernel]: "import '@aos/store';",
        'packages/kernel/package.json': manifest('kernel', ['store']),
      },
      [`siblings-apart: ${kernel} -> packages/store/src/index.ts`],
    ],
    [
      'a higher layer, in a type only',
      {
        'packages/air/src/index.ts': "import type { P } from '@aos/protocol'; export type Q = P;",
        'packages/air/package.json': manifest('air', ['canon', 'protocol']),
        'packages/protocol/src/index.ts': 'export type P = 1;',
      },
      ['arrows-point-down: packages/air/src/index.ts -> packages/protocol/src/index.ts'],
    ],
    [
      'an app',
      {
        'packages/host/src/index.ts': "import '../../../apps/demo/src/main.js';",
        'apps/demo/src/main.ts': 'export {};',
      },
      [
        'arrows-point-down: packages/host/src/index.ts -> apps/demo/src/main.ts',
        'by-name: packages/host/src/index.ts -> apps/demo/src/main.ts',
        'declared: packages/host/src/index.ts -> apps/demo/src/main.ts',
        'front-door: packages/host/src/index.ts -> apps/demo/src/main.ts',
      ],
    ],
    [
      'a lower layer that is not among the dependencies',
      { [kernel]: "import '@aos/air';" },
      [`declared: ${kernel} -> packages/air/src/index.ts`],
    ],
    [
      'a platform module from a pure package',
      { [kernel]: "import { readFileSync } from 'node:fs'; readFileSync;" },
      [`pure-without-platform: ${kernel} -> fs`],
    ],
    [
      'a file behind the index of another package',
      { [kernel]: "import '@aos/canon/src/bytes.js';" },
      [`front-door: ${kernel} -> packages/canon/src/bytes.ts`],
    ],
    [
      'another package by its path',
      { [kernel]: "import '../../canon/src/index.js';" },
      [`by-name: ${kernel} -> packages/canon/src/index.ts`],
    ],
    [
      'a development dependency from a source',
      {
        [kernel]: "import 'vitest';",
        'packages/kernel/package.json': JSON.stringify({
          name: '@aos/kernel',
          devDependencies: { vitest: 'catalog:' },
        }),
        'packages/host/src/index.ts': 'export {};',
      },
      [expect.stringMatching(`^declared: ${kernel} -> .*vitest`)],
    ],
    [
      'a dependency that no manifest names',
      { [kernel]: "import 'vitest';" },
      [expect.stringMatching(`^declared: ${kernel} -> .*vitest`)],
    ],
    [
      'a module that does not exist',
      { [kernel]: "import './gone.js';" },
      [`resolvable: ${kernel} -> ./gone.js`],
    ],
    [
      'each other in a circle',
      {
        'packages/canon/src/bytes.ts': "import './text.js'; export const bytes = 1;",
        'packages/canon/src/text.ts': "import './bytes.js';",
      },
      ['no-cycles: packages/canon/src/bytes.ts -> packages/canon/src/text.ts'],
    ],
    [
      'a test from a source',
      { [kernel]: "import './law.test.js';", 'packages/kernel/src/law.test.ts': 'export {};' },
      [`sources-without-tests: ${kernel} -> packages/kernel/src/law.test.ts`],
    ],
    [
      'a sibling from a test that does not declare it',
      { 'packages/kernel/test/whole.test.ts': "import '@aos/store';" },
      ['declared: packages/kernel/test/whole.test.ts -> packages/store/src/index.ts'],
    ],
    [
      'a higher layer from a test that does declare it',
      {
        'packages/kernel/package.json': manifest('kernel', ['canon', 'protocol'], ['host']),
        'packages/kernel/src/whole.test.ts': "import '@aos/host';",
        'packages/host/src/index.ts': 'export {};',
      },
      ['arrows-point-down: packages/kernel/src/whole.test.ts -> packages/host/src/index.ts'],
    ],
  ];

  it.each(broken)('may not lead to %s', async (_, files, expected) => {
    expect((await violationsWith(files)).sort()).toEqual(expected);
  });
});
