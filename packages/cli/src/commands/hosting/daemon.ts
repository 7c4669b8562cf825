/** `aos up`, `aos down` and `aos ps`: daemons in the background. */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, closeSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LogLevel, listDaemons, type RunningDaemon } from '@aos/host';
import type { WorldAccess } from '@aos/protocol';
import { openWorldStore } from '@aos/store';
import { connectDaemon } from '../../access/daemon-access.js';
import { Asked } from '../../access/with-access.js';
import { programPath } from '../../compose/program-path.js';
import { type Answer, CliError } from '../../output.js';
import { cutLongLines } from '../../shown-text.js';
import { storePath } from '../../world/world-path.js';

/** How often something is looked at that another process has to do. */
const LOOK_MS = 25;
/** How long another daemon may take between the lock of a world and its socket. */
const RIVAL_MS = 5000;
/** How long one is looked for when the own daemon failed for another reason. */
const GLANCE_MS = 1000;

export interface UpOptions {
  readonly log: LogLevel;
  readonly allowMissing?: boolean;
  /** How long the daemon may take until it answers, in milliseconds. */
  readonly timeout: number;
}

/** Starts a daemon for a world, unless it has one. */
export async function startDaemon(world: string, options: UpOptions): Promise<Answer> {
  const running = await connectDaemon(world);
  if (running !== undefined) return describeUp(running, { world, child: undefined });
  const logFile = join(storePath(world), 'daemon.log');
  const before = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
  const child = spawnDaemon(world, logFile, options);
  const end = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const access =
    (await firstAnswer(world, options.timeout, end)) ??
    (await answerOfAnother(world, logFile, before));
  child.unref();
  if (access !== undefined) {
    await endNeedless(world, child, end);
    return describeUp(access, { world, child: child.pid });
  }
  child.kill('SIGTERM');
  throw notUp(logFile, before);
}

/** A log that is longer is put aside when the next daemon starts; one older log is kept. */
const MAX_LOG_BYTES = 8 * 2 ** 20;

function spawnDaemon(world: string, logFile: string, { log, allowMissing }: UpOptions) {
  const size = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
  if (size > MAX_LOG_BYTES) renameSync(logFile, `${logFile}.1`);
  const file = openSync(logFile, 'a', 0o600);
  chmodSync(logFile, 0o600);
  const flags = allowMissing === true ? ['--allow-missing'] : [];
  const args = [programPath(), 'run', '--world', world, '--log', log, ...flags];
  try {
    return spawn(process.execPath, args, {
      detached: true,
      stdio: ['ignore', file, file],
      cwd: '/',
    });
  } finally {
    closeSync(file);
  }
}

/** The daemon's access as soon as it answers; undefined when it ended or the time is up. */
async function firstAnswer(world: string, timeoutMs: number, end: Promise<unknown>) {
  let hasEnded = false;
  void end.then(() => {
    hasEnded = true;
  });
  for (const deadline = Date.now() + timeoutMs; Date.now() < deadline && !hasEnded; ) {
    const access = await connectDaemon(world);
    if (access !== undefined) return access;
    await Promise.race([sleep(LOOK_MS), end]);
  }
  return undefined;
}

/**
 * Of several daemons that are started at once one gets the world; it may not listen yet. They share
 * the log, so what the own one said may stand anywhere behind what was there before.
 */
async function answerOfAnother(
  world: string,
  logFile: string,
  before: number,
): Promise<WorldAccess | undefined> {
  const said = saidSince(logFile, before);
  const waitMs = said.includes('[world-locked]') ? RIVAL_MS : GLANCE_MS;
  return firstAnswer(world, waitMs, new Promise(() => undefined));
}

/** Where another daemon has the world, the own one must not get it when that one has gone. */
async function endNeedless(world: string, child: ChildProcess, end: Promise<unknown>) {
  const pid = pidOf(world);
  if (pid === null || pid === child.pid) return;
  child.kill('SIGTERM');
  await Promise.race([end, sleep(RIVAL_MS, undefined, { ref: false })]);
}

const pidOf = (world: string): number | null =>
  listDaemons().find(({ directory }) => directory === world)?.pid ?? null;

const SHOWN_LINES = 5;

/** What older daemons have said explains nothing. */
function notUp(logFile: string, before: number): CliError {
  const said = saidSince(logFile, before).trimEnd();
  const lines = cutLongLines(said.split('\n').slice(-SHOWN_LINES).join('\n'));
  const why = said === '' ? 'said nothing' : `said:\n${lines}`;
  return new CliError('daemon-not-up', `the daemon did not come up; in '${logFile}' it ${why}`);
}

function saidSince(logFile: string, before: number): string {
  const log = readFileSync(logFile);
  // one that is shorter was put aside meanwhile, and begun anew
  return log.subarray(log.length < before ? 0 : before).toString('utf8');
}

async function describeUp(
  access: WorldAccess,
  { world, child }: { readonly world: string; readonly child: number | undefined },
): Promise<Answer> {
  try {
    const { world_id } = await new Asked(access).call('status', {});
    const pid = pidOf(world);
    const started = pid !== null && pid === child;
    const state = started ? 'is up' : 'was up already';
    return {
      data: { world, world_id, pid, started },
      lines: [`${world} ${state}, process ${pid}`],
    };
  } finally {
    await access.close();
  }
}

export interface DownOptions {
  /** How long the daemon may take to end, in milliseconds. */
  readonly timeout: number;
}

/** Ends the daemon of a world in order; done when nobody has the world any more. */
export async function stopDaemon(world: string, { timeout }: DownOptions): Promise<Answer> {
  const access = await connectDaemon(world);
  if (access === undefined) {
    return { data: { world, stopped: false }, lines: [`${world} has no daemon`] };
  }
  try {
    await new Asked(access).call('shutdown', {});
  } finally {
    await access.close();
  }
  await untilFree(world, timeout);
  return { data: { world, stopped: true }, lines: [`${world} is down`] };
}

/** The lock goes last, so whoever gets it knows that everything else is done. */
async function untilFree(world: string, timeoutMs: number): Promise<void> {
  for (const deadline = Date.now() + timeoutMs; ; await sleep(LOOK_MS)) {
    if (await isFree(world)) return;
    if (Date.now() < deadline) continue;
    const message = `the daemon has not ended after ${timeoutMs} ms; wait, or look at its log`;
    throw new CliError('daemon-not-down', message);
  }
}

async function isFree(world: string): Promise<boolean> {
  try {
    const store = await openWorldStore(storePath(world), { mode: 'write' });
    await store.close();
    return true;
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === 'world-locked') return false;
    throw error;
  }
}

/** The daemons of this user, and how their worlds stand. */
export async function listRunning(): Promise<Answer> {
  const found = await Promise.all(listDaemons().map(describeRunning));
  return {
    data: { daemons: found },
    lines:
      found.length === 0
        ? ['no world has a daemon']
        : found.map(({ pid, world, mode, head }) => {
            const stands = mode === null ? 'does not answer' : `${mode}, head ${head}`;
            return `${pid}  ${world}  ${stands}`;
          }),
  };
}

async function describeRunning({ directory, world, pid }: RunningDaemon) {
  const known = { pid, world: directory, world_id: world };
  const access = await connectDaemon(directory).catch(() => undefined);
  if (access === undefined) return { ...known, mode: null, head: null };
  try {
    const { live, head } = await new Asked(access).call('status', {});
    return { ...known, mode: live?.mode ?? null, head };
  } catch {
    return { ...known, mode: null, head: null };
  } finally {
    await access.close();
  }
}
