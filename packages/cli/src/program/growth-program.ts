/** The commands that say what a world takes, and let go what it does not need. */
import { type Command, Option } from 'commander';
import { showDisk } from '../commands/growth/disk.js';
import { type HeadCommandOptions, showSignedHead } from '../commands/growth/head.js';
import {
  type CollectCommandOptions,
  collectGarbage,
  type PruneCommandOptions,
  pruneWorld,
} from '../commands/growth/prune.js';
import { parseNatural, parseSpanNs } from './option-values.js';
import type { RunCommand } from './run-command.js';

const NS_PER_S = 1_000_000_000n;

/** Seconds of `12h` or `7d`; `0` for none. */
const parseSeconds = (text: string) => (text === '0' ? 0 : Number(parseSpanNs(text) / NS_PER_S));

export function addGrowthCommands(program: Command, run: RunCommand): void {
  program
    .command('disk')
    .description('show what the world takes on disk, and how much for each record')
    .action((_: unknown, command: Command) => run(command, (world) => showDisk(world())));
  program
    .command('gc')
    .description('let go objects that no kept record and no kept snapshot reaches')
    .option(
      '--grace <time>',
      'leave alone what is younger, 0 for nothing (default: 1d)',
      parseSeconds,
    )
    .option('--keep <n>', 'so many of the last snapshots are kept (default: 2)', parseNatural)
    .option('--dry-run', 'only say what would go')
    .action((options: CollectCommandOptions, command: Command) =>
      run(command, (world) => collectGarbage(world(), options)),
    );
  program
    .command('prune')
    .description('let go records before a snapshot; verifying begins there from then on')
    .addOption(
      new Option('--keep <n>', 'begin with one of the last snapshots (default: 1, the last)')
        .argParser(parseNatural)
        .conflicts('before'),
    )
    .option('--before <seq>', 'begin with the last snapshot before this record', parseNatural)
    .option('--archive', 'keep what goes, compressed, in the archive of the world')
    .option('--dry-run', 'only say what would go')
    .action((options: PruneCommandOptions, command: Command) =>
      run(command, (world) => pruneWorld(world(), options)),
    );
  program
    .command('head')
    .description('show what the world has come to: last record, tree of all records, state')
    .option('--sign', "sign it with this host's key")
    .option('--prove <seq>', 'prove that this record is in the tree', parseNatural)
    .option('--since <records>', 'prove that the tree of so many is its beginning', parseNatural)
    .action((options: HeadCommandOptions, command: Command) =>
      run(command, (world) => showSignedHead(world(), options)),
    );
}
