/** What was used and reserved of the budget of one grant, and of that of those made from it. */
import { type Reader, utf8, type Writer } from '@aos/canon';
import type { LeafCodec } from '../../trie/leaf-codec.js';
import { readListOf } from '../leaf-items.js';

/** Amounts by dimension, each from 0 on. */
export interface Amounts {
  readonly calls: bigint;
  readonly tokens: bigint;
  readonly cents: bigint;
  readonly bytes: bigint;
}

/** In the order in which they are checked. */
export const DIMENSIONS = ['calls', 'tokens', 'cents', 'bytes'] as const;

export const NOTHING: Amounts = { calls: 0n, tokens: 0n, cents: 0n, bytes: 0n };

/** The largest sum that is kept; what was used can be more than any limit. */
const MOST = (1n << 64n) - 1n;

export function addAmounts(a: Amounts, b: Amounts): Amounts {
  return {
    calls: add(a.calls, b.calls),
    tokens: add(a.tokens, b.tokens),
    cents: add(a.cents, b.cents),
    bytes: add(a.bytes, b.bytes),
  };
}

function add(a: bigint, b: bigint): bigint {
  return a + b > MOST ? MOST : a + b;
}

export interface Ledger {
  /** Name of the grant. */
  readonly grant: string;
  /** Logical time at which the present period began: at first that of the first use. */
  readonly sinceNs: bigint;
  /** Settled in this period. */
  readonly used: Amounts;
  /** Held in this period by intents that have not settled. */
  readonly reserved: Amounts;
}

/** What one intent holds of one budget. */
export interface Reservation {
  readonly grant: string;
  /** Period in which it was made; what settles in a later one changes nothing there. */
  readonly sinceNs: bigint;
  readonly amounts: Amounts;
}

/** A leaf: `[grant, since, used, reserved]`, amounts as `[calls, tokens, cents, bytes]`. */
export const ledgerCodec: LeafCodec<Ledger> = {
  keyOf: ({ grant }) => ledgerKey(grant),
  write(w, { grant, sinceNs, used, reserved }) {
    w.listHead(4);
    w.text(grant);
    w.int(sinceNs);
    writeAmounts(w, used);
    writeAmounts(w, reserved);
  },
  read(r) {
    readListOf(r, 4);
    return {
      grant: r.text(),
      sinceNs: r.u64(),
      used: readAmounts(r),
      reserved: readAmounts(r),
    };
  },
};

/** Where the ledger of a grant stands. */
export function ledgerKey(grant: string): Uint8Array {
  return utf8(grant);
}

/** `[grant, since, amounts]`. */
export function writeReservation(w: Writer, { grant, sinceNs, amounts }: Reservation): void {
  w.listHead(3);
  w.text(grant);
  w.int(sinceNs);
  writeAmounts(w, amounts);
}

export function readReservation(r: Reader): Reservation {
  readListOf(r, 3);
  return { grant: r.text(), sinceNs: r.u64(), amounts: readAmounts(r) };
}

function writeAmounts(w: Writer, { calls, tokens, cents, bytes }: Amounts): void {
  w.listHead(4);
  w.int(calls);
  w.int(tokens);
  w.int(cents);
  w.int(bytes);
}

function readAmounts(r: Reader): Amounts {
  readListOf(r, 4);
  return { calls: r.u64(), tokens: r.u64(), cents: r.u64(), bytes: r.u64() };
}
