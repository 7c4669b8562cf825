/** `aos run`: worlds that live in this process until it is asked to end. */
import { resolve } from 'node:path';
import { Daemon, type DaemonEvent, type Log, type LogLevel } from '@aos/host';
import { newLog, openServed } from '../../compose/open-served.js';
import type { Answer } from '../../output.js';
import type { Tools } from '../../program/run-command.js';

export interface ServeCommandOptions {
  readonly log: LogLevel;
  readonly allowMissing?: boolean;
}

/** Serves each world on its control socket; answers when the last of them has gone. */
export async function serveWorlds(
  worlds: readonly string[],
  { log: level, allowMissing = false }: ServeCommandOptions,
  tools: Tools,
): Promise<Answer> {
  const options = { level, allowMissing, write: tools.log };
  const log = newLog(options);
  const openHost = openServed(log, options);
  const daemon = new Daemon({ openHost, onEvent: (event) => logEvent(log, event) });
  const stop = tools.stopSignal();
  try {
    for (const world of worlds) await serve(daemon, resolve(world), tools);
  } catch (error) {
    await daemon.close();
    throw error;
  }
  stop.addEventListener('abort', () => void daemon.close(), { once: true });
  if (stop.aborted) await daemon.close();
  await daemon.ended;
  return { data: null, lines: [], isTold: true };
}

async function serve(daemon: Daemon, world: string, tools: Tools): Promise<void> {
  await daemon.serve(world);
  const { pid } = process;
  tools.tell({
    data: { event: 'opened', world, pid },
    lines: [`${world} lives in process ${pid}; end it with 'aos down' or an interrupt`],
  });
}

/** What a daemon tells of itself, as it stands in the log among the lines about its worlds. */
const EVENTS = {
  opened: 'world-served',
  closed: 'world-let-go',
  gone: 'world-gone',
  stopped: 'world-stopped',
  'not-opened': 'world-not-opened',
  'not-closed': 'world-not-closed',
  defect: 'daemon-defect',
} as const;

function logEvent(log: Log, event: DaemonEvent): void {
  const { kind, ...fields } = event;
  const isFine = kind === 'opened' || kind === 'closed';
  log.write(isFine ? 'info' : 'error', EVENTS[kind], fields);
}
