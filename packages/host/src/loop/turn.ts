/**
 * One turn of the loop: what the agenda gives becomes the records of one group.
 *
 * 1. An input is admitted on the world of its step, and a verb verified again when its epoch has
 *    passed since; what is refused there leaves no trace.
 * 2. What throws ends the turn: the records before it stand, and it is told with its task.
 */
import { assert } from '@aos/canon';
import { checkInputSignature, type RawInput } from '@aos/kernel';
import type { WorldStore } from '@aos/protocol';
import type { SignatureVerifier } from '../keys/signatures.js';
import { ackOf, readAck } from './acks.js';
import type { Agenda, Task } from './agenda.js';
import { Group } from './committer.js';
import type { Waiting } from './inbox.js';
import { isSigned } from './intake.js';
import type { Stepper } from './stepper.js';

/** Inputs stepped before their records are handed to the store and the event loop gets its turn. */
const GROUP_INPUTS = 64;
/** A step of the world's own counts as so many: it may be as long as the budget of a record. */
const OWN_STEP_INPUTS = 16;

export interface TurnPorts {
  readonly agenda: Agenda;
  readonly stepper: Stepper;
  readonly store: WorldStore;
  readonly verifier: SignatureVerifier;
}

export interface Turn {
  readonly group: Group;
  readonly failed: { readonly cause: unknown; readonly task: Task } | undefined;
}

export function runTurn(ports: TurnPorts): Turn {
  const { agenda, stepper } = ports;
  const group = new Group();
  for (let count = 0; count < GROUP_INPUTS; ) {
    const task = agenda.next(stepper);
    if (task === undefined) break;
    count += task.waiting === undefined ? OWN_STEP_INPUTS : 1;
    try {
      runTask(ports, task, group);
    } catch (cause) {
      return { group, failed: { cause, task } };
    }
  }
  return { group, failed: undefined };
}

function runTask(ports: TurnPorts, { raw, waiting }: Task, group: Group): void {
  const { stepper, store } = ports;
  const admission = admit(ports, raw, waiting);
  if (admission.kind === 'admitted') {
    const { record, bytes, objects, outputs, denials, world } = stepper.step(admission.input);
    group.records.push(bytes);
    const { chain } = world;
    group.told.push({ record, bytes, chain });
    for (const output of outputs) if ('intent' in output) group.outputs.push(output);
    for (const object of objects) group.objects.push(object);
    for (const each of denials) group.denials.push({ ...each, seq: record.seq });
    const ack = () => ackOf(record, chain, denials);
    if (waiting !== undefined) group.answers.push({ waiting, ack });
    return;
  }
  assert(waiting !== undefined, `the world takes the ${raw.kind} that it asked for`);
  if (admission.kind === 'refused') waiting.resolve({ ok: false, refusal: admission.refusal });
  else group.answers.push({ waiting, ack: () => readAck(store, admission.seq) });
}

function admit({ stepper, verifier }: TurnPorts, raw: RawInput, waiting: Waiting | undefined) {
  const refusal = waiting?.signature?.refusal;
  if (refusal !== undefined) return { kind: 'refused', refusal } as const;
  const { world } = stepper;
  const admission = stepper.admit(raw);
  if (admission.kind !== 'admitted' || !isSigned(raw)) return admission;
  if (waiting?.epoch === world.epoch) return admission;
  const checked = checkInputSignature(world, raw, verifier.check);
  return checked.ok ? admission : ({ kind: 'refused', refusal: checked.refusal } as const);
}
