// Products that are broken in one place each: what the simulation has to find. A text stands once
// in its file; where the product is written otherwise, it is said anew here.

import { keptMutants } from './kept-mutants.mjs';
import { ruledMutants } from './ruled-mutants.mjs';

/**
 * @typedef {object} Mutant
 * @property {string} name
 * @property {string} what   of the product that it makes
 * @property {string} file   relative to the root
 * @property {string} from   what stands there
 * @property {string} to     what stands there instead
 */

/** @type {readonly Mutant[]} */
export const mutants = [...keptMutants, ...ruledMutants];
