/** Findings of the language as the CLI says them. */
import type { Finding, JsonValue } from '@aos/air';
import { CliError } from './output.js';

export function describeFinding(finding: Finding): string {
  const hint = finding.hint === undefined ? '' : ` (${finding.hint})`;
  return `${finding.code} at ${finding.path}: ${finding.message}${hint}`;
}

export function findingJson(finding: Finding): JsonValue {
  const { code, severity, path, message, hint } = finding;
  return { code, severity, path, message, ...(hint === undefined ? {} : { hint }) };
}

export const isError = (finding: Finding): boolean => finding.severity === 'error';

/** The refusal of definitions with errors; `at` says where they come from. */
export function findingsError(findings: readonly Finding[], at: string): CliError {
  const lines = findings.filter(isError).map(describeFinding);
  return new CliError('air-invalid', lines.join('\n'), at);
}
