/**
 * The form in which plans and grants are hashed: every value in the tagged lens, as its schema
 * normalizes it; every expression as the parser prints it.
 *
 * N1. What is written in sugar, in the tagged lens or as a constant expression has one normal form.
 * N2. What is in normal form comes back equal.
 * N3. What cannot be read stays as written: the checks report it, and no world comes of it.
 */
import { parseExpr } from '../expr/parse.js';
import { printExpr } from '../expr/print.js';
import { parseExprOrValue, printExprOrValue, toTaggedJson } from '../expr/slot.js';
import type { ExactJson } from '../forms/exact-json.js';
import type { CapGrant } from '../forms/grant.js';
import type { AuthoredManifest } from '../forms/manifest.js';
import type { DefPlan, PlanStep } from '../forms/plan.js';
import { newJsonObject } from '../json/value.js';
import type { CompiledSchema } from '../values/schema.js';

/** Schemas of the slots of plans and grants; undefined where a name leads to none. */
export interface SlotSchemas {
  schema(name: string): CompiledSchema | undefined;
  /** Of the parameters of an effect kind. */
  effectParams(kind: string): CompiledSchema | undefined;
  /** Of the input of a plan, or of a list of it. */
  planInput(plan: string): CompiledSchema | undefined;
  planInputs(plan: string): CompiledSchema | undefined;
  /** Of the parameters of a capability. */
  capParams(cap: string): CompiledSchema | undefined;
  readonly idempotencyKey: CompiledSchema;
}

export function normalizePlan(plan: DefPlan, schemas: SlotSchemas): DefPlan {
  const { edges, invariants } = plan;
  return changed(plan, {
    steps: plan.steps.map((step) => changed(step, slotsOf(step, plan, schemas))),
    edges: edges?.map((edge) => changed(edge, { when: expression(edge.when) })),
    invariants: invariants?.map(expression),
  });
}

/** The manifest with the parameters of its grants in normal form. */
export function normalizeGrants(
  manifest: AuthoredManifest,
  schemas: SlotSchemas,
): AuthoredManifest {
  const { defaults } = manifest;
  const grants = defaults?.cap_grants?.map((grant) => normalizeGrant(grant, schemas));
  if (defaults === undefined || grants === undefined) return manifest;
  return changed(manifest, { defaults: changed(defaults, { cap_grants: grants }) });
}

function normalizeGrant(grant: CapGrant, schemas: SlotSchemas): CapGrant {
  const schema = schemas.capParams(grant.cap);
  const bytes = schema?.normalizeJson(grant.params);
  if (schema === undefined || !bytes?.ok) return grant;
  const tagged = toTaggedJson(schema, bytes.value);
  return tagged.ok ? changed(grant, { params: tagged.value as ExactJson }) : grant;
}

type Slots = { readonly [field: string]: ExactJson | undefined };

/** The slots of a step in normal form. */
function slotsOf(step: PlanStep, plan: DefPlan, schemas: SlotSchemas): Slots {
  const named = (name: string | undefined): CompiledSchema | undefined =>
    name === undefined ? undefined : schemas.schema(name);
  switch (step.op) {
    case 'raise_event':
      return { value: value(step.value, named(step.event)) };
    case 'emit_effect':
      return {
        params: value(step.params, schemas.effectParams(step.kind)),
        idempotency_key: value(step.idempotency_key, schemas.idempotencyKey),
      };
    case 'await_event':
      return { where: expression(step.where) };
    case 'assign':
      return { expr: value(step.expr, named(plan.locals?.[step.bind.as])) };
    case 'end':
      return { result: value(step.result, named(plan.output)) };
    case 'spawn_plan':
      return { input: value(step.input, schemas.planInput(step.plan)) };
    case 'spawn_for_each':
      return { inputs: value(step.inputs, schemas.planInputs(step.plan)) };
    default:
      return { for: expression(step.for) };
  }
}

function value(
  json: ExactJson | undefined,
  schema: CompiledSchema | undefined,
): ExactJson | undefined {
  if (json === undefined) return undefined;
  const slot = parseExprOrValue(json, schema);
  return slot.ok ? (printExprOrValue(slot.value) as ExactJson) : json;
}

function expression<J extends ExactJson | undefined>(json: J): J {
  const expr = json === undefined ? undefined : parseExpr(json);
  return expr?.ok ? (printExpr(expr.value) as J) : json;
}

/** The same object with other fields; those that are undefined stay as they are. */
function changed<T extends object>(object: T, fields: { readonly [name: string]: unknown }): T {
  const copy = Object.assign(newJsonObject(), object) as { [name: string]: unknown };
  for (const name of Object.keys(fields)) {
    if (fields[name] !== undefined) copy[name] = fields[name];
  }
  return copy as T;
}
