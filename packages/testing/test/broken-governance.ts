/** Kernels that do one thing wrong when a definition changes, as in `broken-kernels.ts`. */
import { ObjectsNeeded, type StepDone, type World } from '@aos/kernel';
import { decodeRecord, type JournalRecord, type ProposalChange } from '@aos/protocol';
import { type KernelPort, REAL_KERNEL } from '../src/kernel/kernel-port.js';
import { type BrokenKernel, changed } from './broken-kernels.js';

type Break = (world: World, before: World) => Partial<World>;

const has = ({ entries }: JournalRecord, change: ProposalChange): boolean =>
  entries.some((entry) => entry.kind === 'governance-changed' && entry.change === change);

/** The world comes out otherwise where a proposal changes so, whenever that is run. */
function worldAfter(change: ProposalChange, broken: Break): KernelPort {
  const after = (world: World, before: World): World => ({
    ...world,
    ...inMemory(() => broken(world, before)),
  });
  return {
    ...REAL_KERNEL,
    step: (world, ...rest) => {
      const outcome = REAL_KERNEL.step(world, ...rest);
      if (outcome.kind !== 'done' || !has(outcome.record, change)) return outcome;
      return { ...outcome, world: after(outcome.world, world) };
    },
    replayRecord: (world, bytes, ...rest) => {
      const verdict = REAL_KERNEL.replayRecord(world, bytes, ...rest);
      const record = decodeRecord(bytes);
      if (verdict.kind !== 'same' || !record.ok || !has(record.value, change)) return verdict;
      return { ...verdict, world: after(verdict.world, world) };
    },
  };
}

/** Nothing breaks where something would have to be loaded first. */
function inMemory(broken: () => Partial<World>): Partial<World> {
  try {
    return broken();
  } catch (error) {
    if (error instanceof ObjectsNeeded) return {};
    throw error;
  }
}

/** The world in which everybody may do everything. */
const lawless = (world: World): World => ({
  ...world,
  keyring: world.keyring.map((key) => ({
    ...key,
    revokedAt: null,
    roles: ['adapter', 'approver', 'host', 'operator'],
  })),
});

const isApply = (input: object): boolean => 'verb' in input && input.verb === 'apply';

const silent = (done: StepDone): StepDone =>
  changed(done, (record) => ({
    ...record,
    entries: record.entries.filter(
      (entry) => entry.kind !== 'governance-changed' || entry.change !== 'applied',
    ),
  }));

const LOST = /other bytes|ends in another world|differs at/;

/** A snapshot that opens without what governance keeps. */
const forgetful = (name: 'retired' | 'leafTypes' | 'governance'): BrokenKernel => ({
  fault: `a snapshot forgets ${name}`,
  isSteady: true,
  told: LOST,
  make: () => {
    let genesis: World | undefined;
    return {
      ...REAL_KERNEL,
      createWorld: (...args) => {
        const created = REAL_KERNEL.createWorld(...args);
        if (created.ok) genesis = created.value;
        return created;
      },
      openSnapshot: (...args) => {
        const opened = REAL_KERNEL.openSnapshot(...args);
        if (opened.kind !== 'opened' || genesis === undefined) return opened;
        const lost =
          name === 'leafTypes'
            ? { leafTypes: opened.world.leafTypes.map(() => []) }
            : { [name]: genesis[name] };
        return { ...opened, world: { ...opened.world, ...lost } };
      },
    };
  },
});

export const BROKEN_GOVERNANCE: readonly BrokenKernel[] = [
  forgetful('governance'),
  forgetful('retired'),
  forgetful('leafTypes'),
  {
    fault: 'an intent is lost when a definition comes into force',
    isSteady: true,
    told: /record \d+ loses|does not come to rest/,
    make: () =>
      worldAfter('applied', ({ intents }) => {
        const first = intents.first();
        return first === undefined ? {} : { intents: intents.delete(first.hash) };
      }),
  },
  {
    fault: 'an intent is taken over by the definition that comes into force',
    isSteady: true,
    told: /brings under another definition/,
    make: () =>
      worldAfter('applied', ({ intents, program }) => {
        const first = intents.first();
        const { manifestHash: manifest } = program.definition;
        return first === undefined ? {} : { intents: intents.set({ ...first, manifest }) };
      }),
  },
  {
    fault: 'the cells of a reducer that is gone are lost',
    isSteady: true,
    told: /loses the cell|the cell .* is gone/,
    make: () => worldAfter('applied', () => ({ retired: [] })),
  },
  {
    fault: 'a state is said to be of another type, and nobody has brought it there',
    isSteady: true,
    told: /has changed the cell .* without a call|has found a path for every type/,
    make: () =>
      worldAfter('applied', ({ cells, program, source }) => ({
        cells: cells.map((table) => {
          const cell = table.kind === 'single' ? table.cell : null;
          if (!cell) return table;
          const Table = table.constructor as new (...args: readonly unknown[]) => typeof table;
          return new Table({ ...cell, schema: program.definition.manifestHash }, source);
        }),
      })),
  },
  {
    fault: 'one yes is that of everybody',
    isSteady: true,
    told: /may approve by a rule that wants/,
    make: () =>
      worldAfter('approval', ({ governance, keyring }) => {
        const proposals = [...governance.proposals.range()].map((proposal) => ({
          ...proposal,
          voices: keyring.map(({ name, keyId }) => ({ name, keyId, decision: 'approve' as const })),
        }));
        return {
          governance: {
            ...governance,
            proposals: proposals.reduce((all, each) => all.set(each), governance.proposals),
          },
        };
      }),
  },
  {
    fault: 'anybody may apply',
    isSteady: true,
    told: /may not apply/,
    make: () => ({
      ...REAL_KERNEL,
      admit: (world, raw, ports) =>
        REAL_KERNEL.admit(isApply(raw) ? lawless(world) : world, raw, ports),
      step: (world, input, ...rest) => {
        if (!isApply(input)) return REAL_KERNEL.step(world, input, ...rest);
        const outcome = REAL_KERNEL.step(lawless(world), input, ...rest);
        if (outcome.kind !== 'done') return outcome;
        return { ...outcome, world: { ...outcome.world, keyring: world.keyring } };
      },
    }),
  },
  {
    fault: 'grants and policy stay those of before',
    isSteady: true,
    told: /let through (under|by)/,
    make: () =>
      worldAfter('applied', ({ program }, before) => ({
        program: { ...program, gate: before.program.gate },
      })),
  },
  {
    fault: 'a definition comes into force and nothing says so',
    isSteady: true,
    told: /changed the definition without saying so/,
    make: () => ({
      ...REAL_KERNEL,
      step: (...args) => {
        const outcome = REAL_KERNEL.step(...args);
        return outcome.kind === 'done' ? silent(outcome) : outcome;
      },
    }),
  },
  {
    fault: 'a proposal that is refused leaves something behind',
    isSteady: true,
    told: /a refused input has changed the world|other bytes/,
    make: () => ({
      ...REAL_KERNEL,
      admit: (world, raw, ports) => {
        const admission = REAL_KERNEL.admit(world, raw, ports);
        const isProposal = raw.kind === 'governance' && raw.verb === 'propose';
        if (admission.kind === 'refused' && isProposal) {
          const { governance } = world;
          Object.assign(world, { governance: { ...governance, open: governance.open + 1 } });
        }
        return admission;
      },
    }),
  },
];
