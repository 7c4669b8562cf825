/** The commands that look closer: definitions, blobs, observation, and any verb at all. */
import type { Command } from 'commander';
import { getBlob, putBlob } from '../commands/reading/blob.js';
import { callVerb } from '../commands/reading/call.js';
import {
  getDefinition,
  type ListOptions,
  listDefinitions,
  showManifest,
} from '../commands/reading/definitions.js';
import {
  type AuditOptions,
  showAudit,
  showDeadLetters,
  showMetrics,
} from '../commands/reading/observe.js';
import { parseNatural } from './option-values.js';
import type { RunCommand } from './run-command.js';

export function addReadCommands(program: Command, run: RunCommand): void {
  addDefinitionCommands(program, run);
  addBlobCommands(program, run);
  addObserveCommands(program, run);
}

function addDefinitionCommands(program: Command, run: RunCommand): void {
  const definition = program.command('definition').description('read what is in force');
  definition
    .command('list')
    .description('list definitions with their hashes')
    .option('--kind <kind...>', 'only of these kinds, such as defplan')
    .option('--prefix <text>', 'only names that begin so')
    .action((options: ListOptions, command: Command) =>
      run(command, (world) => listDefinitions(world(), options)),
    );
  definition
    .command('get')
    .description('show a definition')
    .argument('<name>', 'its name, e.g. demo/CounterSM@1')
    .option('--kind <kind>', 'its kind, where several have the name')
    .action((name: string, options: { kind?: string }, command: Command) =>
      run(command, (world) => getDefinition(world(), name, options)),
    );
  program
    .command('manifest')
    .description('show the manifest in force')
    .action((_: unknown, command: Command) => run(command, (world) => showManifest(world())));
}

function addBlobCommands(program: Command, run: RunCommand): void {
  const blob = program.command('blob').description('read and store large values');
  blob
    .command('get')
    .description('write a blob to a new file')
    .argument('<hash>', 'hash of the blob')
    .requiredOption('-o, --out <file>', 'file to write to')
    .action((hash: string, options: { out: string }, command: Command) =>
      run(command, (world) => getBlob(world(), hash, options)),
    );
  blob
    .command('put')
    .description('store the bytes of a file')
    .argument('<file>', 'the file')
    .action((file: string, _: unknown, command: Command) =>
      run(command, (world) => putBlob(world(), file)),
    );
}

function addObserveCommands(program: Command, run: RunCommand): void {
  program
    .command('dead-letters')
    .description('list effects that came to nothing since the world was opened')
    .action((_: unknown, command: Command) => run(command, (world) => showDeadLetters(world())));
  program
    .command('metrics')
    .description('show the metrics of a living world, as Prometheus reads them')
    .action((_: unknown, command: Command) => run(command, (world) => showMetrics(world())));
  program
    .command('audit')
    .description('tell what an auditor is told, a line of JSON each')
    .option('--from <seq>', 'first record', parseNatural)
    .option('-f, --follow', 'go on with what becomes durable, until interrupted')
    .action((options: AuditOptions, command: Command) =>
      run(command, (world, tools) => showAudit(world(), options, tools)),
    );
  program
    .command('call')
    .description('call any verb of the control protocol')
    .argument('<verb>', 'such as state.get')
    .argument('[args]', 'JSON, @file, or @- for standard input', '{}')
    .action((verb: string, args: string, _: unknown, command: Command) =>
      run(command, (world, tools) => callVerb(world(), { verb, args }, tools)),
    );
}
