/** `aos effects` and `aos receipts`: what was asked of the outside, and what it answered. */
import type { ReceiptStatus, Standing } from '@aos/protocol';
import { withAccess } from '../../access/with-access.js';
import { dataOf } from '../../json-values.js';
import type { Answer } from '../../output.js';
import { printEffect, printReceipt } from '../../shown-effects.js';

export interface EffectsOptions {
  readonly effect?: string;
  readonly standing?: Standing;
  readonly limit: number;
}

export async function showEffects(path: string, options: EffectsOptions): Promise<Answer> {
  return withAccess(path, 'read', async (asked) => {
    const found = await asked.call('effects.list', { ...options });
    const lines = found.effects.map(printEffect);
    return { data: dataOf(found), lines: listed(lines, found, 'no effect was asked for') };
  });
}

export interface ReceiptsOptions {
  readonly effect?: string;
  readonly status?: ReceiptStatus;
  /** Hash of an intent. */
  readonly intent?: string;
  /** Only records before this one. */
  readonly before?: number;
  readonly limit: number;
}

export async function showReceipts(path: string, options: ReceiptsOptions): Promise<Answer> {
  return withAccess(path, 'read', async (asked) => {
    const found = await asked.call('receipts.list', { ...options });
    const lines = found.receipts.map(printReceipt);
    return { data: dataOf(found), lines: listed(lines, found, 'no receipts') };
  });
}

function listed(
  lines: readonly string[],
  { is_cut }: { readonly is_cut: boolean },
  nothing: string,
): readonly string[] {
  if (lines.length === 0) return [nothing];
  return is_cut ? ['… there are earlier ones: raise --limit', ...lines] : lines;
}
