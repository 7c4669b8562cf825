import { BYTES } from './cbor';
import { Reader } from './reader';
import { Value } from './value';

/** What the world tells a reducer that declares a context: stamped, so the same on every replay. */
export class Context {
  constructor(private readonly fields: Value) {}

  /** Wall time of the input, in nanoseconds since the epoch. */
  get nowNs(): u64 {
    return this.fields.field('now_ns').asNat();
  }

  /** Monotone time of the world, in nanoseconds; deadlines are measured on it. */
  get logicalNowNs(): u64 {
    return this.fields.field('logical_now_ns').asNat();
  }

  get journalHeight(): u64 {
    return this.fields.field('journal_height').asNat();
  }

  /** 64 bytes, different for every call. */
  get entropy(): Uint8Array {
    return this.fields.field('entropy').asBytes();
  }

  /** `sha256:` and 64 hex digits. */
  get eventHash(): string {
    return this.fields.field('event_hash').asText();
  }

  get manifestHash(): string {
    return this.fields.field('manifest_hash').asText();
  }

  /** Name of this reducer's module in the manifest. */
  get reducer(): string {
    return this.fields.field('reducer').asText();
  }

  /** Whether the reducer keeps one state per key. */
  get keyed(): bool {
    return this.fields.field('cell_mode').asBool();
  }

  /** The cell's key as canonical bytes; null for a reducer with one state. */
  get key(): Uint8Array | null {
    const key = this.fields.optional('key');
    return key ? key.asBytes() : null;
  }

  /** The same where it stands in the input, for a typed key. */
  get keyReader(): Reader | null {
    const key = this.fields.optional('key');
    return key ? new Reader(key.content(BYTES), key.end) : null;
  }
}
