/** `governance`: a signed verb about what people decide (spec P3.4). */
import type { VerbInput } from './signed-verb.js';

export type GovernanceInput = VerbInput<'governance'>;
