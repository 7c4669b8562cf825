export {
  builtinSchema,
  builtinSchemaHash,
  builtinSchemaNames,
  PURE_CONTEXT,
  REDUCER_CONTEXT,
} from './builtins/catalogue.js';
export type { Definition } from './forms/definition.js';
export type { DefCap, DefEffect, DefPolicy, DefSchema, DefSecret } from './forms/definitions.js';
export type { EventRoute, Manifest, NamedRef } from './forms/manifest.js';
export type { DefModule, DefPureModule, DefReducerModule } from './forms/module.js';
export type { KeyType, PrimitiveType, TypeExpr, TypeFields } from './forms/type-expr.js';
export { type PrintOptions, printJson } from './json/printer.js';
export { type JsonLimits, parseJson } from './json/reader.js';
export { JsonDecimal, type JsonObject, type JsonValue } from './json/value.js';
export type { CompiledSchema } from './values/schema.js';
export { wrapVariant } from './values/variant.js';
export { compileSchemas } from './world/compile.js';
export type { LoadOutcome, ReducerDefinition, WorldDefinition } from './world/definition.js';
export type { AirDocument, ModuleHashes } from './world/documents.js';
export type { Finding } from './world/finding.js';
export {
  type DefinitionHash,
  type DefinitionHashes,
  hashDefinitions,
  loadAir,
} from './world/load.js';
export { openDefinition } from './world/open.js';
export type { Route } from './world/routing.js';
