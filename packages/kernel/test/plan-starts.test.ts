/** Plans started by hand, and plans that ask about their world. */
import { decode, encode, sha256, toHashText, type Value } from '@aos/canon';
import { admit, describeInstance, planStartEvent } from '@aos/kernel';
import { afterEach, describe, expect, it } from 'vitest';
import { PlanKernel } from './plan-kernel.js';
import {
  assign,
  awaitEvent,
  awaitOf,
  choose,
  emit,
  end,
  type Json,
  nat,
  op,
  type Plan,
  plansOf,
  receipt,
  ref,
  spawn,
  startBytes,
} from './plan-world.js';
import { must } from './script-world.js';

const START = 'sys/PlanStart@1';
const listed = ['t/Start@1', 't/Ping@1', 't/Num@1', 't/Ask@1', START].map((name) => ({ name }));

let kernel: PlanKernel;
afterEach(() => kernel.check());

describe('a plan without a trigger', () => {
  const main: Plan = { steps: [end(ref('@plan.input.n'))], output: 't/Num@1' };
  const begin = (manifest: { [field: string]: Json } = { schemas: listed }): PlanKernel => {
    kernel = new PlanKernel(plansOf({ plans: { main }, triggers: [], manifest }));
    return kernel;
  };
  const event = (plan: string, input: Uint8Array) => ({
    schema: START,
    cbor: encode({ plan, input }),
  });
  const refusalOf = (raw: Parameters<PlanKernel['input']>[0]): unknown => {
    const admission = admit(kernel.world, raw);
    return admission.kind === 'refused'
      ? [admission.refusal.code, admission.refusal.at]
      : admission;
  };

  it('is started by an event from outside that names it', () => {
    begin().input(event('t/main@1', startBytes({ n: 7 })));
    expect(kernel.lines).toEqual(['started main', 'end done', 'plan-result', 'ended ok']);
  });

  it('takes its input as JSON, in any CBOR, and records it canonical', () => {
    begin();
    const json = { id: 'k', n: 7n, list: [] } as never;
    const raw = must(planStartEvent(kernel.world.program.plans, 't/main@1', { json }));
    const plain = startBytes({ n: 7 }).subarray(3);
    kernel.input(raw).input(event('t/main@1', plain));
    const [one, two] = kernel.entries.filter(({ kind }) => kind === 'plan-started');
    expect(one).toEqual({ ...two });
    expect(one).toMatchObject({ input: { inline: startBytes({ n: 7 }) }, cause: null });
  });

  it('is refused with an input that is none, and under a name that is none', () => {
    begin();
    expect(refusalOf(event('t/main@1', encode({ id: 'k', n: 1 })))).toEqual([
      'value-missing-field',
      '/input',
    ]);
    expect(refusalOf(event('t/other@1', startBytes()))).toEqual(['plan-not-found', '/plan']);
    expect(
      planStartEvent(kernel.world.program.plans, 't/other@1', { cbor: startBytes() }),
    ).toMatchObject({
      refusal: { code: 'plan-not-found' },
    });
  });

  it('is not started in a world that does not list the event', () => {
    begin({});
    expect(refusalOf(event('t/main@1', startBytes()))).toEqual(['event-schema-unknown', START]);
  });

  it('is not started by what a plan raises', () => {
    const value = { record: { plan: { text: 't/main@1' }, input: ref('@var:x') } };
    const raising: Plan = {
      steps: [
        assign('x', { bytes_b64: 'AA==' }),
        { id: 'r', op: 'raise_event', event: START, value },
      ],
    };
    kernel = new PlanKernel(
      plansOf({ plans: { main: raising }, manifest: { schemas: listed } }),
    ).start();
    expect(kernel.lines).toEqual(['started main', 'x done', 'r done', 'domain-event', 'ended ok']);
  });

  it('is dropped when what correlates it would not fit its entry', () => {
    const triggers = [{ event: 't/Start@1', plan: 't/main@1', correlate_by: 'id' }];
    const definition = plansOf({ plans: { main }, triggers, manifest: { schemas: listed } });
    kernel = new PlanKernel(definition).start({ id: 'x'.repeat(4090) });
    kernel.start({ id: 'x'.repeat(4091) });
    kernel.input(event('t/main@1', startBytes({ id: 'x'.repeat(4091) })));
    const dropped = 'dropped plan-correlation-too-large';
    expect(kernel.lines.slice(-3)).toEqual(['ended ok', dropped, dropped]);
  });

  it('is dropped when the world has no room for it', () => {
    const definition = plansOf({ plans: { main }, triggers: [], manifest: { schemas: listed } });
    kernel = new PlanKernel(definition, { limits: { plan_instances: 0 } });
    kernel.input(event('t/main@1', startBytes()));
    expect(kernel.lines).toEqual(['dropped plan-instances-limit']);
  });
});

const none: Json = { null: {} };

