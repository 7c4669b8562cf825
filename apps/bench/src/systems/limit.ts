/**
 * What this machine allows: the bare pipeline of `limit-process.ts`, measured like a system, in the
 * same rounds and by the same client process. It is no peer: nothing could be built on it.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encode } from '@aos/canon';
import { ADD, COUNT, type Question, RUN, readAnswers, writeQuestion } from '../limit/frames.js';
import { sampleRecords } from '../limit/samples.js';
import { killTree, startNode, stopNode } from './processes.js';
import type { Founded, Running, System } from './system.js';

/** Beside the program as it is built. */
const PROGRAM = fileURLToPath(new URL('./limit-process.js', import.meta.url));

/** With signatures on as many threads as there are processors. */
export const limit = bare('limit', availableParallelism());
/** With signatures on one thread, as they stand in our host. */
export const limitBeside = bare('limit-beside', 1);

function bare(name: string, threads: number): System {
  return {
    name,
    keeps: false,
    facts: {
      packages: [],
      durability: 'as ours, of records, signatures and flushes alone; nothing reads them back',
      client: 'local socket, frames of a few bytes, one connection',
    },
    found: (directory) => found(directory, threads),
  };
}

async function found(directory: string, threads: number): Promise<Founded> {
  const data = join(directory, 'data');
  mkdirSync(data);
  const samples = await sampleRecords(data);
  const numbered = Object.entries(samples).map(([steps, records]) => [steps, records] as const);
  writeFileSync(join(data, 'samples'), encode(new Map(numbered)));
  const start = async () => {
    const child = await startNode(PROGRAM, [data, String(threads)]);
    const client = new BareClient(connect(join(data, 'socket')));
    const running = overFrames(client, {
      pids: [child.pid ?? 0],
      stop: () => stopNode(child),
      kill: () => killTree(child),
    });
    await running.add('first');
    return running;
  };
  return { data, start };
}

class BareClient {
  readonly #waiting = new Map<number, (value: number) => void>();
  #written: Buffer[] = [];
  #next = 0;

  constructor(readonly socket: Socket) {
    let left: Buffer = Buffer.alloc(0);
    socket.on('data', (bytes: Buffer) => {
      const all = left.length === 0 ? bytes : Buffer.concat([left, bytes]);
      left = readAnswers(all, (id, value) => {
        this.#waiting.get(id)?.(value);
        this.#waiting.delete(id);
      });
    });
    socket.on('error', () => socket.destroy());
  }

  ask(question: Omit<Question, 'id'>): Promise<number> {
    const id = this.#next++;
    if (this.#written.length === 0) setImmediate(() => this.#write());
    this.#written.push(writeQuestion({ ...question, id }));
    return new Promise((resolve) => this.#waiting.set(id, resolve));
  }

  #write(): void {
    this.socket.write(Buffer.concat(this.#written));
    this.#written = [];
  }
}

function overFrames(client: BareClient, ends: Pick<Running, 'pids' | 'stop' | 'kill'>): Running {
  const keepsNothing = () => Promise.reject(new Error('it keeps nothing'));
  return {
    pids: ends.pids,
    add: async (key) => {
      await client.ask({ kind: ADD, steps: 0, key });
    },
    count: (key) => client.ask({ kind: COUNT, steps: 0, key }),
    run: (id, steps) => client.ask({ kind: RUN, steps, key: id }),
    begin: keepsNothing,
    finished: keepsNothing,
    untilFinished: keepsNothing,
    stop: async () => {
      client.socket.destroy();
      await ends.stop();
    },
    kill: ends.kill,
  };
}
