/** The ids under which events came in, so that one sent twice enters once. */
import { type Reader, utf8, type Writer } from '@aos/canon';
import type { LeafCodec } from '../trie/leaf-codec.js';
import type { Aged } from './window.js';

export interface DedupItem extends Aged {
  readonly id: string;
  /** The record of the event; its acknowledgement is that of every duplicate. */
  readonly seq: number;
  /** An input has one id at most. */
  readonly i: 0;
}

export const dedupCodec: LeafCodec<DedupItem> = {
  keyOf: ({ id }) => utf8(id),
  write(w: Writer, { id, seq }) {
    w.listHead(2);
    w.text(id);
    w.int(seq);
  },
  read(r: Reader) {
    r.listHead();
    return { id: r.text(), seq: r.nat(), i: 0 };
  },
};
