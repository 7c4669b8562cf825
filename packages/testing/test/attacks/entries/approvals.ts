/** Effects that wait for two approvers, without them. */
import { asHash, sha256, utf8 } from '@aos/canon';
import { signVerb } from '@aos/host';
import type { OpenIntent } from '@aos/kernel';
import type { Verb } from '@aos/protocol';
import type { Attack, Met } from '../../../src/attacks/attack.js';
import { mallory, type Range, type Somebody, signerOf } from '../range.js';
import { answerOf, sayOf } from './requests.js';

const OTHER = asHash(sha256(utf8('another')));

const ask = (range: Range): Promise<Met> =>
  range.event('x/Do@1', { id: 'a', answer: answerOf([sayOf('pay', 'asked')]) });

const yesTo = ({ hash }: OpenIntent, more: object = {}): Verb => {
  return { verb: 'approve-intent', intentHash: hash, decision: 'approve', ...more };
};
const say = async (range: Range, by: Somebody | typeof mallory, more: object = {}) =>
  range.verb(yesTo(await range.lastIntent(), more), by);

/** What met it, and that it waits where nothing is decided. */
const waits = async (range: Range, met: Met): Promise<Met> => {
  const { state } = await range.lastIntent();
  return state === 'waiting' ? [...met, 'waits'] : met;
};

/** Both, whoever of them has spoken already. */
async function both(range: Range): Promise<void> {
  for (const name of ['ana', 'ben'] as const) {
    const open = await range.read(({ intents }) => intents.size);
    if (open > 0) await say(range, name);
  }
}

/** Asks anew, which both approve of. */
async function anew(range: Range): Promise<void> {
  await ask(range);
  await both(range);
}

const one = async (range: Range): Promise<void> => {
  await ask(range);
  await say(range, 'ana');
};

const wrongPlace = (place: object) => async (range: Range) => {
  const { worldId, epoch } = await range.read((world) => world);
  const yes = yesTo(await range.lastIntent());
  return range.submit(signVerb(signerOf('ben'), { worldId, epoch, ...place }, yes));
};

const kept = new WeakMap<Range, Awaited<ReturnType<Range['signed']>>>();

export const APPROVALS: readonly Attack<Range>[] = [
  {
    attempt: 'goes on with nobody',
    code: 'waits',
    prepare: ask,
    act: (range) => waits(range, []),
    twin: both,
  },
  {
    attempt: 'goes on with one of two',
    code: 'waits',
    prepare: ask,
    act: async (range) => waits(range, await say(range, 'ana')),
    twin: (range) => say(range, 'ben'),
  },
  {
    attempt: 'counts one approver twice',
    code: 'approval-repeated',
    prepare: one,
    act: (range) => say(range, 'ana'),
    twin: (range) => say(range, 'ben'),
  },
  {
    attempt: 'is approved by an operator',
    code: 'approval-role',
    prepare: one,
    act: (range) => say(range, 'operator'),
    twin: (range) => say(range, 'ben'),
  },
  {
    attempt: 'is approved by a host',
    code: 'approval-role',
    prepare: one,
    act: (range) => say(range, 'host'),
    twin: (range) => say(range, 'ben'),
  },
  {
    attempt: 'is approved by a key of nobody',
    code: 'verb-key',
    prepare: one,
    act: (range) => say(range, mallory),
    twin: (range) => say(range, 'ben'),
  },
  {
    attempt: 'is approved by a forged signature',
    code: 'signature-invalid',
    prepare: one,
    act: async (range) =>
      range.submit({
        ...(await range.signed(yesTo(await range.lastIntent()), 'ben')),
        sig: new Uint8Array(64),
      }),
    twin: (range) => say(range, 'ben'),
  },
  {
    attempt: 'is approved for another intent',
    code: 'approval-unknown',
    prepare: one,
    act: (range) => say(range, 'ben', { intentHash: OTHER }),
    twin: (range) => say(range, 'ben'),
  },
  {
    attempt: 'is approved for another world',
    code: 'signature-invalid',
    prepare: one,
    act: wrongPlace({ worldId: OTHER }),
    twin: (range) => say(range, 'ben'),
  },
  {
    attempt: 'is approved for another epoch',
    code: 'signature-invalid',
    prepare: one,
    act: wrongPlace({ epoch: 3 }),
    twin: (range) => say(range, 'ben'),
  },
  {
    attempt: 'is approved too late',
    code: 'approval-expired',
    prepare: one,
    act: (range) => say(range, 'ben', { expiresNs: 1n }),
    twin: (range) => say(range, 'ben'),
  },
  {
    attempt: 'is answered before it is approved',
    code: 'receipt-not-released',
    prepare: one,
    act: async (range) => range.submit(await range.receipt(await range.lastIntent())),
    twin: (range) => say(range, 'ben'),
  },
  {
    attempt: 'is approved by what approved the last one',
    code: 'verb-replayed',
    prepare: async (range) => {
      await one(range);
      const yes = await range.signed(yesTo(await range.lastIntent()), 'ben');
      kept.set(range, yes);
      await range.submit(yes);
      await one(range);
    },
    act: (range) => range.submit(kept.get(range) as never),
    twin: (range) => say(range, 'ben'),
  },
  {
    attempt: 'is approved behind a no',
    code: 'approval-unknown',
    prepare: async (range) => {
      await one(range);
      kept.set(range, await range.signed(yesTo(await range.lastIntent()), 'ben'));
      await say(range, 'ben', { decision: 'reject' });
    },
    act: (range) => range.submit(kept.get(range) as never),
    twin: anew,
  },
  {
    attempt: 'is approved when its time is over',
    code: 'approval-expired',
    prepare: one,
    act: async (range) => {
      range.time.pass(1_000_000_000_001n);
      await range.settle();
      return range.met();
    },
    twin: anew,
  },
  {
    attempt: 'is approved in an epoch that is over',
    code: 'intent-abandoned',
    prepare: one,
    act: async (range) =>
      range.verb({ verb: 'epoch', epoch: (await range.read(({ epoch }) => epoch)) + 1 }),
    twin: anew,
  },
  // last, as it ends with one approver less
  {
    attempt: 'counts an approver whose key is revoked',
    code: 'waits',
    prepare: one,
    act: async (range) => {
      await range.verb({ verb: 'keyring-revoke', keyId: signerOf('ana').keyId });
      return waits(range, await say(range, 'ben'));
    },
    twin: async (range) => {
      await range.verb({
        verb: 'keyring-add',
        publicKey: mallory.publicKey,
        name: 'mallory',
        roles: ['approver'],
      });
      return say(range, mallory);
    },
  },
];

