/** `aos init`: a world from a folder of AIR and modules. */
import { cpSync, existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
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
import { describeFinding, findingsError } from '../findings.js';
import { newEngine } from '../open-world.js';
import { type Answer, CliError } from '../output.js';
import { isWorld, storePath } from '../world-path.js';

export interface InitOptions {
  /** Folder with `air/` and `modules/`; the world's own directory when absent. */
  readonly from?: string;
}

/** Nothing is written unless the definition and every module are fine. */
export async function initWorld(dir: string, options: InitOptions): Promise<Answer> {
  const world = resolve(dir);
  const source = options.from === undefined ? world : resolve(options.from);
  if (isWorld(world)) {
    throw new CliError('world-exists', `'${world}' is a world already; choose another directory`);
  }
  if (source !== world) checkCopy(source, world);
  const folder = readAuthoringFolder(source);
  const ports = { engine: newEngine(), clock: systemClock, fillEntropy: systemEntropy };
  // The key is made only for a definition that holds: a refused init leaves nothing behind.
  const draft = foundWorld({ ...folder, keyring: [] }, ports);
  if (!draft.ok) {
    if (draft.refusal !== undefined) throw CliError.of(draft.refusal);
    throw findingsError(draft.findings, source);
  }
  const operator = ensureOperatorKey(aosHome());
  const result = foundWorld({ ...folder, keyring: [operator] }, ports);
  if (!result.ok) throw findingsError(result.findings, source);
  const { genesis, objects, definition, warnings } = result.founded;
  const store = await createWorldStore(storePath(world), genesis, objects);
  await store.close();
  if (source !== world) copyAuthoring(source, world);
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
  };
}

const AUTHORING_FOLDERS = ['air', 'modules'];

function checkCopy(source: string, world: string): void {
  for (const folder of AUTHORING_FOLDERS) {
    const to = join(world, folder);
    if (!existsSync(join(source, folder)) || !existsSync(to)) continue;
    const message = `'${to}' is there already; remove it, or leave --from out`;
    throw new CliError('folder-exists', message);
  }
}

function copyAuthoring(source: string, world: string): void {
  for (const folder of AUTHORING_FOLDERS) {
    const from = join(source, folder);
    if (existsSync(from)) cpSync(from, join(world, folder), { recursive: true });
  }
}
