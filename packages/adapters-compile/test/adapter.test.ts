import { decodeUtf8, encode, sha256, toHashText, utf8 } from '@aos/canon';
import { AosFault } from '@aos/protocol';
import {
  type AdapterFixture,
  adapterContract,
  EffectStage,
  MemoryBlobs,
  stageCall,
} from '@aos/protocol/contracts';
import { afterAll, describe, expect, it } from 'vitest';
import { CompileAdapter } from '../src/index.js';
import {
  type Asked,
  blob,
  callOf,
  checkReceipt,
  PROGRAM,
  paramsOf,
  readOutcome,
  text,
} from './calls.js';

function fixture(): AdapterFixture {
  const adapter = new CompileAdapter({ programUrl: PROGRAM });
  return {
    adapter,
    effect: 'compile.reducer',
    sound: () => paramsOf({}),
    checkReceipt,
    endless: {
      params: paramsOf({ language: 'endless' }),
      async begun() {
        while (adapter.running === 0) await new Promise(setImmediate);
      },
    },
    refused: {
      'compile-source-missing': paramsOf({ source: blob(sha256(utf8('no blob'))) }),
      'compile-params-invalid': encode({ language: 'plain', name: 'a', files: { a: 1 } }),
      'compile-crashed': paramsOf({ language: 'throwing' }),
    },
  };
}

describe('the adapter of compilations', () => {
  it.each(adapterContract)('$name', ({ run }) => run(fixture()));
});

const adapter = new CompileAdapter({
  programUrl: PROGRAM,
  bounds: { timeMs: 10_000, sourceBytes: 4000, outputBytes: 4000, memoryMebibytes: 1024 },
});
afterAll(() => adapter.close());

const blobs = new MemoryBlobs();

async function compile(asked: Asked) {
  const outcome = await adapter.start(callOf(asked), new EffectStage(blobs));
  if (outcome.status === 'ok') expect(checkReceipt(outcome.payload)).toBe(undefined);
  return readOutcome(outcome);
}

const codes = ({ diagnostics }: Record<string, unknown>) =>
  (diagnostics as { readonly code: string }[]).map(({ code }) => code);

describe('a compilation', () => {
  it('answers with the hash of a module, which is a blob, and with who made it', async () => {
    const module = utf8('module of it');
    expect(await compile({})).toEqual({
      status: 'ok',
      module: { hash: toHashText(sha256(module)), size: module.length, entry: 'step' },
      diagnostics: [],
      omitted: 0,
      compiler: 'player 1.0',
      engine: 'player of engines 2.0',
    });
    expect(blobs.bytes(sha256(module))).toEqual(module);
  });

  it('reads sources from blobs', async () => {
    const source = blob(blobs.store(utf8('it')));
    expect(await compile({ source })).toEqual(await compile({}));
  });

  it('tells the compiler of the types that the source is written against', async () => {
    const definitions = text(
      JSON.stringify([
        { $kind: 'defschema', name: 'a/In@1', type: { text: {} } },
        {
          ...{ $kind: 'defmodule', name: 'a/Pure@1', module_kind: 'pure' },
          abi: { pure: { input: 'a/In@1', output: 'a/In@1' } },
        },
      ]),
    );
    const receipt = await compile({
      language: 'types',
      types: { module: 'a/Pure@1', definitions },
    });
    expect(receipt.module).toMatchObject({ entry: 'run' });
    const other = await compile({ language: 'types', types: { module: 'a/No@1', definitions } });
    expect([other.module, codes(other)]).toEqual([null, ['module-not-found']]);
    const broken = { module: 'a/Pure@1', definitions: text('[{"$kind":') };
    expect(await compile({ types: broken })).toMatchObject({ status: 'ok', module: null });
  });

  it('gets nothing of the machine', async () => {
    const { module } = await compile({ language: 'curious' });
    const { hash } = module as { readonly hash: string };
    expect(hash).toBe(toHashText(sha256(utf8(JSON.stringify([[], '/'])))));
  });
});

