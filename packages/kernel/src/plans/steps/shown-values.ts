/**
 * What `@step:` and the variables of waits stand for, in the types that validation promises (V11).
 *
 * Fields are in canonical order, so that a value that was written and read again is the same.
 */
import { type Hash, toHashText, type Value } from '@aos/canon';
import type { ChildOutcome, EffectOutcome } from '../state/instance.js';

type Fields = readonly (readonly [string, Value])[];

const record = (fields: Fields): Value => new Map<Value, Value>(fields);

/** How one effect or child ended, with what it gave. */
export interface Ended {
  readonly isOk: boolean;
  /** What it gave; null when it is not ok. */
  readonly given: Value;
  readonly shown: Fields;
}

export function emitted(handle: string, intent: Hash, params: Value): Value {
  return record([
    ['handle', handle],
    ['params', params],
    ['intent_hash', toHashText(intent)],
  ]);
}

export function raised(schema: string, value: Value): Value {
  return record([
    ['value', value],
    ['schema', schema],
  ]);
}

export function endedEffect(outcome: EffectOutcome): Ended {
  const { status, receipt, error, adapterId, costCents } = outcome;
  const given = receipt ?? null;
  const shown: Fields = [
    ['error', error ?? null],
    ['status', status],
    ['receipt', given],
    ['adapter_id', adapterId],
    ['cost_cents', costCents === undefined ? null : narrow(costCents)],
  ];
  return { isOk: status === 'ok', given, shown };
}

export function endedChild({ status, code, result }: ChildOutcome): Ended {
  const given = result ?? null;
  const shown: Fields = [
    ['code', code ?? null],
    ['result', given],
    ['status', status],
  ];
  return { isOk: status === 'ok', given, shown };
}

export function shownOne({ shown }: Ended): Value {
  return record(shown);
}

/** What `await_any` shows of the one that it met. */
export function shownAny({ shown }: Ended, index: number): Value {
  const [first, ...others] = shown;
  const isBefore = first !== undefined && first[0].length < 'index'.length;
  const fields: Fields = [['index', index]];
  if (first === undefined || (!isBefore && first[0] > 'index'))
    return record([...fields, ...shown]);
  return record([first, ...fields, ...others]);
}

/** What `await_any` binds. */
export function firstOf(index: number, value: Value): Value {
  return record([
    ['index', index],
    ['value', value],
  ]);
}

/** Integers are numbers where these are exact, as the codec reads them. */
function narrow(value: bigint): Value {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}
