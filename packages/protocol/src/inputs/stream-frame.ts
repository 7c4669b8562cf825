/** `stream-frame`: a part of an effect's answer before its one receipt, signed (spec P3.3). */
import type { Hash, Writer } from '@aos/canon';
import { type CarriedValue, writeInline, writeRef } from '../shapes/carried-value.js';
import type { Fields } from '../shapes/shape-fields.js';
import { writeBytes, writeText } from '../shapes/shape-writer.js';
import { SIGNATURE_BYTES } from '../signed/signature.js';
import { parseStreamFrame, type StreamFrame, writeStreamFrame } from '../signed/stream-frame.js';

export interface StreamFrameInput {
  readonly kind: 'stream-frame';
  readonly frame: StreamFrame;
  /** What `frame.payloadHash` is the hash of. */
  readonly payload: CarriedValue;
  readonly keyId: Hash;
  /** 64 bytes over the frame under its domain. */
  readonly sig: Uint8Array;
}

export function writeStreamFrameInput(w: Writer, input: StreamFrameInput): void {
  w.mapHead(5);
  writeBytes(w, 'sig', input.sig);
  writeText(w, 'kind', input.kind);
  w.text('frame');
  writeStreamFrame(w, input.frame);
  writeBytes(w, 'key_id', input.keyId);
  writeInline(w, 'payload', input.payload);
  writeRef(w, 'payload_ref', input.payload);
}

export function parseStreamFrameInput(fields: Fields): StreamFrameInput {
  return {
    kind: 'stream-frame',
    frame: parseStreamFrame(fields.value('frame')),
    payload: fields.carried('payload'),
    keyId: fields.hash('key_id'),
    sig: fields.exact('sig', SIGNATURE_BYTES),
  };
}
