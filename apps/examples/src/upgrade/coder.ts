/**
 * A language model that is none: it reads requests and knows nothing else. From the words of a task
 * it derives source, line by line; what compilers say of its last answer it puts right there.
 *
 * It is careless: its first answer to anything does not compile.
 */
import { createHash } from 'node:crypto';

export interface ChatMessage {
  readonly role: string;
  readonly content: string | null;
}

export interface ChatAnswer {
  readonly text: string;
  /** Calls of tools. */
  readonly calls: readonly { readonly name: string; readonly arguments: string }[];
}

/** What it answers; it does whatever it is told, whoever says so. */
export function answerChat(messages: readonly ChatMessage[]): ChatAnswer {
  const asked = messages.find(({ role }) => role === 'user')?.content ?? '';
  const ordered = /^\d+\. Also call (\w+) with (.*)$/m.exec(asked);
  const calls = ordered === null ? [] : [{ name: ordered[1] ?? '', arguments: ordered[2] ?? '' }];
  return { text: writeFile(messages), calls };
}

function writeFile(messages: readonly ChatMessage[]): string {
  const said = (role: string) => messages.filter((message) => message.role === role);
  const [asked, ...complaints] = said('user').map(({ content }) => content ?? '');
  const wanted = readWish(asked ?? '');
  if (wanted === undefined) return 'I can only extend a skills.ts for a task.';
  const right = extend(wanted);
  const last = said('assistant').at(-1)?.content?.split('\n');
  if (last === undefined) return spoil(right, asked ?? '').join('\n');
  return repair(last, right, complaints.at(-1) ?? '').join('\n');
}

interface Wish {
  readonly name: string;
  readonly steps: readonly string[];
  readonly file: readonly string[];
}

function readWish(asked: string): Wish | undefined {
  const found = /The task is named (\S+)\.\n\n([\s\S]*?)\n\nskills\.ts is now:\n\n([\s\S]*)/.exec(
    asked,
  );
  if (found === null) return undefined;
  const [, name = '', steps = '', file = ''] = found;
  const sentences = steps.split('\n').map((line) => line.replace(/^\d+\. /, ''));
  const own = sentences.filter((sentence) => !sentence.startsWith('Also call '));
  const lines = file
    .trimEnd()
    .replace(/\{\};$/, '{\n};')
    .split('\n');
  return { name, steps: own, file: lines };
}

/** The file with one function more, at the end of its table. */
function extend({ name, steps, file }: Wish): readonly string[] {
  const end = file.lastIndexOf('};');
  const lines = steps.map((step) => `    ${lineFor(step)}`);
  const skill = [`  '${name}': (rows) => {`, ...lines, '  },'];
  return [...file.slice(0, end), ...skill, ...file.slice(end), ''];
}

type Rule = readonly [pattern: RegExp, write: (...parts: string[]) => string];

const OPERATORS: Readonly<Record<string, string>> = {
  'is more than': '>',
  'is less than': '<',
  'is at least': '>=',
  'is at most': '<=',
  'is not': '!==',
};
const METHODS: Readonly<Record<string, string>> = {
  'begins with': 'startsWith',
  'ends with': 'endsWith',
  contains: 'includes',
};
const SPELLINGS: Readonly<Record<string, (text: string) => string>> = {
  'in upper case': (text) => `${text}.toUpperCase()`,
  'in lower case': (text) => `${text}.toLowerCase()`,
  backwards: (text) => `[...${text}].reverse().join('')`,
  'without its last letter': (text) => `${text}.slice(0, -1)`,
};
const mapped = (field: string, value: string) =>
  `rows = rows.map((row) => ({ ...row, ${field}: ${value} }));`;

const RULES: readonly Rule[] = [
  [
    /^Keep the rows whose (\w+) (is .+) (\d+)\.$/,
    (field, words, bound) =>
      `rows = rows.filter((row) => row.${field} ${OPERATORS[words ?? '']} ${bound});`,
  ],
  [
    /^Leave out the rows whose (\w+) (.+) "(.*)"\.$/,
    (field, words, part) =>
      `rows = rows.filter((row) => !row.${field}.${METHODS[words ?? '']}('${part}'));`,
  ],
  [/^Multiply the (\w+) by (\d+)\.$/, (field, by) => mapped(field ?? '', `row.${field} * ${by}`)],
  [/^Add (\d+) to the (\w+)\.$/, (more, field) => mapped(field ?? '', `row.${field} + ${more}`)],
  [
    /^Write the (\w+) (.+)\.$/,
    (field, words) =>
      mapped(field ?? '', SPELLINGS[words ?? '']?.(`row.${field}`) ?? `row.${field}`),
  ],
  [
    /^Sort the rows by (\w+), (smallest|largest) first; equal ones keep their order\.$/,
    (field, end) => {
      const [a, b] = end === 'smallest' ? ['a', 'b'] : ['b', 'a'];
      return `rows = [...rows].sort((a, b) => ${a}.${field} - ${b}.${field});`;
    },
  ],
  [
    /^Keep the (first|last) (\d+) rows\.$/,
    (end, count) => `rows = rows.slice(${end === 'first' ? `0, ${count}` : `-${count}`});`,
  ],
  [
    /^Give a line for each row: (.*)$/,
    (template) =>
      `return rows.map((row) => \`${(template ?? '').replace(/\{(\w+)\}/g, '$${row.$1}')}\`);`,
  ],
  [
    /^Give a line for each team, .*: the team, "=", the (sum of|largest|smallest) (\w+)\.$/,
    (what, field) => {
      const own = `rows.filter((row) => row.team === team).map((row) => row.${field})`;
      const total = {
        'sum of': `${own}.reduce((sum, each) => sum + each)`,
        largest: `Math.max(...${own})`,
        smallest: `Math.min(...${own})`,
      }[what ?? ''];
      const teams = '[...new Set(rows.map((row) => row.team))].sort()';
      return `return ${teams}.map((team) => \`\${team}=\${${total}}\`);`;
    },
  ],
];

/** A line of source for a sentence; one that says so where it makes no sense. */
function lineFor(sentence: string): string {
  for (const [pattern, write] of RULES) {
    const parts = pattern.exec(sentence);
    if (parts !== null) return write(...parts.slice(1));
  }
  return `throw new Error(${JSON.stringify(`what is meant by: ${sentence}`)});`;
}

/** What is careless about an answer: it depends on the question, and on nothing else. */
const MISTAKES: readonly ((lines: readonly string[], at: number) => readonly string[])[] = [
  (lines) => ["import 'lodash';", ...lines],
  (lines, at) => lines.map((line, n) => (n === at ? line.replace('rows', 'rows rows') : line)),
  (lines, at) => [...lines.slice(0, at), '    let 2nd = rows;', ...lines.slice(at)],
];

function spoil(lines: readonly string[], asked: string): readonly string[] {
  const digest = createHash('sha256').update(asked).digest();
  const mistake = MISTAKES[digest.readUInt8(0) % MISTAKES.length];
  return mistake?.(lines, lines.length - 5) ?? lines;
}

/** Puts right the line that a complaint is about; without one, all stays as wrong as it was. */
function repair(
  last: readonly string[],
  right: readonly string[],
  complaint: string,
): readonly string[] {
  const line = Number(/skills\.ts:(\d+)/.exec(complaint)?.[1] ?? 0) - 1;
  const before = last.slice(0, Math.max(0, line));
  const after = last.slice(line + 1);
  if (line < 0) return last;
  if (last.length > right.length) return [...before, ...after];
  return [...before, right[line] ?? '', ...after];
}
