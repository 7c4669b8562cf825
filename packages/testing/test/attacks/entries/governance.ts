/** Changes of a world that would let somebody pay, without those who must approve of them. */
import { asHash, sha256, utf8 } from '@aos/canon';
import { signVerb } from '@aos/host';
import { NONCE_BYTES } from '@aos/protocol';
import type { Attack, Met } from '../../../src/attacks/attack.js';
import { type GovernedRange, patchOf } from '../governed-world.js';
import { mallory, signerOf } from '../range.js';

type Governed = Attack<GovernedRange>;
type Steps = (world: GovernedRange) => Promise<Met>;

export const whole: Steps = (world) => world.wholeWay();
const again: Steps = async (world) => [...(await world.propose()), ...(await world.wholeWay(1))];
export const proposed: Steps = (world) => world.propose();
export const shadowed: Steps = async (world) => [
  ...(await world.propose()),
  ...(await world.shadow()),
];
export const half: Steps = async (world) => [
  ...(await shadowed(world)),
  ...(await world.approve('ana')),
];

/** Tries it, then to apply, then to pay. */
export const andThen =
  (...steps: readonly Steps[]): Steps =>
  async (world) => {
    const met: string[] = [];
    for (const step of steps) met.push(...(await step(world)));
    return [...met, ...(await world.apply()), ...(await world.go())];
  };

const OTHER = asHash(sha256(utf8('another')));

/** The same yes, signed for another world. */
const foreign: Steps = async (world) => {
  const { epoch } = await world.read((each) => each);
  return world.submit(signVerb(signerOf('ana'), { worldId: OTHER, epoch }, await world.yes()));
};

const ofOtherEpoch: Steps = async (world) => {
  const { worldId } = await world.read((each) => each);
  return world.submit(signVerb(signerOf('ana'), { worldId, epoch: 7 }, await world.yes()));
};

/** A yes, taken back, and then sent once more as it was. */
const replayed: Steps = async (world) => {
  const nonce = new Uint8Array(NONCE_BYTES).fill(9);
  const yes = await world.signed(await world.yes(), 'ben', nonce);
  const first = await world.submit(yes);
  const back = await world.verb({ verb: 'reject', ...(await world.ref()) }, 'ben');
  return [...first, ...back, ...(await world.submit(yes))];
};

const revoke =
  (name: 'ana'): Steps =>
  async (world) =>
    world.verb({ verb: 'keyring-revoke', keyId: signerOf(name).keyId }, 'eve');

const addOwn: Steps = (world) =>
  world.verb({
    verb: 'keyring-add',
    publicKey: mallory.publicKey,
    name: 'mallory',
    roles: ['approver'],
  });

