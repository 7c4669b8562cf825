/**
 * Kernels with one thing wrong with each: what the laws must find. A law that finds none of these
 * says nothing about the real one.
 */
import type { StepDone, World } from '@aos/kernel';
import { chainOf, type Entry, encodeRecord, type JournalRecord } from '@aos/protocol';
import { type KernelPort, REAL_KERNEL } from '../src/kernel/kernel-port.js';

export interface BrokenKernel {
  readonly fault: string;
  /** How the report of some seed begins to say it. */
  readonly told: RegExp;
  /** Its lives have no crashes, whose replays would tell of it first. */
  readonly isSteady?: true;
  readonly make: () => KernelPort;
}

type Fields = readonly (keyof World)[];

/** What a snapshot may forget, each part by itself. */
const FORGOTTEN: readonly Fields[] = [
  ['cells'],
  ['pending'],
  ['intents'],
  ['settled'],
  ['nonces'],
  ['dedup'],
  ['gateState'],
  ['planState'],
  ['deadlines'],
  ['keyring'],
  ['mode', 'haltCode'],
  ['epoch'],
  ['runtime'],
  ['logicalNowNs'],
  ['lastWallNs'],
];

const LOST = /other bytes|after a crash the world|differs at|ends in another world/;

/** A snapshot that opens with some fields as they were at genesis. */
const forgetful = (fields: Fields): BrokenKernel => ({
  fault: `a snapshot forgets ${fields.join(' and ')}`,
  told: LOST,
  make: () => {
    let genesis: World | undefined;
    const createWorld: KernelPort['createWorld'] = (...args) => {
      const created = REAL_KERNEL.createWorld(...args);
      if (created.ok) genesis = created.value;
      return created;
    };
    const openSnapshot: KernelPort['openSnapshot'] = (...args) => {
      const opened = REAL_KERNEL.openSnapshot(...args);
      if (opened.kind !== 'opened' || genesis === undefined) return opened;
      const first = genesis;
      const lost = Object.fromEntries(fields.map((name) => [name, first[name]]));
      return { ...opened, world: { ...opened.world, ...lost } };
    };
    return { ...REAL_KERNEL, createWorld, openSnapshot };
  },
});

/** A step whose record is changed after it was made, as if the kernel had made it so. */
const stepping = (change: (record: JournalRecord) => JournalRecord): KernelPort => ({
  ...REAL_KERNEL,
  step: (...args) => {
    const outcome = REAL_KERNEL.step(...args);
    return outcome.kind === 'done' ? changed(outcome, change) : outcome;
  },
});

export function changed(
  done: StepDone,
  change: (record: JournalRecord) => JournalRecord,
): StepDone {
  const record = change(done.record);
  const bytes = encodeRecord(record);
  return { ...done, record, bytes, world: { ...done.world, chain: chainOf(bytes) } };
}

const without =
  (drop: (entry: Entry) => boolean) =>
  (record: JournalRecord): JournalRecord => ({
    ...record,
    entries: record.entries.filter((entry) => !drop(entry)),
  });

/** Decisions become denials, so that no cause moves. */
const unseen = (record: JournalRecord): JournalRecord => ({
  ...record,
  entries: record.entries.map((entry) =>
    entry.kind === 'decision' ? { ...entry, outcome: 'deny', code: 'policy-denied' } : entry,
  ),
});

/** Denials become their opposite. */
const allowed = (record: JournalRecord): JournalRecord => ({
  ...record,
  entries: record.entries.map((entry) =>
    entry.kind === 'decision' ? { ...entry, outcome: 'allow', code: null } : entry,
  ),
});

/** Each record of a kind of entry a second time, at its end. */
const doubled =
  (kind: Entry['kind']) =>
  (record: JournalRecord): JournalRecord => {
    const again = record.entries.filter((entry) => entry.kind === kind);
    return { ...record, entries: [...record.entries, ...again] };
  };

const STEPS: readonly BrokenKernel[] = [
  {
    fault: 'a step depends on how often it was called',
    told: /differs at \d+ fuel/,
    make: () => {
      let calls = 0;
      return stepping((record) => ({ ...record, fuel: record.fuel + (calls++ % 7 === 6 ? 1 : 0) }));
    },
  },
  {
    fault: 'a record lacks a fault',
    told: /differs at|cause|is not before|goes on/,
    make: () => stepping(without(({ kind }) => kind === 'reducer-fault')),
  },
  {
    fault: 'an intent settles twice',
    isSteady: true,
    told: /settled: Error: ends an intent that is settled/,
    make: () => stepping(doubled('settled')),
  },
  {
    fault: 'an intent is opened that nothing let through',
    isSteady: true,
    told: /intent: Error: nothing has let the intent through/,
    make: () => stepping(unseen),
  },
  {
    fault: 'a cell changes from what it was not',
    isSteady: true,
    told: /state-changed: Error: changes from/,
    make: () => stepping(doubled('state-changed')),
  },
  {
    fault: 'an instance ends twice',
    isSteady: true,
    told: /plan-ended: Error: an instance that is ended goes on/,
    make: () => stepping(doubled('plan-ended')),
  },
  {
    fault: 'work that is left over gets lost',
    told: /hangs|differs at|ends in another world|not come to rest|has other bytes|after a crash/,
    make: () => ({
      ...REAL_KERNEL,
      step: (...args) => {
        const outcome = REAL_KERNEL.step(...args);
        if (outcome.kind !== 'done') return outcome;
        return { ...outcome, world: { ...outcome.world, pending: [] } };
      },
    }),
  },
  {
    fault: 'a world asks for work without end',
    isSteady: true,
    told: /does not come to rest/,
    make: () => ({
      ...REAL_KERNEL,
      step: (world, ...rest) => {
        const outcome = REAL_KERNEL.step(world, ...rest);
        if (outcome.kind !== 'done' || world.pending.length === 0) return outcome;
        return { ...outcome, world: { ...outcome.world, pending: world.pending } };
      },
    }),
  },
];

