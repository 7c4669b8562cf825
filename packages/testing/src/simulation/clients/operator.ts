/**
 * Steers a world: pauses, drains and resumes it, begins epochs, adds and revokes keys; takes
 * snapshots and clears away.
 */

import { type Signer, signVerb } from '@aos/host';
import { AosFault, type Verb } from '@aos/protocol';
import { PEOPLE, STRANGER } from './people.js';
import type { Visit } from './visit.js';

/** Those of whom a world may do without. */
export const REVOKED: readonly Signer[] = [PEOPLE.ana, PEOPLE.ben, PEOPLE.adapter];

export async function operate(visit: Visit, count: number): Promise<void> {
  const { random } = visit;
  for (let i = 0; i < count; i++) {
    if (random.chance(0.5)) await keep(visit);
    else {
      await steer(visit);
      await letGoOn(visit);
    }
  }
}

/** A world that stands still goes on. */
export async function letGoOn(visit: Visit): Promise<void> {
  if (visit.peek().mode !== 'running') await say(visit, { verb: 'resume' });
}

async function steer(visit: Visit): Promise<void> {
  const { random } = visit;
  const { publicKey, keyId } = STRANGER;
  const { epoch, mode } = visit.peek();
  const verb: Verb =
    mode !== 'running'
      ? { verb: 'resume' }
      : random.weighted<Verb>([
          [6, { verb: 'pause' }],
          [4, { verb: 'drain' }],
          [2, { verb: 'epoch', epoch: epoch + 1 }],
          [3, { verb: 'keyring-add', publicKey, name: 'newcomer', roles: ['adapter'] }],
          [2, { verb: 'keyring-revoke', keyId }],
          [1, { verb: 'keyring-revoke', keyId: random.pick(REVOKED).keyId }],
        ]);
  await say(visit, verb);
}

/** Takes a snapshot, or lets go of what is before one. */
async function keep(visit: Visit): Promise<void> {
  const { random, ports } = visit;
  const { host, trace, watch } = ports;
  await visit.pause('keeps the world');
  if (random.chance(0.7)) {
    const { seq } = await host.snapshot();
    trace.count('snapshot', `after record ${seq}`);
    watch.snapshotted(seq);
    return;
  }
  try {
    await host.growth.collect({ isDryRun: false, graceS: 0, keepSnapshots: 1 });
    trace.count('collected');
  } catch (error) {
    if (!(error instanceof AosFault) || error.code === 'store-failed') throw error;
    trace.count(`collect ${error.code}`);
  }
}

/** A key of somebody is good no more. */
export async function revoke(visit: Visit, { keyId }: Pick<Signer, 'keyId'>): Promise<void> {
  await say(visit, { verb: 'keyring-revoke', keyId });
}

async function say(visit: Visit, verb: Verb): Promise<void> {
  const { worldId, epoch } = visit.peek();
  const place = { worldId, epoch, nonce: visit.random.bytes(16) };
  await visit.submit(signVerb(PEOPLE.operator, place, verb), `says ${verb.verb}`);
}
