/** `aos ws list` and `aos ws log`: workspaces, and what became of one. */
import { type Version, WORKSPACE_REDUCER } from '@aos/adapters-workspace';
import type { JsonValue } from '@aos/air';
import { toHashText } from '@aos/canon';
import type { PlainValue } from '@aos/protocol';
import { type Asked, withAccess } from '../../access/with-access.js';
import type { Answer } from '../../output.js';
import { explained, headsOf, treeOf } from '../../workspaces/world-trees.js';

const PAGE = 100;
const NS_PER_MS = 1_000_000n;

export async function listWorkspaces(path: string): Promise<Answer> {
  return withAccess(path, 'read', async (asked) => {
    const found: ShownVersion[] = [];
    for await (const workspace of namesOf(asked)) {
      const { head, versions } = await headsOf(asked, workspace);
      const latest = versions.get(head ?? 0);
      if (head !== undefined && latest) found.push({ workspace, ...shapeOf(head, latest) });
    }
    return {
      data: { workspaces: found },
      lines: found.map((each) => `${each.workspace}  ${lineOf(each)}`),
    };
  });
}

async function* namesOf(asked: Asked): AsyncGenerator<string> {
  for (let after: PlainValue | undefined; ; ) {
    const page = { reducer: WORKSPACE_REDUCER, limit: PAGE, ...(after ? { after } : {}) };
    const { cells, after: next } = await asked.call('cells.list', page).catch(explained);
    for (const { key } of cells) yield String(key);
    if (next === null) return;
    after = next;
  }
}

export async function showLog(
  path: string,
  workspace: string,
  { limit }: { readonly limit: number },
): Promise<Answer> {
  return withAccess(path, 'read', async (asked) => {
    await treeOf(asked, workspace, undefined);
    const { versions } = await headsOf(asked, workspace);
    const shown = [...versions].reverse().slice(0, limit);
    const found = shown.map(([version, each]) => shapeOf(version, each));
    return { data: { workspace, versions: found }, lines: found.map(lineOf) };
  });
}

interface ShownVersion {
  readonly [field: string]: JsonValue;
  readonly version: number;
  readonly root: string;
  readonly author: string;
  readonly message: string;
  readonly at_ns: bigint;
}

const shapeOf = (version: number, { tree, author, message, at }: Version): ShownVersion => {
  return { version, root: toHashText(tree), author, message, at_ns: BigInt(at) };
};

const SHOWN_DIGITS = 19;

function lineOf({ version, root, author, message, at_ns }: ShownVersion): string {
  const time = new Date(Number(at_ns / NS_PER_MS)).toISOString();
  const said = [author, message].map(oneLine).join('  ');
  return `v${version}  ${root.slice(0, SHOWN_DIGITS)}  ${time}  ${said}`;
}

const oneLine = (text: string) => text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ');
