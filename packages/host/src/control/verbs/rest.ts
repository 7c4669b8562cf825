/** `quiesce`: waiting until nothing of a world moves, and what it then waits for. */
import { toHashText } from '@aos/canon';
import { type BlockerShape, type ParsedArgs, plainInteger, type RestShape } from '@aos/protocol';
import type { Blocker } from '../../effects/quiescence.js';
import { endAfter } from '../durability.js';
import type { ControlView } from '../view.js';

/** Answers when the world is at rest, the time is up, or nobody waits any more. */
export async function quiesce(
  { host }: ControlView,
  {
    timeoutMs,
    timers,
    signal,
  }: ParsedArgs<'quiesce'> & { readonly signal: AbortSignal | undefined },
): Promise<RestShape> {
  const end = endAfter(timeoutMs, signal);
  try {
    const { blockers, unlisted } = await host.untilQuiescent({ timers, signal: end.signal });
    const { aborted } = end.signal;
    return { timed_out: aborted, blockers: blockers.map(blockerShape), unlisted };
  } finally {
    end.clear();
  }
}

function blockerShape(blocker: Blocker): BlockerShape {
  if (blocker.kind === 'time') return { kind: 'time', at_ns: plainInteger(blocker.atNs) };
  if (!('intent' in blocker)) return blocker;
  return { ...blocker, intent: toHashText(blocker.intent) };
}
