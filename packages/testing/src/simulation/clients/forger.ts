/**
 * Hands in what no world may take: verbs that were taken before, that somebody else has signed, or
 * that were signed before an epoch and come behind it.
 */
import { signVerb } from '@aos/host';
import type { RawVerb } from '@aos/kernel';
import type { Random } from '../../random.js';
import { PEOPLE } from './people.js';
import { pick } from './pick.js';
import type { Visit } from './visit.js';

/** Of the acts of a forger: an epoch that begins between a verb and its step. */
const OVERTAKE_CHANCE = 0.2;

export async function forge(visit: Visit, count: number): Promise<void> {
  const { random, ports } = visit;
  for (let i = 0; i < count; i++) {
    await visit.pause('listens');
    if (random.chance(OVERTAKE_CHANCE)) {
      await overtake(visit);
      continue;
    }
    const verb = pick(random, ports.servers.heard);
    if (verb === undefined) continue;
    ports.trace.count('fault verb-forged');
    await visit.submit(forged(random, verb), `says ${verb.verb} again`);
  }
}

/** As it was, or with another nonce or signer than the signature is of. */
function forged(random: Random, verb: RawVerb): RawVerb {
  switch (random.below(4)) {
    case 0:
      return { ...verb, nonce: random.bytes(verb.nonce.length) };
    case 1:
      return { ...verb, keyId: random.pick([PEOPLE.operator, PEOPLE.ana, PEOPLE.host]).keyId };
    case 2:
      return { ...verb, nonce: random.bytes(verb.nonce.length), sig: withFlip(random, verb.sig) };
    default:
      return verb;
  }
}

/** A keyring verb and an epoch in one breath: control goes first, so the signature is of before. */
async function overtake(visit: Visit): Promise<void> {
  const { random } = visit;
  const { worldId, epoch } = visit.peek();
  const place = () => ({ worldId, epoch, nonce: random.bytes(16) });
  const { publicKey } = PEOPLE.newcomer;
  const add = { verb: 'keyring-add', publicKey, name: 'late', roles: ['approver'] } as const;
  const next = { verb: 'epoch', epoch: epoch + 1 } as const;
  visit.ports.trace.count('fault verb-overtaken');
  await Promise.all([
    visit.hand(signVerb(PEOPLE.operator, place(), add), 'says keyring-add'),
    visit.hand(signVerb(PEOPLE.operator, place(), next), 'says epoch'),
  ]);
}

/** The bytes with one bit turned; one more where there are none. */
export function withFlip(random: Random, bytes: Uint8Array): Uint8Array {
  const copy = bytes.length === 0 ? new Uint8Array(1) : bytes.slice();
  const at = random.below(copy.length);
  copy[at] = (copy[at] as number) ^ (1 << random.below(8));
  return copy;
}
