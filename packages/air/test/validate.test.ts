/** One mistake, one finding: a world without findings, changed in one place. */
import { describe, expect, test } from 'vitest';
import { agencyWith, type Edit, findingsOf } from './agency-world.js';
import type { Json } from './worlds.js';

type Case = readonly [name: string, edits: readonly Edit[], findings: readonly string[]];

function table(cases: readonly Case[]): void {
  test.each(cases)('%s', (_, edits, findings) => {
    expect(findingsOf(agencyWith(...edits))).toEqual(findings);
  });
}

const MAIN = 'plans/0';
const step = (i: number): string => `${MAIN}/steps/${i}`;
const at = (pointer: string): string => `plans#/0${pointer}`;
const get = (path: string): Json => ({ ref: path });
const manifest = 'manifest/0';
const grants = `${manifest}/defaults/cap_grants`;
const inManifest = (pointer: string): string => `manifest#/0${pointer}`;

test('valid_plan_passes', () => {
  expect(findingsOf(agencyWith())).toEqual([]);
});

describe('structure of plans', () => {
  table([
    [
      'empty_plan_fails',
      [['plans/1/steps', []]],
      [
        'list-empty plans#/1/steps',
        'definition-missing manifest#/0/plans/1',
        'plan-not-found plans#/0/steps/3/plan',
        'plan-not-found plans#/0/steps/5/plan',
        'definition-unused schemas#/5',
      ],
    ],
    [
      'duplicate_step_id_fails',
      [[`${MAIN}/steps/-`, { id: 'finish', op: 'end' }]],
      [`step-duplicate ${at('/steps/12/id')}`],
    ],
    [
      'edge_missing_step_fails',
      [[`${MAIN}/edges/-`, { from: 'note', to: 'finsh' }]],
      [`edge-unknown-step ${at('/edges/11/to')}`],
    ],
    [
      'duplicate_edge_fails',
      [[`${MAIN}/edges/-`, { from: 'note', to: 'raise' }]],
      [`edge-duplicate ${at('/edges/11')}`],
    ],
    [
      'cycle_detected',
      [[`${MAIN}/edges/-`, { from: 'raise', to: 'note' }]],
      [`plan-cyclic ${at('/edges')}`],
    ],
    [
      'a plan has at most ten thousand steps',
      [
        ['plans/1/steps', many(10_000, (i) => ({ id: `s${i}`, op: 'end', result: { status: 1 } }))],
        ['plans/1/steps/-', { id: 'more', op: 'end', result: { status: 1 } }],
      ],
      ['plan-size plans#/1/steps'],
    ],
    [
      'disallowed_effect_detected',
      [[`${MAIN}/allowed_effects`, ['http.request']]],
      [`plan-effects-mismatch ${at('/allowed_effects')}`],
    ],
    [
      'missing_cap_detected',
      [[`${MAIN}/required_caps`, ['web', 'model', 'timer']]],
      [`plan-caps-mismatch ${at('/required_caps')}`],
    ],
    [
      'what a plan declares may stand in any order',
      [
        [`${MAIN}/required_caps`, ['web', 'model']],
        [`${MAIN}/allowed_effects`, ['llm.generate', 'http.request']],
      ],
      [],
    ],
    [
      'duplicate_effect_handle_detected',
      [
        [`${step(2)}/bind/effect_id_as`, 'request'],
        [`${step(10)}/for`, get('@var:request')],
      ],
      [`handle-duplicate ${at('/steps/2/bind/effect_id_as')}`],
    ],
    [
      'a result without an output',
      [[`${step(11)}/result`, { nat: 1 }]],
      [`end-result-unexpected ${at('/steps/11/result')}`],
    ],
    [
      'an output without a result',
      [['plans/1/steps/0/result']],
      ['end-result-missing plans#/1/steps/0'],
    ],
    [
      'an output without an end',
      [['plans/1/steps/0', { id: 'a', op: 'assign', expr: { nat: 1 }, bind: { as: 'a' } }]],
      ['end-missing plans#/1/output'],
    ],
    [
      'a step behind an end',
      [
        [`${MAIN}/edges/9`, { from: 'finish', to: 'stop' }],
        [`${MAIN}/edges/10`, { from: 'raise', to: 'finish' }],
      ],
      [`step-unreachable ${at('/steps/10')}`],
    ],
    [
      'a step behind a guard that is false',
      [[`${MAIN}/edges/9/when`, { bool: false }]],
      [`step-unreachable ${at('/steps/10')}`, `step-unreachable ${at('/steps/11')}`],
    ],
  ]);
});

