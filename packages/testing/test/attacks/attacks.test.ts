/**
 * What is tried without, beyond or after a grant, by entry point: nothing of it is executed, and
 * the least change that makes it legitimate is executed once. Counted at the adapter.
 */
import { afterAll, describe, expect, it } from 'vitest';
import { type Attack, type AttackReport, runAttack } from '../../src/attacks/attack.js';
import { printAttacks, printFailures } from '../../src/attacks/attack-table.js';
import { RECEIPT_ENTRIES } from './entries/receipts.js';
import { ERRANDS, REQUEST_ENTRIES } from './entries/requests.js';
import { FOLLOW_WORLD } from './follow-world.js';
import { Range } from './range.js';
import { ALL_KINDS, shootingWorld } from './shooting-world.js';

const reports: AttackReport[] = [];

afterAll(() => {
  if (process.env.AOS_ATTACKS) console.log(printAttacks(reports).join('\n'));
});

async function judge(
  range: Range,
  entry: string,
  attacks: readonly Attack<Range>[],
): Promise<void> {
  const own: AttackReport[] = [];
  for (const attack of attacks) own.push(await runAttack(entry, range, attack));
  reports.push(...own);
  expect(printFailures(own)).toEqual([]);
  expect(await range.close()).toBe(true);
}

describe('nothing is executed of', () => {
  it.each(REQUEST_ENTRIES)('what a %s asks for beyond a grant', async (entry, attacks) => {
    const range = new Range(shootingWorld(ERRANDS), { kinds: Object.keys(ALL_KINDS) });
    range.time.pass(2_000_000n);
    await judge(range, entry, attacks);
  });

  it.each(RECEIPT_ENTRIES)('what would follow a forged %s', async (entry, attacks) => {
    const kinds = ['ask', 'pay'];
    const range = new Range(FOLLOW_WORLD, { kinds, held: ['ask'], counted: ['pay'] });
    await judge(range, entry, attacks);
  });
});
