/**
 * Sets and maps on their way out: items are written as they come and then put in canonical order.
 *
 * 1. Order is that of the bytes of an item, or of the key of an entry.
 * 2. A set keeps one of equal items; a map that has a key twice traps.
 */
import { compareBytes, LIST, MAP, shortestHeadSize } from './cbor';
import { Writer } from './writer';

/** One item between two offsets, of which the first part decides the order. */
class Span {
  constructor(
    readonly start: usize,
    readonly keyEnd: usize,
    readonly end: usize,
  ) {}

  /** The same from another beginning: offsets become addresses. */
  moved(by: usize): Span {
    return new Span(this.start + by, this.keyEnd + by, this.end + by);
  }
}

export class OrderedItems {
  private readonly spans: Array<Span> = [];
  private readonly mark: usize;
  private readonly reserved: usize;
  private itemStart: usize;
  private keyEnd: usize = 0;

  constructor(
    private readonly writer: Writer,
    count: i32,
  ) {
    this.reserved = shortestHeadSize(count as u64);
    this.mark = writer.room(this.reserved) - writer.start;
    this.itemStart = this.mark + this.reserved;
  }

  /** After the key of an entry has been written. */
  endKey(): void {
    this.keyEnd = this.offset();
  }

  /** After a whole entry has been written. */
  endEntry(): void {
    const end = this.offset();
    this.spans.push(new Span(this.itemStart, this.keyEnd, end));
    this.itemStart = end;
  }

  /** After an item of a set has been written. */
  endItem(): void {
    this.keyEnd = this.offset();
    this.endEntry();
  }

  closeSet(): void {
    this.arrange();
    this.writer.putHead(this.mark, this.reserved, LIST, this.spans.length as u64);
  }

  closeMap(): void {
    const count = this.spans.length;
    this.arrange();
    if (this.spans.length !== count) unreachable();
    this.writer.putHead(this.mark, this.reserved, MAP, count as u64);
  }

  private offset(): usize {
    return this.writer.at - this.writer.start;
  }

  /** Nothing to do for what was canonical when it was read. */
  private arrange(): void {
    const spans = this.spans;
    let ascends = true;
    for (let i = 1; i < spans.length && ascends; i++) ascends = this.compare(i - 1, i) < 0;
    if (!ascends) this.rearrange();
  }

  private compare(a: i32, b: i32): i32 {
    const base = this.writer.start;
    return compareKeys(this.spans[a].moved(base), this.spans[b].moved(base));
  }

  private rearrange(): void {
    const writer = this.writer;
    const first = this.mark + this.reserved;
    const size = this.offset() - first;
    const copy = heap.alloc(size);
    memory.copy(copy, writer.start + first, size);
    const spans = this.spans.slice(0);
    for (let i = 0; i < spans.length; i++) spans[i] = spans[i].moved(copy - first);
    spans.sort(compareKeys);
    writer.at = writer.start + first;
    this.spans.length = 0;
    for (let i = 0; i < spans.length; i++) {
      if (i > 0 && compareKeys(spans[i - 1], spans[i]) === 0) continue;
      this.spans.push(spans[i]);
      writer.raw(spans[i].start, spans[i].end - spans[i].start);
    }
  }
}

function compareKeys(a: Span, b: Span): i32 {
  return compareBytes(a.start, a.keyEnd - a.start, b.start, b.keyEnd - b.start);
}