/** An outcome is changed where the gate is asked in a world like this. */
const GATES: readonly BrokenKernel[] = [
  {
    fault: 'a grant that has expired lets everything through',
    isSteady: true,
    told: /with less authority record \d+ has/,
    make: () => ({
      ...REAL_KERNEL,
      step: (world, ...rest) => {
        const outcome = REAL_KERNEL.step(world, ...rest);
        const grants = world.program.definition.manifest.defaults?.cap_grants ?? [];
        const isExpired = grants.some(({ expiry_ns }) => expiry_ns !== undefined && expiry_ns < 1);
        return outcome.kind === 'done' && isExpired ? changed(outcome, allowed) : outcome;
      },
    }),
  },
  {
    fault: 'budgets are forgotten from step to step',
    isSteady: true,
    told: /lets through more|what was reserved in has a ledger/,
    make: () => ({
      ...REAL_KERNEL,
      step: (world, ...rest) => {
        const outcome = REAL_KERNEL.step(world, ...rest);
        if (outcome.kind !== 'done') return outcome;
        return { ...outcome, world: { ...outcome.world, gateState: world.gateState } };
      },
    }),
  },
];

const JUDGES: readonly BrokenKernel[] = [
  {
    fault: 'a judge passes every record without running it',
    told: /ends in another world|has other bytes|after a crash|nobody noticed/,
    make: () => ({
      ...REAL_KERNEL,
      replayRecord: (world, bytes) => ({
        kind: 'same',
        world: { ...world, seq: world.seq + 1, chain: chainOf(bytes) },
      }),
    }),
  },
  {
    fault: 'a judge does not look at the chain',
    told: /nobody noticed|forged/,
    make: () => ({
      ...REAL_KERNEL,
      replayRecord: (world, ...rest) => {
        const verdict = REAL_KERNEL.replayRecord(world, ...rest);
        if (verdict.kind !== 'different' || verdict.difference.code !== 'chain-broken') {
          return verdict;
        }
        return { kind: 'same', world };
      },
    }),
  },
  {
    fault: 'a judge lets in what admission would not',
    told: /a forged record|normalized bytes are canonical|a path leads through maps/,
    make: () => ({
      ...REAL_KERNEL,
      replayRecord: (world, bytes, ports) => REAL_KERNEL.replayRecord(world, bytes, ports, 'trust'),
    }),
  },
  {
    fault: 'a snapshot opens whatever its bytes',
    told: /open as a world of other bytes/,
    make: () => {
      let last: World | undefined;
      const openSnapshot: KernelPort['openSnapshot'] = (...args) => {
        const opened = REAL_KERNEL.openSnapshot(...args);
        if (opened.kind === 'opened') last = opened.world;
        if (opened.kind === 'refused' && last !== undefined) return { kind: 'opened', world: last };
        return opened;
      };
      return { ...REAL_KERNEL, openSnapshot };
    },
  },
  {
    fault: 'what a snapshot needs is not given out to be stored',
    told: /needed that is stored nowhere/,
    make: () => ({
      ...REAL_KERNEL,
      takeSnapshot: (world) => {
        const taken = REAL_KERNEL.takeSnapshot(world);
        return taken.kind === 'taken' ? { ...taken, objects: taken.objects.slice(1) } : taken;
      },
    }),
  },
  {
    fault: 'a refusal leaves something behind',
    isSteady: true,
    told: /a refused input has changed the world/,
    make: () => ({
      ...REAL_KERNEL,
      admit: (world, raw) => {
        const admission = REAL_KERNEL.admit(world, raw);
        if (admission.kind === 'refused')
          Object.assign(world, { lastWallNs: world.lastWallNs + 1n });
        return admission;
      },
    }),
  },
  {
    fault: 'an event is taken for another one',
    told: /was called a duplicate of record/,
    make: () => ({
      ...REAL_KERNEL,
      admit: (world, raw) => {
        const admission = REAL_KERNEL.admit(world, raw);
        if (admission.kind !== 'duplicate') return admission;
        return { ...admission, seq: admission.seq + 1 };
      },
    }),
  },
];

export const BROKEN_KERNELS: readonly BrokenKernel[] = [
  ...FORGOTTEN.map(forgetful),
  ...STEPS,
  ...GATES,
  ...JUDGES,
];
