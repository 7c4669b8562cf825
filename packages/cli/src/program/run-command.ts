/** How a command is run, whatever it does. */
import type { Command } from 'commander';
import type { Answer } from '../output.js';
import type { ProgressLine } from '../terminal/progress.js';

/** What a command may do before it answers. */
export interface Tools {
  /** Tells something before the answer. */
  tell(item: Pick<Answer, 'data' | 'lines'>): void;
  /** Writes a line of a log, on standard error. */
  readonly log: (line: string) => void;
  /** Says on a terminal how far long work is. */
  progress(what: string): ProgressLine;
  /** Aborted when somebody asks the program to end. Only who asks for it can be stopped so. */
  stopSignal(): AbortSignal;
}

/** Runs a command and prints its answer; `world` finds the world that is meant. */
export type RunCommand = (
  command: Command,
  act: (world: () => string, tools: Tools) => Promise<Answer>,
) => Promise<void>;
