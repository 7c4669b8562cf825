import { sha256, utf8 } from '@aos/canon';
import { AosFault } from '@aos/protocol';
import {
  type AdapterFixture,
  adapterContract,
  assembleModule,
  op,
  stageCall,
} from '@aos/protocol/contracts';
import { afterAll, describe, expect, it } from 'vitest';
import { WasiAdapter } from '../src/index.js';
import {
  type Asked,
  callOf,
  checkSchema,
  content,
  paramsOf,
  programBytes,
  readOutcome,
  saying,
  stageWith,
  withTables,
} from './programs.js';

/** The adapter as the suite sees it: the kind is known, and every call comes with its module. */
function fixture(): AdapterFixture {
  const adapter = new WasiAdapter();
  const { module } = stageWith(programBytes('echo'));
  const loop = sha256(programBytes('hostile'));
  const endless = paramsOf({ args: ['loop'] });
  return {
    adapter: {
      ...{ id: adapter.id, kinds: ['demo.run'], close: () => adapter.close() },
      start: (call, stage) => {
        (stage.blobs as ReturnType<typeof stageWith>['blobs']).store(programBytes('echo'));
        (stage.blobs as ReturnType<typeof stageWith>['blobs']).store(programBytes('hostile'));
        const wasi = utf8(`${call.params}`).join() === utf8(`${endless}`).join() ? loop : module;
        return adapter.start({ ...call, implementation: { wasi } }, stage);
      },
    },
    effect: 'demo.run',
    sound: () => paramsOf({ args: ['upper'], stdin: content.text('given') }),
    checkReceipt: (payload) => checkSchema('sys/WasiReceipt@1', payload),
    endless: {
      params: endless,
      async begun() {
        while (adapter.running === 0) await new Promise(setImmediate);
      },
    },
    refused: {
      'wasi-no-output': paramsOf({ args: ['quiet'] }),
      'wasi-input-missing': paramsOf({ stdin: content.blob(sha256(utf8('no blob'))) }),
      'wasi-params-invalid': paramsOf({ args: ['a\0b'] }),
    },
  };
}

describe('the adapter of programs', () => {
  it.each(adapterContract)('$name', ({ run }) => run(fixture()));
});

const adapter = new WasiAdapter({
  bounds: { timeMs: 5000, outputBytes: 1 << 20, diskBytes: 1 << 22, fileCount: 64 },
});
afterAll(() => adapter.close());

/** Runs a program of the tests, or any module. */
async function run(program: string | Uint8Array, asked: Asked | Uint8Array, more: object = {}) {
  const bytes = typeof program === 'string' ? programBytes(program) : program;
  const { module, stage } = stageWith(bytes);
  return readOutcome(await adapter.start(callOf(module, asked, more), stage));
}

