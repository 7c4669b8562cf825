/** The commands that make, feed and read a world. */

import { WAIT_LEVELS } from '@aos/protocol';
import { type Command, Option } from 'commander';
import { examine } from '../commands/doctor.js';
import { type SendOptions, sendEvent } from '../commands/event.js';
import { initWorld } from '../commands/init.js';
import { type IntentsOptions, showIntents } from '../commands/reading/intents.js';
import { showHead, showTail, type TailOptions } from '../commands/reading/journal.js';
import {
  type PlansOptions,
  type StartOptions,
  showPlans,
  startPlan,
} from '../commands/reading/plans.js';
import {
  type CellsOptions,
  getState,
  type StateOptions,
  showCells,
} from '../commands/reading/state.js';
import { explainWhy, type WhyCommandOptions, type WhyKind } from '../commands/reading/why.js';
import { type SnapshotCommandOptions, takeSnapshot } from '../commands/snapshot.js';
import { showStatus } from '../commands/status.js';
import { verifyBundle } from '../commands/time/bundle.js';
import { verify } from '../commands/verify.js';
import { parseDurationMs, parseNatural } from './option-values.js';
import type { RunCommand } from './run-command.js';

const DEFAULT_CELLS = 100;
const DEFAULT_PAGE = 1000;
const DEFAULT_WHY_PLACES = 200;

interface VerifyFlags {
  readonly fromSnapshot?: true;
  readonly explain?: true;
  readonly chain?: true;
  readonly head?: string;
}

export function addWorldCommands(program: Command, run: RunCommand): void {
  addLifeCommands(program, run);
  addStateCommands(program, run);
  addJournalCommands(program, run);
  addWhyCommands(program, run);
}

function addLifeCommands(program: Command, run: RunCommand): void {
  program
    .command('init')
    .description('make a world from AIR JSON (air/) and modules (modules/<name>.wasm)')
    .argument('[dir]', 'directory of the world', '.')
    .option(
      '--from <folder>',
      'folder to take air/ and modules/ from (default: the directory itself)',
    )
    .action((dir: string, options: { from?: string }, command: Command) =>
      run(command, () => initWorld(dir, options)),
    );
  program
    .command('status')
    .description('show what the world is, how it stands, and whether its authoring folder drifted')
    .action((_: unknown, command: Command) => run(command, (world) => showStatus(world())));
  program
    .command('verify')
    .description('replay the journal and judge every entry and signature')
    .argument('[bundle]', 'a file that aos export made, instead of a world')
    .option('--from-snapshot', 'trust the last snapshot and judge only the records after it')
    .option('--explain', 'show all fields of the first difference and what caused it')
    .option('--chain', 'run nothing: judge how records follow each other, and who has signed')
    .option('--head <file>', "hold it against a head from before: what 'aos --json head' said")
    .action((bundle: string | undefined, options: VerifyFlags, command: Command) => {
      const { fromSnapshot, explain = false, ...more } = options;
      const from = fromSnapshot === true ? 'snapshot' : 'genesis';
      return run(command, (world, tools) => {
        const progress = tools.progress('records judged');
        return bundle === undefined
          ? verify(world(), { from, explain, ...more }, progress)
          : verifyBundle(bundle, { from, explain, ...more }, progress);
      });
    });
  program
    .command('doctor')
    .description('say what is wrong with a world or this machine, and what to do about it')
    .action((_: unknown, command: Command) => run(command, (world) => examine(world)));
  program
    .command('snapshot')
    .description('write the world of this moment down, so that it opens from there')
    .option('--from-genesis', 'replay the whole journal first, past a snapshot that is not trusted')
    .action((options: SnapshotCommandOptions, command: Command) =>
      run(command, (world) => takeSnapshot(world(), options)),
    );
}

