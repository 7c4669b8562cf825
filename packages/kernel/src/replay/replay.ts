/**
 * Replay: the inputs of a journal, run again, and every byte of it judged (system.md §2.7).
 *
 * 1. Only the input and the stamp of a record are fed; everything else is compared.
 * 2. The first difference ends the replay, with its sequence and both values.
 * 3. `verify` believes nothing: what admission would not let in, what is not signed by the key it
 *     names, and what is not stored is found out. `trust` leaves these three to whoever wrote the
 *     journal, and judges the rest as `verify` does: comparing bytes costs next to nothing.
 * 4. A journal that comes to rules which this build does not have ends there, in either mode: under
 *     others its records would mean something else.
 */
import { bytesEqual, type Refused, refuse } from '@aos/canon';
import {
  decodeRecordHead,
  type Engine,
  type ObjectReader,
  parseVerb,
  type RecordHead,
} from '@aos/protocol';
import type { AdmittedInput } from '../admit/admitted.js';
import { step } from '../step/step.js';
import { checkRuntime } from '../world/runtime-support.js';
import type { World } from '../world/world.js';
import type { Verdict } from './difference.js';
import { checkInputSignature, feedInput, readmit, type SignatureCheck } from './feed.js';
import { brokenAt, judgeRecord } from './judge.js';

/** How much of a journal is taken on trust. */
export type ReplayMode = 'trust' | 'verify';

export interface ReplayPorts {
  readonly engine: Engine;
  readonly object: ObjectReader;
  /** Checks the signatures of inputs when verifying; without it they are not checked. */
  readonly checkSignature?: SignatureCheck;
}

/**
 * Judges one record against `world`: the world after it, the first difference, or the objects that
 * must be in memory first (then nothing has happened).
 */
export function replayRecord(
  world: World,
  bytes: Uint8Array,
  ports: ReplayPorts,
  mode: ReplayMode = 'verify',
): Verdict {
  const head = decodeRecordHead(bytes);
  if (!head.ok) return broken(world, 'record', head);
  const link = checkLink(world, head.value);
  if (link !== undefined) return broken(world, link.refusal.at, link);
  const input = feedInput(head.value.input, ports.object);
  if (input.kind === 'need') return input;
  const doubt = mode === 'verify' ? checkInput(world, input, ports) : checkRules(world, input);
  if (doubt !== undefined) return doubt;
  const { engine } = ports;
  const outcome = step(world, input, head.value.stamp, { engine, recorded: bytes });
  if (outcome.kind === 'need') return outcome;
  if (outcome.bytes !== bytes) {
    return { kind: 'different', world, difference: judgeRecord(bytes, outcome.record) };
  }
  if (mode === 'verify' && outcome.objects.length > 0) {
    const missing = outcome.objects.filter(({ hash }) => ports.object(hash) === undefined);
    if (missing.length > 0) {
      return { kind: 'need', hashes: missing.map(({ hash }) => hash), modules: [] };
    }
  }
  return { kind: 'same', world: outcome.world };
}

/**
 * Judges records in order and stops at the first verdict that is not `same`. A journal of no
 * records is the same as its genesis.
 */
export function replay(
  world: World,
  records: Iterable<Uint8Array>,
  ports: ReplayPorts,
  mode: ReplayMode = 'verify',
): Verdict {
  let current = world;
  for (const bytes of records) {
    const verdict = replayRecord(current, bytes, ports, mode);
    if (verdict.kind !== 'same') return verdict;
    current = verdict.world;
  }
  return { kind: 'same', world: current };
}

/** What speaks against an input before it is run; undefined when nothing does. */
function checkInput(world: World, input: AdmittedInput, ports: ReplayPorts): Verdict | undefined {
  const doubt = readmit(world, input, ports);
  if (doubt !== undefined) return 'kind' in doubt ? doubt : broken(world, 'input', doubt);
  if (ports.checkSignature === undefined) return undefined;
  const signed = checkInputSignature(world, input, ports.checkSignature);
  return signed.ok ? undefined : broken(world, 'input/sig', signed);
}

/** Code: `runtime-unsupported`. */
function checkRules(world: World, input: AdmittedInput): Verdict | undefined {
  if (input.kind !== 'control' || input.verb !== 'runtime-upgrade') return undefined;
  const parsed = parseVerb(input.verb, input.args);
  if (!parsed.ok || parsed.value.verb !== input.verb) return undefined;
  const unknown = checkRuntime(parsed.value.runtime);
  return unknown?.ok === false ? broken(world, 'input', unknown) : undefined;
}

function broken(world: World, at: string, refused: Refused): Verdict {
  return { kind: 'different', world, difference: brokenAt(world.seq, at, refused.refusal) };
}

function checkLink(world: World, head: RecordHead): Refused | undefined {
  if (head.seq !== world.seq) {
    return refuse('sequence-gap', 'seq', `expected ${world.seq}, found ${head.seq}`);
  }
  if (!bytesEqual(head.prev, world.chain)) {
    return refuse('chain-broken', 'prev', 'prev is not the chain value of the record before');
  }
  if (head.stamp.logicalNowNs < world.logicalNowNs) {
    return refuse('time-backwards', 'stamp', 'logical time is before that of the last record');
  }
  return undefined;
}
