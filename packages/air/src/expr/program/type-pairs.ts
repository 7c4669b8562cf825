/** Answers about pairs of types, each found once: shared parts would be visited without end. */
import type { ValueType } from '../../values/value-type.js';

export class TypePairs<T> {
  private readonly known = new Map<ValueType, Map<ValueType, T>>();

  constructor(private readonly answer: (a: ValueType, b: ValueType) => T) {}

  get(a: ValueType, b: ValueType): T {
    let row = this.known.get(a);
    if (row === undefined) {
      row = new Map();
      this.known.set(a, row);
    }
    if (row.has(b)) return row.get(b) as T;
    const found = this.answer(a, b);
    row.set(b, found);
    return found;
  }
}
