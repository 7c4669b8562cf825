/** Sets the clock on the wall, forwards and backwards, while a world lives. */
import type { Visit } from './visit.js';

const MOST_MS = 10_000_000;

export async function setClocks(visit: Visit, count: number, chance: number): Promise<void> {
  const { random, ports } = visit;
  for (let i = 0; i < count; i++) {
    await visit.pause('looks at the clock');
    if (!random.chance(chance)) continue;
    const ms = random.below(MOST_MS);
    const isBack = random.chance(0.5);
    ports.scheduler.clock.jump(BigInt(isBack ? -ms : ms) * 1_000_000n);
    ports.trace.count(isBack ? 'fault clock-back' : 'fault clock-forward', `${ms} ms`);
  }
}