function addStateCommands(program: Command, run: RunCommand): void {
  program
    .command('event')
    .description('give events to a world')
    .command('send')
    .description('send one event; answers when its record is durable')
    .argument('<schema>', 'schema of the event, e.g. demo/CounterEvent@1')
    .argument('<value>', 'JSON, @file, or @- for standard input')
    .option('--key <json>', 'the cell that is meant, where its key is not in the event')
    .option('--source <inbox>', 'the inbox it comes through')
    .option('--dedup <id>', 'of events with one id only the first is taken in')
    .addOption(waitOption())
    .option('--timeout <time>', 'longest wait for rest, such as 30s', parseDurationMs)
    .action((schema: string, value: string, options: SendOptions, command: Command) =>
      run(command, (world) => sendEvent(world(), { schema, value, ...options })),
    );
  program
    .command('state')
    .description('read what reducers know')
    .command('get')
    .description('show the state of a reducer, or of one of its cells')
    .argument('<reducer>', 'name of the reducer, e.g. demo/CounterSM@1')
    .option('--key <json>', 'the cell of a keyed reducer')
    .addOption(momentOption())
    .action((reducer: string, options: StateOptions, command: Command) =>
      run(command, (world) => getState(world(), reducer, options)),
    );
  program
    .command('cells')
    .description('list the cells of a keyed reducer in the order of their keys')
    .argument('<reducer>', 'name of the reducer')
    .option('--prefix <text>', 'beginning of the keys, where they are text')
    .option('--from <json>', 'first key')
    .option('--before <json>', 'key to end before')
    .option('--after <json>', 'last key of the page before')
    .option('--limit <cells>', 'most cells to show', parseNatural, DEFAULT_CELLS)
    .addOption(momentOption())
    .action((reducer: string, options: CellsOptions, command: Command) =>
      run(command, (world) => showCells(world(), reducer, options)),
    );
}

const momentOption = () =>
  new Option('--at <when>', 'right after a record: <seq>; or head, exact:<seq>, at_least:<seq>');

const waitOption = () =>
  new Option('--wait <level>', 'how far it has to be to be answered for').choices(WAIT_LEVELS);

function addJournalCommands(program: Command, run: RunCommand): void {
  const journal = program.command('journal').description('read the records of a world');
  journal
    .command('head')
    .description('show the last sequence and the chain value')
    .action((_: unknown, command: Command) => run(command, (world) => showHead(world())));
  journal
    .command('tail')
    .description('show records, the last ones by default')
    .option('--from <seq>', 'first sequence to show', parseNatural)
    .option('-n, --count <records>', 'most records to show (default: 20)', parseNatural)
    .option('-f, --follow', 'go on with what the daemon makes durable, until interrupted')
    .option('--kind <kind...>', 'only inputs and entries of these kinds')
    .action((options: TailOptions, command: Command) =>
      run(command, (world, tools) => showTail(world(), options, tools)),
    );
}

const WHY: readonly (readonly [kind: WhyKind, what: string, description: string])[] = [
  ['state', '<reducer>', 'the last change of a state or of a cell'],
  ['intent', '<hash>', 'an intent, open or settled'],
  ['event', '<place>', 'the input of a record (7) or an entry of it (7/2)'],
  ['instance', '<place>', 'a plan instance by its plan-started entry (7/2)'],
];

function addWhyCommands(program: Command, run: RunCommand): void {
  program
    .command('intents')
    .description('list what the world has asked of the outside and has no answer to')
    .addOption(
      new Option('--state <state>', 'only those in this state').choices(['released', 'waiting']),
    )
    .option('--after <hash>', 'last intent of the page before')
    .option('--limit <intents>', 'most intents to show', parseNatural, DEFAULT_PAGE)
    .action((options: IntentsOptions, command: Command) =>
      run(command, (world) => showIntents(world(), options)),
    );
  program
    .command('plans')
    .description('list the plan instances that have not ended')
    .option('--plan <name>', 'only instances of this plan')
    .option('--limit <instances>', 'most instances to show', parseNatural, DEFAULT_PAGE)
    .addOption(momentOption())
    .action((options: PlansOptions, command: Command) =>
      run(command, (world) => showPlans(world(), options)),
    );
  program
    .command('plan')
    .description('set plans going')
    .command('start')
    .description('start a plan by hand; its world must list sys/PlanStart@1')
    .argument('<plan>', 'name of the plan, e.g. demo/fetch_plan@1')
    .argument('<input>', 'JSON, @file, or @- for standard input')
    .option('--dedup <id>', 'of starts with one id only the first is taken in')
    .addOption(waitOption())
    .action((plan: string, input: string, options: StartOptions, command: Command) =>
      run(command, (world) => startPlan(world(), plan, input, options)),
    );
  const why = program.command('why').description('explain what led to something, or came of it');
  for (const [kind, what, description] of WHY) {
    const command = why
      .command(kind)
      .description(`explain ${description}`)
      .argument(what)
      .option('--forward', 'show what came of it instead')
      .option('--limit <places>', 'most places to show', parseNatural, DEFAULT_WHY_PLACES)
      .action((target: string, options: WhyCommandOptions, self: Command) =>
        run(self, (world) => explainWhy(world(), { ...options, kind, what: target })),
      );
    if (kind !== 'state') continue;
    command
      .option('--key <json>', 'the cell of a keyed reducer')
      .option('--history <changes>', 'earlier changes to explain as well', parseNatural, 0);
  }
}
