/** The commands as data, from which the man page and the completions are made. */
import type { Argument, Command, Option } from 'commander';

export interface OptionNode {
  /** As `-n, --count <records>`. */
  readonly flags: string;
  /** `-n` and `--count`, as far as they are there. */
  readonly names: readonly string[];
  readonly takesValue: boolean;
  /** May be given more than once, or takes several values. */
  readonly isVariadic: boolean;
  readonly choices: readonly string[];
  readonly description: string;
  /** What counts without it, as text. */
  readonly usual: string | undefined;
}

interface ArgumentNode {
  readonly name: string;
  readonly isRequired: boolean;
  readonly isVariadic: boolean;
  readonly description: string;
}

export interface CommandNode {
  /** Words that lead here, without `aos`. */
  readonly path: readonly string[];
  readonly description: string;
  readonly arguments: readonly ArgumentNode[];
  readonly options: readonly OptionNode[];
  readonly commands: readonly CommandNode[];
}

/** The tree of a program; `help` is left out, as `--help` says the same. */
export function describeCommands(command: Command, path: readonly string[] = []): CommandNode {
  const shown = command.commands.filter((each) => each.name() !== 'help' && !isHidden(each));
  return {
    path,
    description: command.description(),
    arguments: command.registeredArguments.map(describeArgument),
    options: command.options.filter(({ hidden }) => !hidden).map(describeOption),
    commands: shown.map((each) => describeCommands(each, [...path, each.name()])),
  };
}

/** The commands that do something, in their order, and not the groups they stand in. */
export function leavesOf(node: CommandNode): readonly CommandNode[] {
  return node.commands.length === 0 ? [node] : node.commands.flatMap(leavesOf);
}

/** A node and all below it. */
export function allOf(node: CommandNode): readonly CommandNode[] {
  return [node, ...node.commands.flatMap(allOf)];
}

/** Commander keeps this to itself, and its own help asks in the same way. */
const isHidden = (command: Command): boolean =>
  (command as Command & { readonly _hidden?: boolean })._hidden === true;

function describeOption(option: Option): OptionNode {
  const { flags, short, long, required, optional, variadic, argChoices, description } = option;
  const usual: unknown = option.defaultValueDescription ?? option.defaultValue;
  return {
    flags,
    names: [short, long].filter((name) => name !== undefined),
    takesValue: required || optional,
    isVariadic: variadic,
    choices: argChoices ?? [],
    description,
    usual: usual === undefined ? undefined : String(usual),
  };
}

function describeArgument(argument: Argument): ArgumentNode {
  const { required, variadic, description } = argument;
  return {
    name: argument.name(),
    isRequired: required,
    isVariadic: variadic,
    description,
  };
}
