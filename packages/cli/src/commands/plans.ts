/** `aos plans` and `aos plan start`: what is under way, and how to set something going by hand. */
import type { JsonValue } from '@aos/air';
import { toHashText } from '@aos/canon';
import {
  describeInstance,
  type InstanceDescription,
  type InstanceWait,
  planStartEvent,
  printPlace,
} from '@aos/kernel';
import { describeAck, faultWarnings } from '../acks.js';
import { shortHash } from '../intents.js';
import { readValue } from '../json-values.js';
import { type Answer, CliError } from '../output.js';
import { openingWarnings, withHost, withWorld } from '../world/open-world.js';
import { acknowledged } from '../world/signed-verbs.js';

/** The instances that have not ended, how far each step is, and what has to come. */
export async function showPlans(path: string): Promise<Answer> {
  return withWorld(path, (opened) => {
    const { program, planState } = opened.world;
    const found = [...planState.instances.range()].map((each) => describeInstance(program, each));
    return {
      data: { instances: found.map(instanceJson) },
      lines: found.length > 0 ? found.flatMap(printInstance) : ['no plan instance is under way'],
      warnings: openingWarnings(opened),
    };
  });
}

export interface StartOptions {
  readonly dedup?: string;
}

/** Starts a plan with an input: JSON, `@file`, or `@-` for standard input. */
export async function startPlan(
  path: string,
  plan: string,
  input: string,
  { dedup }: StartOptions,
): Promise<Answer> {
  const json = readValue(input, "the plan's input");
  return withHost(path, async (host) => {
    const event = await host.read(({ program }) => planStartEvent(program.plans, plan, { json }));
    if (!event.ok) throw CliError.of(event.refusal);
    const ack = await acknowledged(
      host,
      dedup === undefined ? event.value : { ...event.value, dedup },
    );
    return {
      ...describeAck(ack),
      warnings: [...openingWarnings(host.opening), ...faultWarnings(ack)],
      done: `the plan is started by record ${ack.seq}`,
    };
  });
}

function instanceJson({ id, plan, parent, steps, waits }: InstanceDescription): JsonValue {
  return {
    instance: printPlace(id),
    plan,
    parent: parent === null ? null : printPlace(parent),
    steps: steps.map((step) => ({ step: step.id, state: step.state })),
    waits: waits.map(waitJson),
  };
}

function waitJson(wait: InstanceWait): JsonValue {
  const { kind, step } = wait;
  switch (wait.kind) {
    case 'effect':
      return { kind, step, of: wait.of, intent: toHashText(wait.intent), attempt: wait.attempt };
    case 'time':
      return { kind, step, of: wait.of, at_ns: wait.atNs, attempt: wait.attempt };
    case 'child':
      return { kind, step, of: wait.of, instance: printPlace(wait.instance) };
    case 'event':
      return { kind, step, schema: wait.schema };
  }
}

function printInstance({ id, plan, steps, waits }: InstanceDescription): string[] {
  const told = steps.map((step) => `${step.id} ${step.state}`).join(', ');
  const lines = waits.map((wait) => `    ${wait.step} waits for ${printWait(wait)}`);
  return [`${printPlace(id)}  ${plan}  ${told}`, ...lines];
}

function printWait(wait: InstanceWait): string {
  switch (wait.kind) {
    case 'effect':
      return `intent ${shortHash(wait.intent)} of ${wait.of}, attempt ${wait.attempt}`;
    case 'time':
      return `attempt ${wait.attempt} of ${wait.of}, at ${wait.atNs} ns of logical time`;
    case 'child':
      return `instance ${printPlace(wait.instance)} of ${wait.of}`;
    case 'event':
      return `an event ${wait.schema}`;
  }
}
