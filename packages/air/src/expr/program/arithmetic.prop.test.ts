import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Expr, Operator } from '../ast.js';
import { checkExpr } from '../check.js';
import { evaluate } from '../evaluate.js';
import { toInteger } from '../integers.js';

type Kind = 'int' | 'nat';
const VERBS = ['add', 'sub', 'mul', 'div', 'mod'] as const;
type Verb = (typeof VERBS)[number];

type Tree =
  | { readonly kind: Kind; readonly value: bigint }
  | { readonly verb: Verb; readonly left: Tree; readonly right: Tree };

const near = (...edges: bigint[]): fc.Arbitrary<bigint> =>
  fc.tuple(fc.constantFrom(...edges), fc.bigInt(-3n, 3n)).map(([edge, off]) => edge + off);

const RANGES: { readonly [K in Kind]: readonly [bigint, bigint] } = {
  int: [-(2n ** 63n), 2n ** 63n - 1n],
  nat: [0n, 2n ** 64n - 1n],
};

const isWithin = (kind: Kind, value: bigint): boolean =>
  value >= RANGES[kind][0] && value <= RANGES[kind][1];

const leaf = fc
  .tuple(
    fc.constantFrom<Kind>('int', 'nat'),
    fc.oneof(
      fc.bigInt(-20n, 20n),
      near(0n, 2n ** 31n, 2n ** 53n, 2n ** 63n, 2n ** 64n, -(2n ** 53n), -(2n ** 63n)),
    ),
  )
  .filter(([kind, value]) => isWithin(kind, value))
  .map(([kind, value]): Tree => ({ kind, value }));

const tree = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.record({ verb: fc.constantFrom(...VERBS), left: tie('tree'), right: tie('tree') }),
  ),
})).tree;

/** The oracle: whole numbers without bounds, and the rule for the type of the result. */
function answer(node: Tree): { kind: Kind; value: bigint } | string {
  if (!('verb' in node)) return node;
  const left = answer(node.left);
  if (typeof left === 'string') return left;
  const right = answer(node.right);
  if (typeof right === 'string') return right;
  const { verb } = node;
  if ((verb === 'div' || verb === 'mod') && right.value === 0n) return 'division-by-zero';
  const natural = left.kind === 'nat' && right.kind === 'nat' && verb !== 'sub';
  const kind: Kind = natural ? 'nat' : 'int';
  const value = whole(verb, left.value, right.value);
  return isWithin(kind, value) ? { kind, value } : 'expr-overflow';
}

function whole(verb: Verb, a: bigint, b: bigint): bigint {
  switch (verb) {
    case 'add':
      return a + b;
    case 'sub':
      return a - b;
    case 'mul':
      return a * b;
    case 'div':
      return a / b;
    case 'mod':
      return a % b;
  }
}

function exprOf(node: Tree): Expr {
  if (!('verb' in node)) return { kind: 'const', type: node.kind, value: toInteger(node.value) };
  return { kind: 'op', op: node.verb as Operator, args: [exprOf(node.left), exprOf(node.right)] };
}

test('integer arithmetic is that of whole numbers, or refused', () => {
  fc.assert(
    fc.property(tree, (node) => {
      const { program } = checkExpr(exprOf(node), { vars: new Map(), steps: new Map() });
      if (program === undefined) throw new Error('two integers are well typed');
      const result = evaluate(program, { vars: new Map(), steps: new Map() });
      const expected = answer(node);
      if (typeof expected === 'string') {
        expect(result.ok ? result.value : result.refusal.code).toBe(expected);
      } else {
        expect(program.type.kind).toBe(expected.kind);
        expect(result.ok && Object.is(result.value, toInteger(expected.value))).toBe(true);
      }
    }),
    { numRuns: 3000 },
  );
});
