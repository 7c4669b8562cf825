/**
 * The value model: what canonical bytes can say.
 *
 * V1 An integer is a `number` when it is a safe integer and a `bigint` beyond; decoding yields
 *    exactly that split, encoding also takes a bigint in the safe range (same bytes).
 * V2 A float is always a {@link Float}, so 1.0 and 1 stay different values.
 * V3 Text is well-formed Unicode; a lone surrogate has no canonical bytes.
 */

/** A binary floating-point number. -0 is kept; every NaN is the same value. */
export class Float {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | Float
  | readonly Value[]
  | ReadonlyMap<Value, Value>;

/** What `encode` takes: also plain objects, as text-keyed maps without their undefined fields. */
export type Encodable =
  | Value
  | readonly Encodable[]
  | ReadonlyMap<Encodable, Encodable>
  | { readonly [key: string]: Encodable | undefined };
