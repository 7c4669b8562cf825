/**
 * What is tried without, beyond or after a grant, by entry point: nothing of it is executed, and
 * the least change that makes it legitimate is executed once. Counted at the adapter.
 */
import { appendFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import {
  type Attack,
  type AttackReport,
  runAttack,
  type Target,
} from '../../src/attacks/attack.js';
import { printAttacks, printFailures } from '../../src/attacks/attack-table.js';
import { BY_HOSTS, BY_PLANS } from './entries/agents.js';
import { APPROVALS } from './entries/approvals.js';
import { BRANCHES, BranchRange } from './entries/branches.js';
import { CHANGES, ChangingRange, KEYS } from './entries/changes.js';
import { DEFINITIONS, Foundry } from './entries/definitions.js';
import { BY_HAND } from './entries/governance.js';
import { HTTP, HttpRange } from './entries/http.js';
import { LIMITS, limited } from './entries/limits.js';
import { PROGRAMS, ProgramRange } from './entries/programs.js';
import { RECEIPT_ENTRIES } from './entries/receipts.js';
import { ERRANDS, REQUEST_ENTRIES } from './entries/requests.js';
import { SecretRange, USES_OF_SECRETS } from './entries/secrets.js';
import { SOCKET_ENTRIES, SocketRange } from './entries/socket.js';
import { FOLLOW_WORLD } from './follow-world.js';
import { GovernedRange } from './governed-world.js';
import { Range } from './range.js';
import { ALL_KINDS, type Errand, shootingWorld } from './shooting-world.js';

const GOVERNANCE_ENTRIES = [
  ['proposal by hand', BY_HAND],
  ['proposal by a plan', BY_PLANS],
  ['proposal by a host', BY_HOSTS],
] as const;

const reports: AttackReport[] = [];

afterAll(() => {
  const file = process.env.AOS_ATTACKS;
  if (file !== undefined) appendFileSync(file, `${printAttacks(reports).join('\n')}\n`);
});

/** All attacks in one world, or each of them in a new one. */
async function judge<R extends Target & { close(): Promise<boolean> }>(
  entry: string,
  attacks: readonly Attack<R>[],
  open: { readonly one: () => R } | { readonly each: () => R | Promise<R> },
): Promise<void> {
  const own: AttackReport[] = [];
  const ranges: R[] = [];
  for (const attack of attacks) {
    const [range = 'one' in open ? open.one() : await open.each()] = 'one' in open ? ranges : [];
    if (!ranges.includes(range)) ranges.push(range);
    own.push(await runAttack(entry, range, attack));
  }
  reports.push(...own);
  expect(printFailures(own)).toEqual([]);
  for (const range of ranges) expect(await range.close()).toBe(true);
}

/** Late enough for grants to have expired. */
function shooting(errands: readonly Errand[], kinds: readonly string[]): Range {
  const range = new Range(shootingWorld(errands), { kinds });
  range.time.pass(2_000_000n);
  return range;
}

describe('nothing is executed of', () => {
  it.each(REQUEST_ENTRIES)('what a %s asks for beyond a grant', (entry, attacks) => {
    const kinds = Object.keys(ALL_KINDS);
    return judge(entry, attacks, { one: () => shooting(ERRANDS, kinds) });
  });

  it.each(RECEIPT_ENTRIES)('what would follow a forged %s', (entry, attacks) => {
    const options = { kinds: ['ask', 'pay'], held: ['ask'], counted: ['pay'] };
    return judge(entry, attacks, { one: () => new Range(FOLLOW_WORLD, options) });
  });

  it('what waits for people', () => {
    return judge('approval of an effect', APPROVALS, { one: () => shooting([], ['pay']) });
  });

  it('what leads beyond a grant on the way', async () => {
    const range = await HttpRange.open();
    await judge('HTTP on its way', HTTP, { one: () => range });
  });

  it.each(SOCKET_ENTRIES)('what comes by the %s', async (entry, attacks) => {
    const range = await SocketRange.open();
    await judge(entry, attacks, { one: () => range });
  });

  it('what a program looks for outside of its run', async () => {
    const range = await ProgramRange.open();
    await judge('WASI program', PROGRAMS, { one: () => range });
  });

  it('what would be done with a secret of others', async () => {
    const range = await SecretRange.open();
    await judge('secret', USES_OF_SECRETS, { one: () => range });
  });

  it('what is not granted any more', () =>
    judge('grant that is gone', CHANGES, { each: () => new ChangingRange() }));

  it('what comes as a limit ends', () => judge('end of a limit', LIMITS, { each: limited }));

  it('what another branch of a world has left', () =>
    judge('fork, rewind, bundle', BRANCHES, { each: () => BranchRange.open() }));

  it('what somebody else has a key of', () =>
    judge('key of an effect', KEYS, { each: () => shooting([], ['pay']) }));

  it('what no world is made of', () =>
    judge('definition', DEFINITIONS, { one: () => new Foundry() }));

  it.each(GOVERNANCE_ENTRIES)('what a %s would allow', (entry, attacks) =>
    judge(entry, attacks, { each: () => new GovernedRange() }),
  );
});
