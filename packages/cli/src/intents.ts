/** Open intents as the commands name and show them. */
import type { JsonValue } from '@aos/air';
import { type Hash, parseHashText, toHashText, toHex } from '@aos/canon';
import type { OpenIntent, World } from '@aos/kernel';
import type { Origin } from '@aos/protocol';
import { CliError } from './output.js';
import { cutValues } from './shown-text.js';

/** Fewest hex digits that name an intent. */
const MIN_DIGITS = 6;
const DIGITS = /^(?:sha256:)?([0-9a-f]+)$/;

/** The open intent of a hash, or of the beginning of one. Code: `intent-unknown`. */
export function findIntent({ intents }: World, text: string): OpenIntent {
  const parsed = parseHashText(text);
  const found = parsed.ok ? intents.get(parsed.value) : findByDigits(intents.range(), text);
  if (found !== undefined) return found;
  const message =
    `no open intent '${cutValues(text)}'; 'aos intents' lists those there are, ` +
    `and a hash may be cut to ${MIN_DIGITS} digits while only one begins so`;
  throw new CliError('intent-unknown', message);
}

function findByDigits(intents: Iterable<OpenIntent>, text: string): OpenIntent | undefined {
  const digits = DIGITS.exec(text)?.[1] ?? '';
  if (digits.length < MIN_DIGITS) return undefined;
  const found = [...intents].filter(({ hash }) => toHex(hash).startsWith(digits));
  return found.length === 1 ? found[0] : undefined;
}

export function describeIntent({ program }: World, intent: OpenIntent) {
  const { hash, effect, cap, params, state, epoch, attempt, openedAt, approval } = intent;
  const shown = program.definition.effectOf(effect)?.params.toJson(params);
  const waits = approval === null ? {} : { approval: describeApproval(approval) };
  return {
    intent: toHashText(hash),
    state,
    effect,
    cap,
    params: shown?.ok ? shown.value : toHex(params),
    idempotency_key: toHex(intent.idempotencyKey),
    epoch,
    attempt,
    opened_at: `${openedAt.seq}/${openedAt.i}`,
    waiters: intent.waiters.map((origin) => describeOrigin({ program }, origin)),
    deadline_ns: intent.deadlineNs ?? null,
    ...waits,
  };
}

function describeApproval(approval: NonNullable<OpenIntent['approval']>): JsonValue {
  const { role, count, of, expiresNs, given } = approval;
  return {
    role,
    count,
    of: of === undefined ? null : [...of],
    expires_ns: expiresNs ?? null,
    given: given.map(({ keyId, principal }) => ({ principal, key_id: toHashText(keyId) })),
  };
}

/** Who waits, keys by their schema. */
function describeOrigin({ program }: Pick<World, 'program'>, origin: Origin): JsonValue {
  if ('plan' in origin) {
    const { plan, instance, step } = origin;
    return { plan, instance: `${instance.seq}/${instance.i}`, step };
  }
  const { reducer, key } = origin;
  if (key === null) return { reducer, key: null };
  const schema = program.reducersByName.get(reducer)?.definition.keySchema;
  const shown = schema?.toJson(key);
  return { reducer, key: shown?.ok ? shown.value : toHex(key) };
}

const SHORT_DIGITS = 12;

/** A hash as people type it. */
export const shortHash = (hash: Hash): string => toHex(hash).slice(0, SHORT_DIGITS);
