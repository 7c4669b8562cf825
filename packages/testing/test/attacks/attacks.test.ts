/**
 * What is tried without, beyond or after a grant, by entry point: nothing of it is executed, and
 * the least change that makes it legitimate is executed once. Counted at the adapter.
 */
import { afterAll, describe, expect, it } from 'vitest';
import { type AttackReport, hasHeld, runAttack } from '../../src/attacks/attack.js';
import { printAttacks } from '../../src/attacks/attack-table.js';
import { ERRANDS, REQUEST_ENTRIES } from './entries/requests.js';
import { Range } from './range.js';
import { ALL_KINDS, shootingWorld } from './shooting-world.js';

const reports: AttackReport[] = [];
const failed = () => reports.filter((report) => !hasHeld(report));

afterAll(() => {
  if (process.env.AOS_ATTACKS) console.log(printAttacks(reports).join('\n'));
});

describe('requests', () => {
  it.each(REQUEST_ENTRIES)('beyond a grant, by a %s', async (entry, attacks) => {
    const range = new Range(shootingWorld(ERRANDS), { kinds: Object.keys(ALL_KINDS) });
    range.time.pass(2_000_000n);
    for (const attack of attacks) reports.push(await runAttack(entry, range, attack));
    expect(printAttacks(failed()).slice(2)).toEqual([]);
    expect(await range.close()).toBe(true);
  });
});
