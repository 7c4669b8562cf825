/** The command line: names, arguments and help of every command. */
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import {
  type Answer,
  CliError,
  type Form,
  printAnswer,
  printError,
  printItem,
  type Streams,
  say,
} from './output.js';
import { addAirCommands } from './program/air-program.js';
import { addAttestCommands } from './program/attest-program.js';
import { addAuthorityCommands } from './program/authority-program.js';
import { addDaemonCommands } from './program/daemon-program.js';
import { addEffectCommands } from './program/effect-program.js';
import { addGovernanceCommands } from './program/governance-program.js';
import { addGrowthCommands } from './program/growth-program.js';
import { addHelpCommands } from './program/help-program.js';
import { addObjectCommands } from './program/object-program.js';
import { addReadCommands } from './program/read-program.js';
import type { RunCommand, Tools } from './program/run-command.js';
import { addSecretCommands } from './program/secret-program.js';
import { addTimeCommands } from './program/time-program.js';
import { addWorkspaceCommands } from './program/workspace-program.js';
import { addWorldCommands } from './program/world-program.js';
import { cutValues } from './shown-text.js';
import { type ProgressLine, startProgress } from './terminal/progress.js';
import { findWorld } from './world/world-path.js';

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
  const usage = new CliError('usage', usageMessage(error));
  if (form === 'json') printError(usage, form, streams);
  return 2;
}

/** A command that only groups others has shown its help, and says nothing else. */
function usageMessage({ code, message }: CommanderError): string {
  if (code !== 'commander.help') return cutValues(message);
  return "expected a command, found none; 'aos --help' lists them";
}

const formOf = (json: boolean | undefined): Form => (json === true ? 'json' : 'text');

class Session {
  exitCode = 0;
  constructor(readonly streams: Streams) {}

  async run(command: Command, act: Parameters<RunCommand>[1]): Promise<void> {
    const { json, world } = command.optsWithGlobals<{ json?: true; world?: string }>();
    const form = formOf(json);
    const { streams } = this;
    const tools = new StreamTools(form, streams);
    try {
      const answer = await act(() => findWorld(world), tools);
      printAnswer(answer, form, streams);
      this.exitCode = answer.exitCode ?? (answer.error === undefined ? 0 : 1);
    } finally {
      tools.close();
    }
  }
}

class StreamTools implements Tools {
  #forget: (() => void) | undefined;

  constructor(
    private readonly form: Form,
    private readonly streams: Streams,
  ) {}

  tell(item: Pick<Answer, 'data' | 'lines'>): void {
    printItem(item, this.form, this.streams);
  }

  readonly log = (line: string) => this.streams.err(line);

  progress(what: string): ProgressLine {
    const { streams } = this;
    return startProgress(what, streams.isWatched ? (text) => streams.err(text) : undefined);
  }

  stopSignal(): AbortSignal {
    const stop = new AbortController();
    this.#forget ??= this.streams.onStop?.(() => stop.abort());
    return stop.signal;
  }

  close(): void {
    this.#forget?.();
  }
}

/** The commands in the order in which help lists them. */
const GROUPS: readonly (readonly [heading: string, add: typeof addWorldCommands])[] = [
  ['Worlds:', addWorldCommands],
  ['Letting them live:', addDaemonCommands],
  ['What became of it:', addEffectCommands],
  ['A closer look:', addReadCommands],
  ['Objects:', addObjectCommands],
  ['Workspaces:', addWorkspaceCommands],
  ['Authority:', addAuthorityCommands],
  ['Change:', addGovernanceCommands],
  ['Time:', addTimeCommands],
  ['Growth:', addGrowthCommands],
  ['For auditors:', addAttestCommands],
  ['Secrets:', addSecretCommands],
  ['Definitions:', addAirCommands],
  ['The command line:', addHelpCommands],
];

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
  const run: RunCommand = (command, act) => session.run(command, act);
  for (const [heading, add] of GROUPS) {
    program.commandsGroup(heading);
    add(program, run);
  }
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
