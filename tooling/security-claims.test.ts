// SECURITY.md: each sentence that promises something names a test that is there.
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
    const promises = sentencesOf(section('What is promised'));
    expect(promises.length).toBeGreaterThan(40);
    expect(promises.filter((sentence) => !/[.!?](\[\^[\w-]+\])+$/.test(sentence))).toEqual([]);
  });

  it('has a note for each mark, and a mark for each note', () => {
    const marks = [...section('What is promised').matchAll(/\[\^([\w-]+)\]/g)].map(([, it]) => it);
    expect([...new Set(marks)].sort()).toEqual([...notes.keys()].sort());
  });

  it('names tests that are there', () => {
    const shown = [...notes.values()].flatMap(testsOf);
    expect(shown.flatMap(missing)).toEqual([]);
  });
});

describe('a sentence without a mark', () => {
  it.each([
    ['- All is well.[^a] Nothing is lost.', 'Nothing is lost.'],
    ['- Nothing is lost.\n- All is well.[^a]', 'Nothing is lost.'],
  ])('is found in %j', (text, sentence) => {
    expect(sentencesOf(text).filter((each) => !each.endsWith(']'))).toEqual([sentence]);
  });
});
