/** What a reducer imports as `aos`. */
export { Context } from './context';
export { Step } from './step';
export { Entry, fail, field, Value, Variant } from './value';
