/** Which reducers of the catalogue this kernel runs natively. */
import { builtin } from '@aos/air';
import type { NativeReducer } from './native-reducer.js';
import { objectCatalog } from './object-catalog.js';
import { workspace } from './workspace.js';

const NATIVES: ReadonlyMap<string, NativeReducer> = new Map([
  ['sys/ObjectCatalog@1', objectCatalog],
  ['sys/Workspace@1', workspace],
]);

/** The native reducer of a name; undefined for one that is a module. */
export function nativeReducer(name: string): NativeReducer | undefined {
  return NATIVES.get(name);
}

/** Whether a reducer of the catalogue has neither a module nor a function in this kernel. */
export function lacksNative(name: string): boolean {
  return builtin('defmodule', name)?.module_kind === 'reducer' && !NATIVES.has(name);
}
