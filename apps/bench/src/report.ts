/** Measurements for people. */
import type { Row } from './measure.js';
import type { PeerRow } from './peers/rows.js';

const columns = ['name', 'value', 'unit', 'min', 'max', 'runs', 'load'] as const;

/** A table, names to the left and figures to the right; behind it why figures are missing. */
export function formatTable(rows: readonly (Row | PeerRow)[]): string {
  const cells = [[...columns], ...rows.map((row) => columns.map((column) => format(row[column])))];
  const widths = columns.map((_, at) => Math.max(...cells.map((line) => line[at]?.length ?? 0)));
  const pad = (cell: string, at: number) =>
    columns[at] === 'name' || columns[at] === 'unit'
      ? cell.padEnd(widths[at] ?? 0)
      : cell.padStart(widths[at] ?? 0);
  const missing = rows.flatMap((row) =>
    'reason' in row && row.reason !== undefined ? [`${row.name}: ${row.reason}`] : [],
  );
  return [...cells.map((line) => line.map(pad).join('  ').trimEnd()), ...missing].join('\n');
}

function format(value: string | number | null): string {
  if (value === null) return '-';
  return typeof value === 'string' ? value : value.toLocaleString('en-US');
}