/** By hand, with keys of the world and of others. */
export const BY_HAND: readonly Governed[] = [
  {
    attempt: 'pays without a change',
    code: 'policy-no-rule',
    prepare: proposed,
    act: (world) => world.go(),
    twin: whole,
  },
  {
    attempt: 'applies what nobody proposed',
    code: 'proposal-unknown',
    act: andThen(),
    twin: async (world) => [...(await world.propose()), ...(await world.wholeWay())],
  },
  {
    attempt: 'applies what nobody approved',
    code: 'proposal-not-approved',
    prepare: proposed,
    act: andThen(),
    twin: whole,
  },
  {
    attempt: 'approves before there is a shadow',
    code: 'proposal-mismatch',
    prepare: proposed,
    act: andThen((world) => world.approve('ana')),
    twin: whole,
  },
  {
    attempt: 'applies with one voice of two',
    code: 'proposal-not-approved',
    prepare: half,
    act: andThen(),
    twin: whole,
  },
  {
    attempt: 'approves twice with one key',
    code: 'approval-repeated',
    prepare: half,
    act: andThen((world) => world.approve('ana')),
    twin: whole,
  },
  {
    attempt: 'approves what it has proposed',
    code: 'governance-own',
    prepare: shadowed,
    act: andThen((world) => world.approve('operator')),
    twin: whole,
  },
  {
    attempt: 'approves as an operator',
    code: 'governance-role',
    prepare: shadowed,
    act: andThen((world) => world.approve('eve')),
    twin: whole,
  },
  {
    attempt: 'approves as a host',
    code: 'governance-role',
    prepare: shadowed,
    act: andThen((world) => world.approve('host')),
    twin: whole,
  },
  {
    attempt: 'approves with a key of nobody',
    code: 'verb-key',
    prepare: half,
    act: andThen(async (world) => world.verb(await world.yes(), mallory)),
    twin: whole,
  },
  {
    attempt: 'forges a voice',
    code: 'signature-invalid',
    prepare: half,
    act: andThen(async (world) =>
      world.submit({ ...(await world.signed(await world.yes(), 'ben')), sig: new Uint8Array(64) }),
    ),
    twin: whole,
  },
  {
    attempt: 'puts its own signature under the name of another',
    code: 'signature-invalid',
    prepare: half,
    act: andThen(async (world) =>
      world.submit({
        ...(await world.signed(await world.yes(), mallory)),
        keyId: signerOf('ben').keyId,
      }),
    ),
    twin: whole,
  },
  {
    attempt: 'uses an approval of another world',
    code: 'signature-invalid',
    prepare: shadowed,
    act: andThen(foreign, (world) => world.approve('ben')),
    twin: whole,
  },
  {
    attempt: 'uses an approval of another epoch',
    code: 'signature-invalid',
    prepare: shadowed,
    act: andThen(ofOtherEpoch, (world) => world.approve('ben')),
    twin: whole,
  },
  {
    attempt: 'uses an approval of another shadow',
    code: 'proposal-mismatch',
    prepare: half,
    act: andThen((world) => world.approve('ben', 'another report')),
    twin: whole,
  },
  {
    attempt: 'shadows anew behind the voices',
    code: 'proposal-not-approved',
    prepare: async (world) => [...(await half(world)), ...(await world.approve('ben'))],
    act: andThen((world) => world.shadow('worse')),
    twin: whole,
  },
  {
    attempt: 'says what a shadow came to without being a host',
    code: 'governance-role',
    prepare: proposed,
    act: andThen((world) => world.shadow('report', 'ana')),
    twin: whole,
  },
  {
    attempt: 'sends an approval again that was taken back',
    code: 'verb-replayed',
    prepare: half,
    act: andThen(replayed),
    twin: whole,
  },
  {
    attempt: 'counts a voice whose key is revoked',
    code: 'proposal-not-approved',
    prepare: async (world) => [...(await half(world)), ...(await world.approve('ben'))],
    act: andThen(revoke('ana')),
    twin: async (world) => [
      ...(await world.verb(
        { verb: 'keyring-add', publicKey: mallory.publicKey, name: 'mallory', roles: ['approver'] },
        'eve',
      )),
      ...(await world.verb(await world.yes(), mallory)),
      ...(await world.apply()),
      ...(await world.go()),
    ],
  },
  {
    attempt: 'lets itself in as an approver',
    code: 'governance-not-named',
    prepare: half,
    act: andThen(addOwn, async (world) => world.verb(await world.yes(), mallory)),
    twin: whole,
  },
  {
    attempt: 'applies without the role',
    code: 'governance-role',
    prepare: async (world) => [...(await half(world)), ...(await world.approve('ben'))],
    act: async (world) => [...(await world.apply('ana')), ...(await world.go())],
    twin: whole,
  },
  {
    attempt: 'applies what was rejected',
    code: 'proposal-closed',
    prepare: half,
    act: andThen(
      async (world) => world.verb({ verb: 'reject', ...(await world.ref()) }, 'operator'),
      async (world) => world.verb({ verb: 'reject', ...(await world.ref()) }, 'ana'),
    ),
    twin: again,
  },
  {
    attempt: 'goes on with voices of an epoch that is over',
    code: 'proposal-not-approved',
    prepare: async (world) => [...(await half(world)), ...(await world.approve('ben'))],
    act: andThen((world) => world.verb({ verb: 'epoch', epoch: 1 })),
    twin: whole,
  },
  {
    attempt: 'applies what was withdrawn',
    code: 'proposal-closed',
    prepare: async (world) => [...(await half(world)), ...(await world.approve('ben'))],
    act: andThen((world) => world.verb({ verb: 'withdraw', proposal: 0 })),
    twin: async (world) => [...(await world.propose()), ...(await world.wholeWay(1))],
  },
  {
    attempt: 'proposes from a definition that is not in force',
    code: 'proposal-stale',
    prepare: proposed,
    act: andThen(async (world) => {
      const { hash, bytes } = patchOf({ more: 'x/A@1' }, { more: 'x/A@1', pays: true });
      await world.host.storeObject({ hash, bytes });
      return world.verb({
        verb: 'propose',
        base: patchOf({ more: 'x/A@1' }, {}).base,
        patchHash: hash,
        description: '',
      });
    }),
    twin: whole,
  },
  {
    attempt: 'proposes as an approver',
    code: 'governance-role',
    prepare: proposed,
    act: andThen((world) => world.propose({ pays: true }, 'ana')),
    twin: whole,
  },
  {
    attempt: 'lets a voice count after its time',
    code: 'proposal-not-approved',
    prepare: async (world) => [
      ...(await half(world)),
      ...(await world.verb({ ...(await world.yes()), expiresNs: 10n } as never, 'ben')),
    ],
    act: async (world) => {
      world.time.pass(20n);
      return [...(await world.apply()), ...(await world.go())];
    },
    twin: whole,
  },
];
