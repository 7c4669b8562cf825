/** The part of a world that the gate reads and writes: persistent data, changed by no clock. */
import type { TrieSource } from '../trie/leaf-codec.js';
import { Trie } from '../trie/trie.js';
import { type Ledger, ledgerCodec } from './limits/ledger.js';
import { type WindowMark, windowCodec } from './limits/rate-window.js';

export interface GateState {
  /** Budgets in use, by name of the grant. */
  readonly ledgers: Trie<Ledger>;
  /** What rate limits have let through lately, by rule. */
  readonly windows: Trie<WindowMark>;
}

/** Nothing used and nothing reserved. */
export function emptyGateState(source: TrieSource): GateState {
  return {
    ledgers: Trie.empty(ledgerCodec, source),
    windows: Trie.empty(windowCodec, source),
  };
}
