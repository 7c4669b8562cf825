/**
 * Budgets over lives that are cut: orders run at once, receipts come twice and from two sides, the
 * disk breaks off anywhere. At any moment these laws hold:
 *
 * L1 Used is what the settled intents cost, by the books outside, to the cent.
 * L2 Reserved is what the open intents took.
 * L3 Both together are within the limit, of each grant and of the one that it was made from.
 *
 * And at rest nothing is reserved, and all that was ever billed outside is charged.
 */
import { encode, type Hash, toHex } from '@aos/canon';
import { openWorldHost, signReceipt, type WorldHost } from '@aos/host';
import {
  type Adapter,
  AosFault,
  decodeRecord,
  type EffectCall,
  type EffectContext,
  type EffectOutcome,
  failedOutcome,
  type JournalRecord,
  type WorldStore,
} from '@aos/protocol';
import { createWorldStore, openWorldStore, type StoreOptions } from '@aos/store';
import { type Random, SimDisk } from '@aos/testing';
import { WasmEngine } from '@aos/wasm';
import { DrillTime } from '../../src/drill-time.js';
import { makeSigner, operator } from '../counter-world.js';
import {
  type Amounts,
  chargeOf,
  DIMENSIONS,
  foundPaying,
  LIMITS,
  outcomeOf,
  RESERVED,
} from './paying-world.js';

const DIRECTORY = '/worlds/budgets';
const LIVES = 3;
const CLIENTS = 3;
const EVENTS_PER_CLIENT = 5;
/** Of one intent. */
const MAX_FAILURES = 2;

const { genesis, objects } = foundPaying();
const signer = makeSigner();

export interface OrdealOptions {
  /** The canary: the outside charges a cent more than it says, for each start. */
  readonly isCheating?: boolean;
}

export class BudgetOrdeal {
  cuts = 0;
  denials = 0;
  duplicates = 0;
  starts = 0;
  readonly problems: string[] = [];
  /** What the outside has billed, once for each intent. */
  readonly books = new Map<string, Amounts>();
  readonly #failures = new Map<string, number>();
  #orders = 0;

  constructor(
    private readonly random: Random,
    private readonly options: OrdealOptions = {},
  ) {}

