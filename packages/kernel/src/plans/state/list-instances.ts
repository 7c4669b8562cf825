/** Instances as a world reads them about itself: by pages, in the order in which they began. */
import { type Encodable, toHashText, type Value } from '@aos/canon';
import type { Instance } from '@aos/protocol';
import { placeKey } from '../../world/big-endian.js';
import type { World } from '../../world/world.js';
import { describeInstance, type InstanceWait } from './describe-instance.js';

/** What the description of an instance takes at least, in bytes. */
const INSTANCE_BYTES = 64;

/** `{instances, next}` of `sys/IntrospectPlansReceipt@1`. */
export interface InstancePage {
  readonly instances: readonly Encodable[];
  /** What to ask for after; null at the end. */
  readonly next: string | null;
}

/**
 * The instances after `after`, of one plan if `plan` is given, `limit` at most; undefined when the
 * question is none, or `limit` asks for more than `answerBytes` could hold.
 *
 * Looks at `limit` instances, so a page may have fewer of a plan, and none, before the end.
 */
export function listInstances(
  world: Pick<World, 'program' | 'programs' | 'source' | 'planState'>,
  params: ReadonlyMap<Value, Value>,
  answerBytes: number,
): InstancePage | undefined {
  const [plan, after, limit] = [params.get('plan'), params.get('after'), params.get('limit')];
  const from = after === null ? NO_INSTANCE : placeOf(after);
  const isBounded = typeof limit === 'number' && limit > 0 && limit * INSTANCE_BYTES <= answerBytes;
  if (from === undefined || !isBounded) return undefined;
  const instances: Encodable[] = [];
  let looked = 0;
  let last: string | null = null;
  for (const instance of world.planState.instances.range({ from: placeKey(from) })) {
    if (looked === limit) return { instances, next: last };
    looked += 1;
    last = nameOf(instance.id);
    if (plan !== null && instance.plan !== plan) continue;
    const { waits, parent } = describeInstance(world, instance);
    instances.push({
      instance: last,
      plan: instance.plan,
      parent: parent === null ? null : nameOf(parent),
      waits: waits.map(waitOf),
    });
  }
  return { instances, next: null };
}

const NO_INSTANCE: Instance = { seq: 0, i: 0 };

function waitOf(wait: InstanceWait): Encodable {
  return { step: wait.step, kind: wait.kind, for: subjectOf(wait) };
}

function subjectOf(wait: InstanceWait): string {
  switch (wait.kind) {
    case 'effect':
      return toHashText(wait.intent);
    case 'child':
      return nameOf(wait.instance);
    case 'event':
      return wait.schema;
    case 'time':
      return String(wait.atNs);
  }
}

function nameOf({ seq, i }: Instance): string {
  return `${seq}/${i}`;
}

/** The first place behind an instance. */
function placeOf(name: Value | undefined): Instance | undefined {
  const found = typeof name === 'string' ? /^(\d{1,15})\/(\d{1,9})$/.exec(name) : null;
  return found === null ? undefined : { seq: Number(found[1]), i: Number(found[2]) + 1 };
}
