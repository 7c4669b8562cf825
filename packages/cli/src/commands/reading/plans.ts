/** `aos plans` and `aos plan start`: what is under way, and how to set something going by hand. */
import type { InstanceShape, PlainRecord, WaitLevel } from '@aos/protocol';
import { withAccess } from '../../access/with-access.js';
import { dataOf, readJsonText } from '../../json-values.js';
import { momentOf } from '../../moments.js';
import type { Answer } from '../../output.js';
import { shortText } from '../../shown-effects.js';
import { describeSent } from '../event.js';

export interface PlansOptions {
  /** Name of a plan. */
  readonly plan?: string;
  readonly limit: number;
  /** A record, `head`, `exact:<record>` or `at_least:<record>`. */
  readonly at?: string;
}

/** The instances that have not ended, how far each step is, and what has to come. */
export async function showPlans(path: string, options: PlansOptions): Promise<Answer> {
  const { at, ...which } = options;
  return withAccess(path, 'read', async (asked) => {
    const found = await asked.call('plans.list', { ...which, ...momentOf(at) });
    const { instances } = found;
    return {
      data: dataOf(found),
      lines:
        instances.length > 0 ? instances.flatMap(printInstance) : ['no plan instance is under way'],
    };
  });
}

export interface StartOptions {
  readonly dedup?: string;
  readonly wait?: WaitLevel;
}

/** Starts a plan with an input: JSON, `@file`, or `@-` for standard input. */
export async function startPlan(
  path: string,
  plan: string,
  input: string,
  options: StartOptions,
): Promise<Answer> {
  const json = readJsonText(input, "the plan's input");
  return withAccess(path, 'write', async (asked) => {
    const sent = await asked.call('plan.start', { plan, json, ...options });
    const done = sent.ack === null ? {} : { done: `the plan is started by record ${sent.ack.seq}` };
    return { ...describeSent(sent), ...done };
  });
}

function printInstance({ instance, plan, steps, waits }: InstanceShape): string[] {
  const told = steps.map(({ step, state }) => `${step} ${state}`).join(', ');
  const lines = waits.map((wait) => `    ${wait.step} waits for ${printWait(wait)}`);
  return [`${instance}  ${plan}  ${told}`, ...lines];
}

function printWait(wait: PlainRecord): string {
  switch (wait.kind) {
    case 'effect':
      return `intent ${shortText(String(wait.intent))} of ${wait.of}, attempt ${wait.attempt}`;
    case 'time':
      return `attempt ${wait.attempt} of ${wait.of}, at ${wait.at_ns} ns of logical time`;
    case 'child':
      return `instance ${wait.instance} of ${wait.of}`;
    default:
      return `an event ${wait.schema}`;
  }
}