/** What an epoch that begins leaves behind. */
const answerLater = async (range: Range): Promise<Met> => range.submit(late.get(range) as never);
const late = new WeakMap<Range, Awaited<ReturnType<Range['receipt']>>>();
const TOLD = (payload: Uint8Array) => ({ payload });

/** Receipts and verbs of a time that the world has left, as forks and rewinds do. */
export const epochs = (payload: Uint8Array): readonly Attack<Range>[] => [
  {
    attempt: 'is answered with what belongs to the branch before',
    code: 'receipt-epoch',
    prepare: async (range) => {
      await range.event('x/Order@1', { n: 1 });
      late.set(range, await range.receipt(await range.lastIntent(), TOLD(payload)));
      const { epoch } = await range.read((world) => world);
      await range.verb({ verb: 'epoch', epoch: epoch + 1 });
    },
    act: answerLater,
    twin: async (range) => {
      await range.event('x/Order@1', { n: 1 });
      return range.submit(await range.receipt(await range.lastIntent(), TOLD(payload)));
    },
  },
  {
    attempt: 'is answered in this epoch for an intent of the one before',
    code: 'receipt-unknown',
    prepare: async (range) => {
      await range.event('x/Order@1', { n: 1 });
      const intent = await range.lastIntent();
      const { epoch } = await range.read((world) => world);
      await range.verb({ verb: 'epoch', epoch: epoch + 1 });
      const twist = { ...TOLD(payload), epoch: epoch + 1 };
      late.set(range, await range.receipt(intent, twist));
    },
    act: answerLater,
    twin: async (range) => {
      await range.event('x/Order@1', { n: 1 });
      return range.submit(await range.receipt(await range.lastIntent(), TOLD(payload)));
    },
  },
  {
    attempt: 'goes on though the world is paused',
    code: 'world-paused',
    prepare: (range) => range.verb({ verb: 'pause' }),
    act: (range) => range.event('x/Approved@1', { n: 1 }),
    twin: async (range) => {
      await range.verb({ verb: 'resume' });
      return range.event('x/Approved@1', { n: 1 });
    },
  },
  {
    attempt: 'resumes a paused world without a key',
    code: 'verb-key',
    prepare: (range) => range.verb({ verb: 'pause' }),
    act: async (range) => [
      ...(await range.verb({ verb: 'resume' }, mallory)),
      ...(await range.verb({ verb: 'resume' }, 'ana')),
      ...(await range.event('x/Approved@1', { n: 1 })),
    ],
    twin: async (range) => {
      await range.verb({ verb: 'resume' });
      return range.event('x/Approved@1', { n: 1 });
    },
  },
];
