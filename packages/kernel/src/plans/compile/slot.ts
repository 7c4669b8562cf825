/** A place of a step that takes an expression or a value, ready to give the value. */
import { type Bindings, evaluate, evaluateBytes, type PlanSlot } from '@aos/air';
import { assert, decode, encode, ok, type Result, type Value } from '@aos/canon';

/** A value with its canonical bytes. */
export interface Given {
  readonly value: Value;
  readonly bytes: Uint8Array;
}

export class Slot {
  readonly #slot: PlanSlot;
  readonly #constant: Given | undefined;

  constructor(slot: PlanSlot) {
    this.#slot = slot;
    this.#constant = slot.kind === 'value' ? givenOf(slot.bytes) : undefined;
  }

  /**
   * The value, canonical in the schema of the slot where it has one. Codes: those of `evaluate` and
   * of `normalizeCbor`.
   */
  give(bindings: Bindings): Result<Given> {
    if (this.#constant !== undefined) return ok(this.#constant);
    const slot = this.#slot;
    assert(slot.kind === 'program', 'a slot that is no value is a program');
    if (slot.schema === undefined) {
      const value = evaluate(slot.program, bindings);
      return value.ok ? ok({ value: value.value, bytes: encode(value.value) }) : value;
    }
    const bytes = evaluateBytes(slot.program, bindings, slot.schema);
    return bytes.ok ? ok(givenOf(bytes.value)) : bytes;
  }
}

function givenOf(bytes: Uint8Array): Given {
  return { value: decodeCanonical(bytes), bytes };
}

/** The value of bytes that are canonical because a schema normalized them. */
export function decodeCanonical(bytes: Uint8Array): Value {
  const value = decode(bytes);
  assert(value.ok, 'normalized bytes are canonical');
  return value.value;
}
