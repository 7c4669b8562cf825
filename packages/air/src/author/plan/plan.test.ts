import { describe, expect, expectTypeOf, test } from 'vitest';
import type { DefPlan } from '../../forms/plan.js';
import { printJson } from '../../json/printer.js';
import type { JsonValue } from '../../json/value.js';
import { AuthorError } from '../author-error.js';
import { defineEffect, grant } from '../authority.js';
import { add, and, concat, eq, get, not, outcome, sub } from '../expr/operators.js';
import type { Expr } from '../expr/typed.js';
import { sys } from '../sys.js';
import { schema, t } from '../types.js';
import type { AnyPlan } from './builder.js';
import { definePlan } from './plan.js';

const question = schema('demo/Question@1', t.record({ id: t.nat, text: t.text, urgent: t.bool }));
const answer = schema('demo/Answer@1', t.record({ text: t.text, note: t.option(t.text) }));
const asked = schema('demo/Asked@1', t.variant({ Asked: question, Dropped: t.unit }));
const look = defineEffect('demo/look@1', {
  kind: 'demo.look',
  params: question,
  receipt: answer,
  capType: 'blob',
  origin: 'plan',
});
const blob = grant('blob_grant', sys.caps.blob, {});
const web = grant('web', sys.caps.httpOut, { hosts: ['example.com'] });

/** The edges of a plan, `a>b` or `a>b?guard`. */
function edges({ definition }: AnyPlan): readonly string[] {
  return (definition.edges ?? []).map(({ from, to, when }) =>
    when === undefined ? `${from}>${to}` : `${from}>${to}?${printJson(when as JsonValue)}`,
  );
}

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof AuthorError) return error.code;
    throw error;
  }
  return 'none';
}

const step = ({ definition }: AnyPlan, id: string): DefPlan['steps'][number] | undefined =>
  definition.steps.find((each) => each.id === id);

describe('edges', () => {
  test('follow from what steps read, without those that follow from others', () => {
    const plan = definePlan('demo/p@1', { input: question, output: answer }, (plan, input) => {
      const sent = plan.emit('send', look, input, { grant: blob });
      const got = plan.await('get', sent);
      const text = plan.assign('text', concat(got.text, '!'));
      return { text: concat(got.text, text) };
    });
    expect(edges(plan)).toEqual(['send>get', 'get>text', 'text>end']);
    expect(step(plan, 'end')).toMatchObject({ op: 'end' });
  });

  test('after orders steps that share nothing, and the end waits for all', () => {
    const plan = definePlan('demo/p@1', { input: question }, (plan, input) => {
      const first = plan.raise('first', asked, { Asked: input });
      plan.raise('second', asked, { Dropped: null }, { after: first });
      plan.raise('third', asked, { Dropped: null });
    });
    expect(edges(plan)).toEqual(['first>second', 'second>end', 'third>end']);
  });

  test('a guard that one step settles stands on its edge', () => {
    const plan = definePlan('demo/p@1', { input: question }, (plan, input) => {
      const got = plan.call('look', look, input, { grant: blob });
      plan.raise('yes', asked, { Dropped: null }, { when: eq(got.text, 'yes') });
    });
    const text = '{"op":"get","args":[{"ref":"@var:look_receipt"},{"text":"text"}]}';
    const guard = `{"op":"eq","args":[${text},{"text":"yes"}]}`;
    expect(edges(plan)).toEqual([
      'look>look_receipt',
      `look_receipt>yes?${guard}`,
      'look_receipt>end',
      'yes>end',
    ]);
  });

  test('a guard that needs no step, or several, is a step of its own', () => {
    const plan = definePlan('demo/p@1', { input: question }, (plan, input) => {
      plan.raise('now', asked, { Dropped: null }, { when: input.urgent });
      const [a, b] = [plan.assign('a', input.text), plan.assign('b', input.text)];
      plan.raise('same', asked, { Dropped: null }, { when: eq(a, b) });
    });
    expect(edges(plan)).toEqual([
      'now_when>now?{"ref":"@var:now_when"}',
      'a>same_when',
      'b>same_when',
      'same_when>same?{"ref":"@var:same_when"}',
      'now_when>end',
      'now>end',
      'same_when>end',
      'same>end',
    ]);
  });

  test('what may be skipped is read only where it was not', () => {
    const build = (isGuarded: 'guarded' | 'bare') => () =>
      definePlan('demo/p@1', { input: question }, (plan, input) => {
        const when = eq(plan.assign('text', input.text), 'a');
        const note = plan.assign('note', input.text, { when });
        const guard = isGuarded === 'guarded' ? { when } : {};
        const other = plan.assign('other', input.id);
        plan.raise('say', asked, { Asked: { id: other, text: note, urgent: true } }, guard);
      });
    expect(codeOf(build('bare'))).toBe('author-branch-read');
    expect(codeOf(build('guarded'))).toBe('none');
  });
});

