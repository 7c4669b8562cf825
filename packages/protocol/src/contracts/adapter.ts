/**
 * What every adapter must do, whatever it does outside: the rules of the adapter port as cases.
 *
 * Nothing here can measure time: a case that waits longer than its runner allows has failed.
 */
import { bytesEqual, decodePlain, encode, utf8 } from '@aos/canon';
import type { Adapter, EffectCall, EffectOutcome } from '../adapter.js';
import type { ReceiptStatus } from '../signed/receipt-body.js';
import { type ContractCase, check } from './case.js';
import { EffectStage, MemoryBlobs, type StagedCall, stageCall } from './effect-stage.js';

/** An adapter, and what a suite must know of one kind of its effects. A case gets its own. */
export interface AdapterFixture {
  readonly adapter: Adapter;
  /** The kind of effect that is tried. */
  readonly effect: string;
  /** Canonical parameters of an effect that ends well, soon. */
  sound(blobs: MemoryBlobs): Uint8Array;
  /** Says what keeps a payload from being in the receipt schema of the effect. */
  checkReceipt(payload: Uint8Array): string | undefined;
  /** An effect that ends only when it is made to. Left out where every effect ends at once. */
  readonly endless?: {
    readonly params: Uint8Array;
    /** Resolves when one has begun. */
    begun(): Promise<void>;
  };
  /** Canonical parameters of effects that the outside refuses, by the code they end with. */
  readonly refused?: Readonly<Record<string, Uint8Array>>;
  /**
   * What the outside has got so far: a mark for everything that was done, equal where the outside
   * can tell that it has seen it before. Left out where nothing is done outside.
   */
  marks?(): readonly string[];
  /** Resolves when nothing of a closed adapter keeps the process running. */
  released?(): Promise<void>;
}

type Case = ContractCase<AdapterFixture>;

const SECOND_NS = 1_000_000_000n;
const AT_ONCE = 16;
const CODE = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** Bytes that are parameters of no effect. */
const NO_PARAMS: readonly Uint8Array[] = [
  new Uint8Array(),
  utf8('no CBOR'),
  encode(null),
  encode([]),
  encode({ 'no such': 'field' }),
];

/** One adapter and its host. */
class Trial {
  readonly blobs = new MemoryBlobs();
  readonly stages: EffectStage[] = [];

  constructor(readonly fixture: AdapterFixture) {}

  stage(): EffectStage {
    const stage = new EffectStage(this.blobs);
    this.stages.push(stage);
    return stage;
  }

  call(call: Partial<StagedCall> = {}): EffectCall {
    const { effect } = this.fixture;
    return stageCall({ effect, params: call.params ?? this.fixture.sound(this.blobs), ...call });
  }

  start(call: Partial<StagedCall> = {}, stage = this.stage()): Promise<EffectOutcome> {
    return this.fixture.adapter.start(this.call(call), stage);
  }

  checkOk(outcome: EffectOutcome): void {
    const { status, payload } = outcome;
    check(status === 'ok', `expected ok, found ${status}: ${describeError(payload)}`);
    const problem = this.fixture.checkReceipt(payload);
    check(problem === undefined, `the receipt is not in its schema: ${problem}`);
  }

  /** Marks that the outside can tell apart. */
  marks(): number {
    return new Set(this.fixture.marks?.()).size;
  }
}

function trial(name: string, run: (trial: Trial) => Promise<void>): Case {
  return {
    name,
    run: async (fixture) => {
      try {
        await run(new Trial(fixture));
      } finally {
        await fixture.adapter.close();
      }
    },
  };
}

/** The code of an outcome that is not ok. */
function codeOf({ payload }: EffectOutcome): string {
  const value = decodePlain(payload);
  const error = value.ok && value.value instanceof Map ? value.value : new Map();
  const code: unknown = error.get('code');
  const isError = error.size === 2 && typeof error.get('message') === 'string';
  check(isError && typeof code === 'string', 'expected a payload of sys/EffectError@1');
  check(CODE.test(code), `expected a kebab-case code, found ${code}`);
  return code;
}

function describeError(payload: Uint8Array): string {
  const value = decodePlain(payload);
  const error = value.ok && value.value instanceof Map ? value.value : new Map();
  return `${error.get('code')}: ${error.get('message')}`;
}

function checkFailed(outcome: EffectOutcome, status: ReceiptStatus, code?: string): void {
  check(outcome.status === status, `expected ${status}, found ${outcome.status}`);
  const found = codeOf(outcome);
  check(code === undefined || code === found, `expected the code ${code}, found ${found}`);
}

