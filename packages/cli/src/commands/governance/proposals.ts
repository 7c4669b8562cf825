/** `aos governance list` and `show`. */
import type { ProposalShape, VoiceShape } from '@aos/protocol';
import { withAccess } from '../../access/with-access.js';
import { dataOf } from '../../json-values.js';
import type { Answer } from '../../output.js';
import { printValue } from '../../shown-effects.js';
import { oneLine } from '../../shown-text.js';

export interface ListOptions {
  readonly state?: string;
  readonly before?: number;
  readonly limit: number;
}

export async function listProposals(path: string, options: ListOptions): Promise<Answer> {
  return withAccess(path, 'read', async (asked) => {
    const found = await asked.call('governance.list', { ...options });
    const { proposals } = found;
    const none = [`no such proposals; the world has ${found.count}`];
    return {
      data: dataOf(found),
      lines: proposals.length > 0 ? proposals.map(printListed) : none,
    };
  });
}

export async function showProposal(path: string, proposal: number): Promise<Answer> {
  return withAccess(path, 'read', async (asked) => {
    const found = await asked.call('governance.show', { proposal });
    const { lines, patch, proposal: shape } = found;
    return {
      data: dataOf(found),
      lines: [
        printProposal(shape),
        `  from ${shape.base}${shape.is_current ? ', in force' : ''}`,
        `  to   ${shape.manifest}`,
        ...shape.voices.map(printVoice),
        ...printQuorum(shape).map((line) => `  ${line}`),
        `  patch ${printValue(patch)}`,
        ...lines.map(oneLine),
      ],
    };
  });
}

/** With what is still missing, where something is. */
function printListed(shape: ProposalShape): string {
  const { state, is_current, quorum } = shape;
  const missing = quorum.reduce(
    (sum, rule) => sum + Math.max(0, rule.count - rule.counted.length),
    0,
  );
  const isOpen = quorum.length > 0;
  const stale = isOpen && !is_current ? ['another definition is in force: propose it again'] : [];
  const shadow = isOpen && state === 'proposed' ? ['no shadow yet'] : [];
  const voices = isOpen && missing > 0 ? [`${missing} to approve`] : [];
  const left = [...stale, ...shadow, ...voices];
  return `${printProposal(shape)}${left.length === 0 ? '' : `  (${left.join(', ')})`}`;
}

function printVoice({ principal, decision, expires_ns }: VoiceShape): string {
  const until = expires_ns === null ? '' : `, until logical time ${expires_ns}`;
  return oneLine(`  ${decision} by ${principal}${until}`);
}

/** A line for each rule: who counts, and who is missing. */
export function printQuorum({ quorum }: ProposalShape): readonly string[] {
  return quorum.map(({ role, count, of, not_own, counted, could }) => {
    const who = of === null ? `with the role ${role}` : `of ${of.join(', ')}, as ${role}`;
    const own = not_own ? ', not the author' : '';
    const found = counted.length === 0 ? 'nobody yet' : counted.join(', ');
    const missing = count - counted.length;
    const more = could.length === 0 ? 'nobody who is there' : could.join(', ');
    const next = missing > 0 ? `; ${missing} missing, who could: ${more}` : '; enough';
    return oneLine(`needs ${count} ${who}${own}: ${found}${next}`);
  });
}

function printProposal({ proposal, state, author, description, at }: ProposalShape): string {
  const what = description === '' ? '' : `  ${description}`;
  return oneLine(`${proposal}  ${state}  by ${author} in record ${at}${what}`);
}