  async run(): Promise<void> {
    let disk = new SimDisk(this.random.next());
    for (let life = 0; life < LIVES && this.problems.length === 0; life++) {
      disk.crashAt(this.random.below(90));
      await Promise.race([disk.crashed, this.#live(disk)]);
      this.cuts += 1;
      disk = this.random.chance(0.5) ? disk.kill() : disk.crash();
    }
    if (this.problems.length === 0) await this.#finish(disk);
  }

  bill(intent: Hash): EffectOutcome {
    this.starts += 1;
    const { isCheating = false } = this.options;
    const { cents, ...charge } = chargeOf(intent);
    this.books.set(toHex(intent), { ...charge, cents: isCheating ? cents + 1n : cents });
    return outcomeOf(intent);
  }

  /** Fewer times than a host starts an intent. */
  mayFail(intent: Hash): boolean {
    const failures = (this.#failures.get(toHex(intent)) ?? 0) + 1;
    this.#failures.set(toHex(intent), failures);
    return failures <= MAX_FAILURES;
  }

  async #live(disk: SimDisk): Promise<void> {
    try {
      const { store, host } = await this.#open(disk);
      await this.#reconcile(host, store);
      await Promise.all(Array.from({ length: CLIENTS }, () => this.#order(host, store)));
      await turns(this.random.below(40));
      await host.close();
    } catch (error) {
      if (!disk.isCrashed && !(error instanceof AosFault)) throw error;
    }
  }

  async #open(disk: SimDisk) {
    const segmentBytes = this.random.pick([4000, 2 ** 20]);
    const options = { fs: disk.fs, segmentBytes, salt: this.random.bytes(16) };
    const store = await openOrCreate(options);
    const time = new DrillTime();
    const host = openWorldHost({
      store,
      engine: new WasmEngine(),
      clock: time,
      startTimer: time.startTimer,
      cryptoThreads: 'none',
      fillEntropy: (bytes) => bytes.set(this.random.bytes(bytes.length)),
      snapshotRecords: this.random.pick([3, 1000]),
      effects: {
        adapters: [new Outside(this, this.random)],
        ...{ signer, operator, random: () => 0.5, concurrency: { pay: 4 } },
      },
    });
    return { store, host };
  }

  /** Orders one after the other, with looks and repeated receipts between them. */
  async #order(host: WorldHost, store: WorldStore): Promise<void> {
    for (let i = 0; i < EVENTS_PER_CLIENT; i++) {
      const schema = this.random.pick(['d/Order@1', 'd/Team@1']);
      const answer = await host.submit({ schema, cbor: encode({ n: this.#orders++ }) });
      if (answer.ok) this.denials += answer.value.denials.length;
      if (this.random.chance(0.3)) await this.#overtake(host);
      if (this.random.chance(0.3)) await this.#repeat(host, store);
      if (this.random.chance(0.3)) await this.#reconcile(host, store);
    }
  }

  /** Another host hands in the receipt of an open intent, twice at once. */
  async #overtake(host: WorldHost): Promise<void> {
    const [intent] = await host.openIntents();
    if (intent === undefined) return;
    const { worldId } = await host.read(({ worldId }) => ({ worldId }));
    const { hash: intentHash, epoch, attempt } = intent;
    const { payload, status, costCents } = this.bill(intentHash);
    const body = { worldId, epoch, intentHash, attempt, adapterId: 'other', status };
    const whole = costCents === undefined ? body : { ...body, costCents };
    const receipt = signReceipt(signer, whole, payload);
    const answers = await Promise.all([host.submit(receipt), host.submit(receipt)]);
    if (answers.every(({ ok }) => ok)) this.problems.push('a receipt was taken twice');
    this.duplicates += answers.filter(({ ok }) => !ok).length;
  }

  /** Whatever came before comes once more. */
  async #repeat(host: WorldHost, store: WorldStore): Promise<void> {
    await host.read(() => undefined);
    for (const { input } of recordsOf(store, this.random.below(20))) {
      if (input.kind !== 'receipt') continue;
      const { receipt, keyId, sig, payload } = input;
      const raw = { kind: 'receipt' as const, receipt, keyId, sig };
      const answer = await host.submit({ ...raw, payload: payload.inline ?? new Uint8Array() });
      if (answer.ok) this.problems.push('a receipt was taken again');
      this.duplicates += 1;
    }
  }

  async #finish(disk: SimDisk): Promise<void> {
    const { store, host } = await this.#open(disk);
    await host.untilQuiescent({ timers: 'wait' });
    const used = await this.#reconcile(host, store);
    const billed = sumOf([...this.books.values()]);
    for (const dimension of DIMENSIONS) {
      if (used?.[dimension] === billed[dimension]) continue;
      this.problems.push(
        `${used?.[dimension]} ${dimension} are charged, ${billed[dimension]} billed`,
      );
    }
    const open = await host.openIntents();
    if (open.length > 0) this.problems.push(`${open.length} intents are open at the end`);
    await host.close();
  }

  /** L1 to L3; answers with what is used of the first grant. */
  async #reconcile(host: WorldHost, store: WorldStore): Promise<Amounts | undefined> {
    const seen = await host.read(({ gateState, intents, seq }) => ({
      seq,
      ledgers: new Map([...gateState.ledgers.range()].map((each) => [each.grant, each])),
      open: [...intents.range()].map(({ cap }) => cap),
    }));
    const settled = settledUnder(recordsOf(store, 0).filter(({ seq }) => seq < seen.seq));
    for (const [grant, limits] of Object.entries(LIMITS)) {
      const isUnder = (cap: string) => grant === 'root' || cap === grant;
      const used = sumOf(
        settled.filter(({ cap }) => isUnder(cap)).map(({ intent }) => chargeOf(intent)),
      );
      const reserved = sumOf(seen.open.filter(isUnder).map(() => RESERVED));
      const ledger = seen.ledgers.get(grant);
      for (const dimension of DIMENSIONS) {
        const found = [ledger?.used[dimension] ?? 0n, ledger?.reserved[dimension] ?? 0n];
        const expected = [used[dimension], reserved[dimension]];
        const where = `${dimension} of ${grant}`;
        if (`${found}` !== `${expected}`) this.problems.push(`${where}: ${found} for ${expected}`);
        if (used[dimension] + reserved[dimension] > limits[dimension]) {
          this.problems.push(`${where}: more than ${limits[dimension]}`);
        }
      }
    }
    return seen.ledgers.get('root')?.used ?? sumOf([]);
  }
}

/** A life may have been cut before there was a world. */
async function openOrCreate(options: StoreOptions): Promise<WorldStore> {
  try {
    return await openWorldStore(DIRECTORY, options);
  } catch (error) {
    if (!(error instanceof AosFault) || error.code !== 'world-not-found') throw error;
    return createWorldStore(DIRECTORY, genesis, objects, options);
  }
}

/** Answers at once, later, after a failure, or never in this life. */
class Outside implements Adapter {
  readonly id = 'outside';
  readonly kinds = ['pay'];

  constructor(
    private readonly ordeal: BudgetOrdeal,
    private readonly random: Random,
  ) {}

  async start({ intentHash }: EffectCall, { cancel }: EffectContext): Promise<EffectOutcome> {
    const mood = this.random.below(10);
    const outcome = this.ordeal.bill(intentHash);
    if (mood < 4 || this.ordeal.cuts === LIVES) return outcome;
    if (mood === 9) return new Promise((resolve) => cancel.onCancel(() => resolve(CANCELLED)));
    await turns(this.random.below(8));
    return mood < 8 || !this.ordeal.mayFail(intentHash) ? outcome : FAILED;
  }

  async close() {}
}

const CANCELLED = failedOutcome({ status: 'cancelled', code: 'outside-cancelled', message: '' });
const FAILED = failedOutcome({
  ...{ status: 'error', code: 'outside-busy', message: '', retry: 'later' },
});

function recordsOf(store: WorldStore, from: number): readonly JournalRecord[] {
  return [...store.records(from)].flatMap((bytes) => {
    const record = decodeRecord(bytes);
    return record.ok ? [record.value] : [];
  });
}

/** The intents that have settled, each under its grant, as often as they did. */
function settledUnder(records: readonly JournalRecord[]) {
  const caps = new Map<string, string>();
  const settled: { readonly intent: Hash; readonly cap: string }[] = [];
  for (const entry of records.flatMap(({ entries }) => entries)) {
    if (entry.kind === 'intent') caps.set(toHex(entry.intent), entry.cap);
    if (entry.kind !== 'settled') continue;
    settled.push({ intent: entry.intent, cap: caps.get(toHex(entry.intent)) ?? '' });
  }
  return settled;
}

function sumOf(all: readonly Amounts[]): Amounts {
  const sum = (dimension: keyof Amounts) =>
    all.reduce((total, each) => total + each[dimension], 0n);
  return { calls: sum('calls'), tokens: sum('tokens'), cents: sum('cents') };
}

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
}
