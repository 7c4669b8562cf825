/** The effects of a world: whatever was asked for, and how it ended. */
import { placeOf } from '@aos/kernel';
import type { ControlResult, EffectShape, Standing } from '@aos/protocol';
import { tellEffect } from './intent-story.js';
import type { Steps } from './slices.js';
import { entryAt, type TraceSource } from './trace-source.js';

export interface EffectQuery {
  /** Most effects to tell: the latest. */
  readonly limit: number;
  /** Only effects of this kind. */
  readonly effect?: string | undefined;
  /** Only effects that stand so. */
  readonly standing?: Standing | undefined;
}

/** Most effects that are looked at to find those of a query. */
const MAX_LOOKED_AT = 20_000;

export function* listEffects(
  source: TraceSource,
  query: EffectQuery,
): Steps<ControlResult<'effects.list'>> {
  const firsts = source.journal.index.firstAboutIntents;
  const found: EffectShape[] = [];
  const end = Math.max(0, firsts.length - MAX_LOOKED_AT);
  let at = firsts.length;
  while (at > end && found.length < query.limit) {
    yield;
    at -= 1;
    const entry = entryAt(source, placeOf(firsts[at] as number));
    if (entry?.kind !== 'decision' && entry?.kind !== 'intent') continue;
    if (query.effect !== undefined && entry.effect !== query.effect) continue;
    const story = tellEffect(source, entry.intent);
    if (story === undefined) continue;
    if (query.standing === undefined || story.standing === query.standing) found.push(story);
  }
  return { effects: found.reverse(), is_cut: at > 0 };
}
