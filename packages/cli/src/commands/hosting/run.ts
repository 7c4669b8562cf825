/** `aos run --until quiescent`: effects run until nothing of the world moves any more. */
import { connectDaemon } from '../../access/daemon-access.js';
import { accessOf } from '../../access/local-access.js';
import { Asked } from '../../access/with-access.js';
import { openHost } from '../../compose/open-host.js';
import { dataOf } from '../../json-values.js';
import { type Answer, CliError } from '../../output.js';
import { shortText } from '../../shown-effects.js';
import { printRest } from '../../shown-rest.js';

export interface RunOptions {
  /** `list`: a world that only waits for time is at rest. */
  readonly timers: 'list' | 'wait';
  /** How long rest is waited for, in milliseconds. */
  readonly timeout: number;
  /** Runs what can be run, and leaves open what nobody serves. */
  readonly allowMissing?: boolean;
}

/** Runs the world here, or waits for the daemon that does. */
export async function runToRest(path: string, options: RunOptions): Promise<Answer> {
  const { allowMissing = false } = options;
  const access =
    (await connectDaemon(path)) ?? accessOf(await openHost(path, { effects: 'run', allowMissing }));
  try {
    return await untilRest(new Asked(access), options);
  } finally {
    await access.close();
  }
}

async function untilRest(asked: Asked, { timers, timeout }: RunOptions): Promise<Answer> {
  const rest = await asked.call('quiesce', { timers, timeout_ms: timeout });
  const { letters } = await asked.call('dead-letters.list', {});
  const { seq } = await asked.call('journal.head', {});
  const answer = {
    data: dataOf({ ...rest, head: seq, dead_letters: letters }),
    lines: printRest(rest),
    warnings: letters.map(({ intent, effect, code }) => {
      return `effect ${shortText(intent)}  ${effect} came to nothing: ${code}`;
    }),
  };
  if (!rest.timed_out) return answer;
  const message = `the world did not rest within ${timeout} ms; give it more with --timeout`;
  return { ...answer, error: new CliError('run-timeout', message) };
}
