/**
 * The content of one simulated file: what the cache shows, and what the disk has for certain.
 *
 * D1 A completed write or truncate shows in the cache at once and is on the disk only after a
 *    flush that started later.
 * D2 In a power loss each operation that no flush covered survives, is lost, or is torn at any byte
 *    or sector, alone and in any order; the file may have kept its old size.
 * D3 What a failed flush should have covered stays in the cache and is never flushed again: later
 *    flushes succeed and do not speak of it.
 */
import type { Random } from './random.js';

const SECTOR_BYTES = 512;

interface WriteOperation {
  readonly kind: 'write';
  readonly position: number;
  bytes: Uint8Array;
}

interface TruncateOperation {
  readonly kind: 'truncate';
  readonly sizeBytes: number;
}

/** What a power loss has made of operations that no flush covered. */
type Loss = 'kept' | 'lost' | 'reordered' | 'torn';

export type TellLoss = (loss: Loss) => void;

export type FileOperation = WriteOperation | TruncateOperation;

/** Bytes that grow; a gap is filled with zeroes. */
class Bytes {
  private buffer: Buffer;
  sizeBytes: number;

  constructor(content: Uint8Array) {
    this.buffer = Buffer.from(content);
    this.sizeBytes = content.length;
  }

  view(): Buffer {
    return this.buffer.subarray(0, this.sizeBytes);
  }

  apply(operation: FileOperation): void {
    if (operation.kind === 'truncate') this.resize(operation.sizeBytes);
    else {
      const end = operation.position + operation.bytes.length;
      if (end > this.sizeBytes) this.resize(end);
      this.buffer.set(operation.bytes, operation.position);
    }
  }

  resize(sizeBytes: number): void {
    if (sizeBytes > this.buffer.length) {
      const grown = Buffer.alloc(Math.max(sizeBytes, this.buffer.length * 2));
      grown.set(this.view());
      this.buffer = grown;
    }
    if (sizeBytes < this.sizeBytes) this.buffer.fill(0, sizeBytes, this.sizeBytes);
    this.sizeBytes = sizeBytes;
  }
}

export class SimContent {
  private readonly cached: Bytes;
  private readonly durable: Bytes;
  /** Operations the cache shows and no flush has covered, in order. */
  private unflushed: FileOperation[] = [];
  /** Operations that are under way. */
  private readonly started = new Set<FileOperation>();
  /** Writes a failed flush gave up (D3). */
  private abandoned: WriteOperation[] = [];

  constructor(content: Uint8Array = new Uint8Array()) {
    this.cached = new Bytes(content);
    this.durable = new Bytes(content);
  }

  get sizeBytes(): number {
    return this.cached.sizeBytes;
  }

  read(target: Uint8Array, position: number): number {
    const bytes = this.cached.view().subarray(position, position + target.length);
    target.set(bytes);
    return bytes.length;
  }

  /** The same bytes, all of them durable. */
  copy(): SimContent {
    return new SimContent(this.cached.view());
  }

  /** Turns a bit, on the disk and in the cache. */
  flip(at: number, bit: number): void {
    for (const bytes of [this.cached, this.durable]) {
      if (at < bytes.sizeBytes) bytes.view()[at] = (bytes.view()[at] as number) ^ (1 << bit);
    }
  }

  /** The bytes of a write are taken when it completes, or as they are when the power fails. */
  begin(operation: FileOperation): void {
    this.started.add(operation);
  }

  complete(operation: FileOperation): void {
    this.started.delete(operation);
    if (operation.kind === 'write') operation.bytes = new Uint8Array(operation.bytes);
    this.cached.apply(operation);
    this.unflushed.push(operation);
  }

  /** What a flush that starts now will cover. */
  covered(): readonly FileOperation[] {
    return [...this.unflushed];
  }

  flushed(covered: readonly FileOperation[]): void {
    for (const operation of this.take(covered)) {
      this.durable.apply(operation);
      this.abandoned = this.abandoned.flatMap((write) => superseded(write, operation));
    }
  }

