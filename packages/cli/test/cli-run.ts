/** The CLI as tests run it: in this process, with what it says kept. */
import { runCli } from '@aos/cli';

export interface Said {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

export async function aos(...args: string[]): Promise<Said> {
  const said = { out: '', err: '' };
  const exitCode = await runCli(args, {
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
  });
  return { exitCode, ...said };
}

/** Runs with --json and returns the one value on standard output. */
export async function json(...args: string[]) {
  const { exitCode, out } = await aos('--json', ...args);
  return { exitCode, ...JSON.parse(out) };
}

export const refused = (code: string) => ({ ok: false, exitCode: 1, error: { code } });

/** A command that goes on until it is asked to end. */
export interface Going {
  /** Resolves when this many lines were said on standard output. */
  lines(count: number): Promise<readonly string[]>;
  /** Asks it to end, as an interrupt does. */
  stop(): Promise<Said>;
  readonly ended: Promise<Said>;
}

export function start(...args: string[]): Going {
  const said = { out: '', err: '' };
  const waiting = new Set<() => void>();
  let stop: (() => void) | undefined;
  const streams = {
    out: (text: string) => {
      said.out += text;
      for (const look of waiting) look();
    },
    err: (text: string) => {
      said.err += text;
    },
    onStop: (run: () => void) => {
      stop = run;
      return () => undefined;
    },
  };
  const ended = runCli(args, streams).then((exitCode) => ({ exitCode, ...said }));
  const lines = (count: number) =>
    new Promise<readonly string[]>((resolve, reject) => {
      const look = () => {
        const found = said.out.split('\n').slice(0, -1);
        if (found.length >= count) resolve(found);
      };
      waiting.add(look);
      look();
      ended.then(() => reject(new Error(`ended early: ${said.out}${said.err}`)), reject);
    });
  return {
    lines,
    ended,
    stop: () => {
      stop?.();
      return ended;
    },
  };
}

/** A daemon of a world, in this process. */
export async function serve(world: string, ...more: string[]): Promise<Going> {
  const going = start('run', world, '--json', '--log', 'error', ...more);
  await going.lines(1);
  return going;
}
