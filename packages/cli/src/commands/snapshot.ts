/** `aos snapshot`: the world of this moment, written down so that it opens from there. */
import { accessOf } from '../access/local-access.js';
import { Asked, withAccess } from '../access/with-access.js';
import { openHost } from '../compose/open-host.js';
import type { Answer } from '../output.js';

export interface SnapshotCommandOptions {
  /** Replays the whole journal first, so that nothing of an earlier snapshot is believed. */
  readonly fromGenesis?: true;
}

export async function takeSnapshot(
  path: string,
  { fromGenesis }: SnapshotCommandOptions = {},
): Promise<Answer> {
  if (fromGenesis !== true) return withAccess(path, 'write', write);
  const hosted = await openHost(path, { effects: 'leave', from: 'genesis' });
  const access = accessOf(hosted);
  try {
    return await write(new Asked(access));
  } finally {
    await access.close();
  }
}

async function write(asked: Asked): Promise<Answer> {
  const { seq, hash } = await asked.call('snapshot', {});
  return {
    data: { seq, hash },
    lines: [`snapshot ${seq}  ${hash}`],
    done: `the snapshot of the world after record ${seq} is durable`,
  };
}
