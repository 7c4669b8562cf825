/**
 * A world whose orders are effects, with adapters that do what a test says, on virtual time.
 *
 * `t/Order@1` {n} asks once, `t/Chain@1` asks three times in a row, `t/Slow@1` asks the other kind;
 * what comes back is added to the sum. Orders have a second, the others no deadline. `t/Stop@1`
 * asks the other kind and calls it off with the next order, `t/Never@1` calls it off at once.
 */
import { decodePlain, encode, type Value } from '@aos/canon';
import {
  type EffectOptions,
  foundWorld,
  openWorldHost,
  type StartTimer,
  type WorldHost,
} from '@aos/host';
import {
  type Adapter,
  type EffectCall,
  type EffectContext,
  type EffectOutcome,
  type KeyringEntry,
  okOutcome,
  type WorldStore,
} from '@aos/protocol';
import { createMemoryStore } from '@aos/store';
import { orderEngine, TestKeys } from './order-world.js';
import { ManualClock, modules, must, noEntropy, REDUCER } from './stage.js';

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

const schema = (name: string, type: Json): Json => ({ $kind: 'defschema', name, type });
const record = (fields: Json): Json => ({ record: fields });
const refs = (...names: string[]): Json => names.map((name) => ({ name }));
const NAT: Json = { nat: {} };

/** Asks of a kind one behind the other; each asks for what the one before answered. */
function plan(name: string, kinds: readonly string[], more: { [name: string]: Json }): Json {
  const steps: Json[] = [];
  const order: string[] = [];
  let n: Json = { ref: '@plan.input.n' };
  kinds.forEach((kind, i) => {
    const bind = { effect_id_as: `asked${i}` };
    const params = { record: { n } };
    steps.push({ id: `ask${i}`, op: 'emit_effect', kind, params, cap: kind, bind, ...more });
    const id = { ref: `@var:asked${i}` };
    steps.push({ id: `hear${i}`, op: 'await_receipt', for: id, bind: { as: `answer${i}` } });
    order.push(`ask${i}`, `hear${i}`);
    n = { op: 'get', args: [{ ref: `@var:answer${i}` }, { text: 'n' }] };
  });
  steps.push({ id: 'tell', op: 'raise_event', event: 't/Add@1', value: { record: { by: n } } });
  steps.push({ id: 'done', op: 'end' });
  const path = [...order, 'tell', 'done'];
  return {
    $kind: 'defplan',
    name: `t/plan-${name}@1`,
    input: `t/${name}@1`,
    steps,
    edges: path.slice(1).map((to, i) => ({ from: path[i] as string, to })),
  };
}

/** Asks the other kind, and calls it off behind the steps between. */
function stopping(name: string, between: readonly { [name: string]: Json; id: string }[]): Json {
  const asked = { ref: '@var:asked' };
  const steps = [
    {
      id: 'ask',
      op: 'emit_effect',
      kind: 'slow',
      params: { record: { n: { ref: '@plan.input.n' } } },
      cap: 'slow',
      bind: { effect_id_as: 'asked' },
    },
    ...between,
    { id: 'stop', op: 'cancel', for: asked },
    { id: 'hear', op: 'await_receipt', for: asked, bind: { as: 'answer' } },
    { id: 'done', op: 'end' },
  ];
  const edges = steps.slice(1).map(({ id }, i) => ({ from: steps[i]?.id ?? '', to: id }));
  return { $kind: 'defplan', name: `t/plan-${name}@1`, input: `t/${name}@1`, steps, edges };
}

const effect = (kind: string): Json => ({
  $kind: 'defeffect',
  name: `t/${kind}@1`,
  kind,
  params_schema: 't/Ask@1',
  receipt_schema: 't/Ask@1',
  cap_type: 'asking',
  origin_scope: 'both',
});

const ORDERS = ['Order', 'Chain', 'Slow', 'Stop', 'Never'];
const INPUTS = ORDERS.map((name) => `t/${name}@1`);
const SCHEMAS = ['t/Sum@1', 't/Add@1', 't/Event@1', 't/Ask@1', ...INPUTS];

