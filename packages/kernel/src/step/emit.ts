/** Events that modules and plans emit. */
import type { DomainEventEntry, EntryPlace } from '@aos/protocol';
import type { Run } from './run.js';

/** An event, canonical in its schema. */
export interface EmittedValue {
  readonly schema: string;
  readonly value: Uint8Array;
  /** Correlation bytes, or the key of a cell. */
  readonly key?: Uint8Array;
}

/** Writes the event and queues it. */
export function emit(run: Run, { schema, value, key }: EmittedValue, cause: EntryPlace): void {
  const carried = run.carry(value);
  const event = { kind: 'domain-event' as const, cause: run.causeOf(cause), schema };
  const entry: DomainEventEntry = { ...event, value: carried };
  const place = run.append(key === undefined ? entry : { ...entry, key }, key?.length);
  const work = { kind: 'event' as const, schema, value, cause: place, done: 0 };
  run.queue.push(key === undefined ? work : { ...work, key });
}