describe('steps', () => {
  test('effects may have a key, a deadline and attempts', () => {
    const plan = definePlan('demo/p@1', { input: question }, (plan, input) => {
      plan.emit('send', look, input, {
        grant: blob,
        as: 'sent',
        key: `sha256:${'0'.repeat(64)}`,
        deadlineNs: 30_000_000_000n,
        retry: { max: 3, initialNs: 1_000_000_000 },
      });
    });
    expect(step(plan, 'send')).toEqual({
      id: 'send',
      op: 'emit_effect',
      kind: 'demo.look',
      params: { ref: '@plan.input' },
      cap: 'blob_grant',
      idempotency_key: `sha256:${'0'.repeat(64)}`,
      bind: { effect_id_as: 'sent' },
      deadline_ns: 30_000_000_000n,
      retry: { max: 3, backoff: { initial_ns: 1_000_000_000 } },
    });
    expect(plan.definition.required_caps).toEqual(['blob_grant']);
    expect(plan.definition.allowed_effects).toEqual(['demo.look']);
  });

  test('plans start plans, wait for them and cancel them', () => {
    const child = definePlan('demo/child@1', { input: question, output: answer }, (_, input) => ({
      text: input.text,
    }));
    const parent = definePlan(
      'demo/parent@1',
      { input: question, output: answer },
      (plan, input) => {
        const one = plan.spawn('one', child, input);
        const two = plan.spawn('two', child, { id: 1, text: 'two', urgent: false });
        const many = plan.spawnEach('many', child, [input], { max: 4 });
        const first = plan.awaitAny('first', [one, two]);
        const all = plan.awaitAll('all', many);
        plan.cancel('stop', [one, two], { after: first });
        expectTypeOf(get(all, 0).text).toEqualTypeOf<Expr<'text'>>();
        return { text: first.value.text };
      },
    );
    expect(parent.children.map(({ name }) => name)).toEqual(['demo/child@1']);
    expect(step(parent, 'many')).toMatchObject({ op: 'spawn_for_each', max_fanout: 4 });
    expect(step(parent, 'first')).toMatchObject({
      op: 'await_any',
      for: { list: [{ ref: '@var:one' }, { ref: '@var:two' }] },
    });
    expect(step(parent, 'all')).toMatchObject({ op: 'await_all', for: { ref: '@var:many' } });
  });

  test('an event is awaited by what it says and what started the plan', () => {
    const plan = definePlan(
      'demo/p@1',
      { input: question, output: answer, correlateBy: 'id' },
      (plan, input) => {
        const back = plan.awaitEvent('back', question, {
          where: (event) => and(eq(event.id, plan.correlationId), eq(event.text, input.text)),
        });
        return { text: back.text };
      },
    );
    const field = (ref: string, name: string) => ({ op: 'get', args: [{ ref }, { text: name }] });
    expect(step(plan, 'back')).toEqual({
      id: 'back',
      op: 'await_event',
      event: 'demo/Question@1',
      where: {
        op: 'and',
        args: [
          { op: 'eq', args: [field('@event', 'id'), { ref: '@var:correlation_id' }] },
          { op: 'eq', args: [field('@event', 'text'), field('@plan.input', 'text')] },
        ],
      },
      bind: { as: 'back' },
    });
  });

  test('how a wait went is read by its step', () => {
    const plan = definePlan('demo/p@1', { input: question }, (plan, input) => {
      const got = plan.call('look', look, input, { grant: blob });
      plan.raise('failed', asked, { Dropped: null }, { when: not(eq(outcome(got).status, 'ok')) });
    });
    expect(edges(plan)[1]).toContain('"@step:look_receipt"');
  });

  test('a plan may say where it ends, and what always holds', () => {
    const plan = definePlan('demo/p@1', { input: question, output: answer }, (plan, input) => {
      plan.invariant(not(eq(input.text, '')));
      const text = plan.assign('text', input.text, { local: schema('demo/Text@1', t.text) });
      plan.end('early', { text: 'none' }, { when: eq(text, 'none') });
      return plan.end('late', { text });
    });
    expect(plan.definition.invariants).toHaveLength(1);
    expect(plan.definition.locals).toEqual({ text: 'demo/Text@1' });
    expect(plan.schemas.map(({ name }) => name)).toEqual(['demo/Text@1']);
    expect(edges(plan)).toEqual([expect.stringMatching(/^text>early\?/), 'text>late']);
  });
});

