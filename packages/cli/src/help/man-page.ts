/** The manual page of `aos`, from its commands. */

import { type CommandNode, leavesOf, type OptionNode } from './command-tree.js';
import { EXIT_CODES } from './exit-codes.js';

/** In the macros of man(7). */
export function manPage(root: CommandNode): string {
  const parts = [
    '.\\" Made by `aos man`; do not edit.',
    '.TH AOS 1 "" "AgentOS" "User Commands"',
    '.SH NAME',
    `aos \\- ${plain(root.description)}`,
    '.SH SYNOPSIS',
    '.B aos',
    '[\\fIoption\\fR ...] \\fIcommand\\fR [\\fIargument\\fR ...]',
    '.SH DESCRIPTION',
    ...DESCRIPTION.flatMap((text) => ['.PP', plain(text)]),
    '.SH OPTIONS',
    ...root.options.flatMap(optionLines),
    '.SH COMMANDS',
    ...leavesOf(root).flatMap(commandLines),
    '.SH EXIT STATUS',
    ...EXIT_CODES.flatMap(({ code, meaning }) => ['.TP', `.B ${code}`, plain(meaning)]),
    '.SH ENVIRONMENT',
    ...ENVIRONMENT.flatMap(([name, meaning]) => ['.TP', `.B ${name}`, plain(meaning)]),
    '.SH FILES',
    ...FILES.flatMap(([name, meaning]) => ['.TP', `.I ${plain(name)}`, plain(meaning)]),
  ];
  return `${parts.join('\n')}\n`;
}

const DESCRIPTION = [
  'A world is a directory. It is the one named with --world, else $AOS_WORLD, else the nearest ' +
    'directory above that is a world.',
  'Commands talk to the daemon that has the world, or open it themselves; what they print is the ' +
    'same.',
  'With --json a command puts exactly one JSON value on standard output: {"ok":true,"data":...}, ' +
    'or {"ok":false,"error":{code,at,message}}. Commands that go on until they are ended print ' +
    'such a value on a line for each thing they tell.',
];

const ENVIRONMENT = [
  ['AOS_WORLD', 'the world, where --world is not given'],
  ['AOS_HOME', 'where private keys and what is known of daemons lie; ~/.aos when unset'],
  ['NO_COLOR', 'no colours on terminals, whatever its value'],
] as const;

const FILES = [
  ['<world>/.aos/', 'journal, objects and snapshots of a world, and where its daemon listens'],
  ['$AOS_HOME/keys/<name>.pem', 'private keys, readable by their owner alone'],
] as const;

function commandLines(node: CommandNode): readonly string[] {
  const usage = node.arguments.map((argument) => {
    const name = `\\fI${plain(argument.name)}\\fR${argument.isVariadic ? ' ...' : ''}`;
    return argument.isRequired ? name : `[${name}]`;
  });
  return [
    `.SS aos ${[plain(node.path.join(' ')), ...usage].join(' ')}`,
    plain(node.description),
    ...node.arguments.flatMap(({ name, description }) =>
      description === '' ? [] : ['.TP', `.I ${plain(name)}`, plain(description)],
    ),
    ...node.options.flatMap(optionLines),
  ];
}

function optionLines({ flags, description, usual, choices }: OptionNode): readonly string[] {
  const words = choices.length === 0 ? '' : ` (${choices.join(', ')})`;
  const known = usual === undefined ? '' : `; ${usual} unless told otherwise`;
  return ['.TP', `.B ${plain(flags)}`, plain(`${description}${words}${known}`)];
}

/** Text that means nothing to roff. */
function plain(text: string): string {
  const escaped = text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replaceAll('…', '...');
  return /^[.']/.test(escaped) ? `\\&${escaped}` : escaped;
}
