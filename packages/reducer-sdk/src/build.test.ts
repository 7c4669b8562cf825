import { toHashText } from '@aos/canon';
import { describe, expect, it } from 'vitest';
import { buildReducer } from './build.js';
import type { ReducerSources } from './sources.js';

const IDLE = `import { Step } from 'aos';
export function reduce(step: Step): void {}
`;

async function built(sources: ReducerSources) {
  const result = await buildReducer(sources);
  if (!result.ok) throw new Error(`${result.refusal.code}: ${result.refusal.detail}`);
  return result.value;
}

async function refused(sources: ReducerSources) {
  const result = await buildReducer(sources);
  if (result.ok) throw new Error('expected a refusal');
  return result;
}

describe('buildReducer', () => {
  it('gives the same bytes for the same source, again and at the same time', async () => {
    const one = { name: 'idle', source: IDLE };
    const other = { name: 'idle', source: IDLE.replace('{}', '{ step.deleteState(); }') };
    const builds = await Promise.all([built(one), built(other), built(one), built(other)]);
    const [first, second, third, fourth] = builds.map(({ hash }) => toHashText(hash));
    expect([third, fourth]).toEqual([first, second]);
    expect(first).not.toBe(second);
    expect(toHashText((await built(one)).hash)).toBe(first);
  });

  it('gives the same bytes whatever the files are called', async () => {
    const a = await built({ name: 'a', source: IDLE });
    const b = await built({ name: 'quite-another', source: IDLE });
    expect(toHashText(a.hash)).toBe(toHashText(b.hash));
  });

  it('gives the same bytes in whatever order the files come', async () => {
    const entry = `import { Step } from 'aos';
import { answer } from './parts/answer';
export function reduce(step: Step): void { step.setState(answer()); }
`;
    const answer = `import { Value } from 'aos';
export function answer(): Value { return Value.nat(42); }
`;
    const a = await built({ name: 'a', files: { 'a.ts': entry, 'parts/answer.ts': answer } });
    const b = await built({ name: 'a', files: { 'parts/answer.ts': answer, 'a.ts': entry } });
    expect(toHashText(a.hash)).toBe(toHashText(b.hash));
  });

  it('names the compiler with its version and options', async () => {
    const { compiler } = await built({ name: 'idle', source: IDLE });
    expect(compiler).toBe('assemblyscript 0.28.20 -O3 --runtime stub --use abort=');
  });

  it('starts with as much memory as it is told', async () => {
    const { wasm, compiler } = await built({ name: 'idle', source: IDLE, memoryPages: 3 });
    const { Module, Instance } = Reflect.get(globalThis, 'WebAssembly');
    const { memory } = new Instance(new Module(wasm)).exports;
    expect(memory.buffer.byteLength).toBe(3 * 65_536);
    expect(compiler).toContain('--initialMemory 3');
  });

  it('says where an error is', async () => {
    const source = `${IDLE}\nfunction broken(): i32 {\n  return nowhere;\n}\nbroken();\n`;
    const { refusal, diagnostics } = await refused({ name: 'idle', source });
    expect(refusal).toMatchObject({ code: 'reducer-compile', at: 'idle.ts:5:10' });
    expect(diagnostics).toContainEqual({
      severity: 'error',
      code: 'TS2304',
      message: "Cannot find name 'nowhere'.",
      place: { file: 'idle.ts', line: 5, column: 10 },
    });
  });

  it('says where a syntax error is', async () => {
    const { refusal } = await refused({ name: 'idle', source: 'export function {' });
    expect(refusal).toMatchObject({ code: 'reducer-compile', at: 'idle.ts:1:16' });
  });

  it('builds again after an error', async () => {
    await refused({ name: 'idle', source: 'export function {' });
    await built({ name: 'idle', source: IDLE });
  });

  it.each([
    ['nothing', 'export const unrelated: i32 = 1;'],
    ['reduce with other parameters', 'export function reduce(count: i32): void {}'],
  ])('refuses an entry file that exports %s', async (_, source) => {
    const { refusal } = await refused({ name: 'idle', source });
    expect(refusal).toMatchObject({ code: 'reducer-entry', at: 'idle.ts' });
  });

  it.each([
    ['declared functions', "@external('env', 'now')\ndeclare function now(): i64;", 'now()'],
    ['random numbers', '', 'Math.random()'],
    ['the clock', '', 'Date.now()'],
  ])('refuses what would need an import: %s', async (_, declaration, use) => {
    const source = `import { Step, Value } from 'aos';
${declaration}
export function reduce(step: Step): void { step.setState(Value.int(${use} as i64)); }
`;
    expect((await refused({ name: 'idle', source })).refusal.code).toBe('reducer-imports');
  });

  it.each(['../outside', '../../outside', '/etc/outside', './aos-outside', 'left-pad'])(
    'finds nothing outside the given files: %s',
    async (path) => {
      const source = `import { x } from '${path}';\n${IDLE}\nx();\n`;
      expect((await refused({ name: 'idle', source })).refusal.code).toBe('reducer-compile');
    },
  );

  it.each([
    ['a name with a path', { name: '../idle', source: IDLE }],
    ['a file above the folder', { name: 'idle', files: { 'idle.ts': IDLE, '../x.ts': '' } }],
    ['a file that is no source', { name: 'idle', files: { 'idle.ts': IDLE, 'asconfig.json': '' } }],
    ['the name of the generated file', { name: 'idle', files: { 'aos-exports.ts': '' } }],
    ['no memory', { name: 'idle', source: IDLE, memoryPages: 0 }],
    ['no entry file', { name: 'idle', files: { 'other.ts': IDLE } }],
  ])('refuses %s', async (_, sources) => {
    const { refusal, diagnostics } = await refused(sources);
    expect(refusal.code).toBe('reducer-source');
    expect(diagnostics).toEqual([]);
  });
});
