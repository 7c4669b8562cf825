/**
 * Stored objects, of which only some are in memory: whoever reads another one learns that it is
 * needed, has it loaded, and asks again.
 */
import { type Hash, toHex } from '@aos/canon';
import { type Need, NodeCache, ObjectsNeeded, type TrieSource } from '@aos/kernel';
import type { StoredObject } from '@aos/protocol';

/** What answers with what it needs first. */
interface Needy {
  readonly kind: string;
  readonly hashes?: readonly Hash[];
}

type Answer<T> = Exclude<T, { readonly kind: 'need' }>;

/** Rounds of loading after which an answer should have come. */
const MAX_ROUNDS = 1000;

export class ObjectDisk {
  private readonly stored = new Map<string, Uint8Array>();

  store(objects: readonly StoredObject[]): void {
    for (const { hash, bytes } of objects) this.stored.set(toHex(hash), bytes);
  }

  read(hash: Hash): Uint8Array | undefined {
    return this.stored.get(toHex(hash));
  }

  /** A memory of its own over this disk, with nothing in it. */
  memory(maxLeaves: number): ObjectMemory {
    return new ObjectMemory(this, maxLeaves);
  }
}

export class ObjectMemory {
  private readonly loaded = new Map<string, Uint8Array>();
  readonly source: TrieSource;
  /** Times that something was needed. */
  needs = 0;

  constructor(
    private readonly disk: ObjectDisk,
    maxLeaves: number,
  ) {
    this.source = { read: (hash) => this.loaded.get(toHex(hash)), cache: new NodeCache(maxLeaves) };
  }

  /** Reads what may not be in memory yet. */
  look<T>(question: () => T): T {
    const answer = this.ask<{ readonly kind: 'seen'; readonly value: T } | Need>(() => {
      try {
        return { kind: 'seen', value: question() };
      } catch (error) {
        if (error instanceof ObjectsNeeded) return neededOf(error);
        throw error;
      }
    });
    return answer.value;
  }

  forget(): void {
    this.loaded.clear();
  }

  /** Asks until the answer is another one than `need`; what is needed has to be stored. */
  ask<T extends Needy>(question: () => T): Answer<T> {
    const answer = this.tryAsk(question);
    if (answer === undefined) throw new Error('an object is needed that is stored nowhere');
    return answer;
  }

  /** The same; undefined when something is needed that is not stored. */
  tryAsk<T extends Needy>(question: () => T): Answer<T> | undefined {
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const answer = question();
      if (answer.kind !== 'need') return answer as Answer<T>;
      if (!this.load(answer.hashes ?? [])) return undefined;
    }
    throw new Error('the kernel asks for objects without end');
  }

  /** False when one of them is not stored. */
  private load(hashes: readonly Hash[]): boolean {
    this.needs++;
    if (hashes.length === 0) throw new Error('the kernel needs nothing in particular');
    for (const hash of new Map(hashes.map((each) => [toHex(each), each])).values()) {
      const bytes = this.disk.read(hash);
      if (bytes === undefined) return false;
      if (this.loaded.has(toHex(hash))) throw new Error(`object ${toHex(hash)} is needed twice`);
      this.loaded.set(toHex(hash), bytes);
    }
    return true;
  }
}

const neededOf = ({ hashes }: ObjectsNeeded): Need => ({ kind: 'need', hashes, modules: [] });
