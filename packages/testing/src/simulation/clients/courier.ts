/** Brings receipts that are not the host's own: again, late, in another order, or forged. */
import type { Visit } from './visit.js';

export async function bringReceipts(visit: Visit, count: number): Promise<void> {
  const { random, ports } = visit;
  const { post } = ports.servers;
  for (let i = 0; i < count; i++) {
    await visit.pause('looks for receipts');
    const at = random.below(post.length);
    const receipt = post[at];
    if (receipt === undefined) continue;
    if (random.chance(0.7)) post.splice(at, 1);
    const result = await visit.submit(receipt, 'brings a receipt');
    if (!result.ok) ports.trace.count('fault receipt-late');
  }
}
