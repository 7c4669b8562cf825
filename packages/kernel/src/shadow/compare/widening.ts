/**
 * Whether a changed grant lets through more. What nobody can tell counts as `changed`, never as
 * `narrower`.
 */
import type { GrantDefinition } from '@aos/air';
import { decode, type Value } from '@aos/canon';
import type { Risk } from '../report.js';
import { jsonOf } from './rows.js';

export function grantRisk(base: GrantDefinition, candidate: GrantDefinition): Risk {
  const { grant: here } = base;
  const { grant: there } = candidate;
  if (jsonOf(base.cap) !== jsonOf(candidate.cap)) return 'changed';
  return worst([
    paramsRisk(base, candidate),
    limitRisk(here.expiry_ns, there.expiry_ns),
    budgetRisk(here.budget ?? {}, there.budget ?? {}),
    parentRisk(here.parent, there.parent),
  ]);
}

type Told = Risk | undefined;

/** What enforcers of a world's own make of their parameters is not known here. */
const KNOWN_PREFIX = 'sys/';

function paramsRisk(base: GrantDefinition, candidate: GrantDefinition): Told {
  const [here, there] = [fieldsOf(base.params), fieldsOf(candidate.params)];
  const names = new Set([...here.keys(), ...there.keys()]);
  const isKnown = base.cap.name.startsWith(KNOWN_PREFIX);
  const told = [...names].map((name) => {
    const [one, other] = [here.get(name) ?? null, there.get(name) ?? null];
    if (sameValue(one, other)) return undefined;
    return isKnown ? valueRisk(one, other) : 'changed';
  });
  return worstOf(told);
}

/** In the built-in capabilities an absent or empty set allows everything. */
function valueRisk(base: Value, candidate: Value): Risk {
  const [here, there] = [setOf(base), setOf(candidate)];
  if (here !== undefined && there !== undefined) {
    if (there.size === 0) return 'wider';
    if (here.size === 0) return 'narrower';
    return [...there].every((item) => here.has(item)) ? 'narrower' : 'wider';
  }
  const areNumbers = isInteger(base) && isInteger(candidate);
  if (areNumbers) return candidate > base ? 'wider' : 'narrower';
  return 'changed';
}

function setOf(value: Value): ReadonlySet<string> | undefined {
  if (value === null) return new Set();
  if (!Array.isArray(value)) return undefined;
  return new Set(value.map((item: Value) => String(item)));
}

function isInteger(value: Value): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

type Limit = number | bigint | undefined;

/** A limit that is gone or larger lets more through. */
function limitRisk(base: Limit, candidate: Limit): Told {
  if (base === candidate) return undefined;
  if (candidate === undefined) return 'wider';
  if (base === undefined) return 'narrower';
  return candidate > base ? 'wider' : 'narrower';
}

type Budget = Readonly<Record<string, Limit>>;

function budgetRisk({ period_ns: here, ...base }: Budget, candidate: Budget): Told {
  const { period_ns: there, ...totals } = candidate;
  const names = new Set([...Object.keys(base), ...Object.keys(totals)]);
  const told = [...names].map((name) => limitRisk(base[name], totals[name]));
  return worstOf([...told, here === there ? undefined : 'changed']);
}

function parentRisk(base: string | undefined, candidate: string | undefined): Told {
  if (base === candidate) return undefined;
  return candidate === undefined ? 'wider' : 'changed';
}

const ORDER: readonly Risk[] = ['wider', 'changed', 'narrower'];

function worstOf(told: readonly Told[]): Told {
  return ORDER.find((risk) => told.includes(risk));
}

function worst(told: readonly Told[]): Risk {
  return worstOf(told) ?? 'changed';
}

function fieldsOf(params: Uint8Array): ReadonlyMap<Value, Value> {
  const decoded = decode(params);
  return decoded.ok && decoded.value instanceof Map ? decoded.value : new Map();
}

function sameValue(one: Value, other: Value): boolean {
  return one === other || textOf(one) === textOf(other);
}

function textOf(value: Value): string {
  return Array.isArray(value) ? value.map(String).join('\n') : String(value);
}
