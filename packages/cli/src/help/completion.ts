/**
 * Completion of the shells: scripts that know the commands, their options and the words that some
 * options take. They ask nobody while a line is typed.
 */
import { allOf, type CommandNode, type OptionNode } from './command-tree.js';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

export function completionFor(shell: Shell, root: CommandNode): string {
  switch (shell) {
    case 'bash':
      return bash(root);
    case 'zsh':
      return zsh(root);
    case 'fish':
      return fish(root);
  }
}

/** Every option that may stand behind a command: its own and those of the program. */
function optionsOf(node: CommandNode, root: CommandNode): readonly OptionNode[] {
  return node === root ? root.options : [...node.options, ...root.options];
}

const namesOf = (options: readonly OptionNode[]): readonly string[] =>
  options.flatMap(({ names }) => names);

const wordsOf = (node: CommandNode): readonly string[] => node.commands.map((each) => last(each));

const last = ({ path }: CommandNode): string => path.at(-1) ?? 'aos';

/** A word as shells quote it. */
const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/**
 * bash: the words before the cursor that are commands make a path; what may follow it is in one
 * table, what options take in another.
 */
function bash(root: CommandNode): string {
  const nodes = allOf(root);
  const rows = nodes.map((node) => {
    const words = [...wordsOf(node), ...namesOf(optionsOf(node, root)), '--help'];
    return `    ${quote(node.path.join(' '))}) words=${quote(words.join(' '))} ;;`;
  });
  const groups = nodes.filter(({ commands }) => commands.length > 0);
  const known = groups.flatMap((node) =>
    wordsOf(node).map((word) => quote([...node.path, word].join(' '))),
  );
  const values = distinctOptions(nodes).map((option) => {
    const what = option.choices.length > 0 ? `words=${quote(option.choices.join(' '))}` : 'files=1';
    return `    ${option.names.map(quote).join('|')}) ${what} ;;`;
  });
  return `# completion of aos for bash: source <(aos completion bash)
_aos() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]}
  local path='' next words='' files='' word i
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    next="\${path:+$path }$word"
    case "$next" in
      ${known.join('|')}) path=$next ;;
    esac
  done
  case "$prev" in
${values.join('\n')}
  esac
  if [[ -z $words && -z $files ]]; then
    case "$path" in
${rows.join('\n')}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
  [[ \${#COMPREPLY[@]} -eq 0 && $cur != -* ]] && files=1
  [[ -n $files ]] && COMPREPLY+=($(compgen -f -- "$cur"))
}
complete -o filenames -F _aos aos
`;
}

/** Options that take a value, each name once: those of one name mean the same everywhere. */
function distinctOptions(nodes: readonly CommandNode[]): readonly OptionNode[] {
  const found = new Map<string, OptionNode>();
  for (const { options } of nodes) {
    for (const option of options) {
      if (option.takesValue) found.set(option.names.join(), option);
    }
  }
  return [...found.values()];
}

/** zsh: a function for each group, and one list of options for each command. */
function zsh(root: CommandNode): string {
  const functions = allOf(root).map((node) => zshFunction(node, root));
  return `#compdef aos
# completion of aos for zsh: aos completion zsh > "\${fpath[1]}/_aos"
${functions.join('\n')}
if [ "$funcstack[1]" = _aos ]; then _aos "$@"; else compdef _aos aos; fi
`;
}

const zshName = ({ path }: CommandNode): string => ['_aos', ...path].join('_').replaceAll('-', '_');

function zshFunction(node: CommandNode, root: CommandNode): string {
  const options = optionsOf(node, root).map(zshOption);
  if (node.commands.length === 0) {
    return `${zshName(node)}() {
  _arguments -s ${[...options, "'*:: :_files'"].join(' \\\n    ')}
}`;
  }
  const described = node.commands.map((each) => {
    return `    ${quote(`${last(each)}:${each.description.replaceAll(':', '\\:')}`)}`;
  });
  const cases = node.commands.map((each) => `    ${last(each)}) ${zshName(each)} ;;`);
  return `${zshName(node)}() {
  local line state
  local -a commands=(
${described.join('\n')}
  )
  _arguments -C ${[...options, "'1: :->command'", "'*:: :->rest'"].join(' \\\n    ')}
  [[ $state = command ]] && _describe command commands
  [[ $state = rest ]] && case $line[1] in
${cases.join('\n')}
  esac
}`;
}

function zshOption({ names, takesValue, choices, description, isVariadic }: OptionNode): string {
  const said = description.replaceAll(/[[\]:]/g, '\\$&');
  const value = choices.length > 0 ? `:value:(${choices.join(' ')})` : ':value:_files';
  const takes = takesValue ? value : '';
  const exclusive = isVariadic ? '*' : names.length > 1 ? `(${names.join(' ')})` : '';
  const each = names.map((name) => quote(`${exclusive}${name}[${said}]${takes}`));
  return each.join(' ');
}

/** fish: one line for each thing that may be typed, with the words that have to stand before it. */
function fish(root: CommandNode): string {
  const lines = allOf(root).flatMap((node) => [
    ...node.commands.map((each) => {
      const has = fishCondition(node, root);
      return `complete -c aos -f -n ${quote(has)} -a ${last(each)} -d ${quote(each.description)}`;
    }),
    ...node.options.map((option) => fishOption(option, node, root)),
  ]);
  return `# completion of aos for fish: aos completion fish > ~/.config/fish/completions/aos.fish
${lines.join('\n')}
`;
}

/** All words of the path were seen, and none of those that may follow it. */
function fishCondition(node: CommandNode, root: CommandNode): string {
  if (node === root) return '__fish_use_subcommand';
  const seen = node.path.map((word) => `__fish_seen_subcommand_from ${word}`);
  const next =
    node.commands.length === 0
      ? []
      : [`not __fish_seen_subcommand_from ${wordsOf(node).join(' ')}`];
  return [...seen, ...next].join('; and ');
}

function fishOption(option: OptionNode, node: CommandNode, root: CommandNode): string {
  const { names, takesValue, choices, description } = option;
  const spelled = names.map((name) =>
    name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`,
  );
  const takes = takesValue
    ? choices.length > 0
      ? [`-x -a ${quote(choices.join(' '))}`]
      : ['-r']
    : [];
  const seen = node.path.map((word) => `__fish_seen_subcommand_from ${word}`);
  const when = node === root ? [] : [`-n ${quote(seen.join('; and '))}`];
  return ['complete -c aos', ...when, ...spelled, ...takes, `-d ${quote(description)}`].join(' ');
}
