/** What attacks came to, by entry point, for people. */
import { type AttackReport, hasHeld } from './attack.js';

interface Row {
  attempts: number;
  executed: number;
  twins: number;
  held: number;
}

const HEAD = ['entry', 'attempts', 'executed', 'twins', 'held'];

/** A table, and a line for each attack that was not met as it must be. */
export function printAttacks(reports: readonly AttackReport[]): readonly string[] {
  const rows = new Map<string, Row>();
  for (const report of reports) add(rows, report.entry, report);
  for (const report of reports) add(rows, 'all', report);
  const cells = [HEAD, ...[...rows].map(([entry, row]) => [entry, ...Object.values(row)])];
  const widths = HEAD.map((_, i) => Math.max(...cells.map((row) => String(row[i]).length)));
  const lines = cells.map((row) =>
    row.map((cell, i) => pad(String(cell), widths[i] ?? 0, i)).join('  '),
  );
  return [...lines, ...printFailures(reports)];
}

/** A line for each attack that was not met as it must be. */
export function printFailures(reports: readonly AttackReport[]): readonly string[] {
  return reports.filter((report) => !hasHeld(report)).map(printFailure);
}

function add(rows: Map<string, Row>, entry: string, report: AttackReport): void {
  const row = rows.get(entry) ?? { attempts: 0, executed: 0, twins: 0, held: 0 };
  row.attempts += 1;
  row.executed += report.executed;
  row.twins += report.twinExecuted;
  if (hasHeld(report)) row.held += 1;
  rows.set(entry, row);
}

const pad = (text: string, width: number, i: number): string =>
  i === 0 ? text.padEnd(width) : text.padStart(width);

function printFailure(report: AttackReport): string {
  const { entry, attempt, code, met, executed, twinExecuted } = report;
  const found = met.join(', ') || 'nothing';
  return (
    `NOT HELD: ${entry}: ${attempt}: expected ${code}, met ${found}; ` +
    `executed ${executed}, its twin ${twinExecuted}`
  );
}
