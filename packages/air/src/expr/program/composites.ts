/** Constants and what is built of expressions: records, lists, sets, maps, variants. */
import { attempt, type Value } from '@aos/canon';
import {
  listType,
  mapType,
  type RecordType,
  recordType,
  SCALAR_TYPES,
  setType,
  type ValueType,
  type VariantType,
  variantType,
} from '../../values/value-type.js';
import type { ConstExpr, Expr, MapExpr, RecordExpr, SequenceExpr, VariantExpr } from '../ast.js';
import type { Checker, Typed } from './checker.js';
import { makeSet, makeVariant } from './conversions.js';
import { type Site, typeText, within } from './findings.js';
import { isData, peel, UNKNOWN } from './fits.js';
import { DEFAULT_BOUNDS, Frame, type Run, refuseValue } from './frame.js';

type Composite = Extract<Expr, { kind: 'const' | 'record' | 'list' | 'set' | 'map' | 'variant' }>;

/** Map keys are of these types. */
const KEYS: readonly string[] = ['int', 'nat', 'text', 'uuid', 'hash', 'never'];

export function inferComposite(
  checker: Checker,
  expr: Composite,
  site: Site,
  hint: ValueType | undefined,
): Typed {
  const wanted = hint && peel(hint);
  switch (expr.kind) {
    case 'const':
      return constant(checker, expr, site, wanted);
    case 'record':
      return wanted?.kind === 'record'
        ? wantedRecord(checker, expr, site, wanted)
        : record(checker, expr, site);
    case 'list':
    case 'set':
      return sequence(checker, expr, site, wanted?.kind === expr.kind ? wanted.item : undefined);
    case 'map':
      return map(checker, expr, site, wanted);
    case 'variant':
      return wanted?.kind === 'variant'
        ? wantedVariant(checker, expr, site, wanted)
        : variant(checker, expr, site);
  }
}

/** A constant of a type that it is not written in is converted now: it fits, or it never will. */
function constant(
  checker: Checker,
  { value, type: kind }: ConstExpr,
  site: Site,
  wanted: ValueType | undefined,
): Typed {
  const type = SCALAR_TYPES[kind];
  const run: Run = () => value;
  if (wanted === undefined || checker.relations.fit(type, wanted) === 'none') return { type, run };
  const convert = checker.conversions.get(type, wanted);
  if (convert === undefined || wanted.kind === 'never') return { type, run };
  const frame = new Frame({ vars: new Map(), steps: new Map() }, DEFAULT_BOUNDS);
  if (attempt(() => convert(value, frame)).ok) return { type: wanted, run };
  return checker.mismatch(site, `a constant that is a ${wanted.kind}`, type);
}

/** Every declared field, options as null when they are missing, and no other. */
function wantedRecord(checker: Checker, expr: RecordExpr, site: Site, wanted: RecordType): Typed {
  const fields = [...wanted.fields].map(([name, type]): [string, Run] => {
    const given = expr.fields.get(name);
    const place = within(site, 'record', name);
    if (given !== undefined) return [name, checker.check(given, place, type).run];
    if (type.kind !== 'option') {
      const message = `expected the field ${JSON.stringify(name)} of ${typeText(type)}`;
      checker.fail('expr-field', within(site, 'record'), message);
    }
    return [name, () => null];
  });
  for (const word of expr.fields.keys()) {
    if (wanted.fields.has(word)) continue;
    const known = [...wanted.fields.keys()];
    const place = within(site, 'record', word);
    checker.failName('expr-field', place, { word, known, what: 'a field of the record' });
  }
  return { type: wanted, run: recordRun(fields) };
}

function record(checker: Checker, expr: RecordExpr, site: Site): Typed {
  const fields = [...expr.fields].map(
    ([name, each]) => [name, data(checker, each, within(site, 'record', name))] as const,
  );
  const type = recordType(new Map(fields.map(([name, field]) => [name, field.type])));
  return { type, run: recordRun(fields.map(([name, { run }]) => [name, run])) };
}

function recordRun(fields: readonly (readonly [string, Run])[]): Run {
  return (frame) => {
    const map = new Map<Value, Value>();
    for (const [name, run] of fields) map.set(name, run(frame));
    return map;
  };
}

