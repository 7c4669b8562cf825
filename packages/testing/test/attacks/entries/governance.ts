/**
 * Changes of a world that would let somebody pay, without those who must approve of them: by hand,
 * by keys, and by plans of the world itself.
 */
import { asHash, encode, sha256, toHashText, utf8 } from '@aos/canon';
import { signVerb } from '@aos/host';
import { NONCE_BYTES } from '@aos/protocol';
import type { Attack, Met } from '../../../src/attacks/attack.js';
import { type GovernedRange, patchOf } from '../governed-world.js';
import { mallory, signerOf } from '../range.js';

type Governed = Attack<GovernedRange>;
type Steps = (world: GovernedRange) => Promise<Met>;

const whole: Steps = (world) => world.wholeWay();
const again: Steps = async (world) => [...(await world.propose()), ...(await world.wholeWay(1))];
const proposed: Steps = (world) => world.propose();
const shadowed: Steps = async (world) => [...(await world.propose()), ...(await world.shadow())];
const half: Steps = async (world) => [...(await shadowed(world)), ...(await world.approve('ana'))];

/** Tries it, then to apply, then to pay. */
const then =
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
const byHand: readonly Governed[] = [
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
    act: then(),
    twin: async (world) => [...(await world.propose()), ...(await world.wholeWay())],
  },
  {
    attempt: 'applies what nobody approved',
    code: 'proposal-not-approved',
    prepare: proposed,
    act: then(),
    twin: whole,
  },
  {
    attempt: 'approves before there is a shadow',
    code: 'proposal-mismatch',
    prepare: proposed,
    act: then((world) => world.approve('ana')),
    twin: whole,
  },
  {
    attempt: 'applies with one voice of two',
    code: 'proposal-not-approved',
    prepare: half,
    act: then(),
    twin: whole,
  },
  {
    attempt: 'approves twice with one key',
    code: 'approval-repeated',
    prepare: half,
    act: then((world) => world.approve('ana')),
    twin: whole,
  },
  {
    attempt: 'approves what it has proposed',
    code: 'governance-own',
    prepare: shadowed,
    act: then((world) => world.approve('operator')),
    twin: whole,
  },
  {
    attempt: 'approves as an operator',
    code: 'governance-role',
    prepare: shadowed,
    act: then((world) => world.approve('eve')),
    twin: whole,
  },
  {
    attempt: 'approves as a host',
    code: 'governance-role',
    prepare: shadowed,
    act: then((world) => world.approve('host')),
    twin: whole,
  },
  {
    attempt: 'approves with a key of nobody',
    code: 'verb-key',
    prepare: half,
    act: then(async (world) => world.verb(await world.yes(), mallory)),
    twin: whole,
  },
  {
    attempt: 'forges a voice',
    code: 'signature-invalid',
    prepare: half,
    act: then(async (world) =>
      world.submit({ ...(await world.signed(await world.yes(), 'ben')), sig: new Uint8Array(64) }),
    ),
    twin: whole,
  },
  {
    attempt: 'puts its own signature under the name of another',
    code: 'signature-invalid',
    prepare: half,
    act: then(async (world) =>
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
    act: then(foreign, (world) => world.approve('ben')),
    twin: whole,
  },
  {
    attempt: 'uses an approval of another epoch',
    code: 'signature-invalid',
    prepare: shadowed,
    act: then(ofOtherEpoch, (world) => world.approve('ben')),
    twin: whole,
  },
  {
    attempt: 'uses an approval of another shadow',
    code: 'proposal-mismatch',
    prepare: half,
    act: then((world) => world.approve('ben', 'another report')),
    twin: whole,
  },
  {
    attempt: 'shadows anew behind the voices',
    code: 'proposal-not-approved',
    prepare: async (world) => [...(await half(world)), ...(await world.approve('ben'))],
    act: then((world) => world.shadow('worse')),
    twin: whole,
  },
  {
    attempt: 'says what a shadow came to without being a host',
    code: 'governance-role',
    prepare: proposed,
    act: then((world) => world.shadow('report', 'ana')),
    twin: whole,
  },
  {
    attempt: 'sends an approval again that was taken back',
    code: 'verb-replayed',
    prepare: half,
    act: then(replayed),
    twin: whole,
  },
  {
    attempt: 'counts a voice whose key is revoked',
    code: 'proposal-not-approved',
    prepare: async (world) => [...(await half(world)), ...(await world.approve('ben'))],
    act: then(revoke('ana')),
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
    act: then(addOwn, async (world) => world.verb(await world.yes(), mallory)),
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
    act: then(
      async (world) => world.verb({ verb: 'reject', ...(await world.ref()) }, 'operator'),
      async (world) => world.verb({ verb: 'reject', ...(await world.ref()) }, 'ana'),
    ),
    twin: again,
  },
  {
    attempt: 'goes on with voices of an epoch that is over',
    code: 'proposal-not-approved',
    prepare: async (world) => [...(await half(world)), ...(await world.approve('ben'))],
    act: then((world) => world.verb({ verb: 'epoch', epoch: 1 })),
    twin: whole,
  },
  {
    attempt: 'applies what was withdrawn',
    code: 'proposal-closed',
    prepare: async (world) => [...(await half(world)), ...(await world.approve('ben'))],
    act: then((world) => world.verb({ verb: 'withdraw', proposal: 0 })),
    twin: async (world) => [...(await world.propose()), ...(await world.wholeWay(1))],
  },
  {
    attempt: 'proposes from a definition that is not in force',
    code: 'proposal-stale',
    prepare: proposed,
    act: then(async (world) => {
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
    act: then((world) => world.propose({ pays: true }, 'ana')),
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

const asked = (world: GovernedRange) => world.keepPatch();

async function agentProposes(
  world: GovernedRange,
  cap: 'narrow' | 'self',
  more?: string,
): Promise<Met> {
  const { hash } = await world.keepPatch(more === undefined ? { pays: true } : { more });
  const input = { patch_hash: toHashText(hash), manifest_base: null, description: null };
  return world.agentCodes('propose', cap, input);
}

const vote = (approver: string) => ({
  proposal_id: 0,
  decision: { $tag: 'approve', $value: null },
  approver,
  reason: null,
});

/** By plans of the world. */
const byPlans: readonly Governed[] = [
  {
    attempt: 'proposes beyond the sections of its grant',
    code: 'section-not-allowed',
    prepare: asked,
    act: (world) => agentProposes(world, 'narrow'),
    twin: async (world) => [...(await agentProposes(world, 'self')), ...(await world.wholeWay())],
  },
  {
    attempt: 'proposes beyond the namespaces of its grant',
    code: 'namespace-not-allowed',
    prepare: asked,
    act: (world) => agentProposes(world, 'narrow', 'y/More@1'),
    twin: async (world) => [...(await agentProposes(world, 'self')), ...(await world.wholeWay())],
  },
  {
    attempt: 'proposes what is no object of the world',
    code: 'object-missing',
    act: (world) =>
      world.agentCodes('propose', 'self', {
        patch_hash: toHashText(OTHER),
        manifest_base: null,
        description: null,
      }),
    twin: async (world) => [...(await agentProposes(world, 'self')), ...(await world.wholeWay())],
  },
  {
    attempt: 'approves what it has proposed',
    code: 'governance-not-named',
    prepare: async (world) => [...(await agentProposes(world, 'self')), ...(await world.shadow())],
    act: async (world) => [
      ...(await world.agentCodes('approve', 'self', vote('world:x/approve-self@1'))),
      ...(await world.apply()),
      ...(await world.go()),
    ],
    twin: whole,
  },
  {
    attempt: 'approves under the name of somebody',
    code: 'governance-not-named',
    prepare: half,
    act: async (world) => [
      ...(await world.agentCodes('approve', 'self', vote('ben'))),
      ...(await world.apply()),
      ...(await world.go()),
    ],
    twin: whole,
  },
  {
    attempt: 'approves though its grant has no such kind',
    code: 'kind-not-allowed',
    prepare: shadowed,
    act: async (world) => [
      ...(await world.agentCodes('approve', 'narrow', vote('ben'))),
      ...(await world.go()),
    ],
    twin: whole,
  },
  {
    attempt: 'applies what is not approved',
    code: 'governance-not-named',
    prepare: half,
    act: async (world) => [
      ...(await world.agentCodes('apply', 'self', { proposal_id: 0 })),
      ...(await world.go()),
    ],
    twin: whole,
  },
  {
    attempt: 'withdraws what is not its own',
    code: 'governance-not-named',
    prepare: shadowed,
    act: async (world) => [
      ...(await world.agentCodes('withdraw', 'self', { proposal_id: 0 })),
      ...(await world.go()),
    ],
    twin: whole,
  },
];

/** A host that proposes in the name of a plan which asks for something else, or for nothing. */
const byHosts: readonly Governed[] = [
  {
    attempt: 'proposes in the name of a plan that does not ask',
    code: 'proposal-intent',
    prepare: proposed,
    act: async (world) => {
      const { hash, base } = await world.keepPatch();
      return [
        ...(await world.verb(
          { verb: 'propose', base, patchHash: hash, description: '', intent: OTHER },
          'host',
        )),
        ...(await world.go()),
      ];
    },
    twin: whole,
  },
  {
    attempt: 'proposes for itself',
    code: 'governance-role',
    prepare: proposed,
    act: (world) => world.propose({ pays: true }, 'host'),
    twin: whole,
  },
  {
    attempt: 'says where a shadow was made wrongly',
    code: 'shadow-place',
    prepare: proposed,
    act: then(async (world) =>
      world.verb(
        { verb: 'shadowed', ...(await world.ref()), shadowHash: await kept(world), atSeq: 999 },
        'host',
      ),
    ),
    twin: whole,
  },
];

async function kept(world: GovernedRange) {
  const bytes = encode('report');
  const hash = sha256(bytes);
  await world.host.storeObject({ hash, bytes });
  return hash;
}

export const GOVERNANCE_ENTRIES: readonly (readonly [
  entry: string,
  attacks: readonly Governed[],
])[] = [
  ['proposal by hand', byHand],
  ['proposal by a plan', byPlans],
  ['proposal by a host', byHosts],
];
