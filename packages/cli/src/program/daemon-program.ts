/** The commands that let worlds live. */
import { LOG_LEVELS } from '@aos/host';
import { type Command, Option } from 'commander';
import {
  type DownOptions,
  listRunning,
  startDaemon,
  stopDaemon,
  type UpOptions,
} from '../commands/hosting/daemon.js';
import { type DevOptions, develop } from '../commands/hosting/dev.js';
import { type RunOptions, runToRest } from '../commands/hosting/run.js';
import { type ServeCommandOptions, serveWorlds } from '../commands/hosting/serve.js';
import { findWorld } from '../world/world-path.js';
import { parseDurationMs } from './option-values.js';
import type { RunCommand } from './run-command.js';

const DEFAULT_REST_MS = 60_000;
const DEFAULT_UP_MS = 30_000;
const DEFAULT_DOWN_MS = 60_000;

const logOption = () =>
  new Option('--log <level>', 'least pressing lines of the log')
    .choices(LOG_LEVELS)
    .default('info');

const missingOption = () =>
  new Option('--allow-missing', 'leave effects open that nobody serves here');

interface RunCommandOptions extends ServeCommandOptions, RunOptions {
  readonly until?: 'quiescent';
}

export function addDaemonCommands(program: Command, run: RunCommand): void {
  program
    .command('run')
    .description('let worlds live in this process, with their effects, until it is interrupted')
    .argument('[worlds...]', 'their directories (default: the world that --world means)')
    .addOption(
      new Option('--until <state>', 'end when nothing of the world moves').choices(['quiescent']),
    )
    .addOption(
      new Option('--timers <how>', 'with --until: wait for timers and deadlines, or list them')
        .choices(['list', 'wait'])
        .default('list'),
    )
    .addOption(
      new Option('--timeout <time>', 'with --until: longest wait, such as 30s')
        .argParser(parseDurationMs)
        .default(DEFAULT_REST_MS, '1m'),
    )
    .addOption(missingOption())
    .addOption(logOption())
    .action((worlds: string[], options: RunCommandOptions, command: Command) =>
      run(command, (world, tools) => {
        const meant = worlds.length > 0 ? worlds.map((each) => findWorld(each)) : [world()];
        if (options.until === undefined) return serveWorlds(meant, options, tools);
        const [only = world(), another] = meant;
        if (another === undefined) return runToRest(only, options);
        return command.error('error: expected one world with --until, found several');
      }),
    );
  program
    .command('up')
    .description('let a world live in the background')
    .addOption(missingOption())
    .addOption(logOption())
    .addOption(timeoutOption('longest wait until it answers', DEFAULT_UP_MS, '30s'))
    .action((options: UpOptions, command: Command) =>
      run(command, (world) => startDaemon(world(), options)),
    );
  program
    .command('down')
    .description('end the daemon of a world in order')
    .addOption(timeoutOption('longest wait until it has ended', DEFAULT_DOWN_MS, '1m'))
    .action((options: DownOptions, command: Command) =>
      run(command, (world) => stopDaemon(world(), options)),
    );
  program
    .command('dev')
    .description('build an authoring folder with every change, and try it in a scratch world')
    .argument('[dir]', 'folder with world.* or air/, and reducer-ts/ or reducer/', '.')
    .option('--events <file>', 'events for each new world: {"schema", "value"} on each line')
    .option('--fresh', 'make a new world with every change, even where its state could stay')
    .action((dir: string, options: DevOptions, command: Command) =>
      run(command, (_, tools) => develop(dir, options, tools)),
    );
  program
    .command('ps')
    .description('list the worlds that have a daemon')
    .action((_: unknown, command: Command) => run(command, () => listRunning()));
}

const timeoutOption = (what: string, usualMs: number, usual: string) =>
  new Option('--timeout <time>', what).argParser(parseDurationMs).default(usualMs, usual);
