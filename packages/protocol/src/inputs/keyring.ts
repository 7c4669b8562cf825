/** `keyring`: a signed verb about which keys the world knows (spec P3.4). */
import type { VerbInput } from './signed-verb.js';

export type KeyringInput = VerbInput<'keyring'>;
