/** `aos effects` and `aos receipts`: what was asked of the outside, and what it answered. */
import type { JsonValue } from '@aos/air';
import { parseHashText } from '@aos/canon';
import { listEffects, listReceipts } from '@aos/host';
import type { ReceiptStatus, Standing } from '@aos/protocol';
import { type Answer, CliError } from '../output.js';
import { printEffect, printReceipt } from '../shown-effects.js';
import { openingWarnings, withWorld } from '../world/open-world.js';
import { traceSourceOf } from '../world/trace-source.js';

export interface EffectsOptions {
  readonly effect?: string;
  readonly standing?: Standing;
  readonly limit: number;
}

export async function showEffects(path: string, options: EffectsOptions): Promise<Answer> {
  return withWorld(path, (opened) => {
    const { effects, is_cut } = listEffects(traceSourceOf(opened), options);
    return {
      data: { effects: effects as JsonValue, is_cut },
      lines: listed(effects.map(printEffect), is_cut, 'no effect was asked for'),
      warnings: openingWarnings(opened),
    };
  });
}

export interface ReceiptsOptions {
  readonly effect?: string;
  readonly status?: ReceiptStatus;
  readonly intent?: string;
  readonly limit: number;
}

export async function showReceipts(path: string, options: ReceiptsOptions): Promise<Answer> {
  return withWorld(path, (opened) => {
    const { intent, ...query } = options;
    const { receipts, is_cut } = listReceipts(traceSourceOf(opened), {
      ...query,
      ...(intent === undefined ? {} : { intent: readHash(intent) }),
    });
    return {
      data: { receipts: receipts as JsonValue, is_cut },
      lines: listed(receipts.map(printReceipt), is_cut, 'no receipts'),
      warnings: openingWarnings(opened),
    };
  });
}

function readHash(text: string) {
  const hash = parseHashText(text);
  if (hash.ok) return hash.value;
  throw CliError.of(hash.refusal);
}

function listed(lines: readonly string[], isCut: boolean, nothing: string): readonly string[] {
  if (lines.length === 0) return [nothing];
  return isCut ? ['… earlier ones are not shown: raise --limit', ...lines] : lines;
}
