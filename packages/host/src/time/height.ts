/** Heights: which records of a world one may go back to. */
import { RefusalError } from '@aos/canon';
import type { WorldStore } from '@aos/protocol';

/**
 * The height that is meant: the last durable record where none is named. Throws RefusalError:
 * `record-unknown` (there is none), `record-not-durable` (it could still be lost), `record-pruned`
 * (what it needs was taken away or moved behind it).
 */
export function heightOf(
  { head, durable, pruned }: Pick<WorldStore, 'durable' | 'head' | 'pruned'>,
  at: number | undefined,
): number {
  const seq = at ?? durable;
  if (!Number.isSafeInteger(seq) || seq < 0 || seq > head) {
    const found = head < 0 ? 'the world has none' : `records are 0 to ${head}`;
    throw refusal('record-unknown', `expected the number of a record, found ${seq}; ${found}`);
  }
  if (pruned !== undefined && seq < pruned.at) {
    const detail = `the world was pruned after record ${pruned.at}; choose that one or a later one`;
    throw refusal('record-pruned', detail);
  }
  if (seq <= durable) return seq;
  const detail = `record ${seq} could still be lost, durable are those up to ${durable}`;
  throw refusal('record-not-durable', `${detail}; choose one of these, or ask again`);
}

function refusal(code: string, detail: string): RefusalError {
  return new RefusalError({ code, at: '/seq', detail });
}
