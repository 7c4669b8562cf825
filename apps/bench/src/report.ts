/** Measurements for people. */
import type { Row } from './measure.js';

const columns = ['name', 'value', 'unit', 'min', 'max', 'runs', 'load'] as const;

/** A table, names to the left and figures to the right. */
export function formatTable(rows: readonly Row[]): string {
  const cells = [[...columns], ...rows.map((row) => columns.map((column) => format(row[column])))];
  const widths = columns.map((_, at) => Math.max(...cells.map((line) => line[at]?.length ?? 0)));
  const pad = (cell: string, at: number) =>
    columns[at] === 'name' || columns[at] === 'unit'
      ? cell.padEnd(widths[at] ?? 0)
      : cell.padStart(widths[at] ?? 0);
  return cells.map((line) => line.map(pad).join('  ').trimEnd()).join('\n');
}

function format(value: string | number): string {
  return typeof value === 'string' ? value : value.toLocaleString('en-US');
}
