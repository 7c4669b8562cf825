/**
 * `aos replay`: a recorded world once more, as it was, under another manifest, or by another build.
 * Exit codes: 0 nothing differs, 1 something does, 2 it could not be found out.
 */
import { statSync } from 'node:fs';
import { AosFault } from '@aos/protocol';
import { withDurableFiles } from '../../access/known-durable.js';
import { type Answer, cliErrorOf } from '../../output.js';
import type { ProgressLine } from '../../terminal/progress.js';
import { findWorld } from '../../world/world-path.js';
import { withBundle } from '../time/bundle.js';
import { replayWithBuild } from './other-build.js';
import { replayItself } from './own-build.js';
import type { ReplayOptions, ReplayTarget } from './target.js';
import { replayWithFolder } from './with-folder.js';

const REFUSED = 2;

export async function replayTarget(
  target: string | undefined,
  world: () => string,
  options: ReplayOptions,
  progress: ProgressLine,
): Promise<Answer> {
  try {
    return await withTarget(target, world, (opened) => replayOpened(opened, options, progress));
  } catch (error) {
    return { data: null, lines: [], error: cliErrorOf(error), exitCode: REFUSED };
  } finally {
    progress.end();
  }
}

function replayOpened(
  opened: ReplayTarget,
  options: ReplayOptions,
  progress: ProgressLine,
): Promise<Answer> | Answer {
  if (options.with !== undefined) return replayWithFolder(opened, options.with, options, progress);
  if (options.withBuild !== undefined) {
    return replayWithBuild(opened, options.withBuild, options, progress);
  }
  return replayItself(opened, options, progress);
}

function withTarget<T>(
  target: string | undefined,
  world: () => string,
  use: (opened: ReplayTarget) => Promise<T> | T,
): Promise<T> {
  if (target === undefined || isFolder(target)) {
    return withDurableFiles(target === undefined ? world() : findWorld(target), use);
  }
  return withBundle(target, (store) => use({ store, durable: store.head, bundle: target }));
}

function isFolder(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found !== undefined) return found.isDirectory();
  const message = `expected a bundle or the directory of a world at '${path}', found nothing`;
  throw new AosFault('world-not-found', message, { retry: 'never' });
}
