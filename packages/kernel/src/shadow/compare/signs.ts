/**
 * What an entry says that can be compared between two runs: no places, no causes, and no hashes of
 * intents, which follow from where they were asked.
 */
import { printJson } from '@aos/air';
import { bytesEqual, type Hash, toHashText, toHex } from '@aos/canon';
import type { CarriedValue, Entry } from '@aos/protocol';
import { describeValue } from '../../why/describe.js';
import type { World } from '../../world/world.js';
import { originName } from '../forks/answers.js';
import { cutText } from '../report.js';

/** Two entries have one sign when they say the same. */
export function signOf(entry: Entry): string {
  switch (entry.kind) {
    case 'domain-event':
      return signed(entry.kind, entry.schema, carriedSign(entry.value));
    case 'state-changed':
      return signed(entry.kind, entry.reducer, hex(entry.key), hashSign(entry.after));
    case 'reducer-fault':
      return signed(entry.kind, entry.reducer, hex(entry.key), entry.code);
    case 'intent':
      return signed(entry.kind, intentName(entry), originName(entry.origin));
    case 'decision':
      return signed(entry.kind, entry.effect, entry.cap, decisionText(entry));
    case 'plan-started':
      return signed(entry.kind, entry.plan, carriedSign(entry.input));
    case 'plan-ended':
      return signed(entry.kind, entry.status, entry.code ?? '');
    case 'plan-step':
      return signed(entry.kind, entry.step, entry.outcome);
    case 'settled':
      return signed(entry.kind, entry.status, entry.code ?? '');
    case 'dropped':
      return signed(entry.kind, entry.code);
    default:
      return entry.kind;
  }
}

type IntentEntry = Extract<Entry, { readonly kind: 'intent' }>;
type DecisionEntry = Extract<Entry, { readonly kind: 'decision' }>;

/** Kind, grant and parameters. */
export function intentName({ effect, cap, params }: IntentEntry): string {
  return `${effect} ${cap} ${carriedSign(params)}`;
}

export function decisionText({ outcome, code }: DecisionEntry): string {
  return code === null ? outcome : `${outcome} ${code}`;
}

/** Parameters as JSON. */
export function paramsText(
  world: World,
  { effect, params }: Pick<IntentEntry, 'effect' | 'params'>,
): string {
  if (params.inline === undefined) return toHashText(params.ref);
  const schema = world.program.gate.effects.get(effect)?.params;
  return cutText(printJson(describeValue(params.inline, schema)));
}

function hashSign(hash: Hash | null): string {
  return hash === null ? '' : toHex(hash);
}

function carriedSign({ inline, ref }: CarriedValue): string {
  return inline === undefined ? toHex(ref) : toHex(inline);
}

function hex(key: Uint8Array | null): string {
  return key === null ? '' : toHex(key);
}

function signed(...parts: readonly string[]): string {
  return parts.join(' ');
}

export function isSameHash(a: Hash | null, b: Hash | null): boolean {
  return a === null || b === null ? a === b : bytesEqual(a, b);
}