describe('a program', () => {
  it('gets arguments and standard input, and answers on standard output', async () => {
    const asked = { args: ['upper'], stdin: content.text('grüß dich') };
    expect(await run('echo', asked)).toEqual({
      status: 'ok',
      exit_code: 0,
      stdout: content.text('GRüß DICH'),
      stderr: content.text(''),
      files: {},
    });
  });

  it('answers with whatever code it ends with, and is called as its effect is', async () => {
    expect(await run('echo', { args: ['exit', '3'] })).toMatchObject({
      status: 'ok',
      exit_code: 3,
      stderr: content.text('demo.run ends with 3\n'),
    });
  });

  it('gets files, and leaves those that it made; what it only read is not among them', async () => {
    const files = { 'data/in.bin': content.bytes(Uint8Array.of(1, 2, 255)) };
    const asked = { args: ['copy', 'data/in.bin', 'data/out.bin'], files };
    expect(await run('echo', asked)).toMatchObject({
      status: 'ok',
      files: { 'data/out.bin': content.bytes(Uint8Array.of(1, 2, 255)) },
    });
  });

  it('gets and leaves what is large as blobs', async () => {
    const { module, stage, blobs } = stageWith(programBytes('echo'));
    const large = new Uint8Array(100_000).map((_, i) => i % 251);
    const files = { in: content.blob(blobs.store(large)) };
    const call = callOf(module, { args: ['copy', 'in', 'out'], files });
    const outcome = readOutcome(await adapter.start(call, stage));
    expect(outcome).toMatchObject({ files: { out: content.blob(sha256(large)) } });
    expect(blobs.bytes(sha256(large))).toHaveLength(large.length);
  });

  it('calls its files what it likes', async () => {
    const asked = { args: ['copy', 'in', '__proto__'], files: { in: content.text('kept') } };
    const { files } = await run('echo', asked);
    expect(Object.entries(files as object)).toEqual([['__proto__', content.text('kept')]]);
  });

  it.each([
    [400_000, 1],
    [1, 400_000],
  ])('says in %d writes of %d pieces what it likes', async (writes, pieces) => {
    const { stdout } = await run(saying(writes, pieces), {});
    expect(stdout).toEqual(content.blob(sha256(new Uint8Array(writes * pieces))));
  });

  it('has chance and time of its intent: the same when it is started again', async () => {
    const answers = ['one', 'one', 'two'].map((intent) =>
      run('echo', { args: ['chance'] }, { intent }),
    );
    const [first, again, other] = await Promise.all(answers);
    expect(first).toMatchObject({ status: 'ok', exit_code: 0 });
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });
});

describe('a program that wants too much is ended', () => {
  const small = new WasiAdapter({
    bounds: { timeMs: 700, outputBytes: 1 << 20, diskBytes: 1 << 22, fileCount: 64 },
  });
  afterAll(() => small.close());
  it.each([
    ['loop', 'timeout', 'wasi-time-limit'],
    ['sleep', 'timeout', 'wasi-time-limit'],
    ['said', 'error', 'wasi-output-limit'],
    ['erred', 'error', 'wasi-output-limit'],
    ['disk', 'error', 'wasi-disk-limit'],
    ['gap', 'error', 'wasi-disk-limit'],
    ['unseen', 'error', 'wasi-disk-limit'],
    ['names', 'error', 'wasi-files-limit'],
    ['depth', 'error', 'wasi-files-limit'],
    ['stack', 'error', 'wasi-trap'],
    ['calls', 'error', 'wasi-trap'],
    ['trap', 'error', 'wasi-trap'],
    ['null', 'error', 'wasi-trap'],
    ['abort', 'error', 'wasi-trap'],
    ['quiet', 'error', 'wasi-no-output'],
  ])('%s: %s %s', async (name, status, code) => {
    const { module, stage } = stageWith(programBytes('hostile'));
    const outcome = await small.start(callOf(module, { args: [name] }), stage);
    expect(readOutcome(outcome)).toMatchObject({ status, code });
    expect(outcome.retry).toBe('never');
  });

  it('and what it said last stands in the message', async () => {
    const { message } = await run('hostile', { args: ['trap'] });
    expect(message).toContain('last words');
  });

  it('but one that waits for time gets there, without waiting', async () => {
    expect(await run('hostile', { args: ['wait'] })).toMatchObject({
      stdout: content.text('done\n'),
    });
  });

  it('and gets no more memory than there is', async () => {
    const bounded = new WasiAdapter({ bounds: { memoryPages: 64 } });
    const { module, stage } = stageWith(programBytes('hostile'));
    const outcome = await bounded.start(callOf(module, { args: ['memory'] }), stage);
    await bounded.close();
    expect(readOutcome(outcome)).toMatchObject({ stdout: content.text('3\n') });
  });

  it('and leaves nothing to the next on its thread', async () => {
    const one = new WasiAdapter({ threads: 1 });
    const { module, stage } = stageWith(programBytes('echo'));
    const files = { mine: content.text('left') };
    const first = callOf(module, { args: ['copy', 'mine', 'yours'], files });
    expect(readOutcome(await one.start(first, stage))).toMatchObject({ exit_code: 0 });
    for (const name of ['mine', 'yours']) {
      const next = callOf(module, { args: ['copy', name, 'out'] });
      expect(readOutcome(await one.start(next, stage))).toMatchObject({ exit_code: 1 });
    }
    await one.close();
  });
});

