/**
 * Nothing goes out before it is committed: no adapter has an intent, no caller an answer and no
 * reader a world of records that are not durable. What waits for people or was called off does not
 * go out either, and nothing does while a world stands still.
 */
import { type Hash, toHex } from '@aos/canon';
import { isRunning, type World } from '@aos/kernel';
import { decodeRecord } from '@aos/protocol';
import type { NewChecker } from './checker.js';

export const nothingBeforeCommit: NewChecker = ({ tell }) => {
  /** Intents of durable records. */
  const committed = new Set<string>();
  const started = new Set<string>();
  let durable = 0;
  /** As the life before has left it: what is started while it opens is known to be of that. */
  let left: World | undefined;

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
    started: ({ intentHash }, world = left) => {
      const intent = toHex(intentHash);
      started.add(intent);
      if (!committed.has(intent)) tell(`intent ${intent} was started before it was durable`);
      const open = world?.intents.get(intentHash);
      if (world === undefined || open === undefined) return;
      if (open.state !== 'released') tell(`intent ${intent} was started while it waits`);
      if (open.isCancelled) tell(`intent ${intent} was started, and it was called off`);
      if (!isRunning(world)) tell(`intent ${intent} was started in a world that stands still`);
    },
    rewinding: () => {
      started.clear();
      left = undefined;
    },
    rewound: (seq, records) => {
      durable = seq + 1 + records.length;
    },
    ended: ({ records, journal }) => {
      durable = records.length;
      left = journal.at(-1)?.after;
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
