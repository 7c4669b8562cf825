/** The timer adapter, and how a bad one would answer: what drills must find out. */
import { TimerAdapter } from '@aos/adapters-timer';
import { encode } from '@aos/canon';
import type { Adapter, EffectCall, EffectContext } from '@aos/protocol';
import { readAlarm } from './alarm-world.js';

/** So many of all are answered badly. */
const EVERY = 10;
const NS_PER_S = 1_000_000_000n;

/** More than time moves in one step. */
const SHIFTS_NS = { early: -300n * NS_PER_S, late: 300n * NS_PER_S };

export type BrokenTimers = 'mute' | keyof typeof SHIFTS_NS;

/** One that never answers, or answers early or late, now and then; a good one if none is named. */
export function brokenTimers(way: BrokenTimers | undefined): Adapter {
  const good = new TimerAdapter();
  if (way === undefined) return good;
  const start = (call: EffectCall, context: EffectContext) => {
    const { atNs, key } = readAlarm(call.params);
    if (Number(key) % EVERY !== 0) return good.start(call, context);
    if (way === 'mute') return new Promise<never>(() => undefined);
    const params = encode({ deliver_at_ns: atNs + SHIFTS_NS[way], key });
    return good.start({ ...call, params }, context);
  };
  const { id, kinds } = good;
  return { id, kinds, start, close: () => good.close() };
}
