/**
 * A shadow over the files of a world: gathers the recent past from a store and asks the kernel.
 *
 * 1. Nothing is written: a store that is open for reading will do.
 * 2. The past is as long as the limits ask for, but for two things: it does not go back beyond the
 *    last change of the definition, nor beyond the last snapshot where the journal is too long to
 *    be replayed for it.
 */
import { type JsonValue, parseJson } from '@aos/air';
import {
  bytesEqual,
  type Encodable,
  encode,
  type Hash,
  type Refusal,
  RefusalError,
} from '@aos/canon';
import {
  DEFAULT_SHADOW_LIMITS,
  type RawEvent,
  runShadow,
  type ScriptedReceipt,
  type ShadowLimits,
  type ShadowOutcome,
  type ShadowQuestion,
  type ShadowReport,
  type World,
} from '@aos/kernel';
import { callLimitsOf, type ReceiptStatus, type WorldStore } from '@aos/protocol';
import type { HostEngine } from '../world/host-engine.js';
import { loadParts, worldAtBeginning } from '../world/load-world.js';
import { serveNeed } from '../world/module-loader.js';
import { divergedFault, findStart, judgePorts, judgeRecord } from '../world/open-world.js';

/** A value as JSON text of its schema. */
interface ShadowSeed {
  readonly schema: string;
  readonly json: string;
}

interface ShadowScript {
  readonly effect: string;
  readonly origin?: string;
  readonly status: ReceiptStatus;
  /** The receipt, or `{code, message}`, as JSON text. */
  readonly json: string;
}

/** What is asked of a shadow; it can be sent to another thread. */
export interface ShadowRequest {
  readonly base: Hash;
  readonly patchHash: Hash;
  /** The record after which the world is looked at. */
  readonly atSeq: number;
  readonly seeds?: readonly ShadowSeed[];
  readonly scripts?: readonly ShadowScript[];
  readonly limits?: Partial<ShadowLimits>;
}

/** What came of it; it can be sent, too. */
export type ShadowResult =
  | {
      readonly kind: 'report';
      readonly report: ShadowReport;
      readonly bytes: Uint8Array;
      readonly hash: Hash;
    }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** Longest journal that is replayed from genesis, so that a young snapshot hides no past. */
const MAX_REPLAY = 50_000;

/**
 * Runs a shadow on this thread. Codes: those of `runShadow`, `object-missing`, `json-*` of seeds
 * and scripts. Throws AosFault where the world does not open.
 */
export function shadowOf(
  store: WorldStore,
  engine: HostEngine,
  request: ShadowRequest,
): ShadowResult {
  const { base, patchHash, atSeq, limits = {} } = request;
  const { records = DEFAULT_SHADOW_LIMITS.records } = limits;
  const { head, window } = gather(store, engine, { atSeq, records });
  const ports = { engine, object: (hash: Hash) => store.object(hash) };
  const answer = (): ShadowOutcome => {
    const seeds = (request.seeds ?? []).map(seedOf);
    const scripts = (request.scripts ?? []).map((script) => scriptOf(head, script));
    const patch = { base, patchHash };
    return runShadow({ head, window, patch, seeds, scripts, limits }, ports);
  };
  try {
    for (;;) {
      const outcome = answer();
      if (outcome.kind !== 'need') return outcome;
      const loader = { store, engine, limits: callLimitsOf(head.runtime.limits) };
      const refusal = serveNeed(outcome, loader);
      if (refusal !== undefined) return { kind: 'refused', refusal };
    }
  } catch (error) {
    if (error instanceof RefusalError) return { kind: 'refused', refusal: error.refusal };
    throw error;
  }
}

interface Gathered {
  readonly head: World;
  readonly window: NonNullable<ShadowQuestion['window']>;
}

/** The world after a record, and the one from which its recent past goes on. */
function gather(
  store: WorldStore,
  engine: HostEngine,
  { atSeq, records: count }: { readonly atSeq: number; readonly records: number },
): Gathered {
  const parts = loadParts(store, engine);
  const first = Math.max(0, atSeq + 1 - count);
  const isNear = atSeq < MAX_REPLAY;
  const snapshotSeq = store.snapshot?.seq ?? -1;
  const fromGenesis = snapshotSeq > atSeq || (snapshotSeq >= first && isNear);
  const ports = judgePorts(parts);
  let world = fromGenesis ? worldAtBeginning(parts).start : findStart(parts).start;
  let from = world;
  const { borders } = parts.lineage;
  let records: Uint8Array[] = [];
  for (const bytes of store.records(world.seq)) {
    if (world.seq > atSeq) break;
    const isNew =
      !bytesEqual(manifestOf(world), manifestOf(from)) || borders.includes(world.seq - 1);
    if (world.seq <= first || isNew) {
      from = world;
      records = [];
    }
    records.push(bytes);
    const verdict = judgeRecord(world, bytes, ports, 'trust');
    if (verdict.kind === 'different') throw divergedFault(verdict.difference);
    world = verdict.world;
  }
  return { head: world, window: { world: from, records } };
}

function manifestOf({ program }: World): Hash {
  return program.definition.manifestHash;
}

function seedOf({ schema, json }: ShadowSeed): RawEvent {
  return { schema, json: jsonValue(json, '/args/seeds') };
}

/** In the receipt schema of the effect, where the world has it; else as the data it is. */
function scriptOf({ program }: World, script: ShadowScript): ScriptedReceipt {
  const { effect, origin, status, json } = script;
  const value = jsonValue(json, '/args/scripts');
  const schema = status === 'ok' ? program.gate.effects.get(effect)?.receipt : program.effectError;
  const normal = schema?.normalizeJson(value);
  if (normal?.ok === false) throw new RefusalError({ ...normal.refusal, at: '/args/scripts' });
  const payload = normal?.value ?? encode(value as Encodable);
  return { effect, status, payload, ...(origin === undefined ? {} : { origin }) };
}

/** Codes: `json-*`. */
function jsonValue(text: string, at: string): JsonValue {
  const parsed = parseJson(text);
  if (parsed.ok) return parsed.value;
  const { code, at: place, detail } = parsed.refusal;
  throw new RefusalError({ code, at, detail: `${detail} (${place})` });
}