describe('waits', () => {
  table([
    [
      'await_receipt_requires_handle_reference',
      [[`${step(1)}/for`, { text: 'request' }]],
      [`await-invalid-reference ${at('/steps/1/for')}`],
    ],
    [
      'a handle is a variable',
      [[`${step(1)}/for`, get('@step:emit.handle')]],
      [`await-invalid-reference ${at('/steps/1/for')}`],
    ],
    [
      'await_receipt_rejects_unknown_handle',
      [[`${step(1)}/for`, get('@var:requst')]],
      [`await-unknown-handle ${at('/steps/1/for')}`],
    ],
    [
      'await_receipt of a variable that is no handle',
      [[`${step(10)}/for`, get('@var:answer')]],
      [`await-unknown-handle ${at('/steps/10/for')}`],
    ],
    [
      'await_receipt before its emit',
      [[`${step(1)}/for`, get('@var:asked')], [`${MAIN}/edges/1/when`]],
      [`await-before-emit ${at('/steps/1/for')}`],
    ],
    [
      'await_plan of an effect',
      [[`${step(4)}/for`, get('@var:asked')]],
      [`await-handle-kind ${at('/steps/4/for')}`],
    ],
    [
      'await_all of one handle',
      [[`${step(6)}/for`, get('@var:child')]],
      [`await-unknown-handle ${at('/steps/6/for')}`],
    ],
    [
      'await_all of no handles',
      [[`${step(6)}/for`, { list: [] }]],
      [`await-invalid-reference ${at('/steps/6/for')}`],
    ],
    [
      'await_all of an effect and a plan',
      [[`${step(6)}/for`, { list: [get('@var:child'), get('@var:asked')] }]],
      [`await-handle-kind ${at('/steps/6/for/list/1')}`],
    ],
    [
      'await_any of several children',
      [
        [`${step(6)}/op`, 'await_any'],
        [`${step(6)}/for`, { list: [get('@var:child')] }],
      ],
      [],
    ],
    [
      'a handle in data',
      [[`${step(8)}`, { id: 'note', op: 'assign', expr: get('@var:child'), bind: { as: 'x' } }]],
      [`local-unused ${at('/locals/status')}`, `handle-as-data ${at('/steps/8/expr')}`],
    ],
    [
      'await_event_requires_where_when_correlated',
      [[`${step(7)}/where`]],
      [`correlation-missing-predicate ${at('/steps/7')}`],
    ],
    [
      'a where without the correlation',
      [[`${step(7)}/where`, get('@event.ok')]],
      [`correlation-missing-reference ${at('/steps/7/where')}`],
    ],
    [
      'await_event_where_rejects_unknown_reference',
      [[`${step(7)}/where/args/0`, get('@var:nothing')]],
      [`expr-unknown-reference ${at('/steps/7/where/args/0')}`],
    ],
    [
      'await_event of an unknown schema',
      [[`${step(7)}/event`, 'demo/Repli@1']],
      [`schema-not-found ${at('/steps/7/event')}`, 'definition-unused schemas#/3'],
    ],
    [
      'a deadline of nothing',
      [[`${step(0)}/deadline_ns`, 0]],
      [`deadline-range ${at('/steps/0/deadline_ns')}`],
    ],
    [
      'a last wait shorter than the first',
      [[`${step(0)}/retry/backoff/max_ns`, 9]],
      [`retry-range ${at('/steps/0/retry/backoff/max_ns')}`],
    ],
    [
      'more inputs than the fan-out',
      [[`${step(5)}/max_fanout`, 1]],
      [`fanout-exceeded ${at('/steps/5/inputs')}`],
    ],
    [
      'a plan that spawns itself',
      [
        [`${step(3)}/plan`, 'demo/main@1'],
        [`${step(3)}/input`, get('@plan.input')],
      ],
      ['plan-spawn-cyclic plans#/0'],
    ],
  ]);
});

