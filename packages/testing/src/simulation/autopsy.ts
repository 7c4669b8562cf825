/**
 * Looks at what a life has left: reads the journal and replays it, believing nothing. What was
 * replayed before and is still there, byte for byte, is not replayed again.
 */
import { bytesEqual, type Hash } from '@aos/canon';
import { openWorld, SignatureVerifier } from '@aos/host';
import {
  createWorld,
  hashWorld,
  NodeCache,
  type ReplayPorts,
  replayRecord,
  type Verdict,
  type World,
} from '@aos/kernel';
import { chainOf, decodeRecord, type WorldStore } from '@aos/protocol';
import type { DiskStore } from '@aos/store';
import type { FlippedRemains, FoundRecord, Remains } from './checkers/checker.js';
import { type SimConstitution, SimEngine } from './constitution.js';

export class Autopsy {
  private readonly engine = new SimEngine();
  private readonly verifier = new SignatureVerifier();
  private journal: FoundRecord[] = [];
  private store: WorldStore | undefined;
  private first: World | undefined;

  constructor(
    private readonly genesis: Uint8Array,
    private readonly constitution: SimConstitution,
  ) {}

  examine(store: DiskStore): Remains {
    this.store = store;
    const all = [...store.records(0)];
    const isSame = ({ bytes }: FoundRecord, i: number) => bytesEqual(bytes, all[i] ?? NOTHING);
    const changed = this.journal.findIndex((found, i) => !isSame(found, i));
    if (changed >= 0) this.journal.length = changed;
    const difference = this.replay(all);
    const records = all.flatMap((bytes) => {
      const record = decodeRecord(bytes);
      return record.ok ? [record.value] : [];
    });
    const isClosed = store.tail.clean;
    return { store, journal: [...this.journal], records, difference, isClosed };
  }

  /** The world at genesis, or after the last record that was replayed. */
  private get world(): World {
    this.first ??= this.begin();
    return this.journal.at(-1)?.after ?? this.first;
  }

  private begin(): World {
    const { generated, objects, programs } = this.constitution;
    for (const { bytes } of objects) this.engine.load(bytes);
    const source = { read: (hash: Hash) => this.store?.object(hash), cache: new NodeCache() };
    const ports = { engine: this.engine, source };
    const created = createWorld(this.genesis, generated.definition, ports);
    if (!created.ok) throw new Error(created.refusal.detail);
    return { ...created.value, programs };
  }

  private replay(all: readonly Uint8Array[]): string | undefined {
    for (const bytes of all.slice(this.journal.length)) {
      const before = this.world;
      const verdict = this.judge(before, bytes);
      if (verdict.kind !== 'same') {
        const place = verdict.kind === 'different' ? verdict.difference : undefined;
        return `record ${before.seq} does not replay: ${place?.code} at ${place?.at}`;
      }
      const record = decodeRecord(bytes);
      if (!record.ok) return `record ${before.seq} is none: ${record.refusal.code}`;
      const { world: after } = verdict;
      this.journal.push({ bytes, chain: chainOf(bytes), record: record.value, before, after });
    }
    return undefined;
  }

  private judge(world: World, bytes: Uint8Array): Verdict {
    const object = (hash: Hash) => this.store?.object(hash);
    const checkSignature = this.verifier.check;
    const ports: ReplayPorts = { engine: this.engine, object, checkSignature };
    const verdict = replayRecord(world, bytes, ports, 'verify');
    if (verdict.kind !== 'need') return verdict;
    for (const { hash } of verdict.modules) {
      this.engine.load(object(hash) ?? NOTHING);
    }
    return replayRecord(world, bytes, ports, 'verify');
  }
}

/** What somebody finds who opens a world in which a bit was turned. Throws as opening does. */
export function examineFlipped(store: DiskStore, { shared }: SimConstitution): FlippedRemains {
  const chains = [...store.records(0)].map(chainOf);
  const { world } = openWorld(store, new SimEngine(), 'snapshot', shared);
  return { chains, worldHash: hashWorld(world), isCut: !store.tail.clean };
}

const NOTHING = new Uint8Array(0);
