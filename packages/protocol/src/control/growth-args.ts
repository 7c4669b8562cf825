/** Reading the arguments of verbs about growth. */
import type { ArgsReader } from './args-reader.js';

const DEFAULT_GRACE_S = 86_400;
const DEFAULT_SNAPSHOTS = 2;

export const growthReaders = {
  disk: () => ({}),
  gc: (args: ArgsReader) => ({
    isDryRun: args.flag('dry_run'),
    graceS: args.countMaybe('grace_s') ?? DEFAULT_GRACE_S,
    keepSnapshots: args.countMaybe('keep_snapshots', { least: 1 }) ?? DEFAULT_SNAPSHOTS,
  }),
  prune: (args: ArgsReader) => ({
    isDryRun: args.flag('dry_run'),
    isArchived: args.flag('archive'),
    before: args.countMaybe('before'),
    keepSnapshots: args.countMaybe('keep_snapshots', { least: 1 }),
  }),
  head: (args: ArgsReader) => ({
    sign: args.flag('sign'),
    record: args.countMaybe('record'),
    older: args.countMaybe('older', { least: 1 }),
  }),
};
