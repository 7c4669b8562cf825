/**
 * The shadow: what a patch would have done to the recent past, and would do now, found out on
 * forks of the world.
 *
 * S1. Nothing of the world changes, whatever runs on the forks.
 * S2. The same question has the same report, byte for byte.
 * S3. What stands against applying the patch as it is stands in the report; then no candidate runs.
 */
import type { WorldDefinition } from '@aos/air';
import {
  bytesEqual,
  encode,
  type Hash,
  ok,
  type Refusal,
  RefusalError,
  type Result,
  sha256,
} from '@aos/canon';
import type { Engine, ObjectReader, Stamp } from '@aos/protocol';
import type { RawEvent } from '../admit/admitted.js';
import { compileCandidate, type PatchRef } from '../governance/candidate.js';
import { type Need, neededBy, ObjectsNeeded } from '../trie/objects-needed.js';
import type { World } from '../world/world.js';
import { compareAuthority } from './compare/authority.js';
import { compareDefinitions } from './compare/definitions.js';
import { compareRuns } from './compare/fork-report.js';
import { findInFlight } from './compare/in-flight.js';
import { RecordedEffects, type ScriptedReceipt } from './forks/answers.js';
import { forkOf, forkUnder } from './forks/fork.js';
import { type ForkRun, ForkRunner, type ForkRunPorts } from './forks/fork-run.js';
import { decodeWindow, inputsOf } from './forks/window.js';
import { DEFAULT_SHADOW_LIMITS, type ShadowLimits } from './limits.js';
import { tryMigrations } from './migrations.js';
import { type ForkReport, listed, type ShadowReport } from './report.js';
import { findWarnings } from './warnings.js';

/** What is to be found out. */
export interface ShadowQuestion {
  /** The world as it is. */
  readonly head: World;
  /** An earlier world under the same manifest, and the records from there on, in their order. */
  readonly window?: { readonly world: World; readonly records: readonly Uint8Array[] };
  /** The patch; its document is an object of the world. */
  readonly patch: PatchRef;
  readonly scripts?: readonly ScriptedReceipt[];
  /** Events that are tried on the world as it is. */
  readonly seeds?: readonly RawEvent[];
  readonly limits?: Partial<ShadowLimits>;
}

export interface ShadowPorts {
  readonly engine: Engine;
  readonly object: ObjectReader;
}

export type ShadowOutcome =
  | {
      readonly kind: 'report';
      readonly report: ShadowReport;
      /** Canonical bytes of the report, and their hash: what an approval binds. */
      readonly bytes: Uint8Array;
      readonly hash: Hash;
    }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | Need;

/** Codes: those of `compileCandidate`, and of records that are none. */
export function runShadow(question: ShadowQuestion, ports: ShadowPorts): ShadowOutcome {
  try {
    const report = shadow(question, ports);
    if (!report.ok) return { kind: 'refused', refusal: report.refusal };
    const bytes = encode(report.value);
    return { kind: 'report', report: report.value, bytes, hash: sha256(bytes) };
  } catch (thrown) {
    if (thrown instanceof ObjectsNeeded) return neededBy(thrown);
    if (thrown instanceof RefusalError) return { kind: 'refused', refusal: thrown.refusal };
    throw thrown;
  }
}

function shadow(question: ShadowQuestion, ports: ShadowPorts): Result<ShadowReport> {
  const { patch } = question;
  const limits = { ...DEFAULT_SHADOW_LIMITS, ...question.limits };
  const head = forkOf(question.head);
  const compiled = compileCandidate(head, patch, ports.engine);
  if (!compiled.ok) return compiled;
  const candidate = compiled.value;
  const base = head.program.definition;
  const authority = compareAuthority(base, candidate);
  const fork = forkUnder(head, candidate, ports.engine);
  const { affected, ...inFlight } = findInFlight(head, candidate, authority);
  const cancelled = fork.ok ? fork.value.entries.filter(({ kind }) => kind === 'settled') : [];
  const refused = fork.ok ? null : { code: fork.refusal.code, at: fork.refusal.at };
  const asked = { ...question, head, limits };
  return ok({
    version: 1,
    world_id: head.worldId,
    at_seq: Math.max(head.seq - 1, 0),
    base: base.manifestHash,
    patch_hash: patch.patchHash,
    candidate: candidate.manifestHash,
    limits: { ...limits },
    refused,
    authority: listed(authority, limits.rows),
    definitions: listed(compareDefinitions(base, candidate), limits.rows),
    migrations: fork.ok ? tryMigrations(fork.value.world, ports.engine, limits) : [],
    warnings: listed(findWarnings(head, head.programs.of(candidate)), limits.rows),
    in_flight: {
      ...inFlight,
      cancelled: cancelled.length,
      affected: listed(affected, limits.rows),
    },
    window: runWindow(asked, candidate, ports),
    head: fork.ok ? runHead(asked, fork.value.world, ports) : null,
  });
}

interface Asked extends ShadowQuestion {
  readonly limits: ShadowLimits;
}

function runWindow(
  { head, window, scripts = [], limits }: Asked,
  candidate: WorldDefinition,
  { engine, object }: ShadowPorts,
): ShadowReport['window'] {
  if (window === undefined || window.records.length === 0) return null;
  const isSame = bytesEqual(
    window.world.program.definition.manifestHash,
    head.program.definition.manifestHash,
  );
  const fork = isSame ? forkUnder(window.world, candidate, engine) : undefined;
  if (fork?.ok !== true) return null;
  const records = decodeWindow(window.records.slice(0, limits.records));
  const inputs = inputsOf(records, object);
  const run = (world: World): ForkRun => {
    const recorded = new RecordedEffects(window.world, records, object);
    const runner = new ForkRunner(world, { engine, limits, scripts, recorded });
    for (const input of inputs) runner.runInput(input);
    return runner.end();
  };
  const pair = { base: run(forkOf(window.world)), candidate: run(fork.value.world) };
  const report = compareRuns(pair, limits.rows);
  const isCut = report.is_cut || window.records.length > limits.records;
  return { ...report, is_cut: isCut, from_seq: window.world.seq };
}

/** Null where nothing is tried. */
function runHead(
  { head, scripts = [], seeds = [], limits }: Asked,
  fork: World,
  { engine }: ShadowPorts,
): ForkReport | null {
  const isTried = seeds.length + head.pending.length + scripts.length + limits.advance_ns > 0;
  if (!isTried) return null;
  const run = (world: World): ForkRun => {
    const ports: ForkRunPorts = { engine, limits, scripts };
    const runner = new ForkRunner(world, ports);
    runner.runPending(stampOf(head, 'pending'));
    for (const [n, seed] of seeds.entries()) runner.runEvent(n, seed, stampOf(head, n));
    runner.runTime(stampOf(head, 'time'));
    return runner.end();
  };
  return compareRuns({ base: run(head), candidate: run(fork) }, limits.rows);
}

/** The moment of the head, with bytes that nobody draws. */
function stampOf({ chain, lastWallNs, logicalNowNs }: World, what: number | string): Stamp {
  const entropy = sha256(encode(['aos/shadow/0', chain, what]));
  return { nowNs: lastWallNs, logicalNowNs, entropy };
}
