/** Who may ask for what: the origin scope of the effect, the declared kinds of the reducer. */
import { isReducerOrigin } from '@aos/protocol';
import type { Denial } from './decision.js';
import type { Gate } from './gate.js';
import { originName, type Subject } from './requests/subject.js';

/** Codes: `effect-origin-scope`, `effect-undeclared`. */
export function checkScope(gate: Gate, subject: Subject): Denial | undefined {
  const { effect, request } = subject;
  const { kind, scope } = effect;
  const who = isReducerOrigin(request.origin) ? 'reducer' : 'plan';
  const name = originName(request.origin);
  if (scope !== 'both' && scope !== who) {
    const advice = `ask for ${kind} in a ${scope}, or list an effect of the kind for both`;
    return { code: 'effect-origin-scope', at: `effect ${kind} origin_scope ${scope}`, advice };
  }
  if (who === 'plan' || gate.emits.get(name)?.has(kind)) return undefined;
  const advice = `add ${kind} to effects_emitted of ${name}`;
  return { code: 'effect-undeclared', at: `module ${name} effects_emitted`, advice };
}
