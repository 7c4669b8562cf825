/** `aos governance list` and `show`. */
import type { ProposalShape } from '@aos/protocol';
import { withAccess } from '../../access/with-access.js';
import { dataOf } from '../../json-values.js';
import type { Answer } from '../../output.js';
import { printValue } from '../../shown-effects.js';

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
      lines: proposals.length > 0 ? proposals.map(printProposal) : none,
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
        ...shape.voices.map(({ principal, decision }) => `  ${decision} by ${principal}`),
        `  patch ${printValue(patch)}`,
        ...lines,
      ],
    };
  });
}

function printProposal({ proposal, state, author, description, at }: ProposalShape): string {
  const what = description === '' ? '' : `  ${description}`;
  return `${proposal}  ${state}  by ${author} in record ${at}${what}`;
}
