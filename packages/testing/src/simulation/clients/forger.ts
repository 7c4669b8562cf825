/**
 * Hands in what no world may take: verbs that were taken before, that somebody else has signed, or
 * that were signed before an epoch and come behind it; receipts of what is still under way, which
 * nobody has signed who may.
 */
import { bytesEqual, encode } from '@aos/canon';
import { signReceipt, signVerb } from '@aos/host';
import type { RawVerb } from '@aos/kernel';
import type { Random } from '../../random.js';
import { forgedReceipt, withFlip } from './forgery.js';
import { revoke } from './operator.js';
import { PEOPLE } from './people.js';
import { pick } from './pick.js';
import type { Visit } from './visit.js';

/** Of the acts of a forger: an epoch that begins between a verb and its step. */
const OVERTAKE_CHANCE = 0.2;
/** Of the others: a receipt. */
const RECEIPT_CHANCE = 0.6;
const OLD_CHANCE = 0.3;
const REVOKE_CHANCE = 0.2;

export async function forge(visit: Visit, count: number): Promise<void> {
  const { random, ports } = visit;
  for (let i = 0; i < count; i++) {
    await visit.pause('listens');
    if (random.chance(OVERTAKE_CHANCE)) {
      await overtake(visit);
      continue;
    }
    if (random.chance(RECEIPT_CHANCE)) {
      await answer(visit);
      continue;
    }
    const verb = pick(random, ports.servers.heard);
    if (verb === undefined) continue;
    ports.trace.count('fault verb-forged');
    await visit.submit(forged(random, verb), `says ${verb.verb} again`);
  }
}

/** A receipt of what is open, forged, or good but of the epoch before. */
async function answer(visit: Visit): Promise<void> {
  const { random, ports } = visit;
  const { worldId, epoch, intents, keyring } = visit.peek();
  const open = pick(
    random,
    [...intents.range()].filter(({ state }) => state === 'released'),
  );
  if (open === undefined) return;
  const { keyId } = PEOPLE.adapter;
  const isRevoked = keyring.some((key) => key.revokedAt !== null && bytesEqual(key.keyId, keyId));
  if (!isRevoked && random.chance(REVOKE_CHANCE)) await revoke(visit, PEOPLE.adapter);
  const isOld = epoch > 0 && random.chance(OLD_CHANCE);
  const place = { worldId, epoch: isOld ? epoch - 1 : epoch };
  const { hash: intentHash, attempt } = open;
  const body = { ...place, intentHash, attempt, adapterId: 'forger', status: 'error' } as const;
  const receipt = signReceipt(PEOPLE.adapter, body, encode({ code: 'sim-cancelled', message: '' }));
  ports.trace.count('fault receipt-forged');
  const isGood = isOld || (isRevoked && random.chance(0.5));
  await visit.hand(isGood ? receipt : forgedReceipt(random, receipt), 'brings a forged receipt');
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
