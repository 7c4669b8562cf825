/** The commands that make, feed and read a world. */

import type { Command } from 'commander';
import { type CellsOptions, showCells } from '../commands/cells.js';
import { type SendOptions, sendEvent } from '../commands/event.js';
import { initWorld } from '../commands/init.js';
import { showIntents } from '../commands/intents.js';
import { showHead, showTail } from '../commands/journal.js';
import { type StartOptions, showPlans, startPlan } from '../commands/plans.js';
import { type SnapshotCommandOptions, takeSnapshot } from '../commands/snapshot.js';
import { getState, type StateOptions } from '../commands/state.js';
import { showStatus } from '../commands/status.js';
import { verify } from '../commands/verify.js';
import { explainWhy, type WhyCommandOptions, type WhyKind } from '../commands/why.js';
import { parseNatural } from './option-values.js';
import type { RunCommand } from './run-command.js';

const DEFAULT_TAIL_RECORDS = 20;
const DEFAULT_CELLS = 100;
const DEFAULT_WHY_PLACES = 200;

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
    .option('--from-snapshot', 'trust the last snapshot and judge only the records after it')
    .option('--explain', 'show all fields of the first difference and what caused it')
    .action((options: { fromSnapshot?: true; explain?: true }, command: Command) => {
      const { fromSnapshot, explain = false } = options;
      const from = fromSnapshot === true ? 'snapshot' : 'genesis';
      return run(command, (world) => verify(world(), { from, explain }));
    });
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
    .action((reducer: string, options: CellsOptions, command: Command) =>
      run(command, (world) => showCells(world(), reducer, options)),
    );
}

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
    .option('-n, --count <records>', 'most records to show', parseNatural, DEFAULT_TAIL_RECORDS)
    .action((options: { from?: number; count: number }, command: Command) =>
      run(command, (world) => showTail(world(), options)),
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
    .action((_: unknown, command: Command) => run(command, (world) => showIntents(world())));
  program
    .command('plans')
    .description('list the plan instances that have not ended')
    .action((_: unknown, command: Command) => run(command, (world) => showPlans(world())));
  program
    .command('plan')
    .description('set plans going')
    .command('start')
    .description('start a plan by hand; its world must list sys/PlanStart@1')
    .argument('<plan>', 'name of the plan, e.g. demo/fetch_plan@1')
    .argument('<input>', 'JSON, @file, or @- for standard input')
    .option('--dedup <id>', 'of starts with one id only the first is taken in')
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
