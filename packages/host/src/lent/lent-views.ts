/**
 * The world looked at like folders: `mem` is what reducers know now, `state` the same in the
 * snapshots that are kept, `policy` the definitions in force.
 *
 * | place | shows |
 * |---|---|
 * | `mem/<namespace>/<reducer>` | its state; with keys a folder of its cells |
 * | `state/<seq>/…` | as `mem`, right after that record |
 * | `policy/manifest`, `policy/<section>/<namespace>/<name>` | as JSON in canonical form |
 */
import { type JsonValue, printJson } from '@aos/air';
import { toHashText, utf8 } from '@aos/canon';
import { type Cell, listCells, readCell, stateSchemaOf, type World } from '@aos/kernel';
import type { DefinitionShape, LentEntry, LentView } from '@aos/protocol';
import { definitionsOf, nodeOf, SECTIONS, shownNode } from '../control/verbs/definitions.js';
import { keyOfName, nameOfKey } from './key-names.js';

export interface Page {
  readonly after?: string;
  readonly limit: number;
}

/** A world that was opened at a snapshot, by the sequence of that. */
export interface PastPort {
  readonly seqs: readonly number[];
  open(seq: number): World | undefined;
}

export function lookAt(
  world: World,
  past: PastPort,
  [mount, ...names]: readonly string[],
  page: Page,
): LentView | undefined {
  if (mount === 'mem') return lookAtReducers(world, names, page);
  if (mount === 'policy') return lookAtDefinitions(world, names, page);
  if (mount !== 'state') return undefined;
  const [seq, ...rest] = names;
  if (seq === undefined) return folderOf(past.seqs.map(String), page);
  const then = past.seqs.map(String).includes(seq) ? past.open(Number(seq)) : undefined;
  return then && lookAtReducers(then, rest, page);
}

function lookAtReducers(world: World, names: readonly string[], page: Page) {
  const { reducers } = world.program.definition;
  const [namespace, name, key, ...more] = names;
  const known = reducers.map((each) => each.name);
  if (namespace === undefined) return folderOf(namespacesOf(known), page);
  if (name === undefined) {
    return folderOf(namesIn(known, namespace), page, (each) => {
      const reducer = reducers.find((one) => one.name === `${namespace}/${each}`);
      return reducer?.keySchema === undefined ? 'file' : 'directory';
    });
  }
  const index = known.indexOf(`${namespace}/${name}`);
  const [reducer, table] = [reducers[index], world.cells[index]];
  if (reducer === undefined || table === undefined || more.length > 0) return undefined;
  const { keySchema } = reducer;
  if (keySchema === undefined) {
    return key === undefined ? stateOf(world, reducer.name, readCell(table, null)) : undefined;
  }
  if (key !== undefined) {
    const canonical = keyOfName(key, keySchema);
    return canonical && stateOf(world, reducer.name, readCell(table, canonical));
  }
  const after = page.after === undefined ? undefined : keyOfName(page.after, keySchema);
  const limit = page.limit + 1;
  const cells = listCells(table, after === undefined ? { limit } : { limit, after });
  return filesOf(
    cells.flatMap((cell) => (cell.key === null ? [] : nameOfKey(cell.key))),
    page,
  );
}

function stateOf(world: World, reducer: string, cell: Cell | null): LentView | undefined {
  if (cell === null) return undefined;
  const json = stateSchemaOf(world, reducer, cell)?.schema.toJson(cell.state);
  return json?.ok === true ? fileOf(json.value) : undefined;
}

function lookAtDefinitions(world: World, names: readonly string[], page: Page) {
  const [section, namespace, name, ...more] = names;
  if (section === undefined) {
    const sections = ['manifest', ...SECTIONS.map(([each]) => each)].sort();
    return folderOf(sections, page, (each) => (each === 'manifest' ? 'file' : 'directory'));
  }
  if (section === 'manifest') return namespace === undefined ? manifestOf(world) : undefined;
  const kind = SECTIONS.find(([each]) => each === section)?.[1];
  if (kind === undefined || more.length > 0) return undefined;
  const all = definitionsOf(world).filter((each) => each.kind === kind);
  const known = all.map((each) => each.name);
  if (namespace === undefined) return folderOf(namespacesOf(known), page);
  if (name === undefined) return folderOf(namesIn(known, namespace), page, () => 'file');
  const found = all.find((each) => each.name === `${namespace}/${name}`);
  return found && definitionOf(world, found);
}

function manifestOf({ program: { definition } }: World): LentView {
  const { manifestHash, nodes } = definition;
  return fileOf(shownNode(nodes.get(toHashText(manifestHash))) as JsonValue);
}

const definitionOf = (world: World, found: DefinitionShape): LentView =>
  fileOf(nodeOf(world, found) as JsonValue);

function fileOf(json: JsonValue): LentView {
  return { kind: 'file', bytes: utf8(`${printJson(json, { indent: 2 })}\n`) };
}

const namespacesOf = (names: readonly string[]): readonly string[] =>
  [...new Set(names.map((name) => name.slice(0, name.indexOf('/'))))].sort();

const namesIn = (names: readonly string[], namespace: string): readonly string[] =>
  names.flatMap((name) => {
    return name.startsWith(`${namespace}/`) ? [name.slice(namespace.length + 1)] : [];
  });

/** Names in the order in which they are given. Nothing is there where there are none. */
function folderOf(
  names: readonly string[],
  { after, limit }: Page,
  kindOf: (name: string) => LentEntry['kind'] = () => 'directory',
): LentView | undefined {
  if (names.length === 0) return undefined;
  const rest = after === undefined ? names : names.slice(names.indexOf(after) + 1);
  const entries = rest.slice(0, limit).map((name) => ({ name, kind: kindOf(name) }));
  return { kind: 'directory', entries, hasMore: rest.length > limit };
}

/** Cells come from their table a page and one more at a time. */
function filesOf(names: readonly string[], { limit }: Page): LentView {
  const entries = names.slice(0, limit).map((name) => ({ name, kind: 'file' as const }));
  return { kind: 'directory', entries, hasMore: names.length > limit };
}
