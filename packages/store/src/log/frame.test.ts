import { utf8 } from '@aos/canon';
import { describe, expect, it } from 'vitest';
import {
  decodeFrameHeader,
  encodeFrame,
  FRAME_HEADER_BYTES,
  type FrameContent,
  frameSeed,
  spanOf,
} from './frame.js';
import { FrameReader } from './frame-reader.js';
import { Window } from './window.js';

const SEED = 0x12345678;
const STAMP = { epoch: 7, durable: 41, flushed: 4096 };

function encoded(content: FrameContent, offset: number): Buffer {
  const bytes = Buffer.alloc(spanOf(content));
  encodeFrame(bytes, frameSeed(SEED, offset), STAMP, content);
  return bytes;
}

/** Reads a frame that stands alone at `offset` of an otherwise empty source. */
function readerOf(frame: Buffer, offset: number): FrameReader {
  const source = {
    readSync: (target: Uint8Array, position: number) =>
      frame.copy(target, 0, position - offset, position - offset + target.length),
  };
  return new FrameReader(new Window(source, 4096), SEED);
}

describe('a frame', () => {
  it('comes back with its stamp and payload, whatever its size', () => {
    for (const size of [0, 1, 7, 8, 9, 255, 5000]) {
      const payload = new Uint8Array(size).fill(size);
      const frame = encoded({ kind: 'record', payload }, 64);
      const frames = readerOf(frame, 64);
      const header = frames.frameAt(64);
      expect(header).toMatchObject({ kind: 'record', sizeBytes: size, ...STAMP });
      expect(header && frames.payloadAt(64, header)).toEqual(payload);
      expect(frame.length % 8).toBe(0);
    }
  });

  it('carries an object behind its hash', () => {
    const frame = encoded({ kind: 'object', prefix: utf8('hash'), payload: utf8('body') }, 0);
    expect(frame.subarray(FRAME_HEADER_BYTES, FRAME_HEADER_BYTES + 8).toString()).toBe('hashbody');
    expect(readerOf(frame, 0).frameAt(0)).toBeDefined();
  });

  it('states that nothing is durable yet as -1', () => {
    const bytes = Buffer.alloc(48);
    const stamp = { epoch: 2 ** 40, durable: -1, flushed: 0 };
    encodeFrame(bytes, SEED, stamp, { kind: 'marker', payload: utf8('m') });
    expect(decodeFrameHeader(bytes, 0, SEED)).toMatchObject(stamp);
  });

  it('verifies only where it was written', () => {
    const frame = encoded({ kind: 'record', payload: utf8('payload') }, 64);
    expect(readerOf(frame, 64).frameAt(64)).toBeDefined();
    expect(readerOf(frame, 72).frameAt(72)).toBeUndefined();
    expect(decodeFrameHeader(frame, 0, frameSeed(SEED + 1, 64))).toBeUndefined();
  });

  it('does not survive the change of any bit', () => {
    const frame = encoded({ kind: 'record', payload: utf8('some payload') }, 8);
    for (let bit = 0; bit < frame.length * 8; bit++) {
      const changed = Buffer.from(frame);
      changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(readerOf(changed, 8).frameAt(8), `bit ${bit}`).toBeUndefined();
    }
  });

  it('does not survive the loss of its last byte', () => {
    const frame = encoded({ kind: 'record', payload: utf8('12345678') }, 0);
    expect(readerOf(frame.subarray(0, -1), 0).frameAt(0)).toBeUndefined();
    expect(readerOf(frame.subarray(0, 39), 0).headerAt(0)).toBeUndefined();
  });
});
