/** `control`: a signed verb about what runs, and under which epoch and numbers (spec P3.4). */
import type { VerbInput } from './signed-verb.js';

export type ControlInput = VerbInput<'control'>;
