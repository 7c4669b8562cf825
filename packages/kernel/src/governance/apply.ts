/**
 * Applying: one definition takes the place of another, between two pieces of work.
 *
 * A1. Whole or not at all: what stands against it is found before anything changes.
 * A2. What runs goes on under the definition it started under; grants and policy are always those
 *     in force.
 * A3. States stay. One whose type changes needs a path of migrations; each cell takes it when it is
 *     next read. The cells of a reducer that is gone are kept, and come back with it.
 */
import type { WorldDefinition } from '@aos/air';
import type { Hash, Refusal, Result } from '@aos/canon';
import type { Engine, EntryPlace } from '@aos/protocol';
import { checkRevoked } from '../gate/approvals.js';
import type { OpenIntent } from '../gate/open-intent.js';
import type { Program } from '../program/program.js';
import { writeDecision } from '../step/effects.js';
import type { Run } from '../step/run.js';
import { settleInternally } from '../step/settle.js';
import type { World } from '../world/world.js';
import { compileCandidate } from './candidate.js';
import { type MovedCells, moveCells } from './moved-cells.js';
import type { Principal, Proposal } from './proposal.js';
import { checkActor, hasQuorum } from './quorum.js';
import { findOpen, save, write } from './voices.js';

/** A definition that takes the place of the one in force. */
export interface Adoption {
  readonly definition: WorldDefinition;
  readonly program: Program;
  readonly moved: MovedCells;
}

/** Everything that applying a proposal changes. */
interface Prepared extends Adoption {
  readonly proposal: Proposal;
}

/**
 * Whether a proposal can be applied by somebody now. Throws ObjectsNeeded. Codes:
 * `proposal-unknown`, `proposal-closed`, `proposal-not-approved`, `governance-…` of the actor, and
 * those of {@link compileCandidate} and {@link moveCells}.
 */
export function prepareApply(
  world: World,
  id: number,
  actor: Principal,
  ports: { readonly engine: Engine | undefined; readonly nowNs: bigint },
): Result<Prepared> {
  const proposal = findOpen(world, id);
  if ('code' in proposal) return refusal(proposal);
  const who = checkActor(world, 'apply', actor, proposal.author);
  if (who !== undefined) return refusal({ ...who, at: '/key_id' });
  if (proposal.shadow === null || !hasQuorum(world, 'approve', proposal, ports.nowNs)) {
    const detail = `proposal ${id} is ${proposal.state}, and not approved by enough people now`;
    return refusal({ code: 'proposal-not-approved', at: '/args/proposal', detail });
  }
  const candidate = compileCandidate(world, proposal, ports.engine);
  if (!candidate.ok) return candidate;
  const program = world.programs.of(candidate.value);
  const moved = moveCells(world, program);
  if (!moved.ok) return moved;
  return {
    ok: true,
    value: { proposal, definition: candidate.value, program, moved: moved.value },
  };
}

/**
 * Applies a proposal, or writes `dropped` with the code of what has come to stand against it since
 * that was admitted. Answers with the code, undefined when it is applied.
 */
export function applyProposal(
  run: Run,
  id: number,
  actor: Principal,
  cause: EntryPlace,
): string | undefined {
  const ports = { engine: run.engine, nowNs: run.stamp.logicalNowNs };
  const prepared = prepareApply(run.next, id, actor, ports);
  if (!prepared.ok) {
    run.append({ kind: 'dropped', cause: run.causeOf(cause), code: prepared.refusal.code });
    return prepared.refusal.code;
  }
  const { proposal, definition } = prepared.value;
  save(run, { ...proposal, state: 'applied' });
  adopt(run, prepared.value);
  const hash: Hash = definition.manifestHash;
  const place = write(run, { id, change: 'applied', principal: actor.name, hash }, cause);
  run.queue.push({ kind: 'revoke', from: null, cause: place });
  return undefined;
}

/** From here on the definition is in force; what {@link endRevoked} ends is still there. */
export function adopt(run: Run, { definition, program, moved }: Adoption): void {
  const { next } = run;
  next.programs.put(next.program);
  keepDefinition(run, definition);
  next.program = program;
  next.cells = moved.cells;
  next.leafTypes = moved.leafTypes;
  next.retired = moved.retired;
}

/** The nodes of a definition become objects of the world: it is opened from them. */
function keepDefinition(run: Run, definition: WorldDefinition): void {
  const known = run.next.program.definition.nodes;
  for (const [text, bytes] of definition.nodes) {
    if (!known.has(text)) run.keep(bytes);
  }
}

/** Intents that are looked at in one go. */
const PAGE = 64;

/**
 * Ends those of the intents from one on that wait for people under grants that are gone. Looks at a
 * page of them; answers with the first that it has not looked at, null after the last.
 */
export function endRevoked(run: Run, from: Hash | null, cause: EntryPlace): Hash | null {
  const page: OpenIntent[] = [];
  for (const intent of run.next.intents.range(from === null ? {} : { from })) {
    page.push(intent);
    if (page.length > PAGE) break;
  }
  for (const intent of page.slice(0, PAGE)) {
    const denied = checkRevoked(run.next.program.gate, intent);
    if (denied === undefined) continue;
    const decision = writeDecision(run, denied, cause);
    settleInternally(run, intent, { status: 'error', code: denied.code }, decision);
  }
  return page[PAGE]?.hash ?? null;
}

function refusal(why: Refusal): Result<never> {
  return { ok: false, refusal: why };
}
