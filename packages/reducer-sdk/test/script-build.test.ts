import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toHashText } from '@aos/canon';
import { describe, expect, it } from 'vitest';
import { buildScriptReducer, type ScriptSources } from '../src/index.js';
import { encodeInput, openReducer } from './stepping.js';

const HEAD = `import { defineReducer, text, unit } from '@aos/reducer-sdk/script';\n`;

/** A reducer whose state is the text that `expression` gives. */
function answering(expression: string, head = ''): ScriptSources {
  const source = `${HEAD}${head}
export default defineReducer({ state: text, event: unit }, () => String(${expression}));
`;
  return { name: 'answering', source };
}

async function answerOf(sources: ScriptSources): Promise<string> {
  const reducer = openReducer(await buildScriptReducer(sources));
  const { state } = reducer.step({ event: null });
  return new TextDecoder().decode(state?.subarray(4)).replace(/^[^ -~]+/, '');
}

async function refusalOf(sources: ScriptSources) {
  const built = await buildScriptReducer(sources);
  if (built.ok) throw new Error('expected a refusal');
  return built.refusal;
}

describe('buildScriptReducer', () => {
  it.each([
    ['the time', 'typeof Date'],
    ['another clock', 'typeof performance'],
    ['chance', 'typeof Math.random'],
    ['timers', 'typeof setTimeout'],
    ['a language', 'typeof Intl + typeof "".localeCompare'],
    ['a view of the collector', 'typeof WeakRef'],
    ['a process', 'typeof process'],
    ['a way out', 'typeof fetch + typeof module'],
  ])('leaves no %s', async (_, expression) => {
    expect(await answerOf(answering(expression))).toMatch(/^(undefined)+$/);
  });

  it('takes in files and packages', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'aos-script-'));
    try {
      const home = join(folder, 'node_modules', 'left');
      await mkdir(home, { recursive: true });
      await writeFile(join(home, 'package.json'), '{"name":"left","main":"index.js"}');
      await writeFile(join(home, 'index.js'), 'exports.left = (word) => "<" + word;');
      const entry = `${HEAD}import { left } from 'left';
import { word } from './parts/word.js';
export default defineReducer({ state: text, event: unit }, () => left(word));
`;
      const files = { 'pack.ts': entry, 'parts/word.ts': `export const word: string = 'right';` };
      expect(await answerOf({ name: 'pack', files, packagesFolder: folder })).toBe('<right');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('says where a syntax error is', async () => {
    const refusal = await refusalOf({ name: 'broken', source: 'export default (;' });
    expect(refusal).toMatchObject({ code: 'reducer-compile', at: 'broken.ts:1:17' });
  });

  it.each([
    ['a package without a place to look', `import 'left-pad';`],
    ['a module of the platform', `import 'node:fs';`],
    ['a file that is not given', `import './elsewhere.js';`],
    ['a file above the folder', `import '../../outside.js';`],
    ['an absolute path', `import '/etc/passwd';`],
  ])('does not find %s', async (_, head) => {
    expect((await refusalOf(answering('1', head))).code).toBe('reducer-compile');
  });

  it.each([
    ['a name with a path', { name: '../idle' }],
    ['a file above the folder', { name: 'idle', more: '../x.ts' }],
    ['a file of the machine', { name: 'idle', more: '/etc/x.ts' }],
    ['a file of another system', { name: 'idle', more: 'C:\\x.ts' }],
    ['a way around', { name: 'idle', more: 'parts/../../x.ts' }],
  ])('refuses %s', async (_, { name, more }: { name: string; more?: string }) => {
    const { source = '' } = answering('1') as { readonly source?: string };
    const files = { [`${name}.ts`]: source, ...(more && { [more]: 'export {};' }) };
    expect((await refusalOf({ name, files })).code).toBe('reducer-source');
  });

  it.each([
    ['throws', 'throw new Error("no");', 'script-throws'],
    ['never ends', 'for (;;);', 'script-endless'],
    [
      'counts without end in the engine',
      'Array.prototype.indexOf.call({ length: 2 ** 52 }, 1);',
      'script-endless',
    ],
    ['takes all memory', 'const a = []; for (;;) a.push("x".repeat(99999) + a.length);', ''],
    ['recurses without end', 'const f = () => 1 + f(); f();', ''],
  ])('refuses a script whose top level %s', async (_, head, code) => {
    const refusal = await refusalOf(answering('1', head));
    expect(refusal.code).toMatch(code || /^script-(throws|traps|endless)$/);
  });

  it('refuses an entry file that exports no reducer', async () => {
    const refusal = await refusalOf({ name: 'idle', source: 'export default 1;' });
    expect(refusal.code).toBe('script-throws');
  });

  it('gives the same bytes again, and others for another source', async () => {
    const [one, other, again] = await Promise.all(
      ['1 + 1', '1 + 2', '1 + 1'].map((sum) => buildScriptReducer(answering(sum))),
    );
    const hash = (built = one) => built?.ok && toHashText(built.value.hash);
    expect(hash(again)).toBe(hash(one));
    expect(hash(other)).not.toBe(hash(one));
  });

  it('answers to nothing but its input', async () => {
    const sources = answering('(globalThis.count = (globalThis.count ?? 0) + 1)');
    const reducer = openReducer(await buildScriptReducer(sources));
    const first = reducer.call(encodeInput({ event: null }));
    expect(reducer.call(encodeInput({ event: null }))).toEqual(first);
  });
});
