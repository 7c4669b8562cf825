/**
 * Tasks that nobody has seen before: steps by chance, each with what it says in words and what it
 * does. The words are for whoever does the task; what it does is how answers are checked.
 */
import type { Chance } from './chance.js';

interface Row {
  readonly name: string;
  readonly team: string;
  readonly amount: number;
  readonly day: number;
}

export interface Task {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly rows: readonly Row[];
}

export interface CheckedTask {
  readonly task: Task;
  readonly expected: readonly string[];
}

type Rows = readonly Row[];

/** One sentence, and what it does with rows. */
interface Change {
  readonly says: string;
  readonly does: (rows: Rows) => Rows;
}

/** The last sentence: what becomes of the rows. */
interface Ending {
  readonly says: string;
  readonly does: (rows: Rows) => readonly string[];
}

/** What is to be done; over which rows is another matter. */
export class RandomTask {
  readonly #name: string;
  readonly #changes: readonly Change[];
  readonly #ending: Ending;

  constructor(chance: Chance) {
    this.#name = `${chance.pick(MANNERS)}-${chance.pick(ANIMALS)}-${chance.int(1000, 9999)}`;
    this.#changes = chance.list(chance.int(2, 5), () => chance.pick(CHANGES)(chance));
    this.#ending = chance.pick(ENDINGS)(chance);
  }

  /** One of which something is left: not all rows are taken away. */
  static telling(chance: Chance): RandomTask {
    for (;;) {
      const task = new RandomTask(chance);
      if (task.over(chance).expected.length > 0) return task;
    }
  }