  flushFailed(covered: readonly FileOperation[]): void {
    for (const operation of this.take(covered)) {
      if (operation.kind === 'write') this.abandoned.push(operation);
      else this.unflushed.unshift(operation);
    }
  }

  /** The process died: an operation under way has happened or not, the cache stays. */
  loseProcess(random: Random): void {
    for (const operation of [...this.started]) {
      if (random.chance(0.5)) this.complete(operation);
    }
    this.started.clear();
  }

  /** The power failed: what is on the disk afterwards (D2). */
  afterPowerLoss(random: Random, told: TellLoss = () => undefined): Uint8Array {
    const result = new Bytes(this.durable.view());
    for (const operation of this.survivors(random, told)) result.apply(operation);
    if (result.sizeBytes >= this.durable.sizeBytes) result.resize(this.sizeAfter(result, random));
    return result.view();
  }

  /** The size of a file is kept apart from its bytes: either may reach the disk alone. */
  private sizeAfter(result: Bytes, random: Random): number {
    const grown = Math.max(result.sizeBytes, this.sizeBytes);
    return random.pick([result.sizeBytes, result.sizeBytes, this.durable.sizeBytes, grown]);
  }

  private survivors(random: Random, told: TellLoss): readonly FileOperation[] {
    const open = [...this.abandoned, ...this.unflushed, ...this.started];
    const tell = (loss: Loss) => {
      if (open.length > 0) told(loss);
    };
    switch (random.below(4)) {
      case 0:
        tell('lost');
        return [];
      case 1:
        tell('kept');
        return open;
      case 2: {
        const kept = open.slice(0, random.below(open.length + 1));
        const last = kept.pop();
        tell(last ? 'torn' : 'lost');
        return last ? [...kept, ...torn(last, random)] : kept;
      }
      default:
        tell('reordered');
        return random.shuffled(open).flatMap((operation) => fate(operation, random));
    }
  }

  private take(covered: readonly FileOperation[]): FileOperation[] {
    const taken = this.unflushed.filter((operation) => covered.includes(operation));
    this.unflushed = this.unflushed.filter((operation) => !covered.includes(operation));
    return taken;
  }
}

function fate(operation: FileOperation, random: Random): FileOperation[] {
  if (random.chance(0.4)) return [operation];
  return random.chance(0.5) ? [] : torn(operation, random);
}

/** A front part of a write, or some of the sectors it touches. A truncate has no parts. */
function torn(operation: FileOperation, random: Random): FileOperation[] {
  if (operation.kind === 'truncate') return random.chance(0.5) ? [operation] : [];
  const { position, bytes } = operation;
  if (random.chance(0.5)) {
    return [{ kind: 'write', position, bytes: bytes.slice(0, random.below(bytes.length + 1)) }];
  }
  const parts: FileOperation[] = [];
  const firstCut = SECTOR_BYTES - (position % SECTOR_BYTES);
  for (let from = 0, to = firstCut; from < bytes.length; from = to, to += SECTOR_BYTES) {
    if (random.chance(0.5)) continue;
    parts.push({ kind: 'write', position: position + from, bytes: bytes.slice(from, to) });
  }
  return parts;
}

/** An abandoned write after a later operation has reached the disk: it cannot undo that. */
function superseded(write: WriteOperation, later: FileOperation): WriteOperation[] {
  if (later.kind === 'truncate') {
    const left = later.sizeBytes - write.position;
    return left > 0 ? [{ ...write, bytes: write.bytes.slice(0, left) }] : [];
  }
  const bytes = new Uint8Array(write.bytes);
  const from = Math.max(write.position, later.position);
  const to = Math.min(write.position + bytes.length, later.position + later.bytes.length);
  if (from < to) {
    const newer = later.bytes.subarray(from - later.position, to - later.position);
    bytes.set(newer, from - write.position);
  }
  return [{ ...write, bytes }];
}
