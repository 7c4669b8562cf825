/**
 * Worlds of all kinds, lived, broken off and replayed: live = replay from genesis = replay from
 * each snapshot, byte for byte. What is implemented must have happened: the codes are those that
 * the specification explains, so a new one asks for its place here.
 *
 * `AOS_SEEDS=<first>+<count>` picks the seeds.
 */
import { describe, expect, it } from 'vitest';
import { runKernelDrill } from '../src/kernel/kernel-drill.js';
import { BROKEN_KERNELS } from './broken-kernels.js';
import { codesOf } from './explained-codes.js';

const [first = 0, count = process.env.AOS_DRILL === 'large' ? 100_000 : 1000] = (
  process.env.AOS_SEEDS?.split('+') ?? []
).map(Number);

const ENTRIES = [
  'approval-requested',
  'decision',
  'domain-event',
  'dropped',
  'intent',
  'keyring-changed',
  'plan-ended',
  'plan-result',
  'plan-started',
  'plan-step',
  'reducer-fault',
  'settled',
  'state-changed',
];

/** What cannot come up here, and why. */
const ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ['decision address-not-allowed', 'asked by hosts, when an address is known'],
  ['decision language-not-allowed', 'of an effect that these worlds do not ask for'],
  ['decision section-not-allowed', 'asked when a patch is proposed for a plan'],
  ['decision redirects-exceeded', 'asked by hosts, when a server redirects'],
  ['decision grant-revoked', 'needs another manifest'],
  ['decision intents-over-limit', 'takes 100,000 open intents'],
  ['decision intent-waiters-limit', 'takes 4,096 origins of one intent'],
  ['dropped event-undeliverable', 'needs another manifest'],
  ['plan plan-correlation-too-large', 'takes a correlation of 4,096 bytes'],
  ['plan plan-values-limit', 'takes 16 MiB of values'],
  ['refusal keyring-full', 'takes 1,024 keys'],
  ['decision operation-not-allowed', 'of effects that these worlds do not ask for'],
  ['decision workspace-not-allowed', 'of effects that these worlds do not ask for'],
  ['reducer-fault object-name-mismatch', 'of a reducer that these worlds do not have'],
  ['refusal key-name-taken', 'the keys of these worlds have names of their own'],
  ['snapshot-refusal snapshot-diverged', 'told by hosts, which have the journal too'],
]);

const group = (name: string, codes: readonly string[]) =>
  codes.map((code) => `${name} ${code}`).filter((each) => !ELSEWHERE.has(each));

/** Everything that must have happened. */
const REQUIRED = [
  ...ENTRIES.map((kind) => `entry ${kind}`),
  ...group('reducer-fault', codesOf('Modules', 'call fault')),
  ...group('reducer-fault', codesOf('Worlds', 'call fault')),
  ...group('decision', codesOf('The gate')),
  ...group('refusal', codesOf('Approvals')),
  ...group('refusal', codesOf('Inputs', 'refusal')),
  ...group('dropped', codesOf('Inputs', 'dropped')),
  ...group('settled', codesOf('Inputs', 'settled')),
  ...group('decision', codesOf('Inputs', 'denial')),
  ...group('plan', codesOf('Plans')),
  ...group('refusal', ['world-draining', 'world-halted', 'world-paused', 'runtime-unsupported']),
  ...group('difference', codesOf('Replay')),
  ...group('snapshot-refusal', codesOf('Snapshots')),
];

/** A machine that has other things to do takes several times as long as a quiet one. */
const TIMEOUT_MS = Math.max(600_000, count * 200);

describe('a world lived from a seed', () => {
  it(
    `replays to itself from genesis and each snapshot, over ${count} seeds`,
    () => {
      const { problems, coverage, records } = runKernelDrill({ firstSeed: first, seeds: count });
      console.log(`${records} records\n${coverage.histogram()}`);
      expect(problems).toEqual([]);
      if (count >= 1000) expect(REQUIRED.filter((name) => !coverage.has(name))).toEqual([]);
    },
    TIMEOUT_MS,
  );
});

describe('canaries: the laws find', () => {
  it.each(BROKEN_KERNELS.map((broken) => [broken.fault, broken] as const))('%s', (_, broken) => {
    const { make, isSteady, told } = broken;
    const only = { seeds: 300, maxProblems: 1, crashes: !isSteady };
    const { problems } = runKernelDrill({ ...only, kernel: make() });
    expect(problems.join()).toMatch(told);
  });
});
