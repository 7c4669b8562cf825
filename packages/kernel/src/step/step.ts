/**
 * The step: one admitted input in; next world, one record and what it asks of the outside, out.
 *
 * K1. Pure and synchronous: the same (world, input, stamp) give the same bytes.
 * K2. Everything that the input causes is in this one record, in order; what goes beyond the
 *     budget of a record is left over, as data, for the next steps.
 * K3. The atomic unit is one reducer call or one plan step: one that fails leaves an entry with a
 *     code and nothing else, and the others run on.
 * K4. An object or module that is not in memory is asked for (`need`), and then nothing has
 *     happened.
 * K5. Where a world stands still, inputs are journaled and nothing runs.
 *
 * Deliberately absent: clocks, stores, WASM engines; they come in as a stamp and ports.
 */
import { assert } from '@aos/canon';
import {
  chainOf,
  type Engine,
  encodeRecord,
  type Input,
  type JournalRecord,
  type Output,
  type Stamp,
  type StoredObject,
} from '@aos/protocol';
import type { AdmittedInput } from '../admit/admitted.js';
import { applyControl } from '../inputs/control.js';
import { applyEvent } from '../inputs/event.js';
import { applyGovernance } from '../inputs/governance.js';
import { applyKeyring } from '../inputs/keyring.js';
import { applyReceipt } from '../inputs/receipt.js';
import { applyStreamFrame } from '../inputs/stream-frame.js';
import { applyTick } from '../inputs/tick.js';
import { type Need, neededBy, ObjectsNeeded } from '../trie/objects-needed.js';
import { isRunning, type World, wakeAtOf } from '../world/world.js';
import { drain } from './drain.js';
import { Run, type ToldDenial } from './run.js';

export interface StepDone {
  readonly kind: 'done';
  readonly world: World;
  readonly record: JournalRecord;
  /** Canonical bytes of `record`. */
  readonly bytes: Uint8Array;
  /** Values too large for the record; to be stored in the same commit. */
  readonly objects: readonly StoredObject[];
  /** What the world asks of the outside once the record is durable. */
  readonly outputs: readonly Output[];
  /** What the gate said no to, up to a bound, and what would help: for people. */
  readonly denials: readonly ToldDenial[];
}

export type StepOutcome = StepDone | Need;

export interface StepPorts {
  readonly engine: Engine;
  /** Bytes that the record should have; the step's own when they are the same. */
  readonly recorded?: Uint8Array;
}

/**
 * Runs one admitted input. Throws a Defect when the stamp goes back in time, or when the input was
 * not admitted by this very world.
 */
export function step(
  world: World,
  input: AdmittedInput,
  stamp: Stamp,
  { engine, recorded }: StepPorts,
): StepOutcome {
  assert(stamp.logicalNowNs >= world.logicalNowNs, 'logical time must not go back');
  try {
    return finish(world, takeInput(new Run(world, stamp, engine), input), recorded);
  } catch (thrown) {
    if (thrown instanceof ObjectsNeeded) return neededBy(thrown);
    throw thrown;
  }
}

interface Taken {
  readonly run: Run;
  readonly input: Input;
}

/** Applies the input and runs what it causes; answers with the input as the record holds it. */
function takeInput(run: Run, input: AdmittedInput): Taken {
  const recorded = recordedInput(run, input);
  applyInput(run, input);
  const runsWork = input.kind !== 'control' && input.kind !== 'keyring';
  if (runsWork && isRunning(run.next)) drain(run);
  return { run, input: recorded };
}

function applyInput(run: Run, input: AdmittedInput): void {
  switch (input.kind) {
    case 'event':
      applyEvent(run, input);
      break;
    case 'receipt':
      applyReceipt(run, input);
      break;
    case 'stream-frame':
      applyStreamFrame(run, input);
      break;
    case 'control':
      applyControl(run, input);
      break;
    case 'keyring':
      applyKeyring(run, input);
      break;
    case 'governance':
      applyGovernance(run, input);
      break;
    case 'tick':
      applyTick(run);
      break;
    case 'continue':
      break;
  }
}

function recordedInput(run: Run, input: AdmittedInput): Input {
  switch (input.kind) {
    case 'event':
      return { ...input, value: run.carryInput(input.value) };
    case 'receipt':
    case 'stream-frame':
      return { ...input, payload: run.carryInput(input.payload) };
    default:
      return input;
  }
}

function finish(world: World, { run, input }: Taken, recorded?: Uint8Array): StepDone {
  const { seq, stamp, fuel, entries, objects, outputs, denials, next } = run;
  const wakeAtNs = wakeAtOf(next);
  const base = { seq, fuel, prev: world.chain, input, stamp, entries };
  const record: JournalRecord = wakeAtNs === undefined ? base : { ...base, wakeAtNs };
  const bytes = encodeRecord(record, recorded);
  next.pending = run.queue.rest();
  next.seq = seq + 1;
  next.chain = chainOf(bytes);
  next.logicalNowNs = stamp.logicalNowNs;
  next.lastWallNs = stamp.nowNs;
  if (wakeAtNs !== undefined && wakeAtNs !== wakeAtOf(world)) {
    outputs.push({ kind: 'wake', atNs: wakeAtNs });
  }
  if (next.pending.length > 0 && isRunning(next)) outputs.push({ kind: 'continue' });
  return { kind: 'done', world: next, record, bytes, objects, outputs, denials };
}
