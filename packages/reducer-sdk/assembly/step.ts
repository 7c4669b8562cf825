/**
 * One call of a reducer: what it was given, and what it decides.
 *
 * 1. A step that sets no state keeps the state it was given, byte for byte.
 * 2. All four output fields are always written, in the fixed order of the envelope.
 * 3. Values leave as canonical tagged bytes.
 */
import { BYTES } from './cbor';
import { Context } from './context';
import { canonicalBytes, Entry, field, mapInOrder, Value } from './value';

/** The envelope version this library reads and writes; any other traps. */
const ABI_VERSION: u64 = 1;

export class Step {
  /** Name of the schema of `event`: the family the reducer declares. */
  readonly schema: string;
  readonly event: Value;
  /** Correlation bytes that came with the event. */
  readonly eventKey: Uint8Array | null;
  /** Null before the first event, and for a cell that was deleted. */
  readonly state: Value | null;
  /** Null unless the module declares that it needs a context. */
  readonly context: Context | null;

  private stateBytes: Value;
  private events: Array<Value> = [];
  private effects: Array<Value> = [];
  private annotation: Value = Value.nil();

  constructor(input: Value) {
    if (input.field('version').asNat() !== ABI_VERSION) unreachable();
    const event = input.field('event');
    const eventKey = event.optional('key');
    const context = input.optional('ctx');
    this.schema = event.field('schema').asText();
    this.event = decodeBytes(event.field('value'));
    this.eventKey = eventKey ? eventKey.asBytes() : null;
    this.stateBytes = input.field('state');
    this.state = this.stateBytes.isNil ? null : decodeBytes(this.stateBytes);
    this.context = context ? new Context(decodeBytes(context)) : null;
  }

  setState(state: Value): void {
    this.stateBytes = canonicalBytes(state);
  }

  /** Removes the cell: the next event finds no state. */
  deleteState(): void {
    this.stateBytes = Value.nil();
  }

  /** Raises a domain event, to be routed like any other. */
  raise(schema: string, value: Value, key: Uint8Array | null = null): void {
    const fields = [field('schema', Value.text(schema)), field('value', canonicalBytes(value))];
    if (key) fields.push(field('key', Value.bytes(key)));
    this.events.push(mapInOrder(fields));
  }

  /** Asks for an effect. Without a slot the default one is meant. */
  emit(
    kind: string,
    params: Value,
    slot: string | null = null,
    idempotencyKey: Uint8Array | null = null,
  ): void {
    const fields = [field('kind', Value.text(kind)), field('params_cbor', canonicalBytes(params))];
    if (slot) fields.push(field('cap_slot', Value.text(slot)));
    if (idempotencyKey) fields.push(field('idempotency_key', Value.bytes(idempotencyKey)));
    this.effects.push(mapInOrder(fields));
  }

  /** Leaves a note beside the step; the last one stands. */
  annotate(value: Value): void {
    this.annotation = canonicalBytes(value);
  }

  /** The output envelope. */
  output(): Value {
    const fields: Array<Entry> = [
      field('state', this.stateBytes),
      field('domain_events', Value.list(this.events)),
      field('effects', Value.list(this.effects)),
      field('ann', this.annotation),
    ];
    return mapInOrder(fields);
  }
}

/** The value inside a byte string. */
function decodeBytes(bytes: Value): Value {
  const at = bytes.content(BYTES);
  return Value.decode(at, bytes.end - at);
}
