/**
 * What the CLI says. With `--json` a command puts exactly one JSON value on standard output:
 * `{"ok":true,"data":…}` or `{"ok":false,"error":{code,at,message}}`; without it, lines for people,
 * errors on standard error. Standard output that fails is told there, too.
 */
import { type JsonValue, printJson } from '@aos/air';
import { type Refusal, RefusalError } from '@aos/canon';
import { AosFault } from '@aos/protocol';
import { cutLongLines, cutValues, showActing } from './shown-text.js';
import { colourError, colourLine, colourWarning } from './terminal/colours.js';

export interface Streams {
  out(text: string): void;
  err(text: string): void;
  /** Which of the two are shown in colours; neither when absent. */
  readonly colours?: { readonly out: boolean; readonly err: boolean };
  /** Standard error is a terminal, on which a line may be written over. */
  readonly isWatched?: boolean;
  /** Calls `stop` when somebody asks the program to end; the answer calls that off. */
  onStop?(stop: () => void): () => void;
}

/** For programs or for people. */
export type Form = 'json' | 'text';

/** The answer of a command: data for programs, lines for people. */
export interface Answer {
  readonly data: JsonValue;
  readonly lines: readonly string[];
  /** Said on standard error too: what worked, but deserves a look. */
  readonly warnings?: readonly string[];
  /** The answer is a no, and data says more: exit code 1. */
  readonly error?: CliError;
  /** What stays done should this answer not get through. */
  readonly done?: string;
  /** Without it 0, or 1 with an error. */
  readonly exitCode?: number;
  /** All was told item by item; with `--json` there is no value behind them. */
  readonly isTold?: boolean;
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
    return new CliError(refusal.code, cutValues(refusal.detail), refusal.at);
  }
}

/** Standard output took no more. */
class OutputError extends CliError {
  constructor(cause: unknown, done: string | undefined) {
    const what = done === undefined ? '' : `; ${done}`;
    super('output-failed', `standard output cannot be written: ${reasonOf(cause)}${what}`);
  }
}

const reasonOf = (cause: unknown) => (cause instanceof Error ? cause.message : String(cause));

/** Says a text on standard output; `done` is what stays done should that fail: `output-failed`. */
export function say(text: string, streams: Streams, done?: string): void {
  try {
    streams.out(text);
  } catch (cause) {
    throw new OutputError(cause, done);
  }
}

export function printAnswer(answer: Answer, form: Form, streams: Streams): void {
  const { data, lines, warnings = [], error, done, isTold = false } = answer;
  if (form === 'json' && isTold && error === undefined) {
    // nothing is left to say
  } else if (form === 'json') {
    const outcome = error === undefined ? { ok: true } : { ok: false, error: describe(error) };
    say(`${printJson({ ...outcome, data })}\n`, streams, done);
  } else {
    for (const line of lines) say(`${shownLine(line, streams)}\n`, streams, done);
    if (error !== undefined) printError(error, form, streams);
  }
  const label = streams.colours?.err === true ? colourWarning('warning:') : 'warning:';
  for (const warning of warnings) streams.err(`${label} ${showActing(warning)}\n`);
}

/** What lines hold was often written by others. */
function shownLine(line: string, { colours }: Streams): string {
  const shown = showActing(line);
  return colours?.out === true ? colourLine(shown) : shown;
}

/** Something that is told before the answer: with `--json` a value on a line of its own. */
export function printItem(
  item: Pick<Answer, 'data' | 'lines'>,
  form: Form,
  streams: Streams,
): void {
  if (form === 'json') say(`${printJson({ ok: true, data: item.data })}\n`, streams);
  else for (const line of item.lines) say(`${shownLine(line, streams)}\n`, streams);
}

export function printError(error: unknown, form: Form, streams: Streams): void {
  const { code, at, message } = describe(error);
  if (form === 'text' || error instanceof OutputError) {
    const label = `error [${code}]`;
    const shown = streams.colours?.err === true ? colourError(label) : label;
    streams.err(`${shown}${showActing(`${at === '' ? '' : ` at ${at}`}: ${message}`)}\n`);
    return;
  }
  try {
    say(`${printJson({ ok: false, error: { code, at, message } })}\n`, streams);
  } catch (failure) {
    for (const each of [error, failure]) printError(each, 'text', streams);
  }
}

interface Description {
  readonly code: string;
  readonly at: string;
  readonly message: string;
}

/** An error as data: its code, place and message. */
export const describeError = (error: unknown): Description => describe(error);

/** An error as one of this program: with its code and place. */
export function cliErrorOf(error: unknown): CliError {
  if (error instanceof CliError) return error;
  const { code, at, message } = identify(error);
  return new CliError(code, message, at);
}

function describe(error: unknown) {
  const { code, at, message } = identify(error);
  return { code, at: cutLongLines(at), message: cutLongLines(message) };
}

function identify(error: unknown): Description {
  if (error instanceof CliError) return error;
  if (error instanceof RefusalError) return CliError.of(error.refusal);
  if (error instanceof AosFault) return { code: error.code, at: '', message: error.message };
  if (!(error instanceof Error)) return { code: 'defect', at: '', message: String(error) };
  const { code, syscall, message, stack } = error as NodeJS.ErrnoException;
  // Codes without a system call are Node's answers to a wrong use of it: ours.
  if (code !== undefined && syscall !== undefined) return { code: 'system', at: code, message };
  return { code: 'defect', at: '', message: stack ?? message };
}
