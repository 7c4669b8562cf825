/** What happens in each golden journal. Scenarios are data: changing one changes its file. */
import { encode, encodeUntagged } from '@aos/canon';
import { CURRENT_RUNTIME, type RuntimeNumbers } from '@aos/protocol';
import { KEYS } from './golden-keys.js';
import { answer, effect, type Recorder, type Told } from './recorder.js';

/** A world of the golden definition, and what happens in it. */
export interface Scenario {
  readonly about: string;
  readonly limits?: Partial<RuntimeNumbers['limits']>;
  /** Under which rules it begins, where not under those of {@link RUNTIME}. */
  readonly kernel?: number;
  run(recorder: Recorder): void;
}

/** What golden worlds were born with, whatever new worlds get by now. */
export const RUNTIME: RuntimeNumbers = { ...CURRENT_RUNTIME, kernel: 1 };

const nothing = new Uint8Array(0);
/** Too large to stand in a record. */
const big = 'x'.repeat(4100);

const doing = (id: string, told?: Told | Uint8Array, fault: string | null = null) => {
  const bytes = told === undefined ? nothing : told instanceof Uint8Array ? told : answer(told);
  return { id, answer: bytes, fault };
};
const saying = (told?: Told | Uint8Array, fault: string | null = null) => {
  const { id: text, ...rest } = doing('hello', told, fault);
  return { text, ...rest };
};
const say = (told?: Told) => ({ schema: 'p/Say@1', value: saying(told) });

const keyed: Scenario = {
  about:
    'cells by key: made, changed, left alone, deleted; inbox, dedup, annotations, large values',
  run(r) {
    for (const id of ['a', 'b', 'a', '', 'key of more than one byte']) r.event('p/Do@1', doing(id));
    for (let i = 0; i < 14; i++) r.event('p/Do@1', doing(`cell-${i}`));
    r.event('p/Do@1', doing('a', { n: 2 }));
    r.event('p/Do@1', doing('a', { n: 2 }));
    r.event('p/Do@1', doing('a', { n: 2, note: 'the same again' }));
    r.event('p/Do@1', doing('a', { n: null }));
    r.event('p/Do@1', doing('cell-7', { n: null }));
    const inbox = { source: 'in:keyed', key: encode('inbox') };
    r.event('p/KeyedEvent@1', { $tag: 'Do', $value: doing('b') }, inbox);
    r.event('p/Do@1', doing('b'), { dedup: 'once' });
    r.refuse({ schema: 'p/Do@1', cbor: encode(doing('b')), dedup: 'once' });
    r.event('p/Do@1', doing('b'), { key: encode('b') });
    r.refuse({ schema: 'p/Do@1', cbor: encode(doing('b')), key: encode('c') });
    r.event('p/Say@1', { text: big, answer: nothing, fault: null });
    r.event('p/Do@1', doing('loud', { events: [say(), say({ note: 'said' })] }));
    r.event(
      'p/Do@1',
      doing('large', { events: [{ schema: 'p/Say@1', value: { ...saying(), text: big } }] }),
    );
  },
};

const faults: Scenario = {
  about: 'a call of every kind of fault, beside one that goes well',
  limits: {
    calls_per_step: 8,
    events_per_call: 3,
    effects_per_call: 2,
    emitted_bytes: 6000,
    event_bytes: 8192,
    pending_work: 4,
  },
  run(r) {
    const engine = ['module-trap', 'out-of-fuel', 'stack-overflow', 'memory-limit'];
    const answers = ['module-alloc', 'module-output-bounds', 'module-output-size'];
    for (const code of [...engine, ...answers]) r.event('p/Do@1', doing('a', undefined, code));
    const events = (...list: NonNullable<Told['events']>) =>
      r.event('p/Say@1', saying({ events: list }));
    const effects = (...list: NonNullable<Told['effects']>) =>
      r.event('p/Say@1', saying({ effects: list }));
    const ask = (slot?: string) => effect('p.ask', { n: 1, answer: nothing }, slot);
    r.event('p/Say@1', saying(encode('no envelope')));
    r.event('p/Say@1', saying(Uint8Array.of(0xff)));
    r.event('p/Say@1', saying({ note: 7 }));
    r.event('p/Say@1', saying(encodeUntagged({ state: encode('no state') })));
    events({ ...say(), key: new Uint8Array(4097) });
    events({ schema: 'p/Do@1', value: doing('a'), key: encode('b') });
    effects(effect('blob.get', { namespace: 'n', key: 'k' }));
    events({ schema: 'p/Nobody@1', value: 1 });
    events({ schema: 'p/Say@1', value: 'no record' });
    events(say(), say(), say(), say());
    events({ schema: 'p/Say@1', value: { ...saying(), text: 'y'.repeat(3500) } });
    effects(effect('p.nobody', {}));
    effects(effect('p.ask', 'no record'));
    effects(ask(), ask(), ask());
    effects(ask('nobody'));
    effects(effect('timer.set', { deliver_at_ns: 1, key: null }, 'timer'));
    // Three events of three each are more than one record does, and more than may be left over.
    const leaf = say();
    const branch = say({ events: [leaf, leaf, leaf] });
    events(branch, branch, branch);
    r.settle();
  },
};

