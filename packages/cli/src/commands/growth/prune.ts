/** `aos prune` and `aos gc`: what a world does not need any more goes. */
import { withAccess } from '../../access/with-access.js';
import type { Answer } from '../../output.js';
import { sizeText } from './sizes.js';

export interface PruneCommandOptions {
  readonly keep?: number;
  readonly before?: number;
  readonly archive?: true;
  readonly dryRun?: true;
}

export interface CollectCommandOptions {
  /** Seconds. */
  readonly grace?: number;
  readonly keep?: number;
  readonly dryRun?: true;
}

export function pruneWorld(path: string, options: PruneCommandOptions): Promise<Answer> {
  const { keep, before, archive = false, dryRun = false } = options;
  return withAccess(path, 'write', async (asked) => {
    const where = {
      ...(before === undefined ? {} : { before }),
      ...(keep === undefined ? {} : { keep_snapshots: keep }),
    };
    const done = await asked.call('prune', { dry_run: dryRun, archive, ...where });
    const went = archive ? 'archived' : 'gone';
    const summary = `${done.segments} segments, ${sizeText(done.bytes)}`;
    return {
      data: { ...done },
      lines: [
        `${dryRun ? 'would go' : went.padEnd(8)}  ${summary}`,
        `kept      from record ${done.first} on; replay begins after record ${done.snapshot}`,
        ...(done.forwarded_objects === null ? [] : [`moved     ${done.forwarded_objects} objects`]),
      ],
      ...(!dryRun && { done: `the journal begins with record ${done.first}` }),
    };
  });
}

export function collectGarbage(path: string, options: CollectCommandOptions): Promise<Answer> {
  const { grace, keep, dryRun = false } = options;
  return withAccess(path, 'write', async (asked) => {
    const done = await asked.call('gc', {
      ...{ dry_run: dryRun, ...(grace !== undefined && { grace_s: grace }) },
      ...(keep !== undefined && { keep_snapshots: keep }),
    });
    const found = `${done.objects} objects, ${sizeText(done.bytes)}`;
    return {
      data: { ...done },
      lines: [`${dryRun ? 'would go' : 'gone'}  ${found}, in ${done.segments} segments`],
      ...(!dryRun && { done: 'what nothing reaches is gone' }),
    };
  });
}
