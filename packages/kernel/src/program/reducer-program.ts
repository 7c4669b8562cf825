/** A reducer as steps call it. */
import type { ReducerDefinition, WorldDefinition } from '@aos/air';
import type { Hash } from '@aos/canon';
import type { TypeHasher } from './type-hash.js';

/** How a schema becomes an event of a family: as it is, or as the value of an arm. */
export interface Member {
  /** Tag of the arm. */
  readonly wrap?: string;
}

export interface ReducerProgram {
  /** Place among the reducers of the manifest, and of its cells in the world. */
  readonly index: number;
  readonly definition: ReducerDefinition;
  /** Hash of the type of its states. */
  readonly stateSchema: Hash;
  /** Schemas that its family takes: the family itself and its members. */
  readonly members: ReadonlyMap<string, Member>;
}

export function compileReducers(
  definition: WorldDefinition,
  hasher: TypeHasher,
): readonly ReducerProgram[] {
  return definition.reducers.map((reducer, index) => ({
    index,
    definition: reducer,
    stateSchema: hasher.hashOf(reducer.state.type),
    members: membersOf(reducer.event.name, definition),
  }));
}

function membersOf(family: string, definition: WorldDefinition): ReadonlyMap<string, Member> {
  const members = new Map<string, Member>([[family, {}]]);
  const type = definition.find('defschema', family)?.type;
  if (type === undefined) return members;
  if ('ref' in type) return members.set(type.ref, {});
  if (!('variant' in type)) return members;
  for (const [tag, arm] of Object.entries(type.variant)) {
    if ('ref' in arm) members.set(arm.ref, { wrap: tag });
  }
  return members;
}
