/** Processes of systems: starting, killing, and what they take of the machine. */
import { type ChildProcess, type ForkOptions, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';

const STOP_MS = 20_000;
const KIB = 1024;

/** As in production: nobody is told of what went well. */
const QUIET = { NODE_ENV: 'production', RESTATE_LOGGING: 'ERROR' };

/** A Node program that says `ready`. */
export async function startNode(program: string, args: readonly string[]): Promise<ChildProcess> {
  const stdio: ForkOptions['stdio'] = ['ignore', 'ignore', 'pipe', 'ipc'];
  const child = fork(program, [...args], { stdio, env: { ...process.env, ...QUIET } });
  const said = gathered(child);
  const failed = once(child, 'exit').then(([code]) => {
    throw new Error(`${program} ended with ${code}: ${said()}`);
  });
  failed.catch(() => undefined);
  await Promise.race([once(child, 'message'), failed]);
  return child;
}

/** A program in a process group of its own. */
export function startProgram(
  program: string,
  args: readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv; readonly uid?: number } = {},
): ChildProcess {
  const stdio: ['ignore', 'ignore', 'pipe'] = ['ignore', 'ignore', 'pipe'];
  const child = spawn(program, [...args], { ...options, detached: true, stdio });
  gathered(child);
  child.once('error', () => undefined);
  return child;
}

/** Runs a program to its end. */
export async function runProgram(
  program: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly uid?: number } = {},
): Promise<void> {
  const child = spawn(program, [...args], { ...options, stdio: ['ignore', 'ignore', 'pipe'] });
  const said = gathered(child);
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${program} ${args[0]} ended with ${code}: ${said()}`);
}

/** The last of what it said on standard error. */
function gathered(child: ChildProcess): () => string {
  let text = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    text = (text + chunk.toString()).slice(-2000);
  });
  return () => text.trim();
}

/** Asks a Node child to end, and sees to it. */
export async function stopNode(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const ended = once(child, 'exit');
  child.send('stop');
  await orKilled(child, ended);
}

export async function stopProgram(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (hasEnded(child)) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await orKilled(child, ended);
}

async function orKilled(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await ended;
  clearTimeout(timer);
}

/** SIGKILL for a child and whatever it has started. */
export async function killTree(child: ChildProcess): Promise<void> {
  if (hasEnded(child) || child.pid === undefined) return;
  const ended = once(child, 'exit');
  const pids = treeOf([child.pid]);
  for (const pid of pids) killQuietly(pid);
  await ended;
  while (pids.some(isRunning)) await new Promise((resolve) => setTimeout(resolve, 2));
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it has ended meanwhile
  }
}

/** A process that nobody has waited for yet is over, too. */
function isRunning(pid: number): boolean {
  return (statOf(pid)?.state ?? 'Z') !== 'Z';
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

interface ProcessStat {
  readonly state: string;
  readonly parent: number;
}

function statOf(pid: number): ProcessStat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state = '', parent] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state, parent: Number(parent) };
  } catch {
    return undefined;
  }
}

/** The processes and all their descendants. */
function treeOf(roots: readonly number[]): number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), parent: statOf(Number(name))?.parent }));
  const found = [...roots];
  for (const root of found) {
    for (const { pid, parent } of parents) if (parent === root) found.push(pid);
  }
  return found;
}

/** Memory of process trees; what they share is counted once. */
export function memoryBytes(roots: readonly number[]): number {
  return treeOf(roots).reduce((sum, pid) => sum + shareBytes(pid), 0);
}

function shareBytes(pid: number): number {
  try {
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    return Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? 0) * KIB;
  } catch {
    return 0;
  }
}

/** A port that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('expected a port');
  return address.port;
}
