/**
 * The programs that drills start in processes of their own, bundled from the sources under test: no
 * build is needed between an edit and a drill, and one file starts faster than hundreds.
 */
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

/** Long, for a machine that has other things to do. */
export const BUNDLING_MS = 120_000;

/** What some dependencies ask for by its old name. */
const REQUIRE =
  "import { createRequire } from 'node:module'; " +
  'const require = createRequire(import.meta.url);';

const ROOT = new URL('../../../../', import.meta.url);
const MEMBERS = new URL('tooling/members.mjs', ROOT).href;

interface Members {
  readMembers(root: string): readonly { readonly doors: Readonly<Record<string, string>> }[];
}

/** Every @aos name is the source of its entry. */
async function fromSources(): Promise<Plugin> {
  const root = fileURLToPath(ROOT);
  const { readMembers }: Members = await import(MEMBERS);
  const doors = new Map(readMembers(root).flatMap((each) => Object.entries(each.doors)));
  doors.set('#platform', 'packages/canon/src/platform-node.ts');
  return {
    name: 'sources',
    setup: ({ onResolve }) => {
      onResolve({ filter: /^(@aos\/|#platform$)/ }, ({ path }) => {
        const door = doors.get(path);
        return door === undefined ? undefined : { path: `${root}${door}` };
      });
    },
  };
}

/** The paths of the bundles. */
export async function bundlePrograms(
  outdir: string,
  programs: readonly URL[],
): Promise<ReadonlyMap<URL, string>> {
  const nameOf = (url: URL) => url.pathname.replace(/^.*\//, '').replace(/\.mjs$/, '');
  await build({
    entryPoints: Object.fromEntries(programs.map((url) => [nameOf(url), fileURLToPath(url)])),
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    banner: { js: REQUIRE },
    logLevel: 'error',
    plugins: [await fromSources()],
  });
  return new Map(programs.map((url) => [url, `${outdir}/${nameOf(url)}.mjs`]));
}
