import { TimerAdapter } from '@aos/adapters-timer';
import { builtinSchema, compileSchemas, type DefSchema } from '@aos/air';
import { compareBytes, decodePlain, encode } from '@aos/canon';
import type { EffectOutcome } from '@aos/protocol';
import {
  type AdapterFixture,
  adapterContract,
  EffectStage,
  stageCall,
} from '@aos/protocol/contracts';
import { describe, expect, it } from 'vitest';

const params = (atNs: bigint, key: string | null = null) => encode({ deliver_at_ns: atNs, key });
const set = (atNs: bigint, more: { intent?: string; deadlineNs?: bigint } = {}) =>
  stageCall({ effect: 'timer.set', params: params(atNs), ...more });

const RECEIPT = 'sys/TimerSetReceipt@1';
const schemas = compileSchemas([builtinSchema(RECEIPT) as DefSchema]);
const receipt = schemas.ok ? schemas.value.get(RECEIPT) : undefined;

function fixture(): AdapterFixture {
  return {
    adapter: new TimerAdapter(),
    effect: 'timer.set',
    sound: () => params(1n, 'a key'),
    checkReceipt: (payload) => {
      const normal = receipt?.normalizeCbor(payload);
      return normal?.ok ? undefined : `${normal?.refusal.detail}`;
    },
    endless: { params: params(2n ** 63n), begun: async () => {} },
  };
}

describe('the timer adapter', () => {
  it.each(adapterContract)('$name', ({ run }) => run(fixture()));
});

/** A stage that counts what its clock is asked for. */
class CountingStage extends EffectStage {
  asked = 0;
  most = 0;

  constructor() {
    super();
    const { clock } = this;
    const at = clock.at.bind(clock);
    clock.at = (atNs, run) => {
      this.asked += 1;
      const callOff = at(atNs, run);
      this.most = Math.max(this.most, clock.alarms);
      return callOff;
    };
  }
}

/** Starts, and answers with the names in the order of the answers. */
function start(adapter: TimerAdapter, stage: EffectStage, ...calls: ReturnType<typeof set>[]) {
  const answers: { readonly hash: Uint8Array; readonly outcome: EffectOutcome }[] = [];
  for (const call of calls) {
    adapter.start(call, stage).then((outcome) => answers.push({ hash: call.intentHash, outcome }));
  }
  return answers;
}

const turn = () => new Promise((resolve) => setImmediate(resolve));
const deliveredAt = ({ payload }: EffectOutcome) => {
  const value = decodePlain(payload);
  return value.ok && value.value instanceof Map ? value.value.get('delivered_at_ns') : undefined;
};

describe('timers', () => {
  it('fire in the order of time and intent hash, past ones at once', async () => {
    const [adapter, stage] = [new TimerAdapter(), new CountingStage()];
    const now = stage.clock.logicalNowNs();
    const calls = ['a', 'b', 'c', 'd'].map((intent) => set(now - 5n, { intent }));
    const answers = start(adapter, stage, set(now - 1n), ...calls, set(now + 10n), set(now));
    await turn();
    const hashes = answers.map(({ hash }) => hash);
    expect(hashes.slice(0, 4)).toEqual(
      calls.map(({ intentHash }) => intentHash).sort(compareBytes),
    );
    expect(hashes).toHaveLength(6);
    stage.clock.advance(10n);
    await turn();
    expect(answers).toHaveLength(7);
    expect(adapter.size).toBe(0);
    await adapter.close();
  });

  it('of one world need one call of its clock at a time, and say when they fired', async () => {
    const [adapter, stage] = [new TimerAdapter(), new CountingStage()];
    const now = stage.clock.logicalNowNs();
    const times = [90n, 20n, 50n, 20n, 70n];
    const answers = start(adapter, stage, ...times.map((byNs) => set(now + byNs)));
    await turn();
    for (let i = 0; i < 10; i++) {
      stage.clock.advance(10n);
      await turn();
    }
    expect(answers.map(({ outcome }) => deliveredAt(outcome))).toEqual(
      [20n, 20n, 50n, 70n, 90n].map((byNs) => Number(now + byNs)),
    );
    expect([stage.most, stage.asked, stage.clock.alarms]).toEqual([1, 4, 0]);
    await adapter.close();
  });

  it('that are cancelled are gone, and leave no alarm when they were the last', async () => {
    const [adapter, stage, other] = [new TimerAdapter(), new EffectStage(), new EffectStage()];
    const atNs = stage.clock.logicalNowNs() + 5n;
    const answers = start(adapter, stage, set(atNs), set(atNs + 1n));
    start(adapter, other, set(atNs));
    await turn();
    stage.cancel.cancel();
    expect([adapter.size, stage.clock.alarms, other.clock.alarms]).toEqual([1, 0, 1]);
    await turn();
    expect(answers.map(({ outcome }) => outcome.status)).toEqual(['cancelled', 'cancelled']);
    await adapter.close();
    expect(other.clock.alarms).toBe(0);
  });

  it('whose deadline comes first time out at the deadline', async () => {
    const [adapter, stage] = [new TimerAdapter(), new EffectStage()];
    const now = stage.clock.logicalNowNs();
    const answers = start(
      adapter,
      stage,
      set(now + 9n, { deadlineNs: now + 9n }),
      set(now + 9n, { deadlineNs: now + 10n }),
    );
    stage.clock.advance(9n);
    await turn();
    expect(answers.map(({ outcome }) => outcome.status).sort()).toEqual(['ok', 'timeout']);
    await adapter.close();
  });

  it('by the hundred thousand cost little each, and do not hold up the event loop', async () => {
    const count = process.env.AOS_DRILL === 'large' ? 1_000_000 : 100_000;
    const [adapter, stage] = [new TimerAdapter(), new CountingStage()];
    const now = stage.clock.logicalNowNs();
    let fired = 0;
    for (let i = 0; i < count; i++) {
      const call = set(now + BigInt((i * 7919) % count) + 1n, { intent: `${i % 64}` });
      adapter.start(call, stage).then(() => {
        fired += 1;
      });
    }
    await turn();
    expect([adapter.size, stage.asked]).toEqual([count, 1]);
    stage.clock.advance(BigInt(count));
    await turn();
    expect(fired).toBeLessThan(count);
    for (let turns = 0; fired < count && turns < count; turns++) await turn();
    expect([fired, adapter.size, stage.most]).toEqual([count, 0, 1]);
    await adapter.close();
  });
});
