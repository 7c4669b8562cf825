/**
 * A variant in whatever form it was written: `{"$tag", "$value"}` with its keys in any order, the
 * value left out, `{Tag: value}`, or the bare tag. Canonical bytes are read without this.
 */
import { headArgument, headSize, MAP, majorOf, skipItem, TEXT } from './cbor';
import { isText, Reader } from './reader';

const TAG_KEY = memory.data<u8>([0x24, 0x74, 0x61, 0x67]);
const TAG_KEY_SIZE: usize = 4;
const VALUE_KEY = memory.data<u8>([0x24, 0x76, 0x61, 0x6c, 0x75, 0x65]);
const VALUE_KEY_SIZE: usize = 6;

export class VariantForm {
  private tagAt: usize = 0;
  /** 0 when the value was left out. */
  private valueAt: usize = 0;
  private readonly end: usize;

  constructor(private readonly reader: Reader) {
    const at = reader.at;
    this.end = skipItem(at, reader.end);
    if (majorOf(at) === TEXT) this.tagAt = at;
    else this.readMap(at, reader.end);
  }

  /** Whether the tag is this UTF-8 text. */
  is(tag: usize, size: usize): bool {
    return isText(this.tagAt, this.end, tag, size);
  }

  /** Moves the reader to the value; one that was left out traps. */
  open(): void {
    if (this.valueAt === 0) unreachable();
    this.reader.at = this.valueAt;
  }

  /** For an arm of unit type, whose value may be left out. */
  unit(): void {
    if (this.valueAt === 0) return;
    this.open();
    this.reader.nil();
  }

  /** Moves the reader behind the variant. */
  close(): void {
    this.reader.at = this.end;
  }

  private readMap(at: usize, end: usize): void {
    if (majorOf(at) !== MAP) unreachable();
    const count = headArgument(at);
    const first = at + headSize(at, end);
    if (count === 0 || count > 2) unreachable();
    const isTagged = this.readEntry(first, end);
    if (count === 2) {
      const second = skipItem(skipItem(first, end), end);
      if (isTagged === this.readEntry(second, end)) unreachable();
      const value = isTagged ? second : first;
      if (!isText(value, end, VALUE_KEY, VALUE_KEY_SIZE)) unreachable();
    } else if (!isTagged) {
      if (majorOf(first) !== TEXT) unreachable();
      this.tagAt = first;
    }
  }

  /** Whether it is the tag; it is the value, or should be, otherwise. */
  private readEntry(at: usize, end: usize): bool {
    const value = skipItem(at, end);
    if (!isText(at, end, TAG_KEY, TAG_KEY_SIZE)) {
      this.valueAt = value;
      return false;
    }
    if (majorOf(value) !== TEXT) unreachable();
    this.tagAt = value;
    return true;
  }
}
