/**
 * The input of a reducer, taken apart: where its parts stand, nothing decoded yet.
 *
 * The host writes the fields in one order, which is compared in large pieces. Any other order, or a
 * tag in front, is read as a value.
 */
import { BYTES, headArgument, headSize, majorOf, NIL, TEXT } from './cbor';
import { Reader } from './reader';
import { decodeText } from './text';
import { Value } from './value';

/** The envelope version this library reads and writes; any other traps. */
export const ABI_VERSION: u64 = 1;

/** A part of the input: the content of a byte or text string. */
export class Part {
  at: usize = 0;
  size: usize = 0;

  get isMissing(): bool {
    return this.at === 0;
  }

  /** Takes the string at `at` and answers with the position after it. */
  take(at: usize, end: usize, major: u8): usize {
    if (majorOf(at) !== major) unreachable();
    const size = headArgument(at);
    const from = at + headSize(at, end);
    if (size > ((end - from) as u64)) unreachable();
    this.at = from;
    this.size = size as usize;
    return from + (size as usize);
  }

  /** Takes the bytes of a value, or nothing when there is none. */
  takeValue(value: Value | null): void {
    this.at = 0;
    if (value) this.take(value.start, value.end, BYTES);
  }

  copy(): Uint8Array | null {
    if (this.isMissing) return null;
    const bytes = new Uint8Array(this.size as i32);
    memory.copy(bytes.dataStart, this.at, this.size);
    return bytes;
  }

  text(): string {
    return decodeText(this.at, this.size);
  }

  reader(): Reader {
    return new Reader(this.at, this.at + this.size);
  }

  value(): Value {
    return Value.decode(this.at, this.size);
  }
}

export class ReducerEnvelope {
  /** Missing when there is no state. */
  readonly state: Part = new Part();
  readonly schema: Part = new Part();
  readonly event: Part = new Part();
  readonly key: Part = new Part();
  readonly context: Part = new Part();

  constructor(start: usize, size: usize) {
    if (!this.readUsual(start, start + size)) this.readAny(Value.decode(start, size));
  }

  /** False when the fields do not come in the usual order; what was taken is then taken again. */
  private readUsual(start: usize, end: usize): bool {
    if (!isVersionAndState(start)) return false;
    let at = start + 16;
    at = load<u8>(at) === NIL ? at + 1 : this.state.take(at, end, BYTES);
    if (!isEventAndSchema(at)) return false;
    const hasKey = load<u8>(at, 6) === 0xa3;
    at = this.schema.take(at + 14, end, TEXT);
    if (load<u32>(at) !== 0x6c617665 || load<u16>(at, 4) !== 0x6575) return false;
    at = this.event.take(at + 6, end, BYTES);
    if (hasKey) {
      if (load<u32>(at) !== 0x79656b63) return false;
      at = this.key.take(at + 4, end, BYTES);
    }
    if (load<u8>(start) === 0xa4) {
      if (load<u32>(at) !== 0x78746363) return false;
      at = this.context.take(at + 4, end, BYTES);
    }
    return at === end;
  }

  private readAny(input: Value): void {
    if (input.field('version').asNat() !== ABI_VERSION) unreachable();
    const event = input.field('event');
    const state = input.field('state');
    const schema = event.field('schema');
    this.schema.take(schema.start, schema.end, TEXT);
    this.event.takeValue(event.field('value'));
    this.state.takeValue(state.isNil ? null : state);
    this.key.takeValue(event.optional('key'));
    this.context.takeValue(input.optional('ctx'));
  }
}

/** A map of three or four, `version` 1, and the key `state`: 16 bytes. */
function isVersionAndState(at: usize): bool {
  const count = load<u8>(at);
  if (count !== 0xa3 && count !== 0xa4) return false;
  if (load<u32>(at, 1) !== 0x72657667 || load<u32>(at, 5) !== 0x6e6f6973) return false;
  return (
    load<u32>(at, 9) === 0x74736501 && load<u16>(at, 13) === 0x7461 && load<u8>(at, 15) === 0x65
  );
}

/** The key `event`, a map of two or three, and the key `schema`: 14 bytes. */
function isEventAndSchema(at: usize): bool {
  const count = load<u8>(at, 6);
  if (count !== 0xa2 && count !== 0xa3) return false;
  if (load<u32>(at) !== 0x65766565 || load<u16>(at, 4) !== 0x746e) return false;
  return (
    load<u32>(at, 7) === 0x68637366 && load<u16>(at, 11) === 0x6d65 && load<u8>(at, 13) === 0x61
  );
}
