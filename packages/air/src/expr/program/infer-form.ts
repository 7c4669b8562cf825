import type { InferForm } from './checker.js';
import { inferComposite } from './composites.js';
import { inferControl } from './control.js';
import { inferOperation } from './operators.js';
import { inferReference } from './references.js';

/** Every form of an expression, each typed and compiled by its own file. */
export const inferForm: InferForm = (checker, expr, site, hint) => {
  switch (expr.kind) {
    case 'ref':
      return inferReference(checker, expr, site);
    case 'op':
      return inferOperation(checker, expr, site, hint);
    case 'if':
    case 'match':
    case 'let':
    case 'each':
      return inferControl(checker, expr, site, hint);
    default:
      return inferComposite(checker, expr, site, hint);
  }
};
