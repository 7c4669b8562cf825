/** The commands that go back in time, and take worlds elsewhere. */
import { type Command, Option } from 'commander';
import { replayTarget } from '../commands/replay/replay.js';
import type { ReplayOptions } from '../commands/replay/target.js';
import { type ExportOptions, exportWorld, importWorld } from '../commands/time/bundle.js';
import { type DiffOptions, diffSides } from '../commands/time/diff.js';
import { type ForkOptions, forkWorld } from '../commands/time/fork.js';
import { listRewinds, type RewindOptions, rewindWorld } from '../commands/time/rewind.js';
import { CliError } from '../output.js';
import { findWorld } from '../world/world-path.js';
import { parseNatural, parsePositive } from './option-values.js';
import type { RunCommand } from './run-command.js';

const DEFAULT_ROWS = 100;
const DEFAULT_EVERY = 1000;

/** Whose key signs the epoch that a branch begins. */
const signedBy = () =>
  new Option('--as <key>', 'name of the key in $AOS_HOME/keys that signs').default('operator');

export function addTimeCommands(program: Command, run: RunCommand): void {
  addBranchCommands(program, run);
  addDiffCommand(program, run);
  addBundleCommands(program, run);
  addReplayCommand(program, run);
}

interface RewindFlags extends Partial<Pick<RewindOptions, 'to'>>, Pick<RewindOptions, 'as'> {
  readonly list?: true;
}

function addBranchCommands(program: Command, run: RunCommand): void {
  program
    .command('fork')
    .description('make a world of its own that has the past of another one')
    .argument('[dir]', 'directory of the other one (default: as --world)')
    .requiredOption('--to <newdir>', 'directory of the fork')
    .addOption(
      new Option('--at <seq>', 'last record that both have (default: the last durable one)')
        .argParser(parseNatural)
        .conflicts('atSnapshot'),
    )
    .option('--at-snapshot', 'that of the last snapshot')
    .addOption(signedBy())
    .action((dir: string | undefined, options: ForkOptions, command: Command) =>
      run(command, (world) => forkWorld(dir === undefined ? world() : findWorld(dir), options)),
    );
  program
    .command('rewind')
    .description('let a world go on behind an earlier record; what follows it now is kept')
    .option('--to <seq>', 'last record that stays', parseNatural)
    .addOption(signedBy())
    .addOption(new Option('--list', 'show what was put away by rewinds instead').conflicts(['to']))
    .action(({ to, as, list }: RewindFlags, command: Command) =>
      run(command, (world) => {
        if (list === true) return listRewinds(world());
        if (to !== undefined) return rewindWorld(world(), { to, as });
        throw new CliError('usage', 'expected --to <seq>, the last record that stays, or --list');
      }),
    );
}

function addDiffCommand(program: Command, run: RunCommand): void {
  program
    .command('diff')
    .description('show what two worlds differ in, or one at two heights')
    .argument('<a>', '<dir>, <dir>@<seq>, or @<seq> of the world')
    .argument('<b>', 'the other one')
    .option('--limit <rows>', 'most rows to show of each part', parseNatural, DEFAULT_ROWS)
    .action((a: string, b: string, options: DiffOptions, command: Command) =>
      run(command, (world) => diffSides([a, b], world, options)),
    );
}

function addBundleCommands(program: Command, run: RunCommand): void {
  program
    .command('export')
    .description('write a whole world to one new file, without any private key')
    .argument('<file>', 'the file')
    .option('--at <seq>', 'last record to export (default: the last durable one)', parseNatural)
    .action((file: string, options: ExportOptions, command: Command) =>
      run(command, (world) => exportWorld(world(), file, options)),
    );
  program
    .command('import')
    .description('make a world of a file that aos export made; it is verified first')
    .argument('<file>', 'the file')
    .argument('<dir>', 'directory of the world')
    .action((file: string, dir: string, _: unknown, command: Command) =>
      run(command, (_world, tools) => importWorld(file, dir, tools.progress('records judged'))),
    );
}

function addReplayCommand(program: Command, run: RunCommand): void {
  program
    .command('replay')
    .description('replay a world as recorded, under another manifest, or by another build')
    .argument('[target]', 'a bundle, or the directory of a world (default: as --world)')
    .addOption(
      new Option('--with <folder>', 'authoring folder of a manifest to replay it with').conflicts(
        'withBuild',
      ),
    )
    .option('--with-build <path>', 'package or program of another build, to compare states with')
    .option('--from <seq>', 'first record: before it all is as recorded', parseNatural)
    .option('--to <seq>', 'last record', parseNatural)
    .option('--every <n>', 'records between two states that are told', parsePositive, DEFAULT_EVERY)
    .option('--ignore-fuel', 'fuel that differs is no difference')
    .option('--limit <rows>', 'most rows to show of each list', parseNatural, DEFAULT_ROWS)
    .action((target: string | undefined, options: ReplayOptions, command: Command) =>
      run(command, (world, tools) =>
        replayTarget(target, world, options, tools.progress('records replayed')),
      ),
    );
}
