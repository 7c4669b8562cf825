/** Forms that choose, name and repeat: `if`, `match`, `let` and the operators over items. */
import type { Value } from '@aos/canon';
import { listType, SCALAR_TYPES, setType, type ValueType } from '../../values/value-type.js';
import { type EachExpr, type Expr, innerExprs, type LetExpr, type MatchExpr } from '../ast.js';
import { type Checker, never, type Typed } from './checker.js';
import { commonType } from './composites.js';
import { makeSet } from './conversions.js';
import { type Site, someOf, within, withLocal } from './findings.js';
import { isData, isSequence, UNKNOWN } from './fits.js';
import { type Frame, type Run, refuseValue } from './frame.js';

type Control = Extract<Expr, { kind: 'if' | 'match' | 'let' | 'each' }>;

export function inferControl(
  checker: Checker,
  expr: Control,
  site: Site,
  hint: ValueType | undefined,
): Typed {
  switch (expr.kind) {
    case 'if': {
      const cond = checker.check(expr.cond, within(site, 'if', 'cond'), SCALAR_TYPES.bool).run;
      const { type, runs } = branches(
        checker,
        [
          [expr.yes, within(site, 'if', 'then')],
          [expr.no, within(site, 'if', 'else')],
        ],
        hint,
      );
      const [yes, no] = runs as [Run, Run];
      return { type, run: (frame) => (cond(frame) === true ? yes(frame) : no(frame)) };
    }
    case 'match':
      return inferMatch(checker, expr, site, hint);
    case 'let':
      return inferLet(checker, expr, site, hint);
    case 'each':
      return inferEach(checker, expr, site, hint);
  }
}

interface Branches {
  readonly type: ValueType;
  readonly runs: readonly Run[];
}

/** Branches of the type that their place expects, or of what they have in common. */
function branches(
  checker: Checker,
  parts: readonly (readonly [Expr, Site])[],
  hint: ValueType | undefined,
): Branches {
  if (hint !== undefined && hint.kind !== 'never') {
    return { type: hint, runs: parts.map(([expr, site]) => checker.check(expr, site, hint).run) };
  }
  const typed = parts.map(([expr, site]) => [checker.infer(expr, site), site] as const);
  const type = commonType(checker, typed);
  return { type, runs: typed.map(([each]) => checker.converted(each, type).run) };
}

function inferMatch(
  checker: Checker,
  expr: MatchExpr,
  site: Site,
  hint: ValueType | undefined,
): Typed {
  const on = checker.inferBare(expr.on, within(site, 'match', 'on'));
  const arms = on.type.kind === 'variant' ? on.type.arms : undefined;
  if (arms === undefined && on.type.kind !== 'never') {
    return checker.mismatch(within(site, 'match', 'on'), 'a variant', on.type);
  }
  if (arms !== undefined) checkArms(checker, expr, site, arms);
  const slot = site.slots;
  const tags = [...expr.arms.keys()];
  const parts = [...expr.arms].map(([tag, { bind, body }]): [Expr, Site] => {
    const place = within(site, 'match', 'arms', tag, 'then');
    const type = arms?.get(tag) ?? UNKNOWN;
    return [body, bind === undefined ? place : withLocal(place, bind, type)];
  });
  if (expr.rest !== undefined) parts.push([expr.rest, within(site, 'match', 'else')]);
  const { type, runs } = branches(checker, parts, hint);
  if (arms === undefined) return never([on]);
  const byTag = new Map<Value, Run>(tags.map((tag, i) => [tag, runs[i] as Run]));
  return { type, run: matchRun({ on: on.run, slot, byTag, rest: runs[tags.length] }) };
}

interface MatchParts {
  readonly on: Run;
  readonly slot: number;
  readonly byTag: ReadonlyMap<Value, Run>;
  readonly rest: Run | undefined;
}

function matchRun({ on, slot, byTag, rest }: MatchParts): Run {
  return (frame) => {
    const variant = on(frame);
    const [tag, value] = variant instanceof Map ? [variant.get('$tag'), variant.get('$value')] : [];
    const run = byTag.get(tag ?? null) ?? rest;
    if (run === undefined) return refuseValue('expr-arm', 'expected an arm that is matched');
    frame.locals[slot] = value ?? null;
    return run(frame);
  };
}

