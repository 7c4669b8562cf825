/** The compilers that worlds are given, with sources that mean no good. */
import { appendFileSync } from 'node:fs';
import { CompileAdapter } from '@aos/adapters-compile';
import { decodePlain, encode, toHashText, type Value } from '@aos/canon';
import { EffectStage, stageCall } from '@aos/protocol/contracts';
import { buildReducer } from '@aos/reducer-sdk';
import { hasHeld, printAttacks, runAttack } from '@aos/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { builtFile } from '../src/compose/program-path.js';
import { attacksOn, Machine } from './compile-attacks.js';

const adapter = new CompileAdapter({
  programUrl: builtFile('compose/compile-process.js'),
  bounds: { memoryMebibytes: 1024 },
});
afterAll(() => adapter.close());

interface Asked {
  readonly language: 'assemblyscript' | 'typescript';
  readonly source: string;
  readonly types?: { readonly module: string; readonly definitions: object };
}

async function compile({ language, source, types }: Asked): Promise<Record<string, unknown>> {
  const text = ($value: string) => ({ $tag: 'text', $value });
  const definitions = text(JSON.stringify(types?.definitions));
  const params = encode({
    ...{ language, name: 'sum', files: { 'sum.ts': text(source) } },
    types: types === undefined ? null : { module: types.module, definitions },
  });
  const call = stageCall({ effect: 'compile.reducer', params });
  const { status, payload } = await adapter.start(call, new EffectStage());
  const value = decodePlain(payload);
  const fields = plain(value.ok ? value.value : null) as Record<string, unknown>;
  return { status, ...fields };
}

function plain(value: Value): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (!(value instanceof Map)) return value;
  return Object.fromEntries([...value].map(([key, item]) => [String(key), plain(item)]));
}

const assembly = `import { Step, Value } from 'aos';
export function reduce(step: Step): void {
  const state = step.state;
  step.setState(Value.nat((state ? state.asNat() : 0) + step.event.asNat()));
}
`;
const script = `import { defineReducer, nat } from '@aos/reducer-sdk/script';
export default defineReducer({ state: nat, event: nat, initial: () => 0n }, (s, e) => s + e);
`;

const definitions = [
  { $kind: 'defschema', name: 'demo/Sum@1', type: { record: { total: { nat: {} } } } },
  { $kind: 'defschema', name: 'demo/Add@1', type: { record: { by: { nat: {} } } } },
  {
    ...{ $kind: 'defmodule', name: 'demo/Adder@1', module_kind: 'reducer' },
    abi: { reducer: { state: 'demo/Sum@1', event: 'demo/Add@1' } },
  },
];
const types = { module: 'demo/Adder@1', definitions };

describe('a source', () => {
  it('has the module that it has anywhere', async () => {
    const here = await buildReducer({ name: 'sum', source: assembly });
    const hash = here.ok && toHashText(here.value.hash);
    const { module, compiler } = await compile({ language: 'assemblyscript', source: assembly });
    expect([module, compiler]).toMatchObject([{ hash, entry: 'step' }, /^assemblyscript \d/]);
  });

  it('is written against the types of its world, in either language', async () => {
    const typed = `import { Step, Sum } from 'air';
export function reduce(step: Step): void {
  const sum = step.state || new Sum();
  sum.total += step.event.by;
  step.setState(sum);
}
`;
    const assembled = await compile({ language: 'assemblyscript', source: typed, types });
    expect(assembled).toMatchObject({ diagnostics: [], module: { entry: 'step' } });
    const shaped = `import { defineReducer } from '@aos/reducer-sdk/script';
import { Add, Sum } from './air.js';
const initial = () => ({ total: 0n });
export default defineReducer({ state: Sum, event: Add, initial }, ({ total }, { by }) => {
  return { total: total + by };
});
`;
    const scripted = await compile({ language: 'typescript', source: shaped, types });
    expect(scripted).toMatchObject({ diagnostics: [], module: { entry: 'step' } });
  });
});

const lines = (count: number, line: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => line(i)).join('');

const members = lines(30, (i) => `A${i + 1} = A${i} + A${i},`);
const doubling = `enum E { A0 = '${'x'.repeat(64)}',${members} }\nconsole.log(E.A30);\n`;
const growing = `class P<A, B> {}
function f<A, B>(n: i32): i32 { return n == 0 ? 0 : f<P<A, B>, A>(n - 1) + f<P<B, A>, B>(n - 1); }
`;
const deep = `const q = ${'('.repeat(400_000)}1${')'.repeat(400_000)};\n`;
it('a source gets nothing of the machine into a module, nor anything to do there', async () => {
  const machine = await Machine.open(adapter);
  const file = process.env.AOS_ATTACKS;
  // A compiler runs for each: here a third of them, by `npm run attacks` all.
  const isTried = (_: unknown, i: number) => file !== undefined || i % 3 === 0;
  const reports = [];
  for (const attack of attacksOn(machine).filter(isTried)) {
    reports.push(await runAttack('source of a reducer', machine, attack));
  }
  await machine.close();
  if (file !== undefined) appendFileSync(file, `${printAttacks(reports).join('\n')}\n`);
  expect(reports.filter((report) => !hasHeld(report))).toEqual([]);
});

const assemblyCalling = (call: string) => assembly.replace('{\n', `{\n  ${call};\n`);

describe('a source that is too much for a compiler', () => {
  it.each<[string, Asked]>([
    [
      'ever new types',
      { language: 'assemblyscript', source: growing + assemblyCalling('f<i32, i64>(3)') },
    ],
    ['brackets in AssemblyScript', { language: 'assemblyscript', source: deep + assembly }],
    ['brackets in TypeScript', { language: 'typescript', source: deep + script }],
    ['a text that doubles', { language: 'typescript', source: doubling + script }],
  ])('ends the compiler, and not us: %s', async (_, asked) => {
    const { status, module, code } = await compile(asked);
    expect([status, module ?? null]).toEqual([code === undefined ? 'ok' : 'error', null]);
    if (code !== undefined) expect(code).toBe('compile-crashed');
  });

  it('unless that is only about types that are taken away', async () => {
    const source = `type A<T> = T extends 1 ? A<A<T>> : A<[T]>;\nlet x: A<2>;\n${script}`;
    expect(await compile({ language: 'typescript', source })).toMatchObject({ status: 'ok' });
  });
});
