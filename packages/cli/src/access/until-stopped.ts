/** Streams that go on until somebody asks the program to end. */

/** The items of a stream; it is left as soon as the signal says so. */
export async function* untilStopped<T>(
  items: AsyncIterable<T>,
  signal: AbortSignal,
): AsyncGenerator<T, void, void> {
  const iterator = items[Symbol.asyncIterator]();
  let wake: (() => void) | undefined;
  const stop = () => wake?.();
  signal.addEventListener('abort', stop, { once: true });
  // whoever waits on one promise for a whole stream keeps something for each item of it
  const next = () =>
    new Promise<IteratorResult<T> | undefined>((resolve, reject) => {
      wake = () => resolve(undefined);
      if (signal.aborted) wake();
      else iterator.next().then(resolve, reject);
    });
  try {
    for (let item = await next(); item !== undefined && item.done !== true; item = await next()) {
      yield item.value;
    }
  } finally {
    signal.removeEventListener('abort', stop);
    await iterator.return?.();
  }
}
