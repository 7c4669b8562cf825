/** What generated codecs import, as `aos/codecs`. */
export { Call } from './call';
export { ReducerEnvelope } from './envelope';
export { OrderedItems } from './ordered-items';
export { PureCall, PureEnvelope } from './pure';
export { Reader } from './reader';
export { Some } from './some';
export { VariantForm } from './variant-form';
export { Writer } from './writer';

/** A record whose fields are all zero: its decoder fills them. */
export function make<T>(): T {
  const at = __new(offsetof<T>(), idof<T>());
  memory.fill(at, 0, offsetof<T>());
  return changetype<T>(at);
}

/** Marks a field as read; a field that comes twice traps. */
export function once(seen: u64, field: u64): u64 {
  if ((seen & field) !== 0) unreachable();
  return seen | field;
}
