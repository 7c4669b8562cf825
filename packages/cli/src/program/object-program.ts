/** The commands of the catalogue of objects. */
import type { Command } from 'commander';
import {
  type GetObjectOptions,
  getObject,
  statObject,
  type VersionOptions,
} from '../commands/objects/content.js';
import { type ListingOptions, listObjects } from '../commands/objects/listing.js';
import { type RegisterOptions, registerObject } from '../commands/objects/register.js';
import { parseNatural } from './option-values.js';
import type { RunCommand } from './run-command.js';

const DEFAULT_LINES = 100;

export function addObjectCommands(program: Command, run: RunCommand): void {
  const obj = program.command('obj').description('read and extend the catalogue of objects');
  obj
    .command('ls')
    .description('list objects by name, with their latest versions')
    .argument('[prefix]', 'beginning of the names', '')
    .option('--limit <lines>', 'most lines to show', parseNatural, DEFAULT_LINES)
    .option('--versions', 'show every version')
    .option('--kind <kind>', 'only of this kind')
    .option('--tag <tag>', 'only with this tag')
    .option('--depth <parts>', 'parts of names to show behind the prefix', parseNatural)
    .action((prefix: string, options: ListingOptions, command: Command) =>
      run(command, (world) => listObjects(world(), prefix, options)),
    );
  obj
    .command('get')
    .description('show an object that is text, or write it to a new file')
    .argument('<name>', 'its name')
    .option('--at <version>', 'a version (default: the latest)', parseNatural)
    .option('-o, --out <file>', 'file to write to')
    .action((name: string, options: GetObjectOptions, command: Command) =>
      run(command, (world) => getObject(world(), name, options)),
    );
  obj
    .command('stat')
    .description('show what is known of an object')
    .argument('<name>', 'its name')
    .option('--at <version>', 'a version (default: the latest)', parseNatural)
    .action((name: string, options: VersionOptions, command: Command) =>
      run(command, (world) => statObject(world(), name, options)),
    );
  addRegister(obj, run);
}

function addRegister(obj: Command, run: RunCommand): void {
  obj
    .command('register')
    .description('register a file, or an object that is stored, as the next version of a name')
    .argument('<name>', 'its name')
    .argument('[file]', 'the file')
    .requiredOption('--kind <kind>', 'what it is, such as report')
    .option('--hash <hash>', 'a stored object instead of a file')
    .option('--tag <tag...>', 'words to find it by')
    .option('--owner <owner>', 'whose it is', 'operator')
    .option('--dedup <id>', 'of events with one id only the first is taken in')
    .action((name: string, file: string | undefined, options: RegisterOptions, command: Command) =>
      run(command, (world) => registerObject(world(), name, file, options)),
    );
}
