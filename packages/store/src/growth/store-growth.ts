/** The growth port of a log that is open for writing; one piece of work after the other. */
import { dirname } from 'node:path';
import type { Batch, StoreGrowth } from '@aos/protocol';
import { asFault, storeReadOnly } from '../faults.js';
import type { LogReader } from '../log/log-reader.js';
import type { OpenLog } from '../open-log.js';
import { collect } from './collect.js';
import { measureDisk } from './disk-use.js';
import { GrowingLog } from './growing-log.js';
import { planPrune, prune } from './prune.js';

export function growthOf(
  opened: OpenLog,
  reader: LogReader,
  append: (batch: Batch) => Promise<void>,
): StoreGrowth {
  const { fs, segments, index, marks, genesis, lineage } = opened;
  const directory = dirname(segments.journalPath);
  let last: Promise<unknown> = Promise.resolve();
  const log = () => {
    const claim = opened.writer?.claim;
    if (claim === undefined) throw storeReadOnly();
    const worldId = segments.get(segments.last).header.genesis;
    return new GrowingLog({ fs, segments, index, marks, reader, claim, worldId, append });
  };
  const inTurn = <T>(action: string, run: () => Promise<T>): Promise<T> => {
    const done = last.then(() => asFault(action, run));
    last = done.catch(() => undefined);
    return done;
  };
  return {
    disk: () => measureDisk({ segments, index }, directory),
    planPrune: (snapshot) => {
      const { first, segments: count, bytes } = planPrune(log(), snapshot);
      return { first, segments: count, freedBytes: bytes };
    },
    prune: (setting) =>
      inTurn('prune the log', () => prune(log(), { ...setting, directory, genesis, lineage })),
    collect: (setting) =>
      inTurn('clear the log', () => collect(log(), [...lineage, genesis], setting)),
  };
}
