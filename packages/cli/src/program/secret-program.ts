/** The commands of the vault. Values come in through standard input, never as arguments. */
import type { Command } from 'commander';
import {
  digestSecret,
  type ListOptions,
  listSecrets,
  putSecret,
  type RotateOptions,
  rotateSecret,
  type SealOptions,
  sealSecret,
  showVaultKey,
} from '../commands/authority/secret.js';
import { parseNatural } from './option-values.js';
import type { RunCommand } from './run-command.js';

export function addSecretCommands(program: Command, run: RunCommand): void {
  const secret = program
    .command('secret')
    .description("keep the values of a world's secrets in the vault of $AOS_HOME");
  secret
    .command('put')
    .description('put the value on standard input, or one that is typed, as the next version')
    .argument('<name>', 'name in the vault of this world, as in the binding vault:<name>')
    .action((name: string, _: unknown, command: Command) =>
      run(command, (world, { log: ask }) => putSecret(world(), name, { ask })),
    );
  secret
    .command('list')
    .description('show names, versions and digests; values are never shown')
    .option('--all', 'of every world')
    .action((options: ListOptions, command: Command) =>
      run(command, (world) => listSecrets(options.all === true ? '' : world(), options)),
    );
  secret
    .command('rotate')
    .description('erase the versions below one')
    .argument('<name>', 'name in the vault of this world')
    .requiredOption('--to <version>', 'the oldest version that stays good', parseNatural)
    .action((name: string, options: RotateOptions, command: Command) =>
      run(command, (world) => rotateSecret(world(), name, options)),
    );
  secret
    .command('seal')
    .description('seal the value on standard input for the effect vault.put; stores a blob')
    .argument('<name>', 'name in the vault of this world')
    .requiredOption('--alias <alias>', 'what the world calls the secret, without its version')
    .action((name: string, options: SealOptions, command: Command) =>
      run(command, (world, { log: ask }) => sealSecret(world(), name, options, { ask })),
    );
  secret
    .command('key')
    .description('show the public key that values are sealed to')
    .action((_: unknown, command: Command) => run(command, () => showVaultKey()));
  secret
    .command('digest')
    .description('show the keyed digest of the value on standard input, for expected_digest')
    .action((_: unknown, command: Command) =>
      run(command, (_world, { log: ask }) => digestSecret({ ask })),
    );
}
