/** Another build of this command line, asked in a process of its own. */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '@aos/air';
import { CliError } from '../../output.js';
import { cutValues } from '../../shown-text.js';
import type { BuildReplay, CheckpointShape, DifferenceShape } from './own-build.js';

/** Most that a build may say. */
const MAX_ANSWER_BYTES = 1 << 28;

interface BuildQuestion {
  readonly bundle: string;
  readonly every: number;
  readonly from: number;
  readonly to: number;
}

/** What it says, and whether only of the end: builds of before know no checkpoints. */
interface BuildAnswer {
  readonly replay: BuildReplay;
  readonly compared: 'checkpoints' | 'end';
}

/** A file, a folder with `main.js`, or a package that has one. Code: `build-not-found`. */
export function findBuild(path: string): string {
  const full = resolve(path);
  const found = statSync(full, { throwIfNoEntry: false });
  if (found?.isFile() === true) return full;
  const places = [binOf(full), join(full, 'main.js'), join(full, 'dist', 'main.js')];
  const program = places.find((place) => place !== undefined && existsSync(place));
  if (program !== undefined) return program;
  const message = `expected a build at '${full}': a package with a program aos, or its main.js`;
  throw new CliError('build-not-found', `${message}; install or build it first`);
}

function binOf(folder: string): string | undefined {
  const manifest = join(folder, 'package.json');
  if (!existsSync(manifest)) return undefined;
  const parsed = parseJson(readFileSync(manifest, 'utf8'));
  const bin = parsed.ok && isJsonObject(parsed.value) ? parsed.value.bin : undefined;
  const program = isJsonObject(bin) ? bin.aos : bin;
  return typeof program === 'string' ? join(folder, program) : undefined;
}

/** Codes: `build-failed` without an answer, `build-refused` for a bundle that it does not read. */
export async function askBuild(program: string, question: BuildQuestion): Promise<BuildAnswer> {
  const { bundle, every, from, to } = question;
  const bounds = ['--every', `${every}`, '--from', `${from}`, '--to', `${to}`];
  const said = await run(program, ['replay', bundle, ...bounds]);
  if (codeOf(said) !== 'usage') return { replay: replayOf(said, program), compared: 'checkpoints' };
  const verified = await run(program, ['verify', bundle]);
  return { replay: replayOf(verified, program), compared: 'end' };
}

function run(program: string, args: readonly string[]): Promise<JsonObject> {
  return new Promise((done, fail) => {
    const options = { maxBuffer: MAX_ANSWER_BYTES };
    const words = [program, '--json', ...args];
    execFile(process.execPath, words, options, (error, stdout, stderr) => {
      const parsed = parseJson(stdout);
      if (parsed.ok && isJsonObject(parsed.value)) {
        done(parsed.value);
        return;
      }
      const how =
        error === null ? 'it answered no JSON' : `it ended with ${error.signal ?? error.code}`;
      const why = cutValues(errorIn(stderr));
      const message = `the build '${program}' gave no answer: ${how}; ${why}`;
      fail(new CliError('build-failed', message));
    });
  });
}

/** The line of a text for people that says what was wrong. */
function errorIn(text: string): string {
  const lines = text.trim().split('\n');
  return lines.find((line) => /error/i.test(line)) ?? lines.at(-1) ?? '';
}

function codeOf({ error }: JsonObject): JsonValue | undefined {
  return isJsonObject(error) ? error.code : undefined;
}

/** What it says is taken as said: it is compared, and nothing else. */
function replayOf(said: JsonObject, program: string): BuildReplay {
  const { data } = said;
  if (!isJsonObject(data) || typeof data.records !== 'number') {
    const message = `the build '${program}' refuses the bundle: ${String(codeOf(said))}`;
    throw new CliError('build-refused', `${message}; ask it to verify the bundle to see why`);
  }
  const { records, world_id, chain, world_hash, checkpoints, difference } = data;
  const end = { seq: records - 1, chain: String(chain), world_hash: String(world_hash) };
  return {
    same: data.same === true,
    world_id: String(world_id),
    records,
    checkpoints: Array.isArray(checkpoints) ? checkpoints.map(checkpointOf) : [end],
    difference: isJsonObject(difference) ? differenceOf(difference) : null,
  };
}

function checkpointOf(said: JsonValue): CheckpointShape {
  const { seq, chain, world_hash } = isJsonObject(said) ? said : {};
  return { seq: Number(seq), chain: String(chain), world_hash: String(world_hash) };
}

function differenceOf({ seq, at, kind, code, rows }: JsonObject): DifferenceShape {
  const told = Array.isArray(rows) ? rows.filter(isJsonObject) : [];
  return {
    seq: Number(seq),
    at: String(at),
    kind: String(kind),
    code: String(code),
    rows: told.flatMap(({ field, expected = null, found = null, same }) =>
      same === true ? [] : [{ field: String(field), expected, found }],
    ),
  };
}
