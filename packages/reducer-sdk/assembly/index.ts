/** What a reducer imports as `aos`. */
export { Context } from './context';
export { keyOfNat, keyOfText } from './keys';
export { PureContext } from './pure';
export { Some } from './some';
export { Step } from './step';
export { Entry, fail, field, Value, Variant } from './value';
