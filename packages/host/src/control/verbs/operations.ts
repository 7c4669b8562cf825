/** What operators do to a world, and read of it: snapshots, halts, plans, dead letters. */
import { RefusalError, toHashText } from '@aos/canon';
import {
  describeInstance,
  type InstanceDescription,
  type InstanceWait,
  printPlace,
} from '@aos/kernel';
import {
  type ControlResult,
  type HaltShape,
  type InstanceShape,
  type ParsedArgs,
  type PlainRecord,
  plainInteger,
  type SnapshotShape,
} from '@aos/protocol';
import { type PastWorlds, readAt } from '../past-worlds.js';
import { type ControlView, refusal } from '../view.js';
import { denialShape } from './denials.js';
import { haltShape, snapshotShape } from './status.js';

export async function takeSnapshot({ host }: ControlView): Promise<SnapshotShape> {
  return snapshotShape(await host.snapshot());
}

/** Codes: `halt-none`, `key-role`, `signature-invalid`. */
export async function clearHalt(
  { host }: ControlView,
  clearance: ParsedArgs<'halt.clear'>,
): Promise<HaltShape> {
  const halt = haltShape(host.halt);
  if (halt === null) throw refusal('halt-none', '', 'no defect has halted this world');
  const refused = await host.clearHalt(clearance);
  if (refused !== undefined) throw new RefusalError(refused);
  return halt;
}

export function listDeadLetters({ options }: ControlView): ControlResult<'dead-letters.list'> {
  const letters = options.host?.deadLetters ?? [];
  return {
    letters: letters.map(({ intent, effect, code, starts, atNs }) => {
      return { intent: toHashText(intent), effect, code, starts, at_ns: plainInteger(atNs) };
    }),
  };
}

export function listDenials({ options }: ControlView): ControlResult<'denials.list'> {
  const denials = options.host?.denials ?? [];
  return { denials: denials.map((each) => ({ seq: each.seq, ...denialShape(each) })) };
}

/** Instances that have not ended, oldest first. */
export function listPlans(
  view: ControlView,
  past: PastWorlds,
  args: ParsedArgs<'plans.list'> & { readonly signal: AbortSignal | undefined },
): Promise<ControlResult<'plans.list'>> {
  const { plan, limit } = args;
  return readAt(view, past, args, (world) => {
    const { planState } = world;
    const instances: InstanceShape[] = [];
    for (const instance of planState.instances.range()) {
      if (plan !== undefined && instance.plan !== plan) continue;
      instances.push(instanceShape(describeInstance(world, instance)));
      if (instances.length === limit) break;
    }
    return { instances, count: planState.instances.size };
  });
}

function instanceShape({ id, plan, parent, steps, waits }: InstanceDescription): InstanceShape {
  return {
    instance: printPlace(id),
    plan,
    parent: parent === null ? null : printPlace(parent),
    steps: steps.map((step) => ({ step: step.id, state: step.state })),
    waits: waits.map(waitShape),
  };
}

function waitShape(wait: InstanceWait): PlainRecord {
  const { kind, step } = wait;
  switch (wait.kind) {
    case 'effect':
      return { kind, step, of: wait.of, intent: toHashText(wait.intent), attempt: wait.attempt };
    case 'time':
      return { kind, step, of: wait.of, at_ns: plainInteger(wait.atNs), attempt: wait.attempt };
    case 'child':
      return { kind, step, of: wait.of, instance: printPlace(wait.instance) };
    case 'event':
      return { kind, step, schema: wait.schema };
  }
}
