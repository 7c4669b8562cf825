/**
 * Replay: the inputs of a journal, run again, and every byte of it judged (system.md §2.7).
 *
 * 1. Only the input and the stamp of a record are fed; everything else is compared.
 * 2. The first difference ends the replay, with its sequence and both values.
 * 3. `verify` believes nothing: what admission would not let in, what is not signed by the key it
 *     names, and what is not stored is found out. `trust` leaves these three to whoever wrote the
 *     journal, and judges the rest as `verify` does: comparing bytes costs next to nothing.
 */
import { bytesEqual, type Hash, type Result, refuse } from '@aos/canon';
import { decodeRecordHead, type Engine, type RecordHead } from '@aos/protocol';
import { type AdmittedEvent, admit } from '../admit/admit.js';
import { step } from '../step/step.js';
import type { World } from '../world/world.js';
import type { Verdict } from './difference.js';
import { brokenAt, judgeRecord } from './judge.js';

/** What replay asks of a store: bytes by hash, `undefined` when they are not there. */
export type ObjectReader = (hash: Hash) => Uint8Array | undefined;

/** How much of a journal is taken on trust. */
export type ReplayMode = 'trust' | 'verify';

export interface ReplayPorts {
  readonly engine: Engine;
  readonly object: ObjectReader;
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
  if (!head.ok) return different(world, brokenAt(world.seq, 'record', head.refusal));
  const link = checkLink(world, head.value);
  if (!link.ok) return different(world, brokenAt(world.seq, link.refusal.at, link.refusal));
  const input = resolveInput(head.value, ports.object);
  if ('need' in input) return { kind: 'need', hashes: [input.need] };
  const admitted = mode === 'trust' ? trusted : readmit(world, input);
  if (!admitted.ok) return different(world, brokenAt(world.seq, 'input', admitted.refusal));
  const outcome = step(world, input, head.value.stamp, ports.engine);
  if (outcome.kind === 'need') return outcome;
  if (!bytesEqual(outcome.bytes, bytes)) {
    return different(world, judgeRecord(bytes, outcome.record));
  }
  const missing = mode === 'trust' ? [] : outcome.objects.filter(({ hash }) => !ports.object(hash));
  if (missing.length > 0) return { kind: 'need', hashes: missing.map(({ hash }) => hash) };
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

const trusted = { ok: true, value: null } as const;

function different(world: World, difference: ReturnType<typeof brokenAt>): Verdict {
  return { kind: 'different', world, difference };
}

function checkLink(world: World, head: RecordHead): Result<null> {
  if (head.seq !== world.seq) {
    return refuse('sequence-gap', 'seq', `expected ${world.seq}, found ${head.seq}`);
  }
  if (!bytesEqual(head.prev, world.chain)) {
    return refuse('chain-broken', 'prev', 'prev is not the chain value of the record before');
  }
  if (head.stamp.logicalNowNs < world.logicalNowNs) {
    return refuse('time-backwards', 'stamp', 'logical time is before that of the last record');
  }
  return { ok: true, value: null };
}

function resolveInput(head: RecordHead, object: ObjectReader): AdmittedEvent | { need: Hash } {
  const { schema, value } = head.input;
  if (value.inline !== undefined) return { kind: 'event', schema, value: value.inline };
  const bytes = object(value.ref);
  return bytes === undefined ? { need: value.ref } : { kind: 'event', schema, value: bytes };
}

/** A journal may hold only what admission lets in, byte for byte. */
function readmit(world: World, input: AdmittedEvent): Result<null> {
  const admitted = admit(world, { schema: input.schema, cbor: input.value });
  if (!admitted.ok) return admitted;
  if (bytesEqual(admitted.value.value, input.value)) return { ok: true, value: null };
  return refuse('input-not-canonical', 'input', 'the value is not canonical in its schema');
}
