/**
 * Worlds that go on elsewhere: what a fork, a rewind or a bundle takes along of what was in flight,
 * of what was approved, and of what was granted once. Effects are started and never answered, so
 * that whatever is started is in flight.
 */
import { RefusalError } from '@aos/canon';
import { draftFork, draftRewind, type Signer, verifyWorld } from '@aos/host';
import { AosFault, type WorldStore } from '@aos/protocol';

import {
  checkImported,
  createWorldStore,
  type DiskStore,
  forkWorldStore,
  importBundle,
  openWorldStore,
  rewindWorldStore,
  writeBundle,
} from '@aos/store';
import type { Attack, Met } from '../../../src/attacks/attack.js';
import { SimDisk } from '../../../src/sim-disk.js';
import { puppets } from '../puppets.js';
import { mallory, type RunBy, signerOf } from '../range.js';
import { ASK, ChangingRange } from './changes.js';

const BUNDLE = '/bundle';

/** A world on a disk, from which it can be taken elsewhere. */
export class BranchRange extends ChangingRange {
  readonly #disk = new SimDisk(1);
  #directory = '/world';

  static async open(): Promise<BranchRange> {
    const range = new BranchRange({}, { held: ['pay'] });
    const { genesis } = range.store;
    const objects = [...range.store.objects()].map((hash) => {
      return { hash, bytes: range.store.object(hash) as Uint8Array };
    });
    const { fs } = range.#disk;
    await range.reopen(await createWorldStore(range.#directory, genesis, objects, { fs }));
    return range;
  }

  protected override again(): Promise<WorldStore> {
    return this.#openAt('write');
  }

  #openAt(mode: 'read' | 'write'): Promise<DiskStore> {
    return openWorldStore(this.#directory, { fs: this.#disk.fs, mode });
  }

  /** The world goes on behind a record, the last one where nothing is said. */
  async rewind(to = this.store.head, signer: Signer = signerOf('operator')): Promise<Met> {
    await this.shut();
    const store = await this.#openAt('write');
    const met = await codesOf(async () => {
      const draft = draftRewind({ store, to, signer, engine: puppets, clock: this.time });
      await rewindWorldStore(store, this.#directory, draft);
    });
    await store.close();
    return this.#behind(to, met);
  }

  /** A fork takes the place of the world, from its last record on. */
  async fork(signer: Signer = signerOf('operator')): Promise<Met> {
    const at = this.store.head;
    await this.shut();
    const store = await this.#openAt('read');
    const { fs } = this.#disk;
    const met = await codesOf(async () => {
      const draft = draftFork({ store, at, signer, engine: puppets, clock: this.time });
      await forkWorldStore(store, '/fork', draft, { fs });
      this.#directory = '/fork';
    });
    await store.close();
    return this.#behind(at, met);
  }

  async #behind(seq: number, met: Met): Promise<Met> {
    await this.reopen(await this.again());
    return [...met, ...this.metSince(seq + 1)];
  }

  async export(): Promise<void> {
    await writeBundle(this.store, BUNDLE, { seq: this.store.durable, fs: this.#disk.fs });
  }

  /** All that importing a bundle does; nobody has opened its world for effects. */
  async import(): Promise<void> {
    const { fs } = this.#disk;
    await importBundle(BUNDLE, '/imported', { fs });
    await checkImported('/imported', { fs });
    await this.shut();
    this.#directory = '/imported';
    const store = await this.#openAt('read');
    if (!verifyWorld(store, puppets).ok) throw new Error('the bundle is not what it was');
    await store.close();
    await this.runBy('nobody');
  }

  /** Nobody runs its effects where it does not open. */
  async runBy(by: RunBy): Promise<Met> {
    await this.shut();
    const store = await this.again();
    const met = await codesOf(() => this.reopen(store, by));
    if (met.length === 0) return met;
    await store.close();
    return [...met, ...(await this.runBy('nobody'))];
  }
}

/** The codes of why something was not done. */
async function codesOf(act: () => Promise<void>): Promise<Met> {
  try {
    await act();
    return [];
  } catch (error) {
    if (error instanceof RefusalError) return [error.refusal.code];
    if (error instanceof AosFault) return [error.code];
    throw error;
  }
}

type Branch = Attack<BranchRange>;

/** In the branch itself, anew. */
const anew = (range: BranchRange): Promise<Met> => range.start('soon');

/** There is a record to go on behind. */
const begun = (range: BranchRange): Promise<Met> => range.start('late');

const ways = [
  ['a fork', (range: BranchRange, by?: Signer) => range.fork(by)],
  ['a rewind', (range: BranchRange, by?: Signer) => range.rewind(undefined, by)],
] as const;

/** What is so however a branch was made. */
const both = ways.flatMap(([name, branch]): readonly Branch[] => [
  {
    attempt: `starts in ${name} what was in flight`,
    code: 'intent-abandoned',
    prepare: anew,
    act: (range) => branch(range),
    twin: anew,
  },
  {
    attempt: `brings to ${name} an approval that was signed before it`,
    code: 'signature-invalid',
    prepare: async (range) => {
      await range.change({ ...ASK, isKeyed: true });
      await anew(range);
      kept.set(range, await range.signed(await range.yes(), 'ana'));
    },
    act: async (range) => {
      await branch(range);
      await anew(range);
      return range.submit(kept.get(range) as never);
    },
    twin: (range) => range.approve(),
  },
  {
    attempt: `approves in ${name} of what waited before it`,
    code: 'approval-unknown',
    prepare: async (range) => {
      await range.change(ASK);
      await anew(range);
    },
    act: async (range) => {
      const yes = await range.yes();
      await branch(range);
      return range.verb(yes, 'ana');
    },
    twin: async (range) => [...(await anew(range)), ...(await range.approve())],
  },
  {
    attempt: `goes on in ${name} under a grant that was gone before it`,
    code: 'grant-not-found',
    prepare: async (range) => [
      ...(await range.start('late')),
      ...(await range.change({ hasGrant: false })),
    ],
    act: async (range) => [...(await branch(range)), ...(await range.event('x/Now@1', { n: 1 }))],
    twin: async (range) => [...(await range.change({})), ...(await anew(range))],
  },
  {
    attempt: `approves in ${name} with a key that was revoked before it`,
    code: 'verb-key',
    prepare: async (range) => [
      ...(await range.change(ASK)),
      ...(await range.verb({ verb: 'keyring-revoke', keyId: signerOf('ana').keyId })),
    ],
    act: async (range) => [
      ...(await branch(range)),
      ...(await anew(range)),
      ...(await range.approve('ana')),
    ],
    twin: (range) => range.approve('ben'),
  },
  {
    attempt: `makes ${name} with a key of nobody`,
    code: 'verb-key',
    prepare: begun,
    act: (range) => branch(range, mallory),
    twin: anew,
  },
  {
    attempt: `makes ${name} with the key of an approver`,
    code: 'verb-key',
    prepare: begun,
    act: (range) => branch(range, signerOf('ana')),
    twin: anew,
  },
  {
    attempt: `makes ${name} with the key of an operator that was revoked`,
    code: 'verb-key',
    prepare: (range) => range.verb({ verb: 'keyring-revoke', keyId: signerOf('eve').keyId }),
    act: (range) => branch(range, signerOf('eve')),
    twin: async (range) => [...(await branch(range)), ...(await anew(range))],
  },
]);

const kept = new WeakMap<BranchRange, Awaited<ReturnType<BranchRange['signed']>>>();

/** Something is in flight, and a bundle is made of it. */
const inFlight = async (range: BranchRange): Promise<void> => {
  await anew(range);
  await range.export();
  await range.import();
};

export const BRANCHES: readonly Branch[] = [
  ...both,
  {
    attempt: 'answers in a fork what its parent was asked',
    code: 'receipt-world',
    prepare: async (range) => {
      await anew(range);
      late.set(range, await range.receipt(await range.lastIntent()));
      await range.fork();
    },
    act: (range) => range.submit(late.get(range) as never),
    twin: anew,
  },
  {
    attempt: 'starts what a bundle has in flight where nobody runs its effects',
    code: 'waits',
    prepare: inFlight,
    act: async (range) => {
      const open = await range.read(({ intents }) => [...intents.range()].length);
      return open === 1 ? ['waits'] : [];
    },
    twin: (range) => range.runBy(signerOf('host')),
  },
  {
    attempt: 'starts what a bundle has in flight on a machine whose key it does not know',
    code: 'host-key-unknown',
    prepare: inFlight,
    act: (range) => range.runBy(mallory),
    twin: (range) => range.runBy(signerOf('host')),
  },
];

const late = new WeakMap<BranchRange, Awaited<ReturnType<BranchRange['receipt']>>>();
