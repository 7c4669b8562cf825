/** `aos trace`: what a root event led to, and where that stands. */
import type { EffectShape, TracedPlanShape, TraceShape } from '@aos/protocol';
import { withAccess } from '../../access/with-access.js';
import { dataOf } from '../../json-values.js';
import type { Answer } from '../../output.js';
import { printReceipt, printValue, shortText } from '../../shown-effects.js';

export interface TraceCommandOptions {
  readonly limit: number;
}

/** `what`: a place, or the hash of an intent; the latest event when it is undefined. */
export async function showTrace(
  path: string,
  what: string | undefined,
  { limit }: TraceCommandOptions,
): Promise<Answer> {
  const args = what === undefined ? { limit } : { what, limit };
  return withAccess(path, 'read', async (asked) => {
    const found = await asked.call('trace', args);
    return { data: dataOf(found), lines: printTrace(found) };
  });
}

function printTrace(trace: TraceShape): readonly string[] {
  const { root, kind, input, standing, code, mode, events, changes, last_seq } = trace;
  const said = Object.entries(input).map(([name, value]) => `  ${name} ${printValue(value)}`);
  const why = code === null ? '' : ` (${code})`;
  const still = mode === 'running' ? '' : `  the world is ${mode}`;
  return [
    `${root}  ${kind}${said.join('')}`,
    ...trace.plans.flatMap((plan) => printPlan(plan, trace)),
    ...trace.effects.filter(({ origin }) => !isOfPlan(origin, trace)).flatMap(printEffect),
    ...trace.faults.map((fault) => `  fault ${fault.at}  ${fault.reducer}  ${fault.code}`),
    `  ${events} events raised, ${changes} states changed, up to record ${last_seq}`,
    `${standing}${why}${still}`,
    ...(trace.is_cut ? ['… there is more: raise --limit'] : []),
  ];
}

function printPlan(plan: TracedPlanShape, { effects }: TraceShape): string[] {
  const { instance, standing, code, waits, result } = plan;
  const why = code === null ? '' : ` (${code})`;
  const came = result === null ? '' : `  → ${printValue(result)}`;
  const own = effects.filter(({ origin }) => origin?.instance === instance);
  return [
    `  plan ${instance}  ${plan.plan}  ${standing}${why}${came}`,
    ...waits.map((wait) => `    ${wait.step} waits for ${wait.kind} ${shortOf(wait.for)}`),
    ...own.flatMap(printEffect).map((line) => `  ${line}`),
  ];
}

const shortOf = (text: string): string => (text.startsWith('sha256:') ? shortText(text) : text);

const isOfPlan = (origin: EffectShape['origin'], { plans }: TraceShape): boolean =>
  plans.some(({ instance }) => origin?.instance === instance);

function printEffect(effect: EffectShape): string[] {
  const { intent, standing, code, cap, params, decisions, rulings, receipt } = effect;
  const why = code === null ? '' : ` (${code})`;
  return [
    `  effect ${shortText(intent)}  ${effect.effect}  ${printValue(params)}  ${standing}${why}`,
    ...decisions.map(({ at, outcome, code: no, policy, rule }) => {
      const by = policy === null ? '' : `  ${policy}${rule === null ? '' : ` rule ${rule}`}`;
      return `    decision ${at}  ${outcome}${no === null ? '' : ` (${no})`}  cap ${cap}${by}`;
    }),
    ...rulings.map((at) => `    ruling ${at}`),
    ...(receipt === null ? [] : [`    receipt ${printReceipt(receipt)}`]),
  ];
}
