/**
 * One call of a reducer at the level of bytes: parts of the input, and the output as it grows.
 *
 * 1. A call that sets no state keeps the state it was given, byte for byte.
 * 2. All four output fields are always written, in the fixed order of the envelope.
 * 3. The state is written where it leaves from; head and field name are put in front of it last.
 */
import { BYTES, LIST, MAP, NIL, shortestHeadSize, TAG_SIZE, writeHead, writeTag } from './cbor';
import { Context } from './context';
import { ReducerEnvelope } from './envelope';
import { Value } from './value';
import { Writer } from './writer';

const PREFIX_SIZE: usize = 7;
/** Room in front of the state for the prefix and the longest head. */
const HEADROOM: usize = PREFIX_SIZE + 9;

/** Domain events or effects, one behind the other. */
class Items {
  readonly out: Writer = new Writer();
  count: u64 = 0;
  /** Where the value of the last one begins. */
  mark: usize = 0;
}

export class Call {
  private stateOut: Writer | null = null;
  private isDeleted: bool = false;
  private events: Items | null = null;
  private effects: Items | null = null;
  private note: Writer | null = null;

  constructor(private readonly input: ReducerEnvelope) {}

  /** Name of the schema of the event: the family the reducer declares. */
  get schema(): string {
    return this.input.schema.text();
  }

  /** Correlation bytes that came with the event. */
  get eventKey(): Uint8Array | null {
    return this.input.key.copy();
  }

  /** Null unless the module declares that it needs a context. */
  get context(): Context | null {
    return this.input.context.isMissing ? null : new Context(this.input.context.value());
  }

  /** Removes the cell: the next event finds no state. */
  deleteState(): void {
    this.isDeleted = true;
  }

  /** Raises a domain event, to be routed like any other. */
  raise(schema: string, value: Value, key: Uint8Array | null = null): void {
    value.writeTo(this.openEvent(schema, key));
    this.closeEvent(key);
  }

  /** Asks for an effect. Without a slot the default one is meant. */
  emit(
    kind: string,
    params: Value,
    slot: string | null = null,
    idempotencyKey: Uint8Array | null = null,
  ): void {
    params.writeTo(this.openEffect(kind, slot, idempotencyKey));
    this.closeEffect(slot, idempotencyKey);
  }

  /** Where the new state is written; the last one stands. */
  protected openState(): Writer {
    const known = this.stateOut;
    const out = known ? known : new Writer();
    out.at = out.start + HEADROOM;
    writeTag(out.room(TAG_SIZE));
    this.stateOut = out;
    this.isDeleted = false;
    return out;
  }

  /** Where the value of a domain event is written. */
  protected openEvent(schema: string, key: Uint8Array | null): Writer {
    const known = this.events;
    const events = known ? known : new Items();
    this.events = events;
    const out = openItem(events, key ? 3 : 2);
    out.text('schema');
    out.text(schema);
    out.text('value');
    events.mark = out.openDocument();
    return out;
  }

  protected closeEvent(key: Uint8Array | null): void {
    const out = closeItem(this.events);
    if (!key) return;
    out.text('key');
    out.bytes(key);
  }

  /** Where the parameters of an effect are written. */
  protected openEffect(kind: string, slot: string | null, key: Uint8Array | null): Writer {
    const known = this.effects;
    const effects = known ? known : new Items();
    this.effects = effects;
    const out = openItem(effects, 2 + (slot ? 1 : 0) + (key ? 1 : 0));
    out.text('kind');
    out.text(kind);
    out.text('params_cbor');
    effects.mark = out.openDocument();
    return out;
  }

  protected closeEffect(slot: string | null, key: Uint8Array | null): void {
    const out = closeItem(this.effects);
    if (slot) {
      out.text('cap_slot');
      out.text(slot);
    }
    if (!key) return;
    out.text('idempotency_key');
    out.bytes(key);
  }

  /** Where the note beside the step is written, a tagged document; the last one stands. */
  protected openNote(): Writer {
    const out = new Writer();
    writeTag(out.room(TAG_SIZE));
    this.note = out;
    return out;
  }

  /** Writes address and size of the output, two little-endian u32, at `result`. */
  finish(result: usize): void {
    const known = this.stateOut;
    const out = known ? known : new Writer();
    const headroom = known && !this.isDeleted ? this.finishState(out) : this.finishOldState(out);
    this.finishRest(out);
    const start = out.start + headroom;
    store<u32>(result, start as u32);
    store<u32>(result, (out.at - start) as u32, 4);
  }

  /** Puts the prefix in front of a state that was set; answers with what is left before it. */
  private finishState(out: Writer): usize {
    const content = out.start + HEADROOM;
    const size = (out.at - content) as u64;
    const head = content - shortestHeadSize(size);
    writeHead(head, BYTES, size);
    writePrefix(head - PREFIX_SIZE);
    return head - PREFIX_SIZE - out.start;
  }

  private finishOldState(out: Writer): usize {
    out.at = out.start;
    writePrefix(out.room(PREFIX_SIZE));
    const state = this.input.state;
    if (this.isDeleted || state.isMissing) out.nil();
    else out.string(BYTES, state.at, state.size);
    return 0;
  }

  private finishRest(out: Writer): void {
    const note = this.note;
    if (!this.events && !this.effects && !note) {
      writeEmptyRest(out);
      return;
    }
    out.text('domain_events');
    finishItems(out, this.events);
    out.text('effects');
    finishItems(out, this.effects);
    out.text('ann');
    if (note) out.string(BYTES, note.start, note.at - note.start);
    else out.nil();
  }
}

/** A map of four and its first key, `state`: the front of every output. */
function writePrefix(at: usize): void {
  store<u32>(at, 0x747365a4); // a4 65 "st"
  store<u32>(at, 0x65746174, 3); // "tate"
}

/** No domain events, no effects and no note: all that follows the state most of the time. */
function writeEmptyRest(out: Writer): void {
  const at = out.room(29);
  store<u32>(at, 0x6d6f646d); // 6d "dom"
  store<u32>(at, 0x5f6e6961, 4); // "ain_"
  store<u32>(at, 0x6e657665, 8); // "even"
  store<u32>(at, 0x67807374, 12); // "ts" 80 67
  store<u32>(at, 0x65666665, 16); // "effe"
  store<u32>(at, 0x80737463, 20); // "cts" 80
  store<u32>(at, 0x6e6e6163, 24); // 63 "ann"
  store<u8>(at, NIL, 28);
}

function openItem(items: Items, fields: u64): Writer {
  items.count++;
  items.out.head(MAP, fields);
  return items.out;
}

function closeItem(items: Items | null): Writer {
  if (!items) return unreachable();
  items.out.closeBytes(items.mark);
  return items.out;
}

function finishItems(out: Writer, items: Items | null): void {
  if (!items) {
    out.head(LIST, 0);
    return;
  }
  out.head(LIST, items.count);
  out.raw(items.out.start, items.out.at - items.out.start);
}
