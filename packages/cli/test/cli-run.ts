/** The CLI as tests run it: in this process, with what it says kept. */
import { runCli } from '@aos/cli';

export async function aos(...args: string[]) {
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
