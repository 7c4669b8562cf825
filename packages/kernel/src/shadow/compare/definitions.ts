/** Which definitions and which wiring change, whatever that does. */
import type { Manifest, WorldDefinition } from '@aos/air';
import type { DefinitionRow } from '../report.js';
import { changeOf, jsonOf, pairsOf, rowsBeyond } from './rows.js';

const SECTIONS = [
  ['schemas', 'defschema'],
  ['modules', 'defmodule'],
  ['plans', 'defplan'],
  ['caps', 'defcap'],
  ['policies', 'defpolicy'],
  ['effects', 'defeffect'],
  ['secrets', 'defsecret'],
  ['migrations', 'defmigration'],
] as const;

const LISTS: readonly (readonly [kind: string, (manifest: Manifest) => readonly unknown[]])[] = [
  ['route', ({ routing }) => routing?.events ?? []],
  ['inbox', ({ routing }) => routing?.inboxes ?? []],
  ['trigger', ({ triggers }) => triggers ?? []],
  ['feature', ({ features }) => features ?? []],
];

export function compareDefinitions(
  { manifest: base }: WorldDefinition,
  { manifest: candidate }: WorldDefinition,
): readonly DefinitionRow[] {
  const named = SECTIONS.flatMap(([section, kind]) =>
    pairsOf(hashes(base[section]), hashes(candidate[section])).map((pair) => ({
      kind,
      name: pair.name,
      change: changeOf(pair),
    })),
  );
  const listed = LISTS.flatMap(([kind, rowsOf]): DefinitionRow[] => {
    const [here, there] = [rowsOf(base), rowsOf(candidate)];
    const added = rowsBeyond(there, here).map((row) => ({ name: jsonOf(row), change: 'added' }));
    const removed = rowsBeyond(here, there).map((row) => ({
      name: jsonOf(row),
      change: 'removed',
    }));
    const isMoved = added.length + removed.length === 0 && jsonOf(here) !== jsonOf(there);
    const moved = isMoved ? [{ name: 'order', change: 'changed' }] : [];
    return [...added, ...removed, ...moved].map((row) => ({ kind, ...row }) as DefinitionRow);
  });
  return [...named, ...listed];
}

function hashes(
  refs: readonly { readonly name: string; readonly hash: string }[] = [],
): ReadonlyMap<string, string> {
  return new Map(refs.map(({ name, hash }) => [name, hash]));
}
