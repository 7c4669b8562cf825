/** What `@step:` and the variables of waits stand for. */
import {
  listType,
  optionType,
  recordType,
  SCALAR_TYPES,
  type ValueType,
} from '../../values/value-type.js';

const { text, nat, hash } = SCALAR_TYPES;

const record = (fields: { readonly [name: string]: ValueType }): ValueType =>
  recordType(new Map(Object.entries(fields)));

export function emittedType(params: ValueType): ValueType {
  return record({ handle: text, intent_hash: hash, params });
}

export function raisedType(value: ValueType): ValueType {
  return record({ schema: text, value });
}

/** What is waited for, and whether the plan looks at how it went. */
export interface Settled {
  readonly of: 'effect' | 'plan';
  readonly result: ValueType;
  /**
   * The plan reads the status. If it does not, whatever is not `ok` fails the instance, so there
   * is always a result.
   */
  readonly isStatusRead: boolean;
}

/** How one effect or child settled. */
export function settledType(settled: Settled): ValueType {
  return record(settledFields(settled));
}

export function allSettledType(settled: Settled): ValueType {
  return listType(settledType(settled));
}

export function anySettledType(settled: Settled): ValueType {
  return record({ ...settledFields(settled), index: nat });
}

/** What the variable of `await_any` holds. */
export function firstType(result: ValueType): ValueType {
  return record({ index: nat, value: result });
}

function settledFields(settled: Settled): { readonly [name: string]: ValueType } {
  const { of, isStatusRead } = settled;
  const result = isStatusRead ? optionType(settled.result) : settled.result;
  if (of === 'plan') return { status: text, result, code: optionType(text) };
  return {
    status: text,
    receipt: result,
    error: optionType(text),
    adapter_id: text,
    cost_cents: optionType(nat),
  };
}
