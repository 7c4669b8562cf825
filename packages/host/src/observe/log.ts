/**
 * Structured logs: a line of JSON for each event.
 *
 * L1 A line is whole: it is written at once, ends with a line feed and holds none.
 * L2 Writing never throws and never waits. A sink that does not keep up loses lines, and is told
 *    how many, so memory stays bounded.
 */
import { type JsonValue, printJson } from '@aos/air';
import { toHex } from '@aos/canon';
import { AosFault } from '@aos/protocol';

export const LOG_LEVELS = ['error', 'warn', 'info', 'debug', 'trace'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Bytes are written as hex, errors by their code; what is undefined is left out. */
export type LogFields = Readonly<Record<string, unknown>>;

export interface LogOptions {
  /** Lines of this level and of those before it in {@link LOG_LEVELS}. Default `info`. */
  readonly level?: LogLevel;
  /** Takes a line with its line feed. */
  readonly write: (line: string) => void;
  /** Milliseconds since 1970. Default: the clock of the machine. */
  readonly nowMs?: () => number;
  /** In every line. */
  readonly fields?: LogFields;
}

/** Characters of a text that are logged. */
const MAX_TEXT = 4096;

export class Log {
  readonly #most: number;

  constructor(private readonly options: LogOptions) {
    this.#most = LOG_LEVELS.indexOf(options.level ?? 'info');
  }

  /** Whether lines of this level are written: for what costs something to find out. */
  isOn(level: LogLevel): boolean {
    return LOG_LEVELS.indexOf(level) <= this.#most;
  }

  /** Writes `{time, level, event, …}`. Events are kebab-case and keep their meaning. */
  write(level: LogLevel, event: string, fields: LogFields = {}): void {
    if (!this.isOn(level)) return;
    const { nowMs = Date.now, write, fields: own = {} } = this.options;
    const time = new Date(nowMs()).toISOString();
    try {
      write(`${printJson(jsonOf({ time, level, event, ...own, ...fields }, 0))}\n`);
    } catch {
      // there is nobody left to tell
    }
  }

  /** The same log with more fields in every line. */
  with(fields: LogFields): Log {
    return new Log({ ...this.options, fields: { ...this.options.fields, ...fields } });
  }
}

/** The level of this name. Fault: `log-level`. */
export function parseLogLevel(name: string): LogLevel {
  const level = LOG_LEVELS.find((each) => each === name);
  if (level !== undefined) return level;
  const message = `expected one of ${LOG_LEVELS.join(', ')}, found '${name}'`;
  throw new AosFault('log-level', message, { retry: 'never' });
}

/** As much of a stream of Node as a sink needs. */
export interface LogStream {
  readonly writableLength: number;
  write(line: string): unknown;
}

/** Bytes that may wait in a stream before lines are left out. */
const MAX_WAITING_BYTES = 1 << 20;

/** Writes lines to a stream as long as it keeps up (L2). */
export function writeLines(stream: LogStream): (line: string) => void {
  let lost = 0;
  return (line) => {
    if (stream.writableLength > MAX_WAITING_BYTES) {
      lost += 1;
      return;
    }
    if (lost > 0) stream.write(`{"level":"warn","event":"log-lines-lost","lines":${lost}}\n`);
    lost = 0;
    stream.write(line);
  };
}

const MAX_DEPTH = 8;

function jsonOf(value: unknown, depth: number): JsonValue {
  if (value === null || typeof value === 'boolean' || typeof value === 'bigint') return value;
  if (typeof value === 'string') {
    return value.length > MAX_TEXT ? `${value.slice(0, MAX_TEXT)}…` : value;
  }
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : String(value);
  if (value instanceof Uint8Array) return toHex(value);
  if (value instanceof AosFault) return { code: value.code, message: jsonOf(value.message, depth) };
  if (value instanceof Error) return { code: value.name, message: jsonOf(value.message, depth) };
  if (typeof value !== 'object' || depth === MAX_DEPTH) return String(value);
  if (Array.isArray(value)) return value.map((item) => jsonOf(item, depth + 1));
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries.map(([name, item]) => [name, jsonOf(item, depth + 1)]));
}
