/** The commands that show what became of effects. */
import { STANDINGS } from '@aos/protocol';
import { type Command, Option } from 'commander';
import {
  type EffectsOptions,
  type ReceiptsOptions,
  showEffects,
  showReceipts,
} from '../commands/reading/effects.js';
import { showTrace, type TraceCommandOptions } from '../commands/reading/trace.js';
import { parseNatural } from './option-values.js';
import type { RunCommand } from './run-command.js';

const DEFAULT_LIMIT = 50;
const DEFAULT_TRACE_PLACES = 10_000;

export function addEffectCommands(program: Command, run: RunCommand): void {
  program
    .command('effects')
    .description('list what was asked of the outside, and how it stands or ended')
    .option('--effect <kind>', 'only of this kind, such as http.request')
    .addOption(new Option('--standing <standing>', 'only what stands so').choices(STANDINGS))
    .option('--limit <effects>', 'most effects to show, the latest', parseNatural, DEFAULT_LIMIT)
    .action((options: EffectsOptions, command: Command) =>
      run(command, (world) => showEffects(world(), options)),
    );
  program
    .command('receipts')
    .description('list what the outside answered, signed by whom')
    .option('--effect <kind>', 'only of this kind, such as http.request')
    .addOption(new Option('--status <status>', 'only with this status').choices(RECEIPT_STATUSES))
    .option('--intent <hash>', 'only of this intent')
    .option('--before <seq>', 'only of records before this one', parseNatural)
    .option('--limit <receipts>', 'most receipts to show, the latest', parseNatural, DEFAULT_LIMIT)
    .action((options: ReceiptsOptions, command: Command) =>
      run(command, (world) => showReceipts(world(), options)),
    );
  program
    .command('trace')
    .description('show what a root event led to, and where that stands')
    .argument('[what]', 'a place (7, 7/2) or an intent; the latest event when left out')
    .option('--limit <places>', 'most places to look at', parseNatural, DEFAULT_TRACE_PLACES)
    .action((what: string | undefined, options: TraceCommandOptions, command: Command) =>
      run(command, (world) => showTrace(world(), what, options)),
    );
}

const RECEIPT_STATUSES = ['ok', 'error', 'timeout', 'cancelled'] as const;
