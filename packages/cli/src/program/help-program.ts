/** The commands about the command line itself. */
import { Argument, type Command } from 'commander';
import { describeCommands } from '../help/command-tree.js';
import { completionFor, SHELLS, type Shell } from '../help/completion.js';
import { EXIT_CODES } from '../help/exit-codes.js';
import { manPage } from '../help/man-page.js';
import type { Answer } from '../output.js';
import type { RunCommand } from './run-command.js';

export function addHelpCommands(program: Command, run: RunCommand): void {
  program
    .command('completion')
    .description('print the completion of a shell')
    .addArgument(new Argument('<shell>', 'which one').choices(SHELLS))
    .action((shell: Shell, _: unknown, command: Command) =>
      run(command, async () => textAnswer(completionFor(shell, describeCommands(program)))),
    );
  program
    .command('man')
    .description('print the manual page: aos man | man -l -')
    .action((_: unknown, command: Command) =>
      run(command, async () => textAnswer(manPage(describeCommands(program)))),
    );
  program.addHelpText('after', `\nExit codes:\n${exitCodeLines().join('\n')}`);
}

function exitCodeLines(): readonly string[] {
  return EXIT_CODES.map(({ code, meaning }) => `  ${String(code).padEnd(4)}  ${meaning}`);
}

const textAnswer = (text: string): Answer => ({
  data: { text },
  lines: text.trimEnd().split('\n'),
});
