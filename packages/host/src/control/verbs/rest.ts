/** `quiesce`: waiting until nothing of a world moves, and what it then waits for. */
import { toHashText } from '@aos/canon';
import { type BlockerShape, type ParsedArgs, plainInteger, type RestShape } from '@aos/protocol';
import type { Blocker } from '../../effects/quiescence.js';
import type { ControlView } from '../view.js';

/** Answers when the world is at rest or the time is up, whichever comes first. */
export async function quiesce(
  { host }: ControlView,
  { timeoutMs, timers }: ParsedArgs<'quiesce'>,
): Promise<RestShape> {
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), timeoutMs);
  try {
    const { signal } = timeout;
    const { blockers, unlisted } = await host.untilQuiescent({ timers, signal });
    return { timed_out: signal.aborted, blockers: blockers.map(blockerShape), unlisted };
  } finally {
    clearTimeout(timer);
  }
}

function blockerShape(blocker: Blocker): BlockerShape {
  if (blocker.kind === 'time') return { kind: 'time', at_ns: plainInteger(blocker.atNs) };
  if (!('intent' in blocker)) return blocker;
  return { ...blocker, intent: toHashText(blocker.intent) };
}
