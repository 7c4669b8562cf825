/** `aos why`: what led to a state, intent, event or plan instance, and what came of it. */

import type { ProvenanceShape, WhyArgs } from '@aos/protocol';
import { withAccess } from '../../access/with-access.js';
import { dataOf, readJsonText } from '../../json-values.js';
import type { Answer } from '../../output.js';
import { printShape } from '../../shown-nodes.js';

export type WhyKind = WhyArgs['kind'];

export interface WhyCommandOptions {
  /** The cell of a keyed reducer, as JSON. */
  readonly key?: string;
  /** What came of it instead of what led to it. */
  readonly forward?: boolean;
  /** Earlier changes of the same state to explain as well. */
  readonly history?: number;
  /** Most places to show. */
  readonly limit: number;
}

export interface WhyQuestion extends WhyCommandOptions {
  readonly kind: WhyKind;
  /** A reducer, the hash of an intent, or a place `<record>` or `<record>/<entry>`. */
  readonly what: string;
}

export async function explainWhy(path: string, question: WhyQuestion): Promise<Answer> {
  const { key, ...more } = question;
  const args: WhyArgs =
    key === undefined ? more : { ...more, key_json: readJsonText(key, 'the key') };
  return withAccess(path, 'read', async (asked) => {
    const found = await asked.call('why', args);
    return { data: dataOf(found), lines: printProvenance(found, args) };
  });
}

/** A line for each place, with its links: backwards they are reasons, forwards consequences. */
function printProvenance(
  { nodes, is_cut, missing }: ProvenanceShape,
  { forward }: WhyArgs,
): readonly string[] {
  const width = Math.max(0, ...nodes.map(({ place }) => place.length));
  const arrow = forward === true ? '→' : '←';
  const lines = nodes.map((node) => {
    const links = node.links.map(({ role, place }) => `  ${arrow} ${role} ${place}`).join('');
    return `${node.place.padEnd(width)}  ${printShape(node)}${links}`;
  });
  if (is_cut) lines.push('… there is more: raise --limit');
  for (const seq of missing) lines.push(`${seq}  not kept: the journal begins after this record`);
  return lines;
}
