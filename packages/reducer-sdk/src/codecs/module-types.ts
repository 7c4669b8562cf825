/** The definitions that the source of a module is written against, and where they come from. */
import type { DefEffect, DefModule, DefSchema, WorldDefinition } from '@aos/air';
import { decode, ok, type Result, refuse, type Value } from '@aos/canon';

export interface ModuleTypes {
  readonly module: DefModule;
  /** The schemas that the world declares; built-in ones need not be among them. */
  readonly schemas: readonly DefSchema[];
  /** The effects it declares; for other kinds the built-in parameters are taken. */
  readonly effects?: readonly DefEffect[];
}

/** What a module of this world is written against. Code: `module-not-found`. */
export function moduleTypes(world: WorldDefinition, module: string): Result<ModuleTypes> {
  const definitions = [...world.nodes.values()].map(readNode);
  const found = definitions.find(({ $kind, name }) => $kind === 'defmodule' && name === module);
  if (found === undefined)
    return refuse('module-not-found', module, 'the world has no such module');
  return ok({
    module: found as unknown as DefModule,
    schemas: definitions.filter(({ $kind }) => $kind === 'defschema') as unknown as DefSchema[],
    effects: definitions.filter(({ $kind }) => $kind === 'defeffect') as unknown as DefEffect[],
  });
}

interface AnyDefinition {
  readonly $kind: unknown;
  readonly name: unknown;
}

/** The nodes of a world were checked when it was made: these are definitions. */
function readNode(bytes: Uint8Array): AnyDefinition {
  const value = decode(bytes);
  return (value.ok ? toPlain(value.value) : {}) as AnyDefinition;
}

/** Definitions hold nothing but text, numbers, booleans, lists, and maps from text. */
function toPlain(value: Value): unknown {
  if (Array.isArray(value)) return value.map(toPlain);
  if (!(value instanceof Map)) return value;
  const object: Record<string, unknown> = Object.create(null);
  for (const [key, inner] of value) object[key as string] = toPlain(inner);
  return object;
}
