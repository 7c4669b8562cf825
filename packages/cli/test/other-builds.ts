/** Builds of this command line, bundled from the sources under test; one may be made to differ. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { REPOSITORY } from './shown-commands.js';

interface Members {
  readMembers(root: string): readonly { readonly doors: Readonly<Record<string, string>> }[];
}

/** A text of one source file, and what stands there instead. */
interface SourceChange {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** Compilers are loaded only when they are used; a replay uses none. */
const LAZY = ['assemblyscript', 'assemblyscript/*', 'esbuild'];

/** What some dependencies ask for by its old name. */
const REQUIRE =
  "import { createRequire as requireAt } from 'node:module';" +
  'const require = requireAt(import.meta.url);';

/** Writes a package with a program `aos` into a folder. */
export async function writeBuild(folder: string, change?: SourceChange): Promise<void> {
  await build({
    entryPoints: { 'dist/main': join(REPOSITORY, 'packages/cli/src/main.ts') },
    outdir: folder,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    external: LAZY,
    banner: { js: REQUIRE },
    logLevel: 'error',
    plugins: [await fromSources(), ...(change === undefined ? [] : [changing(change)])],
  });
  const manifest = { name: 'aos', version: '9.9.9', type: 'module', bin: { aos: 'dist/main.js' } };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
}

/** Every @aos name is the source of its entry. */
async function fromSources(): Promise<Plugin> {
  const members = new URL(`file://${REPOSITORY}tooling/members.mjs`).href;
  const { readMembers }: Members = await import(members);
  const doors = new Map(readMembers(REPOSITORY).flatMap((each) => Object.entries(each.doors)));
  doors.set('#platform', 'packages/canon/src/platform-node.ts');
  return {
    name: 'sources',
    setup: ({ onResolve }) => {
      onResolve({ filter: /^(@aos\/|#platform$)/ }, ({ path }) => {
        const door = doors.get(path);
        return door === undefined ? undefined : { path: join(REPOSITORY, door) };
      });
    },
  };
}

function changing({ file, from, to }: SourceChange): Plugin {
  return {
    name: 'changing',
    setup: ({ onLoad }) => {
      onLoad({ filter: /\.ts$/ }, ({ path }) => {
        if (!path.endsWith(file)) return undefined;
        const text = readFileSync(path, 'utf8');
        if (!text.includes(from)) throw new Error(`'${from}' does not stand in ${file}`);
        return { contents: text.replace(from, to), loader: 'ts' };
      });
    },
  };
}
