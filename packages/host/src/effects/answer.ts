/**
 * From what an adapter says to what a receipt may say: checked here, because in the world a payload
 * out of its schema would only be another error.
 */
import { decode } from '@aos/canon';
import { type OpenIntent, programOf, type World } from '@aos/kernel';
import { type EffectFailure, type EffectOutcome, failedOutcome } from '@aos/protocol';

/** An outcome whose payload is canonical in its schema. */
export interface Answer extends EffectOutcome {
  /** That of `sys/EffectError@1`; undefined when it is ok. */
  readonly code: string | undefined;
}

const STATUSES: readonly unknown[] = ['ok', 'error', 'timeout', 'cancelled'];
const MAX_U64 = 2n ** 64n - 1n;

/** An answer of the host itself. */
export function answerOf(world: World, failure: EffectFailure): Answer {
  const manifest = world.program.definition.manifestHash;
  return checkOutcome(world, { effect: '', manifest }, failedOutcome(failure));
}

/** The outcome in the schema of its effect, or else the error `adapter-payload-invalid`. */
export function checkOutcome(
  world: World,
  of: Pick<OpenIntent, 'effect' | 'manifest'>,
  outcome: EffectOutcome,
): Answer {
  const problem = describeOutcome(outcome);
  if (problem !== undefined) return invalid(world, problem);
  const { costCents } = outcome;
  const { gate, effectError } = programOf(world, of.manifest);
  const isOk = outcome.status === 'ok';
  const schema = isOk ? gate.effects.get(of.effect)?.receipt : effectError;
  const normal = schema?.normalizeCbor(outcome.payload);
  if (normal?.ok !== true) {
    return invalid(world, normal?.refusal.detail ?? 'no such effect', costCents);
  }
  const payload = normal.value;
  const limit = world.runtime.limits.receipt_bytes;
  if (payload.length > limit) {
    return invalid(world, `expected at most ${limit} bytes, found ${payload.length}`, costCents);
  }
  // what was canonical is the adapter's own array still, and it may go on with that
  const own = payload === outcome.payload ? new Uint8Array(payload) : payload;
  return { ...outcome, payload: own, code: isOk ? undefined : codeOf(own) };
}

/** What an adapter in another language than ours could have got wrong. */
export function describeOutcome(outcome: Partial<EffectOutcome> | undefined): string | undefined {
  if (!STATUSES.includes(outcome?.status)) return 'expected ok, error, timeout or cancelled';
  if (!(outcome?.payload instanceof Uint8Array)) return 'expected bytes as payload';
  const { costCents = 0n } = outcome;
  const isCost = typeof costCents === 'bigint' && costCents >= 0n && costCents <= MAX_U64;
  return isCost ? undefined : 'expected an unsigned 64-bit number of cents';
}

/** What was spent is spent, whatever was said of it. */
function invalid(world: World, message: string, costCents?: bigint): Answer {
  const failure = { status: 'error', code: 'adapter-payload-invalid', message } as const;
  const answer = answerOf(world, failure);
  return costCents === undefined ? answer : { ...answer, costCents };
}

function codeOf(payload: Uint8Array): string {
  const value = decode(payload);
  const code = value.ok && value.value instanceof Map ? value.value.get('code') : undefined;
  return typeof code === 'string' ? code : 'adapter-payload-invalid';
}
