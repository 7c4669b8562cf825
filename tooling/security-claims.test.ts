// SECURITY.md: each sentence that promises something, and each row of who is not trusted, names a
// test that is there.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { isTest } from './tree.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const page = readFileSync(join(root, 'SECURITY.md'), 'utf8');

/** Sections of the page by their headings. */
const sections = new Map(
  page
    .split(/^## /m)
    .slice(1)
    .map((text) => [text.slice(0, text.indexOf('\n')), text.slice(text.indexOf('\n'))] as const),
);
const section = (name: string) => sections.get(name) ?? '';

/** Sentences of the promises: those of the points, whole. */
function sentencesOf(text: string): string[] {
  return text
    .split(/^- |^#+ .*$/m)
    .map((point) => point.replaceAll(/\s+/g, ' ').trim())
    .filter((point) => point !== '')
    .flatMap((point) => point.split(/(?<=[.!?](?:\[\^[\w-]+\])*) (?=\S)/));
}

/** Rows of a table, without its head. */
const rowsOf = (text: string): string[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2);

const MARKED = /[.!?](\[\^[\w-]+\])+$/;

/** Points of a list whose sentences are not all marked, and what is no point of one. */
function unmarked(text: string): string[] {
  const points = text.split('\n').filter((line) => !/^(#|$)/.test(line));
  const loose = points.filter((line) => !/^(- | {2})/.test(line));
  return [...loose, ...sentencesOf(text).filter((sentence) => !MARKED.test(sentence))];
}

const MARK = /\[\^([\w-]+)\]/g;
const PROMISES = 'What is promised';
const PEOPLE = 'Who is trusted, and for what';

const NOTE = /^\[\^([\w-]+)\]: (.*)$/;

/** Tests by note: files with the names that they must have. */
const notes = new Map(
  section('Which test shows it')
    .split('\n')
    .flatMap((line) => {
      const [, name, text = ''] = NOTE.exec(line) ?? [];
      return name === undefined ? [] : [[name, text] as const];
    }),
);

interface Shown {
  readonly path: string;
  readonly names: readonly string[];
}

function testsOf(note: string): Shown[] {
  return note.split(/; (?=`)/).map((part) => {
    const [, path = '', names = ''] = /^`([^`]+)` › (.+)$/.exec(part) ?? [];
    return { path, names: [...names.matchAll(/"([^"]+)"/g)].map(([, name = '']) => name) };
  });
}

/** What is not there of it. */
function missing({ path, names }: Shown): string[] {
  if (!isTest(path) || !existsSync(join(root, path))) return [`${path || 'a note without a file'}`];
  if (names.length === 0) return [`${path}: no name`];
  const text = readFileSync(join(root, path), 'utf8');
  const stands = (name: string) =>
    ["'", '"', '`'].some((quote) => text.includes(`${quote}${name}${quote}`));
  return names.filter((name) => !stands(name)).map((name) => `${path} › ${name}`);
}

describe('SECURITY.md', () => {
  it('promises only in the section whose sentences are checked', () => {
    expect([...sections.keys()]).toEqual([
      'What is protected',
      'Who is trusted, and for what',
      'What is promised',
      'What is not promised',
      'Reporting',
      'Which test shows it',
    ]);
  });

  it('shows each promise by a test', () => {
    const promises = section(PROMISES);
    expect(sentencesOf(promises).length).toBeGreaterThan(40);
    expect(unmarked(promises)).toEqual([]);
  });

  it('shows by a test what nobody is trusted with', () => {
    const rows = rowsOf(section(PEOPLE));
    expect(rows.length).toBeGreaterThan(5);
    expect(rows.filter((row) => !/\] \|$/.test(row))).toEqual([]);
  });

  it('has a note for each mark, and a mark for each note', () => {
    const marks = [PEOPLE, PROMISES].flatMap((name) => [...section(name).matchAll(MARK)]);
    const names = new Set(marks.map(([, name]) => name));
    expect([...names].sort()).toEqual([...notes.keys()].sort());
  });

  it('has a test with a name in every note, and they are there', () => {
    for (const [note, text] of notes) {
      const shown = testsOf(text);
      expect(shown.length, note).toBeGreaterThan(0);
      expect(shown.flatMap(missing), note).toEqual([]);
    }
  });

  it('marks nothing that it does not promise', () => {
    const marked = [...sections].filter(([, text]) => text.match(MARK) !== null);
    expect(marked.map(([name]) => name)).toEqual([PEOPLE, PROMISES, 'Which test shows it']);
  });
});

describe('a sentence without a mark', () => {
  it.each([
    ['- All is well.[^a] Nothing is lost.', 'Nothing is lost.'],
    ['- Nothing is lost.\n- All is well.[^a]', 'Nothing is lost.'],
    ['### Always\n\n- Nothing is lost', 'Nothing is lost'],
    ['Nothing is lost.[^a]', 'Nothing is lost.[^a]'],
  ])('is found in %j', (text, sentence) => {
    expect(unmarked(text)).toEqual([sentence]);
  });
});
