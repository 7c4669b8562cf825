import { sha256 } from '@aos/canon';
import { expect, it } from 'vitest';
import { shadowInThread } from './shadow-runner.js';

const thread = (code: string) => new URL(`data:text/javascript,${encodeURIComponent(code)}`);
const request = { base: sha256(new Uint8Array()), patchHash: sha256(new Uint8Array()), atSeq: 0 };

async function codeOf(code: string, timeMs = 10_000): Promise<string> {
  const runner = shadowInThread({ workerUrl: thread(code), world: 'nowhere', timeMs });
  const failed: { readonly code?: string } = await runner.run(request).then(
    () => ({ code: 'ok' }),
    (error) => error,
  );
  return failed.code ?? 'none';
}

it('ends a thread that takes too long, and tells of one that ended by itself', async () => {
  expect(await codeOf('setInterval(() => undefined, 1000)', 20)).toBe('shadow-timeout');
  expect(await codeOf('process.exit(3)')).toBe('shadow-failed');
  expect(await codeOf('throw new Error("a defect")')).toBe('shadow-failed');
});

it('ends a thread that takes too much memory', async () => {
  const workerUrl = thread(
    'const all = []; for (;;) all.push(new Array(10_000).fill({}).map(String))',
  );
  const runner = shadowInThread({ workerUrl, world: 'nowhere' });
  const failed = await runner.run(request, { memoryMib: 32 }).catch((error) => error);
  expect(failed).toMatchObject({ code: 'shadow-memory' });
});

it('hands on what a thread answers, a fault with its code', async () => {
  const say = (answer: object) =>
    `import { parentPort } from 'node:worker_threads';
     parentPort.postMessage(${JSON.stringify(answer)});`;
  const refusal = { code: 'proposal-stale', at: '', detail: '' };
  expect(await codeOf(say({ kind: 'result', result: { kind: 'refused', refusal } }))).toBe('ok');
  const fault = { kind: 'fault', code: 'world-diverged', message: 'a record' };
  expect(await codeOf(say(fault))).toBe('world-diverged');
});
