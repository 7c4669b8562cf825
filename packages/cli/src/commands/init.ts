/** `aos init`: a world from a folder of AIR and modules. */
import { resolve } from 'node:path';
import { toHashText } from '@aos/canon';
import {
  aosHome,
  ensureOperatorKey,
  foundWorld,
  readAuthoringFolder,
  systemClock,
  systemEntropy,
} from '@aos/host';
import { worldIdOf } from '@aos/protocol';
import { createWorldStore } from '@aos/store';
import { newEngine } from '../compose/engine.js';
import { describeFinding, findingsError } from '../findings.js';
import { type Answer, CliError } from '../output.js';
import { copyFolders, findMissing } from '../world/authoring-copy.js';
import { isWorld, storePath } from '../world/world-path.js';

export interface InitOptions {
  /** Folder with `air/` and `modules/`; the world's own directory when absent. */
  readonly from?: string;
}

/**
 * Nothing is written unless the definition and every module are fine. The store is made last: what
 * ends before leaves authoring folders and no world, and the same init can be run again.
 */
export async function initWorld(dir: string, options: InitOptions): Promise<Answer> {
  const world = resolve(dir);
  const source = options.from === undefined ? world : resolve(options.from);
  if (isWorld(world)) {
    throw new CliError('world-exists', `'${world}' is a world already; choose another directory`);
  }
  const missing = findMissing(source, world);
  const folder = readAuthoringFolder(source);
  const ports = { engine: newEngine(), clock: systemClock, fillEntropy: systemEntropy };
  // The key is made only for a definition that holds: a refused init leaves nothing behind.
  const draft = foundWorld({ ...folder, keyring: [] }, ports);
  if (!draft.ok) {
    if (draft.refusal !== undefined) throw CliError.of(draft.refusal);
    throw findingsError(draft.findings, source);
  }
  const operator = ensureOperatorKey(aosHome(), { outside: world });
  const result = foundWorld({ ...folder, keyring: [operator] }, ports);
  if (!result.ok) throw findingsError(result.findings, source);
  const { genesis, objects, definition, warnings } = result.founded;
  copyFolders(source, world, missing);
  const store = await createWorldStore(storePath(world), genesis, objects);
  await store.close();
  const worldId = toHashText(worldIdOf(genesis));
  const manifest = toHashText(definition.manifestHash);
  const key = toHashText(operator.keyId);
  return {
    data: { world, world_id: worldId, manifest, operator_key: key },
    lines: [
      `world     ${world}`,
      `world id  ${worldId}`,
      `manifest  ${manifest}`,
      `operator  ${key}`,
    ],
    warnings: warnings.map(describeFinding),
    done: `the world is made, with the id ${worldId}`,
  };
}
