/**
 * Which states another definition could not read, and what of the one in force could lead them
 * there: for whoever makes a patch that leads back.
 */
import type { WorldDefinition } from '@aos/air';
import { bytesEqual, type Hash, toHashText } from '@aos/canon';
import { compileProgram } from '../program/program.js';
import { TypeHasher } from '../program/type-hash.js';
import type { World } from '../world/world.js';
import { findStranded } from './moved-cells.js';

/** States of a reducer that need a migration. */
export interface MissingMigration {
  readonly reducer: string;
  /** The schema in force that they are of; undefined where none of them is theirs any more. */
  readonly from: string | undefined;
  /** The hash of their type, as text. */
  readonly fromType: string;
  /** The schema of states in the other definition. */
  readonly to: string;
  /** A pure module in force that takes the one and gives the other. */
  readonly module: string | undefined;
}

/** What is missing to apply a definition to a world. Throws ObjectsNeeded. */
export function findMissingMigrations(
  world: World,
  definition: WorldDefinition,
): readonly MissingMigration[] {
  const present = world.program.definition;
  const hasher = new TypeHasher();
  const isOf = (schema: string, type: Hash): boolean => {
    const found = present.schemas.get(schema);
    return found !== undefined && bytesEqual(hasher.hashOf(found.type), type);
  };
  return findStranded(world, compileProgram(definition)).map(({ reducer, from, to }) => {
    const own = stateOf(present, reducer);
    const names = own === undefined ? [] : [own];
    const schema = [...names, ...present.schemas.keys()].find((name) => isOf(name, from));
    const modules = present.manifest.modules ?? [];
    const module = modules.find(({ name }) => {
      const node = present.find('defmodule', name);
      if (node?.module_kind !== 'pure') return false;
      const { input, output } = node.abi.pure;
      return isOf(input, from) && isOf(output, to);
    });
    return {
      reducer,
      from: schema,
      fromType: toHashText(from),
      to: stateOf(definition, reducer) ?? toHashText(to),
      module: module?.name,
    };
  });
}

/** The schema of a reducer's states. */
function stateOf(definition: WorldDefinition, reducer: string): string | undefined {
  const node = definition.find('defmodule', reducer);
  return node?.module_kind === 'reducer' ? node.abi.reducer.state : undefined;
}