/** Every arm is matched, and nothing else. */
function checkArms(
  checker: Checker,
  expr: MatchExpr,
  site: Site,
  arms: ReadonlyMap<string, ValueType>,
): void {
  const known = [...arms.keys()];
  for (const word of expr.arms.keys()) {
    if (arms.has(word)) continue;
    const place = within(site, 'match', 'arms', word);
    checker.failName('expr-arm', place, { word, known, what: 'an arm of the variant' });
  }
  const missing = known.filter((tag) => !expr.arms.has(tag));
  if (missing.length === 0 || expr.rest !== undefined) return;
  const message = `expected every arm, found none for ${someOf(missing)}`;
  checker.fail('expr-arm', within(site, 'match'), message, 'add the arms, or an else');
}

function inferLet(checker: Checker, expr: LetExpr, site: Site, hint: ValueType | undefined): Typed {
  const value = checker.infer(expr.value, within(site, 'let', 'value'));
  const slot = site.slots;
  const place = withLocal(within(site, 'let', 'in'), expr.name, value.type);
  const body = checker.infer(expr.body, place, hint);
  const run: Run = (frame) => {
    frame.locals[slot] = value.run(frame);
    return body.run(frame);
  };
  return { type: body.type, run };
}

function inferEach(
  checker: Checker,
  expr: EachExpr,
  site: Site,
  hint: ValueType | undefined,
): Typed {
  const over = checker.inferBare(expr.over, within(site, 'over'));
  const { type } = over;
  if (type.kind !== 'never' && (!isSequence(type) || !isData(type))) {
    return checker.mismatch(within(site, 'over'), 'a list or a set', type);
  }
  const slot = site.slots;
  const itemType = isSequence(type) ? type.item : UNKNOWN;
  const place = withLocal(within(site, 'do'), expr.as, itemType);
  const isMap = expr.op === 'map@1';
  const item = isMap && hint !== undefined && isSequence(hint) ? hint.item : undefined;
  const body = isMap
    ? mapped(checker, expr.body, place, item)
    : checker.check(expr.body, place, SCALAR_TYPES.bool);
  if (!isSequence(type)) return never([over]);
  const isSet = type.kind === 'set';
  const items = itemsOf(over.run, sizeOf(expr.body));
  return {
    ...eachRun({ expr, items, slot, body: body.run, isSet }),
    type: resultType(),
  };

  function resultType(): ValueType {
    if (expr.op === 'filter@1') return type;
    if (expr.op !== 'map@1') return SCALAR_TYPES.bool;
    return isSet ? setType(body.type) : listType(body.type);
  }
}

function mapped(checker: Checker, body: Expr, site: Site, item: ValueType | undefined): Typed {
  const typed = checker.infer(body, site, item);
  return isData(typed.type) ? typed : checker.mismatch(site, 'data', typed.type);
}

interface EachParts {
  readonly expr: EachExpr;
  readonly items: (frame: Frame) => readonly Value[];
  readonly slot: number;
  readonly body: Run;
  readonly isSet: boolean;
}

function eachRun({ expr, items, slot, body, isSet }: EachParts): { readonly run: Run } {
  const answer = (frame: Frame) => (item: Value) => {
    frame.locals[slot] = item;
    return body(frame);
  };
  const isTrue = (frame: Frame) => (item: Value) => answer(frame)(item) === true;
  switch (expr.op) {
    case 'any@1':
      return { run: (frame) => items(frame).some(isTrue(frame)) };
    case 'all@1':
      return { run: (frame) => items(frame).every(isTrue(frame)) };
    case 'filter@1':
      return { run: (frame) => items(frame).filter(isTrue(frame)) };
    case 'map@1': {
      const run = (frame: Frame): readonly Value[] => items(frame).map(answer(frame));
      return { run: isSet ? (frame) => makeSet(run(frame), frame) : run };
    }
  }
}

/** The items, with the work of the body charged for all of them. */
function itemsOf(over: Run, bodySteps: number): (frame: Frame) => readonly Value[] {
  return (frame) => {
    const list = over(frame) as readonly Value[];
    if (list.length > frame.bounds.items) {
      refuseValue('expr-items', `expected at most ${frame.bounds.items} items`);
    }
    frame.spend(list.length * bodySteps);
    return list;
  };
}

/** Expressions in an expression, itself among them: what evaluating it once is charged. */
export function sizeOf(expr: Expr): number {
  return innerExprs(expr).reduce((size, each) => size + sizeOf(each), 1);
}
