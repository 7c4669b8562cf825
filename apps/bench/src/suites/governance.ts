/** A world that changes its own definition. */
export { measures } from '../governance/governance.js';
