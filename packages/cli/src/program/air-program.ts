/** The commands of `aos air`: authoring, checking and comparing definitions, without a world. */
import type { Command } from 'commander';
import { buildAir } from '../commands/air/build.js';
import { buildFolder } from '../commands/air/build-folder.js';
import { checkAir } from '../commands/air/check.js';
import { diffAir } from '../commands/air/diff.js';
import { formatFiles } from '../commands/air/fmt.js';
import { hashAir } from '../commands/air/hash.js';
import type { RunCommand } from './run-command.js';

export function addAirCommands(program: Command, run: RunCommand): void {
  program
    .command('build')
    .description('make air/ of world.* and modules/ of the reducers of an authoring folder')
    .argument('[dir]', 'folder with world.* or air/, and reducer-ts/ or reducer/', '.')
    .action((dir: string, _: unknown, command: Command) => run(command, () => buildFolder(dir)));
  const air = program.command('air').description('author, check and compare definitions');
  air
    .command('build')
    .description('write the AIR JSON of a world authored in a module (.mjs, .js; .ts if Node can)')
    .argument('<source>', 'module whose default export is a world: defineWorld({ … })')
    .option('-o, --out <folder>', 'folder to write to (default: air/ beside the source)')
    .option('--prune', 'remove AIR files of the folder that the source does not make')
    .action((source: string, options: { out?: string; prune?: true }, command: Command) =>
      run(command, () => buildAir(source, options)),
    );
  air
    .command('check')
    .description('check definitions, and that they are still what their source makes')
    .argument('[dir]', 'folder with air/, or with AIR JSON', '.')
    .option('-s, --source <file>', 'module that authors them (default: world.* in the folder)')
    .action((dir: string, options: { source?: string }, command: Command) =>
      run(command, () => checkAir(dir, options)),
    );
  air
    .command('fmt')
    .description('bring AIR JSON into its one layout; hashes stay')
    .argument('[paths...]', 'files or folders', ['.'])
    .option('--check', 'only say which files would change')
    .action((paths: string[], options: { check?: true }, command: Command) =>
      run(command, () => formatFiles(paths, options)),
    );
  air
    .command('diff')
    .description('show which definitions differ between two folders')
    .argument('<from>', 'folder with air/ or with AIR JSON, or one file')
    .argument('<to>', 'folder with air/ or with AIR JSON, or one file')
    .option('--patch', 'answer with the patch document that leads from one to the other')
    .action((from: string, to: string, options: { patch?: true }, command: Command) =>
      run(command, () => diffAir(from, to, options)),
    );
  air
    .command('hash')
    .description('show the hash of every definition and of the manifest')
    .argument('[dir]', 'folder with air/, or with AIR JSON', '.')
    .action((dir: string, _: unknown, command: Command) => run(command, () => hashAir(dir)));
}
