/** `aos snapshot`: the world of this moment, written down so that it opens from there. */
import { toHashText } from '@aos/canon';
import type { WorldHost } from '@aos/host';
import type { Answer } from '../output.js';
import { openingWarnings, withHost } from '../world/open-world.js';

export interface SnapshotCommandOptions {
  /** Replays the whole journal first, so that nothing of an earlier snapshot is believed. */
  readonly fromGenesis?: true;
}

export async function takeSnapshot(
  path: string,
  { fromGenesis }: SnapshotCommandOptions = {},
): Promise<Answer> {
  const from = fromGenesis === true ? 'genesis' : 'snapshot';
  return withHost(path, write, from);
}

async function write(host: WorldHost): Promise<Answer> {
  const { seq, hash } = await host.snapshot();
  const text = toHashText(hash);
  return {
    data: { seq, hash: text },
    lines: [`snapshot ${seq}  ${text}`],
    warnings: openingWarnings(host.opening),
    done: `the snapshot of the world after record ${seq} is durable`,
  };
}
