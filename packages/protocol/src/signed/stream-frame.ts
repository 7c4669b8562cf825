/** The signed part of a stream frame: one numbered piece of an answer before its receipt. */
import { type Hash, type Value, Writer } from '@aos/canon';
import { Fields } from '../shapes/shape-fields.js';
import { writeBytes, writeInt, writeText } from '../shapes/shape-writer.js';

/** The domain a stream frame is signed under. */
export const STREAM_FRAME_DOMAIN = 'aos/stream-frame/0';

export interface StreamFrame {
  readonly worldId: Hash;
  readonly epoch: number;
  readonly intentHash: Hash;
  readonly attempt: number;
  readonly adapterId: string;
  /** Place among the frames of its attempt, from 0. */
  readonly index: number;
  readonly payloadHash: Hash;
}

/** Canonical bytes of the shape that is signed. */
export function encodeStreamFrame(frame: StreamFrame): Uint8Array {
  const w = new Writer(256);
  w.selfDescribe();
  writeStreamFrame(w, frame);
  return w.finish();
}

export function writeStreamFrame(w: Writer, frame: StreamFrame): void {
  w.mapHead(7);
  writeInt(w, 'epoch', frame.epoch);
  writeInt(w, 'index', frame.index);
  writeInt(w, 'attempt', frame.attempt);
  writeBytes(w, 'world_id', frame.worldId);
  writeText(w, 'adapter_id', frame.adapterId);
  writeBytes(w, 'intent_hash', frame.intentHash);
  writeBytes(w, 'payload_hash', frame.payloadHash);
}

export function parseStreamFrame(value: Value): StreamFrame {
  const fields = new Fields(value);
  const frame = {
    worldId: fields.hash('world_id'),
    epoch: fields.nat('epoch'),
    intentHash: fields.hash('intent_hash'),
    attempt: fields.nat('attempt'),
    adapterId: fields.text('adapter_id'),
    index: fields.nat('index'),
    payloadHash: fields.hash('payload_hash'),
  };
  fields.end();
  return frame;
}
