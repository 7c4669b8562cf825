/** References: what they start from, and the path on from there. */
import type { Value } from '@aos/canon';
import type { ValueType } from '../../values/value-type.js';
import { SCALAR_TYPES } from '../../values/value-type.js';
import type { RefExpr, RefRoot } from '../ast.js';
import { printReference } from '../reference.js';
import type { Checker, Typed } from './checker.js';
import { type Site, typeText } from './findings.js';
import { TEXTS } from './fits.js';
import { type Frame, type Run, refuseValue } from './frame.js';

interface Start extends Typed {
  /** Segments of the path that the name takes. */
  readonly taken: number;
}

export function inferReference(checker: Checker, ref: RefExpr, site: Site): Typed {
  const start = startOf(checker, ref, site);
  if (start === undefined) return unknownName(checker, ref, site);
  let typed: Typed = start;
  for (const segment of ref.path.slice(start.taken)) {
    typed = member(checker, typed, segment, site);
  }
  return typed;
}

/** What stands under a name in a value: a field, an entry, or `$tag` and `$value` of a variant. */
export function member(checker: Checker, whole: Typed, name: string, site: Site): Typed {
  const { type, run } = checker.bare(whole, site);
  if (type.kind === 'never') return { type, run };
  if (type.kind === 'record') {
    const field = type.fields.get(name);
    if (field !== undefined) return { type: field, run: (frame) => fieldOf(run(frame), name) };
    const known = [...type.fields.keys()];
    return checker.failName('expr-field', site, {
      word: name,
      known,
      what: 'a field of the record',
    });
  }
  if (type.kind === 'map' && TEXTS.includes(type.key.kind)) {
    return { type: type.value, run: (frame) => entryOf(run(frame), name) };
  }
  if (type.kind === 'variant' && name === '$tag') {
    return { type: SCALAR_TYPES.text, run: (frame) => fieldOf(run(frame), name) };
  }
  if (type.kind === 'variant' && name === '$value')
    return variantValue(checker, { type, run }, site);
  return checker.mismatch(site, `something with a member ${JSON.stringify(name)}`, type);
}

/** The value of whichever arm: of a type that all arms share. */
function variantValue(checker: Checker, { type, run }: Typed, site: Site): Typed {
  const arms = type.kind === 'variant' ? [...type.arms.values()] : [];
  const isShared = arms.every((arm) => checker.relations.fit(arm, arms[0] as ValueType) === 'same');
  if (isShared && arms[0] !== undefined) {
    return { type: arms[0], run: (frame) => fieldOf(run(frame), '$value') };
  }
  const message = `expected arms of one type, found ${typeText(type)}`;
  return checker.fail('expr-type', site, message, 'tell the arms apart with match');
}

function fieldOf(record: Value, name: string): Value {
  const value = record instanceof Map ? record.get(name) : undefined;
  if (value !== undefined) return value;
  return refuseValue('expr-field', `expected the field ${JSON.stringify(name)}`);
}

export function entryOf(map: Value, key: Value): Value {
  const value = map instanceof Map ? map.get(key) : undefined;
  return (
    value ?? (value === null ? null : refuseValue('expr-key', `expected the key ${String(key)}`))
  );
}

function startOf(checker: Checker, ref: RefExpr, site: Site): Start | undefined {
  const { input, event, vars, steps } = checker.environment;
  switch (ref.root) {
    case 'input':
      return (
        input && {
          type: input,
          run: (f) => f.bindings.input ?? missing(ref, f.bindings.input),
          taken: 0,
        }
      );
    case 'event':
      return (
        event && {
          type: event,
          run: (f) => f.bindings.event ?? missing(ref, f.bindings.event),
          taken: 0,
        }
      );
    case 'var':
      return named(ref, vars, (frame) => frame.bindings.vars);
    case 'step':
      return named(ref, steps, (frame) => frame.bindings.steps);
    case 'local': {
      const local = site.locals.get(ref.path[0] as string);
      return local && { type: local.type, run: localRun(local.slot), taken: 1 };
    }
  }
}

function localRun(slot: number): Run {
  return (frame) => frame.locals[slot] as Value;
}

/** The longest name that is known: names of variables and steps may have dots. */
function named(
  ref: RefExpr,
  known: ReadonlyMap<string, ValueType>,
  bound: (frame: Frame) => ReadonlyMap<string, Value>,
): Start | undefined {
  for (let taken = ref.path.length; taken > 0; taken--) {
    const name = ref.path.slice(0, taken).join('.');
    const type = known.get(name);
    if (type === undefined) continue;
    const run: Run = (frame) => {
      const value = bound(frame).get(name);
      return value === undefined ? missing(ref, undefined) : value;
    };
    return { type, run, taken };
  }
  return undefined;
}

/** Null is a value, undefined is none. */
function missing(ref: RefExpr, value: null | undefined): Value {
  if (value === null) return null;
  return refuseValue('expr-missing', `${printReference(ref)} has no value`);
}

function unknownName(checker: Checker, ref: RefExpr, site: Site): Typed {
  const { vars, steps } = checker.environment;
  const names: { readonly [R in RefRoot]?: ReadonlyMap<string, unknown> } = {
    var: vars,
    step: steps,
    local: site.locals,
  };
  const known = [...(names[ref.root]?.keys() ?? [])];
  const word = ref.path[0];
  if (word === undefined || known.length === 0) {
    const message = `expected a reference to something that is there, found ${printReference(ref)}`;
    return checker.fail('expr-unknown-reference', site, message);
  }
  const what = `a known name after @${ref.root}:`;
  return checker.failName('expr-unknown-reference', site, { word, known, what });
}