function sequence(
  checker: Checker,
  { kind, items }: SequenceExpr,
  site: Site,
  wanted: ValueType | undefined,
): Typed {
  const parts = items.map((item, i) => [item, within(site, kind, i)] as const);
  const typed = alike(checker, kind === 'list' ? 'any' : 'data', parts, wanted);
  if (kind === 'list') {
    return { type: listType(typed.type), run: (frame) => typed.runs.map((run) => run(frame)) };
  }
  const run: Run = (frame) =>
    makeSet(
      typed.runs.map((each) => each(frame)),
      frame,
    );
  return { type: setType(typed.type), run };
}

function map(checker: Checker, { entries }: MapExpr, site: Site, wanted?: ValueType): Typed {
  const target = wanted?.kind === 'map' ? wanted : undefined;
  const parts = (part: 'key' | 'value') =>
    entries.map((entry, i) => [entry[part], within(site, 'map', i, part)] as const);
  const keys = alike(checker, 'data', parts('key'), target?.key);
  const values = alike(checker, 'data', parts('value'), target?.value);
  if (!KEYS.includes(keys.type.kind)) {
    return checker.mismatch(within(site, 'map'), `keys of ${KEYS.join(', ')}`, keys.type);
  }
  const run: Run = (frame) => {
    const made = new Map<Value, Value>();
    for (const [i, key] of keys.runs.entries()) {
      made.set(key(frame), (values.runs[i] as Run)(frame));
      if (made.size <= i) refuseValue('value-duplicate-key', 'expected every key once');
    }
    return made;
  };
  return { type: mapType(keys.type, values.type), run };
}

/** Expressions of one type: the wanted one, or what all have in common. */
function alike(
  checker: Checker,
  allowed: 'any' | 'data',
  parts: readonly (readonly [Expr, Site])[],
  wanted: ValueType | undefined,
): { readonly type: ValueType; readonly runs: readonly Run[] } {
  if (wanted !== undefined && wanted.kind !== 'never') {
    const runs = parts.map(([expr, site]) => checker.check(expr, site, wanted).run);
    return { type: wanted, runs };
  }
  const infer = allowed === 'data' ? data : inferAny;
  const typed = parts.map(([expr, site]) => [infer(checker, expr, site), site] as const);
  const type = commonType(checker, typed);
  return { type, runs: typed.map(([each]) => checker.converted(each, type).run) };
}

/** What all have in common, each that does not fit being a finding. */
export function commonType(
  checker: Checker,
  parts: readonly (readonly [Typed, Site])[],
): ValueType {
  let common: ValueType = UNKNOWN;
  let failed = false;
  for (const [{ type }, site] of parts) {
    const joined = checker.relations.join(common, type);
    if (joined === undefined) {
      checker.mismatch(site, `${typeText(common)}, as before`, type);
      failed = true;
    } else common = joined;
  }
  return failed ? UNKNOWN : common;
}

function wantedVariant(
  checker: Checker,
  expr: VariantExpr,
  site: Site,
  wanted: VariantType,
): Typed {
  const { tag, value } = expr;
  const arm = wanted.arms.get(tag);
  if (arm === undefined) {
    const known = [...wanted.arms.keys()];
    return checker.failName('expr-arm', within(site, 'variant', 'tag'), {
      word: tag,
      known,
      what: 'an arm of the variant',
    });
  }
  if (value === undefined) {
    if (arm.kind === 'unit') return { type: wanted, run: () => makeVariant(tag, null) };
    const message = `expected a value of ${typeText(arm)} for the arm ${JSON.stringify(tag)}`;
    return checker.fail('expr-arm', within(site, 'variant'), message);
  }
  const { run } = checker.check(value, within(site, 'variant', 'value'), arm);
  return { type: wanted, run: (frame) => makeVariant(tag, run(frame)) };
}

function variant(checker: Checker, { tag, value }: VariantExpr, site: Site): Typed {
  const inner: Typed =
    value === undefined
      ? { type: SCALAR_TYPES.unit, run: () => null }
      : data(checker, value, within(site, 'variant', 'value'));
  const type = variantType(new Map([[tag, inner.type]]));
  return { type, run: (frame) => makeVariant(tag, inner.run(frame)) };
}

function data(checker: Checker, expr: Expr, site: Site): Typed {
  const typed = checker.infer(expr, site);
  if (isData(typed.type)) return typed;
  return checker.mismatch(site, 'data', typed.type);
}

function inferAny(checker: Checker, expr: Expr, site: Site): Typed {
  return checker.infer(expr, site);
}
