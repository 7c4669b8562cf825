/** `aos rewind`: a world goes on behind an earlier record, and keeps what it leaves. */
import { toHashText } from '@aos/canon';
import { draftRewind } from '@aos/host';
import { openWorldStore, rewindWorldStore } from '@aos/store';
import { newEngine } from '../../compose/engine.js';
import { signerOf } from '../../compose/keys.js';
import type { Answer } from '../../output.js';
import { storePath } from '../../world/world-path.js';

export interface RewindOptions {
  /** The last record that stays. */
  readonly to: number;
  /** Name of the operator's key that signs. */
  readonly as: string;
}

/** Code `world-locked` while a daemon has the world. */
export async function rewindWorld(world: string, { to, as }: RewindOptions): Promise<Answer> {
  const signer = signerOf(world, as);
  const path = storePath(world);
  const store = await openWorldStore(path, { mode: 'write' });
  try {
    const draft = draftRewind({ store, engine: newEngine(), signer, to });
    const archive = await rewindWorldStore(store, path, draft);
    const { seq, epoch, abandoned } = draft;
    return {
      data: { world_id: toHashText(draft.worldId), seq, epoch, abandoned, archive },
      lines: [
        `the world goes on behind record ${seq}`,
        `epoch     ${epoch}, from record ${seq + 1} on`,
        `kept      ${abandoned} records in ${archive}`,
      ],
      done: `the world was rewound to record ${seq}`,
    };
  } finally {
    await store.close();
  }
}
