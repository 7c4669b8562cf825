/** Waiting for the journal of a living world to get somewhere. */
import { AosFault } from '@aos/protocol';
import { type ControlView, refusal } from './view.js';

/**
 * Resolves when record `seq` is durable. Codes: `record-unknown` where nobody writes,
 * `record-awaited` (a fault: try later) when the time is up; rejects with what stopped the world.
 */
export async function untilDurable(
  view: ControlView,
  seq: number,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal | undefined },
): Promise<void> {
  if (view.head >= seq) return;
  if (!view.isLiving) throw recordUnknown(view, seq);
  const end = endAfter(timeoutMs, signal);
  try {
    await nextDurable(view, seq, end.signal);
  } finally {
    end.clear();
  }
  if (view.head < seq) throw recordAwaited(view, seq);
}

/** A wait that may end early. */
interface Ending {
  readonly signal: AbortSignal;
  clear(): void;
}

/** A signal for when the time is up, or another one is aborted. It has to be cleared. */
export function endAfter(timeoutMs: number, signal: AbortSignal | undefined): Ending {
  const end = new AbortController();
  const abort = () => end.abort();
  const timer = setTimeout(abort, timeoutMs);
  signal?.addEventListener('abort', abort, { once: true });
  if (signal?.aborted === true) abort();
  const clear = () => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  };
  return { signal: end.signal, clear };
}

/** Resolves when record `seq` is durable or the wait is aborted; rejects when the world stops. */
export function nextDurable(view: ControlView, seq: number, signal: AbortSignal): Promise<void> {
  const { host } = view;
  return new Promise((resolve, reject) => {
    const end = () => {
      signal.removeEventListener('abort', end);
      unwatch();
      resolve();
    };
    const unwatch = host.watch({
      durable: () => {
        if (view.head >= seq) end();
      },
      stopped: (fault) => {
        reject(fault);
        end();
      },
    });
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted || view.head >= seq) end();
  });
}

export function recordUnknown(view: ControlView, seq: number) {
  return refusal('record-unknown', '/args', `no record ${seq}; the last one is ${view.head}`);
}

function recordAwaited(view: ControlView, seq: number): AosFault {
  const message = `record ${seq} did not come in time, the last one is ${view.head}; ask again`;
  return new AosFault('record-awaited', message, { retry: 'later' });
}
