/**
 * A definition made ready to run, once, when it comes into force.
 *
 * 1. A function of the definition alone; nothing of it is state.
 * 2. What a step needs for each event it finds here by one look-up.
 */
import { type CompiledSchema, EFFECT_ERROR, type WorldDefinition } from '@aos/air';
import { assert } from '@aos/canon';
import { compileGate, type Gate } from '../gate/gate.js';
import { compileMigrations, type Migrations } from '../governance/migrations.js';
import { compilePlans, type Plans } from '../plans/compile/compile.js';
import { compileReducers, type ReducerProgram } from './reducer-program.js';
import { compileReserved, type ReservedEvents } from './reserved-events.js';
import { compileRoutes, type EventRoute, type Routes } from './routes.js';
import { SchemaHashes } from './schema-hashes.js';

export interface Program {
  readonly definition: WorldDefinition;
  /** In manifest order. */
  readonly reducers: readonly ReducerProgram[];
  readonly reducersByName: ReadonlyMap<string, ReducerProgram>;
  readonly routes: Routes;
  readonly reserved: ReservedEvents;
  /** What every receipt that is not ok carries. */
  readonly effectError: CompiledSchema;
  readonly gate: Gate;
  readonly plans: Plans;
  readonly migrations: Migrations;
  readonly types: SchemaHashes;
}

export function compileProgram(definition: WorldDefinition): Program {
  const reducers = compileReducers(definition);
  const gate = compileGate(definition);
  const effectError = definition.schemas.get(EFFECT_ERROR);
  assert(effectError !== undefined, 'a definition has the schemas of the catalogue that all need');
  return {
    definition,
    reducers,
    reducersByName: new Map(reducers.map((each) => [each.definition.name, each])),
    routes: compileRoutes(definition, reducers),
    reserved: compileReserved(definition, gate.effects.keys()),
    effectError,
    gate,
    plans: compilePlans(definition),
    migrations: compileMigrations(definition),
    types: new SchemaHashes(definition),
  };
}

/** The reducer behind an inbox. */
export interface InboxTarget {
  readonly reducer: ReducerProgram;
  /** How it takes the schema that was asked about; undefined when it does not. */
  readonly member: { readonly wrap?: string } | undefined;
}

/** Where events of a schema go from a named source; undefined when there is no such inbox. */
export function inboxOf(
  { definition, reducers }: Program,
  source: string,
  schema: string,
): InboxTarget | undefined {
  const inbox = definition.inboxOf(source);
  const reducer = inbox && reducers[inbox.reducer];
  return reducer && { reducer, member: inbox.wrapOf(schema) };
}

const NO_ROUTES: readonly EventRoute[] = [];

/** Where an event of this schema goes, in manifest order; empty where no route mentions it. */
export function routesOf(program: Program, schema: string): readonly EventRoute[] {
  return program.routes.get(schema) ?? NO_ROUTES;
}
