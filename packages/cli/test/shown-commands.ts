/** Commands that a page of documentation shows, with what they say; run in a folder for that. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { aos } from './cli-run.js';

export const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url));

interface Shown {
  readonly command: string;
  readonly says: string;
}

/** The `console` blocks of a page: a line that begins with `$`, and lines below it. */
export function shownCommands(page: string): readonly Shown[] {
  const text = readFileSync(join(REPOSITORY, page), 'utf8');
  const blocks = [...text.matchAll(/^```console\n(.*?)^```$/gms)].map(([, block = '']) => block);
  return blocks.flatMap((block) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((part) => {
        const [command = '', ...lines] = part.split('\n');
        return { command, says: lines.join('\n') };
      }),
  );
}

interface Stage {
  /** Where names of files lead. */
  readonly root: string;
  readonly isFile: (word: string) => boolean;
  /** Programs other than `aos`, by name. */
  readonly programs?: Readonly<Record<string, (words: readonly string[]) => void>>;
}

interface Heard {
  /** Standard error stands behind standard output. */
  readonly text: string;
  readonly exitCode: number | null;
}

export async function runShown(command: string, stage: Stage): Promise<Heard> {
  const { root, isFile, programs = {} } = stage;
  const words = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, word]) => {
    const found = (quoted ?? word) as string;
    return quoted === undefined && isFile(found) ? join(root, found) : found;
  });
  const [program = '', ...args] = words;
  const own = programs[program];
  if (own !== undefined) {
    own(args);
    return { text: '', exitCode: 0 };
  }
  if (program === 'aos') {
    const { out, err, exitCode } = await aos(...args);
    return { text: `${out}${err}`, exitCode };
  }
  const { stdout, stderr, status } = spawnSync(program, args, { cwd: root });
  return { text: `${stdout}${stderr}`, exitCode: status };
}

/** Matches what a page shows: `…` stands for anything. */
export function asShown(says: string): RegExp {
  const escaped = says.trim().replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('…', '.*')}$`);
}
