/** Laws of authored plans, over random graphs of steps. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  AuthorError,
  and,
  concat,
  definePlan,
  defineWorld,
  type Expr,
  eq,
  not,
  type Plan,
  type ShapeOf,
  schema,
  t,
} from '../src/author/index.js';
import { type DefPlan, loadAir, printJson } from '../src/index.js';

const text = schema('demo/Text@1', t.text);
const input = schema('demo/In@1', t.record({ text: t.text }));

/** What a step uses: earlier steps by their places, taken modulo how many there are. */
interface Draft {
  readonly reads: readonly number[];
  readonly after: readonly number[];
  readonly when: readonly number[];
  readonly isNegated: boolean;
  readonly op: 'assign' | 'raise';
}

const places = fc.array(fc.nat({ max: 20 }), { maxLength: 2 });

const drafts = fc.array(
  fc.record<Draft>({
    reads: places,
    after: places,
    when: fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, places),
    isNegated: fc.boolean(),
    op: fc.constantFrom('assign', 'raise'),
  }),
  { minLength: 1, maxLength: 9 },
);

/** The plan, or undefined where authoring refuses it because of a branch. */
function build(steps: readonly Draft[]): Plan<ShapeOf<typeof input>, 'unit'> | undefined {
  try {
    return definePlan('demo/p@1', { input }, (plan, { text: start }) => {
      const made: Expr<'text'>[] = [];
      const pick = (list: readonly number[]) =>
        list.flatMap((place) => made[place % Math.max(1, made.length)] ?? []);
      steps.forEach(({ reads, after, when, isNegated, op }, i) => {
        const [first = start, ...more] = pick(reads);
        const condition = pick(when).reduce(
          (all, each) => and(all, eq(each, 'a')),
          eq(start, `${when.length}`),
        );
        const options = {
          after: pick(after),
          ...(when.length === 0 ? {} : { when: isNegated ? not(condition) : condition }),
        };
        const content = more.length === 0 ? first : concat(first, ...more);
        if (op === 'assign') made.push(plan.assign(`s${i}`, content, options));
        else plan.raise(`s${i}`, text, content, options);
      });
    });
  } catch (error) {
    if (error instanceof AuthorError && error.code === 'author-branch-read') return undefined;
    throw error;
  }
}

test('what authoring lets through, the validator does too', () => {
  fc.assert(
    fc.property(drafts, (steps) => {
      const plan = build(steps);
      if (plan === undefined) return;
      const { findings } = loadAir(defineWorld({ schemas: [text], plans: [plan] }).toAir());
      expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    }),
    { numRuns: 150 },
  );
});

test('a step runs only when every step that it reads has run, whatever the guards say', () => {
  fc.assert(
    fc.property(drafts, fc.infiniteStream(fc.boolean()), (steps, answers) => {
      const plan = build(steps);
      if (plan === undefined) return;
      expect(run(plan.definition, answers)).toEqual([]);
    }),
    { numRuns: 1000 },
  );
});

/** Runs a plan by its edges alone; answers with what was read before it was there. */
function run({ steps, edges = [] }: DefPlan, answers: Stream): readonly string[] {
  const done = new Set<string>();
  const missing: string[] = [];
  const truths = new Map<string, boolean>();
  const truthOf = (guard: string): boolean => {
    const gate = /^\{"ref":"@var:(s\d+_when)"\}$/.exec(guard)?.[1];
    const step = steps.find(({ id }) => id === gate);
    const key = step?.op === 'assign' ? printJson(step.expr) : guard;
    const truth = truths.get(key) ?? (answers.next().value as boolean);
    truths.set(key, truth);
    return truth;
  };
  for (const step of steps) {
    const incoming = edges.filter(({ to }) => to === step.id);
    const taken = incoming.filter(({ from, when }) => {
      if (!done.has(from)) return false;
      if (when === undefined) return true;
      note(printJson(when), `guard of ${step.id}`);
      return truthOf(printJson(when));
    });
    if (incoming.length > 0 && taken.length === 0) continue;
    note(printJson(step as never), step.id);
    done.add(step.id);
  }
  return missing;

  function note(json: string, reader: string): void {
    for (const [, name = ''] of json.matchAll(/"@var:([^"]+)"/g)) {
      if (!done.has(name)) missing.push(`${reader} reads ${name}`);
    }
  }
}

type Stream = fc.Stream<boolean>;
