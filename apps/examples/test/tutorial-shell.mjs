// A shell for the tutorial: takes steps as lines of JSON, answers each with a line of JSON. The
// command `aos` runs in this process, as built; everything else runs in bash.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { runCli } from '../../../packages/cli/dist/index.js';

/** @typedef {{ exitCode: number, said: string }} Outcome */

const PROGRAM = fileURLToPath(new URL('../../../packages/cli/dist/main.js', import.meta.url));
/** For lines that are more than one command. */
const ALIAS = `aos() { '${process.execPath}' '${PROGRAM}' "$@"; }`;

/** @type {import('node:child_process').ChildProcess[]} */
const background = [];

/** @param {string} command @returns {Promise<Outcome>} */
async function run(command) {
  const [program = '', ...args] = wordsOf(command);
  if (program === 'aos') return runAos(args);
  if (program === 'cd') return done(() => process.chdir(args[0] ?? ''));
  if (program === 'export') return done(() => setVariables(args));
  if (command.endsWith(' &')) return runBehind(command.slice(0, -' &'.length));
  const options = /** @type {const} */ ({ encoding: 'utf8' });
  const { status, stdout, stderr } = spawnSync('bash', ['-c', `${ALIAS}\n${command}`], options);
  return { exitCode: status ?? 1, said: `${stdout}${stderr}` };
}

/** @param {string[]} args @returns {Promise<Outcome>} */
async function runAos(args) {
  let said = '';
  const hear = (/** @type {string} */ text) => {
    said += text;
  };
  const exitCode = await runCli(args, { out: hear, err: hear });
  return { exitCode, said };
}

/**
 * Starts a program, and goes on when it has said something.
 * @param {string} command @returns {Promise<Outcome>}
 */
function runBehind(command) {
  const child = spawn('bash', ['-c', `exec ${command}`], { stdio: ['ignore', 'pipe', 'inherit'] });
  background.push(child);
  return new Promise((resolve) => {
    child.stdout.once('data', (data) => resolve({ exitCode: 0, said: String(data) }));
    child.once('exit', (code) => resolve({ exitCode: code ?? 1, said: '' }));
  });
}

/** @param {() => void} act @returns {Outcome} */
function done(act) {
  act();
  return { exitCode: 0, said: '' };
}

/** @param {string[]} settings */
function setVariables(settings) {
  for (const setting of settings) {
    const at = setting.indexOf('=');
    const value = setting.slice(at + 1).replaceAll('$PWD', process.cwd());
    process.env[setting.slice(0, at)] = value;
  }
}

/** Words of a line as a shell splits them. @param {string} line */
function wordsOf(line) {
  const words = line.match(/(?:'[^']*'|"(?:\\.|[^"\\])*"|[^\s'"])+/g) ?? [];
  return words.map((word) =>
    word.replaceAll(/'([^']*)'|"((?:\\.|[^"\\])*)"/g, (_, single, double) =>
      single === undefined ? String(double).replaceAll(/\\(.)/g, '$1') : single,
    ),
  );
}

/** @param {{ kind: string, path?: string, text?: string, command?: string }} step */
async function take({ path = '', text = '', command = '', kind }) {
  if (kind === 'command') return run(command);
  return done(() => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  });
}

for await (const line of createInterface({ input: process.stdin })) {
  const outcome = await take(JSON.parse(line)).catch((error) => ({
    exitCode: 1,
    said: String(error),
  }));
  process.stdout.write(`${JSON.stringify(outcome)}\n`);
}
for (const child of background) child.kill();
