/**
 * The border of a fork: where the journal of a world goes on as that of another one.
 *
 * F1 A fork has all of its parent's records up to the border, under the parent's id and keys. Its
 *    own follow behind: they are counted on, and the first has the fork's id as `prev`.
 * F2 The whole state is carried over. What changes is the identity: id, genesis and chain.
 * F3 The genesis of a fork says what is so at the border (manifest, numbers, keys) and nothing
 *    else, so nobody gives a fork what its parent did not have.
 * F4 The first record of its own begins a greater epoch: what was in flight is the parent's.
 */
import {
  bytesEqual,
  type Hash,
  ok,
  type Refusal,
  type Result,
  refuse,
  toHashText,
} from '@aos/canon';
import {
  decodeGenesis,
  encodeGenesis,
  GENESIS_FORMAT,
  type Genesis,
  type GenesisParent,
  worldIdOf,
} from '@aos/protocol';
import type { World } from './world.js';

/** What makes one fork another than the next one of the same place. */
export interface ForkIdentity {
  readonly createdNs: bigint;
  /** 16 random bytes. */
  readonly nonce: Uint8Array;
}

/** The genesis of a fork of this world behind its last record; it has one. */
export function forkGenesis(world: World, { createdNs, nonce }: ForkIdentity): Genesis {
  const { worldId, seq, chain, program, runtime, keyring } = world;
  return {
    format: GENESIS_FORMAT,
    parent: { worldId, seq: seq - 1, chain },
    manifest: program.definition.manifestHash,
    runtime,
    keyring: keyring
      .filter(({ revokedAt }) => revokedAt === null)
      .map(({ keyId, publicKey, name, roles }) => ({ keyId, publicKey, name, roles })),
    createdNs,
    nonce,
  };
}

/**
 * The world behind its last record as the fork of this genesis. Codes: those of
 * {@link decodeGenesis}, `fork-parent` (the genesis is no fork of this world at this place) and
 * `fork-mismatch` (it says something else than is so here).
 */
export function crossBorder(world: World, genesisBytes: Uint8Array): Result<World> {
  const decoded = decodeGenesis(genesisBytes);
  if (!decoded.ok) return decoded;
  const genesis = decoded.value;
  const { parent, createdNs, nonce } = genesis;
  const stranger = parent === undefined ? noParent() : checkParent(world, parent);
  if (stranger !== undefined) return { ok: false, refusal: stranger };
  const own = forkGenesis(world, { createdNs, nonce });
  if (!bytesEqual(encodeGenesis(own), genesisBytes)) return refuseOther(genesis, own);
  const worldId = worldIdOf(genesisBytes);
  return ok({ ...world, worldId, genesis, chain: worldId });
}

/** Whether the next record is the first of a fork's own. */
export function isAtBorder({ genesis, seq }: Pick<World, 'genesis' | 'seq'>): boolean {
  return genesis.parent !== undefined && genesis.parent.seq === seq - 1;
}

function noParent(): Refusal {
  return { code: 'fork-parent', at: '/parent', detail: 'the genesis is that of no fork' };
}

function checkParent(world: World, parent: GenesisParent): Refusal | undefined {
  const at = '/parent';
  if (!isSame(parent.worldId, world.worldId)) {
    const found = `the world ${toHashText(world.worldId)}`;
    const detail = `expected ${toHashText(parent.worldId)}, found ${found}`;
    return { code: 'fork-parent', at: `${at}/world_id`, detail };
  }
  if (parent.seq !== world.seq - 1) {
    const detail = `expected the world after record ${parent.seq}, found ${world.seq - 1}`;
    return { code: 'fork-parent', at: `${at}/seq`, detail };
  }
  if (isSame(parent.chain, world.chain)) return undefined;
  const detail = `record ${parent.seq} is another one than the fork names`;
  return { code: 'fork-parent', at: `${at}/chain`, detail };
}

function refuseOther(found: Genesis, own: Genesis): Result<never> {
  const names = ['manifest', 'runtime', 'keyring'] as const;
  const wrong = names.find((name) => {
    const other = { ...own, [name]: found[name] };
    return !bytesEqual(encodeGenesis(other), encodeGenesis(own));
  });
  const at = `/${wrong ?? 'parent'}`;
  return refuse('fork-mismatch', at, 'the genesis of the fork is not what its parent is there');
}

function isSame(a: Hash, b: Hash): boolean {
  return bytesEqual(a, b);
}
