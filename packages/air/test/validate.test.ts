/** One mistake, one finding: a world without findings, changed in one place. */
import { describe, expect, test } from 'vitest';
import { agencyWith, type Edit, findingsOf, load } from './agency-world.js';
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

describe('structure of plans (V5 to V8)', () => {
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

describe('waits (V15 to V18)', () => {
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

describe('expressions in plans (V9 to V14)', () => {
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

describe('what plans name (V4, V15)', () => {
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

describe('triggers, routes and inboxes (V21 to V23)', () => {
  const trigger = `${manifest}/triggers/0`;
  const routes = `${manifest}/routing/events`;
  table([
    [
      'a trigger of a plan that is not there',
      [[`${manifest}/triggers/-`, { event: 'demo/Job@1', plan: 'demo/gone@1' }]],
      [`plan-not-found ${inManifest('/triggers/1/plan')}`],
    ],
    [
      'a trigger of an event that is not there',
      [[`${manifest}/triggers/-`, { event: 'demo/Gone@1', plan: 'demo/child@1' }]],
      [`schema-not-found ${inManifest('/triggers/1/event')}`],
    ],
    [
      'a trigger whose event is not the input of the plan',
      [[`${manifest}/triggers/-`, { event: 'demo/Done@1', plan: 'demo/child@1' }]],
      [`trigger-input-mismatch ${inManifest('/triggers/1')}`],
    ],
    [
      'an event of the same type as the input starts the plan',
      [
        ['schemas/9/type', { record: { url: { text: {} } } }],
        ['modules/1/abi/reducer/event', 'demo/Event@1'],
        [`${manifest}/triggers/-`, { event: 'demo/KeyedEvent@1', plan: 'demo/child@1' }],
      ],
      [],
    ],
    [
      'a trigger twice',
      [[`${manifest}/triggers/-`, { event: 'demo/Start@1', plan: 'demo/main@1' }]],
      [`trigger-duplicate ${inManifest('/triggers/1')}`],
    ],
    [
      'a correlation by a field that the event does not have',
      [[`${trigger}/correlate_by`, 'request.id']],
      [`trigger-unknown-field ${inManifest('/triggers/0/correlate_by')}`],
    ],
    [
      'manifest_rejects_missing_event_schema',
      [[`${routes}/-`, { event: 'demo/Gone@1', reducer: 'demo/Machine@1' }]],
      [
        `schema-not-found ${inManifest('/routing/events/2/event')}`,
        `routing-schema-mismatch ${inManifest('/routing/events/2/event')}`,
      ],
    ],
    [
      'manifest_rejects_routing_schema_mismatch',
      [[`${routes}/-`, { event: 'demo/Job@1', reducer: 'demo/Machine@1' }]],
      [`routing-schema-mismatch ${inManifest('/routing/events/2/event')}`],
    ],
    [
      'a key that the event does not have',
      [[`${routes}/1/key_field`, 'key']],
      [`routing-key-field-mismatch ${inManifest('/routing/events/1/key_field')}`],
    ],
    [
      'a key of another type than the reducer has',
      [[`${routes}/1/key_field`, 'status']],
      [`routing-key-field-mismatch ${inManifest('/routing/events/1/key_field')}`],
    ],
    [
      'a key in every arm of a variant',
      [
        ['schemas/9/type', { variant: { A: { ref: 'demo/Done@1' }, B: { ref: 'demo/Reply@1' } } }],
        [
          `${routes}/1`,
          { event: 'demo/KeyedEvent@1', reducer: 'demo/Counts@1', key_field: '$value.id' },
        ],
      ],
      [],
    ],
    [
      'a key that only one arm of a variant has',
      [
        ['schemas/9/type', { variant: { A: { ref: 'demo/Done@1' }, B: { ref: 'demo/Job@1' } } }],
        [
          `${routes}/1`,
          { event: 'demo/KeyedEvent@1', reducer: 'demo/Counts@1', key_field: '$value.id' },
        ],
      ],
      [`routing-key-field-mismatch ${inManifest('/routing/events/1/key_field')}`],
    ],
    [
      'an inbox of a pure module',
      [[`${manifest}/routing/inboxes/0/reducer`, 'demo/Migrate@1']],
      [`inbox-unknown-reducer ${inManifest('/routing/inboxes/0/reducer')}`],
    ],
    [
      'an inbox twice',
      [
        [
          `${manifest}/routing/inboxes/-`,
          { source: 'http.inbox:contact', reducer: 'demo/Machine@1' },
        ],
      ],
      [`inbox-duplicate ${inManifest('/routing/inboxes/1')}`],
    ],
  ]);
});

describe('grants and capabilities (V20, V26, V27)', () => {
  const slot = `${manifest}/module_bindings/demo~1Machine@1/slots`;
  const inSlots = inManifest('/module_bindings/demo~1Machine@1/slots');
  const cap: Json = {
    $kind: 'defcap',
    name: 'demo/cap@1',
    cap_type: 'timer',
    schema: { record: {} },
    enforcer: { module: 'demo/Migrate@1' },
  };
  const withCap: readonly Edit[] = [
    ['rest/-', cap],
    [`${manifest}/caps/-`, { name: 'demo/cap@1' }],
    [`${grants}/3/cap`, 'demo/cap@1'],
  ];
  table([
    [
      'a grant twice',
      [[`${grants}/-`, { name: 'timer', cap: 'sys/timer@1', params: {} }]],
      [`grant-duplicate ${inManifest('/defaults/cap_grants/4/name')}`],
    ],
    [
      'manifest_rejects_grant_missing_defcap',
      [[`${grants}/3/cap`, 'sys/timr@1']],
      [
        `cap-not-found ${inManifest('/defaults/cap_grants/3/cap')}`,
        'effect-unbound modules#/0/abi/reducer/effects_emitted/0',
      ],
    ],
    [
      'capability_params_must_match_schema',
      [[`${grants}/1/params`, { hosts: [1] }]],
      [`grant-params-invalid ${inManifest('/defaults/cap_grants/1/params/hosts/0')}`],
    ],
    [
      'capability_schema_refs_are_expanded',
      [
        ...withCap,
        ['rest/3/schema', { record: { key: { ref: 'demo/Key@1' } } }],
        ['rest/3/enforcer/module', 'sys/CapAllowAll@1'],
        [`${grants}/3/params`, { key: 'x' }],
      ],
      [`grant-params-invalid ${inManifest('/defaults/cap_grants/3/params/key')}`],
    ],
    [
      'an enforcer that is not there',
      [...withCap, ['rest/3/enforcer/module', 'demo/Gone@1']],
      ['module-not-found rest#/3/enforcer/module'],
    ],
    ['an enforcer of another ABI', withCap, ['enforcer-abi rest#/3/enforcer/module']],
    [
      'a parent that is not there',
      [[`${grants}/1/parent`, 'all_wbe'], [`${grants}/0`]],
      [`grant-not-found ${inManifest('/defaults/cap_grants/0/parent')}`],
    ],
    [
      'a parent of another type',
      [[`${grants}/2/parent`, 'timer']],
      [`grant-parent-type ${inManifest('/defaults/cap_grants/2/cap')}`],
    ],
    [
      'parents in a circle',
      [
        [`${grants}/0/parent`, 'web'],
        [`${grants}/0/budget`],
        [`${grants}/1/budget`],
        [`${grants}/0/expiry_ns`],
        [`${manifest}/features/2`],
      ],
      [`grant-parent-cyclic ${inManifest('/defaults/cap_grants/0/parent')}`],
    ],
    [
      'a grant that lasts longer and takes more than its parent',
      [
        [`${grants}/1/budget/calls`, 11],
        [`${grants}/1/expiry_ns`, 51],
      ],
      [
        `grant-parent-wider ${inManifest('/defaults/cap_grants/1/expiry_ns')}`,
        `grant-parent-wider ${inManifest('/defaults/cap_grants/1/budget/calls')}`,
      ],
    ],
    [
      'manifest_rejects_missing_grant_in_module_binding',
      [[`${slot}/timer`, 'tmer']],
      [
        `grant-not-found ${inSlots}/timer`,
        'effect-unbound modules#/0/abi/reducer/effects_emitted/0',
        `grant-unused ${inManifest('/defaults/cap_grants/3')}`,
      ],
    ],
    [
      'manifest_rejects_grant_cap_type_mismatch',
      [[`${slot}/timer`, 'model']],
      [
        `slot-type-mismatch ${inSlots}/timer`,
        'effect-unbound modules#/0/abi/reducer/effects_emitted/0',
        `grant-unused ${inManifest('/defaults/cap_grants/3')}`,
      ],
    ],
    [
      'a slot that the reducer does not declare',
      [[`${slot}/tmer`, 'timer']],
      [`binding-unknown-slot ${inSlots}/tmer`],
    ],
    [
      'bindings of a module that is no reducer',
      [[`${manifest}/module_bindings/demo~1Migrate@1`, { slots: {} }]],
      [`reducer-not-found ${inManifest('/module_bindings/demo~1Migrate@1')}`],
    ],
  ]);
});

describe('reducers and effects (V19, V24, V25)', () => {
  const emitted = 'modules/0/abi/reducer/effects_emitted';
  const mail: Json = {
    $kind: 'defeffect',
    name: 'demo/mail@1',
    kind: 'mail.send',
    params_schema: 'demo/Job@1',
    receipt_schema: 'demo/Result@1',
    cap_type: 'timer',
    origin_scope: 'both',
  };
  const withMail: readonly Edit[] = [
    ['rest/-', mail],
    [`${manifest}/effects/-`, { name: 'demo/mail@1' }],
  ];
  table([
    [
      'manifest_rejects_unknown_effect_kind_of_a_reducer',
      [[`${emitted}/0`, 'timer.st']],
      ['effect-not-found modules#/0/abi/reducer/effects_emitted/0'],
    ],
    [
      'a reducer that emits what only plans may',
      [[`${emitted}/-`, 'http.request']],
      [
        'effect-origin-scope modules#/0/abi/reducer/effects_emitted/1',
        'effect-unbound modules#/0/abi/reducer/effects_emitted/1',
      ],
    ],
    [
      'manifest_rejects_missing_receipt_variant_for_micro_effect',
      [['schemas/4/type/variant/Fired']],
      ['reducer-receipt-schema-missing modules#/0/abi/reducer/effects_emitted/0'],
    ],
    ['an effect that nobody emits', withMail, ['definition-unused rest#/3']],
    [
      'an effect whose schema is not there',
      [...withMail, ['rest/3/receipt_schema', 'demo/Gone@1'], [`${emitted}/-`, 'mail.send']],
      [
        'schema-not-found rest#/3/receipt_schema',
        'reducer-receipt-schema-missing modules#/0/abi/reducer/effects_emitted/1',
      ],
    ],
    [
      'an effect that is not answered',
      [...withMail, [`${emitted}/-`, 'mail.send']],
      ['reducer-receipt-schema-missing modules#/0/abi/reducer/effects_emitted/1'],
    ],
    [
      'an effect that an event of every effect answers',
      [
        ...withMail,
        [`${emitted}/-`, 'mail.send'],
        ['schemas/4/type/variant/Answered', { ref: 'sys/EffectReceipt@1' }],
      ],
      [],
    ],
    [
      'a built-in effect that an event of every effect answers',
      [['schemas/4/type/variant/Fired/ref', 'sys/EffectReceipt@1']],
      [],
    ],
    [
      'a built-in effect that version 2 of its event answers',
      [['schemas/4/type/variant/Fired/ref', 'sys/TimerFired@2']],
      [],
    ],
    [
      'two effects of one kind',
      [...withMail, ['rest/3/kind', 'timer.set']],
      ['effect-kind-duplicate rest#/3/kind', 'definition-unused rest#/3'],
    ],
    [
      'a migration to another state',
      [
        ['rest/2/to', 'demo/Keyed@1'],
        ['modules/2/abi/pure/output', 'demo/Keyed@1'],
      ],
      ['migration-state rest#/2/to'],
    ],
    [
      'a migration from the same state',
      [
        ['rest/2/from', 'demo/State@1'],
        ['modules/2/abi/pure/input', 'demo/State@1'],
      ],
      ['migration-state rest#/2/from'],
    ],
    [
      'a migration by way of another state',
      [
        ['rest/2/to', 'demo/Keyed@1'],
        ['modules/2/abi/pure/output', 'demo/Keyed@1'],
        ['modules/-', pureModule('demo/on@1', 'demo/Keyed@1')],
        ['rest/-', migration('demo/on@1', 'demo/Keyed@1')],
        [`${manifest}/modules/-`, { name: 'demo/on@1' }],
        [`${manifest}/migrations/-`, { name: 'demo/on@1' }],
      ],
      [],
    ],
    [
      'two migrations from one state',
      [
        ['rest/-', migration('demo/on@1', 'demo/Result@1', 'demo/State@1', 'demo/Migrate@1')],
        [`${manifest}/migrations/-`, { name: 'demo/on@1' }],
      ],
      ['migration-ambiguous rest#/3/from'],
    ],
    [
      'migrations that lead in a circle',
      [
        ['rest/2/to', 'demo/Keyed@1'],
        ['modules/2/abi/pure/output', 'demo/Keyed@1'],
        ['modules/-', pureModule('demo/on@1', 'demo/Keyed@1', 'demo/Result@1')],
        ['rest/-', migration('demo/on@1', 'demo/Keyed@1', 'demo/Result@1')],
        [`${manifest}/modules/-`, { name: 'demo/on@1' }],
        [`${manifest}/migrations/-`, { name: 'demo/on@1' }],
      ],
      ['migration-chain rest#/2/to', 'migration-chain rest#/3/to'],
    ],
    [
      'a migration by a module between other states',
      [['modules/2/abi/pure/input', 'demo/Done@1']],
      ['migration-module rest#/2/module'],
    ],
    [
      'a migration of a reducer that is not there',
      [['rest/2/reducer', 'demo/Gone@1']],
      ['reducer-not-found rest#/2/reducer'],
    ],
  ]);
});

describe('policies (V28, V30, V31)', () => {
  const rules = 'rest/0/rules';
  const rule = (when: Json): Json => ({ when, decision: 'allow' });
  table([
    [
      'a default policy that is not there',
      [[`${manifest}/defaults/policy`, 'demo/polcy@1']],
      [`policy-not-found ${inManifest('/defaults/policy')}`, 'definition-unused rest#/0'],
    ],
    [
      'a rule for an effect that is not there',
      [[`${rules}/-`, rule({ effect_kind: 'http.requst' })]],
      ['effect-not-found rest#/0/rules/3/when/effect_kind'],
    ],
    [
      'a rule for a grant that is not there',
      [[`${rules}/-`, rule({ cap_name: 'wbe' })]],
      ['grant-not-found rest#/0/rules/3/when/cap_name'],
    ],
    [
      'a rule behind a wider one',
      [[`${rules}/-`, rule({ effect_kind: 'http.request', cap_name: 'web', origin_kind: 'plan' })]],
      ['policy-rule-shadowed rest#/0/rules/3'],
    ],
    [
      'a rule behind one that asks for what its own fields imply',
      [
        [`${rules}/-`, rule({ cap_type: 'http.out', origin_kind: 'plan' })],
        [`${rules}/-`, rule({ effect_kind: 'http.request', origin_name: 'demo/child@1' })],
      ],
      ['policy-rule-shadowed rest#/0/rules/4'],
    ],
    [
      'a rule for an effect with a grant of another type',
      [[`${rules}/-`, rule({ effect_kind: 'http.request', cap_name: 'timer' })]],
      ['policy-rule-idle rest#/0/rules/3'],
    ],
    [
      'a rule for an origin that is not there',
      [[`${rules}/-`, rule({ origin_name: 'demo/gone@1' })]],
      ['policy-rule-idle rest#/0/rules/3'],
    ],
    [
      'a rule for a plan that is a reducer',
      [[`${rules}/-`, rule({ origin_name: 'demo/main@1', origin_kind: 'reducer' })]],
      ['policy-rule-idle rest#/0/rules/3'],
    ],
    [
      'a rule for an effect from where it cannot come',
      [[`${rules}/-`, rule({ effect_kind: 'http.request', origin_kind: 'reducer' })]],
      ['policy-rule-idle rest#/0/rules/3'],
    ],
    ['an effect that no rule allows', [[`${rules}/0`]], [`effect-denied ${at('/steps/0')}`]],
    [
      'an effect that a rule denies',
      [[`${rules}/1/decision`, 'deny']],
      ['effect-denied modules#/0/abi/reducer/effects_emitted/0'],
    ],
    [
      'without a policy every effect is denied',
      [[`${manifest}/defaults/policy`]],
      [
        `effect-denied ${at('/steps/0')}`,
        `effect-denied ${at('/steps/2')}`,
        'effect-denied modules#/0/abi/reducer/effects_emitted/0',
        'definition-unused rest#/0',
      ],
    ],
    [
      'an approval by more than are named',
      [[`${rules}/2/approval/count`, 3]],
      ['quorum-unreachable rest#/0/rules/2/approval/of'],
    ],
    [
      'people whose voices are gathered to approve',
      governed({ verb: 'approve', role: 'approver', count: 2 }),
      [],
    ],
    [
      'people who apply together',
      governed({ verb: 'apply', role: 'approver', count: 2 }),
      ['quorum-alone rest#/0/governance/0/count'],
    ],
  ]);
});

describe('secrets (V29)', () => {
  const ref = `${step(2)}/params/api_key/secret`;
  const inRef = at('/steps/2/params/api_key/secret');
  table([
    [
      'rejects_unknown_secret_reference',
      [[`${ref}/version`, 2]],
      [`secret-unknown ${inRef}`, 'definition-unused rest#/1'],
    ],
    [
      'an unknown secret inside an expression',
      [
        [
          `${step(8)}`,
          {
            id: 'note',
            op: 'assign',
            expr: {
              variant: {
                tag: 'secret',
                value: { record: { alias: { text: 'demo/kee' }, version: { nat: 1 } } },
              },
            },
            bind: { as: 'note' },
          },
        ],
        [`${MAIN}/locals`],
      ],
      [`secret-unknown ${at('/steps/8/expr/variant/value/record')}`],
    ],
    [
      'rejects_secret_missing_binding',
      [['rest/1/binding_id', '']],
      ['secret-binding-empty rest#/1/binding_id'],
    ],
    [
      'manifest_rejects_missing_grant_in_secret_policy',
      [['rest/1/allowed_caps/-', 'modle']],
      ['grant-not-found rest#/1/allowed_caps/1'],
    ],
    [
      'a secret for a plan that is not there',
      [['rest/1/allowed_plans/-', 'demo/gone@1']],
      ['plan-not-found rest#/1/allowed_plans/1'],
    ],
    [
      'rejects_secret_policy_for_cap',
      [['rest/1/allowed_caps', ['timer']]],
      [`secret-cap-denied ${inRef}`],
    ],
    [
      'rejects_secret_policy_for_plan',
      [['rest/1/allowed_plans', ['demo/child@1']]],
      [`secret-plan-denied ${inRef}`],
    ],
  ]);
});

describe('use (V32)', () => {
  table([
    [
      'a plan that nothing starts',
      [[`${manifest}/triggers`], [`${step(7)}/where/args/1`, get('@plan.input.id')]],
      ['plan-unstarted plans#/0'],
    ],
    [
      'an event that nothing takes',
      [
        [`${step(9)}/event`, 'demo/Result@1'],
        [`${step(9)}/value`, { status: 1 }],
      ],
      [`event-untaken ${at('/steps/9/event')}`],
    ],
    [
      'a schema that nothing uses',
      [
        ['schemas/-', { $kind: 'defschema', name: 'demo/Idle@1', type: { unit: {} } }],
        [`${manifest}/schemas/-`, { name: 'demo/Idle@1' }],
      ],
      ['definition-unused schemas#/10'],
    ],
    [
      'a reducer without a route',
      [[`${manifest}/routing/events/1`]],
      ['definition-unused modules#/1'],
    ],
  ]);
});

describe('hints', () => {
  test.each<[string, Edit, string]>([
    ['an effect', [`${step(0)}/kind`, 'http.requst'], 'http.request'],
    ['a handle', [`${step(1)}/for`, get('@var:requst')], 'request'],
    ['a schema', [`${step(7)}/event`, 'demo/Repli@1'], 'demo/Reply@1'],
    ['a slot', [`${manifest}/module_bindings/demo~1Machine@1/slots/tmer`, 'timer'], 'timer'],
    ['a field', [`${MAIN}/edges/1/when/args/0`, get('@var:answer.statsu')], 'status'],
  ])('name the nearest %s', (_, edit, expected) => {
    expect(load(agencyWith(edit)).some(({ hint }) => hint?.includes(expected))).toBe(true);
  });
});

/** A migration of the machine beside that of the world, and its module of the same name. */
const migration = (name: string, from: string, to = 'demo/State@1', module = name): Json => ({
  $kind: 'defmigration',
  name,
  reducer: 'demo/Machine@1',
  from,
  to,
  module,
});
const pureModule = (name: string, input: string, output = 'demo/State@1'): Json => ({
  $kind: 'defmodule',
  name,
  module_kind: 'pure',
  abi: { pure: { input, output } },
});
const governed = (rule: Json): Edit[] => [
  ['rest/0/governance', [rule]],
  [`${manifest}/features/-`, 'policy-governance'],
];

function many(count: number, make: (i: number) => Json): Json[] {
  return Array.from({ length: count }, (_, i) => make(i));
}
