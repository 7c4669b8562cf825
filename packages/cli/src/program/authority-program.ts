/** The commands that are signed: with the operator's key, or with another of `$AOS_HOME/keys`. */

import { type Command, Option } from 'commander';
import { type ApprovalOptions, ruleOnIntent } from '../commands/authority/approval.js';
import { clearHalt, controlWorld, type ModeVerb } from '../commands/authority/control.js';
import { type AddOptions, addKey, listKeys, revokeKey } from '../commands/authority/keyring.js';
import { type ReceiptOptions, sendReceipt } from '../commands/authority/receipt.js';
import { parseNatural, parseSpanNs } from './option-values.js';
import type { RunCommand } from './run-command.js';

const OPERATOR = 'operator';
const HOST = 'host';

/** The option `--as`, with the key that is meant without it. */
const signedBy = (name: string) =>
  new Option('--as <key>', 'name of the key in $AOS_HOME/keys that signs').default(name);

export function addAuthorityCommands(program: Command, run: RunCommand): void {
  addControlCommands(program, run);
  addKeyringCommands(program, run);
  addIntentCommands(program, run);
}

interface SignOptions {
  readonly as: string;
}

const MODE_VERBS: readonly (readonly [verb: ModeVerb, description: string])[] = [
  ['pause', 'let nothing run; receipts are journaled and wait'],
  ['resume', 'let a paused, draining or halted world run again'],
  ['drain', 'take no more events, and finish what has begun'],
];

function addControlCommands(program: Command, run: RunCommand): void {
  const control = program.command('control').description('say what of a world runs');
  for (const [verb, description] of MODE_VERBS) {
    control
      .command(verb)
      .description(description)
      .addOption(signedBy(OPERATOR))
      .action((options: SignOptions, command: Command) =>
        run(command, (world) => controlWorld(world(), verb, options)),
      );
  }
  control
    .command('halt')
    .description('stop a world, with a reason that stands in its journal')
    .option('--reason <code>', 'why, as a code of lower-case words', 'by-operator')
    .addOption(signedBy(OPERATOR))
    .action((options: SignOptions & { reason: string }, command: Command) =>
      run(command, (world) => controlWorld(world(), 'halt', options)),
    );
  control
    .command('clear-halt')
    .description('let a world go on that a defect has halted')
    .addOption(signedBy(OPERATOR))
    .action((options: SignOptions, command: Command) =>
      run(command, (world) => clearHalt(world(), options)),
    );
}

function addKeyringCommands(program: Command, run: RunCommand): void {
  const keyring = program.command('keyring').description('say who may sign for a world');
  keyring
    .command('list')
    .description('show all keys, with the records that added and revoked them')
    .action((_: unknown, command: Command) => run(command, (world) => listKeys(world())));
  keyring
    .command('add')
    .description('add a key; without --public it is made in $AOS_HOME/keys if need be')
    .argument('<name>', 'name of the key')
    .requiredOption('--role <role...>', 'operator, host, adapter or approver; several may be given')
    .option('--public <hex>', 'public key of somebody else, 32 bytes in hex')
    .addOption(signedBy(OPERATOR))
    .action((name: string, options: AddOptions, command: Command) =>
      run(command, (world) => addKey(world(), name, options)),
    );
  keyring
    .command('revoke')
    .description('revoke a key for good')
    .argument('<key>', 'id of the key, or its name')
    .addOption(signedBy(OPERATOR))
    .action((key: string, options: SignOptions, command: Command) =>
      run(command, (world) => revokeKey(world(), key, options)),
    );
}

function addIntentCommands(program: Command, run: RunCommand): void {
  program
    .command('receipt')
    .description('answer for effects')
    .command('send')
    .description('say how an effect ended')
    .argument('<intent>', 'hash of the intent, or the first digits of it')
    .addOption(
      new Option('--status <status>', 'how it ended')
        .choices(['ok', 'error', 'timeout', 'cancelled'])
        .makeOptionMandatory(),
    )
    .requiredOption('--payload <json>', "the effect's receipt when ok, else {code, message}")
    .option('--adapter <id>', 'who ran it', 'aos-cli')
    .option('--cost <cents>', 'what it cost', parseNatural)
    .addOption(signedBy(HOST))
    .action((intent: string, options: ReceiptOptions, command: Command) =>
      run(command, (world) => sendReceipt(world(), intent, options)),
    );
  for (const decision of ['approve', 'reject'] as const) {
    program
      .command(decision)
      .description(`${decision} an intent that waits for people`)
      .argument('<intent>', 'hash of the intent, or the first digits of it')
      .option('--expires <time>', 'how long it counts, on logical time', parseSpanNs)
      .addOption(signedBy(OPERATOR))
      .action((intent: string, options: ApprovalOptions, command: Command) =>
        run(command, (world) => ruleOnIntent(world(), { intent, decision }, options)),
      );
  }
}
