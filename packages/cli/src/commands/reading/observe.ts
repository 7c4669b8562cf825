/** `aos metrics`, `aos audit`, `aos dead-letters`: what an observer is told of a living world. */
import { printJson } from '@aos/air';
import { untilStopped } from '../../access/until-stopped.js';
import { withAccess } from '../../access/with-access.js';
import { dataOf } from '../../json-values.js';
import type { Answer } from '../../output.js';
import type { Tools } from '../../program/run-command.js';
import { shortText } from '../../shown-effects.js';

/** In the text format of Prometheus. */
export async function showMetrics(path: string): Promise<Answer> {
  return withAccess(path, 'write', async (asked) => {
    const { text } = await asked.call('metrics', {});
    return { data: { text }, lines: text.trimEnd().split('\n') };
  });
}

export interface AuditOptions {
  /** First record. */
  readonly from?: number;
  readonly follow?: true;
}

/** A line of JSON for each thing that an auditor is told. */
export async function showAudit(
  path: string,
  options: AuditOptions,
  tools: Tools,
): Promise<Answer> {
  return withAccess(path, 'write', async (asked) => {
    const items = asked.stream('audit', { ...options });
    for await (const item of untilStopped(items, tools.stopSignal())) {
      const data = dataOf(item);
      tools.tell({ data, lines: [printJson(data)] });
    }
    return { data: null, lines: [], isTold: true };
  });
}

/** The latest effects that came to nothing since the world was opened. */
export async function showDeadLetters(path: string): Promise<Answer> {
  return withAccess(path, 'read', async (asked) => {
    const found = await asked.call('dead-letters.list', {});
    const lines = found.letters.map(({ intent, effect, code, starts }) => {
      return `${shortText(intent)}  ${effect}  ${code}  started ${starts} times`;
    });
    return { data: dataOf(found), lines: lines.length > 0 ? lines : ['no dead letters'] };
  });
}
