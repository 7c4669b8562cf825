/** What the outside knows of a world: its keys, and what its records have said so far. */
import type { WorldDefinition } from '@aos/air';
import { type Hash, toHex } from '@aos/canon';
import {
  type Instance,
  type IntentEntry,
  isReducerOrigin,
  type JournalRecord,
  type KeyRole,
  type KeyringEntry,
  keyIdOf,
} from '@aos/protocol';

/** An intent as those see it who may answer it. */
export interface KnownIntent {
  readonly hash: Hash;
  readonly effect: string;
  readonly attempt: number;
  readonly epoch: number;
  readonly cap: string;
  /** Canonical, where the journal has them inline. */
  readonly params: Uint8Array | undefined;
  /** The idempotency key. */
  readonly key: Uint8Array;
  /** In hexadecimal: the manifest that it was opened under. */
  readonly manifest: string;
}

const keyOf = (fill: number, name: string, roles: readonly KeyRole[]): KeyringEntry => {
  const publicKey = new Uint8Array(32).fill(fill);
  return { keyId: keyIdOf(publicKey), publicKey, name, roles };
};

/** In genesis, but for the last one, which nobody has added. */
export const KEYS = {
  operator: keyOf(1, 'operator', ['operator']),
  host: keyOf(2, 'host', ['host']),
  adapter: keyOf(3, 'adapter', ['adapter']),
  ana: keyOf(4, 'ana', ['approver']),
  ben: keyOf(5, 'ben', ['approver']),
  stranger: keyOf(6, 'stranger', ['adapter', 'approver', 'host', 'operator']),
} as const;

export const GENESIS_KEYS: readonly KeyringEntry[] = Object.values(KEYS).slice(0, -1);

function knownIntent(entry: IntentEntry, epoch: number, manifest: string): KnownIntent {
  const { intent: hash, effect, attempt, cap, params, idempotencyKey: key } = entry;
  return { hash, effect, attempt, epoch, cap, params: params.inline, key, manifest };
}

/** Collects from records what an adapter or a person would know. */
export class Outside {
  /** Not settled, oldest first. */
  readonly open = new Map<string, KnownIntent>();
  readonly settled: KnownIntent[] = [];
  /** Hashes of intents that approval was requested for and not decided on yet. */
  readonly asked = new Map<string, Hash>();
  /** When the world last wanted to be woken. */
  wakeAtNs: bigint | undefined;
  /** In hexadecimal: the manifest in force, and those that instances run under. */
  private manifest: string;
  private readonly pins = new Map<string, string>();

  constructor(private readonly first: Pick<WorldDefinition, 'manifestHash'>) {
    this.manifest = toHex(first.manifestHash);
  }

  /** Takes in a record; `epoch` is that of the world before it. */
  observe(record: JournalRecord, epoch: number): void {
    this.wakeAtNs = record.wakeAtNs;
    for (const [i, entry] of record.entries.entries()) {
      switch (entry.kind) {
        case 'intent':
          this.open.set(toHex(entry.intent), knownIntent(entry, epoch, this.pinOf(entry)));
          break;
        case 'plan-started':
          this.pins.set(nameOf({ seq: record.seq, i }), this.inherited(entry.parent));
          break;
        case 'governance-changed':
          if (entry.change === 'applied') this.manifest = toHex(entry.hash);
          break;
        case 'approval-requested':
          this.asked.set(toHex(entry.intent), entry.intent);
          break;
        case 'decision':
          // Whoever else asks for an intent that waits is told to wait, too, or denied.
          if (entry.outcome === 'allow') this.asked.delete(toHex(entry.intent));
          break;
        case 'settled':
          this.close(entry.intent);
          break;
        case 'dropped':
          if (entry.intent !== undefined) this.close(entry.intent);
          break;
      }
    }
  }

  /** Intents that an adapter may answer. */
  released(): readonly KnownIntent[] {
    return [...this.open].flatMap(([key, intent]) => (this.asked.has(key) ? [] : [intent]));
  }

  /** Intents that wait for approval. */
  waiting(): readonly KnownIntent[] {
    return [...this.open].flatMap(([key, intent]) => (this.asked.has(key) ? [intent] : []));
  }

  /** Forgets everything: the world has gone back. */
  reset(): void {
    this.open.clear();
    this.asked.clear();
    this.settled.length = 0;
    this.wakeAtNs = undefined;
    this.manifest = toHex(this.first.manifestHash);
    this.pins.clear();
  }

  /** Plans ask under the definition that they began under. */
  private pinOf({ origin }: IntentEntry): string {
    return isReducerOrigin(origin) ? this.manifest : this.inherited(origin.instance);
  }

  private inherited(instance: Instance | null): string {
    return instance === null ? this.manifest : (this.pins.get(nameOf(instance)) ?? this.manifest);
  }

  private close(intent: Hash): void {
    const key = toHex(intent);
    const known = this.open.get(key);
    if (known === undefined) return;
    this.open.delete(key);
    this.settled.push(known);
  }
}

const nameOf = ({ seq, i }: Instance): string => `${seq} ${i}`;
