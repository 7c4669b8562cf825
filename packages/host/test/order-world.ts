/**
 * A world that does more than count: an order starts a plan that asks the outside and adds what
 * comes back. Keys, time and tasks of a host are tested on it.
 *
 * `t/Order@1` under the grant `free` goes out at once and must be answered within a second; under
 * `dear` an approver has to agree. `t/Add@1` feeds the sum and, through the inbox `desk`, one tally
 * per text key. Adding 300 + d makes 8 events of 300 + d − 1, and 77 makes another 77, for ever.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodePlain, encode, encodeUntagged, type Value } from '@aos/canon';
import {
  type Clock,
  ensureKey,
  foundWorld,
  type HostEngine,
  openWorldHost,
  type Signer,
  type StartTimer,
  signReceipt,
  type WorldHost,
  type WorldHostOptions,
} from '@aos/host';
import { type OpenIntent, readCell, type World } from '@aos/kernel';
import type { KeyRole, ReceiptStatus, WorldStore } from '@aos/protocol';
import { createMemoryStore } from '@aos/store';
import { ManualClock, modules, must, noEntropy, REDUCER, sumEngine } from './stage.js';

const ORDER = 't/Order@1';
const TALLY = 't/Tally@1';
/** An order that is not answered within this time has timed out. */
export const DEADLINE_NS = 1_000_000_000n;

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
const schema = (name: string, type: Json): Json => ({ $kind: 'defschema', name, type });
const refs = (...names: string[]): Json => names.map((name) => ({ name }));
const record = (fields: Json): Json => ({ record: fields });
const NAT: Json = { nat: {} };

const plan = (name: string, grant: string): Json => ({
  $kind: 'defplan',
  name,
  input: name.replace('/plan-', '/'),
  steps: [
    {
      id: 'ask',
      op: 'emit_effect',
      kind: 'ask',
      params: { record: { n: { ref: '@plan.input.n' } } },
      cap: grant,
      deadline_ns: Number(DEADLINE_NS),
      bind: { effect_id_as: 'asked' },
    },
    { id: 'hear', op: 'await_receipt', for: { ref: '@var:asked' }, bind: { as: 'answer' } },
    {
      id: 'tell',
      op: 'raise_event',
      event: 't/Add@1',
      value: { record: { by: { op: 'get', args: [{ ref: '@var:answer' }, { text: 'n' }] } } },
    },
    { id: 'done', op: 'end' },
  ],
  edges: [
    { from: 'ask', to: 'hear' },
    { from: 'hear', to: 'tell' },
    { from: 'tell', to: 'done' },
  ],
});

const reducer = (name: string, more: { readonly [name: string]: Json } = {}): Json => ({
  $kind: 'defmodule',
  name,
  module_kind: 'reducer',
  abi: { reducer: { state: 't/Sum@1', event: 't/Event@1' } },
  ...more,
});

const documents = [
  {
    path: 'air/world.air.json',
    text: JSON.stringify([
      schema('t/Sum@1', record({ n: NAT })),
      schema('t/Add@1', record({ by: NAT })),
      schema('t/Event@1', { variant: { Add: { ref: 't/Add@1' } } }),
      schema('t/Order@1', record({ n: NAT })),
      schema('t/Dear@1', record({ n: NAT })),
      schema('t/Ask@1', record({ n: NAT })),
      schema('t/Name@1', { text: {} }),
      {
        $kind: 'defeffect',
        name: 't/ask@1',
        kind: 'ask',
        params_schema: 't/Ask@1',
        receipt_schema: 't/Ask@1',
        cap_type: 'asking',
        origin_scope: 'both',
      },
      {
        $kind: 'defcap',
        name: 't/asking@1',
        cap_type: 'asking',
        schema: record({}),
        enforcer: { module: 'sys/CapAllowAll@1' },
      },
      {
        $kind: 'defpolicy',
        name: 't/policy@1',
        rules: [
          {
            when: { cap_name: 'dear' },
            decision: 'require_approval',
            approval: { role: 'approver', count: 1 },
          },
          { when: {}, decision: 'allow' },
        ],
      },
      plan('t/plan-Order@1', 'free'),
      plan('t/plan-Dear@1', 'dear'),
      reducer(REDUCER),
      reducer(TALLY, { key_schema: 't/Name@1' }),
      {
        $kind: 'manifest',
        air_version: '1',
        features: ['effect-deadline', 'expressions-1.1', 'policy-approval'],
        schemas: refs(
          't/Sum@1',
          't/Add@1',
          't/Event@1',
          't/Order@1',
          't/Dear@1',
          't/Ask@1',
          't/Name@1',
        ),
        modules: refs(REDUCER, TALLY),
        plans: refs('t/plan-Order@1', 't/plan-Dear@1'),
        effects: refs('t/ask@1'),
        caps: refs('t/asking@1'),
        policies: refs('t/policy@1'),
        defaults: {
          policy: 't/policy@1',
          cap_grants: ['free', 'dear'].map((name) => ({ name, cap: 't/asking@1', params: {} })),
        },
        routing: {
          events: [{ event: 't/Event@1', reducer: REDUCER }],
          inboxes: [{ source: 'desk', reducer: TALLY }],
        },
        triggers: [
          { event: 't/Order@1', plan: 't/plan-Order@1' },
          { event: 't/Dear@1', plan: 't/plan-Dear@1' },
        ],
      },
    ]),
  },
];

