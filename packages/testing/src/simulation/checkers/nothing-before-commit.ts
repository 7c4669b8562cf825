/**
 * Nothing goes out before it is committed: no adapter has an intent, no caller an answer and no
 * reader a world of records that are not durable.
 */
import { type Hash, toHex } from '@aos/canon';
import { decodeRecord } from '@aos/protocol';
import type { NewChecker } from './checker.js';

export const nothingBeforeCommit: NewChecker = ({ tell }) => {
  /** Intents of durable records. */
  const committed = new Set<string>();
  const started = new Set<string>();
  let durable = 0;

  const commit = (intent: Hash) => committed.add(toHex(intent));
  const checkHeight = (seq: number, what: string) => {
    if (seq > durable) tell(`${what} of ${seq} records, and ${durable} are durable`);
  };

  return {
    durable: (records) => {
      durable += records.length;
      for (const bytes of records) {
        const decoded = decodeRecord(bytes);
        for (const entry of decoded.ok ? decoded.value.entries : []) {
          if (entry.kind === 'intent') commit(entry.intent);
        }
      }
    },
    acknowledged: ({ seq }) => checkHeight(seq + 1, 'an acknowledgement'),
    read: ({ seq }) => checkHeight(seq, 'an answer'),
    started: ({ intentHash }) => {
      const intent = toHex(intentHash);
      started.add(intent);
      if (!committed.has(intent)) tell(`intent ${intent} was started before it was durable`);
    },
    ended: ({ records }) => {
      durable = records.length;
      committed.clear();
      for (const { entries } of records) {
        for (const entry of entries) if (entry.kind === 'intent') commit(entry.intent);
      }
      for (const intent of started) {
        if (!committed.has(intent)) tell(`intent ${intent} was started and is not there`);
      }
    },
  };
};