const verbs: Scenario = {
  about: 'pause, drain, halt, epoch, runtime numbers and keys, and what each lets in',
  run(r) {
    const event = () => ({ schema: 'p/Say@1', cbor: encode(saying()) });
    const ask = effect('p.ask', { n: 1, answer: nothing });
    r.event('p/Say@1', saying({ effects: [ask] }));
    const [first] = r.intents();
    r.verb('control', { verb: 'pause' });
    r.refuse(event());
    r.refuse({ kind: 'tick' });
    if (first !== undefined) r.take(r.receipt(first, { payload: { text: 'while paused' } }));
    r.verb('keyring', {
      verb: 'keyring-add',
      publicKey: KEYS.guest.publicKey,
      name: 'guest',
      roles: ['adapter'],
    });
    r.verb('control', { verb: 'resume' });
    r.settle();
    r.event('p/Say@1', saying({ effects: [ask] }));
    const [second] = r.intents();
    if (second !== undefined) {
      r.refuse(r.receipt(second, { payload: { text: 'by nobody' } }, KEYS.ana));
      r.take(r.receipt(second, { payload: { text: 'by the guest' } }, KEYS.guest));
      r.refuse(r.receipt(second, { payload: { text: 'again' } }, KEYS.guest));
    }
    r.verb('keyring', { verb: 'keyring-revoke', keyId: KEYS.guest.keyId });
    r.event('p/Say@1', saying({ effects: [ask] }));
    const [third] = r.intents();
    if (third !== undefined) {
      r.refuse(r.receipt(third, { payload: { text: 'revoked' } }, KEYS.guest));
      r.verb('control', { verb: 'epoch', epoch: 3 });
      r.refuse(r.receipt(third, { payload: { text: 'too late' } }));
    }
    r.verb('control', { verb: 'drain' });
    r.refuse(event());
    r.refuse({ kind: 'tick' });
    r.verb('control', { verb: 'halt', code: 'golden-halt' });
    r.refuse(event());
    r.verb('control', { verb: 'resume' });
    const limits = { ...RUNTIME.limits, event_bytes: 100 };
    r.verb('control', { verb: 'runtime-upgrade', runtime: { ...RUNTIME, limits } });
    r.refuse({ schema: 'p/Say@1', cbor: encode({ ...saying(), text: big }) });
    r.take(event());
  },
};

