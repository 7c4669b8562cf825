/** A reducer as steps call it. */
import type { ReducerDefinition, WorldDefinition } from '@aos/air';
import type { Hash } from '@aos/canon';
import type { NativeReducer } from '../reducers/native/native-reducer.js';
import { nativeReducer } from '../reducers/native/natives.js';
import { TypeHasher } from './type-hash.js';

export interface ReducerProgram {
  /** Place among the reducers of the manifest, and of its cells in the world. */
  readonly index: number;
  readonly definition: ReducerDefinition;
  /** Hash of the type of its states. */
  readonly stateSchema: Hash;
  /** Hash of the type of its keys; null for a reducer without. */
  readonly keyType: Hash | null;
  /** Present for a reducer of the catalogue, which has no module. */
  readonly native?: NativeReducer | undefined;
}

export function compileReducers(definition: WorldDefinition): readonly ReducerProgram[] {
  const hasher = new TypeHasher();
  return definition.reducers.map((reducer, index) => ({
    index,
    definition: reducer,
    stateSchema: hasher.hashOf(reducer.state.type),
    keyType: reducer.keySchema === undefined ? null : hasher.hashOf(reducer.keySchema.type),
    native: nativeReducer(reducer.name),
  }));
}
