/** Changes that plans of a world, and hosts in their name, ask for beyond what they may. */
import { asHash, encode, sha256, toHashText, utf8 } from '@aos/canon';
import type { Attack, Met } from '../../../src/attacks/attack.js';
import type { GovernedRange } from '../governed-world.js';
import { andThen, half, proposed, shadowed, whole } from './governance.js';

type Governed = Attack<GovernedRange>;

const OTHER = asHash(sha256(utf8('another')));

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
export const BY_PLANS: readonly Governed[] = [
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
export const BY_HOSTS: readonly Governed[] = [
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
    act: andThen(async (world) =>
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
