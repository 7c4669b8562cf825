/**
 * Names of traces and spans that follow from places in a journal: whoever reads the journal again
 * names them the same.
 */
import { concatBytes, type Hash, sha256, toHex, utf8 } from '@aos/canon';
import type { EntryPlace } from '@aos/protocol';

const TRACE_ID_BYTES = 16;
const SPAN_ID_BYTES = 8;

/** The trace of a root event, by the sequence of its record. */
export function traceIdOf(worldId: Hash, root: number): string {
  return idOf('aos/trace/0', worldId, `${root}`, TRACE_ID_BYTES);
}

export function spanIdOf(worldId: Hash, { seq, i }: EntryPlace): string {
  return idOf('aos/span/0', worldId, i === null ? `${seq}` : `${seq}/${i}`, SPAN_ID_BYTES);
}

function idOf(domain: string, worldId: Hash, place: string, sizeBytes: number): string {
  const hash = sha256(concatBytes(utf8(`${domain}\0`), worldId, utf8(place)));
  return toHex(hash.subarray(0, sizeBytes));
}

export interface SpanIds {
  readonly traceId: string;
  readonly spanId: string;
}

/**
 * An id generator for the tracer provider of an OpenTelemetry SDK: it gives the ids that a span of
 * a world has, and random ones to all others.
 */
export class PlaceIds {
  #next: SpanIds | undefined;

  generateTraceId(): string {
    return this.#next?.traceId ?? randomId(TRACE_ID_BYTES);
  }

  generateSpanId(): string {
    return this.#next?.spanId ?? randomId(SPAN_ID_BYTES);
  }

  /** Runs with these ids for the next span. */
  with<T>(ids: SpanIds, start: () => T): T {
    this.#next = ids;
    try {
      return start();
    } finally {
      this.#next = undefined;
    }
  }
}

const SHARED = Symbol.for('aos.place-ids');
const shared = globalThis as { [SHARED]?: PlaceIds };
shared[SHARED] ??= new PlaceIds();

/**
 * Those of this process, whichever copy of the package made them: for the provider, and for
 * `spanObserver` where none are given.
 */
export const placeIds: PlaceIds = shared[SHARED];

function randomId(sizeBytes: number): string {
  return toHex(crypto.getRandomValues(new Uint8Array(sizeBytes)));
}
