/** `aos rewind`: a world goes on behind an earlier record, and keeps what it leaves. */
import { toHashText } from '@aos/canon';
import { draftRewind, worldAfter } from '@aos/host';
import { listRewound, openWorldStore, rewindWorldStore } from '@aos/store';
import { newEngine } from '../../compose/engine.js';
import { signerOf } from '../../compose/keys.js';
import type { Answer } from '../../output.js';
import { withStore } from '../../world/open-world.js';
import { storePath } from '../../world/world-path.js';

/** What was put away, each a world that can be read and forked. */
export async function listRewinds(world: string): Promise<Answer> {
  const rewound: RewoundShape[] = [];
  for (const { number, path } of listRewound(storePath(world))) {
    rewound.push(
      await withStore(path, (store) => {
        const { epoch } = worldAfter(store, newEngine(), store.head);
        return { number, path, records: store.head + 1, epoch };
      }),
    );
  }
  const lines = rewound.map(({ number, path, records, epoch }) => {
    return `${number}  ${records} records, epoch ${epoch}  ${path}`;
  });
  return {
    data: { rewound: rewound.map((each) => ({ ...each })) },
    lines: lines.length > 0 ? lines : ['the world was never rewound'],
  };
}

interface RewoundShape {
  readonly number: number;
  readonly path: string;
  readonly records: number;
  readonly epoch: number;
}

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
