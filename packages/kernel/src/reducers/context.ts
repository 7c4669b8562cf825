/** What a reducer may know of its call: time, entropy and hashes, all from the record (spec K4). */
import { concatBytes, sha512, utf8 } from '@aos/canon';
import { type EventIdentity, encodeReducerContext, eventHash, type Stamp } from '@aos/protocol';
import type { World } from '../world/world.js';

/** One call's place: the record it belongs to and its index among all calls of that record. */
export interface CallPlace {
  readonly stamp: Stamp;
  readonly seq: number;
  readonly callIndex: number;
}

const ENTROPY_DOMAIN = 'aos/entropy/0';

/** 64 bytes: SHA-512(domain ‖ 00 ‖ stamp entropy ‖ u64be seq ‖ u32be call index). */
export function callEntropy(place: CallPlace): Uint8Array {
  const tail = new Uint8Array(13);
  const view = new DataView(tail.buffer);
  view.setBigUint64(1, BigInt(place.seq));
  view.setUint32(9, place.callIndex);
  const domain = utf8(ENTROPY_DOMAIN);
  const head = tail.subarray(0, 1);
  return sha512(concatBytes(domain, head, place.stamp.entropy, tail.subarray(1)));
}

/**
 * Canonical context bytes for one reducer call; the event has a key exactly for a keyed reducer.
 */
export function buildContext(
  { program }: Pick<World, 'program'>,
  reducer: string,
  event: EventIdentity,
  place: CallPlace,
): Uint8Array {
  const { stamp, seq } = place;
  return encodeReducerContext({
    nowNs: stamp.nowNs,
    logicalNowNs: stamp.logicalNowNs,
    journalHeight: seq,
    entropy: callEntropy(place),
    eventHash: eventHash(event),
    manifestHash: program.definition.manifestHash,
    reducer,
    cellMode: event.key !== undefined,
    ...(event.key === undefined ? {} : { key: event.key }),
  });
}
