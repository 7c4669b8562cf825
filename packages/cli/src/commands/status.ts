/** `aos status`: what a world is, without replaying it. */
import { loadAir } from '@aos/air';
import { sha256, toHashText } from '@aos/canon';
import { readAuthoringFolder } from '@aos/host';
import { AosFault, decodeGenesis, worldIdOf } from '@aos/protocol';
import { describeTail, tailWarnings } from '../journal-end.js';
import { withStore } from '../open-world.js';
import { type Answer, CliError } from '../output.js';

export async function showStatus(world: string): Promise<Answer> {
  return withStore(world, (store) => {
    const genesis = decodeGenesis(store.genesis);
    if (!genesis.ok) throw CliError.of(genesis.refusal);
    const { manifest, runtime, keyring } = genesis.value;
    const drift = findDrift(world, toHashText(manifest));
    const data = {
      world,
      world_id: toHashText(worldIdOf(store.genesis)),
      manifest: toHashText(manifest),
      head: store.head,
      tail: describeTail(store.tail),
      authoring: drift,
      runtime: { kernel: runtime.kernel, abi: runtime.abi, guard: runtime.guard },
      keys: keyring.map(({ keyId, name, roles }) => ({
        key_id: toHashText(keyId),
        name,
        roles: [...roles],
      })),
    };
    return {
      data,
      lines: [
        `world      ${world}`,
        `world id   ${data.world_id}`,
        `manifest   ${data.manifest}`,
        `records    ${store.head + 1}`,
        `authoring  ${drift}`,
        `runtime    kernel ${runtime.kernel}, abi ${runtime.abi}, guard ${runtime.guard}, ` +
          `${runtime.limits.fuel_per_call} fuel a call`,
      ],
      warnings: tailWarnings(store.tail),
    };
  });
}

/**
 * How the authoring folder stands to the manifest in force: editing it changes nothing by itself.
 */
function findDrift(world: string, manifest: string): 'absent' | 'differs' | 'invalid' | 'same' {
  try {
    const folder = readAuthoringFolder(world);
    const hashes = [...folder.modules].map(([name, bytes]) => [name, sha256(bytes)] as const);
    const loaded = loadAir(folder.documents, new Map(hashes));
    if (!loaded.ok) return 'invalid';
    return toHashText(loaded.world.manifestHash) === manifest ? 'same' : 'differs';
  } catch (error) {
    if (!(error instanceof AosFault)) throw error;
    if (error.code === 'folder-not-found') return 'absent';
    if (error.code === 'text-not-utf8') return 'invalid';
    throw error;
  }
}
