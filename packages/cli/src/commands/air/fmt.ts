/** `aos air fmt`: AIR JSON in its one layout. */
import { statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseJson } from '@aos/air';
import { formatAir } from '@aos/air/author';
import { listFiles } from '../../air-files.js';
import { type Answer, CliError } from '../../output.js';
import { cutValues } from '../../shown-text.js';
import { readTextFile } from '../../text-files.js';

export interface FmtOptions {
  /** Says which files would change and changes none. */
  readonly check?: true;
}

/** Formats files, and in folders every file that ends in `.json`. Meaning and hashes stay. */
export async function formatFiles(paths: readonly string[], options: FmtOptions): Promise<Answer> {
  const files = paths.flatMap(filesOf);
  const changed = files.flatMap((file) => {
    const text = readTextFile(file);
    const formatted = format(text, file);
    return formatted === text ? [] : [{ file, formatted }];
  });
  if (options.check !== true) {
    for (const { file, formatted } of changed) writeFileSync(file, formatted);
  }
  const names = changed.map(({ file }) => file);
  const verb = options.check === true ? 'not formatted' : 'formatted';
  return {
    data: { files: files.length, changed: names, written: options.check !== true },
    lines: [...names.map((name) => `${verb}  ${name}`), `${files.length} files looked at`],
    exitCode: options.check === true && changed.length > 0 ? 1 : 0,
  };
}

function filesOf(path: string): readonly string[] {
  const full = resolve(path);
  const found = statSync(full, { throwIfNoEntry: false });
  if (found?.isFile()) return [full];
  if (found === undefined) throw new CliError('file-unreadable', `there is no '${full}'`, full);
  const air = join(full, 'air');
  const hasAir = statSync(air, { throwIfNoEntry: false })?.isDirectory() === true;
  return listFiles(hasAir ? air : full, '.json');
}

function format(text: string, file: string): string {
  const json = parseJson(text);
  if (json.ok) return formatAir(json.value);
  const { code, at, detail } = json.refusal;
  throw new CliError(code, cutValues(detail), `${file}:${at}`);
}
