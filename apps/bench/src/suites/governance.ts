/** A world that changes its own definition, and that is forked. */
import { measures as forks } from '../governance/fork.js';
import { measures as changes } from '../governance/governance.js';

export const measures = [...changes, ...forks];
