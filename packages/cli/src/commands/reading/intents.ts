/** `aos intents`: what the world has asked of the outside and has no answer to. */
import type { IntentShape } from '@aos/protocol';
import { withAccess } from '../../access/with-access.js';
import { dataOf } from '../../json-values.js';
import type { Answer } from '../../output.js';
import { printValue, shortText } from '../../shown-effects.js';

export interface IntentsOptions {
  readonly state?: string;
  /** Hash of the last intent of the page before. */
  readonly after?: string;
  readonly limit: number;
}

export async function showIntents(path: string, options: IntentsOptions): Promise<Answer> {
  return withAccess(path, 'read', async (asked) => {
    const found = await asked.call('intents.list', { ...options });
    const { intents, count } = found;
    const more = intents.length < count ? [`${intents.length} of ${count} open intents`] : [];
    return {
      data: dataOf(found),
      lines: intents.length > 0 ? [...intents.map(printIntent), ...more] : ['no open intents'],
    };
  });
}

function printIntent({ intent, state, effect, params, opened_at, standing }: IntentShape): string {
  const where = standing === null ? '' : `  ${standing}`;
  return `${shortText(intent)}  ${state}  ${effect}  ${printValue(params)}  ${opened_at}${where}`;
}
