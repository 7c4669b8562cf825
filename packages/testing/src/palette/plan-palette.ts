/**
 * Plans of a generated world: random graphs of all kinds of steps, whose guards, waits and
 * expressions hold, do not hold, or fail, as their input says.
 */
import type { Random } from '../random.js';
import type { Authority } from './authority-palette.js';
import { type Json, ref, schema } from './json.js';
import { nativeRequest } from './native-palette.js';
import { type DraftOptions, PlanDraft } from './plan-draft.js';

export interface PlanPalette {
  readonly nodes: readonly Json[];
  readonly manifest: Json;
  readonly features: readonly string[];
  readonly events: readonly string[];
  /** The world lists the event by which anybody starts a plan. */
  readonly startsByHand: boolean;
}

const FEATURES = ['effect-deadline', 'effect-retry', 'plan-cancel', 'plan-spawn'];

/** Spawns itself, until there are too many above one another. */
const DEEP: Json = {
  $kind: 'defplan',
  name: 'g/deep@1',
  input: 'g/Go@1',
  steps: [
    {
      id: 'again',
      op: 'spawn_plan',
      plan: 'g/deep@1',
      input: ref('@plan.input'),
      bind: { handle_as: 'next' },
    },
    { id: 'wait', op: 'await_plan', for: ref('@var:next'), bind: { as: 'ended' } },
  ],
  edges: [{ from: 'again', to: 'wait' }],
};

export function planPalette(random: Random, authority: Authority): PlanPalette {
  const isCorrelated = random.chance(0.5);
  const isDeep = random.chance(0.05);
  const probes = authority.usesNative ? PROBES.map((name) => probeOf(random, name)) : [];
  const trigger = { event: 'g/Go@1', plan: 'g/main@1' };
  return {
    nodes: [
      schema('g/Go@1', {
        record: { id: ref('g/Key@1'), n: { nat: {} }, do: { bytes: {} }, label: { text: {} } },
      }),
      schema('g/Reply@1', { record: { label: { text: {} }, n: { nat: {} } } }),
      schema('g/Out@1', { record: { n: { nat: {} } } }),
      planOf(random, { name: 'g/main@1', isCorrelated, isChild: false, authority }),
      planOf(random, { name: 'g/side@1', isCorrelated: false, isChild: false, authority }),
      ...(isDeep ? [DEEP] : []),
      ...probes,
      planOf(random, { name: 'g/child@1', isCorrelated: false, isChild: true, authority }),
    ],
    manifest: {
      triggers: [
        isCorrelated ? { ...trigger, correlate_by: 'label' } : trigger,
        ...(random.chance(0.5) ? [{ event: 'g/Go@1', plan: 'g/side@1' }] : []),
        ...(isDeep ? [{ event: 'g/Go@1', plan: 'g/deep@1' }] : []),
        ...probes.map(({ name }) => ({ event: 'g/Go@1', plan: name })),
      ],
    },
    features: FEATURES,
    events: ['g/Go@1', 'g/Go@1', 'g/Reply@1'],
    startsByHand: random.chance(0.7),
  };
}

/** Plans that ask for one thing each, since the first denial ends a plan. */
const PROBES = ['g/probe1@1', 'g/probe2@1', 'g/probe3@1', 'g/probe4@1'];

function probeOf(random: Random, name: string): Json {
  const emit = { id: 'ask', op: 'emit_effect', bind: { effect_id_as: 'asked' } };
  const wait = { op: 'await_receipt', for: ref('@var:asked'), bind: { as: 'answer' } };
  const steps = [
    { ...emit, ...nativeRequest(random) },
    { id: 'wait', ...wait },
  ];
  const edges = [{ from: 'ask', to: 'wait' }];
  return { $kind: 'defplan', name, input: 'g/Go@1', steps, edges };
}

interface PlanKind extends DraftOptions {
  readonly name: string;
}

const MAX_STEPS = 7;

function planOf(random: Random, { name, ...options }: PlanKind): Json {
  const draft = new PlanDraft(random, options);
  const { isChild } = options;
  const count = isChild ? 1 + random.below(3) : 1 + random.below(MAX_STEPS);
  for (let i = 0; i < count; i++) draft.add();
  draft.finish();
  const invariants = random.chance(0.2)
    ? { invariants: [{ op: 'lt', args: [ref('@plan.input.n'), { nat: 250 }] }] }
    : {};
  const output = isChild ? { output: 'g/Out@1' } : {};
  const { steps, edges } = draft;
  return { $kind: 'defplan', name, input: 'g/Go@1', ...output, steps, edges, ...invariants };
}
