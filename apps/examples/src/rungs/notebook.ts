/** Rung 09: notes become reports, in the versions of a workspace and in the catalogue of objects. */
import type { Rung } from '../runner/rung.js';
import { expectEqual, type Stage, tagOf } from '../runner/stage.js';

const NOTEBOOKS = 'demo/Notebook@1';
const NOTED = 'demo/Noted@1';
const FINISH = 'demo/Finish@1';

const NOTES: Readonly<Record<string, readonly string[]>> = {
  alpha: ['worlds are journals', 'receipts are signed', 'states are hashed'],
  beta: ['trees are objects', 'heads are state'],
};

interface NotebookState {
  readonly phase: Readonly<Record<string, null>>;
  readonly lines: readonly string[];
  readonly tries: number;
  readonly report: string | null;
  readonly version: number | null;
}

interface CatalogObject {
  readonly name: string;
  readonly version: number;
  readonly kind: string;
  readonly hash: string;
}

export const notebook: Rung = {
  slug: 'notebook',
  title: 'A notebook over workspaces and the catalogue',
  folder: '09-notebook',
  modules: { [NOTEBOOKS]: 'reducer-ts/notebook' },
  lives: 'daemon',
  async play(stage) {
    for (const [name, lines] of Object.entries(NOTES)) {
      for (const line of lines) await stage.send(NOTED, { notebook: name, line });
      stage.print(`${name}: ${lines.length} notes`);
    }
    // both at once: one of them may find that the head has moved, and tries again
    await Promise.all(Object.keys(NOTES).map((name) => stage.send(FINISH, { notebook: name })));
    await stage.settle();
    for (const name of Object.keys(NOTES)) await showKept(stage, name);
    expectEqual(await versionsOf(stage, 'alpha'), [1, 1]);
  },
};

/** What the world knows of a notebook, and the report where it says that it is. */
async function showKept(stage: Stage, name: string): Promise<void> {
  const { phase, report, version } = await stage.state<NotebookState>(NOTEBOOKS, name);
  stage.print(`${name} phase=${tagOf(phase)} workspace version=${version}`);
  expectEqual([tagOf(phase), await stage.blobText(report)], ['Kept', reportOf(name)]);
}

async function versionsOf(stage: Stage, _: string): Promise<readonly number[]> {
  const { objects } = await stage.aos<{ objects: readonly CatalogObject[] }>('obj', 'ls');
  return objects.map(({ version }) => version);
}

const reportOf = (name: string) =>
  `# ${name}\n\n${NOTES[name]?.map((line) => `- ${line}\n`).join('')}`;
