/**
 * The working state of one step: the world as it becomes, and what goes into the record.
 *
 * R1. It lives no longer than the call of `step`; a step that is given up leaves nothing behind.
 * R2. Entries are appended in order and never changed; an entry's cause stands before it.
 */
import { type Hash, sha256 } from '@aos/canon';
import {
  type CarriedValue,
  type Cause,
  carryValue,
  type Engine,
  type Entry,
  type EntryPlace,
  type Output,
  type Stamp,
  type StoredObject,
} from '@aos/protocol';
import type { Denial } from '../gate/decision.js';
import type { World } from '../world/world.js';
import { ENTRY_BYTES, WorkQueue } from './work-queue.js';

/** The world that a step makes, while it makes it. */
export type NextWorld = { -readonly [name in keyof World]: World[name] };

/** What was denied, and what would help. */
export interface ToldDenial extends Denial {
  readonly intent: Hash;
  readonly effect: string;
  /** Name of the grant that was asked under. */
  readonly cap: string;
}

/** Denials of one record that are told of; the journal has all of them. */
const MAX_TOLD_DENIALS = 16;

/** An entry's place in this record. */
export interface Appended extends EntryPlace {
  readonly i: number;
}

export class Run {
  /** Sequence of the record that is being made. */
  readonly seq: number;
  readonly next: NextWorld;
  readonly entries: Entry[] = [];
  readonly objects: StoredObject[] = [];
  readonly outputs: Output[] = [];
  /** What the gate said no to, for people: none of it enters the record. */
  readonly denials: ToldDenial[] = [];
  readonly queue: WorkQueue;
  /** The input, as a cause. */
  readonly inputPlace: EntryPlace;
  /** Fuel charged; it stays where numbers are exact. */
  fuel = 0;
  /** Module calls so far, failed ones too. */
  calls = 0;
  /** Effects asked for so far, denied ones too. */
  asked = 0;
  #units = 0;
  #bytes = 0;

  constructor(
    world: World,
    readonly stamp: Stamp,
    readonly engine: Engine,
  ) {
    this.seq = world.seq;
    this.next = { ...world };
    this.queue = new WorkQueue(world.pending);
    this.inputPlace = { seq: world.seq, i: null };
  }

  /** Appends an entry; `keyBytes` is what its key takes. Values are counted when carried. */
  append(entry: Entry, keyBytes = 0): Appended {
    this.entries.push(entry);
    this.#bytes += ENTRY_BYTES + keyBytes;
    return { seq: this.seq, i: this.entries.length - 1 };
  }

  /** A place as entries of this record name it. */
  causeOf(place: EntryPlace): Cause {
    return place.seq === this.seq ? place.i : place;
  }

  /** How the value of an entry travels; a large one becomes an object of this commit. */
  carry(bytes: Uint8Array): CarriedValue {
    this.#bytes += bytes.length;
    return this.carryInput(bytes);
  }

  /** The same for the input, which counts towards no limit of what is emitted. */
  carryInput(bytes: Uint8Array): CarriedValue {
    const { carried, object } = carryValue(bytes);
    if (object !== undefined) this.objects.push(object);
    return carried;
  }

  /** Bytes that this commit stores under their hash. */
  keep(bytes: Uint8Array): void {
    this.objects.push({ hash: sha256(bytes), bytes });
  }

  charge(fuel: number): void {
    this.fuel = Math.min(this.fuel + fuel, Number.MAX_SAFE_INTEGER);
  }

  /** Takes one unit of the step's budget. */
  spend(): void {
    this.#units += 1;
  }

  /** Whether what is left must wait for a later step. */
  get isSpent(): boolean {
    const { calls_per_step, emitted_bytes } = this.next.runtime.limits;
    return this.#units >= calls_per_step || this.#bytes >= emitted_bytes / 2;
  }

  tell(denial: ToldDenial): void {
    if (this.denials.length < MAX_TOLD_DENIALS) this.denials.push(denial);
  }

  release(intent: Hash): void {
    this.outputs.push({ kind: 'release', intent });
  }

  cancel(intent: Hash): void {
    this.outputs.push({ kind: 'cancel', intent });
  }
}
