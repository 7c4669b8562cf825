/** Definitions for tests: those of an example world, and small ones made for a test. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type DefModule, type DefSchema, loadAir, type TypeExpr } from '@aos/air';
import { type ModuleTypes, moduleTypes } from '../src/index.js';

export const EXAMPLES = fileURLToPath(new URL('../../../examples', import.meta.url));

/** What a module of an example world is written against. */
export function exampleTypes(folder: string, module: string): ModuleTypes {
  const air = `${EXAMPLES}/${folder}/air`;
  const paths = readdirSync(air).sort();
  const documents = paths.map((path) => ({ path, text: readFileSync(`${air}/${path}`, 'utf8') }));
  const loaded = loadAir(documents);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.findings));
  const types = moduleTypes(loaded.world, module);
  if (!types.ok) throw new Error(types.refusal.detail);
  return types.value;
}

export function schema(name: string, type: TypeExpr): DefSchema {
  return { $kind: 'defschema', name, type };
}

const ZERO_HASH = `sha256:${'0'.repeat(64)}`;

export function reducerModule(abi: DefModule['abi'], keySchema?: string): DefModule {
  const module = { $kind: 'defmodule', name: 'test/Module@1', module_kind: 'reducer' } as const;
  const key = keySchema === undefined ? {} : { key_schema: keySchema };
  return { ...module, wasm_hash: ZERO_HASH, abi, ...key } as DefModule;
}

export function pureModule(input: string, output: string): DefModule {
  const abi = { pure: { input, output } };
  const module = { $kind: 'defmodule', name: 'test/Pure@1', module_kind: 'pure' } as const;
  return { ...module, wasm_hash: ZERO_HASH, abi };
}
