import { readFileSync } from 'node:fs';
import { decodeUtf8, utf8 } from '@aos/canon';
import { WASI_FUNCTIONS, WASI_MODULE } from '@aos/protocol';
import { describe, expect, it } from 'vitest';
import { type ProgramJob, type ProgramResult, runProgram } from './run-program.js';
import { importsOf } from './system/imports.js';
import { type ProgramInput, WasiSystem } from './system/wasi-system.js';

type Module = ProgramJob['module'];
const { WebAssembly: platform } = globalThis as unknown as {
  WebAssembly: { Module: new (bytes: Uint8Array) => Module };
};

const limits = { diskBytes: 1 << 20, fileCount: 256, outputBytes: 1 << 16 };
const compile = (name: string) =>
  new platform.Module(readFileSync(new URL(`../test/programs/${name}.wasm`, import.meta.url)));

function run(module: Module, input: Partial<ProgramInput> = {}): ProgramResult {
  const { stdin = new Uint8Array(), files = new Map(), args = [] } = input;
  const seed = input.seed ?? new Uint8Array(32);
  return runProgram({ module, input: { name: 'probes', args, stdin, files, seed }, limits });
}

const textOf = (bytes: Uint8Array) => {
  const text = decodeUtf8(bytes);
  return text.ok ? text.value : '';
};

describe('a host of programs', () => {
  const result = run(compile('probes'), {
    args: ['one', ''],
    stdin: utf8('given'),
    files: new Map([
      ['in.txt', utf8('0123456789')],
      ['sub/deep.txt', utf8('DEEP')],
    ]),
  });
  if (result.kind !== 'exited') throw new Error(result.message);
  const answers = textOf(result.stdout).trim().split('\n');

  it.each(answers)('%s', (answer) => {
    expect(answer).toMatch(/^ok /);
  });
});

/** Says that types, functions, … follow: a section of a module. */
const section = (id: number, ...items: readonly number[][]) => {
  const content = [items.length, ...items.flat()];
  return [id, content.length, ...content];
};
const nameOf = (text: string) => [text.length, ...utf8(text)];
const [I32, F64] = [0x7f, 0x7c];

/** A program that imports one call, with these parameters, as function 0. */
function moduleOf(call: string, params: readonly number[], results: number[], body: number[]) {
  const code = [0, ...body, 0x0b];
  return new platform.Module(
    Uint8Array.of(
      ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
      ...section(1, [0x60, params.length, ...params, results.length, ...results], [0x60, 0, 0]),
      ...section(2, [...nameOf(WASI_MODULE), ...nameOf(call), 0, 0]),
      ...section(3, [1]),
      ...section(5, [0, 1]),
      ...section(7, [...nameOf('memory'), 2, 0], [...nameOf('_start'), 0, 1]),
      ...section(10, [code.length, ...code]),
    ),
  );
}

describe('a run', () => {
  it('has ended when it ended, also for a program that catches everything', () => {
    const exitAndCatch = (code: number) => [0x06, 0x40, 0x41, code, 0x10, 0, 0x19, 0x0b];
    const body = [...exitAndCatch(3), ...exitAndCatch(5)];
    expect(run(moduleOf('proc_exit', [I32], [], body))).toMatchObject({ exitCode: 3 });
  });

  it('ends where a program takes a call to have other types', () => {
    const notANumber = [0x44, 0, 0, 0, 0, 0, 0, 0xf8, 0x7f];
    const body = [0x41, 1, ...notANumber, 0x10, 0, 0x1a];
    expect(run(moduleOf('fd_allocate', [I32, F64], [I32], body)).kind).toBe('exited');
  });

  it('answers addresses outside of the memory with a fault, and goes on', () => {
    const [outside, fault] = [[0x41, 0x7f], 21];
    // random_get(-1, 8) gives a number, which is what the program exits with in a second module
    const body = [...outside, 0x41, 8, 0x10, 0, 0x41, fault, 0x46, 0x45, 0x04, 0x40, 0x00, 0x0b];
    expect(run(moduleOf('random_get', [I32, I32], [I32], body))).toMatchObject({ kind: 'exited' });
  });
});

it('knows every function of WASI preview 1, and no other', () => {
  const input = { name: '', args: [], stdin: new Uint8Array(), files: new Map() };
  const system = new WasiSystem({ ...input, seed: new Uint8Array(32) }, limits);
  expect(Object.keys(importsOf(system)).sort()).toEqual([...WASI_FUNCTIONS].sort());
});
