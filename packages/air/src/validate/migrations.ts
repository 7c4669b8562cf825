/**
 * Checks of migrations: from every state that one takes, one way leads to the states of now.
 *
 * M1. There is one next step from each type, so the way does not depend on the order of a manifest.
 * M2. Nothing leads on from the present type, so no way is a circle.
 */
import type { DefMigration } from '../forms/definitions.js';
import { error, type Finding, pathOf } from '../world/finding.js';
import type { DefinitionIndex, Placed } from './definition-index.js';

type Migration = Placed<DefMigration>;

/** Most steps from one type of states to the present one: each is a call when a cell is read. */
const MAX_CHAIN = 16;

/** What a migration names is there and fits, and what it gives goes on to the present state. */
export function checkMigrations(index: DefinitionIndex): readonly Finding[] {
  const steps: Steps = new Map();
  for (const migration of index.migrations.values()) {
    const key = placeOf(migration.value.reducer, migration.value.from, index);
    if (!steps.has(key)) steps.set(key, migration);
  }
  return [...index.migrations.values()].flatMap((migration) => [
    ...checkStates(migration, steps, index),
    ...checkNext(migration, steps, index),
    ...checkModule(migration, index),
  ]);
}

/** The first migration from each type of each reducer. */
type Steps = Map<string, Migration>;

function placeOf(reducer: string, schema: string, { types }: DefinitionIndex): string {
  return `${reducer} ${types.identity.ofSchema(schema)}`;
}

function checkStates(
  migration: Migration,
  steps: Steps,
  index: DefinitionIndex,
): readonly Finding[] {
  const { from, to, reducer: name } = migration.value;
  const findings = (['from', 'to'] as const).flatMap((field) => {
    const schema = migration.value[field];
    if (index.schemas.has(schema)) return [];
    return [index.missing('schema-not-found', pathOf(migration, `/${field}`), schema)];
  });
  const reducer = index.reducer(name);
  if (reducer === undefined) {
    return [...findings, index.missing('reducer-not-found', pathOf(migration, '/reducer'), name)];
  }
  const { state } = reducer.value.abi.reducer;
  if (index.types.isSame(from, to) || index.types.isSame(from, state)) {
    const message = `expected a state that differs from ${to} and from ${state}, found ${from}`;
    const hint = 'states of the present type need no migration: take it out of the manifest';
    return [...findings, error('migration-state', pathOf(migration, '/from'), message, hint)];
  }
  return [...findings, ...checkWay(migration, state, steps, index)];
}

/** Follows the migrations from the state that this one gives. */
function checkWay(
  migration: Migration,
  state: string,
  steps: Steps,
  index: DefinitionIndex,
): readonly Finding[] {
  const { reducer } = migration.value;
  let { to } = migration.value;
  for (let length = 1; length <= MAX_CHAIN; length++) {
    if (!index.types.isOther(to, state)) return [];
    const next = steps.get(placeOf(reducer, to, index));
    if (next === undefined) {
      const message = `expected the state of ${reducer}, ${state}, or a way there, found ${to}`;
      return [error('migration-state', pathOf(migration, '/to'), message)];
    }
    to = next.value.to;
  }
  const message = `expected at most ${MAX_CHAIN} migrations to ${state}, found more or a circle`;
  const hint = 'let one lead there at once';
  return [error('migration-chain', pathOf(migration, '/to'), message, hint)];
}

function checkNext(migration: Migration, steps: Steps, index: DefinitionIndex): readonly Finding[] {
  const { reducer, from } = migration.value;
  const first = steps.get(placeOf(reducer, from, index));
  if (first === undefined || first === migration) return [];
  const message = `expected one migration of ${reducer} from ${from}, found two`;
  const hint = `take out this one or ${first.value.name}`;
  return [error('migration-ambiguous', pathOf(migration, '/from'), message, hint)];
}

function checkModule(migration: Migration, index: DefinitionIndex): readonly Finding[] {
  const { types } = index;
  const { from, to, module: name } = migration.value;
  const path = pathOf(migration, '/module');
  const module = index.modules.get(name)?.value;
  if (module === undefined) return [index.missing('module-not-found', path, name)];
  const pure = module.module_kind === 'pure' ? module.abi.pure : undefined;
  const fits =
    pure !== undefined && !types.isOther(pure.input, from) && !types.isOther(pure.output, to);
  if (fits) return [];
  const message = `expected a pure module from ${from} to ${to}, found ${name}`;
  return [error('migration-module', path, message)];
}
