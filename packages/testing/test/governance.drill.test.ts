/**
 * Worlds that change their own definition while everything else goes on.
 *
 * `AOS_SEEDS=<first>+<count>` picks the seeds.
 */
import { describe, expect, it } from 'vitest';
import { runGovernedDrill } from '../src/governed/governed-drill.js';
import { BROKEN_GOVERNANCE } from './broken-governance.js';

const [first = 0, count = process.env.AOS_DRILL === 'large' ? 20_000 : 22] = (
  process.env.AOS_SEEDS?.split('+') ?? []
).map(Number);

/** What must have happened, or no law says anything: of a few seeds already. */
const REQUIRED = [
  'asked governance.shadow',
  'governance applied',
  'governance approval',
  'governance approved',
  'governance proposed',
  'governance rejected',
  'governance rejection',
  'governance retracted',
  'governance shadowed',
  'governance voided',
  'governance withdrawn',
  'life migrated at once',
  'life migrated in steps',
  'life reducer back',
  'plan event-schema-changed',
  'world applied',
  'world approval',
  'world proposed',
];

const CODES = [
  'refusal governance-own',
  'refusal governance-role',
  'refusal key-schema-changed',
  'refusal migration-missing',
  'refusal object-missing',
  'refusal patch-not-canonical',
  'refusal patch-pre-hash',
  'refusal patch-reserved',
  'refusal proposal-closed',
  'refusal proposal-intent',
  'refusal proposal-mismatch',
  'refusal proposal-not-approved',
  'refusal proposal-repeated',
  'refusal proposal-stale',
  'refusal shadow-place',
  'refusal proposal-unknown',
  'dropped apply-abandoned',
  'dropped approval-expired',
  'dropped governance-not-named',
  'dropped proposal-not-approved',
  'reducer-fault migration-failed',
];

/** A machine that has other things to do takes several times as long as a quiet one. */
const TIMEOUT_MS = Math.max(600_000, count * 1000);

describe('a world that changes its own definition', () => {
  it(
    `keeps to every law, over ${count} seeds`,
    () => {
      const { problems, coverage, records } = runGovernedDrill({ firstSeed: first, seeds: count });
      console.log(`${records} records\n${coverage.histogram()}`);
      expect(problems).toEqual([]);
      const wanted = count < 20 ? [] : count < 1000 ? REQUIRED : [...REQUIRED, ...CODES];
      expect(wanted.filter((name) => !coverage.has(name))).toEqual([]);
    },
    TIMEOUT_MS,
  );
});

describe('canaries: the laws find', () => {
  it.each(BROKEN_GOVERNANCE.map((broken) => [broken.fault, broken] as const))(
    '%s',
    (_, broken) => {
      const { make, isSteady, told } = broken;
      const only = { seeds: 90, maxProblems: 1, crashes: !isSteady };
      const { problems } = runGovernedDrill({ ...only, kernel: make() });
      expect(problems.join()).toMatch(told);
    },
    120_000,
  );
});
