/** Which forms of AIR 1.1 a world uses, against those it declares. */
import { usesAdditions } from '../expr/ast.js';
import { parseExpr } from '../expr/parse.js';
import type { Definition } from '../forms/definition.js';
import type { ExactJson } from '../forms/exact-json.js';
import type { Feature } from '../forms/features.js';
import type { AuthoredManifest } from '../forms/manifest.js';
import type { DefPlan, PlanStep } from '../forms/plan.js';
import type { DefPolicy } from '../forms/policy.js';
import { error, type Finding, type Place, pathOf, warning } from './finding.js';

/** Where a form is used first. */
type Uses = Map<Feature, string>;

type Placed<T> = Place & { readonly value: T };

/** Forms in use that are not declared are errors, declared ones that nothing uses are warnings. */
export function checkFeatures(
  manifest: Placed<AuthoredManifest>,
  definitions: Iterable<Placed<Definition>>,
): readonly Finding[] {
  const uses = findFeatures(manifest, definitions);
  const declared = new Set<Feature>(manifest.value.features);
  const undeclared = [...uses].flatMap(([feature, path]) => {
    if (declared.has(feature)) return [];
    const message = `expected ${feature} among the features of the manifest, found it used only`;
    const hint = `add ${JSON.stringify(feature)} to "features" of the manifest`;
    return [error('feature-undeclared', path, message, hint)];
  });
  const unused = [...declared].flatMap((feature, i) => {
    if (uses.has(feature)) return [];
    const message = `${feature} is declared, and nothing uses it`;
    return [warning('feature-unused', pathOf(manifest, `/features/${i}`), message)];
  });
  return [...undeclared, ...unused];
}

/** The forms of AIR 1.1 in use, each with the place where it is used first. */
export function findFeatures(
  manifest: Placed<AuthoredManifest>,
  definitions: Iterable<Placed<Definition>>,
): ReadonlyMap<Feature, string> {
  const uses: Uses = new Map();
  for (const definition of definitions) collectUses(definition, uses);
  collectManifestUses(manifest, uses);
  return uses;
}

function use(uses: Uses, feature: Feature, place: Place, at: string): void {
  if (!uses.has(feature)) uses.set(feature, pathOf(place, at));
}

function collectUses({ value, ...place }: Placed<Definition>, uses: Uses): void {
  if (value.$kind === 'defplan') collectPlanUses(value, place, uses);
  if (value.$kind === 'defpolicy') collectPolicyUses(value, place, uses);
  if (value.$kind === 'defmigration') use(uses, 'migrations', place, '');
  if (value.$kind === 'defeffect' && value.implementation !== undefined) {
    use(uses, 'effect-implementation', place, '/implementation');
  }
}

function collectManifestUses({ value, ...place }: Placed<AuthoredManifest>, uses: Uses): void {
  if (value.migrations !== undefined) use(uses, 'migrations', place, '/migrations');
  value.defaults?.cap_grants?.forEach(({ budget, parent }, i) => {
    const at = `/defaults/cap_grants/${i}`;
    if (budget !== undefined) use(uses, 'grant-budget', place, `${at}/budget`);
    if (parent !== undefined) use(uses, 'grant-parent', place, `${at}/parent`);
  });
}

function collectPolicyUses(policy: DefPolicy, place: Place, uses: Uses): void {
  policy.rules.forEach((rule, i) => {
    const at = `/rules/${i}`;
    if (rule.decision === 'require_approval') {
      use(uses, 'policy-approval', place, `${at}/decision`);
    }
    if (rule.decision !== 'deny' && rule.rate_limit !== undefined) {
      use(uses, 'policy-rate-limit', place, `${at}/rate_limit`);
    }
  });
  if (policy.governance !== undefined) use(uses, 'policy-governance', place, '/governance');
}

const STEP_FEATURES: { readonly [op: string]: Feature } = {
  spawn_plan: 'plan-spawn',
  spawn_for_each: 'plan-spawn',
  await_plan: 'plan-spawn',
  await_all: 'plan-spawn',
  await_any: 'plan-spawn',
  cancel: 'plan-cancel',
};

function collectPlanUses(plan: DefPlan, place: Place, uses: Uses): void {
  plan.steps.forEach((step, i) => {
    const at = `/steps/${i}`;
    const feature = STEP_FEATURES[step.op];
    if (feature !== undefined) use(uses, feature, place, at);
    if (step.op === 'emit_effect') {
      if (step.deadline_ns !== undefined) use(uses, 'effect-deadline', place, `${at}/deadline_ns`);
      if (step.retry !== undefined) use(uses, 'effect-retry', place, `${at}/retry`);
    }
  });
  if (uses.has('expressions-1.1')) return;
  const found = slotsOf(plan).find(([, json]) => hasAddition(json));
  if (found !== undefined) use(uses, 'expressions-1.1', place, found[0]);
}

type Slot = readonly [at: string, json: ExactJson];

/** Everything in a plan that may be an expression. */
function slotsOf(plan: DefPlan): readonly Slot[] {
  const slots: Slot[] = [];
  const add = (at: string, json: ExactJson | undefined): void => {
    if (json !== undefined) slots.push([at, json]);
  };
  plan.steps.forEach((step, i) => {
    for (const field of SLOT_FIELDS) add(`/steps/${i}/${field}`, slotOf(step, field));
  });
  plan.edges?.forEach(({ when }, i) => {
    add(`/edges/${i}/when`, when);
  });
  plan.invariants?.forEach((json, i) => {
    add(`/invariants/${i}`, json);
  });
  return slots;
}

const SLOT_FIELDS = [
  'value',
  'params',
  'idempotency_key',
  'for',
  'where',
  'expr',
  'result',
  'input',
  'inputs',
] as const;

function slotOf(step: PlanStep, field: (typeof SLOT_FIELDS)[number]): ExactJson | undefined {
  return (step as { readonly [name: string]: unknown })[field] as ExactJson | undefined;
}

function hasAddition(json: ExactJson): boolean {
  const expr = parseExpr(json);
  return expr.ok && usesAdditions(expr.value);
}
