/** `aos run --until quiescent`: effects run here until nothing of the world moves any more. */
import type { JsonValue } from '@aos/air';
import { toHashText } from '@aos/canon';
import type { Blocker, Quiescence, WorldHost } from '@aos/host';
import type { BlockerShape, RestShape } from '@aos/protocol';
import { type HostedWorld, openHost } from '../compose/open-host.js';
import { type Answer, CliError } from '../output.js';
import { shortText } from '../shown-effects.js';
import { openingWarnings } from '../world/open-world.js';

export interface RunOptions {
  /** `list`: a world that only waits for time is at rest. */
  readonly timers: 'list' | 'wait';
  /** How long rest is waited for. */
  readonly timeoutMs: number;
  /** Runs what can be run, and leaves open what nobody serves. */
  readonly allowMissing?: boolean;
}

export async function runToRest(path: string, options: RunOptions): Promise<Answer> {
  const { allowMissing = false } = options;
  const hosted = await openHost(path, { effects: 'run', allowMissing });
  try {
    return await answerOf(hosted, await restOf(hosted.host, options), options);
  } finally {
    await hosted.close();
  }
}

/** Rest, or what is waited for when the time is up. */
async function restOf(host: WorldHost, { timers, timeoutMs }: RunOptions): Promise<RestShape> {
  let timer: NodeJS.Timeout | undefined;
  const time = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, timeoutMs, undefined);
  });
  const rest = await Promise.race([host.untilQuiescent({ timers }), time]);
  clearTimeout(timer);
  if (rest !== undefined) return { timed_out: false, ...shapeOf(rest) };
  return { timed_out: true, blockers: [], unlisted: (await host.openIntents()).length };
}

function shapeOf({ blockers, unlisted }: Quiescence): Omit<RestShape, 'timed_out'> {
  return { blockers: blockers.map(blockerShape), unlisted };
}

function blockerShape(blocker: Blocker): BlockerShape {
  switch (blocker.kind) {
    case 'time':
      return { kind: 'time', at_ns: blocker.atNs };
    case 'timer':
    case 'approval':
    case 'receipt':
      return { ...blocker, intent: toHashText(blocker.intent) };
    default:
      return blocker;
  }
}

async function answerOf(
  { host, store }: HostedWorld,
  rest: RestShape,
  { timeoutMs }: RunOptions,
): Promise<Answer> {
  const records = await host.read(({ seq }) => seq);
  const { blockers, unlisted, timed_out } = rest;
  const more = unlisted === 0 ? [] : [`… and ${unlisted} open intents more`];
  const lines = [...blockers.map(printBlocker), ...more];
  const dead = host.deadLetters.map(({ intent, effect, code }) => {
    return `effect ${shortText(toHashText(intent))}  ${effect} came to nothing: ${code}`;
  });
  const answer = {
    data: { records, ...rest } as JsonValue,
    lines: timed_out ? lines : [`at rest after ${store.head + 1} records`, ...lines],
    warnings: [...openingWarnings(host.opening), ...dead],
  };
  if (!timed_out) return answer;
  const message = `the world did not come to rest within ${timeoutMs} ms; give it more with --timeout`;
  return { ...answer, error: new CliError('run-timeout', message) };
}

function printBlocker(blocker: BlockerShape): string {
  switch (blocker.kind) {
    case 'world':
      return `the world stands still: ${blocker.code}`;
    case 'work':
      return `${blocker.count} pieces of work are left over`;
    case 'time':
      return `something is due at ${blocker.at_ns} ns of logical time`;
    case 'timer':
      return `timer ${shortText(blocker.intent)} is set; --timers wait waits for it`;
    case 'approval': {
      const { intent, effect, given, needed, role } = blocker;
      const asked = `effect ${shortText(intent)}  ${effect} waits for people`;
      return `${asked}: ${given} of ${needed} with the role ${role} agreed`;
    }
    case 'receipt': {
      const { intent, effect, reason } = blocker;
      return `effect ${shortText(intent)}  ${effect} waits for its receipt: ${reason}`;
    }
  }
}
