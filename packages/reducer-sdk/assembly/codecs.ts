/** What generated codecs import, as `aos/codecs`. */
export { Call } from './call';
export { ReducerEnvelope } from './envelope';
export { OrderedItems } from './ordered-items';
export { PureCall, PureEnvelope } from './pure';
export { Reader } from './reader';
export { Some } from './some';
export { VariantForm } from './variant-form';
export { Writer } from './writer';

/** A record without the initial values of its fields: its decoder sets every one of them. */
export function make<T>(): T {
  return changetype<T>(__new(offsetof<T>(), idof<T>()));
}

/** Marks a field as read; a field that comes twice traps. */
export function once(seen: u64, field: u64): u64 {
  if ((seen & field) !== 0) unreachable();
  return seen | field;
}
