/** Effects that were denied, as they are told. */
import { toHashText } from '@aos/canon';
import { type DenialShape, plainInteger, type ShortageShape } from '@aos/protocol';
import type { AckDenial } from '../../loop/acks.js';

export function denialShape(denial: AckDenial): DenialShape {
  const { intent, effect, cap, code, at = null, advice = null } = denial;
  const shortage = shortageShape(denial.shortage);
  return { intent: toHashText(intent), effect, cap, code, at, advice, shortage };
}

function shortageShape(shortage: AckDenial['shortage']): ShortageShape | null {
  if (shortage === undefined) return null;
  const { grant, dimension, limit, used, reserved, asked, resetsNs } = shortage;
  return {
    grant,
    dimension,
    limit: plainInteger(limit),
    used: plainInteger(used),
    held: plainInteger(reserved),
    asked: plainInteger(asked),
    resets_ns: resetsNs === undefined ? null : plainInteger(resetsNs),
  };
}