describe('what is wrong with a source is said in a receipt', () => {
  const large = text('x'.repeat(4001));

  it.each<[string, Asked, readonly string[]]>([
    ['an unknown language', { language: 'cobol' }, ['language-unknown']],
    ['what the compiler refuses', { language: 'broken' }, ['reducer-source']],
    ['a module that is not admitted', { language: 'forbidden' }, ['module-imports']],
    ['too much of it', { source: large }, ['source-too-large']],
    [
      'too much in a blob',
      { source: blob(blobs.store(new Uint8Array(1e7))) },
      ['source-too-large'],
    ],
    ['what is no text', { source: blob(blobs.store(Uint8Array.of(255))) }, ['source-not-text']],
    ['too large a module', { language: 'large' }, ['module-too-large']],
  ])('%s', async (_, asked, expected) => {
    const receipt = await compile(asked);
    expect([receipt.status, receipt.module, codes(receipt)]).toEqual(['ok', null, expected]);
  });

  it('with its place', async () => {
    const { diagnostics } = await compile({ language: 'broken' });
    expect(diagnostics).toMatchObject([{ place: { file: 'a.ts', line: 3, column: 7 } }]);
  });

  it('errors first, as much of it as one reads, in whole characters', async () => {
    const receipt = await compile({ language: 'wordy' });
    expect([codes(receipt).length, codes(receipt)[0], receipt.omitted]).toEqual([50, 'E1', 11]);
    const { message } = (receipt.diagnostics as { readonly message: string }[])[1] ?? {};
    expect(decodeUtf8(utf8(message ?? '')).ok).toBe(true);
  });
});

describe('a compiler that', () => {
  it.each([
    ['throws', 'throwing', 'compile-crashed'],
    ['ends its process', 'leaving', 'compile-crashed'],
    ['takes all memory', 'greedy', 'compile-crashed'],
    ['fills its heap', 'heap', 'compile-crashed'],
  ])('%s has failed, and the next one has not', async (_, language, code) => {
    expect(await compile({ language })).toMatchObject({ status: 'error', code });
    expect(await compile({})).toMatchObject({ status: 'ok', compiler: 'player 1.0' });
  });

  it.each(['endless', 'waiting'])('never ends is ended: %s', async (language) => {
    const hasty = new CompileAdapter({ programUrl: PROGRAM, bounds: { timeMs: 300 } });
    const outcome = await hasty.start(callOf({ language }), new EffectStage(blobs));
    expect(readOutcome(outcome)).toMatchObject({ status: 'timeout', code: 'compile-time-limit' });
    await hasty.close();
  });

  it('is not there has failed', async () => {
    const nowhere = new URL('./no-such-program.mjs', import.meta.url);
    const lonely = new CompileAdapter({ programUrl: nowhere });
    const outcome = await lonely.start(callOf({}), new EffectStage(blobs));
    expect(readOutcome(outcome)).toMatchObject({ status: 'error', code: 'compile-crashed' });
    await lonely.close();
  });
});

it('a store that fails is worth another start', async () => {
  const failing = new MemoryBlobs();
  const fault = new AosFault('store-failed', 'no room', { retry: 'later' });
  failing.put = () => Promise.reject(fault);
  const stage = new EffectStage(failing);
  const unstored = await adapter.start(callOf({}), stage);
  expect([readOutcome(unstored).code, unstored.retry]).toEqual([
    'compile-output-not-stored',
    'later',
  ]);
  failing.get = () => Promise.reject(fault);
  const source = blob(failing.store(utf8('it')));
  const unread = await adapter.start(callOf({ source }), stage);
  expect([readOutcome(unread).code, unread.retry]).toEqual(['compile-blob-unreadable', 'later']);
});

it('parameters that are none are refused', async () => {
  const params = encode({ language: 'plain', name: 'a', files: {}, types: { module: 'a' } });
  const call = stageCall({ effect: 'compile.reducer', params });
  expect(readOutcome(await adapter.start(call, new EffectStage(blobs))).code).toBe(
    'compile-params-invalid',
  );
});
