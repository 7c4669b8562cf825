/** Migrations of a definition: which types of states lead to which, by which code. */
import type { CompiledSchema, WorldDefinition } from '@aos/air';
import { bytesEqual, type Hash, parseHashText, toHex } from '@aos/canon';
import { TypeHasher } from '../program/type-hash.js';

/** One step of a path. */
export interface Migration {
  readonly name: string;
  /** Hash of the type that it takes. */
  readonly from: Hash;
  /** Hash of the type that it gives. */
  readonly to: Hash;
  readonly schema: CompiledSchema;
  readonly module: string;
  readonly wasmHash: Hash;
  /** The module wants a `sys/PureContext@1`. */
  readonly context: boolean;
}

/** By the reducer whose states they are for, in manifest order. */
export type Migrations = ReadonlyMap<string, readonly Migration[]>;

/** Most migrations between two types. */
const MAX_PATH = 16;

export function compileMigrations(definition: WorldDefinition): Migrations {
  const hasher = new TypeHasher();
  const found = new Map<string, Migration[]>();
  for (const { name } of definition.manifest.migrations ?? []) {
    const migration = definition.find('defmigration', name);
    const module = migration && definition.find('defmodule', migration.module);
    const from = migration && definition.schemas.get(migration.from);
    const schema = migration && definition.schemas.get(migration.to);
    const hash = parseHashText(module?.wasm_hash ?? '');
    if (from === undefined || schema === undefined || !hash.ok) continue;
    if (migration === undefined || module?.module_kind !== 'pure') continue;
    const list = found.get(migration.reducer) ?? [];
    list.push({
      name,
      from: hasher.hashOf(from.type),
      to: hasher.hashOf(schema.type),
      schema,
      module: module.name,
      wasmHash: hash.value,
      context: module.abi.pure.context !== undefined,
    });
    found.set(migration.reducer, list);
  }
  return found;
}

/**
 * The shortest way from a type to the states of a reducer as they are now; of two the one whose
 * migrations stand first in the manifest. Undefined when there is none.
 */
export function findPath(
  migrations: Migrations,
  reducer: { readonly name: string; readonly to: Hash },
  from: Hash,
): readonly Migration[] | undefined {
  const all = migrations.get(reducer.name) ?? [];
  const seen = new Set([toHex(from)]);
  let ends: { readonly type: Hash; readonly path: readonly Migration[] }[] = [
    { type: from, path: [] },
  ];
  for (let length = 0; length <= MAX_PATH && ends.length > 0; length++) {
    const arrived = ends.find(({ type }) => bytesEqual(type, reducer.to));
    if (arrived !== undefined) return arrived.path;
    ends = ends.flatMap(({ type, path }) =>
      all.flatMap((migration) => {
        const key = toHex(migration.to);
        if (!bytesEqual(migration.from, type) || seen.has(key)) return [];
        seen.add(key);
        return [{ type: migration.to, path: [...path, migration] }];
      }),
    );
  }
  return undefined;
}
