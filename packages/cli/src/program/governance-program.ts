/** The commands about changes of a world's definition. */
import { type Command, Option } from 'commander';
import { listProposals, showProposal } from '../commands/governance/proposals.js';
import {
  type ProposeOptions,
  propose,
  type RollbackOptions,
  rollBack,
} from '../commands/governance/propose.js';
import { type ShadowOptions, shadowProposal } from '../commands/governance/shadow.js';
import { type SaidOptions, type SaidVerb, sayToProposal } from '../commands/governance/voices.js';
import { parseDurationMs, parseNatural, parseSpanNs } from './option-values.js';
import type { RunCommand } from './run-command.js';

const signedBy = () =>
  new Option('--as <key>', 'name of the key in $AOS_HOME/keys that signs').default('operator');

export function addGovernanceCommands(program: Command, run: RunCommand): void {
  const governance = program
    .command('governance')
    .alias('gov')
    .description('change the definition of a world: propose, shadow, judge, apply');
  addProposeCommands(governance, run);
  addShadowCommand(governance, run);
  addSaidCommands(governance, run);
  addListCommands(governance, run);
}

function addProposeCommands(governance: Command, run: RunCommand): void {
  const message = ['-m, --message <text>', 'what the change is for'] as const;
  governance
    .command('propose')
    .description('propose a patch, or what leads to the definition of a folder')
    .argument('[patch]', 'file with a patch document')
    .option('--folder <dir>', 'folder with the AIR and modules that the world is to have')
    .option('--module <name=file...>', 'code that the patch brings')
    .option(...message)
    .addOption(signedBy())
    .action((file: string | undefined, options: ProposeOptions, command: Command) =>
      run(command, (world) => propose(world(), file, options)),
    );
  governance
    .command('rollback')
    .description('propose what leads back from an applied proposal')
    .argument('<proposal>', 'its number', parseNatural)
    .option('--migration <reducer=file...>', 'code that leads states of a reducer back')
    .option('--folder <dir>', 'folder with AIR whose migrations lead states back')
    .option('--module <name=file...>', 'code of modules of that folder')
    .option(...message)
    .addOption(signedBy())
    .action((proposal: number, options: RollbackOptions, command: Command) =>
      run(command, (world) => rollBack(world(), proposal, options)),
    );
}

function addShadowCommand(governance: Command, run: RunCommand): void {
  governance
    .command('shadow')
    .description('find out what a proposal would do, and sign the report')
    .argument('<proposal>', 'its number', parseNatural)
    .option('--records <count>', 'most records of the past to run again', parseNatural)
    .option('--event <schema=json...>', 'event to try on the world as it is')
    .option('--advance <time>', 'let its time go on so far: timers and deadlines', parseSpanNs)
    .option('--receipts <file>', 'list of {effect, origin?, status, receipt} that answer effects')
    .option('--time-limit <time>', 'longest time it may take (default: 60s)', parseDurationMs)
    .option('--memory-limit <mib>', 'most memory it may take (default: 1024)', parseNatural)
    .option('--no-sign', 'show the report only; the world is opened for reading')
    .addOption(signedBy())
    .action((proposal: number, options: ShadowOptions, command: Command) =>
      run(command, (world) => shadowProposal(world(), proposal, options)),
    );
}

/** What is told is shown to somebody who also types. */
const isAttended = (): boolean => process.stdin.isTTY === true && process.stdout.isTTY === true;

const SAID: readonly (readonly [verb: SaidVerb, description: string])[] = [
  ['approve', 'say yes to a proposal and its shadow'],
  ['reject', 'say no to a proposal'],
  ['withdraw', 'take a proposal back'],
  ['apply', 'let an approved proposal come into force'],
];

function addSaidCommands(governance: Command, run: RunCommand): void {
  for (const [verb, description] of SAID) {
    const said = governance
      .command(verb)
      .description(description)
      .argument('<proposal>', 'its number', parseNatural)
      .addOption(signedBy());
    if (verb === 'approve') {
      said
        .option('--shadow <hash>', 'the report that is meant, or last (default at a terminal)')
        .option('--expires <time>', 'how long it counts, on logical time', parseSpanNs);
    }
    said.action((proposal: number, options: SaidOptions, command: Command) =>
      run(command, (world, session) => {
        const tell: typeof session.tell = (item) => session.tell(item);
        const people = { tell, isAttended: isAttended() };
        return sayToProposal(world(), proposal, { ...options, verb }, people);
      }),
    );
  }
}

function addListCommands(governance: Command, run: RunCommand): void {
  governance
    .command('list')
    .description('show proposals, the latest first')
    .option('--state <state>', 'proposed, shadowed, approved, rejected, withdrawn or applied')
    .option('--before <proposal>', 'only those with a smaller number', parseNatural)
    .option('--limit <count>', 'most of them', parseNatural, 100)
    .action((options: Parameters<typeof listProposals>[1], command: Command) =>
      run(command, (world) => listProposals(world(), options)),
    );
  governance
    .command('show')
    .description('show a proposal, its patch and its report')
    .argument('<proposal>', 'its number', parseNatural)
    .action((proposal: number, _: unknown, command: Command) =>
      run(command, (world) => showProposal(world(), proposal)),
    );
}
