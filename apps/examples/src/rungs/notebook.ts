/** Rung 09: notes become reports, in versions of a workspace and in the catalogue of objects. */
import type { Rung } from '../runner/rung.js';
import { expectEqual, type Stage, tagOf } from '../runner/stage.js';

const NOTEBOOKS = 'demo/Notebook@1';
const NOTED = 'demo/Noted@1';
const FINISH = 'demo/Finish@1';
const WORKSPACE = 'notes';

const ALPHA = ['worlds are journals', 'receipts are signed', 'states are hashed'];
const BETA = ['trees are objects', 'heads are state'];
const MORE = 'reports have versions';

interface NotebookState {
  readonly phase: Readonly<Record<string, null>>;
  readonly report: string | null;
  readonly version: number | null;
}

interface CatalogObject {
  readonly name: string;
  readonly version: number;
  readonly hash: string;
}

export const notebook: Rung = {
  slug: 'notebook',
  title: 'A notebook over workspaces and the catalogue',
  folder: '09-notebook',
  modules: { [NOTEBOOKS]: 'reducer-ts/notebook' },
  lives: 'daemon',
  async play(stage) {
    await note(stage, 'alpha', ALPHA);
    await note(stage, 'beta', BETA);
    // both at once: one of them may find that the head has moved, and tries again
    await Promise.all(['alpha', 'beta'].map((name) => stage.send(FINISH, { notebook: name })));
    await stage.settle();
    const first = await reportOf(stage, 'alpha', ALPHA);
    await reportOf(stage, 'beta', BETA);
    await showWorkspace(stage, ['facts/alpha.json', 'facts/beta.json'], 2);

    await note(stage, 'alpha', [MORE]);
    await stage.send(FINISH, { notebook: 'alpha' });
    await stage.settle();
    const second = await reportOf(stage, 'alpha', [...ALPHA, MORE]);
    await showCatalogue(stage, [first, second]);
    await showFacts(stage);
  },
};

async function note(stage: Stage, name: string, lines: readonly string[]): Promise<void> {
  for (const line of lines) await stage.send(NOTED, { notebook: name, line });
  stage.print(`${name}: noted ${lines.join(', ')}`);
}

/** The report of a notebook, which the world says where to find. */
async function reportOf(stage: Stage, name: string, lines: readonly string[]): Promise<string> {
  const { phase, report, version } = await stage.state<NotebookState>(NOTEBOOKS, name);
  expectEqual(tagOf(phase), 'Kept');
  stage.print(`${name}: reported in version ${version} of the workspace, as ${report}`);
  const expected = `# ${name}\n\n${lines.map((line) => `- ${line}\n`).join('')}`;
  expectEqual(await stage.blobText(report), expected);
  return report ?? '';
}

/** Files and versions, as anybody sees them. */
async function showWorkspace(stage: Stage, facts: readonly string[], head: number): Promise<void> {
  const { entries } = await stage.aos<{ entries: readonly { readonly path: string }[] }>(
    ...['ws', 'ls', WORKSPACE, '--recursive'],
  );
  const paths = entries.map(({ path }) => path);
  stage.print(`aos ws ls ${WORKSPACE} → ${paths.join('  ')}`);
  expectEqual(paths, [...facts, 'reports/alpha.md', 'reports/beta.md']);
  const { versions } = await stage.aos<{
    versions: readonly { readonly version: number; readonly message: string }[];
  }>('ws', 'log', WORKSPACE);
  for (const { version, message } of versions) stage.print(`  v${version}  ${message}`);
  expectEqual(versions[0]?.version, head);
}

/** Each report under its name, with its versions. */
async function showCatalogue(stage: Stage, alpha: readonly string[]): Promise<void> {
  const { objects } = await stage.aos<{ objects: readonly CatalogObject[] }>(
    ...['obj', 'ls', 'reports/', '--versions'],
  );
  const shown = objects.map(({ name, version }) => `${name} v${version}`);
  stage.print(`aos obj ls reports/ --versions → ${shown.join('  ')}`);
  expectEqual(shown, ['reports/alpha v1', 'reports/alpha v2', 'reports/beta v1']);
  expectEqual(
    objects.filter(({ name }) => name === 'reports/alpha').map(({ hash }) => hash),
    alpha,
  );
}

/** What the plan read of its own world through the mount, at the moment when it read it. */
async function showFacts(stage: Stage): Promise<void> {
  const { text } = await stage.aos<{ text: string }>('ws', 'cat', WORKSPACE, 'facts/alpha.json');
  const { phase, lines } = JSON.parse(text) as { phase: object; lines: readonly string[] };
  stage.print(`facts/alpha.json was read from /mem/${NOTEBOOKS}/alpha: ${tagOf(phase)}`);
  expectEqual([tagOf(phase), lines], ['Keeping', [...ALPHA, MORE]]);
}