describe('expressions in plans', () => {
  table([
    [
      'a guard that is no bool',
      [[`${MAIN}/edges/1/when`, get('@var:answer.status')]],
      [`expr-type ${at('/edges/1/when')}`],
    ],
    [
      'a guard of a later step',
      [[`${MAIN}/edges/1/when`, { op: 'eq', args: [get('@var:reply.id'), { nat: 1 }] }]],
      [`reference-too-early ${at('/edges/1/when')}`],
    ],
    [
      'a guard may read what its own step sets',
      [[`${MAIN}/edges/7/when`, get('@var:reply.ok')]],
      [],
    ],
    [
      'a guard of nothing',
      [[`${MAIN}/edges/1/when`, get('@var:nothing')]],
      [`expr-unknown-reference ${at('/edges/1/when')}`],
    ],
    [
      'invariant_unknown_reference_fails',
      [[`${MAIN}/invariants/0/args/0`, get('@var:nothing')]],
      [`expr-unknown-reference ${at('/invariants/0/args/0')}`],
    ],
    [
      'invariant_event_reference_fails',
      [[`${MAIN}/invariants/0/args/0`, get('@event.id')]],
      [`expr-unknown-reference ${at('/invariants/0/args/0')}`],
    ],
    [
      'a field that a receipt does not have',
      [[`${step(9)}/value/variant/value/record/status`, get('@var:answer.body_preview')]],
      [`expr-field ${at('/steps/9/value/variant/value/record/status')}`],
    ],
    [
      'a receipt under its step',
      [[`${step(9)}/value/variant/value/record/status`, get('@step:wait.receipt.status')]],
      [],
    ],
    [
      'a receipt under its step may be missing when the plan reads the status',
      [
        [`${step(9)}/value/variant/value/record/status`, get('@step:wait.receipt.status')],
        [`${MAIN}/edges/1/when`, { op: 'eq', args: [get('@step:wait.status'), { text: 'ok' }] }],
      ],
      [`expr-option ${at('/steps/9/value/variant/value/record/status')}`],
    ],
    [
      'parameters of another type',
      [[`${step(0)}/params/record/method`, { nat: 1 }]],
      [`expr-type ${at('/steps/0/params/record/method')}`],
    ],
    [
      'a parameter that is left out',
      [[`${step(2)}/params/model`]],
      [`value-missing-field ${at('/steps/2/params')}`],
    ],
    [
      'an idempotency key that is no hash',
      [[`${step(0)}/idempotency_key`, { nat: 1 }]],
      [`value-type ${at('/steps/0/idempotency_key')}`],
    ],
    [
      'an input that the child does not take',
      [[`${step(3)}/input`, { uri: 'x' }]],
      [`value-unknown-field ${at('/steps/3/input/uri')}`],
    ],
    [
      'inputs that are no list',
      [[`${step(5)}/inputs`, get('@plan.input.url')]],
      [`expr-type ${at('/steps/5/inputs')}`],
    ],
    [
      'literal_without_local_schema_errors',
      [[`${MAIN}/locals`], [`${step(8)}/expr`, 1]],
      [`expr-form ${at('/steps/8/expr')}`],
    ],
    [
      'a local of an unknown schema',
      [
        [`${MAIN}/locals/status`, 'demo/Nothing@1'],
        [`${step(8)}/expr`, 1],
      ],
      [`schema-not-found ${at('/locals/status')}`],
    ],
    [
      'a variable of two types',
      [[`${step(7)}/bind/as`, 'result']],
      [`variable-type-mismatch ${at('/steps/7/bind/as')}`],
    ],
    [
      'a local that nothing binds',
      [[`${MAIN}/locals/idle`, 'demo/Key@1']],
      [`local-unused ${at('/locals/idle')}`],
    ],
    [
      'a reference to a step that comes later',
      [[`${step(8)}/expr`, get('@step:raise.schema')]],
      [`reference-too-early ${at('/steps/8/expr')}`],
    ],
  ]);
});

describe('what plans name', () => {
  table([
    [
      'manifest_rejects_unknown_effect_kind_in_plan',
      [[`${step(0)}/kind`, 'http.requst']],
      [`effect-not-found ${at('/steps/0/kind')}`],
    ],
    [
      'an effect that only reducers may emit',
      [
        [
          step(2),
          {
            id: 'ask',
            op: 'emit_effect',
            kind: 'timer.set',
            params: { deliver_at_ns: 1 },
            cap: 'timer',
            bind: { effect_id_as: 'asked' },
          },
        ],
      ],
      [
        `effect-origin-scope ${at('/steps/2/kind')}`,
        `effect-denied ${at('/steps/2')}`,
        `grant-unused ${inManifest('/defaults/cap_grants/2')}`,
        'definition-unused rest#/1',
      ],
    ],
    [
      'manifest_rejects_missing_cap_in_plan',
      [[`${step(0)}/cap`, 'wbe']],
      [
        `grant-not-found ${at('/steps/0/cap')}`,
        `grant-unused ${inManifest('/defaults/cap_grants/1')}`,
      ],
    ],
    [
      'a grant of another type than the effect needs',
      [[`${step(0)}/cap`, 'timer']],
      [
        `grant-type-mismatch ${at('/steps/0/cap')}`,
        `effect-denied ${at('/steps/0')}`,
        `grant-unused ${inManifest('/defaults/cap_grants/1')}`,
      ],
    ],
    [
      'an event of an unknown schema',
      [
        [`${step(9)}/event`, 'demo/Evnt@1'],
        [`${step(9)}/value`, { nat: 1 }],
      ],
      [`schema-not-found ${at('/steps/9/event')}`, `event-untaken ${at('/steps/9/event')}`],
    ],
    [
      'a plan that is not there',
      [[`${step(3)}/plan`, 'demo/chidl@1']],
      [`plan-not-found ${at('/steps/3/plan')}`],
    ],
    [
      'an input that is not there',
      [['plans/1/input', 'demo/Jab@1']],
      ['schema-not-found plans#/1/input', 'definition-unused schemas#/5'],
    ],
    [
      'a cap whose grant an unused one is made from counts as used',
      [[`${grants}/-`, { name: 'idle', cap: 'sys/timer@1', params: {} }]],
      [`grant-unused ${inManifest('/defaults/cap_grants/4')}`],
    ],
  ]);
});

function many(count: number, make: (i: number) => Json): Json[] {
  return Array.from({ length: count }, (_, i) => make(i));
}
