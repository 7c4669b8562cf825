/** Findings of the language as the CLI says them. */
import type { Finding, JsonValue } from '@aos/air';
import { CliError } from './output.js';
import { cutLongLines, cutValues } from './shown-text.js';

export function describeFinding(finding: Finding): string {
  const hint = finding.hint === undefined ? '' : ` (${finding.hint})`;
  const message = cutValues(`${finding.message}${hint}`);
  return `${finding.code} at ${cutLongLines(finding.path)}: ${message}`;
}

export function findingJson(finding: Finding): JsonValue {
  const { code, severity, hint } = finding;
  const [path, message] = [cutLongLines(finding.path), cutValues(finding.message)];
  const next = hint === undefined ? {} : { hint: cutValues(hint) };
  return { code, severity, path, message, ...next };
}

export const isError = (finding: Finding): boolean => finding.severity === 'error';

/** The refusal of definitions with errors; `at` says where they come from. */
export function findingsError(findings: readonly Finding[], at: string): CliError {
  const lines = findings.filter(isError).map(describeFinding);
  return new CliError('air-invalid', lines.join('\n'), at);
}
