/**
 * `stream-frame`: a numbered part of an effect's answer before its one receipt. It is journaled and
 * changes nothing but the number that must come next.
 */

import { assert } from '@aos/canon';
import type { Admission, RawStreamFrame } from '../admit/admitted.js';
import { admitted, refused } from '../admit/admitted.js';
import type { Run } from '../step/run.js';
import type { World } from '../world/world.js';
import { checkAnswer } from './receipt.js';

/**
 * Frames of an intent are numbered from 0, without gaps. Codes: those of receipts,
 * `frame-duplicate` for a number that was taken in, `frame-gap` for one beyond the next.
 */
export function admitStreamFrame(world: World, raw: RawStreamFrame): Admission {
  const { frame } = raw;
  const refusal = checkAnswer(world, raw, frame);
  if (refusal !== undefined) return refusal;
  const next = world.intents.get(frame.intentHash)?.frames;
  if (frame.index === next) return admitted(raw);
  const code = frame.index < (next ?? 0) ? 'frame-duplicate' : 'frame-gap';
  return refused(code, '/index', `expected frame ${next}, found ${frame.index}`);
}

export function applyStreamFrame(run: Run, { frame }: RawStreamFrame): void {
  const intent = run.next.intents.get(frame.intentHash);
  assert(intent !== undefined, 'a frame is admitted for an open intent only');
  run.next.intents = run.next.intents.set({ ...intent, frames: intent.frames + 1 });
}
