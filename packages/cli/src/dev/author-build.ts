/** AIR JSON from the module that authors it, in a process of its own: Node reads one only once. */
import { execFile } from 'node:child_process';
import { programPath } from '../compose/program-path.js';
import { CliError } from '../output.js';

/** Writes `air/` beside the source, and says which files are new. */
export function buildAuthored(source: string): Promise<readonly string[]> {
  const args = [programPath(), 'air', 'build', source, '--prune', '--json'];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { maxBuffer: 1 << 26 }, (failure, stdout) => {
      const answer = parse(stdout);
      if (answer?.ok === true) resolve(answer.data.written);
      else reject(answer === undefined ? failure : errorOf(answer.error));
    });
  });
}

type BuildAnswer =
  | { readonly ok: true; readonly data: { readonly written: readonly string[] } }
  | { readonly ok: false; readonly error: { code: string; message: string; at: string } };

function parse(stdout: string): BuildAnswer | undefined {
  try {
    return JSON.parse(stdout) as BuildAnswer;
  } catch {
    return undefined;
  }
}

const errorOf = ({ code, message, at }: { code: string; message: string; at: string }) =>
  new CliError(code, message, at);