describe('a module is asked again before it runs', () => {
  const start = { memory: ['memory', 0], _start: ['function', 0] } as const;
  const valid = { memoryPages: 1, functions: [{ body: [] }], exports: start };
  it.each<[string, Uint8Array]>([
    ['wasi-import-denied', assembleModule({ ...valid, imports: [['env', 'fetch']] })],
    ['wasi-export-missing', assembleModule({ ...valid, exports: {} })],
    ['wasi-module-limit', assembleModule({ ...valid, memoryPages: 1025 })],
    ['wasi-module-limit', withTables(400)],
    ['wasi-module-invalid', assembleModule({ ...valid, functions: [{ body: [op.drop] }] })],
    ['wasi-module-invalid', utf8('no module')],
  ])('%s', async (code, bytes) => {
    expect(await run(bytes, { args: [] })).toMatchObject({ status: 'error', code });
  });

  it('and must be there', async () => {
    const { stage } = stageWith(new Uint8Array());
    const outcome = await adapter.start(callOf(sha256(utf8('none')), {}), stage);
    expect(readOutcome(outcome)).toMatchObject({ status: 'error', code: 'wasi-module-missing' });
    const call = stageCall({ effect: 'demo.run', params: paramsOf({}) });
    expect(readOutcome(await adapter.start(call, stage))).toMatchObject({
      code: 'wasi-module-missing',
    });
  });
});

describe('parameters of a program', () => {
  const one = content.text('x');
  it.each([
    ['a path from above', { files: { '/in': one } }],
    ['a path that leads up', { files: { 'a/../in': one } }],
    ['a path of nothing', { files: { '': one } }],
    ['a directory as path', { files: { 'in/': one } }],
    ['a path with a zero', { files: { 'a\0b': one } }],
    ['a name that is too long', { files: { ['n'.repeat(256)]: one } }],
    ['a file in a file', { files: { a: one, 'a/b/c': one } }],
    ['an argument with a zero', { args: ['\0'] }],
    ['content that is none', { stdin: { $tag: 'path', $value: '/etc/passwd' } as never }],
    ['a blob that is no hash', { stdin: { $tag: 'blob', $value: 'x' } }],
  ])('that are %s are refused', async (_what, asked) => {
    const found = await run('echo', asked);
    expect(found).toMatchObject({ status: 'error', code: 'wasi-params-invalid' });
  });

  it('that are more than a program may have are refused', async () => {
    const narrow = new WasiAdapter({ bounds: { inputBytes: 10 } });
    const { module, stage, blobs } = stageWith(programBytes('echo'));
    const blob = content.blob(blobs.store(new Uint8Array(11)));
    for (const files of [{ a: blob }, { a: content.text('123456'), b: content.text('78901') }]) {
      const outcome = readOutcome(await narrow.start(callOf(module, { files }), stage));
      expect(outcome).toMatchObject({ status: 'error', code: 'wasi-input-limit' });
    }
    await narrow.close();
  });

  it('are worth another start where it is the store that fails', async () => {
    const fault = new AosFault('store-failed', 'no room', { retry: 'later' });
    const { module, stage, blobs } = stageWith(programBytes('echo'));
    const stdin = content.bytes(new Uint8Array(20_000));
    blobs.put = () => Promise.reject(fault);
    const unstored = await adapter.start(callOf(module, { args: ['upper'], stdin }), stage);
    expect([readOutcome(unstored).code, unstored.retry]).toEqual([
      'wasi-output-not-stored',
      'later',
    ]);
    blobs.get = () => Promise.reject(fault);
    const asked = { stdin: content.blob(blobs.store(utf8('in'))) };
    const unread = await adapter.start(callOf(module, asked), stage);
    expect([readOutcome(unread).code, unread.retry]).toEqual(['wasi-blob-unreadable', 'later']);
  });
});