const answering: readonly Case[] = [
  trial('an adapter says who it is and what it serves', async ({ fixture }) => {
    const { id, kinds } = fixture.adapter;
    check(id.length > 0, 'no id');
    check(kinds.includes(fixture.effect), `${fixture.effect} is not among its kinds`);
    check(new Set(kinds).size === kinds.length, 'a kind twice');
  }),
  trial('an effect that goes well is ok, with a receipt in its schema', async (trial) => {
    trial.checkOk(await trial.start());
  }),
  trial('every call is answered, however many run at once', async (trial) => {
    const starts = Array.from({ length: AT_ONCE }, (_, i) => trial.start({ intent: `${i}` }));
    for (const outcome of await Promise.all(starts)) trial.checkOk(outcome);
  }),
  trial('what a call is given stays as it was', async (trial) => {
    const call = trial.call();
    const before = [call.params, call.idempotencyKey, call.intentHash].map((each) => each.slice());
    await trial.fixture.adapter.start(call, trial.stage());
    const after = [call.params, call.idempotencyKey, call.intentHash];
    check(
      after.every((bytes, i) => bytesEqual(bytes, before[i] as Uint8Array)),
      'bytes of the call were changed',
    );
  }),
  trial('two starts of an intent look the same outside, two intents do not', async (trial) => {
    for (const intent of ['one', 'one', 'two']) trial.checkOk(await trial.start({ intent }));
    if (trial.fixture.marks === undefined) return;
    check(trial.marks() === 2, `expected 2 different marks, found ${trial.marks()}`);
  }),
];

const failing: readonly Case[] = [
  trial('parameters that are none are an error, the same one every time', async (trial) => {
    for (const params of NO_PARAMS) {
      const first = await trial.start({ params });
      checkFailed(first, 'error');
      checkFailed(await trial.start({ params }), 'error', codeOf(first));
      check(first.retry !== 'later', 'another start of it fares no better');
    }
    check(trial.marks() === 0, 'something was done outside');
  }),
  trial('what the outside refuses is an error with a code', async (trial) => {
    for (const [code, params] of Object.entries(trial.fixture.refused ?? {})) {
      checkFailed(await trial.start({ params }), 'error', code);
      checkFailed(await trial.start({ params }), 'error', code);
    }
  }),
  trial('a failure leaves the adapter as it was', async (trial) => {
    for (const params of Object.values(trial.fixture.refused ?? {})) await trial.start({ params });
    trial.checkOk(await trial.start());
  }),
];

const stopping: readonly Case[] = [
  trial('a call that is cancelled before it starts does nothing', async (trial) => {
    const stage = trial.stage();
    stage.cancel.cancel();
    checkFailed(await trial.start({}, stage), 'cancelled');
    check(trial.marks() === 0, 'something was done outside');
  }),
  trial('a call that starts after its deadline does nothing', async (trial) => {
    const stage = trial.stage();
    const deadlineNs = stage.clock.logicalNowNs();
    checkFailed(await trial.start({ deadlineNs }, stage), 'timeout');
    check(trial.marks() === 0, 'something was done outside');
  }),
  trial('a call that is cancelled while it runs answers so', async (trial) => {
    const { endless } = trial.fixture;
    if (endless === undefined) return;
    const stage = trial.stage();
    const answer = trial.start({ params: endless.params }, stage);
    await endless.begun();
    stage.cancel.cancel();
    checkFailed(await answer, 'cancelled');
    stage.cancel.cancel();
  }),
  trial('a call whose deadline comes while it runs answers timeout', async (trial) => {
    const { endless } = trial.fixture;
    if (endless === undefined) return;
    const stage = trial.stage();
    const deadlineNs = stage.clock.logicalNowNs() + SECOND_NS;
    const answer = trial.start({ params: endless.params, deadlineNs }, stage);
    await endless.begun();
    stage.clock.advance(SECOND_NS);
    checkFailed(await answer, 'timeout');
  }),
  trial('a call that ends in time does not wait for its deadline', async (trial) => {
    const stage = trial.stage();
    const deadlineNs = stage.clock.logicalNowNs() + SECOND_NS;
    trial.checkOk(await trial.start({ deadlineNs }, stage));
  }),
  trial('an answered call has let go of its host', async (trial) => {
    const deadlineNs = trial.stage().clock.logicalNowNs() + SECOND_NS;
    await trial.start({ deadlineNs });
    await trial.start({ deadlineNs, params: encode(null) });
    for (const params of Object.values(trial.fixture.refused ?? {})) {
      await trial.start({ deadlineNs, params });
    }
    for (const { cancel, clock } of trial.stages) {
      check(cancel.listeners === 0, `${cancel.listeners} listeners of cancel are left`);
      check(clock.alarms === 0, `${clock.alarms} alarms are left`);
    }
  }),
];

const closing: readonly Case[] = [
  trial('what runs when the adapter closes answers cancelled', async (trial) => {
    const { endless, adapter } = trial.fixture;
    if (endless === undefined) return;
    const answer = trial.start({ params: endless.params });
    await endless.begun();
    await adapter.close();
    checkFailed(await answer, 'cancelled');
  }),
  trial('a closed adapter answers cancelled, and does nothing', async (trial) => {
    await trial.fixture.adapter.close();
    checkFailed(await trial.start(), 'cancelled');
    check(trial.marks() === 0, 'something was done outside');
    await trial.fixture.adapter.close();
  }),
  trial('a closed adapter keeps no process running', async (trial) => {
    const { adapter, endless, released } = trial.fixture;
    trial.checkOk(await trial.start());
    const answer = endless && trial.start({ params: endless.params });
    await endless?.begun();
    await adapter.close();
    await answer;
    await released?.();
  }),
];

/** Run by each implementation of {@link Adapter}, every case with a fixture of its own. */
export const adapterContract: readonly Case[] = [...answering, ...failing, ...stopping, ...closing];
