/** What runs in the world and is touched by another definition. It goes on under its own. */
import type { WorldDefinition } from '@aos/air';
import { bytesEqual } from '@aos/canon';
import type { CompiledPlan } from '../../plans/compile/compiled-plan.js';
import { programOf } from '../../program/program-cache.js';
import { TypeHasher } from '../../program/type-hash.js';
import type { World } from '../../world/world.js';
import type { AuthorityRow, InFlightRow } from '../report.js';

export interface InFlight {
  readonly instances: number;
  readonly intents: number;
  readonly affected: readonly InFlightRow[];
}

/** Codes, in this order: `plan-removed`, `plan-changed`, `event-changed`, `grant-changed`. */
export function findInFlight(
  world: World,
  candidate: WorldDefinition,
  authority: readonly AuthorityRow[],
): InFlight {
  const grants = new Set(
    authority
      .filter(({ part, change }) => part === 'grant' && change !== 'added')
      .map(({ name }) => name),
  );
  const rows = new Map<string, InFlightRow>();
  const count = (what: InFlightRow['what'], name: string, why: readonly string[]) => {
    if (why.length === 0) return;
    const key = [what, name, ...why].join(' ');
    const known = rows.get(key);
    rows.set(key, { what, name, why, count: (known?.count ?? 0) + 1 });
  };
  const known = new Map<CompiledPlan, readonly string[]>();
  for (const { plan: name, manifest } of world.planState.instances.range()) {
    const plan = programOf(world, manifest).plans.get(name);
    if (plan === undefined) continue;
    const why = known.get(plan) ?? planReasons(world, plan, { candidate, grants });
    known.set(plan, why);
    count('instance', name, why);
  }
  for (const { effect, cap } of world.intents.range()) {
    count('intent', effect, grants.has(cap) ? ['grant-changed'] : []);
  }
  const affected = [...rows.values()].sort((a, b) => order(a) - order(b));
  const { planState, intents } = world;
  return { instances: planState.instances.size, intents: intents.size, affected };
}

function order({ what }: InFlightRow): number {
  return what === 'instance' ? 0 : 1;
}

interface Next {
  readonly candidate: WorldDefinition;
  /** Names of grants that are not what they were. */
  readonly grants: ReadonlySet<string>;
}

function planReasons(
  { program }: World,
  { name, steps }: CompiledPlan,
  { candidate, grants }: Next,
): readonly string[] {
  const hashIn = ({ manifest }: WorldDefinition) =>
    manifest.plans.find((ref) => ref.name === name)?.hash;
  const next = hashIn(candidate);
  const hasChanged = next !== undefined && next !== hashIn(program.definition);
  const asksUnder = steps.some((step) => step.op === 'emit_effect' && grants.has(step.cap));
  const waitsFor = steps.some(
    (step) => step.op === 'await_event' && !isSameEvent(step.event, program.definition, candidate),
  );
  return [
    ...(next === undefined ? ['plan-removed'] : []),
    ...(hasChanged ? ['plan-changed'] : []),
    ...(waitsFor ? ['event-changed'] : []),
    ...(asksUnder ? ['grant-changed'] : []),
  ];
}

function isSameEvent(schema: string, base: WorldDefinition, candidate: WorldDefinition): boolean {
  const [here, there] = [base.schemas.get(schema), candidate.schemas.get(schema)];
  if (here === undefined || there === undefined) return here === there;
  return bytesEqual(new TypeHasher().hashOf(here.type), new TypeHasher().hashOf(there.type));
}
