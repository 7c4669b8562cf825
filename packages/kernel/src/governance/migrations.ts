/** Migrations of a definition: which types of states lead to which, by which code. */
import type { CompiledSchema, WorldDefinition } from '@aos/air';
import { bytesEqual, type Hash, parseHashText, toHex } from '@aos/canon';
import { TypeHasher } from '../program/type-hash.js';

/** One step of a path. */
export interface Migration {
  readonly name: string;
  /** Hash of the type that it takes. */
  readonly from: Hash;
  readonly taken: CompiledSchema;
  /** Hash of the type that it gives. */
  readonly to: Hash;
  readonly schema: CompiledSchema;
  readonly module: string;
  readonly wasmHash: Hash;
  /** The module wants a `sys/PureContext@1`. */
  readonly context: boolean;
}

/** By the reducer whose states they are for, and the type that they take, as hex. */
export type Migrations = ReadonlyMap<string, ReadonlyMap<string, Migration>>;

/** Most migrations between two types; no definition has more. */
const MAX_PATH = 16;

export function compileMigrations(definition: WorldDefinition): Migrations {
  const hasher = new TypeHasher();
  const found = new Map<string, Map<string, Migration>>();
  for (const { name } of definition.manifest.migrations ?? []) {
    const migration = definition.find('defmigration', name);
    const module = migration && definition.find('defmodule', migration.module);
    const from = migration && definition.schemas.get(migration.from);
    const schema = migration && definition.schemas.get(migration.to);
    const hash = parseHashText(module?.wasm_hash ?? '');
    if (from === undefined || schema === undefined || !hash.ok) continue;
    if (migration === undefined || module?.module_kind !== 'pure') continue;
    const steps = found.get(migration.reducer) ?? new Map<string, Migration>();
    const key = hasher.hashOf(from.type);
    steps.set(toHex(key), {
      name,
      from: key,
      taken: from,
      to: hasher.hashOf(schema.type),
      schema,
      module: module.name,
      wasmHash: hash.value,
      context: module.abi.pure.context !== undefined,
    });
    found.set(migration.reducer, steps);
  }
  return found;
}

/**
 * The way from a type to the states of a reducer as they are now: of each type one migration leads
 * on. Undefined when there is none.
 */
export function findPath(
  migrations: Migrations,
  reducer: { readonly name: string; readonly to: Hash },
  from: Hash,
): readonly Migration[] | undefined {
  const steps = migrations.get(reducer.name);
  const path: Migration[] = [];
  for (let type = from; !bytesEqual(type, reducer.to); ) {
    const next = steps?.get(toHex(type));
    if (next === undefined || path.length >= MAX_PATH) return undefined;
    path.push(next);
    type = next.to;
  }
  return path;
}
