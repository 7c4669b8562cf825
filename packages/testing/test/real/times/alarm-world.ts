/** A world without code whose alarms each set a timer of the real adapter and end when it fires. */
import { decodePlain, toHex, type Value } from '@aos/canon';
import { decodeRecord } from '@aos/protocol';
import { ask, foundPlans, input, keyringOf, onePlan } from '../../plan-world.js';

const params = { deliver_at_ns: input('at'), key: input('key') };
const timer = ask('fired', { kind: 'timer.set', cap: 'timer', params });

const definitions = onePlan({
  ...{ event: 'd/Alarm@1', fields: { at: { nat: {} }, key: { option: { text: {} } } } },
  ...{ plan: 'd/alarm@1', steps: [...timer, { id: 'done', op: 'end' }] },
  effects: ['sys/timer.set@2'],
  grants: [{ name: 'timer', cap: 'sys/timer@1', params: {} }],
});

/** Its keyring has the operator and the host of `home`. */
export const foundAlarms = (home: string) => foundPlans(definitions, keyringOf(home));

interface Alarm {
  readonly atNs: bigint;
  readonly key: string;
}

interface FiredAlarm extends Alarm {
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
  const intents = new Map<string, Alarm>();
  const [fired, problems]: [FiredAlarm[], string[]] = [[], []];
  let [lastNs, begun, ended] = [0n, 0, 0];
  for (const bytes of records) {
    const record = decodeRecord(bytes);
    if (!record.ok) throw new Error(record.refusal.code);
    const { entries, stamp } = record.value;
    if (stamp.logicalNowNs < lastNs) problems.push(`time goes back at ${record.value.seq}`);
    lastNs = stamp.logicalNowNs;
    for (const entry of entries) {
      if (entry.kind === 'intent') {
        intents.set(toHex(entry.intent), readAlarm(entry.params.inline ?? new Uint8Array()));
      }
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

/** Parameters of `timer.set`. */
export function readAlarm(params: Uint8Array): Alarm {
  const value = decodePlain(params);
  const fields = value.ok ? (value.value as ReadonlyMap<string, Value>) : new Map();
  return { atNs: BigInt(String(fields.get('deliver_at_ns'))), key: String(fields.get('key')) };
}
