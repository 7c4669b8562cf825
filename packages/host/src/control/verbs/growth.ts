/** `disk`, `gc`, `prune`, `head`. */
import { RefusalError, toHashText } from '@aos/canon';
import { hashWorld } from '@aos/kernel';
import {
  type ControlResult,
  chainOf,
  consistencyRanges,
  inclusionRanges,
  type LeafRange,
  type ParsedArgs,
  rangeRoots,
  type StoredHead,
  type WorldStore,
} from '@aos/protocol';
import { JournalTree } from '../../snapshots/journal-tree.js';
import { makeHead } from '../../snapshots/snapshot-writer.js';
import { growthOf } from '../../snapshots/world-growth.js';
import { recordUnknown } from '../durability.js';
import type { ControlView } from '../view.js';

/** Fault: `store-growth`. */
export function showDisk({ store }: ControlView): ControlResult<'disk'> {
  const use = growthOf(store).disk();
  return {
    ...{ journal_bytes: use.journalBytes, index_bytes: use.indexBytes },
    ...{ archive_bytes: use.archiveBytes, segments: use.segments, first: store.first },
    ...{ records: use.records, objects: use.objects, snapshots: store.snapshots.length },
    bytes_per_record: use.bytesPerRecord,
  };
}

export async function collectGarbage(
  { host }: ControlView,
  wish: ParsedArgs<'gc'>,
): Promise<ControlResult<'gc'>> {
  return { dry_run: wish.isDryRun, ...(await host.growth.collect(wish)) };
}

/** Fault: `prune-refused`. */
export async function pruneJournal(
  { host }: ControlView,
  { before, keepSnapshots, ...wish }: ParsedArgs<'prune'>,
): Promise<ControlResult<'prune'>> {
  const where = {
    ...(before === undefined ? {} : { before }),
    ...(keepSnapshots === undefined ? {} : { keepSnapshots }),
  };
  const done = await host.growth.prune({ ...wish, ...where });
  return {
    dry_run: wish.isDryRun,
    ...{ first: done.first, segments: done.segments, bytes: done.freedBytes },
    ...{ forwarded_objects: done.forwardedObjects ?? null, snapshot: done.snapshot.seq },
  };
}

/** Codes: `record-unknown`, `merkle-pruned`. */
export async function showSignedHead(
  view: ControlView,
  { sign, record, older }: ParsedArgs<'head'>,
): Promise<ControlResult<'head'>> {
  const { store } = view;
  const head = await headOf(view);
  const size = head.seq + 1;
  const last = Math.max(record ?? -1, (older ?? 0) - 1);
  if (last > head.seq) throw recordUnknown(view, last);
  const signature = sign ? head.signature : null;
  return {
    ...{ world_id: toHashText(head.worldId), epoch: head.epoch, seq: head.seq },
    ...{ chain: toHashText(head.chain), merkle_root: toHashText(head.merkleRoot) },
    world_hash: toHashText(head.worldHash),
    key_id: signature === null ? null : toHashText(signature.keyId),
    sig: signature === null ? null : signature.sig,
    inclusion:
      record === undefined
        ? null
        : {
            ...{ seq: record, chain: chainAt(store, record), size },
            hashes: prove(store, inclusionRanges(record, size)),
          },
    consistency: older === undefined ? null : proveOlder(store, older, size),
  };
}

/** The tree of the first records, and what leads from it to the present one. */
function proveOlder(store: WorldStore, older: number, size: number) {
  const wanted: readonly LeafRange[] = [[0, older], ...consistencyRanges(older, size)];
  const [root, ...hashes] = prove(store, wanted);
  return { older, older_root: root as string, size, hashes };
}

/** Without a host nobody can sign. */
async function headOf(view: ControlView): Promise<StoredHead> {
  const { options, store } = view;
  if (options.host !== undefined) return options.host.head();
  const { world, hash } = await view.read((now) => ({ world: now, hash: hashWorld(now) }));
  return makeHead(world, hash, { tree: new JournalTree(store), signer: undefined });
}

function chainAt(store: WorldStore, seq: number): string {
  const [bytes] = store.records(seq);
  return toHashText(chainOf(bytes as Uint8Array));
}

function prove(store: WorldStore, ranges: readonly LeafRange[]): readonly string[] {
  const { pruned } = store;
  const source = { leaves: chainsOf(store) };
  const base = pruned && { size: pruned.seq + 1, nodes: pruned.frontier };
  const roots = rangeRoots(ranges, base === undefined ? source : { ...source, base });
  if (!roots.ok) throw new RefusalError(roots.refusal);
  return roots.value.map(toHashText);
}

function* chainsOf(store: WorldStore): Generator<Uint8Array> {
  for (const bytes of store.records(store.first)) yield chainOf(bytes);
}
