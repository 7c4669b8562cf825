/** `aos fork`: a world of its own with the past of another one. */
import { toHashText } from '@aos/canon';
import { draftFork } from '@aos/host';
import { type DiskStore, forkWorldStore } from '@aos/store';
import { withDurableFiles } from '../../access/known-durable.js';
import { newEngine } from '../../compose/engine.js';
import { signerOf } from '../../compose/keys.js';
import { type Answer, CliError } from '../../output.js';
import { newWorldFolder } from '../../world/new-folder.js';
import { storePath } from '../../world/world-path.js';

export interface ForkOptions {
  /** Directory of the fork. */
  readonly to: string;
  /** The last record that both have. */
  readonly at?: number;
  readonly atSnapshot?: true;
  /** Name of the operator's key that signs. */
  readonly as: string;
}

export async function forkWorld(world: string, options: ForkOptions): Promise<Answer> {
  const folder = newWorldFolder(options.to, world);
  const signer = signerOf(world, options.as);
  return withDurableFiles(world, async ({ store, durable }) => {
    const at = options.atSnapshot === true ? snapshotOf(store) : options.at;
    const named = at === undefined ? {} : { at };
    const draft = draftFork({ store, durable, engine: newEngine(), signer, ...named });
    await forkWorldStore(store, storePath(folder), { ...draft, durable });
    const { seq, epoch } = draft;
    const worldId = toHashText(draft.worldId);
    const parent = toHashText(draft.parent.worldId);
    return {
      data: {
        world: folder,
        world_id: worldId,
        epoch,
        parent: { world_id: parent, seq, chain: toHashText(draft.parent.chain) },
      },
      lines: [
        `world     ${folder}`,
        `world id  ${worldId}`,
        `parent    ${parent} up to record ${seq}`,
        `epoch     ${epoch}, from record ${seq + 1} on`,
      ],
      done: `the fork is made, with the id ${worldId}`,
    };
  });
}

function snapshotOf({ snapshot }: DiskStore): number {
  if (snapshot !== undefined) return snapshot.seq;
  throw new CliError('snapshot-none', "the world has no snapshot; make one with 'aos snapshot'");
}
