/** Provenance as text: one line per place, what it is, what it has to do with the others. */
import { type JsonValue, printJson } from '@aos/air';
import type { Described } from './describe.js';
import type { Link } from './links.js';
import { printPlace } from './places.js';
import type { Provenance, WhyNode } from './why.js';

/**
 * Values longer than this are cut, each by itself: a line is for reading, and what stands last in
 * it (an outcome, a code) matters most. The data form has all of it.
 */
const MAX_VALUE_CHARS = 80;
/** A hash is told from others by so much; an intent is asked for by all of its. */
const HASH_CHARS = 'sha256:'.length + 12;
const HASH = /^sha256:[0-9a-f]{64}$/;

/**
 * One line per node, in the order of the nodes. `direction` says what links are called: backwards
 * they are reasons (`← cause 3/1`), forwards consequences (`→ cause 5/0`).
 */
export function printProvenance(
  { nodes, isCut, missing }: Provenance,
  direction: 'back' | 'on',
): string[] {
  const places = nodes.map(({ place }) => printPlace(place));
  const width = Math.max(0, ...places.map((place) => place.length));
  const arrow = direction === 'back' ? '←' : '→';
  const lines = nodes.map((node, n) => {
    const links = node.links.map((link) => `  ${arrow} ${printLink(link)}`).join('');
    return `${(places[n] as string).padEnd(width)}  ${printNode(node)}${links}`;
  });
  if (isCut) lines.push('… there is more: ask for more nodes');
  for (const seq of missing) lines.push(`${seq}  not kept: the journal begins after this record`);
  return lines;
}

/** What a place is, without its place and links. */
export function printNode({ is, kind, fields }: Pick<WhyNode, 'fields' | 'is' | 'kind'>): string {
  return `${is === 'input' ? `input ${kind}` : kind}${printFields(fields)}`;
}

function printLink({ role, place }: Link): string {
  return `${role} ${printPlace(place)}`;
}

function printFields(fields: Described): string {
  const shown = Object.entries(fields).filter(([, value]) => value !== null);
  return shown.map(([name, value]) => `  ${name} ${printValue(name, value)}`).join('');
}

function printValue(name: string, value: JsonValue): string {
  const text = printJson(value);
  if (typeof value === 'string' && HASH.test(value) && name !== 'intent') {
    return `${value.slice(0, HASH_CHARS)}…`;
  }
  return text.length > MAX_VALUE_CHARS ? `${text.slice(0, MAX_VALUE_CHARS)}…` : text;
}
