/**
 * The form in which plans and grants are hashed: every value in the tagged lens, as its schema
 * normalizes it; every expression as the parser prints it.
 *
 * N1. What is written in sugar, in the tagged lens or as a constant expression has one normal form.
 * N2. What is stored is read in the tagged lens alone, and comes back equal when it is in normal
 *     form. Where a type has fields or arms named like tags, authored JSON may mean something else.
 * N3. What cannot be read stays as written: the checks report it, and no world comes of it.
 */
import { parseExpr } from '../expr/parse.js';
import { printExpr } from '../expr/print.js';
import { parseExprOrValue, parseNormalSlot, printExprOrValue, toTaggedJson } from '../expr/slot.js';
import type { ExactJson } from '../forms/exact-json.js';
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

/** How values are read: as people write them, or as they are stored. */
export type ValueForm = (
  json: ExactJson,
  schema: CompiledSchema | undefined,
) => ExactJson | undefined;

export const authoredValue: ValueForm = (json, schema) => {
  const slot = parseExprOrValue(json, schema);
  return slot.ok ? (printExprOrValue(slot.value) as ExactJson) : undefined;
};

export const storedValue: ValueForm = (json, schema) => {
  const slot = parseNormalSlot(json, schema);
  if (!slot.ok) return undefined;
  const { value } = slot;
  if (value.kind === 'expr') return printExpr(value.expr) as ExactJson;
  if (value.bytes === undefined || schema === undefined) return authoredValue(json, undefined);
  const tagged = toTaggedJson(schema, value.bytes);
  return tagged.ok ? (tagged.value as ExactJson) : undefined;
};

export function normalizePlan(plan: DefPlan, schemas: SlotSchemas, form: ValueForm): DefPlan {
  const { edges, invariants } = plan;
  const slots = (step: PlanStep): Slots => slotsOf(step, plan, new SlotReader(schemas, form));
  return changed(plan, {
    steps: plan.steps.map((step) => changed(step, slots(step))),
    edges: edges?.map((edge) => changed(edge, { when: expression(edge.when) })),
    invariants: invariants?.map(expression),
  });
}

/** The manifest with the parameters of its grants in normal form. */
export function normalizeGrants<M extends AuthoredManifest>(
  manifest: M,
  schemas: SlotSchemas,
  form: ValueForm,
): M {
  const { defaults } = manifest;
  const grants = defaults?.cap_grants?.map((grant) => {
    const schema = schemas.capParams(grant.cap);
    return changed(grant, { params: schema && form(grant.params, schema) });
  });
  if (defaults === undefined || grants === undefined) return manifest;
  return changed(manifest, { defaults: changed(defaults, { cap_grants: grants }) });
}

type Slots = { readonly [field: string]: ExactJson | undefined };

/** Reads the slots of steps, each with its schema. */
class SlotReader {
  constructor(
    readonly schemas: SlotSchemas,
    private readonly form: ValueForm,
  ) {}

  value(json: ExactJson | undefined, schema: CompiledSchema | undefined): ExactJson | undefined {
    return json === undefined ? undefined : this.form(json, schema);
  }

  named(json: ExactJson | undefined, schema: string | undefined): ExactJson | undefined {
    return this.value(json, schema === undefined ? undefined : this.schemas.schema(schema));
  }
}

/** The slots of a step in normal form; undefined for what cannot be read. */
function slotsOf(step: PlanStep, plan: DefPlan, reader: SlotReader): Slots {
  const { schemas } = reader;
  switch (step.op) {
    case 'raise_event':
      return { value: reader.named(step.value, step.event) };
    case 'emit_effect':
      return {
        params: reader.value(step.params, schemas.effectParams(step.kind)),
        idempotency_key: reader.value(step.idempotency_key, schemas.idempotencyKey),
      };
    case 'await_event':
      return { where: expression(step.where) };
    case 'assign':
      return { expr: reader.named(step.expr, plan.locals?.[step.bind.as]) };
    case 'end':
      return { result: reader.named(step.result, plan.output) };
    case 'spawn_plan':
      return { input: reader.value(step.input, schemas.planInput(step.plan)) };
    case 'spawn_for_each':
      return { inputs: reader.value(step.inputs, schemas.planInputs(step.plan)) };
    default:
      return { for: expression(step.for) };
  }
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