/** A plan that asks its world one question and ends with what it was told. */
function asking(kind: string, params: Json, receiptSchema: string): Plan {
  return {
    steps: [
      {
        id: 'a',
        op: 'emit_effect',
        kind: `introspect.${kind}`,
        params,
        cap: 'looking',
        bind: { effect_id_as: 'h-a' },
      },
      receipt('w', 'a'),
      end(choose(op('eq', ref('@step:w.status'), { text: 'ok' }), ref('@step:w.receipt'), none)),
    ],
    edges: [
      ['a', 'w'],
      ['w', 'end'],
    ],
    output: receiptSchema,
  };
}

describe('a plan that asks about its world', () => {
  const child: Plan = {
    steps: [emit('a'), receipt('w', 'a'), awaitEvent('e')],
    edges: [['a', 'w']],
  };
  const waiting: Plan = {
    steps: [spawn('s', 'child', ref('@plan.input')), awaitOf('await_plan', 'w', 's')],
    edges: [['s', 'w']],
  };

  function tell(kind: string, params: Json): Value | undefined {
    const [name, answer] =
      kind === 'plans'
        ? (['plans', 'IntrospectPlansReceipt'] as const)
        : (['definition', 'IntrospectDefinitionReceipt'] as const);
    const main = asking(name, params, `t/Maybe@1`);
    const grants = [
      { name: 'asking', cap: 't/asking@1', params: {} },
      { name: 'looking', cap: 'sys/query@1', params: {} },
    ];
    const definition = plansOf({
      plans: { main, child, waiting },
      triggers: [
        { event: 't/Start@1', plan: 't/waiting@1' },
        { event: 't/Start@1', plan: 't/main@1' },
      ],
      documents: [
        { $kind: 'defschema', name: 't/Maybe@1', type: { option: { ref: `sys/${answer}@1` } } },
      ],
      manifest: {
        schemas: [...listed, { name: 't/Maybe@1' }],
        defaults: { policy: 't/policy@1', cap_grants: grants },
      },
    });
    kernel = new PlanKernel(definition);
    kernel.start();
    const result = kernel.entries.find((entry) => entry.kind === 'plan-result');
    return result?.value.inline === undefined ? undefined : must(decode(result.value.inline));
  }

  const get = (value: Value | undefined, ...path: readonly (string | number)[]): unknown =>
    path.reduce<unknown>(
      (found, key) =>
        found instanceof Map
          ? found.get(key)
          : Array.isArray(found)
            ? found[key as number]
            : undefined,
      value,
    );

  const query = (plan: Json, after: Json, limit: number): Json => ({
    record: { plan, after, limit: nat(limit) },
  });
  it('has a definition with its hash', () => {
    const answer = tell('definition', {
      record: { kind: { text: 'defplan' }, name: { text: 't/child@1' } },
    });
    const bytes = get(answer, 'definition') as Uint8Array;
    expect(get(answer, 'hash')).toBe(toHashText(sha256(bytes)));
    expect(kernel.world.program.definition.nodes.get(toHashText(sha256(bytes)))).toEqual(bytes);
  });

  it('is told what is not there', () => {
    const params = { record: { kind: { text: 'defplan' }, name: { text: 't/none@1' } } };
    expect(tell('definition', params)).toBe(null);
    expect(kernel.lines).toContain('settled error definition-missing');
  });

  it('has instances, and what they wait for', () => {
    const answer = tell('plans', query(none, none, 10));
    const [first, second] = kernel.world.planState.instances.range();
    const steps = (get(answer, 'instances') as readonly Value[]).map((each) => [
      get(each, 'instance'),
      get(each, 'plan'),
      get(each, 'parent'),
    ]);
    expect(steps).toEqual([
      ['0/0', 't/waiting@1', null],
      ['0/1', 't/main@1', null],
      [`0/${second?.id.i}`, 't/child@1', '0/0'],
    ]);
    expect(describeInstance(kernel.world, first as never)).toMatchObject({
      plan: 't/waiting@1',
      waits: [{ kind: 'child', step: 'w', of: 's', instance: second?.id }],
      steps: [
        { id: 's', state: 'done' },
        { id: 'w', state: 'waiting' },
      ],
    });
    expect(describeInstance(kernel.world, second as never).waits).toMatchObject([
      { kind: 'effect', step: 'w', of: 'a', attempt: 1 },
      { kind: 'event', step: 'e', schema: 't/Ping@1' },
    ]);
  });

  it('has them by pages, and of one plan', () => {
    const page = tell('plans', query(none, none, 1));
    expect([get(page, 'instances', 0, 'instance'), get(page, 'next')]).toEqual(['0/0', '0/0']);
    const last = tell('plans', query({ text: 't/child@1' }, { text: '0/0' }, 10));
    expect(get(last, 'instances', 0, 'plan')).toBe('t/child@1');
    expect(get(last, 'next')).toBe(null);
  });

  it.each([
    ['a limit of none', query(none, none, 0)],
    ['a limit of too many', query(none, none, 1_000_000)],
    ['a place that is none', query(none, { text: 'x' }, 1)],
  ])('is told that a question is none: %s', (_, params) => {
    expect(tell('plans', params)).toBe(null);
    expect(kernel.lines).toContain('settled error query-invalid');
  });
});
