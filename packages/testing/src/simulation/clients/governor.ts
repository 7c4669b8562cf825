/** Changes the definition of a world: proposes, shadows, votes and applies, step by step. */
import { bytesEqual, type Hash, sha256, toHex, utf8 } from '@aos/canon';
import { type Signer, signVerb } from '@aos/host';
import type { Proposal } from '@aos/kernel';
import type { Verb } from '@aos/protocol';
import { REVOKED, revoke } from './operator.js';
import { PEOPLE, VOTERS } from './people.js';
import { pick } from './pick.js';
import type { Visit } from './visit.js';

/** Within so many choices of the scheduler a process is killed that applies a change. */
const KILL_WITHIN = 6;
/** Of steps towards a change: another shadow, which makes void what was said. */
const AGAIN_CHANCE = 0.08;
const EXPIRY_CHANCE = 0.2;
/** Something is done that it is too early or too late for. */
const HASTY_CHANCE = 0.12;
/** Of applications: somebody who has said yes is revoked before. */
const REVOKE_CHANCE = 0.3;

export async function govern(visit: Visit, count: number, killChance: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    await visit.pause('looks at proposals');
    const proposal = visit.random.chance(HASTY_CHANCE) ? anyProposal(visit) : openProposal(visit);
    if (proposal === undefined || visit.random.chance(HASTY_CHANCE)) await propose(visit);
    else if (proposal.shadow === null || visit.random.chance(AGAIN_CHANCE))
      await shadow(visit, proposal);
    else if (proposal.state === 'approved' || visit.random.chance(HASTY_CHANCE))
      await apply(visit, proposal, killChance);
    else await vote(visit, proposal);
  }
}

/** The last one that could still be applied. */
function openProposal(visit: Visit): Proposal | undefined {
  const { governance, program } = visit.peek();
  const inForce = program.definition.manifestHash;
  const isOpen = ({ base, state }: Proposal) =>
    bytesEqual(base, inForce) && !CLOSED.includes(state);
  return [...governance.proposals.range()].filter(isOpen).at(-1);
}

/** One of all that there ever were, stale and closed ones too. */
function anyProposal(visit: Visit): Proposal | undefined {
  return pick(visit.random, [...visit.peek().governance.proposals.range()]);
}

const CLOSED: readonly string[] = ['applied', 'rejected', 'withdrawn'];

async function propose(visit: Visit): Promise<void> {
  const { random, ports } = visit;
  const base = visit.peek().program.definition.manifestHash;
  const patch = pick(random, ports.constitution.patches.get(toHex(base)) ?? []);
  if (patch === undefined) return;
  await visit.store(patch);
  const agent = { schema: 'g/Agent@1', json: { patch: `sha256:${toHex(patch.hash)}` } } as const;
  if (random.chance(0.2)) await visit.submit(agent, 'has a plan propose');
  else await sayAsAny(visit, { verb: 'propose', base, patchHash: patch.hash, description: '' });
}

async function shadow(visit: Visit, { id: proposal, base, patchHash }: Proposal): Promise<void> {
  const bytes = utf8(`report ${visit.random.below(3)}`);
  const shadowHash = sha256(bytes);
  await visit.store({ hash: shadowHash, bytes });
  const atSeq = Math.max(0, visit.peek().seq - 1);
  const verb: Verb = { verb: 'shadowed', proposal, base, patchHash, shadowHash, atSeq };
  await say(visit, verb, PEOPLE.host);
}

async function vote(visit: Visit, known: Proposal): Promise<void> {
  const { random } = visit;
  const { id: proposal, base, patchHash, shadow: made } = known;
  const ref = { proposal, base, patchHash };
  if (random.chance(0.1)) await sayAsAny(visit, { verb: 'reject', ...ref });
  else if (made !== null) {
    const yes = { verb: 'approve', ...ref, shadowHash: made.hash } as const;
    const isShort = random.chance(EXPIRY_CHANCE);
    await sayAsAny(visit, isShort ? { ...yes, expiresNs: visit.soon() } : yes);
  }
}

async function apply(visit: Visit, known: Proposal, killChance: number): Promise<void> {
  const { id: proposal, voices } = known;
  const { random, ports } = visit;
  const said = pick(
    random,
    REVOKED.filter(({ keyId }) => voices.some((v) => isOf(v, keyId))),
  );
  if (said !== undefined && random.chance(REVOKE_CHANCE)) await revoke(visit, said);
  const { scheduler, trace } = ports;
  const isKilled = random.chance(killChance);
  if (isKilled) scheduler.crashIn(1 + random.below(KILL_WITHIN), 'fault crash-during-apply');
  const isApplied = await sayAsAny(visit, { verb: 'apply', proposal });
  if (isApplied) trace.count('applied');
}

function isOf({ keyId }: Proposal['voices'][number], key: Hash): boolean {
  return keyId !== null && bytesEqual(keyId, key);
}

/** One after the other says it, until somebody may; now and then nobody else is asked. */
async function sayAsAny(visit: Visit, verb: Verb): Promise<boolean> {
  for (const signer of visit.random.shuffled(VOTERS)) {
    const result = await say(visit, verb, signer);
    if (result.ok || visit.random.chance(0.2)) return result.ok;
  }
  return false;
}

function say(visit: Visit, verb: Verb, signer: Signer) {
  const { worldId, epoch } = visit.peek();
  const place = { worldId, epoch, nonce: visit.random.bytes(16) };
  return visit.submit(signVerb(signer, place, verb), `says ${verb.verb}`);
}
