import { describe, expect, it } from 'vitest';
import { ProgramPool } from './program-pool.js';
import type { ProgramJob } from './run-program.js';

/** Jobs are what the code of a test takes them for. */
const job = {} as ProgramJob;
const wanted = { isCalledOff: false, onCallOff: () => () => undefined };
const poolOf = (code: string, timeMs = 60_000) =>
  new ProgramPool({ threads: 1, timeMs, workerUrl: new URL(`data:text/javascript,${code}`) });

const PARENT = "import { parentPort } from 'node:worker_threads';";

describe('a pool of threads', () => {
  it.each([
    ['that cannot begin', 'throw new Error()'],
    ['that ends at its job', `${PARENT} parentPort.on('message', () => process.exit(3))`],
    ['that throws at its job', `${PARENT} parentPort.on('message', () => { throw 1 })`],
  ])('says so of a thread %s, and goes on with another', async (_what, code) => {
    const pool = poolOf(code);
    for (let i = 0; i < 2; i++) {
      expect(await pool.run(job, wanted)).toMatchObject({ kind: 'lost' });
    }
    await pool.close();
    expect(pool.running).toBe(0);
  });

  it('ends a thread whose time is over, and lets the next run begin', async () => {
    const pool = poolOf(`${PARENT} parentPort.on('message', () => { for (;;); })`, 50);
    const results = await Promise.all([pool.run(job, wanted), pool.run(job, wanted)]);
    expect(results).toEqual([{ kind: 'late' }, { kind: 'late' }]);
    await pool.close();
  });

  it('answers for a thread that lingers, and waits for none', async () => {
    const code = `import { spawnSync } from 'node:child_process'; ${PARENT}
      parentPort.on('message', () => spawnSync('/bin/sleep', ['1']))`;
    const workerUrl = new URL(`data:text/javascript,${code}`);
    const pool = new ProgramPool({ threads: 1, timeMs: 300, endMs: 20, workerUrl });
    expect(await pool.run(job, wanted)).toEqual({ kind: 'late' });
    expect(await pool.run(job, wanted)).toMatchObject({ kind: 'lost' });
    await pool.close();
    expect(await pool.run(job, wanted)).toMatchObject({ kind: 'lost' });
    let result = await pool.run(job, wanted);
    while (result.kind === 'lost') {
      await new Promise(setImmediate);
      result = await pool.run(job, wanted);
    }
    expect(result).toEqual({ kind: 'late' });
    await pool.close();
  });

  it('says of a thread whose heap is full that it is', async () => {
    const fill = 'const all = []; for (;;) all.push(new Array(1000).fill(all.length))';
    const pool = poolOf(`${PARENT} parentPort.on('message', () => { ${fill} })`);
    expect(await pool.run(job, wanted)).toEqual({ kind: 'full' });
    await pool.close();
  });

  it('does not begin what was called off while it waited', async () => {
    const pool = poolOf(`${PARENT} parentPort.on('message', () => { for (;;); })`);
    const callOffs: (() => void)[] = [];
    const endless = {
      isCalledOff: false,
      onCallOff: (run: () => void) => {
        callOffs.push(run);
        return () => undefined;
      },
    };
    const first = pool.run(job, endless);
    const second = pool.run(job, { ...wanted, isCalledOff: true });
    for (const run of callOffs) run();
    expect(await Promise.all([first, second])).toEqual([
      { kind: 'called-off' },
      { kind: 'called-off' },
    ]);
    await pool.close();
  });

  it('uses a thread again', async () => {
    const count = `${PARENT} let n = 0; parentPort.on('message', () => {
      n += 1; parentPort.postMessage({ kind: 'exited', exitCode: n }) })`;
    const pool = poolOf(count);
    expect(await pool.run(job, wanted)).toMatchObject({ exitCode: 1 });
    expect(await pool.run(job, wanted)).toMatchObject({ exitCode: 2 });
    await pool.close();
  });
});