  /** The task over rows by chance, and what comes out. */
  over(chance: Chance): CheckedTask {
    const sentences = [...this.#changes, this.#ending];
    const description = sentences.map(({ says }, n) => `${n + 1}. ${says}`).join('\n');
    const rows = chance.list(chance.int(6, 14), () => randomRow(chance));
    const changed = this.#changes.reduce<Rows>((before, { does }) => does(before), rows);
    const id = `task-${chance.int(1, 1_000_000)}`;
    const task = { id, name: this.#name, description, rows };
    return { task, expected: this.#ending.does(changed) };
  }
}

const MANNERS = ['brisk', 'calm', 'eager', 'frugal', 'gentle', 'keen', 'lucid', 'plain', 'quick'];
const ANIMALS = ['heron', 'ibex', 'jackdaw', 'lynx', 'marten', 'newt', 'otter', 'pike', 'wren'];
const NAMES = ['Ada', 'Bela', 'Cleo', 'Dora', 'Emil', 'Finn', 'Gus', 'Hana', 'Ines', 'Jona', 'Kai'];
const TEAMS = ['amber', 'blue', 'cyan', 'dune'];

function randomRow(chance: Chance): Row {
  return {
    name: `${chance.pick(NAMES)}${chance.int(1, 9)}`,
    team: chance.pick(TEAMS),
    amount: chance.int(0, 99),
    day: chance.int(1, 28),
  };
}

type NumberField = 'amount' | 'day';
type TextField = 'name' | 'team';
const NUMBERS = ['amount', 'day'] as const;
const TEXTS = ['name', 'team'] as const;

const COMPARISONS: readonly (readonly [words: string, holds: (a: number, b: number) => boolean])[] =
  [
    ['is more than', (a, b) => a > b],
    ['is less than', (a, b) => a < b],
    ['is at least', (a, b) => a >= b],
    ['is at most', (a, b) => a <= b],
    ['is not', (a, b) => a !== b],
  ];

const LIKENESSES: readonly (readonly [words: string, holds: (a: string, b: string) => boolean])[] =
  [
    ['begins with', (a, b) => a.startsWith(b)],
    ['ends with', (a, b) => a.endsWith(b)],
    ['contains', (a, b) => a.includes(b)],
  ];

const SPELLINGS: readonly (readonly [words: string, spell: (text: string) => string])[] = [
  ['in upper case', (text) => text.toUpperCase()],
  ['in lower case', (text) => text.toLowerCase()],
  ['backwards', (text) => [...text].reverse().join('')],
  ['without its last letter', (text) => text.slice(0, -1)],
];

const edit = <F extends keyof Row>(rows: Rows, field: F, change: (value: Row[F]) => Row[F]): Rows =>
  rows.map((row) => ({ ...row, [field]: change(row[field]) }));

const CHANGES: readonly ((chance: Chance) => Change)[] = [
  (chance) => {
    const [field, bound] = [chance.pick<NumberField>(NUMBERS), chance.int(3, 40)];
    const [words, holds] = chance.pick(COMPARISONS);
    const says = `Keep the rows whose ${field} ${words} ${bound}.`;
    return { says, does: (rows) => rows.filter((row) => holds(row[field], bound)) };
  },
  (chance) => {
    const [field, part] = [chance.pick<TextField>(TEXTS), chance.pick([...'aeinu'])];
    const [words, holds] = chance.pick(LIKENESSES);
    const says = `Leave out the rows whose ${field} ${words} "${part}".`;
    return { says, does: (rows) => rows.filter((row) => !holds(row[field], part)) };
  },
  (chance) => {
    const [field, by] = [chance.pick<NumberField>(NUMBERS), chance.int(2, 9)];
    const says = `Multiply the ${field} by ${by}.`;
    return { says, does: (rows) => edit(rows, field, (value) => value * by) };
  },
  (chance) => {
    const [field, more] = [chance.pick<NumberField>(NUMBERS), chance.int(1, 500)];
    const says = `Add ${more} to the ${field}.`;
    return { says, does: (rows) => edit(rows, field, (value) => value + more) };
  },
  (chance) => {
    const field = chance.pick<TextField>(TEXTS);
    const [words, spell] = chance.pick(SPELLINGS);
    const says = `Write the ${field} ${words}.`;
    return { says, does: (rows) => edit(rows, field, spell) };
  },
  (chance) => {
    const field = chance.pick<NumberField>(NUMBERS);
    const [words, sign] = chance.pick([['smallest', 1] as const, ['largest', -1] as const]);
    const says = `Sort the rows by ${field}, ${words} first; equal ones keep their order.`;
    const compare = (a: Row, b: Row) => sign * (a[field] - b[field]);
    return { says, does: (rows) => [...rows].sort(compare) };
  },
  (chance) => {
    const count = chance.int(2, 7);
    const end = chance.pick(['first', 'last'] as const);
    const says = `Keep the ${end} ${count} rows.`;
    return { says, does: (rows) => (end === 'first' ? rows.slice(0, count) : rows.slice(-count)) };
  },
];

const TEMPLATES = ['{name}: {amount}', '{team}/{name} on day {day}', '{day}. {name} ({team})'];

const TOTALS: readonly (readonly [
  words: string,
  of: (rows: Rows, field: NumberField) => number,
])[] = [
  ['the sum of', (rows, field) => rows.reduce((sum, row) => sum + row[field], 0)],
  ['the largest', (rows, field) => Math.max(...rows.map((row) => row[field]))],
  ['the smallest', (rows, field) => Math.min(...rows.map((row) => row[field]))],
];

const ENDINGS: readonly ((chance: Chance) => Ending)[] = [
  (chance) => {
    const template = chance.pick(TEMPLATES);
    const fill = (row: Row) =>
      template.replace(/\{(\w+)\}/g, (_, field) => String(row[field as keyof Row]));
    return { says: `Give a line for each row: ${template}`, does: (rows) => rows.map(fill) };
  },
  (chance) => {
    const field = chance.pick<NumberField>(NUMBERS);
    const [words, total] = chance.pick(TOTALS);
    const line = `the team, "=", ${words} ${field}`;
    const says = `Give a line for each team, in the order of the alphabet: ${line}.`;
    return {
      says,
      does: (rows) =>
        [...new Set(rows.map(({ team }) => team))].sort().map((team) => {
          const own = rows.filter((row) => row.team === team);
          return `${team}=${total(own, field)}`;
        }),
    };
  },
];
