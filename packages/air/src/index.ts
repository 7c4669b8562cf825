export {
  builtin,
  builtinHash,
  builtinNames,
  builtinSchema,
  builtinSchemaHash,
  builtinSchemaNames,
  EFFECT_ERROR,
  PROPOSAL_CHANGED,
  PURE_CONTEXT,
  REDUCER_CONTEXT,
  WORKSPACE_EVENTS,
} from './builtins/catalogue.js';
export { type ReceiptEvent, type ReceiptForm, receiptEventsOf } from './builtins/receipt-events.js';
export {
  type EachOperator,
  type Expr,
  isConstant,
  type Operator,
  type RefExpr,
  referencesOf,
  usesAdditions,
} from './expr/ast.js';
export { type CheckedExpr, checkExpr, compileExpr } from './expr/check.js';
export { evaluate, evaluateBytes } from './expr/evaluate.js';
export { parseExpr } from './expr/parse.js';
export { printExpr } from './expr/print.js';
export type { ExprFinding } from './expr/program/findings.js';
export {
  type Bindings,
  type Bounds,
  DEFAULT_BOUNDS,
  type ExprEnvironment,
  type ExprProgram,
} from './expr/program/frame.js';
export {
  type ExprOrValue,
  parseExprOrValue,
  parseNormalSlot,
  printExprOrValue,
  toTaggedJson,
} from './expr/slot.js';
export type { Definition, DefinitionOf } from './forms/definition.js';
export type { DefCap, DefMigration, DefSchema, DefSecret } from './forms/definitions.js';
export { DOCUMENT_KINDS, type DocumentKind, jsonSchema } from './forms/documents.js';
export type { DefEffect } from './forms/effect.js';
export type { ExactJson, ExprJson, ExprOrValueJson } from './forms/exact-json.js';
export type { Feature } from './forms/features.js';
export type { CapGrant, GrantBudget } from './forms/grant.js';
export type {
  EventRoute,
  InboxRoute,
  Manifest,
  ModuleBindings,
  NamedRef,
  Trigger,
} from './forms/manifest.js';
export type { DefModule, DefPureModule, DefReducerModule } from './forms/module.js';
export { DEFINITION_KINDS, type DefinitionKind } from './forms/names.js';
export type { PatchDocument, PatchNode, PatchOp } from './forms/patch.js';
export type {
  AssignStep,
  AwaitAllStep,
  AwaitAnyStep,
  AwaitEventStep,
  AwaitPlanStep,
  AwaitReceiptStep,
  CancelStep,
  DefPlan,
  EmitEffectStep,
  EndStep,
  PlanEdge,
  PlanStep,
  RaiseEventStep,
  RetryRule,
  SpawnForEachStep,
  SpawnPlanStep,
} from './forms/plan.js';
export type {
  ApprovalRule,
  DefPolicy,
  GovernanceRule,
  PolicyMatch,
  PolicyRule,
  RateLimit,
} from './forms/policy.js';
export type { KeyType, PrimitiveType, TypeExpr, TypeFields } from './forms/type-expr.js';
export { type PrintOptions, printJson } from './json/printer.js';
export { type JsonLimits, parseJson } from './json/reader.js';
export { isJsonObject, JsonDecimal, type JsonObject, type JsonValue } from './json/value.js';
export {
  type CompiledPatch,
  compilePatch,
  type PatchBase,
  type PatchOutcome,
} from './patch/compile.js';
export { diffWorlds } from './patch/diff.js';
export { invertPatch } from './patch/invert.js';
export { sectionHash } from './patch/section.js';
export type { CheckedPlan, PlanCorrelation, PlanSlot } from './validate/plans/plan-slots.js';
export type { CompiledSchema } from './values/schema.js';
export type { ValueType } from './values/value-type.js';
export { wrapVariant } from './values/variant.js';
export { compileSchemas } from './world/compile.js';
export type {
  EffectDefinition,
  GrantDefinition,
  Inbox,
  LoadOutcome,
  PlanDefinition,
  ReducerDefinition,
  WorldDefinition,
} from './world/definition.js';
export { type AirDocument, type ModuleHashes, readDefinitions } from './world/documents.js';
export type { Finding } from './world/finding.js';
export {
  type DefinitionHash,
  type DefinitionHashes,
  hashDefinitions,
  loadAir,
} from './world/load.js';
export { toNodeJson } from './world/node.js';
export { openDefinition } from './world/open.js';
export type { Members, Route, Wrapping } from './world/routing.js';
