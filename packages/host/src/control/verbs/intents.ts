/** `intents.list` and `receipt.draft`: what waits for an answer, and what an answer has to say. */
import { type Hash, parseHashText, toHashText, toHex } from '@aos/canon';
import { type OpenIntent, printPlace, type World } from '@aos/kernel';
import {
  type ControlResult,
  type IntentShape,
  type Origin,
  type ParsedArgs,
  type PlainRecord,
  plainInteger,
  type ReceiptDraft,
} from '@aos/protocol';
import { normalized, plainOf } from '../values.js';
import { type ControlView, refusal, shown } from '../view.js';

/** Fewest hex digits that name an intent. */
export const MIN_DIGITS = 6;
const DIGITS = /^(?:sha256:)?([0-9a-f]{0,64})$/;
/** Open intents looked at for one page: filters may pass over many. */
const MAX_LOOKED_AT = 100_000;

export function listIntents(
  view: ControlView,
  args: ParsedArgs<'intents.list'>,
): Promise<ControlResult<'intents.list'>> {
  const bounds = args.prefix === undefined ? {} : { prefix: prefixBytes(args.prefix) };
  const from = args.after === undefined ? {} : { from: next(args.after) };
  return view.read((world) => {
    const found: OpenIntent[] = [];
    let last: Hash | undefined;
    let looked = 0;
    for (const intent of world.intents.range({ ...bounds, ...from })) {
      last = intent.hash;
      looked += 1;
      if (isAsked(intent, args)) found.push(intent);
      if (found.length === args.limit || looked === MAX_LOOKED_AT) break;
    }
    const isFull = found.length === args.limit || looked === MAX_LOOKED_AT;
    return {
      intents: found.map((intent) => intentShape(view, world, intent)),
      count: world.intents.size,
      after: isFull && last !== undefined ? toHashText(last) : null,
    };
  });
}

function isAsked({ hash, state }: OpenIntent, args: ParsedArgs<'intents.list'>): boolean {
  if (args.state !== undefined && args.state !== state) return false;
  return args.prefix === undefined || toHex(hash).startsWith(digitsOf(args.prefix) ?? '');
}

/** The hash after this one. */
function next(hash: Hash): Uint8Array {
  return Uint8Array.of(...hash, 0);
}

function digitsOf(text: string): string | undefined {
  return DIGITS.exec(text)?.[1];
}

/** Whole bytes of what the hash begins with. */
function prefixBytes(prefix: string): Uint8Array {
  const digits = digitsOf(prefix);
  if (digits === undefined) {
    const detail = `expected the beginning of a hash in hex, found '${shown(prefix)}'`;
    throw refusal('control-args', '/args/prefix', detail);
  }
  return Uint8Array.from({ length: digits.length >> 1 }, (_, i) => {
    return Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16);
  });
}

/** The open intent of a hash, or of the beginning of one. Code: `intent-unknown`. */
export function findIntent({ intents }: World, text: string): OpenIntent {
  const parsed = parseHashText(text);
  const found = parsed.ok ? intents.get(parsed.value) : findByDigits(intents, text);
  if (found !== undefined) return found;
  const message =
    `no open intent '${shown(text)}'; list those there are, ` +
    `and a hash may be cut to ${MIN_DIGITS} digits while only one begins so`;
  throw refusal('intent-unknown', '/args/intent', message);
}

function findByDigits(intents: World['intents'], text: string): OpenIntent | undefined {
  const digits = digitsOf(text) ?? '';
  if (digits.length < MIN_DIGITS) return undefined;
  let found: OpenIntent | undefined;
  for (const intent of intents.range({ prefix: prefixBytes(digits) })) {
    if (!toHex(intent.hash).startsWith(digits)) continue;
    if (found !== undefined) return undefined;
    found = intent;
  }
  return found;
}

function intentShape({ options }: ControlView, world: World, intent: OpenIntent): IntentShape {
  const { hash, effect, cap, params, state, epoch, attempt, openedAt, approval } = intent;
  const told = world.program.definition.effectOf(effect)?.params.toJson(params);
  return {
    intent: toHashText(hash),
    state,
    effect,
    cap,
    params: told?.ok ? plainOf(told.value) : toHex(params),
    idempotency_key: toHex(intent.idempotencyKey),
    epoch,
    attempt,
    opened_at: printPlace(openedAt),
    waiters: intent.waiters.map((origin) => originShape(world, origin)),
    deadline_ns: intent.deadlineNs === undefined ? null : plainInteger(intent.deadlineNs),
    // what waits for people is not asked of the outside yet
    standing: approval === null ? (options.host?.standingOf(intent) ?? null) : null,
    ...(approval === null ? {} : { approval: approvalShape(approval) }),
  };
}

function approvalShape(approval: NonNullable<OpenIntent['approval']>): PlainRecord {
  const { role, count, of, expiresNs, given } = approval;
  return {
    role,
    count,
    of: of === undefined ? null : [...of],
    expires_ns: expiresNs === undefined ? null : plainInteger(expiresNs),
    given: given.map(({ keyId, principal }) => ({ principal, key_id: toHashText(keyId) })),
  };
}

/** Who waits, keys by their schema. */
function originShape({ program }: World, origin: Origin): PlainRecord {
  if ('plan' in origin) {
    const { plan, instance, step } = origin;
    return { plan, instance: printPlace(instance), step };
  }
  const { reducer, key } = origin;
  if (key === null) return { reducer, key: null };
  const told = program.reducersByName.get(reducer)?.definition.keySchema?.toJson(key);
  return { reducer, key: told?.ok ? plainOf(told.value) : toHex(key) };
}

/** What an answer that is not `ok` is told in. */
const ERROR_SCHEMA = 'sys/EffectError@1';

/** Codes: `intent-unknown`, `effect-unknown`, `value-*` at `/payload`. */
export function draftReceipt(
  view: ControlView,
  { intent: text, status, value }: ParsedArgs<'receipt.draft'>,
): Promise<ReceiptDraft> {
  return view.read((world) => {
    const { hash, effect, epoch, attempt } = findIntent(world, text);
    const { definition } = world.program;
    const schema =
      status === 'ok' ? definition.effectOf(effect)?.receipt : definition.schemas.get(ERROR_SCHEMA);
    if (schema === undefined) {
      const detail = `this world has no receipt of ${effect}`;
      throw refusal('effect-unknown', '/args/intent', detail);
    }
    const payload = normalized(schema, value, '/payload');
    const world_id = toHashText(world.worldId);
    return { world_id, intent: toHashText(hash), epoch, attempt, payload };
  });
}
