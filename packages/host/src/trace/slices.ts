/** Long questions in slices, so that the world goes on beside them. */
import { AosFault } from '@aos/protocol';

/** How long others may have to wait for their turn. */
const SLICE_MS = 4;

/** What a question is made of: it may be left at each step. */
export type Steps<T> = Generator<undefined, T, undefined>;

/** Goes through all steps. Fault: `control-closed`, once `signal` is aborted. */
export async function inSlices<T>(steps: Steps<T>, signal?: AbortSignal): Promise<T> {
  for (let end = performance.now() + SLICE_MS; ; ) {
    const { done, value } = steps.next();
    if (done === true) return value;
    if (performance.now() < end) continue;
    await new Promise((resolve) => setImmediate(resolve));
    if (signal?.aborted === true) throw nobodyWaits();
    end = performance.now() + SLICE_MS;
  }
}

function nobodyWaits(): AosFault {
  const message = 'nobody waits for the answer any more; ask again';
  return new AosFault('control-closed', message, { retry: 'later' });
}
