/** The commands of workspaces: versioned trees of files. */
import type { Command } from 'commander';
import {
  type CatOptions,
  type ListOptions,
  listFiles,
  showFile,
} from '../commands/workspaces/files.js';
import { listWorkspaces, showLog } from '../commands/workspaces/heads.js';
import {
  type DiffOptions,
  diffTrees,
  type PullOptions,
  pullFolder,
} from '../commands/workspaces/pull.js';
import {
  type CommitOptions,
  type PushOptions,
  pushFolder,
  removeFile,
} from '../commands/workspaces/push.js';
import { parseNatural } from './option-values.js';
import type { RunCommand } from './run-command.js';

const DEFAULT_VERSIONS = 20;
const DEFAULT_ENTRIES = 1000;
const AT = 'a version (default: the head)';

export function addWorkspaceCommands(program: Command, run: RunCommand): void {
  const ws = program.command('ws').description('read and write trees of files that worlds keep');
  addReading(ws, run);
  addWriting(ws, run);
}

function addReading(ws: Command, run: RunCommand): void {
  ws.command('list')
    .description('list workspaces with their heads')
    .action((_: unknown, command: Command) => run(command, (world) => listWorkspaces(world())));
  ws.command('log')
    .description('list the versions of a workspace, latest first')
    .argument('<workspace>', 'its name')
    .option('--limit <versions>', 'most versions to show', parseNatural, DEFAULT_VERSIONS)
    .action((workspace: string, options: { limit: number }, command: Command) =>
      run(command, (world) => showLog(world(), workspace, options)),
    );
  ws.command('ls')
    .description('list what is in a directory')
    .argument('<workspace>', 'its name')
    .argument('[path]', 'a directory', '')
    .option('--at <version>', AT, parseNatural)
    .option('-r, --recursive', 'all files below it')
    .option('--limit <entries>', 'most entries to show', parseNatural, DEFAULT_ENTRIES)
    .action((workspace: string, path: string, options: ListOptions, command: Command) =>
      run(command, (world) => listFiles(world(), { workspace, path }, options)),
    );
  ws.command('cat')
    .description('show a file that is text, or write it to a new file')
    .argument('<workspace>', 'its name')
    .argument('<path>', 'the file')
    .option('--at <version>', AT, parseNatural)
    .option('-o, --out <file>', 'file to write to')
    .action((workspace: string, path: string, options: CatOptions, command: Command) =>
      run(command, (world) => showFile(world(), { workspace, path }, options)),
    );
  ws.command('diff')
    .description('show what a version changed, or what a folder would change')
    .argument('<workspace>', 'its name')
    .argument('[folder]', 'a folder to compare with')
    .option('--from <version>', 'the version before (default: the one before --to)', parseNatural)
    .option('--to <version>', AT, parseNatural)
    .action(
      (workspace: string, folder: string | undefined, options: DiffOptions, command: Command) =>
        run(command, (world) => diffTrees(world(), { workspace, folder }, options)),
    );
}

function addWriting(ws: Command, run: RunCommand): void {
  withCommit(ws.command('push'))
    .description('commit what is in a folder as the next version')
    .argument('<workspace>', 'its name')
    .argument('<folder>', 'the folder')
    .option('--into <path>', 'the directory that it becomes (default: the whole tree)')
    .action((workspace: string, folder: string, options: PushOptions, command: Command) =>
      run(command, (world, tools) => pushFolder(world(), { workspace, folder }, options, tools)),
    );
  ws.command('pull')
    .description('write the files of a version into a folder')
    .argument('<workspace>', 'its name')
    .argument('<folder>', 'the folder, a new one or one that is there')
    .option('--at <version>', AT, parseNatural)
    .option('--from <path>', 'only this directory')
    .option('--force', 'write over files that are other ones')
    .action((workspace: string, folder: string, options: PullOptions, command: Command) =>
      run(command, (world) => pullFolder(world(), { workspace, folder }, options)),
    );
  withCommit(ws.command('rm'))
    .description('commit that a file or a directory is gone')
    .argument('<workspace>', 'its name')
    .argument('<path>', 'what to remove')
    .action((workspace: string, path: string, options: CommitOptions, command: Command) =>
      run(command, (world) => removeFile(world(), { workspace, path }, options)),
    );
}

const withCommit = (command: Command): Command =>
  command
    .option('-m, --message <text>', 'what the version says of itself')
    .option('--author <name>', 'whose it is', 'operator')
    .option(
      '--expect <version>',
      "the head that it must come after, or 'none' (default: the head)",
    );
