/** `aos intents`: what the world has asked of the outside and has no answer to. */
import { printJson } from '@aos/air';
import { describeIntent, shortHash } from '../intents.js';
import type { Answer } from '../output.js';
import { openingWarnings, withWorld } from '../world/open-world.js';

export async function showIntents(path: string): Promise<Answer> {
  return withWorld(path, (opened) => {
    const { world } = opened;
    const intents = [...world.intents.range()];
    const shown = intents.map((intent) => describeIntent(world, intent));
    const lines = intents.map((intent, i) => {
      const { state, effect, params, opened_at } = shown[i] as (typeof shown)[number];
      return `${shortHash(intent.hash)}  ${state}  ${effect}  ${printJson(params)}  ${opened_at}`;
    });
    return {
      data: { intents: shown },
      lines: lines.length > 0 ? lines : ['no open intents'],
      warnings: openingWarnings(opened),
    };
  });
}