describe('the compiler refuses', () => {
  const refuse = (build: () => AnyPlan) => codeOf(build);

  test('fields that do not exist', () => {
    const build = () =>
      definePlan('demo/p@1', { input: question, output: answer }, (_, input) => ({
        // @ts-expect-error no field of this name
        text: input.txt,
      }));
    expect(refuse(build)).toBe('author-field');
  });

  test('parameters of the wrong type, missing ones and unknown ones', () => {
    const build = (params: 'wrong' | 'missing' | 'unknown') => () =>
      definePlan('demo/p@1', { input: question }, (plan, input) => {
        const options = { grant: blob };
        // @ts-expect-error a number is no text
        if (params === 'wrong') plan.emit('a', look, { ...whole, text: input.id }, options);
        // @ts-expect-error a field is missing
        if (params === 'missing') plan.emit('a', look, { id: 1, text: 'a' }, options);
        // @ts-expect-error a field too many
        if (params === 'unknown') plan.emit('a', look, { ...whole, extra: 1 }, options);
      });
    const whole = { id: 1, text: 'a', urgent: false };
    expect(refuse(build('wrong'))).toBe('author-type');
    expect(refuse(build('missing'))).toBe('author-literal');
    expect(refuse(build('unknown'))).toBe('author-literal');
  });

  test('results of the wrong type, and plans without theirs', () => {
    const build = () =>
      // @ts-expect-error the text is missing
      definePlan('demo/p@1', { input: question, output: answer }, () => ({ note: 'a' }));
    expect(refuse(build)).toBe('author-literal');
    // @ts-expect-error a plan with an output returns it
    const none = () => definePlan('demo/p@1', { input: question, output: answer }, () => {});
    expect(refuse(none)).toBe('author-end-missing');
  });

  test('arms that do not exist, and values that are not theirs', () => {
    const build = (arm: 'unknown' | 'wrong') => () =>
      definePlan('demo/p@1', { input: question }, (plan, input) => {
        // @ts-expect-error no arm of this name
        if (arm === 'unknown') plan.raise('a', asked, { Told: input });
        // @ts-expect-error another type than the arm's
        if (arm === 'wrong') plan.raise('a', asked, { Asked: input.text });
      });
    expect(refuse(build('unknown'))).toBe('author-literal');
    expect(refuse(build('wrong'))).toBe('author-type');
  });

  test('grants of another type than the effect needs, and effects of reducers', () => {
    const build = () =>
      definePlan('demo/p@1', { input: question }, (plan, input) => {
        // @ts-expect-error a grant for the web is none for blobs
        plan.emit('a', look, input, { grant: web });
      });
    expect(refuse(build)).toBe('author-grant-type');
    definePlan('demo/p@1', { input: question }, (plan) => {
      // @ts-expect-error only reducers may ask for this one
      plan.emit('a', sys.effects.timerSet, { deliver_at_ns: 1 });
    });
  });

  test('comparisons and arithmetic of types that do not go together', () => {
    definePlan('demo/p@1', { input: question }, (_, input) => {
      expectTypeOf(sub(input.id, 1)).toEqualTypeOf<Expr<'int'>>();
      // @ts-expect-error texts are not added
      add(input.text, input.text);
      // @ts-expect-error a natural is not compared with a text
      expect(codeOf(() => eq(input.id, 'a'))).toBe('author-literal');
      // @ts-expect-error a guard is a boolean
      expect(codeOf(() => not(input.text))).toBe('none');
    });
  });

  test('handles waited for as what they are not', () => {
    definePlan('demo/p@1', { input: question }, (plan, input) => {
      const sent = plan.emit('a', look, input, { grant: blob });
      const got = plan.await('b', sent);
      expectTypeOf(got.text).toEqualTypeOf<Expr<'text'>>();
      // @ts-expect-error what is awaited is no handle any more
      expect(() => plan.await('c', got)).toThrow();
      // @ts-expect-error the input of a plan was not awaited
      expect(codeOf(() => outcome(input))).toBe('author-type');
    });
  });

  test('correlation by a field that the input lacks', () => {
    // @ts-expect-error no field of this name
    definePlan('demo/p@1', { input: question, correlateBy: 'idd' }, () => {});
  });
});

describe('what only building finds', () => {
  test('values of another plan', () => {
    let kept: Expr<'text'> | undefined;
    definePlan('demo/a@1', { input: question }, (plan, input) => {
      kept = plan.assign('a', input.text);
    });
    const build = () =>
      definePlan('demo/b@1', { input: question, output: answer }, () => ({ text: kept ?? '' }));
    expect(codeOf(build)).toBe('author-foreign-step');
  });

  test('two steps or variables of one name', () => {
    const build = (as: string) => () =>
      definePlan('demo/a@1', { input: question }, (plan, input) => {
        plan.assign('a', input.text);
        plan.assign(as === 'a' ? 'b' : 'a', input.text, { as });
      });
    expect(codeOf(build('a'))).toBe('author-step-duplicate');
    expect(codeOf(build('b'))).toBe('author-step-duplicate');
  });

  test('expressions taken for values', () => {
    const build = () =>
      definePlan('demo/a@1', { input: question, output: answer }, (_, input) => ({
        text: `${input.text}!`,
      }));
    expect(codeOf(build)).toBe('author-early-value');
  });
});
