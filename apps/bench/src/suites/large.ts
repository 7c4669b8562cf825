/** One world of ten million events; takes about ten minutes and five gigabytes. */
export { measures } from '../durable/large.js';
