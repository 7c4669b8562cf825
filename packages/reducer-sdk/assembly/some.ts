/** What an option of a number, a boolean or an enum holds: these cannot be null themselves. */
export class Some<T> {
  constructor(public value: T) {}
}
