/** The command line: names, arguments and help of every command. */
import { readFileSync } from 'node:fs';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { addAirCommands } from './air-program.js';
import { sendEvent } from './commands/event.js';
import { initWorld } from './commands/init.js';
import { showHead, showTail } from './commands/journal.js';
import { getState } from './commands/state.js';
import { showStatus } from './commands/status.js';
import { verify } from './commands/verify.js';
import {
  type Answer,
  CliError,
  type Form,
  printAnswer,
  printError,
  type Streams,
  say,
} from './output.js';
import { cutValues } from './shown-text.js';
import { findWorld } from './world-path.js';

const DEFAULT_TAIL_RECORDS = 20;

/** Exit codes: 0 done, 1 refused or failed, 2 used wrongly. */
export async function runCli(args: readonly string[], streams: Streams): Promise<number> {
  const session = new Session(streams);
  const program = buildProgram(session);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return session.exitCode;
  } catch (error) {
    return reportFailure(error, formOf(program.opts<{ json?: true }>().json), streams);
  }
}

function reportFailure(error: unknown, form: Form, streams: Streams): number {
  if (!(error instanceof CommanderError)) {
    printError(error, form, streams);
    return 1;
  }
  if (error.exitCode === 0) return 0;
  // The parser has told people already.
  const usage = new CliError('usage', cutValues(error.message));
  if (form === 'json') printError(usage, form, streams);
  return 2;
}

const formOf = (json: boolean | undefined): Form => (json === true ? 'json' : 'text');

class Session {
  exitCode = 0;
  constructor(readonly streams: Streams) {}

  async run(command: Command, act: (world: () => string) => Promise<Answer>): Promise<void> {
    const { json, world } = command.optsWithGlobals<{ json?: true; world?: string }>();
    const answer = await act(() => findWorld(world));
    printAnswer(answer, formOf(json), this.streams);
    this.exitCode = answer.exitCode ?? (answer.error === undefined ? 0 : 1);
  }
}

function buildProgram(session: Session): Command {
  const program = new Command('aos')
    .description('Make, feed, read and verify worlds: deterministic, event-sourced, provable.')
    .option('-w, --world <dir>', 'the world (default: $AOS_WORLD, or the nearest directory above)')
    .option('--json', 'answer with one JSON value on standard output, errors too')
    .version(readVersion(), '-V, --version', 'show the version')
    .configureOutput({
      writeOut: (text) => say(text, session.streams),
      writeErr: (text) => session.streams.err(text),
      outputError: (text, write) => write(cutValues(text)),
    })
    .exitOverride();
  addWorldCommands(program, session);
  addEventCommands(program, session);
  addJournalCommands(program, session);
  addAirCommands(program, (command, act) => session.run(command, act));
  inheritSettings(program);
  return program;
}

/** The manifest is one folder above this file, as source and as built. */
function readVersion(): string {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { readonly version: string }).version;
}

function inheritSettings(parent: Command): void {
  for (const command of parent.commands) {
    command.copyInheritedSettings(parent);
    inheritSettings(command);
  }
}

function addWorldCommands(program: Command, session: Session): void {
  program
    .command('init')
    .description('make a world from AIR JSON (air/) and modules (modules/<name>.wasm)')
    .argument('[dir]', 'directory of the world', '.')
    .option(
      '--from <folder>',
      'folder to take air/ and modules/ from (default: the directory itself)',
    )
    .action((dir: string, options: { from?: string }, command: Command) =>
      session.run(command, () => initWorld(dir, options)),
    );
  program
    .command('status')
    .description('show what the world is and whether its authoring folder has drifted')
    .action((_: unknown, command: Command) => session.run(command, (world) => showStatus(world())));
  program
    .command('verify')
    .description('replay the journal from genesis and judge every entry')
    .action((_: unknown, command: Command) => session.run(command, (world) => verify(world())));
}

function addEventCommands(program: Command, session: Session): void {
  program
    .command('event')
    .description('give events to a world')
    .command('send')
    .description('send one event; answers when its record is durable')
    .argument('<schema>', 'schema of the event, e.g. demo/CounterEvent@1')
    .argument('<value>', 'JSON, @file, or @- for standard input')
    .action((schema: string, value: string, _: unknown, command: Command) =>
      session.run(command, (world) => sendEvent(world(), schema, value)),
    );
  program
    .command('state')
    .description('read what reducers know')
    .command('get')
    .description('show the state of a reducer')
    .argument('<reducer>', 'name of the reducer, e.g. demo/CounterSM@1')
    .action((reducer: string, _: unknown, command: Command) =>
      session.run(command, (world) => getState(world(), reducer)),
    );
}

function addJournalCommands(program: Command, session: Session): void {
  const journal = program.command('journal').description('read the records of a world');
  journal
    .command('head')
    .description('show the last sequence and the chain value')
    .action((_: unknown, command: Command) => session.run(command, (world) => showHead(world())));
  journal
    .command('tail')
    .description('show records, the last ones by default')
    .option('--from <seq>', 'first sequence to show', parseNatural)
    .option('-n, --count <records>', 'most records to show', parseNatural, DEFAULT_TAIL_RECORDS)
    .action((options: { from?: number; count: number }, command: Command) =>
      session.run(command, (world) => showTail(world(), options)),
    );
}

function parseNatural(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value;
  throw new InvalidArgumentError('expected a natural number');
}
