import type { Problem } from '../forms/form.js';

/** One thing to say about a world's definition. Findings never throw and are never hashed. */
export interface Finding {
  /** Stable kebab-case code. */
  readonly code: string;
  /** A world with an error cannot be loaded; a warning is advice. */
  readonly severity: 'error' | 'warning';
  /** `file#/json/pointer`; for stored nodes the file is the text form of the hash. */
  readonly path: string;
  /** What was expected and what was found. */
  readonly message: string;
  /** What to do next. */
  readonly hint?: string;
}

/** Where a node of the language stands: a file and the pointer to the node in it. */
export interface Place {
  readonly file: string;
  readonly at: string;
}

export function pathOf(place: Place, suffix = ''): string {
  return `${place.file}#${place.at}${suffix}`;
}

export function error(code: string, path: string, message: string, hint?: string): Finding {
  return { code, severity: 'error', path, message, ...(hint === undefined ? {} : { hint }) };
}

export function warning(code: string, path: string, message: string, hint?: string): Finding {
  return { ...error(code, path, message, hint), severity: 'warning' };
}

/** The problems that a form found in one file. */
export function fromProblems(file: string, problems: readonly Problem[]): Finding[] {
  return problems.map(({ code, at, message, hint }) => error(code, `${file}#${at}`, message, hint));
}

export function hasError(findings: readonly Finding[]): boolean {
  return findings.some((finding) => finding.severity === 'error');
}
