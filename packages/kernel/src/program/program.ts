/**
 * A definition made ready to run, once, when it comes into force.
 *
 * 1. A function of the definition alone; nothing of it is state.
 * 2. What a step needs for each event it finds here by one look-up.
 */
import {
  builtinSchema,
  type CompiledSchema,
  compileSchemas,
  type DefSchema,
  type WorldDefinition,
} from '@aos/air';
import { assert } from '@aos/canon';
import { compileGate, type Gate } from '../gate/gate.js';
import { compilePlans, type Plans } from '../plans/compile.js';
import { compileReducers, type ReducerProgram } from './reducer-program.js';
import { compileRoutes, type EventRoute, type Routes } from './routes.js';
import { TypeHasher } from './type-hash.js';

export interface Program {
  readonly definition: WorldDefinition;
  /** In manifest order. */
  readonly reducers: readonly ReducerProgram[];
  readonly reducersByName: ReadonlyMap<string, ReducerProgram>;
  readonly routes: Routes;
  /** The reducer behind each inbox, by the name of its source. */
  readonly inboxes: ReadonlyMap<string, ReducerProgram>;
  /** What every receipt that is not ok carries. */
  readonly effectError: CompiledSchema;
  readonly gate: Gate;
  readonly plans: Plans;
}

export function compileProgram(definition: WorldDefinition): Program {
  const reducers = compileReducers(definition, new TypeHasher());
  const reducersByName = new Map(reducers.map((each) => [each.definition.name, each]));
  const inboxes = (definition.manifest.routing?.inboxes ?? []).flatMap(({ source, reducer }) => {
    const target = reducersByName.get(reducer);
    return target === undefined ? [] : [[source, target] as const];
  });
  return {
    definition,
    reducers,
    reducersByName,
    routes: compileRoutes(definition, reducers),
    inboxes: new Map(inboxes),
    effectError: compileEffectError(),
    gate: compileGate(definition),
    plans: compilePlans(definition),
  };
}

const NO_ROUTES: readonly EventRoute[] = [];

/** Where an event of this schema goes, in manifest order; empty where no route mentions it. */
export function routesOf(program: Program, schema: string): readonly EventRoute[] {
  return program.routes.get(schema) ?? NO_ROUTES;
}

const EFFECT_ERROR = 'sys/EffectError@1';

function compileEffectError(): CompiledSchema {
  const type = builtinSchema(EFFECT_ERROR)?.type ?? {
    record: { code: { text: {} }, message: { text: {} } },
  };
  const schema: DefSchema = { $kind: 'defschema', name: EFFECT_ERROR, type };
  const compiled = compileSchemas([schema]);
  const found = compiled.ok ? compiled.value.get(EFFECT_ERROR) : undefined;
  assert(found !== undefined, 'the catalogue has sound types');
  return found;
}
