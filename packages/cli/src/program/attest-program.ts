/** The commands that say for others what a world holds, and that check what was said. */
import type { Command } from 'commander';
import {
  type AttestOptions,
  attestApproval,
  attestConsistency,
  attestHead,
  attestInclusion,
  attestReceipt,
} from '../commands/attest/attest.js';
import { type CheckAttestationOptions, checkAttestationFile } from '../commands/attest/check.js';
import { parseNatural } from './option-values.js';
import type { RunCommand } from './run-command.js';

/** It says all that was in the record. */
const withRecord = (command: Command): Command =>
  command.option('--record', 'show the bytes of the record, and so all that is in it');

export function addAttestCommands(program: Command, run: RunCommand): void {
  const attest = program
    .command('attest')
    .description('say what a world holds in signed JSON, for others to verify offline');
  const add = (words: string, description: string): Command =>
    attest
      .command(words)
      .description(description)
      .option('--as <key>', 'name of the key in $AOS_HOME/keys that signs', 'host')
      .option('-o, --out <file>', 'new file to write to')
      .option(
        '--detached <name>',
        'write what is signed, signature and key: name.json, .sig, .pem',
      );
  add('head', 'what the world has come to').action((options: AttestOptions, command: Command) =>
    run(command, (world) => attestHead(world(), options)),
  );
  withRecord(add('inclusion', 'that a record is in the world'))
    .argument('<seq>', 'the record', parseNatural)
    .action((seq: number, options: AttestOptions, command: Command) =>
      run(command, (world) => attestInclusion(world(), seq, options)),
    );
  add('consistency', 'that the world of before is the beginning of this one')
    .argument('<records>', 'how many it had', parseNatural)
    .action((records: number, options: AttestOptions, command: Command) =>
      run(command, (world) => attestConsistency(world(), records, options)),
    );
  withRecord(add('receipt', 'how an effect was answered, as it was signed'))
    .argument('<intent>', 'its hash, the beginning of it, or @<record> of the receipt')
    .option('--no-answer', 'leave out what was answered; its hash stays')
    .action((intent: string, options: AttestOptions, command: Command) =>
      run(command, (world) => attestReceipt(world(), intent, options)),
    );
  withRecord(add('approval', 'what somebody said about a proposal or an intent, as it was signed'))
    .argument('<seq>', 'the record in which it was said', parseNatural)
    .action((seq: number, options: AttestOptions, command: Command) =>
      run(command, (world) => attestApproval(world(), seq, options)),
    );
  attest
    .command('check')
    .description('verify such a document; no world is needed')
    .argument('<file>', 'the document, - for standard input')
    .option('--key <id...>', 'ids of keys that you know; one of them has to have signed')
    .option('--of <world>', 'id of the world that is meant')
    .action((file: string, options: CheckAttestationOptions, command: Command) =>
      run(command, () => checkAttestationFile(file, options)),
    );
}
