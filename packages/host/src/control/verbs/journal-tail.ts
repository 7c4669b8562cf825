/**
 * `journal.head` and `journal.tail`.
 *
 * J1 Only what is durable is told.
 * J2 A tail reads when it is asked for an item: nothing is kept for a reader that is slow, and its
 *    place is the sequence of the next record. What is recent need not be read from the store.
 */
import { openDefinition } from '@aos/air';
import { type Hash, RefusalError, type Result, toHashText } from '@aos/canon';
import type { DescribePorts } from '@aos/kernel';
import {
  AosFault,
  type ControlResult,
  chainOf,
  decodeGenesis,
  type ParsedArgs,
  type RecordShape,
  worldIdOf,
} from '@aos/protocol';
import { nextDurable } from '../durability.js';
import { readSlice } from '../record-slices.js';
import type { ControlView } from '../view.js';
import { type KindFilter, recordShape } from './records.js';

const DEFAULT_RECORDS = 20;

export function showHead({ store, head }: ControlView): ControlResult<'journal.head'> {
  const [last] = head < 0 ? [] : store.records(head);
  return {
    seq: head,
    chain: toHashText(last === undefined ? worldIdOf(store.genesis) : chainOf(last)),
  };
}

export async function* tailJournal(
  view: ControlView,
  args: ParsedArgs<'journal.tail'>,
  signal: AbortSignal,
): AsyncGenerator<RecordShape, void, void> {
  const { from, count, follow, cbor } = args;
  const kinds: KindFilter = args.kinds && new Set(args.kinds);
  const ports = await describing(view);
  let left = count ?? (from === undefined && !follow ? DEFAULT_RECORDS : Number.POSITIVE_INFINITY);
  const { first } = view.store;
  let seq = from ?? Math.max(first, view.head + 1 - firstBack(args, left));
  const isFollowing = follow && view.isLiving;
  const leave = isFollowing ? view.recent.follow() : () => undefined;
  try {
    while (left > 0) {
      for (const { bytes, record } of readSlice(view, seq)) {
        seq = record.seq + 1;
        const shape = recordShape(record, bytes, { ports, kinds });
        if (shape === undefined) continue;
        yield cbor ? { ...shape, record: bytes } : shape;
        left -= 1;
        if (left === 0) return;
      }
      if (seq <= view.head) await new Promise((resolve) => setImmediate(resolve));
      else if (!isFollowing) return;
      else await nextDurable(view, seq, signal);
      if (signal.aborted) return;
    }
  } finally {
    leave();
  }
}

/** A world that does not open is told with the definition that it began with. */
async function describing(view: ControlView): Promise<DescribePorts> {
  try {
    return await view.read((world) => view.describing(world));
  } catch (error) {
    if (!(error instanceof AosFault) || view.isLiving) throw error;
    const genesis = unwrap(decodeGenesis(view.store.genesis));
    const object = (hash: Hash) => view.store.object(hash);
    return { definition: unwrap(openDefinition(genesis.manifest, object)), object };
  }
}

function unwrap<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new RefusalError(result.refusal);
}

/** Where to begin when only the number of records was said. */
function firstBack({ count, follow }: ParsedArgs<'journal.tail'>, left: number): number {
  if (count === undefined && follow) return 0;
  return left;
}
