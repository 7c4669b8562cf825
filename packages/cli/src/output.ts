/**
 * What the CLI says. With `--json` exactly one JSON value on standard output, whatever happens:
 * `{"ok":true,"data":…}` or `{"ok":false,"error":{code,at,message}}`; without it, lines for people,
 * errors on standard error.
 */
import { type JsonValue, printJson } from '@aos/air';
import type { Refusal } from '@aos/canon';
import { AosFault } from '@aos/protocol';

export interface Streams {
  out(text: string): void;
  err(text: string): void;
}

/** For programs or for people. */
export type Form = 'json' | 'text';

/** The answer of a command: data for programs, lines for people. */
export interface Answer {
  readonly data: JsonValue;
  readonly lines: readonly string[];
  /** Said on standard error too: what worked, but deserves a look. */
  readonly warnings?: readonly string[];
  /** 0 unless said otherwise. */
  readonly exitCode?: number;
}

/** An expected no, with a stable code and the next thing to do in its message. */
export class CliError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly at = '',
  ) {
    super(message);
  }

  static of(refusal: Refusal): CliError {
    return new CliError(refusal.code, refusal.detail, refusal.at);
  }
}

export function printAnswer(answer: Answer, form: Form, streams: Streams): void {
  if (form === 'json') streams.out(`${printJson({ ok: true, data: answer.data })}\n`);
  else for (const line of answer.lines) streams.out(`${line}\n`);
  for (const warning of answer.warnings ?? []) streams.err(`warning: ${warning}\n`);
}

export function printError(error: unknown, form: Form, streams: Streams): void {
  const { code, at, message } = describeError(error);
  if (form === 'json') streams.out(`${printJson({ ok: false, error: { code, at, message } })}\n`);
  else streams.err(`error [${code}]${at === '' ? '' : ` at ${at}`}: ${message}\n`);
}

function describeError(error: unknown): { code: string; at: string; message: string } {
  if (error instanceof CliError) return error;
  if (error instanceof AosFault) return { code: error.code, at: '', message: error.message };
  const { code, message } = error as NodeJS.ErrnoException;
  if (typeof code === 'string') return { code: 'system', at: code, message };
  return {
    code: 'defect',
    at: '',
    message: error instanceof Error ? (error.stack ?? message) : String(error),
  };
}
