import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { purePackages } from './arrows.mjs';
import { pathRules } from './folder-rules.js';
import { readMembers } from './members.mjs';
import { packageRules } from './package-rules.js';
import { purity } from './purity-rules.js';
import { machinePaths, type SourceRule, sourceRules } from './source-rules.js';
import { isCode, isSource, isTest, listFiles, readSource, type SourceFile } from './tree.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const paths = listFiles(root);
const files = paths
  .filter((path) => path !== 'pnpm-lock.yaml')
  .map((path) => readSource(root, path));
const code = files.filter(({ path }) => isCode(path) && (isSource(path) || isTest(path)));

const apply = (rule: SourceRule, sources: readonly SourceFile[]) =>
  sources.flatMap((source) => rule(source).map((found) => `${source.path}:${found}`));

describe('house rules', () => {
  it.each(Object.entries(sourceRules))('%s', (_, rule) => {
    expect(apply(rule, code)).toEqual([]);
  });

  it.each(Object.entries(pathRules))('%s', (_, rule) => {
    expect(rule(paths)).toEqual([]);
  });

  it.each(Object.entries(packageRules))('%s', (_, rule) => {
    const found = readMembers(root).flatMap((member) =>
      rule(root, member).map((each) => `${member.dir}/${each}`),
    );
    expect(found).toEqual([]);
  });

  it('pure packages know no clock, chance, locale, waiting or module state', () => {
    const pure = new RegExp(
      `^packages/(${purePackages.join('|')})/src/(?!contracts/|platform-node)`,
    );
    const sources = code.filter(({ path }) => pure.test(path) && !isTest(path));
    expect(apply(purity, sources)).toEqual([]);
  });

  it('no path of one machine is written down', () => {
    expect(apply(machinePaths, files)).toEqual([]);
  });

  it('the glossary explains every standard term', () => {
    const path = join(root, 'spec/glossary.md');
    const text = existsSync(path) ? readFileSync(path, 'utf8').toLowerCase() : '';
    const terms = [
      ...['world', 'journal', 'entry', 'intent', 'receipt', 'reducer', 'cell', 'plan', 'step'],
      ...['trigger', 'grant', 'policy', 'proposal', 'shadow', 'snapshot', 'fuel', 'refusal'],
      ...['fault', 'defect'],
    ];
    expect(terms.filter((term) => !text.includes(term))).toEqual([]);
  });

  it('see the whole tree', () => {
    expect(code.length).toBeGreaterThan(50);
    expect(code.every(({ path }) => isCode(path))).toBe(true);
  });
});

describe('each house rule finds what it is for:', () => {
  const path = 'packages/canon/src/sample.ts';
  const lines = (count: number) => '\n'.repeat(count);
  const dot = '.';
  const samples: [rule: string, text: string, expected: string][] = [
    ['file length', lines(401), '401 lines, at most 400'],
    ['line width', `// ${'x'.repeat(98)}`, '1: 101 columns, at most 100'],
    ['nothing unfinished', `\n// ${'TO'}DO later`, '2: a mark of unfinished work'],
    ['nothing hidden', `it${dot}only('x')`, '1: a mark that hides a test or an error'],
    ['no star export', "export * from './x.js';", '1: export *, list the names'],
    ['function shape', `const f = () => {${lines(70)}}`, '1: a function of 71 lines, at most 70'],
    ['function shape', 'class C { f(a, b, c, d, e) {} }', '1: 5 parameters, at most 4'],
    [
      'function shape',
      'function f(a: string, deep = false) {}',
      '1: a bare boolean among the parameters',
    ],
  ];

  it.each(samples)('%s', (name, text, expected) => {
    expect(sourceRules[name]?.({ path, text })).toEqual([expected]);
  });

  it('an index that holds code', () => {
    const index = { path: 'packages/canon/src/index.ts', text: 'export const one = 1;' };
    expect(sourceRules['indexes list names']?.(index)).toHaveLength(1);
  });

  it.each([
    'export const now = () => Date.now();',
    'const dice = Math.random();',
    'export let counter = 0;',
    'export async function f() {}',
    "['b', 'a'].sort((a, b) => a.localeCompare(b));",
  ])('purity: %s', (text) => {
    expect(purity({ path, text })).toHaveLength(1);
  });

  it.each([
    'const o = { process: 1 }; o.process;',
    'interface I { at: Date; wait(): Promise<void> }',
  ])('and no more: %s', (text) => {
    expect(purity({ path, text })).toEqual([]);
  });

  it('a path of one machine', () => {
    expect(machinePaths({ path: 'README.md', text: `see /${'home'}/me/x` })).toHaveLength(1);
  });

  it.each([
    ['no vague names', ['packages/canon/src/utils.ts']],
    ['file names are kebab-case', ['packages/canon/src/bigEndian.ts']],
    ['two folder levels below src', ['packages/canon/src/a/b/c/d.ts']],
    ['no folder with a single file', ['packages/canon/src/a/b.ts', 'packages/canon/src/c.ts']],
  ])('%s', (name, bad) => {
    expect(pathRules[name]?.(bad)).toHaveLength(1);
  });
});
