/** How a command is run, whatever it does. */
import type { Command } from 'commander';
import type { Answer } from '../output.js';

/** Runs a command and prints its answer; `world` finds the world that is meant. */
export type RunCommand = (
  command: Command,
  act: (world: () => string) => Promise<Answer>,
) => Promise<void>;
