import { builtin, PURE_CONTEXT, REDUCER_CONTEXT } from '../builtins/catalogue.js';
import { type DefModule, ZERO_HASH_TEXT } from '../forms/module.js';
import type { Placed } from '../validate/definition-index.js';
import type { TypeLookup } from '../values/compile.js';
import { error, type Finding, pathOf, warning } from './finding.js';
import { membersOf } from './routing.js';

/** Checks that a module's ABI names schemas of this world and that its events form a family. */
export function checkModule(module: Placed<DefModule>, typeOf: TypeLookup): Finding[] {
  const findings = abiSchemas(module.value).flatMap(([at, name]) => {
    if (typeOf(name) !== undefined) return [];
    const message = `expected a schema of this world, found ${name}`;
    const hint = `add ${name} to the schemas of the manifest`;
    return [error('schema-not-found', pathOf(module, at), message, hint)];
  });
  return [
    ...findings,
    ...checkContext(module),
    ...checkFamily(module, typeOf),
    ...checkWasm(module),
  ];
}

/** Every schema that a module names, with the pointer to where. */
export function abiSchemas(module: DefModule): readonly (readonly [at: string, name: string])[] {
  const [base, abi, fields] =
    module.module_kind === 'reducer'
      ? (['/abi/reducer', module.abi.reducer, ['state', 'event', 'annotations']] as const)
      : (['/abi/pure', module.abi.pure, ['input', 'output']] as const);
  const named: readonly (readonly [string, string | undefined])[] = [
    ...fields.map((field) => [`${base}/${field}`, (abi as Record<string, string>)[field]] as const),
    ['/key_schema', module.module_kind === 'reducer' ? module.key_schema : undefined],
  ];
  return named.flatMap(([at, name]) => (name === undefined ? [] : [[at, name] as const]));
}

/** There is one context for each kind of module. */
function checkContext({ value, ...place }: Placed<DefModule>): Finding[] {
  const isReducer = value.module_kind === 'reducer';
  const found = isReducer ? value.abi.reducer.context : value.abi.pure.context;
  const expected = isReducer ? REDUCER_CONTEXT : PURE_CONTEXT;
  if (found === undefined || found === expected) return [];
  const path = pathOf(place, `/abi/${value.module_kind}/context`);
  return [error('module-context', path, `expected ${expected}, found ${found}`)];
}

function checkFamily({ value, ...place }: Placed<DefModule>, typeOf: TypeLookup): Finding[] {
  if (value.module_kind === 'pure') return [];
  const members = membersOf(value.abi.reducer.event, typeOf);
  if (typeof members !== 'string') return [];
  const message = `expected a reference or a variant of references to distinct schemas, ${members}`;
  const hint = 'give each event a schema of its own and refer to it in the arm';
  const path = pathOf(place, '/abi/reducer/event');
  return [error('reducer-event-family-invalid', path, message, hint)];
}

function checkWasm(module: Placed<DefModule>): Finding[] {
  const isNative = builtin('defmodule', module.value.name) !== undefined;
  if (isNative || module.value.wasm_hash !== ZERO_HASH_TEXT) return [];
  const message = `${module.value.name} has no WASM: the world can be checked, not opened`;
  return [warning('wasm-missing', pathOf(module), message, 'build the module or give its hash')];
}
