/** An explanation as text: a table of both values, and the way back to the input. */
import { type JsonValue, printJson } from '@aos/air';
import { printPlace } from '../why/places.js';
import { printNode } from '../why/print.js';
import type { ExplainedRow, Explanation } from './explain.js';

/** Widest cell of the table; longer text is cut, the data form has all of it. */
const MAX_CELL_CHARS = 72;

const WHAT = {
  broken: 'is broken',
  different: 'differs',
  extra: 'is in the journal, and replay does not make it',
  missing: 'is made by replay, and not in the journal',
} as const;

/** Lines of at most about twice the widest cell. */
export function printExplanation({ kind, seq, at, code, rows, chain }: Explanation): string[] {
  const table = [
    ['', 'field', 'replay makes', 'the journal has'],
    ...rows.map((row) => [mark(row), row.field, cell(row.expected), cell(row.found)]),
  ];
  const widths = [0, 1, 2].map((n) => Math.max(...table.map((line) => (line[n] ?? '').length)));
  const lines = table.map((line) =>
    line
      .map((text, n) => text.padEnd(widths[n] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const back = chain.map((link, n) => {
    const arrow = n === 0 ? 'because of' : '        of';
    return `${arrow} ${printPlace(link.place)}  ${printNode(link)}`;
  });
  return [`record ${seq}, ${at} ${WHAT[kind]} (${code})`, ...lines, ...back];
}

function mark({ isSame }: ExplainedRow): string {
  return isSame ? ' ' : '≠';
}

function cell(value: JsonValue | undefined): string {
  if (value === undefined) return '—';
  const text = typeof value === 'string' ? value : printJson(value);
  return text.length > MAX_CELL_CHARS ? `${text.slice(0, MAX_CELL_CHARS - 1)}…` : text;
}
