/** Checks of effects and migrations: that what they name is there and fits. */
import { WASI_PARAMS, WASI_RECEIPT } from '../builtins/wasi-schemas.js';
import type { DefMigration } from '../forms/definitions.js';
import type { DefEffect } from '../forms/effect.js';
import { error, type Finding, pathOf } from '../world/finding.js';
import type { DefinitionIndex, Placed } from './definition-index.js';

/** An effect kind has one definition, whose schemas are there. */
export function checkEffects(index: DefinitionIndex): readonly Finding[] {
  return [...index.effects.values()].flatMap((effect) => {
    if (!index.isListed(effect.value)) return [];
    const { kind, name } = effect.value;
    const first = index.effectsByKind.get(kind);
    const message = `expected one effect of the kind ${kind}, found ${name}`;
    return [
      ...(first === effect
        ? []
        : [error('effect-kind-duplicate', pathOf(effect, '/kind'), message)]),
      ...(['params_schema', 'receipt_schema'] as const).flatMap((field) => {
        const schema = effect.value[field];
        if (index.schemas.has(schema)) return [];
        return [index.missing('schema-not-found', pathOf(effect, `/${field}`), schema)];
      }),
      ...(effect.value.implementation === undefined ? [] : checkProgram(effect, index)),
    ];
  });
}

/** A WASI program has no types of its own: what goes in and comes out has one form. */
function checkProgram(effect: Placed<DefEffect>, index: DefinitionIndex): readonly Finding[] {
  const expected = { params_schema: WASI_PARAMS, receipt_schema: WASI_RECEIPT } as const;
  return (['params_schema', 'receipt_schema'] as const).flatMap((field) => {
    const found = effect.value[field];
    if (!index.schemas.has(found) || !index.types.isOther(found, expected[field])) return [];
    const message = `expected ${expected[field]} or its type for a WASI program, found ${found}`;
    return [error('effect-program-schema', pathOf(effect, `/${field}`), message)];
  });
}

/** A migration's module turns the state it names into the state that its reducer has. */
export function checkMigrations(index: DefinitionIndex): readonly Finding[] {
  return [...index.migrations.values()].flatMap((migration) => [
    ...checkStates(migration, index),
    ...checkModule(migration, index),
  ]);
}

type Migration = Placed<DefMigration>;

function checkStates(migration: Migration, index: DefinitionIndex): readonly Finding[] {
  const { from, to } = migration.value;
  const findings = (['from', 'to'] as const).flatMap((field) => {
    const schema = migration.value[field];
    if (index.schemas.has(schema)) return [];
    return [index.missing('schema-not-found', pathOf(migration, `/${field}`), schema)];
  });
  const reducer = index.reducer(migration.value.reducer);
  if (reducer === undefined) {
    const path = pathOf(migration, '/reducer');
    return [...findings, index.missing('reducer-not-found', path, migration.value.reducer)];
  }
  const { state } = reducer.value.abi.reducer;
  if (index.types.isOther(to, state)) {
    const message = `expected the state of ${migration.value.reducer}, ${state}, found ${to}`;
    findings.push(error('migration-state', pathOf(migration, '/to'), message));
  }
  if (index.types.isSame(from, to)) {
    const message = `expected a state that differs from ${to}, found ${from}`;
    const hint = 'equal types need no migration';
    findings.push(error('migration-state', pathOf(migration, '/from'), message, hint));
  }
  return findings;
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
