import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { allTexts, codesDocumented, codesInUse } from './error-codes.js';
import { isSource, listFiles, readSource } from './tree.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const sources = listFiles(root)
  .filter((path) => /^(packages|apps)\/[^/]+\/src\//.test(path) && isSource(path))
  .map((path) => readSource(root, path));
const page = join(root, 'spec/errors.md');
const documented = codesDocumented(existsSync(page) ? readFileSync(page, 'utf8') : '');

describe('spec/errors.md', () => {
  it('explains every code that the sources use', () => {
    const unexplained = [...codesInUse(sources)].filter(([code]) => !documented.includes(code));
    expect(unexplained.map(([code, path]) => `${code} (${path})`)).toEqual([]);
  });

  it('explains no code that the sources do not have', () => {
    const texts = allTexts(sources);
    expect(documented.filter((code) => !texts.has(code))).toEqual([]);
  });

  it('explains every code once', () => {
    expect(documented.filter((code, index) => documented.indexOf(code) !== index)).toEqual([]);
  });
});

describe('a code in use', () => {
  const found = (text: string) => [
    ...codesInUse([{ path: 'packages/canon/src/sample.ts', text }]).keys(),
  ];

  it.each([
    ['an argument', "function refuse(code: string) {} refuse('a-code');"],
    [
      'a later argument',
      "class R { fail(at: number, code = '') {} m() { this.fail(1, 'a-code'); } }",
    ],
    ['of a constructor', "class F { constructor(readonly code: string) {} } new F('a-code');"],
    [
      'of a base class',
      "class F { constructor(code: string) {} } class G extends F { m() { super('a-code'); } }",
    ],
    ['a default', "function refuse(code = 'a-code') {}"],
    ['a field', "const finding = { code: 'a-code' };"],
    ['either arm of a choice', "const code = 1 > 2 ? 'a-code' : undefined;"],
    ['a table', "const faultCodes = { 1: 'a-code' };"],
    ['the result of a function named so', "function faultCode() { return 'a-code'; }"],
    ['the reason for no value', "function check(): number | string { return 'a-code'; }"],
    ['a member of a union named so', "type FaultCode = 'a-code' | Other;"],
  ])('is found as %s', (_, text) => {
    expect(found(text)).toEqual(['a-code']);
  });

  it.each([
    "class F { constructor(code: string) {} } new F('word');",
    "const f = { code: 'word' };",
  ])('may be one word where an error gets it: %s', (text) => expect(found(text)).toEqual(['word']));

  it('is no single word elsewhere', () => {
    expect(found("function check(): number | string { return 'word'; }")).toEqual([]);
  });

  it('is not any other text', () => {
    expect(found("const at = 'not-a-code'; function f(name: string) {} f('not-either');")).toEqual(
      [],
    );
  });

  it('is documented in a row, an item or a heading', () => {
    const markdown = '| `in-row` | x |\n- `in-item`: x\n### `in-heading`\nsays `not-this`';
    expect(codesDocumented(markdown)).toEqual(['in-row', 'in-item', 'in-heading']);
  });
});
