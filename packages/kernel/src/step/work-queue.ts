/**
 * The queue of one step: what earlier steps left over, then what this one brings, oldest first.
 *
 * Bounded by `pending_work` and `pending_bytes` for events that modules and plans emit, and again
 * for receipts that come at once. Other receipts are bounded by the intents that are open,
 * instances by `plan_instances`.
 */
import type { RuntimeLimits, RuntimeNumbers } from '@aos/protocol';
import { countsWorkInHand } from '../world/runtime-support.js';
import type { ApplyWork, EventWork, ReceiptWork, RevokeWork, Work } from '../world/work.js';

export class WorkQueue {
  readonly #work: Work[];
  #head = 0;
  #events = 0;
  #eventBytes = 0;
  #receipts = 0;
  #receiptBytes = 0;

  constructor(pending: readonly Work[]) {
    this.#work = pending.length === 0 ? [] : [...pending];
    for (const work of pending) this.#count(work, 1);
  }

  push(work: Work): void {
    this.#work.push(work);
    this.#count(work, 1);
  }

  get first(): Work | undefined {
    return this.#work[this.#head];
  }

  /** Takes the first piece away. */
  shift(): void {
    const work = this.#work[this.#head++];
    if (work !== undefined) this.#count(work, -1);
  }

  /** Whether more than applications waits behind the first piece. */
  get hasWorkBehind(): boolean {
    for (let i = this.#head + 1; i < this.#work.length; i++) {
      if (this.#work[i]?.kind !== 'apply') return true;
    }
    return false;
  }

  /** Puts the first piece behind everything else. */
  defer(): void {
    const work = this.#work[this.#head++];
    if (work !== undefined) this.#work.push(work);
  }

  /** Notes how far the first piece has come. */
  advance(work: EventWork | RevokeWork): void {
    this.#work[this.#head] = work;
  }

  /** Takes out the applications that wait. */
  takeApplications(): readonly ApplyWork[] {
    const isApply = (work: Work): work is ApplyWork => work.kind === 'apply';
    const waiting = this.#work.splice(this.#head);
    this.#work.push(...waiting.filter((work) => !isApply(work)));
    return waiting.filter(isApply);
  }

  /** Whether this many events more, of so many bytes in all, may wait. */
  hasRoom(events: number, sizeBytes: number, runtime: RuntimeNumbers): boolean {
    const { limits } = runtime;
    const inHand = countsWorkInHand(runtime) ? undefined : this.first;
    const isEvent = inHand?.kind === 'event';
    const waiting = isEvent ? this.#events - 1 : this.#events;
    const waitingBytes = isEvent ? this.#eventBytes - emittedSize(inHand) : this.#eventBytes;
    return (
      waiting + events <= limits.pending_work && waitingBytes + sizeBytes <= limits.pending_bytes
    );
  }

  /** Whether this many answers more may wait that come without anything of the outside. */
  hasRoomForAnswers(answers: number, limits: RuntimeLimits): boolean {
    return (
      this.#receipts + answers <= limits.pending_work && this.#receiptBytes <= limits.pending_bytes
    );
  }

  /** What is left. */
  rest(): readonly Work[] {
    return this.#head === this.#work.length ? NOTHING : this.#work.slice(this.#head);
  }

  #count(work: Work, sign: 1 | -1): void {
    if (work.kind === 'event') this.#countEvent(work, sign);
    else if (work.kind === 'receipt') this.#countReceipt(work, sign);
  }

  #countEvent(event: EventWork, sign: 1 | -1): void {
    this.#events += sign;
    this.#eventBytes += sign * emittedSize(event);
  }

  #countReceipt({ settlement }: ReceiptWork, sign: 1 | -1): void {
    this.#receipts += sign;
    this.#receiptBytes += sign * settlement.payload.length;
  }
}

const NOTHING: readonly Work[] = [];

/** What an event counts towards limits of bytes: at least what its entry and object take. */
export function emittedSize(event: {
  readonly schema: string;
  readonly value: Uint8Array;
  readonly key?: Uint8Array;
}): number {
  return event.value.length + (event.key?.length ?? 0) + event.schema.length + ENTRY_BYTES;
}

/** What an entry takes beside the values in it. */
export const ENTRY_BYTES = 256;
