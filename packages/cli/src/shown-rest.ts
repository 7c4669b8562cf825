/** What a world waits for that has come to rest, and how plans ended that were waited for. */
import type { JsonValue } from '@aos/air';
import type { BlockerShape, PlanEndsShape, RestShape } from '@aos/protocol';
import { dataOf } from './json-values.js';
import { shortText } from './shown-effects.js';

export const restData = (rest: RestShape): JsonValue => dataOf(rest);

export function printRest({ timed_out, blockers, unlisted }: RestShape): readonly string[] {
  const state = blockers.length === 0 ? 'at rest' : 'at rest, and waiting';
  return [
    timed_out ? 'not at rest yet' : state,
    ...blockers.map((blocker) => `  ${printBlocker(blocker)}`),
    ...(unlisted === 0 ? [] : [`  … and ${unlisted} open intents more`]),
  ];
}

export function printEnds({ timed_out, plans }: PlanEndsShape): readonly string[] {
  const lines = plans.map(({ plan, instance, status, code, value }) => {
    const result = value === null ? '' : `: ${JSON.stringify(dataOf(value))}`;
    return `plan ${plan} (${instance}) ended ${code ?? status}${result}`;
  });
  return timed_out ? [...lines, 'not all plans have ended yet'] : lines;
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