const effects: Scenario = {
  about:
    'intents of reducers: receipts of every status, shared keys, stream frames, approvals, budget',
  run(r) {
    const ask = (slot?: string, key?: Uint8Array) =>
      effect('p.ask', { n: 1, answer: nothing }, slot, key);
    const intentOf = (id: string, told: Told) => {
      r.event('p/Do@1', doing(id, told));
      const [intent] = r.intents();
      if (intent === undefined) throw new Error(`${id} asked for nothing`);
      return intent;
    };
    const ok = intentOf('ok', { effects: [ask()] });
    r.take(r.frame(ok, 0, encode('first part')));
    r.take(r.frame(ok, 1, encode('second part')));
    r.refuse(r.frame(ok, 1, encode('second part again')));
    r.take(r.receipt(ok, { payload: { text: 'done' }, costCents: 3n }));
    const failed = intentOf('error', { effects: [ask()] });
    r.take(
      r.receipt(failed, { payload: { code: 'no-luck', message: 'none today' }, status: 'error' }),
    );
    const unfit = intentOf('unfit', { effects: [ask()] });
    r.take(r.receipt(unfit, { payload: ['out of its schema'] }));
    const timer = intentOf('timer', {
      effects: [effect('timer.set', { deliver_at_ns: 900, key: 'k' }, 'timer')],
    });
    r.take(r.receipt(timer, { payload: { delivered_at_ns: 900, key: 'k' } }));
    const key = new Uint8Array(32).fill(7);
    const shared = intentOf('one', { effects: [ask(undefined, key)] });
    r.event('p/Do@1', doing('two', { effects: [ask(undefined, key)] }));
    r.take(r.receipt(shared, { payload: { text: big } }));
    r.event('p/Do@1', doing('three', { effects: [ask(undefined, key)] }));
    const held = intentOf('held', { effects: [ask('held')] });
    r.refuse(r.receipt(held, { payload: { text: 'not yet' } }));
    const approve = { verb: 'approve-intent', intentHash: held.intent } as const;
    r.verb('governance', { ...approve, decision: 'approve' }, KEYS.ana);
    r.take(r.receipt(held, { payload: { text: 'approved' } }));
    const rejected = intentOf('rejected', { effects: [ask('held')] });
    const reject = {
      verb: 'approve-intent',
      intentHash: rejected.intent,
      decision: 'reject',
    } as const;
    r.verb('governance', reject, KEYS.ana);
    intentOf('expired', { effects: [ask('held')] });
    r.tick(2000n);
    r.settle();
    for (let i = 0; i < 6; i++) r.event('p/Do@1', doing('spender', { n: i, effects: [ask()] }));
  },
};

const saga: Scenario = {
  about: 'two plans: the first pays and tells, the second ships what was paid, or runs out of time',
  run(r) {
    const start = (id: string) => {
      r.event('p/Order@1', { id, n: 1 });
      const [intent] = r.intents();
      if (intent === undefined) throw new Error('the plan asked for nothing');
      return intent;
    };
    const pay = (id: string) => {
      r.take(r.receipt(start(id), { payload: { text: 'paid' } }));
      const [intent] = r.intents();
      if (intent === undefined) throw new Error('the second plan asked for nothing');
      return intent;
    };
    r.take(r.receipt(pay('first'), { payload: { text: 'packed' } }));
    r.take(
      r.receipt(start('unpaid'), { payload: { code: 'no-money', message: '' }, status: 'error' }),
    );
    const late = pay('late');
    r.tick(10_000n);
    r.settle();
    r.refuse(r.receipt(late, { payload: { text: 'too late' } }));
    const open = start('open');
    r.verb('control', { verb: 'pause' });
    r.take(r.receipt(open, { payload: { text: 'paid while paused' } }));
    r.verb('control', { verb: 'resume' });
    r.settle();
    start('still open');
  },
};

const RULES_LIMITS = { pending_work: 3, pending_bytes: 3000 };

const rules: Scenario = {
  about: 'born under rules 0, and upgraded to rules 1: the same event is a fault, and is none',
  limits: RULES_LIMITS,
  kernel: 0,
  run(r) {
    const three = () => r.event('p/Say@1', saying({ events: [say(), say(), say()] }));
    r.event('p/Say@1', saying({ events: [say(), say()] }));
    three();
    const limits = { ...RUNTIME.limits, ...RULES_LIMITS };
    r.refuse(r.signedVerb('control', upgrade({ kernel: 99, limits }), KEYS.operator));
    r.verb('control', upgrade({ limits }));
    three();
    r.event('p/Say@1', saying({ events: [say(), say(), say(), say()] }));
    r.event('p/Order@1', { id: 'after', n: 1 });
  },
};

const upgrade = (numbers: Partial<RuntimeNumbers>) =>
  ({ verb: 'runtime-upgrade', runtime: { ...RUNTIME, ...numbers } }) as const;

/** By the name of its file. */
export const SCENARIOS: { readonly [name: string]: Scenario } = {
  keyed,
  faults,
  verbs,
  effects,
  saga,
  rules,
};
