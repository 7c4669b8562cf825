/** Pure modules: functions that the world runs as WASM. */
import { checkName, type Name, type Schema } from './types.js';

export interface ModuleSpec {
  /** The module is told logical time, journal height and the like with each call. */
  readonly context?: true;
  /** Bound when the world is made if absent. */
  readonly wasmHash?: string;
}

export interface PureSpec<I, O> extends ModuleSpec {
  readonly input: Schema<I>;
  readonly output: Schema<O>;
}

export interface PureModule<I, O> extends PureSpec<I, O> {
  readonly moduleKind: 'pure';
  readonly name: Name;
}

// biome-ignore lint/suspicious/noExplicitAny: shapes are invariant, so nothing else means "any"
export type AnyPure = PureModule<any, any>;
export function definePure<I, O>(name: Name, spec: PureSpec<I, O>): PureModule<I, O> {
  return { ...spec, moduleKind: 'pure', name: checkName(name) };
}