/** The engine of the stage, with events for some numbers. */
export function orderEngine(): HostEngine {
  const engine = sumEngine();
  return {
    ...engine,
    call: (module, entry, input, limits) => {
      const envelope = must(decodePlain(input)) as ReadonlyMap<string, Value>;
      const event = envelope.get('event') as ReadonlyMap<string, Value>;
      const value = must(decodePlain(event.get('value') as Uint8Array));
      const { by } = Object.fromEntries(
        (value as Map<string, Map<string, number>>).get('$value') ?? [],
      );
      if (by === undefined || (by !== 77 && by < 300) || by > 310) {
        return engine.call(module, entry, input, limits);
      }
      const [count, next] = by === 77 ? [1, 77] : [by === 300 ? 0 : 8, by - 1];
      const emitted = Array.from({ length: count }, () => ({
        schema: 't/Add@1',
        value: encode({ by: next }),
      }));
      const state = envelope.get('state') as Uint8Array | null;
      const output = { state, domain_events: emitted, effects: [], ann: null };
      return { kind: 'output', output: encodeUntagged(output), fuel: 0 };
    },
  };
}

/** Keys of one test, in a folder of their own. */
export class TestKeys {
  readonly home = mkdtempSync(join(tmpdir(), 'aos-keys-'));

  signer(name: string): Signer {
    return ensureKey(this.home, name);
  }

  entry(name: string, ...roles: KeyRole[]) {
    const { keyId, publicKey } = this.signer(name);
    return { keyId, publicKey, name, roles };
  }
}

export function newOrderStore(keys: TestKeys): WorldStore {
  const keyring = [
    keys.entry('operator', 'operator'),
    keys.entry('host', 'host'),
    keys.entry('boss', 'approver'),
  ];
  const code = modules.get(REDUCER) as Uint8Array;
  const all = new Map([
    [REDUCER, code],
    [TALLY, code],
  ]);
  const ports = { engine: orderEngine(), clock: new ManualClock(), fillEntropy: noEntropy };
  const result = foundWorld({ documents, modules: all, keyring }, ports);
  if (!result.ok) throw new Error(JSON.stringify(result));
  return createMemoryStore(result.founded.genesis, result.founded.objects);
}

/** A timer that fires when the test says so; at most one may run. */
class ManualTimer {
  delayMs: number | undefined;
  started = 0;
  #fire: (() => void) | undefined;

  readonly start: StartTimer = (delayMs, fire) => {
    if (this.#fire !== undefined) throw new Error('a second timer');
    this.started += 1;
    this.delayMs = delayMs;
    this.#fire = fire;
    return () => {
      this.#fire = undefined;
      this.delayMs = undefined;
    };
  };

  fire(): void {
    const fire = this.#fire;
    this.#fire = undefined;
    this.delayMs = undefined;
    fire?.();
  }
}

export interface Opened {
  readonly host: WorldHost;
  readonly clock: ManualClock;
  readonly timer: ManualTimer;
}

export function openOrders(
  store: WorldStore,
  more: Partial<WorldHostOptions> & { readonly clock?: Clock } = {},
): Opened {
  const clock = (more.clock as ManualClock | undefined) ?? new ManualClock();
  const timer = new ManualTimer();
  const engine = orderEngine();
  const ports = { fillEntropy: noEntropy, startTimer: timer.start };
  const host = openWorldHost({ store, engine, ...ports, ...more, clock });
  return { host, clock, timer };
}

export const order = (n: number, name = ORDER) => ({ schema: name, cbor: encode({ n }) });

/** A receipt of the host's key, `{n}` or an error of the code `refused`. */
export function answer(
  keys: TestKeys,
  world: World,
  intent: OpenIntent,
  { n = 1, status = 'ok' as ReceiptStatus, as = 'host' } = {},
) {
  const { hash: intentHash, epoch, attempt } = intent;
  const place = { worldId: world.worldId, epoch, intentHash, attempt };
  const payload = status === 'ok' ? encode({ n }) : encode({ code: 'refused', message: '' });
  return signReceipt(keys.signer(as), { ...place, adapterId: 'test', status }, payload);
}

export function sumOf(world: World): number {
  const [table] = world.cells;
  return numberOf(table && readCell(table, null)?.state);
}

export function tallyOf(world: World, key: string): number {
  const table = world.cells[1];
  return numberOf(table && readCell(table, encode(key))?.state);
}

function numberOf(state: Uint8Array | undefined): number {
  if (state === undefined) return 0;
  const fields = must(decodePlain(state.subarray(3))) as ReadonlyMap<string, number>;
  return fields.get('n') ?? 0;
}
