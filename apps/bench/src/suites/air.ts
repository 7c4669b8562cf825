/** The language alone: what a tool that checks or runs definitions waits for. */
export { measures } from '../measures/air.js';
