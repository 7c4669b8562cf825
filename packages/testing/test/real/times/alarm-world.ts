/** A world without code whose alarms each set a timer of the real adapter and end when it fires. */

import { decodePlain, toHex, type Value } from '@aos/canon';
import { ensureKey, type FoundedWorld, foundWorld, systemClock, systemEntropy } from '@aos/host';
import { decodeRecord, type Entry } from '@aos/protocol';
import { WasmEngine } from '@aos/wasm';

const refs = (...names: string[]) => names.map((name) => ({ name }));

const steps = [
  {
    ...{ id: 'set', op: 'emit_effect', kind: 'timer.set', cap: 'timer' },
    params: {
      record: { deliver_at_ns: { ref: '@plan.input.at' }, key: { ref: '@plan.input.key' } },
    },
    bind: { effect_id_as: 'timer' },
  },
  { id: 'fired', op: 'await_receipt', for: { ref: '@var:timer' }, bind: { as: 'fired' } },
  { id: 'done', op: 'end' },
];

const definitions = [
  {
    ...{ $kind: 'defschema', name: 'd/Alarm@1' },
    type: { record: { at: { nat: {} }, key: { option: { text: {} } } } },
  },
  { $kind: 'defpolicy', name: 'd/policy@1', rules: [{ when: {}, decision: 'allow' }] },
  {
    ...{ $kind: 'defplan', name: 'd/alarm@1', input: 'd/Alarm@1', steps },
    edges: steps.slice(1).map(({ id }, i) => ({ from: steps[i]?.id, to: id })),
  },
  {
    ...{ $kind: 'manifest', air_version: '1', modules: [], schemas: refs('d/Alarm@1') },
    plans: refs('d/alarm@1'),
    effects: refs('sys/timer.set@2'),
    caps: refs('sys/timer@1'),
    policies: refs('d/policy@1'),
    defaults: {
      policy: 'd/policy@1',
      cap_grants: [{ name: 'timer', cap: 'sys/timer@1', params: { record: {} } }],
    },
    triggers: [{ event: 'd/Alarm@1', plan: 'd/alarm@1' }],
  },
];

/** Its keyring has the operator and the host of `home`. */
export function foundAlarms(home: string): FoundedWorld {
  const documents = [{ path: 'air/world.air.json', text: JSON.stringify(definitions) }];
  const keyring = (['operator', 'host'] as const).map((name) => {
    const { keyId, publicKey } = ensureKey(home, name);
    return { keyId, publicKey, name, roles: [name] };
  });
  const ports = { engine: new WasmEngine(), clock: systemClock, fillEntropy: systemEntropy };
  const result = foundWorld({ documents, modules: new Map(), keyring }, ports);
  if (!result.ok) throw new Error(JSON.stringify(result));
  return result.founded;
}

interface FiredAlarm {
  readonly atNs: bigint;
  readonly key: string;
  /** Logical time of the record that has its receipt. */
  readonly firedNs: bigint;
  readonly status: string;
}

export interface AlarmJournal {
  /** In the order of the journal. */
  readonly fired: readonly FiredAlarm[];
  /** Keys of those that were set. */
  readonly set: ReadonlySet<string>;
  /** Plan instances that began, and that ended well. */
  readonly begun: number;
  readonly ended: number;
  readonly problems: readonly string[];
}

/** What the records say of alarms; logical time must not go back. */
export function readAlarms(records: Iterable<Uint8Array>): AlarmJournal {
  const intents = new Map<string, { readonly atNs: bigint; readonly key: string }>();
  const [fired, problems]: [FiredAlarm[], string[]] = [[], []];
  let [lastNs, begun, ended] = [0n, 0, 0];
  for (const bytes of records) {
    const record = decodeRecord(bytes);
    if (!record.ok) throw new Error(record.refusal.code);
    const { entries, stamp } = record.value;
    if (stamp.logicalNowNs < lastNs) problems.push(`time goes back at ${record.value.seq}`);
    lastNs = stamp.logicalNowNs;
    for (const entry of entries) {
      if (entry.kind === 'intent') intents.set(toHex(entry.intent), alarmOf(entry));
      if (entry.kind === 'plan-started') begun += 1;
      if (entry.kind === 'plan-ended' && entry.status === 'ok') ended += 1;
      if (entry.kind !== 'settled') continue;
      const intent = intents.get(toHex(entry.intent));
      if (intent === undefined) problems.push('a receipt of nothing');
      else fired.push({ ...intent, firedNs: lastNs, status: entry.status });
    }
  }
  return {
    fired,
    set: new Set([...intents.values()].map(({ key }) => key)),
    begun,
    ended,
    problems,
  };
}

function alarmOf({ params }: Entry & { readonly kind: 'intent' }) {
  const value = params.inline === undefined ? undefined : decodePlain(params.inline);
  const fields = value?.ok ? (value.value as ReadonlyMap<string, Value>) : new Map<string, Value>();
  return { atNs: BigInt(String(fields.get('deliver_at_ns'))), key: String(fields.get('key')) };
}
