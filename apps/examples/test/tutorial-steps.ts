/**
 * The tutorial as steps: files that it has its readers write, and commands that it has them give.
 *
 * A block behind a line that ends with a path in code and a colon is that file. A block of
 * `console` holds commands behind `$ ` and what they show; `…` stands for what differs from run to
 * run, on a line of its own for any number of lines.
 */

interface FileStep {
  readonly kind: 'file';
  readonly path: string;
  readonly text: string;
}

interface CommandStep {
  readonly kind: 'command';
  readonly command: string;
  /** What it shows. */
  readonly shows: string;
}

export type Step = FileStep | CommandStep;

interface Block {
  readonly language: string;
  readonly lines: readonly string[];
  /** What stands before it. */
  readonly before: string;
  /** Of its first line, from 1. */
  readonly line: number;
}

/** The steps of a chapter, in its order. Blocks of `sh` are for readers alone. */
export function stepsOf(markdown: string): readonly Step[] {
  return blocksOf(markdown).flatMap((block): readonly Step[] => {
    if (block.language === 'console') return commandsOf(block);
    if (block.language === 'sh') return [];
    const [, path] = /`([^`]+)`:$/.exec(block.before) ?? [];
    if (path === undefined) throw new Error(`line ${block.line}: a block that is no file`);
    return [{ kind: 'file', path, text: `${block.lines.join('\n')}\n` }];
  });
}

function blocksOf(markdown: string): readonly Block[] {
  const blocks: Block[] = [];
  let open: { language: string; lines: string[]; before: string; line: number } | undefined;
  let before = '';
  for (const [i, line] of markdown.split('\n').entries()) {
    if (open === undefined) {
      const [, language] = /^```(\w+)$/.exec(line) ?? [];
      if (language !== undefined) open = { language, lines: [], before, line: i + 2 };
      else if (line.trim() !== '') before = line.trim();
    } else if (line === '```') {
      blocks.push(open);
      open = undefined;
    } else open.lines.push(line);
  }
  return blocks;
}

function commandsOf({ lines, line }: Block): readonly CommandStep[] {
  const commands: { kind: 'command'; command: string; shows: string }[] = [];
  for (const text of lines) {
    const last = commands.at(-1);
    if (text.startsWith('$ '))
      commands.push({ kind: 'command', command: text.slice(2), shows: '' });
    else if (last === undefined) throw new Error(`line ${line}: output before a command`);
    else last.shows += `${text}\n`;
  }
  return commands;
}

/** Whether a command showed what the tutorial says. */
export function isShown(expected: string, found: string): boolean {
  const pattern = expected
    .split('\n')
    .map((line) => (line === '…' ? '(?:.*\n)*?' : `${line.split('…').map(quoted).join('.*?')}\n`))
    .join('')
    .replace(/\n$/, '');
  return new RegExp(`^${pattern}$`).test(found);
}

const quoted = (text: string) => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
