/** Decides on effects that wait for somebody's approval. */
import { signVerb } from '@aos/host';
import { VOTERS } from './people.js';
import { pick } from './pick.js';
import type { Visit } from './visit.js';

export async function decide(visit: Visit, count: number): Promise<void> {
  const { random } = visit;
  for (let i = 0; i < count; i++) {
    await visit.pause('looks for what waits');
    const { worldId, epoch, intents } = visit.peek();
    const waiting = [...intents.range()].filter(({ state }) => state === 'waiting');
    const intent = pick(random, waiting);
    if (intent === undefined) continue;
    const decision = random.chance(0.7) ? 'approve' : 'reject';
    const verb = {
      ...({ verb: 'approve-intent', intentHash: intent.hash, decision } as const),
      ...(random.chance(0.3) && { expiresNs: visit.soon() }),
    };
    for (const signer of random.shuffled(VOTERS)) {
      const place = { worldId, epoch, nonce: random.bytes(16) };
      const told = await visit.submit(signVerb(signer, place, verb), `${decision}s an effect`);
      if (told.ok || random.chance(0.2)) break;
    }
  }
}