const documents = [
  {
    path: 'air/world.air.json',
    text: JSON.stringify([
      schema('t/Sum@1', record({ n: NAT })),
      schema('t/Add@1', record({ by: NAT })),
      schema('t/Event@1', { variant: { Add: { ref: 't/Add@1' } } }),
      schema('t/Ask@1', record({ n: NAT })),
      ...INPUTS.map((name) => schema(name, record({ n: NAT }))),
      effect('ask'),
      effect('slow'),
      {
        $kind: 'defcap',
        name: 't/asking@1',
        cap_type: 'asking',
        schema: record({}),
        enforcer: { module: 'sys/CapAllowAll@1' },
      },
      { $kind: 'defpolicy', name: 't/policy@1', rules: [{ when: {}, decision: 'allow' }] },
      plan('Order', ['ask'], { deadline_ns: 1_000_000_000 }),
      plan('Chain', ['ask', 'ask', 'ask'], {}),
      plan('Slow', ['slow'], {}),
      stopping('Stop', [
        { id: 'wait', op: 'await_event', event: 't/Order@1', bind: { as: 'order' } },
      ]),
      stopping('Never', []),
      {
        $kind: 'defmodule',
        name: REDUCER,
        module_kind: 'reducer',
        abi: { reducer: { state: 't/Sum@1', event: 't/Event@1' } },
      },
      {
        $kind: 'manifest',
        air_version: '1',
        features: ['effect-deadline', 'expressions-1.1', 'plan-cancel'],
        schemas: refs(...SCHEMAS),
        modules: refs(REDUCER),
        plans: refs(...ORDERS.map((name) => `t/plan-${name}@1`)),
        effects: refs('t/ask@1', 't/slow@1'),
        caps: refs('t/asking@1'),
        policies: refs('t/policy@1'),
        defaults: {
          policy: 't/policy@1',
          cap_grants: ['ask', 'slow'].map((name) => ({ name, cap: 't/asking@1', params: {} })),
        },
        routing: { events: [{ event: 't/Event@1', reducer: REDUCER }] },
        triggers: ORDERS.map((name) => ({
          event: `t/${name}@1`,
          plan: `t/plan-${name}@1`,
        })),
      },
    ]),
  },
];

export const keys = new TestKeys();

export function newEffectStore(keyring?: readonly KeyringEntry[]): WorldStore {
  const known = [keys.entry('operator', 'operator'), keys.entry('host', 'host')];
  const ports = { engine: orderEngine(), clock: new ManualClock(), fillEntropy: noEntropy };
  const result = foundWorld({ documents, modules, keyring: keyring ?? known }, ports);
  if (!result.ok) throw new Error(JSON.stringify(result));
  return createMemoryStore(result.founded.genesis, result.founded.objects);
}

/** Time that moves when it is told to, and the timers that wait for it. */
export class VirtualTime extends ManualClock {
  readonly #timers = new Set<{ readonly atNs: bigint; readonly fire: () => void }>();

  readonly startTimer: StartTimer = (delayMs, fire) => {
    const timer = { atNs: this.monotonic + BigInt(delayMs) * 1_000_000n, fire };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  };

  get timers(): number {
    return this.#timers.size;
  }

  /** Goes on, and lets run what is due. */
  async pass(ms: number): Promise<void> {
    this.monotonic += BigInt(ms) * 1_000_000n;
    for (const timer of [...this.#timers]) {
      if (timer.atNs <= this.monotonic && this.#timers.delete(timer)) timer.fire();
    }
    await turns();
  }
}

/** Lets everything run that needs no time. */
export async function turns(count = 40): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
}

/** One call that an adapter got, to be answered by the test. */
export interface AskedCall {
  readonly call: EffectCall;
  readonly context: EffectContext;
  readonly n: number;
  answer(outcome: EffectOutcome): void;
  fail(cause: unknown): void;
}

/** An adapter that answers as a test says, or leaves the answer to it. */
export class ScriptedAdapter implements Adapter {
  readonly id: string;
  readonly kinds: readonly string[];
  readonly calls: AskedCall[] = [];
  /** Answers at once where it answers anything. */
  reply: (call: AskedCall) => EffectOutcome | undefined = ({ n }) => okOutcome({ n });

  constructor(...kinds: string[]) {
    this.id = `scripted.${kinds.join('.')}`;
    this.kinds = kinds;
  }

  start(call: EffectCall, context: EffectContext): Promise<EffectOutcome> {
    return new Promise((resolve, reject) => {
      const params = must(decodePlain(call.params)) as ReadonlyMap<string, Value>;
      const asked: AskedCall = {
        ...{ call, context, n: Number(params.get('n')) },
        answer: resolve,
        fail: reject,
      };
      this.calls.push(asked);
      const outcome = this.reply(asked);
      if (outcome !== undefined) resolve(outcome);
    });
  }

  async close() {}
}

export interface Stage {
  readonly host: WorldHost;
  readonly time: VirtualTime;
  readonly ask: ScriptedAdapter;
  readonly slow: ScriptedAdapter;
}

export interface StageOptions {
  readonly store?: WorldStore;
  readonly time?: VirtualTime;
  readonly ask?: ScriptedAdapter;
  readonly slow?: ScriptedAdapter;
  readonly effects?: Partial<EffectOptions>;
  readonly cryptoThreads?: 'beside' | 'none';
}

/** Opens a world whose adapters answer what they are asked, if the test says nothing else. */
export function openStage(options: StageOptions = {}): Stage {
  const { store = newEffectStore(), time = new VirtualTime() } = options;
  const { ask = new ScriptedAdapter('ask'), slow = new ScriptedAdapter('slow') } = options;
  const host = openWorldHost({
    store,
    engine: orderEngine(),
    clock: time,
    fillEntropy: noEntropy,
    startTimer: time.startTimer,
    cryptoThreads: options.cryptoThreads ?? 'none',
    effects: {
      adapters: [ask, slow],
      signer: keys.signer('host'),
      random: () => 0.5,
      ...options.effects,
    },
  });
  return { host, time, ask, slow };
}

export const send = (name: 'Order' | 'Chain' | 'Slow' | 'Stop' | 'Never', n: number) => ({
  schema: `t/${name}@1`,
  cbor: encode({ n }),
});
