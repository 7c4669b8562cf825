/** Systems that are libraries: in an application server of their own, with thin HTTP in front. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { HttpClient } from './http-client.js';
import { peersDir } from './peer-folder.js';
import { freePort, killTree, startNode, stopNode } from './processes.js';
import type { Founded, Running, System, SystemFacts } from './system.js';

const POLL_MS = 10;

/** What an application needs beside itself. */
export interface Backing {
  /** Given to the application as its second argument. */
  readonly argument: string;
  readonly pids: readonly number[];
  stop(): Promise<void>;
  kill(): Promise<void>;
}

export interface AppOptions {
  readonly name: string;
  readonly facts: SystemFacts;
  readonly keeps: boolean;
  /** File of the application, without its ending. */
  readonly program: string;
  /** Prepares a folder, once; what it answers starts what the application stands on. */
  readonly back: (data: string) => Promise<() => Promise<Backing>>;
}

/** The application keeps its own files, in its own process. */
export async function backedByFiles(data: string): Promise<() => Promise<Backing>> {
  const nothing = async () => undefined;
  return async () => ({ argument: data, pids: [], stop: nothing, kill: nothing });
}

export function appSystem(options: AppOptions): System {
  const { name, facts, keeps } = options;
  return { name, facts, keeps, found: (directory) => foundApp(directory, options) };
}

async function foundApp(directory: string, { program, back }: AppOptions): Promise<Founded> {
  const data = join(directory, 'data');
  mkdirSync(data);
  const startBacking = await back(data);
  const path = join(peersDir, `${program}.mjs`);
  const start = async () => {
    const backing = await startBacking();
    const port = await freePort();
    const child = await startNode(path, [String(port), backing.argument]);
    const running = overHttp(new HttpClient(`http://127.0.0.1:${port}`), {
      pids: [child.pid ?? 0, ...backing.pids],
      stop: async () => {
        await stopNode(child);
        await backing.stop();
      },
      kill: async () => {
        await Promise.all([killTree(child), backing.kill()]);
      },
    });
    await running.add('first');
    return running;
  };
  return { data, start };
}

function overHttp(http: HttpClient, ends: Pick<Running, 'pids' | 'stop' | 'kill'>): Running {
  const steps = (count: number, ms: number) => `?steps=${count}&ms=${ms}`;
  const finished = async (prefix: string) =>
    Number((await http.ask('GET', `/finished/${prefix}`)).count);
  return {
    pids: ends.pids,
    add: async (key) => {
      await http.ask('POST', `/counter/${key}`);
    },
    count: async (key) => Number((await http.ask('GET', `/counter/${key}`)).n),
    run: async (id, count) =>
      Number((await http.ask('POST', `/workflow/${id}${steps(count, 0)}`)).sum),
    begin: async (id, ms) => {
      await http.ask('PUT', `/workflow/${id}${steps(3, ms)}`);
    },
    finished,
    untilFinished: async (prefix, count) => {
      while ((await finished(prefix)) < count) await new Promise((go) => setTimeout(go, POLL_MS));
    },
    stop: async () => {
      await http.close();
      await ends.stop();
    },
    kill: async () => {
      await ends.kill();
      await http.close();
    },
  };
}
