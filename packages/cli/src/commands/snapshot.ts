/** `aos snapshot`: the world of this moment, written down so that it opens from there. */
import { toHashText } from '@aos/canon';
import type { Answer } from '../output.js';
import { openingWarnings, withHost } from '../world/open-world.js';

export async function takeSnapshot(path: string): Promise<Answer> {
  return withHost(path, async (host) => {
    const { seq, hash } = await host.snapshot();
    const text = toHashText(hash);
    return {
      data: { seq, hash: text },
      lines: [`snapshot ${seq}  ${text}`],
      warnings: openingWarnings(host.opening),
      done: `the snapshot of the world after record ${seq} is durable`,
    };
  });
}
