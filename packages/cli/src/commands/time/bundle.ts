/** `aos export`, `aos import` and `aos verify <bundle>`: a whole world as one file. */
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { toHashText } from '@aos/canon';
import { heightOf } from '@aos/host';
import {
  checkImported,
  type DiskStore,
  importBundle,
  nodeFs,
  openWorldStore,
  writeBundle,
} from '@aos/store';
import { withDurableFiles } from '../../access/known-durable.js';
import type { Answer } from '../../output.js';
import type { ProgressLine } from '../../terminal/progress.js';
import { assertOutside, IMPORTING, newWorldFolder } from '../../world/new-folder.js';
import { storePath } from '../../world/world-path.js';
import { judgeStore, type VerifyCommandOptions } from '../verify.js';

export interface ExportOptions {
  /** The last record that is exported; the last durable one when absent. */
  readonly at?: number;
}

export async function exportWorld(
  world: string,
  file: string,
  { at }: ExportOptions,
): Promise<Answer> {
  assertOutside(resolve(file), world);
  return withDurableFiles(world, async ({ store, durable }) => {
    const isEmpty = at === undefined && store.head < 0;
    const seq = isEmpty ? -1 : heightOf({ head: store.head, durable, pruned: store.pruned }, at);
    const { head, objects, records, sizeBytes } = await writeBundle(store, file, { seq });
    const worldId = toHashText(head.worldId);
    const chain = toHashText(head.chain);
    const path = resolve(file);
    return {
      data: { file: path, world_id: worldId, records, chain, objects, size_bytes: sizeBytes },
      lines: [
        `bundle    ${path}  ${sizeBytes} bytes`,
        `world id  ${worldId}`,
        `records   ${records}, the last one ${chain}`,
        `objects   ${objects}`,
      ],
      done: `the bundle ${path} is whole`,
    };
  });
}

/** Nothing is left of a bundle that is refused. */
export async function importWorld(
  file: string,
  dir: string,
  progress: ProgressLine,
): Promise<Answer> {
  const folder = newWorldFolder(dir);
  const isNew = !existsSync(folder);
  const staging = join(folder, IMPORTING);
  try {
    rmSync(staging, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const judged = await judgeBundle(file, staging, { from: 'genesis' }, progress);
    if (judged.error !== undefined) throw judged.error;
    renameSync(staging, storePath(folder));
    await nodeFs.syncDirectory(folder);
    const { world_id, records, chain } = judged.data as Record<string, string>;
    return {
      ...judged,
      data: { world: folder, world_id: `${world_id}`, records: Number(records), chain: `${chain}` },
      lines: [`world     ${folder}`, `world id  ${world_id}`, ...judged.lines],
      done: `the world is made, with the id ${world_id}`,
    };
  } catch (error) {
    rmSync(isNew ? folder : staging, { recursive: true, force: true });
    throw error;
  }
}

/** Verifies what a bundle holds, in a folder of its own that is taken away again. */
export function verifyBundle(
  file: string,
  options: VerifyCommandOptions,
  progress: ProgressLine,
): Promise<Answer> {
  return inScratch((scratch) => judgeBundle(file, scratch, options, progress));
}

/** The world of a bundle, in a folder that is taken away again. */
export function withBundle<T>(file: string, use: (store: DiskStore) => Promise<T> | T): Promise<T> {
  return inScratch((scratch) => withImported(file, scratch, use));
}

/** A folder for what is needed for a moment. */
export async function inScratch<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const scratch = mkdtempSync(join(tmpdir(), 'aos-bundle-'));
  try {
    return await use(scratch);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function judgeBundle(
  file: string,
  folder: string,
  options: VerifyCommandOptions,
  progress: ProgressLine,
): Promise<Answer> {
  return withImported(file, folder, (store) => judgeStore(store, options, progress));
}

async function withImported<T>(
  file: string,
  folder: string,
  use: (store: DiskStore) => Promise<T> | T,
): Promise<T> {
  await importBundle(file, folder);
  await checkImported(folder);
  const store = await openWorldStore(folder, { mode: 'read' });
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}
