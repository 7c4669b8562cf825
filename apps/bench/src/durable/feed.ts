/** Events for hosts in this process, so many of them waiting for their acknowledgement at once. */
import type { WorldHost } from '@aos/host';
import type { RawEvent } from '@aos/kernel';

/** Hands in events while there are any, and so many at once; how many it were. */
export async function feed(
  next: () => { readonly host: WorldHost; readonly event: RawEvent } | undefined,
  inFlight: number,
): Promise<number> {
  let count = 0;
  const client = async () => {
    for (let each = next(); each !== undefined; each = next()) {
      const answer = await each.host.submit(each.event);
      if (!answer.ok || answer.value.faults.length > 0) throw new Error('an event was not taken');
      count += 1;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, client));
  return count;
}

/** Calls `next` with 0, 1, 2 … until the time is up. */
export function forMs<T>(ms: number, next: (n: number) => T): () => T | undefined {
  const startedAt = performance.now();
  let n = 0;
  return () => (performance.now() - startedAt < ms ? next(n++) : undefined);
}

/** Calls `next` with 0, 1, 2 … so many times. */
export function times<T>(count: number, next: (n: number) => T): () => T | undefined {
  let n = 0;
  return () => (n < count ? next(n++) : undefined);
}
