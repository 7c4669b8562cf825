/**
 * Effects that are open as their world is opened, in the order in which they are started. What
 * ends by time alone comes in the order of its times: more of it may be overdue than is started in
 * one turn, and what was started ends before the rest is.
 */
import { compareBytes } from '@aos/canon';
import type { OpenIntent, World } from '@aos/kernel';
import type { Adapter } from '@aos/protocol';
import { EffectJob } from './effect-job.js';

interface TimedJob {
  readonly atNs: bigint;
  readonly job: EffectJob;
}

export function olderJobs(
  { intents }: Pick<World, 'intents'>,
  table: ReadonlyMap<string, Adapter>,
): readonly EffectJob[] {
  const jobs: EffectJob[] = [];
  const timed: TimedJob[] = [];
  for (const intent of intents.range()) {
    if (intent.state !== 'released') continue;
    const job = new EffectJob(intent.hash, intent.effect);
    job.isOlder = true;
    const atNs = dueOf(intent, table.get(intent.effect));
    if (atNs === undefined) jobs.push(job);
    else timed.push({ atNs, job });
  }
  for (const { job } of timed.sort(byTime)) jobs.push(job);
  return jobs;
}

/** A deadline that comes first ends it, too. */
function dueOf({ params, deadlineNs }: OpenIntent, adapter: Adapter | undefined) {
  const dueNs = adapter?.dueNs?.(params);
  if (dueNs === undefined || deadlineNs === undefined) return dueNs;
  return deadlineNs < dueNs ? deadlineNs : dueNs;
}

function byTime(a: TimedJob, b: TimedJob): number {
  if (a.atNs !== b.atNs) return a.atNs < b.atNs ? -1 : 1;
  return compareBytes(a.job.intent, b.job.intent);
}
